"""``relief transfer|results|reconcile|zengin-check|profiles`` as scripts call them, and as people read them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.printing.raster import read_text
from tests.cli.test_relief_batches import BOSS, Run, prepare, run, template

__all__ = ["run", "template"]
DAY = "2024-01-05"
CONSIGNOR = (
    "--consignor-code", "0123456789", "--consignor-kana", "ミホンシ", "--bank", "0001", "--branch", "001", "--account-number", "7654321",
)  # fmt: skip


@pytest.fixture
def batch(run: Run) -> str:
    """The number of an approved batch of two transfers; the municipality is known as consignor."""
    number = prepare(run)
    assert run("relief", "approve", number, by=BOSS)[0] == 0
    assert run("relief", "profiles", "consignor", *CONSIGNOR)[0] == 0
    return number


def write(run: Run, batch: str, out: Path, *more: str) -> tuple[int, dict[str, object]]:
    return run("relief", "transfer", batch, "--profile", "standard", "--date", DAY, "--out", str(out), *more)


def test_from_the_file_to_the_statement(run: Run, batch: str, tmp_path: Path) -> None:
    out = tmp_path / "sofuri.txt"
    code, answer = write(run, batch, out)
    assert code == 0 and (answer["count"], answer["total"], answer["changes"]) == (2, 250_000, [])
    assert answer["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest() == answer["files"][0]["sha256"]  # type: ignore[index]
    assert str(answer["sha256"]).upper() in "".join(read_text(Path(str(answer["sheet"])))[0].split())
    code, again = write(run, batch, tmp_path / "b.txt")
    assert (code, again["error"]["code"]) == (1, "transfer.written_before")  # type: ignore[index]
    assert run("relief", "transfer", "hand-over", batch)[1]["state"] == "sent"
    records = out.read_bytes().split(b"\r\n")
    back = tmp_path / "kekka.txt"
    back.write_bytes(
        b"\r\n".join([records[0], records[1][:113] + b"0" + records[1][114:], records[2][:113] + b"2" + records[2][114:], *records[3:]])
    )
    code, answer = run("relief", "results", str(back))
    assert code == 0 and (answer["paid"], answer["failed"], answer["settled"]) == (1, 1, True)
    assert run("relief", "results", str(back))[1]["error"]["code"] == "transfer.result_twice"
    code, answer = run("relief", "results", "list")
    assert [(one["failure"], one["next_step"]) for one in answer["unpaid"]] == [("name", "fix_account")]
    assert run("relief", "reconcile", batch)[1]["expected"] == 200_000
    code, answer = run("relief", "reconcile", batch, "--date", DAY, "--statement", "200,000")
    assert (code, answer["difference"]) == (0, 0)
    code, answer = run("relief", "reconcile", batch, "--date", DAY, "--statement", "-1")
    assert code == 1


def test_again_by_two_people(run: Run, batch: str, tmp_path: Path) -> None:
    code, first = write(run, batch, tmp_path / "a.txt", "--no-sheet")
    assert code == 0 and "sheet" not in first
    assert run("relief", "transfer", "again", batch, "--reason", "紛失")[1]["next"] == "allow"
    assert run("relief", "transfer", "allow", batch)[1]["error"]["code"] == "transfer.own_request"
    assert run("relief", "transfer", "allow", batch, by=BOSS)[0] == 0
    code, second = run("relief", "transfer", batch, "--out", str(tmp_path / "b.txt"), "--no-sheet")
    assert code == 0 and (second["sha256"], second["again"]) == (first["sha256"], 1)
    assert run("relief", "transfer", "again", batch)[1]["error"]["code"] == "reason.missing"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--profile", "standard", "--date", "2024-01-08"), "transfer.day_holiday"), (("--profile", "nothing", "--date", DAY), "transfer.profile_unknown"),
     (("--profile", "standard"), "transfer.day_missing")],
)  # fmt: skip
def test_what_is_refused_leaves_no_file(run: Run, batch: str, tmp_path: Path, arguments: tuple[str, ...], code: str) -> None:
    result, answer = run("relief", "transfer", batch, *arguments, "--out", str(tmp_path / "a.txt"))
    assert (result, answer["error"]["code"]) == (1, code) and not (tmp_path / "a.txt").exists()
    assert run("relief", "transfer", batch, *arguments)[0] in (1, 2)


def test_by_hand_and_recalled(run: Run, batch: str, tmp_path: Path) -> None:
    write(run, batch, tmp_path / "a.txt", "--no-sheet")
    run("relief", "transfer", "hand-over", batch)
    numbers = [one["number"] for one in run("relief", "batches", "show", batch)[1]["payments"]]
    assert run("relief", "results", "set", numbers[0], "--paid")[1]["warnings"][0]["code"] == "transfer.before_day"
    assert run("relief", "results", "set", numbers[1], "--failed", "解約", "--reason", "電話で連絡")[1]["settled"] is True
    assert run("relief", "results", "set", numbers[0], "--paid", "--date", DAY)[1]["error"]["code"] == "transfer.paid_in_future"
    assert run("relief", "results", "set", numbers[1])[0] == 2
    assert run("relief", "results", "recall", numbers[0], "--reason", "別人")[1]["state"] == "recalled"
    assert len(run("relief", "results", "list")[1]["unpaid"]) == 2


def test_the_file_in_hand_is_that_of_the_batch_or_is_not_handed_over(run: Run, batch: str, tmp_path: Path) -> None:
    out, old = tmp_path / "a.txt", tmp_path / "old.txt"
    assert run("relief", "transfer", "compare", batch, str(out))[1]["error"]["code"] == "transfer.not_written"
    write(run, batch, out, "--no-sheet")
    old.write_bytes(out.read_bytes().replace(b"0000200000", b"0000200001"))
    assert old.read_bytes() != out.read_bytes()
    code, answer = run("relief", "transfer", "compare", batch, str(out), str(old))
    assert (code, answer["same"], [(one["matches"], one["part"]) for one in answer["compared"]]) == (1, False, [(True, 1), (False, 0)])
    code, words = run("relief", "transfer", "compare", batch, str(old), as_json=False)
    assert code == 1 and "渡さないでください" in words
    code, answer = run("relief", "transfer", "hand-over", batch, str(out), str(old))
    assert (code, answer["error"]["code"]) == (1, "transfer.other_file")
    assert run("relief", "transfer", "list", batch)[1]["files"][0]["state"] == "written"
    assert run("relief", "transfer", "compare", batch)[0] == 2
    assert run("relief", "transfer", "compare", batch, str(tmp_path / "none"))[0] == 3
    code, answer = run("relief", "transfer", "hand-over", batch, str(out))
    assert (code, answer["state"]) == (0, "sent")
    assert run("relief", "transfer", "compare", batch, str(out))[1]["compared"][0]["state"] == "handed"


def test_a_replaced_file_is_known_as_old(run: Run, batch: str, tmp_path: Path) -> None:
    write(run, batch, tmp_path / "a.txt", "--no-sheet")
    assert run("relief", "transfer", "discard", batch, "--reason", "日を変える", by=BOSS)[0] == 0
    out = tmp_path / "b.txt"
    assert run("relief", "transfer", batch, "--profile", "standard", "--date", "2024-01-09", "--out", str(out), "--no-sheet")[0] == 0
    code, answer = run("relief", "transfer", "compare", batch, str(tmp_path / "a.txt"))
    assert (code, answer["compared"][0]["state"], answer["compared"][0]["matches"]) == (1, "discarded", False)
    assert run("relief", "transfer", "hand-over", batch, str(tmp_path / "a.txt"))[1]["error"]["code"] == "transfer.other_file"
    assert run("relief", "transfer", "compare", batch, str(out))[0] == 0


def test_people_read_it(run: Run, batch: str, tmp_path: Path) -> None:
    code, words = run("relief", "transfer", batch, "--profile", "standard", "--date", DAY, "--out", str(tmp_path / "a.txt"), as_json=False)
    assert code == 0 and "照合値" in words and "250,000円" in words
    code, words = run("relief", "transfer", "list", as_json=False)
    assert "銀行へ渡して記録する" in words and batch in words


def test_without_a_profile_the_only_own_one_is_taken(run: Run, batch: str, tmp_path: Path) -> None:
    more = ("--date", DAY, "--no-sheet")
    code, answer = run("relief", "transfer", batch, "--out", str(tmp_path / "a.txt"), *more)
    assert (code, answer["profile"]) == (0, "standard")
    assert run("relief", "transfer", "discard", batch, "--reason", "別の銀行", by=BOSS)[0] == 0
    own = tmp_path / "own.toml"
    own.write_text('id = "mine"\nbase = "unbroken"\ntitle = "見本銀行"\n', "utf-8")
    assert run("relief", "profiles", "import", str(own))[0] == 0
    assert run("relief", "transfer", "names", batch)[0] == 0
    code, answer = run("relief", "transfer", batch, "--out", str(tmp_path / "b.txt"), *more)
    assert (code, answer["profile"]) == (0, "mine") and b"\r\n" not in (tmp_path / "b.txt").read_bytes()


def test_nothing_is_said_of_what_there_is_none(run: Run, batch: str, tmp_path: Path) -> None:
    code, words = run("relief", "transfer", batch, "--date", DAY, "--out", str(tmp_path / "a.txt"), as_json=False)
    assert code == 0 and "再出力" not in words and "カナの変更" not in words and "0件" not in words and "送付書：" in words
    assert run("relief", "transfer", "again", batch, "--reason", "紛失")[0] == run("relief", "transfer", "allow", batch, by=BOSS)[0] == 0
    assert "再出力：1回目" in run("relief", "transfer", batch, "--out", str(tmp_path / "b.txt"), "--no-sheet", as_json=False)[1]
    assert "カナの変更はありません" in run("relief", "transfer", "names", batch, as_json=False)[1]
    words = run("relief", "profiles", "list", as_json=False)[1]
    assert "顧客コード1・2（数字）" in words and "EDI情報（識別表示Y）" in words and "numeric" not in words


def test_any_file_is_checked_without_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "x.txt"
    broken.write_bytes(b"1" * 119 + b"\r\n")
    assert run_command(gateway(), ["relief", "zengin-check", str(broken)]) == 1
    said = capsys.readouterr().out
    assert "119バイト" in said and "誤り" in said
    assert run_command(gateway(), ["relief", "zengin-check", str(tmp_path / "nothing")]) == 3
    assert run_command(gateway(), ["--data", str(tmp_path / "no"), "relief", "profiles", "list"]) == 0


def test_profiles(run: Run, tmp_path: Path) -> None:
    pattern = tmp_path / "p.toml"
    assert run("relief", "profiles", "show", "unbroken", "--out", str(pattern))[0] == 0
    assert run("relief", "profiles", "import", str(pattern))[1]["error"]["code"] == "transfer.profile_shipped"
    pattern.write_text(pattern.read_text("utf-8").replace('id = "unbroken"', 'id = "mine"'), "utf-8")
    assert run("relief", "profiles", "import", str(pattern))[1]["state"] == "created"
    assert run("relief", "profiles", "list")[1]["profiles"][0]["id"] == "mine"
    assert run("relief", "profiles", "remove", "mine")[0] == 0
    assert run("relief", "profiles", "closed-days", "2024-08-14")[1]["closed_days"] == ["2024-08-14"]
    assert run("relief", "profiles", "consignor", "--bank", "12")[1]["error"]["code"] == "transfer.profile_digits"
