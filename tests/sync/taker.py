"""A program that takes a package in until it is killed. See ``main``; ``tests/sync/test_package_kill.py`` kills it."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from datetime import timedelta
from pathlib import Path

from app.bootstrap import FolderSession
from app.storage.keyring import Keyring
from app.storage.store import Store
from app.syncing.packages import apply_package
from app.usecases.context import Actor
from tests.stores import START, Clock, Town

LATER = timedelta(days=2)


def open_folder(folder: Path, key: bytes, operator: str) -> Town:
    """Open a folder by its key, which spares the derivation of the password."""
    clock = Clock(START + LATER)
    store = Store.open(folder, key, operator="kill", now=clock())
    actor = Actor(operator_id=operator, name="kill", roles=("admin", "protected"), slot="")
    return Town(session=FolderSession(folder, store, Keyring.load(folder / "keys.json"), actor, now=clock), clock=clock, folder=folder)


def say(*words: object) -> None:
    """A line for the test."""
    print(*words, flush=True)


def main() -> None:
    """A nursery: each line of standard input is a victim to fork. It says ``open`` when it begins, ``done`` when the package is in."""
    folder, package, operator = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    key = bytes.fromhex(sys.stdin.readline().strip())
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                town = open_folder(folder, key, operator)
                say("open")
                apply_package(town.ctx, source=package, folder=folder)
                say("done")
                signal.pause()  # it lives until it is killed
            except BaseException:
                say("failed", traceback.format_exc().encode().hex())
            os._exit(1)
        say("pid", child)
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
