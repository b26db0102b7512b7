"""Lists of accounts (CSV, XLSX): read, and planned for ``apply_prepared``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.folding import fold_kana, fold_name
from app.domain.identifiers import read_lettered
from app.domain.protection import ProtectedPeople
from app.interchange.importing.report import Issue
from app.interchange.importing.run import Prepared, recalling
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.interchange.importing.values import is_total
from app.usecases import account_import
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import Entry, Plan, PlanItem

_COLUMNS = {"number": ("account_number", "number"), "bank": ("bank", "bank_name"), "branch": ("branch", "branch_name")}
"""Columns a field of an account may come from, the stronger first."""
_PLAIN = ("resident_no", "name", "kana", "role", "kind", "holder", "symbol", "symbol_no", "consent", "reason", "note")


def read_accounts(path: Path | str, *, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> ReadResult:
    """Read a list of accounts. Entries have ``number`` (of the entitlement) or ``resident_no``, and fields of ``account_entry``.

    The account's own number is ``account_number``. A row that names nobody is rejected. Raises what ``open_source`` raises, and Cancelled.
    """
    result = open_source(path, "accounts", options=options)
    columns = list(result.headers.columns.items())
    for line, cells in each_row(result):
        told = {key: text for key, index in columns if index < len(cells) and (text := cells[index].strip())}
        if is_total(told.get("name", "")) or is_total(told.get("number", "")):
            continue
        if not (told.get("number") or told.get("resident_no")):
            result.reject(line, "account.payee_unknown", column=result.heading("number"))
            continue
        result.entries.append(Entry(line=line, values=_values(told)))
        if not result.read % 1000:
            job.report(result.read, None, "job.planning_accounts")
    return result


def _values(told: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {key: told[key] for key in _PLAIN if key in told}
    values["number"] = read_lettered("T", told.get("number", "")) or told.get("number", "").upper()
    values["account_number"] = told.get("account_number", "")
    for field in ("bank", "branch"):
        values[field] = next((told[key] for key in _COLUMNS[field] if told.get(key)), "")
    return values


def prepare_accounts(ctx: Context, *, path: Path, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> Prepared:
    """What importing a list of accounts would do."""
    rows = read_accounts(path, options=recalling(ctx, options, "accounts"), job=job)
    plan = account_import.plan_import(ctx, entries=rows.entries, job=job)
    people = ctx.reads.protected()
    rows.protected |= {item.line for item in plan.items if item.code and _may_be_protected(people, item.values)}
    items = tuple(_with_column(rows, item) if item.code else item for item in plan.items)
    mapping = None if options.profile else options.mapping
    return Prepared(
        target="accounts", rows=rows, plan=Plan(items=items), mapping=mapping, values=options.values, dates=options.dates, reason=path.name,
        extra=tuple(_doubts(rows, items, people)),
    )  # fmt: skip


def _doubts(rows: ReadResult, items: Iterable[PlanItem], people: ProtectedPeople) -> Iterator[Issue]:
    """What is to be looked at about accounts that are taken; of protected people without names."""
    for item in items:
        made: Mapping[str, Any] = item.values.get("made") or {}
        for code, params in made.get("warnings", ()):
            payee = made["payee"]
            known = {"name": payee.name, "kana": payee.kana, "resident_no": payee.resident_no}
            if payee.protected or payee.victim_id in people.victims - {""} or any(_may_be_protected(people, one) for one in (item.values, known)):
                yield Issue(item.line, None, "", "warning", "account.look_again", {})
                continue
            key = "holder" if "holder" in rows.headers.columns else ""
            row = rows.cells.get(item.line)
            cell = rows.headers.take(key, row.cells) if key and row else ""
            yield Issue(item.line, rows.heading(key) if key else None, cell, "warning", code, dict(params))


def _may_be_protected(people: ProtectedPeople, values: Mapping[str, Any]) -> bool:
    """Whether a row names somebody who may be a protected person: it is told of without what stands in it, whoever imports."""
    names = {fold_name(str(values.get("name", ""))), fold_kana(str(values.get("kana", ""))), fold_kana(str(values.get("holder", "")))}
    return bool(values.get("resident_no") in people.numbers or not people.names.isdisjoint(names - {""}))


def _with_column(rows: ReadResult, item: PlanItem) -> PlanItem:
    """The item with the heading of the column that is wrong, and what stands there."""
    field = str(item.params.get("field") or "")
    own = _COLUMNS.get(field, (field,)) if not item.code.startswith("account.payee") else (field,)
    key = next((one for one in own if one in rows.headers.columns), "")
    if item.line in rows.protected:
        return replace(item, label="", params={**item.params, "column": rows.heading(key) if key else None, "cell": ""})
    if not key:
        return item
    row = rows.cells.get(item.line)
    cell = rows.headers.take(key, row.cells) if row else ""
    return replace(item, params={**item.params, "field": rows.heading(key), "column": rows.heading(key), "cell": cell})
