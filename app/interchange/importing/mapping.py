"""Which column of a file is which field: synonyms, what was decided before, and mapping files."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from app import resources
from app.domain.errors import EnvironmentFault, InputFault

Mapping = dict[str, str]
"""Heading as written in the file → field key; an empty key means: leave this column out."""

_BRACKETED = re.compile(r"[(\[{<\u3008-\u3011\u3014-\u301b].*?[)\]}>\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\u301b]", re.DOTALL)
_TARGETS = (
    *("residents", "shelters", "headcounts", "evacuees", "characters", "buildings", "survey_results", "accounts", "transfer_results"),
    *("claims", "casualties"),
)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field an importer can take. ``patterns`` find headings that carry a value themselves (group ``extra`` → ``extra_key``).

    ``part_of`` names the field that this one is a part of: family name and given name of a name. ``leads`` parts stand for it alone.
    """

    key: str
    required: bool = False
    synonyms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    extra_key: str = ""
    part_of: str = ""
    leads: bool = False


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """``columns``: field → index of its column. ``unknown``: headings no field took. ``missing``: required fields not found.

    ``duplicates``: headings that meant a field another column already has. ``unused``: remembered headings this file lacks.
    ``extras``: values found in headings, such as the time of a count.
    """

    columns: dict[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    duplicates: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    extras: dict[str, str] = field(default_factory=dict)

    def take(self, key: str, cells: Sequence[str]) -> str:
        """The stripped cell of field ``key``, or an empty text if the file has no such column."""
        index = self.columns.get(key)
        return cells[index].strip() if index is not None and index < len(cells) else ""


@lru_cache(maxsize=1)
def _marks() -> tuple[str, ...]:
    return tuple(resources.read_toml("import", "marks.toml")["remove"])


@lru_cache(maxsize=8192)
def fold_header(text: str) -> str:
    """A heading without width, case, spaces, brackets, punctuation and marks such as "required"; never for display."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for mark in _marks():
        folded = folded.replace(mark, "")
    return "".join(char for char in folded if char == "\u3012" or unicodedata.category(char)[0] in "LNM")


def _fold_outside_brackets(text: str) -> str:
    return fold_header(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))


def load_fields(target: str) -> tuple[FieldSpec, ...]:
    """The fields of residents, shelters, headcounts, evacuees or characters, in order, from ``resources/import/<target>.toml``."""
    if target not in _TARGETS:
        raise ValueError(target)
    data = resources.read_toml("import", f"{target}.toml")
    own = tuple(_read_field(key, entry) for key, entry in data["fields"].items())
    taken = {spec.key for spec in own}
    shared = load_fields(data["include"]) if "include" in data else ()
    return own + tuple(spec for spec in shared if spec.key not in taken)


def _read_field(key: str, entry: dict[str, Any]) -> FieldSpec:
    patterns = tuple(entry.get("patterns", ()))
    return FieldSpec(
        key,
        bool(entry.get("required", False)),
        tuple(entry["headers"]),
        patterns,
        str(entry.get("extra", "")),
        str(entry.get("part_of", "")),
        bool(entry.get("leads", False)),
    )


def header_fingerprint(header: Iterable[str]) -> str:
    """The same for files with the same headings in any order and writing: the key under which a mapping is remembered."""
    folded = sorted(filter(None, map(fold_header, header)))
    return hashlib.sha256("\x1f".join(folded).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class KnownHeaders:
    """Recognises the headings of some fields, best first: 0 key or synonym, 1 pattern, 2 synonym outside brackets."""

    exact: dict[str, str]
    patterns: tuple[tuple[re.Pattern[str], FieldSpec], ...]

    @classmethod
    def of(cls, fields: Sequence[FieldSpec]) -> KnownHeaders:
        """Prepare ``fields``; the first field that claims a heading has it."""
        exact: dict[str, str] = {}
        for spec in fields:
            for text in (spec.key, *spec.synonyms):
                exact.setdefault(fold_header(text), spec.key)
        exact.pop("", None)
        patterns = tuple((re.compile(text), spec) for spec in fields for text in spec.patterns)
        return cls(exact, patterns)

    def recognise(self, heading: str) -> tuple[int, str, dict[str, str]] | None:
        """Rank, field key and extras of ``heading``; None if it means nothing here."""
        key = self.exact.get(fold_header(heading))
        if key is not None:
            return 0, key, {}
        plain = unicodedata.normalize("NFKC", heading).strip()
        for pattern, spec in self.patterns:
            if found := pattern.search(plain):
                return 1, spec.key, {spec.extra_key: found["extra"].strip()} if spec.extra_key else {}
        key = self.exact.get(_fold_outside_brackets(heading))
        return None if key is None else (2, key, {})

    def count(self, cells: Sequence[str]) -> int:
        """How many different fields ``cells`` would name if they were a header."""
        return len({found[1] for cell in cells if 0 < len(cell) <= 80 and (found := self.recognise(cell))})


def map_headers(header: Sequence[str], fields: Sequence[FieldSpec], remembered: Mapping | None = None) -> HeaderMap:
    """Find the column of each field. A remembered decision wins, then exact words, then patterns, then words outside brackets.

    Columns whose heading means nothing are left out and listed; an empty heading is left out silently.
    """
    decided = {fold_header(text): key for text, key in (remembered or {}).items()}
    keys = {spec.key for spec in fields}
    known = KnownHeaders.of(fields)
    claims: list[tuple[int, int, str, dict[str, str]]] = []
    ignored: set[int] = set()
    for index, text in enumerate(header):
        decision = decided.get(fold_header(text)) if text.strip() else None
        if decision == "":
            ignored.add(index)
        elif decision in keys:
            claims.append((-1, index, decision, {}))
        elif found := known.recognise(text):
            claims.append((found[0], index, found[1], found[2]))
    columns, extras, losers = _settle(claims)
    taken = set(columns.values()) | ignored
    made = {spec.part_of for spec in fields if spec.leads and spec.key in columns}
    present = {fold_header(text) for text in header}
    return HeaderMap(
        columns=columns,
        unknown=tuple(text for index, text in enumerate(header) if index not in taken and text.strip()),
        missing=tuple(spec.key for spec in fields if spec.required and spec.key not in columns and spec.key not in made),
        duplicates=tuple(header[index] for index in losers),
        unused=tuple(text for text in remembered or () if fold_header(text) not in present),
        extras=extras,
    )


def _settle(claims: list[tuple[int, int, str, dict[str, str]]]) -> tuple[dict[str, int], dict[str, str], list[int]]:
    """Give each field its best claim; equal claims go to the leftmost column."""
    columns: dict[str, int] = {}
    extras: dict[str, str] = {}
    losers: list[int] = []
    for _rank, index, key, extra in sorted(claims, key=lambda claim: claim[:2]):
        if key in columns:
            losers.append(index)
        else:
            columns[key] = index
            extras.update(extra)
    return columns, extras, sorted(losers)


def read_mapping_file(path: Path, fields: Collection[FieldSpec] = ()) -> Mapping:
    """Read a TOML file ``[columns] "heading" = "field"``. With ``fields``, a field none of them has is refused.

    Raises InputFault ``import.mapping_syntax``, ``import.mapping_columns``, ``import.mapping_value`` or
    ``import.mapping_field``, EnvironmentFault if the file cannot be read.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise EnvironmentFault("import.file_missing", path=str(path)) from error
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputFault("import.mapping_syntax", path=str(path), reason=str(error)) from error
    columns = data.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise InputFault("import.mapping_columns", path=str(path))
    keys = {spec.key for spec in fields}
    for heading, key in columns.items():
        if not isinstance(key, str):
            raise InputFault("import.mapping_value", path=str(path), column=heading)
        if key and keys and key not in keys:
            raise InputFault("import.mapping_field", path=str(path), column=heading, key=key, offered=", ".join(sorted(keys)))
    return dict(columns)
