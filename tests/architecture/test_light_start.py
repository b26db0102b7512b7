"""The window opens fast because nothing heavy is loaded for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

_HEAVY = ("pandas", "numpy", "openpyxl", "python_calamine", "reportlab", "pypdfium2", "PIL", "fontTools", "jinja2")
_QT = ("PySide6",)
_SQL = ("sqlalchemy", "alembic")

# Module, and what importing it must not load.
ENTRIES = [
    ("app.resources", _HEAVY + _QT + _SQL),
    ("app.domain.errors", _HEAVY + _QT + _SQL),
    ("app.usecases", _HEAVY + _QT + _SQL),
    ("app.presentation", _HEAVY + _QT + _SQL),
    ("app.ui", _HEAVY + _SQL),
]


def _loaded(module: str) -> set[str]:
    """Top-level names of all modules in a fresh interpreter after importing one."""
    program = f"import importlib, json, sys; importlib.import_module({module!r}); print(json.dumps(sorted(sys.modules)))"
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert outcome.returncode == 0, outcome.stderr
    return {name.partition(".")[0] for name in json.loads(outcome.stdout)}


@pytest.mark.parametrize(("module", "banned"), ENTRIES, ids=[module for module, _ in ENTRIES])
def test_nothing_heavy_is_loaded(module: str, banned: tuple[str, ...]) -> None:
    assert _loaded(module).isdisjoint(banned)


def test_the_question_can_be_answered_with_no() -> None:
    assert "openpyxl" in _loaded("openpyxl")
