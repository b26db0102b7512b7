"""The recovery key, shown once: print it, save it, and say that it is kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from app.domain.dates import format_instant
from app.domain.errors import EnvironmentFault, SasaeError
from app.ui import faults, theme
from app.ui.widgets.text import button, column, frame, note, row, text
from app.usecases.files import atomic_output
from app.usecases.gateway import Session

_WHY = "パスワードを全員が忘れたときに、台帳を開くただ一つの手段です。これを失うと、台帳は誰にも開けません。"
_WHERE = "紙に印刷して、このパソコンとは別の、鍵のかかる場所に保管してください。この画面を閉じると二度と表示できません。"


def halves(key: str) -> tuple[str, str]:
    """A key of groups in two lines."""
    groups = key.split("-")
    middle = (len(groups) + 1) // 2
    return " - ".join(groups[:middle]), " - ".join(groups[middle:])


class RecoveryPanel(QWidget):
    """``confirmed`` is emitted when the tick is set or taken away; ``ready`` says which."""

    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._key = ""
        self._session: Session
        self._lines = [text("", role="mono", wrap=False), text("", role="mono", wrap=False)]
        for line in self._lines:
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse)
        well = frame("well", column(*self._lines, spacing=4, margins=(16, 14, 16, 14)))
        self._print = button("印刷…", role="primary", icon="print")
        self._print.clicked.connect(self.print_key)
        self._save = button("ファイルに保存…", icon="save")
        self._save.clicked.connect(self.save_key)
        self.tick = QCheckBox("復旧キーを印刷または書き写して、安全な場所に保管しました")
        self.tick.toggled.connect(lambda _: self.confirmed.emit())
        self._told = note("")
        self.setLayout(
            column(
                text(_WHY),
                well,
                row(self._print, self._save, self._told, 1, spacing=8),
                note(_WHERE),
                1,
                self.tick,
                spacing=12,
            )
        )

    @property
    def ready(self) -> bool:
        """Whether the person says that the key is kept."""
        return self.tick.isChecked()

    @property
    def key(self) -> str:
        """The key in sight."""
        return self._key

    def show_key(self, key: str, *, session: Session) -> None:
        """Show a key and what it belongs to."""
        self._key, self._session = key, session
        for line, words in zip(self._lines, halves(key), strict=True):
            line.setText(words)
            line.setAccessibleName(f"復旧キー {words}")

    def take_focus(self) -> None:
        """On printing, the best way to keep it."""
        self._print.setFocus()

    def sheet(self) -> list[tuple[str, int, bool]]:
        """The lines of the paper: words, size in points, bold."""
        place = self._session.context.place
        return [
            ("支え 被災者支援台帳　復旧キー", 18, True),
            ("", 8, False),
            (f"{place.municipality_name}　{place.disaster_name}", 12, False),
            (f"拠点：{place.site_name}　　作成：{format_instant(self._session.context.now())}", 11, False),
            ("", 10, False),
            *((line, 20, True) for line in halves(self._key)),
            ("", 10, False),
            (_WHY, 11, False),
            ("鍵のかかる場所に保管し、関係者以外に見せないでください。", 11, False),
        ]

    def print_key(self) -> None:
        """Choose a printer and print one page."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName("sasae")
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QPrintDialog.DialogCode.Accepted:
            self.paint(printer)
            self._told.setText("印刷しました")

    def paint(self, printer) -> None:
        """Draw the paper."""
        painter = QPainter(printer)
        area = printer.pageRect(printer.Unit.DevicePixel)
        unit = printer.resolution() / 72
        top = 40 * unit
        for words, size, bold in self.sheet():
            font = QFont(theme.font_family(), size)
            font.setBold(bold)
            painter.setFont(font)
            flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
            box = QRectF(40 * unit, top, area.width() - 80 * unit, area.height())
            used = painter.boundingRect(box, flags, words or " ")
            painter.drawText(box, flags, words)
            top += used.height() + 6 * unit
        painter.end()

    def save_key(self) -> None:
        """Write the paper as a text file, not into the data folder."""
        name = f"sasae-recovery-{datetime.now():%Y%m%d}.txt"
        chosen, _ = QFileDialog.getSaveFileName(self, "復旧キーを保存", str(Path.home() / name), "テキスト (*.txt)")
        if not chosen:
            return
        target = Path(chosen)
        if self._session.folder.resolve() in target.resolve().parents:
            faults.show(self, EnvironmentFault("window.key_beside_data", path=chosen))
            return
        try:
            with atomic_output(target) as temporary:
                temporary.write_text("\n".join(words for words, _, _ in self.sheet()), "utf-8-sig")
        except SasaeError as fault:
            faults.show(self, fault)
            return
        self._told.setText(f"保存しました：{target.name}")
