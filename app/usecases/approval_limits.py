"""How much a role may approve: of a batch altogether, and of one payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.governance import ROLES, rights_of
from app.domain.identifiers import new_id
from app.domain.payments import ApprovalLimit, Payment, PaymentBatch
from app.domain.relief import Yen, check_yen
from app.usecases.batch_rows import LimitRow
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork

MOST_TOTAL = 999_999_999_999
"""Twelve digits: what the trailer of a transfer file can say."""


def approving_roles() -> tuple[str, ...]:
    """The roles that give the right to approve money."""
    return tuple(role for role in ROLES if "approve_money" in rights_of((role,)))


def list_limits(ctx: Context) -> list[LimitRow]:
    """Every role that may approve, with its limits."""
    known = {one.role: one for one in ctx.reads.all("approval_limit") if isinstance(one, ApprovalLimit)}
    return [
        LimitRow(role=role, most_total=one.most_total if one else None, most_single=one.most_single if one else None, record=one)
        for role in approving_roles()
        for one in (known.get(role),)
    ]


def set_limit(
    ctx: Context, *, role: str, most_total: Yen | None, most_single: Yen | None, note: str = "", version: int | None = None
) -> Changes:
    """Limit what a role may approve; None lifts a limit. Right ``limits``.

    RuleViolation ``batch.limit_role`` for a role that approves nothing, ``money.not_positive``, ``money.too_large``, ``batch.limit_order`` when
    one payment may be more than a whole batch.
    """
    ctx.require("limits")
    if role not in approving_roles():
        raise RuleViolation("batch.limit_role", field="role", limited=role)
    if most_single is not None:
        check_yen(most_single, field="most_single")
    if most_total is not None:
        if most_total <= 0:
            raise RuleViolation("money.not_positive", field="most_total", amount=most_total)
        if most_total > MOST_TOTAL:
            raise RuleViolation("batch.limit_large", field="most_total", amount=most_total)
        if most_single is not None and most_single > most_total:
            raise RuleViolation("batch.limit_order", field="most_single")
    with ctx.unit() as uow:
        found = uow.limits.where(role=role)
        if found:
            changed = replace(found[0], most_total=most_total, most_single=most_single, note=note.strip())
            uow.limits.save(changed, expected_version=version)
        else:
            uow.limits.add(ApprovalLimit(id=new_id(), role=role, most_total=most_total, most_single=most_single, note=note.strip()))
        return uow.commit()


def limits_of(uow: UnitOfWork, roles: Sequence[str]) -> tuple[Yen | None, Yen | None]:
    """What somebody with these roles may approve: of each limit the most generous role's, None for no limit."""
    known = {one.role: one for one in uow.reads.all("approval_limit") if isinstance(one, ApprovalLimit)}
    mine = [known.get(role) for role in roles if role in approving_roles()]
    totals = [one.most_total if one else None for one in mine]
    singles = [one.most_single if one else None for one in mine]
    return _most(totals), _most(singles)


def _most(limits: Sequence[Yen | None]) -> Yen | None:
    given = [one for one in limits if one is not None]
    return max(given) if given and len(given) == len(limits) else None


def check_limits(ctx: Context, uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment]) -> None:
    """RuleViolation ``batch.limit_total`` or ``batch.limit_single`` for what is more than the actor's roles may approve."""
    total, single = limits_of(uow, ctx.actor.roles)
    if total is not None and batch.total > total:
        raise RuleViolation("batch.limit_total", number=batch.number, total=batch.total, limit=total)
    if single is None:
        return
    over = [one for one in payments if one.amount > single]
    if over:
        raise RuleViolation(
            "batch.limit_single", number=batch.number, count=len(over), amount=max(one.amount for one in over), limit=single
        )
