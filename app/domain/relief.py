"""Money and support: programme → round → rule → claim → entitlement. What is paid, and how, is in ``domain.payments``. DOMAIN 4.

A programme is data: rules are rows a clerk can read, amounts are dated, and nothing here knows a number. Days are ISO text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from app.domain.errors import RuleViolation
from app.domain.records import Record

Yen = Annotated[int, "yen"]
"""Whole yen. Never a float."""
MOST_YEN = 9_999_999_999
"""Ten digits: what one line of a bank transfer can say."""
PROGRAMME_KINDS = ("livelihood", "condolence", "disability", "sympathy", "loan", "repair", "donation", "exemption", "other")
"""被災者生活再建支援金, 災害弔慰金, 災害障害見舞金, 見舞金, 災害援護資金, 応急修理, 義援金, 減免, その他."""
PROGRAMME_STATES = ("open", "closed")
INCREMENTS = ("round", "total")
"""``round``: what a round says is paid in addition to earlier rounds. ``total``: it says the whole, and only the difference is paid."""
ROUND_STATES = ("draft", "open", "closed")
UNITS = ("household", "person")
HARMS = ("dead", "related_death", "missing", "serious", "light", "disability")
CASUALTY_STATES = ("reported", "confirmed", "withdrawn")
METHODS = ("", "build", "repair", "rent")
"""建設・購入, 補修, 賃借: how a household rebuilds (加算支援金)."""
CLAIM_STATES = ("received", "waiting", "complete", "declined", "withdrawn")
"""受付, 書類待ち, 書類確認済み, 辞退, 取下げ."""
ENTITLEMENT_STATES = ("open", "declined", "ended")
"""対象, 辞退, 対象外となった."""
FLAGS = ("", "over", "less", "raised")
"""Over: more was paid than is due now (過払い). Less: lowered before payment. Raised: the difference waits to be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme(Record):
    """A programme of support. ``code`` names it on the command line; ``terms`` is the JSON of what only its kind has (loan, in-kind limits).

    ``source`` says where amounts are from and ``sure`` how sure they are (DOMAIN's marks). ``digest``: SHA-256 of the file it came from.
    """

    code: str = ""
    title: str = ""
    kind: str = "donation"
    payer: str = ""
    law: str = ""
    source: str = ""
    sure: str = ""
    increments: str = "round"
    needs_claim: bool = False
    needs_certificate: bool = False
    documents: tuple[str, ...] = ()
    starts_on: str = ""
    deadline: str = ""
    budget: Yen | None = None
    terms: str = ""
    digest: str = ""
    state: str = "open"
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefRound(Record):
    """One round (第N次配分) of a programme. ``as_of``: the day whose residents and households count; "" the day of the disaster."""

    programme_id: str
    code: str = "1"
    title: str = ""
    decided_on: str = ""
    as_of: str = ""
    opens_on: str = ""
    deadline: str = ""
    budget: Yen | None = None
    documents: tuple[str, ...] = ()
    state: str = "draft"
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefRule(Record):
    """Who gets how much. ``criteria`` is JSON as ``domain.relief_rules`` reads it; ``category`` is what reports count by.

    Rules of one ``group`` exclude each other: the highest counts. Rules of different groups add up. ``single`` is the share of a
    single-person household as a fraction ("3/4"). ``benefit`` says in words what an exemption gives; its amount is 0.
    """

    round_id: str
    position: int = 0
    category: str = ""
    title: str = ""
    unit: str = "household"
    criteria: str = "{}"
    amount: Yen = 0
    single: str = ""
    group: str = "damage"
    benefit: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Casualty(Record):
    """Somebody who died, is missing, was hurt or is left with a disability because of the disaster. Only ``confirmed`` ones count.

    ``breadwinner``: 生計維持者, None while unknown. ``document`` says what shows it (検案書, 診断書, 認定通知).
    """

    number: str = ""
    name: str = ""
    kana: str = ""
    birth: str = ""
    sex: str = "unknown"
    address: str = ""
    district: str = ""
    harm: str = "dead"
    harmed_on: str = ""
    breadwinner: bool | None = None
    victim_id: str = ""
    person_id: str = ""
    resident_id: str = ""
    resident_no: str = ""
    document: str = ""
    state: str = "reported"
    entered_by: str = ""
    confirmed_by: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Record):
    """Somebody applies for a programme (申請). What no survey tells stands here: rebuilding, demolition, invoice, income, documents.

    ``apart``: members who live apart count as a household of their own (DV), with a ``reason``; ``members`` names them.
    ``requested`` is what was asked or invoiced (loan, repair). ``dwelling_lost``: 住居の全体が滅失. ``site_damaged``: the
    ground was damaged, so that the house had to go (敷地被害解体).
    ``contractor_id`` is the payee that a repair is paid to.
    """

    number: str = ""
    programme_id: str = ""
    round_id: str = ""
    victim_id: str = ""
    casualty_id: str = ""
    resident_no: str = ""
    claimed_on: str = ""
    claimed_by: str = ""
    method: str = ""
    demolished: bool = False
    evacuated_long: bool = False
    household_size: int | None = None
    income: Yen | None = None
    requested: Yen | None = None
    head_injured: bool = False
    goods_lost: bool = False
    dwelling_lost: bool = False
    site_damaged: bool = False
    contractor_id: str = ""
    documents: tuple[str, ...] = ()
    apart: bool = False
    members: tuple[str, ...] = ()
    state: str = "received"
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement(Record):
    """What one household or person may receive in one round. There is one for each ``subject`` and round, ever.

    ``subject`` and ``aliases`` are keys of ``domain.relief_rules.subject_keys``; ``household`` is the key of the household it belongs to.
    ``lines`` is JSON ``[{"rule", "category", "title", "amount", "benefit"}]``, ``basis`` JSON of the facts it was calculated from,
    ``due`` the sum, ``before`` what earlier rounds paid of a total. ``over`` is what was paid too much
    and has not come back, ``returned`` what of it did. ``document`` shows a refusal (辞退届).
    """

    number: str = ""
    programme_id: str
    round_id: str
    unit: str = "household"
    subject: str
    aliases: tuple[str, ...] = ()
    household: str = ""
    victim_id: str = ""
    casualty_id: str = ""
    claim_id: str = ""
    person_id: str = ""
    resident_id: str = ""
    resident_no: str = ""
    name: str = ""
    kana: str = ""
    birth: str = ""
    address: str = ""
    district: str = ""
    category: str = ""
    lines: str = "[]"
    basis: str = "{}"
    due: Yen = 0
    before: Yen = 0
    over: Yen = 0
    returned: Yen = 0
    flag: str = ""
    wants: tuple[str, ...] = ()
    state: str = "open"
    calculated_at: datetime | None = None
    declined_on: str = ""
    document: str = ""
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan(Record):
    """災害援護資金 lent to a household. ``rate`` percent a year as decimal text; ``every``: repayments a year (1, 2, 12)."""

    number: str = ""
    entitlement_id: str = ""
    payment_id: str = ""
    victim_id: str = ""
    borrower: str = ""
    guarantor: str = ""
    principal: Yen = 0
    rate: str = "0"
    lent_on: str = ""
    years: int = 10
    grace_years: int = 3
    every: int = 2
    state: str = "running"
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment(Record):
    """Money that came back for a loan. ``reverses`` names the repayment that this one takes back."""

    loan_id: str
    paid_on: str = ""
    amount: Yen = 0
    interest: Yen = 0
    late: Yen = 0
    way: str = ""
    reverses: str = ""
    note: str = ""
    deleted: bool = False


def check_yen(amount: int, *, field: str = "amount") -> int:
    """The amount, when it is more than zero and has at most ten digits; RuleViolation ``money.not_positive``, ``money.too_large``."""
    if amount <= 0:
        raise RuleViolation("money.not_positive", field=field, amount=amount)
    if amount > MOST_YEN:
        raise RuleViolation("money.too_large", field=field, amount=amount)
    return amount
