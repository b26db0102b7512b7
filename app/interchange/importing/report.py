"""What was wrong with a file, for a person to read, and the rejected rows, for a person to mend and import again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app import resources
from app.interchange.exporting.characters import neutralise
from app.usecases.files import atomic_output

if TYPE_CHECKING:
    from app.interchange.importing.reading import SourceRow, SourceTable

Severity = Literal["error", "warning"]
_VALUE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong. ``line`` is the line of the file (row of the sheet), ``column`` the heading as written there."""

    line: int | None
    column: str | None
    value: str
    severity: Severity
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ImportReport:
    """Collects issues in bounded memory: all are counted, the first ``limit`` are kept, ``truncated`` says if some are not."""

    limit: int = 100_000
    issues: list[Issue] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    @property
    def truncated(self) -> bool:
        """Whether more issues were counted than are kept."""
        return self.errors + self.warnings > len(self.issues)

    @property
    def omitted(self) -> int:
        """How many issues were counted and not kept."""
        return self.errors + self.warnings - len(self.issues)

    def error(self, code: str, *, line: int | None = None, column: str | None = None, value: str = "", **params: Any) -> None:
        """Count and keep a reason to reject a row or a file."""
        self.add(Issue(line, column, value[:_VALUE_LIMIT], "error", code, params))

    def warn(self, code: str, *, line: int | None = None, column: str | None = None, value: str = "", **params: Any) -> None:
        """Count and keep something a person should look at although the row was taken."""
        self.add(Issue(line, column, value[:_VALUE_LIMIT], "warning", code, params))

    def add(self, issue: Issue) -> None:
        """Count ``issue`` and keep it while there is room."""
        if issue.severity == "error":
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.issues) < self.limit:
            self.issues.append(issue)

    def all_issues(self) -> list[Issue]:
        """The issues kept and, if some are not, a last one that says how many (``import.report_truncated``)."""
        if not self.truncated:
            return list(self.issues)
        last = Issue(None, None, "", "warning", "import.report_truncated", {"omitted": self.omitted, "limit": self.limit})
        return [*self.issues, last]


def word_issue(issue: Issue) -> str:
    """The message of ``issue`` in plain words; the code itself if no text is known for it."""
    text = resources.read_messages().get(issue.code, issue.code)
    values = {"line": issue.line, "column": issue.column, "value": issue.value, "path": "", **issue.params}
    try:
        return text.format_map(values)
    except (KeyError, IndexError, ValueError):
        return text


def write_report(
    path: Path,
    issues: Iterable[Issue],
    words: Callable[[Issue], str] = word_issue,
    headings: Sequence[str] | None = None,
) -> int:
    """Write issues as CSV (UTF-8 with BOM, five columns) and return how many. The file appears only when whole.

    ``headings`` default to those of ``resources/import/report.toml``, which also words the severities.
    """
    texts = resources.read_toml("import", "report.toml")
    kinds: dict[str, str] = texts["severity"]
    count = 0
    with atomic_output(path) as part, part.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow(headings or texts["headings"])
        for issue in issues:
            line = "" if issue.line is None else issue.line
            writer.writerow((line, neutralise(issue.column or ""), neutralise(issue.value), kinds[issue.severity], words(issue)))
            count += 1
    return count


def write_rejected(path: Path, table: SourceTable, rejected: Iterable[tuple[SourceRow, str]], *, heading: str | None = None) -> int:
    """Write rejected rows under their own header, the reason in the last column; return how many.

    The file can be mended and imported as it is: the reason column maps to nothing, an older one is replaced, short rows
    are filled up, and the apostrophe put before formulas is taken off again by the reader. Cells beyond the header follow
    the reason, so that nothing is lost and the row is refused again until somebody has looked at it.
    """
    title = heading or str(resources.read_toml("import", "report.toml")["reason"])
    header = list(table.header)
    width = header.index(title) if title in header else len(header)
    count = 0
    with atomic_output(path) as part, part.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow([*map(neutralise, header[:width]), title])
        for row, reason in rejected:
            cells = [neutralise(cell) for cell in row.cells]
            padding = [""] * (width - len(cells))
            writer.writerow([*cells[:width], *padding, reason, *cells[len(header) :]])
            count += 1
    return count
