"""住民データを取り込む: lists and rebuilds, a Cancel, a run again with a missing file, profiles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.invention_history import HistoryTruth, write_history_files
from app.ui.importing.resident_work import find_doubles
from app.ui.importing.residents_wizard import ResidentsWizard
from app.ui.main_window import MainWindow
from tests.stores import Town
from tests.ui.conftest import press

pytestmark = pytest.mark.gui
Settle = Callable[[], None]
LIST = (
    "宛名番号,氏名,カナ,生年月日,個人番号\r\n"
    + "".join(f"{n},見本　{n}郎,ミホン　ロウ,S40.1.{n % 28 + 1},123456789018\r\n" for n in range(1, 301))
    + "301,,,S1.1.1,\r\n"
)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path], HistoryTruth]:
    """A full dump and four differences of an invented town."""
    return write_history_files(tmp_path_factory.mktemp("history"), residents=400, days=4, changes=30, seed=5)


@pytest.fixture
def page(window: MainWindow, settle: Settle) -> Any:
    """The page, settled."""
    window.go("residents")
    settle()
    return window.current


@pytest.fixture
def wizard(page: Any, settle: Settle) -> ResidentsWizard:
    """The wizard, open."""
    made = page.import_files()
    settle()
    return made


def write(folder: Path, name: str, text: str) -> Path:
    """A file as Excel in Japan saves it."""
    path = folder / name
    path.write_bytes(text.encode("cp932"))
    return path


def go(made: ResidentsWizard, settle: Settle, steps: int = 1) -> None:
    """On, as Ctrl+Enter does."""
    for _ in range(steps):
        made.go_on()
        settle()
        settle()


def choose(made: ResidentsWizard, settle: Settle, *paths: Path) -> None:
    """Files by the dialog."""
    made.add_files(paths)
    settle()


def say_moments(made: ResidentsWizard, truth: HistoryTruth) -> None:
    made.files.form.editors["as_of"].set_raw(f"{truth.as_of.isoformat()} 16:10")
    made.files.form.editors["known_at"].set_raw(f"{truth.known_at.isoformat()} 23:00")


def test_a_plain_list_becomes_the_data_in_use(wizard: ResidentsWizard, tmp_path: Path, settle: Settle, town: Town) -> None:
    assert wizard.files.form.editors["as_of"].raw() == "2024-01-01 16:10", "the time of the disaster"
    choose(wizard, settle, write(tmp_path, "住民.csv", LIST))
    assert [file.role for file in wizard.files.ordered] == ["list"]
    assert wizard.files.view.table is not None and "個人番号" in wizard.files.view.facts.text()
    assert not any("123456789018" in cell for row in wizard.files.ordered[0].sample.rows for cell in row)
    wizard.files.form.editors["label"].set_raw("発災時")
    go(wizard, settle)
    assert "個人番号" not in wizard.mapping.combos
    go(wizard, settle)
    assert wizard.problems.tiles["errors"].number == "1" and "300人を取り込む" in wizard.next.text()
    assert len(town.ctx.reads.residents.snapshots()) == 1, "checking stores nothing"
    go(wizard, settle)
    active = town.ctx.reads.residents.active()
    assert wizard.step is wizard.outcome and active is not None and (active.label, active.residents) == ("発災時", 300)
    assert (wizard.outcome.tiles["residents"].number, wizard.outcome.tiles["rejected"].number) == ("300", "1")
    assert [(mark.name, mark.role, mark.rows, mark.sha256) for mark in active.sources] == [
        ("住民.csv", "list", 301, wizard.files.ordered[0].sha256)
    ]
    pane = wizard.outcome.difference
    assert pane.comparison is not None and (pane.comparison.appeared, pane.comparison.left) == (300, 6)


def test_a_rebuild_recognises_sorts_and_tells(
    wizard: ResidentsWizard, history: tuple[Path, list[Path], HistoryTruth], settle: Settle, town: Town, page: Any
) -> None:
    full, differences, truth = history
    choose(wizard, settle, *reversed(differences), full)
    assert [file.path for file in wizard.files.ordered] == [full, *differences]
    assert [file.role for file in wizard.files.ordered] == ["full", *["difference"] * 4]
    say_moments(wizard, truth)
    go(wizard, settle, 2)
    assert wizard.step is wizard.problems and "組み立てる" in wizard.next.text(), wizard.problems.banner.words
    go(wizard, settle)
    assert wizard.step is wizard.outcome
    made = town.ctx.reads.residents.active()
    assert made is not None and (made.origin, made.residents) == ("rebuild", len(truth.residents))
    assert wizard.outcome.findings.kinds.rows.rowCount() > 2 and wizard.outcome.findings.list.rows.rowCount() > 0
    page.open_tab("snapshots")
    settle()
    detail = page.tab("snapshots").detail
    assert detail.snapshot is not None and detail.snapshot.id == made.id and detail.files.rows.rowCount() == 5
    assert sum(band.male + band.female for band in detail.census.chart.bands) > 300


def test_a_file_given_twice_is_used_once(wizard: ResidentsWizard, history: Any, tmp_path: Path, settle: Settle) -> None:
    full, differences, _ = history
    again = tmp_path / f"写し_{differences[0].name}"
    again.write_bytes(differences[0].read_bytes())
    choose(wizard, settle, full, differences[0], again)
    assert len(wizard.files.files) == 3 and len(wizard.files.ordered) == 2
    assert len(find_doubles(list(wizard.files.files.values()))) == 1
    assert [line.tone for line in wizard.files.lines()].count("warn") == 1 and wizard.next.isEnabled()
    assert again.name in wizard.files.banner.words or differences[0].name in wizard.files.banner.words


def test_a_missing_day_is_said_where_nobody_overlooks_it(
    wizard: ResidentsWizard, history: tuple[Path, list[Path], HistoryTruth], settle: Settle, town: Town, page: Any
) -> None:
    full, differences, truth = history
    choose(wizard, settle, full, differences[0], *differences[2:])
    say_moments(wizard, truth)
    go(wizard, settle, 2)
    assert "番がありません" in wizard.problems.told.text() and wizard.problems.told.isVisible()
    go(wizard, settle)
    assert "抜けている日" in wizard.outcome.banner.words
    said = wizard.outcome.tiles["found"].number
    page.open_tab("snapshots")
    settle()
    detail = page.tab("snapshots").detail
    assert detail.tabText(0) == f"確かめたこと {said}", "one number everywhere"
    kinds = detail.findings.kinds
    for place in range(kinds.rows.rowCount()):
        kinds.make_current(place)
        settle()
        assert "ほかに" not in detail.findings.told.text(), "who sees everybody is not told of hidden ones"


def test_differences_alone_and_mixed_kinds_are_refused(wizard: ResidentsWizard, history: Any, tmp_path: Path, settle: Settle) -> None:
    full, differences, _ = history
    choose(wizard, settle, differences[0])
    assert not wizard.next.isEnabled() and "全件のファイルがありません" in wizard.files.banner.words
    choose(wizard, settle, write(tmp_path, "一覧.csv", LIST))
    assert not wizard.next.isEnabled() and "一緒に取り込めません" in wizard.files.banner.words
    wizard.files.list.select_id(tmp_path / "一覧.csv")
    wizard.files.remove()
    choose(wizard, settle, full)
    assert wizard.next.isEnabled()


def test_what_a_file_is_can_be_said_by_key(wizard: ResidentsWizard, history: Any, settle: Settle) -> None:
    full, differences, _ = history
    choose(wizard, settle, full, differences[0])
    wizard.files.list.select_id(differences[0])
    wizard.files.list.setFocus()
    press(wizard, Qt.Key.Key_F6)
    assert wizard.files.files[differences[0]].role == "list" and not wizard.next.isEnabled()
    wizard.files.set_role("difference")
    assert wizard.next.isEnabled()


def test_cancel_leaves_nothing_behind(wizard: ResidentsWizard, tmp_path: Path, settle: Settle, town: Town) -> None:
    text = "宛名番号,氏名,カナ\r\n" + "".join(f"{n},見本　{n},ミホン\r\n" for n in range(60_000))
    choose(wizard, settle, write(tmp_path, "大.csv", text))
    go(wizard, settle, 2)
    assert wizard.step is wizard.problems
    wizard.go_on()
    QApplication.processEvents()
    assert wizard.step is wizard.progress and not wizard.next.isEnabled()
    press(wizard, Qt.Key.Key_Escape)
    settle()
    assert wizard.isVisible() and wizard.step is wizard.problems and wizard.next.isEnabled()
    assert len(town.ctx.reads.residents.snapshots()) == 1
    assert wizard.problems.table.isHidden() and wizard.problems.sources.hasFocus(), "the keyboard is on something in sight"


def test_running_again_names_what_is_missing_and_shows_the_difference(
    page: Any, history: Any, tmp_path: Path, settle: Settle, town: Town
) -> None:
    full, differences, truth = history
    first = page.import_files()
    moved = tmp_path / differences[0].name
    moved.write_bytes(differences[0].read_bytes())
    choose(first, settle, full, moved)
    say_moments(first, truth)
    go(first, settle, 3)
    assert first.step is first.outcome
    first.accept()
    moved.rename(tmp_path / "よそ.csv")
    made = town.ctx.reads.residents.active()
    assert made is not None
    page.open_tab("snapshots")
    settle()
    again = page.import_again(made)
    settle()
    mark = next(source.sha256 for source in made.sources if source.role == "difference")
    assert moved.name in again.files.banner.words and mark in again.files.banner.words and not again.next.isEnabled()
    choose(again, settle, tmp_path / "よそ.csv", *differences[1:])
    assert again.next.isEnabled() and len(again.files.ordered) == 5, again.files.banner.words
    say_moments(again, truth)
    go(again, settle, 3)
    assert again.step is again.outcome
    pane = again.outcome.difference
    assert pane.comparison is not None and pane.comparison.before.id == made.id
    assert pane.comparison.appeared + pane.comparison.left + pane.comparison.changed > 0
    assert town.ctx.reads.residents.active().residents == len(truth.residents)


def test_a_changed_file_is_said_when_run_again(page: Any, tmp_path: Path, settle: Settle, town: Town) -> None:
    path = write(tmp_path, "住民.csv", LIST)
    first = page.import_files()
    choose(first, settle, path)
    go(first, settle, 3)
    first.accept()
    path.write_bytes(path.read_bytes() + "400,見本　末,ミホン,S1.1.1,\r\n".encode("cp932"))
    again = page.import_again(town.ctx.reads.residents.active())
    settle()
    assert "前に使ったときと違います" in again.files.banner.words and not again.next.isEnabled()


def test_a_profile_is_saved_and_used(wizard: ResidentsWizard, tmp_path: Path, settle: Settle) -> None:
    path = write(tmp_path, "変.csv", "番,なまえ,よみ\r\n1,見本　一,ミホン\r\n2,見本　二,ミホン\r\n")
    choose(wizard, settle, path)
    go(wizard, settle)
    assert wizard.step is wizard.mapping and wizard.mapping.profiles is not None
    wizard.mapping.use_profile(None)
    wizard.mapping.assign("なまえ", "name")
    wizard.mapping.assign("番", "resident_no")
    wizard.mapping.profiles.save("見本市の一覧")
    settle()
    assert wizard.mapping.profile is not None and wizard.mapping.profile.columns["なまえ"] == "name"
    wizard.mapping.use_profile(None)
    wizard.mapping.use_profile(wizard.mapping.profile)
    assert wizard.mapping.chosen()["番"] == "resident_no" and wizard.next.isEnabled()


def test_a_broken_file_loads_nothing(wizard: ResidentsWizard, tmp_path: Path, settle: Settle, town: Town) -> None:
    path = write(tmp_path, "住民.csv", "氏名,カナ\r\n" + "見本　一,ミホン\r\n" * 20_000)
    path.write_bytes(path.read_bytes() + '"開いたまま,ミホン\r\n'.encode("cp932"))
    choose(wizard, settle, path)
    go(wizard, settle, 2)
    assert not wizard.next.isEnabled() and wizard.problems.table.rows.rowCount() == 1
    assert len(town.ctx.reads.residents.snapshots()) == 1


def test_swapped_columns_are_said_and_can_be_insisted_on(wizard: ResidentsWizard, tmp_path: Path, settle: Settle) -> None:
    text = "宛名番号,氏名,カナ,生年月日\r\n" + "".join(f"{n},見本　花,S40.1.{n % 28 + 1},ミホン　ハナ\r\n" for n in range(1, 60))
    choose(wizard, settle, write(tmp_path, "逆.csv", text))
    go(wizard, settle, 2)
    assert wizard.step is wizard.problems and not wizard.next.isEnabled() and "列の中身" in wizard.problems.banner.words
    wizard._insist()
    settle()
    assert wizard.next.isEnabled() and wizard.problems.tiles["warnings"].number != "0"
