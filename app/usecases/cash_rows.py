"""Read models of vouchers, receipts and boxes of cash: frozen rows for lists, one file for one screen, what an act answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.domain.payments import CashBox, Receipt, Voucher
from app.domain.relief import Yen

if TYPE_CHECKING:
    from app.usecases.context import Changes

VOUCHER_SORTS = ("number", "kana", "address", "district", "amount", "state", "site")
UNPAID = frozenset({"ready", "assigned", "recalled", "released", "frozen"})
"""Vouchers whose money still lies somewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherFilter:
    """Which vouchers. "" asks for all. ``text``: number, name, kana, address. ``state`` "unpaid": all that may still be paid; "changed": those
    of them of which less is due now than they say.

    ``here``: only those that this device may pay now.
    """

    text: str = ""
    state: str = ""
    site_id: str = ""
    device: str = ""
    batch_id: str = ""
    programme_id: str = ""
    round_id: str = ""
    district: str = ""
    here: bool = False
    sort: str = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherRow:
    """A voucher in a list. ``device``: four letters of whoever may pay it. ``paid_*`` of the payment that stands.
    ``changed``: unpaid, and less is due now than it says, so that nobody may pay it.
    """

    id: str
    version: int
    number: str
    title: str
    batch_id: str
    batch_number: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    category: str
    amount: Yen
    guarded: bool
    site_id: str
    site_name: str
    device: str
    here: bool
    term: int
    state: str
    assigned_at: datetime | None
    expires_on: str
    asked_by: str
    reason: str
    receipt_id: str
    receipt_number: str
    paid_at: datetime | None
    paid_by: str
    paid_site: str
    paid_device: str
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFilter:
    """Which receipts. ``day`` ISO; ``waiting``: only refunds that wait for the second person; ``device`` an id: only what it wrote."""

    text: str = ""
    day: str = ""
    kind: str = ""
    box_id: str = ""
    site_id: str = ""
    clerk: str = ""
    voucher_id: str = ""
    device: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    """A receipt in a list, with whom its voucher names."""

    id: str
    version: int
    number: str
    kind: str
    state: str
    voucher_id: str
    voucher_number: str
    term: int
    title: str
    name: str
    kana: str
    birth: str
    address: str
    category: str
    amount: Yen
    paid_at: datetime | None
    day: str
    clerk: str
    second: str
    site_id: str
    site_name: str
    device: str
    box_id: str
    box_name: str
    received_by: str
    relation: str
    identified: str
    copies: int
    reverses: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCount:
    """Vouchers and yen of one site, device and state."""

    site_id: str
    site_name: str
    device: str
    state: str
    count: int
    total: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherRefusal:
    """One voucher of several with which nothing was done; ``code`` and ``params`` of a message."""

    number: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherActs:
    """What an act on vouchers did: ``done`` of them with ``total`` yen, ``unchanged`` were so already, others were refused.

    ``waiting``: recalled, but their device has not answered yet.
    """

    done: tuple[str, ...]
    total: Yen
    unchanged: int
    refused: tuple[VoucherRefusal, ...]
    waiting: int
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherFile:
    """A voucher opened, with its receipts, oldest first. ``may``: of ``pay``, ``assign``, ``recall``, ``freeze``, ``unfreeze``, ``void``,
    ``confirm_void``, ``give_up``, ``refund``. ``refusal``: why it cannot be paid here now.
    """

    row: VoucherRow
    receipts: tuple[ReceiptRow, ...]
    may: frozenset[str]
    refusal: VoucherRefusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Cash was paid, and it is on the disk. ``warnings``: codes with params."""

    receipt: Receipt
    voucher: Voucher
    row: ReceiptRow
    warnings: tuple[tuple[str, Mapping[str, Any]], ...]
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund as it is now: ``asked`` (waits for another person), ``done`` or ``refused``."""

    receipt: Receipt
    row: ReceiptRow
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """A box of cash. ``balance``: what should be in it; ``last_*`` of its last count."""

    box: CashBox
    site_name: str
    balance: Yen
    last_kind: str
    last_at: datetime | None
    last_total: Yen
    last_clerk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A count or movement of a box."""

    id: str
    box_id: str
    box_name: str
    kind: str
    day: str
    counted_at: datetime | None
    clerk: str
    second: str
    pieces: Mapping[int, int]
    total: Yen
    expected: Yen
    difference: Yen
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A count or movement that was kept. ``balance`` of the box after it."""

    row: CountRow
    balance: Yen
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkLine:
    """What one clerk paid and took back in a day."""

    clerk: str
    payments: int
    paid: Yen
    refunds: int
    refunded: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxDay:
    """A box over one day: ``start`` + brought - taken - paid + refunded + differences = ``end``."""

    box: CashBox
    start: Yen
    brought: Yen
    taken: Yen
    paid: Yen
    refunded: Yen
    difference: Yen
    end: Yen
    counts: tuple[CountRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySheet:
    """The desk of this site on one day: boxes, clerks, receipts in order. ``withheld``: receipts this reader may not know of, in the sums.

    ``outside``: this device's payments through no box of the site; it and the boxes add up to the clerks.
    """

    day: str
    site_name: str
    device: str
    boxes: tuple[BoxDay, ...]
    clerks: tuple[ClerkLine, ...]
    receipts: tuple[ReceiptRow, ...]
    payments: int
    paid: Yen
    refunds: int
    refunded: Yen
    asked: int
    withheld: int
    outside: ClerkLine


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededCash:
    """Notes and coins for the vouchers that are still to be paid here: sums of the fewest pieces for each."""

    vouchers: int
    total: Yen
    pieces: Mapping[int, int]
