"""Casualties: the dead, missing and hurt, and those left with a disability. Two people: one enters, another confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.building import Victim, VictimMember
from app.domain.dates import JST, parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.folding import fold_name
from app.domain.identifiers import lettered_number, new_id, read_lettered
from app.domain.relief import HARMS, Casualty
from app.domain.words import find_code
from app.usecases.buildings import fit
from app.usecases.context import Changes, Context
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.protections import read_day, today
from app.usecases.relief_rows import CASUALTY_SORTS, CasualtyFilter, CasualtyRow
from app.usecases.rows import ResidentView

SEXES = ("male", "female", "other", "unknown")
MOST_TEXT = 2000
_EVERY = CasualtyFilter()
_WORKINGS = ("number", "state", "entered_by", "confirmed_by", "deleted")
_UNSEEN = frozenset({"note", "victim_id", "person_id", "resident_id", "resident_no", "kana"})
"""What may be corrected without showing the paper again."""
_CONFIRMING = ("relief", "check_money", "check_account")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCasualty:
    """A saved casualty. ``warnings``: message codes with parameters (``casualty.again`` …)."""

    casualty: Casualty
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    changes: Changes = field(default_factory=dict)


def save_casualty(
    ctx: Context, *, values: Mapping[str, Any], casualty_id: str | None = None, version: int | None = None, reason: str = ""
) -> SavedCasualty:
    """A new casualty, or with ``casualty_id`` a corrected one: who or what it is has to be confirmed again then. Right ``claim``.

    A resident (``resident_id``, or ``resident_no`` in the residents of the day) fills in what was left blank; a resident number finds the
    household it is a member of. A name other than the resident's wants a ``reason``: ``casualty.name_differs``.
    RuleViolation beside the field: ``casualty.name``, ``casualty.birth``, ``casualty.day``, ``casualty.text_long``, ``word.unknown``,
    ``record.not_found``. Warning: ``casualty.again`` (somebody of this name and birth date, or resident number, is listed: ``number``).
    """
    ctx.require("claim")
    with ctx.unit(reason=reason.strip()) as uow:
        stored = _visible(uow.reads.seen_by(see_protected=ctx.actor.may("see_protected")), uow, casualty_id) if casualty_id else None
        saved, warnings = put_casualty(ctx, uow, values=values, stored=stored, version=version, explained=bool(reason.strip()))
        return SavedCasualty(casualty=saved, warnings=warnings, changes=uow.commit())


def put_casualty(
    ctx: Context,
    uow: UnitOfWork,
    *,
    values: Mapping[str, Any],
    stored: Casualty | None = None,
    version: int | None = None,
    explained: bool = False,
) -> tuple[Casualty, tuple[tuple[str, Mapping[str, Any]], ...]]:
    """As ``save_casualty`` inside a unit of work. ``explained``: somebody says why the name is not the resident's."""
    given = fit(Casualty, values, fixed=_WORKINGS)
    if "harmed_on" in given:
        given["harmed_on"] = read_day(str(given["harmed_on"]), field="harmed_on")
    reads = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected"))
    made = replace(stored, **given) if stored else Casualty(id=new_id(), **given)
    resident = _resident_of(reads, made)
    asked = stored is None or (stored.name, stored.resident_no, stored.resident_id) != (made.name, made.resident_no, made.resident_id)
    if asked and not explained:
        _same_name(resident, made)
    made = _filled(reads, made, resident)
    _check(ctx, reads, made)
    if stored is None:
        number = lettered_number("H", ctx.place.device_prefix, uow.next_number("casualty"))
        saved = uow.casualties.add(replace(made, number=number, entered_by=ctx.actor.operator_id))
    else:
        saved = uow.casualties.save(_again(ctx, stored, made), expected_version=version)
    return saved, _warnings(reads, saved)


def _again(ctx: Context, stored: Casualty, made: Casualty) -> Casualty:
    names = [name for name in Casualty.__slots__ if getattr(stored, name) != getattr(made, name)]
    if not set(names) - _UNSEEN:
        return made
    return replace(made, state="reported", confirmed_by="", entered_by=ctx.actor.operator_id)


def _resident_of(reads: Reads, made: Casualty) -> ResidentView | None:
    """Who it is in the register. A number is looked up in the active snapshot; whom the actor may not know of is not there."""
    if made.resident_id:
        resident = reads.residents.get(made.resident_id)
        if resident is None:
            raise RuleViolation("record.not_found", field="resident_id", kind="resident", record=made.resident_id)
        return resident
    active = reads.residents.active()
    found = reads.residents.by_number(made.resident_no) if made.resident_no and active else []
    return next((one for one in found if active and one.snapshot_id == active.id), None)


def _same_name(resident: ResidentView | None, made: Casualty) -> None:
    """RuleViolation for another name than the resident's; it does not say whose number it is."""
    if resident is None or not made.name.strip() or not resident.name:
        return
    if fold_name(made.name) == fold_name(resident.name):
        return
    raise RuleViolation("casualty.name_differs", field="name", name=made.name)


def _filled(reads: Reads, made: Casualty, resident: ResidentView | None) -> Casualty:
    """With what the register and the affected households know."""
    if resident is not None:
        told = {name: getattr(resident, name) for name in ("name", "kana", "birth", "address", "district", "resident_no")}
        told["sex"] = find_code("sex", resident.sex) or ""
        blank = {name: value for name, value in told.items() if getattr(made, name) in ("", "unknown") and value}
        made = replace(made, **blank)
    if made.resident_no and not made.victim_id:
        homes = [one.victim_id for one in reads.relief.many_by(VictimMember, "resident_no", [made.resident_no])]
        known = next((one for one in homes if reads.get("victim", one) is not None), "")
        made = replace(made, victim_id=known)
    home = reads.get("victim", made.victim_id) if made.victim_id else None
    if isinstance(home, Victim):
        made = replace(made, address=made.address or home.address, district=made.district or home.district)
    return made


def _check(ctx: Context, reads: Reads, made: Casualty) -> None:
    """What was typed is possible; RuleViolation beside the field."""
    for name, known in (("harm", HARMS), ("sex", SEXES)):
        if getattr(made, name) not in known:
            raise RuleViolation("word.unknown", field=name, word=str(getattr(made, name)))
    if not made.name.strip():
        raise RuleViolation("casualty.name", field="name")
    if made.birth:
        try:
            parse_date(made.birth, lenient=True)
        except SasaeError:
            raise RuleViolation("casualty.birth", field="birth", text=made.birth) from None
    first = ctx.place.occurred_at.astimezone(JST).date().isoformat()
    if made.harmed_on and not first <= made.harmed_on <= today(ctx).isoformat():
        raise RuleViolation("casualty.day", field="harmed_on", day=made.harmed_on, first=first, last=today(ctx).isoformat())
    for name in ("name", "kana", "address", "document", "note"):
        if len(getattr(made, name)) > MOST_TEXT:
            raise RuleViolation("casualty.text_long", field=name, most=MOST_TEXT)
    for name, kind in (("victim_id", "victim"), ("person_id", "person")):
        record_id = getattr(made, name)
        record = reads.get(kind, record_id) if record_id else None
        if record_id and (record is None or getattr(record, "deleted", False)):
            raise RuleViolation("record.not_found", field=name, kind=kind, record=record_id)


def _warnings(reads: Reads, saved: Casualty) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    others = find_same(reads, saved)
    return (("casualty.again", {"number": others[0].number, "name": others[0].name}),) if others else ()


def find_same(reads: Reads, one: Casualty) -> list[Casualty]:
    """Others that may be the same human being: of one resident number, or of one name with no birth date against it."""
    found = {other.id: other for other in reads.relief.many_by(Casualty, "resident_no", [one.resident_no])}
    found |= {
        other.id: other for other in reads.relief.many_by(Casualty, "person_id", [one.person_id])
    }  # fmt: skip
    listed = reads.relief.casualty_ids(filter=CasualtyFilter(text="".join(one.name.split())), sort="number")
    for other in reads.relief.many(Casualty, listed).values():
        if fold_name(other.name) == fold_name(one.name) and _may_be(other.birth, one.birth):
            found[other.id] = other
    hidden = reads.relief.hidden("casualty", found)
    return [other for other in found.values() if other.id not in hidden and other.id != one.id and other.state != "withdrawn"]


def _may_be(known: str, typed: str) -> bool:
    try:
        return not (known and typed) or parse_date(known, lenient=True).earliest == parse_date(typed, lenient=True).earliest
    except SasaeError:
        return known == typed


def confirm_casualty(ctx: Context, *, casualty_id: str, document: str = "", version: int | None = None) -> Changes:
    """Another person than who entered it has seen the paper. Right ``relief``, ``check_money`` or ``check_account``.

    RuleViolation ``casualty.same_person``, ``casualty.document`` (which paper shows it), ``casualty.not_reported``, ``record.not_found``.
    """
    if not any(ctx.actor.may(right) for right in _CONFIRMING):
        ctx.require(_CONFIRMING[0])
    with ctx.unit() as uow:
        stored = _visible(uow.reads.seen_by(see_protected=ctx.actor.may("see_protected")), uow, casualty_id)
        if stored.state != "reported":
            raise RuleViolation("casualty.not_reported", number=stored.number, name=stored.name, state=stored.state)
        if stored.entered_by == ctx.actor.operator_id:
            raise RuleViolation("casualty.same_person", number=stored.number, name=stored.name)
        paper = document.strip() or stored.document
        if not paper:
            raise RuleViolation("casualty.document", field="document", number=stored.number)
        uow.casualties.save(replace(stored, state="confirmed", confirmed_by=ctx.actor.operator_id, document=paper), expected_version=version)
        return uow.commit()


def withdraw_casualty(ctx: Context, *, casualty_id: str, reason: str, version: int | None = None) -> Changes:
    """It was wrong, or somebody missing was found. The next calculation ends what is due for it. Right ``claim``.

    RuleViolation ``relief.reason_missing``, ``record.not_found``.
    """
    ctx.require("claim")
    if not reason.strip():
        raise RuleViolation("relief.reason_missing", field="reason")
    with ctx.unit(reason=reason.strip()) as uow:
        stored = _visible(uow.reads.seen_by(see_protected=ctx.actor.may("see_protected")), uow, casualty_id)
        uow.casualties.save(replace(stored, state="withdrawn"), expected_version=version)
        return uow.commit()


def _visible(reads: Reads, uow: UnitOfWork, casualty_id: str) -> Casualty:
    """RuleViolation ``record.not_found`` for one the actor may not know of, as for one that is not there."""
    found = uow.casualties.get(casualty_id)
    if found is None or found.deleted or reads.relief.hidden("casualty", [casualty_id]):
        raise RuleViolation("record.not_found", kind="casualty", record=casualty_id)
    return found


# -- to look at --------------------------------------------------------------------------------------------


def list_casualty_ids(ctx: Context, *, filter: CasualtyFilter | None = None, sort: str = "number") -> Sequence[str]:
    """Ids in order. Protected people's are not among them without the right."""
    ctx.require("view")
    if sort not in CASUALTY_SORTS:
        raise RuleViolation("word.unknown", field="sort", word=sort)
    return ctx.reads.relief.casualty_ids(filter=filter or _EVERY, sort=sort)


def casualty_rows(ctx: Context, casualty_ids: Sequence[str]) -> list[CasualtyRow]:
    """Rows in the same order."""
    return ctx.reads.relief.casualty_rows(casualty_ids)


def find_casualty(ctx: Context, *, number: str) -> str:
    """The id for a number (or an id). RuleViolation ``record.not_found``."""
    ctx.require("view")
    wanted = number.strip()
    known = ctx.reads.relief.by_number("casualty", read_lettered("H", wanted) or wanted.upper())
    found = known or next((row.id for row in casualty_rows(ctx, [wanted])), None)
    if found is None:
        raise RuleViolation("record.not_found", kind="casualty", record=wanted[:60])
    return found
