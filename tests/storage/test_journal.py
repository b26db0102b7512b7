"""One journal row per change, chained and ordered; versions checked; nothing ever removed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.errors import EnvironmentFault, RuleViolation, StaleRecord
from app.domain.evacuee import Household, Person
from app.domain.identifiers import new_id
from app.domain.journal import GENESIS
from app.domain.records import value_fields
from app.storage import tables as t
from app.usecases.job import Job
from tests.stores import RESIDENTS, Town, unlock


def test_each_change_is_one_row_with_old_and_new(town: Town) -> None:
    before = town.sql("SELECT count(*) FROM journal")[0][0]
    person = Person(id=new_id(), name="架空　太郎")
    with town.ctx.unit(reason="試し") as uow:
        saved = uow.persons.add(person)
        saved = uow.persons.save(replace(saved, mobile="1", needs=("care", "oxygen"), died_at=town.clock()))
        uow.persons.save(saved)  # nothing differs: no row
        changes = uow.commit()
    assert changes == {"person": frozenset({person.id})}
    rows = town.sql("SELECT action, changes, reason, act, device_seq, previous, hash, hlc FROM journal WHERE seq > ? ORDER BY seq", before)
    assert [row[0] for row in rows] == ["create", "update"]
    assert json.loads(rows[0][1]) == {"name": [None, "架空　太郎"]}
    assert json.loads(rows[1][1]) == {"mobile": ["", "1"], "needs": [[], ["care", "oxygen"]], "died_at": [None, town.clock().isoformat()]}
    assert {row[2] for row in rows} == {"試し"} and len({row[3] for row in rows}) == 1
    assert rows[1][5] == rows[0][6] and rows[1][7] > rows[0][7] and rows[1][4] == rows[0][4] + 1


def test_chain_begins_at_genesis_and_never_skips(town: Town) -> None:
    rows = town.sql("SELECT device_seq, previous, hash FROM journal ORDER BY device_seq")
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert [row[1] for row in rows] == [GENESIS, *(row[2] for row in rows[:-1])]


def test_rolled_back_unit_leaves_no_trace(town: Town) -> None:
    before = town.sql("SELECT count(*) FROM journal")
    with pytest.raises(RuntimeError), town.ctx.unit() as uow:
        uow.persons.add(Person(id=new_id(), name="消える人"))
        number = uow.next_number("person")
        raise RuntimeError
    with town.ctx.unit() as uow:
        uow.persons.add(Person(id=new_id(), name="忘れた人"))  # no commit
    assert town.sql("SELECT count(*) FROM journal") == before and town.ctx.reads.persons.ids() == []
    with town.ctx.unit() as uow:
        assert uow.next_number("person") == number == 1
    assert town.problems() == []


def test_stale_version_is_refused_and_says_both(town: Town) -> None:
    with town.ctx.unit() as uow:
        person = uow.persons.add(Person(id=new_id(), name="架空"))
        uow.commit()
    with town.ctx.unit() as uow:
        uow.persons.save(replace(person, kana="カクウ"), expected_version=1)
        uow.commit()
    with pytest.raises(StaleRecord) as caught, town.ctx.unit() as uow:
        uow.persons.save(replace(person, kana="ソラ"), expected_version=1)
    assert caught.value.params == {"kind": "person", "record": person.id, "expected": 1, "found": 2}
    with pytest.raises(StaleRecord), town.ctx.unit() as uow:
        uow.persons.save(replace(person, id=new_id()))
    assert town.problems() == []


def test_tombstone_stays_in_table_and_history_but_in_no_list(town: Town) -> None:
    with town.ctx.unit() as uow:
        person = uow.persons.add(Person(id=new_id(), name="墓標　一郎", kana="ボヒョウ イチロウ"))
        uow.persons.save(replace(person, deleted=True))
        uow.commit()
    with town.ctx.unit() as uow:
        assert uow.persons.where(name="墓標　一郎") == []
        assert uow.persons.get(person.id).deleted
        with pytest.raises(RuleViolation, match="record.not_found"):
            uow.persons.need(person.id)
    assert town.ctx.reads.persons.ids() == [] and list(town.ctx.reads.all("person")) == []
    assert town.ctx.reads.search.find("墓標")[1] == 0
    assert town.ctx.reads.search.find("ボヒョウ")[1] == 0
    assert [entry.field for entry in town.ctx.reads.journal.history(person.id)] == ["kana", "name", "deleted"]


def test_many_records_are_journalled_like_single_ones(town: Town) -> None:
    people = [Person(id=new_id(), name=f"架空{n}", household_id="h") for n in range(1203)]
    with town.ctx.unit() as uow:
        uow.persons.add_many(people)
        uow.households.add_many([Household(id="h", label="多い家")])
        uow.commit()
    assert town.sql("SELECT count(*) FROM journal WHERE kind = 'person'")[0][0] == 1203
    indexed = (
        "SELECT count(*) FROM person_fts" if town.on_server else "SELECT count(*) FROM person_fts WHERE person_fts MATCH 'name : \"架空\"'"
    )
    assert town.sql(indexed)[0][0] == 1203 and town.ctx.reads.search.find("架空", within="persons")[1] >= 1000
    assert town.problems() == []


def test_clock_that_goes_back_keeps_the_order(town: Town) -> None:
    made = []
    for hours in (0, -5, -5, 24):
        town.clock.forward(hours=hours)
        with town.ctx.unit() as uow:
            made.append(uow.persons.add(Person(id=new_id(), name="時計")).id)
            uow.commit()
    clocks = [town.sql("SELECT hlc FROM journal WHERE record = ?", one)[0][0] for one in made]
    assert clocks == sorted(clocks) and len(set(clocks)) == 4
    assert town.problems() == []


def test_cancelled_load_leaves_nothing_and_the_old_snapshot_active(town: Town) -> None:
    from app.domain.errors import Cancelled
    from app.usecases.residents import load_residents

    asked = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 3

    before = town.ctx.reads.residents.active()
    with pytest.raises(Cancelled):
        load_residents(town.ctx, batches=([row] * 500 for row in RESIDENTS * 3), as_of=town.clock(), job=Job(cancelled=cancelled))
    assert town.ctx.reads.residents.active() == before and len(town.ctx.reads.residents.snapshots()) == 1
    assert town.sql("SELECT count(*) FROM resident")[0][0] == len(RESIDENTS)
    with pytest.raises(RuleViolation, match="residents.nothing_to_load"):
        load_residents(town.ctx, batches=[], as_of=town.clock())
    assert town.problems() == []


def test_reading_session_cannot_write(town: Town) -> None:
    with town.ctx.reads._source() as connection, pytest.raises(EnvironmentFault, match="store.read_only"):  # type: ignore[attr-defined]
        connection.exec_driver_sql("DELETE FROM person")


@pytest.mark.parametrize("kind", t.KINDS, ids=lambda kind: kind.name)
def test_every_field_of_a_record_has_its_column(kind: t.Kind) -> None:
    assert {field.name for field in value_fields(kind.cls)} | {"id", "version", "rid"} <= set(kind.table.c.keys())


def test_key_of_the_file_is_not_the_password(town: Town) -> None:
    assert len(unlock(town.folder)) == 32
