"""The window opens fast because nothing heavy is loaded for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, modules

_HEAVY = ("pandas", "numpy", "openpyxl", "python_calamine", "reportlab", "pypdfium2", "jinja2")
_QT = ("PySide6",)
_SQL = ("sqlalchemy", "alembic")

# Modules imported together, and what that must not load. The window's are all of them: whichever is the first, it is among them.
ENTRIES = {
    "entrance": (["app.bootstrap", "app.resources"], _HEAVY + _QT + _SQL),
    "domain": (modules("app/domain"), _HEAVY + _QT + _SQL),
    "use cases": (modules("app/usecases"), _HEAVY + _QT + _SQL),
    "presentation": (modules("app/presentation"), _HEAVY + _QT + _SQL),
    "window": (["app.bootstrap", *modules("app/ui")], _HEAVY + _SQL),
    "command line": (["app.bootstrap", *modules("app/cli")], _HEAVY + _QT + _SQL),
}


def _loaded(names: list[str]) -> set[str]:
    """Top-level names of all modules in a fresh interpreter after importing some."""
    program = f"import importlib, json, sys\nfor name in {names!r}: importlib.import_module(name)\nprint(json.dumps(sorted(sys.modules)))"
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert outcome.returncode == 0, outcome.stderr
    return {name.partition(".")[0] for name in json.loads(outcome.stdout)}


@pytest.mark.parametrize("entry", ENTRIES)
def test_nothing_heavy_is_loaded(entry: str) -> None:
    names, banned = ENTRIES[entry]
    assert _loaded(names).isdisjoint(banned)


def test_the_question_can_be_answered_with_no() -> None:
    assert "openpyxl" in _loaded(["openpyxl"])
