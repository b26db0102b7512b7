"""What needs doing now: the home page."""

from __future__ import annotations

from datetime import timedelta, timezone

from app.usecases.context import Context
from app.usecases.protections import count_protections
from app.usecases.rows import Overview
from app.usecases.settings import last_backup

_JST = timezone(timedelta(hours=9))
_DRIFT = timedelta(days=366)


def take_overview(ctx: Context) -> Overview:
    """Numbers and lists for the home page, as of now. Shows no person."""
    now = ctx.now()
    shelters = ctx.reads.shelters.rows(at=now)
    opened = tuple(s for s in shelters if s.is_open)
    today = now.astimezone(_JST).replace(hour=0, minute=0, second=0, microsecond=0)
    active = ctx.reads.residents.active()
    questions = ctx.reads.rosters.open_questions(at=now)
    return Overview(
        at=now,
        shelters_open=len(opened),
        rostered=ctx.reads.shelters.trend(moments=[now])[0].rostered,
        declared=sum(s.declared or 0 for s in opened),
        overfull=tuple(s for s in opened if s.capacity and max(s.rostered, s.declared or 0) > s.capacity),
        uncounted_today=tuple(s for s in opened if s.declared_at is None or s.declared_at < today),
        without_destination=questions.without_destination,
        pending=questions.pending,
        absent_overdue=questions.absent_overdue,
        residents=active.residents if active else 0,
        last_backup=last_backup(ctx),
        clock_problem=check_clock(ctx),
        open_shelters=opened,
        protections=count_protections(ctx),
    )


def check_clock(ctx: Context) -> str:
    """A message code when this computer's clock cannot be right, else "".

    Wrong when it is before the disaster, before what was last recorded here (by a day), or more than a year after it.
    """
    now = ctx.now()
    if now < ctx.place.occurred_at - timedelta(days=1) and not ctx.place.training:
        return "clock.before_disaster"
    last = ctx.reads.journal.last_time()
    if last is not None and now < last - timedelta(days=1):
        return "clock.went_back"
    if last is not None and now > last + _DRIFT:
        return "clock.far_ahead"
    return ""
