"""A full disk: the act fails in words, the store stays good, and goes on once there is room. Really full where a small disk can be mounted;
everywhere with a limit on the size of files, and with SQLite's own limit on pages."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault, SasaeError
from app.storage.backup import check_backup
from app.usecases.backups import back_up_now, back_up_to
from app.usecases.operators import add_operator, list_operators
from app.usecases.reception import Arrival, check_in
from app.usecases.residents import load_residents
from app.usecases.rosters import take_roster
from app.usecases.rows import RosterFilter
from app.usecases.settings import change_settings
from tests.stores import RESIDENTS, Clock, Town, copy_store, open_town

pytestmark = pytest.mark.of_the_file

WORDS = {"store.disk_full", "store.disk_error", "store.cannot_open", "file.disk_full"}
FAMILY = 4


def arrive(town: Town) -> None:
    """A family of four with long notes."""
    town.clock.forward(minutes=1)
    check_in(
        town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": f"架空{n}", "note": "長" * 3000}) for n in range(FAMILY)]
    )


def load(town: Town) -> None:
    """Residents in three batches."""
    town.clock.forward(minutes=1)
    load_residents(town.ctx, batches=[RESIDENTS * 40] * 3, as_of=town.clock())


def look(town: Town) -> None:
    """A roster, which is noted in the access log."""
    town.clock.forward(minutes=1)
    take_roster(town.ctx, wanted=RosterFilter(at=town.clock()))


ACTS: tuple[Callable[[Town], None], ...] = (arrive, load, arrive, look)


def state(town: Town) -> tuple[int, ...]:
    """How much of everything there is."""
    tables = ("person", "stay", "household", "journal", "access", "resident", "snapshot")
    return tuple(town.sql(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in tables)}")[0])


def fails_and_recovers(town: Town, act: Callable[[Town], None], *, full: Callable[[], object], room: Callable[[], object]) -> bool:
    """Try the act on a full disk, then with room; answers whether it failed at first."""
    before = state(town)
    full()
    failed = False
    try:
        act(town)
    except SasaeError as fault:
        failed = True
        assert isinstance(fault, EnvironmentFault) and fault.code in WORDS, fault.code
    finally:
        room()
    if failed:
        assert state(town) == before, "half an act"
        act(town)
    assert state(town) > before
    return failed


# -- SQLite's own limit ----------------------------------------------------------------------------------------


@contextmanager
def pages_left(town: Town, pages: int) -> Iterator[None]:
    """The writer may add only so many pages."""
    raw = town.session._store._writer.raw_connection()  # type: ignore[union-attr]
    cursor = raw.cursor()
    most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
    cursor.execute(f"PRAGMA max_page_count = {cursor.execute('PRAGMA page_count').fetchone()[0] + pages}").fetchone()
    raw.close()
    try:
        yield
    finally:
        raw = town.session._store._writer.raw_connection()  # type: ignore[union-attr]
        raw.cursor().execute(f"PRAGMA max_page_count = {most}").fetchone()
        raw.close()


def test_no_page_left_at_random_points(town: Town) -> None:
    drawn, failures = random.Random(1), 0
    for number in range(70):
        act = ACTS[number % 3]
        before = state(town)
        with pages_left(town, drawn.randrange(0, 40 if act is load else 12)):
            try:
                act(town)
            except EnvironmentFault as fault:
                assert fault.code == "store.disk_full"
                assert state(town) == before
                failures += 1
    assert failures >= 25
    arrive(town)
    load(town)
    assert town.problems() == []


# -- no file may grow ------------------------------------------------------------------------------------------


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file of this process may grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_file_may_grow_at_random_points(town: Town) -> None:
    drawn, failures = random.Random(2), 0
    log = town.folder / "store.db-wal"
    for number in range(150):
        act = ACTS[number % len(ACTS)]
        before = state(town)
        limit = drawn.randrange(0, (log.stat().st_size if log.exists() else 0) + 40_000)
        try:
            with file_limit(limit):
                act(town)
        except EnvironmentFault as fault:
            assert fault.code in WORDS
            assert state(town) == before
            failures += 1
            act(town)
    assert failures >= 50
    assert town.problems() == []


def test_backup_that_may_not_grow_keeps_the_old_one(town: Town) -> None:
    target = town.folder.parent / "old.sasae-backup"
    back_up_to(town.ctx, target=target)
    before = target.read_bytes()
    arrive(town)
    for limit in random.Random(3).sample(range(1, len(before)), 15):
        with file_limit(limit), pytest.raises(EnvironmentFault) as caught:
            back_up_to(town.ctx, target=target)
        assert caught.value.code in WORDS
        assert target.read_bytes() == before and {path.name for path in target.parent.glob("*backup*")} == {target.name}
    back_up_to(town.ctx, target=target)
    check_backup(target)
    assert target.read_bytes() != before


# -- a disk that is really full --------------------------------------------------------------------------------


@dataclass
class Disk:
    """A small disk of its own, or where none may be mounted, a limit on the size of files that stands for it."""

    path: Path
    mounted: bool
    limits: tuple[int, int]

    def fill(self, left: int) -> None:
        """Leave so many bytes."""
        if not self.mounted:
            sizes = [file.stat().st_size for file in self.path.rglob("*-wal")]
            resource.setrlimit(resource.RLIMIT_FSIZE, (max([*sizes, 0]) + left, self.limits[1]))
            return
        with (self.path / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass
            file.truncate(max(0, file.tell() - left))

    def empty(self) -> None:
        """Give the room back."""
        if self.mounted:
            (self.path / "filler").unlink(missing_ok=True)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, self.limits)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    path = tmp_path / f"disk-{uuid.uuid4().hex[:8]}"
    path.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    mount = shutil.which("mount")
    mounted = (
        bool(mount)
        and os.geteuid() == 0
        and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", path], capture_output=True).returncode == 0
    )
    made = Disk(path=path, mounted=mounted, limits=limits)
    yield made
    made.empty()
    if mounted:
        subprocess.run(["umount", "-l", path], check=True, capture_output=True)


def test_full_disk_at_random_points(template: Path, disk: Disk) -> None:
    town = open_town(copy_store(template, disk.path / "支え"), Clock())
    (town.folder / "reserve.bin").unlink()
    drawn, failures = random.Random(4), 0
    try:
        for number in range(120):
            act = load if number % 10 == 9 else arrive
            town.sql("PRAGMA wal_checkpoint(TRUNCATE)")  # otherwise the log has room of its own
            left = drawn.choice((0, drawn.randrange(0, 8192), drawn.randrange(0, 40_000)))
            failures += fails_and_recovers(town, act, full=lambda left=left: disk.fill(left), room=disk.empty)
            if number % 40 == 39:
                assert town.problems() == []
        assert failures >= 50
        assert town.problems() == []
    finally:
        disk.empty()
        town.session.close(backup=False)
    again = open_town(disk.path / "支え", Clock())
    assert again.problems() == []
    again.session.close(backup=False)


def test_closing_on_a_full_disk_loses_nothing(template: Path, disk: Disk) -> None:
    folder = copy_store(template, disk.path / "支え")
    for _ in range(5):
        town = open_town(folder, Clock())
        arrive(town)
        people = len(town.ctx.reads.persons.ids())
        disk.fill(0)
        town.session.close()
        disk.empty()
        town = open_town(folder, Clock())
        assert len(town.ctx.reads.persons.ids()) == people and town.problems() == []
        town.session.close(backup=False)


def test_backup_onto_a_full_disk_keeps_the_old_backup_and_tells(town: Town, disk: Disk) -> None:
    change_settings(town.ctx, values={"backup_folder": str(disk.path / "backups")})
    made, problems = back_up_now(town.ctx, folder=town.folder)
    assert len(made) == 2 and not problems
    old = made[1].read_bytes()
    for left in (0, 5_000, 100_000, 300_000):
        town.clock.forward(minutes=1)
        arrive(town)
        disk.fill(left)
        try:
            made_now, problems = back_up_now(town.ctx, folder=town.folder)
        finally:
            disk.empty()
        if disk.mounted:
            assert len(made_now) == 1 and [fault.code in WORDS for fault in problems] == [True]
        assert made[1].read_bytes() == old
        assert [path.name for path in made[1].parent.iterdir() if not path.name.startswith("sasae-")] == []
    town.clock.forward(minutes=1)
    assert len(back_up_now(town.ctx, folder=town.folder)[0]) == 2


def test_reserve_is_given_back_to_open_on_a_full_disk(template: Path, disk: Disk) -> None:
    folder = copy_store(template, disk.path / "支え")
    reserve = folder / "reserve.bin"
    assert reserve.stat().st_size == 4 * 1024 * 1024
    disk.fill(0)
    if not disk.mounted:  # a limit on files says nothing of the whole disk: open, and look at the reserve only
        disk.empty()
    town = open_town(folder, Clock())
    try:
        assert ("store.reserve_used" in town.session.notices) == disk.mounted
        assert reserve.exists() != disk.mounted
        arrive(town)  # there is room again for what is urgent
        assert town.problems() == []
    finally:
        disk.empty()
        town.session.close(backup=False)
    assert reserve.stat().st_size == 4 * 1024 * 1024
    town = open_town(folder, Clock())
    assert town.session.notices == () and len(town.ctx.reads.persons.ids()) == FAMILY
    town.session.close(backup=False)


def test_reserve_that_does_not_fit_leaves_no_part_of_itself(template: Path, disk: Disk) -> None:
    folder = copy_store(template, disk.path / "支え")
    (folder / "reserve.bin").unlink()
    town = open_town(folder, Clock())
    disk.fill(1_000_000)
    town.session.close(backup=False)
    assert not (folder / "reserve.bin").exists()
    disk.empty()
    open_town(folder, Clock()).session.close(backup=False)
    assert (folder / "reserve.bin").stat().st_size == 4 * 1024 * 1024


def test_operator_who_could_not_be_written_can_be_added_later(template: Path, disk: Disk) -> None:
    town = open_town(copy_store(template, disk.path / "支え"), Clock())
    try:
        disk.fill(0)
        try:
            with pytest.raises(EnvironmentFault) as caught:
                add_operator(town.ctx, name="避難 次郎", roles=["shelter"], password="another long secret")
            assert caught.value.code in WORDS
        finally:
            disk.empty()
        assert len(list_operators(town.ctx)) == 1
        add_operator(town.ctx, name="避難 次郎", roles=["shelter"], password="another long secret")
    finally:
        town.session.close(backup=False)


def test_set_up_on_a_full_disk_fails_in_words_and_leaves_nothing(disk: Disk) -> None:
    from app.bootstrap import gateway
    from tests.stores import setup_of

    disk.fill(200_000)
    try:
        with pytest.raises(EnvironmentFault) as caught:
            gateway(now=Clock()).create(disk.path / "new", setup_of())
        assert caught.value.code in WORDS
        assert not [path.name for path in (disk.path / "new").iterdir() if path.name != "lock"]
    finally:
        disk.empty()
    session, _ = gateway(now=Clock()).create(disk.path / "new", setup_of())
    session.close(backup=False)
