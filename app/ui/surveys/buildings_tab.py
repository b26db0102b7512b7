"""建物: every building of the register, found by whatever is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.text import column

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage


class BuildingsTab(Tab):
    """The list of buildings."""

    kinds = frozenset({"building", "survey", "occupancy", "victim"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self.empty = EmptyState("建物がまだありません", "建物を1棟ずつ登録するか、建物の一覧を取り込むと、ここから調査を始められます。", icon="surveys")
        self.setLayout(column(self.empty))

    def refresh(self) -> None:
        """Nothing to read yet."""
