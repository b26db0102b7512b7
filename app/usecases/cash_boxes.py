"""Boxes of cash: what should be in them, what was counted, and why the two differ. The day sheet, and the notes needed tomorrow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.folding import fold_name
from app.domain.identifiers import new_id
from app.domain.payments import COUNT_KINDS, CashBox, CashCount
from app.domain.relief import Yen, check_yen
from app.domain.voucher_rules import split_amounts, sum_pieces
from app.usecases import postings
from app.usecases.cash_rows import BoxDay, BoxRow, Counted, CountRow, DaySheet, NeededCash, ReceiptFilter
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today


def save_box(ctx: Context, *, name: str, box_id: str = "", closed: bool = False, note: str = "") -> tuple[CashBox, Changes]:
    """Make or rename a box of this site, or close one that is empty. Needs the right ``pay``.

    RuleViolation ``cash.box_name``, ``cash.box_name_taken``, ``cash.box_not_empty``.
    """
    ctx.require("pay")
    plain = " ".join(name.split())
    if not plain or len(plain) > 60:
        raise RuleViolation("cash.box_name", field="name")
    with ctx.unit() as uow:
        others = [one for one in uow.boxes.where(site_id=ctx.place.site_id) if one.id != box_id]
        if any(fold_name(one.name) == fold_name(plain) for one in others):
            raise RuleViolation("cash.box_name_taken", field="name", name=plain)
        if not box_id:
            made = uow.boxes.add(CashBox(id=new_id(), name=plain, site_id=ctx.place.site_id, note=note.strip()))
            return made, uow.commit()
        box = uow.boxes.need(box_id)
        if closed and uow.reads.cash.balance(box_id):
            raise RuleViolation("cash.box_not_empty", field="name", name=box.name, amount=uow.reads.cash.balance(box_id))
        saved = uow.boxes.save(replace(box, name=plain, state="closed" if closed else "open", note=note.strip() or box.note))
        return saved, uow.commit()


def list_boxes(ctx: Context) -> list[BoxRow]:
    """All boxes of this store, those of this site first."""
    return sorted(ctx.reads.cash.boxes(), key=lambda one: one.box.site_id != ctx.place.site_id)


def find_box(ctx: Context, *, name: str = "") -> CashBox:
    """The open box of this name, or the only one. RuleViolation ``cash.box_unknown``, ``cash.box_missing``."""
    mine = [one.box for one in list_boxes(ctx) if one.box.site_id == ctx.place.site_id and one.box.state == "open"]
    if name:
        found = [one for one in mine if fold_name(one.name) == fold_name(name) or one.id == name]
        if not found:
            raise RuleViolation("cash.box_unknown", field="box", name=name)
        return found[0]
    if len(mine) != 1:
        raise RuleViolation("cash.box_missing", field="box", count=len(mine))
    return mine[0]


def count_box(ctx: Context, *, box_id: str, kind: str, pieces: Mapping[int, int], explanation: str = "", second: str = "") -> Counted:
    """Count a box (``open`` or ``close``) by notes and coins. A difference must be explained, and is posted.

    RuleViolation ``cash.difference`` (with expected, counted, difference) without an ``explanation``, ``cash.denomination``,
    ``cash.pieces_negative``.
    """
    ctx.require("pay")
    if kind not in ("open", "close"):
        raise RuleViolation("word.unknown", field="kind", word=kind)
    total = sum_pieces(pieces)
    with ctx.unit() as uow:
        box = _own_box(ctx, uow, box_id)
        expected = uow.reads.cash.balance(box_id)
        if total != expected and not explanation.strip():
            raise RuleViolation("cash.difference", field="explanation", expected=expected, counted=total, difference=total - expected)
        count = _count(ctx, uow, box, kind, pieces, total, expected)
        memo = f"{box.name} {explanation.strip()}"
        entry = postings.post_difference(uow, difference=total - expected, site_id=box.site_id, day=count.day, memo=memo)
        return _kept(
            ctx, uow, replace(count, difference=total - expected, explanation=explanation.strip(), second=second.strip(), entry=entry)
        )


def move_money(ctx: Context, *, box_id: str, kind: str, pieces: Mapping[int, int], second: str, explanation: str = "") -> Counted:
    """Money brought into a box (``in``) or taken away (``out``), with two names. It is posted as allotted to the site or brought back; what
    the books already have at the site outside its boxes is not allotted again. Of a laptop's box headquarters posts what it handed out.

    RuleViolation ``cash.second_missing``, ``cash.two_people``, ``cash.too_much_out``, ``money.not_positive``.
    """
    ctx.require("pay")
    if kind not in ("in", "out"):
        raise RuleViolation("word.unknown", field="kind", word=kind)
    other = " ".join(second.split())
    if not other:
        raise RuleViolation("cash.second_missing", field="second")
    if fold_name(other) == fold_name(ctx.actor.name):
        raise RuleViolation("cash.two_people", field="second", name=other)
    total = check_yen(sum_pieces(pieces), field="pieces")
    with ctx.unit() as uow:
        box = _own_box(ctx, uow, box_id)
        balance = uow.reads.cash.balance(box_id)
        if kind == "out" and total > balance:
            raise RuleViolation("cash.too_much_out", field="pieces", amount=total, balance=balance)
        count = _count(ctx, uow, box, kind, pieces, total, balance)
        entry = _post_moved(uow, box, kind, total, day=count.day, memo=f"{box.name} {explanation.strip()}")
        return _kept(ctx, uow, replace(count, second=other, explanation=explanation.strip(), entry=entry))


def _post_moved(uow: UnitOfWork, box: CashBox, kind: str, total: Yen, *, day: str, memo: str) -> str:
    """Money out of a box goes back to headquarters. Money into one is allotted to the site, unless the books have it there already."""
    if kind == "out":
        return postings.post_allotment_back(uow, site_id=box.site_id, amount=total, day=day, memo=memo)
    if uow.reads.cash.outside_boxes(box.site_id) >= total:
        return ""
    return postings.post_allotment(uow, site_id=box.site_id, amount=total, day=day, memo=memo)


def _own_box(ctx: Context, uow: UnitOfWork, box_id: str) -> CashBox:
    box = uow.boxes.need(box_id)
    if box.site_id != ctx.place.site_id or box.state != "open":
        raise RuleViolation("cash.box_unknown", field="box", name=box.name)
    return box


def _count(ctx: Context, uow: UnitOfWork, box: CashBox, kind: str, pieces: Mapping[int, int], total: Yen, expected: Yen) -> CashCount:
    kept = {str(one): count for one, count in sorted(pieces.items(), reverse=True) if count}
    assert kind in COUNT_KINDS
    return CashCount(
        id=new_id(), box_id=box.id, kind=kind, day=today(ctx).isoformat(), counted_at=uow.now, clerk=ctx.actor.name,
        pieces=json.dumps(kept), total=total, expected=expected,
    )  # fmt: skip


def _kept(ctx: Context, uow: UnitOfWork, count: CashCount) -> Counted:
    uow.counts.add(count)
    balance = uow.reads.cash.balance(count.box_id)
    changes = uow.commit()
    row = next(one for one in ctx.reads.cash.counts(box_id=count.box_id) if one.id == count.id)
    return Counted(row=row, balance=balance, changes=changes)


def list_counts(ctx: Context, *, box_id: str = "", day: str = "") -> list[CountRow]:
    """Counts and movements, newest first."""
    return ctx.reads.cash.counts(box_id=box_id, day=day)


def needed_cash(ctx: Context) -> NeededCash:
    """Notes and coins for everything this device may still pay, so that each voucher gets its exact amount."""
    amounts = ctx.reads.cash.amounts_to_pay(device=ctx.place.device_id)
    return NeededCash(vouchers=len(amounts), total=sum(amounts), pieces=split_amounts(amounts))


def day_sheet(ctx: Context, *, day: str = "") -> DaySheet:
    """What the desk of this device did on a day ("" today), box by box and clerk by clerk. Needs the right ``pay``.

    Sums are of everything, so that they agree with the money; people this reader may not know of are only in them.
    """
    ctx.require("pay")
    wanted = read_day(day, field="day") or today(ctx).isoformat()
    reads = ctx.reads.cash
    boxes = tuple(_box_day(ctx, one.box, wanted) for one in list_boxes(ctx) if one.box.site_id == ctx.place.site_id)
    clerks = tuple(reads.clerk_lines(day=wanted))
    ids = reads.receipt_ids(filter=ReceiptFilter(day=wanted, device=ctx.place.device_id))
    receipts = tuple(one for one in reversed(reads.receipt_rows(ids)) if one.state != "refused")
    done = sum(one.payments + one.refunds for one in clerks)
    return DaySheet(
        day=wanted, site_name=ctx.place.site_name, device=ctx.place.device_prefix, boxes=boxes, clerks=clerks, receipts=receipts,
        payments=sum(one.payments for one in clerks), paid=sum(one.paid for one in clerks), refunds=sum(one.refunds for one in clerks),
        refunded=sum(one.refunded for one in clerks), asked=sum(one.state == "asked" for one in receipts),
        withheld=done - sum(one.state == "done" for one in receipts), outside=reads.boxless_line(day=wanted),
    )  # fmt: skip


def _box_day(ctx: Context, box: CashBox, day: str) -> BoxDay:
    start, brought, taken, paid, refunded, difference = ctx.reads.cash.box_day(box.id, day=day)
    return BoxDay(
        box=box, start=start, brought=brought, taken=taken, paid=paid, refunded=refunded, difference=difference,
        end=start + brought - taken - paid + refunded + difference, counts=tuple(reversed(ctx.reads.cash.counts(box_id=box.id, day=day))),
    )  # fmt: skip
