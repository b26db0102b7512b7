"""The verbs of ``dev.py`` besides ``run``: each takes its arguments and a way to talk, and returns an exit code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from installers import environment, stages, system

ROOT = environment.ROOT
Say = Callable[[str], None]


def ready(kind: str, say: Say) -> None:
    """Set up what is missing for ``kind``."""
    if not environment.is_current(kind):
        environment.prepare(kind, say)


def child_environment(**more: str) -> dict[str, str]:
    """The environment of programs started from the project folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def test(arguments: list[str], say: Say) -> int:
    """All stages; with arguments only pytest, given these arguments."""
    ready("test", say)
    environ = child_environment(QT_QPA_PLATFORM="offscreen")
    if arguments:
        return subprocess.call([environment.python(), "-m", "pytest", *arguments], cwd=ROOT, env=environ)
    return stages.run_all(environment.python(), root=ROOT, environ=environ)


def screens(arguments: list[str], say: Say) -> int:
    """Pictures of all pages and dialogs into a folder."""
    out = ROOT / "build" / "screens"
    if arguments[:1] == ["--out"] and len(arguments) == 2:
        out = Path(arguments[1]).resolve()
    elif arguments:
        say("使い方: python3 installers/dev.py screens [--out フォルダー]")
        return 2
    ready("run", say)
    out.mkdir(parents=True, exist_ok=True)
    command = [environment.python(), "-m", "app.ui.screens", "--out", str(out)]
    return subprocess.call(command, cwd=ROOT, env=child_environment(QT_QPA_PLATFORM="offscreen"))


def bench(arguments: list[str], say: Say) -> int:
    """One measurement with its arguments, or all of them; fails if one fails."""
    found = {path.stem: path for path in sorted((ROOT / "bench").glob("*.py")) if not path.stem.startswith("_")}
    name = arguments[0].removesuffix(".py") if arguments else None
    if name is not None and name not in found:
        say(f"「{name}」という計測はありません。あるもの: {'、'.join(found) or 'なし'}")
        return 2
    ready("bench", say)
    environ = child_environment()
    environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    chosen = [found[name]] if name else list(found.values())
    worst = 0
    for path in chosen:
        say(f"== {path.stem}")
        worst = max(worst, abs(subprocess.call([environment.python(), str(path), *arguments[1:]], cwd=ROOT, env=environ)))
    return worst


def lock(arguments: list[str], say: Say) -> int:
    """Write the lock files anew from the ``.in`` files; older choices stay unless ``--upgrade`` is given."""
    if any(argument != "--upgrade" for argument in arguments):
        say("使い方: python3 installers/dev.py lock [--upgrade]")
        return 2
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(environment.python()).parent))
    if uv is None:
        say("uv がありません。次を実行してから、もう一度試してください: python3 -m pip install uv(または .venv の pip で)")
        return 3
    for name in ("requirements", "requirements-dev", "requirements-bench"):
        call = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--only-binary", ":all:"]
        call += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
        call += [*arguments, f"{name}.in", "-o", f"{name}.lock"]
        if subprocess.call(call, cwd=ROOT / "installers", stdout=subprocess.DEVNULL) != 0:
            say(f"{name}.lock を作れませんでした。上の理由を直してから、もう一度実行してください。")
            return 3
        faults = lock_faults((ROOT / "installers" / f"{name}.lock").read_text("utf-8"))
        if faults:
            say(f"{name}.lock に書いてはいけない行があります:\n  " + "\n  ".join(faults))
            return 1
        say(f"{name}.lock を作りました。")
    say("続けて test を実行し、.venv の Python で installers/licences.py を動かすと、THIRD_PARTY.md の表も新しくなります。")
    return 0


def lock_faults(text: str) -> list[str]:
    """Lines of a lock that name an address or an index, and requirements without an exact version or a hash."""
    faults = [line for line in text.splitlines() if re.search(r"://|^\s*(-i|--(extra-)?index-url|--find-links|-f)\b| @ ", line)]
    for block in re.split(r"\n(?=\S)", text):
        first = block.splitlines()[0] if block.strip() else ""
        if first and not first.startswith("#") and ("==" not in first or "--hash=sha256:" not in block):
            faults.append(first)
    return faults


def doctor(arguments: list[str], say: Say) -> int:
    """Report what is there and what is missing, on standard output; changes nothing. 3 if the program cannot start."""
    if arguments:
        say("使い方: python3 installers/dev.py doctor")
        return 2
    absent = system.missing("test")
    checks = [
        ("Python", True, f"{sys.version.split()[0]} ({sys.executable})"),
        ("仮想環境 .venv", environment.usable(), environment.python()),
        ("実行の準備", environment.is_current("run"), "済み" if environment.is_current("run") else "次の run で準備します"),
        ("検査の準備", environment.is_current("test"), "済み" if environment.is_current("test") else "次の test で準備します"),
        ("システムの部品", not absent, "そろっています" if not absent else "足りない: " + " ".join(absent)),
        ("画面", bool(screen_name()), screen_name() or "なし(--offscreen かコマンドラインで使えます)"),
        ("空き容量", shutil.disk_usage(ROOT).free > 2 * 1024**3, f"{shutil.disk_usage(ROOT).free / 1024**3:.1f} GB"),
    ]
    for name, good, detail in checks:
        print(f"{'○' if good else '×'} {name}: {detail}")
    if absent and shutil.which("apt-get"):
        system.tell_command(absent, say, "足りないシステムの部品があります。")
    return 0 if environment.is_current("run") and environment.usable() else 3


def screen_name() -> str:
    """Where a window would be shown; empty if nowhere."""
    if not sys.platform.startswith("linux"):
        return sys.platform
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""


BY_NAME: dict[str, Callable[[list[str], Say], int]] = {
    "test": test,
    "screens": screens,
    "bench": bench,
    "lock": lock,
    "doctor": doctor,
}
