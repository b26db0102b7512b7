"""Chains of other devices in this store: how operations come in, how far each is known, which are copies of one another."""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.domain.exchange import AUDIENCES, NONE, DeviceList, EnrolledDevice, Gap, Head, Segment, head_text, may_have
from app.domain.identifiers import device_prefix
from app.domain.journal import GENESIS, chain_hash
from app.domain.merging import device_of
from app.storage import tables as t
from app.storage.adding import encode, quote
from app.storage.arrivals import Arrivals
from app.storage.branches import Branch, Link, is_simple, name_branches, walk
from app.storage.dialects import dialect_of
from app.storage.engine import run_many
from app.storage.journal import BEYOND, insert_sql, seal_of
from app.storage.keyring import derive_subkey
from app.storage.queries.base import marks

HEADS = "exchange.heads"
"""Setting: the greatest head that each device vouched for when it is not known here without a gap yet."""
_SEAL = "exchange-beyond"
Node = tuple[str, int, str]
"""A place in the tree of a device: device, sequence, hash."""


class Arrived(NamedTuple):
    """A row of a segment with its place in the chain."""

    row: tuple[Any, ...]
    seq: int
    previous: str
    hash: str


class Vouchers:
    """Which operations somebody trustworthy vouched for: a head signed by the device, by one of its site or of headquarters."""

    def __init__(self, devices: DeviceList) -> None:
        self._devices = devices
        self._valid: dict[tuple[str, int, str, str], bool] = {}
        self._waiting: set[Node] = set()
        self._came_from: dict[Node, Node] = {}
        self.best: dict[str, dict[tuple[int, str], str]] = defaultdict(dict)

    def signed(self, device: str, head: Head) -> bool:
        """Whether the head's signature is good."""
        key = (device, head.seq, head.hash, head.signature)
        if key not in self._valid:
            text = head_text(device, head.seq, head.hash)
            self._valid[key] = any(verified(text, head.signature, one.verify_key) for one in self._trusted(device))
        return self._valid[key]

    def _trusted(self, device: str) -> list[EnrolledDevice]:
        """Who may vouch for a device: it itself, or active devices of its site or of headquarters; for one never enrolled, any active one."""
        own = self._devices.find(device)
        others = [one for one in self._devices.devices if one.active and one.device != device]
        if own is None:
            return others
        return [own, *(one for one in others if one.site_id == own.site_id or one.site_kind == "hq")]

    def pass_segment(self, segment: Segment, ends: Mapping[int, str], last: tuple[int, str]) -> None:
        """Note how far a segment is vouched for. ``ends``: the hash behind each sequence; ``last``: its end."""
        device, head = segment.device, segment.head
        start = (device, segment.first - 1, segment.previous)
        good = 0
        if head is not None and ends.get(head.seq) == head.hash and self.signed(device, head):
            good = head.seq
            self.best[device][head.seq, head.hash] = head.signature
            self._approve(start)
        if good < last[0]:
            end = (device, *last)
            self._waiting.add(end)
            if not good:
                self._came_from[end] = start

    def _approve(self, node: Node) -> None:
        at: Node | None = node
        while at is not None:
            self._waiting.discard(at)
            at = self._came_from.pop(at, None)

    def check(self) -> None:
        """IntegrityFault ``exchange.head_false`` when something came that nobody vouched for."""
        for device, seq, _ in sorted(self._waiting):
            raise IntegrityFault("exchange.head_false", device=device_prefix(device), seq=seq)


def verified(message: bytes, signature: str, verify_key: str) -> bool:
    """Whether an Ed25519 signature (hex) is that of the message by this key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(verify_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def hashed(segment: Segment) -> Iterator[Arrived | Gap]:
    """The rows of a segment with their hashes. IntegrityFault ``exchange.chain_broken`` when they do not follow each other."""
    seq, digest, device = segment.first, segment.previous, segment.device
    quoted: dict[str, str] = {}
    for one in segment.rows:
        if isinstance(one, Gap):
            if one.first != seq or one.last < seq:
                raise IntegrityFault("exchange.chain_broken", device=device_prefix(device), seq=seq)
            yield one
            seq, digest = one.last + 1, one.hash
            continue
        if one[2] != seq or len(one) != 14:
            raise IntegrityFault("exchange.chain_broken", device=device_prefix(device), seq=seq)
        made = Arrived(one, seq, digest, chain_hash(digest, _canonical(device, one, quoted)))
        yield made
        seq, digest = seq + 1, made.hash


def _canonical(device: str, row: tuple[Any, ...], quoted: dict[str, str]) -> str:
    """``domain.journal.canonical`` of a row, from its texts as they are."""
    op, act, seq, context, hlc, at_ms, operator, site, purpose, reason, kind, record, action, changes = row
    for text in (act, operator, site, purpose, reason, kind, action):
        if text not in quoted:
            quoted[text] = quote(text)
    return (
        f'[{quote(op)},{quoted[act]},{quote(device)},{seq:d},{context},{quote(hlc)},{at_ms:d},{quoted[operator]},{quoted[site]},'
        f"{quoted[purpose]},{quoted[reason]},{quoted[kind]},{quote(record)},{quoted[action]},{changes}]"
    )


class ChainWriter:
    """Puts operations of segments in, then says how far each chain is known and which are copies."""

    def __init__(self, connection: Connection, data_key: bytes, devices: DeviceList, *, now_ms: int) -> None:
        self._connection = connection
        self._data_key = data_key
        self._devices = devices
        self._now_ms = now_ms
        self.own = str(connection.execute(select(t.device.c.id).where(t.device.c.is_self)).scalar_one())
        mine = devices.find(self.own)
        self._site_kind = mine.site_kind if mine else "hq"
        self._vouchers = Vouchers(devices)
        self._chains: dict[str, list[str]] = defaultdict(list)
        for chain in connection.execute(select(t.device.c.id)).scalars():
            self._chains[device_of(chain)].append(chain)
        self._apart: set[str] = set()
        self._sound: set[str] = set()
        self._changed: set[str] = set()
        self._latest: dict[str, str] = {}
        self._site: dict[str, str] = {}
        self.touched: dict[str, set[str]] = defaultdict(set)
        self.arrived = Arrivals()
        self.new = self.known = self.refused = 0
        self.copies: list[str] = []
        self.own_continued = False

    # -- rows ----------------------------------------------------------------------------------------------------

    def take(self, segment: Segment) -> None:
        """Put the rows of a segment in that are not here. See ``ExchangeWrites.take`` for what it raises."""
        device, last = segment.device, (segment.first - 1, segment.previous)
        if device_of(segment.chain) != device or segment.first < 1:
            raise IntegrityFault("exchange.chain_broken", device=device_prefix(device), seq=segment.first)
        told = list(hashed(segment))
        ends = {last[0]: last[1]}
        ends.update((one.last if isinstance(one, Gap) else one.seq, one.hash) for one in told)
        if told:
            end = told[-1]
            last = (end.last if isinstance(end, Gap) else end.seq, end.hash)
        self._vouchers.pass_segment(segment, ends, last)
        enrolled = self._devices.find(device)
        most = last[0] if enrolled is None or enrolled.active else enrolled.revoked_seq
        here = self._here(device, segment.first, last[0])
        rows = [one for one in told if isinstance(one, Arrived)]
        allowed = [one for one in rows if one.seq <= most]
        self.refused += len(rows) - len(allowed)
        new = [one for one in allowed if one.hash not in here.get(one.seq, ())]
        self.known += len(allowed) - len(new)
        self._insert(device, new, here)
        self._keep_gaps(device, [one for one in told if isinstance(one, Gap) and one.last <= most], ends, here)

    def _here(self, device: str, first: int, last: int) -> dict[int, set[str]]:
        """Hashes of the device's operations that are here, by sequence."""
        chains = self._chains.get(device) or ([device] if device in self._changed else [])  # new here, both copies in one package
        if not chains:
            return {}
        query = f"SELECT device_seq, hash FROM journal WHERE chain IN ({marks(chains)}) AND device_seq BETWEEN ? AND ?"
        values: tuple[Any, ...] = (*chains, first, last)
        if device in self._apart:
            query += " UNION SELECT device_seq, hash FROM journal WHERE chain LIKE ? AND device_seq BETWEEN ? AND ?"
            values += (f"{device}~?%", first, last)
        found: dict[int, set[str]] = defaultdict(set)
        for seq, digest in self._connection.exec_driver_sql(query, values).all():
            found[seq].add(digest)
        return found

    def _insert(self, device: str, new: Sequence[Arrived], here: Mapping[int, set[str]]) -> None:
        if not new:
            return
        values: list[tuple[Any, ...]] = []
        found = self._connection.execute(select(t.device.c.journal_seq).where(t.device.c.id == device)).scalar_one_or_none()
        known = found or 0
        for one in new:
            op, act, seq, context, hlc, at_ms, operator, site, purpose, reason, kind, record, action, changes = one.row
            if kind not in self._sound:
                self._check(device, one)
                self._sound.add(kind)
            chain = device
            if one.seq in here or one.seq <= known:
                self._apart.add(device)
                chain = f"{device}~?{one.hash}"
            values.append(
                (op, act, device, seq, context, hlc, at_ms, self._now_ms, operator, site, purpose, reason, kind, record, action, changes,
                 one.previous, one.hash, chain)
            )  # fmt: skip
            self.touched[kind].add(record)
            self.arrived.keep(kind, record, (op, chain, seq, hlc, action, changes))
            if hlc > self._latest.get(device, ""):
                self._latest[device] = hlc
        self._site[device] = new[-1].row[7]
        try:
            run_many(self._connection, insert_sql(), values)
        except dialect_of(self._connection).REFUSALS as error:
            raise IntegrityFault("exchange.same_operation", device=device_prefix(device), seq=new[0].seq) from error
        self.new += len(new)
        self._changed.add(device)
        if device == self.own:
            self.own_continued = True

    def _check(self, device: str, one: Arrived) -> None:
        kind = one.row[10]
        if kind not in t.KIND_BY_NAME:
            raise EnvironmentFault("exchange.unknown_kind", kind=kind)
        if AUDIENCES.get(kind, NONE) == NONE:
            raise IntegrityFault("exchange.chain_broken", device=device_prefix(device), seq=one.seq)

    def _keep_gaps(self, device: str, gaps: Sequence[Gap], ends: Mapping[int, str], here: Mapping[int, set[str]]) -> None:
        """Note what is not for this site; what it should have is simply missing."""
        gaps = [gap for gap in gaps if not may_have(self._site_kind, gap.audience)]
        if not gaps:
            return
        chains = self._chains.get(device) or [device]
        before = self._stretches(chains)
        rows: list[tuple[Any, ...]] = []
        for gap in gaps:
            same = {link.hash for link in before if link.last == gap.last} | here.get(gap.last, set())
            if gap.hash in same:
                continue
            if same or any(gap.first <= seq <= gap.last for seq in here):  # something else is at its place: a copy of the device
                self._apart.add(device)
                rows.append((f"{device}~?{gap.hash}", gap.first, gap.last, gap.audience, ends[gap.first - 1], gap.hash))
                continue
            for first, last, previous, digest in _uncovered(gap, ends[gap.first - 1], before):
                rows.append((device, first, last, gap.audience, previous, digest))
                before.append(Link(first, last, previous, digest))
        if rows:
            run_many(self._connection, "INSERT INTO withheld (chain, first, last, audience, previous, hash) VALUES (?,?,?,?,?,?)", rows)
            self._changed.add(device)

    def _stretches(self, chains: Sequence[str]) -> list[Link]:
        query = f"SELECT first, last, previous, hash FROM withheld WHERE chain IN ({marks(chains)}) OR chain LIKE ? ORDER BY first"
        return [Link(*row) for row in self._connection.exec_driver_sql(query, (*chains, f"{device_of(chains[0])}~?%")).all()]

    # -- afterwards ----------------------------------------------------------------------------------------------

    def finish(self, now: datetime) -> None:
        """Say how far each chain is known now, name copies apart, and move the clock of this device."""
        self._vouchers.check()
        again = self._admit()
        for device in sorted(self._changed | again):
            self._settle(device, now, afresh=device in again)
        self._note_heads()
        note_beyond(self._connection, self._data_key)
        newest = max(self._latest.values(), default="")
        own = t.device.c.is_self & (t.device.c.hlc < newest)
        self._connection.execute(update(t.device).where(own).values(hlc=newest))

    def _admit(self) -> set[str]:
        """Forget that something is withheld which this site is given since it became another kind of site; answers whose."""
        found = self._connection.exec_driver_sql("SELECT DISTINCT chain, audience FROM withheld").all()
        again = [(chain, audience) for chain, audience in found if may_have(self._site_kind, audience)]
        for chain, audience in again:
            self._connection.execute(delete(t.withheld).where(t.withheld.c.chain == chain, t.withheld.c.audience == audience))
        return {device_of(chain) for chain, _ in again}

    def _links(self, device: str) -> list[Link]:
        query = "SELECT device_seq, device_seq, previous, hash FROM journal WHERE device = ?"
        return [Link(*row) for row in self._connection.exec_driver_sql(query, (device,)).all()]

    def _settle(self, device: str, now: datetime, *, afresh: bool) -> None:
        """The device's chains: one as a rule, looked at from where it was known until; all anew when copies turned up."""
        chains = self._chains.get(device, [])
        if len(chains) <= 1 and device not in self._apart:
            row = self._connection.execute(select(t.device).where(t.device.c.id == device)).one_or_none()
            seq, digest = (row.journal_seq, row.journal_hash) if row and not afresh else (0, GENESIS)
            links = self._after(device, seq)
            if _fits(seq, digest, links):
                known, end = walk(seq, digest, links)
                self._note_chain(Branch(device, "", 0, known, end), now, mine=bool(row and row.prefix))
                return
        self._part(device, now)

    def _after(self, device: str, seq: int) -> list[Link]:
        query = "SELECT device_seq, device_seq, previous, hash FROM journal WHERE chain = ? AND device_seq > ? ORDER BY device_seq"
        rows = [Link(*row) for row in self._connection.exec_driver_sql(query, (device, seq)).all()]
        return sorted([*rows, *(link for link in self._stretches([device]) if link.last > seq)])

    def _part(self, device: str, now: datetime) -> None:
        """Name every chain of the device anew."""
        self.arrived.forget()  # chains get other names
        chains = self._chains.get(device) or [device]
        rows = self._connection.execute(select(t.device).where(t.device.c.id.in_(chains))).all()
        query = f"SELECT device_seq, device_seq, previous, hash, chain FROM journal WHERE chain IN ({marks(chains)}) OR chain LIKE ?"
        found = self._connection.exec_driver_sql(query, (*chains, f"{device}~?%")).all()
        stretches = self._stretches(chains)
        family = name_branches(device, [*stretches, *(Link(*row[:4]) for row in found)])
        moved = [(family.names[row[3]], row[4], row[0]) for row in found if family.names[row[3]] != row[4]]
        run_many(
            self._connection, "UPDATE journal SET chain = ? WHERE chain = ? AND device_seq = ?", [(f"{device}~!{n}", *one[1:]) for n, one in enumerate(moved)]
        )
        run_many(
            self._connection, "UPDATE journal SET chain = ? WHERE chain = ? AND device_seq = ?",
            [(name, f"{device}~!{n}", seq) for n, (name, _, seq) in enumerate(moved)],
        )  # fmt: skip
        for link in stretches:
            place = t.withheld.c.chain.like(f"{device}%"), t.withheld.c.first == link.first, t.withheld.c.hash == link.hash
            self._connection.execute(update(t.withheld).where(*place).values(chain=family.names[link.hash]))
        ends = {(row.journal_seq, row.journal_hash) for row in rows if row.prefix}
        mine = _lineage_of(family.branches, {family.names.get(digest, device) for _, digest in ends}) if ends else set()
        signed = {(row.signed_seq, row.signed_hash): row.signature for row in rows if row.signature}
        gone = set(chains) - {branch.name for branch in family.branches}
        if gone:
            self._connection.execute(delete(t.device).where(t.device.c.id.in_(gone)))
        unsigned = {"signed_seq": 0, "signed_hash": "", "signature": ""}
        self._connection.execute(update(t.device).where(t.device.c.id.in_(chains)).values(**unsigned))
        for branch in family.branches:
            self._note_chain(branch, now, mine=branch.name in mine)
        for (seq, digest), signature in signed.items():
            self._note_signed(family.names.get(digest, device), seq, digest, signature)
        if len(family.branches) > max(1, len(chains)):
            self.copies.append(device)
        self._chains[device] = [branch.name for branch in family.branches]

    def _note_chain(self, branch: Branch, now: datetime, *, mine: bool) -> None:
        device = device_of(branch.name)
        values: dict[str, Any] = {
            "journal_seq": branch.known, "journal_hash": branch.hash, "parent": branch.parent, "forked": branch.forked,
            "seal": seal_of(self._data_key, branch.name, branch.known, branch.hash), "prefix": device_prefix(device) if mine else "",
        }  # fmt: skip
        if self._connection.execute(update(t.device).where(t.device.c.id == branch.name).values(**values)).rowcount:
            self._raise_clock(branch.name, device)
            return
        enrolled = self._devices.find(device)
        site = enrolled.site_id if enrolled else self._site.get(device, "")
        self._connection.execute(
            insert(t.device).values(id=branch.name, is_self=False, site_id=site, created_at=now, hlc=self._latest.get(device, ""), **values)
        )
        self._chains[device] = sorted({*self._chains.get(device, ()), branch.name})

    def _raise_clock(self, chain: str, device: str) -> None:
        newest = self._latest.get(device, "")
        self._connection.execute(update(t.device).where(t.device.c.id == chain, t.device.c.hlc < newest).values(hlc=newest))

    # -- what was vouched for ------------------------------------------------------------------------------------

    def _note_heads(self) -> None:
        """Keep for each chain the greatest head that is known without a gap, and aside those that are not yet."""
        kept = self._connection.execute(select(t.setting.c.value).where(t.setting.c.name == HEADS)).scalar_one_or_none()
        aside: dict[str, list[list[Any]]] = json.loads(kept) if kept else {}
        for device, found in self._vouchers.best.items():
            aside.setdefault(device, []).extend([seq, digest, signature] for (seq, digest), signature in found.items())
        left: dict[str, list[list[Any]]] = {}
        for device, heads in aside.items():
            waiting = [head for head in heads if not self._place_head(device, *head)]
            waiting = sorted({head[1]: head for head in waiting}.values())[-4:]
            if waiting:
                left[device] = waiting
        if left != (json.loads(kept) if kept else {}):
            write_setting(self._connection, HEADS, encode(left))

    def _place_head(self, device: str, seq: int, digest: str, signature: str) -> bool:
        """Whether the head could be noted, or is no news; False while it is behind a gap."""
        chains = self._chains.get(device, [])
        query = f"SELECT chain FROM journal WHERE chain IN ({marks(chains)}) AND device_seq = ? AND hash = ?"
        chain = self._connection.exec_driver_sql(query, (*chains, seq, digest)).scalar() if chains else None
        if chain is None and chains:
            query = f"SELECT chain FROM withheld WHERE chain IN ({marks(chains)}) AND last = ? AND hash = ?"
            chain = self._connection.exec_driver_sql(query, (*chains, seq, digest)).scalar()
        if chain is None:
            return False
        known = self._connection.execute(select(t.device.c.journal_seq).where(t.device.c.id == chain)).scalar_one_or_none() or 0
        if known < seq:
            return False
        self._note_signed(str(chain), seq, digest, signature)
        return True

    def _note_signed(self, chain: str, seq: int, digest: str, signature: str) -> None:
        place = (t.device.c.id == chain) & (t.device.c.signed_seq < seq)
        self._connection.execute(update(t.device).where(place).values(signed_seq=seq, signed_hash=digest, signature=signature))


def _fits(seq: int, digest: str, links: Sequence[Link]) -> bool:
    """Whether links behind a chain's end are one chain with it, gaps or not."""
    moved = [Link(max(link.first, seq + 1) - seq, link.last - seq, link.previous if link.first > seq else digest, link.hash) for link in links]
    if moved and moved[0].first == 1:
        if moved[0].previous != digest:
            return False
        moved[0] = moved[0]._replace(previous=GENESIS)
    return is_simple(moved)


def _lineage_of(branches: Iterable[Branch], names: set[str]) -> set[str]:
    parents = {branch.name: branch.parent for branch in branches}
    found: set[str] = set()
    for name in names:
        while name and name not in found:
            found.add(name)
            name = parents.get(name, "")
    return found


def _uncovered(gap: Gap, previous: str, stretches: Iterable[Link]) -> list[tuple[int, int, str, str]]:
    """The parts of a gap that are not noted yet: first, last, the hash before, the hash behind."""
    found: list[tuple[int, int, str, str]] = []
    at, before = gap.first, previous
    for link in sorted(link for link in stretches if link.first <= gap.last and link.last >= gap.first):
        if link.first > at:
            found.append((at, link.first - 1, before, link.previous))
        if link.last >= at:
            at, before = link.last + 1, link.hash
    if at <= gap.last:
        found.append((at, gap.last, before, gap.hash))
    return found


# -- what is here behind gaps


def stretches_beyond(connection: Connection) -> dict[str, list[list[Any]]]:
    """What is here of each chain behind where it is known without a gap: first, last, the hash at the end."""
    query = (
        "SELECT j.chain, j.device_seq, j.previous, j.hash FROM device d CROSS JOIN journal j"  # device by device, not row by row
        " WHERE j.chain = d.id AND j.device_seq > d.journal_seq ORDER BY j.chain, j.device_seq"
    )
    found: dict[str, list[list[Any]]] = {}
    for chain, rows in groupby(connection.exec_driver_sql(query), key=lambda row: row[0]):
        stretches: list[list[Any]] = []
        for _, seq, previous, digest in rows:
            if stretches and stretches[-1][1] == seq - 1 and stretches[-1][2] == previous:
                stretches[-1][1:] = [seq, digest]
            else:
                stretches.append([seq, seq, digest])
        found[chain] = stretches
    return found


def note_beyond(connection: Connection, data_key: bytes) -> None:
    """Keep, sealed, what is here behind gaps and which audiences this device is not given: contexts tell it."""
    stretches = stretches_beyond(connection)
    lacks = sorted(row[0] for row in connection.exec_driver_sql("SELECT DISTINCT audience FROM withheld") if row[0] != NONE)
    told = {"stretches": stretches, "lacks": lacks}
    write_setting(connection, BEYOND, encode({**told, "seal": beyond_seal(data_key, told)}))


def beyond_seal(data_key: bytes, told: Mapping[str, Any]) -> str:
    """Keyed digest of it, so that a row behind a gap cannot be taken out unnoticed."""
    return hmac.new(derive_subkey(data_key, _SEAL), encode(dict(told)).encode(), sha256).hexdigest()


def write_setting(connection: Connection, name: str, value: str) -> None:
    """A setting of this folder."""
    connection.exec_driver_sql(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )
