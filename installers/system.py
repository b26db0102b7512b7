"""What Debian and its kin must have beside Python: libraries that Qt loads, the name font, tools of the tests.

Looked for by what is missing (does the library load, is the file there), not by package names, so that other
distributions that have them are left alone.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", os.path.expanduser("~/.local/share/fonts"), os.path.expanduser("~/.fonts"))


@dataclass(frozen=True)
class Need:
    """One thing of the system: its Debian package, and a question that tells whether it is there."""

    package: str
    present: Callable[[], bool]


def loads(soname: str) -> Callable[[], bool]:
    """Whether the dynamic loader finds a library."""

    def ask() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return ask


def command(name: str) -> Callable[[], bool]:
    """Whether a program is on the path."""
    return lambda: shutil.which(name) is not None


def font(filename: str) -> Callable[[], bool]:
    """Whether a font file is in one of the usual folders."""
    return lambda: any(next(Path(folder).rglob(filename), None) is not None for folder in FONT_FOLDERS if os.path.isdir(folder))


def module(name: str) -> Callable[[], bool]:
    """Whether this Python has a module."""
    return lambda: importlib.util.find_spec(name) is not None


SERVERS = "/usr/lib/postgresql"
"""Where Debian puts the programs of PostgreSQL, by version."""


def postgresql() -> bool:
    """Whether the programs of a PostgreSQL server, 15 or later, are there: at Debian's place or on the path."""
    found = (path for path in Path(SERVERS).glob("*/bin/initdb") if path.parent.parent.name.isdigit())
    return any(int(path.parent.parent.name) >= 15 for path in found) or (command("initdb")() and command("postgres")())


NEEDS = {
    "run": (
        Need("python3-venv", module("ensurepip")),
        # Qt without a screen
        Need("libgl1", loads("libGL.so.1")),
        Need("libegl1", loads("libEGL.so.1")),
        Need("libxkbcommon0", loads("libxkbcommon.so.0")),
        Need("libdbus-1-3", loads("libdbus-1.so.3")),
        Need("libfontconfig1", loads("libfontconfig.so.1")),
        Need("libglib2.0-0", loads("libglib-2.0.so.0")),
        # a window under X
        Need("libxkbcommon-x11-0", loads("libxkbcommon-x11.so.0")),
        Need("libxcb-cursor0", loads("libxcb-cursor.so.0")),
        Need("libxcb-icccm4", loads("libxcb-icccm.so.4")),
        Need("libxcb-keysyms1", loads("libxcb-keysyms.so.1")),
        Need("libxcb-image0", loads("libxcb-image.so.0")),
        Need("libxcb-render-util0", loads("libxcb-render-util.so.0")),
        Need("libxcb-shape0", loads("libxcb-shape.so.0")),
        # names as the residents' register writes them
        Need("fonts-ipamj-mincho", font("ipamjm.ttf")),
    ),
    "test": (
        Need("poppler-utils", command("pdftotext")),
        Need("xvfb", command("Xvfb")),
        Need("xauth", command("xauth")),
        # the tests start a server of their own; nothing of it is needed to run the program on a folder
        Need("postgresql", postgresql),
    ),
}


def missing(kind: str) -> list[str]:
    """Debian packages of what is not there; the needs of the tests contain those of the program."""
    if not sys.platform.startswith("linux"):
        return []
    needs = NEEDS["run"] + NEEDS.get(kind, ()) if kind != "run" else NEEDS["run"]
    return [need.package for need in needs if not need.present()]


def install_command(packages: list[str]) -> list[str]:
    """The apt-get call that installs packages without asking."""
    return ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]


def privilege() -> list[str] | None:
    """What to put before a command so that it may install: nothing for root, ``sudo -n``, or None if it may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def provide(kind: str, say: Say) -> bool:
    """Install what is missing where that is allowed, else say what to type. False if something stays missing."""
    packages = missing(kind)
    if not packages:
        return True
    if shutil.which("apt-get") is None:
        say("次の部品がこのパソコンにありません(Debian での名前です)。お使いのシステムの方法で入れてください:\n  " + " ".join(packages))
        return False
    prefix = privilege()
    if prefix is None:
        tell_command(packages, say, "システムの部品が足りませんが、入れる権限がありません。")
        return False
    say("システムの部品を入れています: " + " ".join(packages))
    if not apt(prefix, install_command(packages)):
        apt(prefix, ["apt-get", "update"])
        apt(prefix, install_command(packages))
    left = missing(kind)
    if left:
        tell_command(left, say, "システムの部品を入れられませんでした(上に理由があります)。")
    return not left


def tell_command(packages: list[str], say: Say, reason: str) -> None:
    """The exact command for the person who may install."""
    say(
        f"{reason}\n管理者に、次のコマンドの実行を頼んでください。このまま先へ進みます(画面や印刷が動かないことがあります)。\n"
        f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
    )


def apt(prefix: list[str], call: list[str]) -> bool:
    """Run apt-get quietly, its talk on standard error."""
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    return subprocess.run([*prefix, *environment, *call], stdout=2, stdin=subprocess.DEVNULL).returncode == 0
