"""The search index on PostgreSQL: the tokens of the FTS5 index in text-search vectors with GIN indexes, and what SQLite has built in.

Each token begins with a letter for its column, so that one vector serves three columns; positions are kept, so that a phrase is the same
as in FTS5. Every snapshot has a table of its own, written by COPY and indexed when it is full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection

_FUNCTIONS = (
    "CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT strpos($1, $2)'",
    "CREATE FUNCTION json_each(text) RETURNS TABLE (value text) LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100"
    " AS 'SELECT json_array_elements_text($1::json)'",
    "CREATE FUNCTION json_extract(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $1::json ->> substr($2, 3)'",
    "CREATE FUNCTION json_type(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$"
    " SELECT CASE json_typeof(found) WHEN 'boolean' THEN found::text WHEN 'string' THEN 'text' WHEN 'number' THEN"
    " CASE WHEN found::text ~ '[.eE]' THEN 'real' ELSE 'integer' END ELSE json_typeof(found) END"
    " FROM (SELECT $1::json -> substr($2, 3) AS found) AS one $$",
    "CREATE FUNCTION json_valid(text) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$"
    " BEGIN PERFORM $1::json; RETURN CASE WHEN $1 IS NULL THEN NULL ELSE 1 END; EXCEPTION WHEN data_exception THEN RETURN 0; END $$",
)
"""What the common SQL asks for and SQLite has built in. ``json_each`` is for lists, paths are ``$.name``."""
_PERSONS = (
    "CREATE TABLE person_fts (rid bigint PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX ix_person_fts ON person_fts USING gin (vector) WITH (fastupdate = off)",
)
_PARTS = (
    # Runs as the owner of the schema: a desk may load residents without the right to make other tables.
    "CREATE FUNCTION make_resident_part(part text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$"
    " DECLARE reader record; BEGIN"
    " IF part !~ '^resident_fts_[0-9]+_[0-9]+$' THEN RAISE EXCEPTION 'no part of the search index: %', part; END IF;"
    " EXECUTE format('CREATE TABLE %I (rid bigint NOT NULL, vector tsvector NOT NULL)', part);"
    " FOR reader IN SELECT DISTINCT acl.grantee FROM pg_class c, aclexplode(c.relacl) acl"
    " WHERE c.oid = 'person_fts'::regclass AND acl.grantee <> c.relowner LOOP"
    " IF reader.grantee = 0 THEN EXECUTE format('GRANT SELECT, INSERT ON %I TO PUBLIC', part);"
    " ELSE EXECUTE format('GRANT SELECT, INSERT ON %I TO %s', part, reader.grantee::regrole); END IF;"
    " END LOOP; END $$",
    "CREATE FUNCTION finish_resident_part(part text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$"
    " BEGIN"
    " IF part !~ '^resident_fts_[0-9]+_[0-9]+$' THEN RAISE EXCEPTION 'no part of the search index: %', part; END IF;"
    " PERFORM set_config('maintenance_work_mem', '256MB', true);"
    " EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (rid)', part);"
    " EXECUTE format('CREATE INDEX %I ON %I USING gin (vector) WITH (fastupdate = off)', 'ix_' || part, part);"
    " EXECUTE format('ANALYZE %I', part);"
    " ANALYZE resident; ANALYZE resident_kana; ANALYZE resident_birth; ANALYZE resident_phone; END $$",
    "REVOKE ALL ON FUNCTION make_resident_part(text), finish_resident_part(text) FROM PUBLIC",
)
LOADING = "make_resident_part(text), finish_resident_part(text)"
"""Functions that whoever loads residents must be allowed to call."""
_SEARCH = (
    # Always by the index: where the planner expects many hits it would read the whole table in order, a second or two for a million people.
    # The index gives rows as they lie, which is as they were loaded, so that the first ones are found without all the others.
    "CREATE FUNCTION search_part(part text, query tsquery, most bigint) RETURNS TABLE (rid bigint) LANGUAGE plpgsql STABLE PARALLEL SAFE"
    " SET enable_seqscan = off SET enable_indexscan = off SET work_mem = '32MB' AS $$"
    " BEGIN RETURN QUERY EXECUTE format('SELECT one.rid FROM %I AS one WHERE one.vector @@ $1 LIMIT $2', part) USING query, most; END $$",
)
SEARCH_DDL: tuple[str, ...] = (*_FUNCTIONS, *_PERSONS, *_PARTS, *_SEARCH)
"""Functions, the index of registered people, and how a snapshot gets its own."""

NO_LIMIT = 2**62
_TOKENS = re.compile("[0-9A-Za-z\\-\u0080-\U0010ffff]+")
"""What FTS5's tokenizer ``ascii`` with ``tokenchars '-'`` takes for a token."""
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
_TERM = re.compile(r'(name|kana|address) : "((?:[^"]|"")*)"(\*)?|( AND )|( OR )')
_LETTERS = {"name": "n", "kana": "k", "address": "a"}
_NOTHING = "'!'"
"""A token that no text has."""


def _tokens(text: str) -> list[str]:
    return _TOKENS.findall(text.translate(_SMALL))


def _lexemes(letter: str, text: str) -> str:
    """The tokens of one column as a part of a vector. Positions beyond what a vector can tell are left out."""
    return " ".join([f"{letter}{token}:{place}" for place, token in enumerate(_tokens(text)[:16_000], 1)])


_named = lru_cache(maxsize=40_000)(_lexemes)


def vector(name: str, kana: str, address: str) -> str:
    """The vector of texts of tokens (``storage.search``), as PostgreSQL reads it."""
    return f"{_named('n', name)} {_named('k', kana)} {_lexemes('a', address)}"


def match_value(query: str) -> str:
    """A question of ``storage.search`` as a ``tsquery``."""
    return _TERM.sub(_term, query)


def _term(found: re.Match[str]) -> str:
    if found[4] or found[5]:
        return " & " if found[4] else " | "
    tokens = [f"'{_LETTERS[found[1]]}{token}'" for token in _tokens(found[2].replace('""', '"'))]
    if found[3] and tokens:
        tokens[-1] += ":*"
    return f"({' <-> '.join(tokens)})" if tokens else _NOTHING


def matching(tables: Sequence[str], *, span: bool = False, most: int = NO_LIMIT) -> str:
    """A question for the row numbers (``rid``) that ``:query`` finds in the tables, in order; each table holds one snapshot only."""
    parts = [f"SELECT rid FROM search_part('{table}', CAST(:query AS tsquery), {most:d})" for table in tables]
    return f"SELECT rid FROM ({' UNION ALL '.join(parts)}) AS found ORDER BY rid LIMIT {most:d}"


def flagged(alias: str = "") -> str:
    """The condition that a row of ``resident`` is marked as protected, as its partial index says it."""
    return f"{alias}protected <> 0"


def index_person(connection: Connection, rid: int, texts: tuple[str, str, str] | None) -> None:
    """Put a person's row of the index in step; None takes it out."""
    connection.exec_driver_sql("DELETE FROM person_fts WHERE rid = ?", (rid,))
    if texts is not None:
        connection.exec_driver_sql("INSERT INTO person_fts (rid, vector) VALUES (?, CAST(? AS tsvector))", (rid, vector(*texts)))


def index_people(connection: Connection, people: Sequence[tuple[int, tuple[str, str, str] | None]]) -> None:
    """``index_person`` for many."""
    connection.exec_driver_sql("DELETE FROM person_fts WHERE rid = ANY(?)", ([rid for rid, _ in people],))
    copy_rows(connection, "person_fts (rid, vector)", [(rid, vector(*texts)) for rid, texts in people if texts is not None])


def add_to_part(connection: Connection, table: str, rows: Iterable[tuple[int, str, str, str]]) -> None:
    """Index a few more residents in a table of the index."""
    copy_rows(connection, f"{table} (rid, vector)", ((rid, vector(name, kana, address)) for rid, name, kana, address in rows))


def copy_rows(connection: Connection, target: str, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY; ``target`` is a table and its columns."""
    link = connection.connection.driver_connection
    assert isinstance(link, psycopg.Connection)
    with psycopg.Cursor(link) as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        write = copy.write_row
        for row in rows:
            write(row)


def make_part(connection: Connection, name: str) -> None:
    """An empty table for the index of a snapshot."""
    connection.exec_driver_sql("SELECT make_resident_part(?)", (name,))


def finish_part(connection: Connection, name: str) -> None:
    """Index the full table, and let the planner know what came in."""
    connection.exec_driver_sql("SELECT finish_resident_part(?)", (name,))
