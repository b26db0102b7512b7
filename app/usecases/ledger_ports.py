"""What postings and reports ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.relief import Yen
from app.usecases.ledger_rows import AccountBalance, LedgerFilter, PostingRow, StatementPart


@dataclass(frozen=True, slots=True)
class PostingSum:
    """Postings of one account, kind and key added up. ``count`` goes with the sign of the amount: payments in less payments out."""

    account: str
    kind: str
    key: str
    amount: Yen
    count: int


@dataclass(frozen=True, slots=True)
class EntitlementSum:
    """Entitlements with the same key and state added up. ``open`` is what is still to be decided; ``failed`` of it, after a payment that did
    not arrive; ``over`` is what was paid too much."""

    key: str
    state: str
    count: int
    due: Yen
    open_count: int
    open: Yen
    failed_count: int
    failed: Yen


@dataclass(frozen=True, slots=True)
class BatchSum:
    """A batch in payments and in the books, for the check: each pair must be equal."""

    batch_id: str
    number: str
    guarded: bool
    approved: Yen
    committed: Yen
    sent: Yen
    transit: Yen
    paid: Yen
    posted: Yen


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What a payment pays of one entitlement, with what reports count it by."""

    payment_id: str
    category: str
    district: str
    amount: Yen


class LedgerReads(Protocol):
    """Questions about postings and reports. Lists leave out what is of protected people for a reader who may not see them; sums have
    everybody in them, protected ones without their district (decision 020)."""

    def share_lines(self, *, batch_id: str = "", payment_id: str = "") -> list[ShareLine]:
        """Shares of a batch or of one payment, live or not, whoever asks: for postings, never to show."""
        ...

    def balances(self, *, programme_id: str = "", site_id: str = "", day: str = "") -> list[AccountBalance]: ...
    def by_programme(self, *, day: str = "") -> list[PostingSum]:
        """By account and programme id (``key``), all kinds together (``kind`` "")."""
        ...

    def sums(self, *, by: str, programme_id: str = "", round_id: str = "", day: str = "") -> list[PostingSum]:
        """``by``: "round", "category", "within" (programme id, a slash, category), "district", "site" or "day"."""
        ...

    def entitlement_sums(self, *, by: str, programme_id: str = "", round_id: str = "") -> list[EntitlementSum]:
        """``by``: "round", "category", "within" or "district"."""
        ...

    def voucher_sums(self, *, by: str, programme_id: str = "", round_id: str = "") -> list[tuple[str, int, Yen]]:
        """``(key, count, amount)`` of vouchers nobody came for; ``by`` also "site"."""
        ...

    def entry_ids(self, *, filter: LedgerFilter, limit: int | None = None) -> list[str]:
        """Entries, newest first."""
        ...

    def posting_rows(self, entries: Sequence[str]) -> list[PostingRow]:
        """Every line of these, in the order of the entries."""
        ...

    def entries_like(self, ending: str) -> list[str]:
        """Entries whose id ends so; two at the most."""
        ...

    def parts(self, entitlement_ids: Sequence[str]) -> dict[str, list[StatementPart]]:
        """Payments of entitlements, oldest first."""
        ...

    def family(self, keys: Iterable[str]) -> list[str]:
        """Ids of entitlements with one of the keys as household, subject or alias, oldest first."""
        ...

    def unbalanced(self) -> list[tuple[str, Yen]]:
        """Entries that do not sum to 0."""
        ...

    def batch_sums(self) -> list[BatchSum]: ...
    def lost_entries(self) -> list[tuple[str, str]]:
        """``(kind, number)`` of paid payments and done receipts whose entry is not in the books, whoever asks."""
        ...

    def over_sums(self) -> list[tuple[str, Yen, Yen]]:
        """``(round title, over by entitlements, over by the books)`` where they differ."""
        ...
