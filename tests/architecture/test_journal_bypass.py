"""Every change of a registry record passes the journal: bulk statements only where they are known not to bypass it."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import parse, python_files, relative

# Files that may issue UPDATE or DELETE themselves, each with its reason.
ALLOWED: dict[str, str] = {
    "app/storage/bulk.py": "the one place for statements over many rows; it says for which tables",
}

_STATEMENT = re.compile(r"^\s*(update\s+\S+\s+set\b|delete\s+from\b|insert\s+or\s+replace\b|replace\s+into\b)", re.IGNORECASE)


def bulk_statements(tree: ast.AST) -> list[tuple[int, str]]:
    """SQLAlchemy's ``update`` and ``delete`` by any name, table and query methods of that name, and the same as SQL text."""
    names, modules = _sqlalchemy_names(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _STATEMENT.match(node.value):
            found.append((node.lineno, node.value.strip()[:60]))
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in names:
            found.append((node.lineno, f"{names[called.id]}()"))
        elif isinstance(called, ast.Attribute) and called.attr in ("update", "delete"):
            if isinstance(called.value, ast.Name) and called.value.id in modules:
                found.append((node.lineno, f"{called.value.id}.{called.attr}()"))
            elif _on_query(called.value) or (not node.args and not node.keywords and _on_table(called.value)):
                found.append((node.lineno, f".{called.attr}()"))
    return found


def _sqlalchemy_names(tree: ast.AST) -> tuple[dict[str, str], set[str]]:
    """Local names of ``update``/``delete``, and local names of the package itself."""
    names: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sqlalchemy"):
            names |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in ("update", "delete")}
            modules |= {alias.asname or alias.name for alias in node.names if alias.name in ("sql", "orm", "expression")}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name for alias in node.names if alias.name.partition(".")[0] == "sqlalchemy"}
    return names, modules


def _on_query(value: ast.expr) -> bool:
    """``session.query(…).filter(…)`` and the like, at any depth."""
    while isinstance(value, (ast.Call, ast.Attribute)):
        if isinstance(value, ast.Attribute) and value.attr == "query":
            return True
        value = value.func if isinstance(value, ast.Call) else value.value
    return False


def _on_table(value: ast.expr) -> bool:
    """Without arguments only a table has these methods; a dict's or a hash's take one."""
    return isinstance(value, (ast.Name, ast.Attribute, ast.Subscript))


def test_bulk_statements_only_where_allowed() -> None:
    found = [
        f"{relative(path)}:{line} {what}"
        for path in python_files("app")
        if relative(path) not in ALLOWED
        for line, what in bulk_statements(parse(path))
    ]
    assert not found, "\n".join(found)


def test_no_stale_permission() -> None:
    by_name = {relative(path): path for path in python_files("app")}
    assert [name for name in ALLOWED if name not in by_name or not bulk_statements(parse(by_name[name]))] == []


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import update\nsession.execute(update(Person).values(a=1))",
        "from sqlalchemy import delete as remove\nremove(Person)",
        "import sqlalchemy as sa\nsa.update(person)",
        "from sqlalchemy.sql import expression\nexpression.delete(person)",
        "session.query(Person).filter(Person.id == 1).update({'a': 1})",
        "person.update().where(person.c.id == 1)",
        "tables.person.delete()",
        "text('UPDATE person SET name = 1')",
        "text('''\n  delete from person\n''')",
    ],
)
def test_a_bypass_is_noticed(source: str) -> None:
    assert bulk_statements(ast.parse(source))


@pytest.mark.parametrize("source", ["values.update({'a': 1})", "values.update(a=1)", "digest.update(b'x')", "'Update the person'"])
def test_dicts_and_hashes_pass(source: str) -> None:
    assert not bulk_statements(ast.parse(source))
