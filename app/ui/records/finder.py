"""Finding a registered person whose records are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.presentation.columns.evacuee import birth_and_age, birth_short, status_text
from app.presentation.columns.spec import Column, ColumnSet
from app.ui.page import Page
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import column, note, text
from app.usecases.rows import SearchHit
from app.usecases.searching import search

FOUND: ColumnSet[SearchHit] = ColumnSet(
    key="finder",
    columns=(
        Column(key="name", label="氏名", text=lambda h: h.name or h.kana or h.number, width=9, tip=lambda h: f"{h.kana}　{status_text(h)}"),
        Column(key="birth", label="生年月日（年齢）", text=lambda h: birth_short(h.birth), width=10, tip=lambda h: birth_and_age(h.birth)),
    ),
)


class PersonFinder(QWidget):
    """A search box and what it finds among registered people. ``chosen`` carries a person id."""

    chosen = Signal(str)

    def __init__(self, page: Page, words: str) -> None:
        super().__init__()
        self._page = page
        self.box = SearchBox("氏名・カナ・整理番号", name=words)
        self.box.typed.connect(self._search)
        self.box.entered.connect(self._enter)
        self.table = Table(FOUND, name="見つかった人", many=False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.table.opened.connect(self._choose)
        self.table.clicked.connect(lambda index: self._choose(self.table.rows.row_id(index.row())))
        self.box.down.connect(self.table.focus_first)
        self._count = note("")
        whole = column(text(words, role="field"), self.box, self.table, self._count, spacing=6)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def take_focus(self) -> None:
        """Into the box."""
        self.box.setFocus()

    def _search(self, words: str) -> None:
        if not words:
            self._show(())
            return
        ctx = self._page.context
        found = self._page.runner.read(
            lambda: search(ctx, text=words, within="persons", limit=100).hits, parent=self, latest=f"finder:{id(self)}"
        )
        found.success(self._show).start()

    def _show(self, hits: Sequence[SearchHit]) -> None:
        self.table.show_rows(hits, key=lambda hit: hit.person_id or hit.id)
        self._count.setText(f"{len(hits):,}人" if hits else "")

    def _enter(self, words: str) -> None:
        if self.table.rows.rowCount():
            self._choose(self.table.current_id() or self.table.rows.row_id(0))

    def _choose(self, person_id: Any) -> None:
        if person_id:
            self.chosen.emit(str(person_id))
