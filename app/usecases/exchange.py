"""What a package says and what it may do here, without its file: receivers, cards, what others know, checks, notes (decision 026).

What a receiver lacks is worked out from what it told itself, in its last package or receipt, never from what was sent: a stick may be lost.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.exchange import DeviceList, EnrolledDevice, Known, PeerNews, Vector
from app.domain.folding import fold_name
from app.domain.identifiers import read_symbols
from app.usecases.cash_desk import disaster_mark
from app.usecases.context import Context
from app.usecases.enrolment import BEFORE, check_list, need_list, need_member
from app.usecases.exchange_holding import HOLDS, Holding
from app.usecases.exchange_rows import PackageCard, PackageRow
from app.usecases.ports import Reads, SettingReads, UnitOfWork
from app.usecases.settings import read_settings

BACKUP = "exchange.backup"
BACKUP_SERVES = timedelta(minutes=10)
"""A backup made before taking in one package serves the next ones of the same stick, when nobody wrote anything meanwhile."""
CLOCK_OFF = timedelta(minutes=10)
_LETTERS = re.compile(r"[0-9A-Z]{4}")
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_SUMS = ("operations", "residents", "pictures", "vouchers")
_TEXTS = (
    "id", "municipality_code", "municipality", "disaster", "mark", "device", "letters", "site_id", "site", "site_kind", "to_site",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Whom a package is for: the devices of a site, without this one. ``name`` is the part of the file's name that says so."""

    site_id: str
    site: str
    kind: str
    devices: tuple[EnrolledDevice, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made before a package was taken in, and when."""

    path: Path
    at: datetime


# -- whom for ----------------------------------------------------------------------------------------------------


def has_become_another(ctx: Context, settings: SettingReads) -> bool:
    """Whether the store is another device by now than this session was opened for: a copy of the folder wrote under its name."""
    return settings.get(BEFORE).split(",")[0] == ctx.place.device_id


def need_same_device(ctx: Context) -> None:
    """RuleViolation ``exchange.open_again`` in a session whose device has become another one."""
    if has_become_another(ctx, ctx.reads.settings):
        raise RuleViolation("exchange.open_again")


def find_receivers(ctx: Context, *, to: str) -> Receivers:
    """The devices that ``to`` means: ``hq``, four letters, the name or the id of a site.

    RuleViolation ``enrol.…`` when this device takes part in nothing, ``exchange.no_such_site``, ``exchange.site_has_no_device``,
    ``exchange.open_again``.
    """
    need_same_device(ctx)
    devices, _ = need_member(ctx)
    others = [one for one in devices.devices if one.device != ctx.place.device_id]
    meant = _meant(to, others)
    if not meant:
        raise RuleViolation("exchange.no_such_site", field="to", site=to)
    active = tuple(one for one in meant if one.active)
    if not active:
        raise RuleViolation("exchange.site_has_no_device", field="to", site=meant[0].site_name)
    first = active[0]
    return Receivers(
        site_id=first.site_id,
        site=first.site_name,
        kind=first.site_kind,
        devices=active,
        name="hq" if first.site_kind == "hq" else first.letters,
    )


def _meant(to: str, others: Sequence[EnrolledDevice]) -> list[EnrolledDevice]:
    """The devices of the site that a text means, the revoked ones among them."""
    wanted = to.strip()
    if wanted.casefold() == "hq":
        return [one for one in others if one.site_kind == "hq"]
    name = fold_name(wanted)
    for found in (
        [one for one in others if one.site_id == wanted],
        [one for one in others if fold_name(one.site_name) == name],
        [one for one in others if one.letters == (read_symbols(wanted) or "").upper()],
    ):
        if found:
            return [one for one in others if one.site_id in {each.site_id for each in found}]
    return []


def common_knowledge(ctx: Context, devices: Iterable[EnrolledDevice]) -> Vector:
    """How far every one of these devices said it knows each chain."""
    news = {one.device: one.knows for one in ctx.reads.exchange.peers()}
    told = [news.get(device.device, {}) for device in devices]
    if not told:
        return {}
    common: dict[str, Known] = {}
    for chain in set(told[0]).intersection(*told[1:]):
        least = min((one[chain] for one in told), key=lambda known: known.seq)
        if all(one[chain].hash == least.hash for one in told if one[chain].seq == least.seq):
            common[chain] = least
    return common


# -- cards -------------------------------------------------------------------------------------------------------


def describe_package(ctx: Context, receivers: Receivers, *, package_id: str, whole: bool) -> PackageCard:
    """The card of a package that is about to be written; its counts are told behind its content (``Sums``)."""
    place, devices = ctx.place, need_list(ctx)
    reads = ctx.reads.exchange
    return PackageCard(
        id=package_id, municipality_code=place.municipality_code, municipality=place.municipality_name, disaster=place.disaster_name,
        mark=disaster_mark(ctx), training=place.training, device=place.device_id, letters=place.device_prefix, site_id=place.site_id,
        site=place.site_name, site_kind=place.site_kind, to_site=receivers.site, receivers=tuple(one.device for one in receivers.devices),
        written_at=ctx.now(), since=None, until=None, operations=0, records={}, residents=0, pictures=0, vouchers=0, whole=whole,
        list_number=devices.number, knows=reads.vector(), reply_to=unanswered(reads.packages(limit=1000), receivers.devices),
    )  # fmt: skip


def unanswered(packages: Sequence[PackageRow], devices: Iterable[EnrolledDevice]) -> tuple[str, ...]:
    """The last packages of these devices that were taken in here: every package is a receipt for them."""
    ids = {one.device for one in devices}
    return tuple([one.id for one in packages if one.direction == "in" and one.device in ids][:50])


def header_of(card: PackageCard) -> dict[str, Any]:
    """What stands at the beginning of a package: everything of the card but the counts."""
    told = {name: getattr(card, name) for name in _TEXTS}
    return {
        **told, "training": card.training, "receivers": list(card.receivers), "written_at": card.written_at.isoformat(), "whole": card.whole,
        "list_number": card.list_number, "knows": vector_to_json(card.knows), "reply_to": list(card.reply_to),
    }  # fmt: skip


def card_of(told: Mapping[str, Any], *, path: str = "") -> PackageCard:
    """The card that ``header_of`` told, without counts. IntegrityFault ``sealed.damaged`` for one that no writer made: a missing entry,
    another type, or an id or letters that could name a file elsewhere.
    """
    try:
        texts = {name: told[name] for name in _TEXTS}
        sound = all(isinstance(text, str) and len(text) < 1000 for text in texts.values())
        lists = all(isinstance(one, str) and _ID.fullmatch(one) for one in (*told["receivers"], *told["reply_to"]))
        named = _ID.fullmatch(texts["id"]) and _ID.fullmatch(texts["device"]) and _LETTERS.fullmatch(texts["letters"])
        numbers = type(told["list_number"]) is int and type(told["whole"]) is bool and type(told["training"]) is bool
        written_at = datetime.fromisoformat(told["written_at"])
        if not (sound and lists and named and numbers and written_at.tzinfo is not None):
            raise ValueError("no card")
        return PackageCard(
            **texts, training=told["training"], receivers=tuple(told["receivers"]), written_at=written_at, since=None, until=None,
            operations=0, records={}, residents=0, pictures=0, vouchers=0, whole=told["whole"], list_number=told["list_number"],
            knows=vector_of(told["knows"], path=path), reply_to=tuple(told["reply_to"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntegrityFault("sealed.damaged", path=path) from error


@dataclass
class Sums:
    """What a package holds, counted while it passes by: written behind the content, and counted again by who reads it."""

    operations: int = 0
    residents: int = 0
    pictures: int = 0
    vouchers: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    seen: dict[str, set[int]] = field(default_factory=dict)

    def count_row(self, kind: str, record: str, at_ms: int) -> None:
        """One operation."""
        self.operations += 1
        self.seen.setdefault(kind, set()).add(hash(record))
        self.first_ms = at_ms if self.first_ms is None else min(self.first_ms, at_ms)
        self.last_ms = at_ms if self.last_ms is None else max(self.last_ms, at_ms)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        counts = {name: getattr(self, name) for name in _SUMS}
        return {
            **counts,
            "records": {kind: len(found) for kind, found in sorted(self.seen.items())},
            "first": self.first_ms,
            "last": self.last_ms,
        }

    def onto(self, card: PackageCard, *, now: datetime) -> PackageCard:
        """The card with these counts. Moments in the zone of ``now``."""
        first, last = (None if ms is None else _moment(ms, now) for ms in (self.first_ms, self.last_ms))
        told = self.to_json()
        return replace(card, **{name: told[name] for name in _SUMS}, records=told["records"], since=first, until=last)


def _moment(ms: int, like: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(ms / 1000, tz=like.tzinfo)
    except (OverflowError, OSError, ValueError) as error:
        raise IntegrityFault("sealed.damaged", path="") from error


def vector_to_json(vector: Vector) -> dict[str, list[Any]]:
    """As a JSON object."""
    return {chain: [known[0], known[1]] for chain, known in vector.items()}


def vector_of(told: Mapping[str, Any], *, path: str = "") -> Vector:
    """What ``vector_to_json`` told. IntegrityFault ``sealed.damaged``."""
    try:
        made = {str(chain): Known(*known) for chain, known in told.items()}
    except (TypeError, AttributeError) as error:
        raise IntegrityFault("sealed.damaged", path=path) from error
    if not all(type(one.seq) is int and one.seq >= 0 and isinstance(one.hash, str) for one in made.values()):
        raise IntegrityFault("sealed.damaged", path=path)
    return made


# -- what may be taken in here -----------------------------------------------------------------------------------


def checked_list(ctx: Context, told: Mapping[str, Any], *, path: str) -> DeviceList:
    """The list of devices that a file brings, when the municipality signed it.

    RuleViolation ``enrol.…`` when this device was never enrolled, ``enrol.list_other_key``; IntegrityFault ``enrol.list_false``.
    """
    brought = DeviceList.from_json(told, path=path)
    check_list(ctx, brought, trusted=need_list(ctx).municipal_key)
    return brought


def newest_list(ctx: Context, brought: DeviceList) -> DeviceList:
    """The newer of the list that is known here and a checked one; what was revoked by either stays so, who is in one of them is known."""
    mine = need_list(ctx)
    newer, older = (brought, mine) if (not brought.partial, brought.number) > (not mine.partial, mine.number) else (mine, brought)
    entries = {one.device: one for one in older.devices}
    for one in newer.devices:
        if one.device not in entries or entries[one.device].active or not one.active:
            entries[one.device] = one
    return replace(newer, devices=tuple(entries.values()))


def check_origin(ctx: Context, card: PackageCard, *, path: str) -> None:
    """RuleViolation ``exchange.training``, ``.real``, ``.other_municipality``, ``.other_disaster``, each with ``path``."""
    place = ctx.place
    if card.training != place.training:
        raise RuleViolation("exchange.training" if card.training else "exchange.real", path=path, site=card.site)
    if card.municipality_code != place.municipality_code:
        raise RuleViolation("exchange.other_municipality", path=path, municipality=card.municipality)
    if card.mark != disaster_mark(ctx):
        raise RuleViolation("exchange.other_disaster", path=path, disaster=card.disaster, mine=place.disaster_name)


def find_sender(ctx: Context, card: PackageCard, devices: DeviceList, *, path: str) -> EnrolledDevice:
    """Who sent it. RuleViolation ``exchange.sender_unknown``, ``.sender_revoked``, ``.own_package``, each with ``path``."""
    sender = devices.find(card.device)
    if sender is None:
        raise RuleViolation("exchange.sender_unknown", path=path, site=card.site, device=card.letters)
    if not sender.active:
        raise RuleViolation("exchange.sender_revoked", path=path, site=sender.site_name, device=sender.letters, reason=sender.reason)
    if card.device == ctx.place.device_id and any(one.id == card.id for one in ctx.reads.exchange.packages(limit=10_000)):
        raise RuleViolation("exchange.own_package", path=path, site=card.to_site)
    return sender


def clock_offset(ctx: Context, card: PackageCard, packages: Sequence[PackageRow]) -> int:
    """Seconds the sender's clock is certainly ahead (or, negative, behind): it cannot have written later than now, nor before what it answers."""
    ahead = int((card.written_at - ctx.now()).total_seconds())
    if ahead > 0:
        return ahead
    # what bears a time that is still to come was written while our own clock was ahead
    ours = [one.written_at for one in packages if one.direction == "out" and one.id in card.reply_to and one.written_at <= ctx.now()]
    return min(0, int((card.written_at - max(ours)).total_seconds())) if ours else 0


def warnings_of(ctx: Context, card: PackageCard, offset: int) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """What a person should know before taking it in."""
    if abs(offset) < CLOCK_OFF.total_seconds():
        return ()
    code = "exchange.clock_ahead" if offset > 0 else "exchange.clock_behind"
    return ((code, {"site": card.site, "device": card.letters, "minutes": abs(offset) // 60}),)


# -- notes -------------------------------------------------------------------------------------------------------


def hear(
    ctx: Context, uow: UnitOfWork, *, device: str, knows: Vector, written_at: datetime, holding: Holding, reply_to: Iterable[str],
    offset: int | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Keep what a device says of itself; answers our packages that it is the first to acknowledge. What it said later already stays."""
    before = next((one for one in uow.reads.exchange.peers() if one.device == device), PeerNews(device=device, knows={}))
    mine = {one.id: one for one in uow.reads.exchange.packages(limit=10_000) if one.direction == "out"}
    fresh = tuple(dict.fromkeys(one for one in reply_to if one in mine and mine[one].state != "acknowledged"))
    for package in fresh:
        uow.exchange.mark_package(package, state="acknowledged", at=ctx.now())
    after = replace(before, heard_at=ctx.now(), clock_offset=before.clock_offset if offset is None else offset)
    if fresh:
        after = replace(after, acknowledged_at=ctx.now())
    if _later(device, (knows, written_at), (before.knows, before.written_at)):
        after = replace(after, knows=knows, written_at=written_at)
        uow.set_setting(HOLDS + device, json.dumps(holding.to_json(), separators=(",", ":")))
    uow.exchange.note_peer(after)
    return fresh


def _later(device: str, told: tuple[Vector, datetime], known: tuple[Vector, datetime | None]) -> bool:
    """Whether it was said after what is known: by how far its own chain was, then by its clock, which may be wrong."""
    if known[1] is None:
        return True
    own = [vector[device].seq if device in vector else 0 for vector in (told[0], known[0])]
    return own[0] > own[1] or (own[0] == own[1] and told[1] >= known[1])


def note_written(ctx: Context, card: PackageCard, receivers: Receivers, *, path: Path, size: int, sha256: str) -> None:
    """After the file is there: it was sent. One row of the log, and for each receiver when."""
    with ctx.unit() as uow:
        known = {one.device: one for one in uow.reads.exchange.peers()}
        for device in receivers.devices:
            news = known.get(device.device, PeerNews(device=device.device, knows={}))
            uow.exchange.note_peer(replace(news, sent_at=ctx.now()))
        row = _row(ctx, card, direction="out", size=size, name=path.name, state="written", device=receivers.devices[0])
        uow.exchange.note_package(row, sha256=sha256, details=json.dumps({"receivers": [one.device for one in receivers.devices]}))
        uow.commit()


def note_taken(
    ctx: Context,
    uow: UnitOfWork,
    card: PackageCard,
    sender: EnrolledDevice,
    *,
    size: int,
    sha256: str,
    name: str,
    conflicts: int,
    gaps: int,
) -> None:
    """In the transaction that takes a package in: that it was."""
    row = _row(ctx, card, direction="in", size=size, name=name, state="applied", device=sender)
    uow.exchange.note_package(replace(row, conflicts=conflicts, gaps=gaps), sha256=sha256)
    uow.log_access(action="import", persons=card.records.get("person", 0) + card.residents, target=name)


def _row(ctx: Context, card: PackageCard, *, direction: str, size: int, name: str, state: str, device: EnrolledDevice) -> PackageRow:
    return PackageRow(
        id=card.id, direction=direction, device=device.device, letters=device.letters, site=device.site_name, written_at=card.written_at,
        handled_at=ctx.now(), since=card.since, until=card.until, records=sum(card.records.values()), conflicts=0, gaps=0, bytes=size,
        name=name, state=state, by=ctx.actor.name,
    )  # fmt: skip


# -- before taking in --------------------------------------------------------------------------------------------


def back_up_before(ctx: Context, folder: Path) -> Backup:
    """A backup to go back to.

    One that was made a few minutes ago for another package serves when nothing came into the store but packages since: the sticks hold those.
    """
    now = ctx.now()
    kept = json.loads(ctx.reads.settings.get(BACKUP) or "{}")
    path = folder / "backups" / str(kept.get("name", "-"))
    made = datetime.fromisoformat(kept["at"]) if kept.get("at") else None
    if made is not None and timedelta() <= now - made < BACKUP_SERVES and kept.get("state") == _state_of(ctx.reads) and path.is_file():
        return Backup(path=path, at=made)
    return Backup(path=ctx.backups.rotate(folder / "backups", keep=read_settings(ctx).backup_keep), at=now)


def note_backup(uow: UnitOfWork, backup: Backup) -> None:
    """In the transaction that took a package in, behind everything that it brings: whether the backup still serves is told by what is there."""
    told = {"name": backup.path.name, "at": backup.at.isoformat(), "state": _state_of(uow.reads)}
    uow.set_setting(BACKUP, json.dumps(told, separators=(",", ":")))


def _state_of(reads: Reads) -> str:
    """Stands for all operations and residents that are here."""
    vector = sorted((chain, known.seq, known.hash) for chain, known in reads.exchange.vector().items())
    snapshots = sorted((one.id, one.residents) for one in reads.residents.snapshots())
    return hashlib.sha256(json.dumps([vector, snapshots]).encode()).hexdigest()
