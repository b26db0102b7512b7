"""Many records at once: the same rows and the same journal as one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.identifiers import new_id
from app.domain.records import Record
from app.domain.survey import Survey, Team
from app.storage.adding import encode
from tests.stores import START, Town

RECORDS: tuple[tuple[str, Record], ...] = (
    ("building", Building(id="", address="見本市本町1-2-3", owner_name="髙橋　太郎", lat=36.5, storeys=2, collapsed=True, danger='"危険"\n\u2028')),
    ("victim", Victim(id="", head_name="髙橋　太郎", head_kana="タカハシ　タロウ", matched_at=START, declared=True)),
    ("victim_member", VictimMember(id="", victim_id="v", name="髙橋　太郎", position=3, protected=True)),
    ("occupancy", Occupancy(id="", building_id="b", victim_id="v", main=False)),
    ("survey", Survey(id="", building_id="b", surveyors=("一", "二"), total=30, checked_at=START, inputs='{"a":1}')),
    ("team", Team(id="", name="1班", members=())),
)


def stored(town: Town, kind: str, record_id: str) -> tuple[Any, Any]:
    row = town.sql(f"SELECT * FROM {kind} WHERE id = ?", record_id)[0][2:]
    changes = town.sql("SELECT kind, action, changes FROM journal WHERE record = ?", record_id)
    return row, changes


@pytest.mark.parametrize(("kind", "record"), RECORDS)
def test_many_are_stored_and_journalled_as_one_is(town: Town, kind: str, record: Record) -> None:
    alone, first, second = (replace(record, id=new_id()) for _ in range(3))
    with town.ctx.unit() as uow:
        uow.repository(kind).add(alone)
        uow.repository(kind).add_many([first, second])
        uow.repository(kind).add_many([])
        changed = uow.commit()
    assert changed == {kind: {alone.id, first.id, second.id}}
    assert stored(town, kind, first.id) == stored(town, kind, alone.id) == stored(town, kind, second.id)
    with town.ctx.unit() as uow:
        assert uow.repository(kind).need(first.id) == replace(first, version=1)
    assert town.problems() == []  # the chain fits what the rows say


def test_people_come_into_the_search_index_too(town: Town) -> None:
    from app.domain.evacuee import Person
    from app.usecases.searching import search

    with town.ctx.unit() as uow:
        uow.persons.add_many([Person(id=new_id(), number=f"P{n}", name="多数　登録", kana="タスウ　トウロク") for n in range(3)])
        uow.commit()
    assert len([hit for hit in search(town.ctx, text="多数").hits if hit.kind == "person"]) == 3
    assert town.problems() == []


@pytest.mark.parametrize("value", [{}, {"b": [None, '"\n\u2028'], "a": [1, 2.5, True]}, "\ud800", ["x", {"z": None}]])
def test_json_is_written_as_ever(value: Any) -> None:
    assert encode(value) == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
