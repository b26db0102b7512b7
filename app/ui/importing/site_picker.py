"""Whose roster a file is: this laptop's own site, or one without a laptop that sent paper."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.domain.errors import RuleViolation
from app.domain.governance import Site
from app.presentation.messages import message
from app.ui import ime
from app.ui.runner import Runner
from app.ui.widgets.text import row, text
from app.usecases.context import Context
from app.usecases.paper_sites import find_site, list_sites


class SitePicker(QWidget):
    """The own site stands first; another name may be chosen or typed. ``name`` is "" for the own site."""

    def __init__(self, ctx: Context, runner: Runner) -> None:
        super().__init__()
        self._ctx, self._own = ctx, f"この端末の拠点（{ctx.place.site_name}）"
        self.box = QComboBox()
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setAccessibleName("名簿をよこした拠点")
        self.box.setToolTip("端末のない拠点から紙で届いた名簿なら、その拠点の名前を選ぶか入れます。履歴にその拠点の名前が残ります。")
        ime.prepare(self.box, "hiragana")
        self.box.addItem(self._own)
        self.make_box = QCheckBox("その名前の拠点を作る")
        self.make_box.setVisible(False)
        self.box.editTextChanged.connect(lambda _: self._look())
        label = text("名簿の拠点", role="field", wrap=False)
        label.setBuddy(self.box)
        line = row(label, self.box, self.make_box, spacing=8)
        line.setStretch(1, 1)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        self._known: Sequence[Site] = ()
        runner.read(lambda: list_sites(ctx), parent=self, latest="import.sites").success(self._fill).start()

    def _fill(self, sites: Sequence[Site]) -> None:
        self._known = sites
        kept = self.box.currentText()
        self.box.clear()
        self.box.addItems([self._own, *(one.name for one in sites if one.id != self._ctx.place.site_id)])
        self.box.setEditText(kept)

    @property
    def name(self) -> str:
        """The other site's name, "" for this laptop's own."""
        typed = self.box.currentText().strip()
        return "" if typed in ("", self._own) else typed

    @property
    def make(self) -> bool:
        """Whether a site of this name is to be made."""
        return bool(self.name) and not self.make_box.isHidden() and self.make_box.isChecked()

    def problem(self) -> str:
        """Why this cannot be taken, "" when it can."""
        if not self.name:
            return ""
        try:
            find_site(self._ctx, name=self.name, make=self.make)
        except RuleViolation as fault:
            return message(fault)
        return ""

    def _look(self) -> None:
        """A name that nobody has offers to make it."""
        self.make_box.setVisible(bool(self.name) and all(one.name != self.name for one in self._known))
