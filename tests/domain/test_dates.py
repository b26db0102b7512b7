"""Dates as registers write them, and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import resources
from app.domain.dates import (
    JST,
    DateFault,
    age_on,
    format_era,
    format_fuzzy,
    format_instant,
    from_excel_serial,
    parse_date,
    parse_instant,
    to_yyyymmdd,
)
from app.domain.eras import list_eras

MARCH = date(1945, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "1945-03-01",
        "1945/3/1",
        "1945.3.1",
        "19450301",
        "S20.3.1",
        "s20.3.1",
        "S200301",
        "S20/3/1",
        "S20-03-01",
        "昭20.3.1",
        "昭和20年3月1日",
        "昭和20年03月01日",
        "昭和２０年３月１日",
        "Ｓ２０．３．１",
        "１９４５／３／１",
        "１９４５－０３－０１",
        "1945―3―1",
        "昭和 20 年 3 月 1 日",
        "　昭和20年3月1日　",
        "㍼20年3月1日",
        "㍼20.3.1",
        "昭和二十年三月一日",
        "昭和20・3・1",
        "1945年3月1日",
        "西暦1945年3月1日",
        "1945年(昭和20年)3月1日",
        "昭和20年3月1日生",
        "1945/3/1 0:00:00",
        "1945-03-01T00:00:00",
        "S20 3 1",
    ],
)
def test_one_day_in_every_style(text: str) -> None:
    found = parse_date(text)
    assert (found.earliest, found.latest, found.precision, found.warning) == (MARCH, MARCH, "day", None)
    assert found.raw == text and found.day == MARCH


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("昭和20年00月00日", (1945, 1, 1), (1945, 12, 31), "year"),
        ("昭和20年月日不詳", (1945, 1, 1), (1945, 12, 31), "year"),
        ("昭和20年 月日不詳", (1945, 1, 1), (1945, 12, 31), "year"),
        ("昭和20年不詳", (1945, 1, 1), (1945, 12, 31), "year"),
        ("1945-00-00", (1945, 1, 1), (1945, 12, 31), "year"),
        ("19450000", (1945, 1, 1), (1945, 12, 31), "year"),
        ("昭和20年3月日不詳", (1945, 3, 1), (1945, 3, 31), "month"),
        ("昭和20年3月 日不詳", (1945, 3, 1), (1945, 3, 31), "month"),
        ("昭和21年2月00日", (1946, 2, 1), (1946, 2, 28), "month"),
        ("1945-03-00", (1945, 3, 1), (1945, 3, 31), "month"),
        ("1945/3", (1945, 3, 1), (1945, 3, 31), "month"),
        ("昭和元年", (1926, 12, 25), (1926, 12, 31), "year"),
        ("昭和64年", (1989, 1, 1), (1989, 1, 7), "year"),
        ("令和元年", (2019, 5, 1), (2019, 12, 31), "year"),
        ("昭和年月日不詳", (1926, 12, 25), (1989, 1, 7), "era"),
        ("昭和○年○月○日", (1926, 12, 25), (1989, 1, 7), "era"),
        ("昭和20年頃", (1945, 1, 1), (1945, 12, 31), "approximate"),
        ("推定昭和20年", (1945, 1, 1), (1945, 12, 31), "approximate"),
        ("昭和20年3月頃", (1945, 3, 1), (1945, 3, 31), "approximate"),
        ("昭和20年春", (1945, 3, 1), (1945, 5, 31), "approximate"),
        ("昭和20年冬", (1945, 12, 1), (1946, 2, 28), "approximate"),
        ("昭和20年3月上旬", (1945, 3, 1), (1945, 3, 10), "approximate"),
        ("昭和20年3月中旬", (1945, 3, 11), (1945, 3, 20), "approximate"),
        ("昭和21年2月下旬", (1946, 2, 21), (1946, 2, 28), "approximate"),
        ("昭和20年から昭和21年まで", (1945, 1, 1), (1946, 12, 31), "approximate"),
    ],
)
def test_partly_unknown(text: str, earliest: tuple[int, int, int], latest: tuple[int, int, int], precision: str) -> None:
    found = parse_date(text)
    assert (found.raw, found.earliest, found.latest, found.precision) == (text, date(*earliest), date(*latest), precision)
    assert found.day is None and found.warning is None


@pytest.mark.parametrize("text", ["不詳", "年月日不詳", "生年月日不詳"[1:], "不明", "0000-00-00", "00000000"])
def test_wholly_unknown(text: str) -> None:
    found = parse_date(text)
    assert (found.raw, found.earliest, found.latest, found.precision) == (text, None, None, "unknown")
    assert format_fuzzy(found) == "不詳"


@pytest.mark.parametrize(
    ("text", "day", "warning"),
    [
        ("明治45.7.30", (1912, 7, 30), None),
        ("大正元年7月30日", (1912, 7, 30), None),
        ("大正15.12.25", (1926, 12, 25), None),
        ("昭和元年12月25日", (1926, 12, 25), None),
        ("昭和64年1月7日", (1989, 1, 7), None),
        ("平成元年1月8日", (1989, 1, 8), None),
        ("平成31年4月30日", (2019, 4, 30), None),
        ("令和元年5月1日", (2019, 5, 1), None),
        ("㋿元年5月1日", (2019, 5, 1), None),
        ("R6.1.1", (2024, 1, 1), None),
        ("令和90年1月1日", (2108, 1, 1), None),
        ("昭和64年1月8日", (1989, 1, 8), "date.era_overrun"),
        ("平成31年5月1日", (2019, 5, 1), "date.era_overrun"),
        ("昭和65年3月3日", (1990, 3, 3), "date.era_overrun"),
        ("昭和元年12月24日", (1926, 12, 24), "date.era_before_start"),
    ],
)
def test_era_bounds(text: str, day: tuple[int, int, int], warning: str | None) -> None:
    found = parse_date(text)
    assert (found.day, found.warning) == (date(*day), warning)


def test_lunar_years_are_only_about() -> None:
    found = parse_date("明治3年2月30日")
    assert (found.precision, found.warning) == ("approximate", "date.lunar_calendar")
    assert format_fuzzy(found) == "明治3年2月30日"
    assert format_era(date(1870, 4, 1)) == "1870-04-01"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date.empty"),
        ("　", "date.empty"),
        ("あいう", "date.unreadable"),
        ("3月1日", "date.unreadable"),
        ("20.3.1", "date.era_missing"),
        ("昭和20年2月30日", "date.impossible"),
        ("昭和21年2月29日", "date.impossible"),
        ("1945-13-01", "date.impossible"),
        ("1945-02-30", "date.impossible"),
        ("昭和70年1月1日", "date.era_year_too_large"),
        ("1234-01-01", "date.year_out_of_range"),
        ("昭和21年から昭和20年", "date.range_reversed"),
        ("1945-03-01x", "date.unreadable"),
        ("=1+1", "date.unreadable"),
        ("S2031", "date.era_year_too_large"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(DateFault) as caught:
        parse_date(text)
    assert caught.value.code == code
    words = resources.read_messages()[code].format(**caught.value.params)
    assert "{" not in words


@pytest.mark.parametrize(
    ("text", "precision", "earliest"),
    [
        ("昭和20年2月30日", "month", date(1945, 2, 1)),
        ("昭和21年2月29日", "month", date(1946, 2, 1)),
        ("1945-13-01", "year", date(1945, 1, 1)),
    ],
)
def test_lenient_keeps_dates_of_no_calendar(text: str, precision: str, earliest: date) -> None:
    found = parse_date(text, lenient=True)
    assert (found.raw, found.precision, found.earliest, found.warning) == (text, precision, earliest, "date.not_in_calendar")
    assert format_fuzzy(found) == text


def test_every_warning_has_words() -> None:
    for code in ("era_overrun", "era_before_start", "lunar_calendar", "not_in_calendar"):
        assert "{" not in resources.read_messages()[f"date.{code}"]


@given(st.text(max_size=30) | st.text("0123456789SHR昭和平成令元年月日不詳頃春上旬推定-/. 〇十から○", max_size=16), st.booleans())
def test_any_text_gives_a_date_or_a_fault(text: str, lenient: bool) -> None:
    try:
        found = parse_date(text, lenient=lenient)
    except DateFault as fault:
        assert fault.code in resources.read_messages()
        return
    assert found.raw == text
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest


@given(st.text(max_size=30) | st.text("0123456789R令和年月日午前後時半分:T+-/. 現在正", max_size=24))
def test_any_text_gives_a_moment_or_a_fault(text: str) -> None:
    try:
        assert parse_instant(text).tzinfo is not None
    except DateFault as fault:
        assert fault.code in resources.read_messages()


@given(st.dates(date(1873, 1, 1), date(2150, 12, 31)), st.sampled_from(["long", "short", "abbr"]))
def test_what_is_shown_is_read_again(day: date, style: str) -> None:
    assert parse_date(format_era(day, style)).day == day  # type: ignore[arg-type]
    assert parse_date(day.isoformat()).day == day
    assert parse_date(str(to_yyyymmdd(day))).day == day


def test_styles() -> None:
    assert [format_era(MARCH, style) for style in ("long", "short", "abbr")] == ["昭和20年3月1日", "S20.3.1", "昭20.3.1"]
    assert format_era(date(2019, 5, 1)) == "令和元年5月1日"
    assert format_era(date(2019, 5, 1), "short") == "R1.5.1"
    assert format_fuzzy(parse_date("1945-03-01")) == "昭和20年3月1日"
    assert format_fuzzy(parse_date("1945-03-00")) == "昭和20年3月日不詳"
    assert format_fuzzy(parse_date("S20")) == "昭和20年月日不詳"
    assert format_fuzzy(parse_date("1989-00-00")) == "1989年月日不詳"
    assert format_fuzzy(parse_date("昭和")) == "昭和年月日不詳"
    assert format_fuzzy(parse_date("昭和20年頃")) == "昭和20年頃"


def test_eras_follow_each_other() -> None:
    eras = list_eras()
    assert all(a.end is not None and a.end + timedelta(days=1) == b.start for a, b in zip(eras, eras[1:], strict=False))
    assert eras[-1].end is None


def test_age() -> None:
    on = date(2024, 1, 1)
    assert age_on(parse_date("1945-01-01"), on) == (79, 79)
    assert age_on(parse_date("1945-01-02"), on) == (78, 78)
    assert age_on(parse_date("昭和20年月日不詳"), on) == (78, 79)
    assert age_on(parse_date("令和6年月日不詳"), on) == (0, 0)
    assert age_on(parse_date("2004-02-29"), date(2023, 2, 28)) == (18, 18)
    assert age_on(parse_date("2004-02-29"), date(2023, 3, 1)) == (19, 19)
    assert age_on(parse_date("不詳"), on) is None
    assert age_on(parse_date("2024-01-02"), on) is None


def test_excel_serial() -> None:
    assert from_excel_serial(45296) == date(2024, 1, 5)
    assert from_excel_serial(45296.75) == date(2024, 1, 5)
    assert from_excel_serial(59) == date(1900, 2, 28) and from_excel_serial(61) == date(1900, 3, 1)
    assert from_excel_serial(43834, date1904=True) == date(2024, 1, 5)
    for wrong in (60, 0, -1, 3_000_000):
        with pytest.raises(DateFault, match="date.excel_serial"):
            from_excel_serial(wrong)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-01T16:10+09:00", (2024, 1, 1, 16, 10)),
        ("2024-01-01T07:10:00Z", (2024, 1, 1, 16, 10)),
        ("2024-01-01T16:10", (2024, 1, 1, 16, 10)),
        ("2024-01-05 18:00", (2024, 1, 5, 18, 0)),
        ("2024-01-05", (2024, 1, 5, 0, 0)),
        ("令和6年1月9日午後6時", (2024, 1, 9, 18, 0)),
        ("R6.1.9 18:00", (2024, 1, 9, 18, 0)),
        ("令和6年8月22日午後6時", (2024, 8, 22, 18, 0)),
        ("令和6年1月9日午後6時時点", (2024, 1, 9, 18, 0)),
        ("令和６年１月９日　午前９時半現在", (2024, 1, 9, 9, 30)),
        ("令和6年1月9日正午", (2024, 1, 9, 12, 0)),
        ("2024/1/9 18:00", (2024, 1, 9, 18, 0)),
        ("2024/1/9 24:00", (2024, 1, 10, 0, 0)),
        ("令和6年1月9日18時05分", (2024, 1, 9, 18, 5)),
        ("令和6年1月9日午前0時", (2024, 1, 9, 0, 0)),
        ("令和6年1月9日現在", (2024, 1, 9, 0, 0)),
        ("2024/1/9 8:05:30", (2024, 1, 9, 8, 5)),
        ("令和六年一月九日午後六時", (2024, 1, 9, 18, 0)),
    ],
)
def test_moments(text: str, expected: tuple[int, int, int, int, int]) -> None:
    found = parse_instant(text)
    assert found.replace(second=0) == datetime(*expected, tzinfo=JST)


def test_moment_of_another_default_zone() -> None:
    assert parse_instant("2024-01-05 18:00", default_tz=UTC) == datetime(2024, 1, 5, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("R6.1.9 午後12時", "date.time_ambiguous"),
        ("2024-01-05 25:00", "date.time_unreadable"),
        ("2024-01-05 18:60", "date.time_unreadable"),
        ("令和6年1月 18時", "date.instant_needs_day"),
        ("", "date.time_unreadable"),
        ("18:00", "date.time_unreadable"),
        ("令和6年2月30日18時", "date.impossible"),
    ],
)
def test_moments_refused(text: str, code: str) -> None:
    with pytest.raises(DateFault) as caught:
        parse_instant(text)
    assert caught.value.code == code and caught.value.params["text"] == text


def test_moments_shown() -> None:
    moment = datetime(2024, 1, 5, 9, 0, tzinfo=UTC)
    assert [format_instant(moment, style) for style in ("long", "iso", "short")] == [
        "令和6年1月5日 18時00分",
        "2024-01-05 18:00",
        "1/5 18:00",
    ]
    assert parse_instant(format_instant(moment)) == moment
    with pytest.raises(ValueError, match="zone"):
        format_instant(datetime(2024, 1, 5))


@pytest.mark.parametrize("text", ["s27。3。23", "ｓ２７。３。２３", "昭27、3、23"])
def test_the_full_stop_of_an_input_method_is_a_dot(text: str) -> None:
    assert parse_date(text).earliest == date(1952, 3, 23)
