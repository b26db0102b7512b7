"""Dates as registers write them – era or western, partly unknown, about, impossible – and moments in Japan time.

Nothing is lost: ``FuzzyDate.raw`` is the text as given; the rest says between which days it must lie.
Words and shapes come from ``resources/dates.toml``, eras from ``resources/eras.toml``.
Source of the unknown forms: standard specification of resident record systems, dates that are not known.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from app import resources
from app.domain.eras import Era, era_on, era_pattern, find_era, lunar_until
from app.domain.errors import RuleViolation
from app.domain.numerals import read_kanji_number

Precision = Literal["day", "month", "year", "era", "unknown", "approximate"]
EraStyle = Literal["long", "short", "abbr"]
InstantStyle = Literal["long", "iso", "short"]

JST = timezone(timedelta(hours=9), "JST")
_OVERRUN_YEARS = 5
_FIRST_YEAR, _LAST_YEAR = 1800, 9999
_EXCEL_LEAP_BUG = 60


class DateFault(RuleViolation):
    """A text that is no date. Codes ``date.*``; ``text`` is what was given."""


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date as written, and the days it may mean (both inclusive; None when nothing is known).

    ``warning`` is a message code for something worth showing beside an accepted date, e.g. an era used past its end.
    """

    raw: str
    earliest: date | None
    latest: date | None
    precision: Precision
    warning: str | None = None

    @property
    def day(self) -> date | None:
        """The one day it means, if it means one."""
        return self.earliest if self.precision == "day" else None


class _Parts(NamedTuple):
    """What a text says: numbers are None where it says nothing or that it is unknown."""

    era: Era | None
    year: int | None
    month: int | None
    day: int | None
    part: str | None


class _Grammar:
    """The patterns for written dates, made once from the tables."""

    def __init__(self) -> None:
        words = resources.read_toml("dates.toml")
        era = f"(?P<era>{era_pattern().pattern})?"
        number = rf"\d{{1,4}}|[{re.escape(words['unknown_marks'])}]+"
        parts = "|".join((*words["month_parts"], *words["year_parts"]))
        year = rf"(?P<year>{number}|{words['first_year']})"
        month, day, sign = f"(?P<month>{number})", f"(?P<day>{number})", r"[-/.\u30fb]"
        self.shapes = tuple(
            re.compile(shape, re.IGNORECASE)
            for shape in (
                rf"{era}{year}?{words['year']}(?:{month}?{words['month']})?(?:{day}?{words['day']})?(?P<part>{parts})?",
                rf"{era}{year}(?:{sign}{month}(?:{sign}{day})?)?(?P<part>{parts})?",
                r"(?P<era>)(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<part>)",
                rf"(?P<era>{era_pattern().pattern})(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)(?P<part>)",
                rf"(?P<era>{era_pattern().pattern})(?P<year>)(?P<month>)(?P<day>)(?P<part>)",
            )
        )
        self.month_parts: dict[str, list[int]] = words["month_parts"]
        self.year_parts: dict[str, list[int]] = words["year_parts"]
        self.first_year: str = words["first_year"]
        self.western = re.compile("|".join(map(re.escape, words["western"])), re.IGNORECASE)
        self.unknown = re.compile("|".join(words["unknown"]))
        self.nothing = re.compile(rf"{words['year']}?{words['month']}?{words['day']}?0*")
        self.about = re.compile(
            rf"^(?:{'|'.join(words['approximate_before'])})|(?:{'|'.join(words['approximate_after'])})$"
            rf"|\((?:{'|'.join((*words['approximate_before'], *words['approximate_after']))})\)"
        )
        self.noise = re.compile(rf"\([^)]*\)|(?:{'|'.join(words['born'])})$")
        self.range = re.compile("|".join(words["range"]))
        self.range_end = re.compile(f"(?:{'|'.join(words['range_end'])})$")
        rules = resources.read_toml("fold", "address.toml")
        self.numerals = re.compile(f"[{rules['digits']}{rules['ten']}{rules['hundred']}{rules['thousand']}]+")

    def clean(self, text: str) -> str:
        """Width, kanji numerals and spaces evened out; a clock time of midnight, as spreadsheets add it, taken off."""
        plain = unicodedata.normalize("NFKC", text).strip()
        plain = re.sub(r"(?<=\d)[\u2010-\u2015\u2212\u30fc](?=\d)", "-", plain)
        plain = re.sub(r"(?<=\d)[\u3001\u3002](?=\d)", ".", plain)  # the full stop that an input method types for a dot
        plain = re.sub(r"[T ]+0?0:00(?::00(?:\.0+)?)?Z?$", "", plain)
        plain = re.sub(r"(?<=\d)\s+(?=\d)", ".", plain)
        plain = re.sub(r"\s+", "", plain)
        return self.read_numerals(plain)

    def read_numerals(self, plain: str) -> str:
        """Kanji numerals as digits."""
        return self.numerals.sub(lambda match: str(read_kanji_number(match[0])), plain)


@lru_cache(maxsize=1)
def _grammar() -> _Grammar:
    return _Grammar()


def parse_date(text: str, *, lenient: bool = False) -> FuzzyDate:
    """Read a date in any style a register or a clerk uses; see the module's tests for the list.

    ``lenient`` keeps dates that are in no calendar (2月30日) as month or year with a warning, as resident systems pass
    them on. Raises DateFault: date.empty, date.unreadable, date.era_missing, date.impossible, date.year_out_of_range,
    date.era_year_too_large, date.range_reversed. 頃 and 推定 do not widen the span that is written.
    """
    return _parse(text, lenient)


@lru_cache(maxsize=200_000)
def _parse(text: str, lenient: bool) -> FuzzyDate:
    grammar = _grammar()
    plain = grammar.clean(text)
    if not plain:
        raise DateFault("date.empty", text=text)
    about = bool(grammar.about.search(plain))
    if about:
        plain = grammar.about.sub("", grammar.about.sub("", plain))
    plain = grammar.western.sub("", grammar.noise.sub("", plain))
    sides = grammar.range.split(plain, maxsplit=1)
    if len(sides) == 2:
        return _parse_range(text, sides, lenient)
    found = _resolve(text, _read_parts(text, plain), lenient)
    if about and found.precision != "unknown":
        found = replace(found, precision="approximate")
    return found


def _parse_range(text: str, sides: list[str], lenient: bool) -> FuzzyDate:
    ends = [_grammar().range_end.sub("", side) for side in sides]
    if not ends[0]:
        raise DateFault("date.unreadable", text=text)
    first = _resolve(text, _read_parts(text, ends[0]), lenient)
    last = _resolve(text, _read_parts(text, ends[1]), lenient) if ends[1] else FuzzyDate("", None, None, "unknown")
    if first.earliest and last.latest and first.earliest > last.latest:
        raise DateFault("date.range_reversed", text=text)
    return FuzzyDate(text, first.earliest, last.latest, "approximate", first.warning or last.warning)


def _read_parts(text: str, plain: str) -> _Parts:
    grammar = _grammar()
    known = grammar.unknown.sub("", plain)
    if grammar.nothing.fullmatch(known):
        return _Parts(None, None, None, None, None)
    match = next((found for shape in grammar.shapes if (found := shape.fullmatch(known))), None)
    if match is None:
        raise DateFault("date.unreadable", text=text)

    def number(name: str) -> int | None:
        value = match[name]
        if value == grammar.first_year:
            return 1
        return int(value) or None if value and value.isdecimal() else None

    era = find_era(match["era"]) if match["era"] else None
    return _Parts(era, number("year"), number("month"), number("day"), match["part"] or None)


def _resolve(text: str, parts: _Parts, lenient: bool) -> FuzzyDate:
    """Turn what was written into a span of days."""
    era, year, month, day, part = parts
    if year is None:
        if era is None:
            return FuzzyDate(text, None, None, "unknown")
        return FuzzyDate(text, era.start, era.end, "era")
    if era is None and year < 1000:
        raise DateFault("date.era_missing", text=text)
    western = year if era is None else era.western_year(year)
    if era and era.last and western > era.last.year + _OVERRUN_YEARS:
        raise DateFault("date.era_year_too_large", text=text, era=era.name, end=era.last.year)
    if not _FIRST_YEAR <= western <= _LAST_YEAR:
        raise DateFault("date.year_out_of_range", text=text)
    if era and date(western, month if month and month <= 12 else 12, 1) <= lunar_until():
        return _resolve_lunar(text, western, month, day)
    found = _resolve_span(text, western, month, day, lenient)
    if part:
        found = _narrow(found, part)
    return _fit_era(found, era) if era else found


def _resolve_span(text: str, year: int, month: int | None, day: int | None, lenient: bool) -> FuzzyDate:
    whole = FuzzyDate(text, date(year, 1, 1), date(year, 12, 31), "year")
    if month is None:
        return whole
    if month > 12:
        if lenient:
            return replace(whole, warning="date.not_in_calendar")
        raise DateFault("date.impossible", text=text)
    last = calendar.monthrange(year, month)[1]
    if day is None or (day > last and lenient):
        warning = None if day is None else "date.not_in_calendar"
        return FuzzyDate(text, date(year, month, 1), date(year, month, last), "month", warning)
    if day > last:
        raise DateFault("date.impossible", text=text)
    return FuzzyDate(text, date(year, month, day), date(year, month, day), "day")


def _resolve_lunar(text: str, year: int, month: int | None, day: int | None) -> FuzzyDate:
    """Before 1873 months were lunar and began some weeks later than ours of the same number: a span, never a day."""
    if (month or 1) > 12 or (day or 1) > 30:
        raise DateFault("date.impossible", text=text)
    start = date(year, month or 1, 1) + timedelta(days=(day or 1) - 1)
    reach = 60 if month else 425
    return FuzzyDate(text, start, start + timedelta(days=reach), "approximate", "date.lunar_calendar")


def _narrow(found: FuzzyDate, part: str) -> FuzzyDate:
    """Apply 上旬, 春 and the like. A part that does not fit what it follows changes nothing but the precision."""
    grammar, start = _grammar(), found.earliest
    if start is None or found.precision == "day":
        return found
    if found.precision == "month" and part in grammar.month_parts:
        first, last = grammar.month_parts[part]
        end = calendar.monthrange(start.year, start.month)[1]
        return replace(found, earliest=start.replace(day=first), latest=start.replace(day=min(last, end)), precision="approximate")
    if found.precision == "year" and part in grammar.year_parts:
        first, last = grammar.year_parts[part]
        year, month = min(start.year + (last - 1) // 12, _LAST_YEAR), (last - 1) % 12 + 1
        latest = date(year, month, calendar.monthrange(year, month)[1])
        return replace(found, earliest=start.replace(month=first), latest=latest, precision="approximate")
    return replace(found, precision="approximate")


def _fit_era(found: FuzzyDate, era: Era) -> FuzzyDate:
    """Cut the span to the era; a date wholly outside it keeps its days and gets a warning."""
    earliest, latest = found.earliest, found.latest
    assert earliest is not None and latest is not None
    if era.last and earliest > era.last:
        return replace(found, warning=found.warning or "date.era_overrun")
    if latest < era.start:
        return replace(found, warning=found.warning or "date.era_before_start")
    return replace(found, earliest=max(earliest, era.start), latest=min(latest, era.last or latest))


def from_excel_serial(serial: float, *, date1904: bool = False) -> date:
    """The day of a spreadsheet's date number (time of day dropped).

    The 1900 system counts a 29 February 1900 that never was: 60 raises DateFault, as do numbers below 1 and past year 9999.
    """
    days = int(serial)
    if date1904:
        epoch, valid = date(1904, 1, 1), days >= 0
    else:
        epoch = date(1899, 12, 31) if days < _EXCEL_LEAP_BUG else date(1899, 12, 30)
        valid = days >= 1 and days != _EXCEL_LEAP_BUG
    if not valid or days > 2_958_465:
        raise DateFault("date.excel_serial", text=str(serial))
    return epoch + timedelta(days=days)


def to_yyyymmdd(day: date) -> int:
    """1945-03-01 → 19450301."""
    return day.year * 10_000 + day.month * 100 + day.day


def _shape(kind: str, style: str, values: dict[str, Any]) -> str:
    template: str = resources.read_toml("dates.toml")[kind][style]
    return template.format(**values)


def _era_values(day: date, era: Era, *, in_words: bool) -> dict[str, Any]:
    year: int | str = day.year - era.start.year + 1
    if in_words and year == 1:
        year = _grammar().first_year
    return {"era": era.name, "letter": era.letter, "abbr": era.abbr, "year": year, "month": day.month, "day": day.day}


def format_era(day: date, style: EraStyle = "long") -> str:
    """昭和20年3月1日 (first year 元年) / S20.3.1 / 昭20.3.1; before 1873 ISO, as era dates were lunar."""
    era = era_on(day)
    if era is None:
        return day.isoformat()
    return _shape("era_style", style, _era_values(day, era, in_words=style == "long"))


def format_fuzzy(fuzzy: FuzzyDate, style: EraStyle = "long") -> str:
    """A date in one even style; what is unknown is said in words, and what is only about or odd stays as written."""
    start, end = fuzzy.earliest, fuzzy.latest
    if fuzzy.warning or fuzzy.precision == "approximate":
        return fuzzy.raw
    if fuzzy.precision == "unknown" or start is None:
        return _shape("fuzzy_style", "unknown", {})
    if fuzzy.precision == "day":
        return format_era(start, style)
    era = era_on(start)
    if era is None or (fuzzy.precision != "era" and end is not None and era_on(end) != era):
        return _shape("fuzzy_style", f"western_{fuzzy.precision}", {"western": start.year, "month": start.month})
    return _shape("fuzzy_style", fuzzy.precision, _era_values(start, era, in_words=True))


def age_on(fuzzy: FuzzyDate, on: date) -> tuple[int, int] | None:
    """Lowest and highest age in full years on a day; equal when the birth date is known; None if unknown or not yet born.

    A year is added on the birthday itself, as people count. (The law adds it when the day before ends; 29 February
    counts on 1 March here.) Use a rule's own wording where a day matters.
    """
    if fuzzy.earliest is None or fuzzy.earliest > on:
        return None
    low, high = (
        on.year - born.year - ((on.month, on.day) < (born.month, born.day)) for born in (min(fuzzy.latest or on, on), fuzzy.earliest)
    )
    return low, high


class _Clock(NamedTuple):
    stamp: re.Pattern[str]
    time: re.Pattern[str]
    noon: re.Pattern[str]
    afternoon: frozenset[str]


@lru_cache(maxsize=1)
def _clock() -> _Clock:
    words = resources.read_toml("dates.toml")["time"]
    minute = rf"(?P<minute>\d{{1,2}})(?:(?::|{words['minute']})(?P<second>\d{{1,2}})?(?:\.\d+)?{words['second']}?|)"
    clock = rf"(?P<hour>\d{{1,2}})\s*(?::|{words['hour']})(?:(?P<half>{words['half']})|{minute})?"
    noons = "|".join((*words["morning"], *words["afternoon"]))
    return _Clock(
        re.compile(f"(?:{'|'.join(words['stamp'])})$"),
        re.compile(rf"(?:[T\s]*)(?:(?P<noon>{noons})\s*(?P<bare>\d{{1,2}})|(?P<noon2>{noons})?\s*{clock})$", re.IGNORECASE),
        re.compile(rf"\s*{words['noon']}$"),
        frozenset(words["afternoon"]),
    )


def parse_instant(text: str, *, default_tz: tzinfo = JST) -> datetime:
    """Read a moment: ISO 8601 (no offset = ``default_tz``) or a date in any style with a time (午後6時, 18:00, 正午, 6時半).

    A date alone is its beginning, 24:00 the beginning of the next day; 時点 and 現在 at the end are dropped. Always aware.
    Raises DateFault: date.time_unreadable, date.time_ambiguous (午後12時), date.instant_needs_day and those of parse_date.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.match(r"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d", plain):
        try:
            found = datetime.fromisoformat(plain)
            return found if found.tzinfo else found.replace(tzinfo=default_tz)
        except ValueError:
            pass  # 24:00 and era-like leftovers are read below
    clock = _clock()
    plain = _grammar().read_numerals(clock.stamp.sub("", plain).strip())
    if noon := clock.noon.search(plain):
        return _at(text, plain[: noon.start()], timedelta(hours=12), default_tz)
    match = clock.time.search(plain)
    if match is None:
        return _at(text, plain, timedelta(0), default_tz)
    return _at(text, plain[: match.start()], _read_time(text, match), default_tz)


def _read_time(text: str, match: re.Match[str]) -> timedelta:
    hour = int(match["bare"] or match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or 0)
    second = int(match["second"] or 0)
    noon = (match["noon"] or match["noon2"] or "").upper()
    afternoon = noon in _clock().afternoon
    if noon and hour == 12 and afternoon:
        raise DateFault("date.time_ambiguous", text=text)
    if minute > 59 or second > 59 or hour > (12 if noon else 24) or (hour == 24 and (minute or second)):
        raise DateFault("date.time_unreadable", text=text)
    return timedelta(hours=hour + 12 if afternoon else hour, minutes=minute, seconds=second)


def _at(text: str, day_text: str, offset: timedelta, zone: tzinfo) -> datetime:
    try:
        day = parse_date(day_text).day
    except DateFault as fault:
        code = "date.time_unreadable" if fault.code in ("date.unreadable", "date.empty") else fault.code
        raise DateFault(code, **{**fault.params, "text": text}) from None
    if day is None or day == date.max:
        raise DateFault("date.instant_needs_day" if day is None else "date.year_out_of_range", text=text)
    return datetime(day.year, day.month, day.day, tzinfo=zone) + offset


def format_instant(moment: datetime, style: InstantStyle = "long") -> str:
    """令和6年1月5日 18時00分 / 2024-01-05 18:00 / 1/5 18:00, in Japan time. A moment without zone raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    local = moment.astimezone(JST)
    values = {"date": format_era(local.date()), "iso": local.date().isoformat(), "month": local.month, "day": local.day}
    return _shape("instant_style", style, {**values, "hour": f"{local.hour:02}", "minute": f"{local.minute:02}"})
