"""Pictures and scanned sheets in the database that several desks share: sealed with the data key exactly as the files of a folder are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.storage.attachments import Sealing, checked_name
from app.storage.server import shown
from app.storage.server_keys import session
from app.usecases.files import atomic_output, write_fault

_PUT = "INSERT INTO attachment (name, content) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET content = excluded.content"


class ServerAttachments:
    """See ``usecases.photo_ports.Attachments``."""

    def __init__(self, url: str, data_key: bytes, *, read_only: bool = False) -> None:
        self._url = url
        self._read_only = read_only
        self._sealing = Sealing(data_key)
        self.name_of = self._sealing.name_of

    def put(self, content: bytes) -> str:
        """Keep a content; answers its name. Committed when it returns. The same content is written once, a damaged one anew."""
        name = self.name_of(content)
        self.keep(name, content)
        return name

    def keep(self, name: str, content: bytes) -> None:
        """Keep a content under the name that another device gave it. What is here under this name stays; a damaged one is written anew."""
        checked_name(name)
        if self._read_only:
            raise EnvironmentFault("store.read_only", path=shown(self._url))
        with session(self._url) as connection:
            row = connection.execute("SELECT content FROM attachment WHERE name = %s", (name,)).fetchone()
            if row is None or not self._opens(name, row[0]):
                connection.execute(_PUT, (name, self._sealing.seal(name, content)))

    def _opens(self, name: str, sealed: bytes) -> bool:
        try:
            self._sealing.open(name, sealed)
        except IntegrityFault:
            return False
        return True

    def get(self, name: str) -> bytes:
        """The content. IntegrityFault ``attachment.missing`` or ``attachment.damaged`` (with ``name``)."""
        with session(self._url) as connection:
            row = connection.execute("SELECT content FROM attachment WHERE name = %s", (checked_name(name),)).fetchone()
        if row is None:
            raise IntegrityFault("attachment.missing", name=name)
        return self._sealing.open(name, row[0])

    def has(self, name: str) -> bool:
        """Whether there is a content of this name; ``get`` tells whether it opens."""
        with session(self._url) as connection:
            return connection.execute("SELECT 1 FROM attachment WHERE name = %s", (checked_name(name),)).fetchone() is not None

    def sizes(self) -> dict[str, int]:
        """Bytes that each content takes, by name."""
        with session(self._url) as connection:
            return {row[0]: int(row[1]) for row in connection.execute("SELECT name, length(content) FROM attachment").fetchall()}

    def names(self) -> Iterator[str]:
        """Every name there is, in order."""
        return iter(sealed_names(self._url))


def sealed_names(url: str) -> list[str]:
    """The names of all attachments, in order."""
    with session(url) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM attachment ORDER BY name").fetchall()]


def sealed_contents(url: str) -> Iterator[tuple[str, bytes]]:
    """Every attachment, sealed as it is, one at a time."""
    for name in sealed_names(url):
        with session(url) as connection:
            row = connection.execute("SELECT content FROM attachment WHERE name = %s", (name,)).fetchone()
        if row is not None:
            yield name, bytes(row[0])


def write_files(url: str, root: Path) -> int:
    """The attachments as files of a folder's own store, those that are not there yet in their size; answers how many."""
    with session(url) as connection:
        sizes = connection.execute("SELECT name, length(content) FROM attachment ORDER BY name").fetchall()
    count = 0
    for name, size in sizes:
        path = root / name[:2] / name
        try:
            if path.exists() and path.stat().st_size == size:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_fault(error, path=path) from error
        with session(url) as connection:
            row = connection.execute("SELECT content FROM attachment WHERE name = %s", (name,)).fetchone()
        if row is not None:
            with atomic_output(path) as temporary, open(temporary, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(row[0])
            count += 1
    return count
