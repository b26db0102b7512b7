"""The tabs of 現金窓口, in order."""

from __future__ import annotations

from app.ui.tabbed import TabEntry
from app.usecases import cash_desk
from app.usecases.cash_rows import ReceiptFilter
from app.usecases.context import Context


def count_refunds(ctx: Context) -> int:
    """Refunds that wait here for the second person."""
    return len(cash_desk.list_receipt_ids(ctx, filter=ReceiptFilter(kind="refund", waiting=True, device=ctx.place.device_id)))


_KINDS = frozenset({"voucher", "receipt"})
TABS: tuple[TabEntry, ...] = (
    TabEntry("pay", "支払", "pay_tab:PayTab", right="pay", waiting="app.ui.cash.tabs:count_refunds", kinds=_KINDS),
    TabEntry("vouchers", "引換券", "vouchers_tab:VouchersTab", kinds=_KINDS),
    TabEntry("boxes", "金庫", "boxes_tab:BoxesTab", right="pay", kinds=_KINDS),
    TabEntry("uncollected", "未受領", "uncollected_tab:UncollectedTab", kinds=_KINDS),
)
