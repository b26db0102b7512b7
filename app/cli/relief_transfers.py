"""The verbs of ``relief`` for bank transfers and their results. ``zengin-check`` and the profiles need neither data folder nor sign-in."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.cli.relief_profiles import PROFILE_VERBS, add_profile_verbs
from app.domain.errors import SasaeError, UsageFault
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.context import Context
    from app.usecases.transfer_rows import KanaChange, Taken

_ACTS = ("again", "allow", "refuse", "discard", "hand-over", "compare", "list", "sheet", "names")
_RESULT_ACTS = ("set", "recall", "list")


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    transfer = make.verb("transfer")
    transfer.add_argument("words", nargs="+", metavar="BATCH")
    for name, value in (("profile", "P"), ("date", "D"), ("out", "FILE"), ("sheet", "FILE"), ("reason", "TEXT")):
        transfer.add_argument(f"--{name}", default="", metavar=value, help=HELP[f"relief.transfer.{name}"])
    transfer.add_argument("--no-sheet", action="store_true", help=HELP["relief.transfer.no_sheet"])
    results = make.verb("results")
    results.add_argument("words", nargs="+", metavar="FILE")
    for name, value in (("batch", "NUMBER"), ("profile", "P"), ("date", "D"), ("failed", "REASON"), ("reason", "TEXT"), ("out", "FILE")):
        results.add_argument(f"--{name}", default="", metavar=value, help=HELP[f"relief.results.{name}"])
    results.add_argument("--paid", action="store_true", help=HELP["relief.results.paid"])
    compare = make.verb("reconcile")
    compare.add_argument("batch", metavar="BATCH")
    compare.add_argument("--statement", default="", metavar="YEN", help=HELP["relief.reconcile.statement"])
    compare.add_argument("--fee", default="0", metavar="YEN", help=HELP["relief.reconcile.fee"])
    compare.add_argument("--date", default="", metavar="D", help=HELP["relief.reconcile.date"])
    compare.add_argument("--explanation", default="", metavar="TEXT", help=HELP["relief.reconcile.explanation"])
    check = make.verb("zengin-check")
    check.add_argument("file", metavar="FILE")
    check.add_argument("--all", action="store_true", help=HELP["relief.zengin-check.all"])
    add_profile_verbs(make)


# -- files -------------------------------------------------------------------------------------------------


def _transfer(gateway: FolderGateway, given: Namespace) -> Answer:
    """``relief transfer BATCH …`` and its acts, which stand where the number would."""
    from app.cli.signing import signed_in

    act, rest = _act(given.words, _ACTS)
    with signed_in(gateway, given) as session:
        if act == "list":
            return _list(session.context, rest)
        if act == "compare":
            return _compare(session.context, rest)
        if act == "hand-over" and len(rest) > 1:
            _refuse_others(session.context, rest)
            rest = rest[:1]
        if len(rest) != 1:
            raise UsageFault("transfer.which", known=", ".join(_ACTS))
        return _TRANSFERS[act](session.context, rest[0], given, session.folder)


def _act(words: Sequence[str], acts: Sequence[str]) -> tuple[str, list[str]]:
    return (words[0], list(words[1:])) if words[0] in acts else ("", list(words))


def _write(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.cli.imports import show_progress
    from app.presentation.messages import message
    from app.usecases.batches import find_batch
    from app.usecases.job import Job
    from app.usecases.transfers import write_transfer

    if not given.out:
        raise UsageFault("cli.out_missing")
    batch = find_batch(ctx, number=number)
    done = write_transfer(
        ctx, batch_id=batch, profile=given.profile, transfer_on=given.date, out=Path(given.out), job=Job(show_progress)
    )  # fmt: skip
    answer: dict[str, Any] = {
        "batch": done.batch_number, "count": done.count, "total": done.total, "sha256": done.sha256, "transfer_on": done.transfer_on,
        "profile": done.profile, "again": done.again,
        "files": [
            {"file": str(one.path), "id": one.id, "count": one.count, "total": one.total, "bytes": one.bytes, "sha256": one.sha256}
            for one in done.files
        ],
        "changes": [_change(one) for one in done.names], "warnings": [message(code, **params) for code, params in done.warnings],
    }  # fmt: skip
    if not given.no_sheet:
        answer.update(
            _sheet_beside(ctx, batch, Path(given.sheet) if given.sheet else _sheet_path(done.files[0].path, len(done.files)), folder)
        )
    return answer, 0


def _sheet_path(file: Path, parts: int) -> Path:
    from app.presentation.words_transfers import SHEET_ENDING

    stem = file.stem if parts == 1 else file.stem.rpartition("_")[0] or file.stem
    return file.with_name(f"{stem}{SHEET_ENDING}.pdf")


def _sheet_beside(ctx: Context, batch_id: str, out: Path, folder: Path) -> dict[str, Any]:
    """The transmittal beside the file. The file is written and noted: what goes wrong here is told and leaves it."""
    from app.interchange.exporting.transfer import print_transmittal
    from app.presentation.messages import message

    try:
        print_transmittal(ctx, batch_id=batch_id, out=out, folder=folder)
    except SasaeError as fault:
        return {"sheet": None, "sheet_problem": message(fault)}
    return {"sheet": str(out)}


def _change(one: KanaChange) -> dict[str, Any]:
    from app.presentation.words_transfers import change_words

    return {
        "line": one.line, "number": one.number, "before": one.before, "after": one.after, "cut": one.cut, "notable": one.notable,
        "what": change_words(one),
    }  # fmt: skip


def _names(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.presentation.messages import message
    from app.usecases.batches import find_batch
    from app.usecases.transfers import preview_names

    made = preview_names(ctx, batch_id=find_batch(ctx, number=number), profile=given.profile)
    answer: dict[str, Any] = {
        "count": len(made.names), "changes": [_change(one) for one in made.names],
        "warnings": [message(code, **params) for code, params in made.warnings],
    }  # fmt: skip
    if given.out:
        from app.interchange.exporting.transfer import write_names

        write_names(ctx, rows=made.names, out=Path(given.out), folder=folder)
        answer["file"] = given.out
    return answer, 0


def _sheet(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.cli.imports import show_progress
    from app.interchange.exporting.transfer import print_transmittal, write_lines
    from app.usecases.batches import find_batch
    from app.usecases.job import Job

    if not given.out:
        raise UsageFault("cli.out_missing")
    batch, out = find_batch(ctx, number=number), Path(given.out)
    if out.suffix.lower() != ".pdf":
        lines = write_lines(ctx, batch_id=batch, out=out, folder=folder, job=Job(show_progress))
        return {"file": given.out, "count": lines.rows}, 0
    done = print_transmittal(ctx, batch_id=batch, out=out, folder=folder, job=Job(show_progress))
    return {
        "file": given.out, "number": done.number, "count": done.count, "total": done.total, "pages": done.pages, "problems": list(done.problems),
    }, 0  # fmt: skip


def _list(ctx: Context, rest: Sequence[str]) -> Answer:
    from dataclasses import asdict

    from app.cli.outputs import moment
    from app.usecases.batches import find_batch
    from app.usecases.transfers import list_files, list_waiting

    batch = find_batch(ctx, number=rest[0]) if rest else ""
    moments = ("approved_at", "written_at", "handed_at")

    def tell(row: Any) -> dict[str, Any]:
        return {key: moment(value) if key in moments else value for key, value in asdict(row).items() if key not in ("version", "batch_id")}

    waiting = [tell(row) for row in list_waiting(ctx) if not batch or row.id == batch]
    return {"batches": waiting, "files": [tell(row) for row in list_files(ctx, batch_id=batch)]}, 0


def _again(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.usecases.transfers import ask_again

    return _step(ctx, number, lambda batch: ask_again(ctx, batch_id=batch, reason=given.reason))


def _allow(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.usecases.transfers import allow_again

    return _step(ctx, number, lambda batch: allow_again(ctx, batch_id=batch))


def _refuse(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.usecases.transfers import refuse_again

    return _step(ctx, number, lambda batch: refuse_again(ctx, batch_id=batch, reason=given.reason))


def _discard(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.usecases.transfers import discard_files

    return _step(ctx, number, lambda batch: discard_files(ctx, batch_id=batch, reason=given.reason))


def _hand_over(ctx: Context, number: str, given: Namespace, folder: Path) -> Answer:
    from app.cli.imports import show_progress
    from app.domain.errors import RuleViolation
    from app.usecases.job import Job
    from app.usecases.transfers import hand_over, list_files

    def act(batch: str) -> object:
        files = [one.id for one in list_files(ctx, batch_id=batch) if one.state == "written"]
        if not files:
            raise RuleViolation("transfer.nothing_to_hand", number=number)
        return hand_over(ctx, file_ids=files, job=Job(show_progress))

    return _step(ctx, number, act)


def _compare(ctx: Context, rest: Sequence[str]) -> Answer:
    """Files in hand beside those of the batch; 1 when one of them is another."""
    from app.usecases.batches import find_batch, open_batch
    from app.usecases.transfer_files import compare_files

    if len(rest) < 2:
        raise UsageFault("transfer.which_files")
    batch = find_batch(ctx, number=rest[0])
    held = compare_files(ctx, batch_id=batch, paths=[Path(one) for one in rest[1:]])
    told = [
        {"file": str(one.path), "matches": one.matches, "part": one.part, "parts": one.parts, "name": one.name, "state": one.state, "sha256": one.sha256}
        for one in held
    ]  # fmt: skip
    same = all(one.matches for one in held)
    return {"batch": open_batch(ctx, batch_id=batch).batch.number, "same": same, "compared": told}, 0 if same else 1


def _refuse_others(ctx: Context, rest: Sequence[str]) -> None:
    from app.usecases.batches import find_batch
    from app.usecases.transfer_files import refuse_other_files

    refuse_other_files(ctx, batch_id=find_batch(ctx, number=rest[0]), paths=[Path(one) for one in rest[1:]])


def _step(ctx: Context, number: str, act: Callable[[str], object]) -> Answer:
    """One act on a batch, and what comes next."""
    from app.usecases.batches import find_batch
    from app.usecases.transfers import list_waiting

    batch = find_batch(ctx, number=number)
    act(batch)
    row = next(one for one in list_waiting(ctx) if one.id == batch)
    return {"batch": row.number, "state": row.state, "next": row.next_step}, 0


_TRANSFERS: Mapping[str, Callable[[Context, str, Namespace, Path], Answer]] = {
    "": _write, "again": _again, "allow": _allow, "refuse": _refuse, "discard": _discard, "hand-over": _hand_over, "sheet": _sheet, "names": _names,
}  # fmt: skip


# -- results -----------------------------------------------------------------------------------------------


def _results(gateway: FolderGateway, given: Namespace) -> Answer:
    """``relief results FILE …`` and its acts."""
    from app.cli.signing import signed_in

    act, rest = _act(given.words, _RESULT_ACTS)
    with signed_in(gateway, given) as session:
        if act == "list":
            return _unpaid(session.context, given, session.folder)
        if len(rest) != 1:
            raise UsageFault("transfer.which_result", known=", ".join(_RESULT_ACTS))
        return {"": _take, "set": _set, "recall": _recall}[act](session.context, rest[0], given)


def _take(ctx: Context, file: str, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.interchange.importing.transfer_results import import_results
    from app.usecases.job import Job

    done = import_results(
        ctx, path=file, batch=given.batch, profile=given.profile, paid_on=given.date, job=Job(show_progress)
    )  # fmt: skip
    return _taken(done)


def _taken(done: Taken) -> Answer:
    from app.presentation.messages import message
    from app.presentation.words_transfers import answer_words

    problems = [{"line": one.line, "code": one.code, "message": answer_words(one)} for one in done.problems]
    warnings = [{"code": code, "message": message(code, **params)} for code, params in done.warnings]
    return {
        "batch": done.batch_number, "paid": done.paid, "paid_total": done.paid_total, "failed": done.failed, "failed_total": done.failed_total,
        "unchanged": done.unchanged, "open": done.open, "settled": done.settled, "problems": problems, "warnings": warnings,
    }, 1 if problems else 0  # fmt: skip


def _set(ctx: Context, number: str, given: Namespace) -> Answer:
    from app.domain.payments import FAILURES
    from app.interchange.importing.transfer_results import read_failure
    from app.usecases.batches import find_payment
    from app.usecases.transfer_results import set_result

    if given.paid == bool(given.failed):
        raise UsageFault("transfer.paid_or_failed")
    failure = given.failed if given.failed in FAILURES else read_failure(given.failed)
    payment = find_payment(ctx, number=number)
    return _taken(set_result(ctx, payment_id=payment, failure=failure, reason=given.reason, paid_on=given.date))


def _recall(ctx: Context, number: str, given: Namespace) -> Answer:
    from app.usecases.batches import find_payment
    from app.usecases.transfer_results import recall_payment

    payment = find_payment(ctx, number=number)
    recall_payment(ctx, payment_id=payment, reason=given.reason, recalled_on=given.date)
    return {"payment": number, "state": "recalled"}, 0


def _unpaid(ctx: Context, given: Namespace, folder: Path) -> Answer:
    from dataclasses import asdict

    from app.usecases.batches import find_batch
    from app.usecases.transfer_results import list_unpaid

    rows = list_unpaid(ctx, batch_id=find_batch(ctx, number=given.batch) if given.batch else "")
    if given.out:
        from app.interchange.exporting.transfer import write_unpaid

        write_unpaid(ctx, rows=rows, out=Path(given.out), folder=folder)
        return {"file": given.out, "count": len(rows)}, 0
    told = [{key: value for key, value in asdict(row).items() if key != "batch_id"} for row in rows]
    return {"count": len(rows), "total": sum(row.amount for row in rows), "unpaid": told}, 0


def _reconcile(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.domain.books import read_yen
    from app.usecases.batches import find_batch, open_batch
    from app.usecases.transfer_results import expected_on_statement, reconcile

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        batch = find_batch(ctx, number=given.batch)
        if not given.statement:
            expected = expected_on_statement(ctx, batch_id=batch)
            return {"batch": open_batch(ctx, batch_id=batch).batch.number, "expected": expected}, 0
        done = reconcile(
            ctx, batch_id=batch, day=given.date, statement=read_yen(given.statement, field="statement"), fee=read_yen(given.fee, field="fee"),
            explanation=given.explanation,
        )  # fmt: skip
        return {
            "batch": done.batch_number, "day": done.day, "statement": done.statement, "expected": done.expected, "difference": done.difference,
            "fee": done.fee,
        }, 0  # fmt: skip


# -- any file ----------------------------------------------------------------------------------------------


def _zengin_check(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.domain.zengin_problems import MOST_PROBLEMS
    from app.presentation.words_transfers import checked_words, field_words, problem_sentence
    from app.usecases.transfer_checking import check_file

    found = check_file(Path(given.file))
    shown = found.shown(MOST_PROBLEMS if given.all else 100)
    problems = [
        {
            "level": one.level, "line": one.line, "byte": one.byte, "record": one.record, "field": one.field,
            "field_name": field_words(one.record, one.field) if one.field else "", "code": one.code, "message": problem_sentence(one),
        }
        for one in shown
    ]  # fmt: skip
    return {
        "ok": found.ok, "errors": found.errors, "warnings": found.warnings, "records": found.records, "count": found.count, "total": found.total,
        "newline": found.newline, "final_newline": found.final_newline, "eof": found.eof, "message": checked_words(found), "problems": problems,
    }, 0 if found.ok else 1  # fmt: skip


VERBS: Mapping[str, ReliefVerb] = {
    "transfer": _transfer,
    "results": _results,
    "reconcile": _reconcile,
    "zengin-check": _zengin_check,
    **PROFILE_VERBS,
}
