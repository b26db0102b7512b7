"""Which volumes are sticks, and that they are noticed as they come and go."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from app.ui.exchange import sticks
from app.ui.exchange.sticks import Stick, folder_sticks, linux_sticks, look_at
from app.ui.exchange.watching import StickWatch
from app.ui.runner import Runner

pytestmark = pytest.mark.gui


def _disk(system: Path, where: str, name: str, *, removable: str) -> None:
    """A disk with one partition as the kernel shows them, below ``where``."""
    disk = system.parent / "devices" / where / name
    (disk / f"{name}1").mkdir(parents=True)
    (disk / "removable").write_text(removable + "\n", "ascii")
    system.mkdir(exist_ok=True)
    (system / f"{name}1").symlink_to(disk / f"{name}1")
    (system / name).symlink_to(disk)


def test_linux_finds_removable_and_usb_disks_and_nothing_else(tmp_path: Path) -> None:
    system = tmp_path / "block"
    _disk(system, "pci0/usb1/1-1/block", "sdy", removable="1")
    _disk(system, "pci0/usb2/2-1/block", "sdz", removable="0")  # a large USB disk calls itself fixed
    _disk(system, "pci0/ata1/block", "sdx", removable="0")
    places = {name: tmp_path / name for name in ("STICK A", "避難所", "home", "gone", "media/tired", "net")}
    for name, place in places.items():
        if name != "gone":
            place.mkdir(parents=True)
    lines = [
        f"/dev/sdy1 {str(places['STICK A']).replace(' ', chr(92) + '040')} vfat rw,nosuid 0 0",
        f"/dev/sdz1 {places['避難所']} exfat ro,nosuid 0 0",
        f"/dev/sdx1 {places['home']} ext4 rw 0 0",
        f"/dev/sdy {places['gone']} vfat rw 0 0",
        f"/dev/mapper/luks {places['media/tired']} ext4 rw 0 0",
        f"server:/x {tmp_path}/media/net nfs rw 0 0",
        "proc /proc proc rw 0 0",
        "",
    ]
    mounts = tmp_path / "mounts"
    mounts.write_text("\n".join(lines), "utf-8")
    found = linux_sticks(mounts=mounts, system=system, media=(f"{tmp_path}/media/",))
    assert [(one.name, one.writable) for one in found] == [("STICK A", True), ("tired", True), ("避難所", False)]
    assert all(0 < one.free <= one.total for one in found)


def test_no_list_of_mounts_means_no_sticks(tmp_path: Path) -> None:
    assert linux_sticks(mounts=tmp_path / "none") == []
    assert look_at(tmp_path / "none") is None
    assert [one.path for one in folder_sticks([tmp_path / "none", tmp_path])] == [tmp_path]


class Kernel:
    """Windows with a disk C:, a stick E:, an empty card reader F: and a USB disk G:."""

    kinds = {"C:\\": 3, "E:\\": 2, "F:\\": 2, "G:\\": 3}

    def SetErrorMode(self, mode: int) -> int:
        return mode

    def GetLogicalDrives(self) -> int:
        return sum(1 << ord(root[0]) - 65 for root in self.kinds)

    def GetDriveTypeW(self, root: str) -> int:
        return self.kinds[root]

    def GetVolumeInformationW(self, root: str, label: Any, *more: Any) -> int:
        label.value = {"E:\\": "受け渡し"}.get(root, "")
        return int(root != "F:\\")


def test_windows_finds_sticks_and_usb_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes
    from types import SimpleNamespace

    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=Kernel()), raising=False)
    monkeypatch.setattr(sticks, "_bus_of", lambda kernel, root: 7 if root == "G:\\" else 11)
    monkeypatch.setattr(sticks, "look_at", lambda path, name="", read_only=False: Stick(path, name, 1, 2))
    assert [one.name for one in sticks._windows()] == ["受け渡し（E:）", "G:"]


def test_coming_and_going_is_told_once(runner: Runner, qtbot: Any, tmp_path: Path) -> None:
    places = [tmp_path / "one"]
    places[0].mkdir()
    watch = StickWatch(runner, find=lambda: folder_sticks(places), period_ms=20)
    came, told = [], []
    watch.came.connect(lambda stick: came.append(stick.name))
    watch.changed.connect(lambda found: told.append(len(found)))
    watch.start()
    qtbot.waitUntil(lambda: came == ["one"])
    places.append(tmp_path / "two")
    places[1].mkdir()
    qtbot.waitUntil(lambda: came == ["one", "two"])
    places[0].rmdir()
    qtbot.waitUntil(lambda: [one.name for one in watch.sticks] == ["two"])
    qtbot.wait(100)
    watch.stop()
    assert told == [1, 2, 1] and came == ["one", "two"]


def test_without_a_stick_that_is_told_as_well(runner: Runner, qtbot: Any) -> None:
    watch = StickWatch(runner, find=list)
    told: list[int] = []
    watch.changed.connect(lambda found: told.append(len(found)))
    watch.look()
    qtbot.waitUntil(lambda: told == [0])


def test_a_stick_that_hangs_keeps_one_worker_waiting_not_two(runner: Runner, qtbot: Any) -> None:
    go, calls = threading.Event(), []

    def find() -> list[Stick]:
        calls.append(1)
        assert go.wait(10)
        return []

    watch = StickWatch(runner, find=find, period_ms=10)
    watch.start()
    qtbot.wait(120)
    answered: list[str] = []
    runner.read(lambda: "there").success(answered.append).start()
    qtbot.waitUntil(lambda: answered == ["there"])
    assert len(calls) == 1
    watch.stop()
    go.set()
    qtbot.waitUntil(lambda: runner.idle)


def test_a_fault_while_looking_ends_nothing(runner: Runner, qtbot: Any) -> None:
    answers: list[Any] = [OSError("gone"), [Stick(Path("x"), "x")]]

    def find() -> list[Stick]:
        answer = answers.pop(0) if answers else [Stick(Path("x"), "x")]
        if isinstance(answer, Exception):
            raise answer
        return answer

    watch = StickWatch(runner, find=find, period_ms=10)
    watch.start()
    qtbot.waitUntil(lambda: [one.name for one in watch.sticks] == ["x"])
    watch.stop()
