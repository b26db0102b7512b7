"""What the system lacks: installed where that is allowed, else the exact command to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installers import system


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """A Debian where two packages are missing until the dictionary says otherwise."""
    there = {"libgl1": False, "xvfb": False, "fonts-ipamj-mincho": True}

    def need(name: str) -> system.Need:
        return system.Need(name, lambda: there[name])

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system, "NEEDS", {"run": (need("libgl1"), need("fonts-ipamj-mincho")), "test": (need("xvfb"),)})
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return there


def test_tests_need_more_than_the_program(lacking: dict[str, bool]) -> None:
    assert system.missing("run") == ["libgl1"]
    assert system.missing("test") == ["libgl1", "xvfb"]


def test_root_installs(lacking: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def apt(prefix: list[str], call: list[str]) -> bool:
        calls.append(prefix + call)
        lacking["libgl1"] = True
        return True

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "apt", apt)
    assert system.provide("run", lambda text: None) is True
    assert len(calls) == 1 and calls[0][:3] == ["apt-get", "install", "-y"] and calls[0][-1] == "libgl1"


def test_an_old_package_list_is_renewed_once(lacking: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def apt(prefix: list[str], call: list[str]) -> bool:
        calls.append(call[1])
        if calls == ["install", "update", "install"]:
            lacking["libgl1"] = True
            return True
        return call[1] == "update"

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "apt", apt)
    assert system.provide("run", lambda text: None) is True
    assert calls == ["install", "update", "install"]


def test_a_failed_installation_ends_in_the_command_to_type(lacking: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "apt", lambda prefix, call: False)
    assert system.provide("run", said.append) is False
    assert said[-1].endswith("sudo apt-get update && sudo apt-get install -y --no-install-recommends libgl1")


@pytest.mark.parametrize(("code", "prefix"), [(0, ["sudo", "-n"]), (1, None)])
def test_sudo_is_used_if_it_asks_nothing(
    lacking: dict[str, bool], monkeypatch: pytest.MonkeyPatch, code: int, prefix: list[str] | None
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(subprocess, "run", lambda command, **how: subprocess.CompletedProcess(command, code))
    assert system.privilege() == prefix


def test_without_rights_the_exact_command_is_printed(lacking: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(subprocess, "run", lambda command, **how: subprocess.CompletedProcess(command, 1))
    monkeypatch.setattr(system, "apt", lambda prefix, call: pytest.fail("nothing may be installed"))
    assert system.provide("test", said.append) is False
    assert said[0].endswith("sudo apt-get update && sudo apt-get install -y --no-install-recommends libgl1 xvfb")


def test_without_apt_the_names_are_told(lacking: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert system.provide("run", said.append) is False
    assert "libgl1" in said[0] and "apt-get" not in said[0]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_lack_nothing(lacking: dict[str, bool], monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert system.missing("test") == [] and system.provide("test", lambda text: None) is True


def test_the_questions_can_be_answered_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert system.loads("libc.so.6")() and not system.loads("libsasae-none.so.9")()
    assert system.command("sh")() and not system.command("sasae-no-such-command")()
    assert system.module("json")() and not system.module("sasae_no_such_module")()
    monkeypatch.setattr(system, "FONT_FOLDERS", (str(tmp_path / "absent"), str(tmp_path)))
    assert not system.font("name.ttf")()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "name.ttf").touch()
    assert system.font("name.ttf")()


@pytest.mark.parametrize(("version", "enough"), [("14", False), ("15", True), ("17", True), ("old", False), ("", False)])
def test_a_server_of_fifteen_or_later_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, enough: bool) -> None:
    monkeypatch.setattr(system, "SERVERS", str(tmp_path))
    monkeypatch.setattr(system, "command", lambda _: lambda: False)
    if version:
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert system.postgresql() is enough


def test_apt_asks_nothing_and_leaves_standard_output_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def run(command: list[str], **how: object) -> subprocess.CompletedProcess[bytes]:
        seen.update(how, command=command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert system.apt(["sudo", "-n"], ["apt-get", "update"]) is True
    assert seen["command"] == ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update"]
    assert seen["stdout"] == 2 and seen["stdin"] == subprocess.DEVNULL
