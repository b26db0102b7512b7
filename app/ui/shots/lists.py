"""Shelters, rosters, residents, records, and the import wizard step by step."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.ui.importing.wizard import ImportWizard
from app.ui.stage import Stage, shot

_SHELTERS = "施設番号,避難所名,フリガナ,種別,所在地,想定収容人数,緯度,備考欄\r\n" + "".join(
    f"X{n:03d},架空{word}集会所,カクウシュウカイジョ,自主避難所,架空市{word}町{n}番地,屋内{20 * n}人／屋外{90 * n}人,{'37.1' if n != 3 else '北緯'},\r\n"
    for n, word in enumerate("東西南北中", 1)
) + "X009,,ナマエナシ,自主避難所,架空市,,,\r\n"  # fmt: skip
_PEOPLE = "氏名,フリガナ,生年月日,性別,住所,入所日\r\n" + "".join(
    f"見本　{word}子,ミホン　{word}コ,S{30 + n}.{n}.2,女,架空市本町{n},\r\n" for n, word in enumerate("アイウエオ", 1)
)  # fmt: skip


def _wizard(stage: Stage, target: str, text: str, steps: int, *, name: str = "一覧.csv", page: str = "shelters") -> ImportWizard:
    window = stage.window(page)
    path = Path(stage.home) / name
    path.write_bytes(text.encode("cp932"))
    wizard = ImportWizard(window, window, target, shelter_id=window.context.reads.shelters.rows(at=window.context.now())[0].id)
    wizard.open()
    wizard.add_files([path])
    stage.settle()
    for _ in range(steps):
        wizard.go_on()
        stage.settle()
    return wizard


@shot("shelters")
def _shelters(stage: Stage) -> QWidget:
    window = stage.window("shelters")
    window.go("shelters", tab="list")
    return window


@shot("shelters-counts")
def _counts(stage: Stage) -> QWidget:
    window = stage.window("shelters")
    window.go("shelters", tab="counts")
    return window


@shot("shelters-trend")
def _trend(stage: Stage) -> QWidget:
    window = stage.window("shelters")
    window.go("shelters", tab="trend")
    stage.settle()
    window.current.trend.chart.point_at(4)
    return window


@shot("shelters-correct")
def _correct(stage: Stage) -> QWidget:
    window = stage.window("shelters")
    window.go("shelters", tab="list")
    stage.settle()
    window.current.list.correct()
    return stage.dialog()


@shot("shelters-open")
def _open(stage: Stage) -> QWidget:
    window = stage.window("shelters")
    window.go("shelters", tab="list")
    stage.settle()
    window.current.list.close_shelter()
    return stage.dialog()


@shot("shelters-count-call")
def _call(stage: Stage) -> QWidget:
    stage.window("shelters").current.counts.take()
    return stage.dialog()


@shot("shelters-count-grid")
def _grid(stage: Stage) -> QWidget:
    stage.window("shelters").current.counts.take(grid=True)
    dialog = stage.dialog()
    dialog.grid.type_in(0, "counted_total", "41")
    dialog.grid.type_in(1, "counted_total", "２３")
    return dialog


@shot("import-1-file")
def _import_file(stage: Stage) -> QWidget:
    return _wizard(stage, "shelters", _SHELTERS, 0)


@shot("import-2-columns")
def _import_columns(stage: Stage) -> QWidget:
    return _wizard(stage, "shelters", _SHELTERS, 1)


@shot("import-3-check")
def _import_check(stage: Stage) -> QWidget:
    return _wizard(stage, "shelters", _SHELTERS, 2)


@shot("import-4-plan")
def _import_plan(stage: Stage) -> QWidget:
    return _wizard(stage, "shelters", _SHELTERS, 3)


@shot("import-5-people")
def _import_people(stage: Stage) -> QWidget:
    return _wizard(stage, "evacuees", _PEOPLE, 3, name="名簿.csv")


@shot("import-6-paper")
def _import_paper(stage: Stage) -> QWidget:
    wizard = _wizard(stage, "evacuees", _PEOPLE, 0, name="名簿.csv")
    wizard.files.site.box.setEditText("山手集会所")
    return wizard


@shot("roster")
def _roster(stage: Stage) -> QWidget:
    return stage.window("roster")


@shot("roster-filter")
def _filter(stage: Stage) -> QWidget:
    stage.window("roster").current.ask_more()
    return stage.dialog()


@shot("roster-print")
def _print(stage: Stage) -> QWidget:
    stage.window("roster").current.print()
    return stage.dialog()


@shot("roster-export")
def _export(stage: Stage) -> QWidget:
    stage.window("roster").current.export()
    return stage.dialog()


@shot("history-recent")
def _recent(stage: Stage) -> QWidget:
    window = stage.window("history")
    window.go("history", tab="recent")
    return window


@shot("history-record")
def _record(stage: Stage) -> QWidget:
    window = stage.window("history")
    window.go("history", record_id=stage.session.context.reads.persons.ids()[1])
    return window


@shot("history-access")
def _access(stage: Stage) -> QWidget:
    window = stage.window("history")
    window.go("history", tab="access")
    return window


@shot("history-check")
def _check(stage: Stage) -> QWidget:
    window = stage.window("history")
    window.go("history", tab="check")
    window.current.check.run()
    return window
