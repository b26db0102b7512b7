"""Which programme a list of claims is for: asked before its wizard opens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.ui import theme
from app.ui.importing.wizard import ImportWizard
from app.ui.page import Shell
from app.ui.relief.programme_choice import Offered, ProgrammeChoice, read_offered
from app.ui.surveys.asking import labelled
from app.ui.widgets.text import button, column, frame, heading, note, row


class ClaimImportChoice(QDialog):
    """``wizard`` is the one that was opened."""

    def __init__(self, parent: QWidget, shell: Shell, *, programme_id: str = "") -> None:
        super().__init__(parent)
        self.shell, self._wanted = shell, programme_id
        self.wizard: ImportWizard | None = None
        self.setWindowTitle("支援の申請の取り込み")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(theme.current().px(560))
        self.choice = ProgrammeChoice(self, every=False)
        self.choice.chosen.connect(self._enable)
        pickers = row(labelled("支援制度", self.choice.programme), labelled("回", self.choice.round), 1, spacing=10)
        lead = note("1つのファイルは、1つの制度の申請として取り込みます。別の制度の申請は、ファイルを分けてください。")
        body = column(heading("どの制度の申請ですか"), lead, pickers, spacing=10, margins=(24, 18, 24, 16))
        leave = button("やめる（Esc）")
        leave.clicked.connect(self.reject)
        self.next = button("ファイルを選ぶ", role="primary", icon="import")
        self.next.clicked.connect(self.go_on)
        self.next.setDefault(True)
        self.setLayout(column(body, frame("footer", row(1, leave, self.next, margins=(20, 10, 20, 10))), spacing=0))
        ctx = shell.context
        shell.runner.read(lambda: read_offered(ctx), parent=self).success(self._show).start()
        self._enable()

    def _show(self, offered: Sequence[Offered]) -> None:
        self.choice.show([one for one in offered if one.programme.state == "open"])
        if self._wanted:
            self.choice.choose(self._wanted)
        self._enable()
        self.next.setFocus()

    def _enable(self) -> None:
        self.next.setEnabled(bool(self.choice.programme_id))

    def go_on(self) -> ImportWizard:
        """On to the wizard."""
        given = {"programme_id": self.choice.programme_id, "round_id": self.choice.round_id}
        self.accept()
        self.wizard = ImportWizard(self.parentWidget(), self.shell, "claims", given=given)
        self.wizard.open()
        return self.wizard
