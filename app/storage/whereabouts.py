"""On which computer and in which folder a store is: a copied disk or folder must not go on as the device that it was copied from.

Two copies that write under one name would use the same numbers and sequences. What is compared here finds most copies in the act of opening;
those it cannot see (a folder put back in the same place) are found when their operations meet (``storage.branches``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.storage.keyring import derive_subkey

PLACE = "exchange.place"
"""Setting: where this store was when it was last opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computer:
    """What tells a computer from others: ``system``, an id of the installed system ("" unknown), and ids of built-in hardware."""

    system: str
    hardware: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Digests only. ``folder``: the path, ``file``: the file's number on its disk ("" unknown)."""

    system: str
    hardware: frozenset[str]
    folder: str
    file: str

    def to_text(self) -> str:
        """As a setting."""
        return json.dumps({"system": self.system, "hardware": sorted(self.hardware), "folder": self.folder, "file": self.file})

    @classmethod
    def from_text(cls, text: str) -> Whereabouts | None:
        """What ``to_text`` wrote; None for anything else."""
        try:
            told: dict[str, Any] = json.loads(text)
            return cls(system=told["system"], hardware=frozenset(told["hardware"]), folder=told["folder"], file=told["file"])
        except (ValueError, KeyError, TypeError):
            return None


def is_elsewhere(before: Whereabouts, now: Whereabouts) -> bool:
    """Whether this is a copy, or was carried away: another computer, or another folder that is another file, too.

    The same folder with another file is a backup put back by hand, the same file in another folder was renamed: both go on. Built-in
    hardware decides about the computer; the installed system only where no hardware is known, for it is copied with the disk.
    """
    if before.hardware and now.hardware:
        other = not before.hardware & now.hardware
    else:
        other = bool(before.system and now.system and before.system != now.system)
    return other or (before.folder != now.folder and (before.file != now.file or not now.file))


def read_whereabouts(path: Path, data_key: bytes) -> Whereabouts:
    """Where this file is now. Nothing readable of the computer is kept: everything is keyed to this store."""
    key, computer = derive_subkey(data_key, "whereabouts"), read_computer()

    def hide(text: str) -> str:
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:20] if text else ""

    return Whereabouts(
        system=hide(computer.system), hardware=frozenset(map(hide, computer.hardware)), folder=hide(str(path.parent.resolve())),
        file=hide(_file_number(path)),
    )  # fmt: skip


def _file_number(path: Path) -> str:
    """The number of a file on its disk; the device number is left out, for it changes from start to start."""
    with suppress(OSError):
        return str(path.stat().st_ino or "")
    return ""


def read_computer() -> Computer:
    """This computer, as far as an ordinary user may know it. Never raises."""
    found: Computer | None = None
    with suppress(OSError, ValueError, AttributeError):
        found = _windows() if sys.platform == "win32" else _linux(Path("/"))
    return found or Computer(system="", hardware=frozenset())


def _linux(root: Path) -> Computer:
    system = ""
    for name in ("etc/machine-id", "var/lib/dbus/machine-id"):
        with suppress(OSError):
            system = system or (root / name).read_text("ascii").strip()
    return Computer(system=system, hardware=frozenset(_addresses(root / "sys" / "class" / "net")))


def _addresses(folder: Path) -> Iterator[str]:
    """Permanent addresses of built-in network hardware: no dongles, no virtual or randomised ones."""
    names: Iterable[str] = ()
    with suppress(OSError):
        names = sorted(os.listdir(folder))
    for name in names:
        with suppress(OSError):
            device = (folder / name / "device").resolve(strict=True)
            if "/usb" in device.as_posix() or (folder / name / "addr_assign_type").read_text("ascii").strip() != "0":
                continue
            address = (folder / name / "address").read_text("ascii").strip().lower()
            if address.replace(":", "").strip("0"):
                yield address


if sys.platform == "win32":
    import ctypes
    import winreg

    def _windows() -> Computer:
        system = ""
        with (
            suppress(OSError),
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key,
        ):
            system = str(winreg.QueryValueEx(key, "MachineGuid")[0])
        return Computer(system=system, hardware=frozenset(_board()))

    def _board() -> Iterator[str]:
        """The id of the main board from the firmware's tables (SMBIOS structure 1)."""
        read = ctypes.windll.kernel32.GetSystemFirmwareTable
        provider = int.from_bytes(b"RSMB", "big")
        size = read(provider, 0, None, 0)
        buffer = ctypes.create_string_buffer(max(size, 8))
        read(provider, 0, buffer, size)
        yield from board_ids(buffer.raw[8:size])
else:

    def _windows() -> Computer:
        raise OSError


def board_ids(table: bytes) -> Iterator[str]:
    """The system id in SMBIOS structures, unless it is blank."""
    at = 0
    while at + 4 <= len(table):
        kind, length = table[at], table[at + 1]
        if length < 4:
            return
        number = table[at + 8 : at + 24] if kind == 1 and length >= 24 else b""
        if len(set(number)) > 1:
            yield number.hex()
        end = table.find(b"\0\0", at + length)
        if end < 0:
            return
        at = end + 2
