"""What tests of calculations start from: a programme with rules, judged households, casualties, what was paid of an entitlement."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.identifiers import new_id
from app.domain.payments import Payment, PaymentBatch, PaymentShare
from app.domain.relief import Casualty, Entitlement, Programme, ReliefRound, ReliefRule
from app.domain.relief_rules import Criteria
from app.domain.survey import Survey
from app.usecases.context import Context
from app.usecases.relief_calculation import calculate
from app.usecases.relief_rows import CalculatedRow, Calculation


def add_programme(ctx: Context, **values: Any) -> str:
    """A programme."""
    with ctx.unit() as uow:
        made = uow.programmes.add(Programme(**{"id": new_id(), "code": new_id()[-6:], "title": "見本義援金", "kind": "donation", **values}))
        uow.commit()
    return made.id


def add_round(ctx: Context, programme_id: str, *rules: dict[str, Any], **values: Any) -> str:
    """A round with rules: each a dict of ``ReliefRule`` fields, its ``criteria`` those of ``Criteria``."""
    with ctx.unit() as uow:
        made = uow.rounds.add(ReliefRound(**{"id": new_id(), "programme_id": programme_id, "code": "1", "title": "第1次", **values}))
        for place, rule in enumerate(rules):
            criteria = Criteria(**rule["criteria"]).to_json()
            title = rule.get("title", rule.get("category", ""))
            uow.rules.add(ReliefRule(**{**rule, "id": new_id(), "round_id": made.id, "position": place, "criteria": criteria, "title": title}))
        uow.commit()
    return made.id


def by_grade(**amounts: int) -> list[dict[str, Any]]:
    """Rules for households: an amount for each degree of damage."""
    return [{"category": grade, "amount": amount, "criteria": {"grades": (grade,)}} for grade, amount in amounts.items()]


def by_harm(**amounts: int) -> list[dict[str, Any]]:
    """Rules for people: an amount for each harm."""
    return [
        {"category": harm, "unit": "person", "group": "harm", "amount": amount, "criteria": {"harms": (harm,)}}
        for harm, amount in amounts.items()
    ]


def add_home(ctx: Context, name: str, *members: str, grade: str = "", building: str = "", **values: Any) -> str:
    """A household written down, with further members, in a house of its own (or ``building``) with a counted survey; answers its id."""
    with ctx.unit() as uow:
        victim = uow.victims.add(
            Victim(**{"id": new_id(), "head_name": name, "address": "見本市本町1", "district": "本町", "source": "typed", **values})
        )
        for place, member in enumerate((name, *members)):
            uow.members.add(VictimMember(id=new_id(), victim_id=victim.id, position=place, name=member))
        home = building or uow.buildings.add(Building(id=new_id(), number=new_id()[-8:], address="見本市本町1", district="本町")).id
        uow.occupancies.add(Occupancy(id=new_id(), building_id=home, victim_id=victim.id))
        uow.commit()
    if grade:
        judge_home(ctx, victim.id, grade)
    return victim.id


def home_of(ctx: Context, victim_id: str) -> str:
    """The building of a household."""
    with ctx.unit() as uow:
        return uow.occupancies.where(victim_id=victim_id)[0].building_id


def judge_home(ctx: Context, victim_id: str, grade: str, *, kind: str = "first", day: str = "2024-01-02") -> None:
    """A counted survey of the household's house."""
    building = home_of(ctx, victim_id)
    with ctx.unit() as uow:
        uow.surveys.add(
            Survey(id=new_id(), building_id=building, kind=kind, grade=grade, state="counted", surveyed_on=day, decided_by="parts")
        )
        uow.commit()


def add_casualty(ctx: Context, name: str, harm: str, **values: Any) -> str:
    """A confirmed casualty."""
    with ctx.unit() as uow:
        made = uow.casualties.add(
            Casualty(**{"id": new_id(), "number": new_id()[-8:], "name": name, "harm": harm, "state": "confirmed", **values})
        )
        uow.commit()
    return made.id


def pay(ctx: Context, entitlement_id: str, amount: int, *, state: str = "paid", part: int = 1, live: bool = True) -> str:
    """A payment of an entitlement as a batch leaves it; answers the payment's id."""
    with ctx.unit() as uow:
        one = uow.entitlements.need(entitlement_id)
        batch = uow.batches.add(PaymentBatch(id=new_id(), number=new_id()[-8:], programme_id=one.programme_id, round_id=one.round_id, way="cash"))
        payment = uow.payments.add(
            Payment(
                id=new_id(), code=new_id().replace("-", "")[-20:], batch_id=batch.id, programme_id=one.programme_id, round_id=one.round_id, way="cash",
                amount=amount, state=state,
            )
        )  # fmt: skip
        uow.shares.add(
            PaymentShare(
                id=new_id(), payment_id=payment.id, batch_id=batch.id, entitlement_id=entitlement_id, part=part, amount=amount, live=live
            )
        )
        uow.commit()
    return payment.id


def change(ctx: Context, kind: str, record_id: str, **values: Any) -> None:
    """Save a record with other values."""
    with ctx.unit() as uow:
        records = uow.repository(kind)
        records.save(replace(records.need(record_id), **values))
        uow.commit()


def entitlements(ctx: Context, round_id: str) -> dict[str, Entitlement]:
    """Those of a round, by name."""
    return {one.name: one for one in ctx.reads.relief.entitlements(round_id=round_id)}


def row_of(calculation: Calculation, name: str) -> CalculatedRow:
    """The one row of a name."""
    (found,) = [row for row in calculation.rows if row.name == name]
    return found


def calculated(ctx: Context, round_id: str) -> dict[str, Entitlement]:
    """Calculate, and answer the round's entitlements by name."""
    calculate(ctx, round_id=round_id)
    return entitlements(ctx, round_id)
