"""振込: files for the bank, what it answers, the statement beside the books."""

from __future__ import annotations

from app.ui.tabbed import TabbedPage
from app.ui.transfers.tabs import TABS


class TransfersPage(TabbedPage):
    """``go('transfers', tab='unpaid')`` shows a tab; other arguments go to the tab (without a tab: to the batches)."""

    key = "transfers"
    package = "app.ui.transfers"
    entries = TABS
