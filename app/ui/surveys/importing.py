"""Taking in lists of buildings and results of surveys: which of the two, then the wizard that every import has."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.ui import theme
from app.ui.importing.wizard import ImportWizard
from app.ui.importing.work import TARGETS
from app.ui.page import Shell
from app.ui.widgets.text import button, column, frame, heading, note, row

_ICONS = {"buildings": "surveys", "survey_results": "check"}


def open_import(parent: QWidget, shell: Shell, target: str) -> ImportWizard:
    """The wizard for one of the two."""
    wizard = ImportWizard(parent, shell, target)
    wizard.open()
    return wizard


class ImportChoice(QDialog):
    """What the file holds. ``wizard`` is the one that was opened."""

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self.wizard: ImportWizard | None = None
        self.setWindowTitle("取り込み")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(theme.current().px(620))
        body = column(heading("何を取り込みますか"), spacing=10, margins=(24, 18, 24, 14))
        self.ways = {}
        for target, icon in _ICONS.items():
            way = button(TARGETS[target].title, role="choice", icon=icon)
            way.setEnabled(shell.context.actor.may(TARGETS[target].right))
            way.clicked.connect(lambda _=False, target=target: self.choose(target))
            self.ways[target] = way
            body.addWidget(way)
            body.addWidget(note(TARGETS[target].hint))
        leave = button("やめる（Esc）")
        leave.clicked.connect(self.reject)
        self.setLayout(column(body, frame("footer", row(1, leave, margins=(20, 10, 20, 10))), spacing=0))
        self.ways["buildings"].setFocus()

    def choose(self, target: str) -> ImportWizard:
        """On to the wizard."""
        self.accept()
        self.wizard = open_import(self.parentWidget(), self.shell, target)
        return self.wizard
