"""収支: where the money is, reports, what the prefecture is told, the journal of postings, and what one family has received."""

from __future__ import annotations

from app.ui.ledger.tabs import TABS
from app.ui.tabbed import TabbedPage


class LedgerPage(TabbedPage):
    """``go('ledger', tab='household', entitlement_id=…)`` shows a family's statement, ``tab='journal', filter=…`` narrows the journal."""

    key = "ledger"
    package = "app.ui.ledger"
    entries = TABS
