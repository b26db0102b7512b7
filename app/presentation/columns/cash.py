"""Vouchers, receipts and counts of cash as tables, files and on paper."""

from __future__ import annotations

from datetime import datetime

from app.domain.dates import JST
from app.presentation.cash_values import pieces_text
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era
from app.presentation.labels import label, short_label
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.usecases.cash_rows import BoxRow, CountRow, ReceiptRow, SiteCount, VoucherRefusal, VoucherRow

_VOUCHER_TONES: dict[str, Tone] = {
    "ready": "quiet", "assigned": "info", "recalled": "warn", "released": "warn", "paid": "good", "refunded": "quiet", "void": "quiet",
    "frozen": "bad",
}  # fmt: skip


def short_moment(at: datetime | None) -> str:
    """R6.2.1 10:15."""
    if at is None:
        return ""
    local = at.astimezone(JST)
    return f"{day_text(local.date().isoformat())} {local.hour}:{local.minute:02d}"


def voucher_state(row: VoucherRow) -> str:
    """The state, and what waits."""
    if row.asked_by and row.state != "void":
        return "取消の確認待ち"
    if row.changed:
        return "支給額が変わった"
    return label("voucher.state", row.state)


def _voucher_tone(row: VoucherRow) -> Tone:
    if row.asked_by and row.state != "void":
        return "warn"
    return "bad" if row.changed else _VOUCHER_TONES.get(row.state, "")


def place_text(row: VoucherRow) -> str:
    """Where it can be paid."""
    if row.here:
        return "この端末"
    return " ".join(part for part in (row.site_name, row.device) if part)


def paid_text(row: VoucherRow) -> str:
    """When, where and by whom it was paid."""
    if row.paid_at is None:
        return ""
    return " ".join(part for part in (short_moment(row.paid_at), row.paid_site, row.paid_by) if part)


VOUCHERS: ColumnSet[VoucherRow] = ColumnSet(
    key="vouchers",
    columns=(
        Column(key="number", label="引換券番号", text=lambda r: r.number, width=11, sort="number"),
        Column(key="state", label="状態", text=voucher_state, width=7, sort="state",
               tone=_voucher_tone),
        Column(key="name", label="受取人", text=lambda r: r.name, width=8, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9, sort="kana"),
        Column(key="amount", label="金額", text=lambda r: yen(r.amount), width=8, align="right", sort="amount"),
        Column(key="place", label="割当先", text=place_text, width=10, sort="site"),
        Column(key="address", label="住所", text=lambda r: r.address, width=14, sort="address"),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=9),
        Column(key="district", label="地区", text=lambda r: r.district, width=6, sort="district"),
        Column(key="category", label="区分", text=lambda r: r.category, width=6),
        Column(key="title", label="件名", text=lambda r: r.title, width=12),
        Column(key="batch", label="決定簿", text=lambda r: r.batch_number, width=11),
        Column(key="term", label="割当回数", text=lambda r: str(r.term), width=4, align="right", number=True),
        Column(key="expires", label="期限", text=lambda r: day_text(r.expires_on), width=6),
        Column(key="paid", label="支払", text=paid_text, width=14),
        Column(key="receipt", label="受領書番号", text=lambda r: r.receipt_number, width=11),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=9),
        Column(key="called", label="連絡・来所の記録", text=lambda r: "", width=12),
    ),
    views={
        "標準": ("number", "state", "name", "amount", "place", "address", "title", "paid"),
        "未受領": ("number", "name", "kana", "birth", "address", "district", "amount", "place", "expires", "title"),
        "呼び出し": ("number", "name", "kana", "address", "amount", "called"),
        "すべての項目": (
            "number", "state", "name", "kana", "birth", "address", "district", "category", "amount", "title", "batch", "place", "term", "expires",
            "paid", "receipt", "reason",
        ),
    },
)  # fmt: skip


def receipt_state(row: ReceiptRow) -> str:
    """Paid, refunded, or what waits."""
    return label("receipt.kind", row.kind) if row.state == "done" else label("receipt.state", row.state)


def receipt_tone(row: ReceiptRow) -> Tone:
    """Marked while it waits."""
    if row.state == "asked":
        return "warn"
    return "quiet" if row.state == "refused" else "info" if row.kind == "refund" else "good"


RECEIPTS: ColumnSet[ReceiptRow] = ColumnSet(
    key="receipts",
    columns=(
        Column(key="number", label="受領書番号", text=lambda r: r.number, width=11),
        Column(key="state", label="種類", text=receipt_state, width=8, tone=receipt_tone),
        Column(key="at", label="日時", text=lambda r: short_moment(r.paid_at), width=9),
        Column(key="name", label="受取人", text=lambda r: r.name, width=8),
        Column(key="amount", label="金額", text=lambda r: yen(r.amount if r.kind == "payment" else -r.amount), width=8, align="right"),
        Column(key="taker", label="受け取った人", text=lambda r: f"{r.received_by}（{r.relation}）" if r.relation else r.received_by, width=8),
        Column(key="identified", label="本人確認", text=lambda r: short_label("receipt.identified", r.identified), width=6),
        Column(key="clerk", label="取扱", text=lambda r: f"{r.clerk}・{r.second}" if r.second else r.clerk, width=8),
        Column(key="box", label="金庫", text=lambda r: r.box_name, width=6),
        Column(key="place", label="窓口", text=lambda r: f"{r.site_name} {r.device}", width=9),
        Column(key="voucher", label="引換券番号", text=lambda r: r.voucher_number, width=11),
        Column(key="title", label="件名", text=lambda r: r.title, width=12),
        Column(key="reason", label="理由", text=lambda r: r.reason or r.note, width=9),
        Column(key="copies", label="印刷", text=lambda r: str(r.copies), width=3, align="right", number=True),
    ),
    views={
        "標準": ("number", "state", "at", "name", "amount", "taker", "identified", "clerk", "box", "reason"),
        "すべての項目": (
            "number", "state", "at", "voucher", "name", "amount", "title", "taker", "identified", "clerk", "box", "place", "reason", "copies",
        ),
    },
)  # fmt: skip

BOXES: ColumnSet[BoxRow] = ColumnSet(
    key="cash_boxes",
    columns=(
        Column(key="name", label="金庫", text=lambda r: r.box.name, width=7),
        Column(key="site", label="拠点", text=lambda r: r.site_name, width=6),
        Column(key="balance", label="帳簿の残高", text=lambda r: yen(r.balance), width=8, align="right"),
        Column(key="last", label="最後の確認", width=14, text=lambda r: "" if r.last_at is None else
               f"{label('cash_count.kind', r.last_kind)} {short_moment(r.last_at)} {r.last_clerk}"),
        Column(key="state", label="状態", text=lambda r: label("cash_box.state", r.box.state), width=5,
               tone=lambda r: "good" if r.box.state == "open" else "quiet"),
    ),
)  # fmt: skip

COUNTS: ColumnSet[CountRow] = ColumnSet(
    key="cash_counts",
    columns=(
        Column(key="at", label="日時", text=lambda r: short_moment(r.counted_at), width=8),
        Column(key="box", label="金庫", text=lambda r: r.box_name, width=6),
        Column(key="kind", label="種類", text=lambda r: label("cash_count.kind", r.kind), width=4),
        Column(key="total", label="金額", text=lambda r: yen(r.total), width=8, align="right"),
        Column(key="expected", label="帳簿", text=lambda r: yen(r.expected) if r.kind in ("open", "close") else "", width=8, align="right"),
        Column(key="difference", label="過不足", text=lambda r: yen(r.difference) if r.kind in ("open", "close") else "", width=6, align="right",
               tone=lambda r: "bad" if r.difference else "good"),
        Column(key="who", label="数えた人・立会", text=lambda r: f"{r.clerk}・{r.second}" if r.second else r.clerk, width=10),
        Column(key="explanation", label="説明", text=lambda r: r.explanation, width=12),
        Column(key="pieces", label="金種", text=lambda r: pieces_text(r.pieces), width=16),
    ),
    views={"標準": ("at", "kind", "total", "difference", "expected", "who", "explanation", "pieces"), "すべての項目": (
        "at", "box", "kind", "total", "expected", "difference", "who", "explanation", "pieces",
    )},
)  # fmt: skip

SITE_COUNTS: ColumnSet[SiteCount] = ColumnSet(
    key="voucher_sites",
    columns=(
        Column(key="site", label="割当先", text=lambda r: r.site_name or "本部（未割当）", width=9),
        Column(key="device", label="端末", text=lambda r: r.device, width=4),
        Column(key="state", label="状態", text=lambda r: label("voucher.state", r.state), width=8, tone=lambda r: _VOUCHER_TONES.get(r.state, "")),
        Column(key="count", label="枚数", text=lambda r: f"{r.count:,}", width=4, align="right", number=True),
        Column(key="total", label="合計", text=lambda r: yen(r.total), width=8, align="right"),
    ),
)  # fmt: skip


def refusal_words(row: VoucherRefusal) -> str:
    """Why nothing was done with one, or what people have to look at."""
    return message(row.code, **{"number": row.number, **row.params})


VOUCHER_REFUSALS: ColumnSet[VoucherRefusal] = ColumnSet(
    key="voucher_refusals",
    columns=(
        Column(key="number", label="番号", text=lambda r: r.number, width=10),
        Column(key="reason", label="理由", text=refusal_words, width=34, tip=refusal_words),
    ),
)  # fmt: skip
