"""What a tab of 住民データ is, and what it may ask of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.page import Shell
from app.ui.runner import Changes, Runner
from app.usecases.context import Context

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage


class ResidentsTab(QWidget):
    """Made when it is first shown. ``refresh`` is called when it is in sight and something of ``kinds`` was changed since.

    ``badged`` tells how many things wait to be done here; the page shows the number beside the title (0: none).
    """

    kinds: ClassVar[frozenset[str]] = frozenset({"snapshot", "resident"})
    badged = Signal(int)

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__()
        self.page = page

    @property
    def shell(self) -> Shell:
        """The window around."""
        return self.page.shell

    @property
    def context(self) -> Context:
        """Who acts, where."""
        return self.page.shell.context

    @property
    def runner(self) -> Runner:
        """Where work runs."""
        return self.page.shell.runner

    def may(self, right: str) -> bool:
        """Whether the operator has a right; buttons without it stay disabled."""
        return self.context.actor.may(right)

    def refresh(self) -> None:
        """Read again what is shown, off the GUI thread."""
        raise NotImplementedError

    def touched(self, changes: Changes) -> bool:
        """Whether a change makes what is shown old."""
        return not self.kinds.isdisjoint(changes)

    def arrive(self, **arguments: Any) -> None:
        """Called after the tab was shown with arguments: ``go('residents', tab=…, …)``."""

    def take_focus(self) -> None:
        """Put the keyboard where work begins."""
        self.setFocus()
