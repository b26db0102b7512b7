"""住民データ: residents, the snapshots they come from, and what has to be settled about them, tab by tab."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut

from app.domain.resident import Snapshot
from app.ui.importing.residents_wizard import ResidentsWizard
from app.ui.page import Shell
from app.ui.residents.tabs import TABS
from app.ui.tabbed import TabbedPage
from app.ui.widgets.text import button


class ResidentsPage(TabbedPage):
    """``go('residents', tab='snapshots')`` shows a tab; other arguments go to the tab (without a tab: to the list). Alt+1… switch."""

    key = "residents"
    package = "app.ui.residents"
    entries = TABS

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.import_button = button("住民データを取り込む…（Ctrl+N）", role="primary", icon="import")
        self.import_button.clicked.connect(self.import_files)
        self.import_button.setEnabled(self.may("residents"))
        QShortcut(QKeySequence("Ctrl+N"), self, lambda: self.import_button.isEnabled() and self.import_files())
        self.tools.addWidget(self.import_button)

    def import_files(self) -> ResidentsWizard:
        """A new snapshot from files."""
        wizard = ResidentsWizard(self, self.shell)
        wizard.open()
        return wizard

    def import_again(self, snapshot: Snapshot) -> ResidentsWizard:
        """The files of a snapshot again, so that later ones can be added."""
        wizard = self.import_files()
        wizard.run_again(snapshot)
        return wizard

    def receive(self) -> None:
        """A snapshot from a file that another laptop wrote."""
        from app.ui.residents.transfer import ReceiveDialog

        ReceiveDialog(self, self.shell).open()
