"""Certificates to look at: lists, one of them whole, doubles, and whether a paper is genuine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from app.domain.building import Building, Victim, VictimMember
from app.domain.certificate import Application, Certificate, CertificateCopy
from app.domain.certificate_code import SignedFacts, read_code
from app.domain.certificate_numbers import parse_certificate_number
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.usecases.application_lists import people_of
from app.usecases.certificate_rows import (
    CERTIFICATE_SORTS,
    CertificateFile,
    CertificateFilter,
    CertificateRow,
    DoubleCertificates,
    Verified,
)
from app.usecases.context import Context
from app.usecases.municipal_key import find_public

_EVERY = CertificateFilter()


def list_certificate_ids(ctx: Context, *, filter: CertificateFilter | None = None) -> Sequence[str]:
    """Ids in the order of the filter's sort. Protected households' are not among them without the right."""
    ctx.require("view")
    wanted = filter or _EVERY
    if wanted.sort not in CERTIFICATE_SORTS:
        raise RuleViolation("word.unknown", field="sort", word=wanted.sort)
    return ctx.reads.certificates.certificate_ids(filter=wanted)


def list_unprinted_ids(ctx: Context, *, kind: str = "") -> tuple[Sequence[str], int]:
    """Certificates in force with papers missing, and how many more were left out: those wait for the paper of a newer judgement (差替)."""
    wanted = list_certificate_ids(ctx, filter=CertificateFilter(unprinted=True, kind=kind))
    older = set(list_certificate_ids(ctx, filter=CertificateFilter(replace=True, kind=kind)))
    kept = [one for one in wanted if one not in older]
    return kept, len(wanted) - len(kept)


def certificate_rows(ctx: Context, *, certificate_ids: Sequence[str]) -> list[CertificateRow]:
    """Rows in the same order."""
    return ctx.reads.certificates.certificate_rows(certificate_ids)


def open_certificate(ctx: Context, *, certificate_id: str) -> CertificateFile:
    """One certificate with its values and copies; noted in the access log. RuleViolation ``record.not_found``."""
    paper = ctx.reads.get("certificate", certificate_id)
    if not isinstance(paper, Certificate) or paper.deleted:
        raise RuleViolation("record.not_found", kind="certificate", record=certificate_id)
    reads = ctx.reads.certificates
    application = ctx.reads.get("application", paper.application_id) if paper.application_id else None
    victim = ctx.reads.get("victim", paper.victim_id) if paper.victim_id else None
    building = ctx.reads.get("building", paper.building_id) if paper.building_id else None
    before = reads.many_by(Certificate, "superseded_by", [paper.id])
    near = {
        row.id: row for row in reads.certificate_rows([one.id for one in before] + ([paper.superseded_by] if paper.superseded_by else []))
    }
    members = reads.many_by(VictimMember, "victim_id", [paper.victim_id])
    with ctx.unit() as uow:
        asked = application if isinstance(application, Application) else Application(id=paper.id, victim_id=paper.victim_id)
        uow.log_access(action="view", persons=people_of(asked, members), target="certificate")
        uow.commit()
    return CertificateFile(
        certificate=paper,
        application=application if isinstance(application, Application) else None,
        victim=victim if isinstance(victim, Victim) else None,
        building=building if isinstance(building, Building) else None,
        values=json.loads(paper.values) if paper.values else {},
        copies=tuple(reads.many_by(CertificateCopy, "certificate_id", [paper.id])),
        replaces=near.get(before[0].id) if before else None,
        successor=near.get(paper.superseded_by),
        wanted=application.copies if isinstance(application, Application) else 1,
        protected=bool(reads.withheld([paper.victim_id])),
    )


def find_certificate_id(ctx: Context, *, number: str) -> str | None:
    """The certificate of a number typed in any width and case, or an id; None also for those the actor may not know of."""
    parsed = parse_certificate_number(number)
    found = ctx.reads.certificates.by_number("certificate", parsed.text) if parsed else number.strip()
    record = ctx.reads.get("certificate", found) if found else None
    return record.id if isinstance(record, Certificate) and not record.deleted else None


def find_double_certificates(ctx: Context) -> list[DoubleCertificates]:
    """More than one certificate in force for one household, building and kind, or with one number, also after a merge."""
    ctx.require("view")
    found = []
    for ids in ctx.reads.certificates.doubles():
        rows = ctx.reads.certificates.certificate_rows(ids)
        first = rows[0]
        found.append(
            DoubleCertificates(kind=first.kind, head_name=first.head_name, building_number=first.building_number, certificates=tuple(rows))
        )
    return found


# -- genuine or not ----------------------------------------------------------------------------------------


def verify(ctx: Context, *, text: str) -> Verified:
    """Whether the text of a code is genuine and in force. Never raises for a bad text: ``Verified.problem`` says what is wrong with it.

    Needs no right but to be signed in; the answer holds what the paper itself says and the state of its record, nothing about anybody.
    """
    ctx.require("view")
    try:
        told = read_code(text)
    except RuleViolation as fault:
        return Verified(result="unreadable", problem=fault.code, reason=str(fault.params.get("part", "")))
    public = find_public(ctx, told.key_id)
    if public is None:
        return _answer(told, result="unknown_key")
    if not ctx.signer.verify(public, told.body, told.signature):
        return _answer(told, result="altered")
    found = ctx.reads.seen_by(see_protected=True).certificates.by_number("certificate", told.number)
    record = ctx.reads.seen_by(see_protected=True).get("certificate", found) if found else None
    if not isinstance(record, Certificate):
        return _answer(told, result="not_here")
    return _compare(ctx, told, record)


def _compare(ctx: Context, told: SignedFacts, record: Certificate) -> Verified:
    """A rightly signed code beside its record. Another record with this number is a double, not a forgery."""
    same = (record.kind, record.grade if record.kind == "damage" else "", record.issued_on) == (told.kind, told.grade, told.issued_on)
    if not same:
        return _answer(told, result="differs", state=record.state)
    if record.state == "issued":
        return _answer(told, result="valid", state=record.state, newer_grade=bool(record.newer_grade))
    after = ctx.reads.seen_by(see_protected=True).get("certificate", record.superseded_by) if record.superseded_by else None
    return _answer(
        told, result="withdrawn", state=record.state, reason=record.reason, ended_on=_day(record.ended_at),
        successor=after.number if isinstance(after, Certificate) else "",
    )  # fmt: skip


def _day(moment: datetime | None) -> str:
    return moment.astimezone(JST).date().isoformat() if moment else ""


def _answer(told: SignedFacts, *, result: str, state: str = "", newer_grade: bool = False, **more: str) -> Verified:
    return Verified(
        result=result, number=told.number, kind=told.kind, grade=told.grade, issued_on=told.issued_on, key_id=told.key_id, state=state,
        newer_grade=newer_grade, **more,
    )  # fmt: skip
