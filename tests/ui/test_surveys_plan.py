"""班・予定 and 再調査: teams, lists of a day, what came of visits, the next round; requests answered, the degree up and down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.ui.main_window import MainWindow
from app.usecases import survey_plans, surveys
from tests.stores import Town
from tests.ui.conftest import press
from tests.ui.survey_town import DAY, EARTHQUAKE, counted, grade, house, somebody_else

Settle = Callable[[], None]


@pytest.fixture
def plan(window: MainWindow, settle: Settle) -> Any:
    """The tab of plans, settled."""
    window.go("surveys", tab="plan")
    settle()
    return window.current.tab("plan")


def team(town: Town, name: str = "1班") -> str:
    return survey_plans.save_team(town.ctx, values={"name": name, "members": ("調査　太郎",)})[0]


def test_first_a_team(plan: Any, town: Town, settle: Settle) -> None:
    assert plan.empty.isVisibleTo(plan) and not plan.table.isVisibleTo(plan)
    dialog = plan.teams.add()
    dialog.body.editors["name"].set_raw("1班")
    dialog.body.editors["members"].set_raw("調査　太郎\n\n例示　次郎 ")
    dialog.save()
    settle()
    assert [(one.team.name, one.team.members) for one in survey_plans.list_teams(town.ctx)] == [("1班", ("調査　太郎", "例示　次郎"))]
    assert plan.table.isVisibleTo(plan) and plan.no_list.isVisibleTo(plan)


def test_unsurveyed_buildings_of_a_district_go_onto_a_list(plan: Any, town: Town, settle: Settle) -> None:
    team(town)
    wanted = [house(town, f"見本市本町{place}", district="本町") for place in (10, 2, 1)]
    house(town, "見本市港町1", district="港町")
    counted(town, wanted[0])
    plan.refresh()
    settle()
    plan.teams.table.make_current(0)
    dialog = plan.assign()
    settle()
    dialog.district.setCurrentIndex(dialog.district.findData("本町"))
    dialog.suggest()
    settle()
    assert dialog.count.text() == "2棟を予定に入れます" and dialog.team.currentText().startswith("1班")
    dialog.body.editors["day"].set_raw("R6.1.3")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    rows = survey_plans.list_assignments(town.ctx, day="2024-01-03")
    assert [(one.address, one.position, one.round) for one in rows] == [("見本市本町1", 0, 1), ("見本市本町2", 1, 1)], "in walking order"
    plan.arrive(day="2024-01-03")
    settle()
    assert plan.table.rows.rowCount() == 2 and plan.count.text() == "2棟（済み 0）"


def test_outcomes_by_one_key_and_the_next_round(plan: Any, town: Town, settle: Settle) -> None:
    ids = [house(town, f"見本市本町{place}") for place in (1, 2, 3)]
    survey_plans.assign_buildings(town.ctx, team_id=team(town), day=DAY, building_ids=ids)
    plan.refresh()
    settle()
    plan.teams.table.make_current(0)
    settle()
    plan.table.make_current(0)
    plan.table.setFocus()
    press(plan.table, Qt.Key.Key_1)
    settle()
    assert plan.table.currentIndex().row() == 1, "on to the next house"
    press(plan.table, Qt.Key.Key_4)
    settle()
    assert [one.outcome for one in survey_plans.list_assignments(town.ctx, day=DAY)] == ["absent", "unsafe", ""]
    assert plan.next_button.isEnabled()
    dialog = plan.plan_next()
    dialog.body.editors["to_day"].set_raw("2024-01-05")
    dialog.save()
    settle()
    again = survey_plans.list_assignments(town.ctx, day="2024-01-05")
    assert [(one.building_id, one.round) for one in again] == [(ids[0], 2)]


def test_the_order_changes_and_buildings_come_off(plan: Any, town: Town, settle: Settle) -> None:
    ids = [house(town, f"見本市本町{place}") for place in (1, 2, 3)]
    survey_plans.assign_buildings(town.ctx, team_id=team(town), day=DAY, building_ids=ids)
    plan.refresh()
    settle()
    plan.table.make_current(0)
    assert not plan.down_button.isEnabled(), "of all teams there is no order"
    plan.teams.table.make_current(0)
    settle()
    plan.table.make_current(0)
    plan.move(1)
    settle()
    assert [one.building_id for one in survey_plans.list_assignments(town.ctx, day=DAY)] == [ids[1], ids[0], ids[2]]
    assert plan.current.building_id == ids[0], "the keyboard stays on what was moved"
    plan.drop()
    settle()
    assert [one.building_id for one in survey_plans.list_assignments(town.ctx, day=DAY)] == [ids[1], ids[2]]


def test_progress_leads_to_what_is_left(plan: Any, town: Town, settle: Settle) -> None:
    team(town)
    left, done = house(town, "見本市本町1", district="本町"), house(town, "見本市本町2", district="本町")
    counted(town, done)
    plan.refresh()
    settle()
    line = plan.progress.rows.row(0)
    assert (line.buildings, line.surveyed, line.judged, line.remaining) == (2, 1, 1, 1)
    plan.progress.make_current(0)
    plan._show_district()
    settle()
    buildings_tab = plan.page.tab("buildings")
    assert plan.page.current_key == "buildings" and buildings_tab.table.rows.rowCount() == 1 and buildings_tab.table.rows.row_id(0) == left


@pytest.fixture
def appeals(window: MainWindow, settle: Settle) -> Any:
    """The tab of requests, settled."""
    window.go("surveys", tab="appeals")
    settle()
    return window.current.tab("appeals")


def test_no_requests_say_where_they_come_from(appeals: Any) -> None:
    assert appeals.empty.isVisibleTo(appeals) and not appeals.table.isVisibleTo(appeals) and not appeals.accept_button.isEnabled()


def test_a_request_is_taken_answered_and_done(appeals: Any, window: MainWindow, town: Town, settle: Settle) -> None:
    home = house(town)
    counted(town, home, 40)
    acts = window.current.tab("buildings").acts
    form = acts.appeal(town.ctx.reads.get("building", home), asked_by="髙橋　花")
    form.save()
    assert form.isVisible() and form.body.editors["reason"].problem
    form.body.editors["reason"].set_raw("屋内を見ていない")
    form.save()
    settle()
    appeals.refresh()
    settle()
    assert appeals.table.rows.rowCount() == 1 and not appeals.entry_button.isEnabled()
    answer = appeals.accept()
    answer.body.editors["answer"].set_raw("1月3日の午前に伺う")
    answer.save()
    settle()
    row = appeals.current
    assert (row.appeal.state, row.appeal.answer) == ("accepted", "1月3日の午前に伺う") and appeals.entry_button.isEnabled()
    inputs = {**EARTHQUAKE, "stage": 2, "parts": {"roof": [[5, 100]], "pillar": [[5, 100]], "outer_wall": [[5, 100]], "floor": [[5, 100]]}}
    done = surveys.record_survey(
        town.ctx, building_id=home, inputs=inputs, kind="second", surveyed_on=DAY, surveyors=["調査　太郎"], appeal_id=row.appeal.id,
        reason="屋内の柱が傾いている",
    )  # fmt: skip
    surveys.check_surveys(somebody_else(town), survey_ids=[done.survey.id], accept=True)
    appeals.state.setCurrentIndex(0)
    appeals.refresh()
    settle()
    assert surveys.list_appeals(town.ctx)[0].appeal.state == "done" and grade(town, home) == "total"
    assert "中規模半壊 → 全壊（重く）" in appeals.path.text() and "屋内の柱が傾いている" in appeals.path.text()


def test_declining_needs_an_answer(appeals: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    counted(town, home)
    surveys.open_appeal(town.ctx, building_id=home, wants="re", reason="納得できない")
    appeals.refresh()
    settle()
    dialog = appeals.decline()
    dialog.save()
    assert dialog.isVisible() and dialog.body.editors["answer"].problem
    dialog.body.editors["answer"].set_raw("地震の傷みではないことを写真で確かめた")
    dialog.save()
    settle()
    assert surveys.list_appeals(town.ctx)[0].appeal.state == "declined"
    assert appeals.table.rows.rowCount() == 0, "what is finished is out of sight"


def test_lists_and_sheets_of_the_day_on_paper(plan: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    ids = [house(town, f"見本市本町{place}") for place in (1, 2, 3)]
    survey_plans.assign_buildings(town.ctx, team_id=team(town), day=DAY, building_ids=ids)
    plan.refresh()
    settle()
    for name, dialog, code in (("予定表", plan.print_list(), "pdf"), ("調査票", plan.print_sheets(), "pdf-2")):
        dialog.choose(code)
        dialog.path.setText(str(tmp_path / f"{name}.pdf"))
        dialog.purpose.setText("1月2日の調査")
        dialog.open_after.setChecked(False)
        dialog.run()
        settle()
        assert (tmp_path / f"{name}.pdf").read_bytes()[:5] == b"%PDF-", name
