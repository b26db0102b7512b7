"""Entitlements, what a calculation comes to, and payments of one entitlement: as tables, files and on paper."""

from __future__ import annotations

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era
from app.presentation.labels import label, labels_of, short_label
from app.presentation.messages import message
from app.presentation.relief_steps import reason_words
from app.usecases.relief_rows import CalculatedRow, CategoryCount, EntitlementRow, PaidPart

_PROGRESS: dict[str, Tone] = {
    "open": "info", "planned": "info", "approved": "info", "sent": "info", "voucher": "info", "paid": "good", "failed": "bad",
    "declined": "quiet", "ended": "quiet",
}  # fmt: skip
_ACTIONS: dict[str, tuple[str, Tone]] = {
    "created": ("新しく作る", "info"), "raised": ("増額", "info"), "lowered": ("減額", "warn"), "over": ("過払い", "bad"),
    "ended": ("対象外にする", "warn"), "unchanged": ("変わらない", ""), "declined": ("辞退のまま", "quiet"), "problem": ("手で確かめる", "bad"),
    "none": ("対象でない", "quiet"),
}  # fmt: skip


def money(amount: int | None) -> str:
    """12,345; nothing for none."""
    return "" if amount is None else f"{amount:,}"


def owed(amount: int) -> str:
    """12,345; nothing for zero, so that what is there is seen."""
    return f"{amount:,}" if amount else ""


def progress_text(row: EntitlementRow) -> str:
    """How far the money is; why it did not arrive; what was paid too much."""
    words = label("entitlement.progress", row.progress)
    if row.progress == "failed" and row.failure:
        words = f"{words}（{label('payment.failure', row.failure)}）"
    flag = label("entitlement.flag", row.flag)
    return f"{words}・{flag}" if flag else words


def progress_tone(row: EntitlementRow) -> Tone:
    """Too much paid or not arrived stand out."""
    return "bad" if row.flag == "over" else _PROGRESS.get(row.progress, "")


def wants_text(wants: tuple[str, ...]) -> str:
    """What is missing before it can be paid."""
    return labels_of("wants", wants)


def lacking_text(row: EntitlementRow) -> str:
    """What is missing as long as there is money to pay, or an exemption to give; nothing is missing where all was paid."""
    return wants_text(row.wants) if row.open or not row.due else ""


def payee_text(row: EntitlementRow) -> str:
    """Who receives it, and as what when it is not the person."""
    role = short_label("payee.role", row.payee_role) if row.payee_role not in ("", "self", "head") else ""
    return f"{row.payee_name}（{role}）" if role else row.payee_name


def account_text(row: EntitlementRow) -> str:
    """Where to: account with its state unless it is checked, or the way."""
    if row.way and row.way != "transfer":
        return short_label("way", row.way)
    state = label("payee_account.state", row.account_state) if row.account_state not in ("", "checked") else ""
    return f"{row.account}【{state}】" if state else row.account


def marks_text(row: EntitlementRow) -> str:
    """What is special."""
    return "支援措置" if row.protected else ""


ENTITLEMENTS: ColumnSet[EntitlementRow] = ColumnSet(
    key="entitlements",
    columns=(
        Column(key="number", label="対象番号", text=lambda r: r.number, width=11, sort="number"),
        Column(key="programme", label="支援制度", text=lambda r: r.programme_title, width=9),
        Column(key="round", label="回", text=lambda r: r.round_title, width=5),
        Column(key="name", label="氏名", text=lambda r: r.name, width=7, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9, sort="kana"),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=9),
        Column(key="address", label="住所", text=lambda r: r.address, width=13, sort="address"),
        Column(key="district", label="地区", text=lambda r: r.district, width=4, sort="district"),
        Column(key="unit", label="単位", text=lambda r: label("unit", r.unit), width=3),
        Column(key="category", label="区分", text=lambda r: r.category, width=6, sort="category"),
        Column(key="due", label="支給額（円）", text=lambda r: money(r.due), width=7, align="right", number=True, sort="amount"),
        Column(key="before", label="前回まで（円）", text=lambda r: owed(r.before), width=7, align="right", number=True),
        Column(key="paid", label="支給済み（円）", text=lambda r: owed(r.paid), width=7, align="right", number=True),
        Column(key="way_there", label="手続き中（円）", text=lambda r: owed(r.under_way), width=7, align="right", number=True),
        Column(key="open", label="残り（円）", text=lambda r: owed(r.open), width=7, align="right", number=True, sort="open"),
        Column(key="over", label="過払い（円）", text=lambda r: owed(r.over), width=6, align="right", number=True,
               tone=lambda r: "bad" if r.over else ""),
        Column(key="progress", label="進み", text=progress_text, width=7, tone=progress_tone),
        Column(key="wants", label="足りないもの", text=lacking_text, width=9,
               tone=lambda r: "warn" if lacking_text(r) else ""),
        Column(key="payee", label="受取人", text=payee_text, width=7),
        Column(key="account", label="口座・受取方法", text=account_text, width=8,
               tone=lambda r: "warn" if r.account_state not in ("", "checked") else ""),
        Column(key="batch", label="決定簿", text=lambda r: r.batch_number, width=11),
        Column(key="claim", label="申請", text=lambda r: r.claim_number, width=11),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=9),
        Column(key="marks", label="しるし", text=marks_text, width=5),
    ),
    views={
        "標準": ("number", "name", "category", "district", "due", "open", "progress", "wants", "payee", "account"),
        "金額": ("number", "name", "category", "due", "before", "paid", "way_there", "open", "over", "progress", "batch"),
        "世帯": ("number", "programme", "round", "name", "category", "due", "paid", "open", "progress", "wants"),
        "すべての項目": (
            "number", "programme", "round", "unit", "name", "kana", "birth", "address", "district", "category", "due", "before", "paid",
            "way_there", "open", "over", "progress", "wants", "payee", "account", "batch", "claim", "reason", "marks",
        ),
    },
)  # fmt: skip


def action_text(row: CalculatedRow) -> str:
    """What the calculation does with them."""
    return _ACTIONS[row.action][0] if row.action in _ACTIONS else row.action


def reasons_text(row: CalculatedRow) -> str:
    """Why or why not, in words; a problem first."""
    told = [message(row.problem, **row.params)] if row.problem else []
    return "。".join([*told, *(reason_words(one) for one in row.reasons)])


CALCULATED: ColumnSet[CalculatedRow] = ColumnSet(
    key="calculated",
    columns=(
        Column(key="name", label="氏名", text=lambda r: r.name, width=7, sort=lambda r: r.kana),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9, sort=lambda r: r.kana),
        Column(key="address", label="住所", text=lambda r: r.address, width=12, sort=lambda r: r.address),
        Column(key="district", label="地区", text=lambda r: r.district, width=5, sort=lambda r: r.district),
        Column(key="category", label="区分", text=lambda r: r.category, width=7, sort=lambda r: r.category),
        Column(key="due", label="支給額（円）", text=lambda r: money(r.due), width=7, align="right", number=True, sort=lambda r: r.due),
        Column(key="before", label="前回まで（円）", text=lambda r: owed(r.before), width=7, align="right", number=True, sort=lambda r: r.before),
        Column(key="already", label="支給・手続き中（円）", text=lambda r: owed(r.already), width=9, align="right", number=True,
               sort=lambda r: r.already),
        Column(key="open", label="これから（円）", text=lambda r: owed(r.open), width=7, align="right", number=True, sort=lambda r: r.open),
        Column(key="over", label="過払い（円）", text=lambda r: owed(r.over), width=6, align="right", number=True, sort=lambda r: r.over,
               tone=lambda r: "bad" if r.over else ""),
        Column(key="action", label="計算すると", text=action_text, width=6, sort=action_text,
               tone=lambda r: _ACTIONS.get(r.action, ("", ""))[1]),
        Column(key="wants", label="足りないもの", text=lambda r: wants_text(r.wants), width=8, sort=lambda r: wants_text(r.wants),
               tone=lambda r: "warn" if r.wants else ""),
        Column(key="reasons", label="理由", text=reasons_text, width=24, tone=lambda r: "bad" if r.problem else ""),
        Column(key="number", label="対象番号", text=lambda r: r.number, width=11, sort=lambda r: r.number),
        Column(key="marks", label="しるし", text=lambda r: "支援措置" if r.protected else "", width=5),
    ),
    views={
        "標準": ("name", "district", "category", "due", "open", "action", "wants", "reasons"),
        "すべての項目": (
            "number", "name", "kana", "address", "district", "category", "due", "before", "already", "open", "over", "action", "wants",
            "reasons", "marks",
        ),
    },
)  # fmt: skip

CATEGORY_COUNTS: ColumnSet[CategoryCount] = ColumnSet(
    key="category-counts",
    columns=(
        Column(key="title", label="区分", text=lambda r: r.title or r.category, width=10),
        Column(key="count", label="件数", text=lambda r: f"{r.count:,}{'世帯' if r.unit == 'household' else '人'}", width=4, align="right"),
        Column(key="each", label="単価（円）", text=lambda r: "個別" if r.unit_amount is None else money(r.unit_amount), width=7,
               align="right"),
        Column(key="total", label="金額（円）", text=lambda r: money(r.total), width=7, align="right", number=True),
    ),
)  # fmt: skip

PAID_PARTS: ColumnSet[PaidPart] = ColumnSet(
    key="paid-parts",
    columns=(
        Column(key="part", label="回数", text=lambda r: f"{r.share.part}", width=3, align="right", number=True),
        Column(key="amount", label="金額（円）", text=lambda r: money(r.share.amount), width=6, align="right", number=True),
        Column(key="state", label="状態", text=lambda r: label("payment.state", r.payment.state), width=5,
               tone=lambda r: "good" if r.payment.state == "paid" else "bad" if r.payment.state == "failed" else ""),
        Column(key="failure", label="不能の理由", text=lambda r: label("payment.failure", r.payment.failure), width=6),
        Column(key="day", label="支給日", text=lambda r: day_text(r.payment.paid_on), width=7),
        Column(key="payee", label="受取人", text=lambda r: r.payment.name, width=7),
        Column(key="way", label="方法", text=lambda r: short_label("way", r.payment.way), width=4),
        Column(key="account", label="口座", text=lambda r: "　".join(filter(None, (r.payment.bank_name, r.payment.branch_name,
               r.payment.account_number))), width=12),
        Column(key="number", label="支給", text=lambda r: r.payment.number, width=11),
        Column(key="batch", label="決定簿", text=lambda r: r.batch.number if r.batch else "", width=11),
    ),
)  # fmt: skip
