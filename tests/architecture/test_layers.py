"""The contracts in pyproject.toml hold, cover every module, and fail when broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, imports, parse, python_files, relative, within

_LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache", "--no-logo"]

# A line that breaks a rule, where it is put, and the contract that must catch it.
_VIOLATIONS = [
    ("app/domain/errors.py", "import app.usecases", "layers"),
    ("app/presentation/__init__.py", "import app.printing", "layers"),
    ("app/usecases/__init__.py", "import app.presentation", "layers"),
    ("app/cli/__init__.py", "import app.ui", "layers"),
    ("app/ui/__init__.py", "def show() -> None:\n    import app.storage", "storage-reached-by-bootstrap-only"),
    ("app/cli/__init__.py", "import app.storage", "storage-reached-by-bootstrap-only"),
    ("app/storage/__init__.py", "import app.presentation", "storage-looks-inward"),
    ("app/usecases/__init__.py", "import app.bootstrap", "bootstrap-is-the-top"),
    ("app/presentation/__init__.py", "from PySide6 import QtCore", "qt-in-ui"),
    ("app/usecases/__init__.py", "from sqlalchemy import select", "sql-in-storage"),
    ("app/cli/__init__.py", "import sqlite3", "sql-in-storage"),
    ("app/usecases/__init__.py", "def make() -> None:\n    import reportlab.pdfgen", "pdf-in-printing"),
    ("app/ui/__init__.py", "import pandas", "tables-in-interchange"),
    ("app/storage/__init__.py", "import duckdb", "duckdb-in-matching"),
    ("app/cli/__init__.py", "import app.matching", "matching-reached-by-bootstrap-only"),
    ("app/matching/__init__.py", "import app.storage", "matching-looks-inward"),
]


def _lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_LINT, *arguments], cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program and its contracts, free to be spoilt."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_contracts_hold() -> None:
    outcome = _lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(("place", "line", "contract"), _VIOLATIONS, ids=[f"{place}:{contract}" for place, _, contract in _VIOLATIONS])
def test_a_violation_is_caught(copied: Path, place: str, line: str, contract: str) -> None:
    target = copied / place
    whole = target.read_text("utf-8")
    try:
        target.write_text(f"{whole}\n{line}\n", "utf-8")
        outcome = _lint(copied, "--contract", contract)
    finally:
        target.write_text(whole, "utf-8")
    assert outcome.returncode != 0 and "BROKEN" in outcome.stdout, outcome.stdout + outcome.stderr


def test_every_module_is_under_contract() -> None:
    """A new module at the top of ``app`` must be given its place."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    modules = {f"app.{path.stem}" for path in (ROOT / "app").glob("*.py") if path.stem != "__init__"}
    modules |= {f"app.{path.name}" for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()}
    for contract in contracts:
        if contract["id"].endswith(("-in-ui", "-in-storage", "-in-printing", "-in-interchange", "-in-matching")):
            left_out = modules - set(contract["source_modules"])
            assert left_out == {f"app.{contract['id'].rpartition('-')[2]}"}, contract["id"]


def test_every_package_has_an_init() -> None:
    """A folder without ``__init__.py`` is no part of the graph that the contracts look at."""
    bare = {relative(path.parent) for path in python_files("app") if not (path.parent / "__init__.py").exists()}
    assert not bare


def test_domain_is_standard_library_only() -> None:
    found = [
        f"{relative(path)}:{line} {name}"
        for path in python_files("app/domain")
        for line, name in imports(parse(path))
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not within(name, "app.domain")
        and not within(name, "app.resources")
        and name != "app"
    ]
    assert not found, "\n".join(found)
