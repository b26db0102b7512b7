"""Backups while the store is in use, and restoring them as a new device.

A backup is one zip file: manifest, key file, and a copy of the encrypted store made in one step by SQLite's backup API. It is written under a
temporary name, read back, checked, and only then renamed, so that a full disk never costs the backup that was there.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.storage.engine import connect, translate
from app.storage.store import KEYS, STORE, Store
from app.usecases.files import atomic_output

SUFFIX = ".sasae-backup"
BACKUPS = "backups"
_NAME = re.compile(r"sasae-(?P<time>\d{8}-\d{6})-(?P<device>[0-9A-Z]{4})(-(?P<number>\d+))?" + re.escape(SUFFIX))
_LEFTOVER = re.compile(r"\.[0-9a-f]{16}\.tmp" + re.escape(SUFFIX) + r"(\.db(-wal|-shm|-journal)?)?")
_STILL_WRITTEN = 3600.0  # seconds after which a half-written file on a shared folder is nobody's any more
_MEMBERS = frozenset({"manifest.json", KEYS, STORE})


class StoreBackups:
    """See ``usecases.ports.BackupDesk``."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def write(self, target: Path) -> tuple[int, str]:
        """Write one verified backup file. EnvironmentFault ``file.folder_missing`` or ``file.not_writable`` when there is no place for it."""
        if not target.parent.is_dir():
            raise EnvironmentFault("file.folder_missing", path=str(target), folder=str(target.parent))
        with atomic_output(target) as temporary:
            copy = temporary.with_name(temporary.name + ".db")
            temporary.touch()  # a place that cannot be written to says so here, in words about files, not about databases
            try:
                self._copy_store(copy)
                self._pack(temporary, copy)
            finally:
                for leftover in (
                    copy,
                    copy.with_name(copy.name + "-wal"),
                    copy.with_name(copy.name + "-shm"),
                    copy.with_name(copy.name + "-journal"),
                ):
                    with suppress(OSError):
                        leftover.unlink(missing_ok=True)
            check_backup(temporary)
            size, digest = temporary.stat().st_size, _sha256(temporary)
        return size, digest

    def rotate(self, folder: Path, *, keep: int) -> Path:
        """A backup named by time in a folder; only the newest ``keep`` stay."""
        try:
            folder.mkdir(exist_ok=True)  # not its parents: a stick that is not there must not become a folder on this disk
        except OSError as error:
            raise EnvironmentFault("file.not_writable", path=str(folder), detail=error.strerror or "") from None
        own = folder.resolve() == (self._store.folder / BACKUPS).resolve()
        _remove_leftovers(folder, older_than=0.0 if own else _STILL_WRITTEN)
        with self._store.reader().connect() as connection, connection.begin():
            prefix = connection.exec_driver_sql("SELECT prefix FROM device WHERE is_self").scalar_one()
        stem = f"sasae-{self._now().astimezone():%Y%m%d-%H%M%S}-{prefix}"
        numbers = [key[1] for file in folder.glob(stem + "*") if (key := _age_key(file, prefix)) is not None]
        target = folder / (f"{stem}-{max(numbers) + 1}{SUFFIX}" if numbers else stem + SUFFIX)
        self.write(target)
        # only this device's: a stick may hold those of other laptops. The new one stays whatever its clock says
        others = sorted((key, file) for file in folder.iterdir() if file != target and (key := _age_key(file, prefix)) is not None)
        for _, old in others[: max(0, len(others) + 1 - keep)]:
            with suppress(OSError):
                old.unlink()
        return target

    def _copy_store(self, copy: Path) -> None:
        import sqlcipher3.dbapi2 as driver

        copy.unlink(missing_ok=True)
        source = connect(self._store.folder / STORE, self._store.data_key)
        try:
            destination = connect(copy, self._store.data_key, create=True)
            try:
                destination.execute("PRAGMA journal_mode = OFF").fetchone()  # a copy that fails is thrown away
                destination.execute("PRAGMA synchronous = OFF")
                source.backup(destination)  # in one step: page by page it starts over with each write
                destination.execute("PRAGMA journal_mode = DELETE").fetchone()
                problem = destination.execute("PRAGMA quick_check").fetchone()
            finally:
                destination.close()
        except driver.Error as error:
            raise translate(error, path=copy) from error
        finally:
            source.close()
        if problem is None or problem[0] != "ok":
            raise IntegrityFault("backup.unsound", path=str(copy))

    def _pack(self, temporary: Path, copy: Path) -> None:
        keys = (self._store.folder / KEYS).read_bytes()  # once: a password may be changed meanwhile
        manifest = {
            "format": 1,
            "created": self._now().isoformat(timespec="seconds"),
            "schema": self._store.revision,
            "sha256": {STORE: _sha256(copy), KEYS: hashlib.sha256(keys).hexdigest()},
        }
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            archive.writestr("manifest.json", json.dumps(manifest))
            archive.writestr(KEYS, keys)
            archive.write(copy, STORE)


def _age_key(file: Path, prefix: str) -> tuple[str, int] | None:
    """When a rotated backup of this device was made, and its number among those of one second; None for any other file."""
    found = _NAME.fullmatch(file.name)
    return (found["time"], int(found["number"] or 0)) if found and found["device"] == prefix else None


def _remove_leftovers(folder: Path, *, older_than: float) -> None:
    """Take away what a killed program left half-written; ``older_than`` in seconds, where another laptop may be writing now."""
    for file in folder.iterdir():
        with suppress(OSError):
            if _LEFTOVER.fullmatch(file.name) and time.time() - file.stat().st_mtime >= older_than:
                file.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_backup(path: Path) -> dict[str, Any]:
    """The manifest of a backup whose every byte agrees with it. IntegrityFault ``backup.damaged`` otherwise."""
    try:
        with zipfile.ZipFile(path) as archive:
            if set(archive.namelist()) != _MEMBERS:
                raise IntegrityFault("backup.not_a_backup", path=str(path))
            manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
            for name, expected in manifest["sha256"].items():
                with archive.open(name) as member:
                    if hashlib.file_digest(member, "sha256").hexdigest() != expected:  # type: ignore[arg-type]
                        raise IntegrityFault("backup.damaged", path=str(path))
            return manifest
    except FileNotFoundError:
        raise EnvironmentFault("import.file_missing", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, EOFError, RuntimeError):
        raise IntegrityFault("backup.damaged", path=str(path)) from None


def unpack_backup(path: Path, folder: Path) -> None:
    """Lay the store of a checked backup into a folder that holds none. Nothing is left behind when it fails."""
    check_backup(path)
    if folder.exists() and any(folder.iterdir()):
        raise EnvironmentFault("store.exists", path=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as work, zipfile.ZipFile(path) as archive:
            for name in (STORE, KEYS):
                archive.extract(name, work)
            for name in (STORE, KEYS):  # the key file last: a folder without it is not a store
                Path(work, name).replace(folder / name)
    except OSError as error:
        for name in (KEYS, STORE):
            (folder / name).unlink(missing_ok=True)
        raise EnvironmentFault(
            "file.disk_full" if error.errno == 28 else "file.not_writable", path=str(folder), detail=error.strerror or ""
        ) from None
