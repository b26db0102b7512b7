"""Sites, packages and conflicts in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.presentation.columns.exchange import age_words, board_columns, clock_words, say_freshness, size_words, span_words
from app.presentation.conflict_words import before_words, can_join, explain, fields_words, shown_fields, side_words
from app.presentation.forms.conflict import can_type, form_values, third_value_form, to_journal
from app.usecases.exchange_rows import ConflictSide, ConflictView, SiteStatus
from app.usecases.site_board import Freshness, SiteAge, known_until

NOW = datetime(2024, 1, 5, 9, 0, tzinfo=UTC)  # 18:00 in Japan


def side(letter: str, values: dict[str, Any], **more: Any) -> ConflictSide:
    told = {"before": {}, "by": "支援 花子", "site": "見本小学校", "device": "AB12", "at": NOW, "reason": "", **more}
    return ConflictSide(operation=f"op-{letter}", letter=letter, values=values, **told)


def view(kind: str, *sides: ConflictSide, fields: tuple[str, ...], **more: Any) -> ConflictView:
    told = {"title": "髙橋　太郎", "person_id": "P1", "shown": sides[-1].values, "found_at": NOW, **more}
    return ConflictView(id="C-1", kind=kind, record="R1", fields=fields, sides=sides, **told)


def status(**changes: Any) -> SiteStatus:
    values: dict[str, Any] = {
        "device": "d1", "letters": "AB12", "site_id": "s1", "site": "見本小学校", "kind": "shelter", "state": "active", "mine": False,
        "heard_at": None, "written_at": None, "data_until": None, "sent_at": None, "acknowledged_at": None, "unread": 0, "waiting": 0, "gaps": 0,
        "clock_offset": None,
    }  # fmt: skip
    return SiteStatus(**{**values, **changes})


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "たった今"),
        (timedelta(minutes=40), "40分前"),
        (timedelta(hours=13), "13時間前"),
        (timedelta(days=3), "3日前"),
    ],
)
def test_ages(ago: timedelta, words: str) -> None:
    assert age_words(NOW - ago, NOW) == words


def test_an_age_that_is_none_or_in_the_future() -> None:
    assert age_words(None, NOW) == "まだ一度も" and age_words(NOW + timedelta(hours=2), NOW) == "先の日時"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, "合っている"), (299, "合っている"), (-420, "7分遅れ"), (7200, "2時間進み"), (-3 * 86400, "3日遅れ")],
)
def test_clocks(seconds: int | None, words: str) -> None:
    assert clock_words(seconds) == words


def test_sizes_and_spans() -> None:
    assert [size_words(n) for n in (1, 12_000, 3_400_000, 1_200_000_000)] == ["1 KB", "12 KB", "3.4 MB", "1.2 GB"]
    assert span_words(None, None) == "" and span_words(NOW, NOW + timedelta(hours=1)) == "1/5 18:00 ～ 1/5 19:00"


def test_freshness_as_a_sentence() -> None:
    old = SiteAge(site_id="s1", site="架空公民館", until=datetime(2024, 1, 5, 0, 12, tzinfo=UTC))
    assert say_freshness(Freshness(at=NOW, oldest=old)) == "名簿は18:00現在 本部が知る内容。最も古い拠点: 架空公民館 09:12"
    never = tuple(SiteAge(site_id=str(n), site=f"避難所{n}", until=None) for n in range(5))
    said = say_freshness(Freshness(at=NOW, oldest=old, never=never))
    assert said.endswith("まだ届いていない拠点: 避難所0、避難所1、避難所2 ほか2か所")
    before = SiteAge(site_id="s1", site="架空公民館", until=NOW - timedelta(days=2))
    assert "架空公民館 1/3 18:00" in say_freshness(Freshness(at=NOW, oldest=before)) and say_freshness(None) == ""


def test_the_board_says_in_words_what_colours_say() -> None:
    columns = board_columns(NOW)
    state, age = columns.column("state"), columns.column("age")
    rows = [
        status(written_at=NOW - timedelta(hours=1)), status(written_at=NOW - timedelta(hours=13)), status(), status(state="revoked"), status(mine=True),
    ]  # fmt: skip
    assert [state.text(row) for row in rows] == ["届いている", "便りが遅い", "便りなし", "失効", "この端末"]
    assert state.tone is not None and [state.tone(row) for row in rows] == ["good", "bad", "bad", "quiet", "quiet"]
    assert [age.text(row) for row in rows[:3]] == ["1時間前", "13時間前", "まだ一度も"]


def test_what_came_through_a_relay_counts_too() -> None:
    assert known_until(status(written_at=NOW - timedelta(hours=5), data_until=NOW)) == NOW
    assert known_until(status(written_at=NOW, data_until=NOW - timedelta(hours=5))) == NOW, "nothing new since, but told until then"
    assert known_until(status()) is None


def test_two_names_beside_each_other() -> None:
    found = view(
        "person", side("A", {"name": "髙橋　太郎", "kana": "タカハシ　タロウ"}, before={"name": "高橋"}),
        side("B", {"name": "高橋　太朗"}, before={"name": "高橋"}),
        fields=("kana", "name"),
    )  # fmt: skip
    assert fields_words(found) == "氏名・フリガナ" and shown_fields(found) == ["name", "kana"]
    assert side_words(found, found.sides[0], "name", {}) == "髙橋　太郎" and side_words(found, found.sides[1], "kana", {}) == "―"
    assert before_words(found, "name", {}) == "高橋" and before_words(found, "kana", {}) == ""
    assert not can_join(found) and can_type(found) and "どちらが正しいか" in explain(found)
    spec = third_value_form(found)
    assert [(field.key, field.kind) for field in spec.fields] == [("name", "text"), ("kana", "kana"), ("_reason", "text")]


def test_codes_moments_flags_and_links() -> None:
    stay = view(
        "stay", side("A", {"to_at": "2024-01-05T09:00:00+00:00", "destination": "kin", "shelter_id": "S1"}),
        side("B", {"to_at": None, "destination": "", "shelter_id": "S2"}), fields=("destination", "shelter_id", "to_at"),
    )  # fmt: skip
    names = {("shelter", "S1"): "見本小学校"}
    assert [side_words(stay, stay.sides[0], name, names) for name in stay.fields] == [
        "親戚・知人宅",
        "見本小学校",
        "令和6年1月5日 18時00分",
    ]
    assert [side_words(stay, stay.sides[1], name, names) for name in stay.fields] == ["（空）", "（名前の分からない記録）", "（空）"]
    assert not can_type(stay), "another shelter is chosen, not typed"


def test_a_third_value_is_typed_as_its_kind() -> None:
    found = view(
        "stay", side("A", {"to_at": "2024-01-05T09:00:00+00:00", "destination": "kin"}), side("B", {"to_at": None, "destination": ""}),
        fields=("destination", "to_at"), shown={"to_at": "2024-01-05T09:00:00+00:00", "destination": "kin"},
    )  # fmt: skip
    spec = third_value_form(found)
    raw = spec.raw(form_values(found))
    assert raw["to_at"] == "2024-01-05 18:00" and raw["destination"] == "kin"
    values, problems = spec.parse({**raw, "to_at": "R6.1.6 9:30", "_reason": "電話で確かめた"})
    assert not problems
    assert to_journal(values) == ({"to_at": "2024-01-06T00:30:00+00:00", "destination": "kin"}, "電話で確かめた")
    needs = view("person", side("A", {"needs": ["care"]}), side("B", {"needs": []}), fields=("needs",), shown={"needs": ["care"]})
    assert third_value_form(needs).fields[0].kind == "flags"
    typed, _ = third_value_form(needs).parse({"needs": "care,dialysis"})
    assert to_journal(typed)[0] == {"needs": ["care", "dialysis"]}


def test_notes_can_be_joined_and_deletions_are_said() -> None:
    notes = view("person", side("A", {"note": "薬あり"}), side("B", {"note": "犬1頭"}), fields=("note",))
    assert can_join(notes) and "両方" in explain(notes)
    gone = view("stay", side("A", {"deleted": True}, deleted=True), side("B", {"deleted": False, "room": "体育館"}), fields=("deleted",))
    assert fields_words(gone) == "取り消し" and shown_fields(gone) == ["deleted", "room"] and not can_type(gone)
    assert side_words(gone, gone.sides[0], "deleted", {}) == "取り消した" and side_words(gone, gone.sides[1], "deleted", {}) == "残っている"


def test_an_owned_record_says_where_to_ask() -> None:
    owned = view("certificate", side("A", {"note": "x"}), side("B", {"note": "y"}), fields=("note",), owned=True)
    assert "作った拠点だけ" in explain(owned)
