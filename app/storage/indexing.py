"""Making the search index of a snapshot beside the store: keys and pairs of characters, in another process when there are many rows.

The index is made in memory, a part of some hundred thousand residents at a time, and handed over as the rows of its shadow tables, which
the writer copies into the encrypted store. What goes between the two processes goes through pipes: nothing in clear touches a disk.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple, Protocol

from app import resources
from app.domain.errors import EnvironmentFault
from app.domain.folding import fold_address, fold_kana, fold_name, seam_key
from app.domain.resident import ALIAS_BETWEEN, ResidentRow
from app.storage.keys import birth_range, digits
from app.storage.search import RESIDENT_FTS, address_text, kana_text, name_text
from app.usecases.pipes import read_message, write_message

_HASH_BYTES = 32_000_000
"""Tokens are gathered in memory up to this size, so that most parts are one sorted run that need not be merged."""
_PAGE_BYTES = 3_900
"""A block of the index fits a page of the encrypted store together with its row."""
_FRAME_ROWS = 500
_COPIED = {"data": "SELECT id, block FROM part_data", "idx": "SELECT segid, term, pgno FROM part_idx"}
_INSERT = "INSERT INTO part (rowid, name, kana, address) VALUES (?,?,?,?)"


class Columns(NamedTuple):
    """What the index wants to know of some rows, column by column. ``aliases`` is None when nobody has any."""

    rids: Sequence[int]
    names: Sequence[str]
    aliases: Sequence[str] | None
    kanas: Sequence[str]
    addresses: Sequence[str]
    births: Sequence[str]
    phones: Sequence[str]


class Keys(NamedTuple):
    """Derived columns of the same rows."""

    names: Sequence[str]
    kanas: Sequence[str]
    phones: Sequence[str]
    lows: Sequence[int | None]
    highs: Sequence[int | None]


class Indexer(Protocol):
    """Takes rows in turns of ``send`` and ``receive``; ``collect`` ends a part and hands it over as ``(shadow table, rows)``."""

    def send(self, columns: Columns) -> None: ...
    def receive(self) -> Keys: ...
    def end_part(self) -> None:
        """No more rows for this part; it may be collected later, before the next ``send``."""
        ...

    def collect(self) -> Iterator[tuple[str, list[tuple[Any, ...]]]]: ...
    def close(self) -> None: ...


def columns_of(rids: Sequence[int], rows: Sequence[ResidentRow]) -> Columns:
    """The columns of some rows."""
    aliases = [row.alias for row in rows]
    return Columns(
        rids=list(rids),
        names=[row.name for row in rows],
        aliases=aliases if any(aliases) else None,
        kanas=[row.kana for row in rows],
        addresses=[row.address for row in rows],
        births=[row.birth for row in rows],
        phones=[row.phone for row in rows],
    )


def keys_of(columns: Columns) -> Keys:
    """Folded names and readings, digits of phones, birth dates as ranges."""
    ranges = list(map(birth_range, columns.births))
    return Keys(
        names=[key for key, _ in map(_name_forms, columns.names)],
        kanas=[key for key, _ in map(_kana_forms, columns.kanas)],
        phones=list(map(digits, columns.phones)),
        lows=[low for low, _ in ranges],
        highs=[high for _, high in ranges],
    )


@lru_cache(maxsize=20_000)
def _name_forms(name: str) -> tuple[str, str]:
    """Key and tokens. Where the whole lost a vowel between the parts of the name, the tokens of these are among them."""
    key, seam = fold_name(name), seam_key(name)
    return key, f"{name_text(key)} {name_text(seam)}" if seam else name_text(key)


@lru_cache(maxsize=20_000)
def _kana_forms(kana: str) -> tuple[str, str]:
    key, seam = fold_kana(kana), seam_key(kana)
    return key, f"{kana_text(key)} {kana_text(seam)}" if seam else kana_text(key)


@lru_cache(maxsize=20_000)
def _address_tokens(address: str) -> str:
    return address_text(fold_address(address))


@lru_cache(maxsize=2_000)
def _alias_tokens(alias: str) -> str:
    return "".join(" " + tokens for _, tokens in map(_name_forms, alias.split(ALIAS_BETWEEN)))


def index_rows(columns: Columns) -> list[tuple[int, str, str, str]]:
    """``(row number, name, reading, address)`` as texts of tokens. A row's other names are found like its name."""
    names = [tokens for _, tokens in map(_name_forms, columns.names)]
    if columns.aliases is not None:
        names = [name + _alias_tokens(alias) if alias else name for name, alias in zip(names, columns.aliases, strict=True)]
    kanas = [tokens for _, tokens in map(_kana_forms, columns.kanas)]
    return list(zip(columns.rids, names, kanas, map(_address_tokens, columns.addresses), strict=True))


class LocalIndexer:
    """An index made in this process, for some thousand rows or inside the other process."""

    def __init__(self) -> None:
        self._part: Any = None
        self._waiting: Columns | None = None

    def send(self, columns: Columns) -> None:
        """Take rows."""
        self._waiting = columns

    def receive(self) -> Keys:
        """The keys of the rows taken last, which are then indexed."""
        keys = self.fold()
        self.index()
        return keys

    def fold(self) -> Keys:
        """The keys of the rows taken last."""
        assert self._waiting is not None
        return keys_of(self._waiting)

    def index(self) -> None:
        """Put the rows taken last into the part."""
        assert self._waiting is not None
        if self._part is None:
            self._part = _open_part()
        self._part.executemany(_INSERT, index_rows(self._waiting))
        self._waiting = None

    def end_part(self) -> None:
        """Write out what is still gathered."""
        if self._part is not None:
            self._part.execute("COMMIT")

    def collect(self) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """The rows of the part's shadow tables; afterwards it is gone."""
        if self._part is None:
            return
        try:
            for table, query in _COPIED.items():
                found = self._part.execute(query)
                while rows := found.fetchmany(_FRAME_ROWS):
                    yield table, rows
        finally:
            self.close()

    def close(self) -> None:
        """Let go of what is unfinished."""
        if self._part is not None:
            self._part.close()
            self._part = None


def _open_part() -> Any:
    import sqlcipher3.dbapi2 as driver

    part = driver.connect(":memory:", isolation_level=None, check_same_thread=False)
    part.execute(f"CREATE VIRTUAL TABLE part USING {RESIDENT_FTS}")
    for name, value in (("hashsize", _HASH_BYTES), ("pgsz", _PAGE_BYTES)):
        part.execute("INSERT INTO part (part, rank) VALUES (?, ?)", (name, value))
    part.execute("BEGIN")
    return part


# -- the same in another process


def serve() -> None:
    """The life of the other process: rows in, keys out, until its input ends. Parts go out when asked for."""
    gc.disable()  # nothing here is ever part of a cycle
    work, given, answers = LocalIndexer(), sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            verb, content = read_message(given)
        except EOFError:
            return
        if verb == "rows":
            work.send(Columns(*content))
            write_message(answers, tuple(work.fold()))
            work.index()
        elif verb == "end":
            work.end_part()
        else:
            for table, rows in work.collect():
                write_message(answers, (table, rows))
            write_message(answers, ("", []))


class RemoteIndexer:
    """An index made in a process of its own, while this one reads and stores. EnvironmentFault ``residents.indexer_gone`` if that ends."""

    def __init__(self) -> None:
        program = f"import sys; sys.path.insert(0, {str(resources.root())!r}); from app.storage.indexing import serve; serve()"
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=flags,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._from: BinaryIO = self._process.stdout  # type: ignore[assignment]

    def send(self, columns: Columns) -> None:
        """Hand rows over."""
        self._tell("rows", tuple(columns))

    def receive(self) -> Keys:
        """The keys of the rows handed over last; they are indexed while the caller goes on."""
        return Keys(*self._hear())

    def end_part(self) -> None:
        """The other process finishes the part while the caller goes on."""
        self._tell("end", None)

    def collect(self) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """The rows of the part's shadow tables."""
        self._tell("collect", None)
        while (answer := self._hear())[0]:
            yield answer

    def close(self) -> None:
        """End the other process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                continue  # it died with something unsent

    def _tell(self, verb: str, content: Any) -> None:
        try:
            write_message(self._to, (verb, content))
        except OSError as error:
            raise EnvironmentFault("residents.indexer_gone") from error

    def _hear(self) -> Any:
        try:
            return read_message(self._from)
        except (EOFError, ValueError, OSError) as error:
            raise EnvironmentFault("residents.indexer_gone") from error


def open_remote() -> Indexer | None:
    """Another process to index in, or None where none can be started: then this one does it all."""
    if getattr(sys, "frozen", False) or not sys.executable:
        return None
    try:
        return RemoteIndexer()
    except OSError:
        return None
