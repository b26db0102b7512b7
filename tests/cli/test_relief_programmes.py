"""``relief programs`` and ``relief loans`` as scripts call them, and as people read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.domain.identifiers import new_id
from app.domain.relief import Entitlement
from app.printing.raster import read_text
from app.usecases.programmes import find_round
from tests.relief_town import pay
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    copy_store(template, tmp_path / "data")
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    clock = Clock()

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(now=clock), ["--data", str(tmp_path / "data"), "relief", *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out + said.err

    return call


def test_a_shipped_programme_is_taken_over_shown_and_written(run: Run, tmp_path: Path) -> None:
    code, answer = run("programs", "shipped")
    assert code == 0 and {"saiken", "choui", "shogai", "mimai", "engo", "oukyu", "gienkin-ishikawa-2024"} <= {
        one["code"] for one in answer["programs"]
    }
    code, answer = run("programs", "import", "--shipped", "gienkin-ishikawa-2024")
    assert code == 0 and (answer["state"], answer["rounds"], answer["rules"]) == ("created", 3, 16)
    code, answer = run("programs", "list")
    assert code == 0 and [(one["code"], len(one["rounds"])) for one in answer["programs"]] == [("gienkin-ishikawa-2024", 3)]
    code, answer = run("programs", "show", "gienkin-ishikawa-2024")
    rule = answer["rounds"][0]["rules"][2]
    assert code == 0 and (rule["amount"], rule["criteria"], rule["sentence"]) == (200_000, {"grades": ["total"]}, "全壊の世帯に200,000円")
    code, answer = run("programs", "export", "gienkin-ishikawa-2024", str(tmp_path / "out.toml"))
    assert code == 0
    code, answer = run("programs", "import", str(tmp_path / "out.toml"))
    assert code == 0 and answer["state"] == "unchanged"


def test_rules_go_out_as_a_table(run: Run, tmp_path: Path) -> None:
    run("programs", "import", "--shipped", "gienkin-ishikawa-2024")
    for name in ("rules.csv", "rules.xlsx", "rules.html", "rules.pdf"):
        code, answer = run("programs", "show", "gienkin-ishikawa-2024", "--out", str(tmp_path / name))
        assert code == 0 and answer["rows"] == 16, answer
    text = (tmp_path / "rules.csv").read_text("utf-8-sig")
    assert "第1次配分" in text and "令和6年1月1日に住民だった人" in text
    assert run("programs", "show", "gienkin-ishikawa-2024", "--out", str(tmp_path / "rules.doc"))[0] == 2


def test_people_read_rules_as_sentences(run: Run) -> None:
    code, said = run("programs", "shipped", "choui", as_json=False)
    assert code == 0 and "死亡・災害関連死で、生計維持者である人に5,000,000円" in said and "出典" in said
    code, said = run("programs", "list", as_json=False)
    assert code == 0 and "--shipped" in said
    code, said = run("programs", "import", "--shipped", "choui", as_json=False)
    assert code == 0 and said.startswith("災害弔慰金（choui）：新しく取り込みました")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("amount = 100_000", "amount = 0", "money.not_positive", 20),
        ("amount = 100_000", "amount = -100_000", "money.not_positive", 20),
        ("amount = 100_000", "amount = 10_000_000_000", "money.too_large", 20),
        ('grades = ["全壊"]', 'grades = ["全かい"]', "programme.unknown_word", 19),
        ('who = { grades = ["全壊"] }', "who = {}", "programme.overlap", 18),
        ('title = "全壊"', 'titel = "全壊"', "programme.unknown_key", 18),
    ],
)
def test_a_bad_file_is_refused_with_its_line(run: Run, tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    _, _ = run("programs", "shipped", "mimai", "--out", str(tmp_path / "mimai.toml"))
    text = (tmp_path / "mimai.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "bad.toml").write_text(text.replace(old, new, 1), "utf-8")
    for verb in ("check", "import"):
        exit_code, answer = run("programs", verb, str(tmp_path / "bad.toml"))
        assert (exit_code, answer["error"]["code"]) == (1, code)
        assert answer["error"]["where"]["path"] == "bad.toml"
        assert answer["error"]["where"]["line"] >= 11
        if code != "programme.overlap":
            assert answer["error"]["where"]["line"] == line, text
        assert "行目" in answer["error"]["message"] or code == "programme.overlap"
    assert run("programs", "list")[1]["programs"] == []


def test_calls_that_make_no_sense(run: Run, tmp_path: Path) -> None:
    assert run("programs", "import")[0] == 2
    assert run("programs", "import", "x.toml", "--shipped", "saiken")[0] == 2
    assert run("programs", "import", str(tmp_path / "nothing.toml"))[0] == 3
    assert run("programs", "show", "nothing")[1]["error"]["code"] == "programme.not_found"
    assert run("programs", "import", "--shipped", "nothing")[1]["error"]["code"] == "programme.not_shipped"
    (tmp_path / "data.bin").write_bytes(bytes(range(256)) * 9)
    assert run("programs", "check", str(tmp_path / "data.bin"))[0] == 1
    assert run("loans", "plan", "百万", "--on", "2024-01-01")[1]["error"]["code"] == "money.unreadable"
    assert run("loans", "show", "nothing")[1]["error"]["code"] == "record.not_found"


def test_rounds_are_opened_and_closed(run: Run) -> None:
    run("programs", "import", "--shipped", "oukyu")
    assert run("programs", "state", "oukyu", "R6", "--to", "open")[1]["state"] == "open"
    states = {one["code"]: one["state"] for one in run("programs", "list")[1]["programs"][0]["rounds"]}
    assert states == {"R1": "draft", "R5": "draft", "R6": "open", "R7": "draft"}
    assert run("programs", "state", "oukyu", "--to", "draft")[1]["error"]["code"] == "programme.unknown_word"


@pytest.fixture
def owed(run: Run, tmp_path: Path) -> str:
    """The number of an entitlement to a loan of 1.5 million."""
    run("programs", "import", "--shipped", "engo")
    town = open_town(tmp_path / "data", Clock())
    try:
        one = find_round(town.ctx, programme="engo", code="1")
        with town.ctx.unit() as uow:
            owner = uow.entitlements.add(
                Entitlement(
                    id=new_id(),
                    number="E-1",
                    programme_id=one.programme_id,
                    round_id=one.id,
                    subject="victim:x",
                    name="見本　太郎",
                    due=1_500_000,
                )
            )
            uow.commit()
        pay(town.ctx, owner.id, owner.due)
    finally:
        town.session.close(backup=False)
    return "E-1"


def test_a_loan_from_lending_to_the_printed_plan(run: Run, owed: str, tmp_path: Path) -> None:
    code, answer = run("loans", "lend", owed, "--on", "2024-01-02", "--rate", "0", "--guarantor", "例示　次郎")
    assert code == 0 and (answer["principal"], answer["rate"], len(answer["schedule"])) == (1_500_000, "0", 14)
    number = answer["number"]
    code, answer = run("loans", "repay", number, "107,142", "--on", "R6.1.2", "--way", "納付書")
    assert code == 0 and (answer["amount"], answer["interest"], answer["owed"]) == (107_142, 0, 1_392_858)
    code, answer = run("loans", "take-back", answer["id"], "--reason", "二重の入力")
    assert code == 0 and answer["amount"] == -107_142
    code, answer = run("loans", "show", number, "--on", "2027-12-31")
    assert code == 0 and (answer["arrears"], answer["late"][0]["days"], answer["settle"]) == (107_142, 182, 1_500_000)
    code, answer = run("loans", "list")
    assert code == 0 and (answer["count"], answer["owed"]) == (1, 1_500_000)
    for name in ("plan.pdf", "plan.csv", "plan.xlsx"):
        code, answer = run("loans", "show", number, "--out", str(tmp_path / name))
        assert code == 0 and answer["rows"] == 15, answer
    said = "".join(read_text(tmp_path / "plan.pdf"))
    assert all(words in said for words in ("見本　太郎", "例示　次郎", "1,500,000円", "償還計画表", "107,154", "令和6年1月2日"))
    lines = (tmp_path / "plan.csv").read_text("utf-8-sig").splitlines()
    assert sum("107142" in line or "107,142" in line for line in lines) == 13
    assert run("loans", "list", "--out", str(tmp_path / "loans.pdf"))[0] == 0
    assert run("loans", "state", number, "--to", "deferred", "--reason", "再度の被災")[1]["state"] == "deferred"


def test_a_monthly_plan_goes_on_over_sheets(run: Run, owed: str, tmp_path: Path) -> None:
    _, answer = run("loans", "lend", owed, "--on", "2024-01-02", "--every", "12")
    code, answer = run("loans", "show", answer["number"], "--out", str(tmp_path / "plan.pdf"))
    assert code == 0 and (answer["rows"], answer["pages"]) == (85, 3)
    assert "2 / 3 枚" in read_text(tmp_path / "plan.pdf")[1]


def test_people_read_loans(run: Run, owed: str) -> None:
    run("loans", "lend", owed, "--on", "2024-01-02")
    code, said = run("loans", "list", as_json=False)
    assert code == 0 and "1,500,000円" in said and "見本　太郎" in said and "返済中" in said
    code, said = run("loans", "plan", "1500000", "--on", "2024-01-02", "--rate", "1", as_json=False)
    assert code == 0 and "111,204円" in said
