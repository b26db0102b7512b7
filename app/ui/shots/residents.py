"""住民データ, tab by tab, and everything that opens from there."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.ui.stage import Stage, shot


def _dialog(stage: Stage) -> QWidget:
    """The dialog that has just been opened."""
    stage.settle()
    return next(top for top in reversed(QApplication.topLevelWidgets()) if isinstance(top, QDialog) and top.isVisible())


@shot("residents-list")
def _list(stage: Stage) -> QWidget:
    window = stage.window("residents")
    window.go("residents", tab="list")
    return window


@shot("residents-household")
def _household(stage: Stage) -> QWidget:
    page = stage.window("residents").current
    stage.settle()
    tab = page.tab("list")
    tab.table.selectRow(0)
    tab.open_household()
    return _dialog(stage)


@shot("residents-snapshots")
def _snapshots(stage: Stage) -> QWidget:
    window = stage.window("residents")
    window.go("residents", tab="snapshots")
    return window
