"""Certificates: issuing, replacing, revoking, counting their papers. An issued paper never changes; a newer one takes its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.domain.building import Building, Occupancy, Victim, VictimMember, same_head
from app.domain.certificate import Application, Certificate
from app.domain.certificate_code import DEGREES, build_body, build_code
from app.domain.certificate_numbers import certificate_number
from app.domain.certificate_states import Standing, check_ending, check_move
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.survey import Survey
from app.usecases.application_lists import standings
from app.usecases.certificate_copies import copy_values, count_printed, log_again, plan_again, plan_copies
from app.usecases.certificate_lists import (
    certificate_rows,
    find_certificate_id,
    find_double_certificates,
    list_certificate_ids,
    list_unprinted_ids,
    open_certificate,
    verify,
)
from app.usecases.certificate_rows import CertificateFacts, CertificateSettings, Issued, IssuedForm, Refusal
from app.usecases.certificate_settings import read_certificate_settings
from app.usecases.context import Changes, Context
from app.usecases.forms import Signature, read_signature
from app.usecases.job import QUIET, Job
from app.usecases.masking import sees_protected
from app.usecases.municipal_key import SigningKey, ensure_key
from app.usecases.ownership import foreign_owners, need_owner
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today
from app.usecases.relief_wants import announce_homes

__all__ = [
    "WriteValues",
    "certificate_rows",
    "confirm_numbers",
    "copy_values",
    "count_printed",
    "find_certificate_id",
    "find_double_certificates",
    "issue",
    "list_certificate_ids",
    "list_unprinted_ids",
    "log_again",
    "open_certificate",
    "open_push_applications",
    "plan_again",
    "plan_copies",
    "revoke",
    "supersede",
    "verify",
]
WriteValues = Callable[[CertificateFacts], Mapping[str, str]]
"""Builds the strings of a form's variables (``presentation.certificate_values``)."""
_CHUNK = 2000
MOST_COPIES = 50
_GIVEN_LATER = frozenset({"number", "code", "copy_no"})
_BESIDE = {"head_address": "address", "building_address": "building_id", "applicant_address": "contact_address"}
"""The field in which a value of the paper is typed, where it is called otherwise."""


# -- issuing -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one act of issuing needs throughout."""

    ctx: Context
    uow: UnitOfWork
    form: IssuedForm
    write_values: WriteValues
    issued_on: str
    key: SigningKey
    settings: CertificateSettings
    signature: Signature

    @classmethod
    def open(cls, ctx: Context, uow: UnitOfWork, form: IssuedForm, write_values: WriteValues, issued_on: str) -> _Desk:
        day = read_day(issued_on, field="issued_on") or today(ctx).isoformat()
        first = ctx.place.occurred_at.astimezone(JST).date()
        if not first.isoformat() <= day <= today(ctx).isoformat():
            raise RuleViolation("certificate.day", field="issued_on", first=first, last=today(ctx))
        signature = read_signature(ctx)
        if not signature.mayor_title or not signature.mayor_name:
            raise RuleViolation("certificate.no_mayor", field="mayor_name")
        return cls(ctx, uow, form, write_values, day, ensure_key(ctx, uow), read_certificate_settings(ctx), signature)


def issue(
    ctx: Context, *, application_ids: Sequence[str], form: IssuedForm, write_values: WriteValues, issued_on: str = "", job: Job = QUIET
) -> Issued:
    """Issue a certificate for each application, in one transaction: number, signed code, frozen values, form version.

    Needs the right ``issue``. From 判定 only by somebody who may ``approve`` (approved in the same act), else ``certificate.not_approved``.
    One alone that cannot be issued is a RuleViolation; of many it is in ``refused``; so is a paper that would lack what its form needs
    (``certificate.value_missing``), as it could never be printed. Protected households are left out and counted; for
    whoever may see them they are issued, with the warning ``certificate.protected_members`` where members are printed.
    RuleViolation ``certificate.no_key`` where no key was made, ``certificate.day``.
    """
    ctx.require("issue")
    with ctx.unit() as uow:
        desk = _Desk.open(ctx, uow, form, write_values, issued_on)
        known = uow.reads.certificates.many(Application, application_ids)
        guarded = uow.reads.certificates.withheld(one.victim_id for one in known.values())
        hidden = frozenset() if sees_protected(ctx) else guarded
        refused = [Refusal(record=one, number="", code="record.not_found") for one in application_ids if one not in known]
        ready: list[Application] = []
        withheld = 0
        wanted = [known[one] for one in dict.fromkeys(application_ids) if one in known]
        places = standings(ctx, uow.reads, wanted)
        held = _already_held(uow, wanted)
        elsewhere = foreign_owners(ctx, "application", (one.id for one in wanted))
        for application in wanted:
            if application.victim_id in hidden:
                withheld += 1
                continue
            try:
                _check_owner(application, elsewhere)
                ready.append(_approved(desk, application, places[application.id], held))
            except RuleViolation as fault:
                refused.append(Refusal(record=application.id, number=application.number, code=fault.code, params=fault.params))
        lacking = _lacking(desk, ready)
        refused += [
            Refusal(record=one.id, number=one.number, code=lacking[one.id].code, params=lacking[one.id].params)
            for one in ready
            if one.id in lacking
        ]
        ready = [one for one in ready if one.id not in lacking]
        if len(application_ids) == 1 and not ready:
            raise _alone(application_ids[0], refused)
        approved = sum(known[one.id].state == "judged" for one in ready)
        made = _issue_all(desk, ready, job)
        announce_homes(uow, victim_ids=[one.victim_id for one in ready])
        warnings = tuple(
            ("certificate.protected_members", {"number": number})
            for application, (_, number) in zip(ready, made, strict=True)
            if application.with_members and application.victim_id in guarded
        )
        return Issued(
            certificates=tuple(one for one, _ in made), numbers=tuple(number for _, number in made), refused=tuple(refused), approved=approved,
            withheld=withheld, warnings=warnings, changes=uow.commit(),
        )  # fmt: skip


def _alone(application_id: str, refused: Sequence[Refusal]) -> RuleViolation:
    """Why the only one could not be issued; a hidden one as one that does not exist."""
    if refused and refused[0].number:
        params = {name: value for name, value in refused[0].params.items() if name != "field"}
        return RuleViolation(refused[0].code, field=str(refused[0].params.get("field") or "") or None, **params)
    return RuleViolation("record.not_found", kind="application", record=application_id)


def _already_held(uow: UnitOfWork, applications: Sequence[Application]) -> dict[tuple[str, str, str], str]:
    """Number of the certificate in force by household, building and kind."""
    papers = uow.reads.certificates.many_by(Certificate, "victim_id", {one.victim_id for one in applications})
    return {(one.victim_id, one.building_id, one.kind): one.number for one in papers if one.state == "issued"}


def _check_owner(application: Application, elsewhere: Mapping[str, str]) -> None:
    if application.id in elsewhere:
        raise RuleViolation("ownership.elsewhere", site=elsewhere[application.id], count=1)


def _approved(desk: _Desk, application: Application, standing: Standing, held: dict[tuple[str, str, str], str]) -> Application:
    """The application as approved, ready to issue; RuleViolation for what is missing."""
    if application.state == "judged" and desk.ctx.actor.may("approve"):
        check_move(application, "approved", standing)
        application = replace(application, state="approved", approved_by=desk.ctx.actor.operator_id, approved_at=desk.uow.now)
    check_move(application, "issued", standing)
    key = (application.victim_id, application.building_id, application.kind)
    if key in held:
        raise RuleViolation("certificate.held_already", field="number", number=application.number, certificate=held[key])
    held[key] = application.number
    return application


def _lacking(desk: _Desk, applications: Sequence[Application]) -> dict[str, RuleViolation]:
    """By application, what its paper would lack of what the form needs: once frozen, it could only be revoked."""
    found: dict[str, RuleViolation] = {}
    needed = [(name, words) for name, words in desk.form.required if name not in _GIVEN_LATER]
    for at in range(0, len(applications) if needed else 0, _CHUNK):
        for facts in _gather(desk, applications[at : at + _CHUNK], 1):
            values, one = desk.write_values(facts), facts.application
            empty = next(((name, words) for name, words in needed if not values.get(name, "").strip()), None)
            if empty is not None:
                found[one.id] = RuleViolation(
                    "certificate.value_missing", field=_BESIDE.get(empty[0], empty[0]), number=one.number, label=empty[1]
                )
    return found


def _issue_all(desk: _Desk, applications: Sequence[Application], job: Job) -> list[tuple[str, str]]:
    """Id and number of the certificates, in the order of the applications, which become 交付. Papers are not kept in memory."""
    if not applications:
        return []
    serial = desk.uow.reserve_numbers("certificate", len(applications))
    made: list[tuple[str, str]] = []
    rest = iter(applications)
    while part := list(islice(rest, _CHUNK)):
        job.report(len(made), len(applications), "job.issuing")
        papers = _issue_part(desk, part, serial + len(made))
        desk.uow.certificates.add_many(papers)
        desk.uow.applications.save_many([replace(one, state="issued") for one in part])
        made += [(one.id, one.number) for one in papers]
    job.report(len(made), len(applications), "job.issuing")
    return made


def _issue_part(desk: _Desk, applications: Sequence[Application], serial: int) -> list[Certificate]:
    facts = _gather(desk, applications, serial)
    bodies = [build_body(number=one.number, kind=one.kind, grade=one.grade, issued_on=one.issued_on, key_id=desk.key.id) for one in facts]
    signatures = desk.key.sign(desk.ctx, bodies)
    return [
        _paper(desk, replace(one, code=build_code(body, signature))) for one, body, signature in zip(facts, bodies, signatures, strict=True)
    ]


def _paper(desk: _Desk, facts: CertificateFacts) -> Certificate:
    values = {name: text for name, text in desk.write_values(facts).items() if text}
    application = facts.application
    return Certificate(
        id=new_id(), number=facts.number, kind=facts.kind, application_id=application.id, victim_id=application.victim_id,
        building_id=application.building_id, survey_id=application.survey_id, grade=facts.grade, form=desk.form.form,
        form_version=desk.form.version, form_digest=desk.form.digest, values=json.dumps(values, ensure_ascii=False, sort_keys=True),
        code=facts.code, issued_on=facts.issued_on, issued_at=desk.uow.now, issued_by=desk.ctx.actor.operator_id,
        provisional=facts.provisional, declared=application.declared,
    )  # fmt: skip


def _gather(desk: _Desk, applications: Sequence[Application], serial: int) -> list[CertificateFacts]:
    """What the papers are written from, a few queries for all."""
    reads, place = desk.uow.reads.certificates, desk.ctx.place
    victims = reads.many(Victim, {one.victim_id for one in applications})
    buildings = reads.many(Building, {one.building_id for one in applications} - {""})
    surveys = reads.many(Survey, {one.survey_id for one in applications} - {""})
    members: dict[str, list[VictimMember]] = {}
    for member in reads.many_by(VictimMember, "victim_id", {one.victim_id for one in applications if one.with_members}):
        members.setdefault(member.victim_id, []).append(member)
    links = reads.many_by(Occupancy, "victim_id", {one.victim_id for one in applications})
    homes = {(link.victim_id, link.building_id): link for link in links}
    found = [homes.get((one.victim_id, one.building_id)) for one in applications]
    return [
        CertificateFacts(
            number=certificate_number(
                year=desk.settings.year, disaster=desk.settings.disaster_no, prefix=place.device_prefix, serial=serial + at
            ),
            kind=one.kind, grade=one.grade if one.kind == "damage" else "", issued_on=desk.issued_on, code="",
            provisional=place.site_kind != "hq", application=one, victim=victims.get(one.victim_id), building=buildings.get(one.building_id),
            members=tuple(sorted(members.get(one.victim_id, ()), key=lambda member: member.position)) if one.with_members else (),
            room=home.room if home else "", lives_there=home is not None and home.main, survey=surveys.get(one.survey_id),
            disaster_name=place.disaster_name, occurred_on=place.occurred_at.astimezone(JST).date().isoformat(), signature=desk.signature,
            settings=desk.settings,
        )
        for at, (one, home) in enumerate(zip(applications, found, strict=True))
    ]  # fmt: skip


def open_push_applications(ctx: Context, *, job: Job = QUIET) -> tuple[tuple[str, ...], int]:
    """一斉交付: an application (channel ``push``) for every household of a judged dwelling that has neither application nor certificate.

    One written down twice in a building gets one. Ids, and how many households were withheld."""
    ctx.require("issue")
    ctx.require("apply")
    with ctx.unit() as uow:
        reads = uow.reads.certificates
        pairs = reads.push_candidates()
        counted = reads.counted({building for _, building in pairs})
        pairs = [pair for pair in pairs if counted[pair[1]][1] in DEGREES]
        hidden = reads.withheld({victim for victim, _ in pairs}) if not sees_protected(ctx) else frozenset()
        shown = [pair for pair in pairs if pair[0] not in hidden]
        victims = reads.many(Victim, {victim for victim, _ in shown})
        withheld, shown = len(pairs) - len(shown), _once(uow, shown, victims)
        if not shown:
            return (), withheld
        serial = uow.reserve_numbers("application", len(shown))
        made = [
            _pushed(ctx, uow, victims[victim], building, counted[building], serial + at)
            for at, (victim, building) in enumerate(job.track(shown, "job.applying"))
        ]
        uow.applications.add_many(made)
        uow.commit()
        return tuple(one.id for one in made), withheld


def _once(uow: UnitOfWork, pairs: Sequence[tuple[str, str]], victims: Mapping[str, Victim]) -> list[tuple[str, str]]:
    """Pairs of household and building without those whose building has the same household once more, applied for or earlier here."""
    reads = uow.reads.certificates
    asked = reads.many_by(Application, "building_id", {building for _, building in pairs})
    others = reads.many(Victim, {one.victim_id for one in asked if one.kind == "damage"} - {""})
    there: dict[str, list[Victim]] = {}
    for one in asked:
        if one.kind == "damage" and one.victim_id in others:
            there.setdefault(one.building_id, []).append(others[one.victim_id])
    kept = []
    for victim_id, building in pairs:
        known, victim = there.setdefault(building, []), victims[victim_id]
        if not any(same_head((one.head_name, one.head_birth), (victim.head_name, victim.head_birth)) for one in known):
            kept.append((victim_id, building))
            known.append(victim)
    return kept


def _pushed(ctx: Context, uow: UnitOfWork, victim: Victim, building_id: str, counted: tuple[str, str], serial: int) -> Application:
    from app.domain.identifiers import person_number

    return Application(
        id=new_id(), number=person_number(ctx.place.device_prefix, serial), state="judged", applied_on=today(ctx).isoformat(),
        channel="push", applicant_name=victim.head_name or victim.head_kana, applicant_kana=victim.head_kana,
        applicant_birth=victim.head_birth, applicant_role="office", victim_id=victim.id, building_id=building_id, survey_id=counted[0],
        grade=counted[1], judged_at=uow.now, declared=victim.declared and victim.matched_at is None,
    )  # fmt: skip


# -- ending ------------------------------------------------------------------------------------------------


def _need(ctx: Context, uow: UnitOfWork, certificate_id: str) -> Certificate:
    if ctx.reads.get("certificate", certificate_id) is None:
        raise RuleViolation("record.not_found", kind="certificate", record=certificate_id)
    return uow.certificates.need(certificate_id)


def supersede(
    ctx: Context, *, certificate_id: str, form: IssuedForm, write_values: WriteValues, reason: str, issued_on: str = ""
) -> Issued:
    """差替: issue by today's grade and facts, and end the older one naming the new one. Rights ``issue`` and ``approve``, with a reason.

    The older one is in force until this moment. RuleViolation ``certificate.ended``, ``reason.missing``, ``application.grade_none``,
    ``certificate.value_missing``.
    """
    ctx.require("issue")
    ctx.require("approve")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        older = _need(ctx, uow, certificate_id)
        need_owner(ctx, "certificate", [certificate_id])
        check_ending(older)
        desk = _Desk.open(ctx, uow, form, write_values, issued_on)
        application = _judged_anew(desk, older)
        for fault in _lacking(desk, [application]).values():
            raise fault
        ((made, number),) = _issue_all(desk, [application], QUIET)
        uow.certificates.save(
            replace(older, state="superseded", superseded_by=made, ended_at=uow.now, reason=reason.strip(), newer_grade="")
        )
        return Issued(certificates=(made,), numbers=(number,), refused=(), approved=1, changes=uow.commit())


def _judged_anew(desk: _Desk, older: Certificate) -> Application:
    """The application of a certificate with today's grade, approved by whoever replaces it."""
    application = desk.uow.applications.need(older.application_id)
    reads = desk.uow.reads
    survey_id, grade = (
        reads.certificates.counted([older.building_id]).get(older.building_id, ("", "")) if older.kind == "damage" else ("", "")
    )
    victim = desk.uow.victims.need(application.victim_id)
    application = replace(
        application, state="judged", survey_id=survey_id, grade=grade, judged_at=desk.uow.now,
        declared=victim.declared and victim.matched_at is None,
    )  # fmt: skip
    standing = standings(desk.ctx, reads, [application])[application.id]
    check_move(application, "approved", standing)
    return replace(application, state="approved", approved_by=desk.ctx.actor.operator_id, approved_at=desk.uow.now)


def revoke(ctx: Context, *, certificate_id: str, reason: str) -> Changes:
    """取消, with a reason; right ``approve``. The application goes back to 判定 (or where what is known puts it)."""
    from app.usecases.applications import settled

    ctx.require("approve")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        paper = _need(ctx, uow, certificate_id)
        need_owner(ctx, "certificate", [certificate_id])
        check_ending(paper)
        uow.certificates.save(replace(paper, state="revoked", ended_at=uow.now, reason=reason.strip(), newer_grade=""))
        application = uow.applications.get(paper.application_id)
        if application is not None and application.state == "issued":
            blank = replace(application, state="received", approved_by="", approved_at=None, judged_at=None)
            uow.applications.save(settled(ctx, uow, blank))
        announce_homes(uow, victim_ids=[application.victim_id] if application is not None else [])
        return uow.commit()


def confirm_numbers(ctx: Context, *, certificate_ids: Sequence[str] = ()) -> Changes:
    """Headquarters has seen these numbers (all of them when none are named): no longer provisional. Those of other sites, too: nobody else

    writes that field.     A number that two certificates bear stays provisional until one is revoked. RuleViolation ``certificate.only_headquarters``.
    """
    ctx.require("approve")
    if ctx.place.site_kind != "hq":
        raise RuleViolation("certificate.only_headquarters", field="number")
    with ctx.unit() as uow:
        reads = uow.reads.certificates
        papers = reads.many(Certificate, certificate_ids).values() if certificate_ids else uow.certificates.where(provisional=True)
        twice = reads.numbers_twice()
        uow.certificates.save_many([replace(one, provisional=False) for one in papers if one.provisional and one.number not in twice])
        return uow.commit()
