"""``evacuees import --site``, ``evacuees duplicates``: rosters from paper and places of registrations, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, SHELTERS, Clock, copy_store

__all__ = ["template"]
ROSTER = "氏名,フリガナ,生年月日\r\n見本　梅,ミホン　ウメ,S10.2.3\r\n"


def test_rosters_from_paper_and_who_was_registered_where(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, clock = copy_store(template, tmp_path / "hq"), Clock()
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    path = tmp_path / "名簿.csv"
    path.write_bytes(ROSTER.encode("cp932"))

    def run(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(now=clock), [*arguments, "--data", str(folder), *(["--json"] if as_json else [])])
        said = capsys.readouterr().out
        return code, json.loads(said) if as_json else said

    load = ("evacuees", "import", str(path), "--shelter", SHELTERS[0])
    code, told = run(*load, "--site", "見本公民館")
    assert code == 1 and told["error"]["code"] == "paper.site_nowhere" and "--make-site" in told["error"]["message"]
    assert run(*load, "--make-site")[1]["error"]["code"] == "paper.site_missing"
    code, told = run(*load, "--site", "見本公民館", "--make-site")
    assert (code, told["created"], told["site"]) == (0, 1, "見本公民館")
    code, told = run(*load, "--site", "見本公民館")
    assert (code, told["created"], told["unchanged"]) == (0, 0, 1)
    assert run(*load, "--site", "見本公民")[1]["error"]["message"].count("見本公民館") == 1
    run("evacuees", "check-in", "--shelter", SHELTERS[1], "--person", json.dumps({"name": "見本　梅", "birth": "S10.2.3"}), "--on-conflict", "different")
    code, told = run("evacuees", "duplicates")
    (group,) = told["groups"]
    assert {(one["shelter"], one["site"]) for one in group["registered"]} == {(SHELTERS[0], "見本公民館"), (SHELTERS[1], "見本市役所本部")}
    assert all(one["since"] and one["registered_at"] for one in group["registered"])
    code, words = run("evacuees", "duplicates", as_json=False)
    assert code == 0 and "見本公民館" in words
