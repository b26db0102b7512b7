"""現金窓口: paying vouchers at a desk, the vouchers, boxes of cash, who has not come yet."""

from __future__ import annotations

from app.ui.cash.tabs import TABS
from app.ui.tabbed import TabbedPage


class CashPage(TabbedPage):
    """``go('cash', tab='vouchers')`` shows a tab; other arguments go to the tab (without a tab: to the desk)."""

    key = "cash"
    package = "app.ui.cash"
    entries = TABS
