"""住民データ, tab by tab, and everything that opens from there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.domain.resident import Finding, ResidentRow, SourceMark
from app.ui.stage import Stage, shot
from app.usecases.job import QUIET


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


def _again(stage: Stage) -> None:
    """A second snapshot a day later, with some who came, left and moved, made once."""
    ctx = stage.session.context
    known = ctx.reads.residents.snapshots()
    if len(known) > 1:
        return
    rows = [row for batch in ctx.reads.residents.rows(snapshot_id=known[0].id) for row in batch]
    for place in range(40, 400, 40):
        rows[place] = rows[place]._replace(address=f"{rows[place].address}　見本荘{place}", postal="000-0009")
    came = [
        ResidentRow(f"99{n:06}", f"H99{n}", f"見本　{n}美", f"ミホン　{n}ミ", "令和5年12月30日", "女", "子", district="本町")
        for n in range(4)
    ]
    found = [
        Finding(
            "resident.late_birth",
            row.resident_no,
            row.household_no,
            row.name,
            "2023-12-30",
            "2024-01-05",
            "出生",
            file="異動_0105.csv",
            line=n,
        )
        for n, row in enumerate(came, 2)
    ]
    marks = (
        SourceMark("住民_全件_20231231.csv", "full", "3f" * 32, len(rows), "2023-12-31"),
        SourceMark("異動_20240105.csv", "difference", "a7" * 32, 212, "2024-01-05"),
    )
    with ctx.unit() as uow:
        uow.load_residents(
            [[*rows[3:], *came]], snapshot_id="0" * 32, label="発災日時点（1月5日まで）", as_of=known[0].as_of,
            known_at=known[0].known_at + timedelta(days=4), files=[mark.name for mark in marks], job=QUIET, origin="rebuild", sources=marks,
            findings=found,
        )  # fmt: skip
        uow.commit()


def _tab(stage: Stage, key: str) -> Any:
    _again(stage)
    window = stage.window("residents")
    window.go("residents", tab=key)
    stage.settle()
    return window.current.tab(key)


@shot("residents-snapshots")
def _snapshots(stage: Stage) -> QWidget:
    tab = _tab(stage, "snapshots")
    tab.table.select_id("0" * 32)
    return tab.window()


@shot("residents-snapshots-census")
def _census(stage: Stage) -> QWidget:
    tab = _tab(stage, "snapshots")
    tab.table.select_id("0" * 32)
    stage.settle()
    tab.detail.setCurrentIndex(1)
    tab.detail.census.chart.point_at(8)
    return tab.window()


@shot("residents-snapshots-files")
def _files(stage: Stage) -> QWidget:
    tab = _tab(stage, "snapshots")
    tab.table.select_id("0" * 32)
    tab.detail.setCurrentIndex(2)
    return tab.window()


@shot("residents-difference")
def _difference(stage: Stage) -> QWidget:
    tab = _tab(stage, "snapshots")
    tab.table.select_id("0" * 32)
    tab.compare()
    dialog = _dialog(stage)
    dialog.pane.kinds.setCurrentIndex(2)
    return dialog


@shot("residents-report")
def _report(stage: Stage) -> QWidget:
    _tab(stage, "snapshots").report()
    return _dialog(stage)


@shot("residents-send")
def _send(stage: Stage) -> QWidget:
    tab = _tab(stage, "snapshots")
    tab.send()
    dialog = _dialog(stage)
    dialog.passphrase.setText("1234-5678-9012-3456")
    return dialog


@shot("residents-receive")
def _receive(stage: Stage) -> QWidget:
    _tab(stage, "snapshots").receive()
    return _dialog(stage)


@shot("residents-matching")
def _matching(stage: Stage) -> QWidget:
    return _tab(stage, "matching").window()


@shot("residents-matching-sure")
def _sure(stage: Stage) -> QWidget:
    tab = _tab(stage, "matching")
    tab.start()
    stage.settle()
    tab.bands.setCurrentIndex(0)
    return tab.window()


@shot("residents-matching-review")
def _review(stage: Stage) -> QWidget:
    tab = _tab(stage, "matching")
    tab.start()
    stage.settle()
    tab.bands.setCurrentIndex(1)
    return tab.window()
