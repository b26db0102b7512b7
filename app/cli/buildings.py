"""The verbs of buildings: taking lists in, listing, showing one with its households and surveys, linking households, 応急危険度判定."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.imports import answer_import, read_options, report_to, show_progress
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.cli.surveys import survey_object
from app.domain.building import Building, Victim
from app.domain.errors import RuleViolation, UsageFault
from app.domain.records import values_of
from app.domain.words import need_code
from app.usecases import buildings
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.survey_rows import BuildingFilter, BuildingRow, HomeFile


def import_list(gateway: FolderGateway, given: Namespace) -> Answer:
    """``buildings import``."""
    from app.interchange.importing import run

    with signed_in(gateway, given) as session:
        job = Job(show_progress)
        options = read_options(session.context, given, "buildings")
        prepared = run.prepare_buildings(session.context, path=Path(given.file), options=options, job=job)
        done = run.apply_prepared(
            session.context, prepared=prepared, on_error=given.on_error, report=report_to(given), dry_run=given.dry_run, job=job
        )
        return answer_import(done, "created", "updated", "unchanged", "review")


def list_all(gateway: FolderGateway, given: Namespace) -> Answer:
    """``buildings list``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        wanted = BuildingFilter(
            text=given.text, district=given.district, zone=given.zone, state=given.state, collapsed=True if given.collapsed else None,
            risk=need_code("building_risk", given.risk, field="risk") if given.risk else "",
            use=need_code("building_use", given.use, field="use") if given.use else "",
            linked=False if given.unlinked else None, grade=_grade(given.grade),
        )  # fmt: skip
        ids = buildings.list_building_ids(ctx, filter=wanted)
        rows = buildings.building_rows(ctx, ids[: given.limit] if given.limit > 0 else ids)
        people = sum(row.households for row in rows)
        if people:
            with ctx.unit() as uow:
                uow.log_access(action="view", persons=people, target="buildings")
                uow.commit()
        return {"total": len(ids), "buildings": [building_object(row) for row in rows]}, 0


def _grade(text: str) -> str:
    return text if text in ("", "ungraded") else need_code("grade", text, field="grade")


def building_object(row: BuildingRow) -> dict[str, Any]:
    """A building as JSON."""
    names = (
        "id", "number", "tax_no", "use", "name", "address", "district", "zone", "structure", "storeys", "floor_area", "owner_name", "risk",
        "collapsed", "households", "total", "state", "surveyed_on", "photos", "appeals", "planned",
    )  # fmt: skip
    return {**{name: getattr(row, name) for name in names}, "heads": list(row.heads), "grade": row.grade or None, "state": row.state or "unsurveyed"}


def show(gateway: FolderGateway, given: Namespace) -> Answer:
    """``buildings show``: everything that hangs on it."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        file = buildings.open_building(ctx, building_id=buildings.need_building(ctx, text=given.building))
        values = {name: value for name, value in values_of(file.building).items() if name != "deleted"}
        return {
            "id": file.building.id,
            **values,
            "grade": file.counted.grade if file.counted else None,
            "total": file.counted.total if file.counted else None,
            "photos": file.photos,
            "withheld": file.withheld,
            "households": [home_object(home) for home in file.homes],
            "surveys": [survey_object(row) for row in file.surveys],
            "requests": [{"id": one.id, "wants": one.wants, "state": one.state, "reason": one.reason} for one in file.appeals],
        }, 0


def home_object(home: HomeFile) -> dict[str, Any]:
    """A household of a building as JSON."""
    victim = home.victim
    return {
        "id": victim.id, "occupancy": home.occupancy.id, "head": victim.head_name, "kana": victim.head_kana, "birth": victim.head_birth,
        "address": victim.address, "source": victim.source, "tenure": home.occupancy.tenure, "room": home.occupancy.room, "main": home.occupancy.main,
        "members": [{"name": one.name, "kana": one.kana, "birth": one.birth, "relation": one.relation} for one in home.members],
    }  # fmt: skip


def save(gateway: FolderGateway, given: Namespace) -> Answer:
    """``buildings save``: a new building, or a corrected one, by field=value."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        values: dict[str, Any] = {}
        for pair in given.set:
            name, _, text = pair.partition("=")
            values[name.strip()] = _value(name.strip(), text.strip())
        known = buildings.need_building(ctx, text=given.building) if given.building else None
        made, _ = buildings.save_building(ctx, values=values, building_id=known, reason=given.reason)
        building = ctx.reads.get("building", made)
        return {"id": made, "number": building.number if isinstance(building, Building) else ""}, 0


_NUMBERS = {"storeys": int, "floor_area": float, "lat": float, "lon": float}
_CODED = {"use": "building_use", "structure": "building_structure", "risk": "building_risk"}


def _value(name: str, text: str) -> Any:
    if name in _CODED and text:
        return need_code(_CODED[name], text, field=name)
    if name == "collapsed":
        return need_code("yes_no", text, field=name) == "yes"
    if name in _NUMBERS:
        try:
            return _NUMBERS[name](text) if text else None
        except ValueError:
            raise RuleViolation("cli.not_a_number", field=name, text=text) from None
    return text


def link(gateway: FolderGateway, given: Namespace) -> Answer:
    """``buildings link``: the household of a resident, or one typed in."""
    if not (given.resident or given.victim or given.head or given.kana):
        raise UsageFault("cli.link_who")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        building = buildings.need_building(ctx, text=given.building)
        resident = _resident(ctx, given.resident) if given.resident else ""
        done = buildings.link_household(
            ctx,
            building_id=building,
            resident_id=resident,
            victim_id=given.victim,
            values={"head_name": given.head, "head_kana": given.kana, "head_birth": given.birth, "address": given.address},
            members=[{"name": name} for name in given.member],
            tenure=need_code("tenure", given.tenure, field="tenure"),
            room=given.room,
            main=not given.other,
        )
        told = {"victim": done.victim_id, "occupancy": done.occupancy_id, "withheld": done.withheld}
        home, victim = ctx.reads.get("building", building), ctx.reads.get("victim", done.victim_id)
        number = home.number if isinstance(home, Building) else ""
        return {**told, "number": number, "head": victim.head_name or victim.head_kana if isinstance(victim, Victim) else ""}, 0


def _resident(ctx: Context, text: str) -> str:
    """A resident by id, or by number in the active snapshot."""
    if ctx.reads.residents.get(text) is not None:
        return text
    found = ctx.reads.residents.by_number(text)
    if not found:
        raise RuleViolation("building.resident_not_found", field="resident", number=text)
    return found[0].id


def risk(gateway: FolderGateway, given: Namespace) -> Answer:
    """``buildings risk``: 応急危険度判定, and the register of collapsed houses."""
    if not (given.risk or given.collapsed or given.danger):
        raise UsageFault("cli.risk_what")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        building = buildings.need_building(ctx, text=given.building)
        code = need_code("building_risk", given.risk, field="risk") if given.risk else ""
        if given.risk:
            buildings.note_risk(ctx, building_id=building, risk=code, risk_on=given.day, risk_note=given.note)
        if given.collapsed or given.danger:
            buildings.note_collapse(ctx, building_id=building, collapsed=True, danger=given.danger)
        stored = ctx.reads.get("building", building)
        number = stored.number if isinstance(stored, Building) else ""
        return {"id": building, "number": number, "risk": code or None, "collapsed": bool(given.collapsed or given.danger)}, 0


BUILDING_VERBS = {
    "buildings import": import_list,
    "buildings list": list_all,
    "buildings show": show,
    "buildings save": save,
    "buildings link": link,
    "buildings risk": risk,
}
