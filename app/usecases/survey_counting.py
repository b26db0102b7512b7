"""Which survey counts, and what follows when another one does: requests are done, applications and papers are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.dates import JST
from app.domain.survey import Survey
from app.usecases.context import Context
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.survey_rows import CountedGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A survey or building that was left as it was, and why (a message code)."""

    id: str
    number: str
    code: str


def grade_of(reads: Reads, building_id: str) -> CountedGrade | None:
    """The grade that holds for a building now."""
    return reads.surveys.counted([building_id]).get(building_id)


def grades_of(reads: Reads, building_ids: Sequence[str]) -> dict[str, CountedGrade]:
    """The grades that hold for those of the buildings that have one."""
    return reads.surveys.counted(building_ids)


def occurred_on(ctx: Context) -> date:
    """The day of the disaster in Japan."""
    return ctx.place.occurred_at.astimezone(JST).date()


def settle_appeal(uow: UnitOfWork, survey: Survey) -> None:
    """The request that this survey answers is done when it counts, and waits again when it does not any more."""
    appeal = uow.appeals.get(survey.appeal_id) if survey.appeal_id else None
    if appeal is None or appeal.deleted:
        return
    if survey.state == "counted":
        uow.appeals.save(replace(appeal, state="done", survey_id=survey.id))
    elif appeal.survey_id == survey.id:
        uow.appeals.save(replace(appeal, state="accepted", survey_id=""))


def announce_grades(ctx: Context, uow: UnitOfWork, building_ids: Sequence[str]) -> None:
    """Tell applications and certificates that what counts for these buildings may have changed, in the same transaction."""
    from app.usecases.applications import on_grades_changed  # applications ask here for grades

    concerned = uow.reads.surveys.with_papers(building_ids)
    if concerned:
        on_grades_changed(ctx, uow, [one for one in dict.fromkeys(building_ids) if one in concerned])
