"""銀行の設定: how each bank wants its file, the municipality as consignor, days on which no bank works."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.bank_profile import BankProfile
from app.presentation.columns.transfer import PROFILES
from app.presentation.forms.transfer import CLOSED_DAYS, CONSIGNOR
from app.ui.surveys.asking import bind, open_form
from app.ui.tabbed import Tab
from app.ui.transfers.acts import TransferActs
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import bank_profiles
from app.usecases.context import Context
from app.usecases.editions import load_text
from app.usecases.files import atomic_output
from app.usecases.transfer_days import read_closed_days, save_closed_days

if TYPE_CHECKING:
    from app.ui.pages.transfers import TransfersPage

_TOML = "銀行の設定 (*.toml)"


def _read(ctx: Context) -> tuple[Sequence[BankProfile], dict[str, str], tuple[str, ...]]:
    return bank_profiles.list_profiles(ctx), dict(bank_profiles.read_consignor(ctx)), read_closed_days(ctx)


class ProfilesTab(Tab):
    """A municipality's own come first. A shipped one is saved as a file, changed and taken in under another name."""

    def __init__(self, page: TransfersPage) -> None:
        super().__init__(page)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.acts = TransferActs(self, page.shell)
        self.acts.done.connect(self.refresh)
        self.acts.told.connect(lambda words, tone: self.banner.show_message(words, tone=tone))
        self._consignor: dict[str, str] = {}
        self._days: tuple[str, ...] = ()
        self.about, self.closed = text("", role="lead"), text("", role="note")
        self.note = text("", role="lead")
        self.table = Table(PROFILES, name="銀行の設定", preferences=self.shell.preferences, many=False)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_current())
        self.consignor_button = button("振込依頼人…", role="primary", icon="edit", tip="市町村の依頼人コード・名前・支払口座")
        self.import_button = button("設定を取り込む…", icon="import", tip="直した TOML を、自分の設定として取り込む")
        self.save_button = button("見本を保存…", icon="save", tip="選んだ設定を TOML に書き出す（直して取り込めます）")
        self.remove_button = button("削除…", icon="close")
        self.days_button = button("休業日…", icon="calendar")
        for made, act in (
            (self.consignor_button, self.edit_consignor), (self.import_button, self.take_in), (self.save_button, self.save_pattern),
            (self.remove_button, self.remove), (self.days_button, self.edit_days),
        ):  # fmt: skip
            bind(self, made, act)
        acts = QWidget()
        acts.setLayout(row(self.consignor_button, self.import_button, self.save_button, self.days_button, 1, self.remove_button, spacing=6))
        whole = column(self.about, self.closed, self.banner, self.table, self.note, acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(3, 1)
        self.setLayout(whole)
        self._show_current()

    def refresh(self) -> None:
        """Read settings again."""
        ctx = self.context
        self.runner.read(lambda: _read(ctx), parent=self, latest="transfers.profiles").success(self._show).start()

    def _show(self, found: tuple[Sequence[BankProfile], dict[str, str], tuple[str, ...]]) -> None:
        profiles, self._consignor, self._days = found
        one = self._consignor
        if one:
            words = f"振込依頼人：{one['consignor_code']}　{one['consignor_kana']}　支払口座 {one['bank']}-{one['branch']}-{one['account_number']}"
        else:
            words = "振込依頼人（市町村）がまだ登録されていません。銀行との契約書を見て「振込依頼人」で入れてください。"
        self.about.setText(words)
        self.closed.setText(f"休業日に加えた日：{'、'.join(self._days)}" if self._days else "")
        self.closed.setVisible(bool(self._days))
        self.table.show_rows(profiles)
        if self.table.current_id() is None:
            self.table.make_current(0)
        self._show_current()

    @property
    def current(self) -> BankProfile | None:
        """The one at hand."""
        found: BankProfile | None = self.table.current_row()
        return found

    def _show_current(self) -> None:
        one, may = self.current, self.may("relief")
        self.note.setText(one.note if one is not None else "")
        for made in (self.consignor_button, self.import_button, self.days_button):
            made.setEnabled(may)
        self.save_button.setEnabled(one is not None)
        self.remove_button.setEnabled(may and one is not None and one.own)

    def take_focus(self) -> None:
        """Into the list."""
        self.table.setFocus()

    def edit_consignor(self) -> object:
        """The municipality's own data."""
        ctx = self.context
        return open_form(
            self, self.shell, CONSIGNOR, lambda values: bank_profiles.save_consignor(ctx, values=values), values=self._consignor,
            then=lambda _: self._saved("振込依頼人を保存しました"), columns=2,
        )  # fmt: skip

    def edit_days(self) -> object:
        """Closed days of one's own."""
        ctx = self.context
        return open_form(
            self, self.shell, CLOSED_DAYS, lambda values: save_closed_days(ctx, days=tuple(values["days"].split())),
            values={"days": "\n".join(self._days)}, then=lambda _: self._saved("休業日を保存しました"),
        )  # fmt: skip

    def take_in(self) -> None:
        """A profile of one's own."""
        chosen, _ = QFileDialog.getOpenFileName(self, "銀行の設定を取り込む", str(self.acts.folder()), _TOML)
        if not chosen:
            return
        ctx, path = self.context, Path(chosen)
        self.acts.run(
            lambda _: bank_profiles.import_profile(ctx, text=load_text(path), path=path.name)[2], "銀行の設定を取り込みました", label="window.saving"
        )

    def save_pattern(self) -> None:
        """The one at hand as a file."""
        one = self.current
        if one is None:
            return
        chosen, _ = QFileDialog.getSaveFileName(self, "銀行の設定を保存", str(self.acts.folder() / f"{one.id}.toml"), _TOML)
        if not chosen:
            return
        ctx, path = self.context, Path(chosen)

        def write(_: object) -> None:
            with atomic_output(path) as temporary:
                temporary.write_text(bank_profiles.profile_text(ctx, one.id), "utf-8")

        self.acts.run(write, f"保存しました：{path.name}", label="window.saving")

    def remove(self) -> None:
        """One of one's own, after a question."""
        one = self.current
        if one is None or not ask(self, f"「{one.title or one.id}」を削除しますか？", "書き出し済みのファイルには影響しません。", yes="削除", no="やめる"):
            return
        ctx = self.context
        self.acts.run(lambda _: bank_profiles.remove_profile(ctx, profile_id=one.id), "削除しました", label="window.saving")

    def _saved(self, words: str) -> None:
        self.shell.say(words)
        self.refresh()
