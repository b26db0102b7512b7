"""What a person sees who calls a verb without ``--json``: words, names and headings, never a code or a bare row of numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.domain.invention_history import write_history_files
from app.presentation.console import say_usage
from tests.cli.test_command_line import Run, _init, run

__all__ = ["run"]
ROOT = Path(__file__).parents[2]


def _read(tmp_path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    run_command(gateway(), ["--data", str(tmp_path / "data"), *arguments])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("residents", "report"), "「ID」が足りません"),
        (("residents", "frob"), "ACTION に「frob」は使えません"),
        (("residents", "snapshots", "--bad"), "「--bad」という指定はありません"),
        (("search", "x", "--limit", "many"), "--limit の「many」は数ではありません"),
        (("search", "x", "--limit"), "--limit のあとに値が要ります"),
        (("evacuees", "decide", "a", "b"), "--same --different のどれか1つが要ります"),
        (("evacuees", "decide", "a", "b", "--same", "--different"), "一緒に使えません"),
        (("residents", "import", "--as-of", "2024-01-01"), "「FILE」が足りません"),
    ],
)
def test_a_wrong_call_is_explained_in_japanese(run: Run, arguments: tuple[str, ...], words: str) -> None:
    code, answer = run(*arguments)
    assert code == 2 and words in answer["error"]["message"]


def test_an_unknown_complaint_stays_as_it_is() -> None:
    assert say_usage("something new") == "something new"


def test_lists_name_the_people_and_tables_have_headings(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _init(run)
    full, differences, _ = write_history_files(tmp_path, residents=400, changes=40, seed=2)
    given = ["residents", "import", str(full), "--as-of", "2024-03-08", *(part for path in differences for part in ("--diff", str(path)))]
    later = run(*given, "--known-at", "2024-03-11")[1]
    earlier = run(*given, "--known-at", "2024-03-05")[1]
    one = run("residents", "report", later["snapshot"], "--list", "resident.late_birth")[1]["list"][0]
    text = _read(tmp_path, capsys, "residents", "report", later["snapshot"], "--list", "resident.late_birth")
    line = next(line for line in text.splitlines() if one["message"] in line)
    assert one["name"] in line and one["resident_no"] in line and one["file"] in line
    assert all(word in text for word in ("再現", "全件", "異動", "地区別", "年齢別", "65～69"))
    assert not any(word in text for word in ("rebuild", "difference", "covers", "full,"))
    text = _read(tmp_path, capsys, "residents", "compare", earlier["snapshot"], later["snapshot"])
    assert "増えた人  " in text and "appeared" not in text and "fields" not in text


def test_a_log_gets_progress_on_standard_error(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _init(run)
    full, _, _ = write_history_files(tmp_path, residents=300, changes=1, days=1, seed=3)
    capsys.readouterr()
    assert (
        run_command(gateway(), ["--data", str(tmp_path / "data"), "residents", "import", str(full), "--as-of", "2024-03-01", "--json"]) == 0
    )
    told = capsys.readouterr()
    assert told.out.count("\n") == 1 and "300 / " in told.err and "\r" not in told.err


def test_reasons_of_duplicates_are_words(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _init(run)
    table = tmp_path / "避難所.csv"
    table.write_text("避難所名,住所\n見本小学校,見本町1\n見本中学校,見本町2\n", encoding="utf-8")
    assert run("shelters", "import", str(table), "--open")[0] == 0
    person = '{"name": "見本　太郎", "birth": "昭和30年1月1日"}'
    for shelter in ("見本小学校", "見本中学校"):
        assert run("evacuees", "check-in", "--shelter", shelter, "--person", person, "--on-conflict", "pending")[0] == 0
    assert [one["reason"] for one in run("evacuees", "duplicates")[1]["groups"]] == ["name_and_birth"]
    text = _read(tmp_path, capsys, "evacuees", "duplicates")
    assert "氏名と生年月日が同じ" in text and "name_and_birth" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_who_has_seen_enough_is_no_fault(run: Run, tmp_path: Path) -> None:
    _init(run)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "app", "--data", str(tmp_path / "data"), "residents", "snapshots", "--json"],
            cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_readings_in_half_width_list_what_has_no_such_writing(run: Run, tmp_path: Path) -> None:
    _init(run)
    table = tmp_path / "避難所.csv"
    table.write_text("避難所名,住所\n見本小学校,見本町1\n", encoding="utf-8")
    assert run("shelters", "import", str(table), "--open")[0] == 0
    for name, kana in (("見本　譲", "ミホン　ジョー"), ("見本　謎", "ミホン　謎〆")):
        person = f'{{"name": "{name}", "kana": "{kana}"}}'
        assert run("evacuees", "check-in", "--shelter", "見本小学校", "--person", person)[0] == 0
    out = tmp_path / "名簿.csv"
    code, answer = run("evacuees", "roster", "--format", "csv", "--encoding", "cp932", "--half-kana", "--out", str(out))
    assert code == 0 and "ﾐﾎﾝ ｼﾞﾖ-" in out.read_text("cp932") and "見本　譲" in out.read_text("cp932")
    assert answer["unencodable"] == ["ミホン　謎〆: 謎 (U+8B0E) → .", "ミホン　謎〆: 〆 (U+3006) → ."]
    assert "謎" in Path(answer["unencodable_list"]).read_text("utf-8-sig")
    code, answer = run("evacuees", "roster", "--format", "html", "--half-kana", "--out", str(out))
    assert (code, answer["error"]["code"]) == (2, "roster.half_kana_csv")
