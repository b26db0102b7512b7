"""Payments: payees and accounts, batches that two people pass, transfer files, vouchers and receipts, boxes of cash, postings.

Money never merges. An approved batch is immutable; a voucher is paid only by the device that holds it; a posting is never changed but reversed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.records import Record
from app.domain.relief import Yen

PAYEE_ROLES = (
    "self",
    "head",
    "spouse",
    "child",
    "parent",
    "grandchild",
    "grandparent",
    "sibling",
    "guardian",
    "agent",
    "apart",
    "contractor",
)
"""本人, 世帯主, 配偶者, 子, 父母, 孫, 祖父母, 兄弟姉妹, 後見人等, 代理人, 別居（DV等）, 業者."""
HEIRS = ("spouse", "child", "parent", "grandchild", "grandparent", "sibling")
"""災害弔慰金: the order of the law; siblings only when they lived together (DOMAIN 4.2)."""
WAYS = ("transfer", "cash", "in_kind")
ACCOUNT_KINDS = ("1", "2", "4", "9")
"""普通, 当座, 貯蓄, その他: the codes of the transfer file."""
ACCOUNT_STATES = ("entered", "checked", "wrong", "closed", "deceased", "retired")
"""確認待ち, 確認済み, 誤り, 解約, 名義人死亡, 使わない. Only a checked one is paid to."""
BATCH_STATES = ("draft", "checked", "approved", "sent", "settled", "returned", "cancelled")
"""作成中, 確認済み, 承認済み, 送信（引渡し）済み, 結果そろう, 差戻し, 取りやめ."""
LIVE_BATCH = frozenset({"draft", "checked", "approved", "sent", "settled", "returned"})
PAYMENT_STATES = ("planned", "approved", "sent", "paid", "failed", "recalled", "refunded", "void")
"""予定, 承認済み, 送信済み, 支給済み, 不能, 組戻し, 返納, 取消."""
LIVE_PAYMENT = frozenset({"planned", "approved", "sent", "paid"})
"""Its money is on the way or with the payee: nothing else may be paid for the same."""
FAILURES = ("", "no_account", "name", "closed", "deceased", "stopped", "recalled", "cancelled", "other")
VOUCHER_STATES = ("ready", "assigned", "recalled", "released", "paid", "refunded", "void", "frozen")
"""未割当, 割当済み, 回収依頼中, 返却待ち（拠点が手放した）, 支払済み, 返納, 取消, 凍結（端末紛失）."""
RECEIPT_KINDS = ("payment", "refund")
RECEIPT_STATES = ("done", "asked", "refused")
IDENTIFIED = ("card", "licence", "passport", "insurance", "certificate", "known", "witness", "other", "voucher", "none")
"""How the clerk knew who stood there. ``voucher``: the paper with name and date of birth; the window asks for something better.

``none``: nobody said; never written as if somebody had looked.
"""
COUNT_KINDS = ("open", "close", "in", "out")
FILE_STATES = ("asked", "allowed", "written", "handed")
"""再出力の依頼, 再出力の承認, 出力, 銀行へ渡した."""
NEVER_UNDONE = frozenset(
    {
        *("programme", "relief_round", "relief_rule", "casualty", "claim", "entitlement", "loan", "repayment", "approval_limit", "payee"),
        *("payee_account", "own_bank", "payment_batch", "payment", "payment_share", "transfer_file", "transfer_result", "reconciliation"),
        *("voucher", "receipt", "cash_box", "cash_count", "posting", "money_home"),
    }
)
"""Kinds of record that decide about money: each has its own way back, which two people pass. The general undo refuses them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee(Record):
    """Who receives for a ``subject`` (a household or person key). "" as ``programme_id``: for every programme that has no payee of its own.

    ``victim_id`` is the household, ``person_id`` and ``resident_no`` are the payee's own where known. ``consent``: what shows that the head
    of the household or the heirs agree. ``account_id`` is the account in use. ``protected``: typed in, and may be a protected person
    (decision 006): then withheld as if linked to that person.
    """

    subject: str
    programme_id: str = ""
    victim_id: str = ""
    person_id: str = ""
    resident_no: str = ""
    role: str = "head"
    name: str = ""
    kana: str = ""
    birth: str = ""
    postal: str = ""
    address: str = ""
    phone: str = ""
    way: str = "transfer"
    account_id: str = ""
    consent: str = ""
    documents: tuple[str, ...] = ()
    protected: bool = False
    state: str = "active"
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Record):
    """A bank account. ``bank`` four, ``branch`` three, ``number`` seven digits; ``holder`` the kana **as in the passbook**, as typed.

    ``symbol``/``symbol_no``: ゆうちょ 記号・番号 as typed. ``listed``: bank and branch stand in the list of ``list_day``; else ``reason`` says why
    it is right. ``photo`` names the picture of the passbook among the attachments. ``checked_by`` is another person than ``entered_by``.
    """

    payee_id: str
    bank: str = ""
    branch: str = ""
    bank_name: str = ""
    branch_name: str = ""
    kind: str = "1"
    number: str = ""
    holder: str = ""
    symbol: str = ""
    symbol_no: str = ""
    listed: bool = True
    list_day: str = ""
    photo: str = ""
    state: str = "entered"
    entered_by: str = ""
    checked_by: str = ""
    checked_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBank(Record):
    """A bank or branch that the shipped list does not have, or has otherwise: a municipality's own correction. ``branch`` "" is the bank."""

    bank: str
    branch: str = ""
    name: str = ""
    kana: str = ""
    closed_on: str = ""
    moved_to: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentBatch(Record):
    """Payments that are decided together. ``digest`` is the SHA-256 of its lines from the check on; ``guarded``: of protected people only.

    ``device_id`` made it and alone may write its file the first time. ``retry_of`` is the batch whose failed payments it repeats.
    """

    number: str = ""
    programme_id: str = ""
    round_id: str = ""
    way: str = "transfer"
    title: str = ""
    state: str = "draft"
    count: int = 0
    total: Yen = 0
    digest: str = ""
    guarded: bool = False
    device_id: str = ""
    site_id: str = ""
    retry_of: str = ""
    prepared_by: str = ""
    prepared_at: datetime | None = None
    checked_by: str = ""
    checked_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    transfer_on: str = ""
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Record):
    """One line of a batch: one transfer, voucher or bill. What is paid to one payee together; ``PaymentShare`` says for which entitlements.

    Name and account are frozen as approved. ``code``: twenty digits, in the transfer file as 顧客コード1 and 2. ``entry`` names the
    posting that paid it.
    """

    number: str = ""
    code: str = ""
    batch_id: str
    programme_id: str = ""
    round_id: str = ""
    position: int = 0
    way: str = "transfer"
    payee_id: str = ""
    account_id: str = ""
    name: str = ""
    kana: str = ""
    birth: str = ""
    address: str = ""
    district: str = ""
    category: str = ""
    bank: str = ""
    branch: str = ""
    bank_name: str = ""
    branch_name: str = ""
    account_kind: str = ""
    account_number: str = ""
    holder: str = ""
    amount: Yen = 0
    state: str = "planned"
    failure: str = ""
    reason: str = ""
    retry_of: str = ""
    paid_on: str = ""
    entry: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentShare(Record):
    """What a payment pays of one entitlement. ``part`` counts its payments from 1; ``live`` until the money is known not to have arrived.

    The store refuses a second live share of the same entitlement and part.
    """

    payment_id: str
    batch_id: str
    entitlement_id: str
    part: int = 1
    amount: Yen = 0
    live: bool = True
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFile(Record):
    """A written transfer file (or one that may be written again). ``again`` 0 the first time, then 再出力 1, 2 …: same contents, same ``sha256``.

    ``settings`` is the JSON of the bank's profile as it was used, so that the same bytes can be made again.
    """

    batch_id: str
    part: int = 1
    parts: int = 1
    again: int = 0
    name: str = ""
    profile: str = ""
    transfer_on: str = ""
    settings: str = ""
    sha256: str = ""
    count: int = 0
    total: Yen = 0
    bytes: int = 0
    state: str = "written"
    asked_by: str = ""
    allowed_by: str = ""
    written_by: str = ""
    written_at: datetime | None = None
    handed_at: datetime | None = None
    reason: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferResult(Record):
    """What the bank answered about a batch: one file or one act by hand. ``sha256`` of the file; the same is never taken twice."""

    batch_id: str
    sha256: str = ""
    name: str = ""
    profile: str = ""
    paid: int = 0
    paid_total: Yen = 0
    failed: int = 0
    failed_total: Yen = 0
    taken_at: datetime | None = None
    taken_by: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation(Record):
    """The bank statement beside the books for a batch and day. ``difference`` = statement - expected, with an ``explanation`` when not 0."""

    batch_id: str
    day: str = ""
    statement: Yen = 0
    expected: Yen = 0
    difference: Yen = 0
    fee: Yen = 0
    explanation: str = ""
    done_by: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher(Record):
    """The right to pay one payment in cash. Only device ``device_id`` of site ``site_id`` may pay it, in this ``term``.

    ``term`` goes up with each assignment; a voucher of an older term is worth nothing. Frozen values, so that a site needs nothing else.
    ``device_id`` is this device's id, or at headquarters the four letters of another. ``asked_by`` asks two people to void it.
    ``carried`` is the last term that a file of headquarters told its device: one that never left the house can be taken back at once.
    """

    number: str = ""
    payment_id: str
    batch_id: str = ""
    programme_id: str = ""
    round_id: str = ""
    payee_id: str = ""
    title: str = ""
    name: str = ""
    kana: str = ""
    birth: str = ""
    address: str = ""
    district: str = ""
    category: str = ""
    amount: Yen = 0
    guarded: bool = False
    site_id: str = ""
    device_id: str = ""
    home_device: str = ""
    term: int = 0
    state: str = "ready"
    assigned_at: datetime | None = None
    expires_on: str = ""
    asked_by: str = ""
    carried: int = 0
    reason: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Record):
    """Cash that changed hands: a payment or a refund. ``term`` is the voucher's. A refund names the receipt it ``reverses`` and a ``second`` person.

    ``clerk`` and ``second`` are names, not ids: an operator of a laptop has no record at headquarters.
    """

    number: str = ""
    kind: str = "payment"
    voucher_id: str
    payment_id: str = ""
    programme_id: str = ""
    round_id: str = ""
    term: int = 0
    amount: Yen = 0
    paid_at: datetime | None = None
    day: str = ""
    clerk: str = ""
    second: str = ""
    site_id: str = ""
    device_id: str = ""
    box_id: str = ""
    received_by: str = ""
    relation: str = ""
    identified: str = ""
    copies: int = 0
    state: str = "done"
    reverses: str = ""
    entry: str = ""
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CashBox(Record):
    """A box of cash at a site."""

    name: str
    site_id: str = ""
    state: str = "open"
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CashCount(Record):
    """A box counted (``open``, ``close``) or money brought and taken away (``in``, ``out``). ``pieces`` is JSON ``{"10000": 12, …}``."""

    box_id: str
    kind: str = "open"
    day: str = ""
    counted_at: datetime | None = None
    clerk: str = ""
    second: str = ""
    pieces: str = "{}"
    total: Yen = 0
    expected: Yen = 0
    difference: Yen = 0
    explanation: str = ""
    entry: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(Record):
    """One line of a double entry: all lines of an ``entry`` sum to 0. Debit is positive. Never changed; ``reverses`` names the entry taken back.

    ``second`` is the other operator who was there when money was handed over.

    ``count`` entitlements of one round, ``category``, ``district`` and site may be one line; each ``Payment`` keeps the entry that paid it.
    """

    entry: str
    line: int = 0
    kind: str = ""
    day: str = ""
    posted_at: datetime | None = None
    account: str = ""
    amount: Yen = 0
    count: int = 0
    programme_id: str = ""
    round_id: str = ""
    site_id: str = ""
    category: str = ""
    district: str = ""
    batch_id: str = ""
    payment_id: str = ""
    reverses: str = ""
    second: str = ""
    memo: str = ""
    deleted: bool = False


HOME_STATES = ("asked", "current", "past", "refused")
"""引継ぎの依頼, お金を扱う端末, 前の端末, 引継ぎの取りやめ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyHome(Record):
    """The device of headquarters that makes money, or one that asks to take over. The store refuses a second ``current`` one.

    ``previous`` is the device it takes over from. ``asked_by`` and ``confirmed_by`` are two people; both are "" of the first home.
    """

    device_id: str
    state: str = "asked"
    since: datetime | None = None
    previous: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None
    confirmed_by: str = ""
    reason: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLimit(Record):
    """What a role may approve: ``most_total`` of a batch, ``most_single`` of a payment; None without limit."""

    role: str
    most_total: Yen | None = None
    most_single: Yen | None = None
    note: str = ""
    deleted: bool = False
