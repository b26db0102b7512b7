"""Charts and pictures of pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from app.printing.charts import TrendPanel, TrendSeries, choose_step, choose_ticks, render_trend
from app.printing.fonts import FontBook
from app.printing.raster import count_pages, draw_pages, read_text, write_images
from app.printing.report import PageStamp

START = datetime(2024, 1, 2, 18)


def make_panels(days: int) -> list[TrendPanel]:
    declared = [(START + timedelta(days=n), 1000.0 - 3 * n) for n in range(days)]
    rostered = [(when, value - 40) for when, value in declared[::2]]
    shelters = [(when, 30.0 - n // 10) for n, (when, _) in enumerate(declared)]
    return [
        TrendPanel(
            title="避難者数（人）",
            share=2,
            series=[TrendSeries(label="報告", points=declared), TrendSeries(label="名簿", points=rostered)],
        ),
        TrendPanel(title="避難所（か所）", series=[TrendSeries(label="開設中", points=shelters, kind="step")]),
    ]


def test_chart_names_its_lines_last_values_and_dates(tmp_path: Path, stamp: PageStamp, fonts: FontBook) -> None:
    report = render_trend(tmp_path / "a.pdf", title="避難者数の推移", panels=make_panels(9), stamp=stamp, fonts=fonts)
    (text,) = read_text(tmp_path / "a.pdf")
    assert (report.pages, report.problems) == (1, ())
    for words in ("避難者数の推移", "避難者数（人）", "報告 976", "名簿 936", "開設中 30", "1/3", "1/10", stamp.as_of, stamp.operator):
        assert words in text


def test_chart_uses_no_colour(tmp_path: Path, stamp: PageStamp, fonts: FontBook) -> None:
    render_trend(tmp_path / "a.pdf", title="推移", panels=make_panels(200), stamp=stamp, fonts=fonts)
    (page,) = draw_pages(tmp_path / "a.pdf", dpi=72)
    red, green, blue = (band.tobytes() for band in page.split())
    assert red == green == blue


@pytest.mark.parametrize("points", [[], [(START, 5.0)], [(START, 0.0), (START, 0.0)]])
def test_chart_of_little_or_nothing_is_still_a_page(tmp_path: Path, stamp, fonts: FontBook, points: list) -> None:
    panel = TrendPanel(title="人", series=[TrendSeries(label="報告", points=points)])
    assert render_trend(tmp_path / "a.pdf", title="推移", panels=[panel], stamp=stamp, fonts=fonts).pages == 1
    assert ("報告" in read_text(tmp_path / "a.pdf")[0]) is bool(points)


def test_a_name_without_glyph_is_told(tmp_path: Path, stamp, fonts: FontBook) -> None:
    panel = TrendPanel(title="人", series=[TrendSeries(label="外字\ue123", points=[(START, 1.0)])])
    report = render_trend(tmp_path / "a.pdf", title="推移", panels=[panel], stamp=stamp, fonts=fonts)
    assert [(problem.code, problem.row, problem.params["code_points"]) for problem in report.problems] == [("print.no_glyph", -1, "U+E123")]


@pytest.mark.parametrize(
    ("highest", "expected"), [(1, (1, 1)), (7, (2, 8)), (10, (2, 10)), (976, (200, 1000)), (133_000, (50_000, 150_000))]
)
def test_value_steps_are_round(highest: float, expected: tuple[float, float]) -> None:
    assert choose_step(highest) == expected


@pytest.mark.parametrize("days", [0, 1, 5, 12, 13, 30, 80, 100, 165, 250, 400, 800, 4000])
def test_time_ticks_are_few_and_inside(days: int) -> None:
    last = START + timedelta(days=days, hours=7)
    ticks = choose_ticks(START, last)
    assert len(ticks) <= 12
    assert ticks == sorted(set(ticks))
    assert all(START <= tick <= last and tick.hour == 0 for tick in ticks)
    assert len(ticks) >= min(days, 3)


def test_pictures_of_pages(tmp_path: Path, stamp, fonts: FontBook) -> None:
    pdf = tmp_path / "a.pdf"
    render_trend(pdf, title="推移", panels=make_panels(30), stamp=stamp, fonts=fonts)
    assert count_pages(pdf) == 1
    for kind, mode, name, expected in (("png", "mono", "a.png", "1"), ("png", "colour", "a.png", "RGB"), ("jpeg", "grey", "a.jpg", "L")):
        (path,) = write_images(pdf, folder=tmp_path, stem="a", kind=kind, mode=mode, dpi=100)
        with Image.open(path) as picture:
            assert (path.name, picture.mode, picture.size) == (name, expected, (1170, 827))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.jpg", "a.pdf", "a.png"]
