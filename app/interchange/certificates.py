"""Certificates on paper: issue and print in one call, for the window and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.usecases.certificate_rows import Issued, Refusal, Verified
from app.usecases.context import Context
from app.usecases.job import QUIET, Job

FORMS: Mapping[str, str] = {"damage": "disaster_certificate", "report": "damage_report_certificate"}
"""The form of each kind of certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOutcome:
    """What was printed. ``files`` with ``pages`` and ``sheets`` of paper in all; ``printed`` papers of ``certificates`` certificates.

    ``stopped``: certificates left out, and why (a character without a glyph …); nothing was counted for them. ``batch`` names the run:
    after a jam it goes on from any number of it.
    """

    files: tuple[Path, ...]
    pages: int
    sheets: int
    printed: int
    certificates: int
    batch: str
    stopped: tuple[Refusal, ...] = ()
    withheld: int = 0
    labels: Path | None = None
    warnings: tuple[str, ...] = ()


def issue_certificates(
    ctx: Context, *, application_ids: Sequence[str], form: str = "", folder: Path | None = None, issued_on: str = "", job: Job = QUIET
) -> Issued:
    """Issue on the form in use (``form`` "" takes that of the kind), see ``usecases.certificates.issue``."""
    raise NotImplementedError


def print_certificates(
    ctx: Context,
    *,
    certificate_ids: Sequence[str] = (),
    out: Path,
    options: Any = None,
    sort: str = "number",
    reason: str = "first",
    copies: int = 0,
    from_number: str = "",
    labels: Path | None = None,
    folder: Path | None = None,
    job: Job = QUIET,
) -> PrintOutcome:
    """Print papers of certificates and count them; with ``from_number`` go on after a jam in the order of that run, counting nothing again.

    ``options``: ``printing.batch.BatchOptions``. One that has a character without a glyph is left out and told, the others go on.
    A disk that is full leaves no file and no copy counted.
    """
    raise NotImplementedError


def preview_certificate(ctx: Context, *, certificate_id: str, folder: Path | None = None) -> bytes:
    """A picture (PNG) of a certificate as it would be printed, for the screen; nothing is counted."""
    raise NotImplementedError


def verify_file(ctx: Context, *, path: Path) -> list[Verified]:
    """Every code of ours in a picture, scan or PDF (at most 20 pages).

    InputFault ``certificate.no_code``, ``certificate.picture_too_large``, ``certificate.picture_unreadable``.
    """
    raise NotImplementedError
