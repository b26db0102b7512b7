"""公印: the picture of the seal, looked at, approved by a second person, used from then on."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import QButtonGroup, QDialog, QDoubleSpinBox, QFileDialog, QLabel, QLineEdit, QRadioButton, QWidget

from app.presentation import form_designs as words
from app.presentation.columns.forms import SEALS
from app.presentation.messages import message
from app.ui import ime, theme
from app.ui.forms import work
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import forms
from app.usecases.forms import SealRow

if TYPE_CHECKING:
    from app.ui.pages.forms import FormsPage

_PICTURES = "公印の画像 (*.png *.jpg *.jpeg *.tif *.tiff)"
_WHY = (
    "公印を押した白い紙をスキャンして取り込むと、証明書に印刷できます。取り込んだ人とは別の、承認の権限を持つ人が確かめてから使われます。"
)


class SealTab(Tab):
    """Ctrl+I takes a picture in, Enter approves the one chosen."""

    kinds = frozenset({"seal_picture", "setting"})

    def __init__(self, page: FormsPage) -> None:
        super().__init__(page)
        self.banner = Banner(closable=True)
        self.table = Table(SEALS, name="公印の一覧", preferences=self.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self.approve())
        self.table.chosen.connect(lambda _: self._show_picture())
        self.add = button("公印の画像を取り込む…（Ctrl+I）", role="primary", icon="import")
        self.approve_button = button("承認する…（Enter）", icon="check")
        self.retire_button = button("使わないことにする…", icon="close")
        for made, act in ((self.add, self.take_in), (self.approve_button, self.approve), (self.retire_button, self.retire)):
            made.clicked.connect(lambda _=False, act=act: act())
        QShortcut(QKeySequence("Ctrl+I"), self, self.take_in)
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName("印影")
        self.told = note("")
        card = frame("card", column(heading("印影（原寸の約2倍）"), self.picture, self.told, 1, spacing=8, margins=(16, 12, 16, 12)))
        card.setFixedWidth(theme.current().px(330))
        self.nothing = EmptyState("公印はまだありません", _WHY, icon="shield", actions=[("公印の画像を取り込む", "import", self.take_in)])
        self._middle = QWidget()
        middle = row(self.table, card, spacing=14)
        middle.setStretch(0, 1)
        self._middle.setLayout(middle)
        self._choice = self._build_choice()
        whole = column(
            self.banner, row(self.add, self.approve_button, self.retire_button, 1), self._middle, self.nothing, self._choice, spacing=8,
            margins=(0, 10, 0, 0),
        )  # fmt: skip
        whole.setStretch(2, 1)
        whole.setStretch(3, 1)
        self.setLayout(whole)
        self._show([])

    def _build_choice(self) -> QWidget:
        group = QButtonGroup(self)
        self.choices = {code: QRadioButton(said) for code, said in words.SEAL_WORDS.items()}
        line = row(text("印影を印刷しないときは：", wrap=False), spacing=12)
        for code, made in self.choices.items():
            group.addButton(made)
            made.setEnabled(self.may("forms"))
            made.clicked.connect(lambda _=False, code=code: self._use_words(code))
            line.addWidget(made)
        line.addStretch()
        holder = QWidget()
        holder.setLayout(
            column(line, note("印影を印刷できるのは、承認済みの公印があり、公印の権限を持つ人が印刷するときだけです。"), spacing=2)
        )
        return holder

    def refresh(self) -> None:
        """Read the pictures."""
        ctx = self.context
        read = self.runner.read(lambda: (forms.list_seals(ctx), forms.read_seal_words(ctx)), parent=self, latest="forms.seals")
        read.success(lambda found: self._show(*found)).start()

    def _show(self, rows: Sequence[SealRow], chosen: str = "place") -> None:
        self.table.show_rows(rows)
        self._middle.setVisible(bool(rows))
        first = bool(rows) and self.nothing.isVisible()
        self.nothing.setVisible(not rows)
        for made in (self.add, self.approve_button, self.retire_button):
            made.setVisible(bool(rows))
        self.choices[chosen].setChecked(True)
        if rows and self.table.current_row() is None:
            self.table.make_current(0)
        if first:
            self.table.setFocus()
        self._show_picture()

    def _show_picture(self) -> None:
        row_: SealRow | None = self.table.current_row()
        self.approve_button.setEnabled(row_ is not None and row_.state != "approved")
        self.retire_button.setEnabled(row_ is not None and row_.state != "retired")
        self.picture.clear()
        self.told.setText("")
        if row_ is None:
            return
        image = QImage.fromData(base64.b64decode(row_.picture), "PNG")
        white = QImage(image.size(), QImage.Format.Format_RGB32)
        white.fill(Qt.GlobalColor.white)
        painter = QPainter(white)
        painter.drawImage(0, 0, image)
        painter.end()
        side = min(theme.current().px(280), round(row_.width * 96 / 25.4 * 2))
        ratio = self.devicePixelRatioF()
        shown = QPixmap.fromImage(white).scaledToWidth(round(side * ratio), Qt.TransformationMode.SmoothTransformation)
        shown.setDevicePixelRatio(ratio)
        self.picture.setPixmap(shown)
        self.told.setText(f"紙の上での幅 {row_.width:g} mm。周りの白い紙は透明にしてあります。")

    def take_focus(self) -> None:
        """On the list, or on the thing to do."""
        (self.table if self.table.rows.rowCount() else self.nothing.buttons[0]).setFocus()

    # -- acts

    def take_in(self) -> None:
        """Pick a picture, then say how wide the seal is."""
        name, _ = QFileDialog.getOpenFileName(self, "公印の画像", _home(), _PICTURES)
        if name:
            self.take_file(Path(name))

    def take_file(self, path: Path) -> None:
        """Take this picture in."""
        dialog = SealDialog(self, path)

        def save(name: str, width: float) -> None:
            ctx = self.context
            write = self.runner.write(lambda _: work.take_seal(ctx, path, name=name, width=width), parent=self, label="window.saving")
            write.success(lambda _: self.shell.say("取り込みました。承認されると、証明書に印刷できます")).start()

        dialog.agreed.connect(save)
        dialog.open()

    def approve(self) -> None:
        """The picture chosen is used from now on."""
        row_: SealRow | None = self.table.current_row()
        if row_ is None or row_.state == "approved":
            return
        said = "この印影が、公印の権限を持つ人の印刷する証明書に入ります。今まで使っていた印影は使われなくなります。"
        if ask(self, f"「{row_.name}」を承認しますか？", said, yes="承認する", no="やめる", danger=False):
            ctx = self.context
            done = self.runner.write(lambda _: forms.approve_seal(ctx, seal_id=row_.id), parent=self, label="window.saving")
            done.success(self._approved).start()

    def _approved(self, done: Any) -> None:
        for code in done.warnings:
            self.banner.show_message(message(code), tone="warn")
        self.shell.say("公印を承認しました")

    def retire(self) -> None:
        """No longer use a picture."""
        row_: SealRow | None = self.table.current_row()
        if row_ is not None and ask(self, f"「{row_.name}」を使わないことにしますか？", yes="使わないことにする", no="やめる"):
            ctx = self.context
            self.runner.write(lambda _: forms.retire_seal(ctx, seal_id=row_.id), parent=self, label="window.saving").start()

    def _use_words(self, code: str) -> None:
        ctx = self.context
        self.runner.write(lambda _: forms.change_seal_words(ctx, words=code), parent=self, label="window.saving").start()


class SealDialog(QDialog):
    """The name of the seal and how wide its impression is. ``agreed``: name, width in mm."""

    agreed = Signal(str, float)

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("公印の登録")
        self.name = QLineEdit(maxLength=40)
        self.name.setPlaceholderText("例：見本市長印")
        self.name.setAccessibleName("公印の名前")
        ime.prepare(self.name, "hiragana")
        low, high = forms.SEAL_WIDTHS
        self.width_box = QDoubleSpinBox(minimum=low, maximum=high, singleStep=0.5, decimals=1, value=24.0, suffix=" mm")
        self.width_box.setAccessibleName("印影の幅")
        self.yes = button("登録する（Ctrl+Enter）", role="primary", icon="check")
        QShortcut(QKeySequence("Ctrl+Return"), self, self._finish)
        self.yes.clicked.connect(self._finish)
        no = button("やめる（Esc）")
        no.clicked.connect(self.reject)
        self.wrong = Banner("", tone="bad")
        self.setLayout(
            column(
                heading(path.name), note("600 dpi に縮め、周りの白い紙を透明にして保存します（元のファイルはそのまま残ります）。"), self.wrong,
                text("公印の名前", role="field", wrap=False), self.name, text("紙の上での印影の幅（定規で測ってください）", role="field", wrap=False),
                self.width_box, row(1, no, self.yes), spacing=8, margins=(20, 18, 20, 16),
            )
        )  # fmt: skip
        self.name.setFocus()

    def _finish(self) -> None:
        if not self.name.text().strip():
            self.wrong.show_message(message("seal.name_missing"), tone="bad")
            self.name.setFocus()
            return
        self.agreed.emit(self.name.text().strip(), self.width_box.value())
        self.accept()


def _home() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
