"""A sum of yen as a tile; one of many digits is set smaller rather than cut."""

from __future__ import annotations

from app.ui.widgets.stat import StatTile
from app.ui.widgets.text import restyle

_LONG = 11


class MoneyTile(StatTile):
    """As ``StatTile``, for sums of any length."""

    def show_number(self, number: int | str | None, *, note: str = "", tone: str = "") -> None:
        """A sum and a line below it."""
        super().show_number(number, note=note, tone=tone)
        restyle(self._number, role="heading" if len(self.number) > _LONG else "number")
