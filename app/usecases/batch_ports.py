"""What batches, payments and their approval ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from app.domain.payments import Payment, PaymentShare
from app.domain.relief import Entitlement
from app.usecases.batch_rows import (
    BatchFilter,
    BatchRow,
    CategoryLine,
    ExemptionRow,
    FailedPayment,
    LiveMoney,
    PaymentRow,
    RefusalRow,
)


class BatchReads(Protocol):
    """Questions about batches, payments and their approval. Protected people are in no answer for a reader who may not see them.

    What says "whoever asks" is for a use case to write with, never to show.
    """

    def batch_ids(self, *, filter: BatchFilter) -> list[str]: ...
    def batch_rows(self, batch_ids: Sequence[str]) -> list[BatchRow]:
        """In the order of the ids."""
        ...

    def batch_by_number(self, number: str) -> str | None: ...
    def payment_by_number(self, number: str) -> str | None:
        """A payment by its number or its code of twenty digits."""
        ...

    def payment_ids(self, *, batch_id: str = "", state: str = "", text: str = "", sort: str = "position") -> list[str]:
        """``sort``: ``position``, ``kana``, ``amount``, ``district``, ``state``."""
        ...

    def payment_rows(self, payment_ids: Sequence[str]) -> list[PaymentRow]:
        """In the order of the ids."""
        ...

    def category_lines(self, batch_id: str) -> list[CategoryLine]:
        """By category of the entitlements and amount, the largest amount first."""
        ...

    def exemptions(
        self, *, programme_id: str = "", round_id: str = "", district: str = "", household: str = "", text: str = ""
    ) -> list[ExemptionRow]:
        """Everybody entitled in exemptions (減免), by district and reading; those that ended are not."""
        ...

    def refusals(self, *, programme_id: str = "", round_id: str = "", district: str = "") -> list[RefusalRow]: ...

    def committed(self, *, programme_id: str = "", round_id: str = "") -> int:
        """Yen of all live shares of a programme or a round."""
        ...

    # -- whoever asks --------------------------------------------------------------------------------------

    def payments(self, batch_id: str) -> list[Payment]:
        """Every line of a batch in its order."""
        ...

    def shares(self, batch_id: str) -> list[PaymentShare]: ...
    def entitlements(self, *, round_id: str = "", ids: Iterable[str] = ()) -> list[Entitlement]:
        """Live entitlements of a round, or these."""
        ...

    def dead(self, casualty_ids: Iterable[str]) -> frozenset[str]:
        """Those of the casualties who died or are missing: nothing can be handed to them."""
        ...

    def live_money(self, *, round_id: str = "", ids: Iterable[str] = ()) -> Mapping[str, LiveMoney]:
        """By entitlement, for those that have a live share."""
        ...

    def failed(self, *, round_id: str = "", ids: Iterable[str] = ()) -> Mapping[str, FailedPayment]:
        """By entitlement, its newest payment that failed or was recalled."""
        ...

    def guarded(self, entitlement_ids: Iterable[str], payee_ids: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Those of the entitlements and of the payees who are under a protection measure."""
        ...

    def guarded_payments(self, batch_id: str) -> frozenset[str]:
        """Payments of a batch that are for, or to, somebody under a protection measure now."""
        ...

    def changed_accounts(self, batch_id: str) -> list[str]:
        """Numbers of the payments of a batch whose account is no longer the checked one, in order."""
        ...

    def no_longer_due(self, batch_id: str) -> list[str]:
        """Numbers of the payments of a batch for an entitlement that is not open, or of which more is live than due, in order."""
        ...

    def approvers(self, batch_id: str) -> frozenset[str]:
        """Operator ids of everybody who brought the batch into the state ``approved``, by the journal."""
        ...

    def makers(self, batch_id: str) -> frozenset[str]:
        """Operator ids of everybody who prepared the batch or changed what is in it, by the journal."""
        ...
