"""様式: how certificates look, the seal, who signs them, and printers that are off."""

from __future__ import annotations

from app.ui.forms.tabs import TABS
from app.ui.tabbed import TabbedPage


class FormsPage(TabbedPage):
    """``go('forms', tab='seal')`` shows a tab; other arguments go to the tab (without a tab: to the layouts). Alt+1… switch."""

    key = "forms"
    package = "app.ui.forms"
    entries = TABS
