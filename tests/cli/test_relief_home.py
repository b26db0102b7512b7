"""``relief home``, and paying with nothing but a voucher, as scripts call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from tests.batches_town import open_desk
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]
BOSS = "承認 三郎"


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A folder with two households entitled to money; ``into`` names another folder."""
    folder, clock = copy_store(template, tmp_path / "data"), Clock()
    town = open_town(folder, clock)
    desk = open_desk(town)
    desk.entitle(1, due=200_000)
    desk.entitle(2, due=50_000)
    with town.ctx.unit() as uow:
        from dataclasses import replace

        for one in uow.payees.where(subject="victim:H2"):
            uow.payees.save(replace(one, way="cash"))
        uow.commit()
    town.session.close(backup=False)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    monkeypatch.setenv("SASAE_NEW_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True, by: str = OPERATOR, into: str = "data") -> tuple[int, Any]:
        capsys.readouterr()
        monkeypatch.setenv("SASAE_OPERATOR", by)
        code = run_command(gateway(now=clock), ["--data", str(tmp_path / into), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out + said.err

    assert call("operators", "add", BOSS, "--role", "approval")[0] == 0
    return call


def test_a_restored_folder_pays_nobody_until_two_people_took_over(run: Run, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "b.sasae-backup"))[0] == 0
    assert run("relief", "prepare", "gienkin", "1")[0] == 0
    assert run("restore", str(tmp_path / "b.sasae-backup"), "--into", str(tmp_path / "copy"))[0] == 0
    code, answer = run("relief", "prepare", "gienkin", "1", into="copy")
    assert (code, answer["error"]["code"]) == (1, "relief.other_home")
    code, shown = run("relief", "home", "show", into="copy")
    assert code == 0 and not shown["here"] and shown["device"] == run("relief", "home", "show")[1]["device"] != shown["mine"]
    code, told = run("relief", "home", "ask", "--reason", "水没した", into="copy")
    assert (code, told["asked_by"], told["here"]) == (0, OPERATOR, False)
    code, answer = run("relief", "home", "confirm", into="copy")
    assert (code, answer["error"]["code"]) == (1, "relief.home_own")
    assert "求めています（水没した）" in run("relief", "home", "show", into="copy", as_json=False)[1]
    code, told = run("relief", "home", "confirm", into="copy", by=BOSS)
    assert (code, told["here"], told["device"]) == (0, True, shown["mine"])
    assert run("relief", "prepare", "gienkin", "1", into="copy")[0] == 0


def test_a_take_over_that_is_not_wanted(run: Run, tmp_path: Path) -> None:
    code, answer = run("relief", "home", "ask", "--reason", "x")
    assert (code, answer["error"]["code"]) == (1, "relief.home_here")
    assert run("relief", "home", "ask")[0] == 2
    code, answer = run("relief", "home", "refuse", "--reason", "x")
    assert (code, answer["error"]["code"]) == (1, "relief.home_not_asked")
    assert "この端末" in run("relief", "home", "show", as_json=False)[1]


def test_the_paper_alone_pays_and_says_so(run: Run) -> None:
    batch = run("relief", "prepare", "gienkin", "1", "--way", "cash")[1]["batches"][0]["number"]
    for step in ("check", "approve"):
        assert run("relief", step, batch, by=BOSS)[0] == 0
    code, answer = run("relief", "vouchers", "assign", "--batch", batch)
    assert code == 0
    (number,) = answer["assigned"]
    assert run("relief", "vouchers", "list", "--state", "changed")[1]["count"] == 0
    code, paid = run("relief", "pay", number)
    assert (code, paid["identified"], paid["amount"]) == (0, "none", 50_000)
    code, answer = run("relief", "pay", number)
    assert (code, answer["error"]["code"]) == (1, "voucher.already_paid")
