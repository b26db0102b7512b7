"""What pictures of pages and dialogs are taken of, and the stage they are set up on.

A page author adds a function to ``SHOTS`` in a module of ``app/ui/shots``::

    @shot("evacuees-check-in")
    def _(stage: Stage) -> QWidget:
        window = stage.window("evacuees")
        …
        return window

The function sets a widget up and answers it (a dialog: not exec'd; ``stage`` shows it). ``stage.settle()`` waits until all
background work has arrived. Each is drawn at 1366 × 768 in light, dark and large text.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.ui import start
from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.signin import TRAINING_OPERATOR, TRAINING_PASSWORD, SignInWindow
from app.usecases.gateway import Gateway, Session

SIZE = QSize(1366, 768)
VARIANTS: dict[str, tuple[str, str]] = {"light": ("light", "normal"), "dark": ("dark", "normal"), "large": ("light", "large")}
_SETTLE_S = 20.0

Shot = Callable[["Stage"], QWidget]
SHOTS: dict[str, Shot] = {}


def shot(name: str) -> Callable[[Shot], Shot]:
    """Put a function into the list under a name (letters, digits, hyphens)."""

    def add(function: Shot) -> Shot:
        if name in SHOTS:
            raise ValueError(f"shot twice: {name}")
        SHOTS[name] = function
        return function

    return add


class Stage:
    """What a shot may use: a training folder with invented people, opened; a runner; windows."""

    def __init__(self, gateway: Gateway, *, home: Path, residents: int = 2000) -> None:
        self.gateway, self.home = gateway, home
        self.application, self.preferences = start.prepare(preferences=Preferences(home / "window.json"))
        self.runner = Runner()
        self._residents = residents
        self._session: Session | None = None
        self._others: dict[str, Session] = {}
        self._window: MainWindow | None = None
        self._shown: list[QWidget] = []

    @property
    def session(self) -> Session:
        """The training folder, made on first use."""
        if self._session is None:
            self._session = self.gateway.demo(
                self.home / "training", operator=TRAINING_OPERATOR, password=TRAINING_PASSWORD, residents=self._residents
            )
        return self._session

    def use(self, variant: str) -> None:
        """Put a look into force."""
        mode, size = VARIANTS[variant]
        self.preferences.set("theme", mode)
        self.preferences.set("text_size", size)
        start.prepare(preferences=self.preferences)

    def window(self, page: str = "home") -> MainWindow:
        """The main window on a page, settled."""
        if self._window is None:
            self._window = MainWindow(self.session, runner=self.runner, preferences=self.preferences)
            self._window.resize(SIZE)
        self._window.show()
        self._window.go(page)
        self.settle()
        return self._window

    def other(self, name: str, fill: Callable[[Session], None], *, residents: int = 200) -> Session:
        """A training folder of its own, filled once: for shots that need data the others must not see."""
        if name not in self._others:
            made = self.gateway.demo(self.home / name, operator=TRAINING_OPERATOR, password=TRAINING_PASSWORD, residents=residents)
            fill(made)
            self._others[name] = made
        return self._others[name]

    def keep(self, name: str, make: Callable[[], Session]) -> Session:
        """A folder that a shot made in its own way, once; closed at the end like the others."""
        if name not in self._others:
            self._others[name] = make()
        return self._others[name]

    def window_on(self, session: Session, page: str, **arguments: Any) -> MainWindow:
        """A window on another folder, settled; put away after the shot."""
        window = MainWindow(session, runner=self.runner, preferences=self.preferences)
        window.resize(SIZE)
        window.show()
        self._shown.append(window)
        self.settle()
        window.go(page, **arguments)
        self.settle()
        return window

    def sign_in(self, folder: Path | None = None) -> SignInWindow:
        """The sign-in window for a folder (the training folder unless named)."""
        window = SignInWindow(self.gateway, runner=self.runner, preferences=self.preferences, folder=folder or self.session.folder)
        window.show()
        self._shown.append(window)
        return window

    def dialog(self) -> QDialog:
        """The dialog opened last, settled."""
        self.settle()
        return next(top for top in reversed(QApplication.topLevelWidgets()) if isinstance(top, QDialog) and top.isVisible())

    def settle(self) -> None:
        """Wait until background work has come back and everything is laid out."""
        deadline = time.monotonic() + _SETTLE_S
        while time.monotonic() < deadline:
            self.application.processEvents()
            if self.runner.idle:
                break
            time.sleep(0.005)
        for _ in range(3):
            self.application.processEvents()

    def take(self, function: Shot, target: Path) -> None:
        """Set up, draw, put away."""
        widget = function(self)
        if isinstance(widget, QDialog) and not widget.isVisible():
            widget.open()
        elif not widget.isVisible():
            widget.show()
        self.settle()
        if not widget.grab().save(str(target)):
            raise OSError(f"cannot write {target}")
        if widget is not self._window:
            widget.hide()
            widget.deleteLater()
        self._put_away()

    def _put_away(self) -> None:
        for widget in [*self._shown, *(top for top in QApplication.topLevelWidgets() if isinstance(top, QDialog))]:
            widget.hide()
            widget.deleteLater()
        self._shown.clear()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def renew(self) -> None:
        """A new main window, so that sizes computed for another text size are not kept."""
        if self._window is not None:
            self._window.hide()
            self._window.deleteLater()
            self._window = None
            self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def close(self) -> None:
        """Release everything."""
        self.renew()
        self.runner.close()
        for session in (*self._others.values(), *([self._session] if self._session is not None else [])):
            session.close(backup=False)


def load_shots() -> None:
    """Register the shots of the frame and of every page that ships some (``app/ui/shots``)."""
    from importlib import import_module
    from pkgutil import iter_modules

    from app.ui import shots

    for found in iter_modules(shots.__path__):
        import_module(f"{shots.__name__}.{found.name}")
