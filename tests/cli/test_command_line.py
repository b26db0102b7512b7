"""The contract of the command line: one JSON object, exit codes, options in either place, words for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import _window_options
from app.bootstrap import gateway
from app.cli.arguments import build_parser, read_duration, read_time
from app.cli.main import run_command
from app.domain.errors import UsageFault
from app.presentation.console import HELP

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("SASAE_OPERATOR", "試験")
    monkeypatch.setenv("SASAE_PASSWORD", "password-1")

    def call(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run_command(gateway(), ["--data", str(tmp_path / "data"), *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


def _init(run: Run) -> None:
    code, answer = run(
        "init",
        "--municipality",
        "17202",
        "--disaster",
        "試験地震",
        "--occurred",
        "令和6年1月1日午後4時10分",
        "--site",
        "本部",
        "--kind",
        "hq",
    )
    assert code == 0 and len(answer["recovery_key"].replace("-", "")) == 32


def test_init_gives_a_folder_a_device_and_a_recovery_key(run: Run, tmp_path: Path) -> None:
    _init(run)
    assert {"store.db", "keys.json"} <= {file.name for file in (tmp_path / "data").iterdir()}
    code, answer = run("init", "--municipality", "172022", "--disaster", "x", "--occurred", "2024-01-01", "--site", "x", "--kind", "hq")
    assert (code, answer["error"]["code"]) == (3, "store.exists")


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        ((), 2, "cli.usage"),
        (("frobnicate",), 2, "cli.usage"),
        (("shelters",), 2, "cli.usage"),
        (("shelters", "list", "--at", "きのう"), 2, None),
        (("headcounts", "trend", "--every", "0d"), 2, "cli.duration_unreadable"),
        (("evacuees", "roster", "--format", "csv"), 2, "cli.output_missing"),
        (("evacuees", "check-in", "--shelter", "x", "--person", "{"), 2, "cli.json_unreadable"),
        (("evacuees", "check-in", "--shelter", "x", "--person", '{"nmae": "x"}'), 2, "cli.unknown_key"),
        (("shelters", "open", "どこにもない避難所"), 1, "shelter.not_found"),
        (("evacuees", "check-out", "ZZZZ-00001-0", "--destination", "自宅"), 1, "cli.person_not_found"),
        (("evacuees", "check-in", "--shelter", "どこにもない避難所", "--person", '{"name": "x"}'), 1, "shelter.not_found"),
        (("shelters", "import", "no-such-file.csv"), 3, "import.file_missing"),
        (("history", "no-such-record"), 1, "record.not_found"),
        (("search", "x", "--limit", "0"), 1, "search.limit"),
        (("search", "x", "--birth", "きのう"), 2, "date.unreadable"),
        (("evacuees", "move", "ZZZZ-00001-0"), 2, "cli.usage"),
        (("evacuees", "check-out", "ZZZZ-00001-0"), 1, "cli.person_not_found"),
        (("backup", "no-such-folder/a.sasae-backup"), 3, "file.folder_missing"),
    ],
)
def test_what_is_refused_says_so_with_its_exit_code(run: Run, arguments: tuple[str, ...], code: int, error: str | None) -> None:
    _init(run)
    found, answer = run(*arguments)
    assert found == code, answer
    assert set(answer) == {"error"} and set(answer["error"]) == {"code", "message", "where"}
    assert answer["error"]["message"] and not answer["error"]["message"].startswith("処理できませんでした")
    if error is not None:
        assert answer["error"]["code"] == error


def test_a_missing_folder_and_a_missing_password_are_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("shelters", "list")[0] == 3
    monkeypatch.delenv("SASAE_PASSWORD")
    assert run("shelters", "list")[1]["error"]["code"] == "operator.password_missing"


def test_password_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _init(run)
    monkeypatch.delenv("SASAE_PASSWORD")
    (tmp_path / "password.txt").write_text("password-1\n", "utf-8")
    assert run("shelters", "list", "--password-file", str(tmp_path / "password.txt"))[0] == 0
    assert run("shelters", "list", "--password-file", str(tmp_path / "none.txt"))[1]["error"]["code"] == "cli.password_file"


def test_purpose_reaches_the_access_log(run: Run) -> None:
    _init(run)
    run("evacuees", "roster", "--purpose", "県への報告")
    run("evacuees", "roster")
    entries = run("access-log")[1]["entries"]
    assert [entry["purpose"] for entry in entries] == ["業務", "県への報告"]
    assert {"at", "by", "action", "purpose", "persons", "target"} <= set(entries[0])


def test_household_and_persons_come_together(run: Run) -> None:
    _init(run)
    run("shelters", "list")
    from_text = json.dumps({"name": "旅 人", "needs": ["服薬", "透析"], "consent_web": "同意する", "protected": "あり"}, ensure_ascii=False)
    code, answer = run("evacuees", "check-in", "--shelter", "どこか", "--person", from_text)
    assert code == 1 and answer["error"]["where"] == {"field": "shelter"}


def test_leaving_to_nobody_knows_where_and_taking_an_outing_back(run: Run, tmp_path: Path) -> None:
    _init(run)
    _open_shelter(run, tmp_path)
    _, answer = run("evacuees", "check-in", "--shelter", "架空小学校", "--person", '{"name": "架空 一"}', "--at", "2024-01-02")
    person = answer["persons"][0]
    for act in (("go-out", "--at", "2024-01-03T08:00"), ("come-back", "--at", "2024-01-03T09:00")):
        assert run("evacuees", act[0], person, *act[1:])[0] == 0
    assert run("evacuees", "undo", person, "--reason", "まだ戻っていない")[0] == 0
    assert [row["absence"] for row in run("evacuees", "roster")[1]["rows"]] == ["outing"]
    code, answer = run("evacuees", "check-out", person, "--at", "2024-01-04")
    assert (code, answer["destination"]) == (0, "unknown")


def test_cards_that_cannot_be_drawn_are_named_and_every_print_is_logged_once(run: Run, tmp_path: Path) -> None:
    _init(run)
    _open_shelter(run, tmp_path)
    run("evacuees", "check-in", "--shelter", "架空小学校", "--person", '{"name": "架空 一"}')
    assert run("evacuees", "cards", "--out", str(tmp_path / "a.pdf"))[0] == 0
    log = run("access-log")[1]["entries"]
    assert [(entry["action"], entry["target"], entry["persons"]) for entry in log if entry["action"] == "print"] == [("print", "a.pdf", 1)]
    run("evacuees", "check-in", "--shelter", "架空小学校", "--person", '{"name": "架空 \ue000"}')
    code, answer = run("evacuees", "cards", "--out", str(tmp_path / "b.pdf"))
    assert (code, answer["cards"]) == (1, 1), "the others are printed"
    assert any("U+E000" in warning for warning in answer["warnings"])
    log = run("access-log")[1]["entries"]
    assert [(entry["target"], entry["persons"]) for entry in log if entry["action"] == "print"] == [("b.pdf", 1), ("a.pdf", 1)]


def _open_shelter(run: Run, folder: Path) -> None:
    (folder / "s.csv").write_text("名称\n架空小学校\n", "utf-8")
    assert run("shelters", "import", str(folder / "s.csv"), "--open", "--at", "2024-01-01T17:00")[0] == 0


def test_a_damaged_store_is_exit_4(run: Run, tmp_path: Path) -> None:
    _init(run)
    path = tmp_path / "data" / "store.db"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    code, answer = run("verify")
    assert code == 4 and answer["ok"] is False and answer["problems"]


def test_durations_and_times() -> None:
    assert read_duration("1d") == timedelta(days=1) and read_duration(" 90 m ") == timedelta(minutes=90)
    for text in ("", "1w", "d", "-1d", "0h"):
        with pytest.raises(UsageFault):
            read_duration(text)
    assert read_time("R6.1.1 16:10") == read_time("2024-01-01T16:10+09:00")


def test_every_verb_has_help_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_parser("0").description == HELP["sasae"]
    assert run_command(gateway(), ["help", "evacuees", "check-in"]) == 0
    assert "入所させる" in capsys.readouterr().out
    assert run_command(gateway(), ["help", "--json"]) == 0
    assert "headcounts" in json.loads(capsys.readouterr().out)["help"]


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], []), (["--data", "x"], ["--data", "x"]), (["--json"], None), (["verify"], None), (["--data", "x", "verify"], None), (["demo"], ["--training"]),
        (["demo", "--json"], None), (["demo", "--help"], None), (["--data", "x", "demo"], None), (["--version"], None),
    ],
)  # fmt: skip
def test_no_verb_opens_the_window(arguments: list[str], window: list[str] | None) -> None:
    assert _window_options(arguments) == window


HISTORY_HEADER = "宛名番号,履歴番号,氏名,生年月日,住所,性別\n"


def _import_residents(run: Run, path: Path) -> tuple[int, dict[str, Any]]:
    return run("residents", "import", str(path), "--as-of", "2024-01-01T16:10")


@pytest.mark.parametrize(
    ("rows", "imported", "found"),
    [
        (["1,1,見本 一,S20.1.1,本町1,男", "2,1,見本 二,S21.1.1,本町2,女"], 2, "本町1"),
        (["1,1,見本 一,S20.1.1,旧町9,男", "1,2,見本 一,S20.1.1,本町1,男", "2,1,見本 二,S21.1.1,本町2,女"], 2, "本町1"),
    ],
)
def test_history_numbers_without_dates(run: Run, tmp_path: Path, rows: list[str], imported: int, found: str) -> None:
    _init(run)
    (tmp_path / "dump.csv").write_text(HISTORY_HEADER + "\n".join(rows) + "\n", "utf-8")
    code, answer = _import_residents(run, tmp_path / "dump.csv")
    assert (code, answer["imported"]) == (0, imported)
    assert [hit["address"] for hit in run("search", "見本 一")[1]["hits"]] == [found]
    assert len(run("residents", "snapshots")[1]["snapshots"]) == 1
