"""The entries people make themselves, each a form: budgets in and back, cash to sites and back, fees, and reversals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.presentation.forms import ledger as forms
from app.presentation.forms.spec import FormSpec
from app.ui.ledger.shared import Offers, told
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import ledger
from app.usecases.ledger_rows import PostingRow


class Entries:
    """Opens the forms over a tab. ``offers`` is what they choose from; the tab sets it when it has read."""

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        self._parent, self._shell = parent, shell
        self.offers = Offers(programmes=(), places=(), sites=(), seconds=())

    def budget(self) -> FormDialog:
        """財源の受入."""
        return self._open(forms.budget_form(self.offers.places), ledger.receive_budget)

    def give_back(self) -> FormDialog:
        """財源へ返還."""
        return self._open(forms.return_form(self.offers.places, self.offers.seconds), ledger.return_budget)

    def allot(self) -> FormDialog:
        """拠点へ交付."""
        return self._open(self._site_form("拠点へ現金を交付"), ledger.allot)

    def bring_back(self) -> FormDialog:
        """拠点から戻入."""
        return self._open(self._site_form("拠点から現金を戻し入れる"), ledger.bring_back)

    def fee(self) -> FormDialog:
        """振込手数料."""
        return self._open(forms.fee_form(self.offers.programmes), ledger.book_fee)

    def reverse(self, row: PostingRow) -> FormDialog:
        """取消の仕訳."""
        ctx = self._shell.context
        return open_form(
            self._parent, self._shell, forms.reverse_form(self.offers.seconds), lambda given: ledger.reverse(ctx, entry=row.entry, **told(given)),
            then=lambda _: self._shell.say("仕訳を取り消しました"), lead=f"{row.day}　仕訳 {row.short}　{max(row.debit, row.credit):,}円　{row.memo}",
        )  # fmt: skip

    def _site_form(self, title: str) -> FormSpec:
        return forms.site_form(title, self.offers.sites, self.offers.programmes, self.offers.seconds)

    def _open(self, spec: FormSpec, act: Callable[..., Any]) -> FormDialog:
        ctx = self._shell.context
        return open_form(
            self._parent,
            self._shell,
            spec,
            lambda given: act(ctx, **told(given)),
            then=lambda _: self._shell.say(f"{spec.title}を記帳しました"),
        )
