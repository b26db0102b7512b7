"""What holds for every test: no screen, no person's own data folder, no thread left behind."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if sys.dont_write_bytecode:
    # Without compiled modules each worker, and each of the many programs that tests start, compiles everything anew: a second a start.
    # Who does not want them beside the sources gets them in a folder of their own.
    sys.pycache_prefix = str(Path(__file__).parents[1] / "build" / "bytecode")
    sys.dont_write_bytecode = False
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("sasae", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sasae")

_OWN_SETTINGS = ("SASAE_DATA", "SASAE_OPERATOR", "SASAE_PASSWORD", "SASAE_NEW_PASSWORD")
_THREAD_GRACE_S = 3.0


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Stores and sealed files that tests make open at once: a password is stretched for a moment, not for half a second of two cores.

    What the program takes is held by ``tests/storage/test_stretching.py``; programs that tests start take it, too.
    """
    from app.storage import keyring
    from app.syncing import sealed

    with pytest.MonkeyPatch.context() as patch:
        for name, cost in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
            patch.setitem(keyring._ARGON, name, cost)
        patch.setattr(sealed, "_ROUNDS", 1)
        patch.setattr(sealed, "_MEMORY", 64)
        yield


@pytest.fixture
def engine() -> str:
    """What stores of tests are kept by: ``sqlite``, or ``postgresql`` where SASAE_TEST_ENGINE says so. tests/storage runs on both."""
    return os.environ.get("SASAE_TEST_ENGINE", "sqlite")


@pytest.fixture(autouse=True)
def clean_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of whoever runs the tests never reach the program under test."""
    for name in _OWN_SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """A test that leaves a thread running fails; ending ones get three seconds."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _THREAD_GRACE_S
    while (left := _started_since(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"threads left running: {[thread.name for thread in left]}"


def _started_since(before: set[threading.Thread]) -> list[threading.Thread]:
    """Live threads that Python itself started; a Qt thread seen in passing shows up as a dummy without an end."""
    now = set(threading.enumerate()) - before
    return [thread for thread in now if not isinstance(thread, threading._DummyThread) and thread.is_alive()]
