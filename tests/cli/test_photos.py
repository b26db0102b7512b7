"""``sasae surveys photos``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.domain.building import Building
from app.domain.building_code import building_code
from app.domain.identifiers import new_id, person_number
from tests.photographs import shoot
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def numbers() -> list[str]:
    """Filled by ``run``: the numbers of two buildings."""
    return []


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], numbers: list[str]) -> Run:
    folder = copy_store(template, tmp_path / "data")
    town = open_town(folder, Clock())
    with town.ctx.unit() as uow:
        for serial in (1, 2):
            numbers.append(person_number(town.ctx.place.device_prefix, serial))
            uow.buildings.add(Building(id=new_id(), number=numbers[-1], address="見本市本町"))
        uow.commit()
    code = building_code(town.ctx.place.disaster_id, numbers[0])
    town.session.close(backup=False)
    for place in range(4):
        taken = datetime(2024, 1, 2, 8) + timedelta(minutes=place)
        shoot(tmp_path / "DCIM" / f"{place}.jpg", *([code] if place == 2 else []), taken=taken, mark=place)
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        answer = run_command(gateway(), ["--data", str(folder), "surveys", "photos", *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr().out
        return answer, json.loads(said) if as_json else said

    return call


def test_a_card_comes_in_and_goes_out(run: Run, numbers: list[str], tmp_path: Path) -> None:
    card = tmp_path / "DCIM"
    code, answer = run("import", str(card), "--dry-run", "--offset", "-09:00")
    assert code == 0 and answer["added"] == 4 and answer["dry_run"] and run("list")[1]["count"] == 0
    (card / "bad.jpg").write_bytes(b"no picture")
    code, answer = run("import", str(card), "--offset", "+00:05")
    assert code == 1 and (answer["found"], answer["added"], answer["failed"]) == (5, 4, 1)
    assert answer["matched"] == {"none": 2, "qr": 2} and "bad.jpg" in answer["issues"][0]["message"] and answer["issues"][0]["lost"]
    code, listed = run("list", "--unmatched")
    assert code == 0 and listed["count"] == 2 and listed["photos"][0]["taken_at"] == "2024-01-02T08:05:00+09:00"
    code, given = run("assign", listed["photos"][0]["number"], listed["photos"][1]["id"], "--building", numbers[1], "--reason", "見て確認")
    assert code == 0 and given["building"] == numbers[1] and len(given["assigned"]) == 2
    code, listed = run("list", "--building", "2")
    assert [row["matched"] for row in listed["photos"]] == ["hand", "hand"] and listed["batches"][0]["unmatched"] == 0
    code, sheet = run("sheet", "--building", numbers[0], "--out", str(tmp_path / "台帳.pdf"), "--per-page", "6")
    assert code == 0 and (sheet["photos"], sheet["pages"]) == (2, 1) and Path(sheet["file"]).stat().st_size > 5000
    code, out = run("export", "--batch", listed["batches"][0]["batch"], "--out", str(tmp_path / "out"))
    assert code == 0 and out["photos"] == 4 == len(list((tmp_path / "out").iterdir()))
    code, gone = run("remove", listed["photos"][0]["number"])
    assert code == 0 and len(gone["removed"]) == 1 and run("list")[1]["count"] == 3
    code, again = run("import", str(card))
    assert (again["added"], again["known"]) == (1, 3)


def test_words_for_people(run: Run, tmp_path: Path) -> None:
    (tmp_path / "DCIM" / "clip.mov").write_bytes(b"x")
    code, said = run("import", str(tmp_path / "DCIM"), as_json=False)
    assert code == 0 and "4枚のうち 4枚を取り込みました（建物 1棟）" in said and "QR 2" in said and ".mov 1" in said
    code, said = run("list", as_json=False)
    assert "建物未定" in said and "（4枚）" in said and "取り込み「2" in said


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("import", "nowhere"), 1, "photo.folder_missing"), (("import", "x", "--offset", "soon"), 2, "cli.offset_unreadable"),
        (("list", "--building", "77"), 1, "photo.no_building"), (("list", "--building", "1", "--unmatched"), 2, "cli.photo_what"),
        (("assign", "P-ZZZZ-00001-0", "--building", "1"), 1, "photo.not_found"), (("sheet", "--out", "x.pdf"), 2, "cli.photo_which"),
        (("sheet", "--building", "1", "--out", "x.pdf"), 1, "photo.nothing_chosen"), (("remove",), 2, "cli.photo_remove_what"), ((), 2, "cli.usage"),
    ],
)  # fmt: skip
def test_wrong_calls_say_what_is_wrong(run: Run, arguments: tuple[str, ...], status: int, code: str) -> None:
    found, answer = run(*arguments)
    assert (found, answer["error"]["code"]) == (status, code) and answer["error"]["message"]
