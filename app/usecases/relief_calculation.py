"""Calculating a round: who receives how much, why, and what is still missing. One entitlement for each subject and round, ever.

A dry run does everything but writing. What is calculated again raises or lowers what is there; it never makes a second entitlement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.identifiers import lettered_number
from app.domain.relief import Entitlement, Programme, ReliefRound, ReliefRule, Yen
from app.domain.relief_rules import find_overlaps, refuse_overlaps
from app.usecases.collecting import without_collector
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.money_home import claim_home
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.postings import post_overpaid
from app.usecases.relief_plan import Plan, Planned, row_of
from app.usecases.relief_rows import WANTS, CalculatedRow, Calculation, CategoryCount
from app.usecases.relief_subjects import Gathering, Question, Subject, mark_doubles
from app.usecases.relief_wants import Papers, find_wants

__all__ = ["calculate", "dry_run"]
SERIES = "entitlement"
"""The range of numbers that entitlements get theirs from."""
_MANY = 5000
_MOST_PRICES = 4
"""Different amounts of one rule that are shown each with its price: the whole, and what people who live alone get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Budget:
    """The tighter of the budgets of round and programme: None without any. ``left`` is negative when it is overrun."""

    amount: Yen | None
    left: Yen | None


def dry_run(ctx: Context, *, round_id: str, job: Job = QUIET) -> Calculation:
    """What ``calculate`` would do. Nothing is written but a line in the access log. Right ``relief`` or ``ledger``."""
    if not ctx.actor.may("ledger"):
        ctx.require("relief")
    sees = ctx.actor.may("see_protected")
    with without_collector():
        question = _ask(ctx, ctx.reads, round_id)
        found, days = _plan(ctx.reads, question, sees=sees, now=ctx.now(), job=job)
        budget = _budget(ctx.reads, question, found)
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=len(found), target="relief")
        uow.commit()
    return _tell(question, found, budget, dry=True, days=days, now=ctx.now(), sees=sees)


def calculate(ctx: Context, *, round_id: str, job: Job = QUIET) -> Calculation:
    """Make, raise, lower and end the entitlements of a round, in one transaction. Right ``relief``, at the money home only.

    RuleViolation ``relief.not_headquarters``, ``relief.other_home``, ``relief.round_closed``, ``relief.no_rules``, ``programme.overlap``,
    ``relief.no_residents``, ``relief.over_budget`` (``over``: by how many yen; nothing is written then).
    """
    ctx.require("relief")
    with without_collector(), ctx.unit() as uow:
        claim_home(ctx, uow)
        sees = ctx.actor.may("see_protected")
        reads = uow.reads.seen_by(see_protected=sees)
        question = _ask(ctx, reads, round_id)
        _check_ready(question)
        found, days = _plan(reads, question, sees=sees, now=uow.now, job=job, number=lambda count: _numbers(ctx, uow, count))
        if days:
            raise RuleViolation("relief.no_residents", field="round", days=days)
        budget = _budget(reads, question, found)
        if budget.left is not None and budget.left < 0 and any(one.action in ("created", "raised") for one in found):
            raise RuleViolation("relief.over_budget", field="budget", over=-budget.left, budget=budget.amount)
        _write(uow, question, found)
        uow.log_access(action="view", persons=len(found), target="relief")
        return _tell(question, found, budget, dry=False, days=(), now=uow.now, sees=sees, changes=uow.commit())


def _ask(ctx: Context, reads: Reads, round_id: str) -> Question:
    round = reads.get("relief_round", round_id)
    if not isinstance(round, ReliefRound) or round.deleted:
        raise RuleViolation("record.not_found", kind="relief_round", record=round_id)
    programme = reads.get("programme", round.programme_id)
    if not isinstance(programme, Programme) or programme.deleted:
        raise RuleViolation("record.not_found", kind="programme", record=round.programme_id)
    rules = [one for one in reads.relief.many_by(ReliefRule, "round_id", [round_id])]
    if not rules:
        raise RuleViolation("relief.no_rules", field="round", programme=programme.title, round=round.title or round.code)
    return Question(programme=programme, round=round, rules=tuple(sorted(rules, key=lambda one: one.position)), place=ctx.place)


def _check_ready(question: Question) -> None:
    if question.round.state == "closed" or question.programme.state == "closed":
        raise RuleViolation("relief.round_closed", field="round", programme=question.programme.title, round=question.round.title or question.round.code)
    refuse_overlaps(question.rules)


def _plan(
    reads: Reads, question: Question, *, sees: bool, now: datetime, job: Job, number: Callable[[int], Iterator[str]] | None = None
) -> tuple[list[Planned], tuple[str, ...]]:
    """What becomes of everybody, and the days for which there are no residents. ``number`` gives numbers for new entitlements."""
    job.report(0, None, "relief.gathering")
    gathering = Gathering(reads, question)
    subjects = [*gathering.households(), *gathering.people()]
    stored = reads.relief.entitlements(round_id=question.round.id)
    hidden = reads.relief.hidden("entitlement", [one.id for one in stored])
    subjects = _shown(reads, subjects, withheld=[one for one in stored if one.id in hidden], sees=sees)
    stored = [one for one in stored if one.id not in hidden]
    earlier = reads.relief.earlier(round_ids=_rounds_before(reads, question)) if question.programme.increments == "total" else ()
    plan = Plan(question, stored=stored, live=reads.relief.live(round_id=question.round.id), earlier=earlier, now=now)
    mark_doubles(subjects, shared=_shared(reads, subjects), first=plan.first())
    if question.programme.kind == "repair":
        _mark_repaired(reads, question, subjects, stored)
    found = plan.run(job.track(subjects, "relief.calculating"))
    numbers = number(sum(one.action == "created" for one in found)) if number else iter(())
    _fill_wants(reads, question, found, numbers)
    return found, tuple(dict.fromkeys(gathering.missing_days))


def _numbers(ctx: Context, uow: UnitOfWork, count: int) -> Iterator[str]:
    first = uow.reserve_numbers(SERIES, count) if count else 0
    return (lettered_number("T", ctx.place.device_prefix, first + place) for place in range(count))


def _shown(reads: Reads, subjects: Sequence[Subject], *, withheld: Sequence[Entitlement], sees: bool) -> list[Subject]:
    """Without anybody of a protected household for those who may not know of it; for others marked."""
    guarded = reads.relief.guarded_households()
    if sees:
        for one in subjects:
            one.protected = one.protected or one.household in guarded
        return list(subjects)
    keys = {key for one in withheld for key in (one.subject, *one.aliases)}
    return [one for one in subjects if not (one.protected or one.household in guarded) and keys.isdisjoint(one.keys)]


def _shared(reads: Reads, subjects: Sequence[Subject]) -> dict[str, list[str]]:
    """Members in common, but those who live apart by a claim."""
    apart = {name for one in subjects for claim in one.claims if claim.apart for name in claim.members}
    return {number: victims for number, victims in reads.relief.shared_numbers().items() if number not in apart}


def _rounds(reads: Reads, programme: Programme) -> list[ReliefRound]:
    found = reads.relief.many_by(ReliefRound, "programme_id", [programme.id])
    return sorted(found, key=lambda one: (int(one.code) if one.code.isdecimal() else 10**6, one.code))


def _rounds_before(reads: Reads, question: Question) -> list[str]:
    ids = [one.id for one in _rounds(reads, question.programme)]
    return ids[: ids.index(question.round.id)]


def _mark_repaired(reads: Reads, question: Question, subjects: Sequence[Subject], stored: Sequence[Entitlement]) -> None:
    """A dwelling is repaired once: whoever has money of another round (the limits of another year) and none here is left out, with the round."""
    here = {key for one in stored for key in (one.subject, *one.aliases)}
    others = {}
    for one in _rounds(reads, question.programme):
        if one.id != question.round.id:
            amounts = reads.relief.earlier(round_ids=[one.id])
            others.update(dict.fromkeys((key for amount in amounts for key in amount.keys), one.title or one.code))
    for subject in subjects:
        found = next((others[key] for key in subject.keys if key in others), "")
        if found and not subject.problem and here.isdisjoint(subject.keys):
            subject.problem, subject.params = "relief.other_round", {"round": found}


def _fill_wants(reads: Reads, question: Question, found: Sequence[Planned], numbers: Iterator[str]) -> None:
    """What each entitlement lacks now; new ones get the next number, as long as there are any."""
    planned = [(one, one.after) for one in found if one.after is not None]
    owed = frozenset(after.id for one, after in planned if one.open > 0)
    papers: Papers = {after.id: _papers(one.subject) for one, after in planned if one.subject is not None}
    lacking = find_wants(
        reads, programme=question.programme, round=question.round, entitlements=[after for _, after in planned], owed=owed, papers=papers
    )
    for one, after in planned:
        wants, number = lacking[after.id], next(numbers, "") if one.stored is None else after.number
        if after.wants != wants or after.number != number:
            one.after = replace(after, wants=wants, number=number)


def _papers(subject: Subject) -> tuple[bool, frozenset[str], bool]:
    if not subject.claims:
        return (False, _NO_PAPERS, subject.facts.certificate)
    return (True, frozenset(name for claim in subject.claims for name in claim.documents), subject.facts.certificate)


_NO_PAPERS: frozenset[str] = frozenset()


# -- the budget --------------------------------------------------------------------------------------------


def _budget(reads: Reads, question: Question, found: Sequence[Planned]) -> _Budget:
    """What is left of the tighter budget when everything here is paid. What a refusal or an end had before counts, too."""
    here = sum(_committed(one) for one in found)
    budgets = []
    if question.round.budget is not None:
        budgets.append(_Budget(amount=question.round.budget, left=question.round.budget - here))
    if question.programme.budget is not None:
        others = [one.id for one in _rounds(reads, question.programme) if one.id != question.round.id]
        amounts = reads.relief.earlier(round_ids=others)
        hidden = reads.relief.hidden("entitlement", [one.entitlement_id for one in amounts])
        spent = here + sum(one.amount for one in amounts if one.entitlement_id not in hidden)
        budgets.append(_Budget(amount=question.programme.budget, left=question.programme.budget - spent))
    return min(budgets, key=lambda one: one.left or 0, default=_Budget(amount=None, left=None))


def _committed(one: Planned) -> Yen:
    return one.live.paid + one.live.under_way + one.open


# -- writing -----------------------------------------------------------------------------------------------


def _write(uow: UnitOfWork, question: Question, found: Sequence[Planned]) -> None:
    made = [one for one in found if one.stored is None and one.after is not None]
    for part in _parts(made):
        uow.entitlements.add_many([_sure(one.after) for one in part])
    changed = [one for one in found if one.stored is not None and one.after is not None and one.after != one.stored]
    for part in _parts(changed):
        uow.entitlements.save_many([_sure(one.after) for one in part])
    owed = [(_sure(one.after), _sure(one.after).over - one.stored.over) for one in changed if one.stored is not None]
    post_overpaid(uow, [(one, change) for one, change in owed if change])
    if question.round.state == "draft":
        uow.rounds.save(replace(uow.rounds.need(question.round.id), state="open"))


def _parts(planned: Sequence[Planned]) -> Iterator[Sequence[Planned]]:
    """Some thousand at a time: what is written needs memory for its journal, too."""
    return (planned[start : start + _MANY] for start in range(0, len(planned), _MANY))


def _sure(entitlement: Entitlement | None) -> Entitlement:
    if entitlement is None:
        raise TypeError("nothing was planned")
    return entitlement


# -- telling -----------------------------------------------------------------------------------------------


def _tell(
    question: Question, found: Sequence[Planned], budget: _Budget, *, dry: bool, days: Sequence[str], now: datetime, sees: bool,
    changes: Changes | None = None,
) -> Calculation:
    actions = Counter(one.action for one in found)
    entitled = [one for one in found if one.after is not None and one.after.state == "open"]
    owing = [one for one in entitled if one.open > 0]
    missing = Counter(code for one in owing for code in _sure(one.after).wants)
    rows = [row_of(one, already=one.live.paid + one.live.under_way) for one in found if one.stored is not None or one.subject is not None]
    return Calculation(
        programme=question.programme, round=question.round, dry=dry, categories=_categories(question, entitled), count=len(entitled),
        total=sum(max(0, _sure(one.after).due - _sure(one.after).before) for one in entitled),
        already=sum(one.live.paid + one.live.under_way for one in entitled), to_pay=sum(one.open for one in owing), budget=budget.amount,
        left=budget.left, created=actions["created"], raised=actions["raised"], lowered=actions["lowered"], ended=actions["ended"],
        over=sum(1 for one in found if one.after is not None and one.after.over > 0),
        over_total=sum(one.after.over for one in found if one.after is not None), unchanged=actions["unchanged"], declined=actions["declined"],
        problems=actions["problem"], payable=sum(1 for one in owing if not _sure(one.after).wants),
        missing={code: missing[code] for code in WANTS if missing[code]}, rows=_in_order(rows),
        warnings=_warnings(question, budget, days, reissue=_to_reissue(found), sees=sees),
        calculated_at=now, changes=changes or {},
    )  # fmt: skip


def _in_order(rows: Sequence[CalculatedRow]) -> tuple[CalculatedRow, ...]:
    """Households before people, by district and reading."""
    return tuple(sorted(rows, key=lambda one: (one.unit, one.district == "", one.district, one.kana, one.name)))


def _categories(question: Question, entitled: Sequence[Planned]) -> tuple[CategoryCount, ...]:
    """Count × unit price by category, title and amount, in the order of the rules; of what is due, before earlier rounds are taken off.

    Where amounts are as many as people (a loan, an invoice), they are one line without a unit price.
    """
    order = {(rule.category or rule.title, rule.title): place for place, rule in enumerate(question.rules)}
    grouped: dict[tuple[str, str, str], dict[Yen, int]] = {}
    for (category, title, unit, amount), number in _count_lines(entitled).items():
        grouped.setdefault((category, title, unit), {})[amount] = number
    found = []
    for (category, title, unit), amounts in sorted(grouped.items(), key=lambda one: (order.get(one[0][:2], len(order)), one[0])):
        single = [[one] for one in sorted(amounts, reverse=True)]
        for part in single if len(single) <= _MOST_PRICES else [sorted(amounts)]:
            found.append(
                CategoryCount(
                    category=category, title=title, unit=unit, count=sum(amounts[one] for one in part), unit_amount=part[0] if len(part) == 1 else None,
                    total=sum(one * amounts[one] for one in part),
                )
            )  # fmt: skip
    return tuple(found)


def _count_lines(entitled: Sequence[Planned]) -> Counter[tuple[str, str, str, Yen]]:
    """How many lines there are by category, title, unit and amount. Alike outcomes are one object, counted together."""
    alike = Counter((id(one.outcome), _sure(one.after).unit) for one in entitled)
    outcomes = {id(one.outcome): one.outcome for one in entitled}
    counts: Counter[tuple[str, str, str, Yen]] = Counter()
    for (key, unit), number in alike.items():
        for line in outcomes[key].lines:
            counts[(line.category, line.title, unit, line.amount)] += number
    return counts


def _to_reissue(found: Sequence[Planned]) -> int:
    """How many entitlements wait for a certificate although their household has one: it says another degree."""
    return sum(
        one.open > 0 and one.subject is not None and one.subject.reissue and "certificate" in one.after.wants for one in found if one.after is not None
    )


def _warnings(
    question: Question, budget: _Budget, days: Sequence[str], *, reissue: int, sees: bool
) -> tuple[tuple[str, Mapping[str, Any]], ...]:  # fmt: skip
    """``relief.without_protected`` whenever the actor may not know of protected people, so that it says nothing about whether there are any."""
    found: list[tuple[str, Mapping[str, Any]]] = [
        ("programme.overlap", {"first": one.first.title, "second": one.second.title, "group": one.first.group}) for one in find_overlaps(question.rules)
    ]
    if days:
        found.append(("relief.no_residents", {"days": list(days)}))
    if budget.left is not None and budget.left < 0:
        found.append(("relief.over_budget", {"over": -budget.left, "budget": budget.amount}))
    if question.round.state == "closed" or question.programme.state == "closed":
        found.append(("relief.round_closed", {"programme": question.programme.title, "round": question.round.title or question.round.code}))
    if reissue:
        found.append(("relief.reissue", {"count": reissue}))
    if not sees:
        found.append(("relief.without_protected", {}))
    return tuple(found)
