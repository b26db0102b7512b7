"""Entitlements: lists, one of them whole, what is still to pay, refusals (辞退) and taking them up again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.identifiers import read_lettered
from app.domain.payments import Payment, PaymentBatch, PaymentShare
from app.domain.relief import FLAGS, Casualty, Claim, Entitlement, Programme, ReliefRound, ReliefRule
from app.usecases.account_masking import SHOWN, sees_accounts, shown_rows
from app.usecases.context import Changes, Context
from app.usecases.payee_rows import PayeeChoice
from app.usecases.payees import payees_for
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.protections import read_day, today
from app.usecases.relief_plan import NOTHING, read_lines
from app.usecases.relief_ports import LiveAmount
from app.usecases.relief_rows import (
    ENTITLEMENT_SORTS,
    PROGRESS,
    WANTS,
    EntitlementFile,
    EntitlementFilter,
    EntitlementRow,
    PaidPart,
    Payable,
)
from app.usecases.relief_wants import announce_wants

_EVERY = EntitlementFilter()
_OF_PAYEE = frozenset({"payee", "account", "check"})
_SHOWN_DIGITS = 4


def list_entitlement_ids(ctx: Context, *, filter: EntitlementFilter | None = None, sort: str = "number") -> Sequence[str]:
    """Ids in order. Protected people's are not among them without the right. RuleViolation ``word.unknown`` for a word there is not."""
    ctx.require("view")
    wanted = filter or _EVERY
    for name, word, known in (
        ("sort", sort, ENTITLEMENT_SORTS),
        ("progress", wanted.progress, PROGRESS),
        ("wants", wanted.wants, (*WANTS, "any", "none")),
        ("flag", wanted.flag, FLAGS),
    ):
        if word and word not in known:
            raise RuleViolation("word.unknown", field=name, word=word)
    return ctx.reads.relief.entitlement_ids(filter=wanted, sort=sort)


def entitlement_rows(ctx: Context, entitlement_ids: Sequence[str]) -> list[EntitlementRow]:
    """Rows in the same order, each with who receives it and what it lacks as of now."""
    rows = ctx.reads.relief.entitlement_rows(entitlement_ids)
    records = ctx.reads.relief.many(Entitlement, [row.id for row in rows])
    choices = payees_for(ctx.reads, list(records.values()))
    digits = _SHOWN_DIGITS if sees_accounts(ctx) else SHOWN
    return [_with_payee(row, choices.get(row.id), digits) for row in rows]


def _with_payee(row: EntitlementRow, choice: PayeeChoice | None, digits: int) -> EntitlementRow:
    if choice is None:
        return row
    wants = row.wants if row.due == 0 else ()
    if row.open > 0:
        lacking = (*(code for code in row.wants if code not in _OF_PAYEE), choice.wanted)
        wants = tuple(code for code in WANTS if code in lacking)
    payee, account = choice.payee, choice.account
    if payee is None:
        return replace(row, wants=wants)
    said = f"{account.bank_name or account.bank} {account.branch_name or account.branch} *{account.number[-digits:]}" if account else ""
    return replace(
        row, wants=wants, payee_id=payee.id, payee_name=payee.name, payee_kana=payee.kana, payee_role=payee.role, way=payee.way,
        account_id=account.id if account else "", account=said, account_state=account.state if account else "",
    )  # fmt: skip


def find_entitlement(ctx: Context, *, number: str) -> str:
    """The id for a number (or an id). RuleViolation ``record.not_found``."""
    ctx.require("view")
    wanted = number.strip()
    found = ctx.reads.relief.by_number("entitlement", read_lettered("T", wanted) or wanted.upper())
    if found is None and ctx.reads.relief.entitlement_rows([wanted]):
        found = wanted
    if found is None:
        raise RuleViolation("record.not_found", kind="entitlement", record=wanted[:60])
    return found


def open_entitlement(ctx: Context, *, entitlement_id: str) -> EntitlementFile:
    """One entitlement with its rules, facts, claim and payments; noted in the access log. RuleViolation ``record.not_found``."""
    ctx.require("view")
    reads = ctx.reads.relief
    rows = entitlement_rows(ctx, [entitlement_id])
    if not rows:
        raise RuleViolation("record.not_found", kind="entitlement", record=entitlement_id)
    one = reads.many(Entitlement, [entitlement_id])[entitlement_id]
    near = [other for other in reads.entitlement_ids(filter=EntitlementFilter(household=one.household), sort="number") if other != one.id]
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=people_of([one]), target="entitlement")
        uow.commit()
    return EntitlementFile(
        entitlement=one, row=rows[0], programme=reads.many(Programme, [one.programme_id])[one.programme_id],
        round=reads.many(ReliefRound, [one.round_id])[one.round_id],
        rules=tuple(sorted(reads.many_by(ReliefRule, "round_id", [one.round_id]), key=lambda rule: rule.position)), lines=read_lines(one.lines),
        facts=json.loads(one.basis or "{}"), claim=reads.many(Claim, [one.claim_id]).get(one.claim_id),
        casualty=reads.many(Casualty, [one.casualty_id]).get(one.casualty_id), parts=_parts(ctx, one),
        others=tuple(entitlement_rows(ctx, near)) if one.household else (),
    )  # fmt: skip


def _parts(ctx: Context, one: Entitlement) -> tuple[PaidPart, ...]:
    reads = ctx.reads
    shares = reads.relief.many_by(PaymentShare, "entitlement_id", [one.id])
    payments = {row.id: row for row in shown_rows(ctx, reads.relief.many(Payment, [share.payment_id for share in shares]).values())}
    batches = reads.relief.many(PaymentBatch, [share.batch_id for share in shares])
    return tuple(
        PaidPart(share=share, payment=payments[share.payment_id], batch=batches.get(share.batch_id))
        for share in shares
        if share.payment_id in payments
    )


def people_of(entitlements: Iterable[Entitlement]) -> list[str]:
    """Whom the access log names: registered person, resident number, household, else the entitlement."""
    return list(dict.fromkeys(one.person_id or one.resident_no or one.victim_id or one.id for one in entitlements))


def payable(reads: Reads, *, round_id: str = "", entitlement_ids: Iterable[str] | None = None) -> dict[str, Payable]:
    """What is still to pay, by entitlement id: due - before - live shares, where it is more than 0 and the entitlement is open.

    Of a whole round or of these ids. ``reads`` decides who sees protected people: pass ``ctx.reads``, or inside a unit of work
    ``uow.reads.seen_by(see_protected=…)``.
    """
    if entitlement_ids is None:
        found = reads.relief.entitlements(round_id=round_id)
        live = reads.relief.live(round_id=round_id)
    else:
        found = [one for one in reads.relief.many(Entitlement, entitlement_ids).values() if round_id in ("", one.round_id)]
        live = reads.relief.live(entitlement_ids=[one.id for one in found])
    ids = [one.id for one in found]
    hidden, protected = reads.relief.hidden("entitlement", ids), reads.relief.withheld("entitlement", ids)
    owed = {}
    for one in found:
        had = live.get(one.id, NOTHING)
        amount = one.due - one.before - had.paid - had.under_way
        if one.state == "open" and amount > 0 and one.id not in hidden:
            owed[one.id] = Payable(entitlement=one, amount=amount, part=had.parts + 1, protected=one.id in protected)
    return owed


# -- refusals ----------------------------------------------------------------------------------------------


def decline(ctx: Context, *, entitlement_ids: Sequence[str], reason: str, document: str = "", declined_on: str = "") -> Changes:
    """Somebody does not want the money (辞退): nothing is paid until it is taken up again. Right ``claim``.

    ``document`` says what shows it; ``declined_on`` a day until today (default). RuleViolation ``relief.reason_missing``,
    ``relief.declined_on``, ``relief.already_paid`` (it has to be paid back first), ``relief.under_way`` (it stands in a batch; ``number``),
    ``relief.not_open``, ``record.not_found``.
    """
    ctx.require("claim")
    said = _reason(reason)
    day = read_day(declined_on, field="declined_on") or today(ctx).isoformat()
    if day > today(ctx).isoformat():
        raise RuleViolation("relief.declined_on", field="declined_on", day=day)
    with ctx.unit(reason=said) as uow:
        found = _visible(ctx, uow, entitlement_ids)
        live = uow.reads.relief.live(entitlement_ids=entitlement_ids)
        for one in found:
            _refuse_paid(one, live.get(one.id, NOTHING))
        changed = [
            replace(one, state="declined", reason=said, document=document.strip(), declined_on=day, wants=(), flag="") for one in found
        ]
        uow.entitlements.save_many(changed)
        return uow.commit()


def _refuse_paid(one: Entitlement, live: LiveAmount) -> None:
    if one.state != "open":
        raise RuleViolation("relief.not_open", number=one.number, name=one.name, state=one.state)
    if live.under_way:
        raise RuleViolation("relief.under_way", number=one.number, name=one.name, amount=live.under_way)
    if live.paid:
        raise RuleViolation("relief.already_paid", number=one.number, name=one.name, amount=live.paid)


def reopen(ctx: Context, *, entitlement_ids: Sequence[str], reason: str) -> Changes:
    """A refusal is taken back. Right ``claim``. RuleViolation ``relief.reason_missing``, ``relief.not_declined``, ``record.not_found``."""
    ctx.require("claim")
    said = _reason(reason)
    with ctx.unit(reason=said) as uow:
        found = _visible(ctx, uow, entitlement_ids)
        for one in found:
            if one.state != "declined":
                raise RuleViolation("relief.not_declined", number=one.number, name=one.name)
        uow.entitlements.save_many([replace(one, state="open", reason=said, document="", declined_on="") for one in found])
        announce_wants(uow, entitlements=[uow.entitlements.need(one.id) for one in found])
        return uow.commit()


def _reason(text: str) -> str:
    if not text.strip():
        raise RuleViolation("relief.reason_missing", field="reason")
    return text.strip()


def _visible(ctx: Context, uow: UnitOfWork, ids: Sequence[str]) -> list[Entitlement]:
    """These, in the same words refused for one the actor may not know of as for one that is not there."""
    wanted = list(dict.fromkeys(ids))
    found = uow.reads.relief.many(Entitlement, wanted)
    hidden = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected")).relief.hidden("entitlement", wanted)
    for one in wanted:
        if one not in found or one in hidden:
            raise RuleViolation("record.not_found", kind="entitlement", record=one)
    return [found[one] for one in wanted]
