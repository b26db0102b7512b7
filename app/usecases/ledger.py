"""The books as people use them: budgets in, allotted and returned, corrections, trial balance, journal, and the check against payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.domain.books import ACCOUNTS, BY_HAND
from app.domain.errors import RuleViolation
from app.domain.governance import Site
from app.domain.relief import Entitlement, Programme, ReliefRound, Yen, check_yen
from app.usecases import postings
from app.usecases.context import Context
from app.usecases.ledger_rows import AccountBalance, BookProblem, Funds, Ledgered, LedgerFilter, PostingRow
from app.usecases.operators import list_operators
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today

_MOST_MEMO = 200
_EVERY = LedgerFilter()


# -- acts of people --------------------------------------------------------------------------------------------


def receive_budget(ctx: Context, *, programme_id: str, amount: Yen, round_id: str = "", day: str = "", memo: str = "") -> Ledgered:
    """Money for a programme came in. Headquarters only, right ``relief``.

    RuleViolation beside the field: ``money.not_positive``, ``ledger.too_large``, ``ledger.day``, ``ledger.future``, ``ledger.memo_long``,
    ``record.not_found`` (programme, round).
    """
    day = _begin(ctx, day, memo)
    _need_programme(ctx, programme_id, round_id)
    return _write(
        ctx, lambda uow: postings.post_budget(uow, programme_id=programme_id, round_id=round_id, amount=amount, day=day, memo=memo)
    )


def return_budget(
    ctx: Context, *, programme_id: str, amount: Yen, second: str, round_id: str = "", day: str = "", memo: str = ""
) -> Ledgered:
    """What was left goes back to its source (返還・精算). ``second``: name or id of the other operator who was there.

    RuleViolation as ``receive_budget``; ``ledger.second_missing``, ``ledger.second_self``, ``ledger.second_unknown``; ``ledger.short`` when
    headquarters does not have so much for the programme.
    """
    day = _begin(ctx, day, memo)
    programme = _need_programme(ctx, programme_id, round_id)
    other = _second(ctx, second)
    _check_funds(ctx, amount, programme=programme)
    return _write(
        ctx,
        lambda uow: postings.post_budget_returned(
            uow, programme_id=programme_id, round_id=round_id, amount=amount, day=day, second=other, memo=memo
        ),
    )


def allot(ctx: Context, *, site_id: str, amount: Yen, second: str, programme_id: str = "", day: str = "", memo: str = "") -> Ledgered:
    """Cash is handed to a site; ``second`` receives it. RuleViolation as ``return_budget``; ``record.not_found`` for a site."""
    day = _begin(ctx, day, memo)
    programme = _need_programme(ctx, programme_id, "") if programme_id else None
    _need_site(ctx, site_id)
    other = _second(ctx, second)
    _check_funds(ctx, amount, programme=programme)
    return _write(
        ctx,
        lambda uow: postings.post_allotment(
            uow, site_id=site_id, amount=amount, programme_id=programme_id, day=day, second=other, memo=memo
        ),
    )


def bring_back(ctx: Context, *, site_id: str, amount: Yen, second: str, programme_id: str = "", day: str = "", memo: str = "") -> Ledgered:
    """A site brought cash back to headquarters; ``second`` brought it. RuleViolation as ``allot``, short of what the site has."""
    day = _begin(ctx, day, memo)
    if programme_id:
        _need_programme(ctx, programme_id, "")
    site = _need_site(ctx, site_id)
    other = _second(ctx, second)
    _check_funds(ctx, amount, site=site)
    return _write(
        ctx,
        lambda uow: postings.post_allotment_back(
            uow, site_id=site_id, amount=amount, programme_id=programme_id, day=day, second=other, memo=memo
        ),
    )


def return_overpaid(
    ctx: Context, *, entitlement_id: str, amount: Yen, second: str, site_id: str = "", day: str = "", memo: str = ""
) -> Ledgered:
    """What was paid too much came back, to headquarters or in cash to a site; the entitlement owes that much less.

    RuleViolation as ``return_budget``; ``record.not_found``, also for somebody the actor may not know of; ``ledger.over_less`` when less
    is owed.
    """
    day = _begin(ctx, day, memo)
    if not isinstance(ctx.reads.get("entitlement", entitlement_id), Entitlement):
        raise RuleViolation("record.not_found", field="entitlement", kind="entitlement", record=entitlement_id)
    if site_id:
        _need_site(ctx, site_id)
    other = _second(ctx, second)

    def act(uow: UnitOfWork) -> str:
        one = uow.entitlements.need(entitlement_id)
        if check_yen(amount) > one.over:
            raise RuleViolation("ledger.over_less", field="amount", number=one.number, over=f"{one.over:,}")
        left = one.over - amount
        uow.entitlements.save(replace(one, over=left, returned=one.returned + amount, flag="over" if left else ""))
        open_to_all = ctx.reads.seen_by(see_protected=False).get("entitlement", one.id) is not None
        words = " ".join(filter(None, (one.number if open_to_all else "", memo.strip())))
        return postings.post_overpaid_returned(uow, one, amount, site_id=site_id, day=day, second=other, memo=words)

    return _write(ctx, act)


def book_fee(ctx: Context, *, amount: Yen, programme_id: str = "", day: str = "", memo: str = "") -> Ledgered:
    """A fee of the bank. RuleViolation as ``receive_budget``."""
    day = _begin(ctx, day, memo)
    if programme_id:
        _need_programme(ctx, programme_id, "")
    return _write(ctx, lambda uow: postings.post_fee(uow, amount=amount, programme_id=programme_id, day=day, memo=memo))


def reverse(ctx: Context, *, entry: str, reason: str, second: str, day: str = "") -> Ledgered:
    """Take back an entry that people made; ``second`` knows of it. ``entry``: its id or the last characters of it.

    RuleViolation ``ledger.follows_payment`` for one that follows from a payment, ``ledger.entry_unknown``, ``ledger.entry_many``,
    ``ledger.reversal``, ``ledger.reversed``, ``reason.missing``, those of ``second``.
    """
    day = _begin(ctx, day, reason)
    other = _second(ctx, second)
    found = find_entry(ctx, entry=entry)

    def act(uow: UnitOfWork) -> str:
        lines = uow.postings.where(entry=found)
        if lines and not lines[0].reverses and lines[0].kind not in BY_HAND:
            raise RuleViolation("ledger.follows_payment", field="entry", entry=found[-8:])
        return postings.reverse_entry(uow, found, reason=reason, day=day, second=other)

    return _write(ctx, act)


def _begin(ctx: Context, day: str, memo: str) -> str:
    ctx.require("relief")
    if ctx.place.site_kind != "hq":
        raise RuleViolation("relief.not_headquarters", site=ctx.place.site_name)
    if len(memo) > _MOST_MEMO:
        raise RuleViolation("ledger.memo_long", field="memo", most=_MOST_MEMO)
    found = read_book_day(ctx, day)
    if found > today(ctx).isoformat():
        raise RuleViolation("ledger.future", field="day", day=date.fromisoformat(found))
    return found


def read_book_day(ctx: Context, text: str) -> str:
    """A day in any style as ISO; "" is today. RuleViolation ``ledger.day``."""
    try:
        return read_day(text, field="day") or today(ctx).isoformat()
    except RuleViolation:
        raise RuleViolation("ledger.day", field="day", text=text) from None


def _write(ctx: Context, act: Callable[[UnitOfWork], str]) -> Ledgered:
    with ctx.unit() as uow:
        entry = act(uow)
        return Ledgered(entry=entry, changes=uow.commit())


def _need_programme(ctx: Context, programme_id: str, round_id: str) -> Programme:
    found = ctx.reads.get("programme", programme_id) if programme_id else None
    if not isinstance(found, Programme) or found.deleted:
        raise RuleViolation("record.not_found", field="programme_id", kind="programme", record=programme_id)
    if round_id:
        one = ctx.reads.get("relief_round", round_id)
        if not isinstance(one, ReliefRound) or one.deleted or one.programme_id != programme_id:
            raise RuleViolation("record.not_found", field="round_id", kind="relief_round", record=round_id)
    return found


def _need_site(ctx: Context, site_id: str) -> Site:
    found = ctx.reads.get("site", site_id) if site_id else None
    if not isinstance(found, Site) or found.deleted:
        raise RuleViolation("record.not_found", field="site_id", kind="site", record=site_id)
    return found


def find_site(ctx: Context, *, name: str) -> str:
    """The id of the site with this name or id. RuleViolation ``ledger.site_unknown`` with the names there are."""
    sites = [one for one in ctx.reads.all("site") if isinstance(one, Site)]
    for one in sites:
        if name.strip() in (one.name, one.id):
            return one.id
    raise RuleViolation("ledger.site_unknown", field="site_id", name=name, offered=", ".join(one.name for one in sites))


def _second(ctx: Context, text: str) -> str:
    """The id of the other operator."""
    wanted = "".join(text.split())
    if not wanted:
        raise RuleViolation("ledger.second_missing", field="second")
    for one in list_operators(ctx):  # those of other sites have a name here, and are not at hand
        if not one.disabled and wanted in (one.id, "".join(one.name.split())):
            if one.id == ctx.actor.operator_id:
                raise RuleViolation("ledger.second_self", field="second")
            return one.id
    raise RuleViolation("ledger.second_unknown", field="second", name=text.strip())


def list_seconds(ctx: Context) -> list[tuple[str, str]]:
    """``(id, name)`` of the operators who can be the second person."""
    ctx.require("ledger")
    return [(one.id, one.name) for one in list_operators(ctx) if not one.disabled and one.id != ctx.actor.operator_id]


def _check_funds(ctx: Context, amount: Yen, *, programme: Programme | None = None, site: Site | None = None) -> None:
    """RuleViolation ``ledger.short`` when there is less than the amount, in the books of today."""
    if site is not None:
        have = _balance_of(ctx.reads.ledger.balances(site_id=site.id), "site")
    else:
        have = _balance_of(ctx.reads.ledger.balances(programme_id=programme.id if programme else ""), "hq")
    if amount > have:
        where = site.name if site else programme.title if programme else ""
        raise RuleViolation(
            "ledger.short" if where else "ledger.short_all", field="amount", where=where, have=f"{have:,}", amount=f"{amount:,}"
        )


def _balance_of(rows: Sequence[AccountBalance], account: str) -> Yen:
    return sum(row.balance for row in rows if row.account == account)


# -- looking ---------------------------------------------------------------------------------------------------


def trial_balance(ctx: Context, *, programme_id: str = "", site_id: str = "", day: str = "") -> list[AccountBalance]:
    """Every account in the order of the chart, as of the end of a day; all balances together are 0 (but of one site's account alone)."""
    ctx.require("ledger")
    known = {row.account: row for row in ctx.reads.ledger.balances(programme_id=programme_id, site_id=site_id, day=day)}
    blank = [AccountBalance(account=one, debit=0, credit=0) for one in ACCOUNTS]
    return [known.get(row.account, row) for row in blank]


def read_funds(ctx: Context, *, day: str = "") -> tuple[list[Funds], Funds]:
    """What each programme's money does, as of the end of a day, and all of it. Cash allotted without a programme is in the sum only."""
    ctx.require("ledger")
    sums: dict[str, dict[str, Yen]] = defaultdict(lambda: defaultdict(int))
    for one in ctx.reads.ledger.by_programme(day=day):
        sums[one.key][one.account] += one.amount
        sums[_WHOLE][one.account] += one.amount
    programmes = [one for one in ctx.reads.all("programme") if isinstance(one, Programme)]
    lines = [_funds(one.id, one.title, one.budget, sums[one.id]) for one in programmes]
    if any(sums[""].values()):
        lines.append(_funds("", "", None, sums[""]))
    budgets = [one.budget for one in programmes if one.budget is not None]
    return lines, _funds(_WHOLE, "", sum(budgets) if budgets else None, sums[_WHOLE])


_WHOLE = "*"


def _funds(programme_id: str, title: str, budget: Yen | None, sums: Mapping[str, Yen]) -> Funds:
    def of(account: str) -> Yen:
        return sums.get(account, 0)

    return Funds(
        programme_id=programme_id, title=title, budget=budget, received=-of("source"), returned=of("returned"), hq=of("hq"), sites=of("site"),
        decided=of("committed"), transit=of("transit"), gross=of("paid"), refunded=-of("refunded"), fee=of("fee"),
        difference=-of("difference"), overpaid=of("overpaid"), loans=of("loans"),
    )  # fmt: skip


def list_entries(ctx: Context, *, filter: LedgerFilter | None = None, limit: int | None = None) -> list[str]:
    """Entries, newest first. Those of batches of protected people only for who may see them."""
    ctx.require("ledger")
    return ctx.reads.ledger.entry_ids(filter=filter or _EVERY, limit=limit)


def posting_rows(ctx: Context, *, entries: Sequence[str]) -> list[PostingRow]:
    """Every line of these entries, in their order."""
    ctx.require("ledger")
    return ctx.reads.ledger.posting_rows(entries)


def find_entry(ctx: Context, *, entry: str) -> str:
    """The entry with this id, or the one that ends so (at least six characters). RuleViolation ``ledger.entry_unknown``, ``ledger.entry_many``."""
    wanted = entry.strip().lower()
    found = ctx.reads.ledger.entries_like(wanted) if len(wanted) >= _SHORTEST else []
    if not found:
        raise RuleViolation("ledger.entry_unknown", field="entry", entry=entry)
    if len(found) > 1:
        raise RuleViolation("ledger.entry_many", field="entry", entry=entry)
    return found[0]


_SHORTEST = 6


# -- the check -------------------------------------------------------------------------------------------------


def verify_books(ctx: Context) -> list[BookProblem]:
    """Where the books do not agree with themselves or with payments and receipts; empty when everything agrees.

    Each entry sums to 0; per batch what is decided, on its way and paid; every paid payment and every receipt has its entry; overpayments.
    At a site only its own receipts can be compared.
    """
    ctx.require("ledger")
    reads = ctx.reads.ledger
    found = [_problem("unbalanced", entry=entry[-8:], difference=amount) for entry, amount in reads.unbalanced()]
    found += [_problem(f"lost_{kind}", number=number) for kind, number in reads.lost_entries()]
    if ctx.place.site_kind != "hq":
        return found
    for one in reads.batch_sums():
        number = "" if one.guarded and not ctx.actor.may("see_protected") else one.number
        pairs = (("decided", one.approved, one.committed), ("transit", one.sent, one.transit), ("paid", one.paid, one.posted))
        found += [_problem(code, number=number, payments=f"{left:,}", books=f"{right:,}") for code, left, right in pairs if left != right]
    found += [_problem("over", round=title, payments=f"{left:,}", books=f"{right:,}") for title, left, right in reads.over_sums()]
    balances = {one.account: one.balance for one in reads.balances()}
    found += [_problem(f"negative_{name}", amount=f"{balances[name]:,}") for name in ("hq", "site") if balances.get(name, 0) < 0]
    return found


def _problem(code: str, **params: object) -> BookProblem:
    return BookProblem(code=f"ledger.check.{code}", params=params)
