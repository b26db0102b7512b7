"""A folder or a camera's card of photos taken in at once: found, put in order, reduced, matched to buildings, kept.

One photo after the other in bounded memory; some hundred at a time are one act. When the card is pulled out or somebody cancels, what was
kept stays whole, and the same folder imported again goes on where it ended, because what came before is known by its hash.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.building_code import is_of_disaster, read_building_code, read_building_number
from app.domain.dates import JST
from app.domain.errors import Cancelled, InputFault
from app.domain.photo_matching import GAP, PhotoMatcher, Shot, VisitTime, usable_place, usable_time, visit_time
from app.interchange.importing.photo_workers import HeaderOrFault, PhotoReader, Taken, open_reader
from app.printing.photos import ENDINGS, Header, Reduced
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.photo_rows import KnownPhoto
from app.usecases.photos import NewPhoto, add_photos, new_batch, note_import

CHUNK = 200
"""Photos of one act: what a loss of power costs at most."""
_MOST_FILES = 200_000
_MOST_ISSUES = 2_000
_NUMBER_FIRST = tuple(
    re.compile(rf"([0-9A-Za-z]{{4}}[-_ ]?\d{{5,7}}{lazy}[-_ ]?[0-9A-Za-z])(?![0-9A-Za-z])") for lazy in ("?", "")
)  # in ABCD000016_3 the check character may be the 6, or the 3
_CODE = "SASAE-B"


@dataclass(frozen=True, slots=True)
class PhotoIssue:
    """What was met with one photo (``name`` from the folder on; "" for all). ``lost``: the photo was not taken in."""

    name: str
    code: str
    params: Mapping[str, Any]
    lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoOutcome:
    """What an import of photos did. ``found`` files that should be photos = ``added`` + ``known`` + ``failed``, unless it was stopped.

    ``matched`` counts the added ones by how they came to their building ("" not yet). ``stopped`` is the code of what ended it early
    (``job.cancelled``, ``photo.card_gone``), "" when it came to its end; what is counted as added is kept either way.
    """

    batch: str
    found: int
    added: int
    known: int
    failed: int
    matched: Mapping[str, int]
    buildings: int
    others: Mapping[str, int]
    issues: tuple[PhotoIssue, ...]
    issue_count: int
    stopped: str
    changes: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    header: Header
    taken: datetime | None
    camera: str


@dataclass(slots=True)
class _Work:
    """What an import has gathered so far."""

    ctx: Context
    root: Path
    offset: timedelta
    dry_run: bool
    batch: str = ""
    issues: list[PhotoIssue] = field(default_factory=list)
    issue_count: int = 0
    found: int = 0
    added: int = 0
    known: int = 0
    failed: int = 0
    early: int = 0
    matched: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    buildings: set[str] = field(default_factory=set)
    pending: list[NewPhoto] = field(default_factory=list)
    came: set[str] = field(default_factory=set)
    changes: dict[str, frozenset[str]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def tell(self, name: str, code: str, *, lost: bool = False, **params: Any) -> None:
        """Take down an issue; the first two thousand are kept, all are counted."""
        self.issue_count += 1
        self.failed += lost
        if len(self.issues) < _MOST_ISSUES:
            self.issues.append(PhotoIssue(name, code, {"path": name, **params}, lost))

    def commit(self) -> None:
        """Record what waits, in one act."""
        if self.pending and not self.dry_run:
            for kind, ids in add_photos(self.ctx, batch=self.batch, photos=self.pending).items():
                self.changes[kind] = self.changes.get(kind, frozenset()) | ids
        self.added += len(self.pending)
        self.pending = []

    def building(self, number: str) -> str:
        """The building with this number, "" for none."""
        if number not in self.numbers:
            self.numbers.update({number: "", **self.ctx.reads.photos.building_numbers([number])})
        return self.numbers[number]


def import_photos(
    ctx: Context,
    folder: Path,
    *,
    offset: timedelta = timedelta(),
    gap: timedelta = GAP,
    dry_run: bool = False,
    job: Job = QUIET,
    workers: int | None = None,
) -> PhotoOutcome:
    """Take in every photo below ``folder``. ``offset`` is added to the camera's clock; ``gap`` see ``domain.photo_matching``.

    Bad photos are listed and left out. Cancel and a card pulled out end it early with what was kept (``PhotoOutcome.stopped``).
    InputFault ``photo.folder_missing``, ``photo.none_found``; EnvironmentFault when the data folder cannot be written: what was committed
    stays.
    """
    ctx.require("survey")
    work = _Work(ctx, folder, offset, dry_run, batch=new_batch(ctx, label=folder.resolve().name))
    paths = _scan(folder, work)
    work.found = len(paths) + work.failed
    reader = open_reader(ctx.reads.photos.hashes(), count=workers)
    stopped = ""
    try:
        files = _in_order(_look(paths, reader, work, job))
        matcher = PhotoMatcher(visits=_visits(ctx, files), gap=gap)
        _take_all(files, reader, matcher, work, job)
    except Cancelled:
        stopped = "job.cancelled"
    except _CardGone:
        stopped = "photo.card_gone"
    finally:
        reader.close()
    work.commit()
    if work.early:
        work.tell("", "photo.before_disaster", count=work.early)
    if work.added and not dry_run:
        note_import(ctx, batch=work.batch)
    return _outcome(work, stopped)


class _CardGone(Exception):
    pass


def _outcome(work: _Work, stopped: str) -> PhotoOutcome:
    return PhotoOutcome(
        batch=work.batch, found=work.found, added=work.added, known=work.known, failed=work.failed, matched=dict(work.matched),
        buildings=len(work.buildings), others=dict(work.others), issues=tuple(work.issues), issue_count=work.issue_count, stopped=stopped,
        changes=work.changes,
    )  # fmt: skip


# -- what is there


def _scan(folder: Path, work: _Work) -> list[Path]:
    """Files that should be photos, by folder and name. Links that lead out of the folder are told and not followed."""
    if not folder.is_dir():
        raise InputFault("photo.folder_missing", path=str(folder))
    root, found = folder.resolve(), list[Path]()

    def unreadable(error: OSError) -> None:
        work.tell(_relative(folder, Path(str(error.filename))), "photo.folder_not_readable", reason=error.strerror or "")

    for place, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for one in [one for one in folders if Path(place, one).is_symlink()]:
            work.tell(_relative(folder, Path(place, one)), "photo.link")
        for name in sorted(one for one in files if not one.startswith(".")):
            path = Path(place, name)
            if path.suffix.lower() not in ENDINGS:
                work.others[path.suffix.lower()[:12]] += 1
            elif path.is_symlink() and not path.resolve().is_relative_to(root):
                work.tell(_relative(folder, path), "photo.link", lost=True)
            elif not path.is_file():  # a pipe would be waited for forever
                work.tell(_relative(folder, path), "photo.not_readable", lost=True, reason="")
            else:
                found.append(path)
        if len(found) > _MOST_FILES:
            raise InputFault("photo.too_many_files", path=str(folder), most=_MOST_FILES)
    if not found and not work.issues:
        raise InputFault("photo.none_found", path=str(folder), others=sum(work.others.values()))
    return found


def _relative(root: Path, path: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name


def _look(paths: Sequence[Path], reader: PhotoReader, work: _Work, job: Job) -> Iterator[_File]:
    """The headers of all photos; those without a header that can be believed are told."""
    for path, found in zip(job.track(paths, "photo.job_looking"), reader.headers(paths), strict=True):
        name = _relative(work.root, path)
        if not isinstance(found, Header):
            _tell_fault(found, name, work)
            continue
        taken = _moment(found.taken, work.offset)
        if found.taken and not usable_time(taken, now=work.ctx.now()):
            work.tell(name, "photo.time_absurd", time=found.taken.replace("T", " "))
            taken = None
        elif taken is not None and taken < work.ctx.place.occurred_at:
            work.early += 1
        yield _File(path, name, found, taken, found.camera or str(path.parent))


def _tell_fault(found: HeaderOrFault, name: str, work: _Work) -> None:
    """Take down why a photo cannot be used; when the whole card is gone, that is the end."""
    assert isinstance(found, tuple)
    code, params = found
    if code == "photo.not_readable" and not _still_there(work.root):
        raise _CardGone
    work.tell(name, code, lost=True, **{key: value for key, value in params.items() if key != "path"})


def _still_there(root: Path) -> bool:
    try:
        with os.scandir(root) as found:
            return next(found, None) is not None
    except OSError:
        return False


def _moment(written: str, offset: timedelta) -> datetime | None:
    """A camera's time as a moment; without an offset of its own it is Japan's. None for a time that no calendar has."""
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=JST)) + offset
    except (ValueError, OverflowError):
        return None


def _in_order(files: Iterator[_File]) -> list[_File]:
    """By time, then folder and name. One without a time stays beside the one before it in its folder."""
    ordered: list[tuple[datetime, str, _File]] = []
    by_folder: dict[Path, list[_File]] = {}
    for one in files:
        by_folder.setdefault(one.path.parent, []).append(one)
    for together in by_folder.values():
        last = next((one.taken for one in together if one.taken), None) or datetime.max.replace(tzinfo=JST) - timedelta(days=2)
        for one in together:
            last = one.taken or last
            ordered.append((last, one.name, one))
    return [one for _, _, one in sorted(ordered, key=lambda entry: entry[:2])]


def _visits(ctx: Context, files: Sequence[_File]) -> list[VisitTime]:
    """Surveys of the days on which photos were taken."""
    days = sorted({one.taken.astimezone(JST).date().isoformat() for one in files if one.taken})
    found = (
        visit_time(building_id=one.building_id, survey_id=one.survey_id, day=one.day, started=one.started, ended=one.ended)
        for one in ctx.reads.photos.visits(days)
    )
    return [one for one in found if one is not None]


# -- one after the other


def _take_all(files: Sequence[_File], reader: PhotoReader, matcher: PhotoMatcher, work: _Work, job: Job) -> None:
    taken = reader.photos(one.path for one in files)
    for place, (one, photo) in enumerate(zip(files, taken, strict=True), start=1):
        job.report(place - 1, len(files), "photo.job_taking")
        if photo.fault is not None:
            _tell_fault(photo.fault, one.name, work)
            continue
        earlier = work.ctx.reads.photos.known([photo.sha256]).get(photo.sha256)
        if photo.reduced is None or earlier is not None or photo.sha256 in work.came:
            _pass_over(one, earlier, matcher, work)
        else:
            _keep(one, place, photo, photo.reduced, matcher, work)
        if len(work.pending) >= CHUNK:
            work.commit()
    job.report(len(files), len(files), "photo.job_taking")


def _pass_over(one: _File, earlier: KnownPhoto | None, matcher: PhotoMatcher, work: _Work) -> None:
    """A photo that came before. What follows it belongs to its house as it did then."""
    work.known += 1
    if earlier is not None:
        matcher.settle(one.camera, folder=str(one.path.parent), building_id=earlier.building_id, how=earlier.matched, taken=one.taken)


def _keep(one: _File, place: int, photo: Taken, reduced: Reduced, matcher: PhotoMatcher, work: _Work) -> None:
    match = matcher.place(_shot(one, reduced, work))
    lat, lon = one.header.lat, one.header.lon
    if (lat is not None or lon is not None) and not usable_place(lat, lon):
        work.tell(one.name, "photo.place_absurd", lat=lat, lon=lon)
        lat = lon = None
    content = "" if work.dry_run else work.ctx.attachments.put(reduced.jpeg)
    work.came.add(photo.sha256)
    work.matched[match.matched] += 1
    work.buildings |= {match.building_id} - {""}
    work.pending.append(
        NewPhoto(
            name=one.name, place=place, sha256=photo.sha256, content=content, bytes=photo.bytes, width=reduced.width,
            height=reduced.height, taken_at=one.taken, clock="exif" if one.taken else "none", lat=lat, lon=lon,
            building_id=match.building_id, survey_id=match.survey_id, matched=match.matched,
        )
    )  # fmt: skip


def _shot(one: _File, reduced: Reduced, work: _Work) -> Shot:
    """What the matcher wants to know: codes in the picture, numbers in the names of file and folders."""
    sheet = _sheet(one, reduced, work)
    stem = read_building_number(one.path.stem)
    by_number = sheet is None and stem is not None and bool(work.building(stem))
    if by_number and stem is not None:
        sheet = work.building(stem)
    return Shot(camera=one.camera, folder=str(one.path.parent), taken=one.taken, sheet=sheet, by_number=by_number, named=_named(one, work))


def _sheet(one: _File, reduced: Reduced, work: _Work) -> str | None:
    """The building whose sheet is in the picture, "" for a sheet that cannot be used (told), None for no sheet."""
    codes = [code for code in reduced.codes if code.upper().startswith(_CODE)]
    if not codes:
        return None
    read = [read_building_code(code) for code in codes]
    if len(read) > 1:
        work.tell(one.name, "photo.two_sheets", count=len(read))
        return ""
    if read[0] is None:
        work.tell(one.name, "photo.code_unreadable", text=codes[0][:80])
        return ""
    disaster, number = read[0]
    if not is_of_disaster(disaster, work.ctx.place.disaster_id):
        work.tell(one.name, "photo.other_disaster", number=number)
        return ""
    if not work.building(number):
        work.tell(one.name, "photo.unknown_building", number=number)
    return work.building(number)


def _named(one: _File, work: _Work) -> str:
    """The building whose number begins the file's name or stands first in a folder's, the nearest folder first."""
    for text in (one.path.stem, *reversed(Path(one.name).parts[:-1]), work.root.name):
        for pattern in _NUMBER_FIRST:
            found = pattern.match(text)
            number = read_building_number(found[1].replace("_", "-")) if found else None
            if number and work.building(number):
                return work.building(number)
    return ""
