"""Sheets for the survey: the code that reads back, the right table, what cannot be printed; lists for teams."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.building_code import read_building_code
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.survey import Survey
from app.interchange.exporting.survey_sheets import MOST, print_sheets, print_team_list
from app.printing.raster import draw_pages, read_text
from app.printing.scan import read_codes
from app.usecases import survey_plans
from app.usecases.buildings import building_rows, link_household, save_building
from app.usecases.damage_counts import usual_hazard
from app.usecases.protections import Target, add_protection
from app.usecases.records import read_access_log
from tests.store_fixtures import folder, template, town
from tests.stores import Town

__all__ = ["folder", "template", "town"]
LONG = "見本県見本市大字見本字架空例示番外地" + "甲乙丙丁" * 12 + "1234番地5678 例示ハイツ弐番館 1203号室"


def building(town: Town, **values: Any) -> str:
    return save_building(town.ctx, values={"address": "見本市本町1-2-3", "structure": "wood", **values})[0]


def words(path: Path) -> list[str]:
    return ["".join(page.split()) for page in read_text(path)]


def numbers(town: Town, *ids: str) -> list[str]:
    return [row.number for row in building_rows(town.ctx, ids)]


def readable(path: Path, folder: Path) -> list[tuple[str, str] | None]:
    """The codes of the pages as a scanner of 150 dpi sees them."""
    found = []
    for place, page in enumerate(draw_pages(path, dpi=150)):
        picture = folder / f"{place}.png"
        page.save(picture)
        found += [read_building_code(text) for text in read_codes(picture)]
    return found


@pytest.mark.parametrize(("nup", "pages"), [(1, 3), (2, 2)])
def test_the_code_of_every_sheet_reads_back(town: Town, tmp_path: Path, nup: int, pages: int) -> None:
    ids = [building(town, address=f"見本市本町{place}") for place in (1, 2, 3)]
    done = print_sheets(town.ctx, building_ids=ids, out=tmp_path / "a.pdf", nup=nup, folder=town.folder)
    assert (done.sheets, done.pages, done.problems) == (3, pages, ())
    wanted = {(town.ctx.place.disaster_id[:8].lower(), number) for number in numbers(town, *ids)}
    found = readable(done.path, tmp_path)
    assert set(found) == wanted and len(found) == 3
    assert not list(tmp_path.glob(".sheets-*"))


@pytest.mark.parametrize(
    ("structure", "kind", "hazard", "there", "not_there"),
    [
        ("wood", "first", "earthquake", ("木造", "1次調査", "地震", "基礎"), ("設備",)),
        ("wood", "second", "earthquake", ("2次調査", "内壁", "設備"), ()),
        ("unknown", "first", "earthquake", ("木造",), ("非木造",)),
        ("rc", "first", "earthquake", ("非木造", "1次調査"), ("外壁",)),
        ("rc", "second", "earthquake", ("非木造", "2次調査"), ()),
        ("wood", "first", "flood_external", ("水害", "180cm", "大規模半壊"), ("程度Ⅲ",)),
        ("wood", "second", "flood_inland", ("水害", "程度Ⅲ", "内壁"), ()),
        ("wood", "first", "wind", ("風害", "程度Ⅲ"), ()),
    ],
)
def test_each_kind_has_its_table(
    town: Town, tmp_path: Path, structure: str, kind: str, hazard: str, there: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    done = print_sheets(
        town.ctx, building_ids=[building(town, structure=structure)], out=tmp_path / "a.pdf", kind=kind, hazard=hazard, folder=town.folder
    )
    said = words(done.path)[0]
    assert done.problems == () and all(word in said for word in there), said
    assert not any(word in said for word in not_there), said


def test_the_hazard_is_that_of_most_surveys(town: Town, tmp_path: Path) -> None:
    home = building(town)
    assert usual_hazard(town.ctx) == "earthquake"
    with town.ctx.unit() as uow:
        for hazard, state in (("flood_external", "counted"), ("flood_external", "draft"), ("earthquake", "counted"), ("wind", "withdrawn")):
            uow.surveys.add(Survey(id=new_id(), building_id=home, hazard=hazard, state=state))
        uow.commit()
    assert usual_hazard(town.ctx) == "flood_external"
    assert "180cm" in words(print_sheets(town.ctx, building_ids=[home], out=tmp_path / "a.pdf").path)[0]
    assert "程度Ⅲ" in words(print_sheets(town.ctx, building_ids=[home], out=tmp_path / "b.pdf", hazard="earthquake").path)[0]


def test_long_addresses_and_dangers_fit_and_holes_are_told(town: Town, tmp_path: Path) -> None:
    long = building(town, address=LONG, owner_name="株式会社" + "見本" * 20, danger="ブロック塀が倒れかけています。" * 8, collapsed=True)
    bad = building(town, address="見本市\U000f1234")
    done = print_sheets(town.ctx, building_ids=[bad, long], out=tmp_path / "a.pdf", nup=2)
    bad_number, long_number = numbers(town, bad, long)
    assert (done.sheets, done.pages) == (1, 1) and all(one.startswith(bad_number) for one in done.problems) and done.problems
    assert long_number in words(done.path)[0] and bad_number not in words(done.path)[0]
    with pytest.raises(RuleViolation, match=r"print\.refused"):
        print_sheets(town.ctx, building_ids=[bad], out=tmp_path / "b.pdf")
    assert not (tmp_path / "b.pdf").exists()


def test_blank_sheets_for_houses_on_no_list(town: Town, tmp_path: Path) -> None:
    done = print_sheets(town.ctx, building_ids=[building(town)], out=tmp_path / "a.pdf", blanks=2)
    assert (done.sheets, done.pages) == (3, 3) and len(readable(done.path, tmp_path)) == 1
    only = print_sheets(town.ctx, building_ids=[], out=tmp_path / "b.pdf", blanks=3, nup=2)
    assert (only.sheets, only.pages) == (3, 2) and readable(only.path, tmp_path) == []


def test_none_and_too_many_are_refused(town: Town, tmp_path: Path) -> None:
    for ids, code in (([], "survey.no_buildings"), (["x"] * (MOST + 1), "survey.too_many_sheets")):
        with pytest.raises(RuleViolation) as refused:
            print_sheets(town.ctx, building_ids=ids, out=tmp_path / "a.pdf")
        assert refused.value.code == code
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        print_sheets(town.acting("view"), building_ids=["x"], out=tmp_path / "a.pdf")


def planned(town: Town) -> str:
    home = building(town)
    link_household(town.ctx, building_id=home, resident_id=town.resident("太郎"))
    team, _ = survey_plans.save_team(town.ctx, values={"name": "1班", "members": ("調査　太郎",)})
    survey_plans.assign_buildings(town.ctx, team_id=team, day="2024-01-03", building_ids=[home], kind="second")
    return home


def test_the_plan_says_team_day_and_kind(town: Town, tmp_path: Path) -> None:
    home = planned(town)
    said = words(print_sheets(town.ctx, building_ids=[home], out=tmp_path / "a.pdf").path)[0]
    assert "1班" in said and "2次調査" in said and "令和6年1月3日" in said and "髙橋太郎" in said
    listed = print_team_list(town.ctx, assignments=survey_plans.list_assignments(town.ctx, day="2024-01-03"), day="2024-01-03", out=tmp_path / "l.pdf")
    assert listed.pages == 1 and numbers(town, home)[0] in words(listed.path)[0]
    log = [entry for entry in read_access_log(town.ctx) if entry.action == "print"]
    assert [entry.target for entry in log] == ["l.pdf", "a.pdf"]


def test_what_was_shortened_on_a_list_is_told_once_and_ends_with_one_full_stop(town: Town, tmp_path: Path) -> None:
    team, _ = survey_plans.save_team(town.ctx, values={"name": "2班", "members": ("調査　花子",)})
    warning = "屋根瓦が落ちかけているため、道路の側から近づかない。"
    homes = [save_building(town.ctx, values={"address": f"見本市港町{place}", "danger": warning * 4})[0] for place in range(1, 5)]

    def told(count: int, name: str) -> tuple[str, ...]:
        day = f"2024-01-0{3 + count}"
        survey_plans.assign_buildings(town.ctx, team_id=team, day=day, building_ids=homes[:count])
        planned_there = survey_plans.list_assignments(town.ctx, day=day)
        return print_team_list(town.ctx, assignments=planned_there, day=day, out=tmp_path / name).problems

    (one,), (several,) = told(1, "one.pdf"), told(3, "several.pdf")
    assert "近づかない。" in one and "近づかない。" in several
    assert "。。" not in one + several
    assert "3か所（注意）" in several, several


def test_protected_households_are_on_no_sheet_of_others(town: Town, tmp_path: Path) -> None:
    home = planned(town)
    add_protection(town.ctx, target=Target(resident_no="0000000011"))
    said = words(print_sheets(town.acting("survey"), building_ids=[home], out=tmp_path / "a.pdf").path)[0]
    assert "髙橋" not in said and numbers(town, home)[0] in said


def test_a_layout_of_ones_own_wins(town: Town, tmp_path: Path) -> None:
    from app.printing.layout import forms_root

    own = town.folder / "forms" / "survey_sheet" / "v2"
    own.mkdir(parents=True)
    shipped = (forms_root() / "survey_sheet" / "v1" / "layout.toml").read_text("utf-8")
    (own / "layout.toml").write_text(shipped.replace('text = "備考"', 'text = "見本市の欄"'), "utf-8")
    home = building(town)
    assert "見本市の欄" in words(print_sheets(town.ctx, building_ids=[home], out=tmp_path / "a.pdf", folder=town.folder).path)[0]
    assert "見本市の欄" not in words(print_sheets(town.ctx, building_ids=[home], out=tmp_path / "b.pdf").path)[0]


@pytest.mark.parametrize("nup", [1, 2])
def test_paper_and_screen_measure_in_the_same_unit(town: Town, tmp_path: Path, nup: int) -> None:
    """Millimetres written on paper and typed as centimetres would make a total loss of any house."""
    print_sheets(town.ctx, building_ids=[building(town)], out=tmp_path / "s.pdf", nup=nup)
    page = words(tmp_path / "s.pdf")[0]
    assert "傾斜cm" in page and "120cm" in page and "mm" not in page
