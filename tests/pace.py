"""How long the program takes, not how busy the machine is that runs the tests."""

from __future__ import annotations

import time
from pathlib import Path

_THREADS = Path("/proc/self/task")


class Stopwatch:
    """Starts when it is made. Counts everything the program does and waits for, but not the time that its threads stood ready and other
    programs had the processors; where the system does not tell that (it does on Linux), all of it."""

    def __init__(self) -> None:
        self._began, self._queued = time.perf_counter(), queued()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return max(0.0, time.perf_counter() - self._began - (queued() - self._queued))


def queued() -> float:
    """Seconds that the threads of this process have stood ready without a processor."""
    total = 0
    for path in _THREADS.glob("*/schedstat"):
        try:
            total += int(path.read_text("ascii").split()[1])  # nanoseconds: running, waiting to run; and how often
        except (OSError, IndexError):  # a thread that has just ended
            continue
    return total / 1e9
