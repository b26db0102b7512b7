"""The search index on a server: questions in its words, texts of any kind, and who may read a part that another desk loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.domain.errors import EnvironmentFault
from app.domain.resident import ResidentRow
from app.storage import server
from app.storage.bulk import load_snapshot
from app.storage.dialects import postgresql_search as speech
from app.storage.migrate import REVISIONS
from app.storage.queries import StoreReads
from app.storage.search import match_anywhere
from app.storage.server_schema import create_schema, grant_desk
from app.usecases.job import QUIET
from tests.postgres import cluster, require_postgres
from tests.stores import OCCURRED, RESIDENTS

ODD = ("O'Neil　Ann", "back\\slash　tab\t", "A:B*C　(D)", "😀　顔", "山田:1　'q' & | !", "１２３　全角")


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty store."""
    require_postgres()
    url = cluster().create("server_search")
    engine = server.writer_engine(url)
    with engine.connect() as connection, connection.begin():
        create_schema(connection, REVISIONS[-1])
    engine.dispose()
    yield url
    cluster().drop("server_search")


@pytest.fixture
def searched(database: str) -> Iterator[Engine]:
    made = server.writer_engine(database)
    yield made
    made.dispose()


def load(engine: Engine, rows: list[ResidentRow], snapshot: str = "one") -> None:
    with engine.connect() as connection, connection.begin():
        load_snapshot(
            connection, [rows], snapshot_id=snapshot, label="見本", as_of=OCCURRED, known_at=OCCURRED, files=(), created_at=OCCURRED, job=QUIET
        )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('name : "高橋"', "('n高橋')"),
        ('kana : "カキ キク"', "('kカキ' <-> 'kキク')"),
        ('address : "1-2"*', "('a1-2':*)"),
        ('(name : "髙" OR kana : "ア"*) AND (address : "本")', "(('n髙') | ('kア':*)) & (('a本'))"),
        ('name : "Ab-C ""x"""', "('nab-c' <-> 'nx')"),
        ('name : "。"', "('n。')"),
        ('name : "()"', "'!'"),
    ],
)
def test_questions_are_said_in_the_words_of_the_server(query: str, said: str) -> None:
    assert speech.match_value(query) == said


def test_texts_of_any_kind_are_found_by_themselves(searched: Engine) -> None:
    load(searched, [replace_name(RESIDENTS[0], name, place) for place, name in enumerate(ODD)])
    reads = StoreReads.over(searched)
    for name in ODD:
        hits, _, _ = reads.search.find(name.split("　")[0], within="residents")
        assert name in [hit.name for hit in hits], name


def test_a_surname_of_two_characters_is_found_by_the_index(searched: Engine) -> None:
    load(searched, list(RESIDENTS))
    query = speech.match_value(match_anywhere("髙橋"))
    with searched.connect() as connection, connection.begin():
        sql = speech.matching(("resident_fts_1_0",), most=3)
        assert [row[0] for row in connection.exec_driver_sql(sql, {"query": query})] == [1, 2, 3]


def test_a_later_snapshot_has_an_index_of_its_own(searched: Engine) -> None:
    load(searched, list(RESIDENTS))
    load(searched, [replace_name(RESIDENTS[0], "能登　新", 1)], snapshot="two")
    assert StoreReads.over(searched).search.find("髙橋")[1] == 0
    assert StoreReads.over(searched).search.find("能登")[1] == 1


def test_a_desk_without_the_right_to_make_tables_loads_and_all_desks_search(database: str, searched: Engine) -> None:
    for role in ("search_desk", "other_desk", "stranger"):
        cluster().sql(f"DROP ROLE IF EXISTS {role}")
        cluster().sql(f"CREATE ROLE {role} LOGIN")
    engines = {role: server.writer_engine(database.replace("user=sasae", f"user={role}")) for role in ("search_desk", "other_desk", "stranger")}
    try:
        with searched.connect() as connection, connection.begin():
            for role in ("search_desk", "other_desk"):
                grant_desk(connection, role)
        load(engines["search_desk"], list(RESIDENTS))
        assert StoreReads.over(engines["other_desk"]).search.find("髙橋")[1] == 4
        with pytest.raises(EnvironmentFault, match="forbidden"):
            load(engines["stranger"], list(RESIDENTS))
        with pytest.raises(Exception, match="no part of the search index"), searched.connect() as connection, connection.begin():
            connection.exec_driver_sql("SELECT make_resident_part('resident_fts_1_0; DROP TABLE person')")
    finally:
        for role, engine in engines.items():
            engine.dispose()
            cluster().sql(f"DROP OWNED BY {role}", database="server_search")
            cluster().sql(f"DROP ROLE {role}")


def replace_name(row: ResidentRow, name: str, place: int) -> ResidentRow:
    """The resident with another name and number."""
    return row._replace(name=name, kana="", resident_no=f"90000000{place:02}", household_no="")
