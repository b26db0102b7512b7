"""Starting the window: sign-in first, everything heavy in the background meanwhile."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from app.ui import faults, icons
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.signin import SignInWindow
from app.ui.theme import Theme
from app.usecases.gateway import Gateway, Session

# Needed right after the password; imported while it is typed. Names, as only bootstrap may import storage.
_SOON = (
    "app.ui.main_window", "app.ui.pages.home", "sqlalchemy.orm", "app.storage.store", "app.storage.backup", "app.domain.dates",
    "app.ui.pages.search", "app.ui.pages.evacuees", "app.ui.pages.shelters", "app.ui.pages.roster", "app.ui.pages.residents",
    "app.ui.pages.records", "app.ui.pages.settings", "app.ui.reception.desk", "app.ui.residents.list_tab", "app.ui.residents.snapshots_tab",
    "app.ui.residents.matching_tab", "app.ui.residents.characters_tab", "app.ui.residents.protection_tab",
)  # fmt: skip


def prepare(argv: Sequence[str] = ("sasae",), *, preferences: Preferences | None = None) -> tuple[QApplication, Preferences]:
    """The application object with its look; the one that exists already is used."""
    application = cast(QApplication, QApplication.instance() or QApplication(list(argv)))
    application.setApplicationName("sasae")
    application.setOrganizationName("")
    application.setApplicationDisplayName("支え")
    application.setDesktopFileName("sasae")
    kept = preferences or Preferences()
    if application.property("theme") is None:
        QLocale.setDefault(QLocale(QLocale.Language.Japanese, QLocale.Country.Japan))
        _translate(application)
        look = Theme(application)
        application.styleHints().colorSchemeChanged.connect(lambda _: _follow(look, kept))
    application.property("theme").apply(mode=kept.get("theme", "system"), text_size=kept.get("text_size", "normal"))
    application.setWindowIcon(icons.icon("logo", tint="accent", size=48))
    return application, kept


def _follow(look: Theme, kept: Preferences) -> None:
    """The computer switched between light and dark."""
    if kept.get("theme", "system") == "system":
        look.apply(mode="system", text_size=kept.get("text_size", "normal"))


def _translate(application: QApplication) -> None:
    """Qt's own dialogs in Japanese."""
    translator = QTranslator(application)
    if translator.load("qtbase_ja", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)


class Desk(QObject):
    """One window at a time: sign-in, then the ledger, then sign-in again or the end."""

    def __init__(
        self, gateway: Gateway, *, preferences: Preferences, folder: Path | None = None, on_end: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__()
        self.gateway, self.preferences, self._folder, self._on_end = gateway, preferences, folder, on_end
        self.runner = Runner(self)
        self.window: QWidget | None = None

    def show_sign_in(self) -> SignInWindow:
        """The first window."""
        window = SignInWindow(self.gateway, runner=self.runner, preferences=self.preferences, folder=self._folder)
        window.opened.connect(self.show_main)
        self._replace(window)
        return window

    def show_main(self, session: Session) -> None:
        """The ledger is open."""
        from app.ui.main_window import MainWindow

        self._folder = None if session.context.place.training else session.folder
        window = MainWindow(session, runner=self.runner, preferences=self.preferences)
        window.left.connect(self._left)
        self._replace(window)

    def _left(self, again: bool) -> None:
        if again:
            self.show_sign_in()
        else:
            self.window = None
            self._on_end()

    def _replace(self, window: QWidget) -> None:
        old, self.window = self.window, window
        window.show()
        if old is not None:
            old.close()
            old.deleteLater()

    def close(self) -> None:
        """End the threads."""
        self.runner.close()


def run(gateway: Gateway, argv: Sequence[str] = ()) -> int:
    """Show the sign-in window and stay until the last window is closed; answers the exit code.

    ``--data DIR`` names the data folder, ``--training`` opens a training ledger at once, ``--painted`` prints the seconds from
    process start to the first paint and ends (for measuring).
    """
    options = _options(argv)
    application, preferences = prepare()
    faults.install_hook()
    desk = Desk(gateway, preferences=preferences, folder=Path(options.data) if options.data else None, on_end=application.quit)
    window = desk.show_sign_in()
    if options.training:
        window.start_training()
    if options.painted:
        application.processEvents()
        window.repaint()
        sys.stdout.write(f"{_seconds_since_start():.3f}\n")
        desk.close()
        return 0
    desk.runner.preload(*_SOON)
    code = application.exec()
    desk.close()
    return int(code)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data", default="")
    parser.add_argument("--training", action="store_true")
    parser.add_argument("--painted", action="store_true")
    return parser.parse_known_args(list(argv))[0]


def _seconds_since_start() -> float:
    """Seconds since this process was started, where the system tells (Linux); else since Python's own clock began."""
    import os
    import time

    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError):
        return time.process_time()
