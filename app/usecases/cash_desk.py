"""The desk: find a voucher, pay it in cash, keep its receipt; a payment is undone only as a refund that two people confirm.

Paying is one transaction: the receipt, the voucher, the payment and the books are on the disk together before anybody is told "paid".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain import voucher_rules
from app.domain.errors import EnvironmentFault, RuleViolation
from app.domain.governance import rights_of
from app.domain.identifiers import device_prefix, new_id
from app.domain.payments import IDENTIFIED, Receipt, Voucher
from app.usecases.cash_effects import on_paid, on_refunded
from app.usecases.cash_rows import Paid, ReceiptFilter, ReceiptRow, Refund, VoucherRow
from app.usecases.context import Changes, Context
from app.usecases.masking import sees_protected
from app.usecases.operators import list_operators
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.protections import today

MOST_FOUND = 50
MOST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVouchers:
    """What a scan or search found. ``term`` is what the paper's QR says, None when typed. ``exact``: a number, not a name."""

    rows: tuple[VoucherRow, ...]
    term: int | None
    exact: bool


def disaster_mark(ctx: Context) -> str:
    """The eight digits of this disaster in the QR of its vouchers."""
    place = ctx.place
    return voucher_rules.disaster_mark(
        municipality_code=place.municipality_code, disaster_name=place.disaster_name, training=place.training
    )


def find_voucher(ctx: Context, *, text: str) -> FoundVouchers:
    """By QR, number, name or kana. Needs the right ``pay``.

    RuleViolation ``voucher.empty``, ``voucher.other_disaster`` (the QR), ``voucher.not_found`` for a number that is not here,
    ``payment.withheld`` for one that this actor may not handle. A name that nobody has gives no rows.
    """
    ctx.require("pay")
    if not text.strip():
        raise RuleViolation("voucher.empty", field="voucher")
    code = voucher_rules.read_voucher_code(text)
    if code and code.disaster != disaster_mark(ctx):
        raise RuleViolation("voucher.other_disaster", field="voucher", number=code.number)
    number = code.number if code else voucher_rules.read_number(text)
    if number:
        found = _by_number(ctx, number)
        return FoundVouchers(rows=tuple(_rows(ctx, [found.id])), term=code.term if code else None, exact=True)
    if text.strip().upper().startswith(voucher_rules.MAGIC):
        raise RuleViolation("voucher.code_damaged", field="voucher")
    ids = ctx.reads.cash.find_vouchers(text.strip(), limit=MOST_FOUND)
    return FoundVouchers(rows=tuple(_rows(ctx, ids)), term=None, exact=False)


def _rows(ctx: Context, ids: list[str]) -> list[VoucherRow]:
    return ctx.reads.cash.voucher_rows(ids, device=ctx.place.device_id)


def _by_number(ctx: Context, number: str) -> Voucher:
    found = ctx.reads.cash.voucher_by_number(number)
    if found is None:
        raise RuleViolation("voucher.not_found", field="voucher", text=number)
    if not ctx.reads.cash.shown([found.id]):
        raise RuleViolation("payment.withheld", field="voucher")
    return found


# -- paying --------------------------------------------------------------------------------------------------------


def check_payable(ctx: Context, *, voucher_id: str, term: int | None = None) -> VoucherRow:
    """The voucher when this device may pay it now; else the RuleViolation that ``pay`` would raise."""
    ctx.require("pay")
    with ctx.unit() as uow:
        _payable(ctx, uow, voucher_id, term)
    return _rows(ctx, [voucher_id])[0]


def _payable(ctx: Context, uow: UnitOfWork, voucher_id: str, term: int | None) -> Voucher:
    voucher = uow.vouchers.need(voucher_id)
    reads = uow.reads.seen_by(see_protected=sees_protected(ctx)).cash
    if not reads.shown([voucher_id]):
        raise RuleViolation("payment.withheld", field="voucher")
    try:
        voucher_rules.check_payable(voucher, own_device=ctx.place.device_id, term=term, today=today(ctx).isoformat())
    except RuleViolation as fault:
        raise _in_words(ctx, uow, voucher, fault) from None
    check_amount(uow.reads, voucher)
    return voucher


def check_amount(reads: Reads, voucher: Voucher) -> None:
    """RuleViolation ``voucher.amount_changed`` when less is due now than the voucher says: lowered, ended or declined since."""
    if reads.cash.changed([voucher.id]):
        raise RuleViolation("voucher.amount_changed", field="voucher", number=voucher.number, record=voucher.id)


def _in_words(ctx: Context, uow: UnitOfWork, voucher: Voucher, fault: RuleViolation) -> RuleViolation:
    """The refusal with what a clerk needs to tell the person: by whom, when, where it was paid; who may pay it."""
    row = uow.reads.cash.voucher_rows([voucher.id], device=ctx.place.device_id)[0]
    params: dict[str, Any] = {key: value for key, value in fault.params.items() if key != "field"}
    params |= {"site": row.site_name, "device": row.device}
    if fault.code == "voucher.already_paid":
        params |= {"by": row.paid_by, "at": row.paid_at, "where": row.paid_site or row.paid_device, "receipt": row.receipt_number}
        if row.paid_at is None:
            return RuleViolation("voucher.paid_elsewhere", field="voucher", **params)
    if fault.code == "voucher.other_device" and voucher.site_id and voucher.site_id != ctx.place.site_id:
        return RuleViolation("voucher.other_site", field="voucher", **params)
    return RuleViolation(fault.code, field="voucher", **params)


def pay(
    ctx: Context,
    *,
    voucher_id: str,
    identified: str,
    received_by: str = "",
    relation: str = "",
    box_id: str = "",
    term: int | None = None,
    note: str = "",
) -> Paid:
    """Pay a voucher in cash; when this answers, it is on the disk. Needs the right ``pay``.

    ``identified`` is a word of ``IDENTIFIED`` (``none`` is warned of: ``cash.not_identified``);
    ``received_by`` "" is whom the voucher names, somebody else needs a ``relation``.
    ``box_id`` "" is the only open box. RuleViolation of ``voucher_rules.check_payable`` in words, ``voucher.amount_changed``,
    ``voucher.identify``,
    ``voucher.relation``, ``payment.withheld``, ``cash.box_missing``, ``cash.box_unknown``.
    """
    ctx.require("pay")
    if identified not in IDENTIFIED:
        raise RuleViolation("voucher.identify", field="identified", text=identified)
    for name, text in (("received_by", received_by), ("relation", relation), ("note", note)):
        if len(text) > MOST_TEXT:
            raise RuleViolation("voucher.text_long", field=name, most=MOST_TEXT)
    with ctx.unit() as uow:
        voucher = _payable(ctx, uow, voucher_id, term)
        taker = " ".join(received_by.split()) or voucher.name
        if _plain(taker) != _plain(voucher.name) and not relation.strip():
            raise RuleViolation("voucher.relation", field="relation", name=taker)
        box = _box(ctx, uow, box_id)
        receipt = _receipt(ctx, uow, voucher, "payment", box)
        receipt = replace(receipt, received_by=taker, relation=relation.strip(), identified=identified, note=note.strip())
        short = box != "" and uow.reads.cash.balance(box) < voucher.amount
        paid = uow.vouchers.save(replace(voucher, state="paid", asked_by=""))
        receipt = uow.receipts.add(replace(receipt, entry=on_paid(uow, paid, receipt)))
        changes = uow.commit()
    codes = (("cash.box_short", short), ("cash.not_identified", identified == "none"))
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = tuple((code, {}) for code, true in codes if true)
    return Paid(receipt=receipt, voucher=paid, row=_receipt_row(ctx, receipt.id), warnings=warnings, changes=changes)


def _plain(name: str) -> str:
    from app.domain.folding import fold_name

    return fold_name(name)


def _box(ctx: Context, uow: UnitOfWork, box_id: str) -> str:
    """The box named, or the only open one of this site; "" where no box was ever made."""
    boxes = [one for one in uow.boxes.where(site_id=ctx.place.site_id) if one.state == "open"]
    if box_id:
        if box_id not in {one.id for one in boxes}:
            raise RuleViolation("cash.box_unknown", field="box", name=box_id)
        return box_id
    if len(boxes) > 1:
        raise RuleViolation("cash.box_missing", field="box", count=len(boxes))
    return boxes[0].id if boxes else ""


def _receipt(ctx: Context, uow: UnitOfWork, voucher: Voucher, kind: str, box_id: str) -> Receipt:
    number = voucher_rules.receipt_number(device_prefix(ctx.place.device_id), uow.next_number("receipt"))
    return Receipt(
        id=new_id(), number=number, kind=kind, voucher_id=voucher.id, payment_id=voucher.payment_id, programme_id=voucher.programme_id,
        round_id=voucher.round_id, term=voucher.term, amount=voucher.amount, paid_at=uow.now, day=today(ctx).isoformat(),
        clerk=ctx.actor.name, site_id=ctx.place.site_id, device_id=ctx.place.device_id, box_id=box_id,
    )  # fmt: skip


def _receipt_row(ctx: Context, receipt_id: str) -> ReceiptRow:
    return ctx.reads.cash.receipt_rows([receipt_id])[0]


# -- receipts ------------------------------------------------------------------------------------------------------


def list_receipt_ids(ctx: Context, *, filter: ReceiptFilter) -> list[str]:
    """Newest first."""
    return ctx.reads.cash.receipt_ids(filter=filter)


def receipt_rows(ctx: Context, receipt_ids: list[str]) -> list[ReceiptRow]:
    """In the order of the ids."""
    return ctx.reads.cash.receipt_rows(receipt_ids)


def need_receipt(ctx: Context, *, text: str) -> ReceiptRow:
    """A receipt by its number, or the standing payment of a voucher number. RuleViolation ``cash.receipt_unknown``."""
    number = voucher_rules.read_number(text, letter="R")
    found = ctx.reads.cash.receipt_by_number(number) if number else None
    rows = ctx.reads.cash.receipt_rows([found.id]) if found else []
    if not rows:
        code = voucher_rules.read_voucher_code(text)
        voucher = ctx.reads.cash.voucher_by_number(code.number if code else voucher_rules.read_number(text))
        ids = ctx.reads.cash.receipt_ids(filter=ReceiptFilter(voucher_id=voucher.id)) if voucher else []
        rows = [one for one in ctx.reads.cash.receipt_rows(ids) if one.kind == "payment"][:1]
    if not rows:
        raise RuleViolation("cash.receipt_unknown", field="receipt", text=text)
    return rows[0]


def note_printed(ctx: Context, *, receipt_id: str) -> Changes:
    """A receipt was printed (again): counted, and in the access log."""
    ctx.require("pay")
    with ctx.unit() as uow:
        receipt = uow.receipts.need(receipt_id)
        uow.receipts.save(replace(receipt, copies=receipt.copies + 1))
        uow.log_access(action="print", persons=1, target=receipt.number)
        return uow.commit()


# -- refunds -------------------------------------------------------------------------------------------------------


def ask_refund(ctx: Context, *, receipt_id: str, reason: str) -> Refund:
    """Ask to undo a payment: the money comes back to the box once another person confirms. Needs the right ``pay``.

    Only on the device that paid: ``voucher.refund_elsewhere``. RuleViolation ``reason.missing``, ``cash.refund_twice``,
    ``cash.not_a_payment``, ``voucher.refunded``, ``payment.withheld``.
    """
    ctx.require("pay")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        paid, voucher = _refundable(ctx, uow, receipt_id)
        if any(one.state != "refused" for one in uow.receipts.where(reverses=paid.id)):
            raise RuleViolation("cash.refund_twice", field="receipt", number=paid.number)
        asked = replace(_receipt(ctx, uow, voucher, "refund", paid.box_id), term=paid.term, state="asked", site_id=paid.site_id)
        asked = uow.receipts.add(replace(asked, reverses=paid.id, reason=reason.strip(), received_by=paid.received_by))
        changes = uow.commit()
    return Refund(receipt=asked, row=_receipt_row(ctx, asked.id), changes=changes)


def _refundable(ctx: Context, uow: UnitOfWork, receipt_id: str) -> tuple[Receipt, Voucher]:
    paid = uow.receipts.need(receipt_id)
    voucher = uow.vouchers.need(paid.voucher_id)
    if not uow.reads.seen_by(see_protected=sees_protected(ctx)).cash.shown([voucher.id]):
        raise RuleViolation("payment.withheld", field="receipt")
    if paid.kind != "payment":
        raise RuleViolation("cash.not_a_payment", field="receipt", number=paid.number)
    if voucher.state == "refunded":
        raise RuleViolation("voucher.refunded", field="receipt", number=voucher.number)
    if paid.device_id != ctx.place.device_id or voucher.device_id != ctx.place.device_id:
        raise RuleViolation("voucher.refund_elsewhere", field="receipt", device=device_prefix(paid.device_id))
    return paid, voucher


def confirm_refund(ctx: Context, *, refund_id: str, second: str = "", password: str = "") -> Refund:
    """Another person confirms that the money came back: payment refunded, its shares free again, the books turned round.

    The other person is the actor, or ``second`` who signs with their own ``password`` beside the one who asked.
    RuleViolation ``cash.two_people``, ``cash.not_asked``, ``cash.second_unknown``; EnvironmentFault ``signin.refused``, ``signin.wait``.
    """
    ctx.require("pay")
    name = _second(ctx, second, password) if second else ctx.actor.name
    with ctx.unit() as uow:
        asked = uow.receipts.need(refund_id)
        if asked.kind != "refund" or asked.state != "asked":
            raise RuleViolation("cash.not_asked", field="receipt", number=asked.number)
        paid, voucher = _refundable(ctx, uow, asked.reverses)
        if asked.clerk == name:
            raise RuleViolation("cash.two_people", field="second", name=name)
        uow.vouchers.save(replace(voucher, state="refunded", reason=asked.reason))
        done = replace(asked, state="done", second=name, paid_at=uow.now, day=today(ctx).isoformat(), box_id=paid.box_id)
        done = uow.receipts.save(replace(done, entry=on_refunded(uow, voucher, done)))
        changes = uow.commit()
    return Refund(receipt=done, row=_receipt_row(ctx, done.id), changes=changes)


def _second(ctx: Context, name: str, password: str) -> str:
    """The name of an operator who may pay and knows their password."""
    wanted = _plain(name)
    for one in list_operators(ctx):
        if not one.disabled and _plain(one.name) == wanted and "pay" in rights_of(one.roles):
            if not password:
                raise EnvironmentFault("operator.password_missing")
            if ctx.cabinet.check_password(login=one.name, password=password) != one.slot:
                raise EnvironmentFault("signin.refused")
            return one.name
    raise RuleViolation("cash.second_unknown", field="second", name=name)


def refuse_refund(ctx: Context, *, refund_id: str, reason: str = "") -> Refund:
    """A refund that was asked for does not happen; whoever asked may say so too."""
    ctx.require("pay")
    with ctx.unit(reason=reason) as uow:
        asked = uow.receipts.need(refund_id)
        if asked.kind != "refund" or asked.state != "asked":
            raise RuleViolation("cash.not_asked", field="receipt", number=asked.number)
        done = uow.receipts.save(replace(asked, state="refused", second=ctx.actor.name, note=reason.strip()))
        changes = uow.commit()
    return Refund(receipt=done, row=_receipt_row(ctx, done.id), changes=changes)
