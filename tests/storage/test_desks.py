"""A store on a server: made, moved there, joined, shared by desks; and every way in which the server can say no, in words."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.bootstrap import gateway
from app.bootstrap_desks import grant_role, join_store, move_folder, require_role
from app.domain.errors import EnvironmentFault, IntegrityFault, RuleViolation, SasaeError, StaleRecord
from app.presentation.messages import message
from app.storage import migrate as migrating
from app.storage import server
from app.storage.desk import DESK, Desk, keys_of, read_desk, ring_of, write_desk
from app.storage.keyring import Keyring
from app.usecases.backups import back_up_now, back_up_to
from app.usecases.operators import add_operator
from app.usecases.persons import correct_person, open_person
from app.usecases.reception import Arrival, check_in
from app.usecases.rows import RosterFilter
from tests.postgres import OWNER, Cluster, cluster, require_postgres
from tests.storage.test_attachments import add, picture
from tests.stores import OPERATOR, PASSWORD, Clock, Town, clone_store, copy_store, open_town, setup_of

ROOT = Path(__file__).resolve().parents[2]
OTHER, OTHER_PASSWORD = "避難 次郎", "another long secret"
_NUMBERS = count(1)


@pytest.fixture
def postgres() -> Cluster:
    """The server of the run."""
    require_postgres()
    return cluster()


@pytest.fixture
def database(postgres: Cluster) -> Iterator[str]:
    """The address of an empty database."""
    name = f"d{next(_NUMBERS)}_{os.getpid()}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
def desk(postgres: Cluster, tmp_path: Path) -> Iterator[Path]:
    """The folder of a desk whose database is a clone of the template."""
    name = f"k{next(_NUMBERS)}_{os.getpid()}"
    yield clone_store(name, tmp_path / "デスク 1")
    postgres.drop(name)


def second_desk(desk: Path) -> Path:
    """Another desk of the same store."""
    found = read_desk(desk)
    assert found is not None
    folder = desk.with_name("デスク 2")
    join_store(gateway(now=Clock()), folder, database=found.url, operator=OPERATOR, password=PASSWORD)
    return folder


@pytest.fixture
def pair(desk: Path) -> Iterator[tuple[Town, Town]]:
    """Two open desks of one store."""
    clock = Clock()
    towns = open_town(desk, clock), open_town(second_desk(desk), clock)
    yield towns
    for town in towns:
        town.session.close(backup=False)


def arrive(town: Town, name: str = "旅人　一") -> str:
    return check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": name})]).persons[0]


def refused(act: Callable[[], Any]) -> str:
    """The code of the refusal, whose sentence has no hole."""
    with pytest.raises(SasaeError) as caught:
        act()
    said = message(caught.value.code, **caught.value.params)
    assert "{" not in said and caught.value.code not in said
    assert "password" not in json.dumps(caught.value.params, default=str) or "authentication" in str(caught.value.params)
    return caught.value.code


def move(folder: Path, database: str, **given: Any) -> tuple[str, int]:
    values = {"operator": OPERATOR, "password": PASSWORD, **given}
    return move_folder(gateway(now=Clock()), folder, database=database, **values)


# -- making, moving, joining -------------------------------------------------------------------------------------


def test_moved_folder_says_the_same_and_goes_on_as_the_same_device(template: Path, database: str, tmp_path: Path) -> None:
    folder = copy_store(template, tmp_path / "本部 data")
    town = open_town(folder, Clock())
    arrive(town)
    names = add(town, 1, 2)
    roster = [row.name for row in town.ctx.reads.rosters.roster(RosterFilter(at=town.clock())).rows]
    before = {kind: town.ctx.reads.all(kind) for kind in ("person", "stay", "operator", "disaster", "photo", "shelter")}
    device, rows = town.ctx.place.device_id, town.sql("SELECT count(*) FROM journal")[0][0]
    town.session.close(backup=False)
    moved, total = move(folder, database)
    assert moved == device and total > rows > 10
    assert not {"store.db", "keys.json", "attachments", "reserve.bin"} & {path.name for path in folder.iterdir()}
    assert len(list(folder.glob("store.moved-*.db"))) == len(list(folder.glob("keys.moved-*.json"))) == 1
    assert stat.S_IMODE((folder / DESK).stat().st_mode) == 0o600
    town = open_town(folder, Clock())
    try:
        assert town.on_server and town.ctx.place.device_id == device and town.problems() == []
        assert {kind: town.ctx.reads.all(kind) for kind in before} == before
        assert [row.name for row in town.ctx.reads.rosters.roster(RosterFilter(at=town.clock())).rows] == roster
        assert [town.ctx.attachments.get(name) for name in names] == [picture(1), picture(2)]
        assert town.ctx.reads.search.find("髙橋", within="residents")[1] == 4
        arrive(town, "後の人")
        assert town.sql("SELECT count(*) FROM journal")[0][0] > rows and town.problems() == []
    finally:
        town.session.close(backup=False)


def test_backup_of_a_server_is_an_ordinary_folder_again(desk: Path, tmp_path: Path) -> None:
    town = open_town(desk, Clock())
    arrive(town)
    names = add(town, 3)
    back_up_to(town.ctx, target=tmp_path / "one.sasae-backup")
    counted = "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM person), (SELECT count(*) FROM resident)"
    before, device = town.sql(counted), town.ctx.place.device_id
    town.session.close(backup=False)
    gateway(now=Clock()).restore(tmp_path / "one.sasae-backup", into=tmp_path / "laptop", operator=OPERATOR, password=PASSWORD)
    town = open_town(tmp_path / "laptop", Clock())
    try:
        assert not town.on_server and (tmp_path / "laptop" / "store.db").exists() and town.problems() == []
        assert town.sql(counted) == before and town.ctx.place.device_id != device
        assert town.ctx.attachments.get(names[0]) == picture(3)
        assert town.ctx.reads.search.find("髙橋", within="residents")[1] == 4
        assert len(town.ctx.reads.search.find("旅人", within="persons")[0]) == 1
    finally:
        town.session.close(backup=False)


def test_move_that_fails_leaves_both_as_they_were(template: Path, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_store(template, tmp_path / "data")
    files = {path.name for path in folder.iterdir()}

    def differs(*_: object) -> int:
        raise IntegrityFault("store.copy_differs", table="person", here=1, there=0)

    with monkeypatch.context() as patched:
        patched.setattr("app.storage.moving.compare", differs)
        assert refused(lambda: move(folder, database)) == "store.copy_differs"
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    assert files <= {path.name for path in folder.iterdir()} and not (folder / DESK).exists()
    open_town(folder, Clock()).session.close(backup=False)
    assert move(folder, database)[1] > 10


@pytest.mark.parametrize("moment", ["after the copy", "before the old files go"])
def test_program_ended_while_moving_loses_nothing(template: Path, database: str, tmp_path: Path, moment: str) -> None:
    folder = copy_store(template, tmp_path / "data")
    where = "write_desk" if moment == "after the copy" else "retire_files"
    code = (
        "import os, sys; from pathlib import Path; import app.storage.desk as desk\n"
        f"desk.{where} = lambda *_: os._exit(9)\n"
        "from tests.storage.test_desks import move\nmove(Path(sys.argv[1]), sys.argv[2])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder), database], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 9
    if moment == "after the copy":
        assert not (folder / DESK).exists()
        open_town(folder, Clock()).session.close(backup=False)  # the folder is still the store
        move(folder, database)  # finds its own copy and goes on
    town = open_town(folder, Clock())
    try:
        assert town.on_server and town.problems() == [] and not (folder / "store.db").exists()
    finally:
        town.session.close(backup=False)


def test_copy_that_has_grown_old_is_not_taken_for_the_store(template: Path, database: str, tmp_path: Path) -> None:
    folder = copy_store(template, tmp_path / "data")
    move(copy_store(template, tmp_path / "moved"), database)
    town = open_town(folder, Clock())
    arrive(town)
    town.session.close(backup=False)
    assert refused(lambda: move(folder, database)) == "database.older_copy"
    open_town(folder, Clock()).session.close(backup=False)


def test_only_an_administrator_moves_a_store(template: Path, database: str, tmp_path: Path) -> None:
    folder = copy_store(template, tmp_path / "data")
    town = open_town(folder, Clock())
    add_operator(town.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
    town.session.close(backup=False)
    with pytest.raises(RuleViolation, match="permission.denied"):
        move(folder, database, operator=OTHER, password=OTHER_PASSWORD)
    assert refused(lambda: move(folder, database, password="wrong password")) == "signin.refused"


def test_what_holds_something_else_is_left_alone(template: Path, postgres: Cluster, database: str, desk: Path, tmp_path: Path) -> None:
    folder = copy_store(template, tmp_path / "data")
    gate = gateway(now=Clock())
    found = read_desk(desk)
    assert found is not None
    assert refused(lambda: move(folder, found.url)) == "database.holds_store"
    assert refused(lambda: gate.create(tmp_path / "new", setup_of(), database=found.url)) == "database.holds_store"
    assert not (tmp_path / "new" / DESK).exists()
    open_town(desk, Clock()).session.close(backup=False)  # its key slots are still there
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE wages (yen integer)")
    assert refused(lambda: move(folder, database)) == "database.other_tables"
    assert refused(lambda: gate.create(tmp_path / "new", setup_of(), database=database)) == "database.other_tables"
    assert refused(lambda: join_store(gate, tmp_path / "new", database=database, operator=OPERATOR, password=PASSWORD)) == "database.empty"
    assert refused(lambda: join_store(gate, folder, database=found.url, operator=OPERATOR, password=PASSWORD)) == "store.exists"


def test_making_that_was_broken_off_can_be_done_again(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = gateway(now=Clock())

    def broken(_: Keyring) -> None:
        raise EnvironmentFault("database.lost")

    with monkeypatch.context() as patched:
        patched.setattr(Keyring, "save", broken)
        assert refused(lambda: gate.create(tmp_path / "a", setup_of(), database=database)) == "database.lost"
    assert not (tmp_path / "a" / DESK).exists()
    session, recovery = gate.create(tmp_path / "a", setup_of(), database=database)
    session.close(backup=False)
    assert len(recovery) == 39
    open_town(tmp_path / "a", Clock()).session.close(backup=False)


def test_desk_of_a_database_that_was_exchanged_is_refused(desk: Path, database: str, tmp_path: Path) -> None:
    gateway(now=Clock()).create(tmp_path / "other", setup_of(), database=database)[0].close(backup=False)
    found = read_desk(desk)
    assert found is not None
    write_desk(desk, Desk(database, found.store))
    assert refused(lambda: open_town(desk, Clock())) == "database.other_store"
    (desk / DESK).write_text("{", "utf-8")
    assert refused(lambda: open_town(desk, Clock())) == "database.desk_damaged"


def test_joining_asks_for_the_password_and_writes_only_the_desk(desk: Path, tmp_path: Path) -> None:
    found, gate = read_desk(desk), gateway(now=Clock())
    assert found is not None
    wrong = lambda: join_store(gate, tmp_path / "new", database=found.url, operator=OPERATOR, password="wrong password")  # noqa: E731
    assert refused(wrong) == "signin.refused" and not (tmp_path / "new").exists()
    device = join_store(gate, tmp_path / "new", database=found.url, operator=OPERATOR, password=PASSWORD)
    assert [path.name for path in (tmp_path / "new").iterdir()] == [DESK]
    town = open_town(tmp_path / "new", Clock())
    assert town.ctx.place.device_id == device
    town.session.close(backup=False)


# -- what a database must be -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("ENCODING 'SQL_ASCII' LOCALE 'C'", "database.not_utf8"),
        ("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'ja' LOCALE 'C.UTF-8'", "database.not_c"),
    ],
    ids=["encoding", "order"],
)
def test_unfit_database_is_refused(postgres: Cluster, tmp_path: Path, options: str, code: str) -> None:
    name = f"u{next(_NUMBERS)}_{os.getpid()}"
    postgres.sql(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE template0 {options}')
    try:
        assert refused(lambda: gateway(now=Clock()).create(tmp_path / "new", setup_of(), database=postgres.url(name))) == code
        assert not (tmp_path / "new" / DESK).exists()
    finally:
        postgres.drop(name)


def test_old_server_and_role_that_may_make_no_table_are_refused(
    postgres: Cluster, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"guest_{os.getpid()}"
    postgres.sql(f"CREATE ROLE {role} LOGIN")
    try:
        guest = database.replace(f"user={OWNER}", f"user={role}")
        assert refused(lambda: gateway(now=Clock()).create(tmp_path / "new", setup_of(), database=guest)) == "database.no_create"
    finally:
        postgres.sql(f"DROP ROLE {role}")
    monkeypatch.setattr("app.storage.server_backend.LEAST_VERSION", 99)
    assert refused(lambda: gateway(now=Clock()).create(tmp_path / "new", setup_of(), database=database)) == "database.too_old"


# -- connections --------------------------------------------------------------------------------------------------


def test_each_way_of_not_connecting_has_its_sentence(postgres: Cluster, database: str) -> None:
    name = database.partition("///")[2].partition("?")[0]
    unreachable = "postgresql://127.0.0.1:1/x"
    cases = {
        unreachable: "database.unreachable",
        postgres.url("no_such_database"): "database.missing",
        postgres.tcp_url(name, password="wrong"): "database.refused",
        postgres.tcp_url(name).replace("sslmode=require", "sslmode=disable"): "database.refused",
        postgres.tcp_url(name, more="&sslrootcert=/etc/hostname").replace("sslmode=require", "sslmode=verify-full"): "database.tls",
        "mysql://127.0.0.1/x": "database.bad_address",
        "postgresql://host:port/x": "database.unreachable",
    }
    assert {url: refused(lambda url=url: server.connect(url)) for url in cases} == cases  # type: ignore[misc]


def test_certificate_is_checked_by_name(postgres: Cluster, database: str) -> None:
    name = database.partition("///")[2].partition("?")[0]
    checked = postgres.tcp_url(name, more=f"&sslrootcert={postgres.certificate()}").replace("sslmode=require", "sslmode=verify-full")
    assert refused(lambda: server.connect(checked)) == "database.tls"  # the certificate is for localhost, not for 127.0.0.1
    with server.connect(checked.replace("@127.0.0.1", "@localhost") + "&hostaddr=127.0.0.1") as connection:
        assert connection.pgconn.ssl_in_use
    connection.close()


def test_personal_data_do_not_leave_in_clear(monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    with server.connect(database) as connection:
        monkeypatch.setattr(type(connection.info), "host", property(lambda _: "db.example.lg.jp"))
        with pytest.raises(EnvironmentFault, match="database.no_tls"):
            server._require_privacy(connection, database)
        server._require_privacy(connection, database + "&sslmode=disable")
    connection.close()


def test_password_of_an_address_is_never_shown() -> None:
    assert server.shown("postgresql://desk:geheim@db/x?sslmode=require") == "postgresql://desk@db/x?sslmode=require"
    assert "geheim" not in server.shown("postgresql://db/x?user=desk&password=geheim&sslmode=require")
    assert server.shown("postgresql://desk@db/x") == "postgresql://desk@db/x"


def test_connection_that_was_cut_is_said_once_and_then_made_anew(pair: tuple[Town, Town], postgres: Cluster) -> None:
    mine, other = pair
    arrive(mine)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with pytest.raises(EnvironmentFault) as caught, mine.ctx.unit() as uow:
        uow.log_access(action="view", persons=1, target="x")
        mine.sql(cut)
        uow.log_access(action="view", persons=1, target="y")
    assert caught.value.code == "database.lost"
    arrive(mine, "切れた後の人")
    arrive(other, "別のデスクの人")
    assert len(mine.ctx.reads.rosters.roster(RosterFilter(at=mine.clock())).rows) == 3 and mine.problems() == []


@pytest.mark.parametrize("arrived", [True, False])
def test_answer_to_a_commit_that_got_lost_is_looked_up(desk: Path, monkeypatch: pytest.MonkeyPatch, arrived: bool) -> None:
    town = open_town(desk, Clock())
    dialect = town.session._store._writer.dialect  # type: ignore[union-attr]
    commit, calls = dialect.do_commit, []

    def lost(connection: Any) -> None:
        if not calls:
            calls.append(1)
            if arrived:
                commit(connection)
            connection.driver_connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", lost)
    try:
        if arrived:
            assert arrive(town)
        else:
            assert refused(lambda: arrive(town)) == "database.lost"
        assert calls == [1] and len(town.ctx.reads.persons.ids()) == int(arrived) and town.problems() == []
    finally:
        town.session.close(backup=False)


def test_server_that_is_gone_says_so_and_nothing_else(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = open_town(desk, Clock())
    town.session._store.close()
    write_desk(desk, replace(read_desk(desk), url="postgresql://127.0.0.1:1/x"))  # type: ignore[arg-type,type-var]
    assert refused(lambda: open_town(desk, Clock())) == "database.unreachable"


# -- several desks -----------------------------------------------------------------------------------------------


def test_two_desks_see_each_other_and_nothing_is_lost(pair: tuple[Town, Town]) -> None:
    mine, other = pair
    assert mine.ctx.place.device_id == other.ctx.place.device_id
    person = arrive(mine)
    seen = open_person(other.ctx, person_id=person).person
    correct_person(mine.ctx, person_id=person, version=seen.version, values={"note": "先に書いた"})
    with pytest.raises(StaleRecord):
        correct_person(other.ctx, person_id=person, version=seen.version, values={"note": "後から書いた"})
    assert open_person(other.ctx, person_id=person).person.note == "先に書いた" and other.problems() == []


def test_many_desks_at_once_share_one_chain_without_a_gap(pair: tuple[Town, Town]) -> None:
    faults: list[BaseException] = []

    def work(town: Town, name: str) -> None:
        try:
            for number in range(15):
                arrive(town, f"{name}　{number}")
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(town, f"架空{place}")) for place, town in enumerate(pair)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    people = [person for person in pair[0].ctx.reads.all("person")]
    assert not faults and len(people) == 30 == len({person.number for person in people})  # type: ignore[attr-defined]
    assert pair[1].problems() == []


def test_writer_who_has_to_wait_too_long_is_told(pair: tuple[Town, Town], monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = pair
    arrive(other)
    other.session._store._writer.dispose()  # type: ignore[union-attr]
    monkeypatch.setattr(server, "_SESSION", server._SESSION.replace(f"lock_timeout={server.BUSY_MS}", "lock_timeout=200"))
    with mine.ctx.unit():
        assert refused(lambda: arrive(other)) == "store.busy"
        assert len(other.ctx.reads.persons.ids()) == 1  # who only reads does not wait
    arrive(other)


def test_key_slots_of_two_desks_are_both_kept(pair: tuple[Town, Town]) -> None:
    mine, other = pair
    add_operator(mine.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
    add_operator(other.ctx, name="会計 三郎", roles=["accounting"], password=OTHER_PASSWORD)
    with pytest.raises(RuleViolation, match="operator.name_taken"):
        add_operator(other.ctx, name=OTHER, roles=["view"], password=OTHER_PASSWORD)
    ring = ring_of(mine.folder)
    assert all(ring.has_login(name) for name in (OPERATOR, OTHER, "会計 三郎"))
    stale, fresh = Keyring.load(keys_of(mine.folder)), Keyring.load(keys_of(other.folder))
    fresh.save()
    assert refused(stale.save) == "database.keys_changed"


def test_wrong_passwords_are_counted_for_all_desks_together(desk: Path) -> None:
    folders = desk, second_desk(desk)
    for folder in (*folders, *folders):
        with pytest.raises(EnvironmentFault):
            gateway(now=Clock()).open(folder, operator=OPERATOR, password="wrong password")
    assert all(gateway().wait_seconds(folder) > 0.5 for folder in folders)
    assert refused(lambda: open_town(folders[0], Clock())) == "signin.wait"


def test_schema_is_moved_by_one_desk_alone(pair: tuple[Town, Town]) -> None:
    mine, other = pair
    store: Any = mine.session._store
    with pytest.raises(EnvironmentFault, match="database.desks_open"):
        store.backend.migrate(store._writer)
    other.session.close(backup=False)
    with store._writer.connect() as connection, connection.begin():
        assert connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({server.PRESENCE})").scalar_one()
        assert refused(lambda: open_town(other.folder, Clock())) == "database.being_moved"
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({server.PRESENCE})")
    store.backend.migrate(store._writer)
    assert mine.problems() == []


def test_later_schema_comes_to_a_server_as_to_a_folder(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "later"
    shutil.copytree(ROOT / "db" / "migrations", root / "db" / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "db" / "migrations" / "versions" / "9001_later.py").write_text(
        f'"""Later."""\nfrom alembic import op\nrevision, down_revision = "9001", "{migrating.REVISIONS[-1]}"\n'
        "def upgrade():\n    op.execute(\"CREATE TABLE later (one TEXT NOT NULL)\")\n",
        "ascii",
    )
    with monkeypatch.context() as patched:
        patched.setattr(migrating.resources, "root", lambda: root)
        patched.setattr(migrating, "REVISIONS", (*migrating.REVISIONS, "9001"))
        town = open_town(desk, Clock())
        assert "store.migrated" in town.session.notices
        assert town.sql("SELECT version_num FROM alembic_version") == [("9001",)] and town.sql("SELECT count(*) FROM later") == [(0,)]
        arrive(town)
        assert town.problems() == []
        town.session.close(backup=False)
    assert refused(lambda: open_town(desk, Clock())) == "store.newer"
    backup = next((desk / "backups").iterdir())  # made before, of the schema before
    gateway(now=Clock()).restore(backup, into=tmp_path / "back", operator=OPERATOR, password=PASSWORD)
    open_town(tmp_path / "back", Clock()).session.close(backup=False)


def test_schema_of_a_newer_program_is_refused(desk: Path) -> None:
    town = open_town(desk, Clock())
    town.sql("UPDATE alembic_version SET version_num = '9999'")
    town.session.close(backup=False)
    assert refused(lambda: open_town(desk, Clock())) == "store.newer"


def test_of_several_desks_the_last_one_backs_up(desk: Path) -> None:
    clock = Clock()
    towns = [open_town(folder, clock) for folder in (desk, second_desk(desk))]
    clock.forward(minutes=5)
    for town in towns:
        arrive(town)
    assert back_up_now(towns[0].ctx, folder=towns[0].folder)[1] == []
    clock.forward(minutes=5)
    for town in towns:
        arrive(town)
    towns[0].session.close()
    assert len(list((towns[0].folder / "backups").iterdir())) == 1
    towns[1].session.close()
    assert len(list((towns[1].folder / "backups").iterdir())) == 1


# -- the role of desks --------------------------------------------------------------------------------------------


def test_role_of_desks_may_work_and_no_more(postgres: Cluster, desk: Path, tmp_path: Path) -> None:
    found, role = read_desk(desk), f"desk_{os.getpid()}"
    assert found is not None
    assert refused(lambda: require_role(found.url, role)) == "database.no_role"
    postgres.sql(f"CREATE ROLE {role} LOGIN")
    name = found.url.partition("///")[2].partition("?")[0]
    try:
        grant_role(found.url, role)
        url = found.url.replace(f"user={OWNER}", f"user={role}")
        write_desk(desk, replace(found, url=url))
        town = open_town(desk, Clock())
        person = arrive(town)
        seen = open_person(town.ctx, person_id=person).person
        correct_person(town.ctx, person_id=person, version=seen.version, values={"note": "書ける"})
        add(town, 1)
        add_operator(town.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
        back_up_to(town.ctx, target=tmp_path / "one.sasae-backup")
        assert town.problems() == []
        for statement in (
            "DELETE FROM journal", "UPDATE journal SET changes = '{}'", "UPDATE posting SET amount = 1", "DELETE FROM person",
            "UPDATE access SET persons = 0", "DELETE FROM access_person", "DELETE FROM keyring", "DROP TABLE person", "CREATE TABLE x (y integer)",
            "UPDATE alembic_version SET version_num = '0001'", "DELETE FROM attachment",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                town.sql(statement)
        town.session.close(backup=False)
    finally:
        postgres.drop(name)
        postgres.sql(f"DROP OWNED BY {role}")
        postgres.sql(f"DROP ROLE {role}")


# -- the command line --------------------------------------------------------------------------------------------


def run_init(*arguments: str, folder: Path) -> tuple[int, dict[str, Any]]:
    """``sasae init`` with JSON."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "SASAE_OPERATOR": OPERATOR, "SASAE_PASSWORD": PASSWORD}
    call = [sys.executable, "-m", "app", "--data", str(folder), "--json", "init", *arguments]
    done = subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.e2e
def test_init_makes_moves_and_joins(template: Path, postgres: Cluster, database: str, tmp_path: Path) -> None:
    described = ["--municipality", "172022", "--disaster", "見本地震", "--occurred", "2024-01-01T16:10", "--site", "本部", "--kind", "hq"]
    code, told = run_init("--database", database, folder=tmp_path / "a")
    assert (code, told["error"]["code"]) == (3, "database.empty")
    code, made = run_init("--database", database, *described, folder=tmp_path / "a")
    assert code == 0 and made["moved"] == 0 and len(made["recovery_key"]) == 39 and made["database"] == server.shown(database)
    code, told = run_init("--database", database, *described, folder=tmp_path / "b")
    assert (code, told["error"]["code"]) == (3, "database.holds_store")
    code, joined = run_init("--database", database, folder=tmp_path / "b")
    assert code == 0 and joined["joined"] and joined["device_id"] == made["device_id"] and joined["recovery_key"] is None
    second = f"e{next(_NUMBERS)}_{os.getpid()}"
    url = postgres.create(second)
    try:
        folder = copy_store(template, tmp_path / "own")
        code, told = run_init("--database", url, "--municipality", "172022", folder=folder)
        assert (code, told["error"]["code"]) == (2, "database.init_extra")
        code, moved = run_init("--database", url, folder=folder)
        assert code == 0 and moved["moved"] > 10 and (folder / DESK).exists()
        code, told = run_init("--desk-role", "nobody", folder=tmp_path / "c")
        assert code == 2
    finally:
        postgres.drop(second)
