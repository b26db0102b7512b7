"""The money home: the one device of headquarters that makes money (decision 022).

A restored folder knows nothing of what its original paid since the backup. It may look at everything, and take in what banks and sites
answer; it calculates, prepares, approves and hands out nothing until two people have taken the home over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import RuleViolation
from app.domain.folding import fold_name
from app.domain.governance import Operator
from app.domain.identifiers import device_prefix, new_id
from app.domain.payments import MoneyHome
from app.usecases.context import Changes, Context
from app.usecases.ports import Reads, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """Where money is made. ``device``: its four letters; ``since`` None before anything was made. ``here``: this device may make money.

    ``asked_by`` (a name), ``asked_at`` and ``reason`` of a take-over by this device that waits for another person; else "" and None.
    ``may_ask``, ``may_confirm``: what this actor can do now.
    """

    headquarters: bool
    here: bool
    device: str
    mine: str
    since: datetime | None
    asked_by: str
    asked_at: datetime | None
    reason: str
    may_ask: bool
    may_confirm: bool


def need_home(ctx: Context) -> None:
    """RuleViolation ``relief.not_headquarters`` at a site, ``relief.other_home`` at headquarters that is not the money home."""
    need_headquarters(ctx)
    _check(ctx, ctx.reads)


def need_headquarters(ctx: Context) -> None:
    """RuleViolation ``relief.not_headquarters`` anywhere else: money is made in one place."""
    if ctx.place.site_kind != "hq":
        raise RuleViolation("relief.not_headquarters", site=ctx.place.site_name)


def claim_home(ctx: Context, uow: UnitOfWork) -> None:
    """In the transaction that makes money: this device is the home, from now on if there was none. RuleViolation as ``need_home``."""
    need_headquarters(ctx)
    if _check(ctx, uow.reads) is None:
        uow.homes.add(MoneyHome(id=new_id(), device_id=ctx.place.device_id, state="current", since=uow.now))


def is_home(ctx: Context) -> bool:
    """Whether this device may make money."""
    try:
        need_home(ctx)
    except RuleViolation:
        return False
    return True


def show_home(ctx: Context) -> HomeView:
    """Which device makes money, and whether a take-over waits. No right is needed: everybody may know where to go."""
    current, asked = _current(ctx.reads), _asked(ctx, ctx.reads)
    home, since = _home_of(ctx, ctx.reads, current)
    hq, here = ctx.place.site_kind == "hq", home == ctx.place.device_id
    waits = hq and not here and asked is not None
    return HomeView(
        headquarters=hq, here=hq and here, device=device_prefix(home), mine=ctx.place.device_prefix, since=since if current or not here else None,
        asked_by=_name(ctx, asked.asked_by) if asked else "", asked_at=asked.asked_at if asked else None, reason=asked.reason if asked else "",
        may_ask=hq and not here and asked is None and ctx.actor.may("relief"),
        may_confirm=waits and ctx.actor.may("approve_money") and asked is not None and not _is_me(ctx, asked.asked_by),
    )  # fmt: skip


def ask_home(ctx: Context, *, reason: str) -> Changes:
    """Ask that this device take over: ``reason`` says that the old one is no longer used and that what it paid since the backup is known.

    Right ``relief``. RuleViolation ``reason.missing``, ``relief.home_here``, ``relief.home_asked``, ``relief.not_headquarters``.
    """
    ctx.require("relief")
    need_headquarters(ctx)
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason.strip()) as uow:
        previous = _need_elsewhere(ctx, uow)
        asked = _asked(ctx, uow.reads)
        if asked is not None:
            raise RuleViolation("relief.home_asked", by=_name(ctx, asked.asked_by))
        uow.homes.add(
            MoneyHome(
                id=new_id(), device_id=ctx.place.device_id, previous=previous, asked_by=ctx.actor.operator_id, asked_at=uow.now,
                reason=reason.strip(),
            )
        )  # fmt: skip
        return uow.commit()


def confirm_home(ctx: Context) -> Changes:
    """The other person agrees: from now on this device makes money. Right ``approve_money``.

    Batches of the old device keep counting as written, its vouchers are to be taken over by ``vouchers.adopt``.
    RuleViolation ``relief.home_not_asked``, ``relief.home_own``, ``relief.home_here``.
    """
    ctx.require("approve_money")
    need_headquarters(ctx)
    with ctx.unit() as uow:
        _need_elsewhere(ctx, uow)
        asked = _need_asked(ctx, uow)
        if _is_me(ctx, asked.asked_by):
            raise RuleViolation("relief.home_own")
        current = _current(uow.reads)
        if current is not None:
            uow.homes.save(replace(current, state="past"))
        uow.homes.save(replace(asked, state="current", since=uow.now, confirmed_by=ctx.actor.operator_id))
        return uow.commit()


def refuse_home(ctx: Context, *, reason: str) -> Changes:
    """The take-over does not happen; whoever asked may say so, too. Right ``relief`` or ``approve_money``."""
    if not ctx.actor.may("approve_money"):
        ctx.require("relief")
    need_headquarters(ctx)
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason.strip()) as uow:
        uow.homes.save(replace(_need_asked(ctx, uow), state="refused"))
        return uow.commit()


# -- who and since when ------------------------------------------------------------------------------------


def _check(ctx: Context, reads: Reads) -> MoneyHome | None:
    """The record of the home, which is this device; None when nobody has made money yet. RuleViolation ``relief.other_home``."""
    current = _current(reads)
    home, since = _home_of(ctx, reads, current)
    if home != ctx.place.device_id:
        raise RuleViolation("relief.other_home", device=device_prefix(home), mine=ctx.place.device_prefix, since=since)
    return current


def _home_of(ctx: Context, reads: Reads, current: MoneyHome | None) -> tuple[str, datetime | None]:
    """The device and since when. Before money was made it is the device that founded this folder: it may have begun after the backup."""
    if current is not None:
        return current.device_id, current.since
    if not (history := reads.journal.history(ctx.place.disaster_id)):
        return ctx.place.device_id, None
    return history[0].device, history[0].at


def _homes(reads: Reads) -> list[MoneyHome]:
    return [one for one in reads.all("money_home") if isinstance(one, MoneyHome)]


def _current(reads: Reads) -> MoneyHome | None:
    return next((one for one in _homes(reads) if one.state == "current"), None)


def _asked(ctx: Context, reads: Reads) -> MoneyHome | None:
    """The request of this device: one in a restored folder that its original made counts no more."""
    return next((one for one in _homes(reads) if one.state == "asked" and one.device_id == ctx.place.device_id), None)


def _need_asked(ctx: Context, uow: UnitOfWork) -> MoneyHome:
    asked = _asked(ctx, uow.reads)
    if asked is None:
        raise RuleViolation("relief.home_not_asked")
    return asked


def _need_elsewhere(ctx: Context, uow: UnitOfWork) -> str:
    home, _ = _home_of(ctx, uow.reads, _current(uow.reads))
    if home == ctx.place.device_id:
        raise RuleViolation("relief.home_here", device=ctx.place.device_prefix)
    return home


def _operator(ctx: Context, operator_id: str) -> Operator | None:
    found = ctx.reads.get("operator", operator_id)
    return found if isinstance(found, Operator) else None


def _name(ctx: Context, operator_id: str) -> str:
    found = _operator(ctx, operator_id)
    return found.name if found else ""


def _is_me(ctx: Context, operator_id: str) -> bool:
    """Whether the actor is that operator, or one of the same name."""
    return operator_id == ctx.actor.operator_id or fold_name(_name(ctx, operator_id)) == fold_name(ctx.actor.name)
