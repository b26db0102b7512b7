"""家屋・調査: buildings, surveys, the rounds of the teams and what has to be checked, tab by tab."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut

from app.ui.page import Shell
from app.ui.surveys.area import AreaDialog
from app.ui.surveys.tabs import TABS
from app.ui.tabbed import TabbedPage
from app.ui.widgets.text import button


class SurveysPage(TabbedPage):
    """``go('surveys', tab='check')`` shows a tab; other arguments go to the tab (without a tab: to the buildings). Alt+1… switch."""

    key = "surveys"
    package = "app.ui.surveys"
    entries = TABS

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.area_button = button("区域一括判定…（Ctrl+G）", icon="flag", tip="区域のすべての住家を、四隅の調査か航空写真を根拠に、同じ程度とします")
        self.area_button.clicked.connect(self.judge_area)
        self.area_button.setEnabled(self.may("check_survey"))
        QShortcut(QKeySequence("Ctrl+G"), self, lambda: self.area_button.isEnabled() and self.judge_area())
        self.tools.addWidget(self.area_button)

    def judge_area(self) -> AreaDialog:
        """One degree for an area; buildings marked in the list are offered as one."""
        marked = self.tab("buildings").table.selected_ids() if self.current_key == "buildings" else []
        dialog = AreaDialog(self, self.shell, building_ids=marked if len(marked) > 1 else ())
        dialog.open()
        return dialog
