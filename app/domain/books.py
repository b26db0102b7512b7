"""The chart of accounts and what a double entry must be. Debit is positive, credit negative; DOMAIN 4.3, decision 020.

Money that a municipality has is at headquarters (``hq``: bank account and safe), at sites (``site``) or on its way through the bank
(``transit``). A decision moves no money: it stands in two accounts that face each other (``committed`` and ``commitments``, 対照勘定).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.errors import RuleViolation
from app.domain.payments import Posting
from app.domain.relief import MOST_YEN, Yen

Ledger = Literal[
    "source", "hq", "site", "committed", "commitments", "transit", "paid", "refunded", "returned", "overpaid", "reclaimed", "loans", "lent",
    "interest", "difference", "fee",
]  # fmt: skip
ACCOUNTS: tuple[Ledger, ...] = (
    "source", "hq", "site", "transit", "paid", "refunded", "returned", "fee", "difference", "overpaid", "reclaimed", "loans", "lent", "interest",
    "committed", "commitments",
)  # fmt: skip
"""財源, 本部の資金, 拠点の資金, 銀行で処理中, 支給, 返納・組戻し, 財源へ返還, 手数料, 過不足, 過払いの請求, 過払いの戻り, 貸付金, 貸付金の見返り, 利子・違約金,
支給決定, 支給決定の見返り: in the order of a trial balance."""
MONEY: frozenset[str] = frozenset({"hq", "site", "transit"})
"""Where yen that are still the municipality's lie."""
KINDS = (
    "budget", "budget_returned", "allotment", "allotment_back", "approved", "released", "sent", "paid", "failed", "recalled", "cash_paid",
    "refund", "difference", "fee", "overpaid", "overpaid_returned", "loan", "loan_repaid", "loan_exempted", "reversal",
)  # fmt: skip
BY_HAND = frozenset({"budget", "budget_returned", "allotment", "allotment_back", "fee", "difference"})
"""Kinds of entries that people make and may reverse by themselves; the rest follows from payments and is put right there."""


_YEN_WORD = "\u5186"
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an entry before it is posted. ``count`` entitlements stand behind it."""

    account: Ledger
    amount: Yen
    count: int = 0
    site_id: str = ""
    category: str = ""
    district: str = ""


def check_entry(lines: Sequence[Line | Posting]) -> None:
    """RuleViolation ``ledger.unbalanced`` unless the lines sum to 0, ``ledger.empty`` when nothing is moved, ``ledger.account`` unknown."""
    unknown = [line.account for line in lines if line.account not in ACCOUNTS]
    if unknown:
        raise RuleViolation("ledger.account", field="account", account=unknown[0])
    total = sum(line.amount for line in lines)
    if total:
        raise RuleViolation("ledger.unbalanced", field="amount", difference=total)
    if not any(line.amount for line in lines):
        raise RuleViolation("ledger.empty", field="amount")


def summed(lines: Iterable[Line]) -> list[Line]:
    """Lines of one account, site, category and district as one, in order of their first; those that come to nothing left out."""
    amounts: Counter[tuple[Ledger, str, str, str]] = Counter()
    counts: Counter[tuple[Ledger, str, str, str]] = Counter()
    for line in lines:
        key = (line.account, line.site_id, line.category, line.district)
        amounts[key] += line.amount
        counts[key] += line.count
    return [
        Line(account=account, amount=amounts[account, site, category, district], count=counts[account, site, category, district], site_id=site,
             category=category, district=district)
        for account, site, category, district in amounts if amounts[account, site, category, district]
    ]  # fmt: skip


def moved(debit: Ledger, credit: Ledger, amount: Yen, *, debit_site: str = "", credit_site: str = "", count: int = 0) -> list[Line]:
    """Two lines that take ``amount`` from the one to the other; a negative amount goes back."""
    return [
        Line(account=debit, amount=amount, site_id=debit_site, count=count),
        Line(account=credit, amount=-amount, site_id=credit_site, count=count),
    ]


_MOST_SUM = MOST_YEN * 100


def check_sum(amount: int, *, field: str = "amount") -> int:
    """The amount of a budget: more than 0, twelve digits at the most (a budget is larger than a payment).

    RuleViolation ``money.not_positive``, ``ledger.too_large``."""
    if amount <= 0:
        raise RuleViolation("money.not_positive", field=field, amount=amount)
    if amount > _MOST_SUM:
        raise RuleViolation("ledger.too_large", field=field, amount=amount)
    return amount


def read_yen(text: str, *, field: str = "amount") -> int:
    """Whole yen typed in any width, with or without separators and sign of the currency; RuleViolation ``money.unreadable``."""
    plain = (
        unicodedata.normalize("NFKC", text)
        .strip()
        .removesuffix(_YEN_WORD)
        .removeprefix("\u00a5")
        .removeprefix("\\")
        .replace(",", "")
        .strip()
    )
    if not _WHOLE.fullmatch(plain):
        raise RuleViolation("money.unreadable", field=field, text=text[:40])
    return int(plain)
