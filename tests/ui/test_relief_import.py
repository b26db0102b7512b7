"""Lists of accounts, claims and casualties through the window's wizard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.ui.importing.wizard import ImportWizard
from app.ui.main_window import MainWindow
from app.usecases import payees
from app.usecases.relief_calculation import calculate
from tests.relief_town import add_home, add_programme, add_round, by_grade, entitlements
from tests.stores import Town

pytestmark = pytest.mark.gui


def take_in(window: MainWindow, settle: Any, target: str, path: Path) -> ImportWizard:
    """The wizard, after the last step."""
    wizard = ImportWizard(window, window, target)
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
