"""家屋・調査: buildings, surveys, the rounds of the teams and what has to be checked, tab by tab."""

from __future__ import annotations

from app.ui.surveys.tabs import TABS
from app.ui.tabbed import TabbedPage


class SurveysPage(TabbedPage):
    """``go('surveys', tab='check')`` shows a tab; other arguments go to the tab (without a tab: to the buildings). Alt+1… switch."""

    key = "surveys"
    package = "app.ui.surveys"
    entries = TABS
