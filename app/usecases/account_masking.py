"""Who may read account numbers and holders: those who enter, check, calculate or decide. For others the last digits are left, to tell two apart.

Lists, files and exports ask here, so that a right to print or to export shows no more than the window does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from app.domain.errors import RuleViolation
from app.domain.payments import Account, Payment
from app.usecases.batch_rows import PaymentRow
from app.usecases.context import Context
from app.usecases.payee_rows import PayeeRow
from app.usecases.transfer_rows import UnpaidRow

RIGHTS = ("claim", "check_account", "relief", "check_money", "approve_money")
"""Any one of them lets the actor read accounts."""
SHOWN = 3
"""Digits that are left of a number."""
_Row = TypeVar("_Row", PayeeRow, PaymentRow, UnpaidRow, Payment)


def sees_accounts(ctx: Context) -> bool:
    """Whether this actor may read account numbers and holders."""
    return any(ctx.actor.may(right) for right in RIGHTS)


def require_accounts(ctx: Context, *, right: str) -> None:
    """RuleViolation ``permission.denied`` for an actor who may not read accounts; ``right`` is the one that the words name."""
    if not sees_accounts(ctx):
        raise RuleViolation("permission.denied", right=right, operator=ctx.actor.name)


def mask_number(number: str) -> str:
    """The last three digits behind stars; of a number that is no longer than that only stars."""
    shown = SHOWN if len(number) > SHOWN else 0
    return "*" * (len(number) - shown) + number[len(number) - shown :]


def mask_holder(holder: str) -> str:
    """The first character and three stars, whatever the length; "" stays ""."""
    return f"{holder[0]}***" if holder else ""


def shown_rows(ctx: Context, rows: Iterable[_Row]) -> list[_Row]:
    """The rows as this actor may read them."""
    if sees_accounts(ctx):
        return list(rows)
    return [replace(one, account_number=mask_number(one.account_number), holder=mask_holder(one.holder)) for one in rows]


def shown_account(ctx: Context, account: Account) -> Account:
    """The account as this actor may read it, for a screen: never to be saved."""
    if sees_accounts(ctx):
        return account
    return replace(
        account, number=mask_number(account.number), holder=mask_holder(account.holder), symbol=mask_number(account.symbol),
        symbol_no=mask_number(account.symbol_no),
    )  # fmt: skip
