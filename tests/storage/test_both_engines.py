"""The same store on SQLite and on PostgreSQL answers every question in the same way, in the same order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.storage import server
from app.storage.copying import copy_tables
from app.storage.migrate import REVISIONS
from app.storage.queries import StoreReads
from app.storage.server_schema import create_schema
from tests.both_engines import Questions, answer, fill_more
from tests.outputs.cast import fill
from tests.outputs.relief_cast import fill_relief
from tests.postgres import cluster, require_postgres
from tests.stores import Clock, copy_store, open_town


@pytest.fixture(scope="module")
def engines(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """The reading engines of a filled store and of its copy on a server."""
    require_postgres()
    place = tmp_path_factory.mktemp("both")
    town = open_town(copy_store(template, place / "store"), Clock())
    fill_relief(town, fill(town), place)
    town.clock.forward(hours=1)
    fill_more(town.ctx, town.shelters)
    name = f"both_engines_{os.getpid()}"
    url = cluster().create(name)
    writer, reader = server.writer_engine(url), server.reader_engine(url)
    here = town.session._store.reader()
    with writer.connect() as target, target.begin():
        create_schema(target, REVISIONS[-1])
        with here.connect() as source, source.begin():
            copy_tables(source, target)
    yield here, reader
    writer.dispose()
    reader.dispose()
    town.session.close(backup=False)
    cluster().drop(name)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("see_protected", [True, False])
def test_every_question_has_the_same_answer_on_both(engines: tuple[Engine, Engine], see_protected: bool) -> None:
    here, there = (StoreReads.over(engine).seen_by(see_protected=see_protected) for engine in engines)
    asked, wrong = 0, []
    for name, ask in Questions(engines[0]).asked(here):
        asked += 1
        expected = answer(ask, here)
        try:
            found = answer(ask, there)
        except Exception as fault:  # told with the others: one wrong word in SQL is seldom the only one
            found = repr(fault)
        if found != expected:
            wrong.append((name, expected, found))
    assert asked > 1000
    assert not wrong, f"{len(wrong)} of {asked}: {wrong[:5]}"
