"""Affected households: typed in where the resident data has none, corrected, and how they have a building."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.building import Occupancy, Victim
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

_TENURE = (
    spec_field("occupancy", "tenure", kind="choice", options="occupancy.tenure", default="own", required=True),
    spec_field("occupancy", "room", placeholder="例：203", width=8, ime="latin"),
    spec_field("occupancy", "main", kind="yesno", default="yes", help="実際にここで暮らしていたとき。証明書の「被災住家」になります"),
)
_PARTICULARS = (
    spec_field("victim", "head_name", placeholder="能登　花子"),
    spec_field("victim", "head_kana", kind="kana", placeholder="ノト　ハナコ"),
    spec_field("victim", "head_birth", kind="birth"),
    spec_field("victim", "phone", kind="phone"),
    spec_field("victim", "postal", kind="postal", fills="address", width=8),
    spec_field("victim", "address", help="住民票の住所（事業者は所在地）"),
    spec_field("victim", "contact_address", help="避難先など、いま連絡できるところ"),
    spec_field("victim", "district"),
)

LIVING = FormSpec(key="occupancy", title="住まいの種類", sections=(SectionSpec(fields=_TENURE),))
TYPED = FormSpec(
    key="victim.typed",
    title="住民データにいない世帯",
    sections=(
        SectionSpec(
            note="住民票がない人・事業者・住んでいない所有者など。分かることだけで登録でき、あとから直せます。",
            fields=(
                spec_field(
                    "victim", "source", kind="choice", options="victim.source", omit=("resident", "file"), default="typed", required=True
                ),
                *_PARTICULARS,
                FieldSpec(
                    key="others", label="ほかの世帯員", kind="multiline",
                    placeholder="1行に1人：氏名、続柄、生年月日\n例：能登　太郎、子、H20.3.1", help="証明書に世帯員を載せるときに使います",
                ),
                spec_field("victim", "note", kind="multiline"),
            ),
        ),
    ),
)  # fmt: skip
CORRECT_VICTIM = FormSpec(
    key="victim.correct",
    title="被災世帯を直す",
    sections=(
        SectionSpec(fields=(*_PARTICULARS, spec_field("victim", "note", kind="multiline"))),
        SectionSpec(fields=(FieldSpec(key="reason", label="直す理由", help="履歴に残ります（なくても保存できます）"),)),
    ),
)
CORRECT_LIVING = FormSpec(key="occupancy.correct", title="住まいの種類を直す", sections=(SectionSpec(fields=_TENURE),))
MEMBER = FormSpec(
    key="victim.member",
    title="世帯員",
    sections=(
        SectionSpec(
            fields=(
                spec_field("victim_member", "name"),
                spec_field("victim_member", "kana", kind="kana"),
                spec_field("victim_member", "relation", placeholder="例：子"),
                spec_field("victim_member", "birth", kind="birth"),
                spec_field("victim_member", "sex", kind="choice", options="victim_member.sex", default="unknown"),
            ),
        ),
    ),
    save="この内容にする",
)
UNLINK = FormSpec(
    key="victim.unlink",
    title="世帯の結び付けを外す",
    save="外す",
    sections=(
        SectionSpec(
            note="世帯と建物の記録は残り、結び付きだけを外します。すぐに元に戻せます。",
            fields=(FieldSpec(key="reason", label="理由", required=True, placeholder="例：隣の棟と取り違えた"),),
        ),
    ),
)


def member_lines(words: str) -> list[dict[str, str]]:
    """Members from lines ``name, relation, birth`` (divided by 、 , or tab); lines without a name are passed over."""
    found = []
    for line in words.splitlines():
        parts = [part.strip() for part in line.replace("，", "、").replace(",", "、").replace("\t", "、").split("、")]
        if parts and parts[0]:
            name, relation, birth = (*parts, "", "", "")[:3]
            found.append({"name": name, "relation": relation, "birth": birth})
    return found


def typed_values(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Form values as fields of a ``Victim``, and its members (none when only the head was written)."""
    kept = {key: value for key, value in values.items() if key != "others"}
    others = member_lines(values.get("others", ""))
    if not others:
        return kept, []
    head = {"name": kept["head_name"], "kana": kept["head_kana"], "birth": kept["head_birth"], "relation": HEAD}
    return kept, [head, *others]


HEAD = "世帯主"


def victim_form(victim: Victim) -> dict[str, Any]:
    """A household as values for the form."""
    return {field.key: getattr(victim, field.key) for field in CORRECT_VICTIM.fields if hasattr(victim, field.key)}


def living_form(occupancy: Occupancy) -> dict[str, Any]:
    """How a household has a building, as values for the form."""
    return {"tenure": occupancy.tenure, "room": occupancy.room, "main": occupancy.main}
