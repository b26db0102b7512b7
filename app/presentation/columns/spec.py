"""Columns of a list, said once: they feed the table on screen, CSV, XLSX, HTML and the printed list. Pure: no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

Row = TypeVar("Row")
Align = Literal["left", "right", "center"]
Tone = Literal["", "good", "warn", "bad", "info", "quiet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column. ``text`` says a cell; ``width`` is in full-width characters, for screen and paper alike.

    ``sort`` is the key a query sorts by, or a function of a row for lists held whole; None: cannot be sorted.
    ``tone`` colours a cell by meaning – the text must say it too. ``number`` marks cells that spreadsheets keep as numbers.
    ``screen_only`` columns never leave the program.
    """

    key: str
    label: str
    text: Callable[[Row], str]
    width: int = 8
    align: Align = "left"
    sort: str | Callable[[Row], Any] | None = None
    tone: Callable[[Row], Tone] | None = None
    icon: Callable[[Row], str] | None = None
    tip: Callable[[Row], str] | None = None
    number: bool = False
    screen_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSet(Generic[Row]):
    """All columns a list can show, and named views of them. ``views`` maps a title to column keys; the first is the default."""

    key: str
    columns: tuple[Column[Row], ...]
    views: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"column key twice in {self.key}")
        for title, wanted in self.views.items():
            if missing := set(wanted) - set(keys):
                raise ValueError(f"view {title} of {self.key} names unknown columns: {sorted(missing)}")

    def column(self, key: str) -> Column[Row]:
        """One column. KeyError if there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)

    def view(self, title: str = "") -> tuple[Column[Row], ...]:
        """The columns of a view in its order; without a title the first view, or everything."""
        if not title and self.views:
            title = next(iter(self.views))
        if not title:
            return self.columns
        return tuple(self.column(key) for key in self.views[title])

    def exported(self, title: str = "") -> tuple[Column[Row], ...]:
        """The columns of a view that may leave the program."""
        return tuple(column for column in self.view(title) if not column.screen_only)

    def header(self, title: str = "") -> list[str]:
        """The headings of an exported view."""
        return [column.label for column in self.exported(title)]

    def cells(self, row: Row, title: str = "") -> list[str]:
        """The texts of a row in an exported view."""
        return [column.text(row) for column in self.exported(title)]

    def table(self, rows: Iterable[Row], title: str = "") -> Iterable[list[str]]:
        """The texts of many rows, lazily."""
        columns: Sequence[Column[Row]] = self.exported(title)
        for row in rows:
            yield [column.text(row) for column in columns]
