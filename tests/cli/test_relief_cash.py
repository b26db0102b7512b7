"""``sasae relief vouchers | pay | refund | boxes | day-sheet | uncollected``: from headquarters to a laptop and back, bad input included."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.usecases.voucher_messages import TakenIn
from tests.cash_town import SECOND, SECOND_PASSWORD, add_second, approve_cash, open_laptop
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town
from tests.voucher_post import post, unpost

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]
NAMES = ("髙橋　太郎", "渡邉　静", "﨑山　源", "見本　一郎")


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    clock = Clock()
    town = open_town(copy_store(template, tmp_path / "hq"), clock)
    made = approve_cash(town.ctx, [200_000, 30_000, 1_000, 50_000], names=NAMES)
    town.session.close(backup=False)
    laptop = open_laptop(tmp_path / "laptop", clock)
    add_second(laptop.ctx, roles=("desk",))
    letters = laptop.ctx.place.device_prefix
    laptop.session.close(backup=False)
    for name, value in (
        ("OPERATOR", OPERATOR),
        ("PASSWORD", PASSWORD),
        ("SECOND_PASSWORD", SECOND_PASSWORD),
    ):
        monkeypatch.setenv(f"SASAE_{name}", value)

    def call(*arguments: str, at: str = "hq", as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        told = ["relief", *arguments, "--data", str(tmp_path / at), *(["--json"] if as_json else [])]
        code = run_command(gateway(now=clock), told)
        said = capsys.readouterr().out
        return code, json.loads(said) if as_json and said else said

    call.numbers, call.letters = made.numbers, letters  # type: ignore[attr-defined]
    return call


def deliver(sender: Path, receiver: Path) -> TakenIn:
    """The vouchers' part of a package from one folder to the other."""
    there, here = (gateway(now=Clock()).open(one, operator=OPERATOR, password=PASSWORD) for one in (sender, receiver))
    try:
        post(there.context, here.context, sender / "told")
        taken = unpost(here.context, sender / "told")
        assert taken is not None
        return taken
    finally:
        there.close(backup=False)
        here.close(backup=False)


def refusal(answer: Any) -> str:
    assert answer["error"]["message"]
    return str(answer["error"]["code"])


def test_from_headquarters_to_a_laptop_and_back(run: Run, tmp_path: Path) -> None:
    first, second, third, last = run.numbers  # type: ignore[attr-defined]
    letters = run.letters  # type: ignore[attr-defined]
    code, told = run("vouchers", "assign", "--batch", "B-1", "--site", "見本小学校", "--device", letters)
    assert (code, told["count"], told["total"], told["device"]) == (0, 4, 281_000, letters)
    assert deliver(tmp_path / "hq", tmp_path / "laptop").new == 4
    assert deliver(tmp_path / "hq", tmp_path / "laptop").unchanged == 4
    code, told = run("pay", first, "--identified", "運転免許証", "--receipt", str(tmp_path / "r.pdf"), at="laptop")
    assert code == 0 and (told["amount"], told["identified"], told["site"]) == (200_000, "licence", "見本小学校")
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    assert refusal(run("pay", first, "--identified", "card", at="laptop")[1]) == "voucher.already_paid"
    assert refusal(run("pay", first, "--identified", "card")[1]) == "voucher.other_site"
    run("pay", second, "--identified", "card", at="laptop")
    code, asked = run("refund", "ask", second, "--reason", "人違い", at="laptop")
    assert code == 0 and asked["state"] == "asked"
    assert refusal(run("refund", "confirm", asked["receipt"], at="laptop")[1]) == "cash.two_people"
    assert run("refund", "list", at="laptop")[1]["count"] == 1
    code, done = run("refund", "confirm", asked["receipt"], "--second", SECOND, at="laptop")
    assert code == 0 and (done["state"], done["second"]) == ("done", SECOND)
    assert run("vouchers", "give-up", third, at="laptop")[1]["given_up"] == [third]
    heard = deliver(tmp_path / "laptop", tmp_path / "hq")
    assert (heard.receipts, heard.paid, heard.refunded, heard.home, heard.conflicts) == (3, 2, 1, 1, ())
    states = {one["number"]: one["state"] for one in run("vouchers", "list")[1]["vouchers"]}
    assert states == {first: "paid", second: "refunded", third: "ready", last: "assigned"}
    code, left = run("uncollected")
    assert (left["count"], left["total"]) == (2, 51_000)
    assert run("vouchers", "recall", last)[1]["waiting"] == 1
    assert refusal(run("vouchers", "assign", last)[1]) == "voucher.held"


def test_boxes_the_day_and_papers(run: Run, tmp_path: Path) -> None:
    run("vouchers", "assign", "--batch", "B-1")
    assert run("boxes", "add", "金庫1")[0] == 0
    assert run("boxes", "in", "10000=30", "1000=10", "--second", "会計 太郎")[1]["balance"] == 310_000
    assert run("boxes", "needed")[1] == {"vouchers": 4, "total": 281_000, "pieces": {"10000": 28, "1000": 1}}
    run("pay", run.numbers[0], "--identified", "card")  # type: ignore[attr-defined]
    code, told = run("boxes", "close", "10000=10")
    assert code == 1 and refusal(told) == "cash.difference"
    assert run("boxes", "close", "10000=10", "1000=9", "--explanation", "1枚不足")[1]["difference"] == -1_000
    files = [str(tmp_path / name) for name in ("day.pdf", "day.csv")]
    code, sheet = run("day-sheet", "--out", files[0], "--receipts", files[1])
    assert code == 0 and sheet["files"] == files
    assert (sheet["paid"], sheet["boxes"][0]["end"], sheet["clerks"][0]["payments"]) == (200_000, 109_000, 1)
    assert "金庫1" in run("day-sheet", as_json=False)[1]
    assert sheet["outside"] == {"payments": 0, "paid": 0, "refunds": 0, "refunded": 0} and sheet["warnings"] == []
    for name in ("u.csv", "u.xlsx", "u.pdf"):
        assert run("uncollected", "--out", str(tmp_path / name))[1]["rows"] == 3
    code, papers = run("vouchers", "print", "--out", str(tmp_path / "v.pdf"), "--nup", "8")
    assert code == 0 and (papers["printed"], papers["pages"]) == (3, 1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("pay", "V-XXXX-00001-X", "--identified", "card"), "voucher.not_found"),
        (("pay", "髙橋", "--identified", "card"), "voucher.not_found"),
        (("pay", "SASAE-V:00000000:V-K7QF-00012-3:1", "--identified", "card"), "voucher.code_damaged"),
        (("vouchers", "assign", "--batch", "B-9"), "batch.unknown"),
        (("vouchers", "assign", "--batch", "B-1", "--site", "どこか"), "voucher.site_unknown"),
        (("vouchers", "assign", "--batch", "B-1", "--site", "見本小学校"), "voucher.device_missing"),
        (("vouchers", "assign", "--batch", "B-1", "--device", "!!"), "voucher.device_malformed"),
        (("boxes", "in", "3000=1", "--second", "x"), "cash.box_missing"),
        (("vouchers", "freeze", "--device", "ZZZZ"), "reason.missing"),
        (("day-sheet", "--on", "いつか"), "protection.day"),
        (("refund", "confirm", "R-XXXX-00001-X"), "cash.receipt_unknown"),
    ],
)
def test_bad_input_is_refused_in_words(run: Run, arguments: tuple[str, ...], code: str) -> None:
    result, answer = run(*arguments)
    assert result in (1, 3)
    found = refusal(answer)
    assert found == code or (code.startswith("batch.") and found.startswith(("batch.", "record."))), answer


def test_how_identity_was_checked_is_a_known_word_or_not_said(run: Run) -> None:
    assert refusal(run("pay", run.numbers[0], "--identified", "顔見知りかも")[1]) == "word.unknown_choice"  # type: ignore[attr-defined]
    run("vouchers", "assign", run.numbers[0])  # type: ignore[attr-defined]
    code, told = run("pay", run.numbers[0])  # type: ignore[attr-defined]
    assert (code, told["identified"]) == (0, "none") and "確認の記載なし" in told["warnings"][0]
    sheet = run("day-sheet")[1]
    assert sheet["outside"]["payments"] == 1 and sheet["outside"]["paid"] == told["amount"]
    assert "金庫を通さないもの" in run("day-sheet", as_json=False)[1]
