"""What tests of applications and certificates start from: judged buildings, households, who signs."""

from __future__ import annotations

from typing import Any

from app.domain.building import Building, Occupancy
from app.domain.identifiers import new_id
from app.domain.survey import Survey
from app.presentation.certificate_values import certificate_values
from app.usecases import applications, certificates
from app.usecases.applications import on_grade_changed
from app.usecases.buildings import victim_of_resident
from app.usecases.certificate_rows import Applied, Issued, IssuedForm
from app.usecases.context import Context
from app.usecases.forms import Signature, change_signature
from tests.stores import Town

FORM = IssuedForm(form="disaster_certificate", version=1, digest="d" * 64)
SIGNATURE = Signature(municipality="見本県見本市", mayor_title="見本市長", mayor_name="見本 太郎")
ADDRESS = "見本市本町1-2-3"


def sign_as_mayor(ctx: Context) -> None:
    """Who signs is known."""
    change_signature(ctx, values=SIGNATURE)


def add_building(ctx: Context, *, resident: str = "", grade: str = "", address: str = ADDRESS, use: str = "dwelling") -> str:
    """A building, a household of a resident in it, a counted survey."""
    with ctx.unit() as uow:
        number = f"T{uow.next_number('test-building'):04d}"
        building = uow.buildings.add(Building(id=new_id(), number=number, address=address, use=use, district="本町"))
        if resident:
            victim = victim_of_resident(ctx, uow, resident)
            uow.occupancies.add(Occupancy(id=new_id(), building_id=building.id, victim_id=victim.id))
        uow.commit()
    if grade:
        judge(ctx, building.id, grade)
    return building.id


def judge(ctx: Context, building_id: str, grade: str, *, kind: str = "first") -> str:
    """A counted survey of a building."""
    with ctx.unit() as uow:
        survey = uow.surveys.add(
            Survey(
                id=new_id(), building_id=building_id, kind=kind, grade=grade, state="counted", surveyed_on="2024-01-02", decided_by="parts"
            )
        )
        on_grade_changed(ctx, uow, building_id)
        uow.commit()
    return survey.id


def victim_in(ctx: Context, building_id: str) -> str:
    """The household of a building."""
    with ctx.unit() as uow:
        return uow.occupancies.where(building_id=building_id)[0].victim_id


def ask(ctx: Context, building_id: str, **values: Any) -> Applied:
    """An application of the household of a building."""
    given = {"applicant_name": "髙橋　太郎", "applicant_kana": "タカハシ　タロウ", "applicant_birth": "S50.3.1", **values}
    return applications.apply(ctx, values=given, building_id=building_id, victim_id=victim_in(ctx, building_id))


def issue(ctx: Context, *application_ids: str) -> Issued:
    """Issue as the window does, on a form that is only named."""
    return certificates.issue(ctx, application_ids=application_ids, form=FORM, write_values=certificate_values)


def issued(town: Town, grade: str = "half", name: str = "太郎") -> tuple[str, str]:
    """A certificate in force: its id and its application's."""
    sign_as_mayor(town.ctx)
    building = add_building(town.ctx, resident=town.resident(name), grade=grade)
    asked = ask(town.ctx, building)
    return issue(town.ctx, asked.application.id).certificates[0], asked.application.id
