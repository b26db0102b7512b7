"""Sites without Sasae: their rosters come as tables typed from paper, and what they tell is kept under their name.

Such a site is a ``Site`` without a device. When its last roster came, and until when it speaks, is remembered on the laptop that took it in.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import RuleViolation
from app.domain.exchange import DeviceList
from app.domain.folding import fold_name
from app.domain.governance import Site
from app.domain.identifiers import new_id
from app.usecases.context import Context
from app.usecases.exchange_rows import SiteStatus
from app.usecases.ownership import known_devices
from app.usecases.ports import UnitOfWork
from app.usecases.reception import Warning

SETTING = "paper.sites"
PAPER = "paper"
"""``SiteStatus.state`` of a site without a device."""
MOST_NAME = 100
_NEAR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRoster:
    """The last roster of a site that was taken in here. ``until``: the moment it speaks of; ``rows``: lines of the file."""

    site_id: str
    site: str
    until: datetime
    taken_at: datetime
    rows: int
    file: str


def find_site(ctx: Context, *, name: str, make: bool = False) -> Site:
    """The site of this name (folded) or id; with ``make`` a new one that is not stored yet (``keep_site`` does).

    RuleViolation ``paper.site_missing``, ``paper.site_unknown`` (``near``: names like it), ``paper.site_nowhere``,
    ``paper.site_ambiguous``, ``paper.site_long``.
    """
    wanted = name.strip()
    if not wanted:
        raise RuleViolation("paper.site_missing", field="site")
    if len(wanted) > MOST_NAME:
        raise RuleViolation("paper.site_long", field="site", most=MOST_NAME)
    known = [one for one in ctx.reads.all("site") if isinstance(one, Site) and not one.deleted]
    found = [one for one in known if one.id == wanted] or [one for one in known if fold_name(one.name) == fold_name(wanted)]
    if len(found) > 1:
        raise RuleViolation("paper.site_ambiguous", field="site", name=wanted, count=len(found))
    if found:
        return found[0]
    if not make:
        near = _near(wanted, [one.name for one in known])
        raise RuleViolation("paper.site_unknown" if near else "paper.site_nowhere", field="site", name=wanted, near=near)
    return Site(id=new_id(), name=wanted, kind="shelter")


def list_sites(ctx: Context) -> list[Site]:
    """Every site, this one first, then by name."""
    known = [one for one in ctx.reads.all("site") if isinstance(one, Site) and not one.deleted]
    return sorted(known, key=lambda one: (one.id != ctx.place.site_id, one.name))


def warn_site(ctx: Context, site: Site) -> list[Warning]:
    """A site with laptops of its own tells its roster itself: what was typed from paper may be there already, or come again."""
    devices = known_devices(ctx)
    if devices is None or not devices.at_site(site.id) or site.id == ctx.place.site_id:
        return []
    return [Warning(code="paper.site_has_devices", params={"site": site.name})]


def speak_for(uow: UnitOfWork, site: Site) -> Site:
    """Whatever this unit of work writes from now on is told by that site, which is kept if it is new. Made twice, it is the first one."""
    name = fold_name(site.name)
    known = uow.sites.get(site.id) or next((one for one in uow.sites.where() if fold_name(one.name) == name and not one.deleted), None)
    kept = known or uow.sites.add(site)
    uow.speak_for(kept.id)
    return kept


def note_roster(ctx: Context, uow: UnitOfWork, site: Site, *, until: datetime, rows: int, file: str) -> None:
    """A roster of this site was taken in. An older one than the last changes nothing."""
    if site.id == ctx.place.site_id:
        return
    kept = json.loads(uow.reads.settings.get(SETTING) or "{}")
    before = kept.get(site.id)
    if before is None or before["until"] <= until.isoformat():
        kept[site.id] = {"until": until.isoformat(), "taken_at": uow.now.isoformat(), "rows": rows, "file": file}
        uow.set_setting(SETTING, json.dumps(kept, ensure_ascii=False, sort_keys=True))


def paper_rosters(ctx: Context) -> list[PaperRoster]:
    """The last roster of each such site, by name."""
    kept = json.loads(ctx.reads.settings.get(SETTING) or "{}")
    names = {one.id: one.name for one in ctx.reads.all("site") if isinstance(one, Site)}
    made = [
        PaperRoster(
            site_id=site_id, site=names[site_id], until=datetime.fromisoformat(told["until"]), taken_at=datetime.fromisoformat(told["taken_at"]),
            rows=told["rows"], file=told["file"],
        )
        for site_id, told in kept.items() if site_id in names
    ]  # fmt: skip
    return sorted(made, key=lambda one: one.site)


def paper_status(ctx: Context, devices: DeviceList | None) -> list[SiteStatus]:
    """These sites as the board shows them (``device`` is their own id), those left out that have a device by now."""
    with_devices = {one.site_id for one in devices.devices if one.active} if devices is not None else set()
    return [
        SiteStatus(
            device=one.site_id, letters="", site_id=one.site_id, site=one.site, kind="shelter", state=PAPER, mine=False, heard_at=one.taken_at,
            written_at=None, data_until=one.until, sent_at=None, acknowledged_at=None, unread=0, waiting=0, gaps=0, clock_offset=None,
        )
        for one in paper_rosters(ctx) if one.site_id not in with_devices
    ]  # fmt: skip


def _near(wanted: str, names: list[str]) -> list[str]:
    """Names that hold the text, then those written like it."""
    folded = {name: fold_name(name) for name in names}
    text = fold_name(wanted)
    holding = [name for name, one in folded.items() if text and (text in one or one in text)]
    alike = difflib.get_close_matches(text, list(folded.values()), n=_NEAR, cutoff=0.5)
    return list(dict.fromkeys([*holding, *(name for name, one in folded.items() if one in alike)]))[:_NEAR]
