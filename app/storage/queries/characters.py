"""Which unusual characters the names, readings and addresses of everybody have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, select

from app.domain.characters import find_unusual, has_unusual
from app.storage import tables as t
from app.storage.queries.base import Source
from app.storage.queries.residents import resident_id
from app.storage.shield import Guard
from app.storage.streams import stream
from app.usecases.job import Job
from app.usecases.rows import CharacterCount, CharacterCounts

_SAMPLES = 20
_BATCH = 5000
_LABEL = "characters.scanning"


class _Tally:
    """Counts people by character; a person who has one twice counts once."""

    def __init__(self) -> None:
        self.residents: dict[str, int] = {}
        self.persons: dict[str, int] = {}
        self.samples: dict[str, list[str]] = {}

    def take(self, joined: str, counts: dict[str, int], name: Callable[[], str]) -> None:
        """Note the characters of one person's texts. ``name`` gives the id, asked only when it is kept; "" is nobody's."""
        for cluster in dict.fromkeys(find_unusual(joined)):
            counts[cluster] = counts.get(cluster, 0) + 1
            kept = self.samples.setdefault(cluster, [])
            if len(kept) < _SAMPLES and (one := name()):
                kept.append(one)

    def counted(self) -> tuple[CharacterCount, ...]:
        """Every character met."""
        return tuple(
            CharacterCount(text=text, residents=self.residents.get(text, 0), persons=self.persons.get(text, 0), samples=tuple(samples))
            for text, samples in self.samples.items()
        )


class CharacterQueries:
    """See ``usecases.ports.CharacterReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def count(self, *, snapshot_id: str, job: Job) -> CharacterCounts:
        """Stream every row once. A batch without anything unusual – nearly every one in plain data – is passed over at once."""
        tally = _Tally()
        with self._source() as connection:
            residents = _count_residents(connection, tally, snapshot_id, job, self._guard)
            persons = _count_persons(connection, tally, residents, job, self._guard)
        return CharacterCounts(residents=residents, persons=persons, characters=tally.counted())


def _count_residents(connection: Connection, tally: _Tally, snapshot_id: str, job: Job, guard: Guard) -> int:
    snapshot = connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()
    if snapshot is None:
        return 0
    seen = 0
    hidden = guard.hidden_rows(connection, snapshot)
    query = "SELECT rid, name, kana, address, alias FROM resident WHERE rid BETWEEN ? AND ? ORDER BY rid"
    for part in stream(connection, query, (snapshot.first_rid, snapshot.last_rid)):
        job.report(seen, snapshot.residents, _LABEL)
        seen += len(part)
        for rid, joined in _unusual_rows(part):
            named = "" if rid in hidden else resident_id(snapshot.id, snapshot.first_rid, rid)
            tally.take(joined, tally.residents, lambda named=named: named)  # type: ignore[misc]
    return seen


def _count_persons(connection: Connection, tally: _Tally, done: int, job: Job, guard: Guard) -> int:
    seen = 0
    hidden = guard.hidden(connection).persons
    query = "SELECT id, name, kana, address FROM person WHERE NOT deleted ORDER BY rid"
    for part in stream(connection, query):
        job.report(done + seen, None, _LABEL)
        seen += len(part)
        for person_id, joined in _unusual_rows(part):
            named = "" if person_id in hidden else person_id
            tally.take(joined, tally.persons, lambda named=named: named)  # type: ignore[misc]
    return seen


def _unusual_rows(rows: Iterable[Any]) -> Iterable[tuple[Any, str]]:
    """``(first column, other columns joined)`` of the rows with anything unusual in them."""
    for first, *texts in rows:
        joined = "\n".join(texts)
        if has_unusual(joined):
            yield first, joined
