"""A real encrypted store for each test that asks for one: made once, copied."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import FolderSession, gateway
from app.domain.dates import JST
from app.usecases.context import Context
from app.usecases.gateway import Setup

OPERATOR, PASSWORD = "見本 職員", "見本-ことば-1234"
NOW = datetime(2024, 1, 7, 12, 0, tzinfo=JST)
NANAO = Path(__file__).parent.parent / "data" / "nanao-2024"


class Clock:
    """A clock that a test sets. Each look is a second later, so that nothing happens at the same time."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed data folder with nothing but its administrator."""
    folder = tmp_path_factory.mktemp("template") / "data"
    setup = Setup(
        municipality_code="172022", disaster_name="見本地震", occurred_at=datetime(2024, 1, 1, 16, 10, tzinfo=JST), site_name="見本本部",
        site_kind="hq", operator=OPERATOR, password=PASSWORD,
    )  # fmt: skip
    session, _ = gateway(Clock()).create(folder, setup)
    session.close(backup=False)
    return folder


@pytest.fixture
def clock() -> Clock:
    """The clock of the store under test."""
    return Clock()


@pytest.fixture
def session(template: Path, tmp_path: Path, clock: Clock) -> Iterator[FolderSession]:
    """An open store of the test's own."""
    folder = tmp_path / "store"
    shutil.copytree(template, folder)
    opened = gateway(clock).open(folder, operator=OPERATOR, password=PASSWORD)
    yield opened
    opened.close(backup=False)


@pytest.fixture
def ctx(session: FolderSession) -> Context:
    """Its context."""
    return session.context


State = tuple[int, int, int, tuple[Any, ...]]


@pytest.fixture
def state(session: FolderSession) -> Callable[[], State]:
    """Counts of everything an import could leave behind."""

    def count() -> State:
        with session._store.reader().connect() as connection, connection.begin():
            numbers = [
                connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in ("journal", "resident", "access")
            ]
            snapshots = connection.exec_driver_sql("SELECT id, active FROM snapshot ORDER BY num").all()
            settings = connection.exec_driver_sql("SELECT name, value FROM setting ORDER BY name").all()
        return numbers[0], numbers[1], numbers[2], (tuple(map(tuple, snapshots)), tuple(map(tuple, settings)))

    return count


def write_table(path: Path, header: str, rows: Sequence[str], *, encoding: str = "utf-8", newline: str = "\r\n") -> Path:
    """A CSV of ready lines."""
    path.write_bytes((newline.join([header, *rows]) + newline).encode(encoding))
    return path


def read_csv(path: Path, encoding: str = "utf-8-sig") -> list[list[str]]:
    """A CSV as lists."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))
