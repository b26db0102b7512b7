"""Full disks and sticks, really full where a small disk can be mounted: a sentence, nothing half there, and it goes on once there is room."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.domain.errors import EnvironmentFault
from app.presentation.messages import message
from app.syncing.packages import apply_package, write_package
from tests.package_town import add_picture, arrive, content, enrolled, open_office, send, take
from tests.storage.test_disk_full import Disk, disk, file_limit, pages_left
from tests.stores import Clock, Town, copy_store, open_town

__all__ = ["disk"]
SITE = "見本小学校"
WORDS = {"store.disk_full", "store.disk_error", "store.cannot_open", "file.disk_full"}


@dataclass
class Two:
    """Headquarters and a desk, and a package between them."""

    hq: Town
    desk: Town
    package: Path


@pytest.fixture
def two(template: Path, tmp_path: Path) -> Iterator[Two]:
    hq = open_office(open_town(copy_store(template, tmp_path / "hq"), Clock()))
    desk = enrolled(hq, tmp_path / "desk", kind="desk")
    arrive(hq, *(f"見本　{at}郎" for at in range(50)))
    add_picture(hq, random.Random(1).randbytes(300_000))
    yield Two(hq, desk, send(hq, SITE, tmp_path / "stick").path)
    for town in (hq, desk):
        town.session.close(backup=False)


def test_no_page_left_at_random_points_while_taking_in(two: Two) -> None:
    before, drawn, failures = content(two.desk), random.Random(4), 0
    for _ in range(25):
        with pages_left(two.desk, drawn.randrange(0, 12)), pytest.raises(EnvironmentFault) as fault:
            take(two.desk, two.package)
        assert fault.value.code == "store.disk_full" and "{" not in message(fault.value)
        failures += 1
    assert content(two.desk) == before and failures == 25
    assert take(two.desk, two.package).report.records["person"] == 50
    assert two.desk.problems() == []


def test_no_file_may_grow_at_random_points_while_taking_in(two: Two) -> None:
    before, drawn = content(two.desk), random.Random(5)
    for _ in range(25):
        with file_limit(drawn.randrange(0, 250_000)), pytest.raises(EnvironmentFault) as fault:
            take(two.desk, two.package)
        assert fault.value.code in WORDS
    assert content(two.desk) == before
    assert take(two.desk, two.package).pictures == 1 and two.desk.problems() == []


def test_a_really_full_disk_while_taking_in(template: Path, tmp_path: Path, disk: Disk) -> None:
    hq = open_office(open_town(copy_store(template, tmp_path / "hq"), Clock()))
    desk = enrolled(hq, disk.path / "desk", kind="desk")
    try:
        arrive(hq, *(f"見本　{at}郎" for at in range(50)))
        add_picture(hq, random.Random(1).randbytes(600_000))
        package = send(hq, SITE, tmp_path / "stick").path
        before, drawn, failures = content(desk), random.Random(6), 0
        for at in range(12):
            desk.sql("PRAGMA wal_checkpoint(TRUNCATE)")
            disk.fill(drawn.randrange(0, 1_500_000 if at % 2 else 100_000))
            try:
                apply_package(desk.ctx, source=package, folder=desk.folder, receipt=False)
            except EnvironmentFault as fault:
                assert fault.code in WORDS
                failures += 1
            finally:
                disk.empty()
            if not failures:
                break
            assert content(desk) == before
        assert failures >= (8 if disk.mounted else 1)
        assert take(desk, package).report.records["person"] == 50 and desk.problems() == []
    finally:
        disk.empty()
        for town in (hq, desk):
            town.session.close(backup=False)


def test_a_small_stick_is_looked_at_first_and_a_lying_one_leaves_nothing(two: Two, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = two.hq.ctx.reads.exchange.packages(limit=1000)
    disk.fill(100_000)
    try:
        if disk.mounted:
            with pytest.raises(EnvironmentFault) as fault:
                write_package(two.hq.ctx, to_site=SITE, target=disk.path)
            assert fault.value.code == "exchange.no_room" and "MB" in message(fault.value)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 40))
        with pytest.raises(EnvironmentFault) as full:
            write_package(two.hq.ctx, to_site=SITE, target=disk.path)
        assert full.value.code == "file.disk_full"
    finally:
        disk.empty()
    assert [path.name for path in disk.path.iterdir()] == [] and two.hq.ctx.reads.exchange.packages(limit=1000) == notes
    assert write_package(two.hq.ctx, to_site=SITE, target=disk.path).path.exists()


def test_a_full_stick_costs_the_receipt_only(two: Two, disk: Disk) -> None:
    path = shutil.copyfile(two.package, disk.path / two.package.name)
    backup = two.desk.folder / "backups"
    two.desk.ctx.backups.rotate(backup, keep=5)
    if disk.mounted:
        disk.fill(0)
        done = take(two.desk, path, receipt=True)
    else:
        done = take(two.desk, path)
        with file_limit(0):
            done = take(two.desk, path, receipt=True)
    disk.empty()
    assert done.receipt is None and [code for code, _ in done.warnings] == ["exchange.receipt_missing"]
    said = message("exchange.receipt_missing", **done.warnings[0][1])
    assert "取り込みは終わりました" in said and "{" not in said
    again = take(two.desk, path, receipt=True)
    assert again.already and again.receipt is not None and again.receipt.exists()


def test_a_stick_that_cannot_be_written_to_costs_the_receipt_only(two: Two, disk: Disk) -> None:
    path = shutil.copyfile(two.package, disk.path / two.package.name)
    if not disk.mounted:
        pytest.skip("no disk can be mounted here")
    subprocess.run(["mount", "-o", "remount,ro", disk.path], check=True, capture_output=True)
    try:
        done = take(two.desk, path, receipt=True)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk.path], check=True, capture_output=True)
    assert done.receipt is None and done.report.records["person"] == 50 and done.warnings[0][0] == "exchange.receipt_missing"


def test_a_stick_pulled_after_taking_in_costs_the_receipt_only(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.syncing import packages

    real = packages.take_package

    def pulled(*args: object, **options: object) -> object:
        done = real(*args, **options)  # type: ignore[arg-type]
        shutil.rmtree(two.package.parent)
        return done

    monkeypatch.setattr(packages, "take_package", pulled)
    done = take(two.desk, two.package, receipt=True)
    assert done.receipt is None and done.report.records["person"] == 50 and [code for code, _ in done.warnings] == ["exchange.receipt_missing"]


@pytest.mark.slow
def test_memory_stays_small_whatever_the_size(two: Two, tmp_path: Path) -> None:
    """A package of 300 MB of pictures: written, verified and looked into by a program of its own."""
    add = "\n".join(
        [
            "import sys, random",
            "from pathlib import Path",
            "from tests.sync.taker import open_folder",
            "from tests.package_town import add_picture",
            "from app.syncing.packages import write_package, inspect_package, apply_package",
            "hq = open_folder(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[5])",
            "drawn = random.Random(2)",
            "for at in range(30): add_picture(hq, drawn.randbytes(10_000_000))",
            "sent = write_package(hq.ctx, to_site='見本小学校', target=Path(sys.argv[6]))",
            "assert sent.bytes > 300_000_000 and sent.card.pictures == 31, sent.card",
            "hq.session.close(backup=False)",
            "desk = open_folder(Path(sys.argv[3]), bytes.fromhex(sys.argv[4]), sys.argv[5])",
            "assert inspect_package(desk.ctx, source=sent.path).pictures == 31",
            "assert apply_package(desk.ctx, source=sent.path, folder=desk.folder).pictures == 31",
            "desk.session.close(backup=False)",
            # not ``ru_maxrss``: that begins with what the process had that started this one
            "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])",
        ]
    )
    keys = [two.hq.data_key.hex(), two.desk.data_key.hex()]
    folders = [str(two.hq.folder), str(two.desk.folder)]
    operator = two.hq.ctx.actor.operator_id
    for town in (two.hq, two.desk):
        town.session.close(backup=False)
    (tmp_path / "large").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", add, folders[0], keys[0], folders[1], keys[1], operator, str(tmp_path / "large")],
        capture_output=True, text=True, cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.split()[-1]) < 300_000, f"{int(done.stdout.split()[-1]) // 1000} MB"
    print(done.stdout)


def test_limits_are_given_back() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] in (-1, resource.RLIM_INFINITY)
