"""The verbs that take files in. Exit code 1 when rows were rejected: the good rows are in, unless ``--on-error stop``."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.bootstrap import FolderGateway
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.cli.snapshots import census_object
from app.domain.errors import RuleViolation
from app.presentation.messages import message
from app.usecases import shelters
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.rebuild import read_report

if TYPE_CHECKING:
    from app.interchange.importing.outcome import ImportOutcome, ReportTo
    from app.interchange.importing.source import ReadOptions

_LOG_EVERY = 5.0
"""Seconds between two lines of progress in a log."""
_logged: dict[str, Any] = {}


def show_progress(done: int, total: int | None, label: str) -> None:
    """Progress on standard error, where it disturbs no script: one line that changes, or in a log a line every few seconds."""
    text = f"{message(label)} {done:,}" + (f" / {total:,}" if total else "")
    if sys.stderr.isatty():
        print(f"\r{text}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif label != _logged.get("label") or done == total or time.monotonic() - float(_logged["at"]) >= _LOG_EVERY:
        _logged.update(label=label, at=time.monotonic())
        print(text, file=sys.stderr, flush=True)


def read_options(ctx: Context, given: Namespace, target: str) -> ReadOptions:
    """How the file is to be read: encoding, mapping or profile, as the options say."""
    from app.interchange.importing.profiles import find_profile, read_profile
    from app.interchange.importing.source import ReadOptions

    base = ReadOptions(encoding=given.encoding, force=given.force, fill_postal=getattr(given, "fill_postal", False))
    if given.mapping:
        return replace(read_profile(Path(given.mapping), target=target).options(base), profile="")
    if given.profile:
        return find_profile(ctx, target=target, name=given.profile).options(base)
    return base


def report_to(given: Namespace) -> ReportTo:
    """Where the report goes."""
    from app.interchange.importing.outcome import ReportTo

    return ReportTo(path=Path(given.report) if given.report else None)


def answer_import(done: ImportOutcome, *names: str) -> Answer:
    """What an import did, with the counts ``names``; 1 when rows were rejected."""
    answer: dict[str, Any] = {"read": done.read, **{name: getattr(done, name) for name in names}, "rejected": done.rejected}
    answer["report"] = str(done.report) if done.report else None
    answer["rejected_rows"] = str(done.rejected_rows) if done.rejected_rows else None
    answer["warnings"] = list(done.warnings)
    return answer, 1 if done.rejected else 0


def import_shelters(gateway: FolderGateway, given: Namespace) -> Answer:
    """``shelters import``."""
    from app.interchange.importing import run

    with signed_in(gateway, given) as session:
        open_at = (given.at or session.context.now()) if given.open else None
        done = run.import_shelters(
            session.context,
            path=Path(given.file),
            open_at=open_at,
            options=read_options(session.context, given, "shelters"),
            on_error=given.on_error,
            report=report_to(given),
        )
        return answer_import(done, "created", "updated", "unchanged", "review")


def import_headcounts(gateway: FolderGateway, given: Namespace) -> Answer:
    """``headcounts import``."""
    from app.interchange.importing import run

    with signed_in(gateway, given) as session:
        done = run.import_headcounts(
            session.context,
            path=Path(given.file),
            at=given.at,
            complete=given.complete,
            options=read_options(session.context, given, "headcounts"),
            on_error=given.on_error,
            report=report_to(given),
        )
        return answer_import(done, "created", "updated", "unchanged", "review")


def import_evacuees(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees import``."""
    from app.interchange.importing import run

    with signed_in(gateway, given) as session:
        shelter = shelters.find_shelter(session.context, name=given.shelter)
        done = run.import_evacuees(
            session.context,
            path=Path(given.file),
            shelter_id=shelter.id,
            at=given.at,
            site=given.site,
            make_site=given.make_site,
            options=read_options(session.context, given, "evacuees"),
            dry_run=given.dry_run,
            on_error=given.on_error,
            report=report_to(given),
        )
        answer, code = answer_import(done, "created", "updated", "unchanged", "review")
        return {**answer, "site": given.site or session.context.place.site_name}, code


def import_residents(gateway: FolderGateway, given: Namespace) -> Answer:
    """``residents import``: a list as it is; with ``--diff`` or history rows the residents of that day are put together.

    A file with history numbers but without dates is a list, unless a person turns out to have several rows in it.
    """
    from app.interchange.importing import rebuilding, run

    with signed_in(gateway, given) as session:
        ctx, paths = session.context, [Path(file) for file in given.files]
        options = read_options(ctx, given, "residents")
        told: dict[str, Any] = {
            "as_of": given.as_of, "known_at": given.known_at, "label": given.label, "options": options, "on_error": given.on_error,
            "report": report_to(given), "job": Job(show_progress),
        }  # fmt: skip
        rebuild = partial(rebuilding.rebuild_residents, ctx, full=paths, differences=[Path(file) for file in given.diff], **told)
        if given.diff or rebuilding.holds_history(ctx, paths, options=options):
            done: ImportOutcome = rebuild()
        else:
            try:
                done = run.import_residents(ctx, paths=paths, **told)
            except RuleViolation as fault:
                if fault.code != "import.history_found":
                    raise
                done = rebuild()
        assert done.snapshot is not None
        found = read_report(ctx, snapshot_id=done.snapshot.id)
    answer, code = answer_import(done)
    snapshot = done.snapshot
    return {
        "snapshot": snapshot.id,
        "read": done.read,
        "imported": snapshot.residents,
        "rejected": done.rejected,
        "households": snapshot.households,
        "warnings": answer["warnings"],
        "report": answer["report"],
        "rejected_rows": answer["rejected_rows"],
        "sha256": snapshot.sha256,
        "findings": dict(found.findings),
        "census": census_object(found.census),
    }, code
