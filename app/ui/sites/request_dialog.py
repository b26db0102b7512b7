"""この端末の登録を依頼: the request as a QR, as lines to type and as a file; then headquarters' answer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.page import Shell
from app.ui.sites.code_pane import CodePane
from app.ui.sites.frame import DeviceDialog
from app.ui.widgets.text import button
from app.usecases.enrolling import MadeRequest, make_request

_LEAD = (
    "本部の端末で「依頼を受け入れる」を開き、この QR コードをスマートフォンなどで撮った写真か、保存したファイルを読み込むか、文字を打ち込みます。"
    "秘密は入っていません。"
)


class RequestDialog(DeviceDialog):
    """``answered``: the person has headquarters' answer and wants to read it."""

    answered = Signal()

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent, shell, "この端末の登録を依頼する", _LEAD)
        self.made: MadeRequest | None = None
        self.code = CodePane(shell, name=f"sasae-request-{shell.context.place.device_prefix}.txt", banner=self.banner)
        self.code.hide()
        self.body.addWidget(self.code, 1)
        self.answer_button = button("本部の返事を読み込む…", icon="take-in")
        self.answer_button.clicked.connect(self._answered)
        self.foot.insertWidget(0, self.answer_button)
        ctx = shell.context
        work = shell.runner.write(lambda _: make_request(ctx), parent=self, label="window.saving")
        work.success(self._show).failure(self.fail).start()

    def _show(self, made: MadeRequest) -> None:
        self.made = made
        self.code.show_code(made.text, lines=made.lines, fingerprint=made.fingerprint)
        self.code.show()

    def _answered(self) -> None:
        self.accept()
        self.answered.emit()
