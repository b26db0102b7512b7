"""Cells that a spreadsheet would run, characters that an encoding cannot hold, and sentences about those that no font draws."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from app.domain.characters import CharacterProblem, is_private_use, name_code_points, split_clusters
from app.presentation.messages import message, show_value
from app.usecases.characters import CharacterSurvey, substitute_for, substitutes_of
from app.usecases.context import Context

Item = TypeVar("Item")

RISKY = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_NUMBER = re.compile(r"[-\uff0d](?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d+)?", re.ASCII)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_NO_CHARACTER = re.compile("[\uf8f0-\uf8f3]")
"""Python writes these as the single bytes A0 and FD to FF, which other programs do not read."""
_VOICED = re.compile("[\u3041-\u30ff][\u3099\u309a]")
LIST_LIMIT = 10_000


class JobLike(Protocol):
    """What a long export needs of a job: progress and Cancel while it iterates. ``label`` is a message code."""

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items, telling progress; raises Cancelled."""


class Quiet:
    """A job nobody watches."""

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items."""
        yield from items


@dataclass(frozen=True, slots=True)
class Unencodable:
    """A character the file cannot hold: data row from 1 (0 = headings), heading of its column, whole cell, character, code point(s).

    ``written`` stands in its place: a substitute or the geta sign; gaiji that the encoding has a code for stay and are listed, too.
    """

    row: int
    column: str
    text: str
    char: str
    code_point: str
    written: str = ""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Rows and bytes written. ``unencodable`` holds the first 10,000 of ``unencodable_total`` characters that did not fit.

    ``shortened`` are (row, column) of cells cut to what the format allows.
    """

    rows: int
    bytes: int
    unencodable: tuple[Unencodable, ...] = ()
    unencodable_total: int = 0
    shortened: tuple[tuple[int, str], ...] = ()


_RISKY_START = re.compile("\x00[" + "".join(map(re.escape, sorted(RISKY))) + "]")


def is_harmless(row: Sequence[Any]) -> bool:
    """Whether every cell is a text that ``cell_text`` leaves as it is. Asked of the row at once: cell by cell it takes ten times as long."""
    try:
        joined = "\x00".join(row)
    except TypeError:
        return False
    return joined[:1] not in RISKY and _RISKY_START.search(joined) is None


def neutralise(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula.

    Rule: a text that begins with = + - @, their full-width forms, a tab or a line end gets an apostrophe in front. Left alone:
    a lone minus (it stands for "none") and plain negative numbers (-12, -1,200.5). So +81… and -0767… phone style texts with
    further signs get one too. The importer takes the apostrophe off again.
    """
    if not text or text[0] not in RISKY or _NUMBER.fullmatch(text):
        return text
    return "'" + text


def cell_text(value: Any) -> str:
    """A value as the text of a cell; None is empty. Numbers are no formulas and stay as they are."""
    if isinstance(value, str):
        return neutralise(value) if value and value[0] in RISKY else value
    return "" if value is None else str(value)


@dataclass(slots=True)
class Encodability:
    """Finds and replaces what ``encoding`` cannot hold, and remembers it. ``registered`` are the municipality's substitutes.

    Where nothing may be written for a character, ``substitute`` is.
    """

    encoding: str
    substitute: str
    registered: Mapping[str, str] = field(default_factory=dict)
    found: list[Unencodable] = field(default_factory=list)
    total: int = 0

    def fit_row(self, row: int, header: Sequence[str], cells: Sequence[str]) -> list[str]:
        """``cells`` as the encoding can hold them."""
        return [self.fit(cell, row, header[index] if index < len(header) else "") for index, cell in enumerate(cells)]

    def fits_whole(self, text: str) -> bool:
        """Whether nothing of the text has to be replaced or listed. Asked of many rows at once."""
        return self.holds(text) and (self.encoding == "utf-8" or _PRIVATE.search(text) is None)

    def fit(self, text: str, row: int, column: str) -> str:
        """``text`` with each character that does not fit replaced and listed.

        Kana followed by a separate voicing mark (as macOS writes them) become one character, which loses nothing.
        """
        if self.fits_whole(text):
            return text
        whole = _VOICED.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text)
        return "".join(self._fit_cluster(cluster, row, column, text) for cluster in split_clusters(whole))

    def _fit_cluster(self, cluster: str, row: int, column: str, text: str) -> str:
        if self.holds(cluster) and not is_private_use(cluster):
            return cluster
        written = cluster if self.holds(cluster) else substitute_for(cluster, self.registered, fits=self.holds)[0] or self.substitute
        self.note(row, column, text, cluster, written)
        return written

    def holds(self, text: str) -> bool:
        """Whether the encoding has a code for all of the text."""
        if self.encoding == "cp932" and _NO_CHARACTER.search(text):
            return False
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def note(self, row: int, column: str, text: str, char: str, written: str) -> None:
        """Remember that ``char`` of ``text`` did not fit."""
        self.total += 1
        if len(self.found) < LIST_LIMIT:
            self.found.append(Unencodable(row, column, text, char, name_code_points(char), written))


def registered_for(ctx: Context | None) -> Mapping[str, str]:
    """The municipality's substitutes; none where nobody is signed in."""
    return substitutes_of(ctx) if ctx is not None else {}


def say_character(problem: CharacterProblem, *, substituted: bool, where: Callable[[str], str] = str) -> tuple[str, dict[str, str]]:
    """Message code and parameters about a character that nothing draws. ``where`` gives the word for the field."""
    code = "character.unprintable"
    if problem.substitute:
        code = "character.substituted" if substituted else "character.unprintable_substitute"
    return code, {
        "name": problem.name, "where": where(problem.where), "text": problem.text, "code": problem.code, "substitute": problem.substitute,
    }  # fmt: skip


def say_characters(
    problems: Sequence[CharacterProblem], *, substituted: bool, where: Callable[[str], str] = str, most: int = 200
) -> tuple[str, ...]:
    """A sentence for each, the first ``most``, and how many more there are."""
    told = []
    for problem in problems[:most]:
        code, params = say_character(problem, substituted=substituted, where=where)
        told.append(message(code, **params))
    if len(problems) > most:
        told.append(message("character.more", count=len(problems) - most))
    return tuple(told)


_SURVEY = ("char", "code", "kinds", "residents", "persons", "font", "substitute", "suggested", "picture", "settled", "note")


def write_survey(
    ctx: Context, *, survey: CharacterSurvey, out: Path, encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig"
) -> ExportResult:
    """The list of the page of characters as CSV: counts, no person. Its codes can be read back by the import of gaiji. Noted as export."""
    from app.interchange.exporting.csv_out import write_csv

    ctx.require("export")
    rows = (
        [
            use.text, use.code, " ".join(message(f"characters.kind_{kind}") for kind in use.kinds), use.residents,
            use.persons, use.source, use.substitute, use.suggested, show_value(bool(use.picture)), show_value(use.settled), use.description,
        ]
        for use in survey.uses
    )  # fmt: skip
    header = [message(f"characters.file_{name}") for name in _SURVEY]
    done = write_csv(out, header=header, rows=rows, encoding=encoding, registered=registered_for(ctx))
    with ctx.unit() as uow:
        uow.log_access(action="export", persons=0, target=out.name)
        uow.commit()
    return done
