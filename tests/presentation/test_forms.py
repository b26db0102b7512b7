"""Forms from raw texts to values and back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, parse_field, postal_digits, read_back, spec_field, to_raw


def field(kind, **more) -> FieldSpec:
    return FieldSpec(key="x", label="欄", kind=kind, **more)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  能登　花子 ", "能登　花子"),
        ("text", "神", "神"),
        ("kana", "のと はなこ", "ノト　ハナコ"),
        ("kana", "ﾉﾄ ﾊﾅｺ", "ノト　ハナコ"),
        ("kana", "ヴァン・ダイク", "ヴァン・ダイク"),
        ("kana", "ｓｍｉｔｈ Ａｎｎ", "SMITH　ANN"),
        ("birth", "S20.3.1", "S20.3.1"),
        ("birth", "昭和20年00月00日", "昭和20年00月00日"),
        ("date", "令和6年1月1日", date(2024, 1, 1)),
        ("instant", "R6.1.5 18:00", datetime(2024, 1, 5, 9, tzinfo=UTC)),
        ("integer", "１，２００", 1200),
        ("phone", "０７６７－５３－１１１１", "0767-53-1111"),
        ("phone", "090ー1234ー5678", "090-1234-5678"),
        ("postal", "〒926ー0811", "926-0811"),
        ("yesno", "yes", True),
        ("multiline", "一行目\n二行目 ", "一行目\n二行目 "),
        ("integer", "", None),
        ("instant", " ", None),
        ("flags", "", ()),
        ("yesno", "", False),
    ],
)
def test_texts_become_values(kind, typed, value) -> None:
    assert parse_field(field(kind), typed) == value


@pytest.mark.parametrize(
    ("spec", "typed", "code"),
    [
        (field("text", required=True), "　 ", "form.required"),
        (field("text", limit=3), "四文字だ", "form.too_long"),
        (field("kana"), "漢字", "form.kana_expected"),
        (field("birth"), "昭和64年13月1日", "date.impossible"),
        (field("date"), "令和6年1月", "date.instant_needs_day"),
        (field("instant"), "きのう", "date.time_unreadable"),
        (field("integer"), "三人くらい", "form.not_a_number"),
        (field("integer", low=2, high=5), "6", "form.out_of_range"),
        (field("phone"), "なし", "form.phone_unreadable"),
        (field("postal"), "926-081", "postal.unreadable"),
        (field("choice", options="person.sex"), "neither", "form.not_a_choice"),
        (field("flags", options="person.needs"), "care,magic", "form.not_a_choice"),
        (field("yesno"), "maybe", "form.not_a_choice"),
    ],
)
def test_what_is_none_is_refused(spec, typed, code) -> None:
    with pytest.raises(RuleViolation) as caught:
        parse_field(spec, typed)
    assert caught.value.code == code


def test_flags_come_in_the_order_of_the_list() -> None:
    assert parse_field(field("flags", options="person.needs"), "pregnant,elderly") == ("elderly", "pregnant")


FORM = FormSpec(
    key="f",
    title="t",
    sections=(
        SectionSpec(fields=(spec_field("stay", "from_at", kind="instant", required=True), spec_field("stay", "to_at", kind="instant"))),
        SectionSpec(
            fields=(spec_field("person", "needs", kind="flags", options="person.needs"), spec_field("stay", "pending", kind="yesno"))
        ),
    ),
    rules=(lambda values: {"to_at": "退所が入所より前です"} if values["to_at"] and values["to_at"] < values["from_at"] else {},),
)


def test_rules_run_on_a_clean_form_only() -> None:
    assert FORM.parse({"from_at": "R6.1.5", "to_at": "R6.1.4"})[1] == {"to_at": "退所が入所より前です"}
    assert set(FORM.parse({"to_at": "R6.1.4"})[1]) == {"from_at"}


def test_values_survive_the_way_through_raw_texts() -> None:
    values = {"from_at": datetime(2024, 1, 5, 9, tzinfo=UTC), "to_at": None, "needs": ("care",), "pending": True}
    assert FORM.parse(FORM.raw(values)) == (values, {})


def test_labels_come_from_the_record() -> None:
    assert FORM.field("from_at").label == "入所日時"
    with pytest.raises(KeyError):
        FORM.field("nothing")


def test_a_date_is_read_back() -> None:
    assert read_back(field("birth"), "S20.3.1") == ("昭和20年3月1日（1945-03-01）", "")
    assert read_back(field("instant"), "2024-01-05 18:00") == ("令和6年1月5日 18時00分", "")
    assert read_back(field("birth"), "") == ("", "")
    assert read_back(field("text"), "S20.3.1") == ("", "")
    understood, problem = read_back(field("birth"), "13月")
    assert understood == "" and problem


@given(st.text(max_size=40))
def test_no_text_breaks_a_field(typed: str) -> None:
    for kind in ("text", "kana", "multiline", "birth", "date", "instant", "integer", "phone", "postal", "choice", "flags", "yesno"):
        spec = field(kind, options="person.sex" if kind in ("choice", "flags") else "")
        try:
            value = parse_field(spec, typed)
        except RuleViolation:
            continue
        assert parse_field(spec, to_raw(spec, value)) == value


def test_postal_digits() -> None:
    assert postal_digits("〒９２６−０８１１") == "9260811" and postal_digits("926") == ""
