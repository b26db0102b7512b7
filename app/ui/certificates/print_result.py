"""What came of printing: the files, and each certificate that was stopped, with why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QLayout, QListWidget, QWidget

from app.interchange.certificates import PrintOutcome
from app.presentation.columns.certificate import REFUSALS
from app.presentation.messages import message
from app.ui import theme
from app.ui.certificates.application_acts import say_withheld
from app.ui.icons import IconLabel
from app.ui.page import Shell
from app.ui.widgets.opening import open_file
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases.certificate_rows import Issued

_FLIPS = {"long": "両面：長い辺でとじる設定で印刷してください。", "short": "両面：短い辺でとじる設定で印刷してください。"}


def say_outcome(outcome: PrintOutcome) -> str:
    """1,200通（1,180件）を印刷用に作りました　用紙600枚・3ファイル"""
    return f"{outcome.printed:,}通（{outcome.certificates:,}件）の印刷ファイルができました"


class PrintResult(QDialog):
    """Enter opens the first file (print from there), F the folder."""

    def __init__(self, parent: QWidget, shell: Shell, outcome: PrintOutcome, *, issued: Issued | None = None) -> None:
        super().__init__(parent)
        self.outcome = outcome
        self.setWindowTitle("印刷の結果")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        refused = [*(issued.refused if issued else ()), *outcome.stopped]
        good = bool(outcome.printed)
        top = row(IconLabel("success" if good else "warning", tint="good" if good else "warn", size=28), heading(say_outcome(outcome)), spacing=12)
        top.setStretch(1, 1)
        self.files = QListWidget()
        self.files.setAccessibleName("できたファイル")
        for path in (*outcome.files, *outcome.labels):
            self.files.addItem(path.name)
        self.files.itemActivated.connect(lambda item: self._open(self.files.row(item)))
        self.files.setCurrentRow(0)
        self.files.setMaximumHeight(theme.current().px(110))
        self.stopped = Table(REFUSALS, name="印刷・発行できなかった証明書", preferences=shell.preferences, many=False)
        self.stopped.show_rows(refused, key=lambda one: one.record)
        self.told = text("\n".join(self._lines(outcome, issued)))
        self._lay_out(top, refused=len(refused))

    def _lay_out(self, top: QLayout, *, refused: int) -> None:
        body = column(top, self.told, self.files, spacing=10, margins=(24, 18, 24, 14))
        if refused:
            body.addWidget(text(f"できなかったもの（{refused:,}件）。直してから、「部数が足りない証明書」か申請から、もう一度進めます。", role="problem"))
            body.addWidget(self.stopped)
            body.setStretch(4, 1)
            self.stopped.setMinimumHeight(theme.current().px(150))
        body.addWidget(note("紙づまりのときは「続きから…」で、最後に正しく出た次の証明書番号を入れると、同じ順番で続けられます。"))
        self.open_button = button("開いて印刷する（Enter）", role="primary", icon="print")
        self.folder_button = button("フォルダーを開く（F）", icon="folder")
        self.close_button = button("閉じる（Esc）")
        self.open_button.clicked.connect(lambda: self._open(max(0, self.files.currentRow())))
        self.folder_button.clicked.connect(self._open_folder)
        self.close_button.clicked.connect(self.accept)
        QShortcut(QKeySequence("F"), self, self._open_folder)
        for made in (self.open_button, self.folder_button, self.files):
            made.setEnabled(bool(self.paths))
        self.files.setVisible(bool(self.paths))
        footer = frame("footer", row(1, self.close_button, self.folder_button, self.open_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(920), room.width() - 30), min(look.px(560 if refused else 360), room.height() - 40))
        (self.files if self.paths else self.close_button).setFocus()

    @property
    def paths(self) -> Sequence[Path]:
        """The files, labels last."""
        return (*self.outcome.files, *self.outcome.labels)

    @staticmethod
    def _lines(outcome: PrintOutcome, issued: Issued | None) -> list[str]:
        told = [f"用紙 {outcome.sheets:,}枚・{outcome.pages:,}面・{len(outcome.files):,}ファイル。発行回数に数えました。"] if outcome.printed else []
        if issued is not None:
            approved = f"（うち{issued.approved:,}件は同時に決裁）" if issued.approved else ""
            told.insert(0, f"{len(issued.certificates):,}件を発行しました{approved}。")
            told.append(say_withheld(issued.withheld))
        told += [message(code, **params) for code, params in (issued.warnings if issued else ())][:5]
        return [line for line in (*told, _FLIPS.get(outcome.flip, ""), *outcome.warnings[:5]) if line]

    def _open(self, place: int) -> None:
        if self.paths:
            open_file(self.paths[place])

    def _open_folder(self) -> None:
        if self.paths:
            open_file(self.paths[0].parent)


