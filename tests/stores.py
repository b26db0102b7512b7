"""Real encrypted stores for tests: one migrated template a run, copied for each test that wants to write."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway, FolderSession, gateway
from app.domain.resident import ResidentRow
from app.storage.desk import read_desk, ring_of
from app.storage.engine import connect
from app.usecases.context import Actor, Context
from app.usecases.gateway import Setup
from app.usecases.residents import load_residents
from app.usecases.shelters import add_shelter

OPERATOR, PASSWORD = "支援 花子", "correct horse battery"
OCCURRED = datetime(2024, 1, 1, 7, 10, tzinfo=UTC)
START = datetime(2024, 1, 2, 0, 0, tzinfo=UTC)
SITE = "見本市役所本部"
SHELTERS = ("見本小学校", "架空公民館", "例示体育館")
RESIDENTS = (
    ResidentRow("0000000011", "H1", "髙橋　太郎", "タカハシ　タロウ", "昭和50年3月1日", "男", "世帯主",
                "000-0001", "見本市本町1-2-3", "本町", "090-0000-1111", "日本", False, 1),
    ResidentRow("0000000012", "H1", "髙橋　花", "タカハシ　ハナ", "昭和52年7月8日", "女", "妻",
                "000-0001", "見本市本町1-2-3", "本町", "", "日本", False, 2),
    ResidentRow("0000000013", "H1", "髙橋　一郎", "タカハシ　イチロウ", "平成20年11月30日", "男", "子",
                "000-0001", "見本市本町1-2-3", "本町", "", "日本", False, 3),
    ResidentRow("0000000014", "H1", "髙橋　二葉", "タカハシ　フタバ", "平成25年2月", "女", "子",
                "000-0001", "見本市本町1-2-3", "本町", "", "日本", False, 4),
    ResidentRow("0000000021", "H2", "渡邉　静", "ワタナベ　シズカ", "昭和20年00月00日", "女", "世帯主",
                "000-0002", "見本市港町5丁目6番", "港町", "090-0000-2222", "日本", True, 1),
    ResidentRow("0000000031", "", "﨑山　源", "サキヤマ　ゲン", "大正14年1月5日", "男", "世帯主",
                "000-0003", "見本市山手二丁目3番地", "山手", "", "日本", False, 1),
)  # fmt: skip


class Clock:
    """A clock that tests turn."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> datetime:
        """Later by a span."""
        self.time += timedelta(**span)
        return self.time


@dataclass
class Town:
    """An open store with three open shelters and a few residents."""

    session: FolderSession
    clock: Clock
    folder: Path

    @property
    def ctx(self) -> Context:
        """The administrator's context."""
        return self.session.context

    @cached_property
    def data_key(self) -> bytes:
        """The key that opens the file, for looking behind the program's back."""
        return unlock(self.folder)

    @property
    def shelters(self) -> list[str]:
        """Ids of the shelters in the order of ``SHELTERS``."""
        by_name = {shelter.name: shelter.id for shelter in self.ctx.reads.all("shelter")}  # type: ignore[attr-defined]
        return [by_name[name] for name in SHELTERS]

    def resident(self, name: str) -> str:
        """The id of the resident with this given name."""
        active = self.ctx.reads.residents.active()
        assert active is not None
        place = next(n for n, row in enumerate(RESIDENTS) if row.name.endswith(name))
        return f"{active.id}:{place}"

    def acting(self, *roles: str) -> Context:
        """The context of somebody with other roles."""
        from dataclasses import replace

        actor = Actor(operator_id=self.ctx.actor.operator_id, name="別の人", roles=roles, slot="")
        return replace(self.ctx, actor=actor)

    def sql(self, statement: str, *values: object) -> list[Any]:
        """A statement on the file or the database itself, past everything."""
        return run_sql(self.folder, statement, *values, key=self.data_key)

    @cached_property
    def on_server(self) -> bool:
        """Whether the store is in a database of PostgreSQL."""
        return read_desk(self.folder) is not None

    def problems(self) -> list[str]:
        """Codes that a verification finds."""
        return [code for code, _ in self.session.verify().problems]


def unlock(folder: Path) -> bytes:
    """The data key of a folder made by ``found_store``."""
    return ring_of(folder).unlock(login=OPERATOR, password=PASSWORD).data_key


def run_sql(folder: Path, statement: str, *values: object, key: bytes | None = None) -> list[Any]:
    """A statement on the file or the database itself, past everything."""
    desk = read_desk(folder)
    if desk is not None:
        return _run_on_server(desk.url, statement, values)
    connection = connect(folder / "store.db", key or unlock(folder))
    try:
        return list(connection.execute(statement, values).fetchall())
    finally:
        connection.close()


def _run_on_server(url: str, statement: str, values: tuple[object, ...]) -> list[Any]:
    import psycopg

    from app.storage.dialects.marks import to_psycopg
    from app.storage.server import connect as connect_server

    with connect_server(url) as connection:
        cursor: psycopg.Cursor[Any] = connection.execute(to_psycopg(statement), values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def setup_of(**changes: Any) -> Setup:
    """What the first-run guide would ask."""
    values = {
        "municipality_code": "172022", "disaster_name": "見本地震", "occurred_at": OCCURRED, "site_name": SITE, "site_kind": "hq",
        "operator": OPERATOR, "password": PASSWORD,
    }  # fmt: skip
    return Setup(**{**values, **changes})


def found_store(folder: Path, clock: Clock, *, database: str = "") -> str:
    """A new store with shelters and residents, closed again; answers the recovery key."""
    session, recovery = gateway(now=clock).create(folder, setup_of(), database=database)
    try:
        for name in SHELTERS:
            add_shelter(session.context, values={"name": name, "kana": "", "capacity": 100}, open_at=OCCURRED)
        load_residents(session.context, batches=[RESIDENTS], as_of=OCCURRED, label="見本")
    finally:
        session.close(backup=False)
    return recovery


def open_town(folder: Path, clock: Clock) -> Town:
    """Open a copy of the template."""
    made: FolderGateway = gateway(now=clock)
    return Town(session=made.open(folder, operator=OPERATOR, password=PASSWORD), clock=clock, folder=folder)


def clone_store(name: str, target: Path, *, template: str = "town") -> Path:
    """A desk folder of a new database ``name``, a clone of a template; ``tests.postgres.cluster().drop(name)`` takes it away."""
    from app.storage.desk import Desk, write_desk
    from tests.postgres import cluster

    server = cluster()
    server.template("town", lambda url: _found_on_server(server.folder, url))
    target.mkdir(parents=True)
    write_desk(target, Desk(server.create(name, template=template), (server.folder / "town.store").read_text("ascii")))
    return target


def desk_of(url: str, target: Path) -> Path:
    """A desk folder of a database that is a clone of the template "town"."""
    from app.storage.desk import Desk, write_desk
    from tests.postgres import cluster

    target.mkdir(parents=True)
    write_desk(target, Desk(url, (cluster().folder / "town.store").read_text("ascii")))
    return target


def _found_on_server(place: Path, url: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as work:
        recovery = found_store(Path(work, "desk"), Clock(), database=url)
        desk = read_desk(Path(work, "desk"))
        assert desk is not None
    (place / "town.recovery").write_text(recovery, "ascii")
    (place / "town.store").write_text(desk.store, "ascii")


def copy_store(source: Path, target: Path) -> Path:
    """A folder that stands for the original, the same device: it has forgotten where that was. A plain copy would open as a new device."""
    shutil.copytree(source, target)
    if (source / "keys.json").exists():  # a desk has no file
        run_sql(target, "DELETE FROM setting WHERE name = 'exchange.place'", key=_key((source / "keys.json").read_text("utf-8"), source))
    return target


@lru_cache(maxsize=64)
def _key(slots: str, folder: Path) -> bytes:
    """The data key of a folder, whose slots are ``slots``: deriving it takes its time."""
    return unlock(folder)
