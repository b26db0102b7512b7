"""``relief report`` and ``relief ledger`` as scripts call them, and as people read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.printing.raster import count_pages, read_text
from app.usecases import postings
from tests.relief_books import SECOND, open_books
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, SITE, Clock, copy_store, open_town, run_sql

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A folder with a programme: one household paid, one on its way with the money for its dead, one not decided."""
    folder, clock = copy_store(template, tmp_path / "data"), Clock()
    town = open_town(folder, clock)
    books = open_books(town)
    batch, payments = books.batch([[0], [1, 3]])
    with books.ctx.unit() as uow:
        postings.post_sent(uow, batch, payments)
        entry = postings.post_paid(uow, batch, payments[:1])
        uow.commit()
    books.save(payments, state="sent")
    books.save(payments[:1], state="paid", entry=entry, paid_on="2024-01-02")
    town.session.close(backup=False)
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(now=clock), ["--data", str(folder), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json and said.out else said.out + said.err

    return call


def ok(answer: tuple[int, Any]) -> Any:
    assert answer[0] == 0, answer[1]
    return answer[1]


def test_money_in_out_and_taken_back(run: Run) -> None:
    made = ok(run("relief", "ledger", "budget", "gienkin", "2,000,000円", "--round", "1", "--memo", "県 概算"))
    assert [(one["account"], one["debit"], one["credit"]) for one in made["postings"]] == [("hq", 2_000_000, 0), ("source", 0, 2_000_000)]
    code, refused = run("relief", "ledger", "allot", SITE, "100000")
    assert code == 1 and refused["error"]["code"] == "ledger.second_missing"
    ok(run("relief", "ledger", "allot", SITE, "100000", "--second", SECOND))
    ok(run("relief", "ledger", "back", SITE, "40000", "--second", SECOND))
    ok(run("relief", "ledger", "fee", "660"))
    told = ok(run("relief", "ledger", "balance"))
    accounts = {one["account"]: one["balance"] for one in told["accounts"]}
    assert (accounts["hq"], accounts["site"], accounts["fee"], told["sum"]) == (2_000_000 - 1_400_000 - 60_000 - 660, 60_000, 660, 0)
    back = ok(run("relief", "ledger", "reverse", made["entry"][-8:], "--reason", "打ち間違い", "--second", SECOND))
    assert {one["reverses"] for one in back["postings"]} == {made["entry"]}
    listed = ok(run("relief", "ledger", "list", "--kind", "財源の受入"))
    assert listed["entries"] == 1 and {one["reversed_by"] for one in listed["postings"]} == {back["entry"]}
    words = ok(run("relief", "ledger", "list", "--account", "hq", as_json=False))
    assert "（取消済み）" in words and "打ち間違い" in words and SECOND in words


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ledger", "budget", "gienkin", "0"], "money.not_positive"),
        (["ledger", "budget", "gienkin", "--on", "2024-01-02", "-5"], ""),
        (["ledger", "budget", "gienkin", "12,34x"], "money.unreadable"),
        (["ledger", "budget", "gienkin", "1234567890123"], "ledger.too_large"),
        (["ledger", "budget", "gienkin", "1", "--on", "2024-02-30"], "ledger.day"),
        (["ledger", "budget", "gienkin", "1", "--on", "2025-01-01"], "ledger.future"),
        (["ledger", "budget", "nothing", "1"], "programme.not_found"),
        (["ledger", "return", "gienkin", "9999", "--second", SECOND], "ledger.short"),
        (["ledger", "allot", "どこにもない", "1", "--second", SECOND], "ledger.site_unknown"),
        (["ledger", "reverse", "abcdef12", "--reason", "x", "--second", SECOND], "ledger.entry_unknown"),
        (["ledger", "list", "--account", "ポケット"], "word.unknown"),
        (["report", "--round", "1"], "ledger.programme_missing"),
        (["report", "--format", "pdf"], "ledger.out_missing"),
        (["report", "prefecture"], "ledger.programme_missing"),
        (["report", "prefecture", "--program", "gienkin", "--round", "1", "--estimate", "全壊=x"], "ledger.estimate_form"),
        (["report", "household", "いない人"], "ledger.family_none"),
    ],
)
def test_what_is_refused_says_why(run: Run, arguments: list[str], code: str) -> None:
    exit_code, told = run("relief", *arguments)
    assert exit_code in (1, 2)
    assert told["error"]["message"]
    if code:
        assert told["error"]["code"] == code


def test_reports_as_json_words_and_files(run: Run, tmp_path: Path) -> None:
    told = ok(run("relief", "report", "--by", "category", "--program", "gienkin"))
    lines = {one["code"]: one for one in told["lines"]}
    assert lines["全壊"]["paid"] == {"count": 1, "amount": 200_000}
    assert lines["死者"]["transit"] == {"count": 1, "amount": 1_000_000}
    assert told["total"]["due"] == {"count": 4, "amount": 1_500_000}
    words = ok(run("relief", "report", "--by", "district", as_json=False))
    assert "地区別" in words and "本町" in words and "合計" in words
    for kind in ("csv", "xlsx", "html", "pdf"):
        out = tmp_path / f"r.{kind}"
        assert ok(run("relief", "report", "--by", "day", "--out", str(out)))["rows"] == 2
        assert out.stat().st_size > 100
    assert "200,000" in (tmp_path / "r.csv").read_text("utf-8-sig")
    before = ok(run("relief", "report", "--by", "round", "--at", "2024-01-01"))
    assert before["total"]["paid"]["count"] == 0


def test_the_prefecture_gets_its_own_paper(run: Run, tmp_path: Path) -> None:
    ok(run("relief", "ledger", "budget", "gienkin", "3000000", "--round", "1"))
    told = ok(run("relief", "report", "prefecture", "--program", "gienkin", "--round", "1", "--estimate", "全壊=12"))
    assert (told["received"], told["paid"], told["to_return"]) == (3_000_000, {"count": 1, "amount": 200_000}, 2_800_000)
    assert told["lines"][0]["forecast"] == 2_400_000
    paper = tmp_path / "p.pdf"
    assert ok(run("relief", "report", "prefecture", "--program", "gienkin", "--out", str(paper)))["pages"] == count_pages(paper) == 1
    text = "".join(read_text(paper))
    assert "見本県" in text and "2,400,000" in text and "概算・実績・精算の報告" in text


def test_a_family_on_the_screen_and_as_a_notice(run: Run, tmp_path: Path) -> None:
    told = ok(run("relief", "report", "household", "E003"))
    assert [one["number"] for one in told["lines"]] == ["E001", "E003"]
    assert (told["paid"], told["under_way"], told["open"]) == (0, 1_200_000, 0)
    assert len(ok(run("relief", "report", "household", "見本市"))["families"]) == 3
    code, refused = run("relief", "report", "household", "見本市", "--out", str(tmp_path / "x.pdf"))
    assert code == 1 and refused["error"]["code"] == "ledger.family_many"
    paper = tmp_path / "n.pdf"
    assert ok(run("relief", "report", "household", "E000", "--out", str(paper)))["pages"] == 1
    text = "".join(read_text(paper)).replace(" ", "").replace("\u3000", "")
    assert "髙橋太郎" in text and "200,000円" in text and "義援金第1次" in text
    assert ok(run("relief", "report", "household", "E000", "--out", str(tmp_path / "n.csv")))["rows"] == 1


def test_the_check_ends_with_one_when_books_differ(run: Run, tmp_path: Path) -> None:
    ok(run("relief", "ledger", "budget", "gienkin", "3000000"))
    assert ok(run("relief", "report", "--check"))["ok"]
    run_sql(tmp_path / "data", "UPDATE payment SET state = 'paid' WHERE state = 'sent'")
    code, told = run("relief", "report", "--check")
    assert code == 1 and {one["code"] for one in told["problems"]} == {
        "ledger.check.lost_payment", "ledger.check.transit", "ledger.check.paid",
    }  # fmt: skip
    code, words = run("relief", "report", "--check", as_json=False)
    assert code == 1 and words.splitlines()[0].startswith("帳簿と支給の記録に、合わないところが 3 件あります") and "結果: " not in words
