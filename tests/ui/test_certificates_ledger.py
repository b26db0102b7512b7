"""証明書 and 申告のみ: found again, printed once more with why, replaced, withdrawn; told households beside the residents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.ui.main_window import MainWindow
from app.ui.widgets.export_dialog import ExportDialog
from app.usecases import applications, certificates
from app.usecases.certificate_rows import CertificateFilter
from tests.certificates_town import add_building, ask, judge, sign_as_mayor
from tests.stores import Town
from tests.ui.conftest import press

Settle = Callable[[], None]


def issue(town: Town, name: str = "太郎", **values: Any) -> Any:
    """A certificate on the form that ships."""
    from app.interchange.certificates import issue_certificates

    sign_as_mayor(town.ctx)
    home = add_building(town.ctx, resident=town.resident(name), grade="half", address=f"見本市本町1-{name}")
    asked = ask(town.ctx, home, **values).application.id
    return town.ctx.reads.get("certificate", issue_certificates(town.ctx, application_ids=[asked]).certificates[0])


@pytest.fixture
def ledger(window: MainWindow, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tab, settled; questions are answered with yes, files go to a folder of their own."""
    monkeypatch.setattr("app.ui.certificates.certificate_acts.ask", lambda *_, **__: True)
    window.preferences.set("export.folder", str(tmp_path))
    window.go("certificates", tab="ledger")
    settle()
    return window.current.tab("ledger")


def refresh(tab: Any, settle: Settle) -> None:
    tab.refresh()
    settle()
    [tab.table.rows.row(place) for place in range(tab.table.rows.rowCount())]
    settle()


def test_an_empty_ledger_leads_to_issuing(ledger: Any, settle: Settle) -> None:
    assert ledger.empty.isVisibleTo(ledger) and ledger.empty.buttons[0].text() == "交付・印刷へ"
    ledger.empty.buttons[0].click()
    settle()
    assert ledger.page.current_key == "issue"


def test_the_file_shows_the_paper_its_copies_and_its_history(ledger: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    one = issue(town)
    refresh(ledger, settle)
    dialog = ledger.open_file()
    settle()
    assert dialog.paper.drawn and one.number in dialog.title.text() and "髙橋　太郎" in dialog.facts.itemAtPosition(0, 1).widget().text()
    form = dialog.print_more()
    form.body.editors["reason"].set_raw("misprint")
    form.save()
    settle()
    settle()
    (copy,) = dialog.file.copies
    assert (copy.reason, copy.copy) == ("misprint", 1) and dialog.copies.rows.rowCount() == 1 and list(tmp_path.glob("証明書_*.pdf"))
    assert dialog.history.rows.rowCount() >= 2
    shown = [column.text(dialog.copies.rows.row(0)) for column in dialog.copies.rows.columns]
    assert "支援 花子" in shown, "a name, not an id"


def test_a_new_judgement_lists_the_holders_and_replaces_the_paper(ledger: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    one = issue(town, phone="090-0000-5555")
    issue(town, "源", applicant_name="﨑山　源")
    judge(town.ctx, one.building_id, "total", kind="re")
    refresh(ledger, settle)
    assert "1件あります" in ledger.banner.words
    ledger.banner._action.click()
    settle()
    refresh(ledger, settle)
    assert ledger.marked() == [one.id] and "phone" in [column.key for column in ledger.table.rows.columns]
    ledger.export()
    export = ledger.findChildren(ExportDialog)[-1]
    export.choose("csv")
    export.path.setText(str(tmp_path / "連絡先.csv"))
    export.purpose.setText("差替の連絡")
    export.open_after.setChecked(False)
    export.run()
    settle()
    assert "090-0000-5555" in (tmp_path / "連絡先.csv").read_text("utf-8-sig")
    export.reject()
    form = ledger.supersede()
    form.body.editors["reason"].set_raw("再調査で全壊")
    form.save()
    settle()
    older = town.ctx.reads.get("certificate", one.id)
    newer = town.ctx.reads.get("certificate", older.superseded_by)
    assert (older.state, newer.grade, newer.state) == ("superseded", "total", "issued") and ledger.table.rows.rowCount() == 0
    dialog = ledger.open_file(one.id)
    settle()
    assert newer.number in dialog.banner.words and not dialog.more_button.isEnabled() and "半壊" in dialog.paper.picture.text()
    dialog.open_other()
    settle()
    assert newer.number in dialog.title.text()


def test_many_are_replaced_at_once(ledger: Any, town: Town, settle: Settle) -> None:
    made = [issue(town), issue(town, "源", applicant_name="﨑山　源")]
    for one in made:
        judge(town.ctx, one.building_id, "large", kind="re")
    ledger.show_replace()
    refresh(ledger, settle)
    ledger.table.selectAll()
    form = ledger.supersede()
    form.body.editors["reason"].set_raw("2次調査")
    form.save()
    settle()
    settle()
    assert [town.ctx.reads.get("certificate", one.id).state for one in made] == ["superseded", "superseded"]


def test_a_certificate_is_withdrawn_with_its_reason(ledger: Any, town: Town, settle: Settle) -> None:
    one = issue(town)
    refresh(ledger, settle)
    form = ledger.revoke()
    form.save()
    assert form.isVisible() and town.ctx.reads.get("certificate", one.id).state == "issued", "a reason is needed"
    form.body.editors["reason"].set_raw("別の世帯だった")
    form.save()
    settle()
    refresh(ledger, settle)
    assert town.ctx.reads.get("certificate", one.id).state == "revoked" and not ledger.revoke_button.isEnabled()


def test_doubles_are_listed(ledger: Any, town: Town, settle: Settle) -> None:
    from dataclasses import replace

    one = issue(town)
    with town.ctx.unit() as uow:
        uow.certificates.add(replace(uow.certificates.need(one.id), id="double-1", number="2024-1-ZZZZ-00001-A", version=0))
        uow.commit()
    refresh(ledger, settle)
    assert ledger.doubles_button.isVisibleTo(ledger) and "1件" in ledger.doubles_button.text()
    dialog = ledger.show_doubles()
    settle()
    assert dialog.table.rows.rowCount() == 2


def test_filters_of_the_ledger(ledger: Any, town: Town, settle: Settle) -> None:
    issue(town)
    refresh(ledger, settle)
    ledger.show_filter(CertificateFilter(unprinted=True))
    settle()
    assert ledger.table.rows.rowCount() == 1
    ledger.show_filter(CertificateFilter(state="revoked"))
    settle()
    assert ledger.nothing.isVisibleTo(ledger)
    ledger.nothing.buttons[0].click()
    settle()
    assert ledger.table.rows.rowCount() == 1 and len(certificates.list_certificate_ids(town.ctx)) == 1


# -- 申告のみ


def told(town: Town, name: str, birth: str = "", address: str = "見本市本町1-2-3") -> Any:
    """An application written down as told."""
    household = {"head_name": name, "head_birth": birth, "address": address}
    return applications.apply(town.ctx, values={"applicant_name": name}, household=household).application


@pytest.fixture
def declared(window: MainWindow, town: Town, settle: Settle) -> Any:
    """The tab with two told households, settled."""
    told(town, "高橋　太郎", "S50.3.1")
    told(town, "グエン　ヴァン", "H2.3.4", "見本市港町9-9")
    window.go("certificates", tab="declared")
    settle()
    return window.current.tab("declared")


def test_a_told_household_is_linked_to_its_resident(declared: Any, town: Town, settle: Settle) -> None:
    assert declared.count.text() == "2世帯" and declared.candidate.name == "髙橋　太郎"
    assert {line.name: line.verdict for line in declared.compared.lines}["氏名"] == "written"
    application_id = declared.current.application_id
    declared.table.setFocus()
    press(declared.table, Qt.Key.Key_L)
    settle()
    settle()
    assert not town.ctx.reads.get("application", application_id).declared and declared.count.text() == "1世帯"


def test_nobody_of_the_residents_is_a_decision_too(declared: Any, town: Town, settle: Settle) -> None:
    declared.table.make_current(1)
    settle()
    assert declared.nobody.isVisibleTo(declared) and not declared.link_button.isEnabled()
    form = declared.absent()
    form.body.editors["note"].set_raw("住民票は架空市")
    form.save()
    settle()
    settle()
    assert declared.count.text() == "1世帯" and len(declared.cases) == 1


def test_others_than_the_candidates_are_searched(declared: Any, settle: Settle) -> None:
    declared.table.make_current(1)
    settle()
    declared.finder.setText("サキヤマ")
    declared.find("サキヤマ")
    settle()
    assert declared.candidate.name == "﨑山　源" and declared.link_button.isEnabled()
    declared.finder.clear()
    declared.find("")
    settle()
    assert declared.candidate is None


def test_without_any_told_household_the_tab_says_so(window: MainWindow, settle: Settle) -> None:
    window.go("certificates", tab="declared")
    settle()
    tab = window.current.tab("declared")
    assert tab.empty.isVisibleTo(tab) and not tab.both.isVisibleTo(tab)
