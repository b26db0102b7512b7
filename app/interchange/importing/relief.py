"""Lists of claims and of casualties (CSV, XLSX): read, and planned for ``apply_prepared``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.books import read_yen
from app.domain.errors import RuleViolation
from app.domain.folding import fold_kana, fold_name
from app.domain.identifiers import read_lettered
from app.domain.protection import ProtectedPeople
from app.domain.words import find_code
from app.interchange.importing.run import Prepared, recalling
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.interchange.importing.values import is_total, read_integer, read_yes_no
from app.usecases import casualty_import, claim_import
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import Entry, Plan, PlanItem

_SEPARATED = re.compile("[,;/\uff0c\u3001\uff0f\uff1b\n]+")
_CLAIM_TEXTS = ("resident_no", "certificate", "name", "birth", "claimed_on", "claimed_by", "reason", "note")
_CLAIM_MARKS = ("demolished", "evacuated_long", "dwelling_lost", "site_damaged", "head_injured", "goods_lost")
_CLAIM_YEN = ("income", "requested")
_CASUALTY_TEXTS = ("number", "name", "kana", "birth", "address", "district", "harmed_on", "resident_no", "document", "note")
_CASUALTY_WORDS = {"harm": "relief_harm", "sex": "sex"}


def read_claims(path: Path | str, *, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> ReadResult:
    """Read a list of claims. Entries have fields of ``domain.relief.Claim`` and those of ``claim_import.WHO``; blank cells give no value.

    A row that names nobody, or has an amount, number or word nobody can read, is rejected. Raises what ``open_source`` raises, and Cancelled.
    """
    return _read(path, "claims", options, job, _claim_values, ("number", "resident_no", "certificate", "name"))


def read_casualties(path: Path | str, *, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> ReadResult:
    """Read a list of casualties. Entries have fields of ``domain.relief.Casualty``; blank cells give no value.

    A row without a name or with a word for the harm that nobody knows is rejected. Raises what ``open_source`` raises, and Cancelled.
    """
    return _read(path, "casualties", options, job, _casualty_values, ("name", "number"))


def _read(path: Path | str, target: str, options: ReadOptions, job: Job, take: Any, who: tuple[str, ...]) -> ReadResult:
    result = open_source(path, target, options=options)
    columns = list(result.headers.columns.items())
    for line, cells in each_row(result):
        told = {key: text for key, index in columns if index < len(cells) and (text := cells[index].strip())}
        if not told or is_total(told.get("name", "")):
            continue
        if not any(told.get(key) for key in who):
            result.reject(line, "claim.nobody_named", column=result.heading(who[-1]))
            continue
        try:
            result.entries.append(Entry(line=line, values=take(told)))
        except RuleViolation as fault:
            key = fault.field or ""
            result.reject(line, fault.code, column=result.heading(key), value=told.get(key, ""), **fault.params)
        if not result.read % 1000:
            job.report(result.read, None, f"job.reading_{target}")
    return result


def _claim_values(told: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {key: told[key] for key in _CLAIM_TEXTS if key in told}
    if number := told.get("number"):
        values["number"] = read_lettered("T", number) or number.upper()
    if certificate := told.get("certificate"):
        values["certificate"] = unicodedata.normalize("NFKC", certificate).upper()
    for key in _CLAIM_YEN:
        if key in told:
            values[key] = read_yen(told[key], field=key)
    for key in _CLAIM_MARKS:
        if key in told:
            values[key] = _mark(told[key], key)
    if text := told.get("household_size"):
        values["household_size"] = read_integer(text)
        if values["household_size"] is None:
            raise RuleViolation("claim.size_unreadable", field="household_size", text=text[:40])
    if text := told.get("method"):
        values["method"] = _word("relief_method", text, "method")
    if text := told.get("documents"):
        values["documents"] = [one.strip() for one in _SEPARATED.split(text) if one.strip()]
    return values


def _casualty_values(told: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {key: told[key] for key in _CASUALTY_TEXTS if key in told}
    if number := told.get("number"):
        values["number"] = read_lettered("H", number) or number.upper()
    for key, group in _CASUALTY_WORDS.items():
        if key in told:
            values[key] = _word(group, told[key], key)
    if text := told.get("breadwinner"):
        values["breadwinner"] = None if find_code("yes_no", text) == "unasked" else _mark(text, "breadwinner")
    return values


def _mark(text: str, field: str) -> bool:
    found = read_yes_no(text)
    if found is None:
        raise RuleViolation("claim.mark_unreadable", field=field, text=text[:40])
    return found


def _word(group: str, text: str, field: str) -> str:
    code = find_code(group, text)
    if code is None:
        raise RuleViolation("claim.word_unreadable", field=field, text=text[:40])
    return code


# -- planned -----------------------------------------------------------------------------------------------


def prepare_claims(
    ctx: Context, *, path: Path, programme_id: str, round_id: str = "", options: ReadOptions = DEFAULTS, job: Job = QUIET
) -> Prepared:
    """What importing a list of claims of a programme would do."""
    rows = read_claims(path, options=recalling(ctx, options, "claims"), job=job)
    plan = claim_import.plan_import(ctx, entries=rows.entries, programme_id=programme_id, round_id=round_id, job=job)
    return _prepared(ctx, "claims", rows, plan, options, path)


def prepare_casualties(ctx: Context, *, path: Path, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> Prepared:
    """What importing a list of casualties would do."""
    rows = read_casualties(path, options=recalling(ctx, options, "casualties"), job=job)
    return _prepared(ctx, "casualties", rows, casualty_import.plan_import(ctx, entries=rows.entries, job=job), options, path)


def _prepared(ctx: Context, target: Any, rows: ReadResult, plan: Plan, options: ReadOptions, path: Path) -> Prepared:
    people = ctx.reads.protected()
    rows.protected |= {item.line for item in plan.items if item.code and _may_be_protected(people, item.values)}
    items = tuple(_with_column(rows, item) if item.code else item for item in plan.items)
    mapping = None if options.profile else options.mapping
    return Prepared(
        target=target, rows=rows, plan=Plan(items=items), mapping=mapping, values=options.values, dates=options.dates, reason=path.name
    )


def _may_be_protected(people: ProtectedPeople, values: Mapping[str, Any]) -> bool:
    """Whether a row names somebody who may be a protected person: it is told of without what stands in it, whoever imports."""
    names = {fold_name(str(values.get("name", ""))), fold_name(str(values.get("claimed_by", ""))), fold_kana(str(values.get("kana", "")))}
    return bool(values.get("resident_no") in people.numbers or not people.names.isdisjoint(names - {""}))


def _with_column(rows: ReadResult, item: PlanItem) -> PlanItem:
    """The item with the heading of the column that is wrong, and what stands there."""
    key = str(item.params.get("field") or "")
    if key not in rows.headers.columns:
        key = ""
    if item.line in rows.protected:
        return replace(item, label="", params={**item.params, "column": rows.heading(key) if key else None, "cell": "", "text": ""})
    if not key:
        return item
    row = rows.cells.get(item.line)
    cell = rows.headers.take(key, row.cells) if row else ""
    return replace(item, params={**item.params, "field": rows.heading(key), "column": rows.heading(key), "cell": cell})
