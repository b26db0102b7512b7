"""What a page is, and what it may ask of the window around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.presentation.labels import label
from app.ui.preferences import Preferences
from app.ui.runner import Changes, Runner
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import title
from app.usecases.context import Context


class Shell(Protocol):
    """The window, as pages see it."""

    context: Context
    folder: Path
    runner: Runner
    preferences: Preferences

    def go(self, key: str, **arguments: Any) -> None:
        """Show a page; its ``arrive`` gets the arguments."""
        ...

    def say(self, words: str, *, tone: str = "good") -> None:
        """A short message at the foot of the window that fades."""
        ...

    def back_up(self, *, tell: bool = False) -> None:
        """Back up now; with ``tell`` progress and outcome are shown."""
        ...

    def leave(self, *, again: bool) -> None:
        """Close the folder; ``again``: to sign in anew."""
        ...


class View(QWidget):
    """What pages and their tabs have in common: the window around, who acts, and when what is shown grows old.

    ``kinds`` are the record kinds that, once changed, make it stale.
    """

    kinds: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell

    @property
    def context(self) -> Context:
        """Who acts, where."""
        return self.shell.context

    @property
    def runner(self) -> Runner:
        """Where work runs."""
        return self.shell.runner

    def refresh(self) -> None:
        """Read again what is shown."""
        raise NotImplementedError

    def touched(self, changes: Changes) -> bool:
        """Whether a change makes what is shown old."""
        return not self.kinds.isdisjoint(changes)

    def arrive(self, **arguments: Any) -> None:
        """Called after it was shown with arguments, e.g. ``go('search', text=…)`` or ``go('residents', tab=…, …)``."""

    def take_focus(self) -> None:
        """Put the keyboard where work begins."""
        self.setFocus()

    def may(self, right: str) -> bool:
        """Whether the operator has a right; buttons without it stay disabled."""
        return self.context.actor.may(right)


class Page(View):
    """A page of the rail. Made on first show; ``refresh`` reads everything it shows, off the GUI thread.

    A stale page that is not visible refreshes when shown. Subclasses set ``key`` and ``kinds``, fill ``self.body`` in
    ``__init__`` and may put buttons into ``self.tools``.
    """

    key: ClassVar[str] = ""
    shows_title: ClassVar[bool] = True

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.stale = True
        self.setProperty("role", "page")
        self.setAccessibleName(label("page", self.key))
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        self.banner = Banner(closable=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 18, 24, 16)
        outer.setSpacing(12)
        if self.shows_title:
            head = QHBoxLayout()
            head.addWidget(title(label("page", self.key)))
            head.addStretch()
            head.addLayout(self.tools)
            outer.addLayout(head)
        outer.addWidget(self.banner)
        outer.addLayout(self.body, 1)
