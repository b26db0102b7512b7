"""Who may be coming, and what the clerk decided about them: everything of a check-in that needs no screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.evacuee import Household, Person
from app.domain.records import values_of
from app.presentation.forms.person import CONDITION
from app.usecases import persons, residents
from app.usecases.context import Changes, Context
from app.usecases.reception import Arrival, CheckedIn, Encounter, check_in, find_encounters, particulars_of
from app.usecases.rows import ResidentView, SearchHit, ShelterRow, StayView

CONDITION_KEYS = tuple(field.key for field in CONDITION.fields)
HOUSEHOLD_KEYS = ("house_damage", "power_out", "water_out", "pets", "vehicles", "emergency_contact", "missing_members", "note")
_LINK_KEYS = frozenset({"resident_id", "resident_no", "protected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the clerk said about a record that may be the same human being. ``choice``: same, different or pending."""

    person_id: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be coming. ``stay`` is the running stay of the record that is certainly theirs; ``encounters`` are namesakes."""

    id: str
    name: str
    kana: str
    birth: str
    sex: str
    relation: str = ""
    address: str = ""
    resident_id: str = ""
    person_id: str = ""
    number: str = ""
    stay: StayView | None = None
    encounters: tuple[Encounter, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    condition: Mapping[str, Any] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    protected: bool = False
    dead: bool = False
    ticked: bool = False

    def is_here(self, shelter_id: str) -> bool:
        """Already at that shelter."""
        return self.stay is not None and self.stay.shelter_id == shelter_id

    def is_elsewhere(self, shelter_id: str) -> bool:
        """Staying, but not at that shelter."""
        return self.stay is not None and self.stay.shelter_id != shelter_id

    def undecided(self, shelter_id: str) -> list[Encounter]:
        """What must be shown and decided before this person can be checked in at a shelter."""
        decided = {decision.person_id for decision in self.decisions}
        own = [self.own_encounter()] if self.is_elsewhere(shelter_id) and self.person_id not in decided else []
        return own + [met for met in self.encounters if met.hit.id not in decided]

    def own_encounter(self) -> Encounter:
        """Their own record with its running stay, as an encounter."""
        stay = self.stay
        hit = SearchHit(
            kind="person", id=self.person_id, person_id=self.person_id, name=self.name, kana=self.kana, birth=self.birth, sex=self.sex,
            address=self.address, household="", status="staying", match="", protected=self.protected, number=self.number,
            shelter_id=stay.shelter_id if stay else "", shelter_name=stay.shelter_name if stay else "", since=stay.from_at if stay else None,
        )  # fmt: skip
        return Encounter(hit=hit, stay=stay, same_resident=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The household to check in, and what the screen begins with."""

    candidates: tuple[Candidate, ...]
    household_id: str = ""
    household: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""
    shelters: tuple[ShelterRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Where, when and how they are checked in. ``at`` None: this moment."""

    shelter_id: str
    at: datetime | None = None
    category: str = "inside"
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The check-in with the rows to confirm it, and everything it changed."""

    done: CheckedIn
    hits: tuple[SearchHit, ...]
    shelter: str
    changes: Changes


def gather(ctx: Context, *, resident_id: str = "", person_id: str = "") -> Family:
    """The household of a resident or of somebody registered, noted in the access log. The person asked for comes ticked."""
    shelters = tuple(ctx.reads.shelters.rows(at=ctx.now()))
    if person_id and not resident_id:
        opened = persons.open_person(ctx, person_id=person_id).person
        resident_id = opened.resident_id if ctx.reads.residents.get(opened.resident_id) else ""
    views = residents.open_household(ctx, resident_id=resident_id) if resident_id else []
    registered = [view.person_id for view in views if view.person_id] + [person_id] * (not views and bool(person_id))
    household = _household_of(ctx, registered)
    others = _registered_members(ctx, household, {view.person_id for view in views}) if household else []
    if person_id and not views and person_id not in {person.id for person in others}:
        person = ctx.reads.get("person", person_id)
        others = [*([person] if isinstance(person, Person) else []), *others]
    stays = ctx.reads.persons.open_stays([*registered, *(person.id for person in others)])
    found = [_from_view(ctx, view, stays) for view in views] + [_from_person(ctx, person, stays) for person in others]
    asked = [one.id for one in found if one.resident_id == resident_id != "" or one.person_id == person_id != ""]
    return Family(
        candidates=tuple(replace(one, ticked=one.id in asked and not one.dead) for one in found),
        household_id=household.id if household else "",
        household={key: getattr(household, key) for key in HOUSEHOLD_KEYS} if household else {},
        address=next((one.address for one in found if one.address), ""),
        shelters=shelters,
    )  # fmt: skip


def empty_family(ctx: Context) -> Family:
    """A check-in that begins with nobody: for people who are not in the data."""
    return Family(candidates=(), shelters=tuple(ctx.reads.shelters.rows(at=ctx.now())))


def _household_of(ctx: Context, person_ids: Sequence[str]) -> Household | None:
    for person_id in person_ids:
        person = ctx.reads.get("person", person_id)
        if isinstance(person, Person) and person.household_id:
            household = ctx.reads.get("household", person.household_id)
            if isinstance(household, Household) and not household.deleted:
                return household
    return None


def _registered_members(ctx: Context, household: Household, known: set[str]) -> list[Person]:
    """People registered with the household who are not among the residents of it: a baby, a visitor."""
    with ctx.unit() as uow:
        found = uow.persons.where(household_id=household.id)
    seen = {hit.id for hit in ctx.reads.persons.page([person.id for person in found], at=ctx.now())}  # those the clerk may know of
    return [person for person in found if person.id not in known and person.id in seen]


def _from_view(ctx: Context, view: ResidentView, stays: Mapping[str, StayView]) -> Candidate:
    person = ctx.reads.get("person", view.person_id) if view.person_id else None
    met: tuple[Encounter, ...] = ()
    if not view.person_id:
        met = tuple(find_encounters(ctx, arrival=Arrival(resident_id=view.id)))
    return Candidate(
        id=f"resident:{view.id}", name=view.name, kana=view.kana, birth=view.birth, sex=view.sex, relation=view.relation, address=view.address,
        resident_id=view.id, person_id=view.person_id, number=person.number if isinstance(person, Person) else "",
        stay=stays.get(view.person_id), encounters=met, protected=view.protected,
        dead=isinstance(person, Person) and person.died_at is not None,
        condition=_condition(ctx, person),
    )  # fmt: skip


def _from_person(ctx: Context, person: Person, stays: Mapping[str, StayView]) -> Candidate:
    return Candidate(
        id=f"person:{person.id}", name=person.name, kana=person.kana, birth=person.birth, sex=person.sex, relation=person.relation,
        address=person.address, person_id=person.id, number=person.number,
        stay=stays.get(person.id), protected=person.protected, dead=person.died_at is not None,
        condition=_condition(ctx, person),
    )  # fmt: skip


def _condition(ctx: Context, person: object) -> dict[str, Any]:
    """Health and consents as they are registered."""
    if not isinstance(person, Person):
        return {}
    return {key: getattr(person, key) for key in CONDITION_KEYS}


def newcomer(ctx: Context, *, values: Mapping[str, Any], number: int) -> Candidate:
    """Somebody typed in, with everyone registered who may be them."""
    met = find_encounters(ctx, arrival=Arrival(values=values))
    return Candidate(
        id=f"new:{number}", name=values.get("name", ""), kana=values.get("kana", ""), birth=values.get("birth", ""),
        sex=values.get("sex", "unknown"), relation=values.get("relation", ""), address=values.get("address", ""), values=dict(values),
        encounters=tuple(met), ticked=True, condition={key: values[key] for key in CONDITION_KEYS if key in values},
    )  # fmt: skip


def decide(candidate: Candidate, decision: Decision) -> Candidate:
    """The candidate with one more decision; a later one about the same record replaces the earlier."""
    kept = tuple(one for one in candidate.decisions if one.person_id != decision.person_id)
    return replace(candidate, decisions=(*kept, decision))


def receive(
    ctx: Context, *, family: Family, reception: Reception, household: Mapping[str, Any], extra: Mapping[str, Mapping[str, Any]]
) -> Received:
    """Check in everyone ticked, then note what was decided about namesakes. ``extra`` holds needs, consents and a card by candidate."""
    coming = sorted((one for one in family.candidates if one.ticked), key=_order)
    arrivals = [_arrival(ctx, one, reception.shelter_id, extra.get(one.id, {})) for one in coming]
    done = check_in(
        ctx, shelter_id=reception.shelter_id, arrivals=arrivals, at=reception.at, category=reception.category, room=reception.room,
        household_id=family.household_id, household=household,
    )  # fmt: skip
    changes: dict[str, frozenset[str]] = dict(done.changes)
    for one, person_id in zip(coming, done.persons, strict=True):
        for more in _settle(ctx, one, person_id):
            changes |= {kind: changes.get(kind, frozenset()) | ids for kind, ids in more.items()}
    shelter = next((row.name for row in family.shelters if row.id == reception.shelter_id), "")
    hits = persons.show_people(ctx, person_ids=list(done.persons))
    return Received(done=done, hits=tuple(hits), shelter=shelter, changes=changes)


def _order(candidate: Candidate) -> int:
    """Residents first, so that the household of the register is the one that everyone joins."""
    different = any(decision.choice == "different" and decision.person_id == candidate.person_id for decision in candidate.decisions)
    return 2 if different or not (candidate.resident_id or candidate.person_id) else 0


def _arrival(ctx: Context, candidate: Candidate, shelter_id: str, extra: Mapping[str, Any]) -> Arrival:
    own = next((decision for decision in candidate.decisions if decision.person_id == candidate.person_id), None)
    if own is not None and own.choice == "different":
        return Arrival(values={**_particulars(ctx, candidate), **extra}, decision="different", others=(own.person_id,))
    choice = "" if own is None or not candidate.is_elsewhere(shelter_id) else "move" if own.choice == "same" else own.choice
    if candidate.person_id:
        return Arrival(person_id=candidate.person_id, decision=choice, values=dict(extra))
    same = next((decision.person_id for decision in candidate.decisions if decision.choice == "same"), "")
    if same:
        return Arrival(person_id=same, decision="move", values=dict(extra))
    if candidate.resident_id:
        return Arrival(resident_id=candidate.resident_id, values=dict(extra))
    others = tuple(decision.person_id for decision in candidate.decisions if decision.choice == "different")
    return Arrival(values={**candidate.values, **extra}, decision="different" if others else "", others=others)


def _particulars(ctx: Context, candidate: Candidate) -> dict[str, Any]:
    """What is known about somebody who turned out not to be the person registered: the texts, without the link to the register."""
    if candidate.resident_id:
        view = ctx.reads.residents.get(candidate.resident_id)
        found = particulars_of(view) if view else {}
        return {**{key: value for key, value in found.items() if key not in _LINK_KEYS}, "source": "unregistered"}
    person = ctx.reads.get("person", candidate.person_id)
    kept = ("name", "kana", "birth", "sex", "relation", "address", "postal")
    return {key: value for key, value in values_of(person).items() if key in kept} if isinstance(person, Person) else {}


def _settle(ctx: Context, candidate: Candidate, person_id: str) -> list[Changes]:
    """Decisions about namesakes of a resident, and the link of a namesake that turned out to be this resident."""
    made: list[Changes] = []
    if not candidate.resident_id or candidate.person_id:
        return made
    for decision in candidate.decisions:
        if decision.choice == "different" and decision.person_id != person_id:
            made.append(persons.decide(ctx, first=decision.person_id, second=person_id, decision="different"))
        elif decision.choice == "same" and decision.person_id == person_id:
            person = ctx.reads.get("person", person_id)
            if isinstance(person, Person) and not person.resident_id:
                made.append(persons.link_resident(ctx, person_id=person_id, resident_id=candidate.resident_id))
    return made
