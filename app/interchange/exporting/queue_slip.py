"""The slip for whoever has applied: the number that is called out, the number to ask with, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.certificate import Application
from app.domain.dates import format_era
from app.domain.errors import RuleViolation
from app.interchange.exporting.rosters import fonts_of, page_stamp
from app.presentation.labels import short_label
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.usecases.application_lists import people_of, tell_application
from app.usecases.context import Context
from app.usecases.job import QUIET, Job

if TYPE_CHECKING:
    from app.printing.batch import BatchReport

FORM = "queue_slip"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipOutcome:
    """A slip on paper."""

    path: Path
    number: str
    queue: str
    pages: int = 1


def print_slip(
    ctx: Context, *, application_id: str, out: Path, folder: Path | None = None, substitutes: bool = True, job: Job = QUIET
) -> SlipOutcome:
    """One slip (A5). ``folder`` is the data folder, whose own layout and fonts win.

    It is no certificate: a character that nothing draws is replaced and marked unless ``substitutes`` says no, and a name that cannot be
    drawn is written by its reading. RuleViolation ``record.not_found`` also for those the actor may not know of; PrintRefused for a hole;
    EnvironmentFault when the disk refuses.
    """
    from app.printing.batch import render_batch
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions
    from app.printing.report import PrintRefused

    ctx.require("print")
    application = ctx.reads.get("application", application_id)
    if not isinstance(application, Application) or application.deleted:
        raise RuleViolation("record.not_found", kind="application", record=application_id)
    layout, fonts = active_layout(ctx, FORM, folder=folder), fonts_of(folder, ctx, substitutes=substitutes)
    stamp = page_stamp(stamp_for(ctx, at=ctx.now()))

    def render(values: Mapping[str, str]) -> BatchReport:
        return render_batch(out, layout=layout, records=[values], count=1, options=BatchOptions(page="A5"), job=job, fonts=fonts, stamp=stamp)

    values = _values(ctx, application)
    report = render(values)
    if report.stopped and application.applicant_kana:
        report = render({**values, "name": application.applicant_kana})
    if report.stopped:
        raise PrintRefused(form=FORM, problems=list(report.stopped))
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=people_of(application), target=out.name)
        uow.commit()
    return SlipOutcome(path=out, number=application.number, queue=application.queue, pages=report.pages)


def _values(ctx: Context, application: Application) -> Mapping[str, str]:
    told = tell_application(ctx, application_id=application.id)
    return {
        "queue": application.queue or "-",
        "number": application.number,
        "kind": short_label("application.kind", application.kind),
        "name": application.applicant_name,
        "applied_on": format_era(date.fromisoformat(application.applied_on)) if application.applied_on else "",
        "next": message(f"application.next.{told.next_step}"),
        "place": ctx.place.site_name,
    }
