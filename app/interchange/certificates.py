"""Certificates on paper: issue and print in one call, for the window and the command line.

Papers are drawn first, counted then, and only then take their names: a disk that is full, a Cancel or a fault leaves neither a file
nor a copy counted.
"""

from __future__ import annotations

import base64
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from app.domain.certificate import Application, Certificate
from app.domain.certificate_code import MAGIC
from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.domain.identifiers import new_id
from app.presentation.certificate_values import certificate_values
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.usecases import certificates
from app.usecases.certificate_copies import form_key
from app.usecases.certificate_rows import CopyPlan, Issued, IssuedForm, Refusal, Verified
from app.usecases.context import Context
from app.usecases.files import write_fault
from app.usecases.forms import find_seal
from app.usecases.job import QUIET, Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.printing.batch import BatchReport, Preview
    from app.printing.imposition import BatchOptions
    from app.printing.report import Problem

FORMS: Mapping[str, str] = {"damage": "disaster_certificate", "report": "report_certificate"}
"""The form of each kind of certificate."""
LABELS = ("address_labels", "address_sheet")
_NO_POSTAL = "\u3000"  # an address without a postal code is delivered, too


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOutcome:
    """What was printed. ``files`` with ``pages`` and ``sheets`` of paper in all; ``printed`` papers of ``certificates`` certificates.

    ``stopped``: certificates left out, and why (a character without a glyph …); nothing was counted for them. ``batch`` names the run:
    after a jam it goes on from any number of it. ``flip``: how a printer that prints both sides turns the sheet.
    """

    files: tuple[Path, ...]
    pages: int
    sheets: int
    printed: int
    certificates: int
    batch: str
    stopped: tuple[Refusal, ...] = ()
    withheld: int = 0
    labels: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    flip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPlan:
    """What a print run will need, told before it starts."""

    certificates: int
    papers: int
    sheets: int
    pages: int
    files: int


# -- issuing -----------------------------------------------------------------------------------------------


def form_of(ctx: Context, kind: str, *, form: str = "", folder: Path | None = None) -> IssuedForm:
    """The form in use for a kind of certificate, with version, digest and what it needs. InputFault ``print.form_unknown``."""
    from app.printing.designs import active_layout

    layout = active_layout(ctx, form or FORMS[kind], folder=folder)
    required = tuple((name, variable.label) for name, variable in layout.variables.items() if variable.required)
    return IssuedForm(form=layout.form, version=layout.version, digest=layout.digest, required=required)


def issue_certificates(
    ctx: Context, *, application_ids: Sequence[str], form: str = "", folder: Path | None = None, issued_on: str = "", job: Job = QUIET
) -> Issued:
    """Issue on the form in use (``form`` "" takes that of the kind), see ``usecases.certificates.issue``. One transaction for each kind."""
    ctx.require("issue")
    known = ctx.reads.certificates.many(Application, application_ids)
    kinds = {kind: [one for one in application_ids if one in known and known[one].kind == kind] for kind in FORMS}
    done: list[Issued] = []
    unknown = [one for one in application_ids if one not in known]
    if unknown:
        raise RuleViolation("record.not_found", kind="application", record=unknown[0])
    for kind, ids in kinds.items():
        if ids:
            done.append(
                certificates.issue(
                    ctx, application_ids=ids, form=form_of(ctx, kind, form=form, folder=folder), write_values=certificate_values,
                    issued_on=issued_on, job=job,
                )
            )  # fmt: skip
    return _together(done)


def _together(done: Sequence[Issued]) -> Issued:
    changed: dict[str, frozenset[str]] = {}
    for one in done:
        for kind, ids in one.changes.items():
            changed[kind] = changed.get(kind, frozenset()) | ids
    return Issued(
        certificates=tuple(x for one in done for x in one.certificates), numbers=tuple(x for one in done for x in one.numbers),
        refused=tuple(x for one in done for x in one.refused), changes=changed, approved=sum(one.approved for one in done),
        withheld=sum(one.withheld for one in done), warnings=tuple(x for one in done for x in one.warnings),
    )  # fmt: skip


def supersede_certificate(
    ctx: Context, *, certificate_id: str, reason: str, form: str = "", folder: Path | None = None, issued_on: str = ""
) -> Issued:
    """差替 on the form in use, see ``usecases.certificates.supersede``."""
    older = ctx.reads.get("certificate", certificate_id)
    if not isinstance(older, Certificate):
        raise RuleViolation("record.not_found", kind="certificate", record=certificate_id)
    return certificates.supersede(
        ctx, certificate_id=certificate_id, form=form_of(ctx, older.kind, form=form, folder=folder), write_values=certificate_values,
        reason=reason, issued_on=issued_on,
    )  # fmt: skip


# -- printing ----------------------------------------------------------------------------------------------


def plan_printing(
    ctx: Context,
    *,
    certificate_ids: Sequence[str],
    application_ids: Sequence[str] = (),
    options: BatchOptions | None = None,
    reason: str = "first",
    copies: int = 0,
) -> PaperPlan:
    """How many papers, sheets and files a print run will need, with those of applications that will be issued before it."""
    from app.printing.imposition import BatchOptions, plan_sheets

    plans = certificates.plan_copies(ctx, certificate_ids=certificate_ids, reason=reason, copies=copies)
    asked = ctx.reads.certificates.many(Application, application_ids).values()
    forms = {kind: form_of(ctx, kind) for kind in {one.kind for one in asked}}
    papers = Counter(map(form_key, plans))
    for one in asked:
        form = forms[one.kind]
        papers[form.form, form.version, form.digest] += one.copies
    found = [plan_sheets(count, options or BatchOptions()) for count in papers.values()]
    return PaperPlan(
        certificates=len({plan.certificate_id for plan in plans}) + len(asked), papers=papers.total(),
        sheets=sum(one.sheets for one in found), pages=sum(one.pages for one in found), files=sum(one.files for one in found),
    )  # fmt: skip


def print_certificates(
    ctx: Context,
    *,
    certificate_ids: Sequence[str] = (),
    out: Path,
    options: BatchOptions | None = None,
    sort: str = "number",
    reason: str = "first",
    copies: int = 0,
    from_number: str = "",
    labels: Path | None = None,
    label_form: str = "address_labels",
    substitutes: bool = False,
    folder: Path | None = None,
    job: Job = QUIET,
) -> PrintOutcome:
    """Print papers of certificates and count them; with ``from_number`` go on after a jam in the order of that run, counting nothing again.

    ``copies`` 0 prints those still missing of the wanted ones. One that has a character without a glyph is left out and told, the others
    go on. A disk that is full leaves no file and no copy counted. RuleViolation ``certificate.nothing_to_print``, ``certificate.no_batch``.
    """
    from app.printing.imposition import BatchOptions

    ctx.require("print")
    options = options or BatchOptions()
    batch, start = new_id(), 0
    if from_number:
        batch, plans, start = certificates.plan_again(ctx, number=from_number)
    else:
        plans = certificates.plan_copies(ctx, certificate_ids=certificate_ids, reason=reason, copies=copies, sort=sort)
    if not plans:
        raise RuleViolation("certificate.nothing_to_print", field="number")
    options = replace(options, start=start, batch_name=options.batch_name or f"{ctx.place.municipality_name} {ctx.place.disaster_name}")
    with _beside(ctx, out) as place, _beside(ctx, labels or out) as side:
        done = _draw(ctx, plans, place / out.name, options, substitutes=substitutes, folder=folder, job=job)
        going = [plan for at, plan in enumerate(plans) if at >= start and not plan.ended and plan.certificate_id not in done.left_out]
        labelled = _draw_labels(ctx, going, side / labels.name, label_form, folder=folder, job=job) if labels and going else None
        if from_number:
            certificates.log_again(ctx, plans=going, target=out.name)
        elif going:
            certificates.count_printed(ctx, plans=going, batch=batch, reason=reason, target=out.name)
        files = _name(done.files, out.parent)
        named = _name(labelled.files, labels.parent) if labelled and labels else ()
    return PrintOutcome(
        files=files, pages=done.pages, sheets=done.sheets, printed=len(going), certificates=len({plan.certificate_id for plan in going}),
        batch=batch if going else "", stopped=done.stopped, labels=named, flip=done.flip,
        warnings=_say_labels(labelled.stopped, going) if labelled else (),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Drawn:
    files: tuple[Path, ...]
    pages: int
    sheets: int
    stopped: tuple[Refusal, ...]
    left_out: frozenset[str]
    flip: str


def _draw(
    ctx: Context, plans: Sequence[CopyPlan], out: Path, options: BatchOptions, *, substitutes: bool, folder: Path | None, job: Job
) -> _Drawn:
    """The papers, those of each form and version in files of their own when there are several."""
    from app.printing.designs import active_layout

    seal = find_seal(ctx)
    common = {
        "fonts": _fonts(ctx, folder, substitutes), "job": job, "stamp": _stamp(ctx),
        "seal": base64.b64decode(seal.picture) if seal else None, "seal_width": seal.width if seal else 0.0,
    }  # fmt: skip
    groups = [(key, list(part)) for key, part in groupby(plans, key=form_key)]
    before = 0
    reports: list[BatchReport] = []
    stopped: list[Refusal] = []
    for (form, version, digest), part in groups:
        layout = active_layout(ctx, form, version=version, digest=digest, folder=folder)
        path = out if len(groups) == 1 else out.with_name(f"{out.stem}-{form}-v{version}{out.suffix}")
        values = certificates.copy_values(ctx, plans=part)
        since = replace(options, start=min(max(options.start - before, 0), len(part)))
        report = _render(path, layout, values, len(part), {**common, "options": since})
        before += len(part)
        reports.append(report)
        stopped += _refusals(report.stopped, part)
    return _Drawn(
        files=tuple(path for report in reports for path in report.files), pages=sum(report.pages for report in reports),
        sheets=sum(report.sheets for report in reports), stopped=tuple(stopped), left_out=frozenset(one.record for one in stopped),
        flip=next((report.flip for report in reports if report.flip), ""),
    )  # fmt: skip


def _render(path: Path, layout: Any, values: Iterable[Mapping[str, str]], count: int, common: Mapping[str, Any]) -> BatchReport:
    from app.printing.batch import render_batch

    return render_batch(path, layout=layout, records=values, count=count, **common)


def _fonts(ctx: Context, folder: Path | None, substitutes: bool) -> Any:
    from app.interchange.exporting.rosters import fonts_of

    return fonts_of(folder, ctx, substitutes=substitutes)


def _stamp(ctx: Context) -> Any:
    """On a certificate only the word of an exercise, never when or by whom it was printed."""
    from app.interchange.exporting.rosters import page_stamp

    return replace(page_stamp(stamp_for(ctx, at=ctx.now())), as_of="", known_at="", operator="", caution="")


def _refusals(problems: Sequence[Problem], plans: Sequence[CopyPlan]) -> list[Refusal]:
    """Each certificate that was left out, with its first fault; one that ended in between is no fault."""
    found: dict[str, Refusal] = {}
    for problem in problems:
        plan = plans[problem.row]
        if not plan.ended:
            found.setdefault(
                plan.certificate_id,
                Refusal(
                    record=plan.certificate_id, number=plan.number, code=problem.code, params={**problem.params, "column": problem.column}
                ),
            )
    return list(found.values())


def _draw_labels(ctx: Context, plans: Sequence[CopyPlan], out: Path, form: str, *, folder: Path | None, job: Job) -> BatchReport:
    """One label a certificate, in the order of the papers."""
    from app.printing.batch import render_batch, render_labels
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions

    if form not in LABELS:
        raise RuleViolation("word.unknown", field="label_form", word=form)
    records = [
        {"postal": plan.postal or _NO_POSTAL, "delivery_address": plan.address, "delivery_name": plan.name, "number": plan.number}
        for plan in _first_papers(plans)
    ]
    common = {"records": records, "count": len(records), "options": BatchOptions(), "fonts": _fonts(ctx, folder, False), "job": job}
    render: Any = render_labels if form == "address_labels" else render_batch
    report: BatchReport = render(out, layout=active_layout(ctx, form, folder=folder), stamp=_stamp(ctx), **common)
    return report


def _first_papers(plans: Sequence[CopyPlan]) -> list[CopyPlan]:
    return list({plan.certificate_id: plan for plan in reversed(plans)}.values())[::-1]


def _say_labels(problems: Sequence[Problem], plans: Sequence[CopyPlan]) -> tuple[str, ...]:
    papers = _first_papers(plans)
    return tuple(message("certificate.label_left_out", number=papers[row].number) for row in sorted({problem.row for problem in problems}))


@contextmanager
def _beside(ctx: Context, out: Path) -> Iterator[Path]:
    """A folder on the same disk for what is being made; gone afterwards, whatever happens. A fault there names the file that was asked for.

    One that a killed run of this device left behind, with papers of people in it, is swept first: a data folder is open only once.
    """
    mine = f".sasae-{ctx.place.device_prefix}-"
    for left in out.parent.glob(f"{mine}*.tmp"):
        if not left.name.startswith(f"{mine}{os.getpid()}-"):
            rmtree(left, ignore_errors=True)
    place = out.parent / f"{mine}{os.getpid()}-{new_id()}.tmp"
    try:
        place.mkdir()
    except OSError as error:
        raise write_fault(error, path=out) from None
    try:
        yield place
    except EnvironmentFault as fault:
        if str(place) not in str(fault.params.get("path", "")):
            raise
        raise EnvironmentFault(fault.code, **{**fault.params, "path": str(out)}) from None
    finally:
        rmtree(place, ignore_errors=True)


def _name(files: Iterable[Path], folder: Path) -> tuple[Path, ...]:
    """Give finished files their place."""
    named = []
    for file in files:
        target = folder / file.name
        try:
            os.replace(file, target)
        except OSError as error:
            raise write_fault(error, path=target) from None
        named.append(target)
    return tuple(named)


def preview_certificate(ctx: Context, *, certificate_id: str, folder: Path | None = None, substitutes: bool = False) -> Preview:
    """A certificate as its next paper would look, with its faults; nothing is counted."""
    from app.printing.batch import render_one
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions

    ctx.require("issue")
    plans = certificates.plan_copies(ctx, certificate_ids=[certificate_id], reason="additional", copies=1)
    if not plans:
        raise RuleViolation("record.not_found", kind="certificate", record=certificate_id)
    plan, seal = plans[0], find_seal(ctx)
    layout = active_layout(ctx, plan.form, version=plan.form_version, digest=plan.form_digest, folder=folder)
    return render_one(
        next(iter(certificates.copy_values(ctx, plans=plans))), layout=layout, options=BatchOptions(),
        fonts=_fonts(ctx, folder, substitutes), stamp=_stamp(ctx), seal=base64.b64decode(seal.picture) if seal else None,
        seal_width=seal.width if seal else 0.0,
    )  # fmt: skip


# -- verifying ---------------------------------------------------------------------------------------------


def verify_file(ctx: Context, *, path: Path) -> list[Verified]:
    """Every code of ours in a picture, scan or PDF. InputFault ``certificate.no_code`` when there is none, and those of ``printing.scan``."""
    from app.printing.scan import read_codes

    ctx.require("view")
    texts = read_codes(path)
    ours = [text for text in texts if text.upper().startswith(MAGIC[:5])]
    if not ours:
        raise InputFault("certificate.other_code" if texts else "certificate.no_code", path=str(path))
    return [certificates.verify(ctx, text=text) for text in ours]
