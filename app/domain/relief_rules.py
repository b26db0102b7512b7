"""What rules give to a household or person, why, and which rules contradict each other. DOMAIN 4.

Amounts are whole yen. A share for people who live alone ("3/4") is taken of the whole amount; what is less than a yen is cut off.
(The amounts of the law are whole after it: 375,000, 187,500.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.domain.errors import RuleViolation
from app.domain.relief import Programme, ReliefRound, ReliefRule, Yen
from app.domain.relief_criteria import Criteria, Facts, Reason, can_both_hold, days_asked, find_obstacle

__all__ = [
    "CAPPED", "Criteria", "Facts", "Line", "Outcome", "Overlap", "Reason", "days_asked", "evaluate", "find_overlaps", "read_share", "refuse_overlaps",
    "subject_keys", "take_share",
]  # fmt: skip
CAPPED = frozenset({"loan", "repair"})
"""Programmes whose amount is a ceiling: due is what was asked for or invoiced, at most the amount."""
_ASIDE = frozenset(f"relief.not.{name}" for name in ("municipality", "district", "resident_on", "harm", "grade", "use", "size"))
_SHARE = re.compile(r"([1-9]\d{0,2})/([1-9]\d{0,2})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one rule gives."""

    rule_id: str
    category: str
    title: str
    amount: Yen
    benefit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a household or person gets in a round. ``due`` is the sum of ``lines``: in a programme of totals, the whole.

    ``reasons`` say why, and where there is nothing, why not. No line: not entitled. A line of 0 yen is a ``benefit`` (減免).
    """

    lines: tuple[Line, ...] = ()
    due: Yen = 0
    reasons: tuple[Reason, ...] = field(default_factory=tuple)

    @property
    def entitled(self) -> bool:
        """Whether any rule holds."""
        return bool(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two rules of one group that can both hold for the same household or person."""

    first: ReliefRule
    second: ReliefRule


@lru_cache(maxsize=64)
def read_share(text: str) -> tuple[int, int]:
    """``"3/4"`` as (3, 4), "" as (1, 1). More than the whole, zero or anything else: RuleViolation ``programme.share``."""
    if not text:
        return 1, 1
    found = _SHARE.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise RuleViolation("programme.share", field="single", text=text)
    return int(found[1]), int(found[2])


def take_share(amount: Yen, share: str) -> Yen:
    """The share of an amount in whole yen; what is less than a yen is cut off."""
    upper, lower = read_share(share)
    return amount * upper // lower


def evaluate(rules: Sequence[ReliefRule], facts: Facts, *, programme: Programme, round: ReliefRound) -> Outcome:
    """What the rules of a round give. Of the rules of one group that hold only the highest counts; groups add up.

    Rules of the other unit (household, person) and of other rounds say nothing about these facts.
    """
    lines: list[Line] = []
    reasons: list[Reason] = []
    groups: dict[str, list[ReliefRule]] = {}
    for rule in sorted(rules, key=lambda one: one.position):
        if rule.unit == facts.unit and rule.round_id == round.id and not rule.deleted:
            groups.setdefault(rule.group, []).append(rule)
    for group in groups.values():
        line, said = _best(group, facts, capped=programme.kind in CAPPED)
        lines += [line] if line else []
        reasons += said
    if lines:  # whom one group is not for has something from another: only what could still add to it is said
        reasons = [one for one in reasons if one.code not in _ASIDE]
    known = {(one.code, tuple(sorted(one.params.items(), key=str))): one for one in reasons}
    return Outcome(lines=tuple(lines), due=sum(line.amount for line in lines), reasons=tuple(known.values()))


def _best(group: Sequence[ReliefRule], facts: Facts, *, capped: bool) -> tuple[Line | None, list[Reason]]:
    found: list[tuple[Line, list[Reason]]] = []
    missing: list[Reason] = []
    for rule in group:
        obstacle = find_obstacle(Criteria.from_json(rule.criteria), facts)
        if obstacle is None:
            obstacle = _unknown_amount(rule, facts, capped=capped)
        if obstacle is not None:
            missing.append(obstacle)
        else:
            found.append(_line(rule, facts, capped=capped))
    if not found:
        return None, missing
    line, reasons = max(found, key=lambda one: one[0].amount)  # the first of equals
    lower = [Reason(code="relief.lower", params={"title": one.title, "amount": one.amount}) for one, _ in found if one is not line]
    return line, [*reasons, *lower]


def _unknown_amount(rule: ReliefRule, facts: Facts, *, capped: bool) -> Reason | None:
    if rule.single and facts.size is None:
        return Reason(code="relief.unknown.size")
    if capped and facts.requested is None:
        return Reason(code="relief.unknown.requested", params={"title": rule.title, "most": rule.amount})
    return None


def _line(rule: ReliefRule, facts: Facts, *, capped: bool) -> tuple[Line, list[Reason]]:
    amount, reasons = rule.amount, []
    if rule.single and facts.size == 1:
        amount = take_share(amount, rule.single)
        reasons.append(Reason(code="relief.single", params={"share": rule.single, "whole": rule.amount, "amount": amount}))
    if capped and facts.requested is not None:
        code = "relief.capped" if facts.requested > amount else "relief.requested"
        reasons.append(Reason(code=code, params={"requested": facts.requested, "most": amount}))
        amount = min(facts.requested, amount)
    told = Reason(code="relief.gives_benefit" if rule.benefit and not amount else "relief.gives", params={"title": rule.title, "amount": amount})
    if rule.benefit and not amount:
        told = Reason(code=told.code, params={"title": rule.title, "benefit": rule.benefit})
    line = Line(rule_id=rule.id, category=rule.category or rule.title, title=rule.title, amount=amount, benefit=rule.benefit)
    return line, [told, *reasons]


def find_overlaps(rules: Sequence[ReliefRule]) -> list[Overlap]:
    """Pairs of one group and unit whose criteria can both hold for one household or person, in the order of the rules."""
    return list(_overlaps([rule for rule in rules if not rule.deleted]))


def _overlaps(rules: Sequence[ReliefRule]) -> Iterator[Overlap]:
    read = [(rule, Criteria.from_json(rule.criteria)) for rule in rules]
    for at, (first, mine) in enumerate(read):
        for second, theirs in read[at + 1 :]:
            if (first.round_id, first.group, first.unit) == (second.round_id, second.group, second.unit) and can_both_hold(mine, theirs):
                yield Overlap(first=first, second=second)


def refuse_overlaps(rules: Sequence[ReliefRule]) -> None:
    """RuleViolation ``programme.overlap`` that names the first two rules that contradict each other."""
    for found in find_overlaps(rules):
        raise RuleViolation("programme.overlap", field="criteria", first=found.first.title, second=found.second.title, place=found.second.position)


def subject_keys(
    unit: str,
    *,
    snapshot_household: str = "",
    resident_no: str = "",
    resident_id: str = "",
    victim_id: str = "",
    person_id: str = "",
    casualty_id: str = "",
    claim_id: str = "",
) -> tuple[str, ...]:
    """Every key under which a household or person is known, the strongest first: that one is the subject, the others are aliases.

    Two entitlements of a round that share any key are the same household or person. For a household ``resident_no`` and ``person_id`` are
    its head's. ``claim_id`` only for people who live apart (DV): they are a household of their own, whose only key is their claim. ()
    when nothing is known.
    """
    if unit == "household" and claim_id:
        return (f"apart:{claim_id}",)
    household = (
        ("household", snapshot_household), ("victim", victim_id), ("head", resident_no), ("head-resident", resident_id), ("head-person", person_id),
    )  # fmt: skip
    person = (("resident", resident_no), ("resident-link", resident_id), ("person", person_id), ("casualty", casualty_id))
    return tuple(f"{name}:{value}" for name, value in (household if unit == "household" else person) if value)
