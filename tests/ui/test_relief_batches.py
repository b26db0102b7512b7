"""支給決定簿 in the window: prepare, check, approve with the amount in sight, give back, take lines out, limits, exemptions, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.ui.main_window import MainWindow
from app.ui.relief.batches_approve import ApproveDialog
from app.ui.relief.batches_file import BatchFileDialog
from app.ui.relief.batches_left import PreparedDialog
from app.usecases import batches
from app.usecases.approval_limits import list_limits
from tests.batches_town import Desk, open_desk
from tests.stores import Town
from tests.ui.conftest import press

pytestmark = pytest.mark.gui
Settle = Callable[[], None]


@pytest.fixture
def desk(town: Town) -> Desk:
    """A round with two who can be paid and one without a payee."""
    made = open_desk(town)
    made.entitle(1, due=200_000)
    made.entitle(2, due=50_000, category="半壊")
    made.entitle(3, payee=0)
    return made


def tab(window: MainWindow, settle: Settle, **arguments: Any) -> Any:
    window.go("relief", tab="batches", **arguments)
    settle()
    return window.current.tab("batches")


def draft(desk: Desk) -> str:
    return batches.prepare(desk.maker, round_id=desk.round, title="1回目").batches[0].id


def dialog(window: MainWindow, kind: type) -> Any:
    return [one for one in window.findChildren(kind) if one.isVisible()][-1]


def file_of(window: MainWindow, settle: Settle, batch_id: str) -> BatchFileDialog:
    opened = tab(window, settle).open_file(batch_id)
    settle()
    return opened


def agree(monkeypatch: pytest.MonkeyPatch, *, yes: bool = True) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr("app.ui.relief.batches_acts.ask", lambda _, question, detail="", **__: asked.append(f"{question} {detail}") or yes)
    return asked


def test_the_way_to_a_first_batch(window: MainWindow, settle: Settle, desk: Desk) -> None:
    page = tab(window, settle)
    assert page.empty.isVisible() and not page.table.isVisible()
    page.empty.buttons[0].click()
    assert "選んでから" in page.banner.words


def test_a_batch_is_prepared_and_who_is_left_out_is_told(window: MainWindow, settle: Settle, desk: Desk) -> None:
    page = tab(window, settle, round_id=desk.round, prepare=True)
    assert page.choice.round_id == desk.round
    form = [one for one in page.children() if one.__class__.__name__ == "FormDialog"][-1]
    assert form.isVisible()
    form.save()
    settle()
    made = dialog(window, PreparedDialog)
    assert "2件 250,000円" in made.banner.words and made.table.rows.rowCount() == 1
    made.open_batch()
    settle()
    assert dialog(window, BatchFileDialog).figures.text() == "250,000円"
    assert page.table.rows.rowCount() == 1 and page.count.text() == "1件　250,000円"


def test_a_batch_shows_its_amount_lines_and_steps(window: MainWindow, settle: Settle, desk: Desk) -> None:
    opened = file_of(window, settle, draft(desk))
    assert (opened.figures.text(), opened.count.text(), opened.words.text()) == ("250,000円", "2件", "金弐拾五万円也")
    assert opened.payments.rows.rowCount() == 2 and opened.lines.rows.rowCount() == 2 and opened.steps.rows.rowCount() == 1
    opened.finder.setText("ミホン　0002")
    opened._list()
    settle()
    assert opened.payments.rows.rowCount() == 1


def test_another_person_checks_and_approves_with_the_amount_in_sight(
    window: MainWindow, settle: Settle, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = draft(desk)
    asked = agree(monkeypatch)
    opened = file_of(window, settle, batch)
    assert opened.check_button.isVisible() and opened.approve_button.isVisible()
    opened.check()
    settle()
    assert "250,000円" in asked[0] and opened.file is not None and opened.file.batch.state == "checked"
    shown = opened.approve()
    assert isinstance(shown, ApproveDialog) and shown.figures.text() == "250,000円" and not shown.approve_button.isEnabled()
    shown.approve()
    settle()
    assert opened.file.batch.state == "checked", "nothing is approved before it is ticked"
    shown.seen.setChecked(True)
    shown.approve_button.click()
    settle()
    assert opened.file.batch.state == "approved" and not opened.approve_button.isVisible()
    assert opened.digest.text().startswith("照合値")


def test_nobody_is_offered_to_approve_their_own_work(window: MainWindow, town: Town, settle: Settle, desk: Desk) -> None:
    batch = batches.prepare(town.ctx, round_id=desk.round).batches[0].id
    opened = file_of(window, settle, batch)
    assert not opened.check_button.isVisible() and not opened.approve_button.isVisible() and not opened.return_button.isVisible()
    assert opened.cancel_button.isVisible() and "別の人の確認" in opened.next.words


def test_what_stands_in_the_way_is_told_and_the_batch_read_again(
    window: MainWindow, settle: Settle, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = draft(desk)
    agree(monkeypatch)
    opened = file_of(window, settle, batch)
    batches.return_batch(desk.checker, batch_id=batch, reason="口座を確かめる")
    opened.check()
    settle()
    assert "新しく" in opened.banner.words or "保存" in opened.banner.words or "ほかの人" in opened.banner.words
    assert opened.file is not None and opened.file.batch.state == "returned" and "口座を確かめる" in opened.next.words


def test_lines_are_taken_out_with_a_reason(window: MainWindow, settle: Settle, desk: Desk) -> None:
    opened = file_of(window, settle, draft(desk))
    opened.payments.make_current(1)
    form = opened.remove()
    assert form is not None
    form.body.set_values({"reason": "口座の名義を確かめる"})
    form.save()
    settle()
    assert (opened.figures.text(), opened.count.text()) == ("200,000円", "1件")


def test_an_altered_batch_offers_nothing_and_says_why(window: MainWindow, settle: Settle, desk: Desk) -> None:
    batch = draft(desk)
    batches.check_batch(desk.checker, batch_id=batch)
    desk.town.sql("UPDATE payment SET holder = 'x' WHERE position = 1")
    opened = file_of(window, settle, batch)
    assert opened.next.property("tone") == "bad" and "書き換えられた" in opened.next.words
    assert not any(made.isVisible() for made in opened._by_act.values())


def test_the_sheet_is_written_and_opened(
    window: MainWindow, settle: Settle, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("app.ui.relief.batches_acts.open_file", lambda path: seen.append(path) or True)
    window.preferences.set("export.folder", str(tmp_path))
    opened = file_of(window, settle, draft(desk))
    opened.print_sheet()
    settle()
    assert len(seen) == 1 and seen[0].read_bytes().startswith(b"%PDF")


def test_who_waits_is_counted_and_the_list_narrowed(window: MainWindow, settle: Settle, desk: Desk) -> None:
    draft(desk)
    page = tab(window, settle)
    assert "(1)" in page.page.tabs.tabText(page.page._place("batches"))
    page.state.setCurrentIndex(page.state.findData("approved"))
    page.list()
    settle()
    assert page.nothing.isVisible()
    page.nothing.buttons[0].click()
    settle()
    assert page.table.rows.rowCount() == 1


def test_guarded_batches_are_not_there_for_others(window: MainWindow, town: Town, settle: Settle, desk: Desk) -> None:
    batch = draft(desk)
    with town.ctx.unit() as uow:
        uow.batches.save(replace(uow.batches.need(batch), guarded=True))
        uow.commit()
    window.context = replace(town.ctx, actor=replace(town.ctx.actor, roles=("admin",)))
    page = tab(window, settle)
    assert page.empty.isVisible()
    opened = page.open_file(batch)
    settle()
    assert opened.file is None and "扱えない" in opened.banner.words


def test_limits_are_seen_and_changed(window: MainWindow, town: Town, settle: Settle, desk: Desk) -> None:
    shown = tab(window, settle).show_limits()
    settle()
    assert shown.table.rows.rowCount() == 2
    form = shown.change()
    form.body.set_values({"most_total": 500_000})
    form.save()
    settle()
    assert {one.role: one.most_total for one in list_limits(town.ctx)} == {"approval": 500_000, "admin": None}
    assert shown.table.rows.row(0).most_total == 500_000


def test_exemptions_and_refusals_are_listed(window: MainWindow, town: Town, settle: Settle) -> None:
    made = open_desk(town, kind="exemption")
    line = json.dumps([{"rule": "r", "category": "半壊", "title": "x", "amount": 0, "benefit": "住民税 2分の1減額"}], ensure_ascii=False)
    made.entitle(1, due=0, lines=line)
    made.change(made.entitle(2, due=0, lines=line), state="declined", reason="ほかの人へ")
    page = tab(window, settle)
    shown = page.show_exemptions()
    settle()
    assert shown.count.text() == "2件　1世帯" and shown.table.rows.rowCount() == 2
    press(shown, Qt.Key.Key_Escape)
    refusals = page.show_refusals()
    settle()
    assert refusals.table.rows.row(0).reason == "ほかの人へ"
