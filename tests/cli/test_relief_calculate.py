"""``relief calculate|entitlements|claims|casualties`` as scripts call them, and as people read them; lists taken in and written out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.bootstrap import gateway
from app.cli.main import run_command
from app.printing.raster import read_text
from tests.relief_town import add_home, add_programme, add_round, by_grade, by_harm
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]
OTHER = "確認 次郎"


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A folder with two judged households, one household of the register, a programme ``gienkin`` with a round; ``by`` is who calls."""
    folder, clock = copy_store(template, tmp_path / "data"), Clock()
    town = open_town(folder, clock)
    programme = add_programme(town.ctx, code="gienkin", title="見本義援金", needs_claim=True, documents=("罹災証明書",), budget=1_000_000)
    add_round(town.ctx, programme, *by_grade(total=200_000, half=50_000), *by_harm(dead=300_000))
    add_round(town.ctx, add_programme(town.ctx, code="small", title="小さい基金", budget=240_000), *by_grade(total=200_000, half=50_000))
    add_home(town.ctx, "架空　甲", "架空　乙", grade="total", head_kana="カクウ　コウ", head_birth="S50.3.1")
    add_home(town.ctx, "見本　丙", grade="half", head_kana="ミホン　ヘイ", head_birth="S60.1.1")
    town.session.close(backup=False)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    monkeypatch.setenv("SASAE_NEW_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True, by: str = OPERATOR) -> tuple[int, Any]:
        capsys.readouterr()
        monkeypatch.setenv("SASAE_OPERATOR", by)
        code = run_command(gateway(now=clock), ["--data", str(folder), "relief", *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out + said.err

    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    assert run_command(gateway(now=clock), ["--data", str(folder), "operators", "add", OTHER, "--role", "approval", "--json"]) == 0
    return call


def write_csv(path: Path, *rows: tuple[str, ...]) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


def test_a_round_is_tried_out_then_calculated(run: Run, tmp_path: Path) -> None:
    code, dry = run("calculate", "gienkin", "1", "--dry-run", "--out", str(tmp_path / "dry.csv"), "--counts", str(tmp_path / "counts.xlsx"))
    assert code == 0 and dry["dry_run"] and (dry["count"], dry["total"], dry["budget"], dry["left"]) == (2, 250_000, 1_000_000, 750_000)
    assert [(one["category"], one["count"], one["unit_amount"], one["total"]) for one in dry["categories"]] == [
        ("total", 1, 200_000, 200_000), ("half", 1, 50_000, 50_000),
    ]  # fmt: skip
    assert dry["missing"] == {"claim": 2, "documents": 2, "payee": 2} and "batches" not in dry
    assert {row["name"]: row["reason"] for row in dry["rows"]}["見本　丙"].startswith("half：50,000円")
    assert run("entitlements", "list")[1]["count"] == 0
    with (tmp_path / "dry.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["氏名"] for row in csv.DictReader(file)] == ["架空　甲", "見本　丙"]
    sheet = load_workbook(tmp_path / "counts.xlsx").active
    assert sheet is not None and 200_000 in [cell.value for row in sheet.iter_rows() for cell in row]
    code, done = run("calculate", "gienkin", "1", "--method", "none")
    assert code == 0 and done["created"] == 2 and "rows" not in done and done["batches"] == []
    code, again = run("calculate", "gienkin", "1", "--method", "none", "--list")
    assert code == 0 and (again["created"], again["unchanged"]) == (0, 2) and all(row["number"] for row in again["rows"])
    said = run("calculate", "gienkin", "1", "--dry-run", as_json=False)[1]
    assert "試算（何も書き込んでいません）" in said and "残り 750,000円" in said and "書類 2件" in said and "申請 2件" in said


def test_a_calculation_that_cannot_be_says_why(run: Run) -> None:
    code, told = run("calculate", "gienkin", "9")
    assert code == 1 and told["error"]["code"] == "programme.round_not_found"
    code, told = run("calculate", "nothing", "1")
    assert code == 1 and told["error"]["code"] == "programme.not_found"
    code, told = run("calculate", "gienkin", "1", by=OTHER)
    assert code == 1 and told["error"]["code"] == "permission.denied"


def test_a_budget_overrun_is_told_dry_and_refused_else(run: Run) -> None:
    code, dry = run("calculate", "small", "1", "--dry-run")
    assert code == 0 and dry["left"] == -10_000 and [one["code"] for one in dry["warnings"]] == ["relief.over_budget"]
    assert "残り -10,000円" in run("calculate", "small", "1", "--dry-run", as_json=False)[1]
    code, told = run("calculate", "small", "1")
    assert code == 1 and told["error"]["code"] == "relief.over_budget" and "10,000円超えます" in told["error"]["message"]
    assert run("entitlements", "list")[1]["count"] == 0


def test_entitlements_are_listed_shown_declined_and_reopened(run: Run, tmp_path: Path) -> None:
    run("calculate", "gienkin", "1", "--method", "none")
    code, told = run("entitlements", "list", "--program", "gienkin", "--round", "1", "--sort", "amount")
    assert code == 0 and [one["name"] for one in told["entitlements"]] == ["架空　甲", "見本　丙"] and told["open"] == 250_000
    number = told["entitlements"][0]["number"]
    code, shown = run("entitlements", "show", number)
    assert code == 0 and shown["facts"]["grade"] == "total" and shown["lines"][0]["amount"] == 200_000 and shown["payments"] == []
    code, done = run("entitlements", "decline", number, "--reason", "本人の申し出", "--document", "辞退届")
    assert code == 0 and done["entitlements"][0]["state"] == "declined"
    assert run("entitlements", "list", "--progress", "declined")[1]["count"] == 1
    assert run("entitlements", "decline", number, "--reason", "x")[1]["error"]["code"] == "relief.not_open"
    assert run("entitlements", "reopen", number, "--reason", "受け取る")[0] == 0
    out = tmp_path / "list.pdf"
    assert run("entitlements", "list", "--out", str(out))[1]["rows"] == 2
    assert "架空" in read_text(out)[0]
    said = run("entitlements", "list", as_json=False)[1]
    assert "未支給" in said and "受取人" in said and "250,000円" in said
    assert run("entitlements", "show", "NO")[1]["error"]["code"] == "record.not_found"
    assert run("entitlements", "list", "--round", "1")[0] == 2


def test_claims_are_taken_down_ticked_and_moved(run: Run) -> None:
    run("calculate", "gienkin", "1", "--method", "none")
    number = run("entitlements", "list", "--text", "架空")[1]["entitlements"][0]["number"]
    code, claim = run("claims", "add", "gienkin", "--entitlement", number, "--method", "補修", "--requested", "30万", "--claimed-by", "架空　甲")
    assert code == 2 and claim["error"]["code"] == "money.unreadable"
    code, claim = run("claims", "add", "gienkin", "--entitlement", number, "--method", "補修", "--requested", "300,000")
    assert code == 0 and (claim["state"], claim["method"], claim["requested"], claim["missing"]) == ("received", "repair", 300_000, ["罹災証明書"])
    assert run("claims", "documents", claim["number"], "罹災証明書")[1]["state"] == "complete"
    assert run("entitlements", "show", number)[1]["wants"] == ["payee"]
    assert run("claims", "state", claim["number"], "--to", "withdrawn")[1]["error"]["code"] == "relief.reason_missing"
    assert run("claims", "state", claim["number"], "--to", "withdrawn", "--reason", "取下げ届")[1]["state"] == "withdrawn"
    assert run("claims", "add", "gienkin", "--requested", "-5", "--entitlement", number)[1]["error"]["code"] == "money.not_positive"
    assert run("claims", "add", "gienkin")[0] == 2
    assert run("claims", "list", "--state", "withdrawn")[1]["count"] == 1 and "取下げ" in run("claims", "list", as_json=False)[1]
    assert run("claims", "show", claim["number"])[1]["wanted"] == ["罹災証明書"]
    assert run("claims", "change", claim["number"], "--note", "電話あり")[0] == 0


def test_claims_are_taken_in_from_a_file_and_again_change_nothing(run: Run, tmp_path: Path) -> None:
    heads = ("宛名番号", "世帯主氏名", "生年月日", "申請日", "再建方法", "世帯の所得", "申請額", "受け取った書類", "解体")
    file = write_csv(
        tmp_path / "claims.csv", heads,
        ("", "架空　甲", "昭和50年3月1日", "R6.1.2", "建設・購入", "2,200,000円", "", "罹災証明書、通帳の写し", "○"),
        ("", "見本　丙", "", "令和6年1月2日", "", "", "", "", ""),
        ("", "だれか　知らない", "", "R6.1.2", "", "", "", "", ""),
        ("", "架空　甲", "昭和50年3月1日", "R6.1.2", "補修", "", "", "", ""),
        ("", "見本　丙", "", "R6.1.2", "引越し", "", "", "", ""),
        ("", "見本　丙", "", "R6.1.2", "", "", "0", "", ""),
        ("0000000031", "", "", "", "", "", "", "", ""),
    )  # fmt: skip
    assert run("claims", "import", "gienkin", file, "--dry-run", "--force")[1]["created"] == 3
    assert run("claims", "list")[1]["count"] == 0
    code, done = run("claims", "import", "gienkin", file)
    assert code == 1 and (done["read"], done["created"], done["rejected"]) == (7, 3, 4)
    one = next(row for row in run("claims", "list")[1]["claims"] if row["name"] == "架空　甲")
    assert (one["method"], one["income"], one["documents"], one["state"]) == ("build", 2_200_000, ["罹災証明書", "通帳の写し"], "complete")
    assert run("claims", "show", one["number"])[1]["demolished"] is True
    rejected = Path(done["rejected_rows"]).read_text("utf-8-sig")
    assert "だれか　知らない" in rejected and "引越し" in rejected
    code, again = run("claims", "import", "gienkin", file)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    more = write_csv(tmp_path / "more.csv", heads, ("", "見本　丙", "S60.1.1", "R6.1.2", "賃借", "", "", "罹災証明書", ""))
    code, third = run("claims", "import", "gienkin", more)
    assert code == 0 and (third["created"], third["updated"]) == (0, 1)


def test_casualties_are_typed_imported_and_confirmed_by_another(run: Run, tmp_path: Path) -> None:
    code, one = run("casualties", "add", "--name", "架空　乙", "--harm", "死亡", "--breadwinner", "いいえ", "--harmed-on", "R6.1.1")
    assert code == 0 and (one["harm"], one["breadwinner"], one["state"]) == ("dead", False, "reported")
    assert run("casualties", "confirm", one["number"], "--document", "検案書")[1]["error"]["code"] == "casualty.same_person"
    assert run("calculate", "gienkin", "1", "--dry-run")[1]["total"] == 250_000
    assert run("casualties", "confirm", one["number"], "--document", "検案書", by=OTHER)[0] == 0
    assert run("calculate", "gienkin", "1", "--dry-run")[1]["total"] == 550_000
    heads = ("氏名", "フリガナ", "生年月日", "性別", "被害の種類", "死亡日", "生計維持者", "宛名番号")
    file = write_csv(
        tmp_path / "casualties.csv", heads,
        ("架空　乙", "カクウ　オツ", "", "女", "死亡", "R6.1.1", "×", ""),
        ("﨑山　源", "サキヤマ　ゲン", "大正14年1月5日", "男", "重傷", "", "", "0000000031"),
        ("例示　丁", "", "", "", "びっくり", "", "", ""),
        ("合計", "", "", "", "2", "", "", ""),
    )  # fmt: skip
    code, done = run("casualties", "import", file)
    assert code == 1 and (done["created"], done["updated"], done["rejected"]) == (1, 1, 1)
    code, again = run("casualties", "import", file)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    rows = {row["name"]: row for row in run("casualties", "list")[1]["casualties"]}
    assert rows["架空　乙"]["state"] == "reported" and rows["架空　乙"]["kana"] == "カクウ　オツ", "who is corrected is confirmed again"
    assert rows["﨑山　源"]["address"] == "見本市山手二丁目3番地" and rows["﨑山　源"]["linked"]
    assert run("casualties", "withdraw", rows["﨑山　源"]["number"], "--reason", "誤り")[1]["casualties"][0]["state"] == "withdrawn"
    assert run("casualties", "add", "--name", "x", "--harm", "びっくり")[1]["error"]["code"] == "word.unknown_choice"
    assert run("casualties", "change", one["number"], "--note", "確認中")[0] == 0
    assert "重傷" in run("casualties", "list", as_json=False)[1]
