"""``sasae surveys …`` and ``sasae buildings …``: from a list and a sheet to a grade that counts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.usecases.operators import add_operator
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]
SECOND, SECOND_PASSWORD = "確認　二郎", "another long password"


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    town = open_town(copy_store(template, tmp_path / "data"), Clock())
    add_operator(town.ctx, name=SECOND, roles=["survey"], password=SECOND_PASSWORD)
    town.session.close(backup=False)
    clock = Clock()

    def call(*arguments: str, as_json: bool = True, second: bool = False) -> tuple[int, Any]:
        monkeypatch.setenv("SASAE_OPERATOR", SECOND if second else OPERATOR)
        monkeypatch.setenv("SASAE_PASSWORD", SECOND_PASSWORD if second else PASSWORD)
        capsys.readouterr()
        code = run_command(gateway(now=clock), ["--data", str(tmp_path / "data"), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr().out
        return code, json.loads(said) if as_json and said else said

    return call


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps({"hazard": "earthquake", "stage": 1, "structure": "wood", "parts": {"wall": [[5, 40]]}}), "utf-8")
    return str(path)


def test_from_the_list_to_the_grade(run: Run, tmp_path: Path, sheet: str) -> None:
    source = tmp_path / "家屋.csv"
    source.write_text("家屋番号,所在地,所有者,地区\n1,見本市本町1-2-3,架空　一夫,本町\n2,見本市本町1-2-4,架空　一夫,本町\n", "utf-8")
    code, answer = run("buildings", "import", str(source))
    assert (code, answer["created"], answer["rejected"]) == (0, 2, 0)
    code, answer = run("buildings", "link", "1", "--resident", "0000000011", "--tenure", "持家")
    assert code == 0 and not answer["withheld"]
    code, made = run("surveys", "record", sheet, "--building", "1", "--on", "R6.1.2", "--surveyor", "調査　一郎", "--grade", "中規模半壊")
    assert (code, made["total"], made["grade"], made["grade_label"], made["state"]) == (0, 30, "medium", "中規模半壊", "entered")
    code, answer = run("surveys", "check", "--all")
    assert code == 1 and answer["error"]["code"] == "survey.same_person"
    code, answer = run("surveys", "check", "--all", second=True)
    assert (code, answer["checked"], answer["left"]) == (0, 1, [])
    code, answer = run("surveys", "list", "--grade", "中規模半壊", "--counting")
    assert code == 0 and [row["building"] for row in answer["surveys"]] == [made["building"]]
    code, answer = run("buildings", "list", "--text", "高橋", "--grade", "medium")
    assert (answer["total"], answer["buildings"][0]["heads"]) == (1, ["髙橋　太郎"])
    code, answer = run("buildings", "show", made["building"])
    assert (answer["grade"], len(answer["households"][0]["members"]), answer["surveys"][0]["counting"]) == ("medium", 4, True)
    code, answer = run("surveys", "progress")
    assert (answer["buildings"], answer["judged"], answer["remaining"]) == (2, 1, 1)
    code, answer = run("surveys", "withdraw", made["id"], "--reason", "別の家だった")
    assert answer["state"] == "withdrawn" and run("surveys", "list", "--counting")[1]["total"] == 0


def test_results_from_another_tool(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "結果.csv"
    source.write_text(
        "調査番号,所在地,調査日,損害割合,被害の程度,調査員,確認者\nA-1,見本市本町1,2024-01-02,55,全壊,一郎,二郎\nA-2,見本市本町2,2024-01-02,55,半壊,一郎,二郎\n",
        "utf-8",
    )
    code, answer = run("surveys", "import", str(source), "--dry-run")
    assert (code, answer["created"], answer["rejected"]) == (1, 1, 1) and run("surveys", "list")[1]["total"] == 0
    code, answer = run("surveys", "import", str(source), "--on-error", "stop")
    assert code == 1 and answer["error"]["code"] == "import.stopped" and run("surveys", "list")[1]["total"] == 0
    code, answer = run("surveys", "import", str(source))
    assert (code, answer["created"], answer["rejected"], answer["counted"]) == (1, 1, 1, 1)
    text = Path(answer["report"]).read_text("utf-8-sig")
    assert "3," in text and "被害の程度" in text and "半壊" in text
    code, answer = run("surveys", "import", str(source), "--checked")
    assert (code, answer["error"]["code"]) == (1, "survey.affirmation_missing")


def test_plans_teams_requests_and_areas(run: Run, sheet: str) -> None:
    for number in range(1, 6):
        assert run("buildings", "save", "--set", f"address=見本市港町{number}", "--set", "zone=港A", "--set", f"tax_no=T{number}")[0] == 0
    assert run("surveys", "teams", "add", "1班", "--member", "調査　一郎")[0] == 0
    code, answer = run("surveys", "plan", "assign", "--team", "1班", "--day", "2024-01-03", "--zone", "港A", "--count", "2")
    assert (code, answer["planned"]) == (0, 2)
    visits = run("surveys", "plan", "--day", "2024-01-03")[1]["plan"]
    assert run("surveys", "plan", "outcome", "--visit", visits[0]["id"], "--outcome", "absent")[0] == 0
    assert run("surveys", "plan", "next", "--day", "2024-01-03", "--to", "2024-01-04")[1]["planned"] == 1
    for number in range(1, 5):
        assert run("surveys", "record", sheet, "--building", f"T{number}", "--on", "2024-01-02")[0] == 0
    assert run("surveys", "check", "--all", second=True)[1]["checked"] == 4
    corners = [part for number in range(1, 5) for part in ("--corner", run("buildings", "show", f"T{number}")[1]["number"])]
    area = ("surveys", "area", "--zone", "港A", "--grade", "中規模半壊", "--hazard", "地震", "--on", "2024-01-02", "--reason", "四隅が同じ", *corners)
    code, answer = run(*area)
    assert code == 0 and len(answer["judged"]) == 1 and len(answer["left"]) == 4
    assert run("surveys", "area", "--undo", answer["act"], "--reason", "取り消す")[1]["withdrawn"] == 1
    code, asked = run("surveys", "appeal", "open", "T1", "--reason", "もう一度見てほしい")
    assert code == 0 and run("surveys", "appeal", "answer", asked["id"])[1]["state"] == "accepted"
    assert "もう一度見てほしい" in run("surveys", "appeal", as_json=False)[1]


def test_risk_is_no_grade_and_people_read_words(run: Run) -> None:
    made = run("buildings", "save", "--set", "address=見本市本町1", "--set", "structure=木造")[1]
    assert run("buildings", "risk", made["number"], "危険", "--on", "R6.1.2", "--danger", "ガス漏れ")[1]["risk"] == "unsafe"
    code, text = run("buildings", "list", as_json=False)
    assert code == 0 and "危険（赤）" in text and "未調査" in text and "unsafe" not in text
    code, answer = run("surveys", "record", "--building", made["number"], "--on", "R6.1.2", "--method", "自己判定", "--grade", "一部損壊")
    assert (code, answer["error"]["code"]) == (1, "survey.consent_missing")
    code, answer = run("surveys", "record", "--building", "K7QF-99999-X", "--on", "R6.1.2")
    assert (code, answer["error"]["code"]) == (1, "building.not_found")
    assert run("surveys", "check")[0] == 2


def test_what_is_done_is_told_in_words(run: Run, sheet: str) -> None:
    made = run("buildings", "save", "--set", "address=見本市本町1-2-3", "--set", "tax_no=１０１－１")[1]

    def told(*arguments: str, code: int = 0, second: bool = False) -> str:
        answer = run(*arguments, as_json=False, second=second)
        assert answer[0] == code, answer
        assert not re.search(r"[A-Za-z_]{5,}|残り日数", re.sub(r"[0-9a-f-]{36}", "", str(answer[1]))), answer[1]
        return str(answer[1])

    assert "髙橋　太郎" in told("buildings", "link", "101-1", "--resident", "0000000011", "--tenure", "持家")
    assert "危険（赤）" in told("buildings", "risk", "101-1", "危険", "--on", "R6.1.2")
    assert "中規模半壊（30点）" in told("surveys", "record", sheet, "--building", "101-1", "--on", "R6.1.2", "--surveyor", "調査　一郎")
    assert "1件を確定しました" in told("surveys", "check", "101-1", second=True)
    shown = told("buildings", "show", "101-1")
    assert "被害の程度: 中規模半壊（30点）" in shown and "髙橋　太郎 世帯主" in shown and "持家" in shown and "確定" in shown
    assert "受付" in told("surveys", "appeal", "open", "101-1", "--wants", "再調査", "--on", "R6.1.2", "--reason", "柱")
    assert "まだ何も変えていません" in told(
        "surveys", "area", "--building", run("buildings", "save", "--set", "address=見本市港町1")[1]["number"], "--grade", "全壊", "--hazard",
        "水害", "--on", "R6.1.2", "--reason", "航空写真", "--aerial", "--dry-run",
    )  # fmt: skip
    assert made["number"] in told("surveys", "list")


def test_a_household_that_is_not_named_or_known_is_told_how(run: Run) -> None:
    run("buildings", "save", "--set", "address=見本市本町1", "--set", "tax_no=1")
    assert run("buildings", "link", "1")[0] == 2 and run("buildings", "risk", "1")[0] == 2
    code, answer = run("buildings", "link", "1", "--resident", "9999")
    assert (code, answer["error"]["code"]) == (1, "building.resident_not_found") and "--head" in answer["error"]["message"]
    code, answer = run("buildings", "link", "1", "--head", "借家　次郎", "--tenure", "なにか")
    assert code == 1 and "借家" in answer["error"]["message"]
