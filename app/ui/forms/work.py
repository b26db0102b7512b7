"""What the page 様式 reads and writes, off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import SasaeError
from app.presentation import form_designs as words
from app.presentation.messages import message
from app.usecases import forms
from app.usecases.context import Context
from app.usecases.form_rows import LongestTexts
from app.usecases.forms import Saved, Signature

if TYPE_CHECKING:
    from app.printing.designs import LayoutVersion
    from app.printing.fonts import FontBook
    from app.printing.layout import FormLayout

_DPI = (60, 220)


@dataclass(frozen=True, slots=True)
class FormName:
    """A form by its key and what people call it."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A version of a form and everything that is needed to change it."""

    forms: tuple[FormName, ...]
    versions: tuple[LayoutVersion, ...]
    row: LayoutVersion
    layout: FormLayout
    signature: Signature
    seal: tuple[bytes, float] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A trial print of one piece of paper: PNG, and what is wrong."""

    picture: bytes
    crop: tuple[float, float, float, float]
    findings: tuple[tuple[int, bool, str], ...]
    """Number of the box (-1: none), whether it is grave, and a sentence."""


def open_version(ctx: Context, folder: Path, *, form: str = "", version: int | None = None) -> Opened:
    """Read a version; without one that which prints now, without a form the first."""
    from app.printing.designs import active_layout, list_designable, list_versions
    from app.printing.layout import find_layout

    names = tuple(FormName(key, find_layout(key).title) for key in list_designable())
    form = form or names[0].key
    versions = tuple(list_versions(ctx, folder=folder, form=form))
    used = next(row for row in versions if row.used)
    row = next((one for one in versions if one.version == version), used) if version else used
    layout = active_layout(ctx, form, version=row.version, folder=folder)
    return Opened(names, versions, row, layout, forms.read_signature(ctx), _seal(ctx))


def _seal(ctx: Context) -> tuple[bytes, float] | None:
    from app.printing.designs import seal_for

    return seal_for(ctx)


def open_book(ctx: Context, folder: Path) -> FontBook:
    """The fonts to draw with; they stay open while the page is."""
    from app.printing.own_fonts import open_fonts

    return open_fonts(ctx, folder)


def longest(ctx: Context) -> LongestTexts:
    """The longest texts of the store (noted in the access log)."""
    return forms.read_longest(ctx)


def render(
    layout: FormLayout,
    *,
    per_page: int,
    values: Mapping[str, str],
    fonts: FontBook,
    seal: tuple[bytes, float] | None,
    preprinted: bool,
    per_mm: float,
) -> Shown:
    """Draw one piece of paper as it will be printed, at ``per_mm`` pixels a mm, and check it."""
    from app.interchange.forms import CHECKED
    from app.printing.batch import render_one
    from app.printing.design_checks import find_findings
    from app.printing.imposition import BatchOptions

    cell = layout.cells[per_page]
    findings = [
        (one.box, one.grave, words.finding_words(one)) for one in find_findings(layout, per_page=per_page, values=values, fonts=fonts)
    ]
    dpi = round(min(max(per_mm * 25.4, _DPI[0]), _DPI[1]))
    try:
        options = BatchOptions(nup=per_page, preprinted=preprinted, cut_marks=False)
        made = render_one(
            values,
            layout=layout,
            options=options,
            fonts=fonts,
            seal=seal[0] if seal else None,
            seal_width=seal[1] if seal else 0.0,
            dpi=dpi,
        )
    except SasaeError as error:
        return Shown(b"", (0, 0, 1, 1), ((-1, True, message(error)), *findings))
    findings += [(-1, True, message(one.code, **one.params)) for one in made.problems if one.code not in CHECKED]
    left, top = layout.place_piece(cell, 0)
    width, height = layout.measure_cell(cell)
    page = layout.page
    crop = (left / page[0], top / page[1], width / page[0], height / page[1])
    return Shown(made.pictures[0], crop, tuple(findings))


def save(ctx: Context, layout: FormLayout, *, note: str) -> Saved:
    """A new draft version."""
    from app.printing.designs import check_design, layout_text

    return forms.save_design(ctx, form=layout.form, layout=layout_text(layout), check=check_design, title=layout.title, note=note)


def approve(ctx: Context, row: LayoutVersion) -> Saved:
    """From now on this version prints."""
    from app.printing.designs import check_design

    return forms.approve_design(ctx, form=row.form, number=row.version, check=check_design, version=row.record_version)


def compare(ctx: Context, folder: Path, row: LayoutVersion) -> tuple[str, list[str]]:
    """What a version differs in from the one that prints now (or, if it is that one, from the one before): its name and sentences."""
    from app.printing.design_checks import compare_layouts
    from app.printing.designs import active_layout, list_versions

    versions = list_versions(ctx, folder=folder, form=row.form)
    base = next(one for one in versions if one.used)
    if base.version == row.version and base.source == row.source:
        place = versions.index(next(one for one in versions if (one.version, one.source) == (row.version, row.source)))
        if place + 1 >= len(versions):
            return "", []
        base = versions[place + 1]
    old, new = (active_layout(ctx, row.form, version=one.version, folder=folder) for one in (base, row))
    sentences = [words.difference_words(one, {**new.variables, **old.variables}) for one in compare_layouts(old, new)]
    return words.version_words(base.version, base.source), sentences


def background(path: Path) -> bytes:
    """A picture, or the first page of a PDF, as PNG of at most 1,700 dots. InputFault ``form.file_unreadable``."""
    import io

    from app.domain.errors import InputFault

    try:
        picture = _first_page(path) if path.suffix.lower() == ".pdf" else _picture(path)
    except Exception as error:  # decoders throw OSError, ValueError, SyntaxError, PdfiumError … at damage
        raise InputFault("form.file_unreadable", path=str(path), reason=type(error).__name__) from None
    picture.thumbnail((1700, 1700))
    written = io.BytesIO()
    picture.convert("RGB").save(written, "PNG")
    return written.getvalue()


def _first_page(path: Path):  # type: ignore[no-untyped-def]
    from app.printing.raster import draw_pages

    return next(iter(draw_pages(path, dpi=120)))


def _picture(path: Path):  # type: ignore[no-untyped-def]
    from app.printing.opening import PictureTooLarge, open_picture

    try:
        opened = open_picture(path, formats=("PNG", "JPEG", "TIFF"), most_pixels=60_000_000)
    except PictureTooLarge:
        raise ValueError("size") from None
    opened.draft("RGB", (1700, 1700))
    opened.load()
    return opened


def write_trial(
    ctx: Context,
    folder: Path,
    path: Path,
    *,
    layout: FormLayout,
    per_page: int,
    values: Mapping[str, str],
    seal: tuple[bytes, float] | None,
    preprinted: bool,
    printer: str,
) -> Path:
    """One sheet as PDF with the offset of a printer; across it stands that it is a trial."""
    from app.interchange.forms import write_paper

    offset = forms.read_offset(ctx, printer=printer)
    fonts, moved = open_book(ctx, folder), (offset.right, offset.down)
    write_paper(path, layout=layout, per_page=per_page, values=values, fonts=fonts, seal=seal, preprinted=preprinted, offset=moved)
    return path


def export(layout: FormLayout, path: Path) -> Path:
    """The layout as a file."""
    from app.interchange.forms import export_layout

    return export_layout(layout, path)


def load(path: Path, *, form: str, version: int) -> FormLayout:
    """A layout file for this form, checked. InputFault names file, key and what is wrong."""
    from app.printing.designs import check_text, read_layout_file

    return check_text(read_layout_file(path, form=form), form=form, number=version, path=str(path))


def write_calibration(ctx: Context, folder: Path, path: Path, *, right: float, down: float) -> Path:
    """The sheet to measure a printer with, moved by what is set now."""
    from app.printing.calibration import draw_calibration

    lines = (
        words.CALIBRATION[0], words.CALIBRATION[1].format(right=f"{right:+.1f}", down=f"{down:+.1f}"), *words.CALIBRATION[2:],
    )  # fmt: skip
    return draw_calibration(path, offset=(right, down), lines=lines, fonts=open_book(ctx, folder))


def take_seal(ctx: Context, path: Path, *, name: str, width: float) -> Saved:
    """Take a picture in as a draft."""
    from app.printing.seals import read_seal

    return forms.save_seal(ctx, name=name, picture=read_seal(path, width=width), width=width)
