"""検索: who was meant, while typing. Enter on a resident leads to the check-in, on somebody registered to their file."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from app.domain.identifiers import parse_card_number, parse_person_number, person_number
from app.presentation.columns.evacuee import HITS
from app.ui import faults
from app.ui.page import Page, Shell
from app.ui.reception.desk import Desk
from app.ui.reception.hit_table import HitTable
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, note
from app.usecases.rows import SearchHit, SearchResult
from app.usecases.searching import search

_CAP = 1000  # the query counts no further


class SearchPage(Page):
    """Answers carry a generation: an old one never replaces a new one."""

    key = "search"
    kinds = frozenset({"person", "stay", "absence", "snapshot", "household"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk = Desk(self, on_received=self._next_family)
        self.words = ""
        self.shown = -1
        self._generation = 0
        self._hits: dict[str, SearchHit] = {}
        self._count = note("")
        new = button("住民データにいない人を登録（Ctrl+N）", icon="user-plus")
        new.clicked.connect(lambda: self.desk.newcomer(self.words))
        self.check_in_button = button("入所の受付（Ctrl+I）", icon="bed")
        self.check_in_button.clicked.connect(self.check_in_current)
        for made in (self.check_in_button, new):
            self.tools.addWidget(made)
            made.setEnabled(self.may("register"))
        self.table = HitTable(HITS, name="見つかった人", preferences=shell.preferences)
        self.table.opened.connect(lambda hit_id: self.open(self._hits.get(hit_id)))
        self.idle = EmptyState(
            "上の欄に、氏名・カナ・生年月日・住所などを入れてください",
            "例：たかはし　髙橋 花　S50.3.1　本町1-2　電話番号　整理番号\nカードの読み取り機もそのまま使えます。",
            icon="search",
        )
        self.nobody = EmptyState(
            "見つかりませんでした",
            "読み方や生年月日だけでも探せます。\n旅行中の人、住民票のない人、生まれたばかりの子も登録できます。",
            icon="user-off",
            actions=[("住民データにいない人として登録（Ctrl+N）", "user-plus", lambda: self.desk.newcomer(self.words))],
        )
        self.unknown_card = EmptyState(
            "このカードはまだ誰のものでもありません",
            "次に入所する人に渡すと、その人のカードになります。",
            icon="card",
            actions=[("次に入所する人に渡す（Enter）", "card", self.keep_card)],
        )
        for empty in (self.nobody, self.unknown_card):
            empty.buttons[0].setEnabled(self.may("register"))
        self.stack = QStackedWidget()
        for part in (self.idle, self.table, self.nobody, self.unknown_card):
            self.stack.addWidget(part)
        hints = KeyHints(
            [("↓", "一覧へ"), ("Enter", "開く"), ("Ctrl+I", "世帯の入所受付"), ("Ctrl+N", "いない人を登録"), ("F9", "直前の入所を元に戻す")]
        )
        self.body.addWidget(self._count)
        self.body.addWidget(self.stack, 1)
        self.body.addWidget(hints)
        for keys, act in (
            ("Ctrl+N", lambda: self.desk.newcomer(self.words)),
            ("Ctrl+I", self.check_in_current),
            ("F9", self.desk.undo_last),
        ):
            QShortcut(QKeySequence(keys), self, act)

    # -- asking

    def arrive(self, *, text: str = "", final: bool = False, **_: Any) -> None:
        """What stands in the search box; ``final`` after Enter."""
        self.words = text
        self._ask(final=final)

    def refresh(self) -> None:
        """Ask again: what is known about the people may have changed."""
        self._ask(final=False)

    def _ask(self, *, final: bool) -> None:
        self._generation += 1
        generation, words, ctx = self._generation, self.words, self.context
        if not words:
            self._hits = {}
            self.stack.setCurrentWidget(self.idle)
            self._count.setText("")
            return
        number = parse_person_number(words)
        asked = person_number(number.prefix, number.serial) if number else words
        read = self.runner.read(lambda: search(ctx, text=asked), parent=self, latest="search")
        read.success(lambda result: self.show_result(result, generation=generation, final=final))
        read.failure(lambda error: faults.show(self, error)).start()

    def show_result(self, result: SearchResult, *, generation: int, final: bool) -> None:
        """Show an answer, unless a newer question was asked meanwhile."""
        if generation != self._generation:
            return
        self.shown = generation
        self._hits = {hit.id: hit for hit in result.hits}
        self.table.show_rows(result.hits)
        card = parse_card_number(self.words) if not result.hits else None
        self.stack.setCurrentWidget(self.table if result.hits else self.unknown_card if card else self.nobody)
        self._count.setText(_count_words(result))
        self.check_in_button.setEnabled(self.may("register") and bool(result.hits))
        if result.hits and not self.table.currentIndex().isValid():
            self.table.make_current(0)
        if final:
            self._settle(result, card=bool(card))

    def _settle(self, result: SearchResult, *, card: bool) -> None:
        """After Enter: the only one is opened, several get the keyboard, a blank card waits for Enter."""
        if len(result.hits) == 1:
            self.open(result.hits[0])
        elif result.hits:
            self.table.make_current(0)
            self.table.focus_first()
        elif card:
            self.unknown_card.buttons[0].setFocus()
            self.unknown_card.buttons[0].setDefault(True)
        else:
            self.nobody.buttons[0].setFocus()

    # -- acting

    def open(self, hit: SearchHit | None) -> None:
        """A resident is checked in, somebody registered is looked at."""
        if hit is None:
            return
        if hit.person_id or not self.may("register"):
            if hit.person_id:
                self.desk.open_file(hit.person_id)
        else:
            self.desk.check_in(resident_id=hit.id)

    def check_in_current(self) -> None:
        """The check-in screen for the household at hand, whether registered or not."""
        hit = self._hits.get(self.table.current_id() or "")
        if hit is None or not self.may("register"):
            return
        if hit.kind == "resident":
            self.desk.check_in(resident_id=hit.id)
        else:
            self.desk.check_in(person_id=hit.person_id)

    def keep_card(self) -> None:
        """The blank card is for the next person checked in."""
        card = parse_card_number(self.words)
        if card is None:
            return
        self.desk.card = card
        self.banner.show_message(
            f"カード {card} は、次に入所する人に渡します。その人を探してください。", tone="info", action="渡さない", act=self._drop_card
        )
        self._search_again()

    def _drop_card(self) -> None:
        self.desk.card = ""
        self.banner.show_message("")

    def _next_family(self) -> None:
        self._search_again()

    def _search_again(self) -> None:
        """The keyboard goes back to the box for the next person."""
        focus = getattr(self.shell, "focus_search", None)
        if focus is not None:
            focus()

    def take_focus(self) -> None:
        """Into the list when there is one."""
        if self.stack.currentWidget() is self.table and self._hits:
            self.table.focus_first()
        elif self.stack.currentWidget() is self.nobody:
            self.nobody.buttons[0].setFocus()
        elif self.stack.currentWidget() is self.unknown_card:
            self.unknown_card.buttons[0].setFocus()
        else:
            self._search_again()


def _count_words(result: SearchResult) -> str:
    if not result.total:
        return ""
    many = f"{_CAP:,}人以上" if result.total > _CAP else f"{result.total:,}人"
    more = f"。はじめの{len(result.hits)}人を表示しています。生年月日や住所を加えると絞れます" if result.truncated else ""
    return f"{many}見つかりました{more}"
