"""What is handed to the other laptop: a QR, the same as lines to type, a file, and the fingerprint to compare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from app.domain.enrolment import in_lines
from app.domain.errors import SasaeError
from app.interchange.enrolment_files import write_enrolment
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.sites.qr_view import QrView
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, note, row, text


class CodePane(QWidget):
    """``text`` goes into the QR and the lines, ``lines`` into the file ``name``; ``saved`` is called with its path."""

    def __init__(self, shell: Shell, *, name: str, banner: Banner, saved: Callable[[Path], object] = lambda _: None) -> None:
        super().__init__()
        self.shell, self._name, self._banner, self._saved = shell, name, banner, saved
        self._file = ""
        look = theme.current()
        self.qr = QrView(side=look.px(400))
        self.fingerprint = text("", role="title", wrap=False)
        self.typed = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.typed.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.typed.setAccessibleName("打ち込むときの文字")
        self.save_button = button("ファイルに保存…（Ctrl+S）", role="primary", icon="save")
        self.save_button.setShortcut("Ctrl+S")
        self.save_button.clicked.connect(self.choose)
        self.copy_button = button("文字を写す", icon="list")
        self.copy_button.clicked.connect(self._copy)
        side = column(
            text("照合番号", role="field", wrap=False), self.fingerprint, note("相手の画面の番号と同じことを、電話などで確かめます。"),
            text("打ち込むときの文字（1行ずつ、番号は打たない）", role="field", wrap=False), self.typed, row(self.save_button, self.copy_button, 1),
            spacing=6,
        )  # fmt: skip
        side.setStretch(4, 1)
        whole = row(self.qr, side, spacing=18)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def show_code(self, words: str, *, lines: str, fingerprint: str) -> None:
        """Show what is handed over."""
        self._file = lines
        self.qr.show_text(words, name="登録の QR コード")
        self.fingerprint.setText(fingerprint)
        heading, *blocks = in_lines(words).splitlines()
        self.typed.setPlainText("\n".join([heading, *(f"{place:>2}. {block}" for place, block in enumerate(blocks, 1))]))
        self.save_button.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(in_lines(self.qr.words))
        self._banner.show_message("文字を写しました。", tone="good")

    def choose(self) -> None:
        """Where the file goes."""
        folder = self.shell.preferences.get("transfer.folder", "") or str(Path.home())
        path, _ = QFileDialog.getSaveFileName(self, "ファイルに保存", str(Path(folder) / self._name), "登録のファイル (*.txt)")
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the file."""
        lines = self._file
        work = self.shell.runner.write(lambda _: write_enrolment(path, lines), parent=self, label="window.saving")
        work.success(self._written).failure(self._failed).start()

    def _written(self, path: Path) -> None:
        self.shell.preferences.set("transfer.folder", str(path.parent))
        self._banner.show_message(f"「{path.name}」に保存しました。USBメモリーなどで渡してください。", tone="good")
        self._saved(path)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self._banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
