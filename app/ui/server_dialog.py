"""Sharing a store on a server: the address, whether it can be reached, then joining what is there or making a new one."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import SasaeError
from app.presentation.forms.signing import SERVER, SIGN_IN
from app.presentation.messages import message
from app.ui import faults
from app.ui.runner import Runner
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases.gateway import Gateway, Session

_LEAD = (
    "本部の10台ほどの窓口が、1つの台帳を同時に使えます。台帳は市役所のネットワークの中の PostgreSQL サーバーに置きます。"
    "避難所のノートパソコンは、いままでどおり USB メモリーで受け渡しします。"
)
_EMPTY = "つながりました。このデータベースにはまだ台帳がありません。「新しい台帳を作る」で、ここに作ります。"
_STORE = "つながりました。台帳があります。あなたの操作者名とパスワードを入れて、この窓口を加えてください。"


def shown_address(url: str) -> str:
    """An address without its password."""
    bare = re.sub(r"^([a-z]+://[^/:@?]*):[^/?]*@", r"\1@", url)
    return re.sub(r"(?i)\b((?:ssl)?password)=[^&\s]*", r"\1=***", bare)


class ServerDialog(QDialog):
    """``joined`` hands over the session of the new desk; ``wanted`` the address at which a new store is to be made."""

    joined = Signal(object)
    wanted = Signal(str)

    def __init__(self, parent: QWidget | None, gateway: Gateway, *, folder: Path, runner: Runner, operator: str = "") -> None:
        super().__init__(parent)
        self._gateway, self._folder, self._runner = gateway, folder, runner
        self.setWindowTitle("本部の複数の窓口で使う")
        self.setMinimumWidth(640)
        self.banner = Banner()
        self.address, self.who = FormBody(SERVER, columns=1, marks=False), FormBody(SIGN_IN, columns=1, marks=False)
        self.who.set_values({"operator": operator})
        self.test = button("つながるか確かめる", role="primary", icon="server")
        self.test.clicked.connect(self.look)
        self.go_on = button("", role="primary")
        self.go_on.clicked.connect(self._go_on)
        back = button("やめる（Esc）")
        back.clicked.connect(self.reject)
        body = column(
            heading("サーバーの台帳を使う"), text(_LEAD), self.address, row(self.test, 1), self.banner, self.who, 1, spacing=12,
            margins=(24, 20, 24, 14),
        )  # fmt: skip
        footer = frame("footer", row(back, 1, self.go_on, margins=(20, 10, 20, 10)))
        self.setLayout(column(body, footer, spacing=0))
        self.address.editors["database"].changed.connect(lambda _: self._show(""))
        self._show("")
        self.address.focus_first()

    @property
    def found(self) -> str:
        """What is at the address: ``store``, ``empty``, "" while nobody has looked."""
        return self._found

    def _url(self) -> str:
        return self.address.raw()["database"].strip()

    def look(self) -> None:
        """Try the address; the answer is a sentence."""
        if not self.test.isEnabled() or self.address.read() is None:
            return
        self._show("")
        self.test.setEnabled(False)
        url = self._url()
        operation = self._runner.read(lambda: self._gateway.look_at(url), parent=self, label="window.opening")
        operation.success(self._show).failure(self._unreachable).finished(lambda: self.test.setEnabled(True)).start()

    def _show(self, found: str) -> None:
        self._found = found
        self.banner.show_message({"store": _STORE, "empty": _EMPTY}.get(found, ""), tone="good")
        self.who.setVisible(found == "store")
        self.go_on.setText("この窓口を加える" if found == "store" else "新しい台帳を作る")
        self.go_on.setVisible(bool(found))
        self.test.setDefault(not found)
        self.go_on.setDefault(bool(found))
        self.layout().activate()
        self.resize(self.width(), self.layout().totalHeightForWidth(self.width()))
        if found == "store":
            self.who.focus_first()
        elif found:
            self.go_on.setFocus()

    def _unreachable(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
            self.layout().activate()
            self.resize(self.width(), self.layout().totalHeightForWidth(self.width()))
            self.address.focus_first()
        else:
            faults.show(self, error)

    def _go_on(self) -> None:
        url, folder = self._url(), self._folder
        if self._found == "empty":
            self.accept()
            self.wanted.emit(url)
            return
        values = self.who.read() if self.go_on.isEnabled() else None
        if values is None:
            return
        self.go_on.setEnabled(False)
        operation = self._runner.write(
            lambda _: self._gateway.join(folder, database=url, operator=values["operator"], password=values["password"]),
            parent=self,
            label="window.opening",
        )
        operation.success(self._joined).failure(self._refused).finished(lambda: self.go_on.setEnabled(True)).start()

    def _joined(self, session: Session) -> None:
        self.accept()
        self.joined.emit(session)

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, SasaeError):
            faults.show(self, error)
            return
        self.banner.show_message(message(error), tone="bad")
        self.who.editors["password"].take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes from the address to the test, from the name to the password, then on."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not self._found:
            self.look()
        elif self._found == "store" and self.focusWidget() is self.who.editors["operator"].target:
            self.who.editors["password"].take_focus()
        else:
            self._go_on()
