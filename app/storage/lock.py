"""One program per data folder: an operating-system lock that vanishes with its process, and a sealed note of who holds it."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EnvironmentFault
from app.storage.keyring import open_text, seal_text

_LABEL = "lock"


class FolderLock:
    """Held while the store is open for writing. The note is encrypted: a lost laptop tells no name."""

    def __init__(self, file: BinaryIO, note: Path) -> None:
        self._file = file
        self._note = note

    @classmethod
    def take(cls, folder: Path, *, data_key: bytes, operator: str, machine: str, since: datetime) -> FolderLock:
        """Take the lock or raise EnvironmentFault ``store.in_use`` with operator, machine and since when."""
        note = folder / "lock.note"
        try:
            file = (folder / "lock").open("ab+")
        except OSError as error:
            raise EnvironmentFault("file.not_writable", path=str(folder), detail=error.strerror or "") from None
        if not _lock(file):
            file.close()
            raise EnvironmentFault("store.in_use", **_read_note(note, data_key))
        lock = cls(file, note)
        text = json.dumps({"operator": operator, "machine": machine, "since": since.isoformat(timespec="minutes")})
        try:
            note.write_text(seal_text(data_key, _LABEL, text), "ascii")
        except OSError as error:  # a full disk must not keep anyone from reading what is there
            note.unlink(missing_ok=True)
            if error.errno is None:
                raise
        return lock

    def release(self) -> None:
        """Give the lock back; safe to call twice."""
        if self._file.closed:
            return
        try:
            self._note.unlink(missing_ok=True)
        except OSError:
            pass  # the note is only a courtesy; the lock itself is what counts
        _unlock(self._file)
        self._file.close()


def _read_note(note: Path, data_key: bytes) -> dict[str, str | datetime]:
    try:
        content = json.loads(open_text(data_key, _LABEL, note.read_text("ascii")) or "{}")
    except (OSError, ValueError):
        content = {}
    told: dict[str, str | datetime] = {key: str(content.get(key, "?")) for key in ("operator", "machine", "since")}
    with suppress(ValueError):
        told["since"] = datetime.fromisoformat(str(told["since"]))
    return told


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        except OSError:
            return
else:
    import fcntl

    def _lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def machine_name() -> str:
    """What this computer calls itself."""
    return os.environ.get("COMPUTERNAME") or (os.uname().nodename if hasattr(os, "uname") else "")
