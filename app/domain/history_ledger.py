"""The history rows of a million people in little memory: of each row only what the choice needs, in arrays.

Rows are entered in the order the files were made; ``decide`` then goes through the people one by one. Rows that say the same twice are
taken once; of two rows with one 宛名番号 and 履歴番号 that differ the one of the later file holds.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from app.domain.rebuild import CANCELS, EXITS, HistoryEntry, Kind, Note, choose_row

_LOW32 = (1 << 32) - 1
_LAST_NUMBER = (1 << 24) - 1
"""Stands for the number of a row of a difference that has none: such rows follow each other in the order of the files."""
_PLAIN = frozenset(Kind) - EXITS - CANCELS.keys()


class Facts(NamedTuple):
    """What is kept of a row. ``content`` is a hash of all it says, ``name`` and ``birth`` of who it is about; ``moved`` … are ordinals."""

    number: int
    moved: int
    moved_latest: int
    processed: int
    planned: int
    kind: Kind
    here: int
    content: int
    name: int
    birth: int


@dataclass(slots=True)
class Decisions:
    """What came out: by place of a row 1 in ``chosen``; notes and refusals by place. ``people`` counts 宛名番号, ``repeated`` equal rows."""

    chosen: bytearray
    notes: dict[int, list[Note]] = field(default_factory=dict)
    strangers: dict[int, int] = field(default_factory=dict)
    people: int = 0
    repeated: int = 0


class Ledger:
    """Enter every row of every file in order with ``add`` or ``skip``; then ``decide``."""

    def __init__(self) -> None:
        self._keys: list[int] = []
        self._moved, self._latest, self._processed, self._planned = array("i"), array("i"), array("i"), array("i")
        self._kind, self._bits = bytearray(), bytearray()
        self._content, self._name, self._birth = array("q"), array("q"), array("q")
        self.has_base = False

    def __len__(self) -> int:
        return len(self._kind)

    def add(self, person: str, facts: Facts, *, base: bool) -> None:
        """A row of a person. ``base``: it stands in a full dump."""
        number, moved, latest, processed, planned, kind, here, content, name, birth = facts
        order = number or (0 if base else _LAST_NUMBER)
        self._keys.append((hash(person) & (1 << 64) - 1) << 56 | order << 32 | len(self._kind))
        self._moved.append(moved)
        self._latest.append(latest)
        self._processed.append(processed)
        self._planned.append(planned)
        self._kind.append(kind)
        self._bits.append(here | (4 if base else 0))
        self._content.append(content)
        self._name.append(name)
        self._birth.append(birth)
        self.has_base = self.has_base or base

    def skip(self) -> None:
        """A row that cannot be used: it only keeps its place."""
        for column in (self._moved, self._latest, self._processed, self._planned, self._content, self._name, self._birth):
            column.append(0)
        self._kind.append(0)
        self._bits.append(0)

    def decide(self, *, day: int, known: int) -> Decisions:
        """Choose the row of each person for a day as known on another (ordinals)."""
        done = Decisions(bytearray(len(self._kind)))
        keys = self._keys
        keys.sort()
        for _, group in groupby(keys, key=lambda key: key >> 56):
            done.people += 1
            mine = list(group)
            place = mine[0] & _LOW32
            if len(mine) == 1 and self._is_plain(place, day, known):
                done.chosen[place] = 1
                continue
            rows = self._one_each(mine, done)
            choice = choose_row(rows, day=day, known=known, has_base=self.has_base)
            if choice.place is not None:
                done.chosen[choice.place] = 1
            for note in choice.notes:
                done.notes.setdefault(note.place, []).append(note)
        return done

    def count_base(self) -> tuple[int, int]:
        """People in full dumps, and those of them whose rows begin with the first 履歴番号: tells whole histories from last rows."""
        people = whole = 0
        for _, group in groupby(sorted(self._keys), key=lambda key: key >> 56):
            first = next((key for key in group if self._bits[key & _LOW32] & 4), None)
            if first is not None:
                people += 1
                whole += (first >> 32) & _LAST_NUMBER == 1
        return people, whole

    def holds_past(self) -> bool:
        """Whether a full dump has a row after the first of somebody; without one nothing shows that rows of the past are in it."""
        return any(self._bits[key & _LOW32] & 4 and 1 < (key >> 32) & _LAST_NUMBER < _LAST_NUMBER for key in self._keys)

    def latest_processed(self, first: int, end: int, *, limit: int) -> int:
        """The last 処理日 among rows of these places, not after ``limit``; 0 when none is known."""
        return max((value for value in self._processed[first:end] if value <= limit), default=0)

    def _is_plain(self, place: int, day: int, known: int) -> bool:
        """The usual case settled at once: one row of the dump, effective and known, about somebody who is there."""
        return (
            self._bits[place] & 7 in (5, 6)
            and self._processed[place] <= min(day, known)
            and self._moved[place] == self._latest[place] <= day
            and self._kind[place] in _PLAIN
            and self._planned[place] <= day
        )

    def _one_each(self, keys: list[int], done: Decisions) -> list[HistoryEntry]:
        """The rows of a person in order, each number once."""
        kept: list[HistoryEntry] = []
        for key in keys:
            place = key & _LOW32
            row = self._entry(place, (key >> 32) & _LAST_NUMBER)
            last = kept[-1] if kept else None
            if last is not None and self._name[last.place] != self._name[place] and self._birth[last.place] != self._birth[place]:
                done.strangers[place] = last.place
                continue
            same = [one for one in kept if one.number == row.number]
            if any(self._content[one.place] == self._content[place] for one in same):
                done.repeated += 1
                continue
            if same and row.number:
                assert last is not None
                done.notes.setdefault(place, []).append(Note("resident.row_replaced", place, last.place))
                kept[-1] = row._replace(base=row.base or last.base)
            else:
                kept.append(row)
        return kept

    def _entry(self, place: int, number: int) -> HistoryEntry:
        bits = self._bits[place]
        return HistoryEntry(
            place,
            0 if number == _LAST_NUMBER else number,
            self._moved[place],
            self._latest[place],
            self._processed[place],
            Kind(self._kind[place]),
            bits & 3,
            bool(bits & 4),
            self._planned[place],
        )
