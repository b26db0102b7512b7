"""収支 in the window: entries by two people, reports, the prefecture, the journal, one family and its notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.printing.raster import count_pages
from app.ui.main_window import MainWindow
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import ledger, postings
from tests.relief_books import SECOND, Books, open_books
from tests.stores import Town
from tests.ui.conftest import press

Settle = Callable[[], None]


@pytest.fixture
def books(town: Town) -> Books:
    return open_books(town)


@pytest.fixture
def opened(books: Books, window: MainWindow, settle: Settle) -> Callable[[str], Any]:
    """A tab of 収支, settled."""

    def show(key: str, **arguments: Any) -> Any:
        window.go("ledger", tab=key, **arguments)
        settle()
        return window.current.tab(key)

    return show


def fill(books: Books) -> None:
    """Three million came in; one household was paid, one is on its way."""
    ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=3_000_000, memo="県から")
    batch, payments = books.batch([[0], [1, 3]])
    with books.ctx.unit() as uow:
        postings.post_sent(uow, batch, payments)
        entry = postings.post_paid(uow, batch, payments[:1])
        uow.commit()
    books.save(payments, state="sent")
    books.save(payments[:1], state="paid", entry=entry, paid_on="2024-01-02")


def cells(table: Any, row: int) -> list[str]:
    model = table.model()
    return [str(model.index(row, column).data() or "") for column in range(model.columnCount())]


def enter(dialog: Any, settle: Settle, **raw: str) -> None:
    """Fill a form in and save it."""
    for key, text in raw.items():
        dialog.body.editors[key].set_raw(text)
    dialog.save()
    settle()
    settle()


def test_a_budget_is_entered_and_shown(opened: Any, books: Books, settle: Settle) -> None:
    tab = opened("overview")
    assert tab.empty.isVisibleTo(tab) and not tab.body.isVisibleTo(tab)
    press(tab, Qt.Key.Key_F2)
    dialog = tab.findChild(FormDialog)
    enter(dialog, settle, place=f"{books.programme.id}/", amount="2,000,000", memo="県 概算")
    assert tab.tiles["received"].number == "2,000,000"
    assert tab.tiles["free"].number == "2,000,000"
    assert cells(tab.table, 0)[0] == "義援金"


def test_cash_for_a_site_needs_a_second_name(opened: Any, books: Books, settle: Settle) -> None:
    ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=500_000)
    tab = opened("overview")
    tab.refresh()
    settle()
    site = ledger.find_site(books.ctx, name=books.ctx.place.site_name)
    dialog = tab.entries.allot()
    enter(dialog, settle, site_id=site, amount="100,000")
    assert dialog.isVisible()  # the second person is missing
    second = next(one for one, name in tab.entries.offers.seconds if name == SECOND)
    enter(dialog, settle, site_id=site, amount="100,000", second=second)
    assert not dialog.isVisible()
    assert ledger.read_funds(books.ctx)[1].sites == 100_000


def test_the_check_says_that_everything_agrees_or_what_does_not(opened: Any, books: Books, settle: Settle) -> None:
    fill(books)
    tab = opened("overview")
    press(tab, Qt.Key.Key_F9)
    settle()
    assert "合っています" in tab.banner.words
    with books.ctx.unit() as uow:
        payment = uow.payments.where(state="sent")[0]
    books.save([payment], state="paid", entry="nowhere")
    tab.check()
    settle()
    assert "仕訳がありません" in tab.banner.words


def test_reports_by_category_and_day(opened: Any, books: Books, settle: Settle) -> None:
    fill(books)
    tab = opened("reports", by="category")
    table = tab.tables["category"]
    assert [cells(table, row)[0] for row in range(4)] == ["合計", "全壊 / 義援金", "半壊 / 義援金", "死者 / 義援金"]
    assert cells(table, 1)[1:3] == ["2", "400,000"]
    tab.arrive(by="category", round_id=books.round.id)
    settle()
    assert [cells(table, row)[0] for row in range(2)] == ["合計", "全壊"]
    tab.arrive(by="day")
    settle()
    assert cells(tab.tables["day"], 0)[0] == "合計"
    assert cells(tab.tables["day"], 1)[1] == "3,000,000"
    assert tab.export_button.isEnabled()


def test_what_the_prefecture_is_told(opened: Any, books: Books, settle: Settle) -> None:
    fill(books)
    tab = opened("prefecture")
    assert tab.choice.programme_id == books.programme.id and tab.choice.round_id == books.round.id
    assert (tab.tiles["left"].number, tab.report.unassigned) == ("-200,000", 3_000_000)
    ledger.receive_budget(books.ctx, programme_id=books.programme.id, round_id=books.round.id, amount=1_000_000)
    tab.refresh()
    settle()
    assert tab.tiles["left"].number == "800,000"
    dialog = tab.type_estimates()
    enter(dialog, settle, 全壊="12")
    assert tab.report.lines[0].estimated == 12
    assert cells(tab.table, 0)[4:6] == ["12", "2,400,000"]


def test_an_entry_is_taken_back_from_the_journal(opened: Any, books: Books, settle: Settle) -> None:
    fill(books)
    tab = opened("journal")
    assert tab.count.text() == "4件"
    kinds = [tab.table.rows.row(row).kind for row in range(tab.table.model().rowCount())]
    tab.table.make_current(kinds.index("sent"))
    assert not tab.reverse_button.isEnabled()
    tab.table.make_current(kinds.index("budget"))
    assert tab.reverse_button.isEnabled()
    row = tab.table.current_row()
    dialog = tab.entries.reverse(row)
    enter(dialog, settle, reason="金額の打ち間違い", second=next(one for one, name in tab.entries.offers.seconds if name == SECOND))
    assert tab.count.text() == "5件"
    assert ledger.read_funds(books.ctx)[1].received == 0
    tab.finder.setText("打ち間違い")
    tab.narrow()
    settle()
    assert tab.count.text() == "1件"


def test_a_family_and_its_notice(opened: Any, books: Books, settle: Settle, tmp_path: Path) -> None:
    fill(books)
    tab = opened("household", text="見本　父")
    settle()
    assert tab.statement is not None
    assert [line.number for line in tab.statement.lines] == ["E001", "E003"]
    assert (tab.tiles["paid"].number, tab.tiles["under_way"].number) == ("0", "1,200,000")
    from app.interchange.exporting.relief_reports import print_statement

    done = print_statement(books.ctx, statement=tab.statement, out=tmp_path / "notice.pdf")
    assert count_pages(tmp_path / "notice.pdf") == done.pages == 1
    dialog = tab.print_notice()
    assert dialog is not None and dialog.isVisible()
    dialog.reject()


def test_somebody_without_the_right_sees_no_books(books: Books, window: MainWindow, settle: Settle) -> None:
    window.context = replace(window.context, actor=replace(window.context.actor, roles=("desk",)))
    window.go("ledger")
    settle()
    page = window.current
    assert page.closed and not page.tabs.isVisibleTo(page)


def test_an_overpayment_that_came_back_is_booked_where_the_family_is_shown(opened: Any, books: Books, settle: Settle) -> None:
    with books.ctx.unit() as uow:
        one = uow.entitlements.save(replace(uow.entitlements.need(books.entitlements[2].id), over=40_000, flag="over"))
        postings.post_overpaid(uow, [(one, 40_000)])
        uow.commit()
    tab = opened("household", entitlement_id=one.id)
    settle()
    assert tab.over_button.isVisibleTo(tab) and not tab.over_button.isEnabled()
    tab.table.make_current(0)
    tab.take_overpaid()
    settle()
    second = next(one for one, name in ledger.list_seconds(books.ctx) if name == SECOND)
    enter(tab.findChild(FormDialog), settle, amount="40,000", second=second)
    settle()
    assert tab.statement.over == 0 and not tab.over_button.isVisibleTo(tab)
    assert ledger.verify_books(books.ctx) == []
