"""Rosters as they are typed in a gymnasium, from invented residents: who came is known, what was typed went wrong. Not a measurement.

The mistakes are those of people and keyboards and know nothing of the matcher: nothing is imported from it. All rates are in
``BASE`` and ``HARD``. Each is a share of rows unless said otherwise.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import NamedTuple

from app import resources
from app.domain.dates import format_era, parse_date
from app.domain.invention import InventedResident, invent_residents

DAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Noise:
    """Rates of what goes wrong."""

    together: float = 0.86  # households whose present members are written down as one group
    present: float = 0.85  # members of a household that came
    strangers: float = 0.03  # visitors, students: unknown names, other towns
    returned: float = 0.02  # grown-up children and other kin who live elsewhere, written with the family and its address
    kana_missing: float = 0.28
    kana_typo: float = 0.04  # one sound wrong, left out, doubled or exchanged
    kana_wrong: float = 0.0  # another reading altogether
    kana_only: float = 0.08  # nobody wrote the kanji
    kana_only_child: float = 0.25  # of children under twelve
    nickname: float = 0.008
    nickname_child: float = 0.04
    given_only: float = 0.004
    wrong_conversion: float = 0.04  # another spelling of the same reading
    wrong_kanji: float = 0.012  # one kanji is some other
    other_family: float = 0.005  # a maiden name, the husband's name …, of grown-up women
    no_space: float = 0.35
    birth_missing: float = 0.06
    birth_digit: float = 0.02
    birth_swapped: float = 0.004
    birth_era: float = 0.005
    birth_year_off: float = 0.006
    birth_partly: float = 0.01  # only the year, or year and month
    birth_without_era: float = 0.008
    births_exchanged: float = 0.002  # of households: two members' dates stand in each other's line
    sex_missing: float = 0.05
    sex_wrong: float = 0.003
    address_missing: float = 0.10
    address_old: float = 0.07
    address_town_only: float = 0.07
    address_digit: float = 0.02
    phone_missing: float = 0.40
    phone_other: float = 0.15


BASE = Noise()
HARD = replace(BASE, kana_missing=0.30, kana_wrong=0.06, kana_typo=0.14, birth_missing=1 / 3, address_old=0.30, birth_digit=0.03)
SETS = {"base": BASE, "hard": HARD}


class TypedRow(NamedTuple):
    """A line of a roster; ``truth`` is the place of the resident, -1 for nobody."""

    truth: int
    household: str
    name: str
    kana: str
    birth: str
    sex: str
    address: str
    phone: str


class _Typist:
    """Writes residents down, with mistakes."""

    def __init__(self, noise: Noise, random: Random, residents: list[InventedResident]) -> None:
        self.noise, self.random, self.residents = noise, random, residents
        given = [line.split() for line in resources.read_toml("invention", "given.toml")["names"].splitlines() if line.strip()]
        families = [line.split() for line in resources.read_toml("invention", "surnames.toml")["names"].splitlines() if line.strip()]
        self.spellings: dict[str, list[str]] = defaultdict(list)
        for word, reading, *_ in (*given, *families):
            self.spellings[reading].append(word)
        self.readings = sorted({row[1] for row in given})
        self.families = [(row[0], row[1]) for row in families]
        self.kanji = sorted({char for row in given for char in row[0] if unicodedata.name(char, "").startswith("CJK")})
        self.kana = [chr(code) for code in range(0x30A2, 0x30F3) if unicodedata.normalize("NFD", chr(code)) == chr(code)]

    def chance(self, rate: float) -> bool:
        return self.random.random() < rate

    # names

    def typo(self, text: str) -> str:
        """One sound wrong, left out, doubled or exchanged with the next."""
        at = self.random.randrange(len(text))
        kind = self.random.randrange(4)
        if text[at].isspace():
            return text
        if kind == 0:
            return text[:at] + self.random.choice(self.kana) + text[at + 1 :]
        if kind == 1 and len(text) > 3:
            return text[:at] + text[at + 1 :]
        if kind == 2:
            return text[:at] + self.random.choice(self.kana) + text[at:]
        return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]

    def name(self, one: InventedResident, age: int) -> tuple[str, str]:
        """Name and kana columns."""
        noise, child = self.noise, age < 12
        family, given = _halves(one.name)
        kana_family, kana_given = _halves(one.kana)
        if one.sex == "女" and age > 20 and self.chance(noise.other_family):
            family, kana_family = self.random.choice(self.families)
        if self.chance(noise.wrong_conversion):
            given = self.random.choice(self.spellings.get(kana_given) or [given])
        if self.chance(noise.wrong_conversion):
            family = self.random.choice(self.spellings.get(kana_family) or [family])
        if self.chance(noise.wrong_kanji) and given:
            at = self.random.randrange(len(given))
            given = given[:at] + self.random.choice(self.kanji) + given[at + 1 :]
        if self.chance(noise.kana_typo):
            kana_given = self.typo(kana_given) if self.chance(0.6) else kana_given
            kana_family = kana_family if kana_given != _halves(one.kana)[1] else self.typo(kana_family)
        if self.chance(noise.kana_wrong):
            kana_given = self.random.choice(self.readings)
        if self.chance(noise.nickname_child if child else noise.nickname):
            short = kana_given[: min(len(kana_given), self.random.choice((2, 2, 3)))]
            return self.joined(_hiragana(kana_family), _hiragana(short) + self.random.choice(("ちゃん", "くん", "さん", ""))), ""
        if self.chance(noise.given_only):
            return given, ""
        if self.chance(noise.kana_only_child if child else noise.kana_only):
            write = self.random.choice((_hiragana, str, _half_width))
            return (
                (self.joined(write(kana_family), write(kana_given)), "") if self.chance(0.7) else ("", self.joined(kana_family, kana_given))
            )
        kana = "" if self.chance(noise.kana_missing) else self.joined(kana_family, kana_given)
        return self.joined(family, given), self.random.choice((str, str, _hiragana, _half_width))(kana)

    def joined(self, family: str, given: str) -> str:
        if self.chance(self.noise.no_space):
            return family + given
        return family + self.random.choice(("\u3000", " ")) + given

    # dates

    def birth(self, text: str) -> str:
        """The date column."""
        noise = self.noise
        known = parse_date(text, lenient=True)
        if self.chance(noise.birth_missing):
            return ""
        day = known.day
        if day is None:
            return text
        if self.chance(noise.birth_partly):
            return format_era(day)[: format_era(day).index("年") + 1] if self.chance(0.5) else f"{day.year}年{day.month}月"
        if self.chance(noise.birth_swapped) and day.day <= 12:
            day = date(day.year, day.day, day.month)
        if self.chance(noise.birth_era):
            day = _other_era(day) or day
        if self.chance(noise.birth_year_off):
            day = _moved(day, day.year + self.random.choice((-1, 1)))
        if self.chance(noise.birth_digit):
            day = self.one_digit(day)
        shape = self.random.randrange(6)
        if self.chance(noise.birth_without_era) and day.year >= 1927:
            return format_era(day, "short").lstrip("MTSHR")
        if shape < 2:
            return format_era(day)
        if shape < 4:
            return format_era(day, "short")
        return day.isoformat() if shape == 4 else f"{day.year}/{day.month}/{day.day}"

    def one_digit(self, day: date) -> date:
        """One figure of the era date is another figure."""
        for _ in range(20):
            text = format_era(day, "short")
            at = self.random.choice([n for n, char in enumerate(text) if char.isdigit()])
            try:
                changed = parse_date(text[:at] + str(self.random.randrange(10)) + text[at + 1 :]).day
            except Exception:
                continue
            if changed is not None and changed != day and changed <= DAY:
                return changed
        return day

    # places

    def address(self, one: InventedResident) -> str:
        """The address column."""
        noise = self.noise
        if self.chance(noise.address_missing):
            return ""
        if self.chance(noise.address_old):
            one = self.random.choice(self.residents)
        text = one.address.split("\u3000")[0] if self.chance(0.7) else one.address
        if self.chance(0.5):
            text = text.removeprefix("支市")
        figures = [n for n, char in enumerate(text) if char.isdigit()]
        if self.chance(noise.address_town_only) and figures:
            return text[: figures[0]]
        if self.chance(noise.address_digit) and figures:
            at = self.random.choice(figures)
            text = text[:at] + str(self.random.randrange(10)) + text[at + 1 :]
        style = self.random.randrange(5)
        if style == 0:
            text = text.replace("丁目", "-").replace("番地", "-").replace("番", "-").replace("号", "").rstrip("-")
        elif style == 1:
            text = text.replace("丁目", "の").replace("番地", "の").replace("番", "の").replace("号", "").rstrip("の")
        elif style == 2:
            text = text.replace("-", "－")
        return text

    def phone(self, one: InventedResident) -> str:
        if not one.phone or self.chance(self.noise.phone_missing):
            return ""
        if self.chance(self.noise.phone_other):
            return f"090-0000-{self.random.randrange(10_000):04}"
        return one.phone if self.chance(0.5) else one.phone.replace("-", "")

    def sex(self, one: InventedResident) -> str:
        if self.chance(self.noise.sex_missing):
            return "unknown"
        male = (one.sex == "男") != self.chance(self.noise.sex_wrong)
        return "male" if male else "female"

    def line(self, truth: int, household: str, one: InventedResident) -> TypedRow:
        """The line of one resident."""
        born = parse_date(one.birth, lenient=True).earliest or date(1960, 1, 1)
        name, kana = self.name(one, (DAY - born).days // 365)
        return TypedRow(truth, household, name, kana, self.birth(one.birth), self.sex(one), self.address(one), self.phone(one))


def _halves(name: str) -> tuple[str, str]:
    family, _, given = name.replace("\u3000", " ").partition(" ")
    return family, given


def _hiragana(text: str) -> str:
    return "".join(chr(ord(char) - 0x60) if 0x30A1 <= ord(char) <= 0x30F6 else char for char in text)


def _half_width(text: str) -> str:
    table = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
    plain = unicodedata.normalize("NFD", text)
    return "".join({"\u3099": "ﾞ", "\u309a": "ﾟ", "\u3000": " "}.get(char, table.get(char, char)) for char in plain)


def _other_era(day: date) -> date | None:
    """The same figures with the letter of the neighbouring era."""
    text = format_era(day, "short")
    swap = {"S": "H", "H": "S", "T": "S", "R": "H"}.get(text[0])
    try:
        changed = parse_date(swap + text[1:]).day if swap else None
    except Exception:
        return None
    return changed if changed and changed <= DAY else None


def _moved(day: date, year: int) -> date:
    return day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 2, 28)


def type_roster(residents: list[InventedResident], count: int, noise: Noise, *, seed: int) -> list[TypedRow]:
    """So many lines in households drawn at random, strangers and returned kin among them, in the order of arrival."""
    random = Random(seed)
    typist = _Typist(noise, random, residents)
    houses: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(residents):
        houses[one.household_no].append(place)
    numbers = list(houses)
    random.shuffle(numbers)
    others = iter(list(invent_residents(count, seed=seed + 1000, as_of=DAY)))
    groups: list[list[TypedRow]] = []
    written = 0
    for number in numbers:
        if written >= count:
            break
        group = _group(typist, number, houses[number], others)
        groups.append(group)
        written += len(group)
    return [row for group in groups for row in group][:count]


def _group(typist: _Typist, number: str, places: list[int], others: object) -> list[TypedRow]:
    """The lines of one household, and of strangers met at the door."""
    noise, random = typist.noise, typist.random
    came = [place for place in places if typist.chance(noise.present)] or places[:1]
    label = f"g{number}" if typist.chance(noise.together) else ""
    rows = [typist.line(place, label, typist.residents[place]) for place in came]
    if len(rows) > 1 and typist.chance(noise.births_exchanged):
        a, b = random.sample(range(len(rows)), 2)
        rows[a], rows[b] = rows[a]._replace(birth=rows[b].birth), rows[b]._replace(birth=rows[a].birth)
    for _ in came:
        if typist.chance(noise.returned):
            rows.append(_returned(typist, label, typist.residents[places[0]], next(others)))  # type: ignore[call-overload]
        if typist.chance(noise.strangers):
            rows.append(_stranger(typist, next(others)))  # type: ignore[call-overload]
    return rows


def _returned(typist: _Typist, label: str, head: InventedResident, other: InventedResident) -> TypedRow:
    """Somebody of the family name, at the family's address, who is no resident."""
    family, kana = _halves(head.name)[0], _halves(head.kana)[0]
    made = other._replace(
        name=f"{family}\u3000{_halves(other.name)[1]}", kana=f"{kana}\u3000{_halves(other.kana)[1]}", address=head.address
    )
    return typist.line(-1, label, made)


def _stranger(typist: _Typist, other: InventedResident) -> TypedRow:
    """Somebody from another town, sometimes without saying which."""
    row = typist.line(-1, "", other)
    return row._replace(address=row.address and "隣市" + row.address.removeprefix("支市") if typist.chance(0.7) else "")
