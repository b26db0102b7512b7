"""A sum of yen as a tile; one of many digits is set smaller rather than cut."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent

from app.ui import theme
from app.ui.widgets.stat import StatTile
from app.ui.widgets.text import restyle

_AROUND = 56
"""What margins and the unit need beside the number."""


class MoneyTile(StatTile):
    """As ``StatTile``, for sums of any length."""

    def show_number(self, number: int | str | None, *, note: str = "", tone: str = "") -> None:
        """A sum and a line below it; the whole line is in its tooltip."""
        super().show_number(number, note=note, tone=tone)
        self._note.setToolTip(note)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room may have come or gone."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        restyle(self._number, role="number")
        self._number.setMinimumHeight(self._number.sizeHint().height())  # tiles beside each other stay of one height
        if self._number.sizeHint().width() > self.width() - theme.current().px(_AROUND):
            restyle(self._number, role="heading")
