"""Buildings and who lives in them or owns them: finding, saving, linking households of the resident snapshot or typed in.

The survey unit is a building, the certificate unit a household; they are linked many to many. Households with a protected member are,
for those without the right, not there at all (decision 006).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.addresses import same_place
from app.domain.building import (
    OWNER_FIELDS,
    RISKS,
    TENURES,
    VICTIM_SOURCES,
    Building,
    Occupancy,
    Victim,
    VictimMember,
    check_building,
    plain_number,
)
from app.domain.building_code import is_of_disaster, read_building_code, read_building_number
from app.domain.certificate import Application
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id, person_number
from app.domain.records import Record, value_fields
from app.domain.survey import Appeal
from app.domain.words import find_code
from app.usecases.context import Changes, Context
from app.usecases.masking import protected_likeness, sees_protected
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day
from app.usecases.rows import ResidentView
from app.usecases.survey_rows import BuildingFile, BuildingFilter, BuildingRow, SurveyFilter, VictimFile, VictimRow

ANY = BuildingFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A household in a building. ``withheld``: it is there, and only those with the right to see protected people can open it."""

    victim_id: str
    occupancy_id: str
    withheld: bool
    changes: Changes


# -- asking ------------------------------------------------------------------------------------------------


def list_building_ids(ctx: Context, *, filter: BuildingFilter = ANY) -> Sequence[str]:
    """Ids in order of district, address and number, for a list that loads its rows as they come into view."""
    return ctx.reads.buildings.ids(filter=filter)


def building_rows(ctx: Context, ids: Sequence[str]) -> list[BuildingRow]:
    """Rows in the order of the ids."""
    return ctx.reads.buildings.rows(ids)


def list_districts(ctx: Context) -> list[tuple[str, int]]:
    """Districts of buildings with how many there are, "" for none."""
    return ctx.reads.buildings.districts()


def list_zones(ctx: Context) -> list[tuple[str, int]]:
    """Zones of buildings with how many there are, "" for none."""
    return ctx.reads.buildings.zones()


def find_building(ctx: Context, *, number: str = "", tax_no: str = "") -> str | None:
    """The building with this survey number (any width and case) or tax number; None for none."""
    if number.strip():
        return ctx.reads.buildings.find(number=read_building_number(number) or number.strip())
    return ctx.reads.buildings.find(tax_no=plain_number(tax_no)) if tax_no.strip() else None


def need_building(ctx: Context, *, text: str) -> str:
    """The building by id, survey number, sheet code or tax number. RuleViolation ``building.not_found``, ``survey.other_disaster``."""
    if read_building_code(text) is not None:
        return find_by_code(ctx, text=text)
    found = ctx.reads.get("building", text)
    if isinstance(found, Building) and not found.deleted:
        return found.id
    known = find_building(ctx, number=text) or find_building(ctx, tax_no=text)
    if known is None:
        raise RuleViolation("building.not_found", field="building", number=text)
    return known


def find_by_code(ctx: Context, *, text: str) -> str:
    """The building that the QR of a sheet names. RuleViolation ``building.code_unreadable``, ``survey.other_disaster``, ``building.not_found``."""
    read = read_building_code(text)
    if read is None:
        raise RuleViolation("building.code_unreadable", field="building")
    disaster, number = read
    if not is_of_disaster(disaster, ctx.place.disaster_id):
        raise RuleViolation("survey.other_disaster", field="building", number=number)
    found = ctx.reads.buildings.find(number=number)
    if found is None:
        raise RuleViolation("building.not_found", field="building", number=number)
    return found


def open_building(ctx: Context, *, building_id: str) -> BuildingFile:
    """A building with everything that hangs on it; noted in the access log. RuleViolation ``record.not_found``."""
    building = ctx.reads.get("building", building_id)
    if not isinstance(building, Building) or building.deleted:
        raise RuleViolation("record.not_found", kind="building", record=building_id)
    homes = tuple(ctx.reads.buildings.homes(building_id))
    with ctx.unit() as uow:
        appeals = uow.appeals.where(building_id=building_id)
        applications = uow.applications.where(building_id=building_id)
        photos = len(uow.photos.where(building_id=building_id))
        people = [member.person_id or member.resident_no or member.id for home in homes for member in home.members]
        uow.log_access(action="view", persons=people or [home.victim.id for home in homes], target=building.number)
        uow.commit()
    surveys = ctx.reads.surveys.ids(filter=SurveyFilter(building_id=building_id))
    return BuildingFile(
        building=building,
        homes=homes,
        counted=ctx.reads.surveys.counted([building_id]).get(building_id),
        surveys=tuple(ctx.reads.surveys.rows(surveys, operator_id=ctx.actor.operator_id, operator_name=ctx.actor.name)),
        appeals=tuple(one for one in (_visible(ctx, "appeal", appeal) for appeal in reversed(appeals)) if isinstance(one, Appeal)),
        assignments=tuple(ctx.reads.surveys.assignments(building_id=building_id)),
        applications=tuple(one for one in (_visible(ctx, "application", one) for one in applications) if isinstance(one, Application)),
        photos=photos,
        withheld=bool(ctx.reads.buildings.withheld([building_id])),
    )


def _visible(ctx: Context, kind: str, record: Record) -> Record | None:
    return ctx.reads.get(kind, record.id)


def list_victim_ids(ctx: Context, *, text: str = "") -> Sequence[str]:
    """Affected households in order of kana: all, or those whose head, members or address contain the words."""
    return ctx.reads.buildings.victim_ids(text=text)


def victim_rows(ctx: Context, ids: Sequence[str]) -> list[VictimRow]:
    """Rows in the order of the ids."""
    return ctx.reads.buildings.victim_rows(ids)


def open_victim(ctx: Context, *, victim_id: str) -> VictimFile:
    """An affected household with members and places; noted in the access log. RuleViolation ``record.not_found``."""
    victim = _need_visible(ctx, victim_id)
    with ctx.unit() as uow:
        members = tuple(sorted(uow.members.where(victim_id=victim_id), key=lambda one: one.position))
        occupancies = uow.occupancies.where(victim_id=victim_id)
        people = [member.person_id or member.resident_no or member.id for member in members]
        uow.log_access(action="view", persons=people or [victim_id], target="")
        uow.commit()
    places = []
    for occupancy in sorted(occupancies, key=lambda one: not one.main):
        building = ctx.reads.get("building", occupancy.building_id)
        if isinstance(building, Building) and not building.deleted:
            places.append((occupancy, building))
    return VictimFile(victim=victim, members=members, places=tuple(places))


def _need_visible(ctx: Context, victim_id: str) -> Victim:
    victim = ctx.reads.get("victim", victim_id)
    if not isinstance(victim, Victim) or victim.deleted:
        raise RuleViolation("record.not_found", kind="victim", record=victim_id)
    return victim


# -- buildings ---------------------------------------------------------------------------------------------


def save_building(
    ctx: Context, *, values: Mapping[str, Any], building_id: str | None = None, version: int | None = None, reason: str = ""
) -> tuple[str, Changes]:
    """A new building (it gets its number from this device's range) or a corrected one. Its id and what changed.

    RuleViolation of ``check_building``, ``building.tax_no_taken``, ``word.unknown``; StaleRecord when somebody else saved meanwhile.
    """
    ctx.require("survey")
    given = fit(Building, values, fixed=("number",))
    if "risk_on" in given:
        given["risk_on"] = read_day(str(given["risk_on"]), field="risk_on")
    if "tax_no" in given:
        given["tax_no"] = plain_number(str(given["tax_no"]))
    with ctx.unit(reason=reason) as uow:
        if building_id is None:
            building = Building(id=new_id(), **{**given, "number": next_building_number(ctx, uow)})
            _check(uow, building)
            uow.buildings.add(building)
            return building.id, uow.commit()
        stored = uow.buildings.need(building_id)
        building = replace(stored, **without_withheld(ctx, building_id, given))
        _check(uow, building)
        uow.buildings.save(building, expected_version=version)
        return building.id, uow.commit()


def without_withheld(ctx: Context, building_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without owner's particulars that came back blank because they were withheld: not showing is not taking away."""
    if not ctx.reads.buildings.withheld([building_id]):
        return dict(values)
    return {name: value for name, value in values.items() if value or name not in OWNER_FIELDS}


def _check(uow: UnitOfWork, building: Building) -> None:
    check_building(building)
    if building.tax_no and any(other.id != building.id for other in uow.buildings.where(tax_no=building.tax_no)):
        raise RuleViolation("building.tax_no_taken", field="tax_no", tax_no=building.tax_no)


def next_building_number(ctx: Context, uow: UnitOfWork) -> str:
    """The next number of this device."""
    return person_number(ctx.place.device_prefix, uow.next_number("building"))


def fit(kind: type[Record], values: Mapping[str, Any], *, fixed: Sequence[str] = ()) -> dict[str, Any]:
    """Values that may be set on a record, texts stripped, lists as tuples. RuleViolation ``word.unknown`` for a field it has not."""
    fields = {field.name for field in value_fields(kind)}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name in ("id", "version", *fixed):
            continue
        if name not in fields:
            raise RuleViolation("word.unknown", field=name, word=name)
        kept[name] = tuple(value) if isinstance(value, list) else value.strip() if isinstance(value, str) else value
    return kept


def note_risk(ctx: Context, *, building_id: str, risk: str, risk_on: str = "", risk_note: str = "", version: int | None = None) -> Changes:
    """The result of 応急危険度判定 ("" takes it back). It is not a degree of damage."""
    ctx.require("survey")
    if risk not in ("", *RISKS):
        raise RuleViolation("word.unknown", field="risk", word=risk)
    with ctx.unit() as uow:
        stored = uow.buildings.need(building_id)
        changed = replace(stored, risk=risk, risk_on=read_day(risk_on, field="risk_on"), risk_note=risk_note.strip())
        uow.buildings.save(changed, expected_version=version)
        return uow.commit()


def note_collapse(ctx: Context, *, building_id: str, collapsed: bool, danger: str = "", version: int | None = None) -> Changes:
    """Put a building on the register of collapsed houses with notes of danger, or take it off."""
    ctx.require("survey")
    with ctx.unit() as uow:
        changed = replace(uow.buildings.need(building_id), collapsed=collapsed, danger=danger.strip())
        uow.buildings.save(changed, expected_version=version)
        return uow.commit()


def remove_building(ctx: Context, *, building_id: str, reason: str) -> Changes:
    """Take out a building that was entered by mistake. RuleViolation ``building.in_use`` when surveys or papers hang on it."""
    ctx.require("survey")
    _need_reason(reason)
    with ctx.unit(reason=reason) as uow:
        building = uow.buildings.need(building_id)
        surveys = [one for one in uow.surveys.where(building_id=building_id) if one.state not in ("draft", "withdrawn")]
        if surveys or uow.applications.where(building_id=building_id) or uow.certificates.where(building_id=building_id):
            raise RuleViolation("building.in_use", field="building", number=building.number)
        for link in uow.occupancies.where(building_id=building_id):
            uow.occupancies.save(replace(link, deleted=True))
        for visit in uow.assignments.where(building_id=building_id):
            uow.assignments.save(replace(visit, deleted=True))
        uow.buildings.save(replace(building, deleted=True))
        return uow.commit()


def restore_building(ctx: Context, *, building_id: str) -> Changes:
    """Bring a removed building back, with the households that were linked when it was removed left to link again."""
    ctx.require("survey")
    with ctx.unit() as uow:
        building = uow.buildings.get(building_id)
        if building is None:
            raise RuleViolation("record.not_found", kind="building", record=building_id)
        uow.buildings.save(replace(building, deleted=False))
        return uow.commit()


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")


# -- households --------------------------------------------------------------------------------------------


def link_household(
    ctx: Context,
    *,
    building_id: str,
    resident_id: str = "",
    victim_id: str = "",
    values: Mapping[str, Any] | None = None,
    members: Sequence[Mapping[str, Any]] = (),
    tenure: str = "unknown",
    room: str = "",
    main: bool = True,
    note: str = "",
) -> Linked:
    """Say that a household lives in (or owns) a building: that of a resident of the snapshot, one that is known, or a typed one.

    A resident brings head, members and address from the snapshot; the household is made once and used again for its other buildings.
    RuleViolation ``victim.nobody``, ``victim.name_missing``, ``building.already_linked``, ``record.not_found`` for whom the actor cannot see.
    """
    ctx.require("survey")
    if tenure not in TENURES:
        raise RuleViolation("word.unknown", field="tenure", word=tenure)
    with ctx.unit() as uow:
        building = uow.buildings.need(building_id)
        if resident_id:
            victim = victim_of_resident(ctx, uow, resident_id)
        elif victim_id:
            victim = _need_visible(ctx, victim_id)
        else:
            victim = _typed_victim(ctx, uow, values or {}, members)
        if any(link.victim_id == victim.id for link in uow.occupancies.where(building_id=building_id)):
            raise RuleViolation("building.already_linked", field="victim", number=building.number)
        link = uow.occupancies.add(
            Occupancy(id=new_id(), building_id=building_id, victim_id=victim.id, tenure=tenure, room=room.strip(), main=main, note=note)
        )
        hidden = victim.id in uow.reads.protected().victims
        if not hidden:
            _fill_place(uow, building, victim)
        withheld = hidden and not sees_protected(ctx)
        return Linked(victim_id=victim.id, occupancy_id=link.id, withheld=withheld, changes=uow.commit())


def _fill_place(uow: UnitOfWork, building: Building, victim: Victim) -> None:
    """District and postal code of who really lives here by the register, where the building says none. Never those of the protected."""
    if victim.source != "resident" or not same_place(building.address, victim.address):
        return
    told = {name: getattr(victim, name) for name in ("district", "postal") if not getattr(building, name) and getattr(victim, name)}
    if told:
        uow.buildings.save(replace(building, **told))


def victim_of_resident(ctx: Context, uow: UnitOfWork, resident_id: str) -> Victim:
    """The affected household of a resident, made from the snapshot unless it is there. RuleViolation ``record.not_found``."""
    view = ctx.reads.residents.get(resident_id)
    if view is None:
        raise RuleViolation("record.not_found", kind="resident", record=resident_id)
    if view.household_no:
        known = uow.reads.buildings.victim_by_household(snapshot_id=view.snapshot_id, household_no=view.household_no)
        if known is not None:
            return uow.victims.need(known)
    people = uow.reads.residents.household(resident_id) or [view]
    head = next((one for one in people if find_code("relation_head", one.relation)), people[0])
    victim = uow.victims.add(
        Victim(
            id=new_id(), head_name=head.name, head_kana=head.kana, head_birth=head.birth, postal=head.postal, address=head.address,
            district=head.district, phone=head.phone, snapshot_id=head.snapshot_id, resident_household=head.household_no,
            resident_no=head.resident_no, source="resident", matched_at=ctx.now(),
        )
    )  # fmt: skip
    ordered = [head, *(one for one in people if one.id != head.id)]
    uow.members.add_many([member_of(one, victim.id, place) for place, one in enumerate(ordered)])
    return victim


def member_of(view: ResidentView, victim_id: str, position: int) -> VictimMember:
    """A resident as member of an affected household."""
    return VictimMember(
        id=new_id(), victim_id=victim_id, position=position, resident_id=view.id, resident_no=view.resident_no, person_id=view.person_id,
        name=view.name, kana=view.kana, birth=view.birth, sex=find_code("sex", view.sex) or "unknown", relation=view.relation,
    )  # fmt: skip


def _typed_victim(ctx: Context, uow: UnitOfWork, values: Mapping[str, Any], members: Sequence[Mapping[str, Any]]) -> Victim:
    given = fit(Victim, {"source": "typed", **values}, fixed=("matched_at",))
    victim = Victim(id=new_id(), **given)
    check_victim(victim)
    uow.victims.add(victim)
    told = list(members) or [{"name": victim.head_name, "kana": victim.head_kana, "birth": victim.head_birth}]
    if victim.source in ("typed", "file", "resident"):
        uow.members.add_many([_typed_member(ctx, uow, one, victim.id, place) for place, one in enumerate(told)])
    return victim


def check_victim(victim: Victim) -> None:
    """Somebody is meant, and the words are known."""
    if not (victim.head_name.strip() or victim.head_kana.strip()):
        raise RuleViolation("victim.name_missing", field="head_name")
    if victim.source not in VICTIM_SOURCES:
        raise RuleViolation("word.unknown", field="source", word=victim.source)


def _typed_member(ctx: Context, uow: UnitOfWork, values: Mapping[str, Any], victim_id: str, position: int) -> VictimMember:
    given = fit(VictimMember, values, fixed=("victim_id", "position"))
    if not sees_protected(ctx):
        given.pop("protected", None)
    member = VictimMember(**{**given, "id": new_id(), "victim_id": victim_id, "position": position})
    if not (member.name or member.kana):
        raise RuleViolation("victim.member_name_missing", field="members", row=position + 1)
    linked = member.resident_no or member.resident_id or member.person_id
    told = {"name": member.name, "kana": member.kana, "birth": member.birth}
    return replace(member, protected=True) if not linked and protected_likeness(uow, told) else member


def save_victim(ctx: Context, *, victim_id: str, values: Mapping[str, Any], version: int | None = None, reason: str = "") -> Changes:
    """Correct the particulars of an affected household. StaleRecord when somebody else saved meanwhile."""
    ctx.require("survey")
    _need_visible(ctx, victim_id)
    with ctx.unit(reason=reason) as uow:
        victim = replace(uow.victims.need(victim_id), **fit(Victim, values))
        check_victim(victim)
        uow.victims.save(victim, expected_version=version)
        return uow.commit()


def save_members(ctx: Context, *, victim_id: str, members: Sequence[Mapping[str, Any]], reason: str = "") -> Changes:
    """The members in this order, the head first: with ``id`` a known one (its values change), without a new one; others are taken out.

    RuleViolation ``victim.member_name_missing``, ``record.not_found``; a mark ``protected`` is only taken off by those who may see it.
    """
    ctx.require("survey")
    _need_visible(ctx, victim_id)
    with ctx.unit(reason=reason) as uow:
        known = {one.id: one for one in uow.members.where(victim_id=victim_id)}
        for place, values in enumerate(members):
            old = known.pop(str(values.get("id", "")), None)
            made = _typed_member(ctx, uow, values if old is None else {**_told(old), **values}, victim_id, place)
            if old is None:
                uow.members.add(made)
            else:
                uow.members.save(replace(made, id=old.id, version=old.version, protected=made.protected or (old.protected and not sees_protected(ctx))))
        for gone in known.values():
            uow.members.save(replace(gone, deleted=True))
        return uow.commit()


def _told(member: VictimMember) -> dict[str, Any]:
    return {field.name: getattr(member, field.name) for field in value_fields(VictimMember) if field.name not in ("victim_id", "position")}


def save_occupancy(ctx: Context, *, occupancy_id: str, values: Mapping[str, Any], version: int | None = None, reason: str = "") -> Changes:
    """Correct how a household has a building: tenure, room, main, note."""
    ctx.require("survey")
    with ctx.unit(reason=reason) as uow:
        link = uow.occupancies.need(occupancy_id)
        _need_visible(ctx, link.victim_id)
        changed = replace(link, **fit(Occupancy, values, fixed=("building_id", "victim_id", "deleted")))
        if changed.tenure not in TENURES:
            raise RuleViolation("word.unknown", field="tenure", word=changed.tenure)
        uow.occupancies.save(changed, expected_version=version)
        return uow.commit()


def unlink_household(ctx: Context, *, occupancy_id: str, reason: str) -> Changes:
    """Take a household off a building. RuleViolation ``building.papers_out`` when it has a valid certificate for it."""
    ctx.require("survey")
    _need_reason(reason)
    with ctx.unit(reason=reason) as uow:
        link = uow.occupancies.need(occupancy_id)
        _need_visible(ctx, link.victim_id)
        papers = uow.certificates.where(victim_id=link.victim_id, building_id=link.building_id, state="issued")
        if papers:
            raise RuleViolation("building.papers_out", field="victim", number=papers[0].number)
        uow.occupancies.save(replace(link, deleted=True))
        return uow.commit()


def restore_household(ctx: Context, *, occupancy_id: str) -> Changes:
    """Take an unlinking back."""
    ctx.require("survey")
    with ctx.unit() as uow:
        link = uow.occupancies.get(occupancy_id)
        if link is None:
            raise RuleViolation("record.not_found", kind="occupancy", record=occupancy_id)
        _need_visible(ctx, link.victim_id)
        uow.occupancies.save(replace(link, deleted=False))
        return uow.commit()
