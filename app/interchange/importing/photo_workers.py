"""Photos read and reduced in processes of their own, so that the window stays quick and a photo that kills its reader kills nothing else.

Each process has one photo in its hands at a time; answers come back in the order asked. What goes between goes through pipes: nothing in
clear touches a disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from app import resources
from app.domain.errors import InputFault
from app.printing.photos import Header, Reduced, hash_file, read_header, reduce_photo
from app.usecases.pipes import read_message, write_message

_MOST_WORKERS = 4
_HEADERS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one photo. ``sha256`` of the file as it came; ``reduced`` None for one that is there already or has a ``fault``."""

    sha256: str = ""
    bytes: int = 0
    reduced: Reduced | None = None
    fault: tuple[str, dict[str, Any]] | None = None


HeaderOrFault = Header | tuple[str, dict[str, Any]]


class PhotoReader(Protocol):
    """Reads photos one after the other."""

    def headers(self, paths: Sequence[Path]) -> Iterator[HeaderOrFault]: ...
    def photos(self, paths: Iterable[Path]) -> Iterator[Taken]: ...
    def close(self) -> None: ...


def look_at(path: Path) -> HeaderOrFault:
    """The header of a photo, or what is wrong with it."""
    try:
        return read_header(path)
    except InputFault as fault:
        return fault.code, _plain(fault)


def take(path: Path, known: frozenset[str]) -> Taken:
    """One photo read whole, hashed, and reduced unless its hash is known."""
    try:
        data, sha256 = hash_file(path)
        if sha256 in known:
            return Taken(sha256, len(data))
        return Taken(sha256, len(data), reduce_photo(data, path=path))
    except InputFault as fault:
        return Taken(fault=(fault.code, _plain(fault)))


def _plain(fault: InputFault) -> dict[str, Any]:
    return {key: value for key, value in fault.params.items() if value is not None and key not in ("line", "column")}


class LocalReader:
    """Reads in this process: for a few photos, and where no other process can be started."""

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known

    def headers(self, paths: Sequence[Path]) -> Iterator[HeaderOrFault]:
        """Headers in order."""
        return map(look_at, paths)

    def photos(self, paths: Iterable[Path]) -> Iterator[Taken]:
        """Photos in order."""
        return (take(path, self._known) for path in paths)

    def close(self) -> None:
        """Nothing to let go of."""


# -- the same in other processes


def serve() -> None:
    """The life of another process: paths in, headers or reduced photos out, until its input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a decoder that prints must not write among the answers
    with suppress(OSError, AttributeError):
        os.nice(5)  # the window first
    known: frozenset[str] = frozenset()
    while True:
        try:
            verb, content = read_message(sys.stdin.buffer)
        except EOFError:
            return
        if verb == "known":
            known = frozenset(content)
        elif verb == "headers":
            write_message(answers, [_flat(look_at(Path(path))) for path in content])
        else:
            taken = take(Path(content), known)
            made = taken.reduced
            photo = None if made is None else (made.jpeg, made.width, made.height, made.codes, _flat(made.header))
            write_message(answers, (taken.sha256, taken.bytes, photo, taken.fault))


def _flat(found: HeaderOrFault) -> tuple[Any, ...]:
    if isinstance(found, Header):
        return (found.format, found.width, found.height, found.taken, found.camera, found.lat, found.lon)
    return found


def _unflat(found: tuple[Any, ...]) -> HeaderOrFault:
    return (found[0], found[1]) if len(found) == 2 else Header(*found)


class _Process:
    """One other process. OSError or EOFError when it has died."""

    def __init__(self, known: Sequence[str]) -> None:
        program = (
            f"import sys; sys.path.insert(0, {str(resources.root())!r}); from app.interchange.importing.photo_workers import serve; serve()"
        )
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
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
        self.tell("known", list(known))

    def tell(self, verb: str, content: Any) -> None:
        write_message(self._to, (verb, content))

    def hear(self) -> Any:
        return read_message(self._from)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._to, self._from):
            with suppress(OSError):
                stream.close()


class RemoteReader:
    """Reads in ``count`` processes. One that dies over a photo is replaced, and the photo is said to be ``photo.reader_died``."""

    def __init__(self, known: frozenset[str], count: int) -> None:
        self._known = sorted(known)
        self._workers = [_Process(self._known) for _ in range(count)]

    def headers(self, paths: Sequence[Path]) -> Iterator[HeaderOrFault]:
        """Headers in order, some at a time."""
        parts = [paths[at : at + _HEADERS_AT_ONCE] for at in range(0, len(paths), _HEADERS_AT_ONCE)]
        for part, answer in self._round("headers", ((part, [str(path) for path in part]) for part in parts)):
            yield from [("photo.reader_died", {"path": str(path)}) for path in part] if answer is None else map(_unflat, answer)

    def photos(self, paths: Iterable[Path]) -> Iterator[Taken]:
        """Photos in order; while the caller keeps one, the next are being read."""
        for path, answer in self._round("photo", ((path, str(path)) for path in paths)):
            if answer is None:
                yield Taken(fault=("photo.reader_died", {"path": str(path)}))
                continue
            sha256, size, photo, fault = answer
            yield Taken(sha256, size, None if photo is None else _reduced(photo), None if fault is None else (fault[0], fault[1]))

    def _round(self, verb: str, asked: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
        """Each worker in turn: hear the answer it owes, give it the next. None is the answer of one that died."""
        count = len(self._workers)
        owed: list[Any] = [None] * count
        turn = 0
        for subject, content in asked:
            at = turn % count
            heard = None if owed[at] is None else (owed[at][0], self._hear(at))
            self._tell(at, verb, content)
            owed[at] = (subject,)
            turn += 1
            if heard is not None:
                yield heard
        for at in (place % count for place in range(turn, turn + count)):
            if owed[at] is not None:
                yield owed[at][0], self._hear(at)

    def _tell(self, at: int, verb: str, content: Any) -> None:
        try:
            self._workers[at].tell(verb, content)
        except OSError:
            self._replace(at)
            self._workers[at].tell(verb, content)

    def _hear(self, at: int) -> Any:
        try:
            return self._workers[at].hear()
        except (EOFError, ValueError, OSError):
            self._replace(at)
            return None

    def _replace(self, at: int) -> None:
        self._workers[at].close()
        self._workers[at] = _Process(self._known)

    def close(self) -> None:
        """End the other processes, whatever they are doing."""
        for worker in self._workers:
            worker.close()


def _reduced(photo: Any) -> Reduced:
    jpeg, width, height, codes, header = photo
    return Reduced(jpeg, width, height, tuple(codes), Header(*header))


def open_reader(known: Iterable[str], *, count: int | None = None) -> PhotoReader:
    """Other processes to read in, as many as there are processors (four at most), or this one where none can be started (``count`` 0)."""
    hashes = frozenset(known)
    wanted = min(_MOST_WORKERS, os.cpu_count() or 1) if count is None else count
    if wanted == 0 or getattr(sys, "frozen", False) or not sys.executable:
        return LocalReader(hashes)
    try:
        return RemoteReader(hashes, wanted)
    except OSError:
        return LocalReader(hashes)
