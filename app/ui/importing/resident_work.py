"""What the residents' wizard does away from the screen: tell what each file is, put them in order, check them, take them in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from app.domain.dates import parse_date
from app.domain.errors import Cancelled, SasaeError
from app.domain.resident import Finding, Snapshot, SourceMark
from app.interchange.importing import run
from app.interchange.importing.mapping import fold_header
from app.interchange.importing.outcome import ImportOutcome, ReportTo
from app.interchange.importing.profiles import Profile
from app.interchange.importing.report import Issue
from app.interchange.importing.residents import open_residents
from app.interchange.importing.source import ReadOptions
from app.ui.importing.work import Checked, FileIssue, Reading, Sample, as_issue, differing, look_into
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.rebuild import count_findings
from app.usecases.snapshot_paths import KnownFile, remember_paths

Role = Literal["list", "full", "difference"]
ROLE_WORDS: Mapping[Role, str] = {"list": "一覧", "full": "全件（履歴）", "difference": "異動"}
_HISTORY = {"history_no", "moved_on", "processed_on", "reason"}
_DIFFERENCE_NAMES = tuple(map(fold_header, ("異動", "差分", "更新分", "diff", "delta", "日次", "daily")))
_FULL_NAMES = tuple(map(fold_header, ("全件", "全部", "全住民", "full", "月次", "monthly")))
_LONG_SPAN = 45
"""More days than this between the notices of the first rows: no file of a day or two."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ResidentFile:
    """A file of residents as it was recognised. ``first``/``last``: 処理日 of its first rows, where it has such a column."""

    sample: Sample
    role: Role
    rows: int
    sha256: str
    first: date | None = None
    last: date | None = None

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.sample.path

    @property
    def history(self) -> bool:
        """Whether it has the columns of a history."""
        return is_history(self.sample)


def is_history(sample: Sample) -> bool:
    """Whether a file has a history: a 履歴番号, or two of 異動日, 処理日, 異動事由."""
    found = _HISTORY & sample.automatic.columns.keys()
    return "history_no" in found or len(found) >= 2


def recognise(ctx: Context, *, path: Path, reading: Reading) -> ResidentFile:
    """Look into a file and tell what it is. Raises what ``open_table`` raises."""
    sample = look_into(ctx, target="residents", path=path, reading=reading)
    first, last = _span(sample)
    return ResidentFile(sample, guess_role(sample, first, last), sample.table.estimate_rows(), hash_file(path), first, last)


def guess_role(sample: Sample, first: date | None, last: date | None) -> Role:
    """By its columns a list or a history; a history by its name, else by how many days its notices cover."""
    if not is_history(sample):
        return "list"
    name = fold_header(sample.path.stem)
    if any(word in name for word in _FULL_NAMES):  # first: a file of 住民異動 may well be all of it
        return "full"
    if any(word in name for word in _DIFFERENCE_NAMES):
        return "difference"
    return "difference" if first and last and (last - first).days <= _LONG_SPAN else "full"


def _span(sample: Sample) -> tuple[date | None, date | None]:
    at = sample.automatic.columns.get("processed_on")
    days: list[date] = []
    for cells in sample.rows:
        try:
            found = parse_date(cells[at], lenient=True).day if at is not None and at < len(cells) and cells[at].strip() else None
        except SasaeError:
            continue
        if found is not None:
            days.append(found)
    return (min(days), max(days)) if days else (None, None)


def hash_file(path: Path) -> str:
    """SHA-256 of a file, at disk speed."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def arrange(files: Sequence[ResidentFile]) -> list[ResidentFile]:
    """Lists and full dumps first, then differences by the day of their notices and their names; a copy, whose name is longer, last."""

    def rank(file: ResidentFile) -> tuple[int, date, int, str]:
        return (1, file.first or date.min, len(file.path.name), file.path.name) if file.role == "difference" else (0, date.min, 0, "")

    return sorted(files, key=rank)


def find_doubles(files: Sequence[ResidentFile]) -> dict[Path, str]:
    """Files whose content an earlier one has already: path → name of that one."""
    seen: dict[str, str] = {}
    doubles: dict[Path, str] = {}
    for file in files:
        if file.sha256 in seen:
            doubles[file.path] = seen[file.sha256]
        else:
            seen[file.sha256] = file.path.name
    return doubles


def judge_files(files: Sequence[ResidentFile]) -> list[str]:
    """What is wrong with the choice as a whole, as sentences; nothing when one can go on."""
    roles = [file.role for file in files]
    told = []
    if "list" in roles and len(set(roles)) > 1:
        told.append("一覧のファイルと、履歴のあるファイル（全件・異動）は一緒に取り込めません。どちらかを外してください。")
    if "difference" in roles and "full" not in roles and "list" not in roles:
        told.append("全件のファイルがありません。異動のファイルだけでは、異動のなかった人が分かりません。全件のファイルを加えてください。")
    told += [
        f"「{file.path.name}」には履歴の列がありません。種類を「一覧」にしてください。"
        for file in files
        if file.role != "list" and not file.history
    ]
    return told


@dataclass(frozen=True, slots=True)
class Choice:
    """Which column is which, for all files: by headings, or by a profile that also says what codes mean."""

    columns: Mapping[str, str]
    profile: Profile | None = None
    force: bool = False

    def options(self, samples: Sequence[Sample], sample: Sample) -> ReadOptions:
        """How to read one of the files."""
        base = replace(sample.reading.options(), encoding=sample.reading.encoding or None, force=self.force)
        if self.profile is not None:
            chosen = {heading: key for heading, key in self.columns.items() if heading in sample.table.header}
            return replace(
                base, mapping=chosen, values=self.profile.values, dates=self.profile.dates, profile=self.profile.name,
                encoding=base.encoding or self.profile.encoding or None,
            )  # fmt: skip
        mapping = {heading: key for one in samples for heading, key in differing(one, self.columns).items()}
        return replace(base, mapping=mapping or None)


@dataclass(slots=True)
class Asked:
    """Everything a run needs, as the steps have gathered it."""

    files: Sequence[ResidentFile] = ()
    as_of: datetime | None = None
    known_at: datetime | None = None
    label: str = ""
    choice: Choice = field(default_factory=lambda: Choice({}))

    @property
    def samples(self) -> list[Sample]:
        """The files as they look."""
        return [file.sample for file in self.files]

    def paths(self, role: Role) -> list[Path]:
        """The files of one kind."""
        return [file.path for file in self.files if file.role == role]

    def options(self) -> ReadOptions:
        """How all of them are read."""
        return self.choice.options(self.samples, self.samples[0])

    @property
    def rebuilds(self) -> bool:
        """Whether a state is put together from histories; else a list is taken as it is."""
        return any(file.role != "list" for file in self.files)


def check(ctx: Context, asked: Asked, job: Job) -> Checked:
    """Read every row, and of histories the sequence of the files; nothing is stored."""
    return _check_histories(ctx, asked, job) if asked.rebuilds else _check_list(asked, job)


def _check_histories(ctx: Context, asked: Asked, job: Job) -> Checked:
    from app.interchange.importing.history import HistoryMaterial
    from app.interchange.importing.rebuilding import inspect_files
    from app.interchange.importing.sequence import check_count

    found = Checked()
    assert asked.as_of is not None
    try:
        seen = inspect_files(
            ctx, full=asked.paths("full"), differences=asked.paths("difference"), as_of=asked.as_of, known_at=asked.known_at,
            options=asked.options(),
        )  # fmt: skip
        material = HistoryMaterial(list(seen.files), [])
        material.scan(job)
        told = [*seen.findings, *material.told, *(finding for file in material.files for finding in check_count(file))]
    except Cancelled:
        raise
    except SasaeError as fault:
        found.faults.append(FileIssue(Path(str(fault.params.get("path", ""))).name, as_issue(fault)))
        return found
    for finding in told:
        found.issues.append(FileIssue(finding.file, Issue(finding.line or None, None, "", "warning", finding.code, _params(finding))))
    for file in material.files:
        day = file.day.isoformat() if file.day else ""
        found.sources.append(SourceMark(file.name, file.role, file.sha256, file.result.read, day))
    for result in material.results:
        found.read += result.read
        found.errors += len(result.rejected)
        found.issues += [FileIssue(result.table.path.name, issue) for issue in result.issues]
    found.warnings = sum(entry.issue.severity == "warning" for entry in found.issues)
    return found


def _params(finding: Finding) -> dict[str, object]:
    return {name: value for name, value in finding._asdict().items() if name not in ("code", "line")}


def _check_list(asked: Asked, job: Job) -> Checked:
    """A file that cannot be read is among the faults."""
    found = Checked()
    for sample in asked.samples:
        try:
            source = open_residents([sample.path], options=asked.choice.options(asked.samples, sample))
            for _ in source.batches(job):
                pass
        except Cancelled:
            raise
        except SasaeError as fault:
            found.faults.append(FileIssue(sample.path.name, as_issue(fault)))
            continue
        found.sources.append(SourceMark(sample.path.name, "list", next(f.sha256 for f in asked.files if f.sample is sample), source.read))
        found.read += source.read
        found.errors += source.rejected
        found.warnings += sum(result.report.warnings for result in source.results)
        found.issues += [FileIssue(sample.path.name, issue) for result in source.results for issue in result.issues]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a run: the outcome, what was found by code, and the snapshot that was in use before, if there was one."""

    outcome: ImportOutcome
    findings: Mapping[str, int]
    previous: Snapshot | None

    @property
    def changes(self) -> Mapping[str, frozenset[str]]:
        """What it changed."""
        return self.outcome.changes

    @property
    def snapshot(self) -> Snapshot:
        """The new snapshot."""
        assert self.outcome.snapshot is not None
        return self.outcome.snapshot


def take_in(ctx: Context, asked: Asked, *, folder: Path, job: Job) -> Taken:
    """Load the files as one new snapshot, keep how they were read and where they lay. Cancel leaves nothing behind."""
    assert asked.as_of is not None
    previous = ctx.reads.residents.active()
    outcome = _load(ctx, asked, folder, job)
    assert outcome.snapshot is not None
    remember_paths(ctx, snapshot_id=outcome.snapshot.id, files=[KnownFile(file.path, file.role, file.sha256) for file in asked.files])
    counts = count_findings(ctx, snapshot_id=outcome.snapshot.id)
    return Taken(outcome=outcome, findings=counts, previous=previous)


def _load(ctx: Context, asked: Asked, folder: Path, job: Job) -> ImportOutcome:
    assert asked.as_of is not None
    options, report = asked.options(), ReportTo(folder=folder)
    if asked.rebuilds:
        from app.interchange.importing.rebuilding import rebuild_residents

        return rebuild_residents(
            ctx, full=asked.paths("full"), differences=asked.paths("difference"), as_of=asked.as_of, known_at=asked.known_at,
            label=asked.label, options=options, report=report, job=job,
        )  # fmt: skip
    return run.import_residents(
        ctx, paths=[file.path for file in asked.files], as_of=asked.as_of, known_at=asked.known_at, label=asked.label, options=options,
        report=report, job=job,
    )  # fmt: skip
