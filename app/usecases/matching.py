"""Who is who (名寄せ): people on rosters and residents of the active snapshot, and records of one human being at two shelters.

The machine proposes with a score and reasons; a person links or says *not the same*, and that is remembered (decision 004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.evacuee import Person, PersonDecision
from app.domain.identifiers import new_id
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.matching_rows import Candidate, Linked, MatchCase, MatchRun, PersonMatch, ShownCandidate, ShownCase
from app.usecases.persons import show_people
from app.usecases.ports import UnitOfWork
from app.usecases.reception import particulars_of
from app.usecases.rows import ResidentView

BANDS = ("sure", "review", "none")
_RESIDENT = "resident:"


def run_matching(ctx: Context, *, job: Job = QUIET) -> MatchRun:
    """Everyone alive and unlinked against the active snapshot. Changes nothing but the access log.

    Who may not see protected people gets the outcome as if there were none: the reads leave them out. RuleViolation ``match.no_snapshot``.
    """
    ctx.require("link")
    snapshot = ctx.reads.residents.active()
    if snapshot is None:
        raise RuleViolation("match.no_snapshot")
    reads = ctx.reads.matching
    matches = ctx.matcher.match(
        reads.people(snapshot_id=snapshot.id),
        reads.residents(snapshot_id=snapshot.id),
        apart=reads.rejected(snapshot_id=snapshot.id),
        job=job,
    )
    counts = {band: sum(match.band == band for match in matches) for band in BANDS}
    cases = [_case(snapshot.id, match) for match in matches if match.band != "none"]
    cases.sort(key=lambda case: (BANDS.index(case.band), -case.score, case.person_id))
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=len(cases), target=snapshot.id)
        uow.commit()
    return MatchRun(snapshot=snapshot, people=len(matches), counts=counts, cases=tuple(cases))


def _case(snapshot_id: str, match: PersonMatch) -> MatchCase:
    found = tuple(
        Candidate(resident_id=f"{snapshot_id}:{one.place}", score=one.score, reasons=one.reasons, differences=one.differences)
        for one in match.candidates
    )
    return MatchCase(person_id=match.person_id, band=match.band, doubt=match.doubt, candidates=found)


def show_cases(ctx: Context, *, cases: Sequence[MatchCase]) -> list[ShownCase]:
    """The rows of some cases, as many as a screen shows. People and residents who are gone since are left out."""
    ctx.require("link")
    people = {hit.id: hit for hit in show_people(ctx, person_ids=[case.person_id for case in cases])}
    shown = []
    for case in cases:
        if case.person_id not in people:
            continue
        views = [(ctx.reads.residents.get(one.resident_id), one) for one in case.candidates]
        found = tuple(
            ShownCandidate(resident=view, score=one.score, reasons=one.reasons, differences=one.differences)
            for view, one in views
            if view is not None
        )
        shown.append(ShownCase(person=people[case.person_id], band=case.band, doubt=case.doubt, candidates=found))
    return shown


def link_all(ctx: Context, *, links: Sequence[tuple[str, str]], reason: str, job: Job = QUIET) -> Linked:
    """Link people to residents (pairs of ids) in one act, which is answered and which ``persons.undo`` takes back.

    Typed particulars stay; empty ones are filled.
    RuleViolation, and then nothing is done: ``resident.not_found``, ``resident.linked_elsewhere``, ``match.person_linked``,
    ``match.twice`` (one person or one resident named twice).
    """
    ctx.require("link")
    for ids in zip(*links, strict=True):
        if len(set(ids)) < len(ids):
            raise RuleViolation("match.twice", count=len(ids) - len(set(ids)))
    with ctx.unit(reason=reason) as uow:
        holders = _holders(uow) if links else {}
        for person_id, resident_id in job.track(links, "job.linking"):
            person = uow.persons.need(person_id)
            view = ctx.reads.residents.get(resident_id)
            if view is None:
                raise RuleViolation("resident.not_found", record=resident_id)
            if person.resident_id and person.resident_id != view.id:
                raise RuleViolation("match.person_linked", number=person.number, record=person.id)
            holder = holders.get(view.id) or holders.get(view.resident_no) or person_id
            if holder != person_id:
                raise RuleViolation("resident.linked_elsewhere", record=holder)
            uow.persons.save(_linked(person, view))
        return Linked(act=uow.act if links else "", changes=uow.commit())


def _holders(uow: UnitOfWork) -> dict[str, str]:
    """Who is linked to which resident, by the resident's id and by the number that stands for it in every snapshot."""
    held: dict[str, str] = {}
    for part in uow.reads.matching.people(snapshot_id="", dead=True):
        for row in part:
            if row.resident_id:
                held[row.resident_id] = row.id
                if row.resident_no:
                    held[row.resident_no] = row.id
    return held


def _linked(person: Person, view: ResidentView) -> Person:
    """The person with the link, and with what the register knows where nothing was typed."""
    taken = {
        field: value
        for field, value in particulars_of(view).items()
        if field in ("resident_id", "resident_no") or getattr(person, field) in ("", "unknown")
    }
    return replace(person, **{**taken, "protected": person.protected or view.flagged})


def reject(ctx: Context, *, person_id: str, resident_id: str, note: str = "") -> Changes:
    """Remember that a person is not this resident: respected by later runs, also with a newer snapshot (by resident number)."""
    ctx.require("link")
    with ctx.unit(reason=note) as uow:
        uow.persons.need(person_id)
        second = _resident_key(ctx, resident_id)
        if not uow.decisions.where(first_id=person_id, second_id=second):
            uow.decisions.add(PersonDecision(id=new_id(), first_id=person_id, second_id=second, decision="different", note=note))
        return uow.commit()


def unreject(ctx: Context, *, person_id: str, resident_id: str, note: str = "") -> Changes:
    """Take back that a person is not this resident."""
    ctx.require("link")
    with ctx.unit(reason=note) as uow:
        for decision in uow.decisions.where(first_id=person_id, second_id=_resident_key(ctx, resident_id)):
            uow.decisions.save(replace(decision, deleted=True))
        return uow.commit()


def _resident_key(ctx: Context, resident_id: str) -> str:
    view = ctx.reads.residents.get(resident_id)
    if view is None:
        raise RuleViolation("resident.not_found", record=resident_id)
    return _RESIDENT + (view.resident_no or view.id)
