"""What stands on receipts, vouchers and day sheets: the strings of their forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from app.domain.dates import JST, format_era, parse_date
from app.domain.errors import SasaeError
from app.domain.voucher_rules import DENOMINATIONS
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.yen_words import yen, yen_words
from app.usecases.cash_rows import BoxDay, CountRow, DaySheet, NeededCash, ReceiptRow, VoucherRow

_WEEKDAYS = "月火水木金土日"
_BRING = (
    "この引換券と、本人と分かるもの（免許証・マイナンバーカードなど）をお持ちください。"
    "代わりの人は、その人の本人確認の物と、続柄の分かるものもお持ちください。"
)


def clock_text(at: datetime | None) -> str:
    """令和6年2月1日 10時15分."""
    if at is None:
        return ""
    local = at.astimezone(JST)
    return f"{format_era(local.date())} {local.hour}時{local.minute:02d}分"


def _era(text: str) -> str:
    """A birth date as people say it; as it was typed when it is none."""
    try:
        found = parse_date(text, lenient=True)
    except SasaeError:
        return text
    return format_era(found.earliest) if found.earliest and found.earliest == found.latest else text


def receipt_values(row: ReceiptRow, *, payer: str, kept: bool) -> dict[str, str]:
    """One copy of a receipt: the one that is ``kept`` at the desk, or the one handed over. A refund is signed by who took the money back."""
    refund = row.kind == "refund"
    taker = row.received_by or row.name
    if row.relation:
        taker = f"{taker}（{row.relation}）"
    return {
        "title": "返納の受領書" if refund else "受領書",
        "copy": ("窓口に残す分" if kept else "お渡しする分") + (f"（印刷{row.copies + 1}回目）" if row.copies else ""),
        "number": row.number, "voucher": row.voucher_number or "―", "subject": row.title, "amount": yen(row.amount),
        "amount_words": yen_words(row.amount), "name": row.name or "―", "birth": _era(row.birth), "address": row.address, "taker": taker,
        "identified": label("receipt.identified", row.identified) if row.identified else "", "paid_at": clock_text(row.paid_at),
        "place": f"{row.site_name}（端末 {row.device}）", "clerk": row.clerk, "second": row.second,
        "payer": taker if refund else payer,
        "words": "上記の金額を、返納金として確かに受け取りました。" if refund else "上記の金額を、確かに受け取りました。",
        "reason": row.reason if refund else "",
        "sign": "返納を受けた職員の署名または押印" if refund else "受け取った人の署名または押印",
    }  # fmt: skip


def voucher_values(row: VoucherRow, *, code: str) -> dict[str, str]:
    """A voucher on paper."""
    expires = f"{_era(row.expires_on)}まで" if row.expires_on else ""
    return {
        "code": code, "number": row.number, "term": str(row.term), "subject": row.title, "amount": yen(row.amount), "name": row.name,
        "kana": row.kana, "birth": _era(row.birth), "address": row.address, "site": row.site_name or "（まだ決まっていません）",
        "expires": expires, "bring": _BRING,
    }  # fmt: skip


def day_words(day: str) -> str:
    """令和6年2月1日（木）."""
    found = date.fromisoformat(day)
    return f"{format_era(found)}（{_WEEKDAYS[found.weekday()]}）"


def pieces_text(pieces: Mapping[int, int]) -> str:
    """10,000円×240枚 1,000円×3枚."""
    return "　".join(f"{one:,}円×{count:,}{'枚' if one >= 1000 else '個'}" for one, count in pieces.items() if count)


def day_sheet_values(sheet: DaySheet, box: BoxDay, needed: NeededCash) -> dict[str, str]:
    """The page of one box."""
    opened = next((one for one in box.counts if one.kind == "open"), None)
    closed = next((one for one in reversed(box.counts) if one.kind == "close"), None)
    mine = [one for one in sheet.receipts if one.box_id == box.box.id and one.state == "done"]
    counts = {kind: sum(one.kind == kind for one in mine) for kind in ("payment", "refund")}
    shown = not sheet.withheld
    notes = [message("cash.box_negative", box=box.box.name, end=box.end)] if box.end < 0 else []
    return {
        "day": day_words(sheet.day), "place": f"{sheet.site_name}（端末 {sheet.device}）", "box": box.box.name, "start": yen(box.start),
        "brought": yen(box.brought), "taken": yen(box.taken), "paid": yen(box.paid) + (f"（{counts['payment']:,}件）" if shown else ""),
        "refunded": yen(box.refunded) + (f"（{counts['refund']:,}件）" if shown else ""), "difference": yen(box.difference),
        "end": yen(box.end), "explanation": "、".join((*notes, *(one.explanation for one in box.counts if one.difference))),
        "pieces": "\n".join(_piece_line(one, opened, closed) for one in DENOMINATIONS), "opened": _counted(opened), "closed": _counted(closed),
        "clerks": "\n".join(
            f"{one.clerk}\t{one.payments:,}\t{yen(one.paid)}\t{one.refunds:,}\t{yen(one.refunded)}" for one in sheet.clerks
        ),
        "waiting": f"{sheet.asked:,}件", "outside": _outside(sheet),
        "tomorrow": f"{needed.vouchers:,}件 {yen(needed.total)}　{pieces_text(needed.pieces)}" if needed.vouchers else "なし",
    }  # fmt: skip


def _outside(sheet: DaySheet) -> str:
    """What went through no box, so that the clerks' sums can be found again."""
    one = sheet.outside
    told = [f"支払 {yen(one.paid)}（{one.payments:,}件）"] if one.payments else []
    return "　".join([*told, *([f"返納 {yen(one.refunded)}（{one.refunds:,}件）"] if one.refunds else [])]) or "なし"


def _piece_line(one: int, opened: CountRow | None, closed: CountRow | None) -> str:
    cells = [f"{one:,}円"]
    for count in (opened, closed):
        pieces = count.pieces.get(one, 0) if count else None
        cells += ["", ""] if pieces is None else [f"{pieces:,}", yen(pieces * one)]
    return "\t".join(cells)


def _counted(count: CountRow | None) -> str:
    if count is None or count.counted_at is None:
        return ""
    local = count.counted_at.astimezone(JST)
    second = f"・{count.second}" if count.second else ""
    return f"{local.hour}時{local.minute:02d}分 {count.clerk}{second}　{yen(count.total)}"
