"""Backups while the store is in use, and restoring them as a new device.

A backup is one zip file: manifest, key file, and a copy of the store as an encrypted file (``Backend.copy_to``). It is written under a temporary
name, read back, checked, and only then renamed, so that a full disk never costs the backup that was there.

Attachments (photos) are in it too, as the encrypted files they are. Rotating backups leave them out: in the data folder they stand beside
the backups anyway, and on a stick one copy of each file serves all backups there (``attachments-<device>``).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
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
from app.storage.attachments import ATTACHMENTS, copy_attachments, remove_leftovers
from app.storage.store import KEYS, STORE, Store
from app.usecases.files import atomic_output

SUFFIX = ".sasae-backup"
BACKUPS = "backups"
_NAME = re.compile(r"sasae-(?P<time>\d{8}-\d{6})-(?P<device>[0-9A-Z]{4})(-(?P<number>\d+))?" + re.escape(SUFFIX))
_LEFTOVER = re.compile(r"\.[0-9a-f]{16}\.tmp" + re.escape(SUFFIX) + r"(\.db(-wal|-shm|-journal)?)?")
_STILL_WRITTEN = 3600.0  # seconds after which a half-written file on a shared folder is nobody's any more
_MEMBERS = frozenset({"manifest.json", KEYS, STORE})
_ATTACHMENT = re.compile(ATTACHMENTS + r"/([0-9a-f]{2})/\1[0-9a-f]{62}")


class StoreBackups:
    """See ``usecases.ports.BackupDesk``."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def write(self, target: Path, *, attachments: bool = True) -> tuple[int, str]:
        """Write one verified backup file, with the attachments unless told not to.

        EnvironmentFault ``file.folder_missing`` or ``file.not_writable`` when there is no place for it.
        """
        if not target.parent.is_dir():
            raise EnvironmentFault("file.folder_missing", path=str(target), folder=str(target.parent))
        with atomic_output(target) as temporary:
            copy = temporary.with_name(temporary.name + ".db")
            temporary.touch()  # a place that cannot be written to says so here, in words about files, not about databases
            try:
                self._store.backend.copy_to(copy)
                self._pack(temporary, copy, attachments=attachments)
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
        self.write(target, attachments=False)
        if own:
            remove_leftovers(self._store.folder / ATTACHMENTS)
        self._store.backend.attachments_beside(folder, prefix)
        # only this device's: a stick may hold those of other laptops. The new one stays whatever its clock says
        others = sorted((key, file) for file in folder.iterdir() if file != target and (key := _age_key(file, prefix)) is not None)
        for _, old in others[: max(0, len(others) + 1 - keep)]:
            with suppress(OSError):
                old.unlink()
        return target

    def _pack(self, temporary: Path, copy: Path, *, attachments: bool) -> None:
        keys = self._store.backend.keys()  # once: a password may be changed meanwhile
        hashes = {STORE: _sha256(copy), KEYS: hashlib.sha256(keys).hexdigest()}
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            archive.writestr(KEYS, keys)
            archive.write(copy, STORE)
            # after the store: what its copy speaks of is there by now, and nothing is ever taken away
            for content_name, sealed in self._store.backend.sealed_attachments() if attachments else ():
                name = f"{ATTACHMENTS}/{content_name[:2]}/{content_name}"
                hashes[name] = hashlib.sha256(sealed).hexdigest()
                archive.writestr(name, sealed)
            manifest = {
                "format": 1,
                "created": self._now().isoformat(timespec="seconds"),
                "schema": self._store.revision,
                "attachments": attachments,
                "sha256": hashes,
            }
            archive.writestr("manifest.json", json.dumps(manifest))


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
            names = archive.namelist()
            others = [name for name in names if name not in _MEMBERS]
            if not _MEMBERS.issubset(names) or not all(_ATTACHMENT.fullmatch(name) for name in others):
                raise IntegrityFault("backup.not_a_backup", path=str(path))
            manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
            if {*manifest["sha256"], "manifest.json"} != set(names):
                raise IntegrityFault("backup.damaged", path=str(path))
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
            for name in archive.namelist():
                if name != "manifest.json":
                    archive.extract(name, work)
            if Path(work, ATTACHMENTS).is_dir():
                Path(work, ATTACHMENTS).replace(folder / ATTACHMENTS)
            for beside in _attachments_beside(path):
                copy_attachments(beside, folder / ATTACHMENTS)
            for name in (STORE, KEYS):  # the key file last: a folder without it is not a store
                Path(work, name).replace(folder / name)
    except OSError as error:
        _take_back(folder)
        raise EnvironmentFault(
            "file.disk_full" if error.errno == 28 else "file.not_writable", path=str(folder), detail=error.strerror or ""
        ) from None
    except EnvironmentFault:
        _take_back(folder)
        raise


def _attachments_beside(backup: Path) -> list[Path]:
    """Where the attachments of a rotating backup may be: in the data folder it was made in, or beside it on its stick."""
    named = _NAME.fullmatch(backup.name)
    if named is None:
        return []
    in_data = backup.resolve().parent.parent
    beside = [in_data / ATTACHMENTS] if backup.resolve().parent.name == BACKUPS and (in_data / STORE).exists() else []
    return [*beside, backup.parent / f"{ATTACHMENTS}-{named['device']}"]


def _take_back(folder: Path) -> None:
    for name in (KEYS, STORE):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / ATTACHMENTS, ignore_errors=True)
