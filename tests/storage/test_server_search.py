"""The search index on a server: questions in its words, texts of any kind, and who may read a part that another desk loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.domain.resident import ResidentRow
from app.storage import server
from app.storage.bulk import load_snapshot
from app.storage.dialects import postgresql_search as speech
from app.storage.migrate import REVISIONS
from app.storage.queries import StoreReads
from app.storage.search import match_anywhere
from app.storage.server_schema import create_schema
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


def test_who_may_search_people_may_search_what_another_desk_loaded(searched: Engine) -> None:
    cluster().sql("DROP ROLE IF EXISTS search_desk")
    cluster().sql("CREATE ROLE search_desk LOGIN")
    try:
        cluster().sql("GRANT SELECT ON person_fts TO search_desk", database="server_search")
        load(searched, list(RESIDENTS))
        held = "SELECT has_table_privilege('search_desk', 'resident_fts_1_0', ?)".replace("?", "%s")
        assert cluster().sql(held, "SELECT", database="server_search") == [(True,)]
        assert cluster().sql(held, "DELETE", database="server_search") == [(False,)]
        refused = "SELECT make_resident_part('resident_fts_1_0; DROP TABLE person')"
        with pytest.raises(Exception, match="no part of the search index"):
            cluster().sql(refused, database="server_search")
    finally:
        cluster().sql("DROP OWNED BY search_desk", database="server_search")
        cluster().sql("DROP ROLE search_desk")


def replace_name(row: ResidentRow, name: str, place: int) -> ResidentRow:
    """The resident with another name and number."""
    return row._replace(name=name, kana="", resident_no=f"90000000{place:02}", household_no="")
