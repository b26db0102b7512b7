"""Operators and their passwords."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.governance import ROLES, Operator
from app.domain.identifiers import new_id
from app.usecases.context import Changes, Context


def fold_login(name: str) -> str:
    """A login name as it is compared: any width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def list_operators(ctx: Context) -> list[Operator]:
    """Everyone who has or had a key to this folder. Operators of other sites are known here by name only, for histories."""
    found = [record for record in ctx.reads.all("operator") if isinstance(record, Operator)]
    gone = [one.id for one in found if one.disabled and not ctx.cabinet.has_slot(one.slot)]
    made = ctx.reads.exchange.owners("operator", gone) if gone and ctx.reads.settings.get("exchange.list") else {}
    foreign = {record for record, (_, site) in made.items() if site != ctx.place.site_id}
    return [one for one in found if ctx.cabinet.has_slot(one.slot) or (one.disabled and one.id not in foreign)]


def add_operator(ctx: Context, *, name: str, roles: Sequence[str], password: str) -> tuple[str, Changes]:
    """A new operator with a key slot. The slot is made first: a record without a key is harmless, a key without a record is taken away."""
    ctx.require("operators")
    _check_roles(roles)
    slot = ctx.cabinet.add_slot(login=name, password=password)
    try:
        with ctx.unit() as uow:
            operator = uow.operators.add(Operator(id=new_id(), name=name.strip(), roles=tuple(roles), slot=slot))
            return operator.id, uow.commit()
    except BaseException:
        ctx.cabinet.remove_slot(slot)
        raise


def _check_roles(roles: Sequence[str]) -> None:
    if not roles:
        raise RuleViolation("operator.role_missing", field="roles")
    for role in roles:
        if role not in ROLES:
            raise RuleViolation("operator.role_unknown", field="roles", role=role, known=", ".join(ROLES))


def find_operator(ctx: Context, *, name: str) -> Operator:
    """The operator with this name or id. RuleViolation ``operator.not_found``."""
    wanted = fold_login(name)
    for operator in sorted(list_operators(ctx), key=lambda one: one.disabled):  # a name may be given again after it was disabled
        if operator.id == name or fold_login(operator.name) == wanted:
            return operator
    raise RuleViolation("operator.not_found", field="name", name=name)


def change_roles(ctx: Context, *, operator_id: str, roles: Sequence[str], reason: str = "") -> Changes:
    """Give an operator other roles. The last administrator stays one."""
    ctx.require("operators")
    _check_roles(roles)
    with ctx.unit(reason=reason) as uow:
        operator = uow.operators.need(operator_id)
        if "admin" in operator.roles and "admin" not in roles:
            _refuse_last_admin(ctx, operator_id)
        uow.operators.save(replace(operator, roles=tuple(roles)))
        return uow.commit()


def disable_operator(ctx: Context, *, operator_id: str, reason: str = "") -> Changes:
    """Take the key away and mark the record. What the operator did stays theirs."""
    ctx.require("operators")
    if operator_id == ctx.actor.operator_id:
        raise RuleViolation("operator.not_oneself", field="name")
    with ctx.unit(reason=reason) as uow:
        operator = uow.operators.need(operator_id)
        if operator.disabled:
            ctx.cabinet.remove_slot(operator.slot)  # in case the disk was full when the key should have gone
            raise RuleViolation("operator.already_disabled", field="name", name=operator.name)
        if "admin" in operator.roles:
            _refuse_last_admin(ctx, operator_id)
        uow.operators.save(replace(operator, disabled=True))
        changes = uow.commit()
    ctx.cabinet.remove_slot(operator.slot)
    return changes


def _refuse_last_admin(ctx: Context, operator_id: str) -> None:
    if not any("admin" in other.roles and not other.disabled and other.id != operator_id for other in list_operators(ctx)):
        raise RuleViolation("operator.last_admin", field="name")


def change_password(ctx: Context, *, old: str, new: str) -> None:
    """A new password for oneself. EnvironmentFault ``signin.refused`` when the old one is wrong."""
    ctx.require("password")
    ctx.cabinet.change_password(slot=ctx.actor.slot, login=ctx.actor.name, old=old, new=new)


def reset_password(ctx: Context, *, operator_id: str, new: str) -> None:
    """A new password for an operator who forgot theirs."""
    ctx.require("operators")
    operator = ctx.reads.get("operator", operator_id)
    if not isinstance(operator, Operator) or operator.disabled:
        raise RuleViolation("operator.not_found", field="name", name="")
    ctx.cabinet.reset_password(slot=operator.slot, login=operator.name, new=new)
