"""Writing planned survey results: new buildings, households, surveys, in one transaction, all of it journalled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.folding import fold_kana, fold_name
from app.domain.identifiers import new_id, person_number
from app.domain.survey import Survey, Team
from app.domain.words import find_code
from app.usecases.building_import import building_of
from app.usecases.buildings import member_of
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.masking import protected_likeness
from app.usecases.plans import Applied, Plan, PlanItem
from app.usecases.ports import UnitOfWork
from app.usecases.rows import ResidentView
from app.usecases.survey_counting import announce_grades
from app.usecases.survey_judging import told_of

_SHEET = ("surveyed_on", "started", "ended", "sheet", "surveyors", "reason", "note")
_PLACE = ("tax_no", "district", "zone", "use", "owner_name", "postal", "storeys", "lat", "lon")


def apply_import(
    ctx: Context, *, plan: Plan, skip_lines: frozenset[int] = frozenset(), reason: str = "", source: str = "", job: Job = QUIET
) -> Applied:
    """Do what the plan says in one transaction, without ``skip_lines``. ``reason`` (who affirms the check) and ``source`` are journalled.

    Rows in doubt are left for a person. Cancel leaves everything as it was.
    """
    ctx.require("survey")
    items = [item for item in plan.items if item.line not in skip_lines]
    if any(item.values.get("counts") for item in items if item.action in ("create", "update")):
        ctx.require("check_survey")
    with ctx.unit(reason=reason or source) as uow:
        clerk = _Clerk(ctx, uow, [item for item in items if item.action in ("create", "update")])
        for item in job.track(clerk.items, "job.saving_surveys"):
            clerk.take(item)
        clerk.write()
        if clerk.items:
            uow.log_access(action="import", persons=max(1, len(clerk.items)), target=source)
        counts = {action: sum(item.action == action for item in items) for action in ("create", "update", "unchanged", "review")}
        changed = uow.commit()
    return Applied(created=counts["create"], updated=counts["update"], unchanged=counts["unchanged"], review=counts["review"], changes=changed)


class _Clerk:
    """The state of one import while its transaction is open. Everything is gathered, then written kind by kind."""

    def __init__(self, ctx: Context, uow: UnitOfWork, items: Sequence[PlanItem]) -> None:
        self._ctx, self._uow, self.items = ctx, uow, items
        new = {str(item.values["place"]) for item in items if not item.existing}
        self._serial = uow.reserve_numbers("building", len(new)) if new else 1
        self._buildings: dict[str, Building] = {}
        self._victims: dict[tuple[str, ...], Victim] = {}
        self._made_victims: list[Victim] = []
        self._members: list[VictimMember] = []
        self._links: list[Occupancy] = []
        self._linked: set[tuple[str, str]] = set()
        self._surveys: list[Survey] = []
        self._counted: list[str] = []
        self._accepted: list[Survey] = []
        self._teams = {team.name: team.id for team in uow.teams.where()}
        self._new_teams: list[Team] = []
        numbers = [str(no) for item in items if (no := item.values.get("resident_no"))]
        self._register = uow.reads.buildings.register_homes(numbers) if numbers else {}
        self._names = uow.reads.protected().names
        active = uow.reads.residents.active()
        self._snapshot = active.id if active else ""

    def take(self, item: PlanItem) -> None:
        """One row."""
        values = item.values
        building = item.existing or self._building(values)
        if "survey_id" in values:
            survey = self._uow.surveys.need(str(values["survey_id"]))
            self._accepted.append(replace(survey, **self._check(values)))
            self._counted.append(building)
        elif not values.get("home_only"):
            self._survey(building, values)
        if (values.get("head_name") or values.get("head_kana") or values.get("resident_no")) and not self._known_home(item):
            self._home(building, values)

    def _known_home(self, item: PlanItem) -> bool:
        return "survey_id" in item.values and bool(item.values.get("home_only"))

    def _building(self, values: Mapping[str, Any]) -> str:
        place = str(values["place"])
        if place not in self._buildings:
            told = {name: values[name] for name in _PLACE if name in values}
            told["address"] = values.get("address") or values.get("head_address") or ""
            structure = values.get("building_structure") or ""
            told["structure"] = structure or ("wood" if values["judged"].structure == "wood" and "structure" in values else "unknown")
            number = person_number(self._ctx.place.device_prefix, self._serial + len(self._buildings))
            self._buildings[place] = building_of(told, number)
        return self._buildings[place].id

    def _check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        who = str(values.get("checker") or "") or self._ctx.actor.operator_id
        return {"state": "counted", "checked_by": who, "checked_at": self._ctx.now()}

    def _survey(self, building: str, values: Mapping[str, Any]) -> None:
        told: dict[str, Any] = told_of(values["judged"]) | {name: values[name] for name in _SHEET if name in values}
        if values["counts"]:
            told |= self._check(values)
            self._counted.append(building)
        else:
            told["state"] = "entered"
        self._surveys.append(
            Survey(
                id=new_id(), building_id=building, disaster_id=self._ctx.place.disaster_id, entered_by=self._ctx.actor.operator_id,
                team_id=self._team(str(values.get("team", ""))), **told,
            )
        )  # fmt: skip

    def _team(self, name: str) -> str:
        if name and name not in self._teams:
            self._new_teams.append(Team(id=new_id(), name=name))
            self._teams[name] = self._new_teams[-1].id
        return self._teams.get(name, "")

    # -- households ----------------------------------------------------------------------------------------

    def _home(self, building: str, values: Mapping[str, Any]) -> None:
        people = self._register.get(str(values.get("resident_no", "")), [])
        victim = self._register_victim(people) if people else self._typed_victim(values)
        if (building, victim.id) in self._linked:
            return
        self._linked.add((building, victim.id))
        self._links.append(
            Occupancy(id=new_id(), building_id=building, victim_id=victim.id, room=str(values.get("room", "")), tenure=str(values.get("tenure", "unknown")))
        )

    def _register_victim(self, people: Sequence[ResidentView]) -> Victim:
        head = next((one for one in people if find_code("relation_head", one.relation)), people[0])
        key = ("register", head.household_no or head.id)
        if key not in self._victims:
            known = self._uow.reads.buildings.victim_by_household(snapshot_id=self._snapshot, household_no=head.household_no)
            if known and head.household_no:
                self._victims[key] = self._uow.victims.need(known)
            else:
                made = Victim(
                    id=new_id(), head_name=head.name, head_kana=head.kana, head_birth=head.birth, postal=head.postal, address=head.address,
                    district=head.district, phone=head.phone, snapshot_id=head.snapshot_id, resident_household=head.household_no,
                    resident_no=head.resident_no, source="resident", matched_at=self._ctx.now(),
                )  # fmt: skip
                self._victims[key] = made
                self._made_victims.append(made)
                ordered = [head, *(one for one in people if one.id != head.id)]
                self._members += [member_of(one, made.id, place) for place, one in enumerate(ordered)]
        return self._victims[key]

    def _typed_victim(self, values: Mapping[str, Any]) -> Victim:
        names = ("head_name", "head_kana", "head_birth", "postal", "phone", "district", "resident_no")
        told: dict[str, Any] = {name: str(values.get(name, "")) for name in names}
        address = str(values.get("head_address") or values.get("address") or "")
        household = str(values.get("household_no", ""))
        name = fold_name(told["head_name"] or told["head_kana"])
        key = ("typed", household, name) if household else ("typed", address, name, told["resident_no"])
        if key not in self._victims:
            made = Victim(id=new_id(), **told, address=address, resident_household=household, source="file", declared=not told["resident_no"])
            self._victims[key] = made
            self._made_victims.append(made)
            self._members.append(
                VictimMember(
                    id=new_id(), victim_id=made.id, resident_no=made.resident_no, name=made.head_name, kana=made.head_kana, birth=made.head_birth,
                    protected=self._may_be_protected(told),
                )
            )  # fmt: skip
        return self._victims[key]

    def _may_be_protected(self, told: Mapping[str, Any]) -> bool:
        if not self._names or self._names.isdisjoint((fold_name(told["head_name"]), fold_kana(told["head_kana"]))):
            return False
        return bool(protected_likeness(self._uow, {"name": told["head_name"], "kana": told["head_kana"], "birth": told["head_birth"]}))

    def write(self) -> None:
        """All that was gathered, kind by kind, and what follows from what counts now."""
        self._uow.teams.add_many(self._new_teams)
        self._uow.buildings.add_many(list(self._buildings.values()))
        self._uow.victims.add_many(self._made_victims)
        self._uow.members.add_many(self._members)
        self._uow.occupancies.add_many(self._links)
        self._uow.surveys.add_many(self._surveys)
        self._uow.surveys.save_many(self._accepted)
        announce_grades(self._ctx, self._uow, self._counted)
