"""The project's own files, and what can be read from their syntax."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".git", ".venv", "build", "wheels", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}


def python_files(*folders: str, root: Path = ROOT) -> list[Path]:
    """All Python files below the named folders, sorted; a folder that does not exist holds none."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def relative(path: Path, root: Path = ROOT) -> str:
    """The path as it is written in this project, with forward slashes."""
    return path.relative_to(root).as_posix()


def modules(folder: str) -> list[str]:
    """Dotted names of the modules below a folder."""
    names = [relative(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in python_files(folder)]
    return [name for name in names if not name.endswith(".__main__")]


@lru_cache(maxsize=1024)
def _parsed(path: Path, _changed_ns: int) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def parse(path: Path) -> ast.Module:
    """The syntax tree of a file, read once for each state of it."""
    return _parsed(path, path.stat().st_mtime_ns)


def tracked_files() -> list[Path]:
    """Files under version control; in a copy without it, all files that set-up and tests did not make."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8")
        return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    return [
        Path(folder) / name
        for folder, folders, names in os.walk(ROOT)
        for name in names
        if not _NOT_OURS.intersection(Path(folder).relative_to(ROOT).parts)
    ]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """``(line, dotted name)`` of everything imported absolutely, ``from a import b`` as ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def within(name: str, package: str) -> bool:
    """Whether a dotted name is a package or something in it."""
    return name == package or name.startswith(package + ".")
