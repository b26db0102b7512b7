"""写真 in the window: taking in, giving to buildings by keyboard, turning, captions, sheets, cancelling, a missing picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.domain.building import Building
from app.domain.building_code import building_code
from app.domain.errors import Cancelled
from app.domain.identifiers import new_id, person_number
from app.interchange.importing.photos import import_photos
from app.ui.main_window import MainWindow
from app.ui.surveys import photos_tab
from app.ui.surveys.photo_strip import PhotoStrip
from app.ui.surveys.photos_import import read_clock
from app.usecases import photos
from tests.photographs import shoot
from tests.stores import Town
from tests.ui.conftest import press

Settle = Callable[[], None]
BEGAN = datetime(2024, 1, 2, 8, 0)


@pytest.fixture
def houses(town: Town) -> list[tuple[str, str]]:
    """Number and id of two buildings."""
    made = [Building(id=new_id(), number=person_number(town.ctx.place.device_prefix, n), address=f"見本市本町{n}") for n in (1, 2)]
    with town.ctx.unit() as uow:
        uow.buildings.add_many(made)
        uow.commit()
    return [(one.number, one.id) for one in made]


@pytest.fixture
def card(town: Town, houses: list[tuple[str, str]], tmp_path: Path) -> Path:
    """Three photos before any sheet, then the first house with its sheet."""
    folder = tmp_path / "DCIM"
    code = building_code(town.ctx.place.disaster_id, houses[0][0])
    for place in range(6):
        codes = [code] if place == 3 else []
        shoot(folder / f"IMG_{place:04}.JPG", *codes, mark=place, taken=BEGAN + timedelta(minutes=place))
    return folder


def open_tab(window: MainWindow, settle: Settle) -> Any:
    window.go("surveys", tab="photos")
    settle()
    return window.current.tab("photos")


def test_nothing_yet_says_what_to_do(window: MainWindow, settle: Settle) -> None:
    tab = open_tab(window, settle)
    assert tab.nothing.isVisibleTo(tab) and not tab.grid.isVisibleTo(tab) and tab.nothing.buttons[0].isEnabled()


def test_taking_a_card_in_through_the_window(window: MainWindow, town: Town, card: Path, settle: Settle, qtbot: Any) -> None:
    tab = open_tab(window, settle)
    dialog = tab.ask_folder()
    dialog.accept()
    assert dialog.isVisible() and dialog.banner.isVisibleTo(dialog), "no folder was named"
    dialog.path.setText(str(card))
    dialog.clock.setText("soon")
    dialog.accept()
    assert dialog.isVisible(), "no such difference"
    dialog.clock.setText("0:05")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(photos.list_photo_ids(town.ctx)), timeout=20_000)
    settle()
    rows = photos.photo_rows(town.ctx, photos.list_photo_ids(town.ctx))
    assert [bool(row.building_id) for row in rows] == [False] * 3 + [True] * 3
    assert rows[0].taken_at is not None and rows[0].taken_at.astimezone().timestamp() == datetime(2024, 1, 1, 23, 5).timestamp() + _utc_shift()
    assert "6枚のうち 6枚" in tab.banner.words and "QR 3" in tab.banner.words
    assert tab.grid.photo_model.rowCount() == 6 and "(3)" in window.current.tabs.tabText(4)


def _utc_shift() -> float:
    """Seconds from UTC to the zone this machine has."""
    moment = datetime(2024, 1, 1, 23, 5)
    return moment.astimezone().utcoffset().total_seconds()  # type: ignore[union-attr]


def test_number_typed_in_the_grid_gives_photos_to_a_building(window: MainWindow, town: Town, card: Path, houses: Any, settle: Settle) -> None:
    import_photos(town.ctx, card, workers=0)
    tab = open_tab(window, settle)
    tab.arrive(waiting=True)
    settle()
    assert tab.grid.photo_model.rowCount() == 3
    tab.grid.setFocus()
    tab.grid.choose([0, 1])
    press(tab.grid, Qt.Key.Key_2)
    assert tab.number.hasFocus() and tab.number.text() == "2"
    settle()
    assert houses[1][0] in tab.found.text() and "本町2" in tab.found.text()
    press(tab.number, Qt.Key.Key_Return)
    settle()
    given = photos.photo_rows(town.ctx, photos.list_photo_ids(town.ctx, building_id=houses[1][1]))
    assert len(given) == 2 and {row.matched for row in given} == {"hand"}
    assert tab.grid.photo_model.rowCount() == 1 and tab.grid.hasFocus() and len(tab.grid.chosen) == 1, "the next one is at hand"
    press(tab.grid, Qt.Key.Key_9)
    press(tab.number, Qt.Key.Key_Return)
    settle()
    assert "9" in tab.banner.words and len(photos.list_photo_ids(town.ctx, unmatched=True)) == 1, "no such building: said, nothing done"


def test_turning_captioning_removing(window: MainWindow, town: Town, card: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    import_photos(town.ctx, card, workers=0)
    tab = open_tab(window, settle)
    tab.batches.setCurrentRow(1)
    settle()
    tab.grid.choose([1])
    press(tab.grid, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert tab.grid.chosen[0].turn == 90, "the same photo stays chosen"
    tab.set_caption(tab.grid.chosen[0], "南面の  亀裂")
    settle()
    assert tab.grid.chosen[0].caption == "南面の 亀裂"
    monkeypatch.setattr(photos_tab, "ask", lambda *_, **__: True)
    tab.grid.choose([0, 1])
    tab.remove()
    settle()
    assert tab.grid.photo_model.rowCount() == 4 == len(photos.list_photo_ids(town.ctx))


def test_large_view_goes_through_and_turns(window: MainWindow, town: Town, card: Path, settle: Settle) -> None:
    import_photos(town.ctx, card, workers=0)
    tab = open_tab(window, settle)
    tab.batches.setCurrentRow(1)
    settle()
    view = tab.open_photo(0)
    settle()
    assert view.picture.pixmap().width() > 300
    view.go(1)
    view.turn()
    settle()
    assert view.photo.turn == 90 and view.picture.pixmap().height() > view.picture.pixmap().width()
    view.go(99)
    assert view.place == 1
    view.accept()


def test_missing_picture_is_shown_as_such(window: MainWindow, town: Town, card: Path, settle: Settle) -> None:
    import_photos(town.ctx, card, workers=0)
    rows = photos.photo_rows(town.ctx, photos.list_photo_ids(town.ctx))
    (town.folder / "attachments" / rows[0].content[:2] / rows[0].content).unlink()
    tab = open_tab(window, settle)
    tab.batches.setCurrentRow(1)
    for _ in range(4):
        settle()
        tab.grid.grab()
    assert tab.grid.thumbnails.get(rows[0]).isNull() and not tab.grid.thumbnails.get(rows[1]).isNull()
    view = tab.open_photo(0)
    settle()
    assert "画像がありません" in view.picture.text()
    view.accept()


def test_thumbnails_come_only_for_what_is_in_sight(window: MainWindow, town: Town, tmp_path: Path, settle: Settle) -> None:
    for place in range(60):
        shoot(tmp_path / "c" / f"{place:03}.jpg", size=(160, 120), mark=place)
    import_photos(town.ctx, tmp_path / "c", workers=0)
    tab = open_tab(window, settle)
    for _ in range(6):
        tab.grid.grab()
        settle()
    kept = len(tab.grid.thumbnails._kept)
    assert 4 <= kept < 45, "those far below are not read"


def test_sheet_and_folder(window: MainWindow, town: Town, card: Path, settle: Settle, tmp_path: Path) -> None:
    import_photos(town.ctx, card, workers=0)
    tab = open_tab(window, settle)
    tab.batches.setCurrentRow(1)
    settle()
    tab.write_sheet(tmp_path / "台帳.pdf", per_page=6)
    settle()
    assert (tmp_path / "台帳.pdf").read_bytes().startswith(b"%PDF") and "1ページ" in tab.banner.words
    tab.grid.choose([3, 4])
    tab.write_pictures(tmp_path / "out")
    settle()
    assert len(list((tmp_path / "out").glob("*.jpg"))) == 2, "only the chosen ones"


@pytest.mark.parametrize("keep", [True, False])
def test_cancel_keeps_or_takes_back(
    window: MainWindow, town: Town, card: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    from app.interchange.importing import photos as importing

    tab, real = open_tab(window, settle), importing._keep

    def keep_some(*given: Any) -> None:
        real(*given)
        if given[1] == 2:
            raise Cancelled()

    monkeypatch.setattr(importing, "_keep", keep_some)
    monkeypatch.setattr(photos_tab, "ask", lambda *_, **__: not keep)
    tab.take_in(card, timedelta())
    for _ in range(3):
        settle()
    assert len(photos.list_photo_ids(town.ctx)) == (2 if keep else 0)
    monkeypatch.undo()
    done = import_photos(town.ctx, card, workers=0)
    assert (done.added, done.known) == ((4, 2) if keep else (6, 0)) and len(photos.list_photo_ids(town.ctx)) == 6


def test_window_stays_quick_while_a_card_comes_in(window: MainWindow, town: Town, tmp_path: Path, settle: Settle, qtbot: Any) -> None:
    for place in range(24):
        shoot(tmp_path / "c" / f"{place:03}.jpg", size=(2400, 1800), mark=place)
    tab = open_tab(window, settle)
    gaps, last = [0.0], [time.perf_counter()]

    def beat() -> None:
        gaps.append(time.perf_counter() - last[0])
        last[0] = time.perf_counter()

    timer = QTimer(interval=5)
    timer.timeout.connect(beat)
    timer.start()
    last[0] = time.perf_counter()
    tab.take_in(tmp_path / "c", timedelta())
    qtbot.waitUntil(lambda: len(photos.list_photo_ids(town.ctx)) == 24, timeout=60_000)
    timer.stop()
    settle()
    assert max(gaps) < 0.5, f"{max(gaps):.3f} s without an answer"


def test_strip_follows_a_building(window: MainWindow, town: Town, card: Path, houses: Any, settle: Settle) -> None:
    import_photos(town.ctx, card, workers=0)
    strip = PhotoStrip(window, houses[0][1])
    settle()
    assert strip.grid.photo_model.rowCount() == 3
    ids = photos.list_photo_ids(town.ctx, building_id=houses[0][1])
    changes = photos.assign_photos(town.ctx, photo_ids=ids[:1], building_id=houses[1][1])
    window.runner.changed.emit(changes)
    settle()
    assert strip.grid.photo_model.rowCount() == 2
    strip.show_building("")
    QApplication.processEvents()
    assert strip.grid.photo_model.rowCount() == 0 and not strip.grid.isVisibleTo(strip)
    strip.deleteLater()


@pytest.mark.parametrize(
    ("words", "minutes"), [("", 0), ("0:05", 5), ("-9:00", -540), ("＋１：３０", 90), ("7", 7), ("x", None), ("1:75", None), ("--", None)]
)
def test_clock_difference_is_read(words: str, minutes: int | None) -> None:
    assert read_clock(words) == (None if minutes is None else timedelta(minutes=minutes))
