"""After an application was taken down: the number that is called out, the number to ask with, and the way to the next one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import theme
from app.ui.certificates.slip import print_slip_of, slips_ship
from app.ui.icons import IconLabel
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases.certificate_rows import Applied

_REPORT = "被災したものか被害の状況がまだ書かれていません。聞いたら、申請を開いて（F4）入れてください。"
_NEXT = {
    "received": "世帯か建物がまだ決まっていません。分かったら、申請を開いて結び付けてください。",
    "awaiting": "建物の調査を待ちます。調査の結果が確定すると、判定へ自動で進みます。",
    "judged": "判定まで済んでいます。決裁を受ければ交付できます。",
}


class DonePane(QWidget):
    """``again`` for the next one, ``closed`` to leave."""

    again = Signal()
    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self._application_id = ""
        self.queue_caption = text("呼出番号", role="field", wrap=False)
        self.queue = text("", role="number", wrap=False)
        self.queue.setStyleSheet(f"font-size: {theme.current().px(76)}px; font-weight: 700;")
        self.number_caption = text("受付番号", role="field", wrap=False)
        self.number = text("", role="number", wrap=False)
        self.who = heading("")
        self.told = text("", role="lead")
        self.banner = Banner()
        self.again_button = button("次の申請（F2）", role="primary", icon="plus")
        self.slip_button = button("受付票を印刷（P）", icon="print")
        self.close_button = button("閉じる（Esc）")
        self.again_button.clicked.connect(self.again)
        self.slip_button.clicked.connect(self.print_slip)
        self.close_button.clicked.connect(self.closed)
        self.slip_button.setVisible(slips_ship() and shell.context.actor.may("print"))
        QShortcut(QKeySequence("F2"), self, self._next, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(QKeySequence("P"), self, self.print_slip, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._lay_out()

    def _lay_out(self) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        card = frame("card", column(spacing=4, margins=(60, 20, 60, 24)))
        inside = card.layout()
        for part in (self.queue_caption, self.queue, self.number_caption, self.number):
            inside.addWidget(part, 0, centre)
        buttons = row(1, self.again_button, self.slip_button, self.close_button, 1, spacing=10)
        whole = column(spacing=10, margins=(40, 20, 40, 20))
        whole.addStretch(2)
        whole.addWidget(IconLabel("success", tint="good", size=44), 0, centre)
        whole.addWidget(heading("受け付けました"), 0, centre)
        whole.addWidget(card, 0, centre)
        for label_ in (self.who, self.told):
            label_.setAlignment(centre)
            whole.addWidget(label_)
        whole.addWidget(self.banner)
        whole.addSpacing(8)
        whole.addLayout(buttons)
        whole.addStretch(3)
        self.setLayout(whole)

    def show_applied(self, done: Applied, *, place: str = "") -> None:
        """These numbers."""
        one = done.application
        self._application_id = one.id
        self.queue.setText(done.queue)
        for part in (self.queue, self.queue_caption):
            part.setVisible(bool(done.queue))
        self.number.setText(one.number)
        self.who.setText("　".join((one.applicant_name, label("application.kind", one.kind), place)))
        declared = "住民データと照らし合わせるまで「申告のみ」です。" if one.declared else ""
        following = _REPORT if one.kind == "report" and one.state == "received" else _NEXT.get(one.state, "")
        self.told.setText(f"{label('application.state', one.state)}：{following}{declared}")
        self.banner.show_message("\n".join(message(code, **params) for code, params in done.warnings), tone="warn")

    def take_focus(self) -> None:
        """On the way to the next one."""
        self.again_button.setFocus()

    def _next(self) -> None:
        if self.isVisible():
            self.again.emit()

    def print_slip(self) -> None:
        """The slip with the number, for whoever waits."""
        if self._application_id and self.slip_button.isVisible():
            print_slip_of(self, self.shell, self._application_id, self.number.text())
