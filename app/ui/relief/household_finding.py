"""Finding whom a claim or a casualty is about: affected households, casualties, residents. Runs off the GUI thread."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from app.domain.words import find_code
from app.presentation.columns.building import grade_text
from app.presentation.columns.whom import Whom
from app.presentation.labels import label
from app.usecases import buildings, casualties, residents
from app.usecases.context import Context
from app.usecases.relief_rows import CasualtyFilter, CasualtyRow
from app.usecases.searching import search
from app.usecases.survey_rows import VictimRow

_MOST = 12


def find_whom(ctx: Context, words: str, *, kinds: Collection[str]) -> list[Whom]:
    """What fits the words: casualties first, then affected households, then residents. Nothing for no words."""
    if not words.strip():
        return []
    found: list[Whom] = []
    if "casualty" in kinds:
        ids = casualties.list_casualty_ids(ctx, filter=CasualtyFilter(text=words))[:_MOST]
        found += [of_casualty(row) for row in casualties.casualty_rows(ctx, ids)]
    if "victim" in kinds:
        found += [of_victim(row) for row in buildings.victim_rows(ctx, buildings.list_victim_ids(ctx, text=words)[:_MOST])]
    if "resident" in kinds:
        found += [
            Whom(
                kind="resident", id=hit.id, name=hit.name, kana=hit.kana, birth=hit.birth, address=hit.address,
                resident_id=hit.id, person_id=hit.person_id, protected=hit.protected,
            )
            for hit in search(ctx, text=words, within="residents", limit=_MOST).hits
        ]  # fmt: skip
    return found


def of_casualty(row: CasualtyRow) -> Whom:
    """A casualty as somebody to choose."""
    return Whom(
        kind="casualty", id=row.id, name=row.name, kana=row.kana, birth=row.birth, sex=row.sex, address=row.address, district=row.district,
        detail=label("harm", row.harm), victim_id=row.victim_id, casualty_id=row.id, resident_no=row.resident_no, person_id=row.person_id,
        protected=row.protected,
    )  # fmt: skip


def of_victim(row: VictimRow) -> Whom:
    """An affected household as somebody to choose."""
    return Whom(
        kind="victim", id=row.id, name=row.head_name, kana=row.head_kana, birth=row.head_birth, address=row.address,
        detail=grade_text(row.grade) if row.grade else "", victim_id=row.id, size=row.members,
    )  # fmt: skip


def open_whom(ctx: Context, found: Whom) -> Whom:
    """With what links it to the registers: a resident's number, and the affected household that the resident belongs to. Noted in the access log."""
    if found.kind != "resident":
        return found
    people = residents.open_household(ctx, resident_id=found.resident_id)
    view = next((one for one in people if one.id == found.resident_id), people[0])
    known = ""
    if view.household_no:
        known = ctx.reads.buildings.victim_by_household(snapshot_id=view.snapshot_id, household_no=view.household_no) or ""
    return replace(
        found, resident_no=view.resident_no, district=view.district, sex=find_code("sex", view.sex) or "unknown", person_id=view.person_id,
        victim_id=known, size=len(people),
    )  # fmt: skip


def whom_of(ctx: Context, *, casualty_id: str = "", victim_id: str = "") -> Whom | None:
    """The one that a record names already; None when it cannot be seen."""
    if casualty_id:
        rows = casualties.casualty_rows(ctx, [casualty_id])
        return of_casualty(rows[0]) if rows else None
    if victim_id:
        homes = buildings.victim_rows(ctx, [victim_id])
        return of_victim(homes[0]) if homes else None
    return None
