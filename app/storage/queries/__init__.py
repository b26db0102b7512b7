"""Everything that can be asked of the store. Frozen rows come out; no session, no ORM object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, Engine, select

from app.domain.building import OWNER_FIELDS, Building
from app.domain.evacuee import Household
from app.domain.protection import SHARED_PARTICULARS, ProtectedPeople
from app.domain.records import Record, value_fields
from app.storage import tables as t
from app.storage.keys import fold_key_name
from app.storage.queries.base import Source
from app.storage.queries.batches import BatchQueries
from app.storage.queries.buildings import BuildingQueries
from app.storage.queries.carried import CarriedQueries
from app.storage.queries.cash import CashQueries
from app.storage.queries.census import CensusQueries
from app.storage.queries.certificates import CertificateQueries
from app.storage.queries.characters import CharacterQueries
from app.storage.queries.damage_counts import DamageQueries
from app.storage.queries.exchange import ExchangeQueries
from app.storage.queries.forms import FormQueries
from app.storage.queries.journal import JournalQueries
from app.storage.queries.ledger import LedgerQueries
from app.storage.queries.matching import MatchingQueries
from app.storage.queries.payees import PayeeQueries
from app.storage.queries.persons import PersonQueries
from app.storage.queries.photos import PhotoQueries
from app.storage.queries.relief import ReliefQueries
from app.storage.queries.residents import ResidentQueries
from app.storage.queries.rosters import RosterQueries
from app.storage.queries.search import SearchQueries
from app.storage.queries.shelters import ShelterQueries
from app.storage.queries.surveys import SurveyQueries
from app.storage.queries.transfers import TransferQueries
from app.storage.shield import PERSONAL, Guard, Shield, concealed


class SettingQueries:
    """Settings of this folder."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def get(self, name: str, default: str = "") -> str:
        """The value, or the default."""
        with self._source() as connection:
            value = connection.execute(select(t.setting.c.value).where(t.setting.c.name == name)).scalar_one_or_none()
        return default if value is None else str(value)

    def under(self, prefix: str) -> dict[str, str]:
        """All whose names begin so, by the rest of their names."""
        names = t.setting.c.name
        with self._source() as connection:
            rows = connection.execute(select(names, t.setting.c.value).where(names >= prefix, names < prefix + "\uffff")).all()
        return {name[len(prefix) :]: str(value) for name, value in rows}


class StoreReads:
    """See ``usecases.ports.Reads``. With ``own`` each question opens a reader's transaction; without, it runs in the caller's.

    With a guard that hides, protected people are in no answer.
    """

    def __init__(self, connect: Callable[[], Connection], *, own: bool, guard: Guard | None = None) -> None:
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

        self._source, self._connect, self._own = source, connect, own
        self._guard = guard = guard or Guard(Shield())
        self.shelters = ShelterQueries(source)
        self.residents = ResidentQueries(source, guard)
        self.census = CensusQueries(source, guard)
        self.carried = CarriedQueries(source, guard)
        self.persons = PersonQueries(source, guard)
        self.search = SearchQueries(source, guard)
        self.matching = MatchingQueries(source, guard)
        self.rosters = RosterQueries(source, guard)
        self.damage = DamageQueries(source, guard)
        self.journal = JournalQueries(source, guard)
        self.settings = SettingQueries(source)
        self.forms = FormQueries(source, guard)
        self.characters = CharacterQueries(source, guard)
        self.buildings = BuildingQueries(source, guard)
        self.surveys = SurveyQueries(source, guard)
        self.photos = PhotoQueries(source, guard)
        self.certificates = CertificateQueries(source, guard)
        self.relief = ReliefQueries(source, guard)
        self.payees = PayeeQueries(source, guard)
        self.batches = BatchQueries(source, guard)
        self.transfers = TransferQueries(source, guard)
        self.cash = CashQueries(source, guard)
        self.ledger = LedgerQueries(source, guard)
        self.exchange = ExchangeQueries(source, guard)

    @classmethod
    def over(cls, engine: Engine) -> StoreReads:
        """Reads on an engine."""
        return cls(engine.connect, own=True)

    def seen_by(self, *, see_protected: bool) -> StoreReads:
        """The same store for a reader with or without the right to see protected people."""
        if see_protected is not self._guard.hides:
            return self
        return StoreReads(self._connect, own=self._own, guard=Guard(self._guard.shield, hides=not see_protected))

    def protected(self) -> ProtectedPeople:
        """Everybody who is protected as of now, whoever asks."""
        with self._source() as connection:
            return self._guard.people(connection)

    def get(self, kind: str, record_id: str) -> Record | None:
        """A record by kind and id, tombstoned or not."""
        entry = t.KIND_BY_NAME[kind]
        with self._source() as connection:
            row = connection.execute(select(entry.table).where(entry.table.c.id == record_id)).one_or_none()
            if row is None or self._concealed(connection, kind, [record_id]):
                return None
            return self._shown(connection, entry, row)

    def all(self, kind: str) -> Sequence[Record]:
        """Every live record of a kind, oldest first. For small kinds."""
        entry = t.KIND_BY_NAME[kind]
        with self._source() as connection:
            rows = connection.execute(select(entry.table).where(~entry.table.c.deleted).order_by(entry.table.c.rid)).all()
            hidden = self._concealed(connection, kind, [row.id for row in rows])
            return [self._shown(connection, entry, row) for row in rows if row.id not in hidden]

    def _concealed(self, connection: Connection, kind: str, ids: Sequence[str]) -> set[str]:
        """Those of the records that this reader does not get."""
        if not self._guard.hides or kind not in PERSONAL:
            return set()
        return concealed(connection, kind, self._guard.people(connection), ids)

    def _shown(self, connection: Connection, entry: t.Kind, row: object) -> Record:
        """The record; a household without what may be a hidden member's, a building without a hidden owner."""
        record = _record(entry, row)
        if isinstance(record, Building) and fold_key_name(record.owner_name) in self._guard.hidden(connection).names:
            return replace(record, **dict.fromkeys(OWNER_FIELDS, ""))  # type: ignore[arg-type]
        if not isinstance(record, Household):
            return record
        people = self._guard.hidden(connection)
        if record.id in people.households:
            record = replace(record, **dict.fromkeys(SHARED_PARTICULARS, ""))  # type: ignore[arg-type]
        return replace(record, label="") if record.id in people.labels else record


def _record(entry: t.Kind, row: object) -> Record:
    mapping = row._mapping  # type: ignore[attr-defined]
    values = {field.name: mapping[field.name] for field in value_fields(entry.cls)}
    return entry.cls(id=mapping["id"], version=mapping["version"], **values)
