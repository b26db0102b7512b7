"""Read models of the books and of the reports: frozen rows, yen as integers, days as ISO text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.relief import Yen

if TYPE_CHECKING:
    from app.usecases.context import Changes

BY = ("round", "category", "district", "site", "day")
"""What a report is split by."""


# -- the books -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """Which entries the journal shows. "" asks for all; days are both included. ``text``: in memo, entry or batch number."""

    account: str = ""
    kind: str = ""
    programme_id: str = ""
    round_id: str = ""
    site_id: str = ""
    batch_id: str = ""
    since: str = ""
    until: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRow:
    """One line of an entry in the journal of postings. ``debit`` or ``credit`` is 0. ``reversed_by``: the entry that took it back.

    ``by``: who made it; ``second``: who was there when money was handed over.
    """

    id: str
    entry: str
    line: int
    kind: str
    day: str
    posted_at: datetime | None
    account: str
    debit: Yen
    credit: Yen
    count: int
    programme_id: str
    programme_title: str
    round_title: str
    site_id: str
    site_name: str
    category: str
    district: str
    batch_number: str
    memo: str
    reverses: str
    reversed_by: str
    by: str
    second: str

    @property
    def short(self) -> str:
        """The last eight characters of the entry: enough to say which is meant."""
        return self.entry[-8:]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """An account in the trial balance: all debits, all credits, and debit less credit."""

    account: str
    debit: Yen
    credit: Yen

    @property
    def balance(self) -> Yen:
        """Debit less credit."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """What a programme's money does (or all of it). ``received`` from its source, ``returned`` to it; ``free`` = hq + sites - decided.

    ``paid`` is net of what came back; ``gross`` is not. ``budget``: of the programme's record, None when none is set.
    """

    programme_id: str
    title: str
    budget: Yen | None
    received: Yen
    returned: Yen
    hq: Yen
    sites: Yen
    decided: Yen
    transit: Yen
    gross: Yen
    refunded: Yen
    fee: Yen
    difference: Yen
    overpaid: Yen
    loans: Yen

    @property
    def paid(self) -> Yen:
        """Paid less refunded."""
        return self.gross - self.refunded

    @property
    def free(self) -> Yen:
        """What is at hand and not decided on. Negative: more is decided than there is."""
        return self.hq + self.sites - self.decided

    @property
    def budget_left(self) -> Yen | None:
        """The budget less what is paid, on its way or decided; None without a budget."""
        return None if self.budget is None else self.budget - self.paid - self.transit - self.decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgered:
    """What an act wrote: the entry and what changed."""

    entry: str
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class BookProblem:
    """Where books and payments do not agree. ``code`` is a message code (``ledger.check.…``) with ``params``."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


# -- reports ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many, so much."""

    count: int = 0
    amount: Yen = 0

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(count=self.count + other.count, amount=self.amount + other.amount)


STATES = ("due", "decided", "transit", "paid", "failed", "refused", "uncollected", "open")
"""対象, 支給決定, 振込中, 支給済み, 不能, 辞退, 未受領, 未支給."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A round, category or district. ``due``: everyone entitled (declined ones too); ``open``: still to be decided; ``failed``: and not yet
    sent again; ``uncollected``: vouchers nobody came for. ``code`` is "" in the line of all together.
    """

    code: str
    title: str
    programme_id: str = ""
    total: bool = False
    due: Tally = Tally()
    decided: Tally = Tally()
    transit: Tally = Tally()
    paid: Tally = Tally()
    failed: Tally = Tally()
    refused: Tally = Tally()
    uncollected: Tally = Tally()
    open: Tally = Tally()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site: what it was given and brought back, paid out, got back, and what it must have now. ``site_id`` "": headquarters' transfers."""

    site_id: str
    title: str
    total: bool = False
    allotted: Yen = 0
    brought_back: Yen = 0
    paid: Tally = Tally()
    refunded: Tally = Tally()
    difference: Yen = 0
    balance: Yen = 0
    uncollected: Tally = Tally()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """What happened on one day, and how much was paid altogether at its end."""

    day: str
    total: bool = False
    received: Yen = 0
    decided: Tally = Tally()
    sent: Tally = Tally()
    paid: Tally = Tally()
    cash: Tally = Tally()
    failed: Tally = Tally()
    refunded: Tally = Tally()
    paid_so_far: Yen = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as of the end of ``day``. ``lines`` are of one kind by ``by``; ``total`` is their sum."""

    by: str
    day: str
    programme_title: str
    round_title: str
    lines: tuple[ReportLine, ...] | tuple[SiteLine, ...] | tuple[DayLine, ...]
    total: ReportLine | SiteLine | DayLine


# -- the prefecture --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefectureLine:
    """A category of a round. ``estimated`` households or persons × ``unit_amount`` is the forecast (概算), ``paid`` the actual (実績).

    ``unit_amount`` None: amounts differ; then the forecast is what is due. ``typed``: headquarters typed the estimate.
    """

    round_id: str
    round_title: str
    category: str
    title: str
    unit: str
    unit_amount: Yen | None
    estimated: int
    forecast: Yen
    typed: bool
    due: Tally
    paid: Tally
    refused: Tally
    open: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefectureReport:
    """Forecast, actual and return of a programme (or one round of it) as of the end of ``day``.

    ``received`` from the source, ``fees`` of the bank, ``returned`` already; ``to_return`` = received - paid - returned: positive goes back or
    is set against the next round, negative is still to be asked for. ``unassigned``: of one round's report, what came for the programme
    without naming a round, less what was returned so; it is not in ``received``. Fees are the municipality's own unless it says otherwise.
    """

    day: str
    programme_id: str
    programme_title: str
    payer: str
    round_id: str
    round_title: str
    lines: tuple[PrefectureLine, ...]
    received: Yen
    forecast: Yen
    paid: Tally
    under_way: Yen
    fees: Yen
    returned: Yen
    unassigned: Yen = 0

    @property
    def to_return(self) -> Yen:
        """What is left of what came."""
        return self.received - self.paid.amount - self.returned


# -- a household -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPart:
    """One payment of an entitlement, also one that did not arrive."""

    number: str
    state: str
    way: str
    amount: Yen
    day: str
    payee: str
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One entitlement of a household or of a person in it."""

    entitlement_id: str
    number: str
    programme: str
    round: str
    category: str
    name: str
    unit: str
    due: Yen
    paid: Yen
    under_way: Yen
    open: Yen
    over: Yen
    progress: str
    wants: tuple[str, ...]
    parts: tuple[StatementPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a family has received of all programmes, and what is still open, at a moment. ``loans``: what of it must be paid back."""

    key: str
    head: str
    kana: str
    address: str
    at: datetime
    lines: tuple[StatementLine, ...]
    lent: Yen
    repaid: Yen
    protected: bool

    @property
    def paid(self) -> Yen:
        """Altogether received."""
        return sum(line.paid for line in self.lines)

    @property
    def under_way(self) -> Yen:
        """Decided or on its way."""
        return sum(line.under_way for line in self.lines)

    @property
    def open(self) -> Yen:
        """Still to be decided."""
        return sum(line.open for line in self.lines)

    @property
    def over(self) -> Yen:
        """To be given back."""
        return sum(line.over for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyHit:
    """A household found for its statement."""

    key: str
    entitlement_id: str
    number: str
    name: str
    kana: str
    address: str
    entitlements: int
    protected: bool
