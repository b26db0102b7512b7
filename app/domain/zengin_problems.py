"""What the check of a 総合振込 file found, and how much of it is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_PROBLEMS = 1000
"""Kept with their words; all are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``line``: record from 1 (0: the whole file). ``byte``: place in the record from 1 (0: the record). ``field`` as in ``zengin.RECORDS``."""

    code: str
    level: str = "error"
    line: int = 0
    byte: int = 0
    record: str = ""
    field: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """What was found. ``count`` and ``total`` are those of the data records; ``newline`` is ``none``, ``crlf``, ``lf``, ``cr`` or ``mixed``."""

    problems: list[Problem] = dataclasses.field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    records: int = 0
    count: int = 0
    total: int = 0
    newline: str = "none"
    final_newline: bool = False
    eof: bool = False
    days: list[str] = dataclasses.field(default_factory=list)
    kept_warnings: int = 0

    @property
    def ok(self) -> bool:
        """Whether a bank could take it."""
        return not self.errors

    def tell(self, problem: Problem) -> None:
        """Count it, and keep it while there is room. An error takes the room of the last warning: no crowd of warnings hides it."""
        is_error = problem.level == "error"
        if is_error:
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.problems) >= MOST_PROBLEMS:
            if not is_error or not self.kept_warnings:
                return
            del self.problems[max(at for at, one in enumerate(self.problems) if one.level != "error")]
            self.kept_warnings -= 1
        self.problems.append(problem)
        self.kept_warnings += not is_error

    def shown(self, most: int) -> list[Problem]:
        """The first ``most`` of those kept, errors before warnings, each in the order of the file."""
        return sorted(self.problems, key=lambda one: one.level != "error")[:most]
