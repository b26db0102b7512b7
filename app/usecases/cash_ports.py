"""What vouchers, receipts and boxes of cash ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from app.domain.payments import Receipt, Voucher
from app.domain.relief import Yen
from app.usecases.cash_rows import BoxRow, ClerkLine, CountRow, ReceiptFilter, ReceiptRow, SiteCount, VoucherFilter, VoucherRow


class CashReads(Protocol):
    """Questions about vouchers, receipts and boxes of cash. Protected people are in no answer for a reader who may not see them, except
    in the sums of boxes, which have to agree with the money in them.
    """

    def voucher_ids(self, *, filter: VoucherFilter, device: str = "") -> list[str]:
        """In the order of the filter's sort. ``device``: this device's id, for ``here``."""
        ...

    def voucher_rows(self, voucher_ids: Sequence[str], *, device: str = "") -> list[VoucherRow]: ...
    def find_vouchers(self, text: str, *, limit: int) -> list[str]:
        """By number, name or kana; those of this store."""
        ...

    def voucher_by_number(self, number: str) -> Voucher | None:
        """Whoever asks: to decide by, never to show."""
        ...

    def shown(self, voucher_ids: Iterable[str]) -> frozenset[str]:
        """Those of the vouchers that this reader may know of."""
        ...

    def changed(self, voucher_ids: Iterable[str]) -> frozenset[str]:
        """Those of the vouchers, unpaid, of which less is due now than they say. Whoever asks. A laptop knows of none."""
        ...

    def vouchers(self, voucher_ids: Iterable[str]) -> list[Voucher]:
        """Whoever asks: to write with, never to show."""
        ...

    def vouchers_of(self, device: str) -> list[Voucher]:
        """All that name this device, whoever asks: for the file that is carried."""
        ...

    def not_home(self, device: str) -> int:
        """Unpaid vouchers that another folder of headquarters assigned, at this device of headquarters."""
        ...

    def site_counts(self) -> list[SiteCount]: ...
    def receipt_ids(self, *, filter: ReceiptFilter) -> list[str]: ...
    def receipt_rows(self, receipt_ids: Sequence[str]) -> list[ReceiptRow]: ...
    def receipt_by_number(self, number: str) -> Receipt | None: ...
    def receipts_to_carry(self) -> list[Receipt]:
        """All receipts of this store, oldest first, whoever asks."""
        ...

    def receipts_by_id(self, receipt_ids: Iterable[str]) -> dict[str, Receipt]: ...
    def open_payments(self, batch_id: str) -> bool:
        """Whether a payment of the batch still waits."""
        ...

    def boxes(self) -> list[BoxRow]: ...
    def balance(self, box_id: str) -> Yen:
        """What should be in a box: brought - taken - paid + refunded + explained differences. No clock plays a part."""
        ...

    def outside_boxes(self, site_id: str) -> Yen:
        """What the books have at a site that is in none of its boxes."""
        ...

    def counts(self, *, box_id: str = "", day: str = "") -> list[CountRow]: ...
    def box_day(self, box_id: str, *, day: str) -> tuple[Yen, Yen, Yen, Yen, Yen, Yen]:
        """Balance before the day; brought, taken, paid, refunded and differences of the day. Whoever asks."""
        ...

    def clerk_lines(self, *, day: str) -> list[ClerkLine]:
        """What each clerk paid and took back on a day, whoever asks."""
        ...

    def boxless_line(self, *, day: str) -> ClerkLine:
        """What this device paid and took back on a day through no box of its own site; ``clerk`` is ""."""
        ...

    def amounts_to_pay(self, *, device: str) -> list[Yen]:
        """The amounts that this device may still pay, whoever asks: only for sums."""
        ...
