"""Applications to look at: lists, one of them whole, the look-up for whoever applied, what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time

from app.domain.building import Building, Victim, VictimMember
from app.domain.certificate import Application
from app.domain.certificate_states import Standing, find_missing, next_state
from app.domain.dates import JST, parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.identifiers import parse_person_number, person_number
from app.domain.survey import Survey
from app.usecases.certificate_rows import (
    ApplicationCounts,
    ApplicationFile,
    ApplicationFilter,
    ApplicationRow,
    CertificateFilter,
    CertificateRow,
    FoundApplication,
)
from app.usecases.certificate_settings import read_certificate_settings
from app.usecases.context import Context
from app.usecases.ports import Reads
from app.usecases.protections import today

MOST_TRIES = 5
"""Wrong birth dates for one number on one day; then it is not answered any more until the next day."""
_EVERY = ApplicationFilter()


def list_application_ids(ctx: Context, *, filter: ApplicationFilter | None = None) -> Sequence[str]:
    """Ids in the order of the filter's sort. Protected households' are not among them without the right."""
    ctx.require("view")
    return ctx.reads.certificates.application_ids(filter=filter or _EVERY, today=today(ctx).isoformat())


def application_rows(ctx: Context, *, application_ids: Sequence[str]) -> list[ApplicationRow]:
    """Rows in the same order."""
    return ctx.reads.certificates.application_rows(application_ids, today=today(ctx).isoformat())


def standings(ctx: Context, reads: Reads, applications: Iterable[Application]) -> dict[str, Standing]:
    """What is known about the building of each application now, by application id."""
    settings = read_certificate_settings(ctx)
    some = list(applications)
    wanted = {one.building_id for one in some} - {""}
    buildings = reads.certificates.many(Building, wanted)
    counted, unchecked = reads.certificates.counted(wanted), reads.certificates.unchecked(wanted)
    return {
        one.id: Standing(
            grade=counted.get(one.building_id, ("", ""))[1],
            entered=one.building_id in unchecked,
            dwelling=buildings[one.building_id].is_dwelling if one.building_id in buildings else None,
            other_buildings=settings.other_buildings,
        )
        for one in some
    }


def open_application(ctx: Context, *, application_id: str) -> ApplicationFile:
    """One application with household, building and certificates; noted in the access log. RuleViolation ``record.not_found``."""
    application = ctx.reads.get("application", application_id)
    if not isinstance(application, Application) or application.deleted:
        raise RuleViolation("record.not_found", kind="application", record=application_id)
    reads = ctx.reads.certificates
    victim = ctx.reads.get("victim", application.victim_id) if application.victim_id else None
    building = ctx.reads.get("building", application.building_id) if application.building_id else None
    members = sorted(reads.many_by(VictimMember, "victim_id", [application.victim_id]), key=lambda one: one.position)
    survey = reads.counted([application.building_id]).get(application.building_id)
    standing = standings(ctx, ctx.reads, [application])[application.id]
    row = application_rows(ctx, application_ids=[application_id])[0]
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=people_of(application, members), target="application")
        uow.commit()
    return ApplicationFile(
        application=application,
        victim=victim if isinstance(victim, Victim) else None,
        members=tuple(members),
        building=building if isinstance(building, Building) else None,
        survey=reads.many(Survey, [survey[0]]).get(survey[0]) if survey else None,
        certificates=tuple(_certificates_of(ctx, application)),
        earlier=tuple(_earlier(ctx, application)),
        missing=find_missing(application, standing),
        next_state=next_state(application, standing),
        waiting_days=row.waiting_days,
        photos=reads.photo_count(application.building_id) if application.building_id else 0,
        protected=row.protected,
    )


def people_of(application: Application, members: Iterable[VictimMember] = ()) -> list[str]:
    """Whom the access log names: the members by person or resident number, else the household, else the application."""
    named = [one.person_id or one.resident_no for one in members if one.person_id or one.resident_no]
    return named or [application.victim_id or application.id]


def _certificates_of(ctx: Context, application: Application) -> list[CertificateRow]:
    ids = [one for one in ctx.reads.certificates.certificate_ids(filter=CertificateFilter(victim_id=application.victim_id or "-"))]
    rows = ctx.reads.certificates.certificate_rows(ids)
    return [row for row in rows if row.application_id == application.id]


def _earlier(ctx: Context, application: Application) -> list[ApplicationRow]:
    ids: list[str] = []
    for wanted in (
        ApplicationFilter(victim_id=application.victim_id) if application.victim_id else None,
        ApplicationFilter(building_id=application.building_id) if application.building_id else None,
    ):
        if wanted is not None:
            ids += [one for one in list_application_ids(ctx, filter=wanted) if one != application.id and one not in ids]
    return application_rows(ctx, application_ids=ids)


def find_application_id(ctx: Context, *, number: str) -> str | None:
    """The application of a number typed in any width and case, or an id; None also for those the actor may not know of."""
    parsed = parse_person_number(number)
    found = ctx.reads.certificates.by_number("application", person_number(*parsed)) if parsed else number.strip()
    record = ctx.reads.get("application", found) if found else None
    return record.id if isinstance(record, Application) and not record.deleted else None


def find_application(ctx: Context, *, number: str, birth: str) -> FoundApplication:
    """「申請はどうなっていますか」: state, waiting days and next step for number and birth date (any era or ISO).

    RuleViolation ``application.not_found``, the same for an unknown number and a wrong birth date; after ``MOST_TRIES`` wrong ones for a
    number on one day ``application.too_many_tries``. Both are in the access log.
    """
    ctx.require("apply")
    asked = _span(birth)
    if asked is None:
        raise RuleViolation("application.birth", field="birth", text=birth)
    parsed = parse_person_number(number)
    written = person_number(*parsed) if parsed else number.strip()[:40]
    midnight = datetime.combine(today(ctx), time(), JST)
    if ctx.reads.certificates.wrong_tries(written, since_ms=int(midnight.timestamp() * 1000)) >= MOST_TRIES:
        raise RuleViolation("application.too_many_tries", field="birth", most=MOST_TRIES)
    found = find_application_id(ctx, number=number)
    application = ctx.reads.get("application", found) if found else None
    fits = isinstance(application, Application) and _span(_birth_of(ctx, application)) == asked
    with ctx.unit() as uow:
        people = people_of(application) if isinstance(application, Application) else []
        uow.log_access(action="lookup" if fits else "lookup_refused", persons=people, target=written)
        uow.commit()
    if not fits or not isinstance(application, Application):
        raise RuleViolation("application.not_found", field="number")
    return _told(ctx, application)


def tell_application(ctx: Context, *, application_id: str) -> FoundApplication:
    """Where an application is and what comes next, for whoever has it open. RuleViolation ``record.not_found``."""
    application = ctx.reads.get("application", application_id)
    if not isinstance(application, Application) or application.deleted:
        raise RuleViolation("record.not_found", kind="application", record=application_id)
    return _told(ctx, application)


def _told(ctx: Context, application: Application) -> FoundApplication:
    row = application_rows(ctx, application_ids=[application.id])[0]
    issued = next(iter(ctx.reads.certificates.certificate_rows([row.certificate_id])), None) if row.certificate_id else None
    missing = find_missing(application, standings(ctx, ctx.reads, [application])[application.id])
    step = {"issued": "issued", "closed": "closed"}.get(application.state) or (missing[0] if missing else "issue")
    return FoundApplication(
        number=application.number, kind=application.kind, state=application.state, applied_on=application.applied_on,
        waiting_days=row.waiting_days, next_step=step, certificate_number=row.certificate_number, issued_on=issued.issued_on if issued else "",
    )  # fmt: skip


def _birth_of(ctx: Context, application: Application) -> str:
    if application.applicant_birth:
        return application.applicant_birth
    victim = ctx.reads.get("victim", application.victim_id) if application.victim_id else None
    return victim.head_birth if isinstance(victim, Victim) else ""


def _span(text: str) -> tuple[object, object] | None:
    """First and last possible day; None for what is no date."""
    if not text.strip():
        return None
    try:
        found = parse_date(text, lenient=True)
    except SasaeError:
        return None
    return (found.earliest, found.latest) if found.earliest is not None else None


def count_applications(ctx: Context) -> ApplicationCounts:
    """What is open, without those the actor may not know of."""
    reads = ctx.reads.certificates
    states: Counter[str] = Counter()
    first = ""
    for state, _, count, earliest in reads.states():
        states[state] += count
        if state not in ("issued", "closed") and earliest and (not first or earliest < first):
            first = earliest

    def how_many(wanted: CertificateFilter) -> int:
        return reads.certificate_count(filter=wanted)

    return ApplicationCounts(
        by_state=_plain(states),
        certificates=how_many(CertificateFilter(state="issued")),
        replace=how_many(CertificateFilter(replace=True)),
        provisional=how_many(CertificateFilter(provisional=True)),
        declared=len(reads.declared()),
        doubles=len(reads.doubles()),
        unprinted=how_many(CertificateFilter(unprinted=True)),
        longest_wait=(today(ctx) - datetime.fromisoformat(first).date()).days if first else 0,
    )


def count_withheld(ctx: Context, *, states: Sequence[str], kind: str = "") -> int:
    """How many applications in these states are left out for this actor because of a protection measure."""
    if ctx.actor.may("see_protected"):
        return 0
    every, day = ctx.reads.seen_by(see_protected=True).certificates, today(ctx).isoformat()
    wanted = [ApplicationFilter(state=state, kind=kind) for state in states]
    return sum(
        len(every.application_ids(filter=one, today=day)) - len(ctx.reads.certificates.application_ids(filter=one, today=day))
        for one in wanted
    )


def _plain(states: Mapping[str, int]) -> dict[str, int]:
    return dict(states)
