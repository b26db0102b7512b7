"""Papers for the survey: sheets to fill in with the points of the edition, and a day's list for each team."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from app.usecases.damage_counts import usual_hazard
from app.usecases.editions import default_edition
from app.usecases.job import QUIET, Job
from app.usecases.survey_plans import list_assignments
from app.usecases.survey_rows import AssignmentRow, BuildingRow

if TYPE_CHECKING:
    from app.printing.report import Problem

FORM = "survey_sheet"
MOST = 5000
_NOBODY = BuildingRow(
    id="", version=0, number="", tax_no="", use="dwelling", name="", address="", district="", zone="", structure="unknown", storeys=None,
    floor_area=None, owner_name="", risk="", collapsed=False, households=0, heads=(), grade="", total=None, state="", surveyed_on="", photos=0,
    appeals=0, planned="",
)  # fmt: skip
"""A blank sheet."""
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
    blanks: int = 0,
    folder: Path | None = None,
    job: Job = QUIET,
) -> SheetOutcome:
    """A sheet for each building, one or two to an A4, those of one table together, in the order given; then ``blanks`` for houses

    that are on no list: without number and QR. ``kind`` "" takes that of the building's open assignment, else 1次調査; ``hazard`` ""
    that of most surveys so far, else the earthquake table. A structure that is not known gets the table for wood. ``folder`` is the
    data folder, whose own layout wins. A sheet with a character that nothing draws is left out and told; PrintRefused when none is left.
    RuleViolation ``survey.no_buildings``, ``survey.too_many_sheets``.
    """
    ctx.require("print")
    if not building_ids and blanks < 1:
        raise RuleViolation("survey.no_buildings")
    if len(building_ids) + blanks > MOST:
        raise RuleViolation("survey.too_many_sheets", count=len(building_ids) + blanks, most=MOST)
    rows = [*building_rows(ctx, building_ids), *([_NOBODY] * blanks)]
    hazard = hazard or usual_hazard(ctx)
    planned = {one.building_id: one for one in list_assignments(ctx, open_only=True)}
    used = edition or default_edition(ctx)
    jobs = [(_kind_of(row, planned.get(row.id), kind, hazard), row) for row in rows]
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=sum(row.households for row in rows), target=out.name)
        uow.commit()
    return _render(ctx, jobs, planned, used, out=out, nup=nup, folder=folder, job=job)


def _kind_of(row: BuildingRow, planned: AssignmentRow | None, kind: str, hazard: str) -> _Kind:
    structure = "wood" if row.structure in WOODEN or row.structure in ("unknown", "other") else "rc"
    return _Kind(structure, kind or (planned.kind if planned else "first"), hazard)


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
    from app.printing.report import PrintRefused

    stamp = page_stamp(stamp_for(ctx, at=ctx.now()))
    fonts = fonts_of(folder, ctx, substitutes=True)
    first: dict[_Kind, int] = {}
    for place, (kind, _) in enumerate(jobs):
        first.setdefault(kind, place)
    ordered = sorted(jobs, key=lambda one: first[one[0]])
    problems: list[str] = []
    stopped: list[Problem] = []
    printed = 0
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".sheets-") as work:
        parts: list[Path] = []
        for kind, group in groupby(ordered, key=lambda one: one[0]):
            rows = [row for _, row in group]
            layout = _layout(ctx, kind, edition, folder)
            path = Path(work) / f"{len(parts)}.pdf"
            report = render_batch(
                path, layout=layout, records=_records(ctx, kind, edition, rows, planned), count=len(rows),
                options=BatchOptions(nup=nup, imposition="order", per_file=20_000), fonts=fonts, job=job, stamp=stamp,
            )  # fmt: skip
            parts += report.files
            problems += [f"{rows[one.row].number}: {message(one.code, **one.params)}" for one in report.stopped]
            stopped += report.stopped
            printed += report.printed
        if not printed:
            raise PrintRefused(form=FORM, problems=stopped)
        pages = join_pdfs(parts, out)
    return SheetOutcome(path=out, sheets=printed, pages=pages, problems=tuple(problems))


def _layout(ctx: Context, kind: _Kind, edition: Edition, folder: Path | None) -> Any:
    """The form with the table that this kind of survey needs."""
    from app.printing.designs import active_layout
    from app.printing.survey_grid import add_depths, add_grid

    layout = active_layout(ctx, FORM, folder=folder)
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
            "disaster": _short(ctx.place.disaster_name, 40),
            "number": row.number,
            "code": building_code(ctx.place.disaster_id, row.number) if row.number else "",
            "address": _short(row.address, 160),
            "head": _short(row.heads[0] if row.heads else "", 40),
            "owner": _short(row.owner_name, 40),
            "structure": " ".join(filter(None, (label("building.structure", row.structure) if row.number else "", storeys))),
            "team": _short(assignment.team if assignment else "", 24),
            "day": format_era(date.fromisoformat(assignment.day)) if assignment else "",
            "danger": _short(" ".join(filter(None, (label("building.risk", row.risk), row.danger))), 84),
        }


def _short(text: str, most: int) -> str:
    """A working paper shows the beginning of what is too long for its box; the record has all of it."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


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

