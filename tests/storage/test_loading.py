"""Very many residents: indexed in another process, by parts; the same answers, nothing left of what did not end well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.domain.errors import Cancelled, EnvironmentFault
from app.domain.invention import invent_residents
from app.domain.resident import ResidentRow
from app.storage import bulk, indexing
from app.usecases.job import QUIET, Job
from app.usecases.residents import load_residents
from tests.stores import Town

_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'resident' ORDER BY name"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


def indexes(town: Town) -> list[Any]:
    """The names of the indexes of residents."""
    return town.sql("SELECT indexname FROM pg_indexes WHERE tablename = 'resident' ORDER BY indexname" if town.on_server else _INDEXES)


def tables(town: Town) -> list[Any]:
    """The names of all tables."""
    return town.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename" if town.on_server else _TABLES)


def batches(count: int = 1500, size: int = 100) -> Iterator[list[ResidentRow]]:
    people = invent_residents(count, seed=3, as_of=date(2024, 1, 1))
    rows = [
        ResidentRow(
            resident_no=one.resident_no, household_no=one.household_no, name=one.name, kana=one.kana, birth=one.birth, sex=one.sex,
            address=one.address, phone=one.phone, alias="旧姓　試験" if number == 777 else "", line=number,
        )
        for number, one in enumerate(people)
    ]  # fmt: skip
    return (rows[start : start + size] for start in range(0, count, size))


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few hundred rows count as very many."""
    monkeypatch.setattr(bulk, "_MANY", 300)
    monkeypatch.setattr(bulk, "_PART", 500)


def answers(town: Town) -> dict[str, Any]:
    """What searches find, by the place of each resident in its snapshot."""
    found: dict[str, Any] = {}
    reads = town.ctx.reads
    for row in [row for batch in batches(60) for row in batch][::4]:
        family, given = (row.name.split("\u3000") + [""])[:2]
        for text in (family, given, row.kana[:3], row.kana.split("\u3000")[0], row.address[3:12], row.phone, row.birth, family[:1]):
            hits, total, _ = reads.search.find(text, within="residents")
            found[text] = (sorted(hit.id.rpartition(":")[2] for hit in hits), total)
    found["alias"] = [hit.id.rpartition(":")[2] for hit in reads.search.find("試験", within="residents")[0]]
    active = reads.residents.active()
    assert active is not None
    found["address"] = len(reads.residents.ids(snapshot_id=active.id, text="市"))
    found["all"] = [view.kana for view in reads.residents.page(reads.residents.ids(snapshot_id=active.id)[:200])]
    return found


def test_another_process_finds_the_same(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    few, _ = load_residents(town.ctx, batches=batches(), as_of=town.clock())
    here, before = answers(town), indexes(town)
    monkeypatch.setattr(bulk, "_MANY", 300)
    monkeypatch.setattr(bulk, "_PART", 500)
    lots, _ = load_residents(town.ctx, batches=batches(), as_of=town.clock())
    assert (lots.sha256, lots.residents, lots.households) == (few.sha256, few.residents, few.households) and few.households > 300
    parts = town.sql("SELECT snapshot, count(*) FROM resident_part GROUP BY snapshot ORDER BY snapshot")
    # on a file three hundred here, then five hundred, five hundred and the rest elsewhere
    assert [count for _, count in parts][-2:] == ([1, 1] if town.on_server else [1, 4])
    there = answers(town)
    assert (
        there == here and here["alias"] == ["777"] and here["address"] > 1000 and all(count for key, (_, count) in list(here.items())[:8])
    )
    assert indexes(town) == before and town.problems() == []


@pytest.mark.usefixtures("many")
def test_cancel_at_any_step_leaves_nothing(town: Town) -> None:
    before, rows = (tables(town), indexes(town)), town.sql("SELECT count(*) FROM resident")
    for stop in (2, 9, 15, 17, 19) if town.on_server else (2, 9, 15, 18, 21):
        left = iter(range(stop))
        job = Job(cancelled=lambda left=left: next(left, None) is None)  # type: ignore[misc]
        with pytest.raises(Cancelled):
            load_residents(town.ctx, batches=batches(), as_of=town.clock(), job=job)
        assert (tables(town), indexes(town)) == before
        assert town.sql("SELECT count(*) FROM resident") == rows
    assert load_residents(town.ctx, batches=batches(), as_of=town.clock(), job=QUIET)[0].residents == 1500
    assert town.problems() == []


@pytest.mark.usefixtures("many")
@pytest.mark.of_the_file
def test_the_other_process_may_die(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[indexing.RemoteIndexer] = []

    def open_remote() -> indexing.RemoteIndexer:
        made.append(indexing.RemoteIndexer())
        return made[0]

    def dying() -> Iterator[list[ResidentRow]]:
        for number, batch in enumerate(batches()):
            if number == 8:
                made[0]._process.kill()
                made[0]._process.wait()
            yield batch

    monkeypatch.setattr(bulk, "open_remote", open_remote)
    before = tables(town)
    with pytest.raises(EnvironmentFault, match="indexer_gone"):
        load_residents(town.ctx, batches=dying(), as_of=town.clock())
    assert tables(town) == before and len(town.ctx.reads.residents.snapshots()) == 1
    assert made[0]._process.returncode is not None


@pytest.mark.usefixtures("many")
@pytest.mark.of_the_file
def test_no_other_process_can_be_started(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "open_remote", lambda: None)
    made, _ = load_residents(town.ctx, batches=batches(), as_of=town.clock())
    assert made.residents == 1500 and answers(town)["alias"] == ["777"] and town.problems() == []


@pytest.mark.usefixtures("many")
def test_rows_that_come_from_this_very_store(town: Town) -> None:
    """A question that is still being asked keeps the indexes from being taken down; then they are kept up row by row."""
    source, _ = load_residents(town.ctx, batches=batches(), as_of=town.clock())
    with town.ctx.unit() as uow:
        made = uow.load_residents(
            uow.reads.residents.rows(snapshot_id=source.id), snapshot_id="copy", label="", as_of=town.clock(), known_at=town.clock(), files=(),
            job=QUIET,
        )  # fmt: skip
        uow.commit()
    assert made.sha256 == source.sha256 and town.problems() == []
