"""An invented municipality for training and tests: residents in households, as many as wanted, the same for the same seed.

Nobody in it exists: names are drawn from word lists in ``resources/invention``; the city and its postal codes (000-…)
are made up, and telephone numbers begin with 090-0000, which is given to no one.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from app import resources
from app.domain.dates import format_era

_OLDEST = 107
_ADULT = 14
_CSV_CHUNK = 4000
_YEAR_DAYS = 365.2425
_WIDE = str.maketrans({48 + n: chr(0xFF10 + n) for n in range(10)})


class InventedResident(NamedTuple):
    """One resident; all but ``protected`` and ``order`` (1 for the head) is text as an import file would hold it."""

    resident_no: str
    household_no: str
    name: str
    kana: str
    birth: str
    sex: str
    relation: str
    postal: str
    address: str
    district: str
    phone: str
    protected: bool
    nationality: str
    order: int


class _Drawn(NamedTuple):
    """A member of a household before names: relation, sex (m, f), age in years, day of birth as an ordinal."""

    relation: str
    sex: str
    age: int
    born: int


class _Place(NamedTuple):
    postal: str
    address: str
    district: str


class _Weighted:
    """Draws items by weight with one random number each, the same on every Python."""

    def __init__(self, items: Sequence[Any], weights: Iterable[float]) -> None:
        self.items = items
        self.sums = list(accumulate(weights))

    def draw(self, random: Random) -> Any:
        return self.items[bisect(self.sums, random.random() * self.sums[-1], 0, len(self.items) - 1)]


def _rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


def number_with_check(serial: int) -> str | None:
    """A 宛名番号 or 世帯番号: nine digits and a modulus 11 check digit (weights 2 to 7 from the right; remainder 0 gives 0).

    None for a serial whose check digit would be 10: such numbers are not issued here.
    """
    text = f"{serial:09}"
    remainder = sum((2 + at % 6) * int(digit) for at, digit in enumerate(reversed(text))) % 11
    return None if remainder == 1 else f"{text}{(11 - remainder) % 11}"


def _issue_numbers(start: int) -> Iterator[str]:
    """Numbers with check digits from a start, one after the other; sums of the low three digits are tabled for speed."""
    low = [2 * (n % 10) + 3 * (n // 10 % 10) + 4 * (n // 100) for n in range(1000)]
    thousand = start // 1000
    while True:
        high = sum((5, 6, 7, 2, 3, 4)[at] * int(digit) for at, digit in enumerate(reversed(f"{thousand:06}")))
        for rest in range(start % 1000, 1000):
            remainder = (high + low[rest]) % 11
            if remainder != 1:
                yield f"{thousand:06}{rest:03}{(11 - remainder) % 11}"
        start, thousand = 0, thousand + 1


class _World:
    """The word lists, ready for drawing."""

    def __init__(self) -> None:
        city = resources.read_toml("invention", "city.toml")
        homes = resources.read_toml("invention", "households.toml")
        self.city, self.rates, self.words = city, city["rates"], city["words"]
        surnames = _rows(resources.read_toml("invention", "surnames.toml")["names"])
        self.surnames = _Weighted([(row[0], row[1]) for row in surnames], (int(row[2]) for row in surnames))
        self.given = _rows(resources.read_toml("invention", "given.toml")["names"])
        towns = _rows(city["towns"])
        self.towns = _Weighted([(r[0], r[2], r[3], int(r[4])) for r in towns], (int(r[5]) for r in towns))
        self.chome = _Weighted(city["address"]["chome"], city["address"]["chome_weights"])
        self.plain = _Weighted(city["address"]["plain"], city["address"]["plain_weights"])
        self.relations: Mapping[str, dict[str, Any]] = homes["relations"]
        self.plans = _Weighted(homes["household"], (plan["weight"] for plan in homes["household"]))
        people = resources.read_toml("invention", "foreign.toml")["people"]
        self.people = _Weighted(people, (group["weight"] for group in people))
        self.sexes = {"m": self.words["male"], "f": self.words["female"]}
        self._given_by_year: dict[tuple[str, int], list[tuple[str, str]]] = {}
        self._birth_texts: dict[int, str] = {}

    def given_names(self, sex: str, year: int) -> list[tuple[str, str]]:
        """Names with readings that are given in a year."""
        names = self._given_by_year.get((sex, year))
        if names is None:
            within = min(max(year, 1900), 2100)
            names = [(r[0], r[1]) for r in self.given if r[2] == sex and int(r[3]) <= within <= int(r[4])]
            self._given_by_year[sex, year] = names
        return names

    def birth_text(self, ordinal: int) -> str:
        """The day in the long era style."""
        text = self._birth_texts.get(ordinal)
        if text is None:
            text = self._birth_texts[ordinal] = format_era(date.fromordinal(ordinal))
        return text


@lru_cache(maxsize=1)
def _world() -> _World:
    return _World()


def invent_residents(count: int, *, seed: int, as_of: date) -> Iterator[InventedResident]:
    """Yield ``count`` residents, household by household in order of the record; the last household may be cut short.

    The same seed and day give the same people. Memory does not grow with the count.
    """
    return islice(_invent(seed, as_of.toordinal()), count)


def _invent(seed: int, today: int) -> Iterator[InventedResident]:
    world, random = _world(), Random(seed)
    numbers = _issue_numbers(world.city["start_number"])
    rates = world.rates
    for household_no in _issue_numbers(world.city["household_start"]):
        drawn = _draw_members(world, random, today)
        foreign = world.people.draw(random) if random.random() < rates["foreign"] else None
        names = _name_foreign(random, drawn, foreign) if foreign else _name_members(world, random, drawn)
        place = _draw_place(world, random)
        protected = random.random() < rates["protected"]
        nationality = foreign["nationality"] if foreign else world.words["home_nationality"]
        for order, (member, (name, kana)) in enumerate(zip(drawn, names, strict=True), start=1):
            phone = ""
            if member.age > _ADULT and random.random() < rates["phone"]:
                phone = f"090-0000-{int(random.random() * 10_000):04}"
            yield InventedResident(
                next(numbers),
                household_no,
                name,
                kana,
                date.fromordinal(member.born).isoformat() if foreign else _birth_text(world, random, member.born),
                world.sexes[member.sex],
                world.relations[member.relation]["word"],
                place.postal,
                place.address,
                place.district,
                phone,
                protected,
                nationality,
                order,
            )


def _birth_text(world: _World, random: Random, born: int) -> str:
    if random.random() >= world.rates["unknown_birth"]:
        return world.birth_text(born)
    shapes = world.city["unknown_birth"]["shapes"]
    era_year, rest = _split_year(world.birth_text(born))
    month = date.fromordinal(born).month
    shape: str = shapes[int(random.random() * len(shapes))]
    return shape.format(era=era_year + rest[:1], month=month)


def _split_year(text: str) -> tuple[str, str]:
    """Era and number, and what follows from the word for year on."""
    at = text.index(resources.read_toml("dates.toml")["year"])
    return text[:at], text[at:]


def _draw_members(world: _World, random: Random, today: int) -> list[_Drawn]:
    """Who lives in a household, with ages that fit each other; relations that do not fit are left out."""
    plan = world.plans.draw(random)
    youngest, oldest = plan["head"]
    ages = {"head": youngest + int(random.random() * (oldest - youngest + 1))}
    drawn = [_draw_one(random, "head", plan["sex"], ages["head"], today)]
    for key in plan.get("members", ()):
        rule = world.relations[key]
        if rule["from"] == "parent":
            base: int | None = min(ages["head"], ages.get("wife", _OLDEST), ages.get("husband", _OLDEST))
        else:
            base = ages.get(rule["from"])
        if base is None:
            continue
        low, high = max(rule["low"], -base), min(rule["high"], _OLDEST - base)
        if rule["from"] == "head" and key in ("wife", "husband", "partner"):
            low = max(low, 18 - base)
        if low > high:
            continue
        age = ages[key] = base + low + int(random.random() * (high - low + 1))
        drawn.append(_draw_one(random, key, rule["sex"], age, today))
    _sort_children(drawn)
    return drawn


def _draw_one(random: Random, relation: str, sex: str, age: int, today: int) -> _Drawn:
    if sex == "any":
        sex = "f" if random.random() < 0.5 else "m"
    born = today - int(age * _YEAR_DAYS) - int(random.random() * 365)
    return _Drawn(relation, sex, age, born)


def _sort_children(drawn: list[_Drawn]) -> None:
    """Neighbours of one relation stand in order of birth."""
    if len(drawn) < 3:
        return
    places = list(range(len(drawn)))
    first = {member.relation: at for at, member in reversed(list(enumerate(drawn)))}
    places.sort(key=lambda at: (first[drawn[at].relation], drawn[at].born))
    drawn[:] = [drawn[at] for at in places]


def _name_members(world: _World, random: Random, drawn: list[_Drawn]) -> list[tuple[str, str]]:
    shared = world.surnames.draw(random)
    names = []
    for member in drawn:
        family = world.surnames.draw(random) if world.relations[member.relation].get("other_name") else shared
        given = world.given_names(member.sex, date.fromordinal(member.born).year)
        name, kana = given[int(random.random() * len(given))]
        names.append((f"{family[0]}\u3000{name}", f"{family[1]}\u3000{kana}"))
    return names


def _name_foreign(random: Random, drawn: list[_Drawn], group: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Letters as name, katakana as reading: family name first."""
    family = group["family"][int(random.random() * len(group["family"]))].split()
    names = []
    for member in drawn:
        given = [words for text in group["given"] if (words := text.split())[-1] == member.sex]
        words = given[int(random.random() * len(given))][:-1]
        half = len(words) // 2
        letters, kana = " ".join(words[:half]), "\u3000".join(words[half:])
        names.append((f"{family[0]} {letters}", f"{family[1]}\u3000{kana}"))
    return names


def _draw_place(world: _World, random: Random) -> _Place:
    town, postal, district, chome = world.towns.draw(random)
    block, house = 1 + int(random.random() * 28), 1 + int(random.random() * 22)
    if chome:
        a, shape = str(1 + int(random.random() * chome)), world.chome.draw(random)
    else:
        a, block, shape = "", block * house, world.plain.draw(random)
    b, c = str(block), str(house)
    numbers = shape.format(a=a, b=b, c=c, A=a.translate(_WIDE), B=b.translate(_WIDE), C=c.translate(_WIDE))
    address = f"{world.city['name']}{town}{numbers}"
    if chome and random.random() < world.rates["room"]:
        buildings = world.city["buildings"]
        building = buildings[int(random.random() * len(buildings))]
        room = (1 + int(random.random() * 8)) * 100 + 1 + int(random.random() * 9)
        address += "\u3000" + world.city["address"]["room"].format(building=building, room=room)
    return _Place(f"{postal[:3]}-{postal[3:]}", address, district)


@dataclass(frozen=True, slots=True)
class WrittenCsv:
    """What was written: the number of residents, and how often each character was replaced because CP932 lacks it."""

    rows: int
    replaced: Mapping[str, int]


def write_residents_csv(path: Path, residents: Iterable[InventedResident], *, encoding: str = "cp932") -> WrittenCsv:
    """Write a CSV (CRLF, Japanese headings, columns in the order of the fields) in chunks, so that a million fit in little memory.

    Only for ``cp932``, characters it lacks become 〓 and are counted; any other encoding that lacks one raises
    UnicodeEncodeError. An existing file is overwritten; OSError as the system gives it.
    """
    city = resources.read_toml("invention", "city.toml")
    missing, marks = city["words"]["missing"], (city["words"]["open"], city["words"]["protected"])
    at = InventedResident._fields.index("protected")
    replaced: Counter[str] = Counter()
    rows, source = 0, iter(residents)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerow([city["csv"][field] for field in InventedResident._fields])
        while chunk := list(islice(source, _CSV_CHUNK)):
            buffer = io.StringIO()
            csv.writer(buffer).writerows([(*one[:at], marks[one.protected], *one[at + 1 :]) for one in chunk])
            text = buffer.getvalue()
            file.write(_fit_cp932(text, missing, replaced) if encoding.lower() == "cp932" else text)
            rows += len(chunk)
    return WrittenCsv(rows, MappingProxyType(dict(replaced)))


def _fit_cp932(text: str, missing: str, replaced: Counter[str]) -> str:
    """The text with characters CP932 lacks replaced and counted."""
    lacking = [char for char in set(text) if not _in_cp932(char)]
    for char in lacking:
        replaced[char] += text.count(char)
        text = text.replace(char, missing)
    return text


@lru_cache(maxsize=20_000)
def _in_cp932(char: str) -> bool:
    try:
        char.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
