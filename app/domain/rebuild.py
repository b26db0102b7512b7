"""Who was a resident on a day, as known on another: a question of two times put to the history rows of a resident record system.

A history row holds every item of a person, numbered by 履歴番号, with the day something happened (異動日) and the day the office entered
it (処理日). For each 宛名番号 the row with the greatest 履歴番号 is chosen whose 異動日 is not after the day of the disaster and whose
処理日 is not after the day of knowledge. Registers know days, not hours: what happened on the day counts as of the day, except that
who died or was struck off on the day is still in (直前). Source: DOMAIN 7.3.

- A cancellation (取消) that is known voids the last row of its group before it, whatever its own 異動日.
- A second departure or entry of one kind without anything between corrects the 異動日 of the first.
- A departure after the day leaves the person in; so does one whose day is not certain and may be after it. Entries and changes of
  uncertain day count from their earliest day: better one too many to look for than one too few.
- Somebody known only by a change or departure after the day was there on the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

EVER = 0
"""The day before all days, for a date nothing is known of."""
NEVER = 3_652_060
"""The day after all days."""
STRUCK_OFF = 3
"""The 住民状態 of who died or was struck off."""
NOTICE_DAYS = 14
"""Within so many days a move must be notified (住民基本台帳法 22, 23)."""


class Kind(IntEnum):
    """What an 異動事由 does. The order is fixed: it is kept in compact tables only while a rebuild runs."""

    unknown = 0
    birth = 1
    move_in = 2
    increase = 3
    death = 4
    move_out = 5
    removal = 6
    decrease = 7
    move = 8
    correct = 9
    change = 10
    cancel_increase = 11
    cancel_decrease = 12
    cancel_change = 13


ENTRIES = frozenset((Kind.birth, Kind.move_in, Kind.increase))
EXITS = frozenset((Kind.death, Kind.move_out, Kind.removal, Kind.decrease))
CANCELS = {
    Kind.cancel_increase: ENTRIES,
    Kind.cancel_decrease: EXITS,
    Kind.cancel_change: frozenset((Kind.move, Kind.correct, Kind.change, Kind.unknown)),
}
_RECENT_DAYS = 366  # an unclear day long ago is told only when it decides
_STRUCK = frozenset((Kind.death, Kind.removal))
_REPEATABLE = frozenset((Kind.birth, Kind.move_in, Kind.death, Kind.move_out, Kind.removal))


class HistoryEntry(NamedTuple):
    """What a history row says about being there. Days are ordinals, earliest and latest; equal when the day is certain.

    ``number`` is the 履歴番号, 0 when the row has none. ``here`` is what the 住民状態 says: 1 a resident, 0 gone, 3 (``STRUCK_OFF``)
    dead or struck off, 2 nothing.
    ``base``: the row is in a full dump. ``planned``: a 転出予定日 on a row that is no departure, 0 for none. ``place`` tells rows apart.
    """

    place: int
    number: int
    moved: int
    moved_latest: int
    processed: int
    kind: Kind
    here: int = 2
    base: bool = True
    planned: int = 0


class Note(NamedTuple):
    """A finding about the row at ``place``; ``other`` is the row it concerns besides, -1 for none."""

    code: str
    place: int
    other: int = -1
    old: str = ""
    new: str = ""


class Choice(NamedTuple):
    """The row that holds on the day, None for somebody who is no resident then; and what there is to tell."""

    place: int | None
    notes: tuple[Note, ...]


def choose_row(rows: Sequence[HistoryEntry], *, day: int, known: int, has_base: bool = True) -> Choice:
    """The row of one person that holds on ``day`` as known on ``known``. ``rows`` are in order of number, each number once.

    Whatever files the rows came in and in whatever order, the answer is the same for the same rows.
    """
    told = [row for row in rows if row.processed <= known]
    notes = _unknown_yet([row for row in rows if row.processed > known], day)
    notes += _gaps(rows)
    if has_base and rows and not any(row.base for row in rows) and rows[0].kind not in ENTRIES:
        notes.append(Note("resident.no_base_row", rows[0].place))
    if not told:
        return Choice(None, tuple(notes))
    void, effect = _settle(told, day, notes)
    struck = any(row.kind in EXITS for row in rows)
    chosen = _walk(told, void, effect, day, notes, by_status=not struck)
    if chosen is not None:
        notes += _planned(chosen, day)
    return Choice(None if chosen is None else chosen.place, tuple(notes))


def _unknown_yet(rows: Sequence[HistoryEntry], day: int) -> list[Note]:
    """Rows entered after the day of knowledge that would matter with a later one."""
    notes = []
    for row in rows:
        if row.kind in CANCELS:
            notes.append(Note("resident.cancel_known_later", row.place))
        elif row.moved <= day:
            group = "death" if row.kind is Kind.death else "exit" if row.kind in EXITS else "entry" if row.kind in ENTRIES else "change"
            notes.append(Note(f"resident.{group}_known_later", row.place))
    return notes


def _gaps(rows: Sequence[HistoryEntry]) -> list[Note]:
    numbered = [row for row in rows if row.number]
    return [
        Note("resident.history_gap", after.place, before.place, str(before.number), str(after.number))
        for before, after in zip(numbered, numbered[1:], strict=False)
        if after.number > before.number + 1
    ]


def _settle(told: Sequence[HistoryEntry], day: int, notes: list[Note]) -> tuple[set[int], dict[int, int]]:
    """Which rows do not count (by index): cancelled, or corrected by a later one. And from which day a cancellation restores."""
    void: set[int] = set()
    effect: dict[int, int] = {}
    for at, row in enumerate(told):
        recent = not row.base or row.processed > day
        if row.kind in CANCELS:
            target = _last(told, void, at, CANCELS[row.kind])
            if target is None:
                notes.append(Note("resident.cancel_without_row", row.place))
                continue
            void.update(range(target, at) if row.kind is Kind.cancel_increase else (target,))  # what came after an entry that never was
            effect[at] = min(row.moved, told[target].moved)
            if recent:
                notes.append(
                    Note("resident.cancelled_late" if row.processed > day else "resident.cancelled", row.place, told[target].place)
                )
        elif row.kind in _REPEATABLE:
            before = _last(told, void, at, ENTRIES | EXITS)
            if before is not None and told[before].kind is row.kind:
                void.add(before)
                if recent and row.moved != told[before].moved:
                    notes.append(Note("resident.date_corrected", row.place, told[before].place))
    return void, effect


def _last(told: Sequence[HistoryEntry], void: set[int], end: int, kinds: frozenset[Kind]) -> int | None:
    return next((at for at in range(end - 1, -1, -1) if at not in void and told[at].kind in kinds), None)


def _walk(
    told: Sequence[HistoryEntry], void: set[int], effect: dict[int, int], day: int, notes: list[Note], *, by_status: bool
) -> HistoryEntry | None:
    """Go through the rows that count; the row that holds on the day.

    ``by_status``: the 住民状態 decides, because no departure is among the rows. With one it says nothing: some systems write the state
    of today on every row.
    """
    here: bool | None = None
    chosen: HistoryEntry | None = None
    counted = [(at, row) for at, row in enumerate(told) if at not in void]
    for at, row in counted:
        kind = row.kind
        if kind is Kind.cancel_increase:
            here = here if at in effect else False
        elif kind in EXITS:
            if here is None and not _has_left(row, day) and counted[0][1].kind not in ENTRIES:
                here, chosen = True, row  # known only by a departure that is still to come
            if here is not False:
                _tell_exit(row, day, notes, here=bool(here))
            here = False if _has_left(row, day) else here
        elif by_status and row.here == STRUCK_OFF and row.kind not in ENTRIES and row.moved_latest == day:
            notes.append(Note("resident.removed_on_day", row.place))  # only the state tells of it, and of the day it is not yet true
        elif effect.get(at, row.moved) <= day:
            was, here = here, _after(row, here, by_status)
            chosen = row
            _tell_effective(row, day, notes, returned=was is False and here is True)
        else:
            _tell_unclear(row, day, notes)
    if here is None:
        return _there_before(counted, notes)
    return chosen if here else None


def _after(row: HistoryEntry, here: bool | None, by_status: bool) -> bool:
    """Whether the person is there after a row that is no departure."""
    if row.kind in ENTRIES or row.kind is Kind.cancel_decrease:
        return True
    if by_status and row.here != 2:
        return row.here == 1
    if row.kind is Kind.unknown and row.here == 1:
        return True
    return here is not False


def _has_left(row: HistoryEntry, day: int) -> bool:
    return row.moved_latest < day if row.kind in _STRUCK else row.moved_latest <= day


def _there_before(counted: Sequence[tuple[int, HistoryEntry]], notes: list[Note]) -> HistoryEntry | None:
    """Nothing is effective on the day. Who is known by a change after it must have been there already."""
    if not counted:
        return None
    row = counted[0][1]
    if (
        row.kind in ENTRIES
        or row.kind is Kind.cancel_increase
        or row.here in (0, STRUCK_OFF)
        or (row.kind is Kind.unknown and row.number <= 1)
    ):
        return None
    notes.append(Note("resident.earlier_row_missing", row.place))
    return row


def _tell_exit(row: HistoryEntry, day: int, notes: list[Note], *, here: bool) -> None:
    """A departure: one that has happened, or one that leaves the person in."""
    if not _has_left(row, day):
        if here:
            _tell_staying(row, day, notes)
        return
    if row.moved_latest == day:
        notes.append(Note("resident.left_on_day", row.place))
    else:
        _tell_unclear(row, day, notes)
    if row.processed > day:
        notes.append(Note(_late_code(row), row.place))


def _tell_staying(row: HistoryEntry, day: int, notes: list[Note]) -> None:
    """A departure that has not happened on the day, or only on it."""
    if row.moved != row.moved_latest and row.moved <= day:
        notes.append(Note("resident.date_unclear_stays", row.place))
    elif row.kind in _STRUCK and row.moved == day:
        notes.append(Note("resident.died_on_day" if row.kind is Kind.death else "resident.removed_on_day", row.place))
    elif row.kind is Kind.death:
        notes.append(Note("resident.died_later", row.place))
    elif row.processed <= day:
        notes.append(Note("resident.move_out_planned", row.place))
    else:
        notes.append(Note("resident.left_later", row.place))


def _tell_unclear(row: HistoryEntry, day: int, notes: list[Note]) -> None:
    if row.moved == row.moved_latest:
        return
    decides = row.kind not in EXITS and row.moved <= day < row.moved_latest
    if decides or row.processed > day - _RECENT_DAYS:
        notes.append(Note("resident.date_unclear_counts" if decides else "resident.date_unclear", row.place))


def _tell_effective(row: HistoryEntry, day: int, notes: list[Note], *, returned: bool) -> None:
    _tell_unclear(row, day, notes)
    if returned and row.kind in ENTRIES and (not row.base or row.processed > day):
        notes.append(Note("resident.returned", row.place))
    if row.processed > day and row.kind not in CANCELS:
        notes.append(Note(_late_code(row), row.place))


def _late_code(row: HistoryEntry) -> str:
    """A notice entered after the day about something before it; moves apart by whether it was in time."""
    over = "_over" if row.processed - row.moved > NOTICE_DAYS else ""
    match row.kind:
        case Kind.birth | Kind.increase | Kind.death | Kind.removal:
            return f"resident.late_{row.kind.name}"
        case Kind.move_in | Kind.move_out:
            return f"resident.late_{row.kind.name}{over}"
        case Kind.move:
            return "resident.late_move"
        case Kind.decrease:
            return "resident.late_removal"
        case _:
            return "resident.late_change"


def _planned(row: HistoryEntry, day: int) -> list[Note]:
    return [Note("resident.move_out_planned", row.place)] if row.planned > day else []
