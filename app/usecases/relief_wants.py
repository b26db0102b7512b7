"""What entitlements still want before they can be paid: a claim, documents, a certificate, a payee, an account, its check."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.domain.certificate import Certificate
from app.domain.certificate_states import certified_grades, is_certified
from app.domain.relief import Claim, Entitlement, Programme, ReliefRound, Yen
from app.domain.relief_documents import always_needed
from app.usecases.payee_rows import PayeeChoice
from app.usecases.payees import payees_for
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.relief_ports import LiveAmount
from app.usecases.relief_rows import WANTS
from app.usecases.relief_subjects import LIVE_CLAIMS

Papers = Mapping[str, tuple[bool, frozenset[str], bool]]
"""By entitlement: whether there is a claim, the documents that came with claims, whether the household has a certificate
of the degree that is calculated with."""
NO_PAPERS: tuple[bool, frozenset[str], bool] = (False, frozenset(), False)


def wanted_documents(programme: Programme, round: ReliefRound | None) -> tuple[str, ...]:
    """Documents of the programme and the round, in order, each once."""
    return tuple(dict.fromkeys((*programme.documents, *(round.documents if round else ()))))


def find_wants(
    reads: Reads, *, programme: Programme, round: ReliefRound, entitlements: Sequence[Entitlement], owed: frozenset[str], papers: Papers
) -> dict[str, tuple[str, ...]]:
    """What each entitlement lacks. ``owed``: those with money to pay; only they ask for payee and account.

    Nobody who has all the money, and nobody who declined, lacks anything. An exemption asks for no payee. Documents come with a claim: where
    none is needed and none was made, nobody lacks any; those of a case (``domain.relief_documents``) never stand in the way.
    """
    documents = always_needed(wanted_documents(programme, round))
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(entitlements), _MANY):
        part = entitlements[start : start + _MANY]
        paid = [one for one in part if one.id in owed]
        choices = payees_for(reads, paid) if paid else {}
        for one in part:
            benefit = one.due == 0 and one.lines != "[]"
            if one.state != "open" or not (benefit or one.id in owed):
                found[one.id] = ()
                continue
            claimed, had, certified = papers.get(one.id, NO_PAPERS)
            lacking = {
                "claim": programme.needs_claim and not claimed,
                "documents": (claimed or programme.needs_claim) and any(name not in had for name in documents),
                "certificate": programme.needs_certificate and one.unit == "household" and not certified,
            }
            choice = "" if benefit else choices.get(one.id, _NOBODY).wanted
            found[one.id] = tuple(code for code in WANTS if lacking.get(code) or code == choice)
    return found


_NOBODY = PayeeChoice()
_MANY = 900


def announce_wants(uow: UnitOfWork, *, entitlements: Iterable[Entitlement]) -> None:
    """Write anew what these lack, in the same transaction: a document came, a payee or an account changed."""
    by_round: dict[str, list[Entitlement]] = {}
    for one in entitlements:
        if not one.deleted:
            by_round.setdefault(one.round_id, []).append(one)
    for round_id, some in by_round.items():
        round = uow.rounds.get(round_id)
        programme = uow.programmes.get(round.programme_id) if round is not None else None
        if round is None or programme is None:
            continue
        live = uow.reads.relief.live(entitlement_ids=[one.id for one in some])
        owed = frozenset(one.id for one in some if one.state == "open" and one.due - one.before > _had(live.get(one.id)))
        papers = _papers(uow, some)
        found = find_wants(uow.reads, programme=programme, round=round, entitlements=some, owed=owed, papers=papers)
        changed = [replace(one, wants=found[one.id]) for one in some if found[one.id] != one.wants]
        if changed:
            uow.entitlements.save_many(changed)


def announce_subjects(uow: UnitOfWork, *, subjects: Iterable[str]) -> None:
    """As ``announce_wants`` for all entitlements of these keys of households or people: their payee or account changed."""
    keys = set(subjects) - {""}
    found = {one.id: one for field in ("subject", "household") for one in uow.reads.relief.many_by(Entitlement, field, keys)}
    announce_wants(uow, entitlements=found.values())


def announce_homes(uow: UnitOfWork, *, victim_ids: Iterable[str]) -> None:
    """As ``announce_wants`` for all entitlements of these affected households: their certificate was issued or taken back."""
    announce_wants(uow, entitlements=uow.reads.relief.many_by(Entitlement, "victim_id", set(victim_ids) - {""}))


def announce_claim(uow: UnitOfWork, claim: Claim) -> None:
    """As ``announce_wants`` for the entitlements that a claim belongs to."""
    of_claim = [("claim_id", claim.id), ("victim_id", claim.victim_id), ("casualty_id", claim.casualty_id), ("resident_no", claim.resident_no)]
    found = {one.id: one for field, value in of_claim if value for one in uow.reads.relief.many_by(Entitlement, field, [value])}
    announce_wants(uow, entitlements=[one for one in found.values() if one.programme_id == claim.programme_id])


def _papers(uow: UnitOfWork, entitlements: Sequence[Entitlement]) -> Papers:
    claims = claims_of(uow.reads, entitlements)
    homes = {one.id: one.victim_id or next((claim.victim_id for claim in claims[one.id]), "") for one in entitlements}
    by_home: dict[str, list[tuple[str, str]]] = {}
    for paper in uow.reads.relief.many_by(Certificate, "victim_id", homes.values()):
        if paper.kind == "damage":
            by_home.setdefault(paper.victim_id, []).append((paper.state, paper.grade))
    return {
        one.id: (
            bool(claims[one.id]),
            frozenset(name for claim in claims[one.id] for name in claim.documents),
            is_certified(certified_grades(by_home.get(homes[one.id], ())), str(json.loads(one.basis).get("grade") or "")),
        )
        for one in entitlements
    }


def claims_of(reads: Reads, entitlements: Sequence[Entitlement]) -> dict[str, tuple[Claim, ...]]:
    """The claims that hold for each entitlement, oldest first."""
    by: dict[tuple[str, str], list[Claim]] = {}
    wanted = {"id": "claim_id", "victim_id": "victim_id", "casualty_id": "casualty_id", "resident_no": "resident_no"}
    for field, source in wanted.items():
        for claim in reads.relief.many_by(Claim, field, {getattr(one, source) for one in entitlements}):
            if claim.state in LIVE_CLAIMS and (field == "id" or not claim.apart):
                by.setdefault((field, getattr(claim, field)), []).append(claim)
    found = {}
    for one in entitlements:
        mine = {
            claim.id: claim
            for field, source in wanted.items()
            for claim in by.get((field, getattr(one, source)), ())
            if claim.programme_id == one.programme_id and claim.round_id in ("", one.round_id) and not (one.unit == "person" and field == "victim_id")
        }
        found[one.id] = tuple(sorted(mine.values(), key=lambda claim: (claim.claimed_on, claim.id)))
    return found


def _had(amount: LiveAmount | None) -> Yen:
    return 0 if amount is None else amount.paid + amount.under_way
