"""What headquarters types for the report: numbers that no survey and no register tells."""

from __future__ import annotations

from app.presentation.columns.damage import TYPED_WORDS
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec

_PEOPLE = ("dead", "dead_related", "missing", "serious", "light")
_PLACES = ("public_buildings", "other_buildings", "schools", "hospitals", "roads", "bridges")
_UNITS = dict.fromkeys(_PEOPLE, "人") | {"public_buildings": "棟", "other_buildings": "棟"}


def _field(key: str) -> FieldSpec:
    return FieldSpec(key=key, label=f"{TYPED_WORDS[key]}（{_UNITS.get(key, '箇所')}）", kind="integer", width=8)


TYPED_FORM = FormSpec(
    key="damage.typed",
    title="報告の数を入れる",
    sections=(
        SectionSpec(fields=(FieldSpec(key="number", label="報告番号（第何報）", kind="integer", width=6, low=1, high=9999),)),
        SectionSpec(
            title="人的被害",
            note="消防・警察・病院に確かめた数を入れます。入れた数は「確定」になり、空けておくと、避難者名簿の数が「未確認」に出ます。",
            fields=tuple(_field(key) for key in _PEOPLE),
        ),
        SectionSpec(
            title="建物・施設の被害",
            note="非住家は、空けておくと調査の結果から数えます。",
            fields=tuple(_field(key) for key in _PLACES),
        ),
    ),
)
