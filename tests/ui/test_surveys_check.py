"""確認: a second person accepts or returns; nobody checks what they entered; many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.ui.main_window import MainWindow
from app.ui.surveys import check_tab
from app.usecases import surveys
from tests.stores import Town
from tests.ui.conftest import press
from tests.ui.survey_town import entered, grade, house, somebody_else

Settle = Callable[[], None]


@pytest.fixture
def homes(town: Town) -> list[str]:
    """Three houses with a survey each that waits."""
    made = [house(town, f"見本市本町{place}") for place in (1, 2, 3)]
    for place, home in enumerate(made):
        entered(town, home, 20 + 20 * place)
    return made


@pytest.fixture
def tab(homes: list[str], window: MainWindow, town: Town, settle: Settle) -> Any:
    """The tab of somebody who entered none of them."""
    window.context = somebody_else(town)
    window.go("surveys", tab="check")
    settle()
    made = window.current.tab("check")
    made.table.make_current(0)
    settle()
    return made


def state(town: Town, building_id: str) -> str:
    from app.usecases import buildings

    return buildings.building_rows(town.ctx, [building_id])[0].state


def test_nothing_waits(window: MainWindow, town: Town, settle: Settle) -> None:
    window.go("surveys", tab="check")
    settle()
    tab = window.current.tab("check")
    assert tab.empty.isVisibleTo(tab) and not tab.table.isVisibleTo(tab) and not tab.accept_button.isEnabled()


def test_the_title_tells_how_many_wait(tab: Any, town: Town, settle: Settle) -> None:
    place = [entry.key for entry in tab.page.shown_entries].index("check")
    assert tab.page.tabs.tabText(place) == "確認 (3)" and check_tab.count_waiting(town.ctx) == 3


def test_a_accepts_and_goes_on_to_the_next(tab: Any, homes: list[str], town: Town, settle: Settle) -> None:
    first = tab.current
    assert "壁 75" in tab.view.steps.text() and tab.accept_button.isEnabled()
    tab.table.setFocus()
    press(tab.table, Qt.Key.Key_A)
    settle()
    assert grade(town, first.building_id) == first.grade and tab.table.rows.rowCount() == 2
    assert tab.current is not None and tab.current.id != first.id
    checked = surveys.survey_rows(town.ctx, [first.id])[0]
    assert (checked.state, checked.counting) == ("counted", True)


def test_r_returns_with_a_reason(tab: Any, town: Town, settle: Settle) -> None:
    first = tab.current
    dialog = tab.send_back()
    dialog.save()
    assert dialog.isVisible() and dialog.body.editors["reason"].problem
    dialog.body.editors["reason"].set_raw("外壁の写真と合わない")
    dialog.save()
    settle()
    row = surveys.survey_rows(town.ctx, [first.id])[0]
    assert (row.state, row.check_note) == ("returned", "外壁の写真と合わない") and grade(town, first.building_id) == ""


def test_many_at_once_after_a_question(tab: Any, homes: list[str], town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(parent: Any, question: str, detail: str, **words: Any) -> bool:
        asked.append(f"{question} {detail}")
        return len(asked) > 1

    monkeypatch.setattr(check_tab, "ask", answer)
    tab.table.selectAll()
    assert tab.accept_button.text() == "3件を認める（A）"
    tab.accept()
    settle()
    assert [grade(town, home) for home in homes] == ["", "", ""] and "準半壊 1件" in asked[0]
    tab.accept()
    settle()
    assert [grade(town, home) for home in homes] == ["semi_half", "medium", "large"] or all(grade(town, home) for home in homes)
    assert tab.empty.isVisibleTo(tab)


def test_own_entries_are_greyed_and_say_why(homes: list[str], window: MainWindow, town: Town, settle: Settle) -> None:
    window.go("surveys", tab="check")
    settle()
    tab = window.current.tab("check")
    tab.table.make_current(0)
    settle()
    assert tab.current.mine and not tab.accept_button.isEnabled() and not tab.return_button.isEnabled()
    assert "自分" in tab.accept_button.toolTip() and "自分" in tab.banner.words and tab.banner.isVisibleTo(tab)
    tab.accept()
    assert tab.send_back() is None
    settle()
    assert [grade(town, home) for home in homes] == ["", "", ""]


def test_own_ones_among_many_are_left_and_named(tab: Any, homes: list[str], town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_tab, "ask", lambda *_, **__: True)
    own = house(town, "見本市港町9")
    surveys.record_survey(
        somebody_else(town), building_id=own, inputs={"hazard": "earthquake", "stage": 1, "structure": "wood", "parts": {}}, surveyed_on="2024-01-02",
        surveyors=["確認　二郎"],
    )  # fmt: skip
    tab.refresh()
    settle()
    tab.table.selectAll()
    settle()
    tab.accept()
    settle()
    assert all(grade(town, home) for home in homes) and grade(town, own) == ""
    assert tab.banner.words.startswith("1件はそのままです") or "自分" in tab.banner.words


def test_what_somebody_changed_meanwhile_is_not_accepted_unseen(tab: Any, town: Town, settle: Settle) -> None:
    seen = tab.current
    surveys.record_survey(
        town.ctx, building_id=seen.building_id, survey_id=seen.id, surveyed_on="2024-01-02",
        inputs={"hazard": "earthquake", "stage": 1, "structure": "wood", "parts": {"wall": [[5, 100]]}},
    )  # fmt: skip
    tab.accept()
    settle()
    assert grade(town, seen.building_id) == "" and "もう一度" in tab.banner.words


def test_without_the_right_the_tab_cannot_be_opened(window: MainWindow, town: Town, settle: Settle) -> None:
    window.context = town.acting("view")
    window.go("surveys", tab="check")
    settle()
    assert window.current.current_key == "buildings"
