"""What is asked about a certificate that was issued: another paper, its replacement, its withdrawal; and about keys."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec


def _reason(placeholder: str) -> FieldSpec:
    return FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder=placeholder)


REVOKE = FormSpec(
    key="certificate.revoke",
    title="証明書を取り消す",
    save="取り消す",
    sections=(
        SectionSpec(
            note="この証明書は無効になり、照合すると「取消済み」と示されます。元に戻せません。渡した紙は返してもらってください。申請は判定へ戻ります。",
            fields=(_reason("例：別の世帯の建物で発行していた"),),
        ),
    ),
)
SUPERSEDE = FormSpec(
    key="certificate.supersede",
    title="証明書を差し替える",
    save="差し替える",
    sections=(
        SectionSpec(
            note="いまの判定で新しい番号の証明書を発行し、前の証明書は「差替済み」になります。発行したら「交付・印刷」で印刷します。",
            fields=(_reason("例：2次調査で程度が変わった"),),
        ),
    ),
)
LOOK_UP = FormSpec(
    key="application.look_up",
    title="申請はどこまで",
    save="調べる",
    sections=(
        SectionSpec(
            note="受付番号と生年月日が両方合うときだけ答えます。電話でも使えます。",
            fields=(
                FieldSpec(key="number", label="受付番号", required=True, ime="latin", placeholder="例：A7QF-0012"),
                FieldSpec(key="birth", label="申請者の生年月日", kind="birth", required=True),
            ),
        ),
    ),
)
ABSENT = FormSpec(
    key="declared.absent",
    title="住民データに該当なし",
    save="該当なしにする",
    sections=(
        SectionSpec(
            note="申告のまま残り、この一覧からは消えます。住民票のない人、まだ届けていない人などに使います。",
            fields=(FieldSpec(key="note", label="確かめたこと", kind="multiline", placeholder="例：住民票は架空市。賃貸借契約書で居住を確かめた"),),
        ),
    ),
)
MAKE_KEY = FormSpec(
    key="certificate.make_key",
    title="署名の鍵を作る",
    save="作る",
    sections=(
        SectionSpec(
            note="これから発行する証明書は新しい鍵で署名します。前の鍵で出した証明書も、これまでどおり確かめられます。"
            "作ったら公開鍵を書き出し、証明書を確かめるほかの端末で取り込んでください。",
            fields=(FieldSpec(key="label", label="名前", placeholder="例：見本市 本部 2024年"),),
        ),
    ),
)
FROM_NUMBER = FormSpec(
    key="certificate.from_number",
    title="続きから印刷する",
    save="続ける",
    sections=(
        SectionSpec(
            note="紙づまりなどのあと、この番号から、前と同じ順番と面付けで印刷します。発行回数は数え直しません。",
            fields=(FieldSpec(key="number", label="最初に印刷する証明書番号", required=True, ime="latin", placeholder="例：2024-1-K7QF-00012-C"),),
        ),
    ),
)
REPRINT = FormSpec(
    key="certificate.reprint",
    title="もう一度印刷する",
    save="印刷する",
    sections=(
        SectionSpec(
            note="同じ番号・同じ内容で印刷し、発行回数と理由が記録に残ります。保存先は「交付・印刷」の設定と同じです。",
            fields=(
                FieldSpec(
                    key="reason", label="理由", kind="choice", options="certificate_copy.reason", omit=("first", "replacement"),
                    default="additional", required=True,
                ),
                FieldSpec(key="copies", label="部数", kind="integer", default="1", required=True, low=1, high=50, width=4),
            ),
        ),
    ),
)  # fmt: skip
