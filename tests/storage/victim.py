"""A program that works in a loop until it is killed, saying after each COMMIT what is now promised. See ``main``."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

from app.bootstrap import FolderSession
from app.domain.resident import ResidentRow
from app.storage.keyring import Keyring
from app.storage.store import Store
from app.usecases.backups import back_up_now
from app.usecases.context import Actor
from app.usecases.reception import Arrival, check_in, check_out
from app.usecases.residents import load_residents
from tests.stores import Clock, Town

FAMILY = 4


def say(*words: object) -> None:
    """Promise: what this line says is on the disk."""
    print(*words, flush=True)


def check_in_families(town: Town, tag: str) -> None:
    """Families of four come; of each the last goes home again."""
    for number in range(10_000):
        town.clock.forward(minutes=1)
        arrivals = [Arrival(values={"name": f"架空　{tag}-{number}-{n}"}) for n in range(FAMILY)]
        made = check_in(town.ctx, shelter_id=town.shelters[number % 3], arrivals=arrivals)
        say("family", made.household)
        if number % 3 == 0:
            town.clock.forward(minutes=1)
            check_out(town.ctx, person_id=made.persons[-1], destination="home")
            say("left", made.persons[-1])


def load_snapshots(town: Town, tag: str) -> None:
    """Residents are loaded again and again, in several batches each."""
    for number in range(10_000):
        rows = [
            [ResidentRow(resident_no=f"{tag}{number}-{b}-{n}", household_no=f"{n}", name="架空　人") for n in range(150)] for b in range(4)
        ]
        town.clock.forward(minutes=1)
        snapshot, _ = load_residents(town.ctx, batches=rows, as_of=town.clock(), label=f"{tag}-{number}")
        say("snapshot", snapshot.id, snapshot.residents)


def back_up(town: Town, tag: str) -> None:
    """Backups while families come."""
    for number in range(10_000):
        town.clock.forward(minutes=1)
        made = check_in(
            town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": f"{tag}-{number}-{n}"}) for n in range(FAMILY)]
        )
        say("family", made.household)
        files, problems = back_up_now(town.ctx, folder=town.folder)
        assert not problems
        say("backup", files[0].name)


KINDS = {"checkin": check_in_families, "load": load_snapshots, "backup": back_up}


def work(folder: Path, kind: str, tag: str, began: str, key: bytes, operator: str) -> None:
    """Open the folder with its key, which spares the derivation of the password, and work until killed."""
    clock = Clock(datetime.fromisoformat(began))
    store = Store.open(folder, key, operator="kill", now=clock())
    actor = Actor(operator_id=operator, name="kill", roles=("admin",), slot="")
    session = FolderSession(folder, store, Keyring.load(folder / "keys.json"), actor, now=clock)
    say("open")
    KINDS[kind](Town(session=session, clock=clock, folder=folder), tag)


def main() -> None:
    """A nursery: each line of standard input is a victim to fork, so that many die a second. After its death: ``dead``."""
    folder, key, operator = Path(sys.argv[1]), bytes.fromhex(sys.stdin.readline().strip()), sys.stdin.readline().strip()
    for line in sys.stdin:
        kind, tag, began = line.split()
        child = os.fork()
        if child == 0:
            try:
                work(folder, kind, tag, began, key, operator)
            except BaseException:
                say("failed", traceback.format_exc().encode().hex())
            os._exit(1)
        say("pid", child)
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
