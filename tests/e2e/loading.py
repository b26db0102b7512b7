"""The first hour of the main job in the window: the first-run guide, then shelters, head counts and residents from files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from app.domain.dates import parse_instant
from app.domain.invention import InventedResident, write_residents_csv
from app.ui.importing.frame import WizardFrame
from app.ui.main_window import MainWindow
from app.ui.signin import SignInWindow
from app.ui.welcome import Guide
from app.ui.widgets.form_dialog import FormDialog
from tests.e2e.clerk import CTRL, Clerk, Key

NANAO = Path(__file__).resolve().parents[1] / "data" / "nanao-2024"
OPERATOR, PASSWORD = "試験 太郎", "umi-yama-sora"
SHELTER = "山王小学校"


def found_a_ledger(clerk: Clerk) -> None:
    """The first-run guide, by keyboard alone."""
    clerk.desk.show_sign_in()
    window = clerk.front(SignInWindow)
    clerk.key(Key.Key_Space)
    guide = window.panels.currentWidget()
    assert isinstance(guide, Guide)
    clerk.say("七尾市")
    clerk.key(Key.Key_Return)
    assert guide.municipality.code == "172022"
    for words in ("令和6年能登半島地震", "令和6年1月1日午後4時10分", "災害対策本部"):
        clerk.say(words)
        clerk.key(Key.Key_Return)
    clerk.key(Key.Key_Return)  # the kind of site stays as it is
    for words in (OPERATOR, PASSWORD, PASSWORD):
        clerk.say(words)
        clerk.key(Key.Key_Return)
    assert guide.step == 4 and guide.setup().occurred_at == parse_instant("2024-01-01T16:10")
    clerk.key(Key.Key_Return)
    clerk.wait(lambda: guide.step == 5)
    clerk.front(SignInWindow)
    assert len(guide.recovery.key) >= 32 and not guide.next_button.isEnabled()
    _tab_to(clerk, guide.recovery.tick)
    clerk.key(Key.Key_Space)
    _tab_to(clerk, guide.next_button)
    clerk.key(Key.Key_Return)
    clerk.wait(lambda: isinstance(clerk.window, MainWindow))
    clerk.settle()
    assert "七尾" in clerk.window.context.place.municipality_name and clerk.page.key == "home"


def _tab_to(clerk: Clerk, wanted: QWidget) -> None:
    """With Tab, as somebody without a mouse must be able to."""
    for _ in range(12):
        if QApplication.focusWidget() is wanted:
            return
        clerk.key(Key.Key_Tab)
    raise AssertionError(f"Tab does not lead to {wanted.accessibleName() or wanted}")


# -- files in


def run_wizard(clerk: Clerk, files: Sequence[Path], answers: dict[str, str] | None = None) -> WizardFrame:
    """Through all steps of the wizard in front; answers it on its last."""
    wizard = clerk.front(WizardFrame)
    clerk.chosen = [str(file) for file in files]
    clerk.key(Key.Key_O, CTRL)  # a button pressed by its shortcut is pressed visibly, a moment later
    clerk.wait(lambda: len(wizard.files.paths) == len(files))
    clerk.settle()
    assert wizard.files.complete, wizard.files.banner.words
    for name, words in (answers or {}).items():
        clerk.fill(wizard.files.form.editors[name].target, words)
    while not wizard.at_end:
        before = wizard.step
        clerk.front(WizardFrame)  # progress may have been in front
        assert wizard.next.isEnabled(), wizard.next.text()
        clerk.key(Key.Key_Return, CTRL)
        clerk.settle()
        assert wizard.step is not before, "the wizard does not go on"
    assert wizard.step is wizard.outcome
    return wizard


def finish_wizard(clerk: Clerk, wizard: WizardFrame, **totals: int) -> None:
    """The numbers said at the end, then close."""
    assert {name: int(wizard.outcome.tiles[name].number.replace(",", "")) for name in totals} == totals
    clerk.front(WizardFrame)
    clerk.key(Key.Key_Return, CTRL)
    clerk.gone(wizard)


def import_shelters(clerk: Clerk) -> None:
    page = clerk.go("shelters")
    clerk.press(page.import_button)
    wizard = run_wizard(clerk, [NANAO / "designated_shelters.csv"])
    finish_wizard(clerk, wizard, created=112, updated=0, review=0, rejected=0)
    rows = {row.name: row for row in page.list._rows}
    assert len(rows) == 112 and page.list.table.rows.rowCount() == 112
    assert (rows["七尾中学校"].capacity, rows["七尾中学校"].capacity_text) == (1371, "屋内1,371人／屋外5,470人（面積の1/2）")


def published() -> dict[datetime, tuple[int, int]]:
    """What the city published, added up by hand: the moment, and people and shelters."""
    sums: dict[datetime, tuple[int, int]] = {}
    for file in sorted(NANAO.glob("open_shelter_*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        column = next(name for name in rows[0] if name.startswith("人数"))
        at = parse_instant(rows[0].get("時点") or column.removeprefix("人数_"))
        sums[at] = (sum(int(float(row[column])) for row in rows), len(rows))
    return sums


def import_counts(clerk: Clerk) -> None:
    """All 39 files at once; the first has its moment in the heading, the others in a column."""
    files = sorted(NANAO.glob("open_shelter_*.csv"))
    assert len(files) == len(published()) == 39
    page = clerk.go("shelters")
    page.tabs.setCurrentWidget(page.counts)
    clerk.settle()
    clerk.press(page.counts.import_button)
    wizard = run_wizard(clerk, files)
    total = sum(shelters for _, shelters in published().values())
    finish_wizard(clerk, wizard, created=total, review=0, rejected=0)


def look_at_the_trend(clerk: Clerk) -> None:
    """Sums on the trend tab, at every publication that a daily step meets and at others by typing their moment."""
    page = clerk.page
    page.tabs.setCurrentWidget(page.trend)
    clerk.settle()
    trend, sums = page.trend, published()
    shown = {point.at: (point.declared, point.shelters_open) for point in trend.points}
    met = {at: shown[at] for at in sums if at in shown}
    first, last = min(sums), max(sums)
    assert first in met and last in met and len(met) >= 5, sorted(met)
    assert met == {at: sums[at] for at in met}
    assert sums[first] == (1886, 29) and sums[last] == (40, 1)
    assert trend.table.rows.rowCount() == len(trend.points) and trend.chart.isVisible()
    for words in ("令和6年1月18日午前6時", "2024/3/25 6:00", "R6.7.25 13:30"):
        clerk.fill(trend.start.line, words)
        clerk.key(Key.Key_Return)
        clerk.settle()
        at = parse_instant(words)
        assert trend.points[0].at == at
        assert (trend.points[0].declared, trend.points[0].shelters_open) == sums[at]


def import_residents(clerk: Clerk, residents: list[InventedResident], folder: Path) -> None:
    path = folder / "住民 データ" / "住民 5万人.csv"
    path.parent.mkdir()
    write_residents_csv(path, residents, encoding="cp932")
    page = clerk.go("residents")
    clerk.press(page.import_button)
    wizard = run_wizard(clerk, [path], {"as_of": "2024-01-01 16:10", "label": "発災日時点"})
    finish_wizard(clerk, wizard, residents=50_000, rejected=0)
    listed = page.tab("list")
    snapshot = clerk.window.context.reads.residents.active()
    assert (snapshot.label, snapshot.residents, snapshot.active) == ("発災日時点", 50_000, True)
    assert snapshot.as_of == parse_instant("2024-01-01T16:10") and listed.table.rows.rowCount() == 50_000


def open_the_shelter(clerk: Clerk) -> None:
    """The lists that were published begin on 9 January; people came on the first evening."""
    page = clerk.go("shelters")
    page.tabs.setCurrentWidget(page.list)
    clerk.settle()
    wanted = next(row for row in page.list._rows if row.name == SHELTER)
    page.list.select(wanted.id)
    page.list.table.setFocus()
    clerk.key(Key.Key_F7)
    form = clerk.front(FormDialog)
    clerk.fill(form.body.editors["at"].target, "R6.1.1 17:00")
    clerk.key(Key.Key_Return, CTRL)
    clerk.gone(form)
