"""名簿: conditions, both times, saved views, print and export with the access log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.dates import parse_instant
from app.presentation.forms.roster_filter import ROSTER_FILTER, apply_values, form_values, say_filter
from app.ui.main_window import MainWindow
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import persons, reception, rosters
from app.usecases.reception import Arrival
from app.usecases.rows import RosterFilter
from tests.stores import START, Town
from tests.ui.conftest import press
from tests.ui.test_shelters import shown

Settle = Callable[[], None]


@pytest.fixture
def people(town: Town) -> list[str]:
    """A family at one shelter, a visitor at another, and somebody under protection."""
    family = reception.check_in(
        town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident(name)) for name in ("太郎", "花", "一郎")]
    )
    visitor = {
        "name": "𠮷田　旅子",
        "kana": "ヨシダ　タビコ",
        "birth": "H1.4.1",
        "sex": "female",
        "source": "visitor",
        "consent_board": "yes",
    }
    other = reception.check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(values={**visitor, "needs": ("medication",)})])
    hidden = reception.check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("静"))])
    town.clock.forward(hours=1)
    return [*family.persons, *other.persons, *hidden.persons]


@pytest.fixture
def page(window: MainWindow, people: list[str], settle: Settle) -> Any:
    """The page, settled."""
    window.go("roster")
    settle()
    return window.current


def names(page: Any) -> list[str]:
    """Who is shown."""
    return [page.table.rows.row(place).name for place in range(page.table.rows.rowCount())]


def test_shows_everybody_by_kana_and_says_who_is_left_out(page: Any) -> None:
    assert [name.split("　")[0] for name in names(page)] == ["髙橋", "髙橋", "髙橋", "𠮷田"]
    assert "4人" in page.count.text() and "支援措置のため載せない人 1人" in page.count.text()


def test_each_look_is_in_the_access_log(page: Any, town: Town, settle: Settle) -> None:
    before = len(town.ctx.reads.journal.access())
    page.reset()
    settle()
    entries = town.ctx.reads.journal.access()
    assert len(entries) == before + 1 and (entries[0].action, entries[0].persons) == ("view", 4)


def test_protected_people_are_shown_to_those_with_the_right(page: Any, settle: Settle) -> None:
    page.protected.setChecked(True)
    settle()
    assert len(names(page)) == 5 and "支援措置の人を含む" in page.conditions.text()


def test_filters_by_shelter_text_and_presence(page: Any, town: Town, people: list[str], settle: Settle) -> None:
    page.arrive(shelter_id=town.shelters[1])
    settle()
    assert names(page) == ["𠮷田　旅子"]
    page.reset()
    page.finder.setText("ハナ")
    page._ask()
    settle()
    assert names(page) == ["髙橋　花"]
    reception.check_out(town.ctx, person_id=people[0], destination="unknown")
    town.clock.forward(minutes=5)
    page.arrive(show="without_destination")
    settle()
    assert names(page) == ["髙橋　太郎"] and "退所先が分からない人" in page.conditions.text()


def test_as_it_was_and_as_it_was_known(page: Any, town: Town, people: list[str], settle: Settle) -> None:
    known = town.clock()
    town.clock.forward(hours=5)
    persons.correct_person(
        town.ctx, person_id=people[3], version=town.ctx.reads.get("person", people[3]).version, values={"name": "吉田　旅子"}
    )
    page.refresh()
    settle()
    assert "吉田　旅子" in names(page)
    page.known.set_moment(known)
    page._ask()
    settle()
    assert "𠮷田　旅子" in names(page) and "に分かっていた内容" in page.count.text()
    page.known.set_moment(None)
    page.at.line.setText("R6.1.1")
    page.at.line.editingFinished.emit()
    settle()
    assert names(page) == [] and page.empty.isVisible() and page.wanted.at == parse_instant("2024-01-01T00:00")


def test_more_conditions_from_the_form(page: Any, settle: Settle) -> None:
    page.ask_more()
    dialog = shown(FormDialog)
    dialog.body.editors["needs"].set_raw("medication")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert names(page) == ["𠮷田　旅子"] and "服薬" in page.conditions.text()
    page.ask_more()
    dialog = shown(FormDialog)
    assert dialog.body.editors["needs"].raw() == "medication"
    dialog.body.editors["needs"].set_raw("")
    dialog.body.editors["band"].set_raw("youth")
    dialog.save()
    settle()
    assert names(page) == ["髙橋　一郎"]


def test_conditions_survive_the_form() -> None:
    wanted = RosterFilter(at=START, age_from=65, age_to=74, needs=("care",), consent="web", category="car", any_need=True)
    values, problems = ROSTER_FILTER.parse(ROSTER_FILTER.raw(form_values(wanted)))
    assert not problems and apply_values(RosterFilter(at=START), values) == wanted
    assert say_filter(wanted) == ["65～74歳", "車中", "配慮：要介護", "配慮が必要な人", "同意：Webでの公表"]
    _, problems = ROSTER_FILTER.parse({**ROSTER_FILTER.defaults(), "age_from": "70", "age_to": "60"})
    assert problems


def test_one_household_and_back(page: Any, settle: Settle) -> None:
    page.table.selectRow(0)
    page._only_household()
    settle()
    assert len(names(page)) == 3
    page._only_household()
    settle()
    assert len(names(page)) == 4


def test_views_are_kept_and_used(page: Any, town: Town, settle: Settle) -> None:
    page.arrive(shelter_id=town.shelters[1])
    settle()
    page.save_view()
    dialog = shown(FormDialog)
    dialog.body.editors["name"].set_raw("公民館の名簿")
    dialog.save()
    settle()
    assert [view.name for view in rosters.saved_views(town.ctx)] == ["公民館の名簿"]
    page.reset()
    settle()
    page.view_box.setCurrentIndex(1)
    page._use_view()
    settle()
    assert names(page) == ["𠮷田　旅子"] and page.shelter.shelter_id == town.shelters[1]


def test_columns_can_be_chosen_and_posting_takes_only_those_who_agreed(page: Any) -> None:
    wide = page.table.rows.columnCount()
    page.columns.setCurrentIndex(page.columns.findData("full"))
    page._show_columns()
    assert page.table.rows.columnCount() > wide
    page.columns.setCurrentIndex(page.columns.findData("publishable"))
    page._show_columns()
    assert names(page) == ["𠮷田　旅子"] and "掲示に同意していない人 3人" in page.count.text()
    assert "address" not in {column.key for column in page.table.rows.columns}
    page.table._pick_view("standard")
    assert page.columns.currentData() == "standard" and len(names(page)) == 4


@pytest.mark.parametrize("code", ["csv", "csv-cp932", "xlsx", "html", "pdf-large", "pdf-compact"])
def test_takes_out_in_every_format(
    page: Any, town: Town, settle: Settle, tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("app.ui.widgets.export_dialog.open_file", opened.append)
    (page.print if code.startswith("pdf") else page.export)()
    dialog: ExportDialog = shown(ExportDialog)
    dialog.choose(code)
    dialog.purpose.setText("物資の配付")
    out = tmp_path / f"名簿 {code}.{dialog.format.suffix}"
    dialog.path.setText(str(out))
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    entry = town.ctx.reads.journal.access(limit=1)[0]
    assert (entry.action, entry.purpose, entry.persons, entry.target) == ("print" if "pdf" in code else "export", "物資の配付", 4, out.name)
    content = out.read_bytes()
    assert "ワタナベ".encode() not in content and "ワタナベ".encode("cp932") not in content
    if code == "csv-cp932":
        assert dialog.isVisible() and [lost.char for lost in (dialog.lost.rows.row(0),)] == ["𠮷"] and b"?" not in content
        dialog.reject()
    elif code in ("csv", "html"):
        assert "𠮷田".encode() in content and opened == [out] and not dialog.isVisible()
    else:
        assert len(content) > 1000


def test_no_purpose_no_export(page: Any, settle: Settle, tmp_path: Path) -> None:
    page.export()
    dialog: ExportDialog = shown(ExportDialog)
    dialog.purpose.setText(" ")
    dialog.path.setText(str(tmp_path / "a.csv"))
    dialog.run()
    settle()
    assert "目的" in dialog.banner.words and not (tmp_path / "a.csv").exists()
    dialog.reject()


def test_a_folder_that_is_gone_is_said_and_nothing_is_left(
    page: Any, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Exception] = []
    monkeypatch.setattr("app.ui.faults.show", lambda parent, error, retry=None: told.append(error))
    page.export()
    dialog: ExportDialog = shown(ExportDialog)
    dialog.path.setText(str(tmp_path / "ない" / "a.csv"))
    dialog.run()
    settle()
    assert [getattr(error, "code", "") for error in told] == ["file.folder_missing"] and dialog.isVisible()
    dialog.reject()
