"""金融機関: the shipped list to search, and this municipality's own corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from app.domain.payments import OwnBank
from app.presentation.account_words import bank_words, branch_words
from app.presentation.forms.payee import OWN_BANK, own_bank_form
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import labelled, open_form
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import banks
from app.usecases.banks import BankBook


class BanksDialog(QDialog):
    """Banks on the left, branches of the chosen one in the middle, own corrections on the right."""

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self._book: BankBook | None = None
        self._own: Sequence[OwnBank] = ()
        self.setWindowTitle("金融機関の一覧")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.finder = SearchBox("コード・名前・カナ", name="金融機関を探す")
        self.branch_finder = SearchBox("コード・名前・カナ", name="支店を探す")
        self.banks, self.branches, self.own = QListWidget(), QListWidget(), QListWidget()
        for made, name in ((self.banks, "金融機関"), (self.branches, "支店"), (self.own, "市町村の追加・訂正")):
            made.setAccessibleName(name)
            made.setWordWrap(True)
            made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.day = note("")
        self.add_button = button("追加・訂正する…", role="primary", icon="plus")
        self.edit_button = button("直す…", icon="edit")
        self.remove_button = button("取り消す…", icon="minus")
        self._connect()
        self._lay_out()
        self.read()

    def _connect(self) -> None:
        self.finder.typed.connect(lambda _: self._list_banks())
        self.branch_finder.typed.connect(lambda _: self._list_branches())
        self.finder.down.connect(self.banks.setFocus)
        self.branch_finder.down.connect(self.branches.setFocus)
        self.banks.currentItemChanged.connect(lambda *_: self._list_branches())
        self.own.currentItemChanged.connect(lambda *_: self._enable())
        self.own.itemActivated.connect(lambda _: self.edit())
        self.add_button.clicked.connect(lambda _=False: self.add())
        self.edit_button.clicked.connect(lambda _=False: self.edit())
        self.remove_button.clicked.connect(lambda _=False: self.remove())

    def _lay_out(self) -> None:
        look, room = theme.current(), self.screen().availableGeometry()
        parts = []
        for words, finder, made in (("金融機関", self.finder, self.banks), ("支店", self.branch_finder, self.branches)):
            box = QWidget()
            inside = column(labelled(words, finder), made, spacing=6)
            inside.setStretch(1, 1)
            box.setLayout(inside)
            parts.append(box)
        right = QWidget()
        told = note("統合・廃止・新設など、一覧より新しいこと。廃止した支店の口座には払われません。")
        inside = column(
            heading("市町村の追加・訂正"), told, self.own, row(self.add_button, self.edit_button, self.remove_button, 1), spacing=6
        )
        inside.setStretch(2, 1)
        right.setLayout(inside)
        upper = column(heading("金融機関の一覧"), self.day, row(*parts, right, spacing=16), spacing=8, margins=(22, 14, 22, 8))
        upper.setStretch(2, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        whole = column(upper, frame("footer", row(KeyHints([("↓", "一覧へ")]), 1, leave, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1080), room.width() - 16), min(look.px(600), room.height() - 30))
        self._enable()

    def read(self) -> None:
        """The list with the corrections as they are now."""
        ctx = self.shell.context
        read = self.shell.runner.read(
            lambda: (banks.bank_book(ctx.reads), banks.list_day(), banks.list_own_banks(ctx)), parent=self, latest="banks"
        )
        read.success(self._show).start()

    def _show(self, found: tuple[BankBook, str, Sequence[OwnBank]]) -> None:
        self._book, day, self._own = found
        self.day.setText(f"{day} 現在の全国の一覧です。名前に「銀行」「支店」は付きません。")
        self.own.clear()
        for one in self._own:
            item = QListWidgetItem(_own_words(self._book, one))
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            self.own.addItem(item)
        self._list_banks()
        self._enable()

    def _list_banks(self) -> None:
        self.banks.clear()
        for one in self._book.banks(self.finder.text()) if self._book else []:
            item = QListWidgetItem(f"{bank_words(one)}　{one.kana}")
            item.setData(Qt.ItemDataRole.UserRole, one.code)
            self.banks.addItem(item)
        if self.banks.count():
            self.banks.setCurrentRow(0)
        else:
            self._list_branches()

    def _list_branches(self) -> None:
        self.branches.clear()
        code = _data(self.banks)
        for one in self._book.branches(code, self.branch_finder.text(), limit=1000) if self._book and code else []:
            self.branches.addItem(QListWidgetItem(branch_words(one)))

    def _enable(self) -> None:
        may = self.shell.context.actor.may("claim")
        self.add_button.setEnabled(may)
        for made in (self.edit_button, self.remove_button):
            made.setEnabled(may and bool(_data(self.own)))

    def add(self) -> FormDialog:
        """A correction, beginning with what is in sight."""
        code = _data(self.banks)
        return self._open(None, {"bank": code} if code else {})

    def edit(self) -> FormDialog | None:
        """The chosen correction."""
        one = next((each for each in self._own if each.id == _data(self.own)), None)
        return self._open(one, own_bank_form(one)) if one is not None else None

    def _open(self, one: OwnBank | None, values: dict[str, Any]) -> FormDialog:
        ctx = self.shell.context

        def save(given: dict[str, Any]) -> Any:
            values = {**given, "closed_on": str(given.get("closed_on") or "")}
            return banks.save_own_bank(
                ctx, values=values, reason=str(given["note"]), own_id=one.id if one else "", version=one.version if one else None
            )

        return open_form(self, self.shell, OWN_BANK, save, then=lambda _: self.read(), values=values, columns=2)

    def remove(self) -> None:
        """Take a correction back."""
        wanted, ctx = _data(self.own), self.shell.context
        if not wanted or not ask(self, "この訂正を取り消しますか？", "全国の一覧のとおりに戻ります。", yes="取り消す", no="やめる"):
            return
        work = self.shell.runner.write(
            lambda _: banks.remove_own_bank(ctx, own_id=wanted, reason="訂正の取消"), parent=self, label="window.saving"
        )
        work.success(lambda _: self.read()).start()


def _data(made: QListWidget) -> str:
    item = made.currentItem()
    return str(item.data(Qt.ItemDataRole.UserRole) or "") if item is not None else ""


def _own_words(book: BankBook, one: OwnBank) -> str:
    bank = book.bank(one.bank)
    place = branch_words(book.branch(one.bank, one.branch)) if one.branch else ""
    return f"{bank_words(bank) or one.bank} {place}\n{one.note}".strip()
