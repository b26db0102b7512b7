"""``sasae surveys counts|daily|sheets|team-list`` and ``certificates slip``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.domain.building_code import read_building_code
from app.printing.scan import read_codes
from app.usecases import survey_plans
from app.usecases.buildings import save_building
from tests.certificates_town import add_building, ask
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town
from tests.usecases.test_damage_counts import house, live

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program on a town with two judged houses, one unchecked, and three on a team's list."""
    clock = Clock()
    town = open_town(copy_store(template, tmp_path / "data"), clock)
    live(town, house(town, "half"), people=3)
    house(town, "total", state="entered", district="港町")
    homes = [save_building(town.ctx, values={"address": f"見本市山手{place}", "district": "山手"})[0] for place in (1, 2, 3)]
    team, _ = survey_plans.save_team(town.ctx, values={"name": "1班", "members": ("調査　太郎",)})
    survey_plans.assign_buildings(town.ctx, team_id=team, day="2024-01-03", building_ids=homes)
    ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎")))
    town.session.close(backup=False)
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(now=clock), ["--data", str(tmp_path / "data"), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr().out
        return code, json.loads(said) if as_json and said else said

    return call


def test_counts_as_json_in_words_and_as_files(run: Run, tmp_path: Path) -> None:
    code, told = run("surveys", "counts", "--set", "dead=2", "--set", "number=3")
    lines = {line["key"]: (line["confirmed"], line["unconfirmed"], line["whole"]) for line in told["report"]}
    assert code == 0 and (told["number"], told["unjudged"]) == (3, 4)
    assert lines["half_people"] == (3, 0, 3) and lines["total_buildings"] == (0, 1, 1) and lines["dead"] == (2, None, 2)
    assert [line["district"] for line in told["districts"]] == ["本町", "港町"]
    code, words = run("surveys", "counts", as_json=False)
    assert code == 0 and words.startswith("令和6年1月2日 ") and "第3報" in words.splitlines()[0] and "一部破損" in words
    assert "T" not in words.splitlines()[0] and len(told["at"]) == len("2024-01-02T10:00:00+09:00")
    code, words = run("surveys", "counts", "--out", str(tmp_path / "b.pdf"), as_json=False)
    assert code == 0 and words.split() == ["第3報", str(tmp_path / "b.pdf"), "2ページ"], words
    assert run("surveys", "counts", "--at", "2024-01-01 08:00")[1]["total"]["grades"] == []
    for suffix, count in (("pdf", 1), ("xlsx", 2), ("csv", 2), ("json", 1)):
        code, told = run("surveys", "counts", "--out", str(tmp_path / f"a.{suffix}"))
        assert code == 0 and len(told["files"]) == count and all(Path(file).stat().st_size > 200 for file in told["files"])
    assert run("surveys", "counts", "--set", "dead=")[1]["typed"] == {}
    run("surveys", "counts", "--set", "number=0")
    assert run("surveys", "counts", "--out", str(tmp_path / "c.json"), as_json=False)[1].split() == [str(tmp_path / "c.json")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "pdf"),
        ("--out", "a.doc"),
        ("--set", "cows=1"),
        ("--set", "dead=-1"),
        ("--set", "dead"),
        ("--set", "number="),
        ("--at", "someday"),
    ],
)
def test_wrong_counts_are_usage_faults(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("surveys", "counts", *arguments)[0] == 2


def test_days_and_the_finish(run: Run) -> None:
    code, told = run("surveys", "daily")
    assert code == 0 and told["days"][-1] == {"day": "2024-01-02", "applied": 1, "surveyed": 2, "judged": 1, "issued": 0, "open": 1}
    assert told["surveys"] == {"remaining": 4, "today": 2, "pace": 2.0, "days": 1, "finish": "2024-01-04", "at_todays_pace": "2024-01-04"}
    assert told["certificates"]["finish"] is None and told["waiting"]["open"] == 1
    code, words = run("surveys", "daily", as_json=False)
    assert code == 0 and "1月4日（木）" in words and "残り 4 棟" in words


def numbers_in(path: Path) -> int:
    return len([text for text in read_codes(path) if read_building_code(text)])


def test_sheets_of_numbers_of_a_day_and_of_a_district(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    rows = run("buildings", "list", "--district", "山手")[1]["buildings"]
    for arguments, sheets, pages in (
        ((rows[0]["number"],), 1, 1), (("--team", "1班", "--day", "2024-01-03", "--nup", "2"), 3, 2), (("--day", "R6.1.3"), 3, 3),
        (("--district", "山手", "--blank", "1", "--hazard", "内水"), 4, 4), (("--blank", "2", "--nup", "2", "--kind", "2次"), 2, 1),
    ):  # fmt: skip
        code, told = run("surveys", "sheets", *arguments, "--out", str(out))
        assert code == 0 and (told["sheets"], told["pages"], told["problems"]) == (sheets, pages, []), arguments
    assert run("surveys", "sheets", "--day", "2024-01-03", "--out", str(out))[0] == 0 and numbers_in(out) == 3
    for wrong, expected in (
        ((), 2),
        ((rows[0]["number"], "--district", "山手"), 2),
        (("--district", "nowhere"), 1),
        (("0000-00000-0",), 1),
    ):
        assert run("surveys", "sheets", *wrong, "--out", str(tmp_path / "b.pdf"))[0] == expected, wrong
    assert not (tmp_path / "b.pdf").exists()


def test_the_list_of_a_day_and_the_slip(run: Run, tmp_path: Path) -> None:
    code, told = run("surveys", "team-list", "--day", "2024-01-03", "--team", "1班", "--out", str(tmp_path / "l.pdf"))
    assert code == 0 and (told["buildings"], told["pages"]) == (3, 1)
    number = run("certificates", "list", "--applications")[1]["applications"][0]["number"]
    code, told = run("certificates", "slip", number, "--out", str(tmp_path / "s.pdf"))
    assert code == 0 and told["number"] == number and told["queue"] == "1" and (tmp_path / "s.pdf").read_bytes().startswith(b"%PDF")
    assert run("certificates", "slip", "0000-00000-0", "--out", str(tmp_path / "t.pdf"))[0] == 1
