"""Whom a round is calculated for: households and people with what is known of each, and those who are somebody else already listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from app.domain.building import VictimMember, same_head
from app.domain.dates import JST
from app.domain.folding import fold_address, fold_name
from app.domain.relief import Casualty, Claim, Programme, ReliefRound, ReliefRule
from app.domain.relief_rules import Criteria, Facts, days_asked, subject_keys
from app.domain.resident import Snapshot
from app.usecases.context import Place
from app.usecases.ports import Reads
from app.usecases.relief_ports import HouseholdFact, MemberFact, ResidentFact

LIVE_CLAIMS = frozenset({"received", "waiting", "complete"})
RANK = {harm: place for place, harm in enumerate(("dead", "related_death", "missing", "disability", "serious", "light"))}
"""Which harm counts of somebody who is listed with several: the lowest."""


@dataclass(slots=True, kw_only=True)
class Subject:
    """One household or person. ``facts`` without keys, so that alike ones are one object; ``claims`` oldest first.

    ``reissue``: its certificate says another degree than the one that is calculated with.
    ``problem``: a message code of why nothing is calculated for it, with ``params``; ``twin``: who it is, when it is listed twice.
    """

    unit: str
    keys: tuple[str, ...]
    household: str
    facts: Facts
    name: str
    kana: str
    birth: str = ""
    address: str = ""
    victim_id: str = ""
    casualty_id: str = ""
    person_id: str = ""
    resident_id: str = ""
    resident_no: str = ""
    building_id: str = ""
    claims: tuple[Claim, ...] = ()
    protected: bool = False
    reissue: bool = False
    problem: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    twin: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A round with its programme, its live rules, and where it is asked."""

    programme: Programme
    round: ReliefRound
    rules: tuple[ReliefRule, ...]
    place: Place

    def criteria(self, unit: str) -> list[Criteria]:
        """Of the rules for households or for people."""
        return [Criteria.from_json(rule.criteria) for rule in self.rules if rule.unit == unit]


def household_key(snapshot_id: str, household_no: str) -> str:
    """The key of a household of the register as ``subject_keys`` takes it; "" when it is in none."""
    return f"{snapshot_id}:{household_no}" if snapshot_id and household_no else ""


def keys_of_household(fact: HouseholdFact) -> tuple[str, ...]:
    """Keys of an affected household."""
    known = household_key(fact.snapshot_id, fact.resident_household)
    return subject_keys("household", snapshot_household=known, resident_no=fact.resident_no, victim_id=fact.victim_id)


def snapshot_of_day(reads: Reads, day: str, *, occurred: date) -> Snapshot | None:
    """The residents of a day: the snapshot as of it, the active one before newer ones; for the day of the disaster (or "") the active one."""
    snapshots = reads.residents.snapshots()
    found = [one for one in snapshots if not one.district and one.as_of.astimezone(JST).date().isoformat() == day]
    if found:
        return next((one for one in found if one.active), max(found, key=lambda one: one.known_at))
    return reads.residents.active() if day in ("", occurred.isoformat()) else None


class _Alike:
    """Facts that are equal are one object: sixty thousand households have a few hundred different ones."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Facts] = {}

    def get(self, **values: Any) -> Facts:
        key = tuple(values.values())
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Facts(**values)
        return found


class Gathering:
    """Reads once what a round is calculated from."""

    def __init__(self, reads: Reads, question: Question) -> None:
        self._reads, self._question = reads, question
        self._alike = _Alike()
        self._code = question.place.municipality_code
        self._occurred = question.place.occurred_at.astimezone(JST).date()
        self.missing_days: list[str] = []
        self._claims = _Claims(reads, question)
        self._households: dict[str, HouseholdFact] = {}

    def households(self) -> list[Subject]:
        """Every affected household and those who live apart from one; nothing when no rule is for households."""
        criteria = self._question.criteria("household")
        if not criteria and not self._question.criteria("person"):
            return []
        apart = self._apart()
        days = self._days_by_number(criteria)
        wanted = {*apart, *(one.victim_id for one in self._casualties), *self._home_of.values()} if self._question.criteria("person") else set(apart)
        found: list[Subject] = []
        for part in self._reads.relief.households():
            for fact in part:
                if fact.victim_id in wanted:
                    self._households[fact.victim_id] = fact
                if criteria:
                    found.append(self._household(fact, apart.get(fact.victim_id, ()), days))
        if criteria:
            found += [self._apart_one(claim, moved) for pairs in apart.values() for claim, moved in pairs if claim.victim_id in self._households]
        return found

    def _household(self, fact: HouseholdFact, apart: Sequence[tuple[Claim, list[MemberFact]]], days: dict[str, frozenset[str]]) -> Subject:
        claims = self._claims.of_household(fact)
        moved = sum(len(members) for _, members in apart)
        size = max(0, fact.size - moved) or None
        keys = keys_of_household(fact)
        return Subject(
            unit="household", keys=keys, household=keys[0], name=fact.name, kana=fact.kana, birth=fact.birth, address=fact.address,
            victim_id=fact.victim_id, resident_no=fact.resident_no, building_id=fact.building_id, claims=claims, protected=fact.protected,
            reissue=fact.reissue,
            facts=self._facts(
                unit="household", district=fact.district, grade=fact.grade, use=fact.use, certificate=fact.certificate, size=size, claims=claims,
                resident_on=frozenset(day for day, numbers in days.items() if fact.resident_no and fact.resident_no in numbers),
            ),
        )  # fmt: skip

    def _apart(self) -> dict[str, list[tuple[Claim, list[MemberFact]]]]:
        """Claims of people who live apart, with the members they take out of the household, by household."""
        claims = self._claims.apart
        members = self._reads.relief.members({one.victim_id for one in claims})
        found: dict[str, list[tuple[Claim, list[MemberFact]]]] = {}
        for claim in claims:
            named = set(claim.members)
            moved = [
                one for one in members
                if one.victim_id == claim.victim_id and named & {one.member_id, one.resident_no, one.person_id, one.name} - {""}
            ]  # fmt: skip
            found.setdefault(claim.victim_id, []).append((claim, moved))
        return found

    def _apart_one(self, claim: Claim, moved: Sequence[MemberFact]) -> Subject:
        fact = self._households[claim.victim_id]
        head = moved[0] if moved else None
        keys = subject_keys("household", claim_id=claim.id)
        size = len(moved) or len(claim.members) or None
        subject = Subject(
            unit="household", keys=keys, household=keys[0], name=head.name if head else claim.claimed_by, kana=head.kana if head else "",
            birth=head.birth if head else "", address=fact.address, resident_no=head.resident_no if head else "", claims=(claim,),
            person_id=head.person_id if head else "", protected=fact.protected, reissue=fact.reissue,
            facts=self._facts(
                unit="household", district=fact.district, grade=fact.grade, use=fact.use, certificate=fact.certificate, size=size,
                claims=(claim,), resident_on=frozenset(),
            ),
        )  # fmt: skip
        return subject if moved else replace(subject, problem="relief.apart_unknown", params={"number": claim.number, "name": fact.name})

    def _facts(
        self, *, unit: str, district: str, grade: str, use: str, certificate: bool, size: int | None, claims: Sequence[Claim],
        resident_on: frozenset[str], harm: str = "", breadwinner: bool | None = None,
    ) -> Facts:  # fmt: skip
        sizes = [one.household_size for one in claims if one.household_size is not None]
        incomes = [one.income for one in claims if one.income is not None]
        asked = [one.requested for one in claims if one.requested is not None]
        return self._alike.get(
            unit=unit, municipality=self._code, district=district, grade=grade, use=use, certificate=certificate,
            size=sizes[-1] if sizes else size, resident_on=resident_on, harm=harm, breadwinner=breadwinner,
            methods=tuple(dict.fromkeys(one.method for one in claims if one.method)), demolished=any(one.demolished for one in claims),
            evacuated_long=any(one.evacuated_long for one in claims), dwelling_lost=any(one.dwelling_lost for one in claims),
            site_damaged=any(one.site_damaged for one in claims), head_injured=any(one.head_injured for one in claims),
            goods_lost=any(one.goods_lost for one in claims),
            income=incomes[-1] if incomes else None, requested=asked[-1] if asked else None,
        )  # fmt: skip

    # -- people --------------------------------------------------------------------------------------------

    def people(self) -> list[Subject]:
        """Confirmed casualties and, where a rule asks for them, residents of a day: one subject for who is both."""
        if not self._question.criteria("person"):
            return []
        residents = self._registered()
        found = [self._casualty(one, residents) for one in self._casualties]
        taken = {key for one in found for key in one.keys}
        for fact, days in residents.values():
            keys = subject_keys("person", resident_no=fact.resident_no, resident_id=fact.resident_id)
            if taken.isdisjoint(keys):
                found.append(self._resident(fact, days, keys))
        return found

    @cached_property
    def _casualties(self) -> list[Casualty]:
        """Worst first: of somebody who is listed twice, it counts."""
        found = self._reads.relief.many_by(Casualty, "state", ["confirmed"])
        hidden = self._reads.relief.hidden("casualty", [one.id for one in found])
        return sorted((one for one in found if one.id not in hidden), key=lambda one: (RANK.get(one.harm, len(RANK)), one.id))

    @cached_property
    def _guarded(self) -> frozenset[str]:
        return self._reads.relief.withheld("casualty", [one.id for one in self._casualties])

    def _casualty(self, one: Casualty, residents: dict[str, tuple[ResidentFact, frozenset[str]]]) -> Subject:
        victim = self._households.get(one.victim_id) or self._households.get(self._home_of.get(one.resident_no, ""))
        at_home = residents.get(one.resident_no or one.resident_id) or residents.get(one.resident_id)
        keys = subject_keys(
            "person", resident_no=one.resident_no, resident_id=one.resident_id, person_id=one.person_id, casualty_id=one.id
        )
        claims = self._claims.of_person(casualty_id=one.id, resident_no=one.resident_no)
        return Subject(
            unit="person", keys=keys, household=keys_of_household(victim)[0] if victim else _home_key(at_home), name=one.name, kana=one.kana,
            birth=one.birth, address=one.address or (victim.address if victim else ""), victim_id=victim.victim_id if victim else one.victim_id,
            casualty_id=one.id, person_id=one.person_id, resident_id=one.resident_id, resident_no=one.resident_no, claims=claims,
            protected=bool(victim and victim.protected) or bool(at_home and at_home[0].protected) or one.id in self._guarded,
            facts=self._facts(
                unit="person", district=one.district or (victim.district if victim else at_home[0].district if at_home else ""),
                grade=victim.grade if victim else "", use=victim.use if victim else "", certificate=bool(victim and victim.certificate),
                size=victim.size or None if victim else None, claims=claims, harm=one.harm, breadwinner=one.breadwinner,
                resident_on=at_home[1] if at_home else frozenset(),
            ),
        )  # fmt: skip

    @cached_property
    def _home_of(self) -> dict[str, str]:
        """The household of each casualty that is only named by resident number."""
        numbers = [one.resident_no for one in self._casualties if one.resident_no and not one.victim_id]
        return {one.resident_no: one.victim_id for one in self._reads.relief.many_by(VictimMember, "resident_no", numbers)}

    def _resident(self, fact: ResidentFact, days: frozenset[str], keys: tuple[str, ...]) -> Subject:
        claims = self._claims.of_person(casualty_id="", resident_no=fact.resident_no)
        return Subject(
            unit="person", keys=keys, household=_home_key((fact, days)), name=fact.name, kana=fact.kana, birth=fact.birth, address=fact.address,
            resident_id=fact.resident_id, resident_no=fact.resident_no, claims=claims, protected=fact.protected,
            facts=self._facts(
                unit="person", district=fact.district, grade="", use="", certificate=False, size=None, claims=claims, resident_on=days,
            ),
        )  # fmt: skip

    def _registered(self) -> dict[str, tuple[ResidentFact, frozenset[str]]]:
        """Residents of the days that rules for people ask for, by resident number (else id), with those days."""
        wanted = [
            one for one in self._question.criteria("person")
            if not one.harms and (not one.municipalities or self._code[:5] in {code[:5] for code in one.municipalities})
        ]  # fmt: skip
        found: dict[str, tuple[ResidentFact, frozenset[str]]] = {}
        for day in sorted({one.resident_on for one in wanted}):
            rules = [one for one in wanted if one.resident_on == day]
            districts = [] if any(not one.districts for one in rules) else sorted({name for one in rules for name in one.districts})
            snapshot = self._snapshot(day)
            days = frozenset((day,)) if day else frozenset()
            for part in self._reads.relief.residents(snapshot_id=snapshot.id, districts=districts) if snapshot else ():
                for fact in part:
                    key = fact.resident_no or fact.resident_id
                    known = found.get(key)
                    found[key] = (known[0], known[1] | days) if known else (fact, days)
        return found

    def _days_by_number(self, criteria: Iterable[Criteria]) -> dict[str, frozenset[str]]:
        """Resident numbers of each day that a rule for households asks for."""
        found = {}
        for day in sorted(days_asked(list(criteria))):
            snapshot = self._snapshot(day)
            parts = self._reads.relief.residents(snapshot_id=snapshot.id, districts=()) if snapshot else iter(())
            found[day] = frozenset(one.resident_no for part in parts for one in part if one.resident_no)
        return found

    def _snapshot(self, day: str) -> Snapshot | None:
        found = snapshot_of_day(self._reads, day or self._question.round.as_of, occurred=self._occurred)
        if found is None:
            self.missing_days.append(day or self._question.round.as_of or self._occurred.isoformat())
        return found


def _home_key(found: tuple[ResidentFact, frozenset[str]] | None) -> str:
    if found is None:
        return ""
    fact = found[0]
    known = household_key(fact.resident_id.rpartition(":")[0], fact.household_no)
    return subject_keys("household", snapshot_household=known)[0] if known else ""


class _Claims:
    """Claims of a programme that hold (of this round or of none), by whom they are for."""

    def __init__(self, reads: Reads, question: Question) -> None:
        found = reads.relief.many_by(Claim, "programme_id", [question.programme.id])
        live = [one for one in found if one.state in LIVE_CLAIMS and one.round_id in ("", question.round.id)]
        self.apart = [one for one in live if one.apart and one.victim_id]
        self._by: dict[str, list[Claim]] = {}
        for one in sorted(live, key=lambda one: (one.claimed_on, one.id)):
            if not one.apart:
                for name, value in (("victim", one.victim_id), ("casualty", one.casualty_id), ("resident", one.resident_no)):
                    if value:
                        self._by.setdefault(f"{name}:{value}", []).append(one)

    def of_household(self, fact: HouseholdFact) -> tuple[Claim, ...]:
        """Of the household, or of its head by resident number when the claim names no household."""
        found = self._by.get(f"victim:{fact.victim_id}", [])
        named = self._by.get(f"resident:{fact.resident_no}", []) if fact.resident_no else []
        return tuple([*found, *(one for one in named if not one.victim_id and not one.casualty_id)]) if found or named else ()

    def of_person(self, *, casualty_id: str, resident_no: str) -> tuple[Claim, ...]:
        """Of the casualty, or of the person by resident number."""
        found = self._by.get(f"casualty:{casualty_id}", []) if casualty_id else []
        named = self._by.get(f"resident:{resident_no}", []) if resident_no else []
        return tuple([*found, *(one for one in named if not one.victim_id and one not in found)]) if found or named else ()


# -- who is somebody else ----------------------------------------------------------------------------------


def mark_doubles(subjects: Sequence[Subject], *, shared: dict[str, list[str]], first: Mapping[str, int]) -> None:
    """Give everybody who is somebody else already listed a ``problem`` that names the other.

    The same: a key in common, a member in common (``shared``: resident numbers in several households), one building and one head, or
    among casualties, of which one is in no register, one name with nothing that tells them apart (``_told_apart``).
    ``first``: households (``victim_id``) that have an entitlement already, and how they rank: so that the one that was paid stays. Others go
    in the order they were made, people of the register first.
    """
    order = sorted(subjects, key=lambda one: first.get(one.victim_id, 2) if one.unit == "household" else 3 + (not one.resident_no))
    by_victim = {one.victim_id: one for one in order if one.unit == "household" and one.victim_id}
    in_common: dict[str, list[str]] = {}
    for victims in shared.values():
        for victim in victims:
            in_common.setdefault(victim, []).extend(other for other in victims if other != victim)
    owners: dict[str, Subject] = {}
    houses: dict[str, list[Subject]] = {}
    named: dict[str, list[Subject]] = {}
    done: set[str] = set()
    for one in order:
        if one.problem:
            continue
        other, code = next((owners[key] for key in one.keys if key in owners), None), f"relief.same_{one.unit}"
        if other is None and one.unit == "household" and one.victim_id:
            code, other = "relief.shared_member", next((by_victim[v] for v in in_common.get(one.victim_id, ()) if v in done and v in by_victim), None)
            if other is None and one.building_id:
                code, other = "relief.same_house", _same_head_in(houses.get(one.building_id, ()), one)
        name = fold_name(one.name) if one.casualty_id and one.unit == "person" else ""
        if other is None and name:
            code, other = "relief.same_name", next((known for known in named.get(name, ()) if not _told_apart(known, one)), None)
        if other is not None:
            one.problem, one.params, one.twin = code, {"name": other.name, "address": other.address}, other
            continue
        owners.update(dict.fromkeys(one.keys, one))
        done.add(one.victim_id)
        if one.building_id:
            houses.setdefault(one.building_id, []).append(one)
        if name:
            named.setdefault(name, []).append(one)


def _same_head_in(others: Iterable[Subject], one: Subject) -> Subject | None:
    return next((other for other in others if same_head((other.name, other.birth), (one.name, one.birth))), None)


def _told_apart(one: Subject, other: Subject) -> bool:
    """Two casualties of one name are two people: both in the register under numbers of their own, born on different days, or, unless both
    dates of birth are known, of different addresses."""
    if one.resident_no and other.resident_no:
        return one.resident_no != other.resident_no
    if not same_head((one.name, one.birth), (other.name, other.birth)):
        return True
    if one.birth.strip() and other.birth.strip():
        return False
    addresses = [fold_address(text) for text in (one.address, other.address) if text.strip()]
    return len(addresses) == 2 and addresses[0] != addresses[1]
