"""依頼を受け入れる (headquarters) and 本部の返事を読み込む (a laptop): read, look, confirm, hand over."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.enrolment import ANSWER, kind_of
from app.domain.governance import Site
from app.presentation.messages import message
from app.ui.page import Shell
from app.ui.sites.accept_panes import AnswerPane, ReadingPane, RequestPane
from app.ui.sites.code_pane import CodePane
from app.ui.sites.frame import DeviceDialog
from app.usecases.enrolling import (
    Accepted,
    AnswerView,
    Enrolled,
    RequestView,
    accept_answer,
    accept_request,
    look_at_answer,
    look_at_request,
)

_AT_HQ = "拠点の端末が作った依頼（ファイル、QR コードの写真、または打ち込んだ文字）を読み、どの拠点の端末として登録するかを決めます。"
_AT_SITE = "本部が書いた登録（ファイル、QR コードの写真、または打ち込んだ文字）を読みます。これで、この端末は本部とほかの拠点の記録を受け渡せます。"


class AcceptDialog(DeviceDialog):
    """``changed`` when something was enrolled. Goes from reading to a pane of what was read, and at headquarters on to what is handed over."""

    changed = Signal()

    def __init__(self, parent: QWidget, shell: Shell, *, office: bool) -> None:
        super().__init__(parent, shell, "依頼を受け入れる" if office else "本部の返事を読み込む", _AT_HQ if office else _AT_SITE)
        self._office = office
        self._text = self._path = ""
        self.reading = ReadingPane(shell)
        self.reading.read.connect(self.look)
        self.reading.failed.connect(self.fail)
        self.body.addWidget(self.reading, 1)
        self.pane: RequestPane | AnswerPane | None = None
        self.code: CodePane | None = None
        self.outcome: Accepted | Enrolled | None = None
        self.act_button.clicked.connect(self.run)
        self.reading.choose_button.setFocus()

    # -- looking

    def look(self, words: str, path: str = "") -> None:
        """Show what a text says; nothing is written yet."""
        ctx = self.shell.context
        self._text, self._path = words, path
        if kind_of(words) == ANSWER:
            answer = self.shell.runner.read(lambda: look_at_answer(ctx, text=words, path=path), parent=self, latest="enrol.look")
            answer.success(self._show_answer).failure(self.fail).start()
            return
        request = self.shell.runner.read(
            lambda: (look_at_request(ctx, text=words, path=path), [one for one in ctx.reads.all("site") if isinstance(one, Site)]),
            parent=self,
            latest="enrol.look",
        )
        request.success(lambda found: self._show_request(*found)).failure(self.fail).start()

    def _show_request(self, view: RequestView, sites: list[Site]) -> None:
        pane = RequestPane(view, sites)
        self._replace(pane)
        if view.refusal is not None:
            self.banner.show_message(message(view.refusal), tone="bad")
        self.act_button.setText("登録のファイルをもう一度書く" if pane.again else "受け入れる（Ctrl+Enter）")
        self.act_button.setVisible(view.refusal is None or pane.again)
        self.act_button.setFocus()

    def _show_answer(self, view: AnswerView) -> None:
        pane = AnswerPane(view)
        self._replace(pane)
        if view.refusal is not None:
            self.banner.show_message(message(view.refusal), tone="bad")
        pane.ready.connect(self.act_button.setEnabled)
        self.act_button.setText("登録する（Ctrl+Enter）")
        self.act_button.setVisible(view.refusal is None)
        self.act_button.setEnabled(pane.agrees)
        (self.act_button if pane.agrees else pane.typed).setFocus()

    def _replace(self, pane: RequestPane | AnswerPane) -> None:
        self.banner.show_message("")
        self.reading.hide()
        if self.pane is not None:
            self.pane.deleteLater()
        self.pane = pane
        self.body.addWidget(pane, 1)

    # -- doing

    def run(self) -> None:
        """Accept the request, or take the answer."""
        if isinstance(self.outcome, Enrolled):
            self.accept()
            self.shell.leave(again=True)
        elif isinstance(self.pane, RequestPane):
            self._accept(self.pane)
        elif isinstance(self.pane, AnswerPane) and self.pane.agrees:
            self._take(self.pane)

    def _accept(self, pane: RequestPane) -> None:
        ctx, words, path = self.shell.context, self._text, self._path
        site, replaces, with_key = pane.site.currentData() or "", pane.replaces.isChecked(), pane.with_key.isChecked()
        self.act_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: accept_request(ctx, text=words, path=path, site=site, replaces=replaces, with_key=with_key, again=pane.again),
            parent=self,
            label="window.saving",
        )
        work.success(self._accepted).failure(self._failed).start()

    def _accepted(self, done: Accepted) -> None:
        self.outcome = done
        assert self.pane is not None
        self.pane.hide()
        self.act_button.hide()
        self.lead.setText(
            f"「{done.device.site_name}」の端末 {done.device.letters} を登録しました。登録のファイルを渡すか、"
            "この QR コードを撮ってもらうか、文字を打ち込んでもらい、照合番号を電話などで伝えてください。"
        )
        self.code = CodePane(self.shell, name=f"sasae-enrol-{done.device.letters}.txt", banner=self.banner)
        self.code.show_code(done.text, lines=done.lines, fingerprint=done.fingerprint)
        self.body.addWidget(self.code, 1)
        self.code.save_button.setFocus()
        if done.vouchers:
            words = message("enrol.revoke_vouchers", device=done.replaced, count=len(done.vouchers), numbers=list(done.vouchers))
            self.banner.show_message(words, tone="warn")
        self.changed.emit()

    def _take(self, pane: AnswerPane) -> None:
        ctx, words, path = self.shell.context, self._text, self._path
        expected = "" if pane.view.known else pane.typed.text()
        self.act_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: accept_answer(ctx, text=words, path=path, expected=expected), parent=self, label="window.saving"
        )
        work.success(self._taken).failure(self._failed).start()

    def _taken(self, done: Enrolled) -> None:
        self.outcome = done
        self.changed.emit()
        words = f"この端末（{done.member.letters}）は「{done.member.site_name}」の端末として登録されました。「受け渡し」で記録を持ち出し・取り込みできます。"
        if not done.moved:
            self.shell.say("この端末が登録されました")
            self.banner.show_message(words, tone="good")
            self.act_button.hide()
            return
        self.banner.show_message(f"{words}\n{message('enrol.reopen', site=done.member.site_name)}", tone="warn")
        self.act_button.setText("サインインし直す（Ctrl+Enter）")
        self.act_button.setEnabled(True)
        self.act_button.setFocus()

    def _failed(self, error: Exception) -> None:
        self.act_button.setEnabled(True)
        self.fail(error)

    def read_file(self, path: Path) -> None:
        """A file that is at hand already."""
        self.reading.read_file(path)
