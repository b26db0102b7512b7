"""拠点: what headquarters knows of its sites and how fresh it is; the devices of the municipality."""

from __future__ import annotations

from app.ui.sites.tabs import TABS
from app.ui.tabbed import TabbedPage


class SitesPage(TabbedPage):
    """``go('sites', tab='devices')``."""

    key = "sites"
    package = "app.ui.sites"
    entries = TABS
