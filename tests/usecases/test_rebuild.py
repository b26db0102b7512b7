"""Counting a snapshot, comparing two, and who may see what of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from app.domain.comparison import find_differences
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.resident import Finding, ResidentRow
from app.usecases.rebuild import (
    compare_snapshots,
    count_findings,
    day_of,
    list_findings,
    read_report,
    show_changes,
    take_census,
)
from app.usecases.residents import load_residents, open_household
from tests.stores import RESIDENTS, Town

DAY = datetime(2024, 1, 1, 16, 10, tzinfo=JST)


def load(town: Town, rows: Sequence[ResidentRow], findings: Sequence[Finding] = ()) -> str:
    return load_residents(town.ctx, batches=[rows], as_of=DAY, label="別", findings=findings)[0].id


def first(town: Town) -> str:
    active = town.ctx.reads.residents.active()
    assert active is not None
    return active.id


def test_a_moment_is_its_day_in_japan() -> None:
    assert day_of(datetime.fromisoformat("2024-01-01T15:10:00+00:00")) == date(2024, 1, 2)
    assert day_of(datetime.fromisoformat("2024-01-01T00:05:00+09:00")) == date(2024, 1, 1)


def test_a_census_counts_by_district_age_and_sex(town: Town) -> None:
    census = take_census(town.ctx, snapshot_id=first(town))
    assert census.on == date(2024, 1, 1) and census.total == len(RESIDENTS)
    assert {line.district: (line.total, line.male, line.female) for line in census.by_district()} == {
        "本町": (4, 2, 2), "港町": (1, 0, 1), "山手": (1, 1, 0)
    }  # fmt: skip
    assert [(line.band, line.total) for line in census.by_band()] == [(10, 1), (15, 1), (45, 2), (75, 1), (95, 1)]


def test_ages_are_those_of_the_day_and_uncertain_ones_stay_apart(town: Town) -> None:
    rows = [
        ResidentRow(name="生まれたて", birth="2024-01-01"),
        ResidentRow(name="五つになる日", birth="2019-01-01"),
        ResidentRow(name="まだ四つ", birth="2019-01-02", sex="1"),
        ResidentRow(name="月まで", birth="令和元年5月"),
        ResidentRow(name="年まで", birth="平成31年"),
        ResidentRow(name="不詳", birth="不詳", sex="?"),
        ResidentRow(name="百五", birth="T7.1.1", sex="女性"),
    ]
    census = take_census(town.ctx, snapshot_id=load(town, rows))
    assert [(line.band, line.total, line.male, line.female, line.other) for line in census.by_band()] == [
        (0, 3, 1, 0, 2), (5, 1, 0, 0, 1), (105, 1, 0, 1, 0), (None, 2, 0, 0, 2)
    ]  # fmt: skip


def test_two_snapshots_by_number(town: Town) -> None:
    rows = [RESIDENTS[0]._replace(address="見本市港町9", phone="", order=4), *RESIDENTS[2:], ResidentRow("0000000099", "H9", "新しい　人")]
    found = compare_snapshots(town.ctx, before=first(town), after=load(town, rows))
    assert (found.by_number, found.appeared, found.left, found.changed, found.unchanged) == (True, 1, 1, 1, 4)
    assert [one.person.name for one in show_changes(town.ctx, comparison=found, kind="appeared")] == ["新しい　人"]
    assert [one.person.name for one in show_changes(town.ctx, comparison=found, kind="left")] == ["髙橋　花"]
    changed = show_changes(town.ctx, comparison=found, kind="changed")[0]
    assert [(one.field, one.old, one.new) for one in changed.fields] == [
        ("address", "見本市本町1-2-3", "見本市港町9"), ("phone", "090-0000-1111", "")
    ]  # fmt: skip


def test_without_numbers_name_and_birth_date_pair_people(town: Town) -> None:
    rows = [row._replace(resident_no="", household_no="", birth=row.birth.replace("昭和50年3月1日", "S50.3.1")) for row in RESIDENTS]
    rows[0] = rows[0]._replace(name="高橋 太郎")
    found = compare_snapshots(town.ctx, before=first(town), after=load(town, rows))
    assert (found.by_number, found.appeared, found.left) == (False, 0, 0)
    assert {one.field for one in show_changes(town.ctx, comparison=found, kind="changed")[0].fields} == {
        "resident_no", "household_no", "name", "birth"
    }  # fmt: skip


def test_pages_of_differences_follow_each_other(town: Town) -> None:
    rows = [ResidentRow(f"{n:010}", "", f"例　{n}") for n in range(1000, 1700)]
    found = compare_snapshots(town.ctx, before=first(town), after=load(town, rows))
    pages = [show_changes(town.ctx, comparison=found, kind="appeared", start=start, limit=300) for start in (0, 300, 600)]
    assert [len(page) for page in pages] == [300, 300, 100]
    assert [one.person.resident_no for page in pages for one in page] == [row.resident_no for row in rows]


def test_namesakes_born_on_one_day_are_paired_one_by_one() -> None:
    row = ResidentRow(name="見本　花", birth="昭和50年1月1日")
    before = [[(1, row), (2, row), (3, row)]]
    found = find_differences(before, [[(11, row), (12, row)]], by_number=False)
    assert (list(found.left), list(found.appeared), found.unchanged) == ([3], [], 2)
    back = find_differences([[(11, row)]], before, by_number=False)
    assert (list(back.left), list(back.appeared), back.unchanged) == ([], [2, 3], 1)


def test_a_snapshot_is_not_compared_with_itself_or_with_nothing(town: Town) -> None:
    for other, code in ((first(town), "snapshot.same_twice"), ("nowhere", "snapshot.not_found")):
        with pytest.raises(RuleViolation) as fault:
            compare_snapshots(town.ctx, before=first(town), after=other)
        assert fault.value.code == code


def test_protected_people_are_in_no_answer_without_the_right(town: Town) -> None:
    findings = [
        Finding("resident.two_heads", "0000000021", "H2", "渡邉　静"),
        Finding("resident.two_heads", "0000000011", "H1", "髙橋　太郎"),
    ]
    rows = [row._replace(address="見本市港町9") for row in RESIDENTS]
    before, after = first(town), load(town, rows, findings)
    for ctx, seen in ((town.ctx, True), (town.acting("desk", "admin"), False)):
        census = take_census(ctx, snapshot_id=after)
        compared = compare_snapshots(ctx, before=before, after=after)
        named = {one.person.name for one in show_changes(ctx, comparison=compared, kind="changed")}
        listed = {one.name for one in list_findings(ctx, snapshot_id=after)}
        assert ("渡邉　静" in named, "渡邉　静" in listed, any(line.district == "港町" for line in census.lines)) == (seen,) * 3
        assert census.total == compared.changed == len(named) == (6 if seen else 5)


def test_a_report_tells_findings_in_numbers(town: Town) -> None:
    findings = [
        Finding("resident.no_check_digit", old="1", new="12"),
        Finding("resident.no_head", household_no="H1"),
        Finding("resident.more_of_these", old="resident.no_head", new="30"),
    ]
    made = load(town, RESIDENTS, findings)
    report = read_report(town.ctx, snapshot_id=made)
    assert report.findings == count_findings(town.ctx, snapshot_id=made) == {"resident.no_check_digit": 12, "resident.no_head": 31}
    assert report.census.total == report.snapshot.residents
    assert [one.household_no for one in list_findings(town.ctx, snapshot_id=made, code="resident.no_head")] == ["H1"]
    assert len(list_findings(town.ctx, snapshot_id=made, start=1, limit=1)) == 1


def test_a_household_without_an_order_stands_in_the_standard_one(town: Town) -> None:
    relations = ["母", "子", "同居人", "世帯主", "子の妻", "子", "妻"]
    births = ["S20.1.1", "H20.1.1", "S60.1.1", "S50.1.1", "H10.1.1", "H15.1.1", "S52.1.1"]
    people = enumerate(zip(relations, births, strict=True))
    rows = [ResidentRow(f"7{n}", "H7", f"例　{n}", birth=b, relation=r, order=int(r == "世帯主")) for n, (r, b) in people]
    made = load(town, rows)
    members = open_household(town.ctx, resident_id=f"{made}:0")
    assert [member.relation for member in members] == ["世帯主", "妻", "子", "子", "子の妻", "母", "同居人"]
    assert [member.birth for member in members[2:4]] == ["H15.1.1", "H20.1.1"]
    assert [m.id for m in town.ctx.reads.residents.by_household_no(snapshot_id=made, household_no="H7")] == [m.id for m in members]
