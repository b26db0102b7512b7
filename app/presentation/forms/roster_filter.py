"""The conditions of a roster that are not always in sight, and what they say in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.codes import AGE_BANDS
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec
from app.presentation.labels import label, labels_of
from app.usecases.rows import RosterFilter

_BANDS = {code: (low, high) for code, low, high in AGE_BANDS}


def _check_ages(values: Mapping[str, Any]) -> Mapping[str, str]:
    low, high = values["age_from"], values["age_to"]
    if low is not None and high is not None and low > high:
        return {"age_from": "年齢の範囲が逆です。小さい方を先に入れてください。"}
    return {}


ROSTER_FILTER = FormSpec(
    key="roster.filter",
    title="名簿の条件",
    save="この条件で見る",
    sections=(
        SectionSpec(
            title="年齢・区分",
            fields=(
                FieldSpec(key="band", label="年齢区分", kind="choice", options="age_band", help="選ぶと、右の年齢より優先します"),
                FieldSpec(key="category", label="滞在区分", kind="choice", options="stay.category"),
                FieldSpec(key="age_from", label="年齢（以上）", kind="integer", width=5, high=150),
                FieldSpec(key="age_to", label="年齢（以下）", kind="integer", width=5, high=150),
                FieldSpec(key="consent", label="同意している人だけ", kind="choice", options="roster.consent"),
                FieldSpec(
                    key="without_destination",
                    label="退所先が分からない人だけ",
                    kind="yesno",
                    default="no",
                    help="表示を「退所した人」にして見ます",
                ),
            ),
        ),
        SectionSpec(
            title="要配慮区分（選んだどれかに当てはまる人）",
            fields=(
                FieldSpec(key="needs", label="要配慮区分", kind="flags", options="person.needs"),
                FieldSpec(key="any_need", label="何かの配慮が必要な人すべて", kind="yesno", default="no"),
            ),
        ),
    ),
    rules=(_check_ages,),
)

SAVE_VIEW = FormSpec(
    key="roster.view",
    title="この条件に名前を付けて残す",
    sections=(
        SectionSpec(
            fields=(FieldSpec(key="name", label="名前", required=True, limit=40, help="同じ名前があれば置き換えます。日時は残しません"),)
        ),
    ),
)


def form_values(wanted: RosterFilter) -> dict[str, Any]:
    """A filter as values for the form."""
    band = next((code for code, span in _BANDS.items() if span == (wanted.age_from, wanted.age_to)), "")
    kept = {key: getattr(wanted, key) for key in ("category", "consent", "without_destination", "needs", "any_need")}
    ages = {"age_from": None, "age_to": None} if band else {"age_from": wanted.age_from, "age_to": wanted.age_to}
    return {**kept, **ages, "band": band}


def apply_values(wanted: RosterFilter, values: Mapping[str, Any]) -> RosterFilter:
    """A filter with the values of the form."""
    low, high = _BANDS.get(values["band"], (values["age_from"], values["age_to"]))
    kept = {key: values[key] for key in ("category", "consent", "without_destination", "needs", "any_need")}
    presence = "out" if values["without_destination"] else wanted.presence
    return replace(wanted, age_from=low, age_to=high, presence=presence, **kept)


def say_filter(wanted: RosterFilter) -> list[str]:
    """The conditions beyond shelter, presence and time, each as a few words."""
    told: list[str] = []
    band = next((code for code, span in _BANDS.items() if span == (wanted.age_from, wanted.age_to)), "")
    if band:
        told.append(label("age_band", band))
    elif wanted.age_from is not None or wanted.age_to is not None:
        low = f"{wanted.age_from}歳" if wanted.age_from is not None else ""
        told.append(f"{low}～{wanted.age_to}歳" if wanted.age_to is not None else f"{low}以上")
    if wanted.category:
        told.append(label("stay.category", wanted.category))
    if wanted.needs:
        told.append(f"配慮：{labels_of('person.needs', wanted.needs)}")
    if wanted.any_need:
        told.append("配慮が必要な人")
    if wanted.consent:
        told.append(f"同意：{label('roster.consent', wanted.consent)}")
    if wanted.without_destination:
        told.append("退所先が分からない人")
    if wanted.household_id:
        told.append("1つの世帯")
    if wanted.include_protected:
        told.append("支援措置の人を含む")
    return told
