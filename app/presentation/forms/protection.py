"""Forms about protection measures: the term at registering, extending, releasing, correcting."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

_DAY = "例：R8.4.1、2026-04-01"
_STARTS = FieldSpec(key="starts", label="始まりの日", kind="date", placeholder=_DAY)
_ENDS = FieldSpec(
    key="ends", label="終わりの日", kind="date", placeholder=_DAY, help="ふつうは始まりから1年です。過ぎても自動では終わりません。"
)
_REASON = FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder="例：本人からの申出")

TERM = FormSpec(
    key="protection_term",
    title="支援措置の登録",
    sections=(
        SectionSpec(
            fields=(
                _STARTS,
                _ENDS,
                spec_field("protection", "provisional", kind="yesno", default="no", help="正式な決定の前に、仮に保護するとき"),
                FieldSpec(key="note", label="備考", kind="text", help="加害者についての情報は書かないでください。"),
            )
        ),
    ),
    save="登録する",
)
EXTEND = FormSpec(
    key="protection_extend",
    title="支援措置の延長",
    sections=(
        SectionSpec(
            note="終わりの日の1か月前から延長できます。",
            fields=(
                FieldSpec(key="ends", label="新しい終わりの日", kind="date", required=True, placeholder=_DAY),
                FieldSpec(key="reason", label="理由", kind="text", placeholder="例：延長の申出"),
            ),
        ),
    ),
    save="延長する",
)
RELEASE = FormSpec(
    key="protection_release",
    title="支援措置の解除",
    sections=(SectionSpec(note="解除すると、ほかに保護するものがなければ、全員の画面に出るようになります。", fields=(_REASON,)),),
    save="解除する",
)
CORRECT = FormSpec(
    key="protection_correct",
    title="支援措置の訂正",
    sections=(
        SectionSpec(
            note="書き誤りを直します。期間を延ばすときは「延長」を使ってください。",
            fields=(
                _STARTS,
                _ENDS,
                spec_field("protection", "role", kind="choice", options="protection.role", default="applicant", required=True),
                spec_field("protection", "provisional", kind="yesno", default="no"),
                FieldSpec(key="note", label="備考", kind="text", help="加害者についての情報は書かないでください。"),
                _REASON,
            ),
        ),
    ),
    save="訂正する",
)
