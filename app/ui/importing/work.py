"""What the wizard does for each kind of file, away from the screen: look into it, check it whole, take it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from app.domain.errors import SasaeError
from app.domain.resident import SourceMark
from app.interchange.importing import run
from app.interchange.importing.accounts import prepare_accounts
from app.interchange.importing.mapping import HeaderMap, load_fields, map_headers
from app.interchange.importing.outcome import ImportOutcome, ReportTo, mostly_broken
from app.interchange.importing.profiles import Profile
from app.interchange.importing.reading import SourceTable, open_table
from app.interchange.importing.relief import prepare_casualties, prepare_claims
from app.interchange.importing.report import Issue
from app.interchange.importing.source import ReadOptions, recall_mapping, remember_mapping
from app.presentation.forms import importing as forms
from app.presentation.forms.spec import FormSpec
from app.presentation.words import FIELDS, WORDS
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import ACTIONS, PlanItem

PREVIEW_ROWS = 50


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of file. ``many``: several files at once."""

    key: str
    title: str
    right: str
    form: FormSpec
    hint: str
    many: bool = False


TARGETS: Mapping[str, Target] = {
    "shelters": Target(
        "shelters", "避難所の取り込み", "shelters", forms.SHELTERS, "国のオープンデータ（指定緊急避難場所一覧）や市区町村の一覧表"
    ),
    "headcounts": Target(
        "headcounts",
        "避難者数の取り込み",
        "headcount",
        forms.HEADCOUNTS,
        "開設避難所の一覧（人数・時点）。何日分でもまとめて選べます",
        many=True,
    ),
    "evacuees": Target("evacuees", "避難者名簿の取り込み", "register", forms.EVACUEES, "避難所で作った名簿の表（Excel・CSV）"),
    "buildings": Target(
        "buildings",
        "建物の一覧の取り込み",
        "survey",
        forms.BUILDINGS,
        "家屋課税台帳・応急危険度判定の一覧・倒壊家屋の一覧（CSV・Excel）。家屋番号か調査番号が同じ行は、登録済みの建物を直します",
    ),
    "survey_results": Target(
        "survey_results",
        "調査の結果の取り込み",
        "survey",
        forms.SURVEY_RESULTS,
        "ほかのシステムや応援の職員が作った調査結果の表（CSV・Excel）。部位別の程度か損害割合、または被害の程度が入ったもの",
    ),
    "accounts": Target(
        "accounts",
        "口座の一覧の取り込み",
        "claim",
        forms.ACCOUNTS,
        "対象番号か宛名番号と、金融機関・支店・口座番号・名義カナが入った表（CSV・Excel）。取り込んだ口座は、別の人の確認を待ちます",
    ),
    "claims": Target(
        "claims",
        "支援の申請の取り込み",
        "claim",
        forms.CLAIMS,
        "申請を受け付けた表（CSV・Excel）。対象番号・宛名番号・罹災証明書番号か氏名で世帯を探し、再建の方法・書類・申請の額などを取り込みます",
    ),
    "casualties": Target(
        "casualties",
        "人的被害の取り込み",
        "claim",
        forms.CASUALTIES,
        "亡くなった人・行方不明の人・負傷した人の表（CSV・Excel）。氏名と被害の種類が要ります。取り込んだ人は、別の人の確認を待ちます",
    ),
}
_SWAPPED = ("import.columns_swapped", "import.column_wrong")
_RECORDS = {
    "shelters": "shelter", "residents": "resident", "evacuees": "person", "headcounts": "headcount", "buildings": "building",
    "survey_results": "survey", "accounts": "entitlement", "claims": "claim", "casualties": "casualty",
}  # fmt: skip
_BESIDE = {"accounts": ("payee_account", "payee"), "claims": ("victim",), "headcounts": ("shelter",), "survey_results": ("building", "victim")}
"""Records whose words stand for fields that are not the target's own."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file; what is empty is found out."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 0

    def options(self, mapping: Mapping[str, str] | None = None) -> ReadOptions:
        """For the importers. What was remembered is in the mapping already, so nothing is recalled."""
        return ReadOptions(
            mapping=dict(mapping) if mapping else None,
            recall=lambda _: None,
            encoding=self.encoding or None,
            delimiter=self.delimiter or None,
            sheet=self.sheet or None,
            header_row=self.header_row or None,
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """A file as it looks: the table, its first rows, which column is which by itself, and which was chosen last time."""

    path: Path
    reading: Reading
    table: SourceTable
    rows: Sequence[Sequence[str]]
    automatic: HeaderMap
    remembered: Mapping[str, str]


def look_into(ctx: Context, *, target: str, path: Path, reading: Reading) -> Sample:
    """Open a file far enough to show it. Raises what ``open_table`` raises."""
    fields = load_fields(target)
    options = reading.options()
    table = open_table(
        path, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet, header_row=options.header_row, fields=fields,
        pad_short=True,
    )  # fmt: skip
    rows = [row.cells for row in islice(table.rows(), PREVIEW_ROWS)]
    remembered = recall_mapping(ctx, target)(table.header) or {}
    return Sample(path, reading, table, rows, map_headers(table.mappable, fields), remembered)


def choices_of(target: str) -> list[tuple[str, str]]:
    """``(field, word)`` a column may be, in order."""
    return [(spec.key, field_word(target, spec.key)) for spec in load_fields(target)]


def required_of(target: str) -> list[str]:
    """Fields without which nothing can be taken in."""
    return [spec.key for spec in load_fields(target) if spec.required]


def parts_of(target: str, keys: Sequence[str]) -> set[str]:
    """Fields that are put together from parts among these: a name from family name and given name."""
    return {spec.part_of for spec in load_fields(target) if spec.part_of and spec.key in keys}


def field_word(target: str, key: str) -> str:
    """The word for a field of a file: the official one where the program has it, else the usual heading."""
    if key.startswith("hazard_"):
        return f"災害種別：{WORDS['hazard'][key.removeprefix('hazard_')]}"
    records = (_RECORDS[target], *_BESIDE.get(target, ()))
    known = next((FIELDS[record][key] for record in records if key in FIELDS[record]), None)
    return known or next(spec.synonyms[0] for spec in load_fields(target) if spec.key == key)


def assigned(sample: Sample) -> dict[str, str]:
    """Heading → field as it starts: remembered where remembered, else by itself; empty for columns left out."""
    by_index = {index: key for key, index in sample.automatic.columns.items()}
    found = {heading: by_index.get(index, "") for index, heading in enumerate(sample.table.header) if heading}
    for heading, key in sample.remembered.items():
        if heading in found:
            found = {other: "" if used == key and key and other != heading else used for other, used in found.items()}
            found[heading] = key
    return found


def differing(sample: Sample, chosen: Mapping[str, str]) -> dict[str, str]:
    """The choices that differ from what would be found without them. A heading that tells a time keeps telling it."""
    by_index = {index: key for key, index in sample.automatic.columns.items()}
    automatic = {heading: by_index.get(index, "") for index, heading in enumerate(sample.table.header) if heading}
    return {heading: chosen[heading] for heading, key in automatic.items() if heading in chosen and chosen[heading] != key}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which column is which, for all files. A ``profile`` also says what codes mean; ``force`` takes columns that look swapped."""

    columns: Mapping[str, str]
    profile: Profile | None = None
    force: bool = False

    def options(self, sample: Sample) -> ReadOptions:
        """How to read one of the files."""
        base = replace(sample.reading.options(differing(sample, self.columns)), force=self.force)
        if self.profile is None:
            return base
        return replace(base, values=self.profile.values, dates=self.profile.dates, profile=self.profile.name)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row of the plan: which file, and the item."""

    file: int
    name: str
    item: PlanItem

    @property
    def id(self) -> tuple[int, int]:
        """Unique in the wizard."""
        return self.file, self.item.line


@dataclass(frozen=True, slots=True)
class FileIssue:
    """A problem and the file it is in."""

    name: str
    issue: Issue


@dataclass(slots=True)
class Checked:
    """All files read whole. Residents stream (``resident_work``): ``prepared`` is empty and ``sources`` tells their files in order."""

    read: int = 0
    errors: int = 0
    warnings: int = 0
    issues: list[FileIssue] = field(default_factory=list)
    prepared: list[run.Prepared] = field(default_factory=list)
    faults: list[FileIssue] = field(default_factory=list)
    sources: list[SourceMark] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether anything can be taken in."""
        return self.read > self.errors and not self.faults

    @property
    def swapped(self) -> bool:
        """Whether a file was refused because its columns seem to hold something else than they say."""
        return any(fault.issue.code in _SWAPPED for fault in self.faults)

    @property
    def broken(self) -> bool:
        """Whether most rows of a list of people are no good: the wrong columns, or the wrong file. The command line stops there too."""
        return any(one.target == "evacuees" and mostly_broken(one.rows.read, one.errors) for one in self.prepared)

    @property
    def complete(self) -> bool:
        """Whether the files look like lists of every open shelter."""
        return bool(self.prepared) and all(prepared.complete for prepared in self.prepared)

    def lines(self) -> list[PlanLine]:
        """Every row of every plan, and those that could not be read, in order of the files."""
        found: list[PlanLine] = []
        for number, prepared in enumerate(self.prepared):
            items = [*prepared.plan.items, *map(partial(_unread, prepared), prepared.rows.rejected)]
            name = prepared.rows.table.path.name
            found += [PlanLine(number, name, item) for item in sorted(items, key=lambda item: item.line)]
        return found

    def counts(self) -> dict[str, int]:
        """How many rows get each action; rows that could not be read are errors too."""
        total = dict.fromkeys(ACTIONS, 0)
        for prepared in self.prepared:
            for action, count in prepared.plan.counts().items():
                total[action] += count
            total["error"] += len(prepared.rows.rejected)
        return total


def _unread(prepared: run.Prepared, line: int) -> PlanItem:
    issue = prepared.rows.reason_issue(line)
    told = {"line": line, "column": issue.column, "value": issue.value, **issue.params} if issue else {}
    return PlanItem(line=line, action="error", code=prepared.rows.rejected[line], params=told)


def check(ctx: Context, *, target: str, samples: Sequence[Sample], choice: Choice, answers: Mapping[str, Any], job: Job) -> Checked:
    """Read every row of every file and plan; nothing is changed."""
    found = Checked()
    for sample in job.track(samples, "lists.checking"):
        try:
            prepared = _prepare(ctx, target, sample, choice, answers, job)
        except SasaeError as fault:
            found.faults.append(FileIssue(sample.path.name, as_issue(fault)))
            continue
        found.prepared.append(prepared)
        found.read += prepared.rows.read
        found.errors += prepared.errors
        found.issues += [FileIssue(sample.path.name, issue) for issue in prepared.issues]
    found.warnings = sum(entry.issue.severity == "warning" for entry in found.issues)
    return found


def as_issue(fault: SasaeError) -> Issue:
    params = {key: value for key, value in fault.params.items() if key not in ("line", "column", "value")}
    return Issue(fault.params.get("line"), fault.params.get("column"), "", "error", fault.code, params)


def _prepare(
    ctx: Context, target: str, sample: Sample, choice: Choice, answers: Mapping[str, Any], job: Job = QUIET
) -> run.Prepared:
    options = choice.options(sample)
    if target == "shelters":
        return run.prepare_shelters(ctx, path=sample.path, options=options)
    if target == "buildings":
        return run.prepare_buildings(ctx, path=sample.path, options=options, job=job)
    if target == "survey_results":
        checked, reason = bool(answers.get("checked")), str(answers.get("reason") or "")
        return run.prepare_survey_results(ctx, path=sample.path, checked=checked, reason=reason, options=options, job=job)
    if target == "accounts":
        return prepare_accounts(ctx, path=sample.path, options=options, job=job)
    if target == "claims":
        programme_id, round_id = answers["programme_id"], str(answers.get("round_id") or "")
        return prepare_claims(ctx, path=sample.path, programme_id=programme_id, round_id=round_id, options=options, job=job)
    if target == "casualties":
        return prepare_casualties(ctx, path=sample.path, options=options, job=job)
    if target == "headcounts":
        return run.prepare_headcounts(ctx, path=sample.path, at=answers.get("at"), complete=answers.get("complete"), options=options)
    return run.prepare_evacuees(
        ctx, path=sample.path, shelter_id=answers["shelter_id"], at=answers.get("at"), site=str(answers.get("site") or ""),
        make_site=bool(answers.get("make_site")), options=options,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the files. ``changes`` unites what all of them changed."""

    outcomes: tuple[ImportOutcome, ...]
    changes: Mapping[str, frozenset[str]]
    problem: SasaeError | None = None

    def total(self, name: str) -> int:
        """A number over all files."""
        return sum(getattr(outcome, name) for outcome in self.outcomes)


def apply(
    ctx: Context,
    *,
    target: str,
    samples: Sequence[Sample],
    checked: Checked,
    choice: Choice,
    answers: Mapping[str, Any],
    skipped: frozenset[tuple[int, int]],
    decisions: Mapping[tuple[int, int], str],
    folder: Path,
    job: Job,
) -> Done:
    """Take in what is ticked, each file in one transaction. Cancel between files keeps the files already taken in and says so."""
    report = ReportTo(folder=folder)
    outcomes: list[ImportOutcome] = []
    problem: SasaeError | None = None
    for number, prepared in enumerate(checked.prepared):
        try:
            job.report(number, len(checked.prepared), "lists.applying")
            # A file may register shelters that the next one mentions: what was planned first is planned again on top of that.
            current = _prepare(ctx, target, samples[number], choice, answers) if number else _decide_complete(prepared, answers)
            outcomes.append(
                run.apply_prepared(
                    ctx,
                    prepared=current,
                    open_at=answers.get("open_at"),
                    skip_lines=frozenset(line for file, line in skipped if file == number),
                    decisions={line: choice for (file, line), choice in decisions.items() if file == number},
                    report=report,
                    job=job,
                )
            )
        except SasaeError as fault:
            if not outcomes:
                raise
            problem = fault
            break
    if choice.profile is None:
        _remember(ctx, target, samples, choice.columns)
    return Done(tuple(outcomes), _unite(outcomes), problem)


def _decide_complete(prepared: run.Prepared, answers: Mapping[str, Any]) -> run.Prepared:
    """What a person said about a complete list wins over what the reader thought."""
    said = answers.get("complete")
    return prepared if said is None else replace(prepared, complete=bool(said))


def _remember(ctx: Context, target: str, samples: Sequence[Sample], chosen: Mapping[str, str]) -> None:
    """Keep the choices for the next file with these headings; going back to the automatic ones is kept too."""
    for sample in samples:
        mapping = differing(sample, chosen)
        if mapping != dict(sample.remembered):
            remember_mapping(ctx, target=target, header=sample.table.header, mapping=mapping)


def _unite(outcomes: Sequence[ImportOutcome]) -> dict[str, frozenset[str]]:
    united: dict[str, frozenset[str]] = {}
    for outcome in outcomes:
        for kind, ids in outcome.changes.items():
            united[kind] = united.get(kind, frozenset()) | ids
    return united
