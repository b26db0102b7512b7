"""The day of a transfer: a business day, not past, not too far ahead (DOMAIN 5.1). The year is not in the file, so it is checked here.

The days of what banks answer too: nothing arrived later than today, nothing came back before it arrived.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache

from app.domain.bank_profile import BankProfile
from app.domain.business_days import BusinessDays
from app.domain.errors import RuleViolation
from app.domain.payments import Payment, PaymentBatch
from app.usecases.context import Changes, Context
from app.usecases.protections import read_day, today
from app.usecases.transfer_rows import Warned

CLOSED = "transfer-closed-days"
"""Setting with days of one's own (JSON list of ISO days) on which no transfer is possible."""


@lru_cache(maxsize=4096)
def _national(day: date) -> bool:
    import jpholiday

    return bool(jpholiday.is_holiday(day))


def business_days(ctx: Context | None = None) -> BusinessDays:
    """The calendar: weekends, national holidays, the turn of the year, and the days that the municipality closed itself."""
    closed = () if ctx is None else read_closed_days(ctx)
    return BusinessDays(holiday=_national, closed=frozenset(date.fromisoformat(text) for text in closed))


def read_closed_days(ctx: Context) -> tuple[str, ...]:
    """The municipality's own closed days, ISO, in order."""
    return tuple(json.loads(ctx.reads.settings.get(CLOSED, "") or "[]"))


def save_closed_days(ctx: Context, *, days: tuple[str, ...]) -> Changes:
    """Replace the municipality's own closed days. RuleViolation ``protection.day`` for text that is no day."""
    ctx.require("relief")
    read = sorted({read_day(text, field="days") for text in days} - {""})
    with ctx.unit() as uow:
        uow.set_setting(CLOSED, json.dumps(read))
        return uow.commit()


def suggest_day(ctx: Context, profile: BankProfile) -> date:
    """The first day on which a file written now could be paid."""
    return _earliest(today(ctx), profile, business_days(ctx))


def choose_days(ctx: Context, profile: BankProfile) -> list[date]:
    """Every day that ``check_day`` takes for this profile, from the first."""
    calendar, now = business_days(ctx), today(ctx)
    return list(calendar.between(_earliest(now, profile, calendar), now + timedelta(days=profile.ahead)))


def check_day(ctx: Context, text: str, profile: BankProfile) -> date:
    """The day as written. RuleViolations beside ``transfer_on``: ``transfer.day_missing``, ``transfer.day_past``, ``transfer.day_closed`` (why,

    and the next business day), ``transfer.day_soon``, ``transfer.day_far``.
    """
    iso = read_day(text, field="transfer_on")
    if not iso:
        raise RuleViolation("transfer.day_missing", field="transfer_on")
    day, now, calendar = date.fromisoformat(iso), today(ctx), business_days(ctx)
    if day < now:
        raise RuleViolation("transfer.day_past", field="transfer_on", day=day, today=now, next=_earliest(now, profile, calendar))
    why = calendar.reason(day)
    if why:
        raise RuleViolation(f"transfer.day_{why}", field="transfer_on", day=day, next=calendar.following(day))
    first = _earliest(now, profile, calendar)
    if day < first:
        raise RuleViolation("transfer.day_soon", field="transfer_on", day=day, first=first, lead=profile.lead)
    last = now + timedelta(days=profile.ahead)
    if day > last:
        raise RuleViolation("transfer.day_far", field="transfer_on", day=day, last=last, ahead=profile.ahead)
    return day


def _earliest(now: date, profile: BankProfile, calendar: BusinessDays) -> date:
    day = calendar.following(now)
    for _ in range(profile.lead):
        day = calendar.following(day + timedelta(days=1))
    return day


def paid_day(ctx: Context, text: str, *, field: str = "paid_on") -> str:
    """The day on which money moved, as given ("" stays). RuleViolation ``transfer.paid_in_future`` for one that is still to come."""
    day = read_day(text, field=field)
    if day > today(ctx).isoformat():
        raise RuleViolation("transfer.paid_in_future", field=field, day=day)
    return day


def day_of_answer(ctx: Context, batch: PaymentBatch) -> str:
    """When the money of a batch arrived, unless somebody says otherwise: on its day, but never later than today."""
    now = today(ctx).isoformat()
    return min(batch.transfer_on or now, now)


def before_the_day(ctx: Context, batch: PaymentBatch) -> tuple[Warned, ...]:
    """The warning ``transfer.before_day`` while the day of the transfer is still to come: hardly any bank can have answered."""
    if batch.transfer_on <= today(ctx).isoformat():
        return ()
    return (("transfer.before_day", {"number": batch.number, "day": batch.transfer_on}),)


def day_of_recall(ctx: Context, payment: Payment, text: str) -> str:
    """When the money came back: as given, else today. RuleViolation ``transfer.recall_before_paid``; by itself never before the payment."""
    given = paid_day(ctx, text, field="recalled_on")
    if given and given < payment.paid_on:
        raise RuleViolation("transfer.recall_before_paid", field="recalled_on", number=payment.number, day=given, paid_on=payment.paid_on)
    return given or max(today(ctx).isoformat(), payment.paid_on)
