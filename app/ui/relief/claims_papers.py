"""Which papers of a claim have come: a list to tick, done in two key strokes at the desk."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import claims
from app.usecases.claims import ClaimFile
from app.usecases.relief_rows import ClaimRow


class PapersDialog(QDialog):
    """``saved`` when it was kept. Space ticks, Ctrl+Enter saves."""

    saved = Signal()

    def __init__(self, parent: QWidget, shell: Shell, claim: ClaimRow) -> None:
        super().__init__(parent)
        self.shell, self.claim = shell, claim
        self.ticks: dict[str, QCheckBox] = {}
        self.version = claim.version
        self.setWindowTitle("受け取った書類")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(theme.current().px(520))
        self.banner = Banner()
        self.banner.hide()
        self.all_button = button("すべて受け取った", icon="check", role="quiet")
        self.all_button.clicked.connect(lambda: [tick.setChecked(True) for tick in self.ticks.values()])
        self.save_button = button("保存（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        self.save_button.setEnabled(False)
        self.list = column(spacing=2)
        lead = note(f"{claim.number}　{claim.name}　{claim.programme_title}")
        body = column(
            row(heading("受け取った書類"), 1, self.all_button), lead, self.banner, self.list, 1, spacing=8, margins=(24, 18, 24, 12)
        )
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        self.setLayout(column(body, frame("footer", row(1, cancel, self.save_button, margins=(20, 10, 20, 10))), spacing=0))
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)
        ctx = shell.context
        work = shell.runner.write(lambda _: claims.open_claim(ctx, claim_id=claim.id), parent=self, label="lists.reading")
        work.success(self._show).failure(self._fail).start()

    def _show(self, file: ClaimFile) -> None:
        self.version = file.claim.version
        names = dict.fromkeys((*file.wanted, *file.claim.documents))
        for name in names:
            tick = QCheckBox(name)
            tick.setChecked(name in file.claim.documents)
            self.ticks[name] = tick
            self.list.addWidget(tick)
        if not names:
            self.list.addWidget(note("この制度に必要な書類は決められていません。「支援制度」で決められます。"))
        self.save_button.setEnabled(bool(names))
        self.all_button.setEnabled(bool(names))
        first = next((tick for tick in self.ticks.values() if not tick.isChecked()), None)
        (first or self.save_button).setFocus()

    def save(self) -> None:
        """Keep it."""
        if not self.save_button.isEnabled():
            return
        ctx, claim_id, version = self.shell.context, self.claim.id, self.version
        papers = tuple(name for name, tick in self.ticks.items() if tick.isChecked())
        self.save_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: claims.tick_documents(ctx, claim_id=claim_id, documents=papers, version=version), parent=self, label="window.saving"
        )
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def _succeed(self, _: object) -> None:
        self.accept()
        self.saved.emit()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, StaleRecord):
            self.banner.show_message("ほかの人がこの申請を直しました。閉じて、もう一度開いてください。", tone="warn")
        else:
            faults.show(self, error)
