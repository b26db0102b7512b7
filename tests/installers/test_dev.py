"""The entrance: which arguments go where, and what is said when it cannot go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installers import dev, environment, verbs

ROOT = Path(__file__).resolve().parents[2]


class Became(Exception):
    """Stands for the process that replaces this one."""

    def __init__(self, path: str, command: list[str], environ: dict[str, str]) -> None:
        super().__init__(path)
        self.command = command
        self.environ = environ


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is set up, and becoming the program is caught."""

    def caught(path: str, command: list[str], environ: dict[str, str]) -> None:
        raise Became(path, command, environ)

    monkeypatch.setattr(os, "execve", caught)
    monkeypatch.setattr(environment, "is_current", lambda kind: True)
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Linux machine without a screen."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "offscreen", "program"),
    [
        ([], False, []),
        (["--"], False, []),
        (["demo"], False, ["demo"]),
        (["--", "demo", "--residents", "10"], False, ["demo", "--residents", "10"]),
        (["--offscreen"], True, []),
        (["--offscreen", "--", "--data", "D"], True, ["--data", "D"]),
        (["--", "search", "--", "x"], False, ["search", "--", "x"]),
        (["--", "--offscreen"], False, ["--offscreen"]),
    ],
)
def test_run_arguments(given: list[str], offscreen: bool, program: list[str]) -> None:
    assert dev.split_run(given) == (offscreen, program)


@pytest.mark.parametrize(
    ("arguments", "verb"),
    [
        ([], False),
        (["--data", "verify"], False),
        (["--data=verify"], False),
        (["--data", "D", "verify"], True),
        (["--json", "shelters", "list"], True),
        (["--version"], True),
        (["--password-file", "F"], False),
    ],
)
def test_a_verb_is_told_from_an_option(arguments: list[str], verb: bool) -> None:
    assert dev.names_verb(arguments) is verb


def test_run_hands_arguments_on(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    with pytest.raises(Became) as became:
        dev.main(["run", "--", "verify", "--json", "--data", "a b"])
    assert became.value.command == [environment.python(), "-P", "-m", "app", "verify", "--json", "--data", "a b"]
    assert became.value.environ["PYTHONPATH"] == os.pathsep.join([str(ROOT), "elsewhere"])


def test_offscreen_reaches_qt(started: None, no_display: None) -> None:
    with pytest.raises(Became) as became:
        dev.main(["run", "--offscreen"])
    assert became.value.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_no_display_is_said_before_anything_is_set_up(
    no_display: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "prepare", lambda kind, say: pytest.fail("set up for nothing"))
    assert dev.main(["run"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "--offscreen" in said.err and "run -- help" in said.err and "画面" in said.err


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_a_display_opens_the_window(started: None, no_display: None, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "some")
    with pytest.raises(Became) as became:
        dev.main(["run"])
    assert became.value.command[-2:] == ["-m", "app"]


def test_the_command_line_needs_no_display(started: None, no_display: None) -> None:
    with pytest.raises(Became):
        dev.main(["run", "--", "self-test"])


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_no_display_variable_is_asked_for(no_display: None, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert not dev.lacks_display([], {})


def test_windows_waits_and_hands_on_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    calls: list[list[str]] = []

    def call(command: list[str], env: dict[str, str]) -> int:
        calls.append(command)
        return 4

    monkeypatch.setattr(dev, "WINDOWS", True)
    monkeypatch.setattr(signal, "signal", lambda number, action: None)
    monkeypatch.setattr(subprocess, "call", call)
    assert dev.become(["python.exe", "-m", "app"], {}) == 4
    assert calls == [["python.exe", "-m", "app"]]


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 10, 13), (3, 14, 0)])
def test_an_unknown_python_is_refused_in_words(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert dev.main(["run"]) == 3
    said = capsys.readouterr().err
    assert f"Python {version[0]}.{version[1]} では動きません" in said and "3.11" in said and "3.13" in said


def test_unknown_verb(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert dev.main(["start"]) == 2
    assert "「start」" in capsys.readouterr().err
    assert dev.main([]) == 2
    assert dev.main(["--help"]) == 0
    assert "doctor" in capsys.readouterr().out


def test_what_stops_a_set_up_comes_with_its_remedy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(kind: str, say: object) -> None:
        raise environment.SetupFault("原因", "手当て")

    monkeypatch.setattr(environment, "is_current", lambda kind: False)
    monkeypatch.setattr(environment, "prepare", fail)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert dev.guarded(["run", "--", "verify"]) == 3
    said = capsys.readouterr()
    assert said.out == "" and "原因\n手当て" in said.err


def test_a_fault_of_the_program_itself_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "main", lambda arguments: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        dev.guarded([])


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "main", interrupt)
    assert dev.guarded([]) == 130
    assert "中断" in capsys.readouterr().err


def test_talk_survives_a_narrow_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "log").open("w", encoding="ascii") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        dev.say("準備 ok")
    assert (tmp_path / "log").read_text("ascii") == "?? ok\n"


def test_the_entrance_uses_the_standard_library_only() -> None:
    outcome = subprocess.run([sys.executable, "-S", "-I", str(ROOT / "installers" / "dev.py"), "--help"], capture_output=True, timeout=30)
    assert outcome.returncode == 0 and b"run" in outcome.stdout


def test_test_with_arguments_is_pytest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def call(command: list[str], cwd: Path, env: dict[str, str]) -> int:
        calls.append(command)
        assert env["QT_QPA_PLATFORM"] == "offscreen" and cwd == ROOT
        return 5

    monkeypatch.setattr(environment, "is_current", lambda kind: True)
    monkeypatch.setattr(subprocess, "call", call)
    assert verbs.test(["-k", "roster"], print) == 5
    assert calls == [[environment.python(), "-m", "pytest", "-k", "roster"]]


@pytest.mark.parametrize(
    ("arguments", "out"),
    [([], ROOT / "build" / "screens"), (["--out", "pictures"], Path.cwd() / "pictures")],
)
def test_screens(arguments: list[str], out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(environment, "is_current", lambda kind: True)
    monkeypatch.setattr(Path, "mkdir", lambda self, **how: None)
    monkeypatch.setattr(subprocess, "call", lambda command, **how: calls.append(command) or 0)
    assert verbs.screens(arguments, print) == 0
    assert calls[0][1:] == ["-m", "app.ui.screens", "--out", str(out)]
    assert verbs.screens(["--wrong"], lambda text: None) == 2


def test_bench_runs_one_or_all_and_keeps_the_worst_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bench").mkdir()
    for name, code in (("good", 0), ("bad", 1), ("_shared", 9)):
        (tmp_path / "bench" / f"{name}.py").write_text(f"raise SystemExit({code})\n")
    said: list[str] = []
    monkeypatch.setattr(verbs, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "is_current", lambda kind: True)
    monkeypatch.setattr(environment, "python", lambda: sys.executable)
    assert verbs.bench(["good"], said.append) == 0
    assert verbs.bench([], said.append) == 1
    assert said == ["== good", "== bad", "== good"]
    assert verbs.bench(["absent"], said.append) == 2 and "good" in said[-1]


def test_doctor_changes_nothing_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path / "absent")
    monkeypatch.setattr(verbs.system, "missing", lambda kind: ["libgl1"])
    monkeypatch.setattr(verbs.shutil, "which", lambda name: "/usr/bin/" + name)
    assert verbs.doctor([], dev.say) == 3
    said = capsys.readouterr()
    assert "× 仮想環境" in said.out and "libgl1" in said.out and "apt-get install" in said.err
    assert not (tmp_path / "absent").exists()
