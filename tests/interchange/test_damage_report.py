"""The report for the prefecture: PDF, XLSX, CSV, JSON of the same counts."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.domain.errors import RuleViolation, UsageFault
from app.interchange.exporting.damage_report import damage_object, report_values, write_damage_report
from app.presentation.columns.damage import report_lines
from app.printing.layout import find_layout
from app.printing.raster import read_text
from app.usecases.damage_counts import DamageCounts, count_damage, save_typed
from app.usecases.records import read_access_log
from tests.interchange.conftest import read_csv
from tests.store_fixtures import folder, template, town
from tests.stores import Town
from tests.usecases.test_damage_counts import house, live

__all__ = ["folder", "template", "town"]


def counted(town: Town) -> DamageCounts:
    """Four judged houses in two districts, one of them unchecked; a school and two dead."""
    live(town, house(town, "total"), people=3)
    live(town, house(town, "large", district="港町"), people=2)
    live(town, house(town, "half", state="entered"), people=4)
    live(town, house(town, "partial"), people=0)
    house(town, "total", use="public")
    house(town)
    save_typed(town.ctx, values={"dead": 2, "schools": 1}, number=3)
    return count_damage(town.ctx)


def by_key(counts: DamageCounts) -> dict[str, tuple[int | None, int | None, int | None]]:
    return {line.key: (line.confirmed, line.unconfirmed, line.whole) for line in report_lines(counts)}


def test_the_lines_say_confirmed_and_unconfirmed_side_by_side(town: Town) -> None:
    lines = by_key(counted(town))
    assert lines["total_buildings"] == (1, 0, 1) and lines["total_people"] == (3, 0, 3)
    assert (lines["half_buildings"], lines["half_households"], lines["half_people"]) == ((1, 1, 2), (1, 1, 2), (2, 4, 6))
    assert (lines["dead"], lines["missing"], lines["schools"], lines["roads"]) == ((2, None, 2), (None, None, None), (1, None, 1), (None, None, None))
    assert (lines["non_public"], lines["suffering_households"], lines["suffering_people"]) == ((1, 0, 1), (2, 1, 3), (5, 4, 9))
    save_typed(town.ctx, values={"public_buildings": 4})
    told = next(line for line in report_lines(count_damage(town.ctx)) if line.key == "non_public")
    assert (told.confirmed, told.unconfirmed) == (4, None) and "1" in told.note


def test_the_form_has_a_place_for_every_line(town: Town) -> None:
    counts = counted(town)
    layout = find_layout("damage_report")
    drawn = {box.var for box in layout.cells[1].boxes if box.var and not box.var.startswith("stamp.")}
    assert drawn == set(layout.variables) == set(report_values(town.ctx, counts))
    assert {f"{line.key}_whole" for line in report_lines(counts)} <= drawn


def test_on_paper(town: Town, tmp_path: Path) -> None:
    done = write_damage_report(town.ctx, counts=counted(town), out=tmp_path / "a.pdf", format="pdf", folder=town.folder)
    first, *rest = ("".join(text.split()) for text in read_text(tmp_path / "a.pdf"))
    assert done.pages == 1 + len(rest) == 2 and done.problems == () and done.files == (tmp_path / "a.pdf",)
    assert all(word in first for word in ("第3報", "石川県", "七尾市", "見本地震", "り災世帯数", "令和6年1月2日"))
    assert "港町" in rest[0] and sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.pdf"]


def test_as_tables(town: Town, tmp_path: Path) -> None:
    counts = counted(town)
    form, districts = write_damage_report(town.ctx, counts=counts, out=tmp_path / "a.csv", format="csv").files
    rows = read_csv(form)
    assert ["住家被害", "半壊", "棟", "1", "1", "2", "", ""] in rows and len(rows) == 1 + len(report_lines(counts))
    assert ["港町", "大規模半壊", "1", "0", "1", "0", "2", "0", ""] in read_csv(districts)
    with form.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))[:6] == ["区分", "被害", "単位", "確定", "未確認", "計"]
    book = load_workbook(write_damage_report(town.ctx, counts=counts, out=tmp_path / "a.xlsx", format="xlsx").files[0])
    cells: list[tuple[Any, ...]] = list(book.worksheets[0].values)
    assert ("住家被害", "半壊", "人", 2, 4, 6) in [row[:6] for row in cells]


def test_as_json_by_code(town: Town, tmp_path: Path) -> None:
    counts = counted(town)
    write_damage_report(town.ctx, counts=counts, out=tmp_path / "a.json", format="json")
    told = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert told == json.loads(json.dumps(damage_object(town.ctx, counts)))
    assert told["at"] == "2024-01-02T09:00:00+09:00" and (told["number"], told["unjudged"], told["unknown_people"]) == (3, 1, 1)
    assert {"category": "half", "status": "unconfirmed", "buildings": 1, "households": 1, "people": 4} in told["total"]["categories"]
    assert [line["district"] for line in told["districts"]] == ["本町", "港町"]


def test_rights_formats_and_the_access_log(town: Town, tmp_path: Path) -> None:
    counts = counted(town)
    with pytest.raises(UsageFault, match=r"no_format"):
        write_damage_report(town.ctx, counts=counts, out=tmp_path / "a.doc", format="doc")
    for format in ("pdf", "csv"):
        with pytest.raises(RuleViolation, match=r"permission\.denied"):
            write_damage_report(town.acting("view"), counts=counts, out=tmp_path / "a", format=format)
    write_damage_report(town.ctx, counts=counts, out=tmp_path / "a.json", format="json")
    write_damage_report(town.ctx, counts=counts, out=tmp_path / "a.pdf", format="pdf")
    log = [(entry.action, entry.target) for entry in read_access_log(town.ctx)]
    assert log[:2] == [("print", "a.pdf"), ("export", "a.json")]
