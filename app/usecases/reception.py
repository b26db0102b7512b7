"""Check-in: households arrive, people leave, move, go out, come back.

The machine never decides who is who: a person already staying elsewhere stops the check-in until the clerk says move, different or pending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.codes import ABSENCE_KINDS, DESTINATIONS, RECEPTION_METHODS, STAY_CATEGORIES
from app.domain.errors import RuleViolation
from app.domain.evacuee import Absence, Household, Person, PersonDecision, Stay, check_absence, check_person, check_stay
from app.domain.identifiers import new_id, parse_card_number, person_number
from app.domain.words import find_code
from app.usecases.checks import fitting_values, refuse_lifting, refuse_overlap
from app.usecases.context import Changes, Context
from app.usecases.masking import is_hidden_resident, protected_likeness, refuse_hidden, sees_protected
from app.usecases.ports import UnitOfWork
from app.usecases.rows import ResidentView, SearchHit, StayView

CHOICES = ("", "move", "different", "pending")
_TOLERANCE = timedelta(minutes=10)  # a clock a little behind is no reason to complain about the future


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Someone who came. One of: a resident, somebody registered before, or values typed in.

    ``decision`` answers a person already staying elsewhere or a namesake: ``move``, ``different`` (``others`` are the people it is not)
    or ``pending`` (the same person perhaps: both stays kept until someone decides).
    """

    resident_id: str = ""
    person_id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    decision: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """Something the clerk should know; it did not stop anything."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """What a check-in made, in the order of the arrivals. ``stays`` holds the stay each person has now, ``numbers`` their human numbers."""

    persons: tuple[str, ...]
    stays: tuple[str, ...]
    numbers: tuple[str, ...]
    household: str
    warnings: tuple[Warning, ...]
    act: str
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """Somebody registered who may be the arriving person, with the running stay, if any."""

    hit: SearchHit
    stay: StayView | None
    same_resident: bool


def find_encounters(ctx: Context, *, arrival: Arrival) -> list[Encounter]:
    """Everyone the clerk should see before checking this arrival in; nobody the clerk may not know of."""
    view = ctx.reads.residents.get(arrival.resident_id) if arrival.resident_id else None
    known = arrival.person_id or (view.person_id if view else "")
    name, kana, birth = (
        (view.name, view.kana, view.birth) if view else tuple(str(arrival.values.get(k, "")) for k in ("name", "kana", "birth"))
    )
    hits = [] if arrival.person_id else ctx.reads.persons.namesakes(name=name, kana=kana, birth=birth)
    if known and known not in {hit.id for hit in hits}:
        hits = [*ctx.reads.persons.page([known], at=ctx.now()), *hits]
    stays = ctx.reads.persons.open_stays([hit.id for hit in hits])
    return [Encounter(hit=hit, stay=stays.get(hit.id), same_resident=hit.id == known) for hit in hits]


def check_in(
    ctx: Context,
    *,
    shelter_id: str,
    arrivals: Sequence[Arrival],
    at: datetime | None = None,
    category: str = "inside",
    room: str = "",
    reception: str = "counter",
    household_id: str = "",
    household: Mapping[str, Any] | None = None,
    note: str = "",
) -> CheckedIn:
    """Register arrivals and their stays in one transaction.

    RuleViolation ``checkin.already_staying`` (with person, shelter, since) when an arrival stays elsewhere and no decision was made.
    A person already at this shelter gets a warning and no second stay.
    """
    ctx.require("register")
    if not arrivals:
        raise RuleViolation("checkin.nobody", field="arrivals")
    if category not in STAY_CATEGORIES or reception not in RECEPTION_METHODS:
        raise RuleViolation("word.unknown", field="category", word=category)
    desk = _Desk(ctx, shelter_id=shelter_id, at=at or ctx.now(), category=category, room=room, reception=reception, note=note)
    with ctx.unit() as uow:
        desk.begin(uow, household_id, household or {})
        # those whose household is known come first, so that a baby or visitor named before them joins it
        order = sorted(range(len(arrivals)), key=lambda i: not (arrivals[i].resident_id or arrivals[i].person_id))
        taken = {i: desk.take(uow, arrivals[i]) for i in order}
        desk.finish(uow)
        act = uow.act
        changes = uow.commit()
    return CheckedIn(
        persons=tuple(taken[i][0] for i in range(len(arrivals))),
        stays=tuple(taken[i][1] for i in range(len(arrivals))),
        numbers=tuple(taken[i][2] for i in range(len(arrivals))),
        household=desk.household_id,
        warnings=tuple(desk.warnings),
        act=act,
        changes=changes,
    )


class _Desk:
    """The state of one check-in while its transaction is open."""

    def __init__(self, ctx: Context, *, shelter_id: str, at: datetime, category: str, room: str, reception: str, note: str) -> None:
        self._ctx = ctx
        self._shelter_id = shelter_id
        self._at = at
        self._stay_values: dict[str, Any] = {"category": category, "room": room, "reception": reception, "note": note}
        self.warnings: list[Warning] = []
        self.household_id = ""

    def begin(self, uow: UnitOfWork, household_id: str, household: Mapping[str, Any]) -> None:
        """Check the shelter and the time, and prepare the household."""
        shelter = uow.shelters.need(self._shelter_id)
        if not any(
            s.opened_at <= self._at and (s.closed_at is None or s.closed_at > self._at)
            for s in uow.spells.where(shelter_id=self._shelter_id)
        ):
            self.warnings.append(Warning(code="checkin.shelter_not_open", params={"shelter": shelter.name}))
        if self._at > self._ctx.now() + _TOLERANCE:
            self.warnings.append(Warning(code="checkin.in_future", params={"at": self._at}))
        if self._at < self._ctx.place.occurred_at:
            self.warnings.append(Warning(code="checkin.before_disaster", params={"at": self._at}))
        self._household_values = fitting_values(Household, household)
        if household_id:
            self.household_id = uow.households.need(household_id).id

    def finish(self, uow: UnitOfWork) -> None:
        """What was said of the household goes to the one the arrivals ended up in, unless it was made with it."""
        if self.household_id and self._household_values:
            uow.households.save(replace(uow.households.need(self.household_id), **self._household_values))

    def take(self, uow: UnitOfWork, arrival: Arrival) -> tuple[str, str, str]:
        """One arrival: who it is, what runs already, then the stay. Answers person, stay and the person's number."""
        if arrival.decision not in CHOICES:
            raise RuleViolation("word.unknown", field="decision", word=arrival.decision)
        person = self._identify(uow, arrival)
        if person.died_at is not None:
            self.warnings.append(Warning(code="checkin.marked_dead", params={"number": person.number}))
        return person.id, self._settle(uow, person, arrival), person.number

    # -- who -----------------------------------------------------------------------------------------------

    def _identify(self, uow: UnitOfWork, arrival: Arrival) -> Person:
        if arrival.resident_id:
            return self._from_resident(uow, arrival)
        if arrival.person_id:
            refuse_hidden(self._ctx, uow, [arrival.person_id])
            person = uow.persons.need(arrival.person_id)
            self.household_id = self.household_id or person.household_id
            return uow.persons.save(self._amended(uow, person, arrival.values)) if arrival.values else person
        return self._from_values(uow, arrival)

    def _from_resident(self, uow: UnitOfWork, arrival: Arrival) -> Person:
        view = uow.reads.residents.get(arrival.resident_id)
        if view is None or is_hidden_resident(self._ctx, uow, arrival.resident_id):
            raise RuleViolation("resident.not_found", record=arrival.resident_id)
        different = arrival.decision == "different"
        if view.person_id and not different:
            person = uow.persons.need(view.person_id)
            self.household_id = self.household_id or person.household_id
            return uow.persons.save(self._amended(uow, person, arrival.values)) if arrival.values else person
        values = {**particulars_of(view), "household_id": self._household_of(uow, view), **arrival.values}
        values["protected"] = bool(view.flagged or arrival.values.get("protected"))  # a measure counts by the number, as long as it holds
        others = set(arrival.others)
        if view.person_id:  # the register's link stays with the one who has it until somebody looks at both
            values |= {"resident_id": "", "resident_no": ""}
            others.add(view.person_id)
        return self._newcomer(uow, values, others=sorted(others), different=different)

    def _from_values(self, uow: UnitOfWork, arrival: Arrival) -> Person:
        values = fitting_values(Person, arrival.values)
        self.household_id = self.household_id or values.get("household_id", "")
        if not self.household_id:
            label = self._household_values.pop("label", "") or values.get("name", "")
            self.household_id = uow.households.add(
                Household(**{"address": values.get("address", ""), **self._household_values, "label": label, "id": new_id()})
            ).id
            self._household_values = {}
        values = {"source": "visitor", **values, "household_id": values.get("household_id") or self.household_id}
        if not sees_protected(self._ctx) and protected_likeness(uow, values):
            values["protected"] = True  # perhaps a protected person: those with the right are asked, the clerk is told nothing
        return self._newcomer(uow, values, others=arrival.others, different=arrival.decision == "different")

    def _newcomer(self, uow: UnitOfWork, values: Mapping[str, Any], *, others: Sequence[str], different: bool) -> Person:
        """Register somebody and note whom the clerk told apart; otherwise warn of namesakes."""
        person = self._register(uow, values)
        for other in others:
            first, second = sorted((other, person.id))
            uow.decisions.add(PersonDecision(id=new_id(), first_id=first, second_id=second, decision="different"))
        if not different:
            self._warn_of_namesakes(uow, person)
        return person

    def _warn_of_namesakes(self, uow: UnitOfWork, person: Person) -> None:
        seen = uow.reads.seen_by(see_protected=sees_protected(self._ctx))
        for hit in seen.persons.namesakes(name=person.name, kana=person.kana, birth=person.birth):
            if hit.id != person.id and hit.birth:
                params = {"person": hit.id, "number": hit.number, "shelter": hit.shelter_name, "since": hit.since}
                self.warnings.append(Warning(code="checkin.namesake", params=params))

    def _household_of(self, uow: UnitOfWork, view: ResidentView) -> str:
        found = uow.households.where(snapshot_id=view.snapshot_id, resident_household=view.household_no) if view.household_no else []
        if found:
            self.household_id = self.household_id or found[0].id
            return found[0].id
        home = uow.reads.residents.household(view.id)
        for person in (uow.persons.need(member.person_id) for member in home if member.person_id):
            if person.household_id and uow.households.need(person.household_id).resident_household == view.household_no:
                self.household_id = self.household_id or person.household_id  # registered from an earlier snapshot
                return person.household_id
        members = [m for m in home if m.id == view.id or not m.protected]
        head = next((m for m in members if find_code("relation_head", m.relation)), view)  # never named after a protected person
        values = {"label": head.name, "address": view.address, **self._household_values}
        self._household_values = {}
        made = uow.households.add(
            Household(**{**values, "id": new_id(), "snapshot_id": view.snapshot_id, "resident_household": view.household_no})
        )
        self.household_id = self.household_id or made.id
        return made.id

    def _register(self, uow: UnitOfWork, values: Mapping[str, Any]) -> Person:
        number = person_number(self._ctx.place.device_prefix, uow.next_number("person"))
        values = fitting_values(Person, values)
        person = Person(**{**values, "id": new_id(), "number": number, "card": _card(uow, values.get("card", ""), "")})
        check_person(person)
        return uow.persons.add(person)

    def _amended(self, uow: UnitOfWork, person: Person, values: Mapping[str, Any]) -> Person:
        changed = replace(person, **fitting_values(Person, values))
        refuse_lifting(self._ctx, person, changed)
        if changed.card != person.card:
            changed = replace(changed, card=_card(uow, changed.card, person.id))
        check_person(changed)
        return changed

    # -- where ---------------------------------------------------------------------------------------------

    def _settle(self, uow: UnitOfWork, person: Person, arrival: Arrival) -> str:
        running = [stay for stay in uow.stays.where(person_id=person.id, to_at=None)]
        here = next((stay for stay in running if stay.shelter_id == self._shelter_id), None)
        if here is not None:
            self.warnings.append(Warning(code="checkin.already_here", params={"number": person.number, "since": here.from_at}))
            return here.id
        pending = False
        came_from = ""
        if running:
            other = max(running, key=lambda stay: stay.from_at)
            name = uow.shelters.need(other.shelter_id).name
            if arrival.decision == "move":
                came_from = name
                self._leave(uow, running)
            elif arrival.decision == "pending":
                pending = True
                for stay in running:
                    uow.stays.save(replace(stay, pending=True))
            else:
                raise RuleViolation(
                    "checkin.already_staying", field="arrivals", record=person.id, number=person.number, shelter=name, since=other.from_at
                )
        stay = Stay(
            id=new_id(),
            person_id=person.id,
            shelter_id=self._shelter_id,
            from_at=self._at,
            pending=pending,
            came_from=came_from,
            **self._stay_values,
        )
        check_stay(stay)
        refuse_overlap(self._ctx, uow, stay)
        return uow.stays.add(stay).id

    def _leave(self, uow: UnitOfWork, running: Sequence[Stay]) -> None:
        name = uow.shelters.need(self._shelter_id).name
        for stay in running:
            _end_stay(uow, stay, at=self._at, destination="shelter", text=name, reason="")


def particulars_of(view: ResidentView) -> dict[str, Any]:
    """The values that a resident brings into the register. Texts as they are; the sex as a code."""
    return {
        "resident_id": view.id,
        "resident_no": view.resident_no,
        "source": "resident",
        "name": view.name,
        "kana": view.kana,
        "birth": view.birth,
        "sex": find_code("sex", view.sex) or "unknown",
        "relation": view.relation,
        "postal": view.postal,
        "address": view.address,
        "district": view.district,
        "phone": view.phone,
        "nationality": view.nationality,
        "protected": view.flagged,
    }


def _card(uow: UnitOfWork, text: str, person_id: str) -> str:
    """A card number in its one form, free to be given. RuleViolation when it is none, or somebody else's."""
    if not text.strip():
        return ""
    card = parse_card_number(text)
    if card is None:
        raise RuleViolation("card.unreadable", field="card")
    holder = uow.reads.persons.by_card(card)
    if holder is not None and holder != person_id:
        raise RuleViolation("card.taken", field="card", record=holder)
    return card


def _end_stay(uow: UnitOfWork, stay: Stay, *, at: datetime, destination: str, text: str, reason: str) -> Stay:
    ended = replace(stay, to_at=at, destination=destination, destination_text=text, exit_reason=reason)
    check_stay(ended)
    for absence in uow.absences.where(stay_id=stay.id, back_at=None):
        uow.absences.save(replace(absence, back_at=max(at, absence.from_at)))
    return uow.stays.save(ended)


def _running(ctx: Context, uow: UnitOfWork, person_id: str, stay_id: str) -> Stay:
    refuse_hidden(ctx, uow, [person_id])
    uow.persons.need(person_id)
    running = uow.stays.where(person_id=person_id, to_at=None)
    chosen = [stay for stay in running if stay.id == stay_id] if stay_id else running
    if not chosen:
        raise RuleViolation("stay.none_running", field="person", record=person_id)
    if len(chosen) > 1:
        raise RuleViolation("stay.several_running", field="person", record=person_id, count=len(chosen))
    return chosen[0]


def check_out(
    ctx: Context,
    *,
    person_id: str,
    destination: str,
    destination_text: str = "",
    at: datetime | None = None,
    reason: str = "",
    stay_id: str = "",
) -> Changes:
    """End the running stay and say where the person went (``unknown`` is an answer too)."""
    ctx.require("register")
    if destination not in DESTINATIONS:
        raise RuleViolation("stay.destination_missing", field="destination")
    moment = at or ctx.now()
    with ctx.unit() as uow:
        stay = _running(ctx, uow, person_id, stay_id)
        _end_stay(uow, stay, at=moment, destination=destination, text=destination_text, reason=reason)
        if destination == "dead":
            uow.persons.save(replace(uow.persons.need(person_id), died_at=moment))
        return uow.commit()


def check_out_many(
    ctx: Context, *, person_ids: Sequence[str], destination: str, destination_text: str = "", at: datetime | None = None
) -> Changes:
    """End the stays of several people at once: a family that leaves together."""
    ctx.require("register")
    if destination not in DESTINATIONS or destination == "dead":
        raise RuleViolation("stay.destination_missing", field="destination")
    with ctx.unit() as uow:
        for person_id in person_ids:
            _end_stay(uow, _running(ctx, uow, person_id, ""), at=at or ctx.now(), destination=destination, text=destination_text, reason="")
        return uow.commit()


def move(ctx: Context, *, person_id: str, shelter_id: str, at: datetime | None = None, category: str = "inside", room: str = "") -> Changes:
    """To another shelter: the old stay ends, the new one begins at the same moment."""
    ctx.require("register")
    if category not in STAY_CATEGORIES:
        raise RuleViolation("word.unknown", field="category", word=category)
    moment = at or ctx.now()
    with ctx.unit() as uow:
        stay = _running(ctx, uow, person_id, "")
        if stay.shelter_id == shelter_id:
            raise RuleViolation("move.same_shelter", field="shelter")
        target, source = uow.shelters.need(shelter_id), uow.shelters.need(stay.shelter_id)
        _end_stay(uow, stay, at=moment, destination="shelter", text=target.name, reason="")
        made = Stay(
            id=new_id(), person_id=person_id, shelter_id=shelter_id, from_at=moment, category=category, room=room, came_from=source.name
        )
        refuse_overlap(ctx, uow, made)
        uow.stays.add(made)
        return uow.commit()


def go_out(
    ctx: Context,
    *,
    person_id: str,
    kind: str = "outing",
    at: datetime | None = None,
    expected_at: datetime | None = None,
    destination_text: str = "",
    contact: str = "",
) -> tuple[str, Changes]:
    """Out for hours or nights; the stay goes on. Answers the absence id."""
    ctx.require("register")
    if kind not in ABSENCE_KINDS:
        raise RuleViolation("word.unknown", field="kind", word=kind)
    with ctx.unit() as uow:
        stay = _running(ctx, uow, person_id, "")
        if uow.absences.where(stay_id=stay.id, back_at=None):
            raise RuleViolation("absence.already_out", field="person", record=person_id)
        absence = Absence(
            id=new_id(),
            stay_id=stay.id,
            kind=kind,
            from_at=at or ctx.now(),
            expected_at=expected_at,
            destination_text=destination_text,
            contact=contact,
        )
        check_absence(absence)
        uow.absences.add(absence)
        return absence.id, uow.commit()


def come_back(ctx: Context, *, person_id: str, at: datetime | None = None) -> Changes:
    """Back from an outing or a night away."""
    ctx.require("register")
    with ctx.unit() as uow:
        stay = _running(ctx, uow, person_id, "")
        running = uow.absences.where(stay_id=stay.id, back_at=None)
        if not running:
            raise RuleViolation("absence.not_out", field="person", record=person_id)
        for absence in running:
            back = replace(absence, back_at=at or ctx.now())
            check_absence(back)
            uow.absences.save(back)
        return uow.commit()


def record_death(ctx: Context, *, person_id: str, at: datetime | None = None, note: str = "") -> Changes:
    """A person died. A running stay ends with it."""
    ctx.require("register")
    moment = at or ctx.now()
    with ctx.unit(reason=note) as uow:
        refuse_hidden(ctx, uow, [person_id])
        person = uow.persons.need(person_id)
        for stay in uow.stays.where(person_id=person_id, to_at=None):
            _end_stay(uow, stay, at=moment, destination="dead", text="", reason=note)
        uow.persons.save(replace(person, died_at=moment))
        return uow.commit()
