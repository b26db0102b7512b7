"""Every page and tab of the window, seen by somebody who may do everything but know of protected people: nothing of them is in it.

Pages and tabs come from their registries, so that a new one is looked at too. Looked at: texts, tooltips and accessible words of every
widget, every cell of every table with its tooltip, and what Ctrl+C puts on the clipboard.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDialog, QMessageBox, QWidget

from app.domain.errors import RuleViolation
from app.ui import start
from app.ui.main_window import MainWindow
from app.ui.pages import installed_pages
from app.ui.preferences import Preferences
from app.ui.residents.tabs import TABS
from app.ui.runner import Runner
from app.ui.widgets.table import Table
from tests.outputs.cast import CLERK, CLERK_PASSWORD, HIDDEN, OneSession, fill, leaks
from tests.stores import Town

_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.EditRole)
_WORDS = (
    "text",
    "toPlainText",
    "title",
    "toolTip",
    "statusTip",
    "whatsThis",
    "accessibleName",
    "accessibleDescription",
    "windowTitle",
    "words",
)


@pytest.fixture
def cast(town: Town) -> dict[str, str]:
    """Everybody, and the folder closed again for the clerk."""
    made = fill(town)
    town.session.close(backup=False)
    return made


@pytest.fixture
def desk(cast: dict[str, str], town: Town) -> Iterator[OneSession]:
    made = OneSession(town.clock)
    made.open(town.folder, operator=CLERK, password=CLERK_PASSWORD)
    yield made
    made.end()


@pytest.fixture
def window(desk: OneSession, qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    """The clerk's window, large enough to show everything."""
    preferences = Preferences(tmp_path / "window.json")
    start.prepare(preferences=preferences)
    runner = Runner()
    made = MainWindow(desk.kept, runner=runner, preferences=preferences)
    made.resize(1366, 768)
    made.show()
    yield made
    made.hide()
    for top in QApplication.topLevelWidgets():
        if isinstance(top, QDialog):
            top.hide()
    assert runner.close()
    made.deleteLater()


@pytest.fixture(autouse=True)
def dialogs_that_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialog that would wait for an answer is only shown, so that it can be read."""
    for kind in (QDialog, QMessageBox):
        monkeypatch.setattr(kind, "exec", lambda dialog: (dialog.show(), 0)[1])


def settle(window: MainWindow) -> None:
    """Wait until background work has come back."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        QApplication.processEvents()
        if window.runner.idle:
            break
        time.sleep(0.005)
    for _ in range(4):
        QApplication.processEvents()


def cells(model: QAbstractItemModel) -> Iterator[str]:
    """Everything a model says in any role."""
    for place in range(model.rowCount()):
        for at in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):  # of a list it is private
            index = model.index(place, at)
            yield from (str(value) for role in _ROLES if (value := index.data(role)) is not None)


def said(widget: QWidget) -> Iterator[str]:
    """Everything a widget and those in it say, seen or not."""
    for one in [widget, *widget.findChildren(QWidget)]:
        for name in _WORDS:
            value: Any = getattr(one, name, None)
            try:
                value = value() if callable(value) else value
            except TypeError:
                continue
            if isinstance(value, str):
                yield value
        if isinstance(one, QAbstractItemView) and one.model() is not None:
            yield from cells(one.model())


def everything(window: MainWindow) -> str:
    """All that is on the screen or behind it, dialogs too, and the clipboard after Ctrl+C in every table."""
    settle(window)
    tops = [top for top in QApplication.topLevelWidgets() if isinstance(top, QDialog) and top.isVisible()]
    parts = [text for top in (window, *tops) for text in said(top)]
    settle(window)  # rows that were asked for by looking have arrived
    parts += [text for top in (window, *tops) for text in said(top)]
    for top in (window, *tops):
        for table in top.findChildren(Table):
            table.selectAll()
            table.copy()
            parts.append(QGuiApplication.clipboard().text())
    return "\n".join(parts)


def test_no_page_and_no_tab_tells_anything(window: MainWindow) -> None:
    found: dict[str, list[str]] = {}
    shown = ""
    for entry in installed_pages():
        window.go(entry.key)
        shown = everything(window)
        found[entry.key] = leaks(shown)
        for tab in TABS if entry.key == "residents" else ():
            window.current.open_tab(tab.key)
            found[f"residents/{tab.key}"] = leaks(everything(window))
    assert not {page: told for page, told in found.items() if told}
    assert len(found) == len(installed_pages()) + len(TABS) and shown


def test_the_tab_of_measures_is_not_even_there(window: MainWindow) -> None:
    window.go("residents")
    settle(window)
    place = [tab.key for tab in TABS].index("protection")
    assert not window.current.tabs.isTabVisible(place)
    window.current.open_tab("protection")
    assert window.current.current_key != "protection"


@pytest.mark.parametrize("typed", ["隠岐", "オキ", "もりた", "静香", "090-9876-1111", "S60.4.5", "隠町"])
def test_no_search_box_finds_anybody(window: MainWindow, typed: str) -> None:
    """The typed words themselves are taken out first: they are in the box."""
    for page in ("search", "evacuees", "residents", "roster"):
        window.go(page, **({"text": typed} if page in ("search", "residents") else {}))
        settle(window)
        finder = next((getattr(window.current, name) for name in ("finder", "box", "search") if hasattr(window.current, name)), None)
        if finder is not None and hasattr(finder, "setText"):
            finder.setText(typed)
            finder.typed.emit(typed)
        text = everything(window).replace(typed, "")
        assert not [one for one in leaks(text) if one not in typed], (page, leaks(text))


def test_a_person_known_by_id_is_not_opened(window: MainWindow, cast: dict[str, str], desk: OneSession) -> None:
    for key in ("person", "measured"):
        window.go("evacuees", person_id=cast[key])
        assert not leaks(everything(window))
    from app.usecases.persons import open_person

    for key in ("person", "measured"):
        with pytest.raises(RuleViolation, match=r"record\.not_found"):
            open_person(desk.context, person_id=cast[key])


def test_the_household_of_a_flatmate_shows_the_flatmate_only(window: MainWindow) -> None:
    window.go("residents", text="武")
    settle(window)
    listed = window.current.tab("list")
    listed.table.make_current(0)
    listed.open_household()
    text = everything(window)
    assert "隠岐　武" in text and not leaks(text)


def test_a_failure_is_reported_without_anybody(window: MainWindow, desk: OneSession) -> None:
    """What a bug would save to a file: no value of anybody is in it."""
    from app.ui import faults

    try:
        secret = {"name": HIDDEN[0].name, "address": HIDDEN[0].address}
        raise KeyError(str(secret))
    except KeyError as error:
        faults.show(window, error)
    assert not leaks(everything(window))
