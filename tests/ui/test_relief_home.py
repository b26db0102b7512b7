"""What waits where money is concerned, on the home page."""

from __future__ import annotations

import pytest

from app.ui.main_window import MainWindow
from app.ui.pages.home import tasks_of
from app.ui.pages.home_money import money_tasks
from app.ui.widgets.task_line import TaskLine
from app.usecases.overview import take_overview
from app.usecases.relief_overview import NO_MONEY, ReliefOverview
from tests.relief_town import add_casualty
from tests.stores import Town

pytestmark = pytest.mark.gui


def test_money_that_waits_is_said_with_its_sum_and_the_way_there() -> None:
    seen = ReliefOverview(to_approve=2, to_approve_total=350_000, unpaid=1, unpaid_total=50_000, uncollected=3, uncollected_total=90_000)
    assert money_tasks(NO_MONEY) == []
    assert [(task[1], task[2], task[4]) for task in money_tasks(seen)] == [
        ("bad", "振り込めなかった支給 1 件", "transfers"), ("warn", "承認を待つ支給決定簿 2 件", "relief"),
        ("info", "まだ受け取られていない引換券 3 枚", "cash"),
    ]  # fmt: skip
    assert "350,000円" in money_tasks(seen)[1][3]


def test_what_presses_most_comes_first(town: Town) -> None:
    tones = [task[1] for task in tasks_of(take_overview(town.ctx), ReliefOverview(unpaid=1, to_check=1, results=1))]
    assert tones == sorted(tones, key=("bad", "warn", "info").index) and {"bad", "warn", "info"} <= set(tones)


def test_a_casualty_to_confirm_appears_as_soon_as_it_is_entered_and_leads_to_its_tab(window: MainWindow, town: Town, settle) -> None:
    add_casualty(town.ctx, "死亡　四", "dead", state="reported")
    window.runner.changed.emit({"casualty": frozenset({"x"})})
    settle()
    (line,) = [line for line in window.findChildren(TaskLine) if "人的被害" in line.words]
    assert line.words == "確認を待つ人的被害 1 人"
    line.pressed.emit()
    settle()
    assert window.current.key == "relief" and window.current.current_key == "casualties"
    assert window.current.tab("casualties").state.currentData() == "reported"
