"""Imports from file to store: read all, plan, apply in one transaction, tell. For the window in two steps, for scripts in one.

``prepare_*`` reads and plans without changing anything; ``apply_prepared`` does what is left ticked. ``import_*`` is both.
With ``on_error="stop"`` any error leaves everything as it was: RuleViolation ``import.stopped`` with the path of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from filecmp import cmp
from hashlib import file_digest
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NoReturn

from app.domain.errors import RuleViolation
from app.domain.folding import fold_kana, fold_name
from app.domain.governance import Site
from app.domain.protection import ProtectedPeople
from app.domain.resident import Finding, Snapshot, SourceMark
from app.interchange.importing import source as sources
from app.interchange.importing.buildings import column_of_building, read_buildings
from app.interchange.importing.evacuees import read_evacuees
from app.interchange.importing.headcounts import read_headcounts
from app.interchange.importing.outcome import (
    ImportOutcome,
    ReportTo,
    broken_params,
    mostly_broken,
    plan_issues,
    shown_warnings,
    tell_share,
    write_outputs,
)
from app.interchange.importing.report import Issue
from app.interchange.importing.residents import ResidentSource, open_residents
from app.interchange.importing.shaping import Values
from app.interchange.importing.shelters import read_shelters
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult
from app.interchange.importing.survey_results import column_of, part_words, read_survey_results
from app.presentation.messages import message
from app.usecases import (
    account_import,
    building_import,
    casualty_import,
    claim_import,
    evacuee_import,
    headcounts,
    paper_sites,
    shelters,
    survey_import,
    survey_import_apply,
)
from app.usecases.collecting import without_collector
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import Applied, Plan, PlanItem
from app.usecases.rebuild import count_findings
from app.usecases.residents import load_residents

OnError = Literal["reject", "stop"]
BESIDE = ReportTo()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A file read and planned. ``rows`` tells columns and problems, ``plan`` what would happen row by row."""

    target: Literal["shelters", "headcounts", "evacuees", "buildings", "survey_results", "accounts", "claims", "casualties"]
    rows: ReadResult
    plan: Plan
    mapping: Mapping[str, str] | None = None
    values: Values = field(default_factory=dict)
    dates: str = ""
    complete: bool = False
    shelter_id: str = ""
    at: datetime | None = None
    extra: tuple[Issue, ...] = field(default=())
    reason: str = ""
    site: Site | None = None

    @property
    def issues(self) -> list[Issue]:
        """Everything worth telling about file and plan, in order of lines."""
        found = [*self.rows.issues, *self.extra, *plan_issues(self.plan, self.rows)]
        return sorted(found, key=lambda issue: issue.line or 0)

    @property
    def errors(self) -> int:
        """Rows that cannot be taken."""
        planned = {item.line for item in self.plan.items}
        return len(self.rows.rejected.keys() - planned) + self.plan.counts()["error"]


def prepare_shelters(ctx: Context, *, path: Path, options: ReadOptions = DEFAULTS) -> Prepared:
    """What importing a list of shelters would do."""
    rows = read_shelters(path, options=recalling(ctx, options, "shelters"))
    return Prepared(target="shelters", rows=rows, plan=shelters.plan_import(ctx, entries=rows.entries), mapping=_own_mapping(options))


def prepare_headcounts(
    ctx: Context, *, path: Path, at: datetime | None = None, complete: bool | None = None, options: ReadOptions = DEFAULTS
) -> Prepared:
    """What importing head counts would do; ``at`` for a file that says no time, ``complete`` see ``read_headcounts``."""
    rows = read_headcounts(path, at=at, complete=complete, options=recalling(ctx, options, "headcounts"))
    whole = bool(rows.facts["complete"])
    plan = headcounts.plan_import(ctx, entries=rows.entries, complete=whole)
    return Prepared(target="headcounts", rows=rows, plan=plan, mapping=_own_mapping(options), complete=whole)


def prepare_evacuees(
    ctx: Context, *, path: Path, shelter_id: str, at: datetime | None = None, site: str = "", make_site: bool = False,
    options: ReadOptions = DEFAULTS,
) -> Prepared:  # fmt: skip
    """What importing a shelter's own list of people would do; ``at`` (default now) is when those without a time of arrival came.

    ``site``: the name of the site without a laptop whose roster it is; with ``make_site`` a new one. RuleViolation as ``paper_sites.find_site``.
    """
    moment = at or ctx.now()
    told_by = paper_sites.find_site(ctx, name=site, make=make_site) if site.strip() or make_site else None
    rows = read_evacuees(path, at=moment, options=recalling(ctx, options, "evacuees"))
    plan = evacuee_import.plan_import(ctx, entries=rows.entries, shelter_id=shelter_id, at=moment)
    warned = [*evacuee_import.check_target(ctx, shelter_id=shelter_id, at=moment), *(paper_sites.warn_site(ctx, told_by) if told_by else ())]
    extra = tuple(Issue(None, None, "", "warning", one.code, dict(one.params)) for one in warned)
    return Prepared(
        target="evacuees", rows=rows, plan=plan, mapping=_own_mapping(options), values=options.values, dates=options.dates,
        shelter_id=shelter_id, at=moment, extra=extra, site=told_by,
    )  # fmt: skip


def prepare_buildings(ctx: Context, *, path: Path, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> Prepared:
    """What importing a list of buildings would do."""
    rows = read_buildings(path, options=recalling(ctx, options, "buildings"), job=job)
    plan = building_import.plan_import(ctx, entries=rows.entries)
    _hide_protected(ctx, rows, plan)
    items = tuple(_with_column(rows, item, column_of_building) if item.code else item for item in plan.items)
    return Prepared(
        target="buildings", rows=rows, plan=Plan(items=items), mapping=_own_mapping(options), values=options.values, dates=options.dates, reason=path.name
    )


def prepare_survey_results(
    ctx: Context, *, path: Path, checked: bool = False, reason: str = "", options: ReadOptions = DEFAULTS, job: Job = QUIET
) -> Prepared:
    """What importing survey results would do. ``checked``: all of them count; then ``reason`` says who affirms that they were checked.

    RuleViolation ``survey.affirmation_missing``.
    """
    if checked and not reason.strip():
        raise RuleViolation("survey.affirmation_missing", field="reason")
    with without_collector():
        rows = read_survey_results(path, options=recalling(ctx, options, "survey_results"), job=job)
        plan = survey_import.plan_import(ctx, entries=rows.entries, checked=checked, job=job)
    _hide_protected(ctx, rows, plan)
    items = tuple(_with_column(rows, item, column_of) if item.code else item for item in plan.items)
    return Prepared(
        target="survey_results", rows=rows, plan=Plan(items=items), mapping=_own_mapping(options), values=options.values, dates=options.dates,
        reason=reason.strip() or path.name,
    )  # fmt: skip


def _hide_protected(ctx: Context, rows: ReadResult, plan: Plan) -> None:
    """Mark the rows that go out to be mended and name somebody who may be a protected person."""
    people = ctx.reads.protected()
    rows.protected |= {item.line for item in plan.items if item.code and _may_be_protected(people, item.values)}
    rows.protected |= {line for line in rows.rejected if (row := rows.cells.get(line)) and _may_be_protected(people, _told(rows, row.cells))}


def _told(rows: ReadResult, cells: Sequence[str]) -> dict[str, str]:
    """What stands in the cells of a row that could not be read, by column."""
    return {key: rows.headers.take(key, cells) for key in (*_NAMES, *_READINGS, "resident_no") if key in rows.headers.columns}


_NAMES, _READINGS = ("head_name", "owner_name"), ("head_kana", "owner_kana")


def _may_be_protected(people: ProtectedPeople, values: Mapping[str, Any]) -> bool:
    """Whether a row names somebody who may be a protected person: it is told of without what stands in it, whoever imports."""
    names = {fold_name(str(values.get(key, ""))) for key in _NAMES} | {fold_kana(str(values.get(key, ""))) for key in _READINGS}
    return bool(values.get("resident_no") in people.numbers or not people.names.isdisjoint(names - {""}))


def _with_column(rows: ReadResult, item: PlanItem, find: Callable[[ReadResult, str], tuple[str | None, str | None]]) -> PlanItem:
    """The item with the heading of the column that is wrong, and what stands there. Sentences name the heading, not the field."""
    field = str(item.params.get("field") or "")
    key, heading = find(rows, f"{field}#degree" if item.code == "survey.degree" else field)
    if heading:
        item = replace(item, params={**item.params, "field": heading})
        if item.code == "survey.unknown_part":
            known = part_words(str(item.params["known"]), str(item.values.get("structure", "wood")))
            item = replace(item, params={**item.params, "part": heading, "known": known})
    if item.line in rows.protected:
        return replace(item, label="", params={**item.params, "column": heading, "cell": ""})
    if key is None:
        return item
    row = rows.cells.get(item.line)
    params = {**item.params, "column": heading, "cell": rows.headers.take(key, row.cells) if row else ""}
    return replace(item, params=params)


def _own_mapping(options: ReadOptions) -> Mapping[str, str] | None:
    """The mapping to remember: not that of a profile, which has a name."""
    return None if options.profile else options.mapping


def recalling(ctx: Context, options: ReadOptions, target: str) -> ReadOptions:
    """The options with what was remembered for files of this kind."""
    options = options if options.municipality else replace(options, municipality=ctx.place.municipality_code)
    if options.recall or options.mapping:
        return options
    return replace(options, recall=sources.recall_mapping(ctx, target), recall_shape=sources.recall_shape(ctx, target))


def apply_prepared(
    ctx: Context,
    *,
    prepared: Prepared,
    open_at: datetime | None = None,
    skip_lines: frozenset[int] = frozenset(),
    decisions: Mapping[int, str] | None = None,
    on_error: OnError = "reject",
    report: ReportTo = BESIDE,
    dry_run: bool = False,
    job: Job = QUIET,
) -> ImportOutcome:
    """Do what was planned without ``skip_lines``, in one transaction. ``open_at`` opens imported shelters.

    ``decisions`` answers rows of evacuees in doubt: ``same`` or ``different``. With ``dry_run`` nothing is changed and the
    counts say what would be.
    """
    issues = [*tell_share(prepared.rows.read, prepared.errors), *prepared.issues]
    if on_error == "stop" and prepared.errors:
        _stop(ctx, [prepared.rows], issues, prepared, report)
    if dry_run:
        counts = prepared.plan.counts()
        done = Applied(created=counts["create"], updated=counts["update"], unchanged=counts["unchanged"], review=counts["review"])
    else:
        done = _apply(ctx, prepared, open_at, skip_lines, decisions or {}, job)
        if prepared.mapping:
            sources.remember_mapping(
                ctx, target=prepared.target, header=prepared.rows.table.header, mapping=dict(prepared.mapping), values=prepared.values,
                dates=prepared.dates,
            )  # fmt: skip
    settled = frozenset(decisions or {})
    _reject_planned(prepared, settled)
    written = write_outputs([prepared.rows], issues, to=report, now=ctx.now())
    told = [*issues, *([written.problem] if written.problem else [])]
    return ImportOutcome(
        read=prepared.rows.read, created=done.created, updated=done.updated, unchanged=done.unchanged, review=done.review,
        rejected=prepared.errors,
        report=written.report, rejected_rows=written.rejected, warnings=shown_warnings(told),
        warning_count=sum(issue.severity == "warning" for issue in told), changes=done.changes,
    )  # fmt: skip


def _apply(ctx: Context, prepared: Prepared, open_at: datetime | None, skip_lines: frozenset[int], decisions: Mapping[int, str], job: Job) -> Applied:
    if prepared.target == "shelters":
        return shelters.apply_import(ctx, plan=prepared.plan, open_at=open_at, skip_lines=skip_lines)
    source = prepared.rows.table.path.name
    if prepared.target == "buildings":
        return building_import.apply_import(ctx, plan=prepared.plan, skip_lines=skip_lines, source=source, job=job)
    if prepared.target == "accounts":
        return account_import.apply_import(ctx, plan=prepared.plan, skip_lines=skip_lines, source=source, job=job)
    if prepared.target in ("claims", "casualties"):
        take = claim_import.apply_import if prepared.target == "claims" else casualty_import.apply_import
        return take(ctx, plan=prepared.plan, skip_lines=skip_lines, source=source, job=job)
    if prepared.target == "survey_results":
        with without_collector():
            return survey_import_apply.apply_import(
                ctx, plan=prepared.plan, skip_lines=skip_lines, reason=prepared.reason, source=source, job=job
            )
    if prepared.target == "headcounts":
        done = headcounts.apply_import(ctx, plan=prepared.plan, complete=prepared.complete, skip_lines=skip_lines)
        return replace(done, review=prepared.plan.counts()["review"])
    return evacuee_import.apply_import(
        ctx,
        plan=prepared.plan,
        shelter_id=prepared.shelter_id,
        at=prepared.at,
        skip_lines=skip_lines,
        decisions=decisions,
        source=source,
        site=prepared.site,
    )


def _reject_planned(prepared: Prepared, settled: frozenset[int]) -> None:
    """Rows that the plan refused or doubts go out with the rejected ones, to be mended or looked at."""
    for item in prepared.plan.items:
        if item.action in ("error", "review") and item.line not in settled:
            prepared.rows.rejected.setdefault(item.line, item.code)


def _stop(ctx: Context, results: Sequence[ReadResult], issues: Sequence[Issue], prepared: Prepared | None, report: ReportTo) -> None:
    count = prepared.errors if prepared else sum(len(result.rejected) for result in results)
    if prepared:
        _reject_planned(prepared, frozenset())
    written = write_outputs(results, issues, to=report, now=ctx.now())
    path = str(results[0].table.path)
    raise RuleViolation("import.stopped", path=path, count=count, report=str(written.report or ""), rejected=str(written.rejected or ""))


def _refuse_broken(ctx: Context, results: Sequence[ReadResult], issues: Sequence[Issue], report: ReportTo) -> NoReturn:
    """More than half of the rows are no good: nothing is taken, the report tells why."""
    written = write_outputs(results, issues, to=report, now=ctx.now())
    raise RuleViolation("import.mostly_broken", **broken_params(results, written.report))


def _remember(ctx: Context, target: str, result: ReadResult, options: ReadOptions) -> None:
    if options.mapping:
        header, mapping = result.table.header, dict(options.mapping)
        sources.remember_mapping(ctx, target=target, header=header, mapping=mapping, values=options.values, dates=options.dates)


def import_shelters(
    ctx: Context, *, path: Path, open_at: datetime | None = None, options: ReadOptions = DEFAULTS, on_error: OnError = "reject",
    report: ReportTo = BESIDE,
) -> ImportOutcome:  # fmt: skip
    """Read, plan and apply a list of shelters."""
    prepared = prepare_shelters(ctx, path=path, options=options)
    return apply_prepared(ctx, prepared=prepared, open_at=open_at, on_error=on_error, report=report)


def import_headcounts(
    ctx: Context, *, path: Path, at: datetime | None = None, complete: bool | None = None, options: ReadOptions = DEFAULTS,
    on_error: OnError = "reject", report: ReportTo = BESIDE,
) -> ImportOutcome:  # fmt: skip
    """Read, plan and apply head counts."""
    prepared = prepare_headcounts(ctx, path=path, at=at, complete=complete, options=options)
    return apply_prepared(ctx, prepared=prepared, on_error=on_error, report=report)


def import_evacuees(
    ctx: Context, *, path: Path, shelter_id: str, at: datetime | None = None, site: str = "", make_site: bool = False,
    options: ReadOptions = DEFAULTS, dry_run: bool = False, on_error: OnError = "reject", report: ReportTo = BESIDE,
) -> ImportOutcome:  # fmt: skip
    """Read, plan and apply a shelter's own list; rows in doubt are left for a person."""
    prepared = prepare_evacuees(ctx, path=path, shelter_id=shelter_id, at=at, site=site, make_site=make_site, options=options)
    if not options.force and mostly_broken(prepared.rows.read, prepared.errors):
        _reject_planned(prepared, frozenset())
        _refuse_broken(ctx, [prepared.rows], prepared.issues, report)
    return apply_prepared(ctx, prepared=prepared, on_error=on_error, report=report, dry_run=dry_run)


def _last_steps(job: Job) -> Job:
    """What comes when every row is read; rows stored are rows read, and told already."""

    def tell(done: int, total: int | None, label: str) -> None:
        if label == "job.indexing_residents":
            job.report(done, total, label)

    return Job(tell)


class _Marks(Sequence[SourceMark]):
    """The files of a list with their hashes, worked out when they are asked for: how many rows they hold is known only then."""

    def __init__(self, source: ResidentSource) -> None:
        self._source = source

    def __len__(self) -> int:
        return len(self._source.results)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        result = self._source.results[at]
        with result.table.path.open("rb") as file:
            return SourceMark(result.table.path.name, "list", file_digest(file, "sha256").hexdigest(), result.read)


def _each_once(paths: Iterable[Path]) -> tuple[list[Path], list[Finding]]:
    """The files without those whose content an earlier one has, and a finding for each of these."""
    once: list[Path] = []
    twice = []
    for path in paths:
        same = next((other for other in once if _is_same(path, other)), None)
        if same is None:
            once.append(path)
        else:
            twice.append(Finding("rebuild.same_file_twice", file=path.name, old=same.name, new=path.name))
    return once, twice


def _is_same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes. What cannot be read is said by the reader."""
    try:
        return one.stat().st_size == other.stat().st_size and cmp(one, other, shallow=False)
    except OSError:
        return False


def import_residents(
    ctx: Context, *, paths: Iterable[Path], as_of: datetime, known_at: datetime | None = None, label: str = "",
    options: ReadOptions = DEFAULTS,
    on_error: OnError = "reject", report: ReportTo = BESIDE, job: Job = QUIET,
) -> ImportOutcome:  # fmt: skip
    """Load one or more files of residents as one new snapshot; ``created`` are the residents in it.

    A file given twice is read once and told. A file that cannot be read, or not one usable row (RuleViolation
    ``import.nothing_usable``), leaves no snapshot behind.
    """
    ctx.require("residents")
    once, twice = _each_once(paths)
    source = open_residents(once, options=recalling(ctx, options, "residents"), stop_on_error=on_error == "stop")
    try:
        snapshot, changes = load_residents(
            ctx,
            batches=source.batches(job),
            as_of=as_of,
            known_at=known_at,
            label=label,
            files=source.files,
            job=_last_steps(job),  # until then the reader reports and hears Cancel: it knows how much there is
            findings=chain(twice, source.households.findings()),
            sources=_Marks(source),
        )
    except RuleViolation as fault:
        if fault.code == "import.stopped":
            _stop(ctx, source.results, _issues(source), None, report)
        if fault.code == "import.mostly_broken":
            _refuse_broken(ctx, source.results, _issues(source), report)
        if fault.code == "residents.nothing_to_load":
            written = write_outputs(source.results, _issues(source), to=report, now=ctx.now())
            path = str(source.results[0].table.path)
            raise RuleViolation("import.nothing_usable", path=path, count=source.read, report=str(written.report or "")) from fault
        raise
    remember(ctx, source.results, options)
    counts = count_findings(ctx, snapshot_id=snapshot.id)
    issues = [*tell_share(source.read, source.rejected), *_issues(source), *tell_findings(twice, counts)]
    return _tell_residents(ctx, source, issues, snapshot, changes, report)


def _tell_residents(
    ctx: Context, source: ResidentSource, issues: Sequence[Issue], snapshot: Snapshot, changes: Changes, report: ReportTo
) -> ImportOutcome:
    written = write_outputs(source.results, issues, to=report, now=ctx.now())
    told = [*issues, *([written.problem] if written.problem else [])]
    return ImportOutcome(
        read=source.read, created=source.accepted, rejected=source.rejected, report=written.report,
        rejected_rows=written.rejected,
        warnings=shown_warnings(told),
        warning_count=sum(result.report.warnings for result in source.results), changes=changes,
        snapshot=snapshot,
    )  # fmt: skip


def remember(ctx: Context, results: Sequence[ReadResult], options: ReadOptions) -> None:
    """Keep a mapping given for files of residents, unless it came from a profile."""
    if options.mapping and not options.profile:
        for result in results:
            _remember(ctx, "residents", result, options)


def tell_findings(files: Sequence[Finding], counts: Mapping[str, int]) -> list[Issue]:
    """Findings about files as sentences, those about people as numbers by their titles: the report beside a file is not encrypted."""
    told = []
    for one in files:
        params = {key: value for key, value in one._asdict().items() if key not in ("code", "line")}
        told.append(Issue(None, None, one.file, "warning", one.code, params))
    named = {one.code for one in files}
    for code, count in counts.items():
        if code not in named:
            told.append(Issue(None, None, "", "warning", "rebuild.counted", {"title": message(f"{code}.title"), "count": count}))
    return told


def _issues(source: ResidentSource) -> list[Issue]:
    return [issue for result in source.results for issue in result.issues]


def describe(prepared: Prepared) -> dict[str, Any]:
    """Facts of the file for a preview: what it is, which column is which, what was not understood."""
    rows = prepared.rows
    return {
        "path": rows.table.path, "format": rows.table.format, "encoding": rows.table.encoding, "delimiter": rows.table.delimiter,
        "sheet": rows.table.sheet, "header_line": rows.table.header_line, "columns": rows.columns, "unknown": rows.headers.unknown,
        "duplicates": rows.headers.duplicates, "read": rows.read, "counts": prepared.plan.counts(), "complete": prepared.complete,
    }  # fmt: skip
