"""What a tab of 住民データ is, and what it may ask of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.ui.page import View

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage


class ResidentsTab(View):
    """Made when it is first shown. ``refresh`` is called when it is in sight and something of ``kinds`` was changed since.

    ``badged`` tells how many things wait to be done here; the page shows the number beside the title (0: none).
    """

    kinds = frozenset({"snapshot", "resident"})
    badged = Signal(int)

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__(page.shell)
        self.page = page
