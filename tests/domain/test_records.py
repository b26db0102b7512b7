"""Iterating over the fields of records, and values on their way into the journal and back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.evacuee import Absence, Household, Person, PersonDecision, Stay
from app.domain.governance import Disaster, Operator, Site
from app.domain.journal import to_json_value
from app.domain.records import Record, differing_fields, from_json_value, value_fields, values_of
from app.domain.shelter import Headcount, Shelter, ShelterSpell

KINDS = (Absence, Disaster, Headcount, Household, Operator, Person, PersonDecision, Shelter, ShelterSpell, Site, Stay)


@pytest.mark.parametrize("kind", KINDS)
def test_records_are_frozen_slotted_and_can_be_buried(kind: type[Record]) -> None:
    names = [field.name for field in value_fields(kind)]
    assert "id" not in names and "version" not in names and "deleted" in names
    assert {"id", "version", *names} == {field.name for field in dataclasses.fields(kind)}
    assert kind.__dataclass_params__.frozen and not hasattr(kind, "__dict__") or "__slots__" in vars(kind)  # type: ignore[attr-defined]


def test_differences_name_each_field_with_old_and_new() -> None:
    before = Person(id="1", version=3, name="架空", needs=("care",))
    after = dataclasses.replace(before, version=9, name="空架", needs=("care", "oxygen"), protected=True)
    assert list(differing_fields(before, after)) == [
        ("name", "架空", "空架"),
        ("needs", ("care",), ("care", "oxygen")),
        ("protected", False, True),
    ]
    assert list(differing_fields(before, before)) == []
    assert values_of(after)["name"] == "空架" and "version" not in values_of(after)


moments = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))])
)


@given(moments, st.lists(st.text(), max_size=4), st.text())
def test_values_survive_the_journal(moment: datetime, needs: list[str], text: str) -> None:
    whole = moment.replace(microsecond=0)
    assert from_json_value(Stay, "from_at", to_json_value(whole)) == whole
    assert to_json_value(whole).endswith("+00:00")
    assert from_json_value(Person, "needs", to_json_value(tuple(needs))) == tuple(needs)
    assert from_json_value(Person, "note", to_json_value(text)) == text


def test_text_that_looks_like_a_time_stays_text_outside_time_fields() -> None:
    assert from_json_value(Person, "note", "2024-01-01T00:00:00+00:00") == "2024-01-01T00:00:00+00:00"
    assert from_json_value(Person, "died_at", "2024-01-01T00:00:00+00:00") == datetime(2024, 1, 1, tzinfo=UTC)
    assert from_json_value(Person, "died_at", None) is None
