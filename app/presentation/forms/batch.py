"""What is asked about batches: preparing, giving back, giving up, taking lines out, repeating, limits."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec

_MOST_TOTAL, _MOST_SINGLE = 999_999_999_999, 9_999_999_999


def _reason(placeholder: str) -> FieldSpec:
    return FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder=placeholder)


PREPARE = FormSpec(
    key="batch.prepare",
    title="支給決定簿を作る",
    save="作る",
    sections=(
        SectionSpec(
            note="払える人を受取人ごとに1件にまとめて、決定簿（案）を作ります。口座の確認がまだの人などは載せず、理由を一覧にします。"
            "支援措置の対象者と、支払いできなかった分の再支給は、別の決定簿になります。",
            fields=(
                FieldSpec(key="way", label="支給の方法", kind="choice", options="way", default="transfer", required=True),
                FieldSpec(key="title", label="件名", placeholder="例：第1次配分 3回目", limit=60),
            ),
        ),
    ),
)
RETURN = FormSpec(
    key="batch.return",
    title="差し戻す",
    save="差し戻す",
    sections=(
        SectionSpec(
            note="作成した人に戻ります。行を外すなどして、出し直してもらいます。", fields=(_reason("例：3番の口座の名義を確かめること"),)
        ),
    ),
)
CANCEL = FormSpec(
    key="batch.cancel",
    title="支給決定簿を取りやめる",
    save="取りやめる",
    sections=(
        SectionSpec(
            note="この決定簿の支給はすべて取消になり、載っていた人は、もう一度別の決定簿に載せられます。取りやめた決定簿は記録に残ります。",
            fields=(_reason("例：基準日を誤って計算していた"),),
        ),
    ),
)
REMOVE = FormSpec(
    key="batch.remove",
    title="行を外す",
    save="外す",
    sections=(SectionSpec(note="外した人は、もう一度別の決定簿に載せられます。", fields=(_reason("例：口座の名義を確かめるため"),)),),
)
RETRY = FormSpec(
    key="batch.retry",
    title="支払いできなかった分を、もう一度支給する",
    save="作る",
    sections=(
        SectionSpec(
            note="口座を訂正し、別の人が確認した人だけを載せます。口座がそのままの人は載せず、理由を一覧にします。元の決定簿と結び付きます。",
            fields=(
                FieldSpec(
                    key="way", label="支給の方法", kind="choice", options="way", default="transfer", required=True, omit=("in_kind",)
                ),
                FieldSpec(key="title", label="件名", limit=60),
            ),
        ),
    ),
)
LIMIT = FormSpec(
    key="batch.limit",
    title="承認の限度額",
    save="決める",
    sections=(
        SectionSpec(
            note="空欄は限度なしです。限度を超える決定簿は、もっと大きい限度の役割の人だけが承認できます。",
            fields=(
                FieldSpec(key="most_total", label="決定簿の合計（円）", kind="integer", low=1, high=_MOST_TOTAL, width=16),
                FieldSpec(key="most_single", label="1件の額（円）", kind="integer", low=1, high=_MOST_SINGLE, width=14),
                FieldSpec(key="note", label="備考", placeholder="例：専決規程 第5条"),
            ),
        ),
    ),
)
