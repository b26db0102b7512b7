"""Papers for the survey: sheets to fill in with the points of the edition, and a day's list for each team."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from app import resources
from app.domain.assessment_edition import Edition
from app.domain.building import WOODEN
from app.domain.building_code import building_code
from app.domain.dates import format_era
from app.domain.errors import RuleViolation
from app.interchange.exporting.damage_lists import DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome, fonts_of, page_stamp
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.survey import ASSIGNMENTS
from app.presentation.labels import label, short_label
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.presentation.steps import part_label
from app.usecases.buildings import building_rows
from app.usecases.context import Context
from app.usecases.editions import default_edition
from app.usecases.job import QUIET, Job
from app.usecases.survey_plans import list_assignments
from app.usecases.survey_rows import AssignmentRow, BuildingRow

FORM = "survey_sheet"
MOST = 5000
_STAGE = {"first": "first", "second": "second", "re": "second"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOutcome:
    """Sheets for so many buildings on so many pages; ``problems`` in sentences."""

    path: Path
    sheets: int
    pages: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """What makes one sheet differ from another: the table on it."""

    structure: str
    kind: str
    hazard: str


def print_sheets(
    ctx: Context,
    *,
    building_ids: Sequence[str],
    out: Path,
    nup: int = 1,
    kind: str = "",
    hazard: str = "",
    edition: Edition | None = None,
    folder: Path | None = None,
    job: Job = QUIET,
) -> SheetOutcome:
    """A sheet for each building, one or two to an A4, those of one table together, in the order given.

    ``kind`` "" takes that of the building's open assignment, else 1次調査; ``hazard`` "" that of the newest survey, else the earthquake
    table. A structure that is not known gets the table for wood. RuleViolation ``survey.no_buildings``, ``survey.too_many_sheets``.
    """
    ctx.require("print")
    if not building_ids:
        raise RuleViolation("survey.no_buildings")
    if len(building_ids) > MOST:
        raise RuleViolation("survey.too_many_sheets", count=len(building_ids), most=MOST)
    rows = building_rows(ctx, building_ids)
    planned = {one.building_id: one for one in list_assignments(ctx, open_only=True)}
    used = edition or default_edition(ctx)
    jobs = [(_kind_of(row, planned.get(row.id), kind, hazard), row) for row in rows]
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=sum(row.households for row in rows), target=out.name)
        uow.commit()
    return _render(ctx, jobs, planned, used, out=out, nup=nup, folder=folder, job=job)


def _kind_of(row: BuildingRow, planned: AssignmentRow | None, kind: str, hazard: str) -> _Kind:
    structure = "wood" if row.structure in WOODEN or row.structure in ("unknown", "other") else "rc"
    return _Kind(structure, kind or (planned.kind if planned else "first"), hazard or "earthquake")


def _render(
    ctx: Context,
    jobs: Sequence[tuple[_Kind, BuildingRow]],
    planned: Mapping[str, AssignmentRow],
    edition: Edition,
    *,
    out: Path,
    nup: int,
    folder: Path | None,
    job: Job,
) -> SheetOutcome:
    from app.printing.batch import BatchOptions, render_batch
    from app.printing.joining import join_pdfs

    stamp = page_stamp(stamp_for(ctx, at=ctx.now()))
    fonts = fonts_of(folder, ctx, substitutes=True)
    ordered = sorted(enumerate(jobs), key=lambda one: (_first_place(jobs, one[1][0]), one[0]))
    problems: list[str] = []
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".sheets-") as work:
        parts: list[Path] = []
        for kind, group in groupby((one for _, one in ordered), key=lambda one: one[0]):
            rows = [row for _, row in group]
            layout = _layout(kind, edition)
            path = Path(work) / f"{len(parts)}.pdf"
            report = render_batch(
                path, layout=layout, records=_records(ctx, kind, edition, rows, planned), count=len(rows),
                options=BatchOptions(nup=nup, imposition="order", per_file=20_000), fonts=fonts, job=job, stamp=stamp,
            )  # fmt: skip
            parts.append(path)
            problems += [f"{rows[one.row].number}: {message(one.code, **one.params)}" for one in report.stopped]
        pages = join_pdfs(parts, out)
    return SheetOutcome(path=out, sheets=len(jobs) - len({one.split(":")[0] for one in problems}), pages=pages, problems=tuple(problems))


def _first_place(jobs: Sequence[tuple[_Kind, BuildingRow]], kind: _Kind) -> int:
    return next(place for place, (one, _) in enumerate(jobs) if one == kind)


def _layout(kind: _Kind, edition: Edition) -> Any:
    """The form with the table that this kind of survey needs."""
    from app.printing.layout import find_layout
    from app.printing.survey_grid import add_depths, add_grid

    layout = find_layout(FORM)
    grid = _grid()
    stage = _STAGE[kind.kind]
    if stage == "first" and kind.hazard in edition.depths:
        return add_depths(layout, grid, edition=edition, hazard=kind.hazard)
    if kind.hazard != "earthquake":
        stage = "second"
    return add_grid(
        layout, grid, edition=edition, structure=kind.structure, sheet=stage, part_word=lambda part: part_label(part, kind.structure, stage)
    )


def _grid() -> Mapping[str, Any]:
    """Places and words of the table: ``grid.toml`` beside the layout."""
    return resources.read_toml("..", "forms", FORM, "v1", "grid.toml")


def _records(
    ctx: Context, kind: _Kind, edition: Edition, rows: Iterable[BuildingRow], planned: Mapping[str, AssignmentRow]
) -> Iterable[Mapping[str, str]]:
    title = str(_grid()["title"]).format(
        hazard=short_label("survey.hazard", kind.hazard), structure=label("survey.structure", kind.structure), kind=label("survey.kind", kind.kind)
    )
    for row in rows:
        assignment = planned.get(row.id)
        storeys = message("survey_sheet.storeys", count=row.storeys) if row.storeys else ""
        yield {
            "title": title,
            "edition": edition.title,
            "disaster": ctx.place.disaster_name,
            "number": row.number,
            "code": building_code(ctx.place.disaster_id, row.number),
            "address": row.address,
            "head": row.heads[0] if row.heads else "",
            "owner": row.owner_name,
            "structure": " ".join(filter(None, (label("building.structure", row.structure), storeys))),
            "team": assignment.team if assignment else "",
            "day": format_era(date.fromisoformat(assignment.day)) if assignment else "",
            "danger": " ".join(filter(None, (row.danger, label("building.risk", row.risk)))),
        }


def print_team_list(
    ctx: Context, *, assignments: Sequence[AssignmentRow], day: str, out: Path, folder: Path | None = None, job: Job = QUIET
) -> RosterOutcome:
    """The list of a day, team by team, in walking order."""
    teams = sorted({one.team for one in assignments})
    ordered = sorted(assignments, key=lambda one: (one.team, one.position))
    content = DamageList(
        title=message("survey_sheet.list_title", day=day_text(day)), subtitle=" ".join(teams), columns=ASSIGNMENTS,
        view="full" if len(teams) > 1 else "standard", rows=ordered, people=sum(len(one.heads) for one in ordered),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format="pdf", folder=folder, job=job)

