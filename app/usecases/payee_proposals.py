"""Who may receive for an entitlement, best first: by the law for somebody who died, else the person or the head of the household."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.building import Victim
from app.domain.dates import parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.folding import fold_name
from app.domain.heirs import ADULT, rank_heirs
from app.domain.relief import Entitlement
from app.usecases.context import Context
from app.usecases.payee_rows import Proposal
from app.usecases.ports import Reads
from app.usecases.protections import today


@dataclass(frozen=True, slots=True)
class _Member:
    """Somebody of the household."""

    name: str
    kana: str
    birth: str
    relation: str
    resident_no: str = ""
    person_id: str = ""
    address: str = ""
    postal: str = ""


def propose_payees(ctx: Context, *, entitlement_id: str) -> tuple[Proposal, ...]:
    """Members of the household who may receive, best first. RuleViolation ``record.not_found``.

    For a death: heirs in legal order (``order``), then the other members for a person to decide. For a living person: the person, or with
    years under eighteen the parents first; then the head with consent. For a household: its head, then members with the head's consent.
    """
    entitlement = ctx.reads.get("entitlement", entitlement_id)
    if not isinstance(entitlement, Entitlement) or entitlement.deleted:
        raise RuleViolation("record.not_found", kind="entitlement", record=entitlement_id)
    members = _members(ctx, entitlement)
    subject = _place_of(entitlement, members)
    if is_death(ctx.reads, entitlement):
        return _heirs(entitlement, members, subject)
    if entitlement.unit == "person":
        return _for_person(ctx, entitlement, members, subject)
    return _for_household(entitlement, members)


def is_death(reads: Reads, entitlement: Entitlement) -> bool:
    """Whether the money is for somebody who died or is missing."""
    return bool(entitlement.casualty_id) and entitlement.casualty_id in reads.payees.deceased([entitlement.casualty_id])


def _members(ctx: Context, entitlement: Entitlement) -> list[_Member]:
    """The household as it lived there, the head first; else that of the snapshot."""
    victim = ctx.reads.get("victim", entitlement.victim_id) if entitlement.victim_id else None
    if isinstance(victim, Victim):
        found = ctx.reads.payees.members(victim.id)
        if found:
            return [
                _Member(one.name, one.kana, one.birth, one.relation, one.resident_no, one.person_id, victim.address, victim.postal)
                for one in found
            ]
    numbers = [entitlement.resident_no] if entitlement.resident_no else []
    homes = ctx.reads.buildings.register_homes(numbers) if numbers else {}
    return [
        _Member(one.name, one.kana, one.birth, one.relation, one.resident_no, one.person_id, one.address, one.postal)
        for one in homes.get(entitlement.resident_no, [])
    ]


def _place_of(entitlement: Entitlement, members: Sequence[_Member]) -> int | None:
    """Which member the entitled person is: by number, else by name and no other birth date."""
    for place, member in enumerate(members):
        if entitlement.resident_no and member.resident_no == entitlement.resident_no:
            return place
        if entitlement.person_id and member.person_id == entitlement.person_id:
            return place
    alike = [
        place
        for place, member in enumerate(members)
        if fold_name(member.name) == fold_name(entitlement.name)
        and (not member.birth or not entitlement.birth or _day(member.birth) == _day(entitlement.birth))
    ]
    return alike[0] if len(alike) == 1 else None


def _heirs(entitlement: Entitlement, members: Sequence[_Member], dead: int | None) -> tuple[Proposal, ...]:
    if dead is None:
        return tuple(_proposal(entitlement, one, "", "payee.proposed_unknown", consent=True) for one in members)
    heirs = rank_heirs(dead, [one.relation for one in members])
    ranked = {heir.place for heir in heirs}
    found = [
        _proposal(
            entitlement,
            members[heir.place],
            heir.role,
            f"payee.proposed_{heir.role}",
            order=heir.order,
            equals=heir.equals,
            consent=heir.equals > 1,
        )
        for heir in heirs
    ]
    others = [one for place, one in enumerate(members) if place != dead and place not in ranked]
    return (*found, *(_proposal(entitlement, one, "agent", "payee.proposed_other", consent=True) for one in others))


def _for_person(ctx: Context, entitlement: Entitlement, members: Sequence[_Member], place: int | None) -> tuple[Proposal, ...]:
    person = (
        members[place] if place is not None else _Member(entitlement.name, entitlement.kana, entitlement.birth, "", entitlement.resident_no)
    )
    minor = _years(person.birth, today(ctx)) < ADULT
    own = _proposal(entitlement, person, "self", "payee.proposed_self_minor" if minor else "payee.proposed_self", consent=False)
    parents = []
    if minor and place is not None:
        heirs = [heir for heir in rank_heirs(place, [one.relation for one in members]) if heir.role == "parent"]
        parents = [_proposal(entitlement, members[heir.place], "guardian", "payee.proposed_guardian", consent=False) for heir in heirs]
    taken = {one.name for one in (own, *parents)}
    head = [_proposal(entitlement, one, "agent", "payee.proposed_head_for", consent=True) for one in members[:1] if one.name not in taken]
    return (*parents, own, *head) if minor and parents else (own, *parents, *head)


def _for_household(entitlement: Entitlement, members: Sequence[_Member]) -> tuple[Proposal, ...]:
    if not members:
        head = _Member(
            entitlement.name, entitlement.kana, entitlement.birth, "", entitlement.resident_no, entitlement.person_id, entitlement.address
        )
        return (_proposal(entitlement, head, "head", "payee.proposed_head", consent=False),)
    heirs = {heir.place: heir.role for heir in rank_heirs(0, [one.relation for one in members])}
    found = [_proposal(entitlement, members[0], "head", "payee.proposed_head", consent=False)]
    for place, one in enumerate(members[1:], start=1):
        found.append(_proposal(entitlement, one, heirs.get(place, "agent"), "payee.proposed_member", consent=True))
    return tuple(found)


def _proposal(
    entitlement: Entitlement, member: _Member, role: str, reason: str, *, consent: bool, order: int = 0, equals: int = 0
) -> Proposal:
    values: dict[str, Any] = {
        "name": member.name, "kana": member.kana, "birth": member.birth, "role": role or "agent", "resident_no": member.resident_no,
        "person_id": member.person_id, "address": member.address or entitlement.address, "postal": member.postal,
    }  # fmt: skip
    return Proposal(
        name=member.name, kana=member.kana, birth=member.birth, relation=member.relation, role=role, order=order, equals=equals, reason=reason,
        consent=consent, values=values,
    )  # fmt: skip


def _day(text: str) -> object:
    try:
        return parse_date(text, lenient=True).earliest
    except SasaeError:
        return text


def _years(birth: str, on: date) -> int:
    """Whole years on a day; a full age when the birth date is not known."""
    born = _day(birth)
    if not isinstance(born, date):
        return ADULT
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
