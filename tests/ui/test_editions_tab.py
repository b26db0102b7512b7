"""A municipality adds its own edition in the window, from a pattern, and is told what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.assessment_edition_file import shipped_editions, shipped_text
from app.presentation.columns.edition import fact_lines
from app.ui.main_window import MainWindow
from app.ui.surveys.editions_tab import EditionsTab

pytestmark = pytest.mark.gui


@pytest.fixture
def tab(window: MainWindow, settle: Callable[[], None]) -> EditionsTab:
    window.go("surveys", tab="editions")
    settle()
    found = window.current.tab("editions")
    assert isinstance(found, EditionsTab)
    return found


def ids(tab: EditionsTab) -> list[Any]:
    return [tab.table.rows.row_id(place) for place in range(tab.table.rows.rowCount())]


def test_from_pattern_to_own_edition(tab: EditionsTab, settle: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(tab) == ["r06-05", "r03-03", "r02-03", "h30-03"]
    assert tab.current is not None and tab.current.id == "r06-05" and not tab.remove_button.isEnabled()
    out = tmp_path / "my.toml"
    tab.save_pattern(out)
    settle()
    assert out.read_text("utf-8") == shipped_text("r06-05")
    tab.add(out)
    settle()
    assert "備え付け" in tab.banner.words  # the id is still that of the shipped one
    text = out.read_text("utf-8").replace('id = "r06-05"', 'id = "mihon-1"')
    out.write_text(text.replace("roof = { value = 15", "roof = { value = 16", 1), "utf-8")
    tab.add(out)
    settle()
    assert "my.toml" in tab.banner.words and "weights.wood_first" in tab.banner.words and "101" in tab.banner.words
    out.write_text(text, "utf-8")
    tab.add(out)
    settle()
    assert tab.banner.isHidden() and "mihon-1" in ids(tab)
    tab.table.select_id("mihon-1")
    assert tab.remove_button.isEnabled()
    monkeypatch.setattr("app.ui.surveys.editions_tab.ask", lambda *_, **__: True)
    tab.remove()
    settle()
    assert ids(tab) == ["r06-05", "r03-03", "r02-03", "h30-03"]


@pytest.mark.parametrize("edition", shipped_editions(), ids=lambda edition: edition.id)
def test_every_number_is_named_in_words(edition: Any) -> None:
    lines = fact_lines(edition)
    assert len(lines) == len(edition.facts)
    assert not [line.place for line in lines if any(mark in line.place for mark in "._[]{}")]
    assert not [line.value for line in lines if "_" in line.value]
    assert any(line.doubtful and line.sure.endswith("要確認") for line in lines)
