"""Tables as Excel workbooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.domain.errors import RuleViolation
from app.interchange.exporting.characters import Encodability, ExportResult, JobLike, Quiet
from app.interchange.exporting.csv_out import geta
from app.usecases.files import atomic_output

_ROW_LIMIT = 1_048_576
_CELL_LIMIT = 32_767
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SHEET_NAME = re.compile(r"[\\/*?:\[\]]")


def write_xlsx(
    path: Path,
    *,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    sheet: str = "Sheet1",
    widths: Sequence[float] = (),
    lines_before: Sequence[Sequence[Any]] = (),
    job: JobLike | None = None,
    label: str = "export.writing",
    total: int | None = None,
) -> ExportResult:
    """Write one sheet: bold header that stays in view and is repeated in print, texts as text, int and float as numbers.

    Nothing is ever a formula and leading zeros stay. ``widths`` in characters by column. Control characters Excel refuses are
    replaced and listed as unencodable; texts over 32,767 characters are cut and listed as shortened. RuleViolation
    ``export.too_many_rows`` over the sheet's limit; EnvironmentFault when the disk refuses; Cancelled.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(_SHEET_NAME.sub("_", sheet)[:31] or "Sheet1")
    top = len(lines_before) + 1
    _lay_out(page, header, widths, top)
    writer = _CellWriter(page, header)
    count = 0
    with atomic_output(path) as part:
        with _temporary_removed(page):
            for line in lines_before:
                page.append(writer.cells(0, line))
            page.append(writer.cells(0, header, bold=True))
            for count, row in enumerate((job or Quiet()).track(rows, label, total), start=1):
                if count + top > _ROW_LIMIT:
                    raise RuleViolation("export.too_many_rows", path=str(path), limit=_ROW_LIMIT - top)
                page.append(writer.cells(count, row))
            page.auto_filter.ref = f"A{top}:{_letters(len(header))}{top + count}"
            book.save(part)
        size = part.stat().st_size
    return ExportResult(count, size, tuple(writer.fit.found), writer.fit.total, tuple(writer.shortened))


@contextmanager
def _temporary_removed(page: Any) -> Iterator[None]:
    """openpyxl keeps the rows in a file of the system's temporary folder until saving; when that fails, names stay there."""
    try:
        yield
    except BaseException:
        with suppress(Exception):
            page.close()
        with suppress(Exception):
            page._writer.cleanup()
        raise


def _lay_out(page: Any, header: Sequence[str], widths: Sequence[float], top: int) -> None:
    page.freeze_panes = f"A{top + 1}"
    page.print_title_rows = f"{top}:{top}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for index, heading in enumerate(header):
        width = widths[index] if index < len(widths) else min(40, max(8, 2 * len(heading) + 2))
        page.column_dimensions[_letters(index + 1)].width = width


def _letters(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(max(1, number)))


class _CellWriter:
    """Makes cells that hold text as text."""

    def __init__(self, page: Any, header: Sequence[str]) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill

        self._page = page
        self._header = header
        self._make = WriteOnlyCell
        self._font = Font(bold=True)
        self._fill = PatternFill("solid", fgColor="E7ECF2")
        self._align = Alignment(vertical="center", wrap_text=True)
        self.fit = Encodability("utf-8", geta())
        self.shortened: list[tuple[int, str]] = []

    def cells(self, row: int, values: Sequence[Any], *, bold: bool = False) -> list[Any]:
        """The cells of one row."""
        result: list[Any] = []
        for index, value in enumerate(values):
            cell = self._value(row, index, value)
            if bold or (isinstance(cell, str) and cell[:1] in ("=", "#")):
                cell = self._cell(cell, bold=bold)
            result.append(cell)
        return result

    def _value(self, row: int, index: int, value: Any) -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        text = str(value)
        column = self._header[index] if index < len(self._header) else ""
        if _CONTROL.search(text):
            text = self._replace_controls(text, row, column)
        if len(text) > _CELL_LIMIT:
            self.shortened.append((row, column))
            text = text[:_CELL_LIMIT]
        return text

    def _replace_controls(self, text: str, row: int, column: str) -> str:
        def replace(found: re.Match[str]) -> str:
            self.fit.note(row, column, text, found[0], self.fit.substitute)
            return self.fit.substitute

        return _CONTROL.sub(replace, text)

    def _cell(self, value: Any, *, bold: bool) -> Any:
        cell = self._make(self._page, value=value)
        if isinstance(value, str):
            cell.data_type = "s"  # a text that begins with = stays a text
        if bold:
            cell.font, cell.fill, cell.alignment = self._font, self._fill, self._align
        return cell
