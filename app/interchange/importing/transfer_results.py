"""What a bank answers, as a file: its return file of 120-byte records by profile, or a table. Read whole, then taken by the use case."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import resources
from app.domain.bank_profile import BankProfile
from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.domain.identifiers import read_lettered
from app.domain.zengin import WIDTH, parse_return
from app.interchange.importing.buildings import read_single_day
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.interchange.importing.values import read_integer
from app.usecases.bank_profiles import find_profile
from app.usecases.batches import find_batch
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.transfer_results import take_results
from app.usecases.transfer_rows import AnswerProblem, BankAnswer, Taken

MOST_BYTES = 200_000_000
_RECORD = re.compile(rb"1[0-9]{2}[01]")
_UNSAID = "other"
_SUFFIXES = (".csv", ".xlsx", ".xls", ".tsv")


@dataclass(slots=True)
class ReadAnswers:
    """A file of answers as read. ``problems`` are rows that say nothing usable; ``sha256`` is of the whole file."""

    name: str
    sha256: str
    profile: str = ""
    answers: list[BankAnswer] = field(default_factory=list)
    problems: list[AnswerProblem] = field(default_factory=list)


def read_answers(path: Path | str, *, profile: BankProfile, options: ReadOptions = DEFAULTS) -> ReadAnswers:
    """Read a return file or a table, whichever it is.

    EnvironmentFault for a file that cannot be read; InputFault ``zengin.unreadable``, ``zengin.too_big``, ``transfer.result_blank`` (no result
    in any record: perhaps the file that was sent), ``transfer.result_columns``; what ``open_source`` raises for tables.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputFault("zengin.too_big", path=str(path), bytes=path.stat().st_size)
        data = path.read_bytes()
    except FileNotFoundError:
        raise EnvironmentFault("import.file_missing", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    found = ReadAnswers(name=path.name, sha256=hashlib.sha256(data).hexdigest())
    if path.suffix.lower() not in _SUFFIXES and _RECORD.match(data) and len(data) > WIDTH:
        found.profile = profile.id
        _take_records(data, found, profile, path)
    else:
        _take_rows(open_source(path, "transfer_results", options=options), found, path)
    return found


def import_results(
    ctx: Context,
    *,
    path: Path | str,
    batch: str = "",
    profile: str = "",
    paid_on: str = "",
    options: ReadOptions = DEFAULTS,
    job: Job = QUIET,
) -> Taken:
    """Read a file of answers and take it. ``batch``: its number, needed only when the file names no payment. Faults of both."""
    ctx.require("relief")
    found = read_answers(path, profile=find_profile(ctx, profile or "standard"), options=options)
    if not found.answers and found.problems:
        first = found.problems[0]
        raise InputFault(first.code, **{**first.params, "path": str(path)})
    done = take_results(
        ctx, answers=found.answers, name=found.name, sha256=found.sha256, profile=found.profile,
        batch_id=find_batch(ctx, number=batch) if batch else "", paid_on=paid_on, job=job,
    )  # fmt: skip
    return _with_problems(done, found)


def _with_problems(done: Taken, found: ReadAnswers) -> Taken:
    from dataclasses import replace

    problems = sorted((*found.problems, *done.problems), key=lambda one: one.line)
    return replace(done, problems=tuple(problems))


def _take_records(data: bytes, found: ReadAnswers, profile: BankProfile, path: Path) -> None:
    byte, codes = profile.result.byte, profile.result.codes
    lines = parse_return(data, byte=byte, path=str(path))
    if lines and all(one.sign == " " for one in lines) and " " not in codes:
        raise InputFault("transfer.result_blank", path=str(path), byte=byte)
    for one in lines:
        if one.sign not in codes:
            params = {"line": one.record, "text": one.sign, "byte": byte, "profile": profile.title or profile.id}
            found.problems.append(AnswerProblem(line=one.record, code="transfer.result_sign", params=params))
            continue
        found.answers.append(
            BankAnswer(
                line=one.record, code=one.customer if len(one.customer) == 20 else "", bank=one.bank, branch=one.branch, kind=one.account_kind,
                account=one.account_number, amount=one.amount, failure=codes[one.sign],
            )
        )  # fmt: skip


def _take_rows(result: ReadResult, found: ReadAnswers, path: Path) -> None:
    known = result.headers.columns
    if "result" not in known or not ({"number", "code", "account"} & set(known)):
        raise InputFault("transfer.result_columns", path=str(path))
    words = _words("results")
    kinds = _words("kinds")
    for line, cells in each_row(result):
        told = {key: text for key, index in known.items() if index < len(cells) and (text := cells[index].strip())}
        try:
            found.answers.append(_answer(line, told, words, kinds))
        except RuleViolation as fault:
            params = {key: value for key, value in fault.params.items() if key != "field"}
            found.problems.append(AnswerProblem(line=line, code=fault.code, params=params))


def _answer(line: int, told: Mapping[str, str], words: Mapping[str, str], kinds: Mapping[str, str]) -> BankAnswer:
    """A row of a table; RuleViolation ``transfer.result_word``, ``transfer.result_amount``, ``transfer.result_day``."""
    text = told.get("result", "")
    failure = words.get(_plain(text))
    if failure is None:
        raise RuleViolation("transfer.result_word", line=line, text=text)
    if failure == _UNSAID:  # the column beside it may say why
        failure = words.get(_plain(told.get("reason", ""))) or failure
    amount = read_integer(told["amount"]) if "amount" in told else None
    if "amount" in told and amount is None:
        raise RuleViolation("transfer.result_amount", line=line, text=told["amount"])
    day = read_single_day(told["paid_on"]) if "paid_on" in told else ""
    if "paid_on" in told and not day:
        raise RuleViolation("transfer.result_day", line=line, text=told["paid_on"])
    code = re.sub(r"\D", "", unicodedata.normalize("NFKC", told.get("code", "")))
    account = {key: unicodedata.normalize("NFKC", told.get(key, "")) for key in ("bank", "branch", "account")}
    kind = unicodedata.normalize("NFKC", told.get("kind", "1"))
    return BankAnswer(
        line=line, code=code.zfill(20) if code else "", number=_number(told.get("number", "")), bank=account["bank"].zfill(4),
        branch=account["branch"].zfill(3), kind=kinds.get(_plain(kind), kind), account=account["account"].zfill(7), amount=amount,
        failure=failure, reason=told.get("reason", ""), paid_on=day or "",
    )  # fmt: skip


def _number(text: str) -> str:
    """A payment's number as it is stored, however it was typed."""
    return read_lettered("S", text) or text


def _words(section: str) -> dict[str, str]:
    values: Mapping[str, Any] = resources.read_toml("import", "transfer_results.toml")[section]
    return {_plain(word): str(meaning) for word, meaning in values.items()}


def read_failure(text: str) -> str:
    """Why a payment was not made, by any of the words of a bank or a clerk; "" for what is none. RuleViolation ``transfer.failure_unknown``."""
    failure = _words("results").get(_plain(text))
    if not failure:
        raise RuleViolation("transfer.failure_unknown", field="failure", failure=text)
    return failure


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
