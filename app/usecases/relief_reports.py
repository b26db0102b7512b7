"""Reports of money: by round, category, district, site and day, and to the prefecture.

Sums have everybody in them, protected people without their district (decision 020).
What is decided, on its way and paid is of the end of a day, by the books; who is entitled, declined or did not come is as now.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.governance import Site
from app.domain.relief import Programme, ReliefRound, ReliefRule, Yen
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.ledger import read_book_day
from app.usecases.ledger_ports import PostingSum
from app.usecases.ledger_rows import (
    BY,
    DayLine,
    PrefectureLine,
    PrefectureReport,
    Report,
    ReportLine,
    SiteLine,
    Tally,
)

_ESTIMATES = "relief_estimates"
_MOST_ESTIMATE = 10_000_000


# -- by round, category, district, site, day -------------------------------------------------------------------


def make_report(ctx: Context, *, by: str, programme_id: str = "", round_id: str = "", day: str = "") -> Report:
    """A report as of the end of ``day`` ("" today). RuleViolation ``word.unknown`` for ``by``, ``ledger.day``, ``record.not_found``."""
    ctx.require("ledger")
    if by not in BY:
        raise RuleViolation("word.unknown", field="by", word=by)
    until = read_book_day(ctx, day)
    programme, chosen = find_scope(ctx, programme_id=programme_id, round_id=round_id)
    scope = {"programme_id": programme.id if programme else "", "round_id": chosen.id if chosen else ""}
    lines: tuple[ReportLine, ...] | tuple[SiteLine, ...] | tuple[DayLine, ...]
    total: ReportLine | SiteLine | DayLine
    if by == "site":
        lines, total = _by_site(ctx, until, scope)
    elif by == "day":
        lines, total = _by_day(ctx, until, scope)
    else:
        lines, total = _progress(ctx, by, until, scope)
    return Report(
        by=by, day=until, programme_title=programme.title if programme else "", round_title=chosen.title if chosen else "", lines=lines,
        total=total,
    )  # fmt: skip


def find_scope(ctx: Context, *, programme_id: str, round_id: str) -> tuple[Programme | None, ReliefRound | None]:
    """Programme and round by id; the programme of the round when only that is given. RuleViolation ``record.not_found``."""
    chosen = ctx.reads.get("relief_round", round_id) if round_id else None
    if round_id and (not isinstance(chosen, ReliefRound) or chosen.deleted):
        raise RuleViolation("record.not_found", field="round_id", kind="relief_round", record=round_id)
    if isinstance(chosen, ReliefRound):
        programme_id = chosen.programme_id
    programme = ctx.reads.get("programme", programme_id) if programme_id else None
    if programme_id and not isinstance(programme, Programme):
        raise RuleViolation("record.not_found", field="programme_id", kind="programme", record=programme_id)
    return programme if isinstance(programme, Programme) else None, chosen if isinstance(chosen, ReliefRound) else None


_STANDING = {"committed": "decided", "transit": "transit", "paid": "paid", "refunded": "paid"}
"""Which column the balance of an account stands in. What was refunded is not paid."""


def _progress(ctx: Context, by: str, day: str, scope: Mapping[str, str]) -> tuple[tuple[ReportLine, ...], ReportLine]:
    if by == "category" and not scope["programme_id"]:
        by = "within"  # the same word means another thing in another programme
    cells: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for one in ctx.reads.ledger.sums(by=by, day=day, **scope):
        if name := _STANDING.get(one.account):
            cells[one.key][name] = cells[one.key][name].plus(Tally(count=one.count, amount=one.amount))
    for found in ctx.reads.ledger.entitlement_sums(by=by, **scope):
        into = cells[found.key]
        if found.state == "ended":
            continue
        into["due"] = into["due"].plus(Tally(count=found.count, amount=found.due))
        if found.state == "declined":
            into["refused"] = into["refused"].plus(Tally(count=found.count, amount=found.open))
            continue
        into["open"] = into["open"].plus(Tally(count=found.open_count, amount=found.open))
        into["failed"] = into["failed"].plus(Tally(count=found.failed_count, amount=found.failed))
    for key, count, amount in ctx.reads.ledger.voucher_sums(by=by, **scope):
        cells[key]["uncollected"] = Tally(count=count, amount=amount)
    lines = _ordered(ctx, by, scope, cells)
    return tuple(lines), _sum_lines(lines)


def _ordered(ctx: Context, by: str, scope: Mapping[str, str], cells: Mapping[str, Mapping[str, Tally]]) -> list[ReportLine]:
    """Rounds and categories in the order they were made, districts by name; what has no district last."""

    def told(key: str) -> dict[str, Any]:
        return dict(cells[key])

    if by == "round":
        programmes = {one.id: one for one in ctx.reads.all("programme") if isinstance(one, Programme)}
        rounds = [one for one in ctx.reads.all("relief_round") if isinstance(one, ReliefRound) and one.id in cells]
        return [
            ReportLine(
                code=one.code, title=" ".join((programmes[one.programme_id].title, one.title or one.code)), programme_id=one.programme_id,
                **told(one.id),
            )
            for one in rounds if one.programme_id in programmes
        ]  # fmt: skip
    if by == "category":
        order = list(dict.fromkeys((*_categories(ctx, scope), *sorted(cells))))
        return [ReportLine(code=key, title=key, **told(key)) for key in order if key in cells]
    if by == "within":
        return [
            ReportLine(code=key, title=" / ".join(filter(None, (key.partition("/")[2], one.title))), programme_id=one.id, **told(key))
            for one in ctx.reads.all("programme") if isinstance(one, Programme)
            for key in dict.fromkeys((
                *(f"{one.id}/{name}" for name in _categories(ctx, {"programme_id": one.id, "round_id": ""})),
                *sorted(key for key in cells if key.startswith(f"{one.id}/")),
            ))
            if key in cells
        ]  # fmt: skip
    return [ReportLine(code=key, title=key, **told(key)) for key in sorted(cells, key=lambda key: (key == "", key))]


def _categories(ctx: Context, scope: Mapping[str, str]) -> list[str]:
    """Categories of the rules in their order."""
    return list(dict.fromkeys(rule.category for rule in _rules(ctx, scope)))


def _rules(ctx: Context, scope: Mapping[str, str]) -> list[ReliefRule]:
    rounds = {
        one.id: place
        for place, one in enumerate(ctx.reads.all("relief_round"))
        if isinstance(one, ReliefRound)
        and (not scope["programme_id"] or one.programme_id == scope["programme_id"])
        and (not scope["round_id"] or one.id == scope["round_id"])
    }
    rules = [one for one in ctx.reads.all("relief_rule") if isinstance(one, ReliefRule) and one.round_id in rounds]
    return sorted(rules, key=lambda one: (rounds[one.round_id], one.position))


def _sum_lines(lines: Iterable[ReportLine]) -> ReportLine:
    total = ReportLine(code="", title="", total=True)
    for line in lines:
        total = replace(
            total,
            **{name: getattr(total, name).plus(getattr(line, name))
               for name in ("due", "decided", "transit", "paid", "failed", "refused", "uncollected", "open")},
        )  # fmt: skip
    return total


_AT_SITE = {"cash_paid": "paid", "refund": "refunded", "overpaid_returned": "refunded"}


def _by_site(ctx: Context, day: str, scope: Mapping[str, str]) -> tuple[tuple[SiteLine, ...], SiteLine]:
    found: dict[str, SiteLine] = {}
    names = {one.id: one.name for one in ctx.reads.all("site") if isinstance(one, Site)}
    for one in ctx.reads.ledger.sums(by="site", day=day, **scope):
        line = found.get(one.key) or SiteLine(site_id=one.key, title=names.get(one.key, ""))
        found[one.key] = _at_site(line, one)
    for key, count, amount in ctx.reads.ledger.voucher_sums(by="site", **scope):
        line = found.get(key) or SiteLine(site_id=key, title=names.get(key, ""))
        found[key] = replace(line, uncollected=Tally(count=count, amount=amount))
    blank = SiteLine(site_id="", title="")
    lines = [line for line in sorted(found.values(), key=lambda line: (line.site_id != "", line.title)) if line != blank]
    total = replace(blank, total=True)
    for line in lines:
        total = replace(
            total, allotted=total.allotted + line.allotted, brought_back=total.brought_back + line.brought_back, paid=total.paid.plus(line.paid),
            refunded=total.refunded.plus(line.refunded), difference=total.difference + line.difference, balance=total.balance + line.balance,
            uncollected=total.uncollected.plus(line.uncollected),
        )  # fmt: skip
    return tuple(lines), total


def _at_site(line: SiteLine, one: PostingSum) -> SiteLine:
    if not line.site_id:  # headquarters: what the bank paid, and what is at hand
        if one.account == "hq":
            return replace(line, balance=line.balance + one.amount)
        if one.account == "paid" and one.kind == "paid":
            return replace(line, paid=line.paid.plus(Tally(count=one.count, amount=one.amount)))
        if one.account == "refunded" and one.kind == "recalled":
            return replace(line, refunded=line.refunded.plus(Tally(count=-one.count, amount=-one.amount)))
        return line
    if one.account != "site":
        return line
    line = replace(line, balance=line.balance + one.amount)
    if one.kind == "allotment":
        return replace(line, allotted=line.allotted + one.amount)
    if one.kind == "allotment_back":
        return replace(line, brought_back=line.brought_back - one.amount)
    if one.kind == "difference":
        return replace(line, difference=line.difference + one.amount)
    name = _AT_SITE.get(one.kind, "")
    sign = -1 if name == "paid" else 1
    if not name:
        return line
    tally = Tally(count=one.count * sign, amount=one.amount * sign)
    return replace(line, paid=line.paid.plus(tally)) if name == "paid" else replace(line, refunded=line.refunded.plus(tally))


_ON_DAY = {
    ("committed", "approved"): ("decided", 1), ("committed", "released"): ("decided", 1), ("transit", "sent"): ("sent", 1),
    ("paid", "paid"): ("paid", 1), ("paid", "cash_paid"): ("cash", 1), ("transit", "failed"): ("failed", -1),
    ("refunded", "refund"): ("refunded", -1), ("refunded", "recalled"): ("refunded", -1),
}  # fmt: skip


def _by_day(ctx: Context, day: str, scope: Mapping[str, str]) -> tuple[tuple[DayLine, ...], DayLine]:
    found: dict[str, DayLine] = {}
    for one in ctx.reads.ledger.sums(by="day", day=day, **scope):
        line = found.get(one.key) or DayLine(day=one.key)
        if one.account == "source":
            line = replace(line, received=line.received - one.amount)
        if place := _ON_DAY.get((one.account, one.kind)):
            name, sign = place
            line = replace(line, **{name: getattr(line, name).plus(Tally(count=one.count * sign, amount=one.amount * sign))})
        found[one.key] = line
    lines, so_far, total = [], 0, DayLine(day="", total=True)
    for key in sorted(found):
        line = found[key]
        so_far += line.paid.amount + line.cash.amount - line.refunded.amount
        lines.append(replace(line, paid_so_far=so_far))
        total = replace(
            total, received=total.received + line.received,
            **{name: getattr(total, name).plus(getattr(line, name)) for name in ("decided", "sent", "paid", "cash", "failed", "refunded")},
        )  # fmt: skip
    return tuple(lines), replace(total, paid_so_far=so_far)


# -- to the prefecture -----------------------------------------------------------------------------------------


def report_to_prefecture(ctx: Context, *, programme_id: str = "", round_id: str = "", day: str = "") -> PrefectureReport:
    """Forecast 概算 (estimated number × unit price), actual 実績 and return 返還 of a programme or one round, as of the end of ``day``.

    An estimate is what headquarters typed (``save_estimates``), else the number entitled so far. RuleViolation ``ledger.programme_missing``.
    """
    ctx.require("ledger")
    until = read_book_day(ctx, day)
    programme, chosen = find_scope(ctx, programme_id=programme_id, round_id=round_id)
    if programme is None:
        raise RuleViolation("ledger.programme_missing", field="programme_id")
    rounds = [
        one
        for one in ctx.reads.all("relief_round")
        if isinstance(one, ReliefRound) and one.programme_id == programme.id and (chosen is None or one.id == chosen.id)
    ]
    typed = read_estimates(ctx)
    lines = [line for one in rounds for line in _prefecture_lines(ctx, one, until, typed.get(one.id, {}))]
    sums: dict[str, Yen] = defaultdict(int)
    count = 0
    unassigned = 0
    for found in ctx.reads.ledger.sums(by="round", programme_id=programme.id, day=until):
        if chosen is not None and found.key != chosen.id:
            unassigned -= found.amount if not found.key and found.account in ("source", "returned") else 0
            continue
        sums[found.account] += found.amount
        count += found.count if found.account in ("paid", "refunded") else 0
    return PrefectureReport(
        day=until, programme_id=programme.id, programme_title=programme.title, payer=programme.payer, round_id=chosen.id if chosen else "",
        round_title=chosen.title or chosen.code if chosen else "", lines=tuple(lines), received=-sums["source"],
        forecast=sum(line.forecast for line in lines), paid=Tally(count=count, amount=sums["paid"] + sums["refunded"]),
        under_way=sums["committed"] + sums["transit"], fees=sums["fee"], returned=sums["returned"], unassigned=unassigned,
    )  # fmt: skip


def _prefecture_lines(ctx: Context, one: ReliefRound, day: str, typed: Mapping[str, int]) -> list[PrefectureLine]:
    scope = {"programme_id": one.programme_id, "round_id": one.id}
    rules = _rules(ctx, scope)
    progress = {line.code: line for line in _progress(ctx, "category", day, scope)[0]}
    made = []
    for category in [*dict.fromkeys(rule.category for rule in rules), *(key for key in progress if key not in {r.category for r in rules})]:
        own = [rule for rule in rules if rule.category == category]
        line = progress.get(category) or ReportLine(code=category, title=category)
        amounts = {rule.amount for rule in own}
        unit_amount = amounts.pop() if len(amounts) == 1 and not any(rule.single for rule in own) else None
        estimated = typed.get(category, line.due.count)
        forecast = line.due.amount if unit_amount is None else estimated * unit_amount
        made.append(
            PrefectureLine(
                round_id=one.id, round_title=one.title or one.code, category=category, title=category,
                unit=own[0].unit if own else "household", unit_amount=unit_amount, estimated=estimated, forecast=forecast,
                typed=category in typed, due=line.due, paid=line.paid, refused=line.refused, open=line.open,
            )
        )  # fmt: skip
    return made


def read_estimates(ctx: Context) -> dict[str, dict[str, int]]:
    """Estimated households or persons that headquarters typed, by round and category."""
    found: dict[str, dict[str, int]] = json.loads(ctx.reads.settings.get(_ESTIMATES, "{}"))
    return found


def save_estimates(ctx: Context, *, round_id: str, estimates: Mapping[str, int | None]) -> Changes:
    """Keep estimates of a round by category; None forgets one. RuleViolation ``ledger.estimate``, ``ledger.category_unknown``."""
    ctx.require("relief")
    programme, one = find_scope(ctx, programme_id="", round_id=round_id)
    if programme is None or one is None:
        raise RuleViolation("record.not_found", field="round_id", kind="relief_round", record=round_id)
    offered = {rule.category for rule in _rules(ctx, {"programme_id": programme.id, "round_id": one.id})}
    whole = read_estimates(ctx)
    kept = whole.setdefault(one.id, {})
    for category, number in estimates.items():
        if category not in offered:
            raise RuleViolation("ledger.category_unknown", field="category", category=category, offered=", ".join(sorted(offered)))
        if number is None:
            kept.pop(category, None)
            continue
        if not 0 <= number <= _MOST_ESTIMATE:
            raise RuleViolation("ledger.estimate", field="estimated", most=f"{_MOST_ESTIMATE:,}")
        kept[category] = number
    with ctx.unit() as uow:
        uow.set_setting(_ESTIMATES, json.dumps(whole, ensure_ascii=False, sort_keys=True))
        return uow.commit()


def estimate_from_calculation(ctx: Context, *, round_id: str, job: Job = QUIET) -> Changes:
    """Take the numbers of a dry run as estimates."""
    from app.usecases.relief_calculation import dry_run

    ctx.require("relief")
    found = dry_run(ctx, round_id=round_id, job=job)
    counts: dict[str, int] = defaultdict(int)
    for one in found.categories:
        counts[one.category] += one.count
    return save_estimates(ctx, round_id=round_id, estimates=counts)
