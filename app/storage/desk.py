"""What a data folder is: a store of its own, or a desk of a store on a server (``database.json`` in place of the store's files)."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.storage.keyring import FileKeys, KeyPlace, Keyring
from app.usecases.files import atomic_output

DESK, STORE, KEYS, ATTACHMENTS, RESERVE = "database.json", "store.db", "keys.json", "attachments", "reserve.bin"


@dataclass(frozen=True, slots=True)
class Desk:
    """The address of the database, and the store (``Keyring.store_id``) that this desk expects there."""

    url: str
    store: str


def read_desk(folder: Path) -> Desk | None:
    """What ``database.json`` says; None for a folder with a store of its own. IntegrityFault ``database.desk_damaged``."""
    path = folder / DESK
    try:
        content = json.loads(path.read_text("utf-8"))
        return Desk(str(content["url"]), str(content["store"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    except (ValueError, KeyError, TypeError):
        raise IntegrityFault("database.desk_damaged", path=str(path)) from None


def write_desk(folder: Path, desk: Desk) -> None:
    """Make the folder a desk; only its owner may read the address, which may hold a password."""
    with atomic_output(folder / DESK) as temporary:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"format": 1, "url": desk.url, "store": desk.store}, file, indent=1)


def holds_store(folder: Path) -> bool:
    """Whether a store, a part of one, or a desk is there."""
    return any((folder / name).exists() for name in (KEYS, STORE, DESK))


def keys_of(folder: Path) -> KeyPlace:
    """Where the key slots of this folder's store are. IntegrityFault ``database.other_store`` when the database holds another one."""
    desk = read_desk(folder)
    if desk is None:
        return FileKeys(folder / KEYS)
    from app.storage.server_keys import ServerKeys

    return ServerKeys(desk.url)


def ring_of(folder: Path) -> Keyring:
    """The key slots of this folder's store. EnvironmentFault ``store.not_found``, ``database.other_store`` …"""
    ring = Keyring.load(keys_of(folder))
    desk = read_desk(folder)
    if desk is not None and desk.store != ring.store_id:
        from app.storage.server import shown

        raise EnvironmentFault("database.other_store", database=shown(desk.url))
    return ring


def retire_files(folder: Path, now: datetime) -> bool:
    """Put a moved store's own files aside under names that nothing opens; answers whether there were any.

    Done when the folder has become a desk, and again at its next start if the program was ended in between.
    """
    if read_desk(folder) is None or not (folder / STORE).exists():
        return False
    day = f"{now.astimezone():%Y%m%d-%H%M%S}"
    for name in (KEYS, ATTACHMENTS, STORE):  # the store last: as long as it is there this is done again
        path = folder / name
        if path.exists():
            path.rename(folder / f"{path.stem}.moved-{day}{path.suffix}")
    for name in (f"{STORE}-wal", f"{STORE}-shm", RESERVE, "attempts.json"):
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    return True
