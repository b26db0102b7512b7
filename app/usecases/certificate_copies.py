"""Papers of certificates: which to print, in which place of a run, and counting them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from app.domain.building import VictimMember
from app.domain.certificate import COPY_REASONS, Application, Certificate, CertificateCopy
from app.domain.certificate_states import check_ending
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.usecases.application_lists import people_of
from app.usecases.applications import MOST_COPIES
from app.usecases.certificate_lists import find_certificate_id
from app.usecases.certificate_rows import CertificateRow, CopyPlan
from app.usecases.context import Changes, Context
from app.usecases.ownership import need_owner
from app.usecases.ports import UnitOfWork

_CHUNK = 2000
_PART = 500


def plan_copies(
    ctx: Context, *, certificate_ids: Sequence[str], reason: str = "first", copies: int = 0, sort: str = "number"
) -> list[CopyPlan]:
    """The papers to print, in order, those of each form and version together.

    ``copies`` 0: as many as are still missing of those wanted; else so many more of each.

    Only certificates in force; protected households' only for those with the right. RuleViolation ``certificate.ended`` for one alone.
    """
    ctx.require("issue")
    if reason not in COPY_REASONS:
        raise RuleViolation("word.unknown", field="reason", word=reason)
    if not 0 <= copies <= MOST_COPIES:
        raise RuleViolation("application.copies", field="copies", most=MOST_COPIES)
    ids = ctx.reads.certificates.sorted_certificates(certificate_ids, sort=sort)
    if len(certificate_ids) == 1 and ids:
        check_ending(ctx.reads.certificates.many(Certificate, ids)[ids[0]])
    plans: list[CopyPlan] = []
    for part in (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK)):
        for row in ctx.reads.certificates.certificate_rows(part):
            if row.state == "issued":
                more = copies or max(0, row.wanted - row.copies)
                plans += [_plan(row, row.copies + n + 1) for n in range(more)]
    ordered = sorted(plans, key=form_key)
    sizes = Counter(map(form_key, ordered))
    return [
        replace(plan, place=place, papers=sizes[key]) for key, part in groupby(ordered, key=form_key) for place, plan in enumerate(part)
    ]


def form_key(plan: CopyPlan) -> tuple[str, int, str]:
    """Papers with the same key are printed together."""
    return plan.form, plan.form_version, plan.form_digest


def _plan(row: CertificateRow, copy: int, *, place: int = 0, papers: int = 0) -> CopyPlan:
    return CopyPlan(
        certificate_id=row.id, number=row.number, copy=copy, place=place, papers=papers, form=row.form, form_version=row.form_version,
        form_digest=row.form_digest, postal=row.postal, address=row.address, name=row.head_name, ended=row.state != "issued",
    )  # fmt: skip


def copy_values(ctx: Context, *, plans: Sequence[CopyPlan]) -> Iterator[Mapping[str, str]]:
    """The frozen values of each paper with the number of the copy, read some hundred at a time.

    The provisional mark goes when headquarters has seen the number, that of a declaration when it was matched.
    Of one that ended only the number is given: no form prints that.
    """
    for part in (plans[at : at + _PART] for at in range(0, len(plans), _PART)):
        papers = ctx.reads.certificates.many(Certificate, {plan.certificate_id for plan in part})
        for plan in part:
            if plan.ended:
                yield {"number": plan.number}
                continue
            paper = papers[plan.certificate_id]
            values = {**json.loads(paper.values), "copy_no": str(plan.copy), "code": paper.code}
            if not paper.provisional:
                values.pop("provisional", None)
            if not paper.declared:
                values.pop("declared", None)
            yield values


def plan_again(ctx: Context, *, number: str, batch: str = "") -> tuple[str, list[CopyPlan], int]:
    """After a jam: the newest print run that has this certificate, its papers, and the place of this one among them.

    Each has the place it had: where one was stopped, ended since or may not be seen stands a paper that is not printed.
    Nothing is counted again. RuleViolation ``certificate.not_found``, ``certificate.no_batch``.
    """
    ctx.require("issue")
    found = find_certificate_id(ctx, number=number)
    if found is None:
        raise RuleViolation("certificate.not_found", field="number", number=number)
    reads = ctx.reads.certificates
    run = batch or reads.newest_batch(found)
    order = reads.batch(run) if run else []
    rows = {row.id: row for row in reads.certificate_rows(list(dict.fromkeys(one for one, *_ in order)))}
    plans = _fill([_plan(rows[one], copy, place=place, papers=size) for one, copy, place, size in order if one in rows])
    start = next((at for at, plan in enumerate(plans) if plan.certificate_id == found), None)
    if start is None:
        raise RuleViolation("certificate.no_batch", field="number", number=number)
    return run, plans, start


def _fill(plans: Sequence[CopyPlan]) -> list[CopyPlan]:
    """All places of the run: those of papers that are not known as nobody's."""
    filled: list[CopyPlan] = []
    for _, part in groupby(sorted(plans, key=form_key), key=form_key):
        known = {plan.place: plan for plan in part}
        some = next(iter(known.values()))
        blank = replace(some, certificate_id="", number="", copy=0, postal="", address="", name="", ended=True)
        filled += [known.get(place) or replace(blank, place=place) for place in range(some.papers)]
    return filled


def count_printed(ctx: Context, *, plans: Sequence[CopyPlan], batch: str, reason: str, target: str) -> Changes:
    """Count the papers (発行回数), each with who, when, why; noted in the access log. The order of the run is kept.

    RuleViolation ``certificate.printed_meanwhile`` when somebody printed one of them meanwhile: two papers would bear the same number.
    """
    ctx.require("issue")
    if reason not in COPY_REASONS:
        raise RuleViolation("word.unknown", field="reason", word=reason)
    need_owner(ctx, "certificate", (plan.certificate_id for plan in plans))
    people: list[str] = []
    with ctx.unit(reason=reason) as uow:
        for part in (plans[at : at + _CHUNK] for at in range(0, len(plans), _CHUNK)):
            uow.copies.add_many([_copy(ctx, uow, plan, batch=batch, reason=reason, target=target) for plan in part])
            papers = uow.reads.certificates.many(Certificate, {plan.certificate_id for plan in part})
            counted = {one.id: one.copies for one in papers.values()}
            for plan in part:
                if plan.copy != counted[plan.certificate_id] + 1:
                    raise RuleViolation("certificate.printed_meanwhile", field="number", number=plan.number)
                counted[plan.certificate_id] = plan.copy
            uow.certificates.save_many([replace(one, copies=counted[one.id]) for one in papers.values()])
            people += _people(uow, papers.values())
        uow.log_access(action="print", persons=people, target=target)
        return uow.commit()


def log_again(ctx: Context, *, plans: Sequence[CopyPlan], target: str) -> None:
    """A run went on after a jam: nothing is counted, but the access log tells it."""
    with ctx.unit() as uow:
        people: list[str] = []
        for part in (plans[at : at + _CHUNK] for at in range(0, len(plans), _CHUNK)):
            people += _people(uow, uow.reads.certificates.many(Certificate, {plan.certificate_id for plan in part}).values())
        uow.log_access(action="print", persons=people, target=target)
        uow.commit()


def _copy(ctx: Context, uow: UnitOfWork, plan: CopyPlan, *, batch: str, reason: str, target: str) -> CertificateCopy:
    return CertificateCopy(
        id=new_id(), certificate_id=plan.certificate_id, copy=plan.copy, printed_at=uow.now, printed_by=ctx.actor.operator_id,
        reason=reason if plan.copy == 1 or reason != "first" else "additional", batch=batch, target=target,
        place=plan.place, papers=plan.papers,
    )  # fmt: skip


def _people(uow: UnitOfWork, papers: Iterable[Certificate]) -> list[str]:
    """Whom the access log names for these papers."""
    some = list(papers)
    members: dict[str, list[VictimMember]] = {}
    for member in uow.reads.certificates.many_by(VictimMember, "victim_id", {paper.victim_id for paper in some}):
        members.setdefault(member.victim_id, []).append(member)
    return [
        one
        for paper in some
        for one in people_of(Application(id=paper.application_id, victim_id=paper.victim_id), members.get(paper.victim_id, ()))
    ]
