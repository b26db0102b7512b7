"""One class per way an act can fail. Codes, never words: words are in ``resources/messages``."""

from __future__ import annotations

from typing import Any


class SasaeError(Exception):
    """Base of everything the program refuses or reports on purpose.

    ``code`` names the message, ``params`` fill it, ``where`` points at a file, line, column, field or record.
    """

    exit_code = 1

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, Any] = params

    @property
    def where(self) -> dict[str, Any]:
        """The parts of ``params`` that say where: file, line, column, field, record."""
        return {key: self.params[key] for key in ("path", "line", "column", "field", "record") if self.params.get(key) is not None}

    def __str__(self) -> str:
        return self.code


class RuleViolation(SasaeError):
    """A rule of the work forbids it. ``field`` is the form field it belongs beside, if any."""

    def __init__(self, code: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code, field=field, **params)
        self.field = field


class InputFault(SasaeError):
    """A file cannot be read as what it should be. Carries path, line (1-based) and column where known."""

    def __init__(self, code: str, *, path: str | None = None, line: int | None = None, column: str | None = None, **params: Any) -> None:
        super().__init__(code, path=path, line=line, column=column, **params)


class StaleRecord(SasaeError):
    """Somebody else saved the record meanwhile. ``kind`` and ``record`` say which."""

    def __init__(self, *, kind: str, record: str, expected: int, found: int | None) -> None:
        super().__init__("record.stale", kind=kind, record=record, expected=expected, found=found)


class UsageFault(SasaeError):
    """The command line was called wrongly."""

    exit_code = 2


class EnvironmentFault(SasaeError):
    """Disk, file, lock, password, stick: nothing wrong with the work itself. Can be tried again."""

    exit_code = 3


class IntegrityFault(SasaeError):
    """Stored data are damaged or were changed behind the program's back."""

    exit_code = 4


class Cancelled(SasaeError):
    """The person pressed Cancel; everything was rolled back."""

    def __init__(self) -> None:
        super().__init__("job.cancelled")
