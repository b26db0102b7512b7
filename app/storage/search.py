"""The search index: FTS5 over overlapping pairs of folded characters, beside B-trees on folded kana and birth date.

Pairs find surnames of two characters, which trigrams cannot. This module is the SQLite dialect's; PostgreSQL gets its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from app.domain.evacuee import Person
from app.storage.keys import fold_key_address, fold_key_kana, fold_key_name

FTS_DDL = (
    "CREATE VIRTUAL TABLE resident_fts USING fts5(name, kana, address, content='', columnsize=0, tokenize=\"ascii tokenchars '-'\")",
    "CREATE VIRTUAL TABLE person_fts USING fts5(name, kana, address, content='', contentless_delete=1, tokenize=\"ascii tokenchars '-'\")",
)


def fts_text(folded: str) -> str:
    """The tokens of a folded text: each pair of neighbours, and the last character alone so that its single search finds it."""
    if len(folded) < 2:
        return folded
    return " ".join([*(folded[i : i + 2] for i in range(len(folded) - 1)), folded[-1]])


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'


def phrase(folded: str) -> str:
    """An FTS5 phrase that matches exactly the texts containing ``folded``. Empty when nothing searchable is left."""
    usable = "".join(folded.split())
    if not usable:
        return ""
    if len(usable) == 1:
        return f"{_quoted(usable)}*"
    return _quoted(" ".join(usable[i : i + 2] for i in range(len(usable) - 1)))


def match_any(parts: Iterable[tuple[str, str]]) -> str:
    """``column : phrase`` joined by OR, for each column with something to look for."""
    return " OR ".join(f"{column} : {text}" for column, text in parts if text)


def index_person(connection: Connection, rid: int, person: Person) -> None:
    """Put a person's row of the index in step with the record, in the same transaction."""
    connection.exec_driver_sql("DELETE FROM person_fts WHERE rowid = ?", (rid,))
    if person.deleted:
        return
    connection.exec_driver_sql(
        "INSERT INTO person_fts (rowid, name, kana, address) VALUES (?,?,?,?)",
        (rid, fts_text(fold_key_name(person.name)), fts_text(fold_key_kana(person.kana)), fts_text(fold_key_address(person.address))),
    )
