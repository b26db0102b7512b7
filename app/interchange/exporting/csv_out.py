"""Tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from app.interchange.exporting.characters import Encodability, ExportResult, JobLike, Quiet, cell_text, is_harmless
from app.usecases.files import atomic_output

_BATCH = 1_000


def write_csv(
    path: Path,
    *,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    substitute: str = "",
    registered: Mapping[str, str] | None = None,
    lines_before: Sequence[Sequence[Any]] = (),
    job: JobLike | None = None,
    label: str = "export.writing",
    total: int | None = None,
) -> ExportResult:
    """Write a CSV that Excel opens as it is (CRLF, BOM or CP932). The file appears only when whole.

    Texts that a spreadsheet would run are neutralised (see ``characters.neutralise``). Characters the encoding cannot hold are
    replaced by what is ``registered`` for them, by the national map's substitute, at last by ``substitute`` – which it must hold,
    never "?" – and listed in the result. ``lines_before`` are written above
    the header (title, as-of time). Raises EnvironmentFault when the disk refuses, Cancelled.
    """
    substitute = substitute or geta()
    if "?" in substitute:
        raise ValueError("substitute")
    substitute.encode(encoding)
    fit = Encodability("utf-8" if encoding == "utf-8-sig" else encoding, substitute, registered or {})
    job = job or Quiet()
    count = 0
    with atomic_output(path) as part:
        with part.open("w", encoding=encoding, newline="") as file:
            head = [list(map(cell_text, line)) for line in (*lines_before, header)]
            file.write(_block([fit.fit_row(0, header, line) for line in head]))
            tracked = iter(job.track(rows, label, total))
            for texts in _text_batches(tracked):
                file.write(_encodable(_block(texts), texts, fit, header, count))
                count += len(texts)
        size = part.stat().st_size
    return ExportResult(count, size, tuple(fit.found), fit.total)


def geta() -> str:
    """The mark printers put where a character is missing (U+3013)."""
    return chr(0x3013)


def _text_batches(rows: Iterator[Sequence[Any]]) -> Iterator[list[Sequence[str]]]:
    while batch := list(islice(rows, _BATCH)):
        yield [row if is_harmless(row) else [cell_text(cell) for cell in row] for row in batch]


def _block(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _encodable(block: str, rows: list[Sequence[str]], fit: Encodability, header: Sequence[str], done: int) -> str:
    """``block`` itself if all of it can be encoded – nearly always – else the rows one by one."""
    if fit.fits_whole(block):
        return block
    return _block([fit.fit_row(number, header, row) for number, row in enumerate(rows, start=done + 1)])
