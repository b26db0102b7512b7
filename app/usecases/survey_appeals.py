"""Requests for a second or another survey: asked, answered, and done when the survey that followed counts. It may go up or down."""

from __future__ import annotations

from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.survey import APPEAL_STATES, WANTS, Appeal
from app.usecases.context import Changes, Context
from app.usecases.protections import read_day, today
from app.usecases.survey_counting import grade_of, occurred_on
from app.usecases.survey_rows import AppealRow


def open_appeal(
    ctx: Context,
    *,
    building_id: str,
    wants: str = "second",
    victim_id: str = "",
    asked_on: str = "",
    asked_by: str = "",
    phone: str = "",
    reason: str = "",
    note: str = "",
) -> tuple[str, Changes]:
    """Somebody asks for a second or another survey; its id. ``asked_on`` defaults to today.

    RuleViolation ``survey.appeal_unjudged`` for a building without a grade, ``survey.appeal_open`` when one is waiting, ``reason.missing``,
    ``survey.appeal_day``, ``word.unknown``.
    """
    ctx.require("survey")
    if wants not in WANTS:
        raise RuleViolation("word.unknown", field="wants", word=wants)
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    day = read_day(asked_on, field="asked_on") or today(ctx).isoformat()
    if not occurred_on(ctx).isoformat() <= day <= today(ctx).isoformat():
        raise RuleViolation("survey.appeal_day", field="asked_on", day=day)
    if victim_id and ctx.reads.get("victim", victim_id) is None:
        raise RuleViolation("record.not_found", kind="victim", record=victim_id)
    with ctx.unit(reason=reason) as uow:
        building = uow.buildings.need(building_id)
        if grade_of(uow.reads, building_id) is None:
            raise RuleViolation("survey.appeal_unjudged", field="building", number=building.number)
        if any(one.state in ("open", "accepted") and one.victim_id == victim_id for one in uow.appeals.where(building_id=building_id)):
            raise RuleViolation("survey.appeal_open", field="building", number=building.number)
        appeal = uow.appeals.add(
            Appeal(
                id=new_id(), building_id=building_id, victim_id=victim_id, wants=wants, asked_on=day, asked_by=asked_by.strip(),
                phone=phone.strip(), reason=reason.strip(), note=note.strip(),
            )
        )  # fmt: skip
        return appeal.id, uow.commit()


def answer_appeal(ctx: Context, *, appeal_id: str, accept: bool, answer: str = "", version: int | None = None) -> Changes:
    """Accept (a survey follows; recorded with ``appeal_id`` and counted it is done) or decline with an answer.

    RuleViolation ``survey.answer_missing``, ``survey.appeal_closed``.
    """
    ctx.require("check_survey")
    if not accept and not answer.strip():
        raise RuleViolation("survey.answer_missing", field="answer")
    with ctx.unit(reason=answer) as uow:
        appeal = uow.appeals.need(appeal_id)
        if appeal.victim_id and ctx.reads.get("victim", appeal.victim_id) is None:
            raise RuleViolation("record.not_found", kind="appeal", record=appeal_id)
        if appeal.state == "done":
            raise RuleViolation("survey.appeal_closed", field="state")
        state = "accepted" if accept else "declined"
        uow.appeals.save(replace(appeal, state=state, answer=answer.strip() or appeal.answer), expected_version=version)
        return uow.commit()


def list_appeals(ctx: Context, *, state: str = "") -> list[AppealRow]:
    """Requests, open ones first, then by the day they were asked."""
    if state and state not in APPEAL_STATES:
        raise RuleViolation("word.unknown", field="state", word=state)
    return ctx.reads.surveys.appeals(state=state)
