"""The pages of money, tab by tab and with what opens from them, seen by somebody who may not know of protected people."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.ui.main_window import MainWindow
from app.ui.pages import installed_pages
from app.ui.tabbed import TabbedPage
from app.ui.widgets.search_box import SearchBox
from tests.outputs.cast import fill, leaks
from tests.outputs.relief_cast import fill_relief
from tests.outputs.test_masked_window import desk, dialogs_that_do_not_wait, everything, settle, window  # noqa: F401
from tests.stores import Town

PAGES = ("programmes", "relief", "cash", "transfers", "ledger", "home", "records")


@pytest.fixture
def cast(town: Town, tmp_path: Path) -> dict[str, str]:
    """Everybody with money, and the folder closed again for the clerk."""
    made = fill(town)
    made |= fill_relief(town, made, tmp_path)
    town.session.close(backup=False)
    return made


def test_no_page_of_money_tells_anything(window: MainWindow) -> None:  # noqa: F811
    found: dict[str, list[str]] = {}
    looked = 0
    for entry in installed_pages():
        if entry.key not in PAGES:
            continue
        window.go(entry.key)
        settle(window)
        page = window.current
        for tab in page.shown_entries if isinstance(page, TabbedPage) else (None,):
            if tab is not None:
                page.open_tab(tab.key)
            found[f"{entry.key}/{tab.key if tab else ''}"] = leaks(everything(window))
            looked += 1
    assert not {place: told for place, told in found.items() if told}
    assert looked >= 12


@pytest.mark.parametrize("word", ["entitlement", "open entitlement"])
def test_payee_and_account_of_somebody_hidden_do_not_open(window: MainWindow, cast: dict[str, str], word: str) -> None:  # noqa: F811
    window.go("relief", tab="payees", entitlement_id=cast[word])
    settle(window)
    assert not leaks(everything(window))


def test_nobody_hidden_is_among_the_accounts_to_check(window: MainWindow) -> None:  # noqa: F811
    window.go("relief", tab="payees", check=True)
    settle(window)
    assert not leaks(everything(window))


@pytest.mark.parametrize("typed", ["隠岐", "オキ", "もりた", "静香", "隠町"])
def test_no_box_of_the_lists_finds_anybody(window: MainWindow, typed: str) -> None:  # noqa: F811
    for key in ("entitlements", "claims", "casualties", "payees"):
        window.go("relief", tab=key)
        settle(window)
        finder = window.current.tab(key).findChildren(SearchBox)[0]
        finder.setText(typed)
        finder.typed.emit(typed)
        settle(window)
        text = everything(window).replace(typed, "")
        assert not [one for one in leaks(text) if one not in typed], key
        QApplication.processEvents()
