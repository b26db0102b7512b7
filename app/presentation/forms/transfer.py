"""What is asked about bank transfers: reasons, answers by hand, the statement, the consignor, a bank's way."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec

_MOST = 9_999_999_999_999


def _reason(placeholder: str) -> FieldSpec:
    return FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder=placeholder)


AGAIN = FormSpec(
    key="transfer.again",
    title="再出力を依頼する",
    save="依頼する",
    sections=(
        SectionSpec(
            note="同じ内容のファイルを、もう一度だけ書き出せるようにする依頼です。別の承認者が承認すると書き出せます。"
            "前のファイルをもう銀行へ渡していないか、先に確かめてください。",
            fields=(_reason("例：USBメモリを紛失した。銀行にはまだ渡していない"),),
        ),
    ),
)
REFUSE = FormSpec(
    key="transfer.refuse",
    title="再出力を認めない",
    save="認めない",
    sections=(SectionSpec(fields=(_reason("例：前のファイルが見つかった"),)),),
)
DISCARD = FormSpec(
    key="transfer.discard",
    title="ファイルを破棄したことにする",
    save="破棄した",
    sections=(
        SectionSpec(
            note="銀行へ渡していないファイルを消した（媒体ごと壊した）ことを確かめてから押してください。そのあと、別の日や別の銀行の設定で書き出せます。",
            fields=(_reason("例：振込指定日を過ぎたため"),),
        ),
    ),
)
RESULT = FormSpec(
    key="transfer.result",
    title="結果を手で入れる",
    save="記録する",
    sections=(
        SectionSpec(
            note="銀行からの通知を見て入れます。「支給済み」は理由を空のままにします。",
            fields=(
                FieldSpec(key="failure", label="不能の理由", kind="choice", options="payment.failure", omit=("recalled",)),
                FieldSpec(key="paid_on", label="支給日", kind="date", help="空なら振込指定日"),
                FieldSpec(key="reason", label="説明", kind="multiline", placeholder="例：銀行から電話で連絡"),
            ),
        ),
    ),
)
RECALL = FormSpec(
    key="transfer.recall",
    title="組戻し",
    save="組戻しを記録する",
    sections=(
        SectionSpec(
            note="振り込んだお金が戻ったときに記録します。戻ったことを明細で確かめてください。記録すると、同じ支給をもう一度払えるようになります。",
            fields=(_reason("例：別人の口座に入ったため、受取人の同意を得て返金"), FieldSpec(key="recalled_on", label="戻った日", kind="date")),
        ),
    ),
)
RECONCILE = FormSpec(
    key="transfer.reconcile",
    title="明細と照合する",
    save="照合する",
    sections=(
        SectionSpec(
            note="通帳か明細を見て、この決定簿の分として出た額（戻り入金を引いた額、手数料を除く）を入れます。",
            fields=(
                FieldSpec(key="day", label="明細の日付", kind="date", required=True),
                FieldSpec(key="statement", label="明細の額（円）", kind="integer", required=True, high=_MOST, width=16),
                FieldSpec(key="fee", label="手数料（円）", kind="integer", default="0", high=_MOST, width=10),
                FieldSpec(key="explanation", label="差の説明", kind="multiline", help="帳簿と違うときは必ず書きます"),
            ),
        ),
    ),
)
CONSIGNOR = FormSpec(
    key="transfer.consignor",
    title="振込依頼人（市町村）",
    sections=(
        SectionSpec(
            note="銀行との契約書にある番号です。自分の番号を持たない銀行の設定で使います。",
            fields=(
                FieldSpec(key="consignor_code", label="振込依頼人コード（10けた）", required=True, ime="digits", width=14),
                FieldSpec(key="consignor_kana", label="振込依頼人名（カナ）", kind="text", required=True, ime="katakana", help="半角40文字まで"),
                FieldSpec(key="bank", label="仕向銀行番号（4けた）", required=True, ime="digits", width=8),
                FieldSpec(key="bank_kana", label="仕向銀行名（カナ）", ime="katakana", help="半角15文字まで"),
                FieldSpec(key="branch", label="仕向支店番号（3けた）", required=True, ime="digits", width=8),
                FieldSpec(key="branch_kana", label="仕向支店名（カナ）", ime="katakana", help="半角15文字まで"),
                FieldSpec(key="account_kind", label="預金種目", kind="choice", options="account.kind", omit=("4",), default="1"),
                FieldSpec(key="account_number", label="口座番号（7けた）", required=True, ime="digits", width=12),
            ),
        ),
    ),
)
CLOSED_DAYS = FormSpec(
    key="transfer.closed_days",
    title="銀行の休業日に加える日",
    sections=(
        SectionSpec(
            note="土日・祝日・12月31日〜1月3日のほかに、振込のできない日があれば1行に1日ずつ書きます。",
            fields=(FieldSpec(key="days", label="日付", kind="multiline", ime="latin", placeholder="2024-08-14"),),
        ),
    ),
)
