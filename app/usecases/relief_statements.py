"""What one family has received of all programmes, and what is still open. Nobody who may not see them finds protected people here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.relief import Entitlement, Loan, Repayment, Yen
from app.usecases.context import Context
from app.usecases.entitlements import entitlement_rows, list_entitlement_ids
from app.usecases.ledger_rows import FamilyHit, Statement, StatementLine
from app.usecases.relief_rows import EntitlementFilter, EntitlementRow

_MOST_HITS = 50


def find_families(ctx: Context, *, text: str) -> list[FamilyHit]:
    """Households with entitlements whose number, name, reading, address or resident number is like ``text``, fifty at the most."""
    ctx.require("ledger")
    if not text.strip():
        return []
    ids = list_entitlement_ids(ctx, filter=EntitlementFilter(text=text.strip()), sort="kana")
    found: dict[str, FamilyHit] = {}
    for row in entitlement_rows(ctx, ids[: _MOST_HITS * 20]):
        key = row.household or row.id
        before = found.get(key)
        if before is None and len(found) == _MOST_HITS:
            break
        hit = before or FamilyHit(
            key=key, entitlement_id=row.id, number=row.number, name=row.name, kana=row.kana, address=row.address, entitlements=0,
            protected=row.protected,
        )  # fmt: skip
        found[key] = replace(hit, entitlements=hit.entitlements + 1)
    return list(found.values())


def make_statement(ctx: Context, *, entitlement_id: str) -> Statement:
    """What the household of an entitlement has received of all programmes, persons in it included; noted in the access log.

    RuleViolation ``record.not_found``, also for one the actor may not know of.
    """
    ctx.require("ledger")
    first = ctx.reads.get("entitlement", entitlement_id)
    if not isinstance(first, Entitlement) or first.deleted:
        raise RuleViolation("record.not_found", kind="entitlement", record=entitlement_id)
    ids = _family_of(ctx, first)
    rows = entitlement_rows(ctx, ids)
    if not rows:
        raise RuleViolation("record.not_found", kind="entitlement", record=entitlement_id)
    head = next((row for row in rows if row.unit == "household"), rows[0])
    lent, repaid = _loans(ctx, [row.id for row in rows])
    with ctx.unit() as uow:
        people = {row.victim_id or row.resident_no or row.id for row in rows}
        uow.log_access(action="view", persons=len(people), target="relief_statement")
        uow.commit()
    return Statement(
        key=head.household or head.id, head=head.name, kana=head.kana, address=head.address, at=ctx.now(),
        lines=_statement_lines(ctx, rows), lent=lent, repaid=repaid, protected=any(row.protected for row in rows),
    )  # fmt: skip


def _family_of(ctx: Context, first: Entitlement) -> list[str]:
    """Ids of all entitlements of the household, followed over its other keys until nothing new is found."""
    keys = _keys_of(first)
    ids: list[str] = [first.id]
    while True:
        found = ctx.reads.ledger.family(keys)
        more = [one for one in found if one not in ids]
        if not more:
            return found or ids
        ids += more
        records = (ctx.reads.get("entitlement", one) for one in more)
        keys = frozenset(keys).union(*(_keys_of(one) for one in records if isinstance(one, Entitlement)))


def _keys_of(one: Entitlement) -> frozenset[str]:
    own = {one.household or one.subject}
    return frozenset(own | {one.subject, *one.aliases} if one.unit == "household" or not one.household else own)


def _statement_lines(ctx: Context, rows: Sequence[EntitlementRow]) -> tuple[StatementLine, ...]:
    parts = ctx.reads.ledger.parts([row.id for row in rows])
    return tuple(
        StatementLine(
            entitlement_id=row.id, number=row.number, programme=row.programme_title, round=row.round_title, category=row.category,
            name=row.name, unit=row.unit, due=max(row.due - row.before, 0), paid=row.paid, under_way=row.under_way, open=row.open,
            over=row.over, progress=row.progress, wants=row.wants, parts=tuple(parts.get(row.id, ())),
        )
        for row in rows
    )  # fmt: skip


def _loans(ctx: Context, entitlement_ids: Sequence[str]) -> tuple[Yen, Yen]:
    """Lent and repaid (principal) of these entitlements."""
    with ctx.unit() as uow:
        loans = [loan for one in entitlement_ids for loan in uow.loans.where(entitlement_id=one) if isinstance(loan, Loan)]
        back: list[Repayment] = [paid for loan in loans for paid in uow.repayments.where(loan_id=loan.id)]
    return sum(loan.principal for loan in loans), sum(one.amount - one.interest - one.late for one in back)
