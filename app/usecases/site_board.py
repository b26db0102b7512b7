"""What headquarters knows of its sites, and how fresh it is; what of the exchange wants doing. Speaks of no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.exchange import DeviceList, EnrolledDevice, PeerNews
from app.domain.merging import device_of
from app.usecases.context import Context
from app.usecases.enrolment import device_list
from app.usecases.exchange_rows import PackageRow, SiteStatus
from app.usecases.paper_sites import PAPER, paper_status

SILENT = timedelta(hours=12)
"""A site from which nothing came for longer is asked after."""
CLOCK_WRONG = timedelta(minutes=5)
"""A clock further off makes times of records doubtful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAge:
    """A site other than this one and until when its data is here: ``None`` if nothing ever came. With several laptops the oldest counts."""

    site_id: str
    site: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What this laptop knows as of ``at``. ``oldest``: the site whose data ends first; ``never``: sites nothing ever came from;
    ``silent``: sites whose data ended more than ``SILENT`` ago, oldest first, those of ``never`` not among them.
    """

    at: datetime
    oldest: SiteAge | None = None
    never: tuple[SiteAge, ...] = ()
    silent: tuple[SiteAge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeHints:
    """What of the exchange wants doing here. ``waiting``: operations that headquarters (at a site) has not got; ``gaps`` in chains."""

    enrolled: bool = False
    conflicts: int = 0
    silent: tuple[SiteAge, ...] = ()
    never: tuple[SiteAge, ...] = ()
    waiting: int = 0
    last_package: datetime | None = None
    gaps: int = 0


def site_board(ctx: Context, *, count: bool = True) -> list[SiteStatus]:
    """Every device of the municipality as this one knows it: active ones first, by site. Empty before headquarters made its list.

    Sites without a device whose rosters came on paper stand among them (state ``paper``, no letters).
    ``count`` asks also how many operations here each lacks (slower: once through the journal's index for each).
    """
    found = device_list(ctx)
    if found is None:
        return []
    reads = ctx.reads.exchange
    news = {one.device: one for one in reads.peers()}
    newest, gaps = _by_device(reads.newest()), Counter(device_of(gap.chain) for gap in reads.gaps())
    wrote = reads.written_until()
    unread, unsigned = _unread(reads.packages(limit=1000), found), _unsigned(ctx)
    counted: dict[Hashable, int] = {}
    made = []
    for device in found.devices:
        peer = news.get(device.device, PeerNews(device=device.device, knows={}))
        mine = device.device == ctx.place.device_id
        lacks = _lacking(ctx, counted, peer, device.site_kind) + unsigned if count and device.active and not mine else 0
        made.append(
            SiteStatus(
                device=device.device, letters=device.letters, site_id=device.site_id, site=device.site_name, kind=device.site_kind,
                state=device.state, mine=mine, heard_at=peer.heard_at, written_at=wrote.get(device.device), data_until=newest.get(device.device),
                sent_at=peer.sent_at, acknowledged_at=peer.acknowledged_at, unread=unread[device.device], waiting=lacks,
                gaps=gaps[device.device], clock_offset=peer.clock_offset,
            )
        )  # fmt: skip
    made += paper_status(ctx, found)
    return sorted(made, key=lambda one: (one.state == "revoked", one.kind != "hq", one.site, one.letters))


def _lacking(ctx: Context, counted: dict[Hashable, int], peer: PeerNews, site_kind: str) -> int:
    """Counted once for all that know the same: on the first day that is everybody, and everything is to be counted."""
    key = (site_kind, frozenset(peer.knows.items()))
    if key not in counted:
        counted[key] = ctx.reads.exchange.count_since(peer.knows, site_kind=site_kind)
    return counted[key]


def known_until(status: SiteStatus) -> datetime | None:
    """Until when a device's data is here: when it last wrote a package that came here, or its newest operation that came through others."""
    return max((at for at in (status.written_at, status.data_until) if at is not None), default=None)


def freshness(ctx: Context) -> Freshness | None:
    """How fresh this laptop's picture of the other sites is; None where that means nothing: not headquarters, or no site enrolled."""
    if ctx.place.site_kind != "hq":
        return None
    return _freshness(ctx, site_board(ctx, count=False))


def _freshness(ctx: Context, board: Sequence[SiteStatus]) -> Freshness | None:
    ages = _ages([one for one in board if one.state in ("active", PAPER) and one.site_id != ctx.place.site_id])
    if not ages:
        return None
    now = ctx.now()
    heard = sorted((one for one in ages if one.until is not None), key=lambda one: one.until or now)
    silent = tuple(one for one in heard if one.until is not None and now - one.until > SILENT)
    return Freshness(at=now, oldest=heard[0] if heard else None, never=tuple(one for one in ages if one.until is None), silent=silent)


def _ages(board: Sequence[SiteStatus]) -> list[SiteAge]:
    """The sites of devices, each with the oldest of its devices that ever spoke; nothing of a site counts as never."""
    sites: dict[str, list[SiteStatus]] = {}
    for one in board:
        sites.setdefault(one.site_id, []).append(one)
    ages = []
    for site_id, devices in sites.items():
        known = [until for one in devices if (until := known_until(one)) is not None]
        ages.append(SiteAge(site_id=site_id, site=devices[0].site, until=min(known) if known else None))
    return ages


def exchange_hints(ctx: Context) -> ExchangeHints:
    """For the home page."""
    reads = ctx.reads.exchange
    found = device_list(ctx)
    conflicts = reads.count_conflicts() if ctx.actor.may("settle") else 0
    if found is None or not ctx.actor.may("exchange"):
        return ExchangeHints(enrolled=found is not None, conflicts=conflicts)
    fresh = freshness(ctx)
    return ExchangeHints(
        enrolled=True, conflicts=conflicts, silent=fresh.silent if fresh else (), never=fresh.never if fresh else (),
        waiting=_to_headquarters(ctx, found), last_package=last_package(ctx), gaps=len(reads.gaps()),
    )  # fmt: skip


def _to_headquarters(ctx: Context, found: DeviceList) -> int:
    """How many operations here headquarters has not got, as far as this laptop was told."""
    if ctx.place.site_kind == "hq":
        return 0
    news = {one.device: one for one in ctx.reads.exchange.peers()}
    lacks = [
        ctx.reads.exchange.count_since(news[one.device].knows if one.device in news else {}, site_kind="hq") + _unsigned(ctx)
        for one in found.devices
        if one.active and one.site_kind == "hq"
    ]
    return min(lacks, default=0)


def _unsigned(ctx: Context) -> int:
    """Own operations since the last package: they are signed only when one is written, so nobody else can have them."""
    own = ctx.reads.exchange.vector().get(ctx.place.device_id)
    signed = next((head.seq for head in ctx.reads.exchange.heads() if head.chain == ctx.place.device_id), 0)
    return max(0, own.seq - signed) if own else 0


def last_package(ctx: Context) -> datetime | None:
    """When a package was last written or taken in here."""
    last = ctx.reads.exchange.packages(limit=1)
    return last[0].handled_at if last else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A site that packages can be written for. ``devices`` at work there; ``waiting``: operations that the one which lacks most has not got,
    as far as it was heard here; ``sent_at``: the last package for it; ``unread``: packages nobody acknowledged.
    """

    id: str
    site: str
    kind: str
    devices: int
    waiting: int
    sent_at: datetime | None
    unread: int


def receivers(ctx: Context, board: Sequence[SiteStatus]) -> list[Receiver]:
    """The sites to choose from, headquarters first; the own one only where it has another laptop."""
    sites: dict[str, list[SiteStatus]] = {}
    for one in board:
        if one.state == "active" and not one.mine:
            sites.setdefault(one.site_id, []).append(one)
    made = [
        Receiver(
            id=site_id, site=devices[0].site, kind=devices[0].kind, devices=len(devices), waiting=max(one.waiting for one in devices),
            sent_at=max((one.sent_at for one in devices if one.sent_at), default=None), unread=max(one.unread for one in devices),
        )
        for site_id, devices in sites.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.kind != "hq", one.site))


def _by_device(newest: Mapping[str, datetime]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for chain, at in newest.items():
        device = device_of(chain)
        found[device] = max(found.get(device, at), at)
    return found


def _unread(packages: Sequence[PackageRow], found: DeviceList) -> Counter[str]:
    """Packages written here that nobody acknowledged, by receiving device. One for a site waits at each of its laptops."""
    waiting: Counter[str] = Counter()
    for one in packages:
        if one.direction == "out" and one.state == "written":
            waiting.update(device.device for device in found.devices if device.active and _meant(one, device))
    return waiting


def _meant(row: PackageRow, device: EnrolledDevice) -> bool:
    return row.device == device.device if row.device else row.site == device.site_name
