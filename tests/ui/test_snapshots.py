"""取り込んだデータ: difference, report, transfer, what may not be done without the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.resident import Finding, ResidentRow
from app.ui.main_window import MainWindow
from app.ui.residents.difference import DifferenceDialog
from app.ui.residents.transfer import ReceiveDialog, SendDialog
from app.ui.widgets.export_dialog import ExportDialog
from app.usecases.job import QUIET
from tests.stores import OCCURRED, RESIDENTS, Town
from tests.ui.test_shelters import shown

pytestmark = pytest.mark.gui
Settle = Callable[[], None]
FOUND = (
    Finding("resident.late_birth", "0000000099", "H1", "髙橋　三枝", "2023-12-30", "2024-01-04", "出生", file="異動.csv", line=2),
    Finding("resident.late_death", "0000000031", "", "﨑山　源", "2023-12-31", "2024-01-05", "死亡", file="異動.csv", line=3),
)


@pytest.fixture
def later(town: Town) -> str:
    """A second snapshot: one was born, one is gone, one moved."""
    rows = [row for row in RESIDENTS if row.resident_no != "0000000031"]
    rows[1] = rows[1]._replace(address="見本市港町9番")
    rows.append(ResidentRow("0000000099", "H1", "髙橋　三枝", "タカハシ　ミエ", "令和5年12月30日", "女", "子", district="本町"))
    with town.ctx.unit() as uow:
        made = uow.load_residents(
            [rows], snapshot_id="f" * 32, label="1月5日まで", as_of=OCCURRED, known_at=town.clock.forward(days=4), files=["異動.csv"], job=QUIET,
            origin="rebuild", findings=FOUND,
        )  # fmt: skip
        uow.commit()
    return made.id


@pytest.fixture
def tab(window: MainWindow, later: str, settle: Settle) -> Any:
    """The tab, settled on the newer one."""
    window.go("residents", tab="snapshots")
    settle()
    made = window.current.tab("snapshots")
    made.table.select_id(later)
    settle()
    return made


def cells(table: Any) -> list[list[str]]:
    return [[column.text(table.rows.row(place)) for column in table.rows.columns] for place in range(table.rows.rowCount())]


def test_what_was_found_leads_to_the_person(tab: Any, settle: Settle) -> None:
    kinds = {row[1] for row in cells(tab.detail.findings.kinds)}
    assert kinds == {"後から届いた出生", "後から届いた死亡"} and tab.detail.tabText(0) == "確かめたこと 2"
    tab.detail.findings.kinds.select_id("resident.late_birth")
    settle()
    assert cells(tab.detail.findings.list)[0][0] == "髙橋　三枝"
    tab.detail.findings.list.make_current(0)
    tab.detail.findings.list.opened.emit(0)
    settle()
    listed = tab.page.tab("list")
    assert tab.page.current_key == "list" and listed.finder.text() == "髙橋　三枝" and listed.table.rows.rowCount() == 1


def test_the_census_follows_the_district(tab: Any) -> None:
    pane = tab.detail.census
    assert sum(band.male + band.female for band in pane.chart.bands) == 6
    pane.districts.select_id("本町")
    assert sum(band.male + band.female for band in pane.chart.bands) == 5 and cells(pane.districts)[0][1] == "6"
    pane.districts.select_id("港町")
    assert sum(band.male + band.female for band in pane.chart.bands) in (0, 1)
    pane.districts.select_id("本町")
    pane.chart.point_at(0)
    assert pane.reading.text().startswith("0～4歳：男0人、女1人")


def test_two_snapshots_are_compared_filtered_and_written(tab: Any, settle: Settle, tmp_path: Path) -> None:
    tab.compare()
    settle()
    dialog = shown(DifferenceDialog)
    pane = dialog.pane
    assert [pane.kinds.tabText(place) for place in range(3)] == ["増えた人 1", "いなくなった人 1", "変わった人 1"]
    pane.kinds.setCurrentIndex(2)
    pane.table.grab()
    settle()
    assert "住所：見本市本町1-2-3 → 見本市港町9番" in cells(pane.table)[0]
    pane.field.setCurrentIndex(pane.field.findData("birth"))
    settle()
    assert pane.table.rows.rowCount() == 0
    pane.field.setCurrentIndex(0)
    pane.finder.setText("ハナ")
    pane.show_list()
    settle()
    assert pane.table.rows.rowCount() == 1
    pane.finder.clear()
    pane.export()
    settle()
    export = shown(ExportDialog)
    export.choose("csv")
    export.path.setText(str(tmp_path / "違い.csv"))
    export.open_after.setChecked(False)
    export.run()
    settle()
    text = (tmp_path / "違い.csv").read_text("utf-8-sig")
    assert "髙橋　三枝" in text and "増えた人" in text and "見本市港町9番" in text
    dialog.swap()
    settle()
    assert pane.comparison.before.id == "f" * 32
    dialog.accept()


def test_the_report_is_written(tab: Any, settle: Settle, tmp_path: Path, town: Town) -> None:
    tab.report()
    settle()
    export = shown(ExportDialog)
    export.open_after.setChecked(False)
    for code, name in (("csv", "報告.csv"), ("pdf", "報告.pdf"), ("xlsx", "報告.xlsx")):
        export.choose(code)
        export.path.setText(str(tmp_path / name))
        export.run()
        settle()
        assert (tmp_path / name).stat().st_size > 500
    text = (tmp_path / "報告.csv").read_text("utf-8-sig")
    assert "後から届いた死亡" in text and "f" * 3 not in text[:20] and "本町" in text and "﨑山　源" in text
    assert town.ctx.reads.journal.access(limit=1)[0].action == "export"


def test_a_district_goes_out_and_comes_in_again(tab: Any, settle: Settle, tmp_path: Path, town: Town) -> None:
    tab.send()
    settle()
    send = shown(SendDialog)
    send.district.setCurrentIndex(send.district.findData("本町"))
    assert "本町" in Path(send.path.text()).name
    target = tmp_path / "本町.sasae-residents"
    send.path.setText(str(target))
    secret = send.passphrase.text()
    send.run()
    settle()
    assert target.exists() and "読み戻して確かめました" in send.banner.words
    assert send.passphrase.isReadOnly() and not send.other_button.isEnabled(), "what is shown stays what opens the file"
    send.reject()
    tab.receive()
    settle()
    receive = shown(ReceiveDialog)
    receive.path.setText(str(target))
    receive.passphrase.setText("0000-0000-0000-0000")
    receive.run()
    settle()
    assert "合言葉が違う" in receive.banner.words and receive.card is None
    receive.passphrase.setText(secret)
    receive.run()
    settle()
    assert receive.card is not None and receive.card.district == "本町" and "本町" in receive.facts.text()
    assert receive.facts.height() >= receive.facts.heightForWidth(receive.facts.width()), "nothing is cut off"
    receive.run()
    settle()
    assert "すでに入っています" in receive.banner.words
    receive.reject()


def test_without_the_right_nothing_but_looking(window: MainWindow, town: Town, later: str, settle: Settle) -> None:
    window.context = town.acting("shelter")
    window.go("residents", tab="snapshots")
    settle()
    tab = window.current.tab("snapshots")
    for made in (tab.activate_button, tab.again_button, tab.send_button, tab.receive_button):
        assert not made.isEnabled()
    assert tab.compare_button.isEnabled() and tab.table.rows.rowCount() == 2
