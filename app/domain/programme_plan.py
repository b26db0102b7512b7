"""A programme as it is meant to be, before it is stored: from a file or from a person's typing. Checked the same way from both."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.relief import UNITS, ReliefRule, Yen, check_yen
from app.domain.relief_criteria import MOST_SIZE, WORDS, Criteria, can_both_hold
from app.domain.relief_rules import read_share, refuse_overlaps

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LONGEST = 300
MOST_BUDGET = 10**14
MOST_RULES = 200
EVERY = (1, 2, 12)
"""Repayments of a loan in a year: 年賦, 半年賦, 月賦."""
CAPITALS = {"rate": ("0", "20"), "late_rate": ("0", "20")}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule as it is meant to be. ``id`` of the stored one, "" for a new one."""

    id: str = ""
    category: str = ""
    title: str = ""
    unit: str = "household"
    criteria: Criteria = field(default_factory=Criteria)
    amount: Yen = 0
    single: str = ""
    group: str = "damage"
    benefit: str = ""
    note: str = ""

    @classmethod
    def of(cls, rule: ReliefRule) -> RuleDraft:
        """A stored rule."""
        return cls(
            id=rule.id, category=rule.category, title=rule.title, unit=rule.unit, criteria=Criteria.from_json(rule.criteria), amount=rule.amount,
            single=rule.single, group=rule.group, benefit=rule.benefit, note=rule.note,
        )  # fmt: skip

    def record(self, *, rule_id: str, round_id: str, position: int) -> ReliefRule:
        """As it is stored."""
        return ReliefRule(
            id=rule_id, round_id=round_id, position=position, category=self.category, title=self.title, unit=self.unit,
            criteria=self.criteria.to_json(), amount=self.amount, single=self.single, group=self.group, benefit=self.benefit, note=self.note,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """A round as it is meant to be; ``values`` are fields of ``ReliefRound``."""

    values: Mapping[str, Any]
    rules: tuple[RuleDraft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePlan:
    """A programme as it is meant to be; ``values`` are fields of ``Programme``, its ``digest`` that of all this."""

    values: Mapping[str, Any]
    rounds: tuple[RoundPlan, ...]

    def digest(self) -> str:
        """SHA-256 of what it says: the same for files that differ in spaces and comments."""
        rounds = [{"values": dict(one.values), "rules": [asdict(rule) for rule in one.rules]} for one in self.rounds]
        said = json.dumps({"values": dict(self.values), "rounds": rounds}, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def check_rule(rule: RuleDraft, *, kind: str) -> RuleDraft:
    """The rule, when it makes sense in a programme of this kind; else a RuleViolation beside the field."""
    if not rule.title.strip():
        raise RuleViolation("programme.title_missing", field="title")
    for name in ("title", "category", "group", "benefit", "note"):
        check_text(getattr(rule, name), field=name)
    if not rule.group.strip():
        raise RuleViolation("programme.group_missing", field="group")
    if rule.unit not in UNITS:
        raise RuleViolation("programme.unknown_word", field="unit", value=rule.unit, known=", ".join(UNITS))
    read_share(rule.single)
    if kind == "exemption":
        if rule.amount:
            raise RuleViolation("programme.amount_with_benefit", field="amount", title=rule.title, amount=rule.amount)
        if not rule.benefit.strip():
            raise RuleViolation("programme.benefit_missing", field="benefit", title=rule.title)
    else:
        check_yen(rule.amount)
    check_criteria(rule.criteria, unit=rule.unit)
    return rule


def check_criteria(criteria: Criteria, *, unit: str) -> None:
    """RuleViolation ``programme.…`` beside the criterion that cannot be meant."""
    for name, words in WORDS.items():
        for word in getattr(criteria, name):
            if word not in words:
                raise RuleViolation("programme.unknown_word", field=name, value=str(word)[:40], known=", ".join(words))
    if unit == "household" and criteria.harms:
        raise RuleViolation("programme.harm_of_household", field="harms")
    least, most = criteria.size_least, criteria.size_most
    if (least is not None and not 1 <= least <= MOST_SIZE) or (most is not None and not (least or 1) <= most <= MOST_SIZE):
        raise RuleViolation("programme.size_range", field="size_most", least=least or 1, most=most)
    if any(later < earlier for earlier, later in zip(criteria.income_most, criteria.income_most[1:], strict=False)):
        raise RuleViolation("programme.income_falls", field="income_most")
    for amount in criteria.income_most:
        check_yen(amount, field="income_most")
    if criteria.income_step and not criteria.income_most:
        raise RuleViolation("programme.step_alone", field="income_step")
    if criteria.income_step:
        check_yen(criteria.income_step, field="income_step")
    if criteria.income_over is not None and criteria.income_over:
        check_yen(criteria.income_over, field="income_over")
    if not can_both_hold(criteria, criteria):
        raise RuleViolation("programme.nobody", field="income_over")


def check_rules(rules: Sequence[RuleDraft], *, kind: str, round_id: str = "") -> None:
    """All rules of one round; overlaps are RuleViolation ``programme.overlap``."""
    if len(rules) > MOST_RULES:
        raise RuleViolation("programme.too_many", field="rules", most=MOST_RULES)
    for rule in rules:
        check_rule(rule, kind=kind)
    refuse_overlaps([rule.record(rule_id=str(place), round_id=round_id, position=place) for place, rule in enumerate(rules)])


def check_text(text: str, *, field: str) -> str:
    """A text of one line that fits."""
    if len(text) > LONGEST:
        raise RuleViolation("programme.too_long", field=field, most=LONGEST)
    if any(ord(char) < 32 for char in text if char != "\n"):
        raise RuleViolation("programme.control", field=field)
    return text


def check_code(code: str, *, field: str = "code") -> str:
    """A code for the command line; RuleViolation ``programme.code``."""
    if not CODE.fullmatch(code):
        raise RuleViolation("programme.code", field=field, value=code[:60])
    return code


def check_budget(amount: int | None, *, field: str = "budget") -> int | None:
    """More than zero and at most fifteen digits, or None."""
    if amount is not None and amount <= 0:
        raise RuleViolation("money.not_positive", field=field, amount=amount)
    if amount is not None and amount > MOST_BUDGET:
        raise RuleViolation("programme.budget_too_large", field=field, amount=amount)
    return amount


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTerms:
    """Terms of 災害援護資金: percent a year, years in all, years of grace in them, repayments a year, percent a year for late money."""

    rate: str = "0"
    years: int = 10
    grace_years: int = 3
    every: int = 2
    late_rate: str = "5"

    @classmethod
    def from_json(cls, text: str) -> LoanTerms:
        """As ``Programme.terms`` keeps it."""
        return cls(**json.loads(text or "{}"))

    def to_json(self) -> str:
        """As ``Programme.terms`` keeps it."""
        return json.dumps(asdict(self), sort_keys=True)


def check_terms(terms: LoanTerms) -> LoanTerms:
    """The terms, when a schedule can be made of them; RuleViolation ``loan.terms``."""
    for name, (low, high) in CAPITALS.items():
        try:
            found = Decimal(getattr(terms, name))
        except InvalidOperation:
            raise RuleViolation("loan.terms", field=name, value=getattr(terms, name), low=low, high=high) from None
        if not found.is_finite() or not Decimal(low) <= found <= Decimal(high):
            raise RuleViolation("loan.terms", field=name, value=getattr(terms, name), low=low, high=high)
    if not 1 <= terms.years <= 40:
        raise RuleViolation("loan.terms", field="years", value=terms.years, low=1, high=40)
    if not 0 <= terms.grace_years < terms.years:
        raise RuleViolation("loan.terms", field="grace_years", value=terms.grace_years, low=0, high=terms.years - 1)
    if terms.every not in EVERY:
        raise RuleViolation("loan.every", field="every", value=terms.every)
    return terms
