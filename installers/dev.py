"""Set up, start, test and measure Sasae: ``python3 installers/dev.py VERB``.

Standard library only. All talk of the set-up goes to standard error, so that the standard output of the program
that is started stays its own. The usual start (everything is set up) reads one stamp file and replaces this process.
"""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WINDOWS = os.name == "nt"
SUPPORTED = ((3, 11), (3, 12), (3, 13))

USAGE = """\
使い方: python3 installers/dev.py 動詞 [引数]

  run [--offscreen] [-- 引数…]  足りないものを準備して起動する(引数なしは画面、動詞があればコマンドライン)
  run demo                      架空の自治体の訓練データで動かす
  test [pytest の引数…]         すべての検査(引数を付けると pytest だけをその引数で)
  screens [--out フォルダー]    すべての画面の絵を作る(既定: build/screens)
  bench [名前 [引数…]]          bench/ の計測(名前を省くと全部)
  lock [--upgrade]              固定した部品の一覧(*.lock)を作り直す(uv が要る)
  doctor                        このパソコンの準備の状態を調べて報告する(何も変えない)
"""

NO_DISPLAY = """\
画面(ディスプレイ)が見つかりません(DISPLAY も WAYLAND_DISPLAY もありません)。次のどれかで続けられます。
  1. 画面のあるパソコンで、同じコマンドを実行する。
  2. 画面なしで動かす:         python3 installers/dev.py run --offscreen
  3. コマンドラインで使う:     python3 installers/dev.py run -- help
"""

# Options of the program that take a value; what is left without a dash is a verb of its command line.
_VALUE_OPTIONS = ("--data", "--password-file")
_CLI_FLAGS = ("-h", "--help", "--version", "--json")


def say(text: str) -> None:
    """Write to standard error, whatever its encoding can hold."""
    stream = sys.stderr
    line = text if text.endswith("\n") else text + "\n"
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(line.encode(encoding, "replace").decode(encoding))
    stream.flush()


def names_verb(arguments: list[str]) -> bool:
    """Whether the program, given these arguments, runs its command line instead of opening the window."""
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in _CLI_FLAGS or not argument.startswith("-"):
            return True
        else:
            skip = argument in _VALUE_OPTIONS
    return False


def split_run(arguments: list[str]) -> tuple[bool, list[str]]:
    """``(offscreen, arguments for the program)`` from what follows ``run``."""
    rest = list(arguments)
    offscreen = False
    while rest and rest[0] == "--offscreen":
        offscreen = True
        rest.pop(0)
    if rest and rest[0] == "--":
        rest.pop(0)
    return offscreen, rest


def lacks_display(arguments: list[str], environ: dict[str, str]) -> bool:
    """True on Linux when a window is asked for and there is nowhere to show it."""
    if not sys.platform.startswith("linux") or names_verb(arguments):
        return False
    if environ.get("QT_QPA_PLATFORM"):
        return False
    return not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def run(arguments: list[str]) -> int:
    """Set up what is missing and become ``python -m app ARGS``; on Windows, wait for it and hand on its exit code."""
    offscreen, program = split_run(arguments)
    environ = dict(os.environ)
    if offscreen:
        environ["QT_QPA_PLATFORM"] = "offscreen"
    if lacks_display(program, environ):
        say(NO_DISPLAY)
        return 3
    from installers import environment

    if not environment.is_current("run"):
        environment.prepare("run", say)
    # The working folder stays the caller's, so that relative file names mean what was typed.
    environ["PYTHONPATH"] = os.pathsep.join(part for part in (ROOT, environ.get("PYTHONPATH", "")) if part)
    return become([environment.python(), "-P", "-m", "app", *program], environ)


def become(command: list[str], environ: dict[str, str]) -> int:
    """Replace this process; where the system cannot (Windows), run a child and return its exit code."""
    if not WINDOWS:
        sys.stdout.flush()
        os.execve(command[0], command, environ)
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program, which rolls back and ends by itself
    return subprocess.call(command, env=environ)


def main(arguments: list[str]) -> int:
    """Carry out one verb; the exit code of the process."""
    if sys.version_info[:2] not in SUPPORTED:
        say(
            "Python {}.{} では動きません。Python 3.11、3.12、3.13 のどれかで実行してください。\n"
            "  例: python3.11 installers/dev.py …(Windows: py -3.11 installers\\dev.py …)".format(*sys.version_info[:2])
        )
        return 3
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        (say if not arguments else print)(USAGE)
        return 0 if arguments else 2
    sys.path.insert(0, ROOT)
    verb, rest = arguments[0], arguments[1:]
    if verb == "run":
        return run(rest)
    from installers import verbs

    handler = verbs.BY_NAME.get(verb)
    if handler is None:
        say(f"「{verb}」という動詞はありません。\n\n{USAGE}")
        return 2
    return handler(rest, say)


def guarded(arguments: list[str]) -> int:
    """:func:`main`, with what stops a set-up told in words and Ctrl+C answered by exit code 130."""
    try:
        return main(arguments)
    except KeyboardInterrupt:
        say("中断しました。もう一度実行すると、続きから準備します。")
        return 130
    except Exception as error:
        remedy = getattr(error, "remedy", None)
        if remedy is None:
            raise
        say(f"{error}\n{remedy}")
        return 3


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))
