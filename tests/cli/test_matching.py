"""``sasae evacuees match``, ``duplicates`` and ``decide``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, SHELTERS, copy_store

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]
TARO = {"name": "高橋太郎", "birth": "S50.3.1", "source": "file"}


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    folder = copy_store(template, tmp_path / "data")
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(), ["--data", str(folder), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr().out
        return code, json.loads(said) if as_json else said

    return call


def _arrive(run: Run, *people: dict[str, str], shelter: str = SHELTERS[0]) -> list[str]:
    typed = [part for one in people for part in ("--person", json.dumps(one, ensure_ascii=False))]
    code, answer = run("evacuees", "check-in", "--shelter", shelter, "--on-conflict", "different", *typed)
    assert code == 0, answer
    return list(answer["persons"])


def test_proposals_then_the_sure_ones_linked(run: Run, tmp_path: Path) -> None:
    taro = _arrive(run, TARO, {"name": "いちろう", "source": "file"})[0]
    code, answer = run("evacuees", "match")
    assert code == 0 and answer["unlinked"] == 2 == answer["sure"] + answer["review"] and answer["linked"] == 0
    case = next(case for case in answer["cases"] if case["person"] == taro)
    assert case["band"] == "sure" and case["resident"].endswith(":0") and case["score"] > 90
    assert "生年月日が同じ" in case["candidates"][0]["reasons"]
    code, answer = run("evacuees", "match", "--apply-sure", "--out", str(tmp_path / "結果.json"))
    assert code == 0 and answer["linked"] == answer["sure"] >= 1 and "cases" not in answer
    assert len(json.loads((tmp_path / "結果.json").read_text("utf-8"))["cases"]) == 2
    code, answer = run("evacuees", "match")
    assert answer["sure"] == 0
    code, said = run("evacuees", "match", as_json=False)
    assert code == 0 and "確実" in said


def test_duplicates_and_decisions_keep_their_form(run: Run) -> None:
    first = _arrive(run, TARO)[0]
    second = _arrive(run, {"name": "髙橋　太郎", "birth": "昭和50年3月1日", "source": "file"}, shelter=SHELTERS[1])[0]
    code, answer = run("evacuees", "duplicates")
    (group,) = answer["groups"]
    assert code == 0 and (group["score"], group["reason"], group["persons"]) == (0.95, "name_and_birth", sorted((first, second)))
    assert len(set(group["numbers"])) == 2
    said = run("evacuees", "duplicates", as_json=False)[1]
    assert all(number in said for number in group["numbers"]) and first not in said, "people call people by numbers that are on their cards"
    code, answer = run("evacuees", "decide", first, second, "--different")
    assert (code, answer) == (0, {"persons": sorted((first, second)), "decision": "different"})
    assert run("evacuees", "duplicates") == (0, {"groups": []})


def test_without_residents_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.stores import Clock, setup_of

    gateway(now=Clock()).create(tmp_path / "bare", setup_of())[0].close(backup=False)
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    assert run_command(gateway(), ["--data", str(tmp_path / "bare"), "evacuees", "match", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "match.no_snapshot" and "住民データ" in error["message"]
