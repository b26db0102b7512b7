"""What other desks have written meanwhile, for windows that are open on a store on a server."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from sqlalchemy import Engine

_MOST = 20_000
"""More operations at once than this (a package, a load) are told by their kinds only."""
_ROWS = "SELECT seq, act, kind, record FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
_BESIDE = (
    "SELECT (SELECT md5(coalesce(string_agg(name || '=' || value, ',' ORDER BY name), '')) FROM setting),"
    " (SELECT count(*) || '/' || coalesce(max(num), 0) || '/' || coalesce(max(CASE WHEN active THEN num END), 0) FROM snapshot)"
)
"""Settings and loaded residents leave no trace in the journal."""


class Newest:
    """Looks only forward: from the moment it was made. Writing is one at a time, so the numbers of the journal come in the order of the acts."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader
        self._own: deque[str] = deque(maxlen=500)
        with reader.connect() as connection, connection.begin():
            self._seq = int(connection.exec_driver_sql("SELECT coalesce(max(seq), 0) FROM journal").scalar_one())
            self._settings, self._snapshots = connection.exec_driver_sql(_BESIDE).one()

    def note_own(self, act: str) -> None:
        """An act of this desk, which the window knows of already."""
        self._own.append(act)

    def poll(self) -> Mapping[str, frozenset[str]]:
        """Kinds and ids of what others changed since the last question. EnvironmentFault ``database.…`` while the server is away."""
        found: dict[str, set[str]] = defaultdict(set)
        with self._reader.connect() as connection, connection.begin():
            rows = connection.exec_driver_sql(_ROWS, (self._seq, _MOST + 1)).all()
            if len(rows) > _MOST:
                kinds = connection.exec_driver_sql("SELECT DISTINCT kind FROM journal WHERE seq > ?", (self._seq,))
                found.update({row[0]: set() for row in kinds})
                rows = []
                seq = int(connection.exec_driver_sql("SELECT max(seq) FROM journal").scalar_one())
            else:
                seq = rows[-1][0] if rows else self._seq
            settings, snapshots = connection.exec_driver_sql(_BESIDE).one()
        for _, act, kind, record in rows:
            if act not in self._own:
                found[kind].add(record)
        if settings != self._settings:
            found["setting"] |= set()
        if snapshots != self._snapshots:
            found["snapshot"] |= set()
        self._seq, self._settings, self._snapshots = seq, settings, snapshots
        return {kind: frozenset(ids) for kind, ids in found.items()}
