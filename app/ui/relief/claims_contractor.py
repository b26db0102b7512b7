"""The contractor that a repair is paid to: chosen among those registered, or registered now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.ui.page import Shell
from app.ui.surveys.asking import labelled, picker
from app.ui.widgets.text import button, row
from app.usecases import payees
from app.usecases.context import Context
from app.usecases.payee_rows import PayeeFilter, PayeeRow


def read_contractors(ctx: Context) -> list[PayeeRow]:
    """Contractors in use, by name. Off the GUI thread."""
    rows = payees.payee_rows(ctx, payees.list_payee_ids(ctx, filter=PayeeFilter(role="contractor")))
    return [one for one in rows if one.state == "active"]


class ContractorPick(QWidget):
    """``contractor_id`` is the payee chosen, "" for none."""

    def __init__(self, shell: Shell, contractor_id: str = "") -> None:
        super().__init__()
        self.shell, self._wanted = shell, contractor_id
        self.box = picker("業者", every="まだ決まっていない")
        self.new_button = button("業者を登録…", icon="plus")
        self.new_button.clicked.connect(self.register)
        line = row(labelled("業者（修理の費用を払う先）", self.box), labelled("", self.new_button), spacing=8)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.read()

    @property
    def contractor_id(self) -> str:
        """The payee chosen."""
        return self.box.currentData() or ""

    def read(self) -> None:
        """Who is registered."""
        ctx = self.shell.context
        self.shell.runner.read(lambda: read_contractors(ctx), parent=self, latest=f"contractors:{id(self)}").success(self.show_rows).start()

    def show_rows(self, rows: Sequence[PayeeRow]) -> None:
        """Offer these; the one that was chosen stays."""
        kept = self._wanted or self.contractor_id
        while self.box.count() > 1:
            self.box.removeItem(1)
        for one in rows:
            self.box.addItem("　".join(filter(None, (one.name, one.address))), one.id)
        self.box.setCurrentIndex(max(0, self.box.findData(kept)))

    def register(self) -> QWidget:
        """A contractor nobody registered yet."""
        from app.ui.relief.payees_entry import PayeeDialog

        dialog = PayeeDialog(self, self.shell)
        dialog.saved.connect(lambda done: self._registered(done.payee_id))
        dialog.open()
        return dialog

    def _registered(self, payee_id: str) -> None:
        self._wanted = payee_id
        self.read()
