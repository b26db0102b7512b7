"""``surveys assess`` and ``surveys editions`` as a script calls them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.domain.assessment_edition_file import shipped_text

Run = Callable[..., tuple[int, dict[str, Any]]]
SHEET = {
    "hazard": "earthquake",
    "stage": 2,
    "structure": "wood",
    "tilt_mm": [0, 0, 0, 0],
    "plumb_mm": 1200,
    "depth_cm": None,
    "parts": {
        "roof": [[3, 60]],
        "pillar": [[1, 100]],
        "floor": [["Ⅱ", 40], ["IV", 20]],
        "outer_wall": [[5, 40]],
        "inner_wall": [],
        "ceiling": [[2, 100]],
        "fittings": [[4, 60]],
        "foundation": [[0, 100]],
        "equipment": 3,
    },
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Without a data folder, without anybody signed in."""
    for name in ("SASAE_OPERATOR", "SASAE_PASSWORD", "SASAE_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nobody"))

    def call(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run_command(gateway(), [*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def judge(run: Run, tmp_path: Path) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Judge a sheet; text is written as it is."""

    def call(sheet: Any, *more: str) -> tuple[int, dict[str, Any]]:
        file = tmp_path / "sheet.json"
        file.write_text(sheet if isinstance(sheet, str) else json.dumps(sheet), "utf-8")
        return run("surveys", "assess", str(file), *more)

    return call


def test_the_answer_is_that_of_the_contract(judge: Run, tmp_path: Path) -> None:
    code, out = judge(SHEET)
    assert code == 0
    assert out["parts"] == {
        "roof": 5, "pillar": 2, "floor": 3, "outer_wall": 4, "inner_wall": 0, "ceiling": 1, "fittings": 7, "foundation": 0, "equipment": 3,
    }  # fmt: skip
    assert (out["total"], out["grade"], out["grade_code"], out["decided_by"], out["edition"]) == (25, "半壊", "half", "parts", "r06-05")
    assert type(out["total"]) is int and all(type(points) is int for points in out["parts"].values())
    assert "屋根 15 × Ⅲ 50% × 60% = 5" in out["steps"] and all(isinstance(step, str) for step in out["steps"])
    assert out["raw"] == "23.5"
    assert not (tmp_path / "nobody").exists()


def test_standard_input_and_words_for_people(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(SHEET).encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert run_command(gateway(), ["surveys", "assess", "-"]) == 0
    said = capsys.readouterr().out
    assert "屋根 15 × Ⅲ 50% × 60% = 5" in said and said.rstrip().endswith("判定：半壊（25点）")


def test_tilt_decides_with_a_null_total(judge: Run) -> None:
    code, out = judge({**SHEET, "tilt_mm": [60, 60, 60, 60]})
    assert code == 0
    assert (out["parts"], out["total"], out["grade"], out["decided_by"]) == ({}, None, "全壊", "tilt")
    assert out["not_needed"] == list(SHEET["parts"])  # type: ignore[call-overload]


def test_the_lowest_grade_is_written_with_plain_brackets(judge: Run) -> None:
    assert judge({**SHEET, "parts": {}})[1]["grade"] == "準半壊に至らない(一部損壊)"


BAD: list[tuple[str, str, Any]] = [
    ("survey.missing", "hazard", {"hazard": None}),
    ("survey.missing", "stage", {"stage": None}),
    ("survey.missing", "structure", {"structure": ""}),
    ("survey.unknown_word", "hazard", {"hazard": "meteor"}),
    ("survey.unknown_word", "stage", {"stage": 3}),
    ("survey.unknown_word", "stage", {"stage": "1"}),
    ("survey.unknown_word", "stage", {"stage": True}),
    ("survey.unknown_word", "structure", {"structure": "paper"}),
    ("survey.unknown_word", "sinking", {"sinking": "deep"}),
    ("survey.unknown_key", "plum_mm", {"plum_mm": 1200}),
    ("survey.tilt_four", "tilt_mm", {"tilt_mm": [1, 2, 3]}),
    ("survey.tilt_four", "tilt_mm", {"tilt_mm": [1, 2, 3, 4, 5]}),
    ("survey.tilt_four", "tilt_mm", {"tilt_mm": 12}),
    ("survey.tilt_four", "tilt_mm", {"tilt_mm": "1234"}),
    ("survey.not_a_number", "tilt_mm[2]", {"tilt_mm": [1, 2, None, 4]}),
    ("survey.not_a_number", "tilt_mm[0]", {"tilt_mm": ["1", 2, 3, 4]}),
    ("survey.tilt_negative", "tilt_mm[1]", {"tilt_mm": [1, -2, 3, 4]}),
    ("survey.tilt_absurd", "tilt_mm[3]", {"tilt_mm": [1, 2, 3, 1201]}),
    ("survey.plumb", "plumb_mm", {"plumb_mm": 0}),
    ("survey.plumb", "plumb_mm", {"plumb_mm": -1200}),
    ("survey.not_a_number", "plumb_mm", {"plumb_mm": "1200"}),
    ("survey.not_a_number", "depth_cm", {"depth_cm": [1]}),
    ("survey.out_of_range", "depth_cm", {"depth_cm": 100000}),
    ("survey.not_a_flag", "collapsed", {"collapsed": "yes"}),
    ("survey.not_a_flag", "collapsed", {"collapsed": 1}),
    ("survey.out_of_range", "storeys", {"storeys": 0}),
    ("survey.not_whole", "storeys", {"storeys": 1.5}),
    ("survey.not_a_day", "disaster_on", {"disaster_on": "2024-13-01"}),
    ("survey.not_a_text", "edition", {"edition": 6}),
    ("edition.not_found", "edition", {"edition": "r99-01"}),
    ("survey.parts_object", "parts", {"parts": [["roof", 3, 60]]}),
    ("survey.unknown_part", "parts.wall", {"parts": {"wall": [[1, 10]]}}),
    ("survey.unknown_part", "parts.roof", {"structure": "rc", "parts": {"roof": [[1, 10]]}}),
    ("survey.unknown_part", "parts.equipment", {"stage": 1, "parts": {"equipment": 3}}),
    ("survey.no_parts_here", "parts.roof", {"hazard": "flood_external", "stage": 1, "depth_cm": 10, "parts": {"roof": [[1, 10]]}}),
    ("survey.rows", "parts.roof", {"parts": {"roof": 5}}),
    ("survey.rows", "parts.roof", {"parts": {"roof": "III"}}),
    ("survey.row_pair", "parts.roof[0]", {"parts": {"roof": [3, 60]}}),
    ("survey.row_pair", "parts.roof[1]", {"parts": {"roof": [[3, 60], [2]]}}),
    ("survey.row_pair", "parts.roof[0]", {"parts": {"roof": [{"degree": 3}]}}),
    ("survey.degree", "parts.roof[1]", {"parts": {"roof": [[3, 20], [6, 10]]}}),
    ("survey.degree", "parts.roof[0]", {"parts": {"roof": [["VI", 10]]}}),
    ("survey.degree", "parts.roof[0]", {"parts": {"roof": [[-1, 10]]}}),
    ("survey.degree", "parts.roof[0]", {"parts": {"roof": [[True, 10]]}}),
    ("survey.degree", "parts.roof[0]", {"parts": {"roof": [[None, 10]]}}),
    ("survey.percent_over", "parts.roof[0]", {"parts": {"roof": [[3, 101]]}}),
    ("survey.percent_over", "parts.roof[0]", {"parts": {"roof": [[3, 100.0001]]}}),
    ("survey.percent_negative", "parts.roof[0]", {"parts": {"roof": [[3, -1]]}}),
    ("survey.not_a_number", "parts.roof[0]", {"parts": {"roof": [[3, "60"]]}}),
    ("survey.areas_over", "parts.roof", {"parts": {"roof": [[3, 100], [2, 60]]}}),
    ("survey.areas_over", "parts.roof", {"parts": {"roof": [[3, 80], [2, 60]]}}),
    ("survey.points_over", "parts.equipment", {"parts": {"equipment": 11}}),
    ("survey.points_over", "parts.equipment", {"structure": "rc", "parts": {"equipment": 16}}),
    ("survey.points_negative", "parts.equipment", {"parts": {"equipment": -1}}),
    ("survey.not_whole", "parts.equipment", {"parts": {"equipment": 2.5}}),
    ("survey.points", "parts.equipment", {"parts": {"equipment": [[1, 10]]}}),
    ("survey.not_a_number", "parts.equipment", {"parts": {"equipment": True}}),
    ("survey.floor_loss_missing", "floor_loss_percent", {"hazard": "fire", "parts": {}}),
    ("survey.out_of_range", "floor_loss_percent", {"hazard": "fire", "floor_loss_percent": 101, "parts": {}}),
    ("survey.grade_contradicts", "grade", {"grade": "全壊"}),
    ("survey.depth_structure", "structure", {"hazard": "flood_inland", "stage": 1, "structure": "rc", "depth_cm": 10, "parts": {}}),
    ("survey.no_depth_table", "hazard", {"hazard": "flood_inland", "stage": 1, "edition": "r03-03", "depth_cm": 10, "parts": {}}),
]


@pytest.mark.parametrize(("code", "field", "change"), BAD, ids=[f"{code}-{field}-{number}" for number, (code, field, _) in enumerate(BAD)])
def test_bad_input_is_refused_with_its_place(judge: Run, code: str, field: str, change: dict[str, Any]) -> None:
    exit_code, out = judge({**SHEET, **change})
    assert exit_code == 1
    assert (out["error"]["code"], out["error"]["where"]["field"]) == (code, field)
    assert "―" not in out["error"]["message"] and "番号を担当者に" not in out["error"]["message"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("survey.json_unreadable", ""),
        ("survey.json_unreadable", '{"hazard": "earthquake",'),
        ("survey.json_unreadable", "[" * 100_000),
        ("survey.json_unreadable", '{"stage": ' + "9" * 10_000 + "}"),
        ("survey.json_not_finite", '{"hazard": "earthquake", "plumb_mm": NaN}'),
        ("survey.json_not_finite", '{"hazard": "earthquake", "tilt_mm": [1, 2, 3, -Infinity]}'),
        ("survey.json_twice", '{"hazard": "earthquake", "hazard": "wind"}'),
        ("survey.json_too_long", '"' + "x" * 1_000_001 + '"'),
        ("survey.not_an_object", "[1, 2]"),
        ("survey.not_an_object", "null"),
        ("survey.out_of_range", '{"hazard": "earthquake", "stage": 1, "structure": "wood", "depth_cm": 1e999999}'),
    ],
)
def test_what_is_no_sheet_is_refused(judge: Run, code: str, text: str) -> None:
    exit_code, out = judge(text)
    assert (exit_code, out["error"]["code"]) == (1, code)


def test_a_file_that_is_not_there_and_a_call_without_one(run: Run, tmp_path: Path) -> None:
    assert run("surveys", "assess", str(tmp_path / "none.json"))[0] == 3
    assert run("surveys", "assess")[0] == 2
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00\x81")
    assert run("surveys", "assess", str(tmp_path / "x.json"))[1]["error"]["code"] in ("survey.not_text", "survey.json_unreadable")


def test_the_edition_may_be_named_or_follow_the_day(judge: Run) -> None:
    sheet = {**SHEET, "parts": {"roof": [[5, 100]]}}
    assert judge(sheet, "--edition", "h30-03")[1]["grade"] == "半壊に至らない(一部損壊)"
    assert judge({**sheet, "edition": "h30-03"})[1]["edition"] == "h30-03"
    for day, edition in (
        ("2016-04-14", "h30-03"), ("2019-08-27", "h30-03"), ("2019-10-12", "r02-03"), ("2020-12-03", "r02-03"), ("2020-12-04", "r03-03"),
        ("2024-01-01", "r03-03"), ("2024-05-30", "r03-03"), ("2024-05-31", "r06-05"),
    ):  # fmt: skip
        assert judge({**sheet, "disaster_on": day})[1]["edition"] == edition


def test_help_documents_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    from app.domain.assessment_inputs import _KNOWN

    assert run_command(gateway(), ["help", "surveys", "assess"]) == 0
    said = capsys.readouterr().out
    for key in (*_KNOWN, "parts", "total", "grade", "steps", "grade_code", "decided_by", "raw", "not_needed"):
        assert key in said, key


# -- editions ----------------------------------------------------------------------------------------------


def test_a_shipped_edition_is_a_pattern_for_ones_own(judge: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(gateway(), ["surveys", "editions", "show", "r06-05"]) == 0
    text = capsys.readouterr().out
    assert text.rstrip("\n") == (shipped_text("r06-05") or "").rstrip("\n")
    own = tmp_path / "my.toml"
    own.write_text(text.replace('id = "r06-05"', 'id = "mihon-1"').replace("roof = { value = 15", "roof = { value = 20", 1)
                   .replace("wall = { value = 75", "wall = { value = 70", 1), "utf-8")  # fmt: skip
    sheet = {**SHEET, "stage": 1, "parts": {"roof": [[5, 100]]}}
    assert judge(sheet)[1]["parts"] == {"roof": 15}
    code, out = judge(sheet, "--edition-file", str(own))
    assert (code, out["parts"], out["edition"]) == (0, {"roof": 20}, "mihon-1")


def test_editions_are_listed_with_every_number_and_its_source(run: Run) -> None:
    code, out = run("surveys", "editions")
    assert code == 0
    assert [one["id"] for one in out["editions"]] == ["h30-03", "r02-03", "r03-03", "r06-05"]
    assert [one["id"] for one in out["editions"] if one["default"]] == ["r06-05"]
    shown = run("surveys", "editions", "show", "r06-05")[1]
    assert {"key": "weights.wood_first.wall", "value": "75", "source": "S25, S26", "sure": "F"} in shown["numbers"]
    assert run("surveys", "editions", "show", "r99")[0] == 1
    assert run("surveys", "editions", "show")[0] == 2
    assert run("surveys", "editions", "paint")[0] == 2


def test_an_own_edition_lives_in_the_folder_and_its_backups(run: Run, judge: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SASAE_OPERATOR", "試験")
    monkeypatch.setenv("SASAE_PASSWORD", "password-1")
    data = ("--data", str(tmp_path / "data"))
    given = ("--municipality", "17202", "--disaster", "試験地震", "--occurred", "2024-01-01T16:10", "--site", "本部", "--kind", "hq")
    assert run(*data, "init", *given)[0] == 0
    own = tmp_path / "my.toml"
    own.write_text((shipped_text("r06-05") or "").replace('id = "r06-05"', 'id = "mihon-1"'), "utf-8")
    assert run(*data, "surveys", "editions", "add", str(own))[1]["added_edition"]["own"] is True
    listed = run(*data, "surveys", "editions")[1]["editions"]
    assert [(one["id"], one["own"]) for one in listed][-1] == ("mihon-1", True)
    assert [one["id"] for one in listed if one["default"]] == ["r03-03"]  # the disaster was on 2024-01-01
    assert judge({**SHEET, "edition": "mihon-1"}, *data)[1]["edition"] == "mihon-1"
    assert judge({**SHEET, "edition": "mihon-1"})[1]["error"]["code"] == "edition.not_found"
    assert run(*data, "backup", str(tmp_path / "b.zip"))[0] == 0
    assert run("restore", str(tmp_path / "b.zip"), "--into", str(tmp_path / "again"))[0] == 0
    assert run("--data", str(tmp_path / "again"), "surveys", "editions", "show", "mihon-1")[1]["id"] == "mihon-1"
    assert run(*data, "surveys", "editions", "remove", "r06-05")[1]["error"]["code"] == "edition.shipped"
    assert run(*data, "surveys", "editions", "remove", "mihon-1")[0] == 0
    assert run(*data, "surveys", "editions", "remove", "mihon-1")[1]["error"]["code"] == "edition.not_found"
    own.write_text((shipped_text("r06-05") or ""), "utf-8")
    assert run(*data, "surveys", "editions", "add", str(own))[1]["error"]["code"] == "edition.shipped"
