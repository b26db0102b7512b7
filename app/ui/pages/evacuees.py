"""避難者: everyone registered, and what is done with them: leaving, moving, out and back, cards, history, corrections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QPushButton, QRadioButton, QStackedWidget

from app.domain.evacuee import Absence, Stay
from app.presentation.columns.evacuee import EVACUEES
from app.ui import theme
from app.ui.page import Page, Shell
from app.ui.reception.desk import Desk
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, note, row
from app.usecases import persons
from app.usecases.context import Context
from app.usecases.rows import SearchHit

_HINTS = (
    ("Enter", "個票"), ("Ctrl+O", "退所"), ("Ctrl+Shift+O", "家族で退所"), ("Ctrl+M", "転所"), ("F9", "元に戻す"),
)  # fmt: skip
_PRESENCES = (("in", "入所中"), ("out", "退所"), ("all", "すべて"))


class EvacueesPage(Page):
    """Ids first, rows as they come into view."""

    key = "evacuees"
    kinds = frozenset({"person", "stay", "absence", "household", "decision"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk = Desk(self)
        self.filter = SearchBox("この一覧をしぼる（氏名・カナ・住所・整理番号）", name="一覧をしぼる")
        self.filter.typed.connect(lambda _: self.refresh())
        self._count = note("")
        self._presences: dict[str, QRadioButton] = {}
        self.table = Table(EVACUEES, name="避難者の一覧", runner=self.runner, preferences=shell.preferences)
        self.filter.entered.connect(lambda _: self.table.focus_first())
        self.filter.down.connect(self.table.focus_first)
        self.filter.left.connect(self.table.focus_first)
        self.table.opened.connect(lambda person_id: person_id and self.desk.open_file(person_id))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        self._empty = EmptyState(
            "まだ避難者の登録がありません",
            "上の検索の欄（Ctrl+K）で住民を探すと、世帯ごとに入所を受け付けられます。",
            icon="evacuees",
            actions=[("人を探す（Ctrl+K）", "search", self._search), ("住民データにいない人を登録（Ctrl+N）", "user-plus", self._new)],
        )
        self._none = EmptyState("この条件に合う人はいません", "しぼり込みの言葉か、入所中・退所の選び方を変えてください。", icon="filter")
        self.stack = QStackedWidget()
        for part in (self.table, self._empty, self._none):
            self.stack.addWidget(part)
        self._buttons: dict[str, QPushButton] = {}
        self._overdue = False
        self._lay_out()

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        choices = row(spacing=4)
        for code, words in _PRESENCES:
            choice = QRadioButton(words)
            group.addButton(choice)
            self._presences[code] = choice
            choices.addWidget(choice)
        self._presences["in"].setChecked(True)
        group.buttonToggled.connect(lambda _, on: on and self.refresh())
        for words, icon, act, right in (
            ("重複の確認（Ctrl+D）", "warning", self.desk.duplicates, "register"),
            ("白紙のカード", "card", lambda: self.desk.print_cards([]), "print"),
            ("住民データにいない人を登録（Ctrl+N）", "user-plus", self._new, "register"),
        ):
            made = button(words, icon=icon)
            made.clicked.connect(lambda _=False, act=act: act())
            made.setEnabled(self.may(right))
            self.tools.addWidget(made)
        line = row(self.filter, choices, self._count, spacing=14)
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.body.addWidget(self.stack, 1)
        self.body.addLayout(self._act_bar())
        self.body.addWidget(KeyHints(_HINTS))
        for keys, act in (("Ctrl+N", self._new), ("Ctrl+D", self.desk.duplicates), ("Ctrl+Shift+F", self.filter.setFocus)):
            QShortcut(QKeySequence(keys), self, act)

    def _act_bar(self) -> Any:
        acts = self.desk.actions
        entries: tuple[tuple[str, str, str, str, Callable[[], object]], ...] = (
            ("correct", "訂正", "Ctrl+E", "edit", lambda: self._one(acts.correct)),
            ("leave", "退所", "Ctrl+O", "exit", lambda: self._many(acts.leave)),
            ("family", "家族で退所", "Ctrl+Shift+O", "exit", lambda: self._one(acts.leave_family)),
            ("move", "転所", "Ctrl+M", "move", lambda: self._one(acts.move)),
            ("out", "外出・外泊", "Ctrl+G", "clock", lambda: self._one(acts.go_out)),
            ("back", "戻り", "Ctrl+B", "home", lambda: self._one(acts.come_back)),
            ("death", "死亡", "", "user-off", lambda: self._one(acts.record_death)),
            ("card", "カード", "Ctrl+P", "card", lambda: self._many(self.desk.print_cards)),
            ("history", "履歴", "Ctrl+H", "history", lambda: self._one(lambda hit: self.desk.open_file(hit.id, tab=3))),
            ("undo", "元に戻す", "F9", "undo", lambda: self._one(acts.undo_last)),
        )
        narrow = theme.current().scale < 1.1  # in large text the words need the room
        line = row(spacing=6)
        for key, words, keys, icon, act in entries:
            made = button(words, icon=icon if narrow else "", tip=f"{words}（{keys}）" if keys else words)
            made.clicked.connect(lambda _=False, act=act: act())
            if keys:
                QShortcut(QKeySequence(keys), self, lambda key=key: self._buttons[key].isEnabled() and self._buttons[key].click())
            self._buttons[key] = made
            line.addWidget(made)
        line.addStretch()
        return line

    # -- reading

    @property
    def presence(self) -> str:
        """in, out or all."""
        return next(code for code, choice in self._presences.items() if choice.isChecked())

    def arrive(self, *, text: str = "", presence: str = "", show: str = "", person_id: str = "", **_: Any) -> None:
        """``text`` filters, ``presence`` chooses, ``show`` is pending or overdue, ``person_id`` opens a file."""
        if presence in self._presences:
            self._presences[presence].setChecked(True)
        if text:
            self.filter.setText(text)
        self._overdue = show == "overdue"
        if self._overdue:
            words = "戻る予定を過ぎた外出・外泊の人だけを表示しています。"
            self.banner.show_message(words, tone="warn", action="全員を表示", act=self._show_everyone)
        if text or presence or self._overdue:
            self.refresh()
        if show == "pending":
            self.desk.duplicates()
        if person_id:
            self.desk.open_file(person_id)

    def _show_everyone(self) -> None:
        self._overdue = False
        self.banner.show_message("")
        self.refresh()

    def refresh(self) -> None:
        """Read the ids again; rows follow."""
        ctx, words, presence = self.context, self.filter.text().strip(), self.presence
        if self._overdue:
            overdue = self.runner.read(lambda: _overdue_people(ctx), parent=self, latest="evacuees")
            overdue.success(lambda ids: self.show_ids(ids, filtered=True)).start()
            return
        read = self.runner.read(lambda: persons.list_people(ctx, text=words, presence=presence), parent=self, latest="evacuees")
        read.success(lambda ids: self.show_ids(ids, filtered=bool(words) or presence == "out")).start()

    def show_ids(self, ids: Sequence[str], *, filtered: bool) -> None:
        """Show these people."""
        ctx = self.context
        self.table.show_ids(ids, lambda wanted: persons.show_people(ctx, person_ids=wanted))
        self.stack.setCurrentWidget(self.table if ids else self._none if filtered else self._empty)
        self._count.setText(f"{len(ids):,}人")
        if ids and not self.table.currentIndex().isValid():
            self.table.make_current(0)
        self._allow()

    # -- acting

    def selected(self) -> list[SearchHit]:
        """The selected people whose rows have arrived."""
        places = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [hit for place in places if (hit := self.table.rows.row(place)) is not None]

    def _one(self, act: Callable[[SearchHit], object]) -> None:
        hit = self.table.current_row()
        if hit is not None:
            act(hit)

    def _many(self, act: Callable[[Sequence[SearchHit]], object]) -> None:
        people = self.selected()
        if people:
            act(people)

    def _allow(self) -> None:
        """Buttons that can do nothing for the selection are grey."""
        some = bool(self.table.selectionModel().hasSelection())
        for key, made in self._buttons.items():
            made.setEnabled(some and self.may("print" if key == "card" else "view" if key == "history" else "register"))

    def _new(self) -> None:
        if self.may("register"):
            self.desk.newcomer()

    def _search(self) -> None:
        focus = getattr(self.shell, "focus_search", None)
        if focus is not None:
            focus()

    def take_focus(self) -> None:
        """Into the list."""
        if self.stack.currentWidget() is self.table:
            self.table.focus_first()
        else:
            self.filter.setFocus()


def _overdue_people(ctx: Context) -> list[str]:
    """Everyone out for longer than they said."""
    now = ctx.now()
    late = [a for a in ctx.reads.all("absence") if isinstance(a, Absence) and not a.deleted and a.back_at is None]
    stays = [ctx.reads.get("stay", a.stay_id) for a in late if a.expected_at is not None and a.expected_at < now]
    return list(dict.fromkeys(stay.person_id for stay in stays if isinstance(stay, Stay)))
