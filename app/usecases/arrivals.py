"""What follows when records of other laptops have come in: own applications take degrees, entitlements say what they lack, people who may be
protected are treated so.

Nothing here is decided anew: it is what the same records would have set off, had they been written here. Twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from app.domain.certificate import Certificate
from app.domain.evacuee import Person
from app.domain.folding import fold_kana, fold_name
from app.domain.payments import Account, Payee
from app.domain.relief import Claim
from app.domain.survey import Survey
from app.usecases.context import Context
from app.usecases.masking import protected_likeness
from app.usecases.money_home import is_home
from app.usecases.ports import UnitOfWork
from app.usecases.relief_wants import announce_claim, announce_homes, announce_subjects
from app.usecases.survey_counting import announce_grades

Touched = Mapping[str, Collection[str]]


def announce_arrivals(ctx: Context, uow: UnitOfWork, touched: Touched) -> None:
    """Inside the transaction that took them in. ``touched``: ids by kind of the records that operations came for."""
    _grades(ctx, uow, touched)
    _wants(ctx, uow, touched)
    _protect(uow, touched.get("person", ()))


def _grades(ctx: Context, uow: UnitOfWork, touched: Touched) -> None:
    """Surveys that count somewhere else count here: applications made here go on, papers made here are marked."""
    reads = uow.reads.certificates
    buildings = dict.fromkeys(one.building_id for one in reads.many(Survey, touched.get("survey", ())).values())
    buildings |= dict.fromkeys(touched.get("building", ()))
    if buildings:
        announce_grades(ctx, uow, list(buildings))


def _wants(ctx: Context, uow: UnitOfWork, touched: Touched) -> None:
    """Entitlements are written by the money home only."""
    if not touched.keys() & {"certificate", "claim", "payee", "payee_account"} or not is_home(ctx):
        return
    reads = uow.reads.certificates
    homes = {one.victim_id for one in reads.many(Certificate, touched.get("certificate", ())).values()}
    announce_homes(uow, victim_ids=homes)
    for claim in uow.reads.relief.many(Claim, touched.get("claim", ())).values():
        announce_claim(uow, claim)
    accounts = uow.reads.relief.many(Account, touched.get("payee_account", ()))
    payees = uow.reads.relief.many(Payee, {*touched.get("payee", ()), *(one.payee_id for one in accounts.values())})
    announce_subjects(uow, subjects={one.subject for one in payees.values()})


def _protect(uow: UnitOfWork, person_ids: Collection[str]) -> None:
    """Who was written down elsewhere and may be somebody protected here is protected, as at a check-in here; never again once a person decided."""
    names = uow.reads.protected().names
    for person in uow.reads.certificates.many(Person, person_ids).values() if names else ():
        if person.deleted or person.protected or person.resident_id:
            continue
        if names.isdisjoint((fold_name(person.name), fold_kana(person.kana))):
            continue
        alike = [hit for hit in protected_likeness(uow, {"name": person.name, "kana": person.kana, "birth": person.birth}) if hit.id != person.id]
        if alike and not any(entry.field == "protected" and entry.new is False for entry in uow.reads.journal.history(person.id)):
            uow.persons.save(replace(person, protected=True))
