"""Lists of accounts, claims and casualties through the window's wizard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.ui.importing.wizard import ImportWizard
from app.ui.main_window import MainWindow
from app.usecases import casualties, claims, payees
from app.usecases.relief_calculation import calculate
from tests.relief_town import add_home, add_programme, add_round, by_grade, entitlements
from tests.stores import Town

pytestmark = pytest.mark.gui


def take_in(window: MainWindow, settle: Any, target: str, path: Path) -> ImportWizard:
    """The wizard, after the last step."""
    return through(ImportWizard(window, window, target), settle, path)


def through(wizard: ImportWizard, settle: Any, path: Path) -> ImportWizard:
    """All steps with this file."""
    wizard.open()
    settle()
    wizard.add_files([path])
    settle()
    for _ in range(4):
        wizard.go_on()
        settle()
    return wizard


def write(path: Path, *lines: str) -> Path:
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    return path


def test_a_list_of_accounts(window: MainWindow, town: Town, settle, tmp_path: Path) -> None:
    add_home(town.ctx, "全壊　一", grade="total", head_kana="ゼンカイ　イチ")
    round_id = add_round(town.ctx, add_programme(town.ctx), *by_grade(total=200_000))
    calculate(town.ctx, round_id=round_id)
    number = entitlements(town.ctx, round_id)["全壊　一"].number
    path = write(
        tmp_path / "口座.csv", "支給番号,氏名,銀行名,支店名,預金種目,口座番号,口座名義",
        f"{number},全壊　一,みずほ銀行,東京営業部,普通,1234567,ゼンカイ イチ", f"{number[:-1]}?,だれか,みずほ銀行,東京営業部,普通,1,ダレカ",
    )  # fmt: skip
    wizard = take_in(window, settle, "accounts", path)
    (row,) = payees.payee_rows(town.ctx, payees.list_payee_ids(town.ctx))
    assert (row.name, row.bank, row.account_number, row.account_state) == ("全壊　一", "0001", "1234567", "entered")
    assert wizard.step is wizard.outcome
    wizard.done(0)


def test_a_list_of_claims_of_one_programme(window: MainWindow, town: Town, settle, tmp_path: Path) -> None:
    add_home(town.ctx, "全壊　一", grade="total", head_kana="ゼンカイ　イチ", head_birth="1950-02-03")
    add_programme(town.ctx, title="見本義援金")
    programme = add_programme(town.ctx, title="見本再建支援金", kind="livelihood", needs_claim=True, documents=("住民票", "通帳の写し"))
    path = write(tmp_path / "申請.csv", "氏名,生年月日,申請日,再建の方法,受け取った書類", "全壊　一,1950-02-03,R6.1.2,補修,住民票", "だれか,,R6.1.2,補修,")
    window.go("relief", tab="claims")
    settle()
    choice = window.current.tab("claims").import_file()
    settle()
    choice.choice.choose(programme)
    wizard = through(choice.go_on(), settle, path)
    (row,) = claims.claim_rows(town.ctx, claims.list_claim_ids(town.ctx))
    assert (row.programme_id, row.name, row.method, row.documents, row.missing) == (programme, "全壊　一", "repair", ("住民票",), ("通帳の写し",))
    assert wizard.step is wizard.outcome
    wizard.done(0)


def test_a_list_of_casualties_waits_for_another_person(window: MainWindow, town: Town, settle, tmp_path: Path) -> None:
    head = "氏名,フリガナ,被害,日付,生計維持者"
    path = write(tmp_path / "人的被害.csv", head, "見本　梅,ミホン　ウメ,死亡,R6.1.1,はい", "見本　松,ミホン　マツ,不思議,R6.1.1,")
    wizard = take_in(window, settle, "casualties", path)
    (row,) = casualties.casualty_rows(town.ctx, casualties.list_casualty_ids(town.ctx))
    assert (row.name, row.harm, row.breadwinner, row.state) == ("見本　梅", "dead", True, "reported")
    assert wizard.step is wizard.outcome
    wizard.done(0)
