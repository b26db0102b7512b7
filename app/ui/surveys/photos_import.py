"""Taking a folder or card of photos in: what to say before, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QListWidget, QWidget

from app.presentation.messages import message
from app.presentation.photo_words import imported_text, others_text
from app.ui import ime, theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, heading, lead, note, row, text

if TYPE_CHECKING:
    from app.interchange.importing.photos import PhotoOutcome

_SHOWN = 500


def read_clock(words: str) -> timedelta | None:
    """``0:05``, ``-9:00``, ``+1:30`` or minutes; None for anything else. Empty is no difference."""
    plain = words.strip().translate(str.maketrans("０１２３４５６７８９：＋－−ー", "0123456789:+---"))
    if not plain:
        return timedelta()
    sign, body = (-1 if plain[0] == "-" else 1), plain.lstrip("+-")
    hours, _, minutes = body.rpartition(":")
    if not minutes.isdecimal() or not (hours or "0").isdecimal() or len(body) > 9 or (hours and int(minutes) > 59):
        return None
    return sign * timedelta(hours=int(hours or 0), minutes=int(minutes))


class PhotoImportDialog(QDialog):
    """Which folder, and how far the camera's clock was off. ``folder`` and ``offset`` are set when it was accepted."""

    def __init__(self, parent: QWidget, folder: Path | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("写真を取り込む")
        self.offset = timedelta()
        self.banner = Banner()
        self.path = QLineEdit(str(folder or ""))
        self.path.setAccessibleName("フォルダ")
        self.path.setPlaceholderText("カメラのカードの DCIM、またはフォルダ")
        self.choose_button = button("選ぶ…", icon="folder")
        self.choose_button.clicked.connect(self.choose)
        self.clock = QLineEdit()
        self.clock.setAccessibleName("時計のずれ")
        self.clock.setPlaceholderText("0:00")
        self.clock.setFixedWidth(theme.current().px(110))
        ime.prepare(self.clock, "off")
        go, leave = button("取り込む", role="primary", icon="import"), button("やめる")
        go.clicked.connect(self.accept)
        go.setDefault(True)
        leave.clicked.connect(self.reject)
        self.go_button = go
        told = (
            "下のフォルダもまとめて取り込みます（JPEG・PNG・HEIC・TIFF・WebP）。建物は、家ごとに最初に写した調査票のQR、"
            "ファイルかフォルダの名前の調査番号、調査の時刻の順に決め、決まらないものは「建物未定」に並べます。"
            "写真は小さくして暗号化し、元の写真には手を付けません。同じ写真は二重になりません。"
        )
        self.setLayout(
            column(
                heading("フォルダかカードの写真を取り込む"), lead(told), self.banner,
                text("フォルダ", role="field", wrap=False), row(self.path, self.choose_button),
                text("時計のずれ（カメラの時計に足す時間。時:分、進んでいれば -）", role="field", wrap=False), row(self.clock, 1),
                note("例：カメラが5分遅れていれば 0:05、外国の時刻のままで9時間遅れていれば 9:00。"),
                row(1, leave, go, margins=(0, 10, 0, 0)), spacing=8, margins=(22, 18, 22, 16),
            )
        )  # fmt: skip
        self.setMinimumWidth(theme.current().px(620))

    @property
    def folder(self) -> Path:
        """The folder named."""
        return Path(self.path.text().strip())

    def choose(self) -> None:
        """Ask for a folder."""
        chosen = QFileDialog.getExistingDirectory(self, "写真のフォルダ（カードなら DCIM）", self.path.text())
        if chosen:
            self.path.setText(chosen)

    def accept(self) -> None:
        """Close when folder and clock can be used; say beside what cannot."""
        found = read_clock(self.clock.text())
        if not self.path.text().strip() or not self.folder.is_dir():
            self.banner.show_message(message("photo.folder_missing", path=self.path.text().strip()), tone="bad")
            self.path.setFocus()
        elif found is None:
            self.banner.show_message(message("cli.offset_unreadable", text=self.clock.text()), tone="bad")
            self.clock.setFocus()
        else:
            self.offset = found
            super().accept()


def say_outcome(done: PhotoOutcome) -> str:
    """What came of an import, in a few sentences."""
    told = imported_text(
        found=done.found, added=done.added, known=done.known, failed=done.failed, matched=done.matched, buildings=done.buildings
    )
    stopped = message(done.stopped) if done.stopped == "photo.card_gone" else ""
    return "　".join(filter(None, (stopped, told, others_text(done.others))))


def issue_lines(done: PhotoOutcome) -> list[str]:
    """What was met, photos that were lost first."""
    ordered = sorted(done.issues, key=lambda issue: not issue.lost)
    return [message(issue.code, **issue.params) for issue in ordered]


class IssuesDialog(QDialog):
    """What was met in an import, photo by photo."""

    def __init__(self, parent: QWidget, lines: Sequence[str], count: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("写真の取り込みで分かったこと")
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setAccessibleName("取り込みで分かったこと")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSpacing(2)
        self.list.addItems(list(lines[:_SHOWN]))
        close = button("閉じる", role="primary")
        close.clicked.connect(self.accept)
        shown = min(len(lines), _SHOWN)
        told = f"{count:,}件あります。" + (f"はじめの{shown:,}件を示します。" if count > shown else "")
        self.setLayout(column(heading("取り込みで分かったこと"), note(told), self.list, row(1, close), spacing=8, margins=(20, 16, 20, 14)))
        self.resize(theme.current().px(760), theme.current().px(480))
