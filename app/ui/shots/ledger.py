"""収支: overview, reports, what the prefecture is told, the journal, one family."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.payments import Payment
from app.ui.stage import Stage, shot


@shot("ledger")
def _overview(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    window.go("ledger", tab="overview")
    return window


@shot("ledger-budget")
def _budget(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    window.go("ledger", tab="overview")
    stage.settle()
    return window.current.tab("overview").entries.allot()


@shot("ledger-reports")
def _reports(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    window.go("ledger", tab="reports", by="category")
    return window


@shot("ledger-reports-district")
def _district(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    window.go("ledger", tab="reports", by="district")
    return window


@shot("ledger-reports-day")
def _day(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    window.go("ledger", tab="reports", by="day")
    return window


@shot("ledger-prefecture")
def _prefecture(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    window.go("ledger", tab="prefecture")
    return window


@shot("ledger-journal")
def _journal(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    window.go("ledger", tab="journal")
    return window


@shot("ledger-household")
def _household(stage: Stage) -> QWidget:
    window = stage.window("ledger")
    paid = next(one for one in window.context.reads.all("payment") if isinstance(one, Payment) and one.state == "paid")
    window.go("ledger", tab="household", text=paid.name)
    return window
