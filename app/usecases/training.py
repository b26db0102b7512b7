"""Filling a training folder: an invented municipality with every kind of record, the same for the same seed.

Everything goes through the same repositories as real work, so that training behaves like the real thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from app import resources
from app.domain.codes import DESTINATIONS, HOUSE_DAMAGES
from app.domain.dates import JST, age_on, parse_date
from app.domain.errors import RuleViolation
from app.domain.evacuee import Absence, Household, Person, PersonDecision, Stay
from app.domain.governance import Operator
from app.domain.identifiers import new_card_number, new_id, person_number
from app.domain.invention import invent_residents
from app.domain.invention_history import DAYS, LATE_DAYS, write_history_around
from app.domain.resident import ResidentRow
from app.domain.shelter import Headcount, Shelter, ShelterSpell
from app.domain.words import find_code
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.ports import UnitOfWork
from app.usecases.reception import particulars_of
from app.usecases.residents import load_residents
from app.usecases.rows import ResidentView
from app.usecases.training_cases import give_rare_names, protect_training_people, register_training_characters, type_badly
from app.usecases.training_damage import fill_damage

_SHARE = 0.2  # of the residents, who took shelter
_MOST_HISTORY = 200_000
_LEAVING = ("home", "kin", "car", "secondary", "hospital", "facility", "wide_area", "unknown", "")
_NEEDS = (("elderly", 0.8, 75, 999), ("medication", 0.12, 0, 999), ("infant", 0.9, 0, 2), ("care", 0.3, 80, 999), ("allergy", 0.03, 0, 999))
"""Need, how many have it, and of which ages."""
_LEAVING_WEIGHTS = (40, 20, 8, 6, 3, 3, 6, 10, 4)


def read_training() -> Mapping[str, Any]:
    """The words of the training municipality."""
    words: Mapping[str, Any] = resources.read_toml("defaults.toml")["training"]
    return words


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is being invented: all records, collected before they are written."""

    shelters: list[Shelter]
    spells: list[ShelterSpell]
    households: list[Household]
    persons: list[Person]
    stays: list[Stay]
    absences: list[Absence]
    counts: list[Headcount]


class Rebuild(Protocol):
    """``interchange.importing.rebuilding.rebuild_residents``, which this layer cannot reach by itself."""

    def __call__(
        self,
        ctx: Context,
        *,
        full: Sequence[Path],
        differences: Sequence[Path] = (),
        as_of: datetime,
        known_at: datetime | None = None,
        label: str = "",
        job: Job = QUIET,
    ) -> object: ...


def fill_training(ctx: Context, *, residents: int, seed: int, rebuild: Rebuild, job: Job = QUIET) -> None:
    """Load invented residents, open shelters, and let a fifth of the people arrive, move, go out and leave over three days."""
    if residents < 1 or residents > 2_000_000:
        raise RuleViolation("settings.out_of_range", field="residents", low=1, high=2_000_000)
    random = Random(seed)
    words = read_training()
    start = ctx.place.occurred_at
    _load_residents(ctx, words, residents=residents, seed=seed, rebuild=rebuild, job=job)
    plan = _Plan([], [], [], [], [], [], [])
    _invent_shelters(plan, words, start)
    with ctx.unit() as uow:
        for members in _families(ctx, random, residents, words):
            _invent_family(plan, uow, ctx, random, words, members)
        _invent_visitors(plan, uow, ctx, random, words)
        _invent_typed(plan, uow, ctx, random, words)
        _invent_counts(plan, random, words, start, ctx.now())
        _write(uow, plan)
        uow.operators.add(Operator(id=new_id(), name=words["reporter"], roles=("shelter",), disabled=True))
        uow.commit()
    register_training_characters(ctx, words)
    protect_training_people(ctx, plan.persons, words)
    fill_damage(ctx, words=words["damage"], seed=seed)


def _load_residents(ctx: Context, words: Mapping[str, Any], *, residents: int, seed: int, rebuild: Rebuild, job: Job) -> None:
    """The residents of the day, as known on the day and as known now: rebuilt from files of an invented office. Very many come as a plain list."""
    start = ctx.place.occurred_at
    day = start.astimezone(JST).date()
    if residents > _MOST_HISTORY:
        load_residents(ctx, batches=_batches(residents, seed, start), as_of=start, label=words["snapshot_label"], job=job)
        return
    changes = max(1, residents // 200) if residents >= 4 * DAYS else 0
    people = list(invent_residents(residents + 2 * DAYS * changes, seed=seed, as_of=day))
    give_rare_names(people, words["rare"])
    with TemporaryDirectory() as name:
        full, differences = write_history_around(Path(name), people, count=residents, day=day, changes=changes, seed=seed)
        told = [path for path in differences if path not in differences[-LATE_DAYS:]]
        rebuild(ctx, full=[full], differences=told, as_of=start, known_at=start, label=words["snapshot_first"], job=job)
        rebuild(ctx, full=[full], differences=differences, as_of=start, known_at=ctx.now(), label=words["snapshot_label"], job=job)


def _batches(count: int, seed: int, start: datetime) -> Iterator[list[ResidentRow]]:
    batch: list[ResidentRow] = []
    for row in invent_residents(count, seed=seed, as_of=start.astimezone(JST).date()):
        batch.append(ResidentRow(**row._asdict()))
        if len(batch) == 2000:
            yield batch
            batch = []
    if batch:
        yield batch


def _families(ctx: Context, random: Random, residents: int, words: Mapping[str, Any]) -> Iterator[Sequence[ResidentView]]:
    """Households that took shelter: those with rare names that are meant to, then any but those that are not."""
    snapshot = ctx.reads.residents.active()
    if snapshot is None:
        return
    rids = sorted(ctx.reads.residents.ids(snapshot_id=snapshot.id))
    rare = {family: [*ctx.reads.residents.ids(snapshot_id=snapshot.id, text=family)] for family, _, _ in words["rare"]}
    first = [rid for family, _, came in words["rare"] if came for rid in sorted(rare[family])[:1]]
    away = [rid for family, _, came in words["rare"] if not came for rid in rare[family]]
    wanted = max(1, int(residents * _SHARE))
    taken, seen = 0, {view.household_no for view in ctx.reads.residents.page(away)}
    for rid in [*first, *random.sample(rids, min(len(rids), wanted))]:
        view = ctx.reads.residents.page([rid])[0]
        if view.household_no in seen:
            continue
        seen.add(view.household_no)
        members = ctx.reads.residents.household(view.id)
        taken += len(members)
        yield members
        if taken >= wanted:
            return


def _invent_shelters(plan: _Plan, words: Mapping[str, Any], start: datetime) -> None:
    for number, (name, kana, kind, district, capacity) in enumerate(words["shelters"], 1):
        shelter = Shelter(
            id=new_id(),
            external_id=f"T{number:03d}",
            name=name,
            kana=kana,
            kind=kind,
            district=district,
            capacity=capacity or None,
            phone=f"000-00-{number:04d}",
            in_charge=words["reporter"],
        )
        plan.shelters.append(shelter)
        opened = start + timedelta(hours=1 + number / 3)
        closed = opened + timedelta(days=2) if number == len(words["shelters"]) else None
        plan.spells.append(ShelterSpell(id=new_id(), shelter_id=shelter.id, opened_at=opened, closed_at=closed))


def _invent_family(
    plan: _Plan, uow: UnitOfWork, ctx: Context, random: Random, words: Mapping[str, Any], members: Sequence[ResidentView]
) -> None:
    head = next((member for member in members if find_code("relation_head", member.relation)), members[0])
    household = Household(
        id=new_id(),
        label=head.name,
        snapshot_id=head.snapshot_id,
        resident_household=head.household_no,
        address=head.address,
        house_damage=random.choice(HOUSE_DAMAGES),
        water_out=random.random() < 0.6,
        power_out=random.random() < 0.4,
        pets=words["pets"] if random.random() < 0.08 else "",
    )
    plan.households.append(household)
    shelter = random.choices(plan.shelters[:9], weights=[30, 25, 9, 10, 4, 2, 20, 3, 4])[0]
    arrived = ctx.place.occurred_at + timedelta(minutes=random.randint(70, 1500))
    leaving = random.choices(_LEAVING, weights=_LEAVING_WEIGHTS)[0] if random.random() < 0.35 else ""
    left = arrived + timedelta(minutes=random.randint(300, 2500)) if leaving else None
    if left is not None and left > ctx.now():
        leaving, left = "", None
    for member in members:
        person = _person(uow, ctx, random, words, {**particulars_of(member), "household_id": household.id})
        plan.persons.append(person)
        stay = Stay(
            id=new_id(),
            person_id=person.id,
            shelter_id=shelter.id,
            from_at=arrived,
            to_at=left,
            destination=leaving,
            destination_text=words["hospital"] if leaving == "hospital" else words["car"] if leaving == "car" else "",
            category="car" if shelter.kind == "outreach" else "inside",
            room=random.choice(words["rooms"]),
        )
        plan.stays.append(stay)
        if left is None and random.random() < 0.04:
            plan.absences.append(Absence(id=new_id(), stay_id=stay.id, from_at=ctx.now() - timedelta(hours=3), kind="outing"))


def _person(uow: UnitOfWork, ctx: Context, random: Random, words: Mapping[str, Any], values: Mapping[str, Any]) -> Person:
    age = (
        age_on(parse_date(values.get("birth", ""), lenient=True), ctx.place.occurred_at.astimezone(JST).date())
        if values.get("birth")
        else None
    )
    needs = tuple(
        code
        for code, share, youngest, oldest in _NEEDS
        if random.random() < share and (age is not None and youngest <= age[0] <= oldest or youngest == 0 and oldest > 100)
    )
    number = person_number(ctx.place.device_prefix, uow.next_number("person"))
    return Person(
        **{
            **values,
            "id": new_id(),
            "number": number,
            "needs": needs,
            "supplies": random.choice(words["supplies"]) if needs else "",
            "card": new_card_number() if random.random() < 0.3 else "",
            "mobile": values.get("phone", ""),
            "consent_public": random.choice(("yes", "no", "unasked")),
            "consent_board": random.choice(("yes", "yes", "no", "unasked")),
            "consent_web": random.choice(("yes", "no", "unasked")),
            "injury": random.choices(("none", "light", "ill"), (94, 4, 2))[0],
        }
    )


def _invent_visitors(plan: _Plan, uow: UnitOfWork, ctx: Context, random: Random, words: Mapping[str, Any]) -> None:
    """People who are in nobody's data, two records of one of them, and one decision that two are different."""
    arrived = ctx.place.occurred_at + timedelta(hours=4)
    sample = [r for r in invent_residents(60, seed=987_654, as_of=arrived.astimezone(JST).date())][:12]
    made: list[Person] = []
    for row in sample:
        values = {"name": row.name, "kana": row.kana, "birth": row.birth, "sex": find_code("sex", row.sex) or "unknown"}
        person = _person(uow, ctx, random, words, {**values, "source": "visitor", "address": words["visitor_address"]})
        made.append(person)
    twin = _person(
        uow,
        ctx,
        random,
        words,
        {"name": made[0].name, "kana": made[0].kana, "birth": made[0].birth, "sex": made[0].sex, "source": "visitor"},
    )
    made[3] = replace(made[3], protected=True)  # so that leaving people out can be practised, whatever the seed
    anonymous = replace(
        _person(uow, ctx, random, words, {"source": "anonymous", "note": words["note"]}),
        consent_public="no",
        consent_board="no",
        consent_web="no",
    )
    for person in (*made, twin, anonymous):
        household = Household(id=new_id(), label=person.name)
        plan.households.append(household)
        plan.persons.append(replace(person, household_id=household.id))
        shelter = plan.shelters[1] if person is twin else plan.shelters[0]
        plan.stays.append(Stay(id=new_id(), person_id=person.id, shelter_id=shelter.id, from_at=arrived, pending=person in (made[0], twin)))
    uow.decisions.add(PersonDecision(id=new_id(), first_id=made[1].id, second_id=made[2].id, decision="different", note=words["reason"]))


def _invent_typed(plan: _Plan, uow: UnitOfWork, ctx: Context, random: Random, words: Mapping[str, Any]) -> None:
    """Residents whom nobody looked up: lists typed in a gymnasium, some of the people in two of them."""
    for place, values in enumerate(type_badly(ctx, random, words, known=plan.persons)):
        person = _person(uow, ctx, random, words, {**values, "source": "file"})
        household = Household(id=new_id(), label=person.name or person.kana)
        arrived = ctx.place.occurred_at + timedelta(minutes=random.randint(70, 1500))
        shelter = plan.shelters[(0, 6, 1)[place % 3]]
        plan.households.append(household)
        plan.persons.append(replace(person, household_id=household.id))
        plan.stays.append(Stay(id=new_id(), person_id=person.id, shelter_id=shelter.id, from_at=arrived, reception="file"))


def _invent_counts(plan: _Plan, random: Random, words: Mapping[str, Any], start: datetime, now: datetime) -> None:
    for shelter in plan.shelters:
        moment = (start + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        while moment < now - timedelta(hours=20):
            inside = sum(s.shelter_id == shelter.id and s.from_at <= moment and (s.to_at is None or s.to_at > moment) for s in plan.stays)
            total = max(0, inside + random.randint(-3, 9))
            plan.counts.append(
                Headcount(
                    id=new_id(),
                    shelter_id=shelter.id,
                    counted_at=moment,
                    counted_total=total,
                    method="phone",
                    reported_by=words["reporter"],
                )
            )
            moment += timedelta(hours=12)


def _write(uow: UnitOfWork, plan: _Plan) -> None:
    uow.shelters.add_many(plan.shelters)
    uow.spells.add_many(plan.spells)
    uow.households.add_many(plan.households)
    uow.persons.add_many(plan.persons)
    uow.stays.add_many(plan.stays)
    uow.absences.add_many(plan.absences)
    uow.headcounts.add_many(plan.counts)


assert set(_LEAVING) - {""} <= set(DESTINATIONS)
