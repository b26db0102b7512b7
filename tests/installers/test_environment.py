"""The stamp, the half-finished set-up, and pip's conditions – without a network."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from installers import environment, system, verbs

LOCKS = Path(environment.__file__).parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of its own, with locks that ask for nothing, and a system that has everything."""
    (tmp_path / "installers").mkdir()
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock"):
        (tmp_path / "installers" / name).write_text(f"# {name}\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "WHEELS", tmp_path / "wheels")
    monkeypatch.setattr(system, "provide", lambda kind, say: True)
    monkeypatch.setattr(environment, "PROOFS", {"run": "import json", "test": "import csv", "bench": "import bisect"})
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Making environments and installing packages are counted, not done."""
    done: list[str] = []

    def rebuild(say: environment.Say) -> None:
        done.append("rebuild")
        interpreter = Path(environment.python())
        interpreter.parent.mkdir(parents=True, exist_ok=True)
        interpreter.unlink(missing_ok=True)
        interpreter.symlink_to(sys.executable)

    monkeypatch.setattr(environment, "rebuild", rebuild)
    monkeypatch.setattr(environment, "usable", lambda: Path(environment.python()).exists())
    monkeypatch.setattr(environment, "install_packages", lambda lock, held: done.append(lock.name))
    return done


def silent(text: str) -> None:
    """Nobody listens."""


def test_the_second_start_does_nothing(project: Path, quick: list[str]) -> None:
    assert not environment.is_current("run")
    environment.prepare("run", silent)
    assert environment.is_current("run") and not environment.is_current("test")
    assert quick == ["rebuild", "requirements.lock"]
    environment.prepare("run", silent)
    assert quick == ["rebuild", "requirements.lock"]


def test_tests_add_to_the_same_environment(project: Path, quick: list[str]) -> None:
    environment.prepare("run", silent)
    environment.prepare("test", silent)
    assert environment.is_current("run") and environment.is_current("test")
    assert quick == ["rebuild", "requirements.lock", "requirements-dev.lock"]


def test_a_changed_lock_is_installed_over_the_old(project: Path, quick: list[str]) -> None:
    environment.prepare("test", silent)
    (project / "installers" / "requirements.lock").write_text("# newer\n")
    assert not environment.is_current("run") and not environment.is_current("test")
    environment.prepare("run", silent)
    assert environment.is_current("run") and not environment.is_current("test")
    assert quick == ["rebuild", "requirements-dev.lock", "requirements.lock"]


def test_another_python_is_not_current(project: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    environment.prepare("run", silent)
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert not environment.is_current("run")


def test_a_moved_folder_is_not_current(project: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    environment.prepare("run", silent)
    moved = project.parent / "moved"
    project.rename(moved)
    monkeypatch.setattr(environment, "ROOT", moved)
    monkeypatch.setattr(environment, "VENV", moved / ".venv")
    assert not environment.is_current("run")


def test_a_half_finished_set_up_is_built_anew(project: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = environment.install_packages

    def cut_off(lock: Path, held: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "install_packages", cut_off)
    with pytest.raises(KeyboardInterrupt):
        environment.prepare("run", silent)
    assert not environment.is_current("run") and environment.marker().exists()
    monkeypatch.setattr(environment, "install_packages", whole)
    environment.prepare("run", silent)
    assert quick == ["rebuild", "rebuild", "requirements.lock"]
    assert environment.is_current("run") and not environment.marker().exists()


def test_a_stamp_beside_a_marker_does_not_count(project: Path, quick: list[str]) -> None:
    environment.prepare("run", silent)
    environment.marker().touch()
    assert not environment.is_current("run")


@pytest.mark.parametrize("content", [b"", b"0123", b"\xff\xfe\x00"])
def test_a_damaged_stamp_does_not_count(project: Path, quick: list[str], content: bytes) -> None:
    environment.prepare("run", silent)
    environment.stamp("run").write_bytes(content)
    assert not environment.is_current("run")
    environment.prepare("run", silent)
    assert environment.is_current("run")


def test_a_lost_interpreter_is_built_anew(project: Path, quick: list[str]) -> None:
    environment.prepare("run", silent)
    Path(environment.python()).unlink()
    assert not environment.is_current("run")
    environment.prepare("run", silent)
    assert quick.count("rebuild") == 2 and environment.is_current("run")


def test_packages_that_do_not_load_are_no_success(project: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "PROOFS", {"run": "import no_such_module_here", "test": ""})
    with pytest.raises(environment.SetupFault, match="動きません"):
        environment.prepare("run", silent)
    assert not environment.is_current("run")


def test_a_lacking_system_is_asked_about_again_but_packages_are_not_installed_again(
    project: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "provide", lambda kind, say: False)
    environment.prepare("run", silent)
    environment.prepare("run", silent)
    assert not environment.is_current("run") and environment.packages_current("run")
    assert quick == ["rebuild", "requirements.lock"]
    monkeypatch.setattr(system, "provide", lambda kind, say: True)
    environment.prepare("run", silent)
    assert environment.is_current("run")


def test_a_folder_that_cannot_be_written_is_said_in_words(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(say: environment.Say) -> None:
        raise PermissionError(13, "Permission denied", ".venv")

    monkeypatch.setattr(environment, "rebuild", refuse)
    with pytest.raises(environment.SetupFault) as fault:
        environment.prepare("run", silent)
    assert "書き込める" in fault.value.remedy


def test_a_real_environment_is_made_and_known(project: Path) -> None:
    """Without packages this needs no network: the interpreter, pip's presence and the stamp are real."""
    said: list[str] = []
    environment.rebuild(said.append)
    assert environment.marker().exists() and environment.usable()
    (project / ".venv" / "pyvenv.cfg").unlink()
    Path(environment.python()).unlink()
    assert not environment.usable()


def test_pip_checks_hashes_and_takes_wheels_only(project: Path) -> None:
    command = environment.pip_command(environment.lock_path("test"))
    assert "--require-hashes" in command and command[command.index("--only-binary") + 1] == ":all:"
    assert "--no-index" not in command and str(project / "installers" / "requirements-dev.lock") in command
    (project / "wheels").mkdir()
    command = environment.pip_command(environment.lock_path("run"))
    assert command[-3:] == ["--no-index", "--find-links", str(project / "wheels")]


def test_no_network_is_said_in_words(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess[bytes]([], 1)
    monkeypatch.setattr(subprocess, "run", lambda *command, **how: failed)
    with pytest.raises(environment.SetupFault) as fault:
        environment.install_packages(environment.lock_path("run"), 2)
    assert "ネットワーク" in fault.value.remedy and "wheels" in fault.value.remedy and "requirements.lock" in fault.value.remedy


def test_a_wrong_hash_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real pip, on a folder of its own: a package that is not the one locked does not get in."""
    (project / "wheels").mkdir()
    (project / "wheels" / "thing-1.0-py3-none-any.whl").write_bytes(b"not what was locked")
    lock = project / "installers" / "requirements.lock"
    lock.write_text("thing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(environment, "python", lambda: sys.executable)
    with pytest.raises(environment.SetupFault):
        environment.install_packages(lock, 2)


def test_windows_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "WINDOWS", True)
    assert environment.python(tmp_path).endswith(str(Path("Scripts") / "python.exe"))


def test_two_set_ups_wait_for_each_other(project: Path) -> None:
    said: list[str] = []
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys, time\n"
            "file = open(sys.argv[1], 'a+b')\nfcntl.flock(file, fcntl.LOCK_EX)\nprint('held', flush=True)\ntime.sleep(0.8)\n",
            str(project / ".setup.lock"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        begun = time.monotonic()
        with environment.only_one(said.append):
            waited = time.monotonic() - begun
    assert waited > 0.3 and any("待って" in line for line in said)


def test_a_killed_set_up_is_waited_for(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip that outlives its parent still holds the lock."""
    ending = project / "pip-ended"
    program = f"import time, pathlib; time.sleep(0.6); pathlib.Path({str(ending)!r}).touch()"
    with environment.only_one(silent) as held:
        orphan = subprocess.Popen([sys.executable, "-c", program], pass_fds=(held,))
    with orphan, environment.only_one(silent):
        assert ending.exists()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_name_no_address(name: str) -> None:
    assert verbs.lock_faults((LOCKS / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://example.invalid/simple\n",
        "a @ https://example.invalid/a.whl \\\n    --hash=sha256:00\n",
        "a==1.0\n",
        "a>=1.0 \\\n    --hash=sha256:00\n",
        "-i mirror\n",
    ],
)
def test_a_fault_in_a_lock_is_noticed(text: str) -> None:
    assert verbs.lock_faults(text)


def test_a_start_with_everything_there_is_quick(project: Path, quick: list[str]) -> None:
    """The question costs far less than the 50 ms that a person could notice."""
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock"):
        (project / "installers" / name).write_bytes((LOCKS / name).read_bytes())
    environment.prepare("test", silent)
    begun = time.perf_counter()
    for _ in range(20):
        assert environment.is_current("run")
    assert (time.perf_counter() - begun) / 20 < 0.02
