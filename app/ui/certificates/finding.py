"""Finding whom an application is about: registered households, residents and buildings by one box. Runs off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.building import Building
from app.domain.words import find_code
from app.presentation.columns.applying import Dweller, Found, Household, Place
from app.presentation.columns.building import heads_text
from app.presentation.columns.snapshot import day_text
from app.presentation.labels import label, short_label
from app.usecases import applications, buildings, residents
from app.usecases.certificate_rows import ApplicationFilter
from app.usecases.context import Context
from app.usecases.rows import ResidentView
from app.usecases.searching import search
from app.usecases.survey_rows import BuildingFilter

_MOST_VICTIMS, _MOST_RESIDENTS, _MOST_BUILDINGS = 10, 20, 10
_MOST_PLACES = 12


def find_everything(ctx: Context, words: str) -> list[Found]:
    """What fits the words: registered households first, then residents, then buildings. Nothing for no words."""
    if not words.strip():
        return []
    victims = buildings.victim_rows(ctx, buildings.list_victim_ids(ctx, text=words)[:_MOST_VICTIMS])
    found = [
        Found(
            kind="victim", id=row.id, name=row.head_name, kana=row.head_kana, birth=row.head_birth, address=row.address,
            detail="、".join(row.numbers[:2]) or ("申告のみ" if row.declared else "建物なし"),
        )
        for row in victims
    ]  # fmt: skip
    for hit in search(ctx, text=words, within="residents", limit=_MOST_RESIDENTS).hits:
        found.append(
            Found(kind="resident", id=hit.id, name=hit.name, kana=hit.kana, birth=hit.birth, address=hit.address, protected=hit.protected)
        )
    for row in buildings.building_rows(ctx, buildings.list_building_ids(ctx, filter=BuildingFilter(text=words))[:_MOST_BUILDINGS]):
        heads = heads_text(row.heads, row.households)
        found.append(Found(kind="building", id=row.id, name=row.number, address=row.address or row.name, detail=heads))
    return found


def open_found(ctx: Context, found: Found) -> list[Household]:
    """The households behind what was found: one, or those of a building. Whose they are is noted in the access log."""
    if found.kind == "victim":
        return [open_victim(ctx, found.id)]
    if found.kind == "resident":
        return [_resident(ctx, found.id)]
    return [open_victim(ctx, home.victim.id) for home in buildings.open_building(ctx, building_id=found.id).homes]


def open_place(ctx: Context, building_id: str) -> Place | None:
    """A building as a place to choose; None when it is gone."""
    rows = buildings.building_rows(ctx, [building_id])
    return _place(rows[0].id, rows[0].number, rows[0].address or rows[0].name, rows[0].grade, rows[0].use) if rows else None


def find_places(ctx: Context, words: str, *, known: Iterable[Place] = ()) -> list[Place]:
    """Buildings that fit an address or number, those of the household first."""
    found = {one.id: one for one in known}
    if words.strip():
        rows = buildings.building_rows(ctx, buildings.list_building_ids(ctx, filter=BuildingFilter(text=words.strip()))[:_MOST_PLACES])
        for row in rows:
            found.setdefault(row.id, _place(row.id, row.number, row.address or row.name, row.grade, row.use))
    return list(found.values())


def _place(building_id: str, number: str, address: str, grade: str, use: str) -> Place:
    return Place(id=building_id, number=number, address=address, grade=grade, dwelling=Building(id="", use=use).is_dwelling)


def open_victim(ctx: Context, victim_id: str) -> Household:
    """A registered household with its buildings and earlier applications; noted in the access log."""
    file = buildings.open_victim(ctx, victim_id=victim_id)
    victim = file.victim
    ids = [building.id for _, building in file.places]
    rows = buildings.building_rows(ctx, ids)
    return Household(
        victim_id=victim.id, head=Dweller(name=victim.head_name, kana=victim.head_kana, birth=victim.head_birth), postal=victim.postal,
        address=victim.address, phone=victim.phone,
        members=tuple(Dweller(name=one.name, kana=one.kana, relation=one.relation, birth=one.birth) for one in file.members),
        places=tuple(_place(row.id, row.number, row.address or row.name, row.grade, row.use) for row in rows),
        earlier=_earlier(ctx, victim_id), protected=bool(ctx.reads.certificates.withheld([victim_id])),
    )  # fmt: skip


def _earlier(ctx: Context, victim_id: str) -> tuple[str, ...]:
    ids = applications.list_application_ids(ctx, filter=ApplicationFilter(victim_id=victim_id))
    rows = [row for row in applications.application_rows(ctx, application_ids=ids) if row.state != "closed"]
    return tuple(
        f"{row.number}（{short_label('application.kind', row.kind)}・{label('application.state', row.state)}・{day_text(row.applied_on)}）"
        for row in rows
    )


def _resident(ctx: Context, resident_id: str) -> Household:
    people = residents.open_household(ctx, resident_id=resident_id)
    asked = next((one for one in people if one.id == resident_id), people[0])
    known = (
        ctx.reads.buildings.victim_by_household(snapshot_id=asked.snapshot_id, household_no=asked.household_no) if asked.household_no else None
    )
    if known:
        return open_victim(ctx, known)
    head = next((one for one in people if find_code("relation_head", one.relation)), people[0])
    ordered = [head, *(one for one in people if one.id != head.id)]
    return Household(
        resident_id=resident_id, head=_dweller(head), postal=head.postal, address=head.address, phone=head.phone,
        members=tuple(_dweller(one) for one in ordered), protected=any(one.protected for one in people),
    )  # fmt: skip


def _dweller(view: ResidentView) -> Dweller:
    return Dweller(name=view.name, kana=view.kana, relation=view.relation, birth=view.birth)
