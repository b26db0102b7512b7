"""The stages of ``dev.py test``: all run, whatever fails, and one table says how each ended."""

from __future__ import annotations

import subprocess
import time
import unicodedata
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """How a stage ended. A stage other than the tests counts as one check."""

    name: str
    seconds: float
    passed: int
    failed: int
    skipped: int
    detail: str

    @property
    def good(self) -> bool:
        """Whether the stage holds."""
        return self.failed == 0


def commands(python: str) -> list[tuple[str, list[str]]]:
    """The stages before the tests, cheap ones first."""
    contracts = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return [
        ("lint (ruff)", [python, "-m", "ruff", "check", "."]),
        ("layers (import-linter)", [python, "-c", contracts, "--no-logo"]),
        ("types (mypy)", [python, "-m", "mypy"]),
    ]


def pytest_command(python: str, report: Path) -> list[str]:
    """All tests, on two processes, with a report that can be counted."""
    return [python, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "--durations=15", f"--junitxml={report}"]


def run_all(python: str, *, root: Path, environ: dict[str, str]) -> int:
    """Run every stage, print the summary, and return 0 only if all hold."""
    results = [run_check(name, command, root=root, environ=environ) for name, command in commands(python)]
    results.append(run_tests(python, root=root, environ=environ))
    print(summary(results), flush=True)
    return 0 if all(result.good for result in results) else 1


def run_check(name: str, command: list[str], *, root: Path, environ: dict[str, str]) -> Result:
    """A stage that is one check: passed if its exit code is 0."""
    code, seconds = call(name, command, root=root, environ=environ)
    return Result(name, seconds, int(code == 0), int(code != 0), 0, "" if code == 0 else f"exit {code}")


def run_tests(python: str, *, root: Path, environ: dict[str, str]) -> Result:
    """The tests, counted from pytest's report; a crash, or no test at all, is a failure."""
    report = root / "build" / "tests.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    code, seconds = call("tests (pytest)", pytest_command(python, report), root=root, environ=environ)
    passed, failed, skipped = count(report)
    if code != 0 and failed == 0:
        failed = 1
    return Result("tests (pytest)", seconds, passed, failed, skipped, "" if code == 0 else f"exit {code}")


def call(name: str, command: list[str], *, root: Path, environ: dict[str, str]) -> tuple[int, float]:
    """Run one command in the project folder, its output passed through: ``(exit code, seconds)``."""
    print(f"\n==== {name}", flush=True)
    begun = time.monotonic()
    code = subprocess.call(command, cwd=root, env=environ, stdin=subprocess.DEVNULL)
    return code, time.monotonic() - begun


def count(report: Path) -> tuple[int, int, int]:
    """``(passed, failed, skipped)`` of a JUnit report; zeros if there is none or it is cut off."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return 0, 0, 0
    total, failed, skipped = (sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "failures", "skipped"))
    failed += sum(int(suite.get("errors", "0")) for suite in suites)
    return max(0, total - failed - skipped), failed, skipped


def summary(results: list[Result]) -> str:
    """A table of the stages, and as last line the sums in the form ``N passed, N failed``."""
    width = max(columns(result.name) for result in results)
    lines = ["", "==== summary"]
    for result in results:
        mark = "ok    " if result.good else "FAILED"
        counts = f"{result.passed:6d} passed {result.failed:4d} failed {result.skipped:4d} skipped"
        gap = " " * (width - columns(result.name))
        lines.append(f"{mark} {result.name}{gap} {result.seconds:7.1f} s {counts}  {result.detail}".rstrip())
    lines.append(f"       {'total':<{width}} {sum(result.seconds for result in results):7.1f} s")
    passed, failed, skipped = (sum(getattr(result, key) for result in results) for key in ("passed", "failed", "skipped"))
    lines.append(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return "\n".join(lines)


def columns(text: str) -> int:
    """Width on a terminal: full-width characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
