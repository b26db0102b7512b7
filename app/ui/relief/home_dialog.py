"""お金を扱う本部の端末: which device makes money, and taking that over by two people."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import RuleViolation, SasaeError
from app.presentation.forms.home import REFUSE, TAKE_OVER
from app.presentation.messages import message, show_value
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import money_home
from app.usecases.money_home import HomeView

_NEXT = (
    "引き継いだあと、前の端末が作った決定簿は「出力済み」として扱います。引換券は「現金窓口 ▸ 引換券」の「前のデータから引き継ぐ」で凍結し、"
    "拠点のファイルを取り込んでから処理します。"
)


def home_words(found: HomeView) -> str:
    """One sentence: where money is made."""
    since = f"（{show_value(found.since)}から）" if found.since else ""
    if found.here:
        return f"支給の計算・決定・振込・引換券の割当は、この端末（{found.mine}）で行っています{since}。"
    words = f"支給の計算・決定・振込・引換券の割当は、本部の端末 {found.device} が行っています{since}。この端末（{found.mine}）ではできません。"
    if found.asked_by:
        words += f"\nこの端末への引継ぎを、{found.asked_by}さんが求めています（{found.reason}）。別の承認者が確認します。"
    return words


class HomeDialog(QDialog):
    """``changed`` when something was asked, confirmed or refused. ``words``: the refusal that led here."""

    changed = Signal()

    def __init__(self, parent: QWidget, shell: Shell, words: str = "") -> None:
        super().__init__(parent)
        self.shell = shell
        self.view: HomeView | None = None
        self.setWindowTitle("お金を扱う本部の端末")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.banner = Banner(words, tone="warn")
        self.state = text("", role="lead")
        self.ask_button = button("引継ぎを求める…", role="primary", icon="restore")
        self.confirm_button = button("引継ぎを確認する…", role="primary", icon="check")
        self.refuse_button = button("引継ぎを取りやめる…", icon="minus")
        self.leave_button = button("閉じる（Esc）")
        for made, act in (
            (self.ask_button, self.ask_for), (self.confirm_button, self.confirm), (self.refuse_button, self.refuse),
            (self.leave_button, self.reject),
        ):  # fmt: skip
            made.clicked.connect(lambda _=False, act=act: act())
        for made in (self.ask_button, self.confirm_button, self.refuse_button):
            made.hide()
        body = column(
            heading("お金を扱う本部の端末"), self.banner, self.state, note("お金を扱うのは本部の1台だけです。2台で行うと二重払いになります。"),
            note(_NEXT), 1, spacing=10, margins=(24, 18, 24, 12),
        )  # fmt: skip
        acts = row(self.refuse_button, 1, self.ask_button, self.confirm_button, self.leave_button, margins=(20, 10, 20, 10))
        whole = column(body, frame("footer", acts), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(720), room.width() - 30), min(look.px(430), room.height() - 40))
        self.read()

    def read(self) -> None:
        """Read it again."""
        ctx = self.shell.context
        self.shell.runner.read(lambda: money_home.show_home(ctx), parent=self, latest="relief.home").success(self._show).start()

    def _show(self, found: HomeView) -> None:
        self.view = found
        self.state.setText(home_words(found))
        self.banner.setVisible(bool(self.banner.words) and not found.here)
        self.state.setVisible(bool(found.asked_by) or found.here or not self.banner.words)  # the refusal says the same
        may = self.shell.context.actor.may
        self.ask_button.setVisible(found.may_ask)
        self.confirm_button.setVisible(found.may_confirm)
        self.refuse_button.setVisible(bool(found.asked_by) and not found.here and (may("relief") or may("approve_money")))
        first = next((one for one in (self.ask_button, self.confirm_button) if one.isVisibleTo(self)), self.leave_button)
        first.setFocus()

    def ask_for(self) -> FormDialog:
        """The first person: with a reason."""
        ctx = self.shell.context
        return open_form(
            self, self.shell, TAKE_OVER, lambda given: money_home.ask_home(ctx, reason=given["reason"]),
            then=lambda _: self._done("引継ぎを求めました。別の承認者の確認を待っています"),
        )  # fmt: skip

    def refuse(self) -> FormDialog:
        """It does not happen."""
        ctx = self.shell.context
        return open_form(
            self, self.shell, REFUSE, lambda given: money_home.refuse_home(ctx, reason=given["reason"]),
            then=lambda _: self._done("引継ぎを取りやめました"),
        )  # fmt: skip

    def confirm(self) -> None:
        """The other person, after a question that says what it means."""
        found, ctx = self.view, self.shell.context
        if found is None:
            return
        detail = (
            f"{found.asked_by}さんの理由：{found.reason}\n端末 {found.device} をもうだれも使わないこと、そこで何を支払ったかを、自分でも確かめましたか。"
        )
        if not ask(self, "この端末でお金を扱うようにしますか？", detail, yes="引き継ぐ", no="やめる"):
            return
        work = self.shell.runner.write(lambda _: money_home.confirm_home(ctx), parent=self, label="window.saving")
        work.success(lambda _: self._done("この端末が、お金を扱う本部の端末になりました")).failure(self._fail).start()

    def _done(self, words: str) -> None:
        self.shell.say(words)
        self.banner.show_message("")
        self.changed.emit()
        self.read()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
            self.read()
        else:
            faults.show(self, error)


def lead_home(parent: QWidget, shell: Shell, error: BaseException) -> HomeDialog | None:
    """Where to go after ``relief.other_home``; None for any other failure, which the caller shows itself."""
    if not isinstance(error, RuleViolation) or error.code != "relief.other_home":
        return None
    dialog = HomeDialog(parent, shell, message(error))
    dialog.open()
    return dialog
