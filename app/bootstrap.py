"""The composition root: the only module that imports every layer. Heavy ones are imported when a folder is opened."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import resources
from app.domain.errors import EnvironmentFault, RuleViolation
from app.usecases.context import Actor, Context, Place, system_now
from app.usecases.gateway import Gateway, Session, Setup
from app.usecases.job import QUIET, Job
from app.usecases.rows import VerificationReport

if TYPE_CHECKING:
    from app.domain.governance import Site
    from app.storage.keyring import Keyring
    from app.storage.registry import StoreUnit
    from app.storage.store import Store
    from app.usecases.exchange_ports import DeviceKeys

Clock = Callable[[], datetime]
SHARED_BACKUP = timedelta(hours=1)
TRAINING_AGE = timedelta(days=3)


def default_purpose() -> str:
    """The purpose that stands in the logs when nobody named one."""
    return str(resources.read_toml("defaults.toml")["purpose"])


class FolderSession:
    """See ``usecases.gateway.Session``."""

    def __init__(self, folder: Path, store: Store, ring: Keyring, actor: Actor, *, now: Clock, notices: tuple[str, ...] = ()) -> None:
        from app.bootstrap_desks import server_of
        from app.matching import MemoryMatcher
        from app.storage.backup import StoreBackups
        from app.storage.cabinet import StoreCabinet
        from app.storage.municipal_key import StoreSigner

        self.folder = folder
        self._store = store
        self._closed = False
        self.server, self._newest = server_of(store)
        place = _place_of(store)
        self.context = Context(
            actor=actor,
            place=place,
            reads=store.reads,
            cabinet=StoreCabinet(ring, store.data_key),
            backups=StoreBackups(store, now),
            attachments=store.backend.attachments(read_only=store.read_only),
            signer=StoreSigner(store.data_key),
            keys=self._keys_of(store, place, actor, now),
            matcher=MemoryMatcher(),
            now=now,
            purpose=default_purpose(),
            open_uow=lambda purpose, reason: self._unit(actor, place, purpose, reason, now()),
        )
        from app.usecases.overview import check_clock
        from app.usecases.protections import notices_of

        problem = check_clock(self.context)
        early = (("store.reserve_used",) if store.reserve_used else ()) + ((problem,) if problem else ())
        self.notices = (*notices, *early, *notices_of(self.context))

    def _unit(self, actor: Actor, place: Place, purpose: str, reason: str, at: datetime) -> StoreUnit:
        unit = self._store.unit(operator=actor.operator_id, site=place.site_id, purpose=purpose, reason=reason, now=at)
        if self._newest is not None:
            unit.noted = self._newest.note_own
        return unit

    def changes_elsewhere(self) -> Mapping[str, frozenset[str]]:
        """See ``Session``."""
        return self._newest.poll() if self._newest is not None else {}

    @staticmethod
    def _keys_of(store: Store, place: Place, actor: Actor, now: Clock) -> DeviceKeys:
        from app.storage.device_keys import StoreDeviceKeys

        def write(name: str, value: str) -> None:
            with store.unit(operator=actor.operator_id, site=place.site_id, purpose=default_purpose(), reason="", now=now()) as uow:
                uow.set_setting(name, value)
                uow.commit()

        return StoreDeviceKeys(store.data_key, device=place.device_id, read=store.reads.settings.get, write=write)

    def acting(self, actor: Actor, at: datetime) -> Context:
        """The context of another operator at a moment: only to fill training folders with the work of several people."""
        place, store = self.context.place, self._store
        return replace(
            self.context,
            actor=actor,
            now=lambda: at,
            open_uow=lambda purpose, reason: store.unit(
                operator=actor.operator_id, site=place.site_id, purpose=purpose, reason=reason, now=at
            ),
        )

    def verify(self) -> VerificationReport:
        """Read the whole store and tell what is not as the program left it."""
        return _verify(self._store)

    def close(self, *, backup: bool = True) -> None:
        """Back up if asked and anything was written since the last one, then release the folder."""
        if self._closed:
            return
        self._closed = True
        try:
            if backup and not self._store.read_only and self.context.actor.may("backup") and self._changed_since_backup():
                from app.usecases.backups import back_up_now

                back_up_now(self.context, folder=self.folder)
        finally:
            self._store.close()

    def _changed_since_backup(self) -> bool:
        from app.usecases.settings import last_backup

        done, reads = last_backup(self.context), self.context.reads
        loaded = [snapshot.created_at for snapshot in reads.residents.snapshots()]  # residents leave no trace in the journal
        last = max([moment for moment in (reads.journal.last_time(), *loaded) if moment is not None], default=None)
        if done is not None and self.context.now() - done < SHARED_BACKUP and not self._store.is_alone():
            return False  # of ten desks that close in the evening the last one copies everything, not each
        return done is None or (last is not None and last >= done)


def _verify(store: Store) -> VerificationReport:
    from app.storage.verify import verify_store

    found = verify_store(store)
    return VerificationReport(
        ok=found.ok,
        integrity=found.integrity,
        chain_ok=found.chain_ok,
        journal_rows=found.journal_rows,
        problems=tuple(found.problems),
    )


def _place_of(store: Store) -> Place:
    from app.domain.errors import IntegrityFault
    from app.domain.governance import Disaster, Site

    device = store.device()
    site = store.reads.get("site", device.site_id) or _named_site(store, device)
    disasters = store.reads.all("disaster")
    if not isinstance(site, Site) or not disasters or not isinstance(disasters[0], Disaster):
        raise IntegrityFault("store.incomplete", path=str(store.folder))
    disaster = disasters[0]
    return Place(
        device_id=device.id,
        device_prefix=device.prefix,
        site_id=site.id,
        site_name=site.name,
        site_kind=site.kind,
        disaster_id=disaster.id,
        disaster_name=disaster.name,
        occurred_at=disaster.occurred_at,
        municipality_code=disaster.municipality_code,
        municipality_name=disaster.municipality_name,
        training=disaster.training,
    )


def _named_site(store: Store, device: Any) -> Site | None:
    """The site that headquarters enrolled this device for, before its record has come with the first package."""
    from app.domain.governance import Site
    from app.usecases.enrolment import LIST, read_list

    devices = read_list(store.reads.settings.get(LIST))
    member = devices.find(device.id) if devices else None
    if member is None or member.site_id != device.site_id:
        return None
    return Site(id=member.site_id, name=member.site_name, kind=member.site_kind)


class FolderGateway:
    """See ``usecases.gateway.Gateway``. ``now`` is replaced by tests that need another clock."""

    def __init__(self, now: Clock = system_now) -> None:
        self._now = now

    def default_folder(self) -> Path:
        """Where data go unless told otherwise: ``SASAE_DATA``, else a folder of the user's own."""
        if named := os.environ.get("SASAE_DATA"):
            return Path(named)
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "Sasae" / "data"
        return Path(os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))) / "sasae"

    def holds_store(self, folder: Path) -> bool:
        """Whether a store or a part of one is there."""
        from app.storage.desk import holds_store

        return holds_store(folder)

    def cipher_version(self) -> str:
        """The version of the encryption engine; EnvironmentFault ``store.no_cipher`` when the database would not be encrypted."""
        from app.storage.engine import cipher_version

        return cipher_version()

    def shown_address(self, database: str) -> str:
        """The address of a database without its password."""
        from app.storage.server import shown

        return shown(database)

    def wait_seconds(self, folder: Path) -> float:
        """Seconds until the next password may be tried."""
        from app.storage.desk import ring_of

        return ring_of(folder).wait_seconds()

    def now(self) -> datetime:
        """The moment by this gateway's clock."""
        return self._now()

    def create(self, folder: Path, setup: Setup, *, database: str = "") -> tuple[Session, str]:
        """A new store with its first administrator: in the folder, or in an empty database of which the folder becomes a desk."""
        from app.domain.municipality import find_municipality, parse_code
        from app.storage.backends import new_place
        from app.storage.keyring import Keyring
        from app.storage.store import Store

        if self.holds_store(folder):
            raise EnvironmentFault("store.exists", path=str(folder))
        code = parse_code(setup.municipality_code)
        _check_setup(setup)
        municipality = find_municipality(code)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFault("file.not_writable", path=str(folder), detail=error.strerror or "") from None
        keys, place_of, settle_folder = new_place(folder, database)
        ring, data_key, recovery = Keyring.create(keys)
        backend = place_of(data_key)
        slot = ring.add_slot(login=setup.operator, password=setup.password, data_key=data_key)
        try:
            store = Store.create(folder, data_key, operator=setup.operator, now=self._now(), backend=backend)
            try:
                name = setup.municipality_name or (f"{municipality.prefecture}{municipality.name}" if municipality else "")
                actor = self._found(store, setup, slot, code, name)
                ring.save()  # last: a place without keys is not a store
                settle_folder(ring.store_id)
            except BaseException:
                store.close()
                raise
        except BaseException:
            backend.discard()
            raise
        return FolderSession(folder, store, ring, actor, now=self._now), recovery

    def _found(self, store: Store, setup: Setup, slot: str, code: str, municipality: str) -> Actor:
        """The first records: site, disaster, administrator."""
        from app.domain.governance import Disaster, Operator, Site
        from app.domain.identifiers import new_id

        operator = Operator(id=new_id(), name=setup.operator.strip(), roles=("admin", "protected"), slot=slot)
        site = Site(id=new_id(), name=setup.site_name.strip(), kind=setup.site_kind)
        store.become_new_device(site_id=site.id, now=self._now())
        with store.unit(operator=operator.id, site=site.id, purpose=default_purpose(), reason="", now=self._now()) as uow:
            uow.sites.add(site)
            uow.disasters.add(
                Disaster(
                    id=new_id(),
                    name=setup.disaster_name.strip(),
                    occurred_at=setup.occurred_at,
                    municipality_code=code,
                    municipality_name=municipality,
                    training=setup.training,
                )
            )
            uow.operators.add(operator)
            uow.commit()
        return Actor(operator_id=operator.id, name=operator.name, roles=operator.roles, slot=slot)

    def look_at(self, database: str) -> str:
        """See ``Gateway``."""
        from app.bootstrap_desks import look_at

        return look_at(database)

    def join(self, folder: Path, *, database: str, operator: str, password: str) -> Session:
        """See ``Gateway``."""
        from app.bootstrap_desks import join_store

        join_store(self, folder, database=database, operator=operator, password=password)
        return self.open(folder, operator=operator, password=password)

    def demo(self, folder: Path, *, operator: str, password: str, residents: int = 2000, seed: int = 1, job: Job | None = None) -> Session:
        """A training folder with an invented municipality and every kind of record."""
        from app.interchange.importing.rebuilding import rebuild_residents
        from app.syncing.training import fill_exchange
        from app.usecases.training import fill_training, read_training

        words = read_training()
        setup = Setup(
            municipality_code=words["municipality_code"],
            municipality_name=words["municipality_name"],
            disaster_name=words["disaster_name"],
            occurred_at=self._now() - TRAINING_AGE,
            site_name=words["site_name"],
            site_kind="hq",
            operator=operator,
            password=password,
            training=True,
        )
        session, _ = self.create(folder, setup)
        try:
            fill_training(session.context, residents=residents, seed=seed, rebuild=rebuild_residents, job=job or QUIET)
            _fill_certificates(session.context, words, seed)
            _fill_relief(session, seed, password)
            fill_exchange(self, session, setup)
        except BaseException:
            session.close(backup=False)
            raise
        return session

    def open(self, folder: Path, *, operator: str, password: str, read_only: bool = False) -> FolderSession:
        """Sign in and open. Older schemas are backed up and moved on first."""
        from app.storage.desk import retire_files, ring_of

        with suppress(OSError):
            retire_files(folder, self._now())
        ring = ring_of(folder)
        unlocked = ring.unlock(login=operator, password=password)
        return self._open(folder, ring, unlocked.data_key, unlocked.slot, operator, read_only=read_only)

    def _open(self, folder: Path, ring: Keyring, data_key: bytes, slot: str, login: str, *, read_only: bool) -> FolderSession:
        from app.storage.store import Store

        store = Store.open(folder, data_key, operator=login, now=self._now(), read_only=read_only)
        try:
            notices = self.bring_up(store)
            return FolderSession(folder, store, ring, _actor_of(store, slot), now=self._now, notices=notices)
        except BaseException:
            store.close()
            raise

    def bring_up(self, store: Store) -> tuple[str, ...]:
        """Back up and move on an older schema, and make a copied folder a device of its own; answers what to tell."""
        return (*self._migrate(store), *(("enrol.copied_here",) if store.notice_copy(now=self._now()) else ()))

    def _migrate(self, store: Store) -> tuple[str, ...]:
        from app.storage.backup import StoreBackups
        from app.storage.migrate import needs_migration

        if not needs_migration(store.revision):
            return ()
        if store.read_only:
            raise EnvironmentFault("store.read_only", path=str(store.folder))
        StoreBackups(store, self._now).rotate(store.folder / "backups", keep=1000)
        return ("store.migrated",) if store.migrate_if_needed() else ()

    def verify(self, folder: Path, *, operator: str, password: str) -> VerificationReport:
        """Verify a folder without opening it for work, so that a damaged one can be looked at too."""
        from app.domain.errors import IntegrityFault
        from app.storage.desk import ring_of
        from app.storage.store import Store

        unlocked = ring_of(folder).unlock(login=operator, password=password)
        try:
            store = Store.open(folder, unlocked.data_key, operator=operator, now=self._now(), read_only=True)
        except IntegrityFault as fault:
            return VerificationReport(ok=False, integrity=False, chain_ok=False, journal_rows=0, problems=((fault.code, fault.params),))
        try:
            return _verify(store)
        finally:
            store.close()

    def recover(self, folder: Path, *, recovery_key: str, operator: str, password: str) -> Session:
        """Open by the recovery key and give the named operator a new password."""
        from app.domain.governance import Operator
        from app.storage.desk import ring_of
        from app.storage.store import Store
        from app.usecases.operators import fold_login

        ring = ring_of(folder)
        data_key = ring.unlock_with_recovery(recovery_key)
        store = Store.open(folder, data_key, operator=operator, now=self._now())
        try:
            notices = self.bring_up(store)
            wanted = fold_login(operator)
            found = [o for o in store.reads.all("operator") if isinstance(o, Operator) and fold_login(o.name) == wanted and not o.disabled]
            found = [o for o in found if ring.has_slot(o.slot)]  # those of other sites have a name here, and no key
            if not found:
                raise RuleViolation("operator.not_found", field="name", name=operator)
            ring.replace_slot(slot=found[0].slot, login=found[0].name, password=password, data_key=data_key)
            ring.save()
            return FolderSession(folder, store, ring, _actor_of(store, found[0].slot), now=self._now, notices=notices)
        except BaseException:
            store.close()
            raise

    def restore(self, backup: Path, *, into: Path, operator: str, password: str) -> str:
        """Lay a backup into an empty folder and make it a device of its own. Nothing stays when the password is wrong."""
        from app.storage.attachments import ATTACHMENTS
        from app.storage.backup import unpack_backup
        from app.storage.keyring import Keyring
        from app.storage.store import KEYS, STORE, Store

        made = not into.exists()
        unpack_backup(backup, into)
        try:
            ring = Keyring.load(into / KEYS)
            unlocked = ring.unlock(login=operator, password=password)
            store = Store.open(into, unlocked.data_key, operator=operator, now=self._now())
            try:
                store.migrate_if_needed()  # the backup itself is what to go back to
                _actor_of(store, unlocked.slot)
                return store.become_new_device(site_id=store.device().site_id, now=self._now())
            finally:
                store.close()
        except BaseException:
            for leftover in (STORE, f"{STORE}-wal", f"{STORE}-shm", KEYS, "attempts.json", "lock", "lock.note", "reserve.bin"):
                with suppress(OSError):
                    (into / leftover).unlink(missing_ok=True)
            shutil.rmtree(into / ATTACHMENTS, ignore_errors=True)
            if made:
                with suppress(OSError):
                    into.rmdir()
            raise


def _fill_certificates(ctx: Context, words: Mapping[str, Any], seed: int) -> None:
    from app.interchange.certificates import issue_certificates, supersede_certificate
    from app.usecases.training_certificates import fill_certificates

    fill_certificates(
        ctx,
        words=words,
        seed=seed,
        issue=lambda one, ids: issue_certificates(one, application_ids=ids),
        supersede=lambda one, paper, reason: supersede_certificate(one, certificate_id=paper, reason=reason),
    )


def _fill_relief(session: Session, seed: int, password: str) -> None:
    """Money, by two operators of the training folder who sign in with its password."""
    from app.usecases.operators import add_operator
    from app.usecases.training_relief import fill_relief

    ctx, names = session.context, resources.read_toml("training", "relief.toml")
    actors = {}
    for key, roles in (("accounting", ("accounting", "desk")), ("approval", ("approval",))):
        operator_id, _ = add_operator(ctx, name=names[key], roles=roles, password=password)
        actors[key] = Actor(operator_id=operator_id, name=names[key], roles=roles, slot="")

    if not isinstance(session, FolderSession):
        return

    def staff(key: str, at: datetime) -> Context:
        return session.acting(actors[key], at)

    fill_relief(ctx, staff=staff, seed=seed)


def _check_setup(setup: Setup) -> None:
    from app.domain.codes import SITE_KINDS

    for field, value in (("disaster_name", setup.disaster_name), ("site_name", setup.site_name), ("operator", setup.operator)):
        if not value.strip():
            raise RuleViolation("setup.missing", field=field)
    if setup.site_kind not in SITE_KINDS:
        raise RuleViolation("word.unknown", field="site_kind", word=setup.site_kind)


def _actor_of(store: Store, slot: str) -> Actor:
    from app.domain.governance import Operator

    for operator in store.reads.all("operator"):
        if isinstance(operator, Operator) and operator.slot == slot and not operator.disabled:
            return Actor(operator_id=operator.id, name=operator.name, roles=operator.roles, slot=slot)
    raise EnvironmentFault("signin.disabled")


def gateway(now: Clock = system_now) -> FolderGateway:
    """The real way into data folders."""
    return FolderGateway(now)


def _conforms(made: FolderGateway) -> Gateway:
    return made
