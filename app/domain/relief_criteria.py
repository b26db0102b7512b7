"""Who a rule of a programme is for: its criteria, what is known of somebody, and whether the one holds for the other. DOMAIN 4.

A criterion that is left out holds for everybody. What is not known (an income, a size, whether somebody kept the family) is never guessed:
the rule does not hold, and the reason says what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from app.domain.building import DWELLINGS, USES
from app.domain.relief import HARMS, METHODS, Yen
from app.domain.survey import GRADES

MOST_SIZE = 100
SIZES = range(1, MOST_SIZE + 1)
"""Sizes of households that there are."""
FLAGS = ("certificate", "demolished", "evacuated_long", "dwelling_lost", "site_damaged", "breadwinner", "head_injured", "goods_lost")
"""Criteria that are True (must be so), False (must not be so) or None (either)."""
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({"grades": GRADES, "harms": HARMS, "methods": METHODS[1:], "uses": USES})
LISTS = (*WORDS, "districts", "municipalities")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is paid or not: a code ``relief.…`` and what fills its sentence (``presentation.relief_steps.reason_words``)."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """All must hold. Lists name any one of; an empty list is any at all.

    ``grades`` degree of damage of a building whose use is in ``uses`` (a dwelling, when empty); ``certificate`` the household has a valid
    罹災証明書; ``districts`` names, ``municipalities`` five-digit codes: where the household or person lived; ``resident_on`` an ISO day on
    which they were registered; ``harms`` of a confirmed casualty, ``breadwinner`` whether that person kept the household (生計維持者);
    ``size_least``/``size_most`` members; ``methods`` how they rebuild; ``demolished`` 解体, ``evacuated_long`` 長期避難,
    ``dwelling_lost`` 住居の全体が滅失, ``site_damaged`` 敷地の被害, ``head_injured`` 世帯主の負傷, ``goods_lost`` 家財の3分の1以上 from the claim;
    ``income_most`` yen a year for sizes 1, 2, 3 …, each further member ``income_step`` more, ``income_over``: more than this.
    """

    grades: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    certificate: bool | None = None
    districts: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    resident_on: str = ""
    harms: tuple[str, ...] = ()
    breadwinner: bool | None = None
    size_least: int | None = None
    size_most: int | None = None
    methods: tuple[str, ...] = ()
    demolished: bool | None = None
    evacuated_long: bool | None = None
    dwelling_lost: bool | None = None
    site_damaged: bool | None = None
    head_injured: bool | None = None
    goods_lost: bool | None = None
    income_most: tuple[Yen, ...] = ()
    income_step: Yen = 0
    income_over: Yen | None = None

    @property
    def single_only(self) -> bool:
        """Whether it is for people who live alone."""
        return self.size_most == 1

    @classmethod
    def from_json(cls, text: str) -> Criteria:
        """As ``ReliefRule.criteria`` keeps it."""
        return _read(text)

    def to_json(self) -> str:
        """What is left out is left out; keys in order, so that equal criteria are equal text."""
        said = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    def most_income(self, size: int) -> Yen | None:
        """The highest income a household of this size may have; None without limit."""
        if not self.income_most:
            return None
        beyond = max(0, size - len(self.income_most))
        return self.income_most[min(size, len(self.income_most)) - 1] + beyond * self.income_step

    def takes_size(self, size: int) -> bool:
        """Whether a household of this size is meant."""
        return (self.size_least is None or size >= self.size_least) and (self.size_most is None or size <= self.size_most)


@lru_cache(maxsize=1024)
def _read(text: str) -> Criteria:
    found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text or "{}").items()}
    return Criteria(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one household or person. None (and "" for ``grade`` and ``harm``) is "not known" or "there is none".

    ``keys`` are ``subject_keys``; ``municipality`` the five- or six-digit code where they lived (that of the folder);
    ``grade`` and ``use``: the building they really lived in, its valid grade ("" not judged yet); ``resident_on``: those days of
    ``days_asked`` on which they were registered; ``methods``: of every claim that is not withdrawn; the other claim facts are true when any
    claim says so; ``requested``: what was asked for or invoiced (loan, repair).
    """

    unit: str = "household"
    keys: tuple[str, ...] = ()
    municipality: str = ""
    district: str = ""
    grade: str = ""
    use: str = ""
    certificate: bool = False
    size: int | None = None
    resident_on: frozenset[str] = frozenset()
    harm: str = ""
    breadwinner: bool | None = None
    methods: tuple[str, ...] = ()
    demolished: bool = False
    evacuated_long: bool = False
    dwelling_lost: bool = False
    site_damaged: bool = False
    head_injured: bool = False
    goods_lost: bool = False
    income: Yen | None = None
    requested: Yen | None = None


def days_asked(criteria: Sequence[Criteria]) -> frozenset[str]:
    """The ISO days for which somebody must know who was a resident."""
    return frozenset(one.resident_on for one in criteria if one.resident_on)


def find_obstacle(criteria: Criteria, facts: Facts) -> Reason | None:
    """The first thing that keeps the rule from holding; None when it holds. Codes ``relief.not.…`` and ``relief.unknown.…``."""
    return next(_obstacles(criteria, facts), None)


def _obstacles(criteria: Criteria, facts: Facts) -> Iterator[Reason]:
    yield from _place(criteria, facts)
    if criteria.harms and facts.harm not in criteria.harms:
        yield Reason(code="relief.not.harm", params={"harm": facts.harm})
    if criteria.grades and facts.grade not in criteria.grades:
        yield Reason(code="relief.not.grade", params={"grade": facts.grade}) if facts.grade else Reason(code="relief.unknown.grade")
    if (criteria.grades or criteria.uses) and facts.use and facts.use not in (criteria.uses or DWELLINGS):
        yield Reason(code="relief.not.use", params={"use": facts.use})
    if criteria.methods and not set(criteria.methods) & set(facts.methods):
        yield Reason(code="relief.not.method")
    for name in FLAGS:
        wanted, found = getattr(criteria, name), getattr(facts, name)
        if wanted is not None and found is None:
            yield Reason(code=f"relief.unknown.{name}")
        elif wanted is not None and found != wanted:
            yield Reason(code=f"relief.not.{name}" if wanted else f"relief.is.{name}")
    yield from _size_and_income(criteria, facts)


def _place(criteria: Criteria, facts: Facts) -> Iterator[Reason]:
    if criteria.municipalities and facts.municipality[:5] not in {code[:5] for code in criteria.municipalities}:
        yield Reason(code="relief.not.municipality", params={"municipality": facts.municipality})
    if criteria.districts and facts.district not in criteria.districts:
        yield Reason(code="relief.not.district", params={"district": facts.district})
    if criteria.resident_on and criteria.resident_on not in facts.resident_on:
        yield Reason(code="relief.not.resident_on", params={"day": criteria.resident_on})


def _size_and_income(criteria: Criteria, facts: Facts) -> Iterator[Reason]:
    sized = criteria.size_least is not None or criteria.size_most is not None or len(criteria.income_most) > 1 or bool(criteria.income_step)
    if sized and facts.size is None:
        yield Reason(code="relief.unknown.size")
        return
    if facts.size is not None and not criteria.takes_size(facts.size):
        yield Reason(code="relief.not.size", params={"size": facts.size})
    if (criteria.income_most or criteria.income_over is not None) and facts.income is None:
        yield Reason(code="relief.unknown.income")
        return
    most = criteria.most_income(facts.size or 1)
    if most is not None and (facts.income or 0) > most:
        yield Reason(code="relief.not.income", params={"income": facts.income, "most": most, "size": facts.size})
    if criteria.income_over is not None and (facts.income or 0) <= criteria.income_over:
        yield Reason(code="relief.not.income_over", params={"income": facts.income, "over": criteria.income_over})


def can_both_hold(one: Criteria, other: Criteria) -> bool:
    """Whether there can be a household or person for which both hold. Unknown differences count as "yes": better refused than paid twice.

    Rules for different ways of rebuilding are told apart by the way: of a household that did both, only the higher counts.
    """
    for name in LISTS:
        mine, theirs = set(_meant(one, name)), set(_meant(other, name))
        if mine and theirs and not mine & theirs:
            return False
    if any({getattr(one, name), getattr(other, name)} == {True, False} for name in FLAGS):
        return False
    return any(_can_both_at(one, other, size) for size in SIZES)


def _meant(criteria: Criteria, name: str) -> tuple[str, ...]:
    if name == "uses" and not criteria.uses:
        return tuple(DWELLINGS) if criteria.grades else ()
    if name == "municipalities":
        return tuple(code[:5] for code in criteria.municipalities)
    found: tuple[str, ...] = getattr(criteria, name)
    return found


def _can_both_at(one: Criteria, other: Criteria, size: int) -> bool:
    if not (one.takes_size(size) and other.takes_size(size)):
        return False
    for low, high in ((one, other), (other, one)):
        most = high.most_income(size)
        if low.income_over is not None and most is not None and most <= low.income_over:
            return False
    return True
