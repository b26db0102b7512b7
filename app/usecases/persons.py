"""Evacuees: correcting particulars, linking to residents, deciding who is who, protection, and undoing a mistaken step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.codes import DECISIONS
from app.domain.errors import RuleViolation
from app.domain.evacuee import Household, Person, PersonDecision, Stay, check_absence, check_person, check_stay
from app.domain.identifiers import new_card_number, new_id, parse_card_number
from app.domain.journal import CREATE, to_json_value
from app.domain.payments import NEVER_UNDONE
from app.domain.protection import SHARED_PARTICULARS
from app.domain.records import Record, from_json_value
from app.usecases.checks import fitting_values, refuse_lifting, refuse_overlap
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.masking import refuse_hidden
from app.usecases.matching_rows import LikePair
from app.usecases.ownership import need_owner
from app.usecases.ports import UnitOfWork
from app.usecases.reception import particulars_of
from app.usecases.rows import DuplicateGroup, HistoryEntry, SearchHit, StayView


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """Everything about one evacuee for one screen. ``person.protected`` says whether they are, for whatever reason."""

    person: Person
    household: Household | None
    members: tuple[SearchHit, ...]
    stays: tuple[StayView, ...]


def open_person(ctx: Context, *, person_id: str) -> PersonFile:
    """A person with household, members and stays; noted in the access log. A protected one is not found without the right."""
    person = ctx.reads.get("person", person_id)
    if not isinstance(person, Person) or person.deleted:
        raise RuleViolation("record.not_found", kind="person", record=person_id)
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=[person_id], target="")
        uow.commit()
    household = ctx.reads.get("household", person.household_id) if person.household_id else None
    return PersonFile(
        person=replace(person, protected=person.protected or person_id in ctx.reads.protected().persons),
        household=household if isinstance(household, Household) else None,
        members=_members(ctx, person),
        stays=tuple(ctx.reads.persons.stays(person_id)),
    )


def list_people(ctx: Context, *, text: str = "", presence: str = "all") -> Sequence[str]:
    """Ids of registered people in order of kana, for a list that loads its rows as they come into view."""
    ctx.require("view")
    return ctx.reads.persons.ids(text=text, presence=presence)


def show_people(ctx: Context, *, person_ids: Sequence[str]) -> list[SearchHit]:
    """Rows of registered people as of now, in the same order, without those the actor may not know of."""
    return ctx.reads.persons.page(person_ids, at=ctx.now())


def _members(ctx: Context, person: Person) -> tuple[SearchHit, ...]:
    if not person.household_id:
        return ()
    with ctx.unit() as uow:
        ids = [other.id for other in uow.persons.where(household_id=person.household_id)]
    return tuple(ctx.reads.persons.page(ids, at=ctx.now()))


def correct_person(ctx: Context, *, person_id: str, version: int, values: Mapping[str, Any], reason: str = "") -> Changes:
    """Change particulars. StaleRecord when somebody else saved meanwhile; protection may only be lifted with the right."""
    ctx.require("register")
    with ctx.unit(reason=reason) as uow:
        refuse_hidden(ctx, uow, [person_id])
        person = uow.persons.need(person_id)
        changed = replace(person, **fitting_values(Person, values))
        if changed.card and changed.card != person.card:
            card = parse_card_number(changed.card)
            holder = uow.reads.persons.by_card(card or "")
            if card is None or holder not in (None, person_id):
                raise RuleViolation("card.unreadable" if card is None else "card.taken", field="card", record=holder)
            changed = replace(changed, card=card)
        check_person(changed)
        uow.persons.save(changed, expected_version=version)
        return uow.commit()


def correct_household(ctx: Context, *, household_id: str, version: int, values: Mapping[str, Any], reason: str = "") -> Changes:
    """Change what is known about a household."""
    ctx.require("register")
    kept = ctx.reads.get("household", household_id)
    if kept is None:
        raise RuleViolation("record.not_found", kind="household", record=household_id)
    values = fitting_values(Household, values)
    with ctx.unit(reason=reason) as uow:
        household = uow.households.need(household_id)
        for name in ("label", *SHARED_PARTICULARS):  # what was withheld came back empty: not showing it is not taking it away
            if not getattr(kept, name) and not values.get(name):
                values.pop(name, None)
        uow.households.save(replace(household, **values), expected_version=version)
        return uow.commit()


def correct_stay(ctx: Context, *, stay_id: str, version: int, values: Mapping[str, Any], reason: str) -> Changes:
    """Change a stay after the fact, with a reason."""
    ctx.require("register")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        stay = replace(uow.stays.need(stay_id), **fitting_values(Stay, values))
        refuse_hidden(ctx, uow, [stay.person_id])
        uow.shelters.need(stay.shelter_id)
        check_stay(stay)
        refuse_overlap(ctx, uow, stay)
        uow.stays.save(stay, expected_version=version)
        return uow.commit()


def give_card(ctx: Context, *, person_ids: Sequence[str]) -> tuple[dict[str, str], Changes]:
    """A card number for everyone who has none yet: ``{person: card}`` for all of them."""
    ctx.require("print")
    cards: dict[str, str] = {}
    with ctx.unit() as uow:
        refuse_hidden(ctx, uow, person_ids)
        for person_id in person_ids:
            person = uow.persons.need(person_id)
            if not person.card:
                person = uow.persons.save(replace(person, card=new_card_number()))
            cards[person_id] = person.card
        return cards, uow.commit()


def link_resident(ctx: Context, *, person_id: str, resident_id: str, take_particulars: bool = False, reason: str = "") -> Changes:
    """Say that an evacuee is a resident. Typed particulars stay unless asked to take the register's."""
    ctx.require("register")
    view = ctx.reads.residents.get(resident_id)
    if view is None:
        raise RuleViolation("resident.not_found", record=resident_id)
    if view.person_id and view.person_id != person_id:
        raise RuleViolation("resident.linked_elsewhere", record=view.person_id)
    with ctx.unit(reason=reason) as uow:
        refuse_hidden(ctx, uow, [person_id])
        person = uow.persons.need(person_id)
        found = particulars_of(view)
        if not take_particulars:
            found = {k: v for k, v in found.items() if k in ("resident_id", "resident_no") or getattr(person, k) in ("", "unknown")}
        values = dict(found)
        values["protected"] = person.protected or view.flagged
        uow.persons.save(replace(person, **values))
        return uow.commit()


def duplicate_pairs(ctx: Context, *, job: Job = QUIET) -> list[LikePair]:
    """Pairs of registered people who may be one human being, most likely first; pairs decided before are left out."""
    active = ctx.reads.residents.active()
    people = ctx.reads.matching.people(snapshot_id=active.id if active else "", dead=True)
    return ctx.matcher.pair_up(people, apart=ctx.reads.matching.decided(), job=job)


def find_duplicates(ctx: Context, *, job: Job = QUIET) -> list[DuplicateGroup]:
    """Records that may be one human being, most likely first; pairs decided before are left out. Never merged by itself."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    best: dict[str, tuple[float, str]] = {}
    for first, second, score, reason in duplicate_pairs(ctx, job=job):
        neighbours[first].add(second)
        neighbours[second].add(first)
        best[first] = max(best.get(first, (score, reason)), (score, reason))
    groups: list[DuplicateGroup] = []
    seen: set[str] = set()
    for start in neighbours:
        if start in seen:
            continue
        group, todo = set(), [start]
        while todo:
            one = todo.pop()
            if one not in group:
                group.add(one)
                todo += neighbours[one] - group
        seen |= group
        score, reason = max(best[one] for one in group if one in best)
        groups.append(DuplicateGroup(score=score, reason=reason, persons=tuple(sorted(group))))
    return sorted(groups, key=lambda g: (-g.score, g.persons))


def decide(ctx: Context, *, first: str, second: str, decision: str, note: str = "") -> Changes:
    """Same or different. Same ends the doubt about pending stays only where one is left running; nothing is merged or removed."""
    ctx.require("register")
    if decision not in DECISIONS:
        raise RuleViolation("word.unknown", field="decision", word=decision)
    if first == second:
        raise RuleViolation("decide.one_record", field="second")
    a, b = sorted((first, second))
    with ctx.unit(reason=note) as uow:
        refuse_hidden(ctx, uow, (a, b))
        uow.persons.need(a)
        uow.persons.need(b)
        earlier = uow.decisions.where(first_id=a, second_id=b) + uow.decisions.where(first_id=b, second_id=a)
        for old in earlier:
            uow.decisions.save(replace(old, decision=decision, note=note))
        if not earlier:
            uow.decisions.add(PersonDecision(id=new_id(), first_id=a, second_id=b, decision=decision, note=note))
        return uow.commit()


def settle_pending(ctx: Context, *, keep_stay: str, reason: str) -> Changes:
    """Of several stays kept side by side, this one is true; the others are taken back as a correcting entry."""
    ctx.require("register")
    with ctx.unit(reason=reason) as uow:
        kept = uow.stays.need(keep_stay)
        refuse_hidden(ctx, uow, [kept.person_id])
        for stay in uow.stays.where(person_id=kept.person_id, pending=True):
            uow.stays.save(replace(stay, pending=False, deleted=stay.id != keep_stay))
        return uow.commit()


def last_acts(ctx: Context, *, person_id: str) -> list[str]:
    """Acts that touched a person or their stays, newest first: what ``undo`` can take back."""
    return ctx.reads.journal.groups_touching([person_id, *(stay.id for stay in ctx.reads.persons.stays(person_id))])


def undo(ctx: Context, *, act: str, reason: str) -> Changes:
    """Take one act back by a correcting entry: what it created is tombstoned, what it changed gets the old values again.

    RuleViolation ``undo.changed_since`` when somebody changed the same field after it; then nothing is done.
    """
    if not ctx.actor.may("protect"):  # what else is needed depends on what the act changed
        ctx.require("register")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        entries = uow.reads.journal.group(act)  # whole, also where it touched somebody the actor may not know of: nothing of it is shown
        if not entries:
            raise RuleViolation("undo.nothing", record=act)
        _require_for(ctx, {entry.kind for entry in entries}, act)
        grouped = _by_record(entries)
        _need_owners(ctx, grouped)
        stays: list[Stay] = []
        for (kind, record_id), changed in grouped.items():
            repository = uow.repository(kind)
            record = repository.get(record_id)
            if record is None:
                raise RuleViolation("record.not_found", kind=kind, record=record_id)
            undone = _undone(record, changed)
            if undone.deleted and _still_used(uow, kind, record_id, {one for _, one in grouped}):  # type: ignore[attr-defined]
                if kind == "household":
                    continue  # others joined it since: it stays
                raise RuleViolation("undo.changed_since", record=record_id)
            if isinstance(record, Person) and isinstance(undone, Person) and not undone.deleted:
                refuse_lifting(ctx, record, undone)
            repository.save(undone)
            stays += [undone] if isinstance(undone, Stay) else []
        for stay in stays:
            refuse_overlap(ctx, uow, stay)
        return uow.commit()


def _require_for(ctx: Context, kinds: set[str], record: str) -> None:
    """What is not the desk's to undo, and the rights for the rest."""
    if kinds & {"operator", "disaster", "site"}:
        raise RuleViolation("undo.not_this", record=record)
    if kinds & NEVER_UNDONE:
        raise RuleViolation("undo.money", record=record)
    for kind in sorted(kinds):
        ctx.require(_RIGHTS.get(kind, "register"))


def _need_owners(ctx: Context, records: Iterable[tuple[str, str]]) -> None:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, record_id in records:
        by_kind[kind].append(record_id)
    for kind, ids in by_kind.items():
        need_owner(ctx, kind, ids)


_RIGHTS: Mapping[str, str] = {"shelter": "shelters", "spell": "headcount", "headcount": "headcount", "protection": "unprotect"}


def _still_used(uow: UnitOfWork, kind: str, record_id: str, undone: set[str]) -> bool:
    """Whether records that are not undone with it belong to this one."""
    users: Mapping[str, tuple[tuple[str, str], ...]] = {
        "household": (("person", "household_id"),),
        "person": (("stay", "person_id"),),
        "stay": (("absence", "stay_id"),),
        "shelter": (("stay", "shelter_id"), ("spell", "shelter_id"), ("headcount", "shelter_id")),
    }
    return any(other.id not in undone for of, field in users.get(kind, ()) for other in uow.repository(of).where(**{field: record_id}))


def _by_record(entries: Sequence[HistoryEntry]) -> dict[tuple[str, str], list[HistoryEntry]]:
    grouped: dict[tuple[str, str], list[HistoryEntry]] = {}
    for entry in reversed(entries):
        grouped.setdefault((entry.kind, entry.record), []).append(entry)
    return grouped


def _undone(record: Record, changed: Sequence[HistoryEntry]) -> Record:
    deleted = getattr(record, "deleted", False)
    if any(entry.action == CREATE for entry in changed):
        if deleted or record.version != len({entry.operation for entry in changed}):
            raise RuleViolation("undo.changed_since", record=record.id)
        return replace(record, deleted=True)  # type: ignore[call-arg]
    if deleted and not any(entry.field == "deleted" for entry in changed):
        raise RuleViolation("undo.changed_since", record=record.id)
    values: dict[str, Any] = {}
    for entry in changed:
        current = values.get(entry.field, getattr(record, entry.field))
        if to_json_value(current) != entry.new:
            raise RuleViolation("undo.changed_since", field=entry.field, record=record.id)
        values[entry.field] = from_json_value(type(record), entry.field, entry.old)
    return replace(record, **values)


def restore_version(ctx: Context, *, kind: str, record_id: str, operation: str, reason: str) -> Changes:
    """Give a record the values it had after an operation. A new change like any other."""
    ctx.require("register")
    _require_for(ctx, {kind}, record_id)
    _need_owners(ctx, [(kind, record_id)])
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    entries = ctx.reads.journal.history(record_id)
    if operation not in {entry.operation for entry in entries}:
        raise RuleViolation("undo.nothing", record=operation)
    order = list(dict.fromkeys(entry.operation for entry in entries))
    later = set(order[order.index(operation) + 1 :])
    with ctx.unit(reason=reason) as uow:
        repository = uow.repository(kind)
        record = repository.get(record_id)
        if record is None:
            raise RuleViolation("record.not_found", kind=kind, record=record_id)
        if isinstance(record, Person):
            refuse_hidden(ctx, uow, [record_id])
        before: dict[str, Any] = {}
        for entry in reversed(entries):
            if entry.operation in later and entry.field:
                before[entry.field] = from_json_value(type(record), entry.field, entry.old)
        restored = replace(record, **before)
        for check in _CHECKS.get(kind, ()):
            check(restored)
        if isinstance(restored, Stay):
            refuse_overlap(ctx, uow, restored)
        repository.save(restored)
        return uow.commit()


_CHECKS: Mapping[str, tuple[Any, ...]] = {"person": (check_person,), "stay": (check_stay,), "absence": (check_absence,)}
