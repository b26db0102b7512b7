"""Which building a photo shows, from sheets, names and times alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dates import JST
from app.domain.photo_matching import Match, PhotoMatcher, Shot, VisitTime, usable_place, usable_time, visit_time

NOW = datetime(2024, 1, 5, 12, 0, tzinfo=UTC)
START = datetime(2024, 1, 2, 9, 0, tzinfo=JST)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def visit(building: str, start: float, end: float) -> VisitTime:
    return VisitTime(building_id=building, survey_id=f"s-{building}", start=at(start), end=at(end))


def test_a_sheet_names_its_survey_when_the_time_fits() -> None:
    matcher = PhotoMatcher(visits=[visit("a", 0, 20), visit("b", 0, 20)])
    assert matcher.place(Shot(camera="x", taken=at(5), sheet="a")) == Match("a", "s-a", "qr")
    assert matcher.place(Shot(camera="x", taken=at(90))) == Match("a", "", "qr"), "long after: the house still, the survey not"
    assert matcher.place(Shot(camera="y", taken=at(5))) == Match(), "another camera saw no sheet, and two were surveyed then"


def test_without_times_only_the_same_folder_follows() -> None:
    matcher = PhotoMatcher()
    matcher.place(Shot(camera="x", folder="1", sheet="a", by_number=True))
    assert matcher.place(Shot(camera="x", folder="1")) == Match("a", "", "number")
    assert matcher.place(Shot(camera="x", folder="2")) == Match()


def test_a_folder_of_another_house_does_not_end_the_sheet() -> None:
    matcher = PhotoMatcher()
    matcher.place(Shot(camera="x", taken=at(0), sheet="a"))
    assert matcher.place(Shot(camera="x", taken=at(1), named="b")).building_id == "b"
    assert matcher.place(Shot(camera="x", taken=at(2))).building_id == "a"
    assert matcher.place(Shot(camera="x", taken=at(3), sheet="")) == Match()
    assert matcher.place(Shot(camera="x", taken=at(4))) == Match()


def test_an_earlier_import_goes_on() -> None:
    matcher = PhotoMatcher()
    matcher.settle("x", folder="1", building_id="a", how="qr", taken=at(0))
    matcher.settle("x", folder="1", building_id="b", how="hand", taken=at(1))
    assert matcher.place(Shot(camera="x", folder="1", taken=at(2))) == Match("a", "", "qr")


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60), st.sampled_from("abc")), max_size=12),
    st.integers(-30, 400),
    st.integers(0, 30),
)
def test_time_gives_the_only_building_there_can_be(visits: list[tuple[int, int, str]], moment: int, gap: int) -> None:
    made = [visit(name, start, start + length) for start, length, name in visits]
    found = PhotoMatcher(visits=made, gap=timedelta(minutes=gap)).place(Shot(camera="x", taken=at(moment)))
    during = {name for start, length, name in visits if start <= moment <= start + length}
    near = {name for start, length, name in visits if start - gap <= moment <= start + length + gap}
    expected = during if during else near
    assert found.building_id == (next(iter(expected)) if len(expected) == 1 else "")


@pytest.mark.parametrize(
    ("started", "ended", "minutes"),
    [
        ("9:00", "09:20", (0, 20)),
        ("09:00", "", (0, 30)),
        ("", "09:30", (0, 30)),
        ("23:50", "00:10", (890, 910)),
        ("x", "25:00", None),
        ("", "", None),
    ],
)
def test_times_of_a_survey(started: str, ended: str, minutes: tuple[int, int] | None) -> None:
    found = visit_time(building_id="a", survey_id="s", day="2024-01-02", started=started, ended=ended)
    assert (None if found is None else (found.start, found.end)) == (None if minutes is None else (at(minutes[0]), at(minutes[1])))


def test_days_that_are_none() -> None:
    assert visit_time(building_id="a", survey_id="s", day="2024-02-31", started="09:00", ended="") is None


@pytest.mark.parametrize(
    ("taken", "usable"),
    [(None, False), (datetime(1970, 1, 1, tzinfo=JST), False), (datetime(1999, 12, 31, tzinfo=JST), False), (NOW, True)]
    + [(NOW + timedelta(hours=23), True), (NOW + timedelta(hours=25), False), (datetime(2010, 5, 5, tzinfo=JST), True)],
)
def test_times_that_can_be_true(taken: datetime | None, usable: bool) -> None:
    assert usable_time(taken, now=NOW) is usable


@pytest.mark.parametrize(
    ("lat", "lon", "usable"),
    [
        (37.0, 136.9, True),
        (0.0, 0.0, False),
        (0.001, -0.001, False),
        (91.0, 10.0, False),
        (37.0, 181.0, False),
        (None, 3.0, False),
        (0.0, 136.0, True),
    ],
)
def test_places_that_can_be_true(lat: float | None, lon: float | None, usable: bool) -> None:
    assert usable_place(lat, lon) is usable
