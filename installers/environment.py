"""The virtual environment in ``.venv``: built from the hash-pinned lock, known good by a stamp that is written last."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WHEELS = ROOT / "wheels"
WINDOWS = os.name == "nt"
LOCKS = {
    "run": ("requirements.lock",),
    "test": ("requirements.lock", "requirements-dev.lock"),
    "bench": ("requirements.lock", "requirements-bench.lock"),
}
# A set-up that cannot load these is not finished. Qt itself is left out: it also needs libraries of the system,
# and without them the command line still works.
PROOFS = {
    "run": "import shiboken6, sqlalchemy, alembic, sqlcipher3.dbapi2, psycopg, argon2, cryptography; "
    "import reportlab, pypdfium2, zxingcpp, openpyxl, pyrage, duckdb",
    "test": "import pytest, pytestqt, xdist, hypothesis, mypy, importlinter",
    "bench": "import sqlite_utils, splink",
}

Say = Callable[[str], None]


class SetupFault(Exception):
    """The set-up cannot go on; ``remedy`` says what a person can do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def python(venv: Path | None = None) -> str:
    """The interpreter of the virtual environment."""
    folder = venv or VENV
    return str(folder / "Scripts" / "python.exe" if WINDOWS else folder / "bin" / "python")


def lock_path(kind: str) -> Path:
    """The lock file that decides what ``kind`` needs; the others contain the run lock."""
    return ROOT / "installers" / LOCKS[kind][-1]


def fingerprint(kind: str) -> str:
    """Changes with the locks, the Python version and the place of the folder."""
    digest = hashlib.sha256()
    for name in LOCKS[kind]:
        digest.update((ROOT / "installers" / name).read_bytes())
    digest.update(f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]} {sys.platform} {ROOT}".encode())
    return digest.hexdigest()


def stamp(kind: str) -> Path:
    """The file that says the set-up for ``kind`` was finished."""
    return VENV / f"sasae-{kind}.stamp"


def system_stamp(kind: str) -> Path:
    """The file that says the system had everything when last asked; without it, it is asked at each start."""
    return VENV / f"sasae-{kind}-system.stamp"


def marker() -> Path:
    """The file that is there while packages are being changed: found at a start, the environment is half-finished."""
    return VENV / "sasae-setup-unfinished"


def is_current(kind: str) -> bool:
    """Whether nothing needs to be done; reads one small file beside the locks."""
    return packages_current(kind) and system_stamp(kind).exists()


def packages_current(kind: str) -> bool:
    """Whether the virtual environment holds what the lock says."""
    try:
        return stamp(kind).read_text("ascii") == fingerprint(kind) and os.path.exists(python()) and not marker().exists()
    except (OSError, UnicodeDecodeError):
        return False


def prepare(kind: str, say: Say) -> None:
    """Do all that is missing for ``kind`` ("run", "test" or "bench"). Raises SetupFault with a remedy."""
    from installers import system

    try:
        with only_one(say) as held:
            complete = system.provide(kind, say)
            if not packages_current(kind):
                install(kind, say, held)
            for done in included(kind) if complete else ():
                system_stamp(done).touch()
    except OSError as error:
        raise SetupFault(
            f"準備の途中でファイルを扱えませんでした: {error}",
            "空き容量と、このフォルダーに書き込めることを確かめて、もう一度実行してください。",
        ) from error


def install(kind: str, say: Say, held: int) -> None:
    """Build or mend the virtual environment; the stamp is written when it has been proved to load.

    ``held`` is the descriptor of the set-up lock. pip gets it too: if this process is killed, the next start waits for pip to end.
    """
    say("準備をしています(数分かかります。次の起動からは省かれます)。")
    if marker().exists() or not usable():
        rebuild(say)
    marker().touch()
    for other in LOCKS:
        stamp(other).unlink(missing_ok=True)
    say("  部品を入れています…")
    install_packages(lock_path(kind), held)
    prove(kind)
    marker().unlink()
    for done in included(kind):
        write_stamp(done)
    say("  準備ができました。")


def included(kind: str) -> tuple[str, ...]:
    """The set-ups that ``kind`` contains: tests and measurements need all that the program needs."""
    return ("run",) if kind == "run" else ("run", kind)


def write_stamp(kind: str) -> None:
    """Write the stamp whole or not at all."""
    partial = stamp(kind).with_suffix(".partial")
    partial.write_text(fingerprint(kind), "ascii")
    os.replace(partial, stamp(kind))


def usable() -> bool:
    """Whether ``.venv`` holds a working interpreter of this Python version, with pip."""
    if not os.path.exists(python()):
        return False
    import subprocess

    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    probe = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python(), "-c", probe], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == wanted


def rebuild(say: Say) -> None:
    """An empty virtual environment where there was none or a broken one. Raises SetupFault."""
    import shutil
    import subprocess

    if VENV.exists():
        say("  途中で止まった準備の跡があるので、作り直します。")
        shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    marker().touch()
    say("  仮想環境を作っています…")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], stdout=2, stderr=2, stdin=subprocess.DEVNULL)
    if made.returncode != 0:
        raise SetupFault(
            "仮想環境(.venv)を作れませんでした。",
            "空き容量と、このフォルダーに書き込めることを確かめてください。\n"
            "Debian では: sudo apt-get install -y python3-venv\n"
            ".venv フォルダーを別のプログラムが使っているときは、閉じてからもう一度実行してください。",
        )


def pip_command(lock: Path) -> list[str]:
    """How the packages of a lock are installed: hashes checked, ready-made wheels only, from a folder if there is one."""
    command = [python(), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary", ":all:", "-r", str(lock)]
    if WHEELS.is_dir():
        command += ["--no-index", "--find-links", str(WHEELS)]
    return command


def install_packages(lock: Path, held: int) -> None:
    """Raises SetupFault when pip cannot get or check a package. ``held`` as in :func:`install`."""
    import subprocess

    # A configured `require-virtualenv` or `user` would send the packages elsewhere.
    environ = {key: value for key, value in os.environ.items() if key not in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONPATH")}
    shared = () if WINDOWS else (held,)
    if subprocess.run(pip_command(lock), stdout=2, stdin=subprocess.DEVNULL, env=environ, pass_fds=shared).returncode != 0:
        raise SetupFault(
            "部品を入れられませんでした(上に理由があります)。",
            "ネットワークにつながっていることと空き容量を確かめて、もう一度実行してください。続きから準備します。\n"
            "つながらないパソコンでは、同じ種類のつながるパソコンで次を実行し、できた wheels フォルダーをこのフォルダーに置いてください。\n"
            f"  python3 -m pip download --require-hashes --only-binary :all: -r installers/{lock.name} -d wheels",
        )


def prove(kind: str) -> None:
    """Load what was installed, once. Raises SetupFault."""
    import subprocess

    program = "; ".join(PROOFS[name] for name in included(kind))
    if subprocess.run([python(), "-c", program], stdout=2, stdin=subprocess.DEVNULL).returncode != 0:
        raise SetupFault("入れた部品が動きません。", ".venv フォルダーを消して、もう一度実行してください。")


@contextmanager
def only_one(say: Say) -> Iterator[int]:
    """Two set-ups of one folder never run at once: the second waits. Yields the descriptor of the lock."""
    with (ROOT / ".setup.lock").open("a+b") as file:
        if not try_lock(file.fileno()):
            say("  ほかの準備が終わるのを待っています…")
            while not try_lock(file.fileno()):
                import time

                time.sleep(0.2)
        yield file.fileno()  # closing the file gives the lock back, also after a crash


def try_lock(descriptor: int) -> bool:
    """Take the lock on an open file if it is free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
