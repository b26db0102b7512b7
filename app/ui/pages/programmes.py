"""支援制度: who gets how much, as of when, by which rule; and what was lent."""

from __future__ import annotations

from app.ui.programmes.tabs import TABS
from app.ui.tabbed import TabbedPage


class ProgrammesPage(TabbedPage):
    """``go('programmes', tab='loans')`` shows a tab; other arguments go to the tab (without a tab: to the rules)."""

    key = "programmes"
    package = "app.ui.programmes"
    entries = TABS
