"""What is shown of loans."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.loan_schedule import Instalment, Standing
from app.domain.relief import Loan, Repayment, Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFilter:
    """``state`` a state of loans or ""; ``late`` only those in arrears; ``text`` number or borrower."""

    text: str = ""
    state: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRow:
    """A line of the list of loans, as of today. ``late_since`` the oldest instalment that is late, ``next_on`` the next one, both ISO days."""

    id: str
    number: str
    borrower: str
    guarantor: str
    principal: Yen
    rate: str
    lent_on: str
    state: str
    repaid: Yen
    owed: Yen
    arrears: Yen
    charge: Yen
    late_since: str
    late_count: int
    next_on: str
    next_amount: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFile:
    """A loan with its plan, what came back, and where it stands today. ``late_rate`` percent a year."""

    loan: Loan
    title: str
    address: str
    schedule: tuple[Instalment, ...]
    repayments: tuple[Repayment, ...]
    standing: Standing
    late_rate: str
    settle: tuple[Yen, Yen]
