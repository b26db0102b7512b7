"""The verbs of ``relief`` for the desk: paying, refunds, receipts, boxes of cash, the day sheet. Vouchers: ``relief_cash``."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import RuleViolation
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.cash_rows import Counted, ReceiptRow, Refund
    from app.usecases.context import Context


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    _pay_verbs(make)
    _box_verbs(make)


def _pay_verbs(make: ReliefMaker) -> None:
    pay = make.verb("pay")
    pay.add_argument("voucher", metavar="VOUCHER", help=HELP["relief.vouchers.voucher"])
    pay.add_argument("--identified", default="none", metavar="WORD", help=HELP["relief.pay.identified"])
    for name, key in (("received-by", "NAME"), ("relation", "TEXT"), ("box", "NAME"), ("note", "TEXT"), ("receipt", "FILE")):
        pay.add_argument(f"--{name}", default="", metavar=key)
    refund = make.acts("refund")
    ask = refund("ask")
    ask.add_argument("receipt", metavar="RECEIPT")
    ask.add_argument("--reason", required=True, metavar="TEXT")
    confirm = refund("confirm")
    confirm.add_argument("receipt", metavar="RECEIPT")
    confirm.add_argument("--second", default="", metavar="NAME", help=HELP["relief.refund.second"])
    refuse = refund("refuse")
    refuse.add_argument("receipt", metavar="RECEIPT")
    refuse.add_argument("--reason", default="", metavar="TEXT")
    refund("list").add_argument("--all", action="store_true")
    receipt = make.verb("receipt")
    receipt.add_argument("receipt", metavar="RECEIPT")
    receipt.add_argument("--out", required=True, metavar="FILE")


def _box_verbs(make: ReliefMaker) -> None:
    boxes = make.acts("boxes")
    boxes("list")
    boxes("needed")
    add = boxes("add")
    add.add_argument("name", metavar="NAME")
    shut = boxes("shut")
    shut.add_argument("name", metavar="NAME")
    for name in ("open", "close", "in", "out"):
        count = boxes(name)
        count.add_argument("pieces", nargs="*", metavar="10000=N", help=HELP["relief.boxes.pieces"])
        count.add_argument("--box", default="", metavar="NAME")
        count.add_argument("--explanation", default="", metavar="TEXT")
        count.add_argument("--second", default="", metavar="NAME")
    sheet = make.verb("day-sheet")
    sheet.add_argument("--on", default="", metavar="DAY")
    sheet.add_argument("--out", default="", metavar="FILE")
    sheet.add_argument("--receipts", default="", metavar="FILE", help=HELP["relief.day-sheet.receipts"])


# -- the desk ----------------------------------------------------------------------------------------------------


def _pay(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.domain.words import need_code
    from app.interchange.exporting.cash import print_receipt
    from app.presentation.messages import message
    from app.usecases import cash_boxes, cash_desk

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        found = cash_desk.find_voucher(ctx, text=given.voucher)
        if len(found.rows) != 1 or not found.exact:
            raise RuleViolation("voucher.not_found", field="voucher", text=given.voucher)
        box = cash_boxes.find_box(ctx, name=given.box).id if given.box else ""
        paid = cash_desk.pay(
            ctx, voucher_id=found.rows[0].id, identified=need_code("identified", given.identified, field="identified"),
            received_by=given.received_by, relation=given.relation, box_id=box, term=found.term, note=given.note,
        )  # fmt: skip
        told = _receipt(paid.row)
        if given.receipt:
            told["file"] = str(print_receipt(ctx, receipt_id=paid.receipt.id, out=Path(given.receipt), folder=session.folder).path)
    return {**told, "warnings": [message(code, **params) for code, params in paid.warnings]}, 0


def _receipt(row: ReceiptRow) -> dict[str, Any]:
    from app.cli.outputs import moment

    return {
        "receipt": row.number, "kind": row.kind, "state": row.state, "voucher": row.voucher_number, "name": row.name, "amount": row.amount,
        "paid_at": moment(row.paid_at), "clerk": row.clerk, "second": row.second, "received_by": row.received_by, "relation": row.relation,
        "identified": row.identified, "site": row.site_name, "device": row.device, "box": row.box_name, "reason": row.reason,
    }  # fmt: skip


def _refunded(done: Refund) -> Answer:
    return _receipt(done.row), 0


def _refund_ask(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_desk

    with signed_in(gateway, given) as session:
        row = cash_desk.need_receipt(session.context, text=given.receipt)
        return _refunded(cash_desk.ask_refund(session.context, receipt_id=row.id, reason=given.reason))


def _refund_confirm(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_desk

    with signed_in(gateway, given) as session:
        row = cash_desk.need_receipt(session.context, text=given.receipt)
        password = os.environ.get("SASAE_SECOND_PASSWORD", "")
        return _refunded(cash_desk.confirm_refund(session.context, refund_id=row.id, second=given.second, password=password))


def _refund_refuse(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_desk

    with signed_in(gateway, given) as session:
        row = cash_desk.need_receipt(session.context, text=given.receipt)
        return _refunded(cash_desk.refuse_refund(session.context, refund_id=row.id, reason=given.reason))


def _refund_list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_desk
    from app.usecases.cash_rows import ReceiptFilter

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        ids = cash_desk.list_receipt_ids(ctx, filter=ReceiptFilter(kind="refund", waiting=not given.all))
        rows = cash_desk.receipt_rows(ctx, ids)
    return {"count": len(rows), "refunds": [_receipt(one) for one in rows]}, 0


def _print_receipt(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.exporting.cash import print_receipt
    from app.usecases import cash_desk

    with signed_in(gateway, given) as session:
        row = cash_desk.need_receipt(session.context, text=given.receipt)
        done = print_receipt(session.context, receipt_id=row.id, out=Path(given.out), folder=session.folder)
    return {"receipt": row.number, "file": str(done.path), "pages": done.pages, "copies": row.copies + 1}, 0


# -- boxes -------------------------------------------------------------------------------------------------------


def _box_list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.outputs import moment
    from app.cli.signing import signed_in
    from app.usecases import cash_boxes

    with signed_in(gateway, given) as session:
        session.context.require("pay")
        found = cash_boxes.list_boxes(session.context)
    rows = [
        {
            "name": one.box.name, "site": one.site_name, "state": one.box.state, "balance": one.balance, "last": one.last_kind,
            "last_at": moment(one.last_at), "last_total": one.last_total, "last_clerk": one.last_clerk,
        }
        for one in found
    ]  # fmt: skip
    return {"boxes": rows}, 0


def _box_add(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_boxes

    with signed_in(gateway, given) as session:
        box, _ = cash_boxes.save_box(session.context, name=given.name)
    return {"box": box.name, "state": box.state}, 0


def _box_shut(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_boxes

    with signed_in(gateway, given) as session:
        found = cash_boxes.find_box(session.context, name=given.name)
        box, _ = cash_boxes.save_box(session.context, name=found.name, box_id=found.id, closed=True)
    return {"box": box.name, "state": box.state}, 0


def _box_count(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_boxes

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        box, pieces = cash_boxes.find_box(ctx, name=given.box), _pieces(given.pieces)
        if given.act in ("in", "out"):
            done = cash_boxes.move_money(
                ctx, box_id=box.id, kind=given.act, pieces=pieces, second=given.second, explanation=given.explanation
            )
        else:
            done = cash_boxes.count_box(
                ctx, box_id=box.id, kind=given.act, pieces=pieces, explanation=given.explanation, second=given.second
            )
    return _counted(done), 0


def _pieces(texts: Sequence[str]) -> dict[int, int]:
    """``10000=12`` and so on."""
    found: dict[int, int] = {}
    for text in texts:
        left, equal, right = text.replace(",", "").partition("=")
        try:
            one, count = int(left), int(right)
        except ValueError:
            raise RuleViolation("cash.pieces_text", field="pieces", text=text) from None
        if not equal or one in found:
            raise RuleViolation("cash.pieces_text", field="pieces", text=text)
        found[one] = count
    return found


def _counted(done: Counted) -> dict[str, Any]:
    row = done.row
    return {
        "box": row.box_name, "kind": row.kind, "day": row.day, "clerk": row.clerk, "second": row.second,
        "pieces": {str(one): count for one, count in row.pieces.items()}, "total": row.total, "expected": row.expected,
        "difference": row.difference, "explanation": row.explanation, "balance": done.balance,
    }  # fmt: skip


def _needed(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import cash_boxes

    with signed_in(gateway, given) as session:
        session.context.require("pay")
        found = cash_boxes.needed_cash(session.context)
    return {"vouchers": found.vouchers, "total": found.total, "pieces": {str(one): count for one, count in found.pieces.items()}}, 0


def _day_sheet(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.exporting.cash import print_day_sheet, write_receipts
    from app.presentation.messages import message
    from app.usecases import cash_boxes

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        sheet = cash_boxes.day_sheet(ctx, day=given.on)
        files = []
        if given.out:
            files.append(str(print_day_sheet(ctx, day=sheet.day, out=Path(given.out), folder=session.folder).path))
        if given.receipts:
            format = Path(given.receipts).suffix.lstrip(".").lower()
            files.append(str(write_receipts(ctx, day=sheet.day, out=Path(given.receipts), format=format, folder=session.folder).path))
    boxes = [
        {
            "box": one.box.name, "start": one.start, "in": one.brought, "out": one.taken, "paid": one.paid, "refunded": one.refunded,
            "difference": one.difference, "end": one.end,
        }
        for one in sheet.boxes
    ]  # fmt: skip
    clerks = [
        {"clerk": one.clerk, "payments": one.payments, "paid": one.paid, "refunds": one.refunds, "refunded": one.refunded}
        for one in sheet.clerks
    ]
    return {
        "day": sheet.day, "site": sheet.site_name, "device": sheet.device, "payments": sheet.payments, "paid": sheet.paid,
        "refunds": sheet.refunds, "refunded": sheet.refunded, "asked": sheet.asked, "withheld": sheet.withheld, "boxes": boxes,
        "outside": {key: getattr(sheet.outside, key) for key in ("payments", "paid", "refunds", "refunded")},
        "warnings": [message("cash.box_negative", box=one.box.name, end=one.end) for one in sheet.boxes if one.end < 0],
        "clerks": clerks, "receipts": [_receipt(one) for one in sheet.receipts], "files": files,
    }, 0  # fmt: skip


VERBS: Mapping[str, ReliefVerb] = {
    "pay": _pay,
    "refund ask": _refund_ask,
    "refund confirm": _refund_confirm,
    "refund refuse": _refund_refuse,
    "refund list": _refund_list,
    "receipt": _print_receipt,
    "boxes list": _box_list,
    "boxes add": _box_add,
    "boxes shut": _box_shut,
    "boxes open": _box_count,
    "boxes close": _box_count,
    "boxes in": _box_count,
    "boxes out": _box_count,
    "boxes needed": _needed,
    "day-sheet": _day_sheet,
}
