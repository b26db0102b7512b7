"""The desk behind the pages: opens the check-in, the files and the forms, and says what was done with a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QDialog

from app.domain.evacuee import Person
from app.presentation.forms.person import NEWCOMER
from app.presentation.messages import message
from app.ui.page import Page
from app.ui.reception.actions import PersonActions, open_dialog
from app.ui.reception.cards import CardsDialog
from app.ui.reception.checkin import CheckInDialog
from app.ui.reception.duplicates import DuplicatesDialog
from app.ui.reception.family import Family, Received, empty_family, gather
from app.ui.reception.linking import LinkDialog
from app.ui.reception.person_file import PersonFileDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases.rows import SearchHit


class Desk:
    """Belongs to a page. ``dialog`` is what was opened last; ``on_received`` is called after a check-in."""

    def __init__(self, page: Page, *, on_received: Callable[[], object] = lambda: None) -> None:
        self.page, self.shell = page, page.shell
        self.actions = PersonActions(page, page.shell)
        self.dialog: QDialog | None = None
        self.card = ""
        self.last_act = ""
        self._last_words = ""
        self._on_received = on_received

    # -- check-in

    def check_in(self, *, resident_id: str = "", person_id: str = "") -> None:
        """The check-in screen for the household of a resident or of somebody registered."""
        ctx = self.shell.context
        operation = self.shell.runner.write(lambda _: gather(ctx, resident_id=resident_id, person_id=person_id), parent=self.page)
        operation.success(self.open_family).start()

    def open_family(self, family: Family) -> CheckInDialog:
        """The check-in screen for a household that was read."""
        dialog = CheckInDialog(self.page, self.shell, family, card=self.card)
        dialog.received.connect(self.confirm)
        self._open(dialog)
        return dialog

    def newcomer(self, words: str = "") -> FormDialog:
        """The short form for somebody who is not in the data; then the check-in screen with them."""
        dialog = FormDialog(self.page, NEWCOMER, values=guess_particulars(words), save=lambda _: None, columns=3)
        dialog._before = dialog.body.raw()
        dialog.saved.connect(self._take_newcomer)
        self._open(dialog)
        return dialog

    def _take_newcomer(self, values: Mapping[str, Any]) -> None:
        ctx = self.shell.context

        def show(family: Family) -> None:
            self.open_family(family).take_newcomer(values)

        self.shell.runner.read(lambda: empty_family(ctx), parent=self.page).success(show).start()

    def confirm(self, received: Received) -> None:
        """Say who was checked in under which numbers, what to look at, and offer the way back."""
        done = received.done
        names = [f"{hit.name or hit.kana or '（氏名なし）'} {hit.number}" for hit in received.hits]
        listed = "、".join(names[:6]) + (f" ほか{len(names) - 6}人" if len(names) > 6 else "")
        lines = [f"{len(names)}人が{received.shelter}に入所しました。{listed}"]
        lines += dict.fromkeys(f"ご注意：{message(warning.code, **warning.params)}" for warning in done.warnings)
        self.card = ""
        self.last_act, self._last_words = done.act, f"{received.shelter}への{len(names)}人の入所を取り消します。{listed}"
        self.page.banner.show_message(
            "\n".join(lines), tone="warn" if done.warnings else "good", action="元に戻す（F9）", act=self.undo_last
        )
        self._on_received()

    def undo_last(self) -> FormDialog | None:
        """Take the last check-in of this page back."""
        if not self.last_act:
            return None
        dialog = self.actions.undo(self.last_act, lead=self._last_words)
        dialog.saved.connect(lambda _: self._undone())
        self.dialog = dialog
        return dialog

    def _undone(self) -> None:
        self.last_act = ""
        self.page.banner.show_message("入所を取り消しました。記録は履歴に残っています。", tone="info")

    # -- files and lists

    def open_file(self, person_id: str, *, tab: int = 0) -> PersonFileDialog:
        """The file of somebody registered."""
        dialog = PersonFileDialog(self.page, self.shell, person_id, tab=tab)
        dialog.check_in.connect(lambda wanted: (dialog.accept(), self.check_in(person_id=wanted)))
        dialog.link.connect(lambda wanted: self.link(wanted, parent=dialog))
        dialog.cards.connect(lambda wanted: open_dialog(CardsDialog(dialog, self.shell, [wanted])))
        self._open(dialog)
        return dialog

    def link(self, person_id: str, *, parent: QDialog | None = None) -> LinkDialog | None:
        """Link somebody registered to a resident."""
        person = self.shell.context.reads.get("person", person_id)
        if not isinstance(person, Person):
            return None
        dialog = LinkDialog(parent or self.page, self.shell, person)
        self._open(dialog)
        return dialog

    def print_cards(self, people: Sequence[SearchHit]) -> CardsDialog:
        """Cards for these people, or blank ones."""
        dialog = CardsDialog(self.page, self.shell, [hit.id for hit in people])
        self._open(dialog)
        return dialog

    def duplicates(self) -> DuplicatesDialog:
        """重複の確認."""
        dialog = DuplicatesDialog(self.page, self.shell)
        self._open(dialog)
        return dialog

    def _open(self, dialog: QDialog) -> None:
        self.dialog = dialog
        open_dialog(dialog)


def guess_particulars(words: str) -> dict[str, str]:
    """What was typed into the search box, put where it belongs in the short form."""
    from app.domain.dates import parse_date
    from app.domain.errors import SasaeError

    found: dict[str, str] = {}
    rest = []
    for word in words.replace("\u3000", " ").split():
        try:
            parse_date(word)
            if any(char.isdigit() for char in word):
                found["birth"] = word
                continue
        except SasaeError:
            pass
        rest.append(word)
    plain = "\u3000".join(word for word in rest if not any(char.isdigit() for char in word))
    if plain:
        kana = all("\u3041" <= char <= "\u30ff" or char in "\u3000\uff65" for char in plain)
        found["kana" if kana else "name"] = (
            "".join(chr(ord(c) + 0x60) if "\u3041" <= c <= "\u3096" else c for c in plain) if kana else plain
        )
    return found
