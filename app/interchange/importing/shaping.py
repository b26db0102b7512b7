"""Columns made from others before rows are read: parts of a name, a date or an address joined, codes turned into words.

What stands in a single column is taken as it is; only what a file divides or abbreviates into codes is put together, in the way
people write it. The cells of the file itself stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from app import resources
from app.domain.eras import list_eras
from app.domain.errors import InputFault
from app.interchange.importing.mapping import HeaderMap
from app.interchange.importing.reading import SourceRow, SourceTable

Values = Mapping[str, Mapping[str, str]]
"""Field → code as written in the file → word. The key ``*pairs`` of a field says that codes may stand one behind the other, so long each."""

Maker = Callable[[list[str]], str]

ERA_CODE = "era_code"
PAIRS = "*pairs"
_CODED = re.compile(r"([1-9])(?:(\d{2})(\d{2})(\d{2})|[-./ ](\d{1,2})[-./ ](\d{1,2})[-./ ](\d{1,2}))")
_SHORT = re.compile(r"\d{6}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{1,2}")
_SAMPLE = 400
_SURE = 0.95


def shape_table(table: SourceTable, headers: HeaderMap, *, values: Values, dates: str = "") -> tuple[SourceTable, HeaderMap]:
    """The table with columns made for what its mapped columns only hold in parts or codes, and the mapping that points to them.

    Birth dates that begin with the number of their era (``3200301``, ``3-20-03-01``) are recognised by themselves when nearly all of the
    first rows are written so; ``dates`` ``era_code`` says it.
    """
    columns = dict(headers.columns)
    made: list[_Made] = [*_names(table, columns), *_births(table, columns), *_addresses(table, columns)]
    coded = dates == ERA_CODE or (
        "birth" in columns and not any(one.key == "birth" for one in made) and _look_coded(table, columns["birth"])
    )
    if coded and "birth" in columns:
        made = _over(table, columns, made, "birth", read_era_code)
    for key, words in values.items():
        if words and (key in columns or any(one.key == key for one in made)):
            made = _over(table, columns, made, key, _translator(words))
    if not made:
        return table, headers
    first = len(table.header)
    columns.update({one.key: first + place for place, one in enumerate(made)})
    makers = tuple(one.make for one in made)

    def shape(cells: list[str]) -> None:
        cells.extend([make(cells) for make in makers])

    shaped = replace(table, made=tuple(one.heading for one in made), shape=shape)
    return shaped, replace(headers, columns=columns)


@dataclass(frozen=True, slots=True)
class _Made:
    key: str
    heading: str
    make: Maker


def _over(table: SourceTable, columns: dict[str, int], made: list[_Made], key: str, change: Callable[[str], str]) -> list[_Made]:
    """``made`` with the value of ``key`` changed, whether it stands in the file or is made itself."""
    before = next((one for one in made if one.key == key), None)
    if before is None:
        at = columns[key]
        return [*made, _Made(key, table.header[at], lambda cells: change(cells[at].strip()))]
    make = before.make
    return [replace(one, make=lambda cells: change(make(cells))) if one.key == key else one for one in made]


def _words(name: str) -> str:
    return str(resources.read_toml("import", "joining.toml")[name])


def _join_headings(table: SourceTable, places: list[int]) -> str:
    return "+".join(table.header[at] for at in places)


# -- names ----------------------------------------------------------------------------------------------------


def _names(table: SourceTable, columns: dict[str, int]) -> list[_Made]:
    made = []
    for key, family, given in (("name", "family_name", "given_name"), ("kana", "family_kana", "given_kana")):
        places = [columns[part] for part in (family, given) if part in columns]
        if key not in columns and family in columns:
            made.append(_Made(key, _join_headings(table, places), _joiner(places, _words("name"))))
    return made


def _joiner(places: list[int], between: str) -> Maker:
    return lambda cells: between.join(filter(None, [cells[at].strip() for at in places]))


# -- birth dates ----------------------------------------------------------------------------------------------


def _births(table: SourceTable, columns: dict[str, int]) -> list[_Made]:
    era = columns.get("birth_era")
    if "birth_year" in columns and "birth" not in columns:
        places = [columns.get(part) for part in ("birth_era", "birth_year", "birth_month", "birth_day")]
        named = [at for at in places if at is not None]
        return [_Made("birth", _join_headings(table, named), lambda cells: _date_of([_cell(cells, at) for at in places]))]
    if era is not None and "birth" in columns:
        at = columns["birth"]
        return [_Made("birth", _join_headings(table, [era, at]), lambda cells: _with_era(cells[era].strip(), cells[at].strip()))]
    return []


def _cell(cells: list[str], at: int | None) -> str:
    return "" if at is None else cells[at].strip()


@lru_cache(maxsize=1)
def _eras() -> dict[str, str]:
    """What may stand for an era → its name; nothing for the western calendar."""
    told = {fold: "" for fold in map(_fold, resources.read_toml("import", "joining.toml")["western"])}
    for era in list_eras():
        told |= dict.fromkeys(map(_fold, (era.name, era.abbr, era.letter, era.square, era.code, f"0{era.code}")), era.name)
    return told


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


@lru_cache(maxsize=50_000)
def _date_text(era: str, year: str, month: str, day: str) -> str:
    if not year.strip():
        return ""
    plain = [_fold(part).rstrip(".") for part in (year, month, day)]
    numbers = [part.removesuffix(".0") for part in plain]
    return _words("date").format(
        era=_eras().get(_fold(era), era.strip()), year=numbers[0], month=numbers[1] or "00", day=numbers[2] or "00"
    )


def _date_of(parts: list[str]) -> str:
    return _date_text(*parts)


@lru_cache(maxsize=50_000)
def _with_era(era: str, birth: str) -> str:
    """A date without its era, which stands in another column; a whole date stays as it is."""
    plain = _fold(birth)
    if not era or not _SHORT.fullmatch(plain):
        return birth
    year, month, day = (plain[:2], plain[2:4], plain[4:]) if len(plain) == 6 and plain.isdecimal() else re.split(r"[-./ ]", plain)
    return _date_text(era, year, month, day)


@lru_cache(maxsize=100_000)
def read_era_code(text: str) -> str:
    """``4240301``, ``3-20-03-01`` as a date in words; anything else as it is. The era is the first number (1 Meiji … 5 Reiwa)."""
    found = _CODED.fullmatch(_fold(text))
    if found is None or found[1] not in _eras():
        return text
    year, month, day = (part for part in found.groups()[1:] if part is not None)
    return _date_text(found[1], year, month, day)


def _look_coded(table: SourceTable, at: int) -> bool:
    told = [cell for cell in (row.cells[at].strip() for row in first_rows(table, _SAMPLE)) if cell]
    return bool(told) and sum(read_era_code(cell) != cell for cell in told) >= _SURE * len(told)


def first_rows(table: SourceTable, count: int) -> list[SourceRow]:
    """The first usable rows of a table. What is wrong further down is found when it is read."""
    rows: list[SourceRow] = []
    try:
        for row in table.rows():
            if row.problem is None:
                rows.append(row)
            if len(rows) >= count:
                break
    except InputFault:
        pass  # the reading itself says it, with its line
    return rows


# -- addresses ------------------------------------------------------------------------------------------------


def _addresses(table: SourceTable, columns: dict[str, int]) -> list[_Made]:
    """Prefecture, municipality, town and number as one text; before a column of addresses only what these do not begin with."""
    whole = columns.get("address")
    names = ("prefecture", "city", "town", "house_no") if whole is None else ("prefecture", "city")
    places = [columns[name] for name in names if name in columns]
    if not places or (whole is None and "town" not in columns and "house_no" not in columns):
        return []
    if whole is None:
        return [_Made("address", _join_headings(table, places), _joiner(places, ""))]
    at = whole

    def make(cells: list[str]) -> str:
        address = cells[at].strip()
        for place in reversed(places):
            part = cells[place].strip()
            if part and address and part not in address:
                address = part + address
        return address

    return [_Made("address", _join_headings(table, [*places, at]), make)]


# -- words for codes --------------------------------------------------------------------------------------------


def _translator(words: Mapping[str, str]) -> Callable[[str], str]:
    told = {_fold(code): word for code, word in words.items() if code != PAIRS}
    length = int(words.get(PAIRS, "0") or 0)
    between = _words("relation")

    @lru_cache(maxsize=20_000)
    def translate(text: str) -> str:
        plain = _fold(text)
        if plain in told or not length or len(plain) <= length or len(plain) % length:
            return told.get(plain, text)
        parts = [plain[start : start + length] for start in range(0, len(plain), length)]
        found = [told[part] for part in parts if part in told and part.strip("0")]
        return between.join(found) if all(part in told or not part.strip("0") for part in parts) and found else text

    return translate
