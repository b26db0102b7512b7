"""Every change of a registry record passes the journal: bulk statements only where they are known not to bypass it."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import parse, python_files, relative

# The one file that changes rows of journalled tables: it writes the journal row in the same transaction.
REPOSITORY = "app/storage/registry.py"

# Its hand for many records at once: answers what the journal has to say, and nobody but the repository may call it.
CHANGING = "app/storage/changing.py"

# Rows as the operations in the journal make them, after operations of other laptops came in: the journal is there first.
MERGING = "app/storage/merged.py"

# The one statement that touches rows of the journal: which chain they are in, which is no part of what is hashed.
NAMING = ("app/storage/chains.py", "journal")

# Tables that hold no registry record, so that changing them is no history to be kept.
NOT_JOURNALLED: dict[str, str] = {
    "device": "where each device's journal chain stands, sealed",
    "serial": "the next human number of this device",
    "setting": "settings of this folder",
    "keyring": "the key slots of a store on a server, as keys.json is those of a folder",
    "snapshot": "which immutable snapshot is searched, and how much of it is here",
    "resident": "rows of immutable snapshots; only the mark of protection that a snapshot file brings is ever put on",
    "withheld": "stretches of chains that this site is not given, held by their hashes",
    "open_conflict": "what the operations leave undecided, worked out from them",
    "peer": "what is known of other devices",
    "package": "packages written and taken in",
    "person_fts": "search index, rebuilt from the records",
}

_STATEMENT = re.compile(r"\s*(?:update\s+(\w+)\s+set\b|delete\s+from\s+(\w+)|(?:insert\s+or\s+)?replace\s+into\s+(\w+))", re.IGNORECASE)

_OPENING = re.compile(r"\s*(update|delete\s+from)\s+$", re.IGNORECASE)


def bulk_statements(tree: ast.AST) -> list[tuple[int, str]]:
    """``(line, table)`` of SQLAlchemy's ``update`` and ``delete`` by any name, of table and query methods so called, and of SQL text.

    Where the table cannot be read from the source it is ``?``.
    """
    names, modules = _sqlalchemy_names(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (statement := _STATEMENT.match(node.value)):
            found.append((node.lineno, next(name for name in statement.groups() if name)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _OPENING.match(node.value):
            found.append((node.lineno, "?"))
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in names:
            found.append((node.lineno, _table_of(node)))
        elif isinstance(called, ast.Attribute) and called.attr in ("update", "delete"):
            if isinstance(called.value, ast.Name) and called.value.id in modules:
                found.append((node.lineno, _table_of(node)))
            elif _on_query(called.value):
                found.append((node.lineno, "?"))
            elif not node.args and not node.keywords and _on_table(called.value):
                found.append((node.lineno, _last_name(called.value)))
    return found


def _table_of(call: ast.Call) -> str:
    """The table handed to ``update()`` or ``delete()``: ``t.person`` and ``person`` are ``person``; a variable is ``?``."""
    return _last_name(call.args[0]) if call.args and isinstance(call.args[0], ast.Attribute) else "?"


def _last_name(value: ast.expr) -> str:
    return value.attr if isinstance(value, ast.Attribute) else "?"


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


def _program() -> list[tuple[str, int, str]]:
    return [(relative(path), line, table) for path in python_files("app") for line, table in bulk_statements(parse(path))]


def test_journalled_tables_change_in_the_repository_only() -> None:
    changes = [
        one for one in _program() if one[0] not in (REPOSITORY, CHANGING, MERGING) and one[2] not in NOT_JOURNALLED and (one[0], one[2]) != NAMING
    ]
    found = [f"{name}:{line} {table}" for name, line, table in changes]
    assert not found, "\n".join(found)


def test_merging_writes_rows_of_any_kind_alike_and_naming_only_the_chain() -> None:
    assert {item[2] for item in _program() if item[0] == MERGING} <= {"?", *NOT_JOURNALLED}
    source = next(path for path in python_files("app") if relative(path) == NAMING[0]).read_text("utf-8")
    named = re.findall(r"UPDATE journal SET .*?\"", source)
    assert named and set(named) == {'UPDATE journal SET chain = ? WHERE chain = ? AND device_seq = ?"'}


def test_only_the_repository_changes_many_records() -> None:
    users = {relative(path) for path in python_files("app") if "change_records" in path.read_text("utf-8")}
    assert users == {REPOSITORY, CHANGING}
    assert {item[2] for item in _program() if item[0] == CHANGING} == {"?"}


def test_the_repository_names_no_journalled_table() -> None:
    """It has one statement for all kinds of records; one for a certain table would pass its journal by."""
    found = [f"{line} {table}" for name, line, table in _program() if name == REPOSITORY and table not in NOT_JOURNALLED]
    assert [item.split()[1] for item in found] == ["?"], found


def test_tables_without_journal_are_no_records() -> None:
    from app.storage import tables

    records = {kind.table.name for kind in tables.KINDS}
    assert records and records.isdisjoint(NOT_JOURNALLED)
    assert {"journal", "access", "access_person", "access_crowd", "finding"}.isdisjoint(NOT_JOURNALLED), "rows of these are only ever added"


def test_no_change_outside_storage() -> None:
    assert [name for name, _, _ in _program() if not name.startswith("app/storage/")] == []


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
        "f'DELETE FROM {table} WHERE id = 1'",
        "text('INSERT OR REPLACE INTO person VALUES (1)')",
    ],
)
def test_a_bypass_is_noticed(source: str) -> None:
    assert bulk_statements(ast.parse(source))


@pytest.mark.parametrize("source", ["values.update({'a': 1})", "values.update(a=1)", "digest.update(b'x')", "'Update the person'"])
def test_dicts_and_hashes_pass(source: str) -> None:
    assert not bulk_statements(ast.parse(source))
