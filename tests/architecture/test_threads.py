"""Threads are started in one place, so that a leaked or crossed one has one place to be looked for."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.tree import imports, parse, python_files, relative, within

_THREADING = ("threading", "_thread", "concurrent", "multiprocessing", "asyncio", "PySide6.QtCore.QThread", "PySide6.QtCore.QThreadPool")
_QT_NAMES = {"QThread", "QThreadPool", "QRunnable", "QtConcurrent"}

# Files that may, each with its reason.
ALLOWED: dict[str, str] = {
    "app/ui/runner.py": "the one place that starts threads",
    "app/domain/identifiers.py": "a lock only: two threads never make the same identifier",
}


def _threading_in(tree: ast.AST) -> list[str]:
    """Imports and Qt attributes that can start or coordinate threads."""
    found = [f"{line} {name}" for line, name in imports(tree) if any(within(name, banned) for banned in _THREADING)]
    found += [f"{line} {name}" for line, name in imports(tree) if name.rpartition(".")[2] in _QT_NAMES and name.startswith("PySide6")]
    found += [
        f"{node.lineno} {node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "QtCore" and node.attr in _QT_NAMES
    ]
    return found


def test_threads_only_in_the_runner() -> None:
    found = [
        f"{relative(path)}:{item}"
        for path in python_files("app", "db")
        if relative(path) not in ALLOWED
        for item in _threading_in(parse(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "import threading",
        "from threading import Lock",
        "from concurrent.futures import ThreadPoolExecutor",
        "def later():\n    import asyncio",
        "from PySide6.QtCore import QThread",
        "from PySide6 import QtCore\nQtCore.QThreadPool.globalInstance()",
    ],
)
def test_a_thread_is_noticed(source: str) -> None:
    assert _threading_in(ast.parse(source))


def test_no_stale_permission() -> None:
    """A permission whose file no longer needs it is taken away."""
    by_name = {relative(path): path for path in python_files("app", "db")}
    assert [name for name in ALLOWED if name not in by_name or not _threading_in(parse(by_name[name]))] == []
