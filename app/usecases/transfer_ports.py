"""What transfer files, results and reconciliations ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from app.domain.payments import Account, Payment, PaymentShare, Reconciliation, TransferFile, TransferResult
from app.usecases.transfer_rows import PaymentLine, ShareLine, TransferFileRow, UnpaidRow, WaitingBatch


class TransferReads(Protocol):
    """Questions about transfer files, results and reconciliations. Protected people are in no answer for a reader who may not see them."""

    def waiting(self, *, device_id: str) -> list[WaitingBatch]:
        """Batches of transfers from the approval on, those with something left to do first."""
        ...

    def file_rows(self, *, batch_id: str = "") -> list[TransferFileRow]:
        """Files written or asked for, newest first."""
        ...

    def unpaid(self, *, batch_id: str = "") -> list[UnpaidRow]:
        """Payments by transfer that failed or were recalled and whose money was not asked for again and paid."""
        ...

    # -- whoever asks: to write with, never to show -------------------------------------------------------

    def files(self, batch_id: str) -> list[TransferFile]:
        """Every file of a batch, discarded ones included, in the order they were made."""
        ...

    def lines(self, batch_id: str) -> list[PaymentLine]:
        """Every payment of a batch, in its order."""
        ...

    def share_lines(self, batch_id: str) -> list[ShareLine]: ...
    def payments(self, payment_ids: Sequence[str]) -> list[Payment]:
        """Live payments of these ids."""
        ...

    def batches_of(self, codes: Collection[str]) -> Mapping[str, str]:
        """Batch id by payment code or number, for those that are known."""
        ...

    def result_by_hash(self, sha256: str) -> TransferResult | None: ...
    def shares_of(self, payment_ids: Sequence[str]) -> list[PaymentShare]:
        """Live shares of these payments."""
        ...

    def accounts(self, account_ids: Iterable[str]) -> list[Account]: ...
    def states(self, batch_id: str) -> Mapping[str, tuple[int, int]]:
        """Count and total of a batch's payments by state."""
        ...

    def reconciliations(self, batch_id: str) -> list[Reconciliation]: ...
