"""Certificates by the thousand: a record that cannot be printed is left out and listed, the others go on to paper.

What is drawn and refused is what ``forms.render_form`` draws and refuses: the same painter works on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.printing.fonts import FontBook
from app.printing.imposition import BatchOptions, SheetPlan, plan_sheets
from app.printing.layout import FormLayout
from app.printing.report import JobLike, PageStamp, Problem

__all__ = ["BatchOptions", "BatchReport", "Preview", "SheetPlan", "plan_sheets", "render_batch", "render_labels", "render_one"]

NO_STAMP = PageStamp(as_of="")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What was printed. ``stopped``: each fault of each record that was left out (``row``: its number from 0).

    ``layout_digest`` (SHA-256 of the layout's text) and ``version`` are to be kept with issued papers. ``flip``: how a printer that
    prints both sides has to turn the sheet (empty: one side only).
    """

    files: tuple[Path, ...]
    sheets: int
    pages: int
    printed: int
    stopped: tuple[Problem, ...]
    form: str
    version: int
    layout_digest: str
    flip: Literal["", "long", "short"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One paper to look at: the document, its pages as PNG, and its faults (it is drawn all the same)."""

    pdf: bytes
    pictures: tuple[bytes, ...]
    problems: tuple[Problem, ...]


def render_batch(
    out: Path,
    *,
    layout: FormLayout,
    records: Iterable[Mapping[str, str]],
    count: int,
    options: BatchOptions,
    fonts: FontBook,
    job: JobLike,
    seal: bytes | None = None,
    seal_width: float = 0.0,
    stamp: PageStamp = NO_STAMP,
) -> BatchReport:
    """Write the records (``count`` of them, read once, in order) to ``out``, or to ``out`` with "-01of12" in its name when there are several files.

    Values the layout does not know are passed over. All files appear together at the end, or none. ``seal``: PNG or JPEG of the 公印,
    ``seal_width`` mm wide on the layout's paper (0: as large as its box). ``stamp.training`` stands across every piece of paper.
    Raises InputFault (``print.option``, ``print.per_page``, ``print.no_back``, ``print.code_box_small``: no code of this layout could be
    read, ``print.seal_unreadable``), PrintRefused for a hole in what is the same on all papers, EnvironmentFault, Cancelled.
    """
    raise NotImplementedError


def render_labels(
    out: Path,
    *,
    layout: FormLayout,
    records: Iterable[Mapping[str, str]],
    count: int,
    options: BatchOptions,
    fonts: FontBook,
    job: JobLike,
    stamp: PageStamp = NO_STAMP,
) -> BatchReport:
    """Labels, neighbours side by side, beginning at place ``options.skip`` of a half-used sheet. Else as ``render_batch``."""
    raise NotImplementedError


def render_one(
    record: Mapping[str, str],
    *,
    layout: FormLayout,
    options: BatchOptions,
    fonts: FontBook,
    seal: bytes | None = None,
    seal_width: float = 0.0,
    stamp: PageStamp = NO_STAMP,
    dpi: int = 110,
) -> Preview:
    """One record on its paper (``options.nup`` > 1: on all places), both sides if ``options.duplex``. Faults are told, not raised.

    InputFault as ``render_batch``.
    """
    raise NotImplementedError
