"""History of records and the access log, for people to read."""

from __future__ import annotations

from app.domain.errors import RuleViolation
from app.domain.evacuee import Person, Stay
from app.usecases.context import Context
from app.usecases.rows import AccessEntry, HistoryEntry


def read_history(ctx: Context, *, record_id: str) -> list[HistoryEntry]:
    """Every change of a record, oldest first. Noted in the access log; a protected person's needs the right."""
    entries = ctx.reads.journal.history(record_id)
    if not entries:
        raise RuleViolation("record.not_found", kind="", record=record_id)
    person_id = _person_behind(ctx, entries[0].kind, record_id)
    if person_id:
        person = ctx.reads.get("person", person_id)
        if isinstance(person, Person) and person.protected and not ctx.actor.may("see_protected"):
            raise RuleViolation("person.protected", record=record_id)
        with ctx.unit() as uow:
            uow.log_access(action="history", persons=[person_id], target=entries[0].kind)
            uow.commit()
    return entries


def _person_behind(ctx: Context, kind: str, record_id: str) -> str:
    if kind == "person":
        return record_id
    if kind == "stay":
        stay = ctx.reads.get("stay", record_id)
        return stay.person_id if isinstance(stay, Stay) else ""
    return ""


def read_access_log(ctx: Context, *, person_id: str = "", limit: int | None = None) -> list[AccessEntry]:
    """Who saw or took out data, newest first."""
    ctx.require("audit")
    return ctx.reads.journal.access(person_id=person_id, limit=limit)


def recent_changes(ctx: Context, *, limit: int = 200) -> list[HistoryEntry]:
    """The newest changes of all records, for the audit page."""
    ctx.require("audit")
    return ctx.reads.journal.recent(limit=limit)
