"""A municipality's gaiji: a table (code, substitute, picture, description) or a folder of pictures named by their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.domain.characters import check_substitute, is_plain, parse_code
from app.domain.errors import EnvironmentFault, RuleViolation, SasaeError
from app.interchange.importing.outcome import ImportOutcome, ReportTo, shown_warnings, write_outputs
from app.interchange.importing.report import Issue
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.printing.pictures import read_picture
from app.usecases.characters import CharacterEntry, register_many
from app.usecases.context import Context

PICTURE_ENDINGS = (".png", ".bmp")
_BESIDE = ReportTo()


def read_table(path: Path, *, options: ReadOptions = DEFAULTS) -> ReadResult:
    """Read a table of gaiji; each entry is a ``CharacterEntry`` under ``entry``. Pictures are looked for beside the table.

    A row with an unreadable code, an unusable substitute, a picture that is missing or damaged, or nothing but the code is rejected with
    line and column; so is the second row of a code. Raises as ``open_source``.
    """
    from app.usecases.plans import Entry

    result = open_source(path, "characters", options=options)
    seen: dict[str, int] = {}
    for line, cells in each_row(result):
        entry = _read_row(result, line, cells, Path(path).parent)
        if entry is None:
            continue
        if entry.text in seen:
            heading = result.heading("code")
            result.reject(line, "import.duplicate_id", column=heading, value=entry.text, id=entry.text, first=seen[entry.text])
            continue
        seen[entry.text] = line
        result.entries.append(Entry(line=line, values={"entry": entry}))
    return result


def _read_row(result: ReadResult, line: int, cells: Sequence[str], folder: Path) -> CharacterEntry | None:
    given = {key: result.headers.take(key, cells) for key in ("code", "substitute", "picture", "description")}
    if not given["code"]:
        result.reject(line, "import.value_missing", column=result.heading("code"))
        return None
    key = "code"
    try:
        text = parse_code(given["code"])
        if is_plain(text):
            raise RuleViolation("character.plain", text=text)
        key = "substitute"
        substitute = check_substitute(text, given["substitute"])
        key = "picture"
        picture = _picture(folder, given["picture"]) if given["picture"] else ""
    except SasaeError as fault:
        params = {name: value for name, value in fault.params.items() if name not in ("field", "line", "column", "value", "path")}
        result.reject(line, fault.code, column=result.heading(key), value=given[key], **params)
        return None
    if not (substitute or picture or given["description"]):
        result.reject(line, "character.nothing_given", column=result.heading("substitute"))
        return None
    return CharacterEntry(text=text, substitute=substitute, picture=picture, description=given["description"])


def _picture(folder: Path, name: str) -> str:
    """The picture named in a table: a plain file name beside the table or in a folder below it."""
    path = folder / name.replace("\\", "/")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise RuleViolation("character.picture_elsewhere", field="picture", name=name)
    try:
        return read_picture(path)
    except OSError:
        raise RuleViolation("character.picture_missing", field="picture", name=name) from None


def import_table(
    ctx: Context, *, path: Path, options: ReadOptions = DEFAULTS, on_error: str = "reject", report: ReportTo = _BESIDE
) -> ImportOutcome:
    """Read a table and register its good rows in one act. ``stop``: RuleViolation ``import.stopped`` when any row is wrong."""
    ctx.require("residents")
    result = read_table(path, options=options)
    issues = result.issues
    if result.rejected and on_error == "stop":
        written = write_outputs([result], issues, to=report, now=ctx.now())
        raise RuleViolation("import.stopped", path=str(path), count=len(result.rejected), report=str(written.report or ""))
    entries = [entry.values["entry"] for entry in result.entries]
    done, changes = register_many(ctx, entries=entries)
    written = write_outputs([result], issues, to=report, now=ctx.now())
    told = [*issues, *([written.problem] if written.problem else [])]
    return _outcome(result.read, len(result.rejected), done, changes, told, report=written.report, rejected_rows=written.rejected)


def import_pictures(ctx: Context, *, folder: Path) -> ImportOutcome:
    """Register every PNG or BMP of a folder whose name is a code (``E000.png``, ``U+845B_E0100.bmp``). Others are told and left.

    EnvironmentFault ``import.file_missing`` when the folder is not there; RuleViolation ``character.no_pictures`` when it holds none.
    """
    ctx.require("residents")
    if not folder.is_dir():
        raise EnvironmentFault("import.file_missing", path=str(folder))
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_ENDINGS)
    if not files:
        raise RuleViolation("character.no_pictures", path=str(folder))
    entries: dict[str, CharacterEntry] = {}
    issues: list[Issue] = []
    for path in files:
        try:
            text = parse_code(path.stem)
            if is_plain(text):
                raise RuleViolation("character.plain", text=text)
            entries[text] = CharacterEntry(text=text, picture=read_picture(path))
        except (SasaeError, OSError) as fault:
            code = fault.code if isinstance(fault, SasaeError) else "character.picture_missing"
            issues.append(Issue(None, None, path.name, "warning", "character.file_refused", {"name": path.name, "reason_code": code}))
    done, changes = register_many(ctx, entries=list(entries.values()))
    return _outcome(len(files), len(issues), done, changes, issues)


def _outcome(
    read: int, rejected: int, done: Any, changes: Mapping[str, frozenset[str]], issues: list[Issue], **paths: Any
) -> ImportOutcome:
    return ImportOutcome(
        read=read, created=done.created, updated=done.updated, unchanged=done.unchanged, rejected=rejected, changes=changes,
        warnings=shown_warnings(issues), warning_count=len(issues), **paths,
    )  # fmt: skip
