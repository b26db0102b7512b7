"""One box to find whom a claim or a casualty is about, and a card for the one that was chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.presentation.columns.texts import birth_era
from app.presentation.columns.whom import WHOM, Whom
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.reception.hit_table import HitTable
from app.ui.relief.household_finding import find_whom, open_whom, whom_of
from app.ui.widgets.banner import Banner
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import badge, button, column, frame, note, row, text

_HINTS = {
    "household": "世帯主の氏名・カナ・生年月日・住所で探す",
    "person": "氏名・カナ・生年月日・住所・番号で探す",
}  # fmt: skip


class WhomPane(QWidget):
    """``chosen`` carries the ``Whom`` (None: none any more)."""

    chosen = Signal(object)

    def __init__(self, shell: Shell, *, kinds: Collection[str], unit: str = "household") -> None:
        super().__init__()
        self.shell, self.kinds = shell, kinds
        self.whom: Whom | None = None
        self._found = ""
        self.finder = SearchBox(_HINTS[unit], name="だれのことか探す")
        self.table = HitTable(WHOM, name="見つかった人と世帯", preferences=shell.preferences)
        self.nothing = note("")
        self.banner = Banner()
        self.banner.hide()
        self.finder.typed.connect(self.find)
        self.finder.entered.connect(self._enter)
        self.finder.down.connect(self.table.focus_first)
        self.table.opened.connect(lambda _: self.choose())
        self.table.clicked.connect(lambda _: self.choose())
        self._make_card()
        whole = column(self.finder, self.nothing, self.table, self.banner, self.card, spacing=6)
        whole.setStretch(2, 1)
        whole.addStretch(0)
        self.setLayout(whole)
        self.table.setMinimumHeight(theme.current().px(110))
        self._show()

    def _make_card(self) -> None:
        self.name, self.facts = text("", role="heading"), text("")
        self.protected = badge("支援措置", tone="bad")
        self.again = button("選び直す", icon="undo", role="quiet")
        self.again.clicked.connect(self.clear)
        top = row(self.name, self.protected, self.again, spacing=8)
        top.setStretch(0, 1)
        self.card = frame("well", column(top, self.facts, spacing=3, margins=(12, 8, 12, 8)))

    def find(self, words: str, *, take: bool = False) -> None:
        """Look for them; with ``take`` the only one there is is taken at once."""
        ctx, kinds = self.shell.context, self.kinds
        found = self.shell.runner.read(lambda: find_whom(ctx, words, kinds=kinds), parent=self, latest=f"whom:{id(self)}")
        found.success(lambda rows: self._show_found(rows, words, take)).start()

    def _show_found(self, rows: Sequence[Whom], words: str, take: bool) -> None:
        if self.finder.text().strip() != words.strip():
            return
        if rows and self.whom is not None:
            self.take(None)
        self.table.show_rows(rows)
        if rows:
            self.table.make_current(0)
        self._found = words.strip()
        missing = bool(words.strip()) and not rows
        self.nothing.setText("見つかりません。字やよみを減らしてお試しください。" if missing else "")
        if take and len(rows) == 1:
            self.choose()

    def _enter(self, words: str) -> None:
        if self.table.isVisibleTo(self) and self.table.current_row() is not None and self._found == words.strip():
            self.choose()
        else:
            self.find(words, take=True)

    def choose(self) -> None:
        """Take the one at hand."""
        found: Whom | None = self.table.current_row()
        if found is None:
            return
        ctx = self.shell.context
        work = self.shell.runner.write(lambda _: open_whom(ctx, found), parent=self, label="lists.reading")
        work.success(self.take).failure(self._failed).start()

    def fetch(self, *, casualty_id: str = "", victim_id: str = "") -> None:
        """Take the one that a record names already."""
        ctx = self.shell.context
        found = self.shell.runner.read(lambda: whom_of(ctx, casualty_id=casualty_id, victim_id=victim_id), parent=self)
        found.success(lambda whom: self.take(whom) if whom is not None else None).start()

    def take(self, whom: Whom | None) -> None:
        """This one, or none."""
        self.whom = whom
        self.banner.show_message("")
        self._show()
        self.chosen.emit(whom)

    def clear(self) -> None:
        """None any more; the keyboard back into the box."""
        self.finder.clear()
        self.table.show_rows([])
        self.take(None)
        self.finder.setFocus()

    def ask(self, words: str) -> None:
        """Say that somebody has to be chosen."""
        self.banner.show_message(words, tone="warn")
        self.finder.setFocus()

    def _show(self) -> None:
        whom = self.whom
        self.card.setVisible(whom is not None)
        self.table.setVisible(whom is None)
        if whom is not None:
            self.name.setText("　".join(filter(None, (whom.name, whom.kana))))
            size = f"{whom.size}人の世帯" if whom.size and whom.kind != "casualty" else ""
            self.facts.setText("　".join(filter(None, (birth_era(whom.birth), whom.address, whom.detail, size))))
            self.protected.setVisible(whom.protected)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.choose)
