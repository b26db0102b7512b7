"""The invented municipality."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from app import resources
from app.domain.dates import parse_date
from app.domain.invention import InventedResident, invent_residents, number_with_check, write_residents_csv
from app.domain.postal import find_address

TODAY = date(2024, 1, 1)


@pytest.fixture(scope="module")
def people() -> list[InventedResident]:
    return list(invent_residents(30_000, seed=7, as_of=TODAY))


def year(one: InventedResident) -> int | None:
    found = parse_date(one.birth)
    return found.earliest.year if found.earliest else None


def test_word_lists_are_long_enough() -> None:
    surnames = resources.read_toml("invention", "surnames.toml")["names"].split("\n")
    given = resources.read_toml("invention", "given.toml")["names"].split("\n")
    towns = resources.read_toml("invention", "city.toml")["towns"].split("\n")
    for lines, least in ((surnames, 300), (given, 300), (towns, 30)):
        rows = [line for line in lines if line]
        assert len(rows) == len(set(rows)) >= least


def test_the_same_seed_gives_the_same_people(people: list[InventedResident]) -> None:
    assert list(invent_residents(500, seed=7, as_of=TODAY)) == people[:500]
    assert list(invent_residents(500, seed=8, as_of=TODAY)) != people[:500]
    assert list(invent_residents(0, seed=7, as_of=TODAY)) == []


def test_numbers(people: list[InventedResident]) -> None:
    assert len({one.resident_no for one in people}) == len(people)
    for number in {value for one in people[:3000] for value in (one.resident_no, one.household_no)}:
        assert number_with_check(int(number[:-1])) == number
    # weights 2..7 from the right: 9*2+8*3+7*4+6*5+5*6+4*7+3*2+2*3+1*4 = 174, 174 % 11 = 9, 11 - 9 = 2
    assert number_with_check(123456789) == "1234567892"
    assert any(number_with_check(serial) is None for serial in range(30))


def test_households(people: list[InventedResident]) -> None:
    sizes = Counter()
    for _number, group in groupby(people[:-10], key=lambda one: one.household_no):
        members = list(group)
        sizes[len(members)] += 1
        assert members[0].relation == "世帯主" and [one.order for one in members] == list(range(1, len(members) + 1))
        assert len({(one.address, one.postal, one.district) for one in members}) == 1
        assert sum(one.relation in ("妻", "夫") for one in members) <= 1
    assert set(sizes) == set(range(1, 8))
    assert 2.0 < sum(size * n for size, n in sizes.items()) / sum(sizes.values()) < 2.6
    assert {"世帯主", "妻", "夫", "子", "子の妻", "子の子", "父", "母", "妻の母", "弟", "妹", "同居人"} == {one.relation for one in people}


def test_ages_fit(people: list[InventedResident]) -> None:
    for _number, group in groupby(people, key=lambda one: one.household_no):
        members = [(one, year(one)) for one in group]
        head = members[0][1]
        for one, born in members[1:]:
            if head is None or born is None:
                continue
            if one.relation == "子":
                assert born - head >= 19
            elif one.relation in ("父", "母"):
                assert head - born >= 18
    assert all(born is None or 1914 <= born <= 2024 for born in map(year, people))
    elderly = sum(1 for born in map(year, people) if born is not None and born <= 1958) / len(people)
    assert 0.2 < elderly < 0.4


def test_birth_dates(people: list[InventedResident]) -> None:
    assert all(parse_date(one.birth).earliest is None or parse_date(one.birth).earliest <= TODAY for one in people)  # type: ignore[operator]
    kinds = Counter(parse_date(one.birth).precision for one in people)
    assert kinds["day"] > 0.995 * len(people) and len(people) > kinds["day"]


def test_foreign_residents(people: list[InventedResident]) -> None:
    foreign = [one for one in people if one.nationality != "日本"]
    assert 0.005 < len(foreign) / len(people) < 0.04
    assert all(one.name.isascii() and one.name.isupper() and not one.kana.isascii() for one in foreign)
    assert all(one.birth == parse_date(one.birth).day.isoformat() for one in foreign)  # type: ignore[union-attr]


def test_rates_of_variants_and_protection(people: list[InventedResident]) -> None:
    names = "".join(one.name for one in people)
    assert all(char in names for char in "髙﨑濵𠮷邉邊齋")
    assert names.count("髙") < names.count("高") and names.count("𠮷") < names.count("吉") / 5
    many = list(invent_residents(200_000, seed=3, as_of=TODAY))
    assert 0.0003 < sum(one.protected for one in many) / len(many) < 0.003


def test_nothing_reaches_a_real_person(people: list[InventedResident]) -> None:
    assert all(one.phone == "" or (one.phone.startswith("090-0000-") and len(one.phone) == 13) for one in people)
    assert not any(find_address(postal) for postal in {one.postal for one in people})
    assert all(one.address.startswith("支市") for one in people)
    assert len({one.postal for one in people}) >= 30


def test_csv_in_code_page_932(tmp_path: Path, people: list[InventedResident]) -> None:
    path = tmp_path / "住民 1.csv"
    written = write_residents_csv(path, iter(people), encoding="cp932")
    with path.open(encoding="cp932", newline="") as file:
        rows = list(csv.DictReader(file))
    assert written.rows == len(rows) == len(people)
    assert rows[0].keys() >= {"宛名番号", "世帯番号", "氏名", "フリガナ", "生年月日", "性別", "続柄", "郵便番号", "住所", "支援措置"}
    lost = sum(one.name.count("𠮷") for one in people)
    assert written.replaced["𠮷"] == lost > 0
    assert sum(row["氏名"].count("〓") for row in rows) == sum(written.replaced.values())
    assert [row["支援措置"] for row in rows] == ["1" if one.protected else "" for one in people]
    assert [row["宛名番号"] for row in rows] == [one.resident_no for one in people]


def test_csv_in_utf_8_loses_nothing(tmp_path: Path, people: list[InventedResident]) -> None:
    path = tmp_path / "residents.csv"
    assert write_residents_csv(path, people, encoding="utf-8-sig").replaced == {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["氏名"] for row in csv.DictReader(file)] == [one.name for one in people]
    with pytest.raises(UnicodeEncodeError):
        write_residents_csv(path, people, encoding="shift_jis")


def test_a_million_in_twenty_seconds() -> None:
    start = time.process_time()
    assert sum(1 for _ in invent_residents(50_000, seed=1, as_of=TODAY)) == 50_000
    assert (time.process_time() - start) * 20 < 20
