"""Roster rows against residents: candidates by blocking, scores by agreement, then who came with whom, then who claims whom.

Fellegi and Sunter's sums of bits, with three additions: a name or an address counts by how rare it is among these residents; people who came
together lend each other their household; and a candidate is weighed against all others and against being nobody at all, so that
two who fit equally are never sure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from app.matching.engine import append, create, engine
from app.matching.people import PERSON, RESIDENT, ResidentReader
from app.matching.reasons import Row, reasons_of
from app.matching.statements import WHOLE, Statements
from app.matching.traits import weights
from app.usecases.job import Job
from app.usecases.matching_rows import Found, PersonMatch, PersonTraits, ResidentTraits

if TYPE_CHECKING:
    import duckdb

CANDIDATE = (
    ("pid", "INTEGER"), ("rid", "INTEGER"), ("g", "INTEGER"), ("h", "INTEGER"), ("s", "FLOAT"), ("own", "FLOAT"), ("fl", "TINYINT"),
    ("gl", "TINYINT"), ("bl", "TINYINT"), ("sl", "TINYINT"), ("al", "TINYINT"), ("pl", "TINYINT"),
)  # fmt: skip
_CHUNK = 70_000


def match(
    people: Iterable[Sequence[PersonTraits]],
    residents: Iterable[Sequence[ResidentTraits]],
    *,
    apart: frozenset[tuple[str, int]],
    job: Job,
) -> list[PersonMatch]:
    """See ``usecases.ports.Matcher``."""
    reader = ResidentReader()
    with engine() as connection:
        count = _load_residents(connection, reader, residents, job)
        ids, open_ones = _load_people(connection, reader, people, job)
        if not open_ones:
            return []
        reader = ResidentReader()  # what it remembered is no longer needed
        rows = _find(connection, Statements(weights(), count), ids, apart, job) if count else {}
    return [_judge(ids[pid], rows.get(pid, [])) for pid in open_ones]


def _load_residents(
    connection: duckdb.DuckDBPyConnection, reader: ResidentReader, residents: Iterable[Sequence[ResidentTraits]], job: Job
) -> int:
    """Read the residents into ``raw``; answers how many."""
    create(connection, "raw", RESIDENT)
    count = 0
    for part in filter(None, residents):
        if not count:
            reader.learn_places(part)
        append(connection, "raw", RESIDENT, reader.residents(part))
        count += len(part)
        job.report(count, None, "job.reading_residents")
    return count


def _load_people(
    connection: duckdb.DuckDBPyConnection, reader: ResidentReader, people: Iterable[Sequence[PersonTraits]], job: Job
) -> tuple[list[str], list[int]]:
    """Read the people into ``p``; answers their ids and the numbers of the unlinked."""
    columns = (("pid", "INTEGER"), *PERSON[1:])
    create(connection, "given", columns)
    ids: list[str] = []
    open_ones: list[int] = []
    for part in filter(None, people):
        append(connection, "given", columns, list(zip(*(reader.person(len(ids) + at, row) for at, row in enumerate(part)), strict=True)))
        open_ones += [len(ids) + at for at, row in enumerate(part) if row.settled is None]
        ids += [row.id for row in part]
        job.report(len(ids), None, "job.matching")
    connection.execute(f"CREATE TABLE p AS SELECT *, {WHOLE} FROM given")
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
    connection.execute("CREATE OR REPLACE TABLE c AS SELECT c.* FROM c ANTI JOIN apart ON c.pid = apart.pid AND c.rid = apart.rid")


def _judge(person: str, rows: Sequence[Row]) -> PersonMatch:
    """Band, doubt and candidates of one person."""
    band = weights()["band"]
    if not rows or rows[0].odds < band["review"]:
        return PersonMatch(person, "none", ())
    best = rows[0]
    doubt = "match.taken" if best.taken else "match.claimed" if best.claimed > 0.5 else ""
    if not doubt and best.lead < band["margin"] and len(rows) > 1:
        doubt = "match.ambiguous"
    identified = best.gl in (1, 2, 3, 4, 5, 8) or (best.gl == 0 and best.bl == 1)
    sure = not doubt and best.odds >= band["sure"] and best.lead >= band["margin"] and identified
    return PersonMatch(person, "sure" if sure else "review", tuple(map(_found, rows)), doubt)


def _found(row: Row) -> Found:
    reasons, differences = reasons_of(row)
    score = 100 / (1 + 2.0 ** (-max(-60.0, min(60.0, row.bits)) / 3))
    return Found(row.rid, min(100, max(1, round(score))), reasons, differences)
