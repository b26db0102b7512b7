"""Households written down before the residents of the day were there, matched with the snapshot afterwards, one decision each."""

from __future__ import annotations

from dataclasses import replace

from app.domain.building import Victim, VictimMember
from app.domain.certificate import Application, Certificate
from app.domain.dates import parse_date, to_yyyymmdd
from app.domain.errors import RuleViolation, SasaeError
from app.domain.folding import fold_kana, fold_name
from app.usecases.certificate_rows import DeclaredCase, ResidentCandidate
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.matching_rows import PersonMatch, PersonTraits
from app.usecases.ownership import need_owner
from app.usecases.ports import UnitOfWork
from app.usecases.rows import ResidentView

MOST_CANDIDATES = 5


def list_declared(ctx: Context, *, job: Job = QUIET) -> list[DeclaredCase]:
    """Every declared household not yet matched, with whom the active snapshot offers: the likeliest households first.

    Without a snapshot there are no candidates. Noted in the access log. Protected households only for those with the right.
    """
    ctx.require("apply")
    reads = ctx.reads.certificates
    victims = [one for one in reads.many(Victim, reads.declared()).values()]
    if not victims:
        return []
    ids = {one.id for one in victims}
    applications = {one.victim_id: one for one in reads.many_by(Application, "victim_id", ids)}
    papers = {one.victim_id: one for one in reads.many_by(Certificate, "victim_id", ids) if one.state == "issued"}
    found = _candidates(ctx, victims, job)
    cases = []
    for victim in victims:
        application, paper = applications.get(victim.id), papers.get(victim.id)
        cases.append(
            DeclaredCase(
                victim=victim, application_id=application.id if application else "",
                application_number=application.number if application else "", certificate_id=paper.id if paper else "",
                certificate_number=paper.number if paper else "", candidates=tuple(found.get(victim.id, ())),
            )
        )  # fmt: skip
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=sorted(ids), target="declared")
        uow.commit()
    return sorted(cases, key=lambda case: (-case.candidates[0].score if case.candidates else 0.0, case.application_number))


def _candidates(ctx: Context, victims: list[Victim], job: Job) -> dict[str, list[ResidentCandidate]]:
    snapshot = ctx.reads.residents.active()
    if snapshot is None:
        return {}
    traits = [_traits(victim) for victim in victims]
    matches = ctx.matcher.match([traits], ctx.reads.matching.residents(snapshot_id=snapshot.id), apart=frozenset(), job=job)
    return {one.person_id: _shown(ctx, snapshot.id, one) for one in matches}


def _traits(victim: Victim) -> PersonTraits:
    low = high = None
    try:
        told = parse_date(victim.head_birth, lenient=True) if victim.head_birth.strip() else None
    except SasaeError:
        told = None
    if told is not None and told.earliest and told.latest:
        low, high = to_yyyymmdd(told.earliest), to_yyyymmdd(told.latest)
    return PersonTraits(
        id=victim.id, household_id=victim.id, name=victim.head_name, kana=victim.head_kana, birth=victim.head_birth, birth_lo=low,
        birth_hi=high, sex="unknown", address=victim.address, phone=victim.phone,
    )  # fmt: skip


def _shown(ctx: Context, snapshot_id: str, match: PersonMatch) -> list[ResidentCandidate]:
    shown = []
    for at, found in enumerate(match.candidates[:MOST_CANDIDATES]):
        view = ctx.reads.residents.get(f"{snapshot_id}:{found.place}")
        if view is not None:
            shown.append(
                ResidentCandidate(
                    resident_id=view.id, name=view.name, kana=view.kana, birth=view.birth, address=view.address,
                    household_no=view.household_no, score=float(found.score), band=match.band if at == 0 else "review",
                    same=tuple(code for code, _ in found.reasons),
                )
            )  # fmt: skip
    return shown


def _need(ctx: Context, uow: UnitOfWork, victim_id: str) -> Victim:
    if ctx.reads.get("victim", victim_id) is None:
        raise RuleViolation("record.not_found", kind="victim", record=victim_id)
    victim = uow.victims.need(victim_id)
    if not victim.declared or victim.matched_at is not None:
        raise RuleViolation("application.matched_already", field="victim_id")
    return victim


def confirm_match(ctx: Context, *, victim_id: str, resident_id: str) -> Changes:
    """This household is that of this resident: linked; the mark "declared" goes from its applications and certificates.

    When that household is registered already, applications, certificates and places go over to it: certificates that are then there twice
    are listed (``certificates.find_double_certificates``). What was issued keeps its words. RuleViolation ``application.matched_already``.
    """
    ctx.require("apply")
    view = ctx.reads.residents.get(resident_id)
    if view is None:
        raise RuleViolation("resident.not_found", record=resident_id)
    with ctx.unit() as uow:
        victim = _need(ctx, uow, victim_id)
        known = (
            uow.reads.buildings.victim_by_household(snapshot_id=view.snapshot_id, household_no=view.household_no)
            if view.household_no
            else None
        )
        target = known if known not in (None, victim_id) else victim_id
        if target != victim_id:
            _hand_over(uow, victim, str(target))
        else:
            _link(uow, victim, view)
        applications, papers = uow.applications.where(victim_id=victim_id), uow.certificates.where(victim_id=victim_id)
        need_owner(ctx, "application", (one.id for one in applications))
        need_owner(ctx, "certificate", (one.id for one in papers))
        for application in applications:
            uow.applications.save(replace(application, victim_id=str(target), declared=False))
        for paper in papers:
            uow.certificates.save(replace(paper, victim_id=str(target), declared=False))
        return uow.commit()


def _link(uow: UnitOfWork, victim: Victim, view: ResidentView) -> None:
    people = uow.reads.residents.household(view.id) or [view]
    uow.victims.save(
        replace(
            victim, snapshot_id=view.snapshot_id, resident_household=view.household_no, resident_no=view.resident_no, source="resident",
            district=victim.district or view.district, postal=victim.postal or view.postal, matched_at=uow.now,
        )
    )  # fmt: skip
    for member in uow.members.where(victim_id=victim.id):
        same = next((one for one in people if _same(member, one)), None)
        if same is not None:
            uow.members.save(replace(member, resident_id=same.id, resident_no=same.resident_no))


def _same(member: VictimMember, view: ResidentView) -> bool:
    return bool(member.name and fold_name(member.name) == fold_name(view.name)) or bool(
        member.kana and fold_kana(member.kana) == fold_kana(view.kana)
    )


def _hand_over(uow: UnitOfWork, victim: Victim, target: str) -> None:
    """The declared record goes, its places are those of the household that is registered already."""
    held = {link.building_id for link in uow.occupancies.where(victim_id=target)}
    for link in uow.occupancies.where(victim_id=victim.id):
        gone = link.building_id in held
        uow.occupancies.save(replace(link, deleted=True) if gone else replace(link, victim_id=target))
    for member in uow.members.where(victim_id=victim.id):
        uow.members.save(replace(member, deleted=True))
    uow.victims.save(replace(victim, matched_at=uow.now, deleted=True))


def confirm_absence(ctx: Context, *, victim_id: str, note: str = "") -> Changes:
    """Nobody of the snapshot: stays as told, and is not asked again."""
    ctx.require("apply")
    with ctx.unit(reason=note) as uow:
        victim = _need(ctx, uow, victim_id)
        uow.victims.save(replace(victim, matched_at=uow.now, note=note.strip() or victim.note))
        return uow.commit()
