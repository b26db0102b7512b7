"""One program per folder, backups while it is used, restoring as a new device."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError
from app.storage.backup import check_backup
from app.storage.lock import machine_name
from app.usecases.backups import back_up_now, back_up_to
from app.usecases.operators import add_operator
from app.usecases.reception import Arrival, check_in
from app.usecases.residents import load_residents
from app.usecases.rows import RosterFilter
from app.usecases.settings import change_settings, last_backup
from tests.stores import OPERATOR, PASSWORD, RESIDENTS, Clock, Town, open_town, run_sql

ROOT = Path(__file__).resolve().parents[2]


def arrive(town: Town, name: str = "旅人　一") -> str:
    """Somebody comes to the first shelter."""
    return check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": name})]).persons[0]


def backups(folder: Path) -> list[str]:
    """Everything in the backup folder."""
    return sorted(path.name for path in (folder / "backups").iterdir())


# -- one program per folder ------------------------------------------------------------------------------------


@pytest.mark.of_the_file
def test_second_program_is_told_who_where_and_since_when(town: Town) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.stores import *; from app.domain.errors import SasaeError\n"
        "try:\n    open_town(Path(sys.argv[1]), Clock())\n"
        "except SasaeError as fault:\n    import json; print(json.dumps([fault.code, fault.exit_code, fault.params], default=str))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(town.folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = json.loads(done.stdout)
    since = str(town.clock().replace(second=0, microsecond=0))
    assert told == ["store.in_use", 3, {"operator": OPERATOR, "machine": machine_name(), "since": since}]
    arrive(town)  # the first goes on


@pytest.mark.of_the_file
def test_same_process_cannot_open_twice_either_and_release_frees(town: Town) -> None:
    with pytest.raises(EnvironmentFault, match="store.in_use"):
        open_town(town.folder, Clock())
    town.session.close(backup=False)
    town.session.close(backup=False)
    open_town(town.folder, Clock()).session.close(backup=False)
    assert not (town.folder / "lock.note").exists()


@pytest.mark.of_the_file
def test_unreadable_note_still_refuses(town: Town) -> None:
    (town.folder / "lock.note").write_text("nonsense", "ascii")
    with pytest.raises(EnvironmentFault) as caught:
        open_town(town.folder, Clock())
    assert caught.value.params == {"operator": "?", "machine": "?", "since": "?"}


def test_reading_beside_the_first_program_sees_what_it_writes_and_writes_nothing(town: Town) -> None:
    reader = gateway(now=town.clock).open(town.folder, operator=OPERATOR, password=PASSWORD, read_only=True)
    try:
        arrive(town)
        assert len(reader.context.reads.rosters.roster(RosterFilter(at=town.clock())).rows) == 1
        with pytest.raises(EnvironmentFault, match="store.read_only"), reader.context.unit() as uow:
            uow.commit()
    finally:
        reader.close()  # with backup asked for: nothing to do, nothing raised


# -- backups ---------------------------------------------------------------------------------------------------


def test_backup_while_in_use_holds_what_was_there(town: Town, tmp_path: Path) -> None:
    arrive(town)
    size, digest = back_up_to(town.ctx, target=tmp_path / "支え.sasae-backup")
    assert (tmp_path / "支え.sasae-backup").stat().st_size == size and len(digest) == 64
    arrive(town, "後の人")
    device = gateway(now=town.clock).restore(tmp_path / "支え.sasae-backup", into=tmp_path / "new", operator=OPERATOR, password=PASSWORD)
    restored = open_town(tmp_path / "new", town.clock)
    try:
        assert restored.problems() == []
        assert [hit.name for hit in restored.ctx.reads.persons.page(restored.ctx.reads.persons.ids(), at=town.clock())] == ["旅人　一"]
        assert restored.ctx.place.device_id == device != town.ctx.place.device_id
        number = restored.ctx.reads.get("person", arrive(restored)).number  # type: ignore[union-attr]
        assert number.startswith(restored.ctx.place.device_prefix) and "-00001-" in number
        assert restored.problems() == []
        devices = restored.sql("SELECT id, is_self, journal_seq FROM device ORDER BY created_at, journal_seq DESC")
        assert len(devices) == 2 and sum(row[1] for row in devices) == 1
        context = [json.loads(row[0]) for row in restored.sql("SELECT context FROM journal WHERE device = ? ORDER BY device_seq", device)]
        assert [(key.partition("@")[0], seq) for key, seq in context[0].items()] == [(town.ctx.place.device_id, devices[0][2])]
        assert not any(context[1:])
    finally:
        restored.session.close(backup=False)


def test_same_person_number_is_never_given_by_copy_and_original(town: Town, tmp_path: Path) -> None:
    back_up_to(town.ctx, target=tmp_path / "a.sasae-backup")
    gateway(now=town.clock).restore(tmp_path / "a.sasae-backup", into=tmp_path / "copy", operator=OPERATOR, password=PASSWORD)
    copy = open_town(tmp_path / "copy", town.clock)
    try:
        mine, theirs = (one.ctx.reads.get("person", arrive(one)).number for one in (town, copy))  # type: ignore[union-attr]
        assert mine != theirs
    finally:
        copy.session.close(backup=False)


def test_rotation_keeps_the_newest_of_this_device_only(town: Town) -> None:
    change_settings(town.ctx, values={"backup_keep": 3})
    folder = town.folder / "backups"
    folder.mkdir()
    other = "sasae-20200101-000000-ZZZZ.sasae-backup"
    (folder / other).write_bytes(b"of another laptop")
    (folder / "notes.txt").write_text("mine", "ascii")
    made = []
    for _ in range(5):
        made += [path.name for path in back_up_now(town.ctx, folder=town.folder)[0]]
        town.clock.forward(minutes=1)
    assert backups(town.folder) == sorted([*made[-3:], other, "notes.txt"])


def test_many_backups_in_one_second_are_kept_in_order(town: Town) -> None:
    change_settings(town.ctx, values={"backup_keep": 2})
    made = [back_up_now(town.ctx, folder=town.folder)[0][0].name for _ in range(5 if town.on_server else 13)]
    assert len(set(made)) in (5, 13) and set(backups(town.folder)) == set(made[-2:])


def test_clock_set_back_never_costs_the_backup_just_made(town: Town) -> None:
    change_settings(town.ctx, values={"backup_keep": 2})
    for _ in range(3):
        town.clock.forward(days=1)
        back_up_now(town.ctx, folder=town.folder)
    town.clock.time = datetime(2015, 1, 1, tzinfo=UTC)
    made, _ = back_up_now(town.ctx, folder=town.folder)
    assert made[0].exists() and len(backups(town.folder)) == 2


def test_leftovers_of_a_killed_backup_go_with_the_next(town: Town) -> None:
    folder = town.folder / "backups"
    folder.mkdir()
    for name in (
        ".0123456789abcdef.tmp.sasae-backup",
        ".0123456789abcdef.tmp.sasae-backup.db",
        ".0123456789abcdef.tmp.sasae-backup.db-journal",
    ):
        (folder / name).write_bytes(b"half")
    (folder / ".hidden").write_bytes(b"somebody's")
    made, _ = back_up_now(town.ctx, folder=town.folder)
    assert set(backups(town.folder)) == {made[0].name, ".hidden"}


def test_second_folder_gets_a_copy_and_a_missing_stick_is_told_but_not_made(town: Town, tmp_path: Path) -> None:
    stick = tmp_path / "usb" / "支え"
    change_settings(town.ctx, values={"backup_folder": str(stick)})
    made, problems = back_up_now(town.ctx, folder=town.folder)
    assert len(made) == 1 and [fault.code for fault in problems] == ["file.not_writable"] and not stick.parent.exists()
    stick.parent.mkdir()
    half = stick / ".0123456789abcdef.tmp.sasae-backup"
    stick.mkdir()
    half.write_bytes(b"another laptop writes this now")
    made, problems = back_up_now(town.ctx, folder=town.folder)
    assert len(made) == 2 and problems == [] and made[1].parent == stick and half.exists()
    os.utime(half, (0, 0))
    back_up_now(town.ctx, folder=town.folder)
    assert not half.exists()


def test_backup_on_exit_only_when_something_changed(folder: Path) -> None:
    clock = Clock()
    clock.forward(minutes=5)
    open_town(folder, clock).session.close()
    assert len(backups(folder)) == 1  # never backed up before
    clock.forward(minutes=5)
    open_town(folder, clock).session.close()
    assert len(backups(folder)) == 1
    town = open_town(folder, clock)
    arrive(town)
    town.session.close()
    assert len(backups(folder)) == 2
    clock.forward(minutes=5)
    town = open_town(folder, clock)
    load_residents(town.ctx, batches=[RESIDENTS], as_of=clock())
    town.session.close()
    assert len(backups(folder)) == 3


def test_change_made_while_a_backup_runs_is_backed_up_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    began = clock.forward(minutes=5)
    town = open_town(folder, clock)
    write = town.ctx.backups.write

    def slow(target: Path, **given: bool) -> tuple[int, str]:
        found = write(target)
        clock.forward(minutes=2)
        arrive(town)
        clock.forward(minutes=2)
        return found

    monkeypatch.setattr(town.ctx.backups, "write", slow)
    back_up_now(town.ctx, folder=folder)
    monkeypatch.undo()
    assert last_backup(town.ctx) == began
    town.session.close()
    assert len(backups(folder)) == 2


@pytest.mark.parametrize("password", ["wrong password", PASSWORD])
def test_restore_leaves_nothing_behind_when_refused(town: Town, tmp_path: Path, password: str) -> None:
    made, _ = add_operator(town.ctx, name="避難 次郎", roles=["shelter"], password=PASSWORD)
    back_up_to(town.ctx, target=tmp_path / "a.sasae-backup")
    with pytest.raises(EnvironmentFault, match="signin.refused"):
        gateway(now=town.clock).restore(tmp_path / "a.sasae-backup", into=tmp_path / "new", operator="誰か", password=password)
    assert not (tmp_path / "new").exists()
    (tmp_path / "new").mkdir()
    with pytest.raises(EnvironmentFault, match="signin.refused"):
        gateway(now=town.clock).restore(tmp_path / "a.sasae-backup", into=tmp_path / "new", operator="誰か", password=password)
    assert not any((tmp_path / "new").iterdir())
    gateway(now=town.clock).restore(tmp_path / "a.sasae-backup", into=tmp_path / "new", operator=OPERATOR, password=PASSWORD)


def test_restore_never_touches_a_folder_that_holds_something(town: Town, tmp_path: Path) -> None:
    back_up_to(town.ctx, target=tmp_path / "a.sasae-backup")
    into = tmp_path / "full"
    into.mkdir()
    (into / "keys.json").write_text("mine", "ascii")
    with pytest.raises(EnvironmentFault, match="store.exists"):
        gateway(now=town.clock).restore(tmp_path / "a.sasae-backup", into=into, operator=OPERATOR, password=PASSWORD)
    assert [path.name for path in into.iterdir()] == ["keys.json"] and (into / "keys.json").read_text("ascii") == "mine"


def test_damaged_cut_foreign_and_missing_backups_are_refused(town: Town, tmp_path: Path) -> None:
    good = tmp_path / "good.sasae-backup"
    back_up_to(town.ctx, target=good)
    content = good.read_bytes()
    for number, at in enumerate(range(0, len(content), len(content) // 40)):
        bad = tmp_path / "bad.sasae-backup"
        bad.write_bytes(content[:at] + bytes([content[at] ^ (1 << number % 8)]) + content[at + 1 :])
        try:
            check_backup(bad)
        except SasaeError as fault:
            assert fault.code in ("backup.damaged", "backup.not_a_backup"), at
        else:  # a byte that carries nothing, such as the time of a member
            with zipfile.ZipFile(bad) as changed, zipfile.ZipFile(good) as sound:
                assert all(changed.read(name) == sound.read(name) for name in ("store.db", "keys.json"))
    (tmp_path / "cut.sasae-backup").write_bytes(content[: len(content) // 2])
    with pytest.raises(IntegrityFault, match="backup.damaged"):
        check_backup(tmp_path / "cut.sasae-backup")
    with zipfile.ZipFile(tmp_path / "foreign.sasae-backup", "w") as archive:
        archive.writestr("../escape", "x")
    with pytest.raises(IntegrityFault, match="backup.not_a_backup"):
        gateway(now=town.clock).restore(tmp_path / "foreign.sasae-backup", into=tmp_path / "new", operator=OPERATOR, password=PASSWORD)
    assert not (tmp_path / "new").exists() and not (tmp_path / "escape").exists()
    with pytest.raises(EnvironmentFault):
        check_backup(tmp_path / "nowhere.sasae-backup")


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a place that even the superuser cannot write to")
def test_backup_to_a_place_that_cannot_be_written_to_says_so(town: Town) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        back_up_to(town.ctx, target=Path("/sys/kernel/a.sasae-backup"))
    assert (caught.value.code, caught.value.params["path"]) == ("file.not_writable", "/sys/kernel/a.sasae-backup")


def test_old_backup_stays_whole_when_the_new_one_fails(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.sasae-backup"
    back_up_to(town.ctx, target=target)
    before = target.read_bytes()
    monkeypatch.setattr("app.storage.backup.check_backup", lambda path: (_ for _ in ()).throw(IntegrityFault("backup.damaged")))
    with pytest.raises(IntegrityFault):
        back_up_to(town.ctx, target=target)
    assert target.read_bytes() == before and [path.name for path in tmp_path.glob(".*")] == []


# -- other troubles --------------------------------------------------------------------------------------------


def test_folder_copied_as_files_opens_where_it_is(town: Town, tmp_path: Path) -> None:
    arrive(town)
    town.session.close(backup=False)
    shutil.copytree(town.folder, tmp_path / "copy")
    copy = open_town(tmp_path / "copy", town.clock)
    assert copy.problems() == []
    copy.session.close(backup=False)


def test_store_without_its_site_is_said(folder: Path) -> None:
    run_sql(folder, "UPDATE device SET site_id = 'x'")
    with pytest.raises(IntegrityFault, match="store.incomplete"):
        open_town(folder, Clock())
    run_sql(folder, "DELETE FROM device")
    with pytest.raises(IntegrityFault, match="store.no_device"):
        open_town(folder, Clock())


@pytest.mark.of_the_file
def test_key_of_another_folder_does_not_open_the_file(folder: Path, tmp_path: Path) -> None:
    from tests.stores import found_store

    found_store(tmp_path / "other", Clock())
    shutil.copy(tmp_path / "other" / "keys.json", folder / "keys.json")
    with pytest.raises(IntegrityFault, match="store.damaged"):
        open_town(folder, Clock())
