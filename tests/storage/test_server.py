"""The engine on a server by itself: marks of parameters, numbers, streams, and the schema; and a run without a server says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import Engine, inspect

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.storage import server
from app.storage import tables as t
from app.storage.copying import DERIVED
from app.storage.dialects.marks import to_psycopg
from app.storage.engine import run_many
from app.storage.migrate import REVISIONS
from app.storage.server_schema import create_schema
from tests import postgres
from tests.postgres import cluster, require_postgres

_NUMBERS = count(1)


@pytest.fixture
def writer() -> Iterator[Engine]:
    """The writing engine of an empty database."""
    require_postgres()
    name = f"s{next(_NUMBERS)}_{os.getpid()}"
    engine = server.writer_engine(cluster().create(name))
    yield engine
    engine.dispose()
    cluster().drop(name)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("SELECT a FROM b WHERE c = ? AND d = ?", "SELECT a FROM b WHERE c = %s AND d = %s"),
        ("SELECT :one, :two_2", "SELECT %(one)s, %(two_2)s"),
        ("SELECT '?', ':name', '50 %', 'it''s ?'", "SELECT '?', ':name', '50 %%', 'it''s ?'"),
        ('SELECT "what?" FROM b', 'SELECT "what?" FROM b'),
        ("SELECT a % 2, b LIKE 'x%'", "SELECT a %% 2, b LIKE 'x%%'"),
        ("SELECT a::text, b::int", "SELECT a::text, b::int"),
        ("SELECT 1 -- why? :x\n, ?", "SELECT 1 -- why? :x\n, %s"),
        ("SELECT /* ? */ ?", "SELECT /* ? */ %s"),
    ],
)
def test_marks_are_converted_outside_of_quotes_and_comments(written: str, sent: str) -> None:
    assert to_psycopg(written) == sent


def test_values_come_back_as_sqlite_gives_them(writer: Engine) -> None:
    with writer.connect() as connection, connection.begin():
        ask = connection.exec_driver_sql
        row = ask("SELECT sum(x), avg(x), count(*), ? || '%?', :a FROM generate_series(1, 4) AS x".replace(":a", "?"), ("髙", None)).one()
        assert tuple(row) == (10, 2.5, 4, "髙%?", None) and [type(value) for value in row[:3]] == [int, float, int]
        assert ask("SELECT :a AS a, :b AS b", {"a": "'; DROP TABLE x; --", "b": 2**40}).one() == ("'; DROP TABLE x; --", 2**40)
        ask("CREATE TABLE x (a bigint, b text, c bytea, d boolean)")
        run_many(connection, "INSERT INTO x (a, b, c, d) VALUES (?, ?, ?, ?)", [(n, "あ", bytes([n % 256]), n % 2 == 0) for n in range(3000)])
        assert tuple(ask("SELECT count(*), sum(a) FROM x WHERE d").one()) == (1500, sum(range(0, 3000, 2)))
        assert ask("SELECT c FROM x WHERE a = 255").scalar_one() == b"\xff"


def test_a_stream_that_is_left_early_holds_up_nothing(writer: Engine) -> None:
    with writer.connect() as connection, connection.begin():
        found = connection.execution_options(yield_per=10).exec_driver_sql("SELECT * FROM generate_series(1, 10000)")
        assert next(iter(found))[0] == 1
        connection.exec_driver_sql("CREATE TABLE y (a integer)")  # no question: not streamed, though the connection was asked to
        connection.exec_driver_sql("INSERT INTO y VALUES (1)")
        assert connection.exec_driver_sql("SELECT a FROM y").scalar_one() == 1


@pytest.mark.parametrize(
    ("state", "code", "kind"),
    [
        ("53100", "database.disk_full", EnvironmentFault), ("53200", "database.no_memory", EnvironmentFault),
        ("57P01", "database.lost", EnvironmentFault), ("40P01", "store.busy", EnvironmentFault), ("42501", "database.forbidden", EnvironmentFault),
        ("25006", "store.read_only", EnvironmentFault), ("XX001", "store.damaged", IntegrityFault), ("53300", "database.crowded", EnvironmentFault),
    ],
)  # fmt: skip
def test_what_the_server_reports_is_said_in_words(writer: Engine, state: str, code: str, kind: type[Exception]) -> None:
    sql = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(kind) as caught, writer.connect() as connection, connection.begin():
        connection.exec_driver_sql(sql)
    assert getattr(caught.value, "code", "") == code


def test_schema_of_a_server_is_that_of_a_folder(writer: Engine) -> None:
    with writer.connect() as connection, connection.begin():
        create_schema(connection, REVISIONS[-1])
        looked = inspect(connection)
        for table in t.metadata.sorted_tables:
            there = {column["name"]: column for column in looked.get_columns(table.name)}
            assert list(there) == [column.name for column in table.columns]
            assert {name: column["nullable"] for name, column in there.items()} == {column.name: column.nullable for column in table.columns}
            wanted = {index.name for index in table.indexes if index.unique}
            assert wanted <= {index["name"] for index in looked.get_indexes(table.name)}
        texts = "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name <> 'C'"
        assert connection.exec_driver_sql(texts).scalar_one() == 0
    assert DERIVED <= set(t.metadata.tables)


@pytest.mark.parametrize(("under_ci", "kind"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_run_without_a_server_says_so(monkeypatch: pytest.MonkeyPatch, under_ci: str, kind: type[BaseException]) -> None:
    monkeypatch.setattr(postgres, "binaries", lambda: None)
    monkeypatch.setenv("CI", under_ci)
    with pytest.raises(kind, match="apt-get install postgresql"):
        require_postgres()
