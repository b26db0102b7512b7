"""``sasae forms``: from the layout that ships to one of one's own, approved, with a seal and a mayor."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from app import resources
from app.bootstrap import gateway
from app.cli.main import run_command

Run = Callable[..., tuple[int, dict[str, Any]]]
FORM = "disaster_certificate"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training folder."""
    folder = tmp_path_factory.mktemp("forms") / "data"
    gateway().demo(folder, operator="試験", password="password-1", residents=30).close(backup=False)
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("SASAE_OPERATOR", "試験")
    monkeypatch.setenv("SASAE_PASSWORD", "password-1")

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(), ["--data", str(folder), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out + said.err

    return call


@pytest.fixture
def other_signs_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the verbs are those of the operator of a training folder who approves."""
    return lambda: monkeypatch.setenv("SASAE_OPERATOR", resources.read_toml("training", "relief.toml")["approval"])


def test_from_the_form_that_ships_to_ones_own(
    run: Run, other_signs_in: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "様式.toml"
    code, answer = run("forms", "export", FORM, "--out", str(file))
    assert code == 0 and answer["version"] == 1 and answer["title"] == "罹災証明書"
    text = file.read_text("utf-8")
    file.write_text(text.replace("上記のとおり、相違ない", "次のとおり相違ない"), "utf-8")
    code, answer = run("forms", "import", str(file), "--note", "文を改めた")
    assert (code, answer["form"], answer["version"]) == (0, FORM, 101)

    assert run("forms", "approve", FORM, "101")[0] == 1, "somebody else is there who may"
    other_signs_in()
    code, answer = run("forms", "approve", FORM, "101")
    assert code == 0 and answer["warnings"] == []
    monkeypatch.setenv("SASAE_OPERATOR", "試験")
    rows = run("forms", "list", "--form", FORM)[1]["versions"]
    assert [(row["version"], row["source"], row["used"]) for row in rows] == [(101, "own", True), (1, "shipped", False)]
    said = run("forms", "list", as_json=False)[1]
    assert "罹災証明書" in said and "被災証明書" in said and "101" in said

    assert run("forms", "retire", FORM, "101")[0] == 0
    assert [row["used"] for row in run("forms", "list", "--form", FORM)[1]["versions"]] == [False, True]


def test_a_preview_with_the_mayor_and_the_seal(
    run: Run, other_signs_in: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("forms", "signer", "--title", "見本市長", "--name", "見本 太郎")[1]["mayor_name"] == "見本 太郎"
    assert run("forms", "signer")[1]["mayor_title"] == "見本市長"
    picture = Image.new("RGB", (400, 400), "white")
    ImageDraw.Draw(picture).ellipse((60, 60, 340, 340), outline=(200, 30, 40), width=20)
    picture.save(tmp_path / "印.png")
    code, answer = run("forms", "seal", str(tmp_path / "印.png"), "--name", "見本市長印", "--width", "18")
    assert code == 0
    other_signs_in()
    assert run("forms", "seal", "--approve", answer["id"])[0] == 0
    monkeypatch.setenv("SASAE_OPERATOR", "試験")
    for name in ("見本.pdf", "見本.png"):
        code, answer = run("forms", "preview", FORM, "--out", str(tmp_path / name))
        assert code == 0 and answer["problems"] == [] and (tmp_path / name).stat().st_size > 5_000
    with Image.open(tmp_path / "見本.png") as page:
        colours = page.convert("RGB").getcolors(10_000_000) or []
        assert any(red > 160 and green < 110 and blue < 110 for _, (red, green, blue) in colours)  # type: ignore[misc]
    from app.printing.raster import read_text

    assert "見本市長" in "".join(read_text(tmp_path / "見本.pdf")) and "見本 太郎" in "".join(read_text(tmp_path / "見本.pdf"))


def test_a_preview_with_the_longest_texts(run: Run, tmp_path: Path) -> None:
    code, answer = run("forms", "preview", FORM, "--longest", "--nup", "4", "--out", str(tmp_path / "長い.png"))
    assert code == 0 and not [problem for problem in answer["problems"] if problem["grave"]]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("preview", "no_such_form", "--out", "x.pdf"), 1, "print.form_unknown"),
        (("preview", FORM, "--out", "x.docx"), 2, "form.preview_ending"),
        (("preview", FORM, "--nup", "3", "--out", "x.pdf"), 1, "print.per_page"),
        (("approve", FORM, "777"), 1, "form.version_unknown"),
        (("import", "no-such-file.toml"), 1, "form.file_unreadable"),
        (("seal",), 2, "cli.seal_what"),
        (("seal", "no-such-file.png", "--name", "印"), 1, "seal.file_unreadable"),
        (("export", FORM), 2, "cli.usage"),
    ],
)
def test_wrong_calls_are_explained(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, error: str
) -> None:
    monkeypatch.chdir(tmp_path)
    got, answer = run("forms", *arguments)
    assert (got, answer["error"]["code"]) == (code, error)
    assert answer["error"]["message"] and answer["error"]["message"] != error
