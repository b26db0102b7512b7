"""The only place with threads: one writer, a few readers. Work runs there; results come back on the GUI thread.

Connect first, start last::

    runner.write(lambda job: persons.correct(ctx, …), parent=self).success(self.close).start()
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import Cancelled
from app.usecases.job import Job

Result = TypeVar("Result")
Changes = Mapping[str, frozenset[str]]

PATIENCE_MS = 600  # longer than this, and progress with a Cancel shows
_READERS = 2
_Task = tuple[int, Callable[[], Any]]


def changes_in(result: object) -> Changes | None:
    """What a use case changed: its answer itself, its ``changes``, or the first such member of a tuple."""
    if isinstance(result, Mapping):
        whole = bool(result) and all(isinstance(key, str) and isinstance(value, (set, frozenset)) for key, value in result.items())
        return cast(Changes, result) if whole else None
    inner = getattr(result, "changes", None)
    if isinstance(inner, Mapping):
        return changes_in(inner)
    if isinstance(result, tuple):
        return next((found for item in result if (found := changes_in(item)) is not None), None)
    return None


def _alive(target: object) -> bool:
    """Whether a callback may still be called: its widget was not closed meanwhile."""
    owner = getattr(target, "__self__", target)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


class Operation(QObject, Generic[Result]):
    """One piece of work, not yet started. Every method answers the operation, so calls chain."""

    progressed = Signal(int, int, str)
    """done, total (-1 unknown), message code"""

    def __init__(
        self, runner: Runner, number: int, work: Callable[[Job], Result], *, parent: QWidget | None, writes: bool, label: str
    ) -> None:
        super().__init__()
        self._runner, self.number, self.writes, self.label = runner, number, writes, label
        self._work: Callable[[Job], Result] | None = work
        self._parent = parent
        self._success: list[Callable[[Result], Any]] = []
        self._failure: list[Callable[[Exception], Any]] = []
        self._finished: list[Callable[[], Any]] = []
        self._stop = threading.Event()
        self._quiet = False
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_progress)
        self._dialog: QWidget | None = None

    def success(self, callback: Callable[[Result], Any]) -> Operation[Result]:
        """Call with the result, on the GUI thread."""
        self._success.append(callback)
        return self

    def failure(self, callback: Callable[[Exception], Any]) -> Operation[Result]:
        """Call with the error, on the GUI thread, instead of showing it."""
        self._failure.append(callback)
        return self

    def finished(self, callback: Callable[[], Any]) -> Operation[Result]:
        """Call at the end, whichever way it ended."""
        self._finished.append(callback)
        return self

    def quiet(self) -> Operation[Result]:
        """No progress dialog; for work behind the scenes."""
        self._quiet = True
        return self

    def start(self) -> Operation[Result]:
        """Queue it. Nothing may be connected after this."""
        if not self._quiet and (self.writes or self.label):
            self._patience.start()
        self._runner.submit(self)
        return self

    def cancel(self) -> None:
        """Ask it to stop; a write rolls back and ends as Cancelled, the answer of a read is dropped."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    def task(self) -> Callable[[], Result]:
        """What the worker runs. The operation keeps everything the work refers to until the result is back on the GUI thread."""
        work, stop, runner, number = self._work, self._stop, self._runner, self.number
        assert work is not None

        def report(done: int, total: int | None, label: str) -> None:
            runner.relay.emit(number, done, -1 if total is None else total, label)

        return lambda: work(Job(report, cancelled=stop.is_set))

    def restart(self) -> None:
        """Run the same work once more, after a fault that a person has remedied."""
        self._stop.clear()
        self.start()

    def deliver(self, result: Any, error: BaseException | None) -> None:
        """Called by the runner on the GUI thread."""
        self._patience.stop()
        self._close_dialog()
        parent_alive = self._parent is None or shiboken6.isValid(self._parent)
        for ending in self._finished:
            if _alive(ending):
                ending()
        if not self.writes and self.cancelled:
            return
        if error is None:
            changes = changes_in(result) if self.writes else None
            if changes:
                self._runner.changed.emit(changes)
            if parent_alive:
                for callback in [callback for callback in self._success if _alive(callback)]:
                    callback(result)
        elif self._failure:
            if parent_alive:
                for answer in [answer for answer in self._failure if _alive(answer)]:
                    answer(error)
        elif not isinstance(error, Cancelled):
            from app.ui import faults

            faults.show(self._parent if parent_alive else None, error, retry=self.restart)

    def _show_progress(self) -> None:
        from app.ui.widgets.progress import ProgressDialog

        parent = self._parent.window() if self._parent is not None and shiboken6.isValid(self._parent) else None
        dialog = ProgressDialog(parent, label=self.label)
        self.progressed.connect(dialog.show_progress)
        dialog.cancelled.connect(self.cancel)
        self._dialog = dialog
        dialog.open()

    def _close_dialog(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None and shiboken6.isValid(dialog):
            dialog.done(0)
            dialog.deleteLater()


class Runner(QObject):
    """Runs work off the GUI thread. ``changed`` announces what a write changed, before its own callbacks run."""

    changed = Signal(object)
    busy = Signal(bool)
    relay = Signal(int, int, int, str)
    _done = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._running: dict[int, Operation[Any]] = {}
        self._latest: dict[str, int] = {}
        self._writes: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._reads: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.relay.connect(self._progress, Qt.ConnectionType.QueuedConnection)

    def write(self, work: Callable[[Job], Result], *, parent: QWidget | None = None, label: str = "") -> Operation[Result]:
        """Work that may change the store, one at a time in order. ``label`` is a message code for the progress dialog."""
        return Operation(self, next(self._numbers), work, parent=parent, writes=True, label=label)

    def read(self, work: Callable[[], Result], *, parent: QWidget | None = None, label: str = "", latest: str = "") -> Operation[Result]:
        """Work that only reads. With ``latest``, an older read of the same name is dropped when this one starts.

        With a ``label`` it shows progress after 0.6 s like a write; without, it stays in the background.
        """
        operation: Operation[Result] = Operation(self, next(self._numbers), lambda _: work(), parent=parent, writes=False, label=label)
        if latest:
            older = self._running.get(self._latest.get(latest, 0))
            if older is not None:
                older.cancel()
            self._latest[latest] = operation.number
        return operation

    def preload(self, *modules: str) -> None:
        """Import modules in the background, so that the first use does not wait. What cannot be imported is told on first use.

        What is there then stays for good and is left out of garbage collection: going through all of it would stop the window for 0.1 s.
        """

        def load() -> None:
            import gc
            import importlib

            for name in modules:
                if self._closed:
                    return
                try:
                    importlib.import_module(name)
                except ImportError:
                    continue
            gc.freeze()

        self.read(load).quiet().failure(lambda _: None).start()

    @property
    def idle(self) -> bool:
        """Nothing is queued or running."""
        return not self._running

    def submit(self, operation: Operation[Any]) -> None:
        """Queue an operation (see ``Operation.start``)."""
        if self._closed:
            return
        self._ensure_threads()
        self._running[operation.number] = operation
        if len(self._running) == 1:
            self.busy.emit(True)
        (self._writes if operation.writes else self._reads).put((operation.number, operation.task()))

    def close(self, *, wait_s: float = 10.0) -> bool:
        """Cancel what runs, end the threads; True when all ended in time. Safe to call twice. Results no longer arrive."""
        self._closed = True
        for operation in self._running.values():
            operation.cancel()
            operation._patience.stop()
            operation._close_dialog()
        if self._threads:
            self._writes.put(None)
            for _ in range(_READERS):
                self._reads.put(None)
        deadline = time.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        ended = not any(thread.is_alive() for thread in self._threads)
        if ended:
            self._threads.clear()
            self._running.clear()
        return ended

    def _ensure_threads(self) -> None:
        if self._threads:
            return
        plan = [("sasae-writer", self._writes), *((f"sasae-reader-{n}", self._reads) for n in range(1, _READERS + 1))]
        for name, tasks in plan:
            thread = threading.Thread(target=self._serve, args=(tasks,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, tasks: queue.SimpleQueue[_Task | None]) -> None:
        """A worker's life. References to the work are dropped before the result is sent: widgets must die on the GUI thread."""
        while (task := tasks.get()) is not None:
            number, work = task
            del task
            result: Any = None
            error: BaseException | None = None
            operation_cancelled = self._closed
            try:
                if operation_cancelled:
                    raise Cancelled()
                result = work()
            except BaseException as caught:  # handed over whole; shown or reported on the GUI thread
                error = caught
            del work
            try:
                self._done.emit(number, result, error)
            except RuntimeError:
                return  # the runner is gone: the program is ending
            del result, error

    def _deliver(self, number: int, result: Any, error: BaseException | None) -> None:
        operation = self._running.pop(number, None)
        if not self._running:
            self.busy.emit(False)
        if operation is not None and not self._closed:
            operation.deliver(result, error)

    def _progress(self, number: int, done: int, total: int, label: str) -> None:
        operation = self._running.get(number)
        if operation is not None:
            operation.progressed.emit(done, total, label)
