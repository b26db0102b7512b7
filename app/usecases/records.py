"""History of records and the access log, for people to read."""

from __future__ import annotations

from app.domain.errors import RuleViolation
from app.domain.evacuee import Absence, Household, Person, Stay
from app.usecases.context import Context
from app.usecases.rows import AccessEntry, HistoryEntry


def read_history(ctx: Context, *, record_id: str) -> list[HistoryEntry]:
    """Every change of a record, oldest first. Noted in the access log; a protected person's is not there without the right.

    That of a seal holds its picture: only with the right ``seal``.
    """
    entries = ctx.reads.journal.history(record_id)
    if not entries:
        raise RuleViolation("record.not_found", kind="", record=record_id)
    if entries[0].kind == "seal_picture":
        ctx.require("seal")
    behind = _people_behind(ctx, entries[0].kind, record_id)
    if behind:
        with ctx.unit() as uow:
            uow.log_access(action="history", persons=[person.id for person in behind], target=entries[0].kind)
            uow.commit()
    return entries


def _people_behind(ctx: Context, kind: str, record_id: str) -> list[Person]:
    """The people whom a record tells something about."""
    record = ctx.reads.get(kind, record_id)
    if isinstance(record, Absence):
        record = ctx.reads.get("stay", record.stay_id)
    if isinstance(record, Stay):
        record = ctx.reads.get("person", record.person_id)
    if isinstance(record, Household):
        with ctx.unit() as uow:
            return uow.persons.where(household_id=record.id)
    return [record] if isinstance(record, Person) else []


def read_access_log(ctx: Context, *, person_id: str = "", limit: int | None = None) -> list[AccessEntry]:
    """Who saw or took out data, newest first."""
    ctx.require("audit")
    return ctx.reads.journal.access(person_id=person_id, limit=limit)


def recent_changes(ctx: Context, *, limit: int = 200) -> list[HistoryEntry]:
    """The newest changes of all records, for the audit page. Those of protected people are not among them without the right."""
    ctx.require("audit")
    return ctx.reads.journal.recent(limit=limit)
