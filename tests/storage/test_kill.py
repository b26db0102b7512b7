"""Killed at any moment: what was promised is there, nothing is half there, and nobody repairs anything by hand."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.evacuee import Stay
from app.storage.backup import check_backup
from app.storage.store import Store
from app.storage.verify import verify_store
from tests.storage.victim import FAMILY
from tests.stores import START, Clock, open_town, unlock

pytestmark = pytest.mark.of_the_file

ROOT = Path(__file__).resolve().parents[2]
KILLS = {"checkin": 60, "load": 52, "backup": 52}
MOST_S = {"checkin": 0.10, "load": 0.25, "backup": 0.20}


@dataclass
class Scene:
    """A folder, the key that opens it, and everything promised so far."""

    folder: Path
    key: bytes
    operator: str
    promised: dict[str, set[str]] = field(default_factory=dict)

    def promise(self, lines: list[str]) -> None:
        """Take down what a victim said before it died. The last line may be cut short, and then nobody read it."""
        for line in lines:
            words = line.split()
            if line.endswith("\n") and len(words) > 1:
                self.promised.setdefault(words[0], set()).add(" ".join(words[1:]))


@pytest.fixture
def scene(folder: Path) -> Scene:
    town = open_town(folder, Clock())
    operator = town.ctx.actor.operator_id
    town.session.close(backup=False)
    return Scene(folder=folder, key=unlock(folder), operator=operator)


@dataclass
class Nursery:
    """The process that forks the victims."""

    process: subprocess.Popen[str]

    def kill_one(self, kind: str, number: int, after: float) -> list[str]:
        """Fork a victim, let it open, kill it ``after`` seconds later; answers what it promised."""
        pid = self._start(kind, number)
        time.sleep(after)
        return self._end(pid, number)

    def first_word(self, kind: str, number: int) -> tuple[float, list[str]]:
        """Seconds from opening to the first promise of a victim on this machine as busy as it is now, and what it promised."""
        assert self.process.stdout
        pid = self._start(kind, number)
        began = time.monotonic()
        first = self.process.stdout.readline()
        took = time.monotonic() - began
        return took, [first, *self._end(pid, number)]

    def _start(self, kind: str, number: int) -> int:
        assert self.process.stdin and self.process.stdout
        began = START + timedelta(days=number + 1)
        self.process.stdin.write(f"{kind} k{number} {began.isoformat()}\n")
        self.process.stdin.flush()
        pid, opened = 0, False
        while not (pid and opened):
            words = self.process.stdout.readline().split()
            assert words and words[0] in ("pid", "open"), f"kill {number}: the next start failed: {_told(words)}"
            pid, opened = (int(words[1]), opened) if words[0] == "pid" else (pid, True)
        return pid

    def _end(self, pid: int, number: int) -> list[str]:
        assert self.process.stdout
        os.kill(pid, signal.SIGKILL)
        lines: list[str] = []
        while (line := self.process.stdout.readline()) != "dead\n":
            assert line and not line.startswith("failed"), f"kill {number}: {_told(line.split())}"
            lines.append(line)
        return lines


def _told(words: list[str]) -> str:
    return bytes.fromhex(words[1]).decode() if words[:1] == ["failed"] else " ".join(words)


@pytest.fixture
def nursery(scene: Scene) -> Iterator[Nursery]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.victim", str(scene.folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin and process.stdout
    process.stdin.write(f"{scene.key.hex()}\n{scene.operator}\n")
    process.stdin.flush()
    yield Nursery(process)
    process.stdin.close()
    process.wait()
    process.stdout.close()


def inspect(scene: Scene, *, thorough: bool) -> None:
    """Open as the program would, and compare with what was promised."""
    store = Store.open(scene.folder, scene.key, operator="look", now=Clock()())
    try:
        people = Counter(person.household_id for person in store.reads.all("person"))  # type: ignore[attr-defined]
        stays = [stay for stay in store.reads.all("stay") if isinstance(stay, Stay)]
        homes = {person.id: person.household_id for person in store.reads.all("person")}  # type: ignore[attr-defined]
        staying = Counter(homes[stay.person_id] for stay in stays)
        assert set(people) == {household.id for household in store.reads.all("household")}
        assert set(people.values()) <= {FAMILY} and people == staying, "half a family"
        assert scene.promised.get("family", set()) <= set(people), "a promised family is gone"
        gone = {stay.person_id for stay in stays if stay.to_at is not None}
        assert scene.promised.get("left", set()) <= gone, "a promised leaving is gone"
        snapshots = store.reads.residents.snapshots()
        assert scene.promised.get("snapshot", set()) <= {f"{one.id} {one.residents}" for one in snapshots}
        assert {one.residents for one in snapshots[:-1]} <= {600} and sum(one.active for one in snapshots) == 1
        with store.reader().connect() as connection, connection.begin():
            assert connection.exec_driver_sql("SELECT count(*) FROM resident").scalar() == sum(one.residents for one in snapshots)
        if thorough:
            found = verify_store(store)
            assert found.ok, found.problems
    finally:
        store.close()


def inspect_backups(scene: Scene) -> None:
    """Every file that bears a backup's name is a sound backup; the newest promised ones are among them."""
    folder = scene.folder / "backups"
    named = [file for file in folder.iterdir() if file.name.startswith("sasae-")] if folder.exists() else []
    for file in named:
        check_backup(file)
    promised = sorted(scene.promised.get("backup", set()))
    assert set(promised[-5:]) <= {file.name for file in named}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KILLS)
def test_killed_at_random_moments(scene: Scene, nursery: Nursery, kind: str) -> None:
    drawn = random.Random(kind)
    spoke = 0
    took, lines = nursery.first_word(kind, KILLS[kind])
    scene.promise(lines)
    longest = max(MOST_S[kind], 4 * took)
    for number in range(KILLS[kind]):
        lines = nursery.kill_one(kind, number, drawn.random() * longest)
        scene.promise(lines)
        spoke += bool(lines)
        inspect(scene, thorough=number % 10 == 9 or number == KILLS[kind] - 1)
        if kind == "backup":
            inspect_backups(scene)
    assert spoke > KILLS[kind] / 6, "most victims died before they did anything"
    if kind == "backup":
        _next_backup_cleans_up(scene)


def _next_backup_cleans_up(scene: Scene) -> None:
    from app.usecases.backups import back_up_now

    (scene.folder / "backups" / ".00ff00ff00ff00ff.tmp.sasae-backup.db").write_bytes(b"half")
    town = open_town(scene.folder, Clock(START + timedelta(days=900)))
    try:
        made, problems = back_up_now(town.ctx, folder=scene.folder)
        assert made and not problems
        left = [file.name for file in (scene.folder / "backups").iterdir()]
        assert all(name.startswith("sasae-") for name in left) and len(left) <= 10
        inspect_backups(scene)
    finally:
        town.session.close(backup=False)
