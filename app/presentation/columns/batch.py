"""Batches, payments, who was left out, exemptions and refusals as tables, files and on paper."""

from __future__ import annotations

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era, moment_short, place_words
from app.presentation.labels import label, labels_of, short_label
from app.presentation.messages import message
from app.usecases.batch_rows import BatchRow, BatchStep, CategoryLine, ExemptionRow, LeftOut, LimitRow, PaymentRow, RefusalRow

_BATCH_TONES: dict[str, Tone] = {
    "draft": "warn", "checked": "info", "approved": "info", "sent": "info", "settled": "good", "returned": "bad", "cancelled": "quiet",
}  # fmt: skip
_PAYMENT_TONES: dict[str, Tone] = {
    "planned": "warn", "approved": "info", "sent": "info", "paid": "good", "failed": "bad", "recalled": "bad", "refunded": "bad", "void": "quiet",
}  # fmt: skip


def programme_text(row: BatchRow) -> str:
    """Programme and round."""
    return f"{row.programme_title} {row.round_title or row.round_code}".strip()


def title_text(row: BatchRow) -> str:
    """What it is for, with what it repeats."""
    words = row.title or programme_text(row)
    return f"{words}（{row.retry_of} の再支給）" if row.retry_of else words


def batch_marks(row: BatchRow) -> str:
    """What is special about a batch."""
    marks = (("支援措置", row.guarded), ("再支給", bool(row.retry_of)), (f"不能 {row.failed:,}件", row.failed > 0))
    return "・".join(word for word, holds in marks if holds)


def batch_tone(row: BatchRow) -> Tone:
    """The colour beside the state."""
    return "bad" if row.failed and row.state in ("sent", "settled") else _BATCH_TONES.get(row.state, "")


def paid_text(row: BatchRow) -> str:
    """Paid of all, once there are results."""
    return f"{row.paid:,} / {row.count:,}" if row.paid or row.state in ("sent", "settled") else ""


BATCHES: ColumnSet[BatchRow] = ColumnSet(
    key="batches",
    columns=(
        Column(key="number", label="決定簿番号", text=lambda r: r.number, width=11, sort="number"),
        Column(key="state", label="状態", text=lambda r: short_label("payment_batch.state", r.state), width=6, sort="state", tone=batch_tone),
        Column(key="title", label="件名", text=title_text, width=12, tip=title_text),
        Column(key="programme", label="支援制度・回", text=programme_text, width=15, sort="programme"),
        Column(key="way", label="方法", text=lambda r: short_label("way", r.way), width=4),
        Column(key="count", label="件数", text=lambda r: f"{r.count:,}", width=4, align="right", number=True),
        Column(key="total", label="合計（円）", text=lambda r: f"{r.total:,}", width=8, align="right", number=True, sort="total"),
        Column(key="paid", label="支給済み", text=paid_text, width=6, align="right"),
        Column(key="marks", label="しるし", text=batch_marks, width=6),
        Column(key="prepared_at", label="作成", text=lambda r: moment_short(r.prepared_at), width=7, sort="-prepared"),
        Column(key="prepared_by", label="作成した人", text=lambda r: r.prepared_by, width=6),
        Column(key="checked_by", label="確認した人", text=lambda r: r.checked_by, width=6),
        Column(key="approved_by", label="承認した人", text=lambda r: r.approved_by, width=6),
        Column(key="approved_at", label="承認", text=lambda r: moment_short(r.approved_at), width=7),
        Column(key="transfer_on", label="振込指定日", text=lambda r: day_text(r.transfer_on), width=6),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=10, tip=lambda r: r.reason),
    ),
    views={
        "標準": ("number", "state", "title", "way", "count", "total", "paid", "marks", "prepared_by", "approved_by"),
        "すべての項目": (
            "number", "state", "title", "programme", "way", "count", "total", "paid", "marks", "prepared_at", "prepared_by", "checked_by",
            "approved_by", "approved_at", "transfer_on", "reason",
        ),
    },
)  # fmt: skip


def account_text(row: PaymentRow) -> str:
    """Bank and branch in one cell; nothing for cash."""
    return place_words(row.bank, row.bank_name, row.branch, row.branch_name)


def payment_state(row: PaymentRow) -> str:
    """How far it is, and why it did not arrive."""
    words = label("payment.state", row.state)
    return f"{words}（{label('payment.failure', row.failure)}）" if row.failure else words


PAYMENTS: ColumnSet[PaymentRow] = ColumnSet(
    key="payments",
    columns=(
        Column(key="position", label="順", text=lambda r: f"{r.position:,}", width=3, align="right", number=True, sort="position"),
        Column(key="number", label="支給番号", text=lambda r: r.number, width=11),
        Column(key="name", label="受取人", text=lambda r: r.name, width=8, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=8, sort="kana"),
        Column(key="amount", label="金額（円）", text=lambda r: f"{r.amount:,}", width=7, align="right", number=True, sort="amount"),
        Column(key="category", label="区分", text=lambda r: r.category, width=7),
        Column(key="bank", label="銀行・支店", text=account_text, width=10),
        Column(key="kind", label="種目", text=lambda r: label("account.kind", r.account_kind) if r.account_kind else "", width=3),
        Column(key="account", label="口座番号", text=lambda r: r.account_number, width=6),
        Column(key="holder", label="口座名義カナ", text=lambda r: r.holder, width=8),
        Column(key="bank_code", label="銀行コード", text=lambda r: r.bank, width=4),
        Column(key="branch_code", label="支店コード", text=lambda r: r.branch, width=4),
        Column(key="state", label="状態", text=payment_state, width=6, sort="state", tone=lambda r: _PAYMENT_TONES.get(r.state, "")),
        Column(key="address", label="住所", text=lambda r: r.address, width=13),
        Column(key="district", label="地区", text=lambda r: r.district, width=5, sort="district"),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=8),
        Column(key="entitlements", label="支給対象の番号", text=lambda r: " ".join(r.entitlements), width=11),
        Column(key="retry", label="元の支給", text=lambda r: r.retry_of, width=11),
        Column(key="code", label="顧客コード", text=lambda r: r.code, width=11),
        Column(key="paid_on", label="支給日", text=lambda r: day_text(r.paid_on), width=6),
        Column(key="marks", label="しるし", text=lambda r: "支援措置" if r.protected else "", width=4),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=9),
    ),
    views={
        "標準": ("position", "number", "name", "kana", "amount", "category", "bank", "account", "holder", "state", "marks"),
        "現金": ("position", "number", "name", "kana", "amount", "category", "address", "birth", "state", "marks"),
        "すべての項目": (
            "position", "number", "name", "kana", "birth", "amount", "category", "bank_code", "branch_code", "bank", "kind", "account", "holder",
            "state", "paid_on", "address", "district", "entitlements", "retry", "code", "reason", "marks",
        ),
        "決定書（振込）": ("position", "number", "name", "kana", "bank", "kind", "account", "holder", "category", "amount"),
        "決定書（現金）": ("position", "number", "name", "kana", "address", "category", "amount"),
    },
)  # fmt: skip


def left_out_text(row: LeftOut) -> str:
    """Why somebody is not in the batch, and what to do."""
    return message(row.code, **row.params)


LEFT_OUT: ColumnSet[LeftOut] = ColumnSet(
    key="left_out",
    columns=(
        Column(key="number", label="対象番号", text=lambda r: r.number, width=11, sort=lambda r: r.number),
        Column(key="name", label="氏名", text=lambda r: r.name, width=9, sort=lambda r: r.name),
        Column(key="reason", label="理由と直し方", text=left_out_text, width=32, sort=left_out_text, tip=left_out_text),
    ),
)

CATEGORY_LINES: ColumnSet[CategoryLine] = ColumnSet(
    key="category_lines",
    columns=(
        Column(key="category", label="区分", text=lambda r: r.category or "―", width=12),
        Column(key="amount", label="単価（円）", text=lambda r: f"{r.amount:,}", width=7, align="right", number=True),
        Column(key="count", label="件数", text=lambda r: f"{r.count:,}", width=5, align="right", number=True),
        Column(key="total", label="金額（円）", text=lambda r: f"{r.total:,}", width=9, align="right", number=True),
    ),
)

_STEPS = {"draft": "作成・提出", "removed": "行を外した"}


def step_text(state: str) -> str:
    """What was done with a batch."""
    return _STEPS.get(state) or label("payment_batch.state", state)


STEPS: ColumnSet[BatchStep] = ColumnSet(
    key="batch_steps",
    columns=(
        Column(key="at", label="日時", text=lambda r: moment_short(r.at), width=8),
        Column(key="state", label="手続き", text=lambda r: step_text(r.state), width=8),
        Column(key="by", label="した人", text=lambda r: r.by, width=8),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=16, tip=lambda r: r.reason),
    ),
)


def limit_text(amount: int | None) -> str:
    """A limit, or that there is none."""
    return "限度なし" if amount is None else f"{amount:,}円"


LIMITS: ColumnSet[LimitRow] = ColumnSet(
    key="approval_limits",
    columns=(
        Column(key="role", label="役割", text=lambda r: label("role", r.role), width=8),
        Column(key="most_total", label="決定簿の合計の限度", text=lambda r: limit_text(r.most_total), width=11, align="right"),
        Column(key="most_single", label="1件の限度", text=lambda r: limit_text(r.most_single), width=9, align="right"),
        Column(key="note", label="備考", text=lambda r: r.record.note if r.record else "", width=12),
    ),
)


def benefit_text(row: ExemptionRow) -> str:
    """What somebody is exempted from."""
    return "、".join(row.benefits)


def exemption_state(row: ExemptionRow) -> str:
    """Whether it may be certified: declined, or what is missing."""
    if row.state == "declined":
        return label("entitlement.state", row.state)
    return f"不足：{labels_of('wants', row.wants)}" if row.wants else "対象"


EXEMPTIONS: ColumnSet[ExemptionRow] = ColumnSet(
    key="exemptions",
    columns=(
        Column(key="number", label="番号", text=lambda r: r.number, width=11),
        Column(key="name", label="氏名（世帯主）", text=lambda r: r.name, width=8),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=8),
        Column(key="address", label="住所", text=lambda r: r.address, width=14),
        Column(key="district", label="地区", text=lambda r: r.district, width=5),
        Column(key="unit", label="単位", text=lambda r: label("unit", r.unit), width=3),
        Column(key="category", label="区分", text=lambda r: r.category, width=7),
        Column(key="benefits", label="減免の内容", text=benefit_text, width=18, tip=benefit_text),
        Column(key="state", label="状態", text=exemption_state, width=7),
        Column(key="programme", label="制度", text=lambda r: f"{r.programme} {r.round}".strip(), width=12),
        Column(key="marks", label="しるし", text=lambda r: "支援措置" if r.protected else "", width=5),
    ),
    views={
        "標準": ("number", "name", "kana", "address", "district", "category", "benefits", "state", "marks"),
        "すべての項目": (
            "number", "programme", "name", "kana", "birth", "address", "district", "unit", "category", "benefits", "state", "marks",
        ),
    },
)  # fmt: skip

REFUSALS: ColumnSet[RefusalRow] = ColumnSet(
    key="relief_refusals",
    columns=(
        Column(key="number", label="対象番号", text=lambda r: r.number, width=11),
        Column(key="programme", label="制度", text=lambda r: f"{r.programme} {r.round}".strip(), width=13),
        Column(key="name", label="氏名", text=lambda r: r.name, width=8),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9),
        Column(key="address", label="住所", text=lambda r: r.address, width=13),
        Column(key="district", label="地区", text=lambda r: r.district, width=5),
        Column(key="category", label="区分", text=lambda r: r.category, width=7),
        Column(key="due", label="支給額（円）", text=lambda r: f"{r.due:,}", width=7, align="right", number=True),
        Column(key="declined_at", label="辞退の記録", text=lambda r: moment_short(r.declined_at), width=7),
        Column(key="declined_by", label="記録した人", text=lambda r: r.declined_by, width=6),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=12),
        Column(key="note", label="備考", text=lambda r: r.note, width=9),
    ),
    views={
        "標準": ("number", "programme", "name", "kana", "address", "category", "due", "declined_at", "reason"),
        "すべての項目": (
            "number", "programme", "name", "kana", "address", "district", "category", "due", "declined_at", "declined_by", "reason", "note",
        ),
    },
)  # fmt: skip
