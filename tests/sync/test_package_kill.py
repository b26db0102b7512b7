"""Killed at a hundred random moments while taking a package in: afterwards the store is as before or as it should be, and clean."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.package_town import add_picture, arrive, enrolled, open_office, send
from tests.stores import RESIDENTS, Clock, copy_store, open_town, unlock
from tests.sync.taker import open_folder

ROOT = Path(__file__).resolve().parents[2]
KILLS = 100
PEOPLE = 150


@dataclass
class Scene:
    """A desk's folder as it was before, a package for it, and the process that forks the victims."""

    folder: Path
    before: Path
    package: Path
    key: bytes
    operator: str
    process: subprocess.Popen[str]
    states: dict[str, int] = field(default_factory=dict)

    def restore(self) -> None:
        """The store as it was before anything was taken in."""
        for path in (*self.folder.glob("store.db*"), self.folder / "lock", self.folder / "lock.note"):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "attachments", ignore_errors=True)
        shutil.copyfile(self.before, self.folder / "store.db")
        for receipt in self.package.parent.glob("*.receipt.sasae"):
            receipt.unlink()

    def kill_one(self, after: float | None) -> tuple[float, bool]:
        """Fork a victim, let it begin, kill it ``after`` seconds or when it has done; answers how long it lived and whether it had."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        lines = [self.process.stdout.readline(), self.process.stdout.readline()]
        assert lines[1] == "open\n", lines
        pid, began, done = int(lines[0].split()[1]), time.monotonic(), False
        if after is None:
            done = self.process.stdout.readline() == "done\n"
        else:
            time.sleep(after)
        lived = time.monotonic() - began
        os.kill(pid, signal.SIGKILL)
        while (line := self.process.stdout.readline()) != "dead\n":
            assert not line.startswith("failed"), bytes.fromhex(line.split()[1]).decode()
            done = done or line == "done\n"
        return lived, done

    def look(self, *, done: bool) -> None:
        """Open as the program would, and find everything or nothing of the package."""
        town = open_folder(self.folder, self.key, self.operator)
        try:
            people, snapshots = len(town.ctx.reads.all("person")), town.ctx.reads.residents.snapshots()
            taken = len([one for one in town.ctx.reads.exchange.packages() if one.direction == "in"])
            residents = snapshots[0].residents if snapshots else 0
            photos = len(town.ctx.reads.all("photo"))
            state = (people, residents, photos, taken, len(town.ctx.reads.exchange.peers()))
            assert state in ((0, 0, 0, 0, 0), (PEOPLE, len(RESIDENTS), 1, 1, 1)), state
            assert not done or taken, "what was said to be taken in is gone"
            for photo in town.ctx.reads.all("photo"):
                assert len(town.ctx.attachments.get(photo.content)) == 700_000  # type: ignore[attr-defined]
            assert town.problems() == []
            assert not [path for path in self.package.parent.iterdir() if path.suffix not in (".sasae", ".tmp") and path.is_file()]
            name = "new" if taken else "old"
            self.states[name] = self.states.get(name, 0) + 1
        finally:
            town.session.close(backup=False)


@pytest.fixture
def scene(template: Path, tmp_path: Path) -> Iterator[Scene]:
    hq = open_office(open_town(copy_store(template, tmp_path / "hq"), Clock()))
    desk = enrolled(hq, tmp_path / "desk", kind="desk")
    arrive(hq, *(f"見本　{at}郎" for at in range(PEOPLE)))
    add_picture(hq, random.Random(1).randbytes(700_000))
    package = send(hq, "見本小学校", tmp_path / "stick").path
    operator = desk.ctx.actor.operator_id
    for town in (hq, desk):
        town.session.close(backup=False)
    before = shutil.copyfile(desk.folder / "store.db", tmp_path / "before.db")
    key = unlock(desk.folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sync.taker", str(desk.folder), str(package), operator],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdin and process.stdout
    process.stdin.write(key.hex() + "\n")
    yield Scene(desk.folder, Path(before), package, key, operator, process)
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_random_moments(scene: Scene) -> None:
    drawn = random.Random(6)
    took, done = scene.kill_one(None)
    scene.look(done=done)
    for _ in range(KILLS):
        scene.restore()
        _, done = scene.kill_one(drawn.random() * took * 1.5)
        scene.look(done=done)
    assert min(scene.states["old"], scene.states["new"]) >= KILLS // 20, scene.states
    assert scene.kill_one(None)[1], "after all that the package is taken in"
    scene.look(done=True)
    print(scene.states)
