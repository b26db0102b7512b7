"""The import wizard: sniffing, mapping that is remembered, checks, plans with ticks, results – on real stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton

from app.ui.importing.wizard import ImportWizard
from app.ui.main_window import MainWindow
from app.usecases import headcounts, persons, shelters
from tests.stores import SHELTERS, Town
from tests.ui.conftest import press

Settle = Callable[[], None]
Make = Callable[..., ImportWizard]

LIST = "番号,避難所名,所在地,定員\r\nA1,見本会館,見本市1,80\r\nA2,,見本市2,10\r\nA3,見本小学校,見本市3,120\r\n"
PEOPLE = "氏名,フリガナ,生年月日,性別\r\n見本　梅,ミホン　ウメ,S10.2.3,女\r\n見本　松,ミホン　マツ,S9.1.1,男\r\n"


@pytest.fixture
def wizard(window: MainWindow, settle: Settle) -> Iterator[Make]:
    """Opens a wizard with files looked into."""
    made: list[ImportWizard] = []

    def make(target: str, *paths: Path, shelter_id: str = "") -> ImportWizard:
        one = ImportWizard(window, window, target, shelter_id=shelter_id)
        made.append(one)
        one.open()
        settle()
        one.activateWindow()
        one.add_files(paths)
        settle()
        return one

    yield make
    for one in made:
        one.done(0)
        one.deleteLater()


def write(folder: Path, name: str, text: str, encoding: str = "cp932") -> Path:
    """A file of that content."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def go(wizard: ImportWizard, settle: Settle, steps: int = 1) -> None:
    """On, as Ctrl+Enter does."""
    for _ in range(steps):
        wizard.go_on()
        settle()


def test_shelters_from_file_to_store_by_keyboard(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    made = wizard("shelters", write(tmp_path, "避難所 一覧.csv", LIST))
    assert "シフトJIS" in made.files.view.facts.text() and made.files.view.table is not None and made.files.view.table.rows.rowCount() == 3
    for _ in range(3):
        press(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle()
    assert made.step is made.plan
    assert [made.plan.filters.tabText(place) for place in (0, 1, 2, 5)] == ["すべて 3", "新規 1", "更新 1", "エラー 1"]
    made.plan.filters.setCurrentIndex(5)
    assert [made.plan.table.rows.row(place).item.line for place in range(made.plan.table.rows.rowCount())] == [3]
    press(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert made.step is made.outcome
    assert [made.outcome.tiles[name].number for name in ("created", "updated", "rejected")] == ["1", "1", "1"]
    rows = {row.name: row for row in shelters.list_shelters(town.ctx)}
    assert rows["見本会館"].capacity == 80 and rows["見本小学校"].capacity == 120 and len(rows) == 4
    report, rejected = (path for path, _ in made.outcome.buttons)
    assert report.exists() and "A2" in rejected.read_text("utf-8-sig")


def test_problems_are_listed_with_line_column_value_and_words(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    made = wizard("shelters", write(tmp_path, "a.csv", LIST.replace("定員", "緯度").replace(",80", ",北")))
    go(made, settle, 2)
    table = made.problems.table
    cells = [[column.text(table.rows.row(place)) for column in table.rows.columns] for place in range(table.rows.rowCount())]
    assert ["2", "緯度", "北", "警告"] in [line[:4] for line in cells] and ["3", "避難所名", "", "エラー"] in [line[:4] for line in cells]
    made.problems.filters.setCurrentIndex(1)
    assert {table.rows.row(place).issue.severity for place in range(table.rows.rowCount())} == {"error"}


def test_unticked_rows_are_left_out(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    made = wizard("shelters", write(tmp_path, "a.csv", LIST))
    go(made, settle, 3)
    made.plan.table.select_id((0, 2))
    press(made.plan.table, Qt.Key.Key_Space)
    assert made.plan.skipped == {(0, 2)} and "1件を取り込む" in made.next.text()
    go(made, settle)
    assert "見本会館" not in {row.name for row in shelters.list_shelters(town.ctx)}
    assert next(row for row in shelters.list_shelters(town.ctx) if row.name == "見本小学校").capacity == 120


def test_ticking_all_shown_follows_the_filter(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    made = wizard("shelters", write(tmp_path, "a.csv", LIST))
    go(made, settle, 3)
    made.plan.filters.setCurrentIndex(1)
    made.plan.tick_shown(False)
    assert made.plan.skipped == {(0, 2)} and made.next.isEnabled()
    made.plan.filters.setCurrentIndex(0)
    made.plan.tick_shown(False)
    assert not made.next.isEnabled() and "ありません" in made.next.text()


def test_opening_with_the_import(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    made = wizard("shelters", write(tmp_path, "a.csv", LIST))
    made.files.form.editors["open_at"].set_raw("R6.1.1 18:00")
    go(made, settle, 4)
    assert next(row for row in shelters.list_shelters(town.ctx) if row.name == "見本会館").is_open


def test_a_heading_nobody_knows_is_chosen_once_and_remembered(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    text = LIST.replace("避難所名", "あつまる所")
    made = wizard("shelters", write(tmp_path, "a.csv", text))
    go(made, settle)
    assert made.step is made.mapping and not made.next.isEnabled() and "必須" in made.mapping.banner.words
    made.mapping.assign("あつまる所", "name")
    assert made.next.isEnabled()
    made.mapping.assign("所在地", "name")
    assert not made.next.isEnabled() and "2つの列" in made.mapping.banner.words
    made.mapping.assign("所在地", "address")
    go(made, settle, 3)
    assert made.step is made.outcome
    again = wizard("shelters", write(tmp_path, "b.csv", text))
    go(again, settle)
    assert again.mapping.chosen()["あつまる所"] == "name" and again.next.isEnabled()


def test_reading_can_be_changed(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    made = wizard("shelters", write(tmp_path, "a.csv", "表の題\r\n" + LIST.replace(",", ";"), "utf-16"))
    assert (
        "UTF-16" in made.files.view.facts.text()
        and "セミコロン" in made.files.view.facts.text()
        and "2行目" in made.files.view.facts.text()
    )
    made.files.view.header_row.setValue(3)
    made.files.view.header_row.editingFinished.emit()
    settle()
    assert "3行目" in made.files.view.facts.text()


def test_a_file_that_is_none_is_said_and_stops(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    path = tmp_path / "絵.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    made = wizard("shelters", path)
    assert "PNG" in made.files.banner.words and not made.next.isEnabled()
    made.files._remove()
    assert made.files.banner.words == "" and made.files.paths == []


def test_files_can_be_dropped(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    made = wizard("shelters")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write(tmp_path, "a.csv", LIST)))])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    made.files.dropEvent(event)
    settle()
    assert made.next.isEnabled() and event.isAccepted()


def counts(folder: Path) -> list[Path]:
    """Two published lists in both header styles; the second lacks a shelter and names a new one."""
    first = write(folder, "1.csv", "ID,地区,名称,人数_令和6年1月1日午後6時時点\r\n,本町,見本小学校,180\r\n,本町,新設所,40\r\n", "utf-8-sig")
    second = write(
        folder, "2.csv", "ID,地区,名称,人数,時点\r\n,本町,新設所,25,令和6年1月2日午前6時\r\n,本町,架空公民館,7,令和6年1月2日午前6時\r\n"
    )
    return [first, second]


def test_many_lists_of_head_counts_at_once(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    made = wizard("headcounts", *counts(tmp_path))
    go(made, settle, 3)
    assert made.plan.complete.isChecked() and made.plan.said_complete is None and "4件を取り込む" in made.next.text()
    go(made, settle)
    assert made.outcome.tiles["created"].number == "4"
    rows = headcounts.list_headcounts(town.ctx)
    assert sorted(row.counted_total for row in rows) == [7, 25, 40, 180]
    assert [row.name for row in shelters.list_shelters(town.ctx)].count("新設所") == 1, "a shelter new in both files is registered once"


def test_saying_that_lists_are_not_complete(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    made = wizard("headcounts", *counts(tmp_path))
    go(made, settle, 3)
    made.plan.complete.click()
    assert made.plan.said_complete is False
    go(made, settle)
    assert {row.method for row in headcounts.list_headcounts(town.ctx)} == {"file"}


def test_people_of_a_shelter_with_a_doubt_answered(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    first = wizard("evacuees", write(tmp_path, "a.csv", PEOPLE), shelter_id=town.shelters[0])
    assert first.files.shelter is not None and first.files.shelter.currentText() == SHELTERS[0]
    go(first, settle, 4)
    assert first.outcome.tiles["created"].number == "2"
    second = wizard("evacuees", write(tmp_path, "b.csv", PEOPLE), shelter_id=town.shelters[1])
    go(second, settle, 3)
    assert second.plan.filters.tabText(4) == "要確認 2" and second.plan.wanted == 0 and not second.next.isEnabled()
    second.plan.table.selectRow(0)
    second.plan.decide("different")
    assert second.plan.wanted == 1
    go(second, settle)
    assert second.outcome.tiles["created"].number == "1"
    assert len(persons.list_people(town.ctx)) == 3


def test_a_list_of_people_needs_its_shelter(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    made = wizard("evacuees", write(tmp_path, "a.csv", PEOPLE))
    go(made, settle)
    assert made.step is made.files and "避難所" in made.files.banner.words


def test_escape_leaves_before_anything_was_checked(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    made = wizard("shelters", write(tmp_path, "a.csv", LIST))
    go(made, settle)
    press(made, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert made.step is made.files
    press(made, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert not made.isVisible() and len(shelters.list_shelters(town.ctx)) == 3


def test_real_files_of_a_city(wizard: Make, settle: Settle, town: Town) -> None:
    """The national open-data layout needs no hand."""
    made = wizard("shelters", Path(__file__).parents[1] / "data" / "nanao-2024" / "designated_shelters.csv")
    go(made, settle)
    assert made.next.isEnabled(), made.mapping.problems()
    go(made, settle, 3)
    created = [row for row in shelters.list_shelters(town.ctx) if row.name not in SHELTERS]
    assert made.outcome.tiles["rejected"].number == "0" and created and all(row.external_id for row in created)
    assert all(isinstance(row.capacity, int) for row in created if row.capacity_text)


def broken_list(folder: Path) -> Path:
    """Twelve rows, seven of them without a name."""
    rows = [f"{f'見本　{n}' if n < 5 else ''},,S{n + 10}.2.3,女" for n in range(12)]
    return write(folder, "半分.csv", "氏名,フリガナ,生年月日,性別\r\n" + "\r\n".join(rows) + "\r\n")


def test_a_list_with_more_bad_rows_than_good_stops_until_somebody_says_so(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    made = wizard("evacuees", broken_list(tmp_path), shelter_id=town.shelters[0])
    go(made, settle, 2)
    assert made.step is made.problems and made._checked.errors == 7
    assert "半分より多く" in made.problems.banner.words and not made.next.isEnabled()
    go(made, settle)
    assert made.step is made.problems
    made.problems.banner.findChild(QPushButton).click()
    settle()
    assert made.step is made.plan and made.plan.wanted == 5
    made.go_back()
    made.go_back()
    go(made, settle)
    assert not made.next.isEnabled(), "another check asks again"
    assert persons.list_people(town.ctx) == []


def test_a_list_with_as_many_good_rows_goes_on(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    path = broken_list(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n,,S15", "\n見本　五,,S15".encode("cp932")))
    made = wizard("evacuees", path, shelter_id=town.shelters[0])
    go(made, settle, 2)
    assert made._checked.errors == 6 and made.next.isEnabled() and "半分より多く" not in made.problems.banner.words


def test_a_profile_reads_lists_of_people_and_its_name_is_kept(wizard: Make, tmp_path: Path, settle: Settle, town: Town) -> None:
    text = "なまえ,よみ,うまれ,せい\r\n見本　梅,ミホン　ウメ,S10.2.3,2\r\n"
    first = wizard("evacuees", write(tmp_path, "a.csv", text), shelter_id=town.shelters[0])
    go(first, settle)
    bar = first.mapping.profiles
    assert bar is not None
    for heading, key in (("なまえ", "name"), ("よみ", "kana"), ("うまれ", "birth"), ("せい", "sex")):
        first.mapping.assign(heading, key)
    bar.save("本町の用紙")
    settle()
    assert bar.profile is not None and bar.profile.name == "本町の用紙"
    go(first, settle, 3)
    assert first.step is first.outcome and len(persons.list_people(town.ctx)) == 1
    again = wizard("evacuees", write(tmp_path, "b.csv", text.replace("梅", "松").replace("ウメ", "マツ")), shelter_id=town.shelters[0])
    go(again, settle)
    assert again.mapping.profile is not None and again.mapping.profile.name == "本町の用紙" and again.mapping.chosen()["うまれ"] == "birth"


def test_shelters_offer_profiles_and_head_counts_do_not(wizard: Make, tmp_path: Path, settle: Settle) -> None:
    assert wizard("shelters", write(tmp_path, "a.csv", LIST)).mapping.profiles is not None
    assert wizard("headcounts", *counts(tmp_path)).mapping.profiles is None


def test_a_roster_on_paper_comes_in_under_its_site(town: Town, wizard: Make, settle: Settle, tmp_path: Path) -> None:
    made = wizard("evacuees", write(tmp_path, "a.csv", PEOPLE), shelter_id=town.shelters[0])
    picker = made.files.site
    assert picker is not None and picker.name == "" and picker.make_box.isHidden()
    picker.box.setEditText("見本公民館")
    assert not picker.make_box.isHidden()
    go(made, settle)
    assert made.step is made.files and "「見本公民館」という拠点" in made.files.banner.words
    picker.make_box.setChecked(True)
    go(made, settle, 4)
    assert len(town.ctx.reads.all("person")) == 2
    assert town.sql("SELECT count(*) FROM journal WHERE site = (SELECT id FROM site WHERE name = '見本公民館') AND kind = 'person'") == [(2,)]
