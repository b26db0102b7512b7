"""Every code and field has its word; every message its sentence."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain import codes
from app.domain.errors import EnvironmentFault, RuleViolation
from app.domain.evacuee import Absence, Household, Person, Stay
from app.domain.governance import ROLES, Disaster, Operator, Site, rights_of
from app.domain.shelter import Headcount, Shelter, ShelterSpell
from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.labels import choices, field_label, label, labels_of, short_label, show_field
from app.presentation.messages import has_message, message

KINDS = {
    "site.kind": codes.SITE_KINDS,
    "shelter.kind": codes.SHELTER_KINDS,
    "hazard": codes.HAZARDS,
    "person.sex": codes.SEXES,
    "person.source": codes.PERSON_SOURCES,
    "stay.category": codes.STAY_CATEGORIES,
    "stay.destination": codes.DESTINATIONS,
    "stay.reception": codes.RECEPTION_METHODS,
    "absence.kind": codes.ABSENCE_KINDS,
    "person.needs": codes.NEEDS,
    "person.injury": codes.INJURIES,
    "household.house_damage": codes.HOUSE_DAMAGES,
    "consent": codes.CONSENTS,
    "headcount.method": codes.HEADCOUNT_METHODS,
    "spell.source": codes.SPELL_SOURCES,
    "decision": codes.DECISIONS,
    "age_band": tuple(band[0] for band in codes.AGE_BANDS),
    "role": ROLES,
}
RECORDS = {
    "person": Person, "household": Household, "stay": Stay, "absence": Absence, "shelter": Shelter, "spell": ShelterSpell,
    "headcount": Headcount, "disaster": Disaster, "site": Site, "operator": Operator,
}  # fmt: skip


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_code_has_a_word_of_its_own(kind: str) -> None:
    words = dict(choices(kind))
    assert set(words) == set(KINDS[kind])
    assert len(set(words.values())) == len(words) and all(words.values())


@pytest.mark.parametrize("record", list(RECORDS))
def test_every_field_has_a_word(record: str) -> None:
    missing = [f.name for f in dataclasses.fields(RECORDS[record]) if field_label(record, f.name) == f.name]
    assert missing == []


def test_every_right_has_a_word() -> None:
    assert [right for right in rights_of(ROLES) if label("right", right) == right] == []


def test_labels() -> None:
    assert label("stay.category", "car") == "車中"
    assert label("person.consent_kin", "unasked") == "未確認"
    assert label("person.protected", True) == "はい"
    assert label("stay.category", "") == "" and label("stay.category", "future-code") == "future-code"
    assert short_label("person.needs", "medication") == "服薬" and short_label("person.sex", "other") == "他"
    assert labels_of("person.needs", ["care", "language"]) == "要介護、外国語・通訳"


def test_history_values_in_words() -> None:
    assert show_field("person", "needs", ["care", "infant"]) == "要介護、乳幼児"
    assert show_field("stay", "from_at", datetime(2024, 1, 5, 9, tzinfo=UTC)) == "令和6年1月5日 18時00分"
    assert show_field("person", "name", "能登") == "能登" and show_field("person", "name", None) == ""


def test_a_message_is_filled() -> None:
    assert message(EnvironmentFault("file.disk_full", path=Path("名簿.csv"))).count("名簿.csv") == 1
    assert message("form.out_of_range", low=1, high=5) == "1 から 5 までの数字を入力してください。"
    assert message("date.impossible", text="{0.__class__}").count("{0.__class__}") == 1


def test_a_message_never_fails() -> None:
    assert "no.such.code" in message(RuleViolation("no.such.code", field="x"))
    assert "―" in message("form.out_of_range", low=1)
    assert not has_message("no.such.code")


def test_values_are_said_as_people_say_them() -> None:
    assert "令和6年1月5日 18時00分" in message("file.disk_full", path=datetime(2024, 1, 5, 9, tzinfo=UTC))
    assert "令和6年1月5日" in message("file.disk_full", path=date(2024, 1, 5))
    assert "1、2、3、4、5 ほか2件" in message("file.disk_full", path=[1, 2, 3, 4, 5, 6, 7])


SET: ColumnSet[dict[str, str]] = ColumnSet(
    key="s",
    columns=(
        Column(key="a", label="あ", text=lambda r: r["a"]),
        Column(key="b", label="い", text=lambda r: r["b"]),
        Column(key="c", label="操作", text=lambda r: "▶", screen_only=True),
    ),
    views={"全部": ("a", "b", "c"), "逆": ("b", "a")},
)


def test_one_set_feeds_every_output() -> None:
    assert SET.header() == ["あ", "い"]
    assert list(SET.table([{"a": "1", "b": "2"}])) == [["1", "2"]]
    assert SET.cells({"a": "1", "b": "2"}, "逆") == ["2", "1"]
    assert [column.key for column in SET.view()] == ["a", "b", "c"]


def test_broken_sets_are_refused() -> None:
    column = Column(key="a", label="あ", text=str)
    with pytest.raises(ValueError, match="twice"):
        ColumnSet(key="s", columns=(column, column))
    with pytest.raises(ValueError, match="unknown"):
        ColumnSet(key="s", columns=(column,), views={"x": ("b",)})


def test_an_empty_list_in_a_sentence_is_said() -> None:
    assert "なし" in message("shelter.not_found", name="甲", near=[])
