"""Opening a package: whom it is for, who sent it, and its records one after the other, counted and verified to the last byte."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from app.domain.carrying import CarriedRow, SnapshotCard
from app.domain.dates import JST
from app.domain.errors import EnvironmentFault, InputFault, IntegrityFault, SasaeError
from app.domain.exchange import DeviceList, EnrolledDevice, Gap, Segment
from app.domain.resident import Finding
from app.syncing import package_parts
from app.syncing.package_parts import Picture, SegmentReader, Told, unpack_parts, unpack_pictures
from app.syncing.sealed import Keys, SealedReader, open_sealed
from app.usecases import exchange
from app.usecases.context import Context
from app.usecases.enrolment import device_list, need_list
from app.usecases.exchange import Sums
from app.usecases.exchange_holding import Holding
from app.usecases.job import Job

KIND, RECEIPT = "package", "receipt"
LAYOUT = 1
_NAME = re.compile(r"sasae-(?P<to>hq|[0-9A-Z]{4})-(?P<sender>[0-9A-Z]{4})-(?P<time>\d{8}-\d{6})")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Rows:
    """Some residents of the snapshot before."""

    rows: list[CarriedRow]


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of the snapshot before."""

    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Active:
    """The snapshot that headquarters searches."""

    snapshot_id: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sender told of settings."""

    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A row of the messages about cash."""

    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """A picture that passed by: ``sha256`` of its content."""

    name: str
    sha256: str
    content: bytes


# -- opening -----------------------------------------------------------------------------------------------------


@contextmanager
def in_words_of_packages(path: Path, devices: DeviceList | None = None) -> Iterator[None]:
    """Faults of the container as faults of a package: what to do next is another thing than with a file of residents."""
    try:
        yield
    except SasaeError as fault:
        raise _as_package_fault(fault, path, devices) from fault


def _as_package_fault(fault: SasaeError, path: Path, devices: DeviceList | None) -> SasaeError:
    if fault.code == "sealed.not_sealed":
        return InputFault("exchange.not_a_package", path=str(path))
    if fault.code == "sealed.other_kind":
        return InputFault("exchange.other_kind", path=str(path))
    if fault.code == "sealed.newer":
        return EnvironmentFault("exchange.newer", **fault.params)
    if fault.code == "sealed.not_for_us":
        to = told_by_name(path, devices).to
        return EnvironmentFault("exchange.for_someone_else" if to else "exchange.for_somebody", path=str(path), to=to)
    return fault


@dataclass(frozen=True, slots=True)
class NamedFile:
    """What the name of a file says: four letters or the names of sites, and when it was written by the sender's clock. "" and None: nothing."""

    to: str = ""
    sender: str = ""
    written_at: datetime | None = None


def told_by_name(path: Path, devices: DeviceList | None) -> NamedFile:
    """For whom a file is that cannot be opened here, as far as its name says it."""
    found = _NAME.match(path.name)
    if found is None:
        return NamedFile()
    try:
        written_at = datetime.strptime(found["time"], "%Y%m%d-%H%M%S").replace(tzinfo=JST)
    except ValueError:
        return NamedFile()
    known = {} if devices is None else {one.letters: f"{one.site_name} {one.letters}" for one in devices.devices}
    if devices is not None:
        known |= {"hq": next((one.site_name for one in devices.devices if one.site_kind == "hq"), "hq")}
    return NamedFile(known.get(found["to"], found["to"]), known.get(found["sender"], found["sender"]), written_at)


def open_package(ctx: Context, source: Path, *, kind: str = KIND) -> PackageReader:
    """Open a package or receipt and check who sent it to whom. Use as a context manager.

    Raises InputFault ``exchange.not_a_package``, ``.other_kind``; EnvironmentFault ``exchange.newer``, ``.for_someone_else``, ``.for_somebody`` and what
    ``open_sealed`` raises; RuleViolation ``enrol.…`` and those of ``exchange.check_origin``, ``checked_list`` and ``find_sender``.
    """
    exchange.need_same_device(ctx)
    need_list(ctx)
    with in_words_of_packages(source, device_list(ctx)):
        sealed = open_sealed(source, kind=kind, keys=Keys(identities=ctx.keys.identities()))
    try:
        with in_words_of_packages(source):
            return PackageReader(ctx, sealed)
    except BaseException:
        sealed.close()
        raise


class PackageReader:
    """A package being read. ``card`` without counts until ``items`` came to its end; nothing it says counts before that.

    ``brought``: its list of devices, ``devices`` what that and the one here say together; ``sender`` as that has it.
    """

    def __init__(self, ctx: Context, sealed: SealedReader) -> None:
        self.path = sealed.path
        self.size = sealed.size
        self._sealed = sealed
        self._keys = ctx.keys
        path, header = str(sealed.path), sealed.header
        layout = header.get("layout")
        if type(layout) is not int:
            raise IntegrityFault("sealed.damaged", path=path)
        if layout > LAYOUT:
            raise EnvironmentFault("sealed.newer", path=path, format=layout, known=LAYOUT)
        if not all(isinstance(header.get(name), dict) for name in ("card", "list", "holds")):
            raise IntegrityFault("sealed.damaged", path=path)
        self.card = self.counted = exchange.card_of(header["card"], path=path)
        exchange.check_origin(ctx, self.card, path=path)
        self.brought = exchange.checked_list(ctx, header["list"], path=path)
        self.devices: DeviceList = exchange.newest_list(ctx, self.brought)
        self.sender: EnrolledDevice = exchange.find_sender(ctx, self.card, self.devices, path=path)
        self.holding = Holding.from_json(header["holds"], path=path)

    def __enter__(self) -> PackageReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._sealed.close()

    @property
    def sha256(self) -> str:
        """Of the file, when ``items`` came to its end."""
        return self._sealed.sha256

    def items(self, job: Job, label: str) -> Items:
        """Everything between header and trailer, once, to be taken in order."""
        return Items(self._read(job, label), str(self.path))

    def _read(self, job: Job, label: str) -> Iterator[object]:
        """Raises IntegrityFault of ``SealedReader.parts``, ``sealed.damaged``, ``exchange.counts_differ``."""
        path, sums = str(self.path), Sums()
        segments = SegmentReader(path)
        told: Any = None
        for record in unpack_parts(self._sealed.parts(self._verify), path=path):
            job.report(self._sealed.position, max(self.size, self._sealed.position), label)
            if not isinstance(record, Told):
                sums.pictures += 1
                yield SeenPicture(record.name, hashlib.sha256(record.content).hexdigest(), record.content)
            elif record.name == "segments":
                for segment in segments.read(record.value):
                    _count(sums, segment)
                    yield segment
            elif record.name == "sums" and told is None and isinstance(record.value, dict):
                told = record.value
            else:
                item = _item(record, path)
                sums.residents += len(item.rows) if isinstance(item, Rows) else 0
                yield item
        segments.end()
        if not isinstance(told, dict) or type(told.get("vouchers")) is not int:
            raise IntegrityFault("sealed.damaged", path=path)
        sums.vouchers = told["vouchers"]
        if told != sums.to_json():
            raise IntegrityFault("exchange.counts_differ", path=path)
        self.counted = sums.onto(self.card, now=self.card.written_at)

    def verify(self, job: Job, label: str) -> dict[str, str]:
        """Verify the file to its last byte without looking at what it says: that is checked where it is taken in. Answers the names and hashes of
        its pictures. IntegrityFault of ``SealedReader.parts``, ``sealed.damaged``.
        """
        pictures: dict[str, str] = {}
        for found in unpack_pictures(self._sealed.parts(self._verify), path=str(self.path)):
            job.report(self._sealed.position, max(self.size, self._sealed.position), label)
            if isinstance(found, Picture):
                pictures[found.name] = hashlib.sha256(found.content).hexdigest()
        return pictures

    def verify_empty(self) -> None:
        """Verify a file that has nothing between header and trailer. IntegrityFault as ``items``."""
        for _ in self._sealed.parts(self._verify):
            raise IntegrityFault("sealed.damaged", path=str(self.path))

    def _verify(self, text: bytes, signature: str) -> bool:
        return self._keys.verify(text, signature, self.sender.verify_key)


def _count(sums: Sums, segment: Segment) -> None:
    for row in segment.rows:
        if not isinstance(row, Gap):
            sums.count_row(row[10], row[11], row[5])


def _item(record: Told, path: str) -> Rows | Findings | SnapshotCard | Active | Settings | VoucherRow:
    value = record.value
    if record.name == "rows":
        return Rows(package_parts.rows_of(value, path=path))
    if record.name == "findings":
        return Findings(package_parts.findings_of(value, path=path))
    if record.name == "snapshot":
        return package_parts.snapshot_of(value, path=path)
    if record.name == "active" and isinstance(value, str):
        return Active(value)
    if record.name in ("settings", "voucher") and isinstance(value, dict):
        return Settings(value) if record.name == "settings" else VoucherRow(value)
    raise IntegrityFault("sealed.damaged", path=path)


class Items:
    """The records of a package, taken kind after kind. What nobody takes is read over by ``finish``, which alone says that the file is whole."""

    def __init__(self, items: Iterator[object], path: str) -> None:
        self._items = items
        self._path = path
        self._next: object | None = None

    def every(self, kind: type[Item]) -> Iterator[Item]:
        """The items of this kind that come now, up to the first of another."""
        while isinstance(found := self.peek(), kind):
            self._next = None
            yield found

    def peek(self) -> object | None:
        """The next item, which stays; None behind the last, when everything has verified."""
        if self._next is None:
            self._next = next(self._items, None)
        return self._next

    def end(self) -> None:
        """IntegrityFault ``sealed.damaged`` when something is left that nobody took."""
        if self.peek() is not None:
            raise IntegrityFault("sealed.damaged", path=self._path)

    def finish(self) -> None:
        """Read over the rest."""
        while self.peek() is not None:
            self._next = None
