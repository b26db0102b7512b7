"""What waits where money is concerned: for the home page and for whoever has the right to do it. Shows no person."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.relief import Yen
from app.usecases.accounts import count_waiting
from app.usecases.batch_rows import BatchFilter
from app.usecases.batches import list_batches
from app.usecases.casualties import list_casualty_ids
from app.usecases.context import Context
from app.usecases.relief_rows import CasualtyFilter
from app.usecases.transfer_results import list_unpaid
from app.usecases.transfers import list_waiting
from app.usecases.vouchers import site_counts

_PAYABLE = frozenset({"assigned"})
_UNDECIDED = frozenset({"ready", "released", "recalled"})
_STATES = ("draft", "checked", "returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefOverview:
    """Numbers of things to do; zero for whoever may not do them.

    ``to_check`` drafts of others, ``to_approve`` checked batches of others with ``to_approve_total`` yen, ``returned`` one's own, ``to_write``
    approved transfers without a file, ``results`` sent ones without an answer, ``unpaid`` payments that did not arrive with ``unpaid_total`` yen,
    ``uncollected`` vouchers at sites with ``uncollected_total`` yen, ``unassigned`` vouchers at headquarters, ``casualties`` to confirm,
    ``accounts`` to look at a second time.
    """

    to_check: int = 0
    to_approve: int = 0
    to_approve_total: Yen = 0
    returned: int = 0
    to_write: int = 0
    results: int = 0
    unpaid: int = 0
    unpaid_total: Yen = 0
    uncollected: int = 0
    uncollected_total: Yen = 0
    unassigned: int = 0
    casualties: int = 0
    accounts: int = 0


NO_MONEY = ReliefOverview()
"""Nothing waits, or nobody may know."""


def take_relief_overview(ctx: Context) -> ReliefOverview:
    """As of now, as far as the actor may act on it."""
    may = ctx.actor.may
    hq = ctx.place.site_kind == "hq"
    rows = {state: list_batches(ctx, filter=BatchFilter(state=state)) if hq else [] for state in _STATES}
    others = {state: [one for one in found if one.prepared_by != ctx.actor.name] for state, found in rows.items()}
    waiting = list_waiting(ctx) if may("relief") else []
    unpaid = [one for one in list_unpaid(ctx) if one.next_step != "done"] if may("relief") else []
    cash = site_counts(ctx) if may("relief") or may("pay") else []
    payable = [one for one in cash if one.state in _PAYABLE]
    decided = may("approve_money")
    confirms = may("relief") or may("check_money")
    return ReliefOverview(
        to_check=len(others["draft"]) if may("check_money") else 0,
        to_approve=len(others["checked"]) if decided else 0,
        to_approve_total=sum(one.total for one in others["checked"]) if decided else 0,
        returned=len(rows["returned"]) - len(others["returned"]) if may("relief") else 0,
        to_write=sum(one.next_step == "write" for one in waiting),
        results=sum(one.next_step == "results" for one in waiting),
        unpaid=len(unpaid), unpaid_total=sum(one.amount for one in unpaid),
        uncollected=sum(one.count for one in payable), uncollected_total=sum(one.total for one in payable),
        unassigned=sum(one.count for one in cash if one.state in _UNDECIDED) if may("relief") else 0,
        casualties=len(list_casualty_ids(ctx, filter=CasualtyFilter(state="reported"))) if confirms else 0,
        accounts=count_waiting(ctx),
    )  # fmt: skip
