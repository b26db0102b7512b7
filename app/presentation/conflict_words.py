"""Conflicts in words: what stands beside what, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.presentation.labels import field_label, label, show_field
from app.presentation.words import FIELDS
from app.usecases.exchange_rows import ConflictSide, ConflictView

REFERENCES: Mapping[str, str] = {
    "shelter_id": "shelter", "household_id": "household", "person_id": "person", "first_id": "person", "second_id": "person", "stay_id": "stay",
    "came_from": "shelter", "to_shelter": "shelter", "building_id": "building", "victim_id": "victim", "team_id": "team", "resident_id": "resident",
    "snapshot_id": "snapshot",
}  # fmt: skip
"""Fields that hold the id of another record, and its kind."""
JOINED = frozenset(
    {"note", "needs_note", "injury_note", "supplies", "skills", "identifying", "missing_members", "destination_text", "emergency_contact"}
)
"""Fields whose texts can stand one after the other."""
Names = Mapping[tuple[str, str], str]
"""Names of records by kind and id."""

_NOTHING = "（空）"
_STAY = "stay"
"""Which stay a side is, where somebody stays at two places: the sides are stays, not values of one."""


def fields_words(view: ConflictView) -> str:
    """What the sides differ in: 氏名・フリガナ."""
    if is_deletion(view):
        return "取り消し"
    return "・".join(field_label(view.kind, name) for name in _in_order(view.kind, view.fields))


def _in_order(kind: str, names: Iterable[str]) -> list[str]:
    """Fields as forms have them: the name before its reading."""
    known = list(FIELDS.get(kind, {}))
    return sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name))


def is_deletion(view: ConflictView) -> bool:
    """Whether one place took the record back while another went on with it."""
    return "deleted" in view.fields or any(side.deleted for side in view.sides)


def value_words(kind: str, field: str, value: Any, names: Names) -> str:
    """A JSON value of the journal as people read it."""
    if value is None or value == "" or value == []:
        return _NOTHING
    if field in REFERENCES:
        return names.get((REFERENCES[field], str(value))) or "（名前の分からない記録）"
    if isinstance(value, str) and field.endswith("_at"):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    return show_field(kind, field, value) or _NOTHING


def side_words(view: ConflictView, side: ConflictSide, field: str, names: Names) -> str:
    """What a side says about a field; that it deleted the record where it did."""
    if side.deleted and field == "deleted":
        return "取り消した"
    if field == "deleted":
        return "残っている"
    if field not in side.values:
        return "―"
    return value_words(view.kind, field, side.values[field], names)


def before_words(view: ConflictView, field: str, names: Names) -> str:
    """What all sides found before they changed it; nothing where they did not find the same."""
    found = [side.before[field] for side in view.sides if field in side.before]
    if not found or field == "deleted" or any(value != found[0] for value in found):
        return ""
    return value_words(view.kind, field, found[0], names)


def shown_fields(view: ConflictView) -> list[str]:
    """The fields to show, those in dispute first; of a deletion also what the others changed meanwhile."""
    more = {name for side in view.sides for name in side.values if name not in view.fields and name != _STAY}
    return [*_in_order(view.kind, view.fields), *_in_order(view.kind, more)]


def can_join(view: ConflictView) -> bool:
    """Whether both texts can stand one after the other."""
    return bool(view.fields) and all(name in JOINED for name in view.fields)


def explain(view: ConflictView) -> str:
    """What happened and what to ask, in one or two sentences."""
    if view.owned:
        return "この記録は、作った拠点だけが変えられます。その拠点に連絡して、正しい内容を確かめてください。"
    if is_deletion(view):
        return "一方の拠点では取り消され、もう一方では書き足されました。決めるまで、記録は残してあります。"
    if any(_STAY in side.values for side in view.sides):
        return "同じ人が、2つの避難所にいることになっています。いまいるほうを選んでください。もう一方の滞在は終わりになります。"
    if view.kind == "stay":
        return _stay(view)
    if "resident_id" in view.fields or "resident_no" in view.fields:
        return "同じ人が、2つの住民データに結び付けられました。生年月日と住所を確かめて、正しいほうを選んでください。"
    if "protected" in view.fields:
        return "支援措置の印が食い違っています。決めるまで、支援措置の人として守ります。"
    if can_join(view):
        return "どちらの拠点でも書き足されました。両方を続けて残すこともできます。"
    return "別々の拠点で、互いを知らずに直されました。どちらが正しいか、分からないときは拠点に確かめてください。"


def _stay(view: ConflictView) -> str:
    if {"to_at", "destination"} & set(view.fields):
        return "退所の日時や行き先が、拠点によって違います。本人か、いまいる避難所に確かめてください。"
    if "shelter_id" in view.fields:
        return "いる避難所が、拠点によって違います。いまどちらにいるかを確かめてください。"
    return "滞在の内容が、拠点によって違います。どちらが正しいかを選んでください。"


def record_words(view: ConflictView) -> str:
    """The kind of record: 避難者, 滞在…"""
    return label("record", view.kind)
