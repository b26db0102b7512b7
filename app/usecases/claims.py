"""Claims for support: entered, their documents ticked, moved on. What no survey tells stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.building import VictimMember
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.identifiers import lettered_number, new_id, read_lettered
from app.domain.relief import CLAIM_STATES, METHODS, Casualty, Claim, Programme, ReliefRound, ReliefRule, check_yen
from app.domain.relief_documents import always_needed
from app.usecases.buildings import fit
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today
from app.usecases.relief_rows import CLAIM_SORTS, ClaimFilter, ClaimRow
from app.usecases.relief_subjects import LIVE_CLAIMS
from app.usecases.relief_wants import announce_claim, wanted_documents

MOST_MEMBERS = 99
MOST_TEXT = 2000
_EVERY = ClaimFilter()
_WORKINGS = ("number", "deleted")
_LINKS = ("victim_id", "casualty_id", "resident_no")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedClaim:
    """A saved claim. ``warnings``: message codes with parameters (``claim.late``, ``claim.again`` …); never refusals."""

    claim: Claim
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """A claim for one screen. ``wanted``: all documents of programme and round, in order; ``missing``: those everybody needs that are not ticked."""

    claim: Claim
    row: ClaimRow
    programme: Programme
    round: ReliefRound | None
    wanted: tuple[str, ...]
    missing: tuple[str, ...]


def save_claim(ctx: Context, *, values: Mapping[str, Any], claim_id: str | None = None, version: int | None = None) -> SavedClaim:
    """A new claim, or with ``claim_id`` a corrected one. Right ``claim``. ``values``: fields of ``Claim``.

    A resident number alone finds the household it is a member of, where the programme pays households.
    The state follows from the documents unless it is given: complete when none is missing, waiting when some came, received before.
    RuleViolation beside the field: ``claim.nobody`` (for whom), ``claim.day``, ``claim.size``, ``claim.size_reason`` (another number of
    members needs a reason), ``claim.apart_household``, ``claim.apart_members``, ``claim.apart_reason``, ``claim.income``, ``claim.text_long``,
    ``claim.round``, ``money.not_positive``, ``money.too_large``, ``word.unknown``, ``record.not_found``, and those of ``set_claim_state``.
    Warnings: ``claim.late`` (after the deadline), ``claim.again`` (another claim of the same programme that holds), ``claim.programme_closed``.
    """
    ctx.require("claim")
    with ctx.unit(reason=str(values.get("reason", ""))) as uow:
        stored = _visible(ctx, uow, claim_id) if claim_id else None
        saved, warnings = put_claim(ctx, uow, values=values, stored=stored, version=version)
        announce_claim(uow, saved)
        return SavedClaim(claim=saved, warnings=warnings, changes=uow.commit())


def put_claim(
    ctx: Context, uow: UnitOfWork, *, values: Mapping[str, Any], stored: Claim | None = None, version: int | None = None
) -> tuple[Claim, tuple[tuple[str, Mapping[str, Any]], ...]]:
    """As ``save_claim`` inside a unit of work; entitlements are told by the caller (``announce_claim``)."""
    given = _given(ctx, values)
    claim = replace(stored, **given) if stored else Claim(id=new_id(), **{"claimed_on": today(ctx).isoformat(), **given})
    programme, round = _place(uow, claim)
    claim = _at_home(ctx, uow, claim, round)
    _check(ctx, uow, claim)
    if "state" not in values:
        claim = _settled(claim, programme, round)
    _check_state(claim, programme, round)
    if stored is None:
        serial = uow.next_number("claim")
        saved = uow.claims.add(replace(claim, number=lettered_number("M", ctx.place.device_prefix, serial)))
    else:
        saved = uow.claims.save(claim, expected_version=version)
    return saved, _warnings(uow, saved, programme, round)


def _at_home(ctx: Context, uow: UnitOfWork, claim: Claim, round: ReliefRound | None) -> Claim:
    """With the household of a member who claims by resident number, where households are paid."""
    if claim.victim_id or claim.casualty_id or not claim.resident_no:
        return claim
    reads = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected"))
    rounds = [round] if round else reads.relief.many_by(ReliefRound, "programme_id", [claim.programme_id])
    if not any(rule.unit == "household" for rule in reads.relief.many_by(ReliefRule, "round_id", [one.id for one in rounds])):
        return claim
    homes = [one.victim_id for one in reads.relief.many_by(VictimMember, "resident_no", [claim.resident_no])]
    return replace(claim, victim_id=next((one for one in homes if reads.get("victim", one) is not None), ""))


def _given(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    given = fit(Claim, values, fixed=_WORKINGS)
    if "claimed_on" in given:
        given["claimed_on"] = read_day(str(given["claimed_on"]), field="claimed_on") or today(ctx).isoformat()
    for name in ("documents", "members"):
        if name in given:
            given[name] = tuple(dict.fromkeys(text.strip() for text in given[name] if text.strip()))
    return given


def _place(uow: UnitOfWork, claim: Claim) -> tuple[Programme, ReliefRound | None]:
    programme = uow.programmes.need(claim.programme_id)
    round = uow.rounds.need(claim.round_id) if claim.round_id else None
    if round is not None and round.programme_id != programme.id:
        raise RuleViolation("claim.round", field="round_id", programme=programme.title)
    return programme, round


def _check(ctx: Context, uow: UnitOfWork, claim: Claim) -> None:
    """What was typed is possible; RuleViolation beside the field."""
    for name, known in (("method", METHODS), ("state", CLAIM_STATES)):
        if getattr(claim, name) not in known:
            raise RuleViolation("word.unknown", field=name, word=str(getattr(claim, name)))
    if not any(getattr(claim, name) for name in _LINKS):
        raise RuleViolation("claim.nobody", field="victim_id")
    _check_links(ctx, uow, claim)
    first = ctx.place.occurred_at.astimezone(JST).date().isoformat()
    if not first <= claim.claimed_on <= today(ctx).isoformat():
        raise RuleViolation("claim.day", field="claimed_on", day=claim.claimed_on, first=first, last=today(ctx).isoformat())
    for name in ("claimed_by", "reason", "note"):
        if len(getattr(claim, name)) > MOST_TEXT:
            raise RuleViolation("claim.text_long", field=name, most=MOST_TEXT)
    if claim.requested is not None:
        check_yen(claim.requested, field="requested")
    if claim.income is not None and claim.income < 0:
        raise RuleViolation("claim.income", field="income", amount=claim.income)
    _check_household(claim)


def _check_household(claim: Claim) -> None:
    size = claim.household_size
    if size is not None and not 1 <= size <= MOST_MEMBERS:
        raise RuleViolation("claim.size", field="household_size", most=MOST_MEMBERS)
    if size is not None and not claim.reason:
        raise RuleViolation("claim.size_reason", field="reason")
    if claim.apart and not claim.victim_id:
        raise RuleViolation("claim.apart_household", field="victim_id")
    if claim.apart and not claim.members:
        raise RuleViolation("claim.apart_members", field="members")
    if claim.apart and not claim.reason:
        raise RuleViolation("claim.apart_reason", field="reason")


def _check_links(ctx: Context, uow: UnitOfWork, claim: Claim) -> None:
    """Household and casualty are there and the actor may know of them."""
    reads = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected"))
    for name, kind in (("victim_id", "victim"), ("casualty_id", "casualty"), ("contractor_id", "payee")):
        record_id = getattr(claim, name)
        record = reads.get(kind, record_id) if record_id else None
        if record_id and (record is None or getattr(record, "deleted", False)):
            raise RuleViolation("record.not_found", field=name, kind=kind, record=record_id)
    if claim.casualty_id and reads.relief.hidden("casualty", [claim.casualty_id]):
        raise RuleViolation("record.not_found", field="casualty_id", kind="casualty", record=claim.casualty_id)


def _settled(claim: Claim, programme: Programme, round: ReliefRound | None) -> Claim:
    """In the state that its documents say; one that was declined or withdrawn stays so."""
    if claim.state not in LIVE_CLAIMS:
        return claim
    missing = [one for one in always_needed(wanted_documents(programme, round)) if one not in claim.documents]
    return replace(claim, state="complete" if not missing else "waiting" if claim.documents else "received")


def _check_state(claim: Claim, programme: Programme, round: ReliefRound | None) -> None:
    if claim.state in ("declined", "withdrawn") and not claim.reason:
        raise RuleViolation("relief.reason_missing", field="reason")
    missing = [one for one in always_needed(wanted_documents(programme, round)) if one not in claim.documents]
    if claim.state == "complete" and missing:
        raise RuleViolation("claim.documents_missing", field="documents", missing=missing)


def _warnings(uow: UnitOfWork, claim: Claim, programme: Programme, round: ReliefRound | None) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    deadline = (round.deadline if round else "") or programme.deadline
    if deadline and claim.claimed_on > deadline:
        found.append(("claim.late", {"deadline": deadline}))
    if programme.state == "closed" or (round is not None and round.state == "closed"):
        found.append(("claim.programme_closed", {"programme": programme.title}))
    others = [
        one for name in _LINKS if getattr(claim, name) for one in uow.reads.relief.many_by(Claim, name, [getattr(claim, name)])
        if one.id != claim.id and one.programme_id == claim.programme_id and one.state in LIVE_CLAIMS and one.apart == claim.apart
    ]  # fmt: skip
    if others:
        found.append(("claim.again", {"number": others[0].number}))
    return tuple(found)


def set_claim_state(ctx: Context, *, claim_id: str, state: str, reason: str = "", version: int | None = None) -> Changes:
    """Move a claim; declined and withdrawn need a reason (``relief.reason_missing``), complete its documents (``claim.documents_missing``)."""
    values = {"state": state, **({"reason": reason} if reason.strip() else {})}
    return save_claim(ctx, values=values, claim_id=claim_id, version=version).changes


def tick_documents(ctx: Context, *, claim_id: str, documents: Sequence[str], version: int | None = None) -> Changes:
    """Which documents have come, all of them; the state follows (waiting while some are missing, complete when none is)."""
    return save_claim(ctx, values={"documents": list(documents)}, claim_id=claim_id, version=version).changes


def _visible(ctx: Context, uow: UnitOfWork, claim_id: str) -> Claim:
    """RuleViolation ``record.not_found`` for one the actor may not know of, as for one that is not there."""
    found = uow.claims.get(claim_id)
    reads = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected"))
    if found is None or found.deleted or reads.relief.hidden("claim", [claim_id]):
        raise RuleViolation("record.not_found", kind="claim", record=claim_id)
    return found


# -- to look at --------------------------------------------------------------------------------------------


def list_claim_ids(ctx: Context, *, filter: ClaimFilter | None = None, sort: str = "number") -> Sequence[str]:
    """Ids in order. Protected people's are not among them without the right."""
    ctx.require("view")
    if sort not in CLAIM_SORTS:
        raise RuleViolation("word.unknown", field="sort", word=sort)
    return ctx.reads.relief.claim_ids(filter=filter or _EVERY, sort=sort)


def claim_rows(ctx: Context, claim_ids: Sequence[str]) -> list[ClaimRow]:
    """Rows in the same order."""
    return ctx.reads.relief.claim_rows(claim_ids)


def find_claim(ctx: Context, *, number: str) -> str:
    """The id for a number (or an id). RuleViolation ``record.not_found``."""
    ctx.require("view")
    wanted = number.strip()
    known = ctx.reads.relief.by_number("claim", read_lettered("M", wanted) or wanted.upper())
    found = known or next((row.id for row in ctx.reads.relief.claim_rows([wanted])), None)
    if found is None:
        raise RuleViolation("record.not_found", kind="claim", record=wanted[:60])
    return found


def open_claim(ctx: Context, *, claim_id: str) -> ClaimFile:
    """One claim whole; noted in the access log. RuleViolation ``record.not_found``."""
    ctx.require("view")
    rows = claim_rows(ctx, [claim_id])
    if not rows:
        raise RuleViolation("record.not_found", kind="claim", record=claim_id)
    claim = ctx.reads.relief.many(Claim, [claim_id])[claim_id]
    programme = ctx.reads.relief.many(Programme, [claim.programme_id])[claim.programme_id]
    round = ctx.reads.relief.many(ReliefRound, [claim.round_id]).get(claim.round_id)
    casualty = ctx.reads.relief.many(Casualty, [claim.casualty_id]).get(claim.casualty_id)
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=[(casualty.person_id if casualty else "") or claim.resident_no or claim.victim_id or claim.id], target="claim")
        uow.commit()
    return ClaimFile(claim=claim, row=rows[0], programme=programme, round=round, wanted=wanted_documents(programme, round), missing=rows[0].missing)
