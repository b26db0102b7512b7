"""A head count told by phone or on paper: the whole number first, everything else only when it was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.shelter import Headcount, check_headcount
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.presentation.messages import message

_NUMBERS = ("counted_total", "male", "female", "infants", "children", "adults", "seniors", "households")


def _check(values: Mapping[str, Any]) -> Mapping[str, str]:
    """The rules of the domain, beside the fields."""
    try:
        check_headcount(Headcount(id="", shelter_id="", counted_at=values["counted_at"], **{name: values[name] for name in _NUMBERS}))
    except RuleViolation as violation:
        return {violation.field or "counted_total": message(violation)}
    return {}


def _number(key: str, **more: Any) -> FieldSpec:
    return spec_field("headcount", key, kind="integer", width=6, **more)


HEADCOUNT = FormSpec(
    key="headcount",
    title="避難者数の報告",
    save="登録して次の避難所へ",
    sections=(
        SectionSpec(
            fields=(
                _number("counted_total", required=True),
                _number("households"),
                spec_field("headcount", "reported_by", help="誰から聞きましたか"),
                spec_field("headcount", "counted_at", kind="instant", required=True),
            ),
        ),
        SectionSpec(
            title="内訳（聞けたときだけ）",
            fields=(_number("male"), _number("female"), _number("infants"), _number("children"), _number("adults"), _number("seniors")),
        ),
        SectionSpec(
            fields=(
                spec_field(
                    "headcount",
                    "method",
                    kind="choice",
                    options="headcount.method",
                    omit=("file", "listing"),
                    required=True,
                    default="phone",
                ),
                spec_field("headcount", "note"),
            ),
        ),
    ),
    rules=(_check,),
)

WITHDRAW = FormSpec(
    key="headcount.withdraw",
    title="報告の取り消し",
    save="取り消す",
    sections=(
        SectionSpec(
            fields=(FieldSpec(key="reason", label="取り消す理由", required=True, help="あとから見た人に分かるように残します"),),
            note="取り消した報告は集計に入りません。履歴には残ります。",
        ),
    ),
)
