"""Ways into a store on a server, beside those of ``bootstrap``: moving a folder there, joining as a desk, and the rights of desks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import EnvironmentFault, RuleViolation
from app.usecases.job import QUIET, Job

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.storage.newest import Newest
    from app.storage.store import Store


def move_folder(gateway: FolderGateway, folder: Path, *, database: str, operator: str, password: str, job: Job = QUIET) -> tuple[str, int]:
    """Move a folder's own store into an empty database and make the folder its first desk: ``(device id, rows moved)``.

    The old files stay beside it under names that nothing opens. RuleViolation ``permission.denied`` for anyone but an administrator.
    """
    from app.bootstrap import _actor_of
    from app.storage.desk import Desk, read_desk, retire_files, ring_of, write_desk
    from app.storage.moving import move_store
    from app.storage.store import Store

    if read_desk(folder) is not None:
        raise EnvironmentFault("store.exists", path=str(folder))
    ring = ring_of(folder)
    unlocked = ring.unlock(login=operator, password=password)
    store = Store.open(folder, unlocked.data_key, operator=operator, now=gateway.now())
    try:
        actor = _actor_of(store, unlocked.slot)
        if not actor.may("settings"):
            raise RuleViolation("permission.denied", right="settings", operator=actor.name)
        gateway.bring_up(store)
        rows = move_store(store, database, job=job)
        device = str(store.device().id)
        write_desk(folder, Desk(database, ring.store_id))  # from here on the database is the store
    finally:
        store.close()
    with suppress(OSError):  # somebody is reading the old file: the next start does it
        retire_files(folder, gateway.now())
    return device, rows


def join_store(gateway: FolderGateway, folder: Path, *, database: str, operator: str, password: str) -> str:
    """Make an empty folder a desk of the store in a database; answers the device id. Writes nothing but ``database.json``."""
    from app.bootstrap import _actor_of
    from app.storage.desk import DESK, Desk, write_desk
    from app.storage.keyring import Keyring
    from app.storage.server_backend import ServerBackend
    from app.storage.server_keys import ServerKeys
    from app.storage.store import Store

    if gateway.holds_store(folder):
        raise EnvironmentFault("store.exists", path=str(folder))
    ring = Keyring.load(ServerKeys(database))
    unlocked = ring.unlock(login=operator, password=password)
    place = ServerBackend(folder, unlocked.data_key, database)
    store = Store.open(folder, unlocked.data_key, operator=operator, now=gateway.now(), read_only=True, backend=place)
    try:
        _actor_of(store, unlocked.slot)
        device = str(store.device().id)
    finally:
        store.close()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault("file.not_writable", path=str(folder / DESK), detail=error.strerror or "") from None
    write_desk(folder, Desk(database, ring.store_id))
    return device


def server_of(store: Store) -> tuple[str, Newest | None]:
    """Which database a desk works on, and what tells of the other desks there."""
    url = str(getattr(store.backend, "url", ""))
    if not url:
        return "", None
    from urllib.parse import urlsplit

    from app.storage.newest import Newest

    address = urlsplit(url)
    return "/".join(part for part in (address.hostname or "", address.path.strip("/")) if part), Newest(store.reader())


def look_at(database: str) -> str:
    """``store`` when the database holds one that desks can join, ``empty`` when one can be made there; else EnvironmentFault ``database.…``."""
    from app.storage.moving import look_at as look

    return look(database)


def require_role(database: str, role: str) -> None:
    """EnvironmentFault ``database.no_role`` when the server does not know the role."""
    from app.storage.moving import on_server
    from app.storage.server_schema import require_role as require

    on_server(database, lambda connection: require(connection, role))


def grant_role(database: str, role: str) -> None:
    """Give a role what a desk needs for daily work, and no more."""
    from app.storage.moving import on_server
    from app.storage.server_schema import grant_desk

    on_server(database, lambda connection: grant_desk(connection, role))
