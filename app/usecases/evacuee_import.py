"""Importing the lists that shelters keep: who is new, who is known, who needs a person's eye; then all of it in one transaction.

Identity, in this order: a number of ours, a card, a resident number; else name or kana with birth date at this shelter; else
exactly one resident of the active snapshot. Same name and birth elsewhere, or a name alone, is for a person to decide.
A list imported twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.evacuee import Household, Person, Stay, check_person, check_stay
from app.domain.governance import Site
from app.domain.identifiers import new_id, person_number
from app.usecases.context import Context
from app.usecases.evacuee_matching import PERSON_FIELDS, Planner, births_overlap, differences, merge_groups, person_of, same_birth, stay_of
from app.usecases.masking import protected_likeness, sees_protected
from app.usecases.paper_sites import note_roster, speak_for
from app.usecases.plans import Applied, Entry, Plan, PlanItem
from app.usecases.ports import UnitOfWork
from app.usecases.reception import Warning
from app.usecases.rows import ResidentView, SearchHit

DECISIONS = ("same", "different")


def check_target(ctx: Context, *, shelter_id: str, at: datetime) -> list[Warning]:
    """Warnings about the shelter and the time, as at a check-in. RuleViolation ``record.not_found`` for no shelter."""
    found = next((row for row in ctx.reads.shelters.rows(at=at) if row.id == shelter_id), None)
    if found is None:
        raise RuleViolation("record.not_found", kind="shelter", record=shelter_id)
    return [] if found.is_open else [Warning(code="checkin.shelter_not_open", params={"shelter": found.name})]


def plan_import(ctx: Context, *, entries: Iterable[Entry], shelter_id: str, at: datetime) -> Plan:
    """What importing these people into a shelter would do; nothing is changed. ``at`` is the arrival of those without a time.

    Items carry the values of their entry and, where found, ``resident_id`` and ``group`` (the household of the file).
    """
    ctx.require("register")
    rows = list(entries)
    planner = Planner(ctx.reads, shelter_id, at, rows)
    return Plan(items=tuple(planner.plan(entry) for entry in rows))


def apply_import(
    ctx: Context, *, plan: Plan, shelter_id: str, at: datetime | None = None, skip_lines: frozenset[int] = frozenset(),
    decisions: Mapping[int, str] | None = None, source: str = "", site: Site | None = None,
) -> Applied:  # fmt: skip
    """Do what the plan says in one transaction, without ``skip_lines``. ``source`` names the file in the access log.

    ``decisions`` answers rows in doubt by line: ``same`` (the person in question; one staying elsewhere moves here) or
    ``different`` (somebody new). Undecided ones are left. Somebody of the same name and birth date who was registered
    since the plan was made turns a new row into one in doubt. ``site``: whose roster it is where that site has no laptop; journal and
    history bear its name, and it is made when it is not stored yet (``paper_sites.find_site``).
    """
    ctx.require("register")
    chosen = dict(decisions or {})
    for decision in chosen.values():
        if decision not in DECISIONS:
            raise RuleViolation("word.unknown", field="decision", word=decision)
    with ctx.unit() as uow:
        uow.shelters.need(shelter_id)
        told_by = speak_for(uow, site) if site is not None else None
        clerk = _Clerk(ctx, uow, shelter_id, at or ctx.now())
        for item in plan.items:
            if item.line not in skip_lines:
                clerk.take(item, chosen.get(item.line, ""))
        clerk.finish(_merge_planned(plan))
        if clerk.touched:
            uow.log_access(action="import", persons=clerk.touched, target=source)
        if told_by is not None:
            note_roster(ctx, uow, told_by, until=at or ctx.now(), rows=len(plan.items), file=source)
        changed = uow.commit()
    counts = clerk.counts
    return Applied(
        created=counts["create"], updated=counts["update"], unchanged=counts["unchanged"], review=counts["review"], changes=changed
    )


def _merge_planned(plan: Plan) -> dict[str, dict[str, Any]]:
    rows = [Entry(line=item.line, values=item.values) for item in plan.items]
    return merge_groups(rows, {item.line: str(item.values.get("group", "")) for item in plan.items})


class _Clerk:
    """The state of one import while its transaction is open."""

    def __init__(self, ctx: Context, uow: UnitOfWork, shelter_id: str, at: datetime) -> None:
        self._ctx, self._uow, self._shelter_id, self._at = ctx, uow, shelter_id, at
        self.counts = dict.fromkeys(("create", "update", "unchanged", "review", "error"), 0)
        self.touched: list[str] = []
        self._new: list[tuple[PlanItem, ResidentView | None]] = []
        self._households: dict[str, str] = {}

    def take(self, item: PlanItem, decision: str) -> None:
        """One row. New ones are gathered, so that households are known before they are written."""
        action = item.action
        if action == "review" and decision == "different":
            self._gather(item, None)
        elif action == "review" and decision == "same" and item.existing:
            self._update_decided(item)
        elif action == "review" and decision == "same" and item.values.get("resident_id"):
            self._gather(item, self._uow.reads.residents.get(str(item.values["resident_id"])))
        elif action == "create":
            view = self._uow.reads.residents.get(str(item.values["resident_id"])) if item.values.get("resident_id") else None
            if self._came_meanwhile(item, view):
                self.counts["review"] += 1
            else:
                self._gather(item, view)
        elif action == "update":
            self._update(item)
        else:
            self.counts[action] += 1
            if item.existing and action == "unchanged":
                self._remember_household(item)

    def _gather(self, item: PlanItem, view: ResidentView | None) -> None:
        self._new.append((item, view))
        self.counts["create"] += 1

    def _came_meanwhile(self, item: PlanItem, view: ResidentView | None) -> bool:
        if view is not None and view.person_id:
            return True
        name, kana, birth = (str(item.values.get(key, "")) for key in ("name", "kana", "birth"))
        seen = self._uow.reads.seen_by(see_protected=sees_protected(self._ctx))
        return any(births_overlap(birth, hit.birth) for hit in seen.persons.namesakes(name=name, kana=kana, birth=birth))

    def _remember_household(self, item: PlanItem) -> None:
        person = self._uow.persons.need(item.existing)
        self._households.setdefault(str(item.values.get("group", "")), person.household_id)

    # -- known people ----------------------------------------------------------------------------------------

    def _update(self, item: PlanItem) -> None:
        person = self._uow.persons.need(item.existing)
        wanted = {name: after for name, (_, after) in item.changes.items()}
        changed = replace(person, **{name: value for name, value in wanted.items() if name in PERSON_FIELDS})
        check_person(changed)
        self._uow.persons.save(changed)
        household = {name.removeprefix("household."): value for name, value in wanted.items() if name.startswith("household.")}
        if household:
            record = self._uow.households.need(person.household_id)
            self._uow.households.save(replace(record, **household))
        self._update_stay(item, person, wanted)
        self._remember_household(item)
        self.counts["update"] += 1
        self.touched.append(person.id)

    def _update_stay(self, item: PlanItem, person: Person, wanted: Mapping[str, Any]) -> None:
        if "stay" in wanted:
            self._add_stay(item, person)
            return
        named = {name.removeprefix("stay."): value for name, value in wanted.items() if name.startswith("stay.")}
        if not named:
            return
        stay = replace(self._uow.stays.need(str(item.values["stay_id"])), **named)
        if stay.to_at is not None and not stay.destination:
            stay = replace(stay, destination="unknown")
        check_stay(stay)
        self._uow.stays.save(stay)
        self._note_death(person.id, stay)

    def _update_decided(self, item: PlanItem) -> None:
        """A person said it is the one in question: particulars are filled in, and a stay here begins, ending one elsewhere."""
        person = self._uow.persons.need(item.existing)
        told = {name: after for name, (_, after) in differences(person, item.values, PERSON_FIELDS).items()}
        changed = replace(person, **told)
        check_person(changed)
        self._uow.persons.save(changed)
        running = self._uow.stays.where(person_id=person.id, to_at=None)
        if not any(stay.shelter_id == self._shelter_id for stay in running):
            moment = item.values.get("entered_at") or self._at
            name = self._uow.shelters.need(self._shelter_id).name
            for stay in running:
                ended = replace(stay, to_at=max(moment, stay.from_at), destination="shelter", destination_text=name)
                check_stay(ended)
                self._uow.stays.save(ended)
            self._add_stay(item, person)
        self._remember_household(item)
        self.counts["update"] += 1
        self.touched.append(person.id)

    def _add_stay(self, item: PlanItem, person: Person) -> None:
        stay = stay_of(item.values, person_id=person.id, shelter_id=self._shelter_id, at=self._at)
        check_stay(stay)
        self._uow.stays.add(stay)
        self._note_death(person.id, stay)

    def _note_death(self, person_id: str, stay: Stay) -> None:
        if stay.destination == "dead" and stay.to_at is not None:
            person = self._uow.persons.need(person_id)
            if person.died_at is None:
                self._uow.persons.save(replace(person, died_at=stay.to_at))

    # -- new people ------------------------------------------------------------------------------------------

    def finish(self, group_values: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the new households, people and stays."""
        made: list[Household] = []
        persons: list[Person] = []
        stays: list[Stay] = []
        for item, view in self._new:
            alike = protected_likeness(self._uow, item.values) if view is None and not sees_protected(self._ctx) else []
            if any(self._is_here(hit, str(item.values.get("birth", ""))) for hit in alike):
                continue  # on the roster already, where the one who imports cannot see it
            household_id = self._household(item, view, group_values, made)
            number = person_number(self._ctx.place.device_prefix, self._uow.next_number("person"))
            person = person_of(item.values, view, household_id=household_id, number=number)
            stay = stay_of(item.values, person_id=person.id, shelter_id=self._shelter_id, at=self._at)
            if stay.destination == "dead":
                person = replace(person, died_at=stay.to_at)
            if alike:
                person = replace(person, protected=True)
            check_person(person)
            check_stay(stay)
            persons.append(person)
            stays.append(stay)
        self._uow.households.add_many(made)
        self._uow.persons.add_many(persons)
        self._uow.stays.add_many(stays)
        self.touched += [person.id for person in persons]

    def _is_here(self, hit: SearchHit, birth: str) -> bool:
        """Whether a protected person has this very birth date and stays at this shelter: then a list imported twice changes nothing."""
        return hit.kind == "person" and hit.shelter_id == self._shelter_id and same_birth(hit.birth, birth)

    def _household(
        self, item: PlanItem, view: ResidentView | None, group_values: Mapping[str, Mapping[str, Any]], made: list[Household]
    ) -> str:
        """The household of a new person: that of the file's group, else of the resident register, else a new one."""
        group = str(item.values.get("group", "")) or f"#{item.line}"
        alone = group == f"#{item.line}"
        register = f"{view.snapshot_id}/{view.household_no}" if view is not None and view.household_no else ""
        known = self._households.get(group) or (self._households.get(register) if register and alone else None)
        if known:
            return known
        if register and view is not None:
            found = self._uow.households.where(snapshot_id=view.snapshot_id, resident_household=view.household_no)
            if found:
                self._households[group] = self._households[register] = found[0].id
                return found[0].id
        named = str(item.values.get("household", ""))
        label = named if named and not named.isascii() else item.label
        address = str(item.values.get("address", "")) or (view.address if view else "")
        household = Household(**{
            **group_values.get(group, {}), "id": new_id(), "label": label, "address": address,
            **({"snapshot_id": view.snapshot_id, "resident_household": view.household_no} if register and view else {}),
        })  # fmt: skip
        made.append(household)
        self._households[group] = household.id
        if register:
            self._households[register] = household.id
        return household.id
