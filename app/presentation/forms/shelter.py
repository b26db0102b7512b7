"""Entering a shelter, opening and closing it, and what is asked before shelters are imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.shelter import Shelter
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

_BOUNDS = {"latitude": (20.0, 46.0), "longitude": (122.0, 154.0)}  # Japan, in degrees
_PLACE_ERROR = "日本の{label}（{low:.0f}～{high:.0f}）を小数で入力してください。例：37.0421"
_LABELS = {"latitude": "緯度", "longitude": "経度"}


def _check_place(values: Mapping[str, Any]) -> Mapping[str, str]:
    problems: dict[str, str] = {}
    for key, (low, high) in _BOUNDS.items():
        try:
            wrong = bool(values[key]) and not low <= float(values[key]) <= high
        except ValueError:
            wrong = True
        if wrong:
            problems[key] = _PLACE_ERROR.format(label=_LABELS[key], low=low, high=high)
    if not problems and bool(values["latitude"]) != bool(values["longitude"]):
        problems["longitude" if values["latitude"] else "latitude"] = "緯度と経度は両方入れるか、両方空にしてください。"
    return problems


_NAME = SectionSpec(
    fields=(
        spec_field("shelter", "name", required=True, limit=100),
        spec_field("shelter", "kana", kind="kana"),
        spec_field("shelter", "kind", kind="choice", options="shelter.kind", required=True, default="designated"),
        spec_field("shelter", "district"),
        spec_field("shelter", "address"),
        spec_field("shelter", "phone", kind="phone"),
        spec_field("shelter", "capacity", kind="integer", width=8, help="屋内に入れる人数"),
        spec_field("shelter", "in_charge", help="施設の担当者・連絡の取れる人"),
    ),
)
_MORE = SectionSpec(
    title="くわしい内容",
    folded=True,
    fields=(
        spec_field("shelter", "external_id", ime="latin", help="オープンデータなどの施設番号。取り込みのときに照合します"),
        spec_field("shelter", "capacity_text", help="例：屋内480人／屋外3,350人（面積の1/2）"),
        spec_field("shelter", "latitude", ime="digits", width=10),
        spec_field("shelter", "longitude", ime="digits", width=10),
        spec_field("shelter", "hazards", kind="flags", options="hazard"),
        spec_field("shelter", "towns"),
        spec_field("shelter", "note", kind="multiline"),
    ),
)
_OPENED = SectionSpec(
    fields=(FieldSpec(key="open_at", label="開設日時", kind="instant", help="入れると、登録と同時に開設にします。空なら開設しません"),),
)
_REASON = SectionSpec(fields=(FieldSpec(key="reason", label="直す理由", help="履歴に残ります（なくても保存できます）"),))

ADD_SHELTER = FormSpec(key="shelter.add", title="避難所の登録", sections=(_NAME, _OPENED, _MORE), save="登録", rules=(_check_place,))
CORRECT_SHELTER = FormSpec(key="shelter.correct", title="避難所の内容を直す", sections=(_NAME, _MORE, _REASON), rules=(_check_place,))
OPEN_SHELTER = FormSpec(
    key="shelter.open",
    title="避難所の開設",
    save="開設",
    sections=(SectionSpec(fields=(FieldSpec(key="at", label="開設日時", kind="instant", required=True),)),),
)
CLOSE_SHELTER = FormSpec(
    key="shelter.close",
    title="避難所の閉鎖",
    save="閉鎖",
    sections=(
        SectionSpec(
            fields=(FieldSpec(key="at", label="閉鎖日時", kind="instant", required=True),),
            note="名簿に入所中の人がいる間は閉鎖できません。先に退所か転所を済ませてください。",
        ),
    ),
)


def shelter_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values as fields of ``domain.shelter.Shelter``; times and reasons, which are no fields, are left out."""
    kept = {key: value for key, value in values.items() if key not in ("open_at", "reason")}
    for key in _BOUNDS:
        kept[key] = float(kept[key]) if kept.get(key) else None
    return kept


def shelter_form(shelter: Shelter) -> dict[str, Any]:
    """A shelter as values for the form."""
    return {field.key: getattr(shelter, field.key) for field in CORRECT_SHELTER.fields if hasattr(shelter, field.key)}
