"""What payees, accounts and banks ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from app.domain.building import VictimMember
from app.domain.payments import Account, Payee
from app.usecases.payee_rows import PayeeFilter, PayeeRow, Twin


class PayeeReads(Protocol):
    """Questions about payees, accounts and banks. Protected people are in no answer for a reader who may not see them."""

    def ids(self, *, filter: PayeeFilter, operator: str = "") -> Sequence[str]:
        """Payees in the order of the filter's sort. ``operator``: who asks, for those to check that somebody else entered."""
        ...

    def rows(self, payee_ids: Sequence[str]) -> list[PayeeRow]: ...
    def counts(self, *, operator: str = "") -> dict[str, int]:
        """How many payees each code of ``SHOWS`` shows."""
        ...

    def by_subjects(self, subjects: Iterable[str], *, victims: Iterable[str] = ()) -> list[Payee]:
        """Payees in use of these subjects or households, oldest first."""
        ...

    def by_ids(self, payee_ids: Iterable[str]) -> dict[str, Payee]: ...
    def accounts(self, account_ids: Iterable[str]) -> dict[str, Account]: ...
    def accounts_of(self, payee_ids: Iterable[str]) -> dict[str, list[Account]]:
        """Every account of each payee, newest first."""
        ...

    def same_accounts(self, account_ids: Iterable[str]) -> dict[str, tuple[Twin, ...]]:
        """Other payees in use whose account in use has the same bank, branch, kind and number, by account id.

        A twin that the reader may not know of is in no answer.
        """
        ...

    def entitlements_of(self, payee: Payee) -> list[tuple[str, str]]:
        """Id and number of the entitlements of the payee's subject."""
        ...

    def contractors(self, claim_ids: Iterable[str]) -> dict[str, str]:
        """The payee that each of the claims names as contractor."""
        ...

    def members(self, victim_id: str) -> list[VictimMember]:
        """The household in its order, the head first; nobody of a household the reader may not know of."""
        ...

    def deceased(self, casualty_ids: Iterable[str]) -> frozenset[str]:
        """Those of the casualties who are dead or missing."""
        ...

    def entitlement_ids_by_number(self, numbers: Iterable[str]) -> dict[str, str]: ...
    def victims_by_resident(self, resident_nos: Iterable[str]) -> dict[str, str]:
        """Affected household by resident number of its head or a member."""
        ...
