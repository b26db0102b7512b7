"""``relief payees``, ``relief accounts`` and ``relief banks`` as scripts call them, and as people read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.usecases.operators import add_operator
from tests.photographs import shoot
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town
from tests.usecases.test_payees import died, entitle, household

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]
SECOND = "確認 花子"


@pytest.fixture
def desk(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[Run, str, str]:
    """Verbs (``who`` calls them) on a folder where a household and somebody dead are owed something; their numbers."""
    copy_store(template, tmp_path / "data")
    clock = Clock()
    town = open_town(tmp_path / "data", clock)
    victim = household(town)
    home = entitle(town.ctx, victim).number
    dead = entitle(town.ctx, victim, unit="person", casualty_id=died(town.ctx, victim)).number
    add_operator(town.ctx, name=SECOND, roles=["accounting"], password=PASSWORD)
    town.session.close(backup=False)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True, who: str = OPERATOR) -> tuple[int, Any]:
        monkeypatch.setenv("SASAE_OPERATOR", who)
        capsys.readouterr()
        code = run_command(gateway(now=clock), ["--data", str(tmp_path / "data"), "relief", *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out + said.err

    return call, home, dead


def test_from_payee_to_checked_account(desk: tuple[Run, str, str], tmp_path: Path) -> None:
    run, home, _ = desk
    shoot(tmp_path / "通帳.jpg", size=(1600, 1000))
    code, made = run("accounts", "add", home, "--bank", "みずほ銀行", "--branch", "001", "--number", "123456", "--holder", "タカハシ・タロー",
                     "--photo", str(tmp_path / "通帳.jpg"))  # fmt: skip
    assert code == 0 and (made["bank"], made["branch"], made["number"], made["state"], made["photo"]) == (
        "0001",
        "001",
        "0123456",
        "entered",
        True,
    )
    assert (made["legal"], made["bytes"], made["cut"]) == ("ﾀｶﾊｼ.ﾀﾛ-", 8, "")
    assert [(one["at"], one["before"], one["after"]) for one in made["kana_changes"] if one["code"] != "width"] == [
        (4, "・", "."),
        (7, "ー", "-"),
    ]
    assert {one["code"] for one in made["warnings"]} <= {"account.holder_differs", "account.holder_spelling"}
    code, again = run("accounts", "check", home)
    assert code == 1 and again["error"]["code"] == "account.same_person"
    code, done = run("accounts", "check", home, who=SECOND)
    assert code == 0 and done["checked"][0]["state"] == "checked"
    assert done["checked"][0]["name"] and done["checked"][0]["account_number"] == "0123456"
    code, listed = run("payees", "list", "--show", "all")
    assert code == 0 and (listed["count"], listed["payees"][0]["account_state"], listed["payees"][0]["checked_by"]) == (
        1,
        "checked",
        SECOND,
    )
    code, photo = run("accounts", "photo", home, "--out", str(tmp_path / "out.jpg"))
    assert code == 0 and (tmp_path / "out.jpg").stat().st_size == photo["bytes"]
    code, marked = run("accounts", "mark", home, "--as", "closed", "--reason", "解約")
    assert code == 0 and marked["state"] == "closed"
    code, shown = run("payees", "show", home)
    assert code == 0 and [one["state"] for one in shown["accounts"]] == ["closed"] and shown["entitlements"] == [home]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        (("--holder", "髙橋太郎"), "account.kana_kanji", "holder"), (("--number", "12345678"), "account.number_digits", "number"),
        (("--branch", "997"), "account.branch_unlisted_reason", "branch"), (("--symbol", "21940-12345671"), "yucho.symbol_first", "symbol"),
        (("--bank", "存在しない"), "account.bank_unknown", "bank"),
    ],
)  # fmt: skip
def test_bad_accounts_are_refused_beside_their_field(desk: tuple[Run, str, str], values: tuple[str, str], code: str, field: str) -> None:
    run, home, _ = desk
    usual = ("--bank", "0001", "--branch", "001", "--number", "1", "--holder", "ﾀｶﾊｼ")
    exit_code, answer = run("accounts", "add", home, *usual, *values)
    assert exit_code == 1 and (answer["error"]["code"], answer["error"]["where"]["field"]) == (code, field)
    exit_code, dry = run("accounts", "add", home, *usual, *values, "--dry-run")
    assert exit_code == 1  # without a payee there is nobody to compare with: the same refusal, or that of the payee
    assert run("accounts", "list")[1]["counts"]["waiting"] == 0


def test_31_bytes_are_said_and_a_closed_branch_refused(desk: tuple[Run, str, str]) -> None:
    run, home, _ = desk
    place = ("--bank", "0001", "--branch", "001", "--number", "1")
    code, made = run("accounts", "add", home, *place, "--holder", "ア" * 31)
    assert code == 0 and made["cut"] == "ｱ" and "account.kana_long" in {one["code"] for one in made["warnings"]}
    assert run("banks", "add", "0001", "001", "--closed-on", "R6.3.1", "--moved-to", "004", "--reason", "統合")[0] == 0
    code, answer = run("accounts", "add", home, *place, "--holder", "アイ")
    assert code == 1 and answer["error"]["code"] == "account.branch_closed" and "004" in answer["error"]["message"]
    assert run("banks", "list")[1]["own"][0]["closed_on"] == "2024-03-01"
    assert run("banks", "remove", "0001", "001", "--reason", "誤り")[0] == 0
    assert run("accounts", "add", home, *place, "--holder", "アイ")[0] == 0


def test_heirs_in_legal_order(desk: tuple[Run, str, str]) -> None:
    run, _, dead = desk
    code, found = run("payees", "propose", dead)
    assert code == 0 and [(one["name"], one["role"], one["order"]) for one in found["proposals"]] == [
        ("髙橋　花", "spouse", 1), ("髙橋　一郎", "child", 2), ("髙橋　二葉", "child", 2),
    ]  # fmt: skip
    code, taken = run("payees", "propose", dead, "--take", "2")
    assert code == 0 and {one["code"] for one in taken["warnings"]} == {"payee.heir_order", "payee.heir_consent"}
    code, replaced = run("payees", "set", dead, "--name", "髙橋　花", "--role", "妻", "--replace", "--reason", "先の順位")
    assert code == 0 and replaced["replaced"] == taken["id"]
    code, told = run("payees", "propose", dead, as_json=False)
    assert "配偶者（第1順位）" in told


def test_a_list_is_taken_in_and_rejected_rows_come_out(desk: tuple[Run, str, str], tmp_path: Path) -> None:
    run, home, dead = desk
    file = tmp_path / "口座.csv"
    file.write_text(f"対象番号,銀行コード,支店コード,口座番号,口座名義\n{home},1,1,1,ﾀｶﾊｼ ﾀﾛｳ\n{dead},1,1,2,ﾀｶﾊｼ ﾊﾅ\n", encoding="cp932")
    code, done = run("accounts", "import", str(file))
    assert code == 1 and (done["created"], done["rejected"]) == (1, 1)
    assert "受取人を決めて" in Path(done["rejected_rows"]).read_text(encoding="utf-8-sig")
    code, again = run("accounts", "import", str(file))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


def test_banks_symbols_and_kana(desk: tuple[Run, str, str]) -> None:
    run, *_ = desk
    assert run("banks", "find", "みずほ")[1]["banks"][0]["code"] == "0001"
    assert run("banks", "find", "東京営業部", "--bank", "みずほ")[1]["branches"][0]["code"] == "001"
    assert run("banks", "yucho", "11940-12345671") == (0, {"bank": "9900", "branch": "198", "kind": "1", "number": "1234567"})
    assert run("banks", "yucho", "01940-1-123456")[1]["number"] == "0123456"
    assert run("banks", "yucho", "199", "0123456", "--back")[1] == {"symbol": "019??", "number": "123456", "whole": False}
    assert run("banks", "kana", "ジョージ・ヴァン")[1]["legal"] == "ｼﾞﾖ-ｼﾞ.ｳﾞｱﾝ"
    code, answer = run("banks", "kana", "山田")
    assert code == 1 and "山田" in answer["error"]["message"]
