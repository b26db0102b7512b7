"""Head counts, in both header styles that were really published, and plain."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.dates import parse_instant
from app.interchange.importing.headcounts import read_headcounts
from app.interchange.importing.run import import_headcounts, import_shelters
from app.usecases import headcounts
from app.usecases.context import Context
from tests.interchange.conftest import NANAO, write_table

FILES = sorted(NANAO.glob("open_shelter_*.csv"))


def test_all_real_files_are_there_and_read_whole() -> None:
    assert len(FILES) == 39
    for path in FILES:
        result = read_headcounts(path)
        assert result.facts["complete"] and result.issues == [] and len(result.entries) == result.read > 0, path.name


def test_time_in_the_heading_and_in_a_column() -> None:
    heading = read_headcounts(FILES[0]).facts["moments"]
    assert heading == [parse_instant("2024-01-09T18:00+09:00")]
    assert read_headcounts(NANAO / "open_shelter_Nanao-shi_2024-03-02-0600.csv").facts["moments"] == [
        parse_instant("2024-03-02T06:00+09:00")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("order", ["dates", "shuffled"])
def test_any_order_gives_the_same_trend(ctx: Context, order: str) -> None:
    import_shelters(ctx, path=NANAO / "designated_shelters.csv")
    files = list(FILES)
    if order == "shuffled":
        random.Random(20240101).shuffle(files)
    expected = {}
    for path in files:
        done = import_headcounts(ctx, path=path)
        assert done.rejected == done.review == 0 and done.created == done.read and done.report is None
        result = read_headcounts(path)
        (moment,) = result.facts["moments"]
        expected[moment] = (len(result.entries), sum(entry.values["counted_total"] for entry in result.entries))
    for moment, (opened, declared) in expected.items():
        point = headcounts.trend(ctx, start=moment, end=moment)[0]
        assert (point.shelters_open, point.declared, point.rostered) == (opened, declared, 0), moment
    points = headcounts.trend(ctx, every=timedelta(days=1))
    assert points[0].declared == 1886 and points[-1].declared == 40
    again = import_headcounts(ctx, path=files[0])
    assert (again.created, again.updated, again.unchanged, again.changes) == (0, 0, again.read, {})


def test_a_plain_table_with_times_of_several_days(ctx: Context, tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.csv",
        "避難所,人数,日時,男,女,世帯数",
        ["見本館,１２人,R6.1.5 18:00,5,7,4", '見本館,"1,234",2024/1/6 6:00,,,', "例示館,0,1月6日 午前6時,,,", "合計,9,,,,"],
    )
    result = read_headcounts(path, at=parse_instant("2024-01-07"))
    assert not result.facts["complete"] and [entry.values["counted_total"] for entry in result.entries] == [12, 1234, 0]
    assert result.entries[2].values["counted_at"] == parse_instant("2024-01-06T06:00+09:00")
    done = import_headcounts(ctx, path=path, at=parse_instant("2024-01-07"))
    assert (done.read, done.created, done.rejected) == (4, 3, 0)
    rows = headcounts.list_headcounts(ctx)
    assert [(row.shelter_name, row.counted_total, row.male, row.female, row.households) for row in rows if row.male] == [
        ("見本館", 12, 5, 7, 4)
    ]


def test_time_given_with_the_command(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "避難所,避難者数", ["見本館,12"])
    assert read_headcounts(path).issues[0].code == "import.moment_missing"
    given = read_headcounts(path, at=parse_instant("2024-01-05T18:00"))
    assert given.entries[0].values["counted_at"] == parse_instant("2024-01-05T18:00") and not given.facts["complete"]
    assert read_headcounts(path, at=parse_instant("2024-01-05T18:00"), complete=True).facts["complete"]


def test_rows_that_cannot_be_counted(ctx: Context, tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.csv",
        "名称,人数,時点,男,女",
        [
            "見本館,多数,R6.1.5 18:00,,",
            "例示館,,R6.1.5 18:00,,",
            "架空館,10,きのう,,",
            "仮館,10,R6.1.5 18:00,8,8",
            "真館,-3,R6.1.5 18:00,,",
            "良館,3,R6.1.5 18:00,1,x",
        ],
    )
    done = import_headcounts(ctx, path=path)
    assert (done.read, done.created, done.rejected) == (6, 1, 5)
    result = read_headcounts(path)
    told = [(issue.line, issue.column, issue.code) for issue in result.issues]
    assert told == [
        (2, "人数", "import.number_unreadable"), (3, "人数", "import.value_missing"), (4, "時点", "date.time_unreadable"),
        (5, "男", "headcount.parts_exceed"), (6, "人数", "headcount.out_of_range"), (7, "女", "import.number_unreadable"),
        (None, None, "import.listing_with_gaps"),
    ]  # fmt: skip


def test_a_listing_mended_later_is_whole(ctx: Context, tmp_path: Path) -> None:
    """A rejected row looks closed until it is imported by itself; then the list is as if it had been right at once."""
    write = lambda name, *rows: write_table(tmp_path / name, "名称,人数,時点", rows)  # noqa: E731
    import_headcounts(ctx, path=write("1.csv", "見本館,5,R6.1.5 18:00", "例示館,6,R6.1.5 18:00"))
    import_headcounts(ctx, path=write("2.csv", "見本館,4,R6.1.6 18:00", "例示館,？,R6.1.6 18:00"))
    at = parse_instant("2024-01-06T18:00+09:00")
    assert headcounts.trend(ctx, start=at, end=at)[0][1:3] == (1, 4)
    import_headcounts(ctx, path=write("3.csv", "例示館,3,R6.1.6 18:00"))
    assert headcounts.trend(ctx, start=at, end=at)[0][1:3] == (2, 7)
