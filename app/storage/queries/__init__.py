"""Everything that can be asked of the store. Frozen rows come out; no session, no ORM object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select

from app.domain.records import Record, value_fields
from app.storage import tables as t
from app.storage.queries.base import Source
from app.storage.queries.characters import CharacterQueries
from app.storage.queries.journal import JournalQueries
from app.storage.queries.persons import PersonQueries
from app.storage.queries.residents import ResidentQueries
from app.storage.queries.rosters import RosterQueries
from app.storage.queries.search import SearchQueries
from app.storage.queries.shelters import ShelterQueries


class SettingQueries:
    """Settings of this folder."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def get(self, name: str, default: str = "") -> str:
        """The value, or the default."""
        with self._source() as connection:
            value = connection.execute(select(t.setting.c.value).where(t.setting.c.name == name)).scalar_one_or_none()
        return default if value is None else str(value)


class StoreReads:
    """See ``usecases.ports.Reads``. With ``own`` each question opens a reader's transaction; without, it runs in the caller's."""

    def __init__(self, connect: Callable[[], Connection], *, own: bool) -> None:
        @contextmanager
        def source() -> Iterator[Connection]:
            connection = connect()
            if not own:
                yield connection
                return
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.close()

        self._source = source
        self.shelters = ShelterQueries(source)
        self.residents = ResidentQueries(source)
        self.persons = PersonQueries(source)
        self.search = SearchQueries(source)
        self.rosters = RosterQueries(source)
        self.journal = JournalQueries(source)
        self.settings = SettingQueries(source)
        self.characters = CharacterQueries(source)

    @classmethod
    def over(cls, engine: Engine) -> StoreReads:
        """Reads on an engine."""
        return cls(engine.connect, own=True)

    def get(self, kind: str, record_id: str) -> Record | None:
        """A record by kind and id, tombstoned or not."""
        entry = t.KIND_BY_NAME[kind]
        with self._source() as connection:
            row = connection.execute(select(entry.table).where(entry.table.c.id == record_id)).one_or_none()
        return None if row is None else _record(entry, row)

    def all(self, kind: str) -> Sequence[Record]:
        """Every live record of a kind, oldest first. For small kinds."""
        entry = t.KIND_BY_NAME[kind]
        with self._source() as connection:
            rows = connection.execute(select(entry.table).where(~entry.table.c.deleted).order_by(entry.table.c.rid)).all()
        return [_record(entry, row) for row in rows]


def _record(entry: t.Kind, row: object) -> Record:
    mapping = row._mapping  # type: ignore[attr-defined]
    values = {field.name: mapping[field.name] for field in value_fields(entry.cls)}
    return entry.cls(id=mapping["id"], version=mapping["version"], **values)
