"""The test command runs all stages, counts honestly, and fails if one fails."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from installers import stages

_GOOD = "def test_a(): pass\ndef test_b(): pass\n"
_MIXED = """
import pytest
def test_a(): pass
def test_b(): assert False
def test_c(): pytest.skip('x')
@pytest.fixture
def f(): 1/0
def test_d(f): pass
"""


def _checks(*codes: int) -> list[tuple[str, list[str]]]:
    return [(f"check {number}", [sys.executable, "-c", f"raise SystemExit({code})"]) for number, code in enumerate(codes)]


def _run(folder: Path, tests: str, monkeypatch: pytest.MonkeyPatch, *codes: int) -> int:
    (folder / "tests").mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "tests" / "test_it.py").write_text(tests)
    monkeypatch.setattr(stages, "commands", lambda python: _checks(*codes))
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return stages.run_all(sys.executable, root=folder, environ=environ)


@pytest.mark.parametrize(
    ("tests", "codes", "code", "last"),
    [
        (_GOOD, (0, 0), 0, "4 passed, 0 failed"),
        (_GOOD, (1, 0), 1, "3 passed, 1 failed"),
        (_MIXED, (0,), 1, "2 passed, 2 failed, 1 skipped"),
        ("", (0,), 1, "1 passed, 1 failed"),
        ("import no_such_module_here\n", (0,), 1, "1 passed, 1 failed"),
        ("import os\ndef test_a(): os._exit(1)\n", (), 1, None),
    ],
    ids=["all good", "early stage fails", "tests fail", "no test ran", "cannot be collected", "worker dies"],
)
def test_the_closing_line(
    tests: str,
    codes: tuple[int, ...],
    code: int,
    last: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert _run(tmp_path, tests, monkeypatch, *codes) == code
    lines = capfd.readouterr().out.splitlines()
    closing = re.fullmatch(r"(\d+) passed, (\d+) failed(, \d+ skipped)?", lines[-1])
    assert closing and (last is None or lines[-1] == last)
    assert (int(closing[2]) > 0) == (code != 0)
    assert any(line.startswith(("ok", "FAILED")) and "tests (pytest)" in line for line in lines)


def test_a_cut_off_report_counts_nothing(tmp_path: Path) -> None:
    (tmp_path / "cut.xml").write_text("<testsuites><testsuite tests='5'")
    assert stages.count(tmp_path / "cut.xml") == (0, 0, 0) == stages.count(tmp_path / "absent.xml")


def test_the_stages_are_lint_layers_types_and_tests() -> None:
    text = " ".join(part for _, command in stages.commands("python") for part in command)
    assert "ruff check" in text and "importlinter" in text and "mypy" in text and "format" not in text
    command = stages.pytest_command("python", Path("report.xml"))
    assert command[command.index("-n") + 1] == "2" and "--junitxml=report.xml" in command


def test_columns_count_wide_characters_twice() -> None:
    assert stages.columns("ab検査") == 6


def test_ci_calls_the_test_command() -> None:
    script = (Path(__file__).resolve().parents[2] / ".ci" / "run").read_text("utf-8")
    assert "python3 installers/dev.py test\n" in script
