"""Protection measures: registering, extending, correcting and releasing them, and what they leave open for a person to settle.

A measure never ends by itself: past its term it is told of, until somebody extends or releases it. The measure of one application
covers the applicant and those named with them; registering them is one act, so that one undo takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.domain.dates import JST, parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.evacuee import Person
from app.domain.identifiers import new_id
from app.domain.protection import Protection, check_protection, extendable_from, term_state
from app.usecases.context import Changes, Context
from app.usecases.masking import protected_likeness
from app.usecases.ports import UnitOfWork
from app.usecases.rows import ProtectionCounts, SearchHit

ROLES = ("applicant", "companion")
STATES = ("overdue", "ending", "running", "released")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a measure is about: a resident by number or by id, or a registered person."""

    resident_no: str = ""
    resident_id: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionRow:
    """A measure with its person, for a list. ``left`` is days to the end, negative past it, None without an end."""

    id: str
    version: int
    group_id: str
    role: str
    name: str
    kana: str
    birth: str
    resident_no: str
    person_id: str
    number: str
    state: str
    provisional: bool
    starts: str
    ends: str
    left: int | None
    released_at: Any
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Somebody registered as new who may be a protected person, with those they may be."""

    person: SearchHit
    likely: tuple[SearchHit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """``still`` says by what the person is protected all the same: ``import``, ``person`` (a mark on the record), ``measure``, ``same``."""

    still: tuple[str, ...]
    changes: Changes


def today(ctx: Context) -> date:
    """The day in Japan."""
    return ctx.now().astimezone(JST).date()


def read_day(text: str, *, field: str) -> str:
    """A day in any accepted style as ISO; "" stays. RuleViolation ``protection.day`` beside the field for one that is no single day."""
    if not text.strip():
        return ""
    try:
        found = parse_date(text)
    except SasaeError:
        raise RuleViolation("protection.day", field=field, text=text) from None
    if found.earliest is None or found.earliest != found.latest:
        raise RuleViolation("protection.day", field=field, text=text)
    return found.earliest.isoformat()


def _require(ctx: Context, right: str) -> None:
    ctx.require(right)
    ctx.require("see_protected")


def add_protection(
    ctx: Context,
    *,
    target: Target,
    companions: Sequence[Target] = (),
    starts: str = "",
    ends: str = "",
    provisional: bool = False,
    note: str = "",
) -> tuple[tuple[str, ...], Changes]:
    """Register a measure for somebody and those named with them, in one act. Ids of the measures, the applicant's first.

    Everything already registered about them is covered at once. RuleViolation ``protection.nobody``, ``protection.unknown_resident``,
    ``protection.already`` for one who is under a measure, ``protection.ends_before_start``, ``protection.day``.
    """
    _require(ctx, "protect")
    first, last = read_day(starts, field="starts"), read_day(ends, field="ends")
    group = new_id()
    made: list[str] = []
    with ctx.unit(reason=note) as uow:
        for place, one in enumerate((target, *companions)):
            resident_no, person_id = _identify(uow, one)
            _refuse_second(uow, resident_no, person_id)
            record = Protection(
                id=new_id(), resident_no=resident_no, person_id=person_id, group_id=group, role=ROLES[min(place, 1)],
                provisional=provisional, note=note, starts=first,
                ends=last,
            )  # fmt: skip
            check_protection(record)
            made.append(uow.protections.add(record).id)
        return tuple(made), uow.commit()


def _identify(uow: UnitOfWork, target: Target) -> tuple[str, str]:
    """Resident number and person id of whom is meant; of a linked person both."""
    if target.resident_id:
        view = uow.reads.residents.get(target.resident_id)
        if view is None:
            raise RuleViolation("protection.unknown_resident", field="resident_no", number=target.resident_id)
        if not view.resident_no and not view.person_id:
            raise RuleViolation("protection.no_number", field="resident_no", name=view.name)
        return view.resident_no, view.person_id
    if target.resident_no.strip():
        number = target.resident_no.strip()
        person = next(iter(uow.persons.where(resident_no=number)), None)
        if person is None and not uow.reads.residents.by_number(number):
            raise RuleViolation("protection.unknown_resident", field="resident_no", number=number)
        return number, person.id if person else ""
    if not target.person_id:
        raise RuleViolation("protection.nobody", field="resident_no")
    person = uow.persons.need(target.person_id)
    return person.resident_no, person.id


def _refuse_second(uow: UnitOfWork, resident_no: str, person_id: str) -> None:
    same = uow.protections.where(resident_no=resident_no) if resident_no else []
    same += uow.protections.where(person_id=person_id) if person_id else []
    if any(record.active for record in same):
        raise RuleViolation("protection.already", field="resident_no", number=resident_no)


def extend_protection(ctx: Context, *, protection_ids: Sequence[str], ends: str, reason: str = "") -> Changes:
    """A later end for measures that hold. Allowed from one month before the end (RuleViolation ``protection.too_early`` with the day)."""
    _require(ctx, "protect")
    end = read_day(ends, field="ends")
    if not end:
        raise RuleViolation("protection.end_missing", field="ends")
    with ctx.unit(reason=reason) as uow:
        for one in protection_ids:
            record = _holding(uow, one)
            first = extendable_from(record)
            if first is not None and today(ctx) < first:
                raise RuleViolation("protection.too_early", field="ends", day=first.isoformat(), record=one)
            if record.ends and end <= record.ends:
                raise RuleViolation("protection.not_later", field="ends", day=record.ends, record=one)
            changed = replace(record, ends=end, provisional=False)
            check_protection(changed)
            uow.protections.save(changed)
        return uow.commit()


def _holding(uow: UnitOfWork, protection_id: str) -> Protection:
    record = uow.protections.need(protection_id)
    if not record.active:
        raise RuleViolation("protection.released", field="id", record=protection_id)
    return record


def release_protection(ctx: Context, *, protection_ids: Sequence[str], reason: str) -> Released:
    """End measures, with a reason; a right of its own. Whoever is protected by something else stays so, and ``still`` tells by what."""
    _require(ctx, "unprotect")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        records = [uow.protections.save(replace(_holding(uow, one), released_at=ctx.now())) for one in protection_ids]
        still: list[str] = []
        for record in records:
            still += _still_by(uow, record)
        return Released(still=tuple(dict.fromkeys(still)), changes=uow.commit())


def _still_by(uow: UnitOfWork, record: Protection) -> list[str]:
    people = uow.reads.protected()
    person = uow.persons.get(record.person_id) if record.person_id else next(iter(uow.persons.where(resident_no=record.resident_no)), None)
    if record.resident_no not in people.numbers and (person is None or person.id not in people.persons):
        return []
    found = ["import"] if record.resident_no and any(view.flagged for view in uow.reads.residents.by_number(record.resident_no)) else []
    found += ["person"] if isinstance(person, Person) and person.protected else []
    others = uow.protections.where(resident_no=record.resident_no) if record.resident_no else []
    others += uow.protections.where(person_id=person.id) if isinstance(person, Person) else []
    found += ["measure"] if any(other.active and other.id != record.id for other in others) else []
    return found or ["same"]


def correct_protection(ctx: Context, *, protection_id: str, version: int, values: Mapping[str, Any], reason: str) -> Changes:
    """Mend what was written wrongly: term, role, provisional, note. An end put later is an extension and no correction.

    StaleRecord when somebody else saved meanwhile; RuleViolation ``reason.missing``, ``word.unknown``, ``protection.later_is_extension``.
    """
    _require(ctx, "protect")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    given = dict(values)
    for name in given:
        if name not in ("starts", "ends", "role", "provisional", "note"):
            raise RuleViolation("word.unknown", field=name, word=name)
    for name in ("starts", "ends"):
        if name in given:
            given[name] = read_day(str(given[name]), field=name)
    if given.get("role", "applicant") not in ROLES:
        raise RuleViolation("word.unknown", field="role", word=str(given["role"]))
    with ctx.unit(reason=reason) as uow:
        record = _holding(uow, protection_id)
        if given.get("ends") and record.ends and given["ends"] > record.ends and today(ctx).isoformat() > record.ends:
            raise RuleViolation("protection.later_is_extension", field="ends")
        changed = replace(record, **given)
        check_protection(changed)
        uow.protections.save(changed, expected_version=version)
        return uow.commit()


def list_protections(ctx: Context, *, state: str = "") -> list[ProtectionRow]:
    """Measures with their people: overdue first, then by the end of the term; released ones last. Noted in the access log."""
    ctx.require("see_protected")
    if state and state not in STATES:
        raise RuleViolation("word.unknown", field="state", word=state)
    day = today(ctx)
    records = [one for one in ctx.reads.all("protection") if isinstance(one, Protection)]
    rows = [_row(ctx, record, day) for record in records if not state or term_state(record, day) == state]
    if rows:
        with ctx.unit() as uow:
            uow.log_access(action="view", persons=[row.person_id or row.resident_no for row in rows], target="protections")
            uow.commit()
    return sorted(rows, key=lambda row: (STATES.index(row.state), row.ends or "9999", row.group_id, row.role, row.kana))


def _row(ctx: Context, record: Protection, day: date) -> ProtectionRow:
    person = ctx.reads.get("person", record.person_id) if record.person_id else None
    views = ctx.reads.residents.by_number(record.resident_no) if record.resident_no else []
    shown: Any = person if isinstance(person, Person) else next(iter(views), None)
    linked = person if isinstance(person, Person) else None
    if linked is None and views and views[0].person_id:
        found = ctx.reads.get("person", views[0].person_id)
        linked = found if isinstance(found, Person) else None
    return ProtectionRow(
        id=record.id, version=record.version, group_id=record.group_id, role=record.role, resident_no=record.resident_no,
        name=shown.name if shown else "", kana=shown.kana if shown else "", birth=shown.birth if shown else "",
        person_id=linked.id if linked else "", number=linked.number if linked else "", state=term_state(record, day),
        provisional=record.provisional, starts=record.starts, ends=record.ends,
        left=(date.fromisoformat(record.ends) - day).days if record.ends and record.active else None,
        released_at=record.released_at, note=record.note,
    )  # fmt: skip


def count_protections(ctx: Context) -> ProtectionCounts | None:
    """What wants doing, for the home page and at sign-in; None for those who may not know. Shows no person."""
    if not ctx.actor.may("see_protected"):
        return None
    day = today(ctx)
    states = [term_state(one, day) for one in ctx.reads.all("protection") if isinstance(one, Protection)]
    return ProtectionCounts(ending=states.count("ending"), overdue=states.count("overdue"), doubtful=len(find_doubts(ctx)))


def notices_of(ctx: Context) -> tuple[str, ...]:
    """Message codes to show at sign-in to those who may know: terms that are over or about to be."""
    if not ctx.actor.may("see_protected"):
        return ()
    day = today(ctx)
    states = {term_state(one, day) for one in ctx.reads.all("protection") if isinstance(one, Protection)}
    return tuple(code for state, code in (("overdue", "protection.overdue"), ("ending", "protection.ending_soon")) if state in states)


def find_doubts(ctx: Context) -> list[Doubt]:
    """People typed in as new who may be protected ones: marked, linked to nobody, under no measure of their own, told apart from nobody.

    A person settles each: link it to the resident, say who it is the same as, or take the mark off.
    """
    ctx.require("see_protected")
    under = {one.person_id for one in ctx.reads.all("protection") if isinstance(one, Protection) and one.active}
    ids = [one for one in sorted(ctx.reads.protected().persons) if one not in under]
    doubts: list[Doubt] = []
    with ctx.unit() as uow:
        for hit in uow.reads.persons.page(ids, at=ctx.now()):
            person = uow.persons.get(hit.id)
            if person is None or not person.protected or person.resident_id or person.resident_no:
                continue
            settled = {one.first_id for one in uow.decisions.where(second_id=hit.id)} | {
                one.second_id for one in uow.decisions.where(first_id=hit.id)
            }
            values = {"name": person.name, "kana": person.kana, "birth": person.birth}
            alike = tuple(
                other
                for other in protected_likeness(uow, values)
                if other.id != hit.id and other.id not in settled and other.person_id not in settled
            )
            if alike:
                doubts.append(Doubt(person=hit, likely=alike))
    return doubts


def default_end(starts: date) -> date:
    """One year less a day, the usual term."""
    try:
        return starts.replace(year=starts.year + 1) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(starts.year + 1, 2, 28)
