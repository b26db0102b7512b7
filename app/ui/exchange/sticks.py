"""USB sticks that are in this computer now. Linux: mounts of removable or USB disks. Windows: removable drives and drives on the USB.

Nothing here raises: a stick that is pulled out while it is looked at is simply not there. Never called on the GUI thread: a stick that
is going bad can keep any of these calls waiting.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOUNTS, SYSTEM = Path("/proc/mounts"), Path("/sys/class/block")
_MEDIA = ("/media/", "/run/media/")
_UNREAL = frozenset({"tmpfs", "overlay", "squashfs", "nfs", "nfs4", "cifs", "fuse.sshfs", "fuse.gvfsd-fuse", "autofs", "ramfs"})
_OCTAL = re.compile(r"\\([0-7]{3})")
_REMOVABLE, _FIXED = 2, 3
_BUS_USB = 7


@dataclass(frozen=True, slots=True, order=True)
class Stick:
    """A volume that can be carried away. ``name``: its label, or its letter; bytes ``free`` and in ``total``."""

    path: Path
    name: str
    free: int = 0
    total: int = 0
    writable: bool = True

    @property
    def key(self) -> tuple[str, int]:
        """Another stick in the same slot is another one."""
        return str(self.path), self.total


Find = Callable[[], Sequence[Stick]]


def find_sticks() -> list[Stick]:
    """The sticks in this computer, by path."""
    return _windows() if sys.platform == "win32" else linux_sticks()


def linux_sticks(*, mounts: Path = MOUNTS, system: Path = SYSTEM, media: Sequence[str] = _MEDIA) -> list[Stick]:
    """Mounted volumes whose disk says it is removable or hangs on the USB, and whatever the desktop mounted below ``media``."""
    try:
        lines = mounts.read_text("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    found: dict[str, Stick] = {}
    for line in lines:
        device, _, rest = line.partition(" ")
        place, _, rest = rest.partition(" ")
        kind, _, options = rest.partition(" ")
        where = _OCTAL.sub(lambda code: chr(int(code[1], 8)), place)  # the kernel writes blanks and backslashes so, the rest as it is
        if kind in _UNREAL or device in found or not (f"{where}/".startswith(tuple(media)) or _is_removable(device, system)):
            continue
        if (stick := look_at(Path(where), read_only="ro" in options.split(" ")[0].split(","))) is not None:
            found[device] = stick
    return sorted(found.values())


def look_at(path: Path, *, read_only: bool = False, name: str = "") -> Stick | None:
    """A folder as a stick: how much room it has, and whether it can be written to. None when it is not there (any more)."""
    try:
        usage = shutil.disk_usage(path)
        return Stick(path, name or path.name or str(path), usage.free, usage.total, not read_only and os.access(path, os.W_OK))
    except OSError:
        return None


def folder_sticks(folders: Iterable[Path]) -> list[Stick]:
    """Folders in the place of sticks, for exercises and tests: those that are there."""
    return sorted(stick for folder in folders if (stick := look_at(folder)) is not None)


def _is_removable(device: str, system: Path) -> bool:
    """A partition's disk is the folder above it. Large USB disks call themselves fixed, so the bus counts as well."""
    if not device.startswith("/dev/"):
        return False
    try:
        at = (system / Path(os.path.realpath(device)).name).resolve(strict=True)
    except OSError:
        return False
    disks = [folder for folder in (at, at.parent) if (folder / "removable").is_file()]
    return any(_read(disk / "removable") == "1" for disk in disks) or (bool(disks) and "/usb" in at.as_posix())


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _windows() -> list[Stick]:
    """Drive letters with a medium in them."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    kernel.SetErrorMode(1)  # an empty card reader must not put up a dialog
    letters = kernel.GetLogicalDrives()
    found = []
    for place in range(26):
        root = f"{chr(65 + place)}:\\"
        if not letters >> place & 1 or not _carried(kernel, root):
            continue
        label = ctypes.create_unicode_buffer(261)
        if not kernel.GetVolumeInformationW(root, label, 261, None, None, None, None, 0):
            continue
        words = f"{label.value}（{root[:2]}）" if label.value else root[:2]
        if (stick := look_at(Path(root), name=words)) is not None:
            found.append(stick)
    return found


def _carried(kernel: object, root: str) -> bool:
    """Whether a drive is a stick, or a disk on the USB."""
    kind = kernel.GetDriveTypeW(root)  # type: ignore[attr-defined]
    return kind == _REMOVABLE or (kind == _FIXED and _bus_of(kernel, root) == _BUS_USB)


def _bus_of(kernel: object, root: str) -> int:
    """The bus that a drive hangs on (STORAGE_BUS_TYPE), 0 where the system does not tell."""
    import ctypes
    from ctypes import wintypes

    opened = kernel.CreateFileW  # type: ignore[attr-defined]
    opened.restype = wintypes.HANDLE
    handle = opened(f"\\\\.\\{root[:2]}", 0, 3, None, 3, 0, None)
    if handle in (None, wintypes.HANDLE(-1).value):
        return 0
    try:
        query, answer, size = (ctypes.c_ubyte * 12)(), (ctypes.c_ubyte * 1024)(), wintypes.DWORD()
        known = kernel.DeviceIoControl(  # type: ignore[attr-defined]
            wintypes.HANDLE(handle), 0x2D1400, query, len(query), answer, len(answer), ctypes.byref(size), None
        )  # fmt: skip
        return int.from_bytes(bytes(answer[28:32]), "little") if known and size.value >= 32 else 0  # STORAGE_DEVICE_DESCRIPTOR.BusType
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))  # type: ignore[attr-defined]
