"""A store of its own for each test, copied from one template a run: a folder, or a database on a real PostgreSQL.

The fixture ``engine`` (tests/conftest.py) decides: tests/storage runs on both; elsewhere it is the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.postgres import cluster, require_postgres
from tests.stores import Clock, Town, clone_store, copy_store, found_store, open_town

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with shelters and residents; never written to again."""
    folder = tmp_path_factory.mktemp("template") / "見本 data"
    recovery = found_store(folder, Clock())
    folder.with_name("recovery.txt").write_text(recovery, "ascii")
    return folder


@pytest.fixture
def folder(engine: str, template: Path, tmp_path: Path) -> Iterator[Path]:
    """A closed copy of the template, or the folder of a desk whose database is one."""
    target = tmp_path / "支え data"
    if engine == SQLITE:
        yield copy_store(template, target)
        return
    require_postgres()
    name = f"t{next(_NUMBERS)}_{os.getpid()}"
    try:
        yield clone_store(name, target)
    finally:
        cluster().drop(name)


@pytest.fixture
def recovery(engine: str, template: Path, folder: Path) -> str:
    """The recovery key of ``folder``."""
    place = template.with_name("recovery.txt") if engine == SQLITE else cluster().folder / "town.recovery"
    return place.read_text("ascii")


@pytest.fixture
def town(folder: Path) -> Iterator[Town]:
    """An open copy of the template with a clock that the test turns."""
    made = open_town(folder, Clock())
    yield made
    made.session.close(backup=False)
