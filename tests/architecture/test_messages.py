"""Every code that can be raised has words, told once, with only the values that the call gives."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, parse, python_files, relative

_FAULTS = {"SasaeError", "RuleViolation", "InputFault", "EnvironmentFault", "IntegrityFault", "UsageFault"}


@dataclass(frozen=True)
class Raised:
    """A fault made with a code written out. ``names`` is None when values come in that are not written out."""

    place: str
    code: str
    names: frozenset[str] | None


def _literal_codes(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literal_codes(node.body)
        yield from _literal_codes(node.orelse)


def raised(tree: ast.AST, place: str) -> Iterator[Raised]:
    """All calls of the fault classes with a literal code."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name not in _FAULTS:
            continue
        first = node.args[0] if node.args else next((keyword.value for keyword in node.keywords if keyword.arg == "code"), None)
        given = {keyword.arg for keyword in node.keywords}
        names = None if None in given else frozenset(name for name in given if name)
        for code in _literal_codes(first) if first is not None else ():
            yield Raised(f"{place}:{node.lineno}", code, names)


def all_raised() -> list[Raised]:
    """What the whole program can raise."""
    return [item for path in python_files("app") for item in raised(parse(path), relative(path))]


def message_files() -> list[Path]:
    """Where the words are."""
    return sorted((ROOT / "resources" / "messages").glob("*.toml"))


def read(path: Path) -> dict[str, str]:
    """The messages of one file."""
    return tomllib.loads(path.read_text("utf-8"))


def placeholders(text: str) -> set[str]:
    """Names in braces, without their attributes and formats."""
    return {name.partition(".")[0].partition("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def problems(items: list[Raised], messages: dict[str, str]) -> list[str]:
    """Codes without words, and words that ask for a value that the call does not give."""
    found = []
    for item in items:
        if item.code not in messages:
            found.append(f"{item.place} {item.code}: no words for it")
        elif item.names is not None and (unknown := placeholders(messages[item.code]) - item.names):
            found.append(f"{item.place} {item.code}: the words use {sorted(unknown)}, the call gives {sorted(item.names)}")
    return found


def test_there_are_messages_and_faults() -> None:
    assert message_files() and all_raised()


@pytest.mark.parametrize("path", message_files(), ids=lambda path: path.name)
def test_a_file_is_flat_and_well_formed(path: Path) -> None:
    for code, text in read(path).items():
        assert isinstance(text, str), f"{code} is a table: write the whole code in quotes as key"
        placeholders(text)
        assert text.strip() and text == text.strip(), code


def test_no_code_is_told_twice() -> None:
    seen: dict[str, str] = {}
    twice = []
    for path in message_files():
        for code in read(path):
            if code in seen:
                twice.append(f"{code}: {seen[code]} and {path.name}")
            seen[code] = path.name
    assert not twice, "\n".join(twice)


def test_every_raised_code_has_words() -> None:
    messages = {code: text for path in message_files() for code, text in read(path).items()}
    found = problems(all_raised(), messages)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("raise RuleViolation('a.known', name=1)", 0),
        ("raise errors.InputFault('a.known' if x else 'a.unknown', name=1)", 1),
        ("raise UsageFault('a.unknown')", 1),
        ("raise EnvironmentFault('a.known', other=1)", 1),
        ("raise EnvironmentFault('a.known', **values)", 0),
        ("raise IntegrityFault(code)", 0),
    ],
)
def test_a_problem_is_noticed(source: str, count: int) -> None:
    assert len(problems(list(raised(ast.parse(source), "x.py")), {"a.known": "{name}: wrong"})) == count
