"""Saying that somebody registered is a resident: search, look at both side by side, link. Nothing is merged by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.domain.evacuee import Person
from app.presentation.columns.evacuee import HITS
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.reception.hit_table import HitTable
from app.ui.widgets.banner import Banner
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.side_by_side import SideBySide, compare, side_of
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import persons
from app.usecases.rows import SearchHit


class LinkDialog(QDialog):
    """``linked`` when it is done."""

    linked = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, person: Person) -> None:
        super().__init__(parent)
        self.shell, self.person = shell, person
        self.setWindowTitle("住民データと結び付け")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.box = SearchBox("氏名・カナ・生年月日・住所で住民を探す", name="住民を検索")
        self.box.typed.connect(self.find)
        self.box.entered.connect(self.find)
        self.table = HitTable(HITS, name="見つかった住民", preferences=shell.preferences)
        self.table.chosen.connect(lambda _: self._compare())
        self.table.opened.connect(lambda _: self.link())
        self.box.down.connect(self.table.focus_first)
        self.banner = Banner()
        self.banner.hide()
        self._place = QVBoxLayout()
        self._compared: QWidget | None = None
        self.take = QCheckBox("登録の内容を住民データの内容に置き換える（付けなければ、空の欄だけを補います）")
        self.link_button = button("同じ人として結び付ける（Ctrl+Enter）", role="primary", icon="check")
        self.link_button.clicked.connect(self.link)
        self.link_button.setEnabled(False)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        lead = note("避難者の登録はそのまま残り、住民データとの結び付きだけを加えます。")
        body = column(heading(f"{person.name or person.kana or person.number} さんを住民データと結び付ける"), lead, self.box, self.banner,
                      self.table, spacing=10, margins=(24, 16, 24, 12))  # fmt: skip
        body.addLayout(self._place)
        body.addWidget(self.take)
        body.setStretch(4, 1)
        hints = KeyHints([("↓", "一覧へ"), ("Ctrl+Enter", "結び付ける")])
        footer = frame("footer", row(hints, 1, cancel, self.link_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.link)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1060), room.width() - 30), min(look.px(680), room.height() - 40))
        self.box.setText(" ".join(part for part in (person.kana or person.name, person.birth) if part))
        self.box.setFocus()
        self.find(self.box.text())

    def find(self, words: str) -> None:
        """Search within the residents."""
        self.table.find(words, shell=self.shell, then=self._compare, within="residents")

    @property
    def chosen(self) -> SearchHit | None:
        """The resident that is current."""
        return self.table.current_row()

    def _compare(self) -> None:
        if self._compared is not None:
            self._place.removeWidget(self._compared)
            self._compared.deleteLater()
            self._compared = None
        hit = self.chosen
        self.link_button.setEnabled(hit is not None and not hit.person_id)
        if hit is None:
            return
        self.banner.show_message("この住民は、すでに別の避難者に結び付いています。" if hit.person_id else "", tone="warn")
        lines = compare(side_of(self.person), side_of(hit))
        self._compared = SideBySide((f"登録（{self.person.number}）", "住民データ"), lines)
        self._place.addWidget(self._compared)

    def link(self) -> None:
        """Write."""
        hit = self.chosen
        if hit is None or not self.link_button.isEnabled():
            return
        ctx, person_id, take = self.shell.context, self.person.id, self.take.isChecked()
        self.shell.runner.write(
            lambda _: persons.link_resident(ctx, person_id=person_id, resident_id=hit.id, take_particulars=take), parent=self
        ).success(self._done).failure(self._fail).start()

    def _done(self, result: object) -> None:
        self.accept()
        self.shell.say("住民データと結び付けました")
        self.linked.emit(result)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
