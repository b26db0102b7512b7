"""Applications for certificates: taken down, corrected, linked, moved on, approved. DOMAIN 2.5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.domain import certificate as words
from app.domain.building import TENURES, Building, Occupancy, Victim, VictimMember, check_building, same_head
from app.domain.certificate import Application, Certificate
from app.domain.certificate_states import Standing, check_move, settled_state
from app.domain.dates import JST, parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.folding import fold_name
from app.domain.identifiers import new_id, person_number
from app.usecases.application_lists import (
    application_rows,
    count_applications,
    count_withheld,
    find_application,
    find_application_id,
    list_application_ids,
    open_application,
    standings,
)
from app.usecases.buildings import check_victim, fit, next_building_number, victim_of_resident
from app.usecases.certificate_ports import CertificateReads
from app.usecases.certificate_rows import ApplicationFilter, Applied, Moved, Refusal
from app.usecases.certificate_settings import read_certificate_settings
from app.usecases.context import Changes, Context
from app.usecases.masking import protected_likeness, sees_protected
from app.usecases.ownership import foreign_owners, need_owner
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today

__all__ = [
    "apply",
    "application_rows",
    "approve",
    "close",
    "correct_application",
    "count_applications",
    "count_withheld",
    "find_application",
    "find_application_id",
    "judge_self",
    "link_application",
    "list_application_ids",
    "move",
    "on_grade_changed",
    "on_grades_changed",
    "open_application",
]
MOST_COPIES = 50
MOST_TEXT = 2000
_ENDED = ("issued", "closed")
_WORKINGS = (
    "number",
    "queue",
    "state",
    "victim_id",
    "building_id",
    "survey_id",
    "grade",
    "judged_at",
    "approved_by",
    "approved_at",
    "deleted",
)
"""What no one types: it follows from what happens."""
_AFTER_ISSUE = frozenset({"phone", "contact_postal", "contact_address", "purposes", "copies", "note", "identified"})
_SETS: Mapping[str, tuple[str, ...]] = {
    "kind": words.KINDS,
    "channel": words.CHANNELS,
    "applicant_role": words.ROLES,
    "purposes": words.PURPOSES,
    "objects": words.OBJECTS,
}


# -- taking down -------------------------------------------------------------------------------------------


def apply(
    ctx: Context,
    *,
    values: Mapping[str, Any],
    victim_id: str = "",
    building_id: str = "",
    resident_id: str = "",
    household: Mapping[str, Any] | None = None,
    members: Sequence[Mapping[str, Any]] = (),
    building: Mapping[str, Any] | None = None,
    tenure: str = "unknown",
) -> Applied:
    """Take an application down; it gets a number of this device and today's next queue number.

    ``values``: fields of ``Application``. The household is ``victim_id``, or that of a resident of the snapshot (``resident_id``), or written
    down as told (``household``: fields of ``Victim``, ``members``: of ``VictimMember``; without any the applicant's own): then it is
    ``declared``, unless one household of the building has this head: then it is that one.

    The building is ``building_id`` or written down (``building``: fields of ``Building``). They are linked when they are not.

    Goes straight to 調査待ち (a 罹災証明書 with a building) or 判定 (the building is judged already, or a report certificate).
    Warnings, never refusals: ``application.late``, ``application.again`` (with the earlier number), ``application.household_known``
    (what was told is a household of that building: linked to it, with the members it has).
    RuleViolation beside the field: ``application.applicant_missing``, ``application.proxy_missing`` (an agent without 委任状),
    ``application.copies``, ``application.day``, ``application.birth``, ``application.text_long``, ``word.unknown``, ``record.not_found``.
    """
    ctx.require("apply")
    application = checked_application(ctx, Application(id=new_id(), **_given(ctx, values)))
    with ctx.unit() as uow:
        known = "" if victim_id or resident_id else _household_there(ctx, uow, application, building_id, household)
        victim = _household(ctx, uow, application, victim_id or known, resident_id, household, members)
        place = _place(ctx, uow, building_id, building)
        if place is not None:
            _occupy(uow, place, victim, tenure)
        application = replace(
            application, victim_id=victim.id, building_id=place.id if place else "", declared=victim.declared and victim.matched_at is None
        )
        warnings = _warnings(ctx, uow, application)
        if known:
            warnings = (("application.household_known", {"name": victim.head_name}), *warnings)
        serial = uow.next_number("application")
        count = uow.next_number(f"queue:{today(ctx).isoformat()}")
        queue = f"{read_certificate_settings(ctx).queue_prefix}{count}" if application.channel == "counter" else ""
        application = settled(ctx, uow, replace(application, number=person_number(ctx.place.device_prefix, serial), queue=queue))
        saved = uow.applications.add(application)
        return Applied(application=saved, queue=queue, warnings=warnings, changes=uow.commit())


def _given(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    given = fit(Application, values, fixed=_WORKINGS)
    given["applied_on"] = read_day(str(given.get("applied_on", "")), field="applied_on") or today(ctx).isoformat()
    return given


def checked_application(ctx: Context, application: Application) -> Application:
    """What was typed is possible; RuleViolation beside the field."""
    for name, known in _SETS.items():
        value = getattr(application, name)
        for word in value if isinstance(value, tuple) else (value,):
            if word not in known:
                raise RuleViolation("word.unknown", field=name, word=str(word))
    if not application.applicant_name.strip():
        raise RuleViolation("application.applicant_missing", field="applicant_name")
    if application.applicant_role == "agent" and not application.proxy:
        raise RuleViolation("application.proxy_missing", field="proxy")
    if not isinstance(application.copies, int) or not 1 <= application.copies <= MOST_COPIES:
        raise RuleViolation("application.copies", field="copies", most=MOST_COPIES)
    first = ctx.place.occurred_at.astimezone(JST).date()
    if not first.isoformat() <= application.applied_on <= today(ctx).isoformat():
        raise RuleViolation("application.day", field="applied_on", first=first, last=today(ctx))
    _check_birth(application.applicant_birth)
    for name in ("damage", "cause", "note", "applicant_name", "contact_address"):
        if len(getattr(application, name)) > MOST_TEXT:
            raise RuleViolation("application.text_long", field=name, most=MOST_TEXT)
    return application


def _check_birth(text: str) -> None:
    if text.strip():
        try:
            parse_date(text, lenient=True)
        except SasaeError:
            raise RuleViolation("application.birth", field="applicant_birth", text=text) from None


def _household_there(ctx: Context, uow: UnitOfWork, application: Application, building_id: str, told: Mapping[str, Any] | None) -> str:
    """The one household of the building with the head that was told, among those the actor may know of; "" for none or several."""
    given = told or {"head_name": application.applicant_name, "head_birth": application.applicant_birth}
    name, birth = str(given.get("head_name") or ""), str(given.get("head_birth") or "")
    if not building_id or not name.strip():
        return ""
    there = [ctx.reads.get("victim", link.victim_id) for link in uow.occupancies.where(building_id=building_id)]
    found = {
        one.id for one in there if isinstance(one, Victim) and not one.deleted and same_head((one.head_name, one.head_birth), (name, birth))
    }
    return found.pop() if len(found) == 1 else ""


def _household(
    ctx: Context,
    uow: UnitOfWork,
    application: Application,
    victim_id: str,
    resident_id: str,
    household: Mapping[str, Any] | None,
    members: Sequence[Mapping[str, Any]],
) -> Victim:
    """The affected household: a known one, that of a resident, or written down as told."""
    if victim_id:
        return need_victim(ctx, victim_id)
    if resident_id:
        return victim_of_resident(ctx, uow, resident_id)
    told = {
        "head_name": application.applicant_name, "head_kana": application.applicant_kana, "head_birth": application.applicant_birth,
        "address": application.contact_address, "postal": application.contact_postal,
    }  # fmt: skip
    given = fit(
        Victim, {"source": "typed", **(household or told)}, fixed=("matched_at", "snapshot_id", "resident_household", "resident_no")
    )
    victim = Victim(**{**given, "id": new_id(), "declared": True})
    check_victim(victim)
    uow.victims.add(victim)
    people = list(members) or [{"name": victim.head_name, "kana": victim.head_kana, "birth": victim.head_birth}]
    for place, one in enumerate(people):
        member = VictimMember(
            **{
                **fit(VictimMember, one, fixed=("victim_id", "position", "protected")),
                "id": new_id(),
                "victim_id": victim.id,
                "position": place,
            }
        )
        alike = protected_likeness(uow, {"name": member.name, "kana": member.kana, "birth": member.birth})
        uow.members.add(replace(member, protected=bool(alike)))
    return victim


def need_victim(ctx: Context, victim_id: str) -> Victim:
    """The household; RuleViolation ``record.not_found``, also for one the actor may not know of."""
    found = ctx.reads.get("victim", victim_id)
    if not isinstance(found, Victim) or found.deleted:
        raise RuleViolation("record.not_found", kind="victim", record=victim_id)
    return found


def _place(ctx: Context, uow: UnitOfWork, building_id: str, values: Mapping[str, Any] | None) -> Building | None:
    if building_id:
        return uow.buildings.need(building_id)
    if not values:
        return None
    made = Building(**{**fit(Building, values, fixed=("number",)), "id": new_id(), "number": next_building_number(ctx, uow)})
    check_building(made)
    return uow.buildings.add(made)


def _occupy(uow: UnitOfWork, building: Building, victim: Victim, tenure: str) -> None:
    if tenure not in TENURES:
        raise RuleViolation("word.unknown", field="tenure", word=tenure)
    if not uow.occupancies.where(building_id=building.id, victim_id=victim.id):
        uow.occupancies.add(Occupancy(id=new_id(), building_id=building.id, victim_id=victim.id, tenure=tenure))


def _warnings(ctx: Context, uow: UnitOfWork, application: Application) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    settings = read_certificate_settings(ctx)
    deadline = settings.report_deadline if application.kind == "report" else settings.deadline
    found: list[tuple[str, Mapping[str, Any]]] = []
    if deadline and application.applied_on > deadline:
        found.append(("application.late", {"deadline": date.fromisoformat(deadline)}))
    seen = uow.reads.seen_by(see_protected=sees_protected(ctx)).certificates
    for other in _same(ctx, seen, application):
        found.append(
            ("application.again", {"number": other.number, "state": other.state, "applied_on": date.fromisoformat(other.applied_on)})
        )
    return tuple(found)


def _same(ctx: Context, seen: CertificateReads, application: Application) -> list[Application]:
    """Earlier applications of the same kind that are not closed: for this household and building, or of the same person as typed."""
    day = today(ctx).isoformat()
    ids = seen.application_ids(filter=ApplicationFilter(victim_id=application.victim_id, kind=application.kind), today=day)
    known = [one for one in seen.many(Application, ids).values() if one.building_id == application.building_id or not one.building_id]
    if application.applicant_birth:
        name = fold_name(application.applicant_name)
        ids = seen.application_ids(
            filter=ApplicationFilter(text="".join(application.applicant_name.split()), kind=application.kind), today=day
        )
        for one in seen.many(Application, ids).values():
            same = fold_name(one.applicant_name) == name and one.applicant_birth == application.applicant_birth
            if same and (not one.building_id or not application.building_id or one.building_id == application.building_id):
                known.append(one)
    unique = {one.id: one for one in known if one.id != application.id and one.state != "closed"}
    return sorted(unique.values(), key=lambda one: one.id)


def settled(ctx: Context, uow: UnitOfWork, application: Application) -> Application:
    """The application with the grade its building has now, in the state that what is known puts it into."""
    standing = standings(ctx, uow.reads, [application])[application.id]
    return _settle(
        uow, application, standing, uow.reads.certificates.counted([application.building_id]).get(application.building_id, ("", ""))
    )


def _settle(uow: UnitOfWork, application: Application, standing: Standing, counted: tuple[str, str]) -> Application:
    state = settled_state(application, standing)
    survey_id, grade = counted if application.kind == "damage" else ("", "")
    judged_at = (application.judged_at or uow.now) if state == "judged" else None
    return replace(application, state=state, survey_id=survey_id, grade=grade, judged_at=judged_at)


# -- correcting --------------------------------------------------------------------------------------------


def _need(ctx: Context, application_id: str) -> None:
    found = ctx.reads.get("application", application_id)
    if not isinstance(found, Application) or found.deleted:
        raise RuleViolation("record.not_found", kind="application", record=application_id)


def correct_application(ctx: Context, *, application_id: str, version: int, values: Mapping[str, Any], reason: str = "") -> Changes:
    """Change what was written down (not the state). Of an issued one only contact, purposes, copies and note; StaleRecord.

    RuleViolation as ``apply``, ``application.issued_fixed`` for what stands on the paper.
    """
    ctx.require("apply")
    _need(ctx, application_id)
    need_owner(ctx, "application", [application_id])
    with ctx.unit(reason=reason) as uow:
        stored = uow.applications.need(application_id)
        given = fit(Application, values, fixed=(*_WORKINGS, "declared"))
        if "applied_on" in given:
            given["applied_on"] = read_day(str(given["applied_on"]), field="applied_on")
        changed = checked_application(ctx, replace(stored, **given))
        if stored.state == "issued":
            fixed = [name for name in given if getattr(changed, name) != getattr(stored, name) and name not in _AFTER_ISSUE]
            if fixed:
                raise RuleViolation("application.issued_fixed", field=fixed[0])
        elif stored.state not in ("approved", "closed"):
            changed = settled(ctx, uow, changed)
        uow.applications.save(changed, expected_version=version)
        return uow.commit()


def link_application(ctx: Context, *, application_id: str, victim_id: str = "", building_id: str = "", tenure: str = "unknown") -> Changes:
    """Say whose and about which building it is; goes where that puts it. RuleViolation ``application.issued_fixed`` after the issue."""
    ctx.require("apply")
    _need(ctx, application_id)
    need_owner(ctx, "application", [application_id])
    with ctx.unit() as uow:
        stored = uow.applications.need(application_id)
        if stored.state in _ENDED:
            raise RuleViolation("application.issued_fixed", field="building_id")
        victim = need_victim(ctx, victim_id or stored.victim_id)
        changed = replace(stored, victim_id=victim.id, declared=victim.declared and victim.matched_at is None)
        if building_id or stored.building_id:
            place = uow.buildings.need(building_id or stored.building_id)
            _occupy(uow, place, victim, tenure)
            changed = replace(changed, building_id=place.id)
        if (changed.victim_id, changed.building_id) != (stored.victim_id, stored.building_id) or stored.state != "approved":
            changed = settled(ctx, uow, replace(changed, approved_by="", approved_at=None))
        uow.applications.save(changed)
        return uow.commit()


def judge_self(ctx: Context, *, application_id: str, note: str, surveyed_on: str = "") -> Changes:
    """Write down a 自己判定 (準半壊に至らない with consent): a survey of method ``self`` that waits for the check by another person.

    RuleViolation ``application.no_consent``, ``application.photo_note`` (what the photos show must be noted), ``application.no_building``.
    """
    from app.usecases.surveys import record_survey

    ctx.require("apply")
    _need(ctx, application_id)
    need_owner(ctx, "application", [application_id])
    with ctx.unit() as uow:
        application = uow.applications.need(application_id)
    if not application.building_id:
        raise RuleViolation("application.no_building", field="building_id", number=application.number)
    if not application.self_judgement:
        raise RuleViolation("application.no_consent", field="self_judgement", number=application.number)
    if not note.strip():
        raise RuleViolation("application.photo_note", field="note")
    if application.state not in ("received", "awaiting"):
        raise RuleViolation(
            "application.no_such_move", field="state", number=application.number, before=application.state, after="awaiting"
        )
    day = read_day(surveyed_on, field="surveyed_on") or application.applied_on
    done = record_survey(
        ctx, building_id=application.building_id, inputs={}, kind="first", method="self", surveyed_on=day, typed_grade="partial",
        reason=note.strip(), note=note.strip(), consented_by=application.applicant_name,
    )  # fmt: skip
    return done.changes


# -- moving on ---------------------------------------------------------------------------------------------


def move(ctx: Context, *, application_ids: Sequence[str], state: str, reason: str = "") -> Moved:
    """Move applications by the rules of ``domain.certificate_states``; each that may not go is in ``refused`` with what is missing.

    One alone that may not go is that RuleViolation. ``approved`` needs the right ``approve``; ``issued`` only happens by issuing.
    """
    ctx.require("approve" if state == "approved" else "apply")
    if state == "issued":
        raise RuleViolation("application.issue_instead", field="state")
    if state in ("closed", "received") and not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        known = uow.reads.certificates.many(Application, application_ids)
        hidden = uow.reads.certificates.withheld(one.victim_id for one in known.values()) if not sees_protected(ctx) else frozenset()
        shown = [known[one] for one in dict.fromkeys(application_ids) if one in known and known[one].victim_id not in hidden]
        places = standings(ctx, uow.reads, shown)
        refused = [Refusal(record=one, number="", code="record.not_found") for one in application_ids if one not in known]
        elsewhere = foreign_owners(ctx, "application", (one.id for one in shown))
        changed: list[Application] = []
        for application in shown:
            try:
                if application.id in elsewhere:
                    raise RuleViolation("ownership.elsewhere", site=elsewhere[application.id], count=1)
                check_move(application, state, places[application.id])
            except RuleViolation as fault:
                if len(application_ids) == 1:
                    raise
                refused.append(Refusal(record=application.id, number=application.number, code=fault.code, params=fault.params))
                continue
            changed.append(_moved(ctx, uow, application, state, reason))
        if len(application_ids) == 1 and not changed:
            raise RuleViolation("record.not_found", kind="application", record=application_ids[0])
        uow.applications.save_many(changed)
        moved, withheld = tuple(one.id for one in changed), len(known) - len(shown)
        return Moved(moved=moved, refused=tuple(refused), withheld=withheld, changes=uow.commit())


def _moved(ctx: Context, uow: UnitOfWork, application: Application, state: str, reason: str) -> Application:
    if state == "approved":
        return replace(application, state=state, approved_by=ctx.actor.operator_id, approved_at=uow.now)
    if state == "closed":
        return replace(application, state=state, reason=reason.strip())
    blank = replace(application, approved_by="", approved_at=None, reason=reason.strip() if reason else application.reason)
    if application.state == "closed":
        return settled(ctx, uow, blank)
    return replace(blank, state=state, judged_at=(blank.judged_at or uow.now) if state == "judged" else None)


def approve(ctx: Context, *, application_ids: Sequence[str]) -> Moved:
    """決裁 of many at once, with who and when. Right ``approve``."""
    return move(ctx, application_ids=application_ids, state="approved")


def close(ctx: Context, *, application_ids: Sequence[str], reason: str) -> Moved:
    """取下げ・終了, with a reason. ``move(state="received")`` opens it again."""
    return move(ctx, application_ids=application_ids, state="closed", reason=reason)


# -- when a grade changes ----------------------------------------------------------------------------------


def on_grade_changed(ctx: Context, uow: UnitOfWork, building_id: str) -> None:
    """A building's counted grade changed (or none counts any more). See ``on_grades_changed``."""
    on_grades_changed(ctx, uow, [building_id])


def on_grades_changed(ctx: Context, uow: UnitOfWork, building_ids: Sequence[str]) -> None:
    """The counted grades of buildings changed: applications 調査待ち → 判定 (判定 and 決裁 take the new grade, 決裁 falls back to 判定),

    certificates in force that say another grade are marked 差替が必要. Call it inside the unit of work that changed the surveys. Those of
    another site stay as they are: it does the same when the surveys get there.
    """
    reads = uow.reads.certificates
    counted, unchecked = reads.counted(building_ids), reads.unchecked(building_ids)
    buildings = reads.many(Building, building_ids)
    others = uow.reads.settings.get("certificates.other_buildings") == "1"
    changed: list[Application] = []
    waiting = [one for one in reads.many_by(Application, "building_id", building_ids) if one.kind == "damage" and one.state not in _ENDED]
    elsewhere = foreign_owners(ctx, "application", (one.id for one in waiting))
    for one in waiting:
        if one.id in elsewhere:
            continue
        found = counted.get(one.building_id, ("", ""))
        if one.state == "approved" and found[1] == one.grade:
            changed.append(replace(one, survey_id=found[0]))
            continue
        dwelling = buildings[one.building_id].is_dwelling if one.building_id in buildings else None
        standing = Standing(grade=found[1], entered=one.building_id in unchecked, dwelling=dwelling, other_buildings=others)
        changed.append(_settle(uow, replace(one, approved_by="", approved_at=None), standing, found))
    uow.applications.save_many(changed)
    papers = [one for one in reads.many_by(Certificate, "building_id", building_ids) if one.kind == "damage" and one.state == "issued"]
    elsewhere = foreign_owners(ctx, "certificate", (one.id for one in papers))
    papers = [one for one in papers if one.id not in elsewhere]
    marked = []
    for paper in papers:
        grade = counted.get(paper.building_id, ("", ""))[1]
        marked.append(replace(paper, newer_grade=grade if grade != paper.grade else ""))
    uow.certificates.save_many(marked)
