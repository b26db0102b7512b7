"""Entering and correcting a building, its 応急危険度判定, and the register of collapsed houses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.building import Building
from app.presentation.columns.building import NOT_THE_GRADE
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

_BOUNDS = {"lat": (20.0, 46.0), "lon": (122.0, 154.0)}  # Japan, in degrees
_LABELS = {"lat": "緯度", "lon": "経度"}
_PLACE_ERROR = "日本の{label}（{low:.0f}～{high:.0f}）を小数で入力してください。例：37.0421"
_DAY = "例：R6.1.5、2024-01-05"


def _number(text: str) -> float | None:
    """A decimal number; None for nothing typed. ValueError when it is none."""
    return float(text.replace(",", "")) if text else None


def _check_numbers(values: Mapping[str, Any]) -> Mapping[str, str]:
    problems: dict[str, str] = {}
    for key, (low, high) in _BOUNDS.items():
        try:
            found = _number(values[key])
            wrong = found is not None and not low <= found <= high
        except ValueError:
            wrong = True
        if wrong:
            problems[key] = _PLACE_ERROR.format(label=_LABELS[key], low=low, high=high)
    try:
        area = _number(values["floor_area"])
        if area is not None and not 0 < area <= 1_000_000:
            raise ValueError
    except ValueError:
        problems["floor_area"] = "延床面積を平方メートルの数で入力してください。例：132.5"
    if not problems and bool(values["lat"]) != bool(values["lon"]):
        problems["lon" if values["lat"] else "lat"] = "緯度と経度は両方入れるか、両方空にしてください。"
    return problems


_PLACE = SectionSpec(
    fields=(
        spec_field("building", "postal", kind="postal", fills="address", width=8),
        spec_field("building", "address", placeholder="例：見本市本町1-2-3", help="家屋番号・地図番号・緯度経度のどれかがあれば、空でも登録できます"),
        spec_field("building", "use", kind="choice", options="building.use", default="dwelling", required=True),
        spec_field("building", "structure", kind="choice", options="building.structure", default="unknown", required=True),
        spec_field("building", "storeys", kind="integer", low=0, high=99, width=4),
        spec_field("building", "district", help="班の割り当てと集計の単位"),
        spec_field("building", "name", placeholder="例：見本ハイツA棟"),
        spec_field("building", "zone", help="区域一括判定の単位"),
    ),
)
_OWNER = SectionSpec(
    title="所有者（住んでいる世帯は、登録のあとで結び付けます）",
    fields=(
        spec_field("building", "owner_name", placeholder="例：見本　太郎"),
        spec_field("building", "owner_kana", kind="kana"),
        spec_field("building", "owner_address"),
        spec_field("building", "owner_phone", kind="phone"),
    ),
)
_MORE = SectionSpec(
    title="くわしい内容（課税台帳・地図）",
    folded=True,
    fields=(
        spec_field("building", "tax_no", ime="latin", help="家屋課税台帳の番号。取り込みのときに照合します"),
        spec_field("building", "map_no", ime="latin"),
        spec_field("building", "floor_area", ime="digits", width=10),
        spec_field("building", "built", ime="latin", placeholder="例：S56、1981", width=10),
        spec_field("building", "lat", ime="digits", width=10),
        spec_field("building", "lon", ime="digits", width=10),
        spec_field("building", "note", kind="multiline"),
    ),
)
_REASON = SectionSpec(fields=(FieldSpec(key="reason", label="直す理由", help="履歴に残ります（なくても保存できます）"),))

ADD_BUILDING = FormSpec(key="building.add", title="建物の登録", sections=(_PLACE, _OWNER, _MORE), save="登録", rules=(_check_numbers,))
CORRECT_BUILDING = FormSpec(key="building.correct", title="建物を直す", sections=(_PLACE, _OWNER, _MORE, _REASON), rules=(_check_numbers,))

RISK = FormSpec(
    key="building.risk",
    title="応急危険度判定",
    save="記録する",
    sections=(
        SectionSpec(
            note=NOT_THE_GRADE,
            fields=(
                spec_field("building", "risk", kind="choice", options="building.risk", help="「―」にすると、判定なしに戻ります"),
                spec_field("building", "risk_on", kind="date", placeholder=_DAY),
                spec_field("building", "risk_note", kind="multiline", placeholder="例：瓦の落下に注意。隣の家が傾いている"),
            ),
        ),
    ),
)
COLLAPSE = FormSpec(
    key="building.collapse",
    title="倒壊家屋",
    save="記録する",
    sections=(
        SectionSpec(
            note="印を付けると、倒壊家屋の一覧と、班の予定表に、注意のことばと一緒に赤で出ます。被害の程度は、調査を入力して決めます。",
            fields=(
                spec_field("building", "collapsed", kind="yesno", default="no"),
                spec_field("building", "danger", kind="multiline", placeholder="例：ブロック塀が道路に倒れている。ガス漏れの臭い。プロパン未確認"),
            ),
        ),
    ),
)
REMOVE = FormSpec(
    key="building.remove",
    title="建物の登録を取り消す",
    save="取り消す",
    sections=(
        SectionSpec(
            note="間違えて登録した建物だけを取り消します。調査や申請がある建物は取り消せません。",
            fields=(FieldSpec(key="reason", label="理由", required=True, placeholder="例：二重に登録した"),),
        ),
    ),
)


def building_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values as fields of ``domain.building.Building``; the reason, which is no field, is left out."""
    kept = {key: value for key, value in values.items() if key != "reason"}
    for key in (*_BOUNDS, "floor_area"):
        if key in kept:
            kept[key] = _number(kept[key])
    return kept


def building_form(building: Building) -> dict[str, Any]:
    """A building as values for the form."""
    return {field.key: getattr(building, field.key) for field in CORRECT_BUILDING.fields if hasattr(building, field.key)}


def day_text(value: Any) -> str:
    """A day of a form as the use cases take it."""
    return value.isoformat() if isinstance(value, date) else str(value or "")
