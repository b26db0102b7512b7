"""文字: what needs a look is found, settled and written out; nothing is printed with a substitute that nobody was asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.resident import ResidentRow
from app.ui.glyphs import loading
from app.ui.glyphs.screen import current
from app.ui.main_window import MainWindow
from app.ui.reception.cards import CardsDialog
from app.ui.residents import characters_work as work
from app.ui.residents.characters_people import BearersDialog
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.unprintable import UnprintableDialog
from app.usecases import reception
from app.usecases.characters import register_character, registered_characters
from app.usecases.reception import Arrival
from app.usecases.residents import load_residents
from tests.stores import OCCURRED, Town
from tests.ui.conftest import press
from tests.ui.gaiji import write_font, write_picture
from tests.ui.test_shelters import shown

Settle = Callable[[], None]
FIRST, SECOND = "\ue000", "\ue001"
ROWS = (
    ResidentRow(name=f"田{FIRST}　一郎", kana="タナカ　イチロウ", resident_no="1", address="見本市本町1"),
    ResidentRow(name=f"田{FIRST}　二郎", kana="タナカ　ジロウ", resident_no="2", address=f"見本市{FIRST}町2"),
    ResidentRow(name=f"{SECOND}橋　花", kana="タカハシ　ハナ", resident_no="3", address="見本市本町3"),
    ResidentRow(name="鈴木　葉", kana="スズキ　ヨウ", resident_no="4", address="見本市\ufa1b町4"),
)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tab(window: MainWindow, town: Town, settle: Settle) -> Any:
    """The tab on data with two gaiji and a compatibility ideograph."""
    load_residents(town.ctx, batches=[ROWS], as_of=OCCURRED, label="外字")
    window.go("residents", tab="characters")
    settle()
    yield window.current.tab("characters")
    loading.put_to_use(None)


def listed(tab: Any) -> list[tuple[str, int, bool]]:
    """Code, how many residents, settled."""
    rows = [tab.table.rows.row(place) for place in range(tab.table.rows.rowCount())]
    return [(use.code, use.residents, use.settled) for use in rows]


def test_lists_what_needs_a_look_with_the_unsettled_first(tab: Any, window: MainWindow) -> None:
    assert listed(tab) == [("U+E000", 2, False), ("U+E001", 1, False), ("U+FA1B", 1, True)]
    assert "3字" in tab.count.text() and "未解決 2字" in tab.count.text()
    page = window.current
    assert page.tabs.tabText(page.tabs.currentIndex()) == "文字 (2)"
    assert tab._title.text() == "U+E000" and tab._state.text() == "未解決" and "外字" in tab._kinds.text()


def test_shows_only_what_is_unsettled(tab: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_F3)
    assert [code for code, _, _ in listed(tab)] == ["U+E000", "U+E001"]
    press(window, Qt.Key.Key_F3)
    assert len(listed(tab)) == 3


def _substitute(tab: Any, words: str) -> FormDialog:
    tab.table.setFocus()
    press(tab.table, Qt.Key.Key_Return)
    dialog: FormDialog = shown(FormDialog)
    dialog.body.editors["substitute"].set_raw(words)
    press(dialog, Qt.Key.Key_Return, CONTROL)
    return dialog


def test_a_substitute_settles_without_reading_everybody_again(
    tab: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "survey", lambda *_: pytest.fail("read everybody again"))
    _substitute(tab, "中")
    settle()
    assert registered_characters(town.ctx)[FIRST].substitute == "中"
    assert ("U+E000", 2, True) in listed(tab) and "未解決 1字" in tab.count.text()
    assert [piece.kind for piece in current().pieces(FIRST)] == ["substitute"]


def test_a_substitute_that_not_every_system_has_is_refused_beside_the_field(tab: Any, town: Town, settle: Settle) -> None:
    dialog = _substitute(tab, "𠮷")
    settle()
    assert "第2水準" in dialog.body.editors["substitute"].problem and not registered_characters(town.ctx)
    dialog._before = dialog.body.raw()
    dialog.reject()


def test_a_picture_keeps_the_substitute_and_is_drawn(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    _substitute(tab, "中")
    settle()
    tab.table.select_id(FIRST)
    tab.take_picture(tab.chosen, write_picture(tmp_path / "cross.png"))
    settle()
    known = registered_characters(town.ctx)[FIRST]
    assert known.substitute == "中" and known.picture
    tab.table.select_id(FIRST)
    assert tab.chosen.source == "picture" and "登録した画像" in tab._told.text()
    assert [piece.kind for piece in current().pieces(FIRST)] == ["picture"]


def test_a_file_that_is_no_picture_is_told(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("x")
    tab.take_picture(tab.chosen, tmp_path / "x.png")
    settle()
    assert "画像を読めません" in tab.banner.words and not registered_characters(town.ctx)


def test_a_font_settles_what_it_has(tab: Any, settle: Settle, tmp_path: Path) -> None:
    tab.take_font(write_font(tmp_path / "machi.ttf", ord(FIRST)))
    settle()
    assert (tab.shell.folder / "fonts" / "machi.ttf").is_file()
    assert ("U+E000", 2, True) in listed(tab) and "外字 1字" in tab.fonts.text() and "machi.ttf" in tab.banner.words
    assert [piece.kind for piece in current().pieces(FIRST)] == ["glyph"]


def test_a_table_of_gaiji_is_taken_in(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    write_picture(tmp_path / "e001.png")
    (tmp_path / "外字.csv").write_text("コード,代替文字,画像\nE000,中,\nU+E001,高,e001.png\nZZZZ,誤,\n", "utf-8-sig")
    tab.take_table(tmp_path / "外字.csv")
    settle()
    assert {text: (known.substitute, bool(known.picture)) for text, known in registered_characters(town.ctx).items()} == {
        FIRST: ("中", False),
        SECOND: ("高", True),
    }
    assert "登録しなかったもの 1件" in tab.banner.words and all(settled for _, _, settled in listed(tab))


def test_a_folder_of_pictures_is_taken_in(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    write_picture(tmp_path / "p" / "E000.png")
    tab.take_pictures(tmp_path / "p")
    settle()
    assert registered_characters(town.ctx)[FIRST].picture and "新規 1" in tab.banner.words


def test_the_list_is_written_without_anybodys_name(tab: Any, settle: Settle, tmp_path: Path) -> None:
    tab.open_only.setChecked(True)
    tab.write_list(tmp_path / "文字.csv")
    settle()
    written = (tmp_path / "文字.csv").read_text("utf-8-sig")
    assert "U+E000" in written and "U+FA1B" not in written and "一郎" not in written


def test_whose_character_it_is_is_shown_and_noted(tab: Any, window: MainWindow, town: Town, settle: Settle) -> None:
    press(window, Qt.Key.Key_U, CONTROL)
    settle()
    dialog = shown(BearersDialog)
    assert {row.name for row in (dialog.table.rows.row(0), dialog.table.rows.row(1))} == {f"田{FIRST}　一郎", f"田{FIRST}　二郎"}
    assert (town.ctx.reads.journal.access(limit=1)[0].action, town.ctx.reads.journal.access(limit=1)[0].persons) == ("view", 2)
    press(dialog, Qt.Key.Key_Return)
    settle()
    assert window.current.current_key == "list"


def test_a_registration_can_be_taken_back(tab: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.widgets.form_dialog.ask", lambda *_, **__: True)
    _substitute(tab, "中")
    settle()
    tab.table.select_id(FIRST)
    tab.remove_button.click()
    settle()
    assert not registered_characters(town.ctx) and ("U+E000", 2, False) in listed(tab)


def test_without_the_right_nothing_can_be_registered(town: Town, window: MainWindow, settle: Settle) -> None:
    load_residents(town.ctx, batches=[ROWS], as_of=OCCURRED, label="外字")
    window.context = town.acting("shelter")
    window.go("residents", tab="characters")
    settle()
    tab = window.current.tab("characters")
    assert listed(tab) and not tab.substitute_button.isEnabled() and not tab.picture_button.isEnabled()
    assert tab.register_substitute() is None


def test_says_what_to_do_when_there_is_nothing(window: MainWindow, town: Town, settle: Settle) -> None:
    load_residents(town.ctx, batches=[[ResidentRow(name="鈴木　葉", resident_no="1")]], as_of=OCCURRED, label="普通")
    window.go("residents", tab="characters")
    settle()
    tab = window.current.tab("characters")
    assert tab.clean.isVisible() and "気を付ける文字はありません" in tab.clean.title.text() and not tab.table.isVisible()


# -- before printing


@pytest.fixture
def people(tab: Any, town: Town) -> list[str]:
    """Three residents with gaiji and one without, checked in."""
    active = town.ctx.reads.residents.active()
    arrivals = [Arrival(resident_id=f"{active.id}:{place}") for place in range(len(ROWS))]
    done = reception.check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals)
    register_character(town.ctx, text=FIRST, substitute="中")
    return list(done.persons)


def _print_roster(window: MainWindow, settle: Settle, path: Path) -> ExportDialog:
    window.go("roster")
    settle()
    window.current.print()
    dialog: ExportDialog = shown(ExportDialog)
    dialog.purpose.setText("掲示")
    dialog.path.setText(str(path))
    dialog.open_after.setChecked(False)
    dialog.run()
    settle()
    return dialog


def test_a_roster_names_people_and_characters_before_it_is_printed(
    people: list[str], window: MainWindow, settle: Settle, tmp_path: Path
) -> None:
    dialog = _print_roster(window, settle, tmp_path / "名簿.pdf")
    warning = shown(UnprintableDialog)
    found = {(problem.name, problem.text, problem.substitute) for problem in warning.problems}
    assert (f"田{FIRST}　一郎", FIRST, "中") in found and (f"{SECOND}橋　花", SECOND, "") in found
    assert not (tmp_path / "名簿.pdf").exists()
    warning.reject()
    settle()
    assert not (tmp_path / "名簿.pdf").exists() and dialog.save.isEnabled()
    dialog.run()
    settle()
    press(shown(UnprintableDialog), Qt.Key.Key_Return, CONTROL)
    settle()
    assert (tmp_path / "名簿.pdf").read_bytes().startswith(b"%PDF")
    assert "代替文字「中」" in " ".join(label.text() for label in dialog._after.findChildren(type(dialog.banner._words)))
    dialog.reject()


def test_a_roster_that_can_be_drawn_is_printed_without_a_question(
    people: list[str], window: MainWindow, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_font(window.folder / "fonts" / "machi.ttf", ord(FIRST), ord(SECOND))
    dialog = _print_roster(window, settle, tmp_path / "名簿.pdf")
    assert (tmp_path / "名簿.pdf").exists() and not hasattr(dialog, "warning")
    dialog.reject()


def test_a_file_of_data_asks_nothing(people: list[str], window: MainWindow, settle: Settle, tmp_path: Path) -> None:
    window.go("roster")
    settle()
    window.current.export()
    dialog = shown(ExportDialog)
    dialog.purpose.setText("共有")
    dialog.choose("csv")
    dialog.path.setText(str(tmp_path / "名簿.csv"))
    dialog.open_after.setChecked(False)
    dialog.run()
    settle()
    assert FIRST in (tmp_path / "名簿.csv").read_text("utf-8-sig") and not hasattr(dialog, "warning")


def test_cards_ask_first_and_leave_out_who_cannot_be_printed(people: list[str], window: MainWindow, settle: Settle, tmp_path: Path) -> None:
    dialog = CardsDialog(window, window, people)
    dialog.open()
    dialog.path.set_raw(str(tmp_path / "カード.pdf"))
    dialog.save()
    settle()
    warning = shown(UnprintableDialog)
    assert {problem.where for problem in warning.problems} >= {"氏名"} and not (tmp_path / "カード.pdf").exists()
    press(warning, Qt.Key.Key_Return, CONTROL)
    settle()
    assert (tmp_path / "カード.pdf").exists()
    assert "カードを作らなかった人 1人" in dialog.banner.words and "（3枚）" in dialog.banner.words
    dialog.reject()


def test_the_warning_leads_to_where_it_is_settled(people: list[str], window: MainWindow, settle: Settle, tmp_path: Path) -> None:
    dialog = _print_roster(window, settle, tmp_path / "名簿.pdf")
    shown(UnprintableDialog).settle_button.click()
    settle()
    assert window.current.key == "residents" and window.current.current_key == "characters"
    assert not dialog.isVisible() and not (tmp_path / "名簿.pdf").exists()
