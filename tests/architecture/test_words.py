"""Japanese words live where they can be found and translated: presentation, ui, forms and resources."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import parse, python_files, relative

_EXEMPT = ("app/presentation/", "app/ui/")
_JAPANESE = re.compile(r"[\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U000323af]")
_WORD = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2}")
_CLASS = re.compile(r"\[[^\[\]]*\]")


def _remarks(tree: ast.AST) -> set[int]:
    """Identities of string constants that stand alone as a statement: docstrings."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def japanese_literals(tree: ast.AST, source: str) -> list[tuple[int, str]]:
    """Strings that hold Japanese as it is read, or escapes that spell a word.

    Single characters and character classes written as escapes are no words: a parser needs them.
    """
    docstrings = _remarks(tree)
    lines = source.splitlines()
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if not _JAPANESE.search(node.value):
            continue
        written = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if any(character in written for character in _JAPANESE.findall(node.value)) or _WORD.search(_CLASS.sub("", node.value)):
            found.append((node.lineno, node.value))
    return found


def _offences(path: Path) -> list[str]:
    return [f"{relative(path)}:{line} {text!r}" for line, text in japanese_literals(parse(path), path.read_text("utf-8"))]


def test_no_japanese_outside_its_places() -> None:
    files = [path for path in python_files("app", "db") if not relative(path).startswith(_EXEMPT)]
    found = [offence for path in files for offence in _offences(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        'x = "氏名"',
        'x = "error: カナ"',
        "x = f'{n}人'",
        'def f(kind="避難所"): pass',
        'x = {"（": 1}',
        r'x = "\u6c0f\u540d"',
        r're.compile("(\u662d\u548c|S)[0-9]+")',
        'x = """\n  二行目\n"""',
    ],
)
def test_a_word_is_noticed(source: str) -> None:
    assert japanese_literals(ast.parse(source), source)


@pytest.mark.parametrize(
    "source",
    [
        '"""説明"""',
        'def f():\n    """何をするか。"""',
        'class A:\n    x: int\n    """属性の説明。"""',
        "x = 1  # 理由",
        r're.compile("[\u3041-\u3096\u30a1-\u30fa]+")',
        r'x = "\u3000"',
        r'ord("\u30fc")',
    ],
)
def test_what_is_no_word_passes(source: str) -> None:
    assert not japanese_literals(ast.parse(source), source)
