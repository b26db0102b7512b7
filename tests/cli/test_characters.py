"""``sasae characters`` and what printing says about characters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from tests.gaiji import NOTHING, OWN, SUBSTITUTED, draw_picture, make_font

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training folder."""
    folder = tmp_path_factory.mktemp("characters") / "data"
    gateway().demo(folder, operator="試験", password="password-1", residents=60).close(backup=False)
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("SASAE_OPERATOR", "試験")
    monkeypatch.setenv("SASAE_PASSWORD", "password-1")

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(), ["--data", str(folder), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr().out
        return code, json.loads(said) if as_json else said

    return call


def test_from_the_list_to_the_card(run: Run, tmp_path: Path) -> None:
    shelter = next(row["name"] for row in run("shelters", "list")[1]["shelters"] if row["open"])
    for name in (f"{OWN}田　一", f"{SUBSTITUTED}田　二", f"{NOTHING}田　三"):
        assert run("evacuees", "check-in", "--shelter", shelter, "--person", json.dumps({"name": name}))[0] == 0
    found = {use["code"]: use for use in run("characters", "list")[1]["characters"]}
    assert [found[code]["settled"] for code in ("U+E001", "U+E002", "U+E003")] == [False] * 3 and found["U+E001"]["people"] == 1

    code, answer = run("characters", "fonts", "--add", str(make_font(tmp_path / "made.ttf")))
    assert code == 0 and {"made.ttf", "SasaeNamesMincho.ttf"} <= {font["name"] for font in answer["fonts"]}
    assert run("characters", "register", "E002", "--substitute", "辺")[1]["code"] == "U+E002"
    assert run("characters", "register", "U+E002", "--note", "説明")[1]["substitute"] == "辺"
    code, answer = run("characters", "list", "--out", str(tmp_path / "文字.csv"))
    assert code == 0 and answer["unsettled"] >= 1 and (tmp_path / "文字.csv").is_file()

    code, answer = run("evacuees", "cards", "--shelter", shelter, "--out", str(tmp_path / "a.pdf"))
    assert code == 1 and len(answer["left_out"]) == 2 and len(answer["warnings"]) == 2 and answer["cards"] > 0
    code, answer = run("evacuees", "cards", "--shelter", shelter, "--substitutes", "--out", str(tmp_path / "b.pdf"))
    assert code == 1 and len(answer["left_out"]) == 1
    code, answer = run("evacuees", "roster", "--shelter", shelter, "--format", "pdf", "--out", str(tmp_path / "c.pdf"))
    assert code == 0 and len(answer["warnings"]) == 2 and answer["problems"] == []
    assert any(NOTHING in told and "田　三" in told for told in answer["warnings"])

    (tmp_path / "E003.png").write_bytes(draw_picture())
    assert run("characters", "register", "E003", "--picture", str(tmp_path / "E003.png"))[1]["picture"] is True
    code, answer = run("evacuees", "cards", "--shelter", shelter, "--substitutes", "--out", str(tmp_path / "d.pdf"))
    assert code == 0 and answer["left_out"] == [] and len(answer["warnings"]) == 1
    assert run("characters", "remove", "E003")[0] == 0
    assert run("characters", "remove", "E003")[1]["error"]["code"] == "character.not_registered"
    assert run("characters", "fonts", "--remove", "made.ttf")[0] == 0
    assert "U+E003" in run("characters", "list", as_json=False)[1]


def test_tables_and_folders_come_in(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("コード,代替文字\nE100,辺\nE101,?\n", "utf-8")
    code, answer = run("characters", "import", str(tmp_path / "a.csv"))
    assert code == 1 and (answer["created"], answer["rejected"]) == (1, 1) and answer["report"]
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "E102.png").write_bytes(draw_picture())
    assert run("characters", "import", str(tmp_path / "p"))[1]["created"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("characters",), 2, "cli.usage"), (("characters", "register", "xx", "--substitute", "辺"), 1, "character.code_unreadable"),
        (("characters", "register", "E009"), 1, "character.nothing_given"),
        (("characters", "register", "E009", "--picture", "none.png"), 3, "import.file_missing"),
        (("characters", "import", "none.csv"), 3, "import.file_missing"), (("characters", "fonts", "--add", "none.ttf"), 3, "import.file_missing"),
        (("characters", "fonts", "--remove", "none.ttf"), 1, "font.not_found"), (("characters", "list", "--snapshot", "x"), 1, "snapshot.not_found"),
    ],
)  # fmt: skip
def test_refusals(run: Run, arguments: tuple[str, ...], code: int, error: str) -> None:
    found, answer = run(*arguments)
    assert (found, answer["error"]["code"]) == (code, error)
