"""What transfers answer with: written files, results taken, lists of the unpaid, reconciliations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.relief import Yen

Changes = Mapping[str, frozenset[str]]


class PaymentLine(NamedTuple):
    """What a transfer file, its answers and the books need of a ``Payment``, by the same names: there are sixty thousand at a time."""

    id: str
    position: int
    number: str
    code: str
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
    retry_of: str
    entry: str


class ShareLine(NamedTuple):
    """What the digest of a batch needs of a ``PaymentShare``, by the same names."""

    payment_id: str
    entitlement_id: str
    part: int
    amount: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class KanaChange:
    """A name that had to change to be legal at the bank: ``before`` became ``after``, and ``cut`` is what did not fit ("" nothing).

    ``line`` is the place among the data records of the batch, from 1. ``steps``: kind of change (``domain.bank_kana.CHANGES``), before, after.
    """

    line: int
    number: str
    before: str
    after: str
    cut: str = ""
    steps: tuple[tuple[str, str, str], ...] = ()

    @property
    def notable(self) -> bool:
        """Whether more than the width of the letters changed."""
        return bool(self.cut) or any(code not in ("width", "hiragana") for code, _, _ in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPart:
    """One written file of a batch."""

    id: str
    path: Path
    part: int
    parts: int
    count: int
    total: Yen
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A batch on the disk, read back and compared. ``sha256`` is the file's; of several files that of their hashes in order.

    ``again``: 0, or which 再出力 this is. ``names``: every name that was changed or cut.
    """

    batch_id: str
    batch_number: str
    files: tuple[WrittenPart, ...]
    count: int
    total: Yen
    sha256: str
    transfer_on: str
    profile: str
    again: int
    names: tuple[KanaChange, ...]
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAnswer:
    """What a bank says of one payment, from a file, a table or by hand. ``line`` of the source, from 1.

    ``code``: the twenty digits, or "" when the bank does not give them back: then bank, branch, kind, number and amount decide.
    ``failure`` "" is paid; else one of ``domain.payments.FAILURES``.
    """

    line: int
    code: str = ""
    number: str = ""
    bank: str = ""
    branch: str = ""
    kind: str = ""
    account: str = ""
    amount: Yen | None = None
    failure: str = ""
    reason: str = ""
    paid_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProblem:
    """An answer that was not taken: ``transfer.unknown_payment``, ``transfer.contradiction``, ``transfer.amount_differs`` …"""

    line: int
    code: str
    params: Mapping[str, Any]


Warned = tuple[str, Mapping[str, Any]]
"""Code and params of what is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What results did. ``unchanged`` were known already; ``open`` payments still wait for an answer; ``warnings`` are codes with params."""

    batch_id: str
    batch_number: str
    paid: int
    paid_total: Yen
    failed: int
    failed_total: Yen
    unchanged: int
    open: int
    settled: bool
    problems: tuple[AnswerProblem, ...]
    changes: Changes
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFileRow:
    """A line of the list of files. ``state`` also ``discarded``. ``next_step``: ``hand_over``, ``allow``, ``write_again`` or ""."""

    id: str
    version: int
    batch_id: str
    batch_number: str
    batch_title: str
    batch_state: str
    part: int
    parts: int
    again: int
    name: str
    profile: str
    transfer_on: str
    sha256: str
    count: int
    total: Yen
    state: str
    asked_by: str
    allowed_by: str
    written_by: str
    written_at: datetime | None
    handed_at: datetime | None
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingBatch:
    """A batch of transfers that is approved and further. ``next_step``: ``write``, ``ask_again``, ``allow``, ``write_again``, ``hand_over``,
    ``results``, ``retry``, ``reconcile`` or "". ``own``: this device prepared it and may write its file the first time."""

    id: str
    number: str
    title: str
    state: str
    count: int
    total: Yen
    guarded: bool
    own: bool
    approved_at: datetime | None
    approved_by: str
    transfer_on: str
    files: int
    handed: int
    again: str
    paid: int
    paid_total: Yen
    failed: int
    failed_total: Yen
    open: int
    retry: str
    reconciled: bool
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidRow:
    """A payment that did not arrive. ``retry``: number of the batch that pays it again, or "".

    ``next_step``: ``fix_account``, ``check_account``, ``retry``, ``wait`` (for the other batch) or ``done``.
    """

    id: str
    number: str
    code: str
    batch_id: str
    batch_number: str
    name: str
    kana: str
    bank: str
    bank_name: str
    branch: str
    branch_name: str
    account_kind: str
    account_number: str
    holder: str
    amount: Yen
    state: str
    failure: str
    reason: str
    account_state: str
    retry: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """The statement beside the books."""

    batch_number: str
    day: str
    statement: Yen
    expected: Yen
    difference: Yen
    fee: Yen
    changes: Changes
