"""Forms about a person: correcting particulars, the short form for somebody who is not in the resident data, health and consent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.evacuee import Person, check_person
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.presentation.messages import message

_CONSENT_NOTE = (
    "親族と知人への回答は、申し出がなければ「同意する」です。それ以外への回答・公表は、本人が同意したときだけです（安否情報の様式⑫～⑭）。"
)


def _field(key: str, **more: Any) -> FieldSpec:
    return spec_field("person", key, **more)


def _need_name(values: Mapping[str, Any]) -> dict[str, str]:
    """A name or a kana, or a source that says why there is none."""
    try:
        check_person(Person(id="", name=values["name"], kana=values["kana"], source=values["source"]))
    except RuleViolation as violation:
        return {str(violation.field): message(violation)}
    return {}


def _consents() -> tuple[FieldSpec, ...]:
    kinds = (
        ("consent_kin", "yes"), ("consent_acquaintance", "yes"), ("consent_public", "unasked"), ("consent_board", "unasked"),
        ("consent_web", "unasked"), ("consent_share", "unasked"),
    )  # fmt: skip
    return tuple(_field(key, kind="choice", options="consent", default=default) for key, default in kinds)


CONDITION_FIELDS: tuple[FieldSpec, ...] = (
    _field("needs", kind="flags", options="person.needs"),
    _field("needs_note", placeholder="例：段差が難しい、透析は月水金"),
    _field("injury", kind="choice", options="person.injury", default="none"),
    _field("injury_note"),
    _field("care_level", placeholder="例：要介護2", width=12),
    _field("supplies", placeholder="例：ミルク、おむつ、やわらかい食事"),
)
CONDITION = FormSpec(
    key="condition", title="体調・配慮と同意",
    sections=(
        SectionSpec(title="体調・配慮が必要なこと", fields=CONDITION_FIELDS),
        SectionSpec(title="安否の回答・名簿への同意", note=_CONSENT_NOTE, fields=_consents()),
    ),
)  # fmt: skip

NEWCOMER = FormSpec(
    key="newcomer", title="住民データにいない人",
    sections=(
        SectionSpec(
            note="分かることだけで登録できます。あとから住民データと結び付けられます。",
            fields=(
                _field("name", placeholder="能登 花子"),
                _field("kana", kind="kana", placeholder="ノト ハナコ"),
                _field("birth", kind="birth"),
                _field("source", kind="choice", options="person.source", omit=("resident", "file"), default="visitor"),
                _field("sex", kind="choice", options="person.sex", default="unknown"),
                _field("relation", placeholder="例：子、知人"),
                _field("postal", kind="postal", fills="address", width=8),
                _field("address", placeholder="ふだんの住所"),
                _field("phone", kind="phone"),
                _field("identifying", placeholder="氏名が分からない人の特徴など", limit=400),
                _field("needs", kind="flags", options="person.needs"),
                _field("note", placeholder="ペットの種類・頭数など", kind="multiline"),
            ),
        ),
    ),
    save="この内容で受け付ける", rules=(_need_name,),
)  # fmt: skip

_PARTICULARS: tuple[FieldSpec, ...] = (
    _field("name"), _field("kana", kind="kana"), _field("birth", kind="birth"),
    _field("sex", kind="choice", options="person.sex", default="unknown"), _field("relation"), _field("nationality"),
    _field("postal", kind="postal", fills="address", width=8), _field("address"), _field("district"),
    _field("phone", kind="phone"), _field("mobile", kind="phone"), _field("workplace"),
    _field("identifying", limit=400), _field("source", kind="choice", options="person.source", default="resident"),
    _field("card", ime="latin", help="避難者カードの12文字。読み取り機でも入力できます。"),
)  # fmt: skip
_PROTECTION = SectionSpec(
    title="支援措置", note="印を付けると、権限のない人の画面と、印刷・書き出し・公表から外れます。",
    fields=(_field("protected", kind="yesno"),),
)  # fmt: skip
REASON = FieldSpec(key="reason", label="訂正の理由", placeholder="例：本人から聞き取り", help="履歴に残ります。")


def correct_person_form(*, see_protected: bool) -> FormSpec:
    """All particulars of a person. Protection only for those with the right to see it."""
    return FormSpec(
        key="person", title="避難者の訂正",
        sections=(
            SectionSpec(title="本人", fields=_PARTICULARS),
            SectionSpec(title="体調・配慮が必要なこと", fields=(*CONDITION_FIELDS, _field("skills"), _field("note", kind="multiline"))),
            SectionSpec(title="安否の回答・名簿への同意", note=_CONSENT_NOTE, fields=_consents()),
            *((_PROTECTION,) if see_protected else ()),
            SectionSpec(fields=(REASON,)),
        ),
        rules=(_need_name,),
    )  # fmt: skip


UNDO = FormSpec(
    key="undo", title="元に戻す",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="reason", label="理由", required=True, default="操作の誤り",
                    help="間違えた記録も履歴に残ります。あとから見た人に分かるように書いてください。",
                ),
            ),
        ),
    ),
    save="元に戻す",
)  # fmt: skip
