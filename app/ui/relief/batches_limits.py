"""How much each role may approve, to see and to change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.presentation.columns.batch import LIMITS
from app.presentation.forms.batch import LIMIT
from app.presentation.labels import label
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import bind, open_form
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases.approval_limits import list_limits, set_limit
from app.usecases.batch_rows import LimitRow


class LimitsDialog(QDialog):
    """Enter changes the limits of the role at hand."""

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle("承認の限度額")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.table = Table(LIMITS, name="承認の限度額", preferences=shell.preferences, many=False)
        self.change_button = button("変える…（Enter）", role="primary", icon="edit")
        self.change_button.setEnabled(shell.context.actor.may("limits"))
        bind(self, self.change_button, self.change)
        self.table.opened.connect(lambda _: self.change())
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        body = column(
            heading("承認の限度額"),
            note("役割が2つある人は、大きいほうの限度まで承認できます。限度を超える決定簿は、承認のときに断られます。"),
            self.table, spacing=8, margins=(24, 16, 24, 10),
        )  # fmt: skip
        body.setStretch(2, 1)
        whole = column(body, frame("footer", row(self.change_button, 1, leave, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(700), room.width() - 30), min(look.px(380), room.height() - 40))
        self.read()

    def read(self) -> None:
        """Read them again."""
        ctx = self.shell.context
        self.shell.runner.read(lambda: list_limits(ctx), parent=self, latest="batches.limits").success(self._show).start()

    def _show(self, rows: Sequence[LimitRow]) -> None:
        self.table.show_rows(rows, key=lambda one: one.role)
        if rows and self.table.current_row() is None:
            self.table.make_current(0)

    def change(self) -> FormDialog | None:
        """The limits of the role at hand."""
        one: LimitRow | None = self.table.current_row()
        if one is None or not self.change_button.isEnabled():
            return None
        ctx, record = self.shell.context, one.record
        return open_form(
            self, self.shell, LIMIT,
            lambda values: set_limit(
                ctx, role=one.role, most_total=values["most_total"], most_single=values["most_single"], note=values["note"],
                version=record.version if record else None,
            ),
            values={"most_total": one.most_total, "most_single": one.most_single, "note": record.note if record else ""},
            then=lambda _: self._changed(), lead=label("role", one.role),
        )  # fmt: skip

    def _changed(self) -> None:
        self.shell.say("承認の限度額を決めました")
        self.read()
