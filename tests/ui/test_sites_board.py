"""拠点: what headquarters sees of its sites, on real laptops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.ui.main_window import MainWindow
from app.ui.runner import Changes
from tests import desktop
from tests.exchange_town import Laptop, carry, enrol, found_laptop
from tests.stores import Town
from tests.ui.conftest import press

pytestmark = pytest.mark.gui
Settle = Callable[[], None]


@pytest.fixture
def sites(town: Town, tmp_path: Path) -> Iterator[list[Laptop]]:
    """Two enrolled shelters; only the first has sent anything, thirteen hours ago."""
    made = [found_laptop(tmp_path / name, town.clock, site=name) for name in ("見本小学校", "架空公民館")]
    for one in made:
        enrol(town.ctx, one.ctx)
    carry(made[0].ctx, Laptop(town.session, town.folder), tmp_path / "stick", to="hq")
    town.clock.forward(hours=13)
    yield made
    for one in made:
        one.session.close(backup=False)


@pytest.fixture
def board(sites: list[Laptop], window: MainWindow, settle: Settle) -> Any:
    """The board in sight."""
    window.go("sites", tab="board")
    settle()
    return window.current.tab("board")


def row_of(board: Any, site: str) -> list[str]:
    """The cells of a site."""
    place = next(place for place, one in enumerate(board.board) if one.site == site)
    return [column.text(board.table.rows.row(place)) for column in board.table.rows.columns]


def test_without_sites_it_says_what_to_do_first(window: MainWindow, settle: Settle) -> None:
    window.go("sites", tab="board")
    settle()
    tab = window.current.tab("board")
    assert tab.empty.isVisible() and not tab.table.isVisible() and "鍵を作り" in tab.empty.explanation.text()


def test_each_site_says_until_when_its_data_is_here(board: Any) -> None:
    assert board.line.text() == "名簿は22:00現在 本部が知る内容。最も古い拠点: 見本小学校 09:00　まだ届いていない拠点: 架空公民館"
    assert row_of(board, "見本小学校")[3:6] == ["便りが遅い", "1/2 09:00", "13時間前"]
    assert row_of(board, "架空公民館")[3:6] == ["便りなし", "", "まだ一度も"]
    assert (board.tiles["sites"].number, board.tiles["silent"].number, board.tiles["gaps"].number) == ("2", "2", "0")


def test_a_site_is_told_in_sentences_and_leads_to_carrying_out(board: Any, window: MainWindow, settle: Settle) -> None:
    board.table.select_id(next(one.device for one in board.board if one.site == "見本小学校"))
    assert "半日以上、便りがありません" in board.detail.words.text() and "まだ渡していない記録" in board.detail.words.text()
    board.detail.carry_button.click()
    settle()
    settle()
    dialog: Any = desktop.in_front()
    assert window.current.key == "exchange" and dialog.table.current_row().site == "見本小学校"
    dialog.reject()
    window.current.watch.stop()


def test_a_package_makes_the_board_new(
    board: Any, sites: list[Laptop], town: Town, window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    done = carry(sites[1].ctx, Laptop(town.session, town.folder), tmp_path / "stick", to="hq")
    changes: Changes = done.changes
    window.runner.changed.emit(changes)
    settle()
    assert row_of(board, "架空公民館")[3:6] == ["届いている", "1/2 22:00", "たった今"]


def test_the_board_leaves_as_a_file_with_its_line(board: Any, tmp_path: Path, settle: Settle) -> None:
    press(board.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog: Any = desktop.in_front()
    dialog.choose("csv")
    dialog.path.setText(str(tmp_path / "board.csv"))
    dialog.purpose.setText("試験")
    dialog.open_after.setChecked(False)
    dialog.run()
    settle()
    written = (tmp_path / "board.csv").read_text("utf-8-sig")
    assert "最も古い拠点: 見本小学校 09:00" in written and "架空公民館" in written


def test_a_site_without_a_laptop_stands_among_them(board: Any, settle: Settle) -> None:
    from dataclasses import replace

    from app.ui.sites.detail import status_lines

    paper = replace(board.board[1], state="paper", letters="", device="site", data_until=board.context.now(), written_at=None)
    told = status_lines(paper, (), board.context.now())
    assert "端末がない拠点" in told[0] and "たった今" in told[0] and not any("失効" in line for line in told)
    board.show_board([*board.board, paper], None)
    assert board.table.rows.rowCount() == 4 and board.table.select_id("site") and "端末" not in board.detail.title.text()
