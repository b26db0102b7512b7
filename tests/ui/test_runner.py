"""Work off the GUI thread, results on it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.errors import Cancelled, EnvironmentFault
from app.ui import faults
from app.ui import runner as runner_module
from app.ui.runner import Runner, changes_in
from app.ui.widgets.progress import ProgressDialog

pytestmark = pytest.mark.gui


def test_results_come_back_on_the_gui_thread(qtbot, runner: Runner) -> None:
    seen = []

    def work(job):
        return threading.current_thread().name

    runner.write(work).success(lambda name: seen.append((name, QThread.currentThread()))).start()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("sasae-writer", QApplication.instance().thread())]


def test_writes_keep_their_order(qtbot, runner: Runner) -> None:
    order: list[int] = []
    for number in range(20):
        runner.write(lambda job, number=number: order.append(number)).start()
    qtbot.waitUntil(lambda: runner.idle)
    assert order == list(range(20))


def test_changes_are_announced_before_the_callbacks(qtbot, runner: Runner) -> None:
    seen: list[object] = []
    runner.changed.connect(seen.append)
    changes = {"person": frozenset({"1"})}
    runner.write(lambda job: ("new-id", changes)).success(lambda _: seen.append("success")).start()
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [changes, "success"]


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ({"person": frozenset({"1"})}, True),
        (("x", {"stay": frozenset({"1"})}), True),
        ({}, False),
        ({"count": 3}, False),
        (None, False),
        ("text", False),
    ],
)
def test_changes_are_recognised(result: object, found: bool) -> None:
    assert (changes_in(result) is not None) == found


def test_a_fault_goes_to_failure(qtbot, runner: Runner) -> None:
    seen: list[Exception] = []

    def fail(job):
        raise EnvironmentFault("file.disk_full", path="x")

    runner.write(fail).success(lambda _: seen.append(AssertionError())).failure(seen.append).start()
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], EnvironmentFault) and seen[0].code == "file.disk_full"


def test_a_fault_nobody_takes_is_shown_and_can_be_tried_again(qtbot, runner: Runner, monkeypatch) -> None:
    shown = []
    monkeypatch.setattr(faults, "show", lambda parent, error, retry=None: shown.append((error, retry)))
    tries = []

    def work(job):
        tries.append(1)
        if len(tries) == 1:
            raise EnvironmentFault("file.disk_full", path="x")

    runner.write(work).start()
    qtbot.waitUntil(lambda: bool(shown))
    shown[0][1]()
    qtbot.waitUntil(lambda: len(tries) == 2 and runner.idle)
    assert len(shown) == 1


def test_cancel_in_the_progress_dialog_cancels(qtbot, runner: Runner, monkeypatch) -> None:
    monkeypatch.setattr(runner_module, "PATIENCE_MS", 30)
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    ended = []

    def work(job):
        for _ in job.track(range(10**9), "window.saving"):
            time.sleep(0.0002)

    runner.write(work, parent=parent, label="window.saving").failure(ended.append).start()
    qtbot.waitUntil(lambda: bool(parent.findChildren(ProgressDialog)))
    dialog = parent.findChildren(ProgressDialog)[0]
    qtbot.waitUntil(lambda: "%" in dialog._count.text())
    dialog.reject()
    qtbot.waitUntil(lambda: bool(ended))
    assert isinstance(ended[0], Cancelled)
    qtbot.waitUntil(lambda: not parent.findChildren(ProgressDialog))


def test_fast_work_shows_no_dialog(qtbot, runner: Runner) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    done = []
    runner.write(lambda job: None, parent=parent).success(lambda _: done.append(1)).start()
    qtbot.waitUntil(lambda: bool(done))
    qtbot.wait(runner_module.PATIENCE_MS + 100)
    assert not parent.findChildren(ProgressDialog)


def test_the_latest_read_wins(qtbot, runner: Runner) -> None:
    gate, seen = threading.Event(), []
    runner.read(lambda: gate.wait(5) and "old", latest="search").success(seen.append).start()
    runner.read(lambda: "new", latest="search").success(seen.append).start()
    qtbot.waitUntil(lambda: seen == ["new"])
    gate.set()
    qtbot.waitUntil(lambda: runner.idle)
    assert seen == ["new"]


def test_a_closed_widget_is_not_called(qtbot, runner: Runner) -> None:
    import shiboken6

    parent, gate, seen = QWidget(), threading.Event(), []
    runner.read(lambda: gate.wait(5), parent=parent).success(seen.append).start()
    shiboken6.delete(parent)
    gate.set()
    qtbot.waitUntil(lambda: runner.idle)
    assert seen == []


def test_closing_cancels_and_leaves_no_thread(look) -> None:
    made, started = Runner(), threading.Event()

    def endless(job):
        started.set()
        for _ in job.track(iter(int, 1), "window.saving"):
            pass

    made.write(endless).quiet().start()
    assert started.wait(5)
    assert made.close(wait_s=5)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sasae-")]


def test_preload_imports_in_the_background(qtbot, runner: Runner) -> None:
    import gc
    import sys

    sys.modules.pop("colorsys", None)
    gc.unfreeze()
    try:
        runner.preload("no_such_module_at_all", "colorsys")
        qtbot.waitUntil(lambda: runner.idle)
        assert "colorsys" in sys.modules
        assert gc.get_freeze_count() > 10_000, "what stays for good is not gone through again"
    finally:
        gc.unfreeze()


def test_a_report_holds_no_data() -> None:
    def inner(name: str) -> None:
        raise ValueError(f"bad value {name}")

    try:
        try:
            inner("能登花子")
        except ValueError as cause:
            raise RuntimeError("住所 七尾市") from cause
    except RuntimeError as error:
        report = faults.describe(error)
    assert "RuntimeError" in report and "ValueError" in report and "inner" in report
    assert not any(word in report for word in ("能登", "花子", "七尾", "bad value", str(Path.home())))
