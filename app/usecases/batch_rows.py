"""What batches and payments answer with, and how they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.domain.payments import ApprovalLimit, PaymentBatch, TransferFile
from app.domain.relief import Programme, ReliefRound, Yen

if TYPE_CHECKING:
    from app.usecases.context import Changes

BATCH_SORTS = ("-prepared", "number", "state", "total", "programme")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entitlement that was not put into a batch, and why: ``code`` and ``params`` of a message (``batch.left.…``)."""

    entitlement_id: str
    number: str
    name: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What preparing made: none, one or several drafts (protected people apart; repeats apart, one for each original batch)."""

    batches: tuple[PaymentBatch, ...]
    left_out: tuple[LeftOut, ...]
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFilter:
    """Which batches. ``text``: number, title, programme. "" and None ask for all; ``open`` for those not settled and not cancelled."""

    text: str = ""
    programme_id: str = ""
    round_id: str = ""
    state: str = ""
    way: str = ""
    open: bool = False
    sort: str = "-prepared"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch in a list. ``count`` and ``total`` are of the payments this reader may know of; people by name."""

    id: str
    version: int
    number: str
    programme_id: str
    programme_code: str
    programme_title: str
    round_id: str
    round_code: str
    round_title: str
    way: str
    title: str
    state: str
    count: int
    total: Yen
    guarded: bool
    retry_of: str
    prepared_by: str
    prepared_at: datetime | None
    checked_by: str
    checked_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    transfer_on: str
    reason: str
    digest: str
    paid: int
    paid_total: Yen
    failed: int
    failed_total: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment in a list, with the number of its batch and of the entitlements it pays. ``protected``: under a protection measure."""

    id: str
    version: int
    number: str
    code: str
    batch_id: str
    batch_number: str
    position: int
    way: str
    payee_id: str
    account_id: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    category: str
    bank: str
    branch: str
    bank_name: str
    branch_name: str
    account_kind: str
    account_number: str
    holder: str
    amount: Yen
    state: str
    failure: str
    reason: str
    retry_of: str
    paid_on: str
    entitlements: tuple[str, ...]
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryLine:
    """Count × amount of one category in a batch: ``count`` shares of ``amount`` each."""

    category: str
    amount: Yen
    count: int
    total: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStep:
    """One step of a batch as the journal has it: who brought it into which state, when, with which reason."""

    at: datetime
    by: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile:
    """A batch opened: its row, programme, round, lines by category, steps, files, batches that repeat it, and what the actor may do now.

    ``may``: of ``check``, ``approve``, ``return``, ``cancel``, ``submit``, ``remove``, ``retry``, ``sheet``. ``intact`` is False when its
    contents are not what its digest says: then nothing may be done."""

    batch: PaymentBatch
    row: BatchRow
    programme: Programme
    round: ReliefRound
    lines: tuple[CategoryLine, ...]
    steps: tuple[BatchStep, ...]
    files: tuple[TransferFile, ...]
    retries: tuple[BatchRow, ...]
    may: frozenset[str]
    intact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPayment:
    """The newest payment for an entitlement whose money did not arrive: what a repeat is linked to, and what must not be the same again."""

    payment_id: str
    batch_id: str
    failure: str
    bank: str
    branch: str
    account_kind: str
    account_number: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveMoney:
    """What is on its way or paid for an entitlement, and which parts are taken."""

    total: Yen
    parts: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """A role and what it may approve; None without limit. ``record`` is None where none was set."""

    role: str
    most_total: Yen | None
    most_single: Yen | None
    record: ApprovalLimit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionRow:
    """One household or person of an exemption (減免): what they are exempted from, in words of the rules."""

    id: str
    number: str
    programme: str
    round: str
    unit: str
    household: str
    victim_id: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    category: str
    benefits: tuple[str, ...]
    state: str
    wants: tuple[str, ...]
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """An entitlement that was declined (辞退)."""

    id: str
    number: str
    programme: str
    round: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    category: str
    due: Yen
    declined_at: datetime | None
    declined_by: str
    reason: str
    note: str
    protected: bool = False
