"""Read models of payees, accounts and banks: frozen rows for lists, one file for one screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.domain.bank_kana import KanaChange
from app.domain.payments import Account, Payee
from app.domain.yucho import YuchoAccount

if TYPE_CHECKING:
    from app.usecases.context import Changes

PAYEE_SORTS = ("kana", "name", "state", "bank", "newest")
SHOWS = ("all", "waiting", "mine", "wrong", "missing", "photo_missing", "warned", "twins", "ended")
"""Filters of the tab 受取人・口座: everybody, accounts to check, those the actor may check, 誤り・解約・死亡, no account, no picture, with a warning,
the same account of several payees, no longer in use."""
CHOICE_PROBLEMS = (
    *(
        "",
        "payee.missing",
        "account.missing",
        "account.unchecked",
        "account.wrong",
        "account.closed",
        "account.deceased",
        "account.retired",
    ),
    "account.branch_closed",
)
WANTED: Mapping[str, str] = {
    "": "", "payee.missing": "payee", "account.missing": "account", "account.unchecked": "check", "account.wrong": "account",
    "account.closed": "account", "account.deceased": "account", "account.retired": "account", "account.branch_closed": "account",
}  # fmt: skip
"""What an entitlement wants (``relief_rows.WANTS``) by the problem of its choice."""

Warned = tuple[str, Mapping[str, Any]]
"""A message code and its parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeFilter:
    """What a list of payees shows. "" asks for all. ``text``: name, kana, address, number of the account, entitlement or resident number."""

    text: str = ""
    show: str = "all"
    programme_id: str = ""
    role: str = ""
    way: str = ""
    bank: str = ""
    victim_id: str = ""
    subject: str = ""
    sort: str = "kana"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeRow:
    """A payee in a list with the account in use ("" where there is none). ``twins``: other payees with the same account."""

    id: str
    version: int
    subject: str
    programme_id: str
    programme_title: str
    role: str
    name: str
    kana: str
    birth: str
    address: str
    phone: str
    way: str
    consent: str
    state: str
    victim_id: str
    resident_no: str
    entitlement_number: str
    entitlement_name: str
    account_id: str
    bank: str
    bank_name: str
    branch: str
    branch_name: str
    kind: str
    account_number: str
    holder: str
    account_state: str
    entered_by: str
    checked_by: str
    checked_at: datetime | None
    warnings: tuple[str, ...]
    photo: bool
    twins: int
    protected: bool

    @property
    def account_words(self) -> str:
        """Bank, branch and number in one line, without a kind; "" without an account."""
        return " ".join(part for part in (self.bank_name, self.branch_name, self.account_number) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Another payee whose account in use is the same."""

    payee_id: str
    account_id: str
    name: str
    kana: str
    address: str
    role: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFile:
    """One account for one screen: with its payee, how the kana compare, and who else has it. ``photo``: there is a picture."""

    account: Account
    payee: Payee
    entered_by: str
    checked_by: str
    legal: str
    changes: tuple[KanaChange, ...]
    cut: str
    warnings: tuple[Warned, ...]
    twins: tuple[Twin, ...]
    photo: bool
    may_check: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeFile:
    """Everything about one payee. ``accounts``: newest first. ``entitlements``: id and number of those it receives for."""

    payee: Payee
    row: PayeeRow
    accounts: tuple[Account, ...]
    entitlements: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeChoice:
    """Who receives for an entitlement and where: ``problem`` is "" when it may be paid, else a code of ``CHOICE_PROBLEMS``."""

    payee: Payee | None = None
    account: Account | None = None
    problem: str = "payee.missing"

    @property
    def wanted(self) -> str:
        """The code of ``WANTS`` that is lacking; "" for nothing."""
        return WANTED[self.problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Somebody who may receive, best first. ``order``: rank by law for a death (1 spouse … 6 siblings), else 0; ``equals``: how many share it.

    ``reason`` is a message code (``payee.proposed_…``); ``consent``: another person has to agree. ``values`` fill ``save_payee``.
    """

    name: str
    kana: str
    birth: str
    relation: str
    role: str
    order: int
    equals: int
    reason: str
    consent: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPayee:
    """What ``save_payee`` did. ``replaced``: the payee that this one came instead of."""

    payee_id: str
    warnings: tuple[Warned, ...] = ()
    replaced: str = ""
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAccount:
    """What ``save_account`` did. ``warnings`` are shown and never stand in the way."""

    account_id: str
    account: Account
    warnings: tuple[Warned, ...] = ()
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A bank of the list. ``own``: by a correction of this municipality; ``listed_on``: the day of the shipped list, "" for an own one."""

    code: str
    name: str
    kana: str
    hira: str = ""
    closed_on: str = ""
    moved_to: str = ""
    own: bool = False
    listed_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of a bank. A closed one names the day and, where known, where its accounts went (``moved_to``: BBB or AAAA-BBB)."""

    bank: str
    code: str
    name: str
    kana: str
    hira: str = ""
    closed_on: str = ""
    moved_to: str = ""
    own: bool = False
    listed_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPreview:
    """What is known while an account is typed: nothing is written. ``problems`` stand in the way (message codes), ``warnings`` do not."""

    values: Mapping[str, Any]
    bank: Bank | None = None
    branch: Branch | None = None
    yucho: YuchoAccount | None = None
    symbol: str = ""
    legal: str = ""
    changes: tuple[KanaChange, ...] = ()
    cut: str = ""
    comparison: str = ""
    problems: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    warnings: tuple[Warned, ...] = ()
