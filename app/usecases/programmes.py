"""Programmes of support as data: shipped ones, a municipality's own from a file or from the window, and their rounds and rules.

What a round gives cannot change once something was prepared for payment by it: a new round, or a correction whose reason is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

from app import resources
from app.domain.dates import parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.identifiers import new_id
from app.domain.payments import PaymentBatch
from app.domain.programme_file import parse_programme
from app.domain.programme_plan import (
    LoanTerms,
    ProgrammePlan,
    RoundPlan,
    RuleDraft,
    check_budget,
    check_code,
    check_rules,
    check_terms,
    check_text,
)
from app.domain.programme_text import write_programme
from app.domain.records import BASE_FIELDS
from app.domain.relief import INCREMENTS, PROGRAMME_KINDS, PROGRAMME_STATES, ROUND_STATES, Programme, ReliefRound, ReliefRule
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork

_DAYS = ("starts_on", "deadline", "decided_on", "as_of", "opens_on")
_CHOICES = {"kind": PROGRAMME_KINDS, "increments": INCREMENTS, "state": (*ROUND_STATES, *PROGRAMME_STATES)}
_PROGRAMME_FIELDS = frozenset(one.name for one in fields(Programme)) - BASE_FIELDS - {"digest", "deleted"}
_ROUND_FIELDS = frozenset(one.name for one in fields(ReliefRound)) - BASE_FIELDS - {"programme_id", "deleted"}
_TEXTS = frozenset({"title", "payer", "law", "source", "sure", "note"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFile:
    """A round with its rules in order. ``locked``: payments were prepared by it, its rules change only with a reason."""

    round: ReliefRound
    rules: tuple[ReliefRule, ...] = ()
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeFile:
    """A programme with its rounds, oldest first."""

    programme: Programme
    rounds: tuple[RoundFile, ...] = ()

    @property
    def terms(self) -> LoanTerms:
        """Of a loan."""
        return LoanTerms.from_json(self.programme.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """``state`` created, updated or unchanged; ``rounds`` and ``rules``: how many the file has."""

    programme_id: str
    code: str
    title: str
    state: str
    rounds: int
    rules: int
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A programme that comes with the program: a dated example to take over and to check."""

    name: str
    text: str
    plan: ProgrammePlan

    @property
    def code(self) -> str:
        """Its code."""
        return str(self.plan.values["code"])


# -- what there is -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def shipped_programmes() -> tuple[Shipped, ...]:
    """The programmes that come with the program, in the order of their files."""
    paths = sorted(resources.path("relief").glob("*.toml"))
    texts = [(path.name, path.read_text("utf-8")) for path in paths]
    return tuple(Shipped(name=name, text=text, plan=parse_programme(text, path=name)) for name, text in texts)


def find_shipped(code: str) -> Shipped:
    """By its code or the name of its file; RuleViolation ``programme.not_shipped`` that names those there are."""
    for one in shipped_programmes():
        if code in (one.code, one.name):
            return one
    raise RuleViolation("programme.not_shipped", field="code", value=code[:60], known=", ".join(one.code for one in shipped_programmes()))


def list_programmes(ctx: Context) -> list[Programme]:
    """Every programme, by kind as the law lists them, then by code."""
    found = [one for one in ctx.reads.all("programme") if isinstance(one, Programme)]
    return sorted(found, key=lambda one: (PROGRAMME_KINDS.index(one.kind), one.code))


def list_rounds(ctx: Context, *, programme_id: str = "") -> list[ReliefRound]:
    """The rounds of a programme, or of all, in order."""
    found = [one for one in ctx.reads.all("relief_round") if isinstance(one, ReliefRound) and programme_id in ("", one.programme_id)]
    return sorted(found, key=_round_order)


def _round_order(one: ReliefRound) -> tuple[int, str]:
    return (int(one.code) if one.code.isdecimal() else 10**6, one.code)


def find_programme(ctx: Context, *, code: str) -> Programme:
    """By code, id or whole title; RuleViolation ``programme.not_found`` that names those there are."""
    found = list_programmes(ctx)
    for one in found:
        if code in (one.code, one.id, one.title):
            return one
    raise RuleViolation("programme.not_found", field="programme", value=code[:60], known=[one.code for one in found])


def find_round(ctx: Context, *, programme: str, code: str) -> ReliefRound:
    """A round by the code of its programme and its own; RuleViolation ``programme.round_not_found`` that names those there are."""
    owner = find_programme(ctx, code=programme)
    found = list_rounds(ctx, programme_id=owner.id)
    for one in found:
        if code in (one.code, one.id, one.title):
            return one
    raise RuleViolation("programme.round_not_found", field="round", value=code[:60], programme=owner.title, known=[one.code for one in found])


def open_programme(ctx: Context, *, programme_id: str) -> ProgrammeFile:
    """Everything about a programme."""
    programme = ctx.reads.get("programme", programme_id)
    if not isinstance(programme, Programme) or programme.deleted:
        raise RuleViolation("record.not_found", kind="programme", record=programme_id)
    return ProgrammeFile(programme=programme, rounds=_open_rounds(ctx, list_rounds(ctx, programme_id=programme_id)))


def open_round(ctx: Context, *, round_id: str) -> RoundFile:
    """A round with its rules."""
    found = ctx.reads.get("relief_round", round_id)
    if not isinstance(found, ReliefRound) or found.deleted:
        raise RuleViolation("record.not_found", kind="relief_round", record=round_id)
    return _open_rounds(ctx, [found])[0]


def _open_rounds(ctx: Context, rounds: Sequence[ReliefRound]) -> tuple[RoundFile, ...]:
    rules = sorted((one for one in ctx.reads.all("relief_rule") if isinstance(one, ReliefRule)), key=lambda rule: rule.position)
    batches = [one for one in ctx.reads.all("payment_batch") if isinstance(one, PaymentBatch)]
    locked = {batch.round_id for batch in batches if batch.state != "cancelled"}
    return tuple(RoundFile(round=one, rules=tuple(rule for rule in rules if rule.round_id == one.id), locked=one.id in locked) for one in rounds)


def rules_of(uow: UnitOfWork, round_id: str) -> tuple[ReliefRule, ...]:
    """The rules of a round in order."""
    return tuple(sorted(uow.rules.where(round_id=round_id), key=lambda rule: rule.position))


def is_locked(uow: UnitOfWork, round_id: str) -> bool:
    """Whether anything was prepared for payment by this round."""
    return any(batch.state != "cancelled" for batch in uow.batches.where(round_id=round_id))


# -- files -------------------------------------------------------------------------------------------------


def import_programme(ctx: Context, *, text: str, name: str = "", reason: str = "") -> Imported:
    """Take over a programme file: a new programme, or what differs in the one of the same code. Rounds not in the file stay as they are.

    Raises InputFault ``programme.…`` with line and key; RuleViolation ``programme.round_locked`` when a round with payments would change
    and no ``reason`` for the correction is given.
    """
    ctx.require("programmes")
    plan = parse_programme(text, path=name)
    with ctx.unit(reason=reason) as uow:
        stored = next(iter(uow.programmes.where(code=plan.values["code"])), None)
        programme = _store_programme(uow, stored, {**plan.values, "digest": plan.digest()})
        for one in plan.rounds:
            known = next(iter(uow.rounds.where(programme_id=programme.id, code=one.values["code"])), None)
            kept = _store_round(uow, known, programme.id, one.values, reason=reason)
            _store_rules(uow, kept, one.rules, kind=programme.kind, reason=reason)
        changes = uow.commit()
    state = "created" if stored is None else "updated" if any(changes.values()) else "unchanged"
    rules = sum(len(one.rules) for one in plan.rounds)
    return Imported(
        programme_id=programme.id, code=programme.code, title=programme.title, state=state, rounds=len(plan.rounds), rules=rules, changes=changes
    )


def export_programme(ctx: Context, *, programme_id: str) -> str:
    """The programme as a file that ``import_programme`` reads, here or elsewhere."""
    return write_programme(plan_of(open_programme(ctx, programme_id=programme_id)))


def plan_of(file: ProgrammeFile) -> ProgrammePlan:
    """A stored programme as a plan."""
    rounds = tuple(
        RoundPlan(
            values={name: getattr(one.round, name) for name in _ROUND_FIELDS - {"state"}},
            rules=tuple(replace(RuleDraft.of(rule), id="") for rule in one.rules),
        )
        for one in file.rounds
    )
    return ProgrammePlan(values={name: getattr(file.programme, name) for name in _PROGRAMME_FIELDS - {"state"}}, rounds=rounds)


# -- by hand -----------------------------------------------------------------------------------------------


def save_programme(ctx: Context, *, values: Mapping[str, Any], programme_id: str = "", version: int | None = None) -> tuple[str, Changes]:
    """Make or change a programme; answers its id. Unknown fields are a bug of the caller (KeyError)."""
    ctx.require("programmes")
    given = _clean(values, _PROGRAMME_FIELDS)
    with ctx.unit() as uow:
        stored = uow.programmes.need(programme_id) if programme_id else None
        _refuse_second(uow.programmes.where(code=given.get("code", "")), stored, code="programme.code_taken")
        kept = _store_programme(uow, stored, given, version=version)
        return kept.id, uow.commit()


def save_round(
    ctx: Context, *, programme_id: str, values: Mapping[str, Any], round_id: str = "", version: int | None = None
) -> tuple[str, Changes]:
    """Make or change a round; answers its id."""
    ctx.require("programmes")
    given = _clean(values, _ROUND_FIELDS)
    with ctx.unit() as uow:
        uow.programmes.need(programme_id)
        stored = uow.rounds.need(round_id) if round_id else None
        _refuse_second(uow.rounds.where(programme_id=programme_id, code=given.get("code", "")), stored, code="programme.round_taken")
        kept = _store_round(uow, stored, programme_id, given, version=version)
        return kept.id, uow.commit()


def save_rules(ctx: Context, *, round_id: str, rules: Sequence[RuleDraft], reason: str = "") -> Changes:
    """Make the rules of a round these, in this order; those with an ``id`` keep it, others are new, missing ones end.

    RuleViolation beside the field for a rule that cannot be meant, ``programme.overlap`` for two that contradict each other,
    ``programme.round_locked`` when payments were prepared by it and no reason is given.
    """
    ctx.require("programmes")
    with ctx.unit(reason=reason) as uow:
        one = uow.rounds.need(round_id)
        _store_rules(uow, one, rules, kind=uow.programmes.need(one.programme_id).kind, reason=reason)
        return uow.commit()


def set_state(ctx: Context, *, programme_id: str = "", round_id: str = "", state: str) -> Changes:
    """Open or close a programme or a round. A round without rules cannot be opened: RuleViolation ``programme.no_rules``."""
    ctx.require("programmes")
    with ctx.unit() as uow:
        if round_id:
            _need_choice(state, ROUND_STATES)
            if state == "open" and not uow.rules.where(round_id=round_id):
                raise RuleViolation("programme.no_rules", field="state")
            uow.rounds.save(replace(uow.rounds.need(round_id), state=state))
        else:
            _need_choice(state, PROGRAMME_STATES)
            uow.programmes.save(replace(uow.programmes.need(programme_id), state=state))
        return uow.commit()


def remove_round(ctx: Context, *, round_id: str, reason: str) -> Changes:
    """Take a round away that nothing was calculated by; RuleViolation ``programme.round_used`` otherwise."""
    ctx.require("programmes")
    with ctx.unit(reason=reason) as uow:
        one = uow.rounds.need(round_id)
        if uow.entitlements.where(round_id=round_id) or uow.batches.where(round_id=round_id):
            raise RuleViolation("programme.round_used", field="round", title=one.title)
        for rule in uow.rules.where(round_id=round_id):
            uow.rules.save(replace(rule, deleted=True))
        uow.rounds.save(replace(one, deleted=True))
        return uow.commit()


# -- storing -----------------------------------------------------------------------------------------------


def _store_programme(uow: UnitOfWork, stored: Programme | None, values: Mapping[str, Any], *, version: int | None = None) -> Programme:
    if stored is None:
        return uow.programmes.add(Programme(id=new_id(), **values))
    meaning = ("kind", "increments")
    if any(getattr(stored, name) != values.get(name, getattr(stored, name)) for name in meaning) and uow.entitlements.where(programme_id=stored.id):
        raise RuleViolation("programme.kind_used", field="kind", title=stored.title)
    return uow.programmes.save(replace(stored, **values), expected_version=version)


def _store_round(
    uow: UnitOfWork, stored: ReliefRound | None, programme_id: str, values: Mapping[str, Any], *, version: int | None = None, reason: str = ""
) -> ReliefRound:
    if stored is None:
        return uow.rounds.add(ReliefRound(id=new_id(), programme_id=programme_id, **values))
    if values.get("as_of", stored.as_of) != stored.as_of and is_locked(uow, stored.id) and not reason.strip():
        raise RuleViolation("programme.round_locked", field="as_of", title=stored.title)
    return uow.rounds.save(replace(stored, **values), expected_version=version)


def _store_rules(uow: UnitOfWork, one: ReliefRound, drafts: Sequence[RuleDraft], *, kind: str, reason: str) -> None:
    check_rules(drafts, kind=kind)
    stored = {rule.id: rule for rule in rules_of(uow, one.id)}
    wanted = _with_ids(drafts, stored)
    ended = [rule for rule in stored.values() if rule.id not in {new.id for new in wanted}]
    changed = [new for new in wanted if new.id in stored and _said(new) != _said(stored[new.id])]
    added = [new for new in wanted if new.id not in stored]
    if (ended or changed or added) and stored and is_locked(uow, one.id) and not reason.strip():
        raise RuleViolation("programme.round_locked", field="rules", title=one.title)
    for new in [replace(rule, round_id=one.id) for rule in wanted]:
        if new.id in stored:
            uow.rules.save(replace(new, version=stored[new.id].version))
        else:
            uow.rules.add(new)
    for rule in ended:
        uow.rules.save(replace(rule, deleted=True))


def _with_ids(drafts: Sequence[RuleDraft], stored: Mapping[str, ReliefRule]) -> list[ReliefRule]:
    """Drafts as records: each keeps its id, or takes that of the stored rule of the same name, so that a changed amount is a change."""
    free = {(rule.unit, rule.group, rule.category, rule.title): rule.id for rule in stored.values()}
    for draft in drafts:
        free = {name: rule_id for name, rule_id in free.items() if rule_id != draft.id}
    found = []
    for position, draft in enumerate(drafts):
        known = draft.id if draft.id in stored else free.pop((draft.unit, draft.group, draft.category, draft.title), "")
        found.append(draft.record(rule_id=known or new_id(), round_id="", position=position))
    return found


def _said(rule: ReliefRule) -> tuple[object, ...]:
    """What a rule gives to whom; its place in the table and notes may change at any time."""
    return (rule.unit, rule.criteria, rule.amount, rule.single, rule.group, rule.benefit, rule.category)


def _refuse_second(found: Sequence[Programme | ReliefRound], stored: Programme | ReliefRound | None, *, code: str) -> None:
    for other in found:
        if stored is None or other.id != stored.id:
            raise RuleViolation(code, field="code", value=other.code, title=other.title)


def _need_choice(value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise RuleViolation("programme.unknown_word", field="state", value=value[:40], known=", ".join(known))


def _clean(values: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Checked values for a record."""
    given: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if unknown := set(given) - known:
        raise KeyError(", ".join(sorted(unknown)))
    if "code" in given:
        check_code(given["code"])
    if not given.get("title", "x"):
        raise RuleViolation("programme.title_missing", field="title")
    for name in _TEXTS & set(given):
        check_text(given[name], field=name)
    for name, choices in _CHOICES.items():
        if given.get(name, choices[0]) not in choices:
            raise RuleViolation("programme.unknown_word", field=name, value=str(given[name])[:40], known=", ".join(choices))
    for name in set(_DAYS) & set(given):
        given[name] = read_day(given[name], field=name)
    if "budget" in given:
        check_budget(given["budget"])
    if given.get("terms"):
        check_terms(LoanTerms.from_json(given["terms"]))
    if "documents" in given:
        given["documents"] = tuple(given["documents"])
    return given


def read_day(text: str, *, field: str) -> str:
    """A day in any accepted style as ISO; "" stays. RuleViolation ``programme.day`` beside the field for one that is no single day."""
    if not text.strip():
        return ""
    try:
        found = parse_date(text).day
    except SasaeError:
        found = None
    if found is None:
        raise RuleViolation("programme.day", field=field, value=text[:60])
    return found.isoformat()
