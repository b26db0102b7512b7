"""What an evacuee, a stay and an absence must have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.codes import PERSON_SOURCES
from app.domain.errors import RuleViolation
from app.domain.evacuee import Absence, Person, Stay, check_absence, check_person, check_stay
from app.domain.governance import ROLES, rights_of

AT = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("source", PERSON_SOURCES)
def test_only_some_may_be_without_a_name(source: str) -> None:
    person = Person(id="", source=source, name="　", kana=" ")
    if source in ("baby", "pet_only", "anonymous"):
        check_person(person)
    else:
        with pytest.raises(RuleViolation) as caught:
            check_person(person)
        assert caught.value.field == "name"
    check_person(Person(id="", source=source, kana="タビビト"))


def test_stays() -> None:
    check_stay(Stay(id="", person_id="p", shelter_id="s", from_at=AT))
    check_stay(Stay(id="", person_id="p", shelter_id="s", from_at=AT, to_at=AT, destination="unknown"))
    with pytest.raises(RuleViolation, match="stay.destination_missing"):
        check_stay(Stay(id="", person_id="p", shelter_id="s", from_at=AT, to_at=AT))
    with pytest.raises(RuleViolation, match="stay.ends_before_start") as caught:
        check_stay(Stay(id="", person_id="p", shelter_id="s", from_at=AT, to_at=AT - timedelta(seconds=1), destination="home"))
    assert caught.value.params["started"] == AT


def test_absences() -> None:
    check_absence(Absence(id="", stay_id="s", from_at=AT, back_at=AT))
    with pytest.raises(RuleViolation, match="absence.back_before_leaving"):
        check_absence(Absence(id="", stay_id="s", from_at=AT, back_at=AT - timedelta(seconds=1)))


def test_protection_is_a_right_of_its_own() -> None:
    assert [role for role in ROLES if "see_protected" in rights_of((role,))] == ["protected"]
    assert "operators" not in rights_of(tuple(role for role in ROLES if role != "admin"))
