"""Invented history files of a resident record system: a full dump and daily differences, with what must come out of them.

Births, moves, deaths, corrections and cancellations as an office processes them, many of them days after they happened. The truth is
kept by its own simple book while inventing, not by the rebuild.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from app import resources
from app.domain.dates import format_era
from app.domain.invention import InventedResident, invent_residents

DUMPED_ON = date(2024, 2, 29)
DAYS = 11
LATE_DAYS = 3  # differences that the office processed after the day
_HISTORY = ("history_no", "moved_on", "processed_on", "reason", "status")
_KINDS = (
    ("move", 34),
    ("move_out", 17),
    ("move_in", 16),
    ("correct", 12),
    ("death", 8),
    ("birth", 6),
    ("cancel_out", 3),
    ("return", 3),
    ("cancel_in", 1),
)


_WRITTEN = {"return": "move_in", "start": "move_in"}
"""The reason that is written for events the book calls otherwise."""


class HistoryTruth(NamedTuple):
    """Who is a resident on ``as_of`` as known on ``known_at``: number → address. ``late`` counts rows processed after the day."""

    dumped_on: date
    as_of: date
    known_at: date
    residents: dict[str, str]
    late: int


@dataclass(slots=True)
class _Event:
    kind: str
    moved: date
    processed: date
    address: str
    present: bool
    cancelled: date | None = None


@dataclass(slots=True)
class _Life:
    """One person's book: what happened, when, and when the office heard of it."""

    who: InventedResident
    events: list[_Event] = field(default_factory=list)
    numbers: int = 0

    def present(self) -> bool:
        """Whether the person lives here as far as the office knows now."""
        return next((event.present for event in reversed(self.events) if event.cancelled is None), False)

    def address(self) -> str:
        """The last address known."""
        return next((event.address for event in reversed(self.events) if event.cancelled is None), self.who.address)

    def last_day(self) -> date:
        """When the last thing happened."""
        return max((event.moved for event in self.events if event.cancelled is None), default=date(2000, 1, 1))

    def on(self, day: date, known: date) -> str | None:
        """The address on a day as known on another; None for somebody who is no resident. Who died on the day still counts."""
        address: str | None = None
        for event in self.events:
            if event.processed > known or event.moved > day or (event.cancelled is not None and event.cancelled <= known):
                continue
            if event.kind == "death" and event.moved == day:
                continue
            address = event.address if event.present else None
        return address


class _Office:
    """Writes rows as the office would."""

    def __init__(self, random: Random, newcomers: Iterator[InventedResident], dumped_on: date = DUMPED_ON) -> None:
        self.random = random
        self.dumped_on = dumped_on
        self.newcomers = newcomers
        self.words = resources.read_toml("invention", "history.toml")
        city = resources.read_toml("invention", "city.toml")
        self.header = [city["csv"][name] for name in InventedResident._fields] + [self.words["csv"][name] for name in _HISTORY]
        self.marks = (city["words"]["open"], city["words"]["protected"])
        self.child = resources.read_toml("invention", "households.toml")["relations"]["child"]["word"]
        self.lives: list[_Life] = []

    def row(self, life: _Life, event: _Event, reason: str) -> list[Any]:
        """The next history row of a person, with all columns."""
        life.numbers += 1
        who = life.who._replace(address=event.address, birth=life.who.birth)
        status = "status_in" if event.present else "status_dead" if event.kind == "death" else "status_moved"
        cells = [self.marks[bool(value)] if name == "protected" else value for name, value in zip(who._fields, who, strict=True)]
        return [
            *cells,
            life.numbers,
            event.moved.isoformat(),
            event.processed.strftime("%Y%m%d"),
            self.words["reason"][reason],
            self.words[status],
        ]

    def note(self, life: _Life, kind: str, moved: date, processed: date, *, present: bool, address: str = "") -> list[Any]:
        """Enter an event into the book; answers its row."""
        event = _Event(kind, moved, processed, address or life.address(), present)
        life.events.append(event)
        return self.row(life, event, _WRITTEN.get(kind, kind))

    def start(self, who: InventedResident) -> list[list[Any]]:
        """The rows of somebody in the full dump: mostly one, some with moves before it, a few gone already."""
        life = _Life(who)
        self.lives.append(life)
        first = self.dumped_on - timedelta(days=400 + int(self.random.random() * 9000))
        rows = [self.note(life, "start", first, first, present=True)]
        for _ in range(int(self.random.random() * 1.08)):
            first += timedelta(days=30 + int(self.random.random() * 300))
            rows.append(self.note(life, "move", first, first + timedelta(days=3), present=True, address=who.address + "-8"))
        if self.random.random() < 0.01:
            rows.append(self.note(life, "move_out", first + timedelta(days=9), first + timedelta(days=9), present=False))
        return rows

    def settle(self, who: InventedResident) -> list[Any]:
        """The one row of somebody to whom nothing happens."""
        first = self.dumped_on - timedelta(days=400 + int(self.random.random() * 9000))
        return self.note(_Life(who), "start", first, first, present=True)

    def change(self, today: date) -> list[Any] | None:
        """One row processed today; None when nobody fits what was drawn."""
        kinds, weights = zip(*_KINDS, strict=True)
        kind = self.random.choices(kinds, weights)[0]
        back = today - timedelta(days=int(self.random.random() ** 2 * 20))
        if kind in ("birth", "move_in"):
            return self._arrive(kind, back, today)
        life = self.lives[int(self.random.random() * len(self.lives))]
        if kind == "return":
            gone = next((event for event in reversed(life.events) if event.cancelled is None), None)
            if gone is None or gone.kind != "move_out" or gone.moved > back:
                return None
            return self.note(life, kind, back, today, present=True, address=life.address() + "-9")
        if kind in ("cancel_out", "cancel_in"):
            return self._cancel(life, kind, today)
        if not life.present() or life.last_day() > back:
            return None
        if kind == "move_out":
            return self.note(life, kind, back + timedelta(days=int(self.random.random() * 20)), today, present=False)
        if kind == "death":
            return self.note(life, kind, back, today, present=False)
        return self.note(life, kind, back, today, present=True, address=life.address() + ("-7" if kind == "move" else ""))

    def _arrive(self, kind: str, moved: date, today: date) -> list[Any]:
        who = next(self.newcomers)
        if kind == "birth":
            who = self._child(who)._replace(birth=format_era(moved))
        life = _Life(who)
        self.lives.append(life)
        return self.note(life, kind, moved, today, present=True, address=who.address)

    def _child(self, who: InventedResident) -> InventedResident:
        """Born into a household that is here, with its family name where names have one."""
        parent = self.lives[int(self.random.random() * len(self.lives))]
        if not parent.present():
            return who
        home = parent.who
        family, kana = home.name.partition("\u3000"), home.kana.partition("\u3000")
        given, given_kana = who.name.partition("\u3000"), who.kana.partition("\u3000")
        if family[1] and kana[1] and given[1] and given_kana[1]:
            who = who._replace(name=f"{family[0]}\u3000{given[2]}", kana=f"{kana[0]}\u3000{given_kana[2]}", nationality=home.nationality)
        return who._replace(
            household_no=home.household_no,
            relation=self.child,
            postal=home.postal,
            address=parent.address(),
            district=home.district,
            phone="",
            protected=home.protected,
            order=9,
        )

    def _cancel(self, life: _Life, kind: str, today: date) -> list[Any] | None:
        """Take back the last thing that happened to somebody, if it is of the right kind."""
        last = life.events[-1] if life.events else None
        wanted = ("death", "move_out") if kind == "cancel_out" else ("birth", "move_in", "return")
        if last is None or last.cancelled is not None or last.kind not in wanted or last.processed >= today:
            return None
        last.cancelled = today
        shown = _Event(kind, last.moved, today, life.address() or last.address, kind == "cancel_out")
        return self.row(life, shown, kind)


def write_history_files(
    folder: Path, residents: int = 200_000, days: int = 11, changes: int = 2_000, seed: int = 1, *, encoding: str = "cp932"
) -> tuple[Path, list[Path], HistoryTruth]:
    """Write a full dump of ``residents`` rows and ``days`` differences of ``changes`` rows; answers them and the truth.

    The day of the disaster lies three days before the last difference, which is what is known. The same seed gives the same files.
    """
    random = Random(seed)
    office = _Office(random, invent_residents(days * changes + 1, seed=seed + 1_000_003, as_of=DUMPED_ON))
    office.newcomers = (who._replace(resident_no="9" + who.resident_no, household_no="9" + who.household_no) for who in office.newcomers)
    full = folder / office.words["file"]["full"].format(day=DUMPED_ON)
    left = residents
    with full.open("w", encoding=encoding, newline="", errors="replace") as file:
        writer = csv.writer(file)
        writer.writerow(office.header)
        for who in invent_residents(residents, seed=seed, as_of=DUMPED_ON):
            rows = office.start(who)
            writer.writerows(rows)
            left -= len(rows)
            if left <= 0:
                break
    day, last = DUMPED_ON + timedelta(days=max(0, days - LATE_DAYS)), DUMPED_ON + timedelta(days=days)
    differences, late = _write_differences(folder, office, days=days, changes=changes, day=day, encoding=encoding)
    truth = _residents_on(office, day, last)
    return full, differences, HistoryTruth(DUMPED_ON, day, last, truth, late)


def write_history_around(
    folder: Path, people: Sequence[InventedResident], *, count: int, day: date, changes: int, seed: int, encoding: str = "utf-8"
) -> tuple[Path, list[Path]]:
    """A full dump from eight days before ``day`` and eleven differences, after which exactly ``count`` are residents on ``day``.

    ``people`` are those who are written and those who come: ``count`` and twice ``DAYS * changes`` of them at least. With no changes
    there is only the dump.
    """
    spare = DAYS * changes
    if count < spare or len(people) < count + 2 * spare:
        raise ValueError("too few people")
    dumped_on, last = day - timedelta(days=DAYS - LATE_DAYS), day + timedelta(days=LATE_DAYS)
    office = _Office(Random(seed), iter(people[count + spare :]), dumped_on)
    held = count - spare if changes else 0
    rows = [row for who in people[:held] for row in office.start(who)]
    days = DAYS if changes else 0
    differences, _ = _write_differences(folder, office, days=days, changes=changes, day=day, encoding=encoding)
    missing = count - len(_residents_on(office, day, last))
    rows += [office.settle(who) for who in people[held : held + missing]]
    full = folder / office.words["file"]["full"].format(day=dumped_on)
    _write(full, office.header, rows, encoding)
    return full, differences


def _write_differences(folder: Path, office: _Office, *, days: int, changes: int, day: date, encoding: str) -> tuple[list[Path], int]:
    """The files of the days after the dump, and how many rows were processed after ``day``."""
    differences, late = [], 0
    for number in range(1, days + 1):
        today = office.dumped_on + timedelta(days=number)
        made = list(_rows_of_day(office, today, changes))
        late += len(made) if today > day else 0
        path = folder / office.words["file"]["difference"].format(day=today, number=number)
        _write(path, office.header, made, encoding)
        differences.append(path)
    return differences, late


def _residents_on(office: _Office, day: date, last: date) -> dict[str, str]:
    return {life.who.resident_no: address for life in office.lives if (address := life.on(day, last)) is not None}


def _rows_of_day(office: _Office, today: date, changes: int) -> Iterator[list[Any]]:
    """``changes`` rows; days on which next to nobody fits end early."""
    made = 0
    for _ in range(changes * 200):
        if made >= changes:
            return
        if (row := office.change(today)) is not None:
            made += 1
            yield row


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="", errors="replace") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
