"""Tables as one HTML file: opens anywhere, prints well, runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app import resources
from app.interchange.exporting.characters import ExportResult, JobLike, Quiet
from app.usecases.files import atomic_output


def write_html(
    path: Path,
    *,
    title: str,
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    notes: Sequence[str] = (),
    training: bool = False,
    job: JobLike | None = None,
    label: str = "export.writing",
    total: int | None = None,
) -> ExportResult:
    """Write ``resources/templates/list.html`` filled in; everything in it is escaped. The file appears only when whole.

    ``caption`` carries the as-of time; ``notes`` stand above the table (handling, operator); ``training`` marks each page.
    No script, no outside reference, UTF-8. Raises EnvironmentFault when the disk refuses, Cancelled.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(resources.path("templates"))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    counted = _Counted((job or Quiet()).track(rows, label, total))
    parts = environment.get_template("list.html").stream(
        title=title, caption=caption, header=header, rows=counted, notes=notes, training=training
    )
    parts.enable_buffering(500)
    with atomic_output(path) as part:
        with part.open("w", encoding="utf-8", newline="\n", errors="xmlcharrefreplace") as file:
            file.writelines(parts)
        size = part.stat().st_size
    return ExportResult(counted.count, size)


class _Counted:
    """Passes rows on as texts and counts them."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._rows:
            self.count += 1
            yield ["" if value is None else str(value) for value in row]
