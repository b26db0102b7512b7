"""What every printed page says about itself, and what went wrong while drawing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeVar

from app.domain.errors import RuleViolation

Item = TypeVar("Item")
_NOTHING: Mapping[str, str] = MappingProxyType({})


class JobLike(Protocol):
    """What a long job must offer here; ``app.usecases.job.Job`` does."""

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Yield each item, reporting as it goes; raises Cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStamp:
    """Lines that stand on every page, already worded by the caller (an empty text is left out).

    ``as_of``: the time the content was true. ``known_at``: the time it was known by. ``training``: the word drawn across
    the page of an exercise; empty for real work. ``substitute_note`` stands on pages with a substitute. ``page_format`` has ``{page}`` and ``{pages}``.
    """

    as_of: str
    known_at: str = ""
    operator: str = ""
    caution: str = ""
    place: str = ""
    training: str = ""
    substitute_note: str = ""
    page_format: str = "{page} / {pages}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of a printed page. ``code`` names the message; ``row`` is the index of the row or record, from 0 (-1: the page itself).

    Codes: ``print.no_glyph`` (params character, code_points; no font has it), ``print.no_glyph_no_font`` (the same, and the machine
    lacks IPAmj Mincho), ``print.text_cut`` (text), ``print.rows_cut`` (count, most), ``print.value_missing`` (label), ``print.code_too_dense`` (the QR would
    not be readable: module, side, needed in mm), ``print.code_too_long`` (no QR holds it: length).
    """

    code: str
    row: int
    column: str = ""
    params: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintReport:
    """Pages written and every fault found, in the order of the rows."""

    pages: int
    problems: tuple[Problem, ...] = ()


class PrintRefused(RuleViolation):
    """A form would have been printed with a hole. Nothing was written. ``problems`` lists every fault of every record."""

    def __init__(self, *, form: str, problems: Sequence[Problem]) -> None:
        super().__init__("print.refused", form=form, count=len(problems))
        self.problems = tuple(problems)
