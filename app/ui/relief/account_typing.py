"""The fields of an account that help while they are typed: banks and branches are offered, 記号・番号 converted, kana compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QStringListModel, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from app.presentation.account_words import (
    bank_words,
    branch_words,
    comparison_words,
    kana_words,
    problem_words,
    warning_words,
    yucho_words,
)
from app.presentation.forms.payee import ACCOUNT
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.text import column, heading, note, restyle, text
from app.usecases.account_entry import preview_account
from app.usecases.banks import BankBook
from app.usecases.payee_rows import AccountPreview, Bank, Branch

_SAID_BESIDE = ("account.holder_differs", "account.holder_spelling", "account.kana_unknown")
_QUIET = ("account.bank_missing", "account.branch_missing", "account.number_missing", "account.holder_missing")


class Suggestions:
    """A list of candidates under a line; choosing one puts its code in."""

    def __init__(self, line: QLineEdit, offer: Callable[[str], list[tuple[str, str]]], chosen: Callable[[str], None]) -> None:
        self._line, self._offer, self._chosen = line, offer, chosen
        self._codes: dict[str, str] = {}
        self._model = QStringListModel(line)
        self.completer = QCompleter(self._model, line)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setMaxVisibleItems(10)
        self.completer.setWidget(line)
        self.completer.activated[str].connect(self._take)  # type: ignore[index]
        line.textEdited.connect(self.show)

    def show(self, typed: str) -> None:
        """Offer what the text may mean."""
        found = self._offer(typed) if typed.strip() else []
        self._codes = {words: code for code, words in found}
        self._model.setStringList(list(self._codes))
        popup = self.completer.popup()
        if not found or (len(found) == 1 and found[0][0] == typed.strip()):
            popup.hide()
        else:
            self.completer.complete()

    def _take(self, words: str) -> None:
        self._chosen(self._codes.get(words, words))


class AccountBody(QWidget):
    """The form of an account beside what it means. ``read`` answers raw values, ``preview`` what is known of them now."""

    changed = Signal()

    def __init__(self, *, kana: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._kana = kana
        self._book: BankBook | None = None
        self.preview: AccountPreview | None = None
        self.form = FormBody(ACCOUNT, values=values, columns=2)
        self.bank, self.branch = (self.form.editors[key].input for key in ("bank", "branch"))
        self._offers = (
            Suggestions(self.bank, self._banks, lambda code: self._put("bank", code)),
            Suggestions(self.branch, self._branches, lambda code: self._put("branch", code)),
        )
        self.place = text("", role="section")
        self.converted = text("", role="understood")
        self.kana = text("")
        self.comparison = text("", role="note")
        self.looks = text("", role="note")
        restyle(self.looks, tone="warn")
        self._day = note("")
        self.form.changed.connect(self._read)
        told = column(
            heading("いまの入力では"), self.place, self.converted, self.kana, self.comparison, self.looks, 1, self._day, spacing=8
        )  # fmt: skip
        self.told = QWidget()
        self.told.setLayout(told)
        self.setLayout(column(self.form))

    def use_book(self, book: BankBook, list_day: str) -> None:
        """The list of banks has come: from now on everything typed is understood."""
        self._book = book
        self._day.setText(f"金融機関の一覧：{list_day} 現在（市町村の訂正を含む）")
        self._read()

    def raw(self) -> dict[str, str]:
        """All texts as they stand."""
        return self.form.raw()

    def _put(self, key: str, code: str) -> None:
        self.form.editors[key].set_raw(code)
        self._read()
        self.form.editors["branch" if key == "bank" else "number"].take_focus()

    def _banks(self, typed: str) -> list[tuple[str, str]]:
        return [(one.code, _offered(one)) for one in self._book.banks(typed)] if self._book else []

    def _branches(self, typed: str) -> list[tuple[str, str]]:
        bank = self._book.only_bank(self.form.editors["bank"].raw()) if self._book else None
        return [(one.code, _offered(one)) for one in self._book.branches(bank.code, typed)] if self._book and bank else []

    def _read(self) -> None:
        """Understand what stands there now."""
        if self._book is None:
            return
        raw = self.raw()
        self.preview = read = preview_account(self._book, raw, kana=self._kana)
        self._lock(bool(raw["symbol"].strip()))
        self.place.setText(
            "　".join(filter(None, (bank_words(read.bank), branch_words(read.branch)))) or "（金融機関と支店を入れてください）"
        )
        self.converted.setText(yucho_words(read))
        self.kana.setText(kana_words(read))
        self.comparison.setText(comparison_words(read.comparison, holder=read.legal, kana=self._kana))
        restyle(self.comparison, tone="warn" if read.comparison else "good")
        looks = [code for code, _ in read.warnings if code not in _SAID_BESIDE]
        words = dict(zip((code for code, _ in read.warnings), warning_words(read), strict=True))
        said = problem_words(read)
        beside = {key for key, editor in self.form.editors.items() if editor.problem}
        problems = [sentence for key, sentence in said.items() if key not in beside and not self._quiet(read, key)]
        self.looks.setText("\n".join(f"⚠ {line}" for line in dict.fromkeys([*problems, *(words[code] for code in looks)])))
        for part in (self.converted, self.kana, self.comparison, self.looks):
            part.setVisible(bool(part.text()))
        self.changed.emit()

    @staticmethod
    def _quiet(read: AccountPreview, key: str) -> bool:
        """A field that is only empty so far says nothing yet."""
        return any(code in _QUIET and field == key for code, field, _ in read.problems)

    def _lock(self, by_symbol: bool) -> None:
        """記号・番号 say everything: the fields of other banks wait."""
        for key in ("bank", "branch", "kind", "number"):
            self.form.editors[key].setEnabled(not by_symbol)

    def show_problems(self) -> bool:
        """Every problem beside its field; whether there is none."""
        problems = problem_words(self.preview) if self.preview is not None else {}
        if self.raw()["symbol"].strip():
            problems = {("symbol" if key in ("bank", "branch", "kind", "number") else key): words for key, words in problems.items()}
        self.form.show_problems(problems)
        self._read()
        return not problems


def _offered(one: Bank | Branch) -> str:
    closed = f"　{one.closed_on} 廃止" if one.closed_on else ""
    return f"{one.code}　{one.name}　{one.kana}{closed}"
