"""Columns that may not be imported: 個人番号 and 住民票コード, recognised by their heading or by what is in them.

Their cells never leave this module's callers: a table that is opened gives ``HIDDEN`` instead, so that no preview, report, rejected row
or remembered mapping can hold one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from app import resources
from app.interchange.importing.mapping import KnownHeaders, fold_header

HIDDEN = "\u25cf\u25cf\u25cf"
SAMPLE = 300
"""Rows looked at to judge a column by its content."""
_SURE = 0.8
_LEAST = 3
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\u30fc]")
_WEIGHTS = (2, 3, 4, 5, 6, 7)


def _check_digit(body: str) -> int:
    """Modulus 11 with the weights 2 to 7 again and again from the right; a remainder of 0 or 1 gives 0 (番号法施行規則 5条)."""
    remainder = sum(int(digit) * _WEIGHTS[place % 6] for place, digit in enumerate(reversed(body))) % 11
    return 0 if remainder <= 1 else 11 - remainder


def _digits(cell: str) -> str:
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", cell))
    return text if text.isascii() and text.isdigit() else ""


def is_my_number(cell: str) -> bool:
    """Whether a cell is twelve digits with the check digit of a 個人番号."""
    digits = _digits(cell)
    return len(digits) == 12 and len(set(digits)) > 1 and int(digits[-1]) == _check_digit(digits[:-1])


def is_resident_code(cell: str) -> bool:
    """Whether a cell is eleven digits with the check digit of a 住民票コード."""
    digits = _digits(cell)
    return len(digits) == 11 and len(set(digits)) > 1 and int(digits[-1]) == _check_digit(digits[:-1])


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    data = resources.read_toml("import", "private.toml")
    named = [fold_header(word) for kind in ("my_number", "resident_code") for word in data[kind]["words"]]
    return tuple(named), tuple(map(fold_header, data["not"]["endings"])), tuple(map(fold_header, data["not"]["words"]))


def is_private_heading(heading: str) -> bool:
    """Whether a heading names a column of 個人番号 or 住民票コード."""
    named, endings, others = _words()
    folded = fold_header(heading)
    return any(word in folded for word in named) and not folded.endswith(endings) and not any(word in folded for word in others)


def find_private(header: Sequence[str], rows: Sequence[Sequence[str]], known: KnownHeaders) -> tuple[int, ...]:
    """Places of the columns that may not be imported.

    Twelve digits with the right check digit in most rows are a 個人番号 whatever the heading says. Eleven digits are judged only under
    headings that mean nothing: telephone numbers and a town's own numbers have eleven digits too.
    """
    found = []
    for place, heading in enumerate(header):
        if (
            is_private_heading(heading)
            or _holds(rows, place, is_my_number)
            or known.recognise(heading) is None
            and _holds(rows, place, is_resident_code)
        ):
            found.append(place)
    return tuple(found)


def find_doubtful(header: Sequence[str], rows: Sequence[Sequence[str]], private: Sequence[int]) -> tuple[int, ...]:
    """Places of columns that stay, though by heading and content they may be a 住民票コード: a person has to say."""
    words = frozenset(map(fold_header, resources.read_toml("import", "private.toml")["doubtful"]["words"]))
    return tuple(
        place
        for place, heading in enumerate(header)
        if place not in private and fold_header(heading) in words and _holds(rows, place, is_resident_code)
    )


def _holds(rows: Sequence[Sequence[str]], place: int, judge: Callable[[str], bool], share: float = _SURE) -> bool:
    cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
    return len(cells) >= _LEAST and sum(map(judge, cells)) >= share * len(cells)


def find_watched(width: int, rows: Sequence[Sequence[str]], private: Sequence[int]) -> tuple[int, ...]:
    """Columns of a file with private ones in which no number of that length belongs: one there is from a row that slipped."""
    if not private:
        return ()
    return tuple(place for place in range(width) if place not in private and not _holds(rows, place, _is_twelve, share=0.2))


def _is_twelve(cell: str) -> bool:
    return len(cell) >= 12 and len(_digits(cell)) == 12


def hide_cells(row: list[str], places: Sequence[int], watched: Sequence[int]) -> None:
    """Put ``HIDDEN`` in the place of what stands in these columns (empty stays empty), and of a number that slipped into another."""
    for place in places:
        if row[place]:
            row[place] = HIDDEN
    for place in watched:
        if len(row[place]) >= 12 and is_my_number(row[place]):
            row[place] = HIDDEN


def hide_loose(cells: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    """A row of another width than the header: the columns, and whatever looks like such a number in any other."""
    private = set(places)
    return tuple(
        HIDDEN if cell and (place in private or is_my_number(cell) or is_resident_code(cell)) else cell for place, cell in enumerate(cells)
    )
