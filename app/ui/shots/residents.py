"""住民データ, tab by tab, and everything that opens from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.invention_history import HistoryTruth, write_history_files
from app.ui.stage import Stage, shot
from app.usecases.gateway import Session
from app.usecases.reception import Arrival, check_in
from app.usecases.snapshot_paths import KnownFile


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
    return stage.dialog()


def _tab(stage: Stage, key: str) -> Any:
    window = stage.window("residents")
    window.go("residents", tab=key)
    stage.settle()
    return window.current.tab(key)


def _rebuilt(stage: Stage) -> Any:
    """The tab of snapshots on the rebuilt one that is in use."""
    tab = _tab(stage, "snapshots")
    tab.table.select_id(stage.session.context.reads.residents.active().id)
    stage.settle()
    return tab


@shot("residents-snapshots")
def _snapshots(stage: Stage) -> QWidget:
    tab = _rebuilt(stage)
    tab.detail.findings.kinds.make_current(1)
    return tab.window()


@shot("residents-snapshots-census")
def _census(stage: Stage) -> QWidget:
    tab = _rebuilt(stage)
    tab.detail.setCurrentIndex(1)
    tab.detail.census.chart.point_at(8)
    return tab.window()


@shot("residents-snapshots-files")
def _sources(stage: Stage) -> QWidget:
    tab = _rebuilt(stage)
    tab.detail.setCurrentIndex(2)
    return tab.window()


@shot("residents-difference")
def _difference(stage: Stage) -> QWidget:
    tab = _rebuilt(stage)
    tab.compare()
    dialog = stage.dialog()
    dialog.pane.kinds.setCurrentIndex(2)
    return dialog


@shot("residents-report")
def _report(stage: Stage) -> QWidget:
    _tab(stage, "snapshots").report()
    return stage.dialog()


@shot("residents-send")
def _send(stage: Stage) -> QWidget:
    tab = _tab(stage, "snapshots")
    tab.send()
    dialog = stage.dialog()
    dialog.passphrase.setText("1234-5678-9012-3456")
    return dialog


@shot("residents-receive")
def _receive(stage: Stage) -> QWidget:
    _tab(stage, "snapshots").receive()
    return stage.dialog()


def _arrive(session: Session) -> None:
    """People typed in a gymnasium, as they are: a wrong digit, kana only, an old address, a namesake."""
    ctx = session.context
    active = ctx.reads.residents.active()
    rows = [row for batch in ctx.reads.residents.rows(snapshot_id=active.id) for row in batch if row.birth and not row.protected]
    typed: list[dict[str, Any]] = [{"name": "見本たろう", "kana": "ミホンタロウ"}]
    for place, row in enumerate(rows[300:420:4]):
        values = {"name": row.name, "kana": row.kana, "birth": row.birth, "sex": "unknown", "address": row.address}
        changed: tuple[dict[str, str], ...] = (
            {},
            {"birth": ""},
            {"name": "", "address": ""},
            {"address": "架空市旧町1-2"},
            {"kana": row.kana[:-1]},
            {"birth": "", "kana": ""},
        )
        typed.append({**values, **changed[place % len(changed)]})
    shelter = ctx.reads.shelters.rows(at=ctx.now())[0].id
    check_in(ctx, shelter_id=shelter, arrivals=[Arrival(values=values, decision="different") for values in typed])


@shot("residents-matching")
def _matching(stage: Stage) -> QWidget:
    return _tab(stage, "matching").window()


def _matched(stage: Stage, band: int) -> Any:
    window = stage.window_on(stage.other("matching", _arrive, residents=2000), "residents", tab="matching")
    stage.settle()
    tab = window.current.tab("matching")
    tab.start()
    stage.settle()
    tab.bands.setCurrentIndex(band)
    stage.settle()
    return tab


@shot("residents-matching-sure")
def _sure(stage: Stage) -> QWidget:
    tab = _matched(stage, 0)
    tab.sure.table.make_current(1)
    tab.sure.toggle()
    return tab.window()


@shot("residents-matching-review")
def _review(stage: Stage) -> QWidget:
    """On the first case with two candidates, or something that differs."""
    tab = _matched(stage, 1)
    cases = tab.run.band("review")
    unlike = [place for place, case in enumerate(cases) if len(case.candidates) > 1 and case.candidates[0].differences]
    tab.review.walk(unlike[0] if unlike else 0)
    return tab.window()


def _files(stage: Stage) -> tuple[Path, list[Path], HistoryTruth]:
    folder = Path(stage.home) / "異動"
    folder.mkdir(exist_ok=True)
    return write_history_files(folder, residents=1500, days=6, changes=60, seed=3)


def _wizard(stage: Stage, steps: int) -> Any:
    full, differences, truth = _files(stage)
    double = differences[2].with_name(f"コピー {differences[2].name}")
    double.write_bytes(differences[2].read_bytes())
    wizard = stage.window("residents").current.import_files()
    wizard.add_files([*reversed(differences), full, double])
    stage.settle()
    wizard.files.form.editors["as_of"].set_raw(f"{truth.as_of.isoformat()} 16:10")
    wizard.files.form.editors["known_at"].set_raw(f"{truth.known_at.isoformat()} 17:00")
    for _ in range(steps):
        wizard.go_on()
        stage.settle()
        stage.settle()
    return wizard


@shot("residents-wizard-1-files")
def _wizard_files(stage: Stage) -> QWidget:
    return _wizard(stage, 0)


@shot("residents-wizard-2-columns")
def _wizard_columns(stage: Stage) -> QWidget:
    return _wizard(stage, 1)


@shot("residents-wizard-3-check")
def _wizard_check(stage: Stage) -> QWidget:
    return _wizard(stage, 2)


@shot("residents-wizard-4-run")
def _wizard_run(stage: Stage) -> QWidget:
    wizard = _wizard(stage, 2)
    wizard.show_step(3)
    wizard.set_busy(True)
    wizard.progress.what.setText("住民データを取り込んでいます")
    wizard.progress.bar.setRange(0, 1000)
    wizard.progress.bar.setValue(410)
    wizard.progress.count.setText("82,000 / 200,000行（41%）")
    return wizard


@shot("residents-wizard-5-result")
def _wizard_result(stage: Stage) -> QWidget:
    return _wizard(stage, 3)


@shot("residents-wizard-again")
def _wizard_again(stage: Stage) -> QWidget:
    wizard = _wizard(stage, 0)
    known = wizard.files.ordered[1]
    wizard.files.expect([KnownFile(known.path.with_name("異動_0310.csv"), "difference", "5c" * 32)])
    return wizard
