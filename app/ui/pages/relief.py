"""支給: who receives what: entitlements, calculation, claims, casualties, payees and accounts, batches."""

from __future__ import annotations

from app.ui.relief.tabs import TABS
from app.ui.tabbed import TabbedPage


class ReliefPage(TabbedPage):
    """``go('relief', tab='batches')`` shows a tab; other arguments go to the tab (without a tab: to the entitlements)."""

    key = "relief"
    package = "app.ui.relief"
    entries = TABS
