"""Read models of calculations, entitlements, claims and casualties: frozen rows for lists, one file for one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.domain.payments import Payment, PaymentBatch, PaymentShare
from app.domain.relief import Casualty, Claim, Entitlement, Programme, ReliefRound, ReliefRule, Yen

if TYPE_CHECKING:
    from app.domain.relief_rules import Line, Reason
    from app.usecases.context import Changes

WANTS = ("claim", "documents", "certificate", "payee", "account", "check")
"""What stands in the way of a payment, in the order it is asked for. A payee who is paid in cash or a contractor lacks no account."""
PROGRESS = ("open", "planned", "approved", "sent", "voucher", "paid", "failed", "declined", "ended")
ENTITLEMENT_SORTS = ("number", "kana", "address", "district", "category", "amount", "open")
CLAIM_SORTS = ("number", "claimed", "kana", "state")
CASUALTY_SORTS = ("number", "kana", "harmed", "harm")
ACTIONS = ("created", "raised", "lowered", "over", "ended", "unchanged", "declined", "problem", "none")
"""What a calculation does with a subject. ``problem``: listed in words and left alone. ``none``: nothing is due, nothing was."""


# -- calculation -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCount:
    """One line of the table count × unit price: of a category, title and amount. ``unit_amount`` is None where everybody's differs (loan, invoice)."""

    category: str
    title: str
    unit: str
    count: int
    unit_amount: Yen | None
    total: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculatedRow:
    """One household or person and what is due in the round. ``entitlement_id`` "" while there is none yet.

    ``already`` is what is paid or on its way for this round, ``before`` what earlier rounds gave (programmes of a total), ``open`` what
    is left to pay. ``reasons`` say why or why not (``presentation.relief_steps.reason_words``); ``problem`` is a message code of why it
    was left alone, with ``params``.
    """

    entitlement_id: str
    number: str
    unit: str
    subject: str
    victim_id: str
    casualty_id: str
    claim_id: str
    resident_no: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    size: int
    grade: str
    category: str
    lines: tuple[Line, ...]
    due: Yen
    before: Yen
    already: Yen
    open: Yen
    over: Yen
    flag: str
    action: str
    wants: tuple[str, ...]
    reasons: tuple[Reason, ...]
    problem: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """What a round comes to. ``dry``: nothing was written.

    ``total``: sum of what is due less what earlier rounds gave, of everyone entitled; ``already``: of it paid or on its way; ``to_pay``: what
    is left. ``budget`` is the round's, else the programme's (None without); ``left`` = budget - what counts against it, negative when it
    is overrun. ``missing``: how many entitlements with money to pay lack it, by code of ``WANTS``; ``payable``: how many lack nothing.
    ``rows``: everyone looked at, in order of the lists; ``warnings``: message codes with parameters (overlapping rules …).
    """

    programme: Programme
    round: ReliefRound
    dry: bool
    categories: tuple[CategoryCount, ...]
    count: int
    total: Yen
    already: Yen
    to_pay: Yen
    budget: Yen | None
    left: Yen | None
    created: int
    raised: int
    lowered: int
    over: int
    over_total: Yen
    ended: int
    unchanged: int
    declined: int
    problems: int
    payable: int
    missing: Mapping[str, int]
    rows: Sequence[CalculatedRow]
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    calculated_at: datetime | None = None
    changes: Changes = field(default_factory=dict)


# -- entitlements ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementFilter:
    """What a list of entitlements shows. "" and None ask for all. ``text``: number, name, kana, address, resident number.

    ``progress``: a code of ``PROGRESS``; ``wants``: a code of ``WANTS``, "any" or "none"; ``flag``: "over", "less", "raised"; ``way``: the
    payee's way; ``method``: of the claim; ``owed``: with money still to pay; ``household``: the key of a household.
    """

    programme_id: str = ""
    round_id: str = ""
    text: str = ""
    progress: str = ""
    state: str = ""
    category: str = ""
    district: str = ""
    unit: str = ""
    wants: str = ""
    flag: str = ""
    way: str = ""
    method: str = ""
    owed: bool | None = None
    household: str = ""
    victim_id: str = ""
    batch_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementRow:
    """An entitlement in a list. ``paid``: with the payee; ``under_way``: in a batch; ``open`` = due - before - paid - under_way, at least 0.

    ``account``: bank, branch and the last digits; ``batch_number`` of the newest batch. ``failure``: why the last payment did not arrive.
    """

    id: str
    version: int
    number: str
    programme_id: str
    programme_title: str
    round_id: str
    round_title: str
    unit: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    category: str
    due: Yen
    before: Yen
    paid: Yen
    under_way: Yen
    open: Yen
    over: Yen
    flag: str
    progress: str
    state: str
    wants: tuple[str, ...]
    payee_id: str
    payee_name: str
    payee_kana: str
    payee_role: str
    way: str
    account_id: str
    account: str
    account_state: str
    batch_id: str
    batch_number: str
    failure: str
    victim_id: str
    casualty_id: str
    claim_id: str
    claim_number: str
    resident_no: str
    household: str
    calculated_at: datetime | None
    reason: str
    protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidPart:
    """One payment of an entitlement, with its batch."""

    share: PaymentShare
    payment: Payment
    batch: PaymentBatch | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementFile:
    """Everything about one entitlement for one screen. ``facts``: what it was calculated from; ``others``: entitlements of the same household."""

    entitlement: Entitlement
    row: EntitlementRow
    programme: Programme
    round: ReliefRound
    rules: tuple[ReliefRule, ...]
    lines: tuple[Line, ...]
    facts: Mapping[str, Any]
    claim: Claim | None
    casualty: Casualty | None
    parts: tuple[PaidPart, ...]
    others: tuple[EntitlementRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """An entitlement with money still to pay: ``amount`` > 0 and the number of the next ``part`` (for ``PaymentShare.part``).

    ``protected``: it belongs into a batch of its own (guarded).
    """

    entitlement: Entitlement
    amount: Yen
    part: int
    protected: bool


# -- claims ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFilter:
    """What a list of claims shows. "" and None ask for all. ``text``: number, name, kana; ``lacking``: documents are missing."""

    text: str = ""
    programme_id: str = ""
    round_id: str = ""
    state: str = ""
    lacking: bool | None = None
    apart: bool | None = None
    victim_id: str = ""
    casualty_id: str = ""
    resident_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """A claim in a list. ``name``: the household's head, the casualty or the resident. ``missing``: documents of programme and round not ticked yet."""

    id: str
    version: int
    number: str
    programme_id: str
    programme_title: str
    round_id: str
    round_title: str
    claimed_on: str
    claimed_by: str
    name: str
    kana: str
    address: str
    district: str
    victim_id: str
    casualty_id: str
    resident_no: str
    method: str
    requested: Yen | None
    income: Yen | None
    documents: tuple[str, ...]
    missing: tuple[str, ...]
    state: str
    apart: bool
    late: bool
    reason: str
    protected: bool


# -- casualties --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyFilter:
    """What a list of casualties shows. "" and None ask for all. ``linked``: to a household, registered person or resident."""

    text: str = ""
    harm: str = ""
    state: str = ""
    district: str = ""
    breadwinner: str = ""
    linked: bool | None = None
    victim_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyRow:
    """Somebody who died, is missing or was hurt, in a list. ``head_name``: of the household it is linked to."""

    id: str
    version: int
    number: str
    name: str
    kana: str
    birth: str
    sex: str
    address: str
    district: str
    harm: str
    harmed_on: str
    breadwinner: bool | None
    document: str
    state: str
    entered_by: str
    confirmed_by: str
    victim_id: str
    head_name: str
    person_id: str
    resident_no: str
    linked: bool
    protected: bool
