"""Roster rows against residents: candidates by blocking, scores by agreement, then who came with whom, then who claims whom.

Fellegi and Sunter's sums of bits, with three additions: a name or an address counts by how rare it is among these residents; people who came
together lend each other their household; and a candidate is weighed against all others and against being nobody at all, so that
two who fit equally are never sure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from app.matching.engine import append, create, engine
from app.matching.reasons import Row, reasons_of
from app.matching.statements import Statements
from app.matching.traits import Namer, Placer, births, code_sounds, phone_digits, read_typed, sex_number, weights
from app.usecases.job import Job
from app.usecases.matching_rows import Found, PersonMatch, PersonTraits, ResidentTraits

if TYPE_CHECKING:
    import duckdb

RESIDENT = (
    ("rid", "INTEGER"), ("h", "INTEGER"), ("nfam", "VARCHAR"), ("ngiv", "VARCHAR"), ("kfam", "VARCHAR"), ("kgiv", "VARCHAR"),
    ("blo", "INTEGER"), ("bhi", "INTEGER"), ("sex", "TINYINT"), ("town", "INTEGER"), ("addr", "INTEGER"),
    ("ban", "INTEGER"), ("phone", "VARCHAR"),
)  # fmt: skip
PERSON = (*RESIDENT, ("bare", "VARCHAR"), ("figures", "INTEGER"), ("settled", "INTEGER"))
CANDIDATE = (
    ("pid", "INTEGER"), ("rid", "INTEGER"), ("g", "INTEGER"), ("h", "INTEGER"), ("s", "FLOAT"), ("own", "FLOAT"), ("fl", "TINYINT"),
    ("gl", "TINYINT"), ("bl", "TINYINT"), ("sl", "TINYINT"), ("al", "TINYINT"), ("pl", "TINYINT"),
)  # fmt: skip
_CHUNK = 40_000
_SAMPLE = 2_000


class _Codes(dict[str, int]):
    """Texts as numbers; 0 is the empty text."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class _Sounds(dict[str, tuple[str, str]]):
    """Readings of residents as parts in code."""

    def __init__(self, names: Namer) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, kana: str) -> tuple[str, str]:
        parts = self._names[kana]
        self[kana] = found = (code_sounds(parts.family), code_sounds(parts.given))
        return found


class _Reader:
    """Makes columns for the engine from traits; remembers what names and addresses were met."""

    def __init__(self) -> None:
        self.names, self.readings, self.placer = Namer(), Namer(), Placer()
        self._sounds = _Sounds(self.readings)
        self._towns, self._addresses, self._households = _Codes(), _Codes(), _Codes()
        self._last: tuple[str, tuple[int, int, int]] = ("", (0, 0, 0))
        self._alone = 0

    def place(self, text: str) -> tuple[int, int, int]:
        """Town, whole address, block (all numbers but the last), as numbers; an address of the line before is not read again."""
        if text != self._last[0]:
            town, numbers = self.placer.read(text)
            block, _, rest = numbers.rpartition("-")
            codes = self._addresses
            self._last = (
                text,
                (self._towns[town], codes[f"{town} {numbers}"], codes[f"{town} {block or rest}"]) if numbers else (self._towns[town], 0, 0),
            )
        return self._last[1]

    def household(self, text: str) -> int:
        """A household as a number; a number of its own for whoever has none."""
        if not text:
            self._alone -= 1
            return self._alone
        return self._households[text]

    def residents(self, rows: Sequence[ResidentTraits]) -> list[Sequence[Any]]:
        """The columns of ``RESIDENT``."""
        places, households, names, kana, lows, highs, sexes, addresses, phones, _ = zip(*rows, strict=True)
        writing = [self.names[text] for text in names]
        reading = [self._sounds[text] for text in kana]
        homes = [self.place(text) for text in addresses]
        return [
            places, [self.household(text) for text in households], [w[0] for w in writing], [w[1] for w in writing],
            [r[0] for r in reading], [r[1] for r in reading], [low or 0 for low in lows], [high or 0 for high in highs],
            [sex_number(text) for text in sexes], [h[0] for h in homes], [h[1] for h in homes], [h[2] for h in homes], phones,
        ]  # fmt: skip

    def person(self, pid: int, row: PersonTraits) -> tuple[Any, ...]:
        """A row of ``PERSON``."""
        typed = read_typed(self.names, self.readings, row.name, row.kana)
        low, high, figures = births(row.birth, row.birth_lo, row.birth_hi)
        writing, reading = typed.writing, typed.reading
        return (
            pid, self.household(row.household_id), *writing, code_sounds(reading.family), code_sounds(reading.given), low, high,
            sex_number(row.sex), *self.place(row.address), phone_digits(row.mobile, row.phone), code_sounds(typed.bare), figures,
            -2 if row.settled is None else row.settled,
        )  # fmt: skip


def match(
    people: Iterable[Sequence[PersonTraits]],
    residents: Iterable[Sequence[ResidentTraits]],
    *,
    apart: frozenset[tuple[str, int]],
    job: Job,
) -> list[PersonMatch]:
    """See ``usecases.ports.Matcher``."""
    reader = _Reader()
    with engine() as connection:
        count = _load_residents(connection, reader, residents, job)
        ids, open_ones = _load_people(connection, reader, people, job)
        if not open_ones:
            return []
        reader = _Reader()  # what it remembered is no longer needed
        rows = _find(connection, Statements(weights(), count), ids, apart, job) if count else {}
    return [_judge(ids[pid], rows.get(pid, [])) for pid in open_ones]


def _load_residents(connection: duckdb.DuckDBPyConnection, reader: _Reader, residents: Iterable[Sequence[ResidentTraits]], job: Job) -> int:
    """Read the residents into ``raw``; answers how many."""
    create(connection, "raw", RESIDENT)
    count = 0
    for part in residents:
        if not count:
            reader.placer.learn(row.address for row in part[:_SAMPLE])
        append(connection, "raw", RESIDENT, reader.residents(part))
        count += len(part)
        job.report(count, None, "job.reading_residents")
    return count


def _load_people(
    connection: duckdb.DuckDBPyConnection, reader: _Reader, people: Iterable[Sequence[PersonTraits]], job: Job
) -> tuple[list[str], list[int]]:
    """Read the people into ``p``; answers their ids and the numbers of the unlinked."""
    columns = (("pid", "INTEGER"), *PERSON[1:])
    create(connection, "given", columns)
    ids: list[str] = []
    open_ones: list[int] = []
    for part in people:
        append(connection, "given", columns, list(zip(*(reader.person(len(ids) + at, row) for at, row in enumerate(part)), strict=True)))
        open_ones += [len(ids) + at for at, row in enumerate(part) if row.settled is None]
        ids += [row.id for row in part]
        job.report(len(ids), None, "job.matching")
    connection.execute(
        "CREATE TABLE p AS SELECT *, CASE WHEN blo = bhi THEN blo ELSE 0 END AS b, kfam || kgiv AS kk, nfam || ngiv AS nk FROM given"
    )
    connection.execute("DROP TABLE given")
    return ids, open_ones


def _find(
    connection: duckdb.DuckDBPyConnection, say: Statements, ids: Sequence[str], apart: frozenset[tuple[str, int]], job: Job
) -> dict[int, list[Row]]:
    """All candidates by person."""
    for statement in say.count_values():
        connection.execute(statement)
    create(connection, "c", CANDIDATE)
    for low in range(0, len(ids), _CHUNK):
        for statement in say.first_pass(low, low + _CHUNK):
            connection.execute(statement)
        job.report(min(low + _CHUNK, len(ids)), len(ids), "job.matching")
    _tell_apart(connection, ids, apart)
    for statement in (*say.households(), say.second_pass()):
        connection.execute(statement)
    _tell_apart(connection, ids, apart)
    for statement in (say.together(), "DROP TABLE c", "ALTER TABLE c2 RENAME TO c", say.weigh("v", "s"), *say.claims()):
        connection.execute(statement)
    job.report(len(ids), len(ids), "job.matching")
    found: dict[int, list[Row]] = defaultdict(list)
    for values in connection.execute(say.answer()).fetchall():
        row = Row._make(values)
        found[row.pid].append(row)
    return found


def _tell_apart(connection: duckdb.DuckDBPyConnection, ids: Sequence[str], apart: frozenset[tuple[str, int]]) -> None:
    """Take out pairs that somebody said are not the same."""
    if not apart:
        return
    number = {person: pid for pid, person in enumerate(ids)}
    pairs = [(number[person], place) for person, place in apart if person in number]
    connection.execute("CREATE OR REPLACE TEMP TABLE apart (pid INTEGER, rid INTEGER)")
    append(connection, "apart", (("pid", "INTEGER"), ("rid", "INTEGER")), list(zip(*pairs, strict=True)))
    connection.execute("DELETE FROM c USING apart WHERE c.pid = apart.pid AND c.rid = apart.rid")


def _judge(person: str, rows: Sequence[Row]) -> PersonMatch:
    """Band, doubt and candidates of one person."""
    band = weights()["band"]
    if not rows or rows[0].odds < band["review"]:
        return PersonMatch(person, "none", ())
    best = rows[0]
    doubt = "match.claimed" if best.claimed > 0.5 else "match.ambiguous" if best.lead < band["margin"] and len(rows) > 1 else ""
    identified = best.gl in (1, 2, 3, 4, 5, 8) or (best.gl == 0 and best.bl == 1)
    sure = not doubt and best.odds >= band["sure"] and best.lead >= band["margin"] and identified
    return PersonMatch(person, "sure" if sure else "review", tuple(map(_found, rows)), doubt)


def _found(row: Row) -> Found:
    reasons, differences = reasons_of(row)
    score = 100 / (1 + 2.0 ** (-max(-60.0, min(60.0, row.bits)) / 3))
    return Found(row.rid, min(100, max(1, round(score))), reasons, differences)
