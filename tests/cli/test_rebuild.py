"""Rebuilding, reporting and comparing snapshots from the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.domain.invention_history import write_history_files
from tests.cli.test_command_line import Run, _init, run

__all__ = ["run"]


def test_a_rebuild_answers_the_contract_and_more(run: Run, tmp_path: Path) -> None:
    _init(run)
    full, differences, truth = write_history_files(tmp_path, residents=400, changes=40, seed=2)
    options = [part for path in differences for part in ("--diff", str(path))]
    code, answer = run(
        "residents", "import", str(full), "--as-of", "2024-03-08T16:10", "--known-at", "2024-03-11", "--label", "発災時点", *options
    )
    assert code == 0, answer
    assert {"snapshot", "read", "imported", "rejected", "households", "warnings", "report", "sha256", "findings", "census"} <= answer.keys()
    assert (answer["imported"], answer["rejected"], answer["census"]["total"]) == (len(truth.residents), 0, len(truth.residents))
    assert sum(one["total"] for one in answer["census"]["ages"]) == len(truth.residents) and answer["warnings"]
    code, listed = run("residents", "snapshots")
    assert [(one["label"], one["residents"]) for one in listed["snapshots"]] == [("発災時点", len(truth.residents))]

    code, later = run("residents", "import", str(full), "--as-of", "2024-03-08T16:10", "--known-at", "2024-03-05", *options)
    code, compared = run("residents", "compare", later["snapshot"], answer["snapshot"], "--out", str(tmp_path / "違い.csv"))
    assert (
        code == 0 and compared["appeared"] + compared["gone"] + compared["changed"] == len(compared["differences"]) == compared["rows"] > 0
    )
    assert compared["appeared"] - compared["gone"] == answer["imported"] - later["imported"]
    with (tmp_path / "違い.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) >= compared["rows"]

    code, report = run("residents", "report", answer["snapshot"], "--list", "resident.late_birth", "--out", str(tmp_path / "報告.xlsx"))
    assert code == 0 and report["findings"] == answer["findings"] and (tmp_path / "報告.xlsx").stat().st_size > 0
    assert len(report["list"]) == report["findings"]["resident.late_birth"]
    assert all("出生届" in one["message"] for one in report["list"])
    assert [one["role"] for one in report["sources"]] == ["full"] + ["difference"] * 11
    code, log = run("access-log")
    assert {"import", "export", "view"} <= {entry["action"] for entry in log["entries"]}


def test_one_file_with_history_is_a_full_dump(run: Run, tmp_path: Path) -> None:
    _init(run)
    full, _, _ = write_history_files(tmp_path, residents=300, changes=1, days=1, seed=3)
    code, answer = run("residents", "import", str(full), "--as-of", "2024-03-01")
    assert code == 0 and answer["imported"] < answer["read"] == 300
    code, earlier = run("residents", "import", str(full), "--as-of", "2015-01-01")
    assert code == 0 and earlier["imported"] < answer["imported"]
    assert "rebuild.full_after_day_history" in earlier["findings"]


def test_what_is_wrong_is_said_in_words(run: Run, tmp_path: Path) -> None:
    _init(run)
    late = tmp_path / "全件_20240401.csv"
    late.write_text("宛名番号,履歴番号,氏名,異動日,処理日,異動事由\n1,4,見本　一,2023-01-01,2023-01-01,転居\n", encoding="utf-8")
    code, answer = run("residents", "import", str(late), "--as-of", "2024-03-08")
    assert (code, answer["error"]["code"]) == (1, "rebuild.full_after_day")
    assert "令和6年4月1日" in answer["error"]["message"] and "履歴" in answer["error"]["message"]
    code, answer = run("residents", "compare", "a", "b")
    assert (code, answer["error"]["code"]) == (1, "snapshot.not_found")


def test_answers_are_text_for_people(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _init(run)
    full, _, _ = write_history_files(tmp_path, residents=50, changes=1, days=1, seed=3)
    capsys.readouterr()
    assert run_command(gateway(), ["--data", str(tmp_path / "data"), "residents", "import", str(full), "--as-of", "2024-03-01"]) == 0
    said = capsys.readouterr().out
    assert "取り込んだ人" in said and "{" not in said
