"""Layouts as files: given to another town, taken from one, and one paper to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import InputFault, UsageFault
from app.presentation import form_designs as words
from app.presentation.messages import message
from app.usecases import forms
from app.usecases.context import Context
from app.usecases.files import atomic_output
from app.usecases.forms import Saved

if TYPE_CHECKING:
    from app.printing.fonts import FontBook
    from app.printing.layout import FormLayout

Seal = tuple[bytes, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewOutcome:
    """One paper that was drawn. ``problems``: (whether it must be mended, sentence); whoever draws it decides what to do about them."""

    path: Path
    version: int
    problems: tuple[tuple[bool, str], ...]


def export_layout(layout: FormLayout, path: Path) -> Path:
    """The layout as a file that another town's program takes in. EnvironmentFault when it cannot be written."""
    from app.printing.designs import layout_text

    with atomic_output(path) as temporary:
        temporary.write_text(layout_text(layout), "utf-8", newline="\n")
    return path


def import_layout(ctx: Context, path: Path, *, form: str = "", note: str = "") -> Saved:
    """A layout file as a new draft version. Without ``form`` it must say which form it is for.

    InputFault names file, key and what is wrong: ``form.form_not_told``, ``form.not_for_it``, ``form.needed_missing``, ``form.not_text``,
    ``form.file_too_large``, ``print.layout_invalid``.
    """
    from app.printing.designs import check_text, guess_form, read_layout_file

    ctx.require("forms")
    wanted = form or guess_form(path)
    if not wanted:
        raise InputFault("form.form_not_told", path=str(path))
    text = read_layout_file(path, form=wanted)
    title = check_text(text, form=wanted, number=forms.FIRST_OWN, path=str(path)).title
    return forms.save_design(
        ctx,
        form=wanted,
        layout=text,
        title=title,
        note=note,
        check=lambda body, key, number: check_text(body, form=key, number=number, path=str(path)),
    )


def write_paper(
    path: Path,
    *,
    layout: FormLayout,
    per_page: int,
    values: Mapping[str, str],
    fonts: FontBook,
    seal: Seal = None,
    preprinted: bool = False,
    offset: tuple[float, float] = (0.0, 0.0),
) -> tuple[tuple[bool, str], ...]:
    """One sheet as PDF or PNG (by the ending), with 見本 across it; answers what is wrong with it. UsageFault ``form.preview_ending``."""
    from app.printing.batch import render_one
    from app.printing.design_checks import find_findings
    from app.printing.imposition import BatchOptions
    from app.printing.report import PageStamp

    ending = path.suffix.lower()
    if ending not in (".pdf", ".png"):
        raise UsageFault("form.preview_ending", path=str(path))
    made = render_one(
        values,
        layout=layout,
        options=BatchOptions(nup=per_page, preprinted=preprinted, offset=offset),
        fonts=fonts,
        seal=seal[0] if seal else None,
        seal_width=seal[1] if seal else 0.0,
        stamp=PageStamp(as_of="", training=message("form.trial")),
        dpi=150,
    )
    with atomic_output(path) as temporary:
        temporary.write_bytes(made.pdf if ending == ".pdf" else made.pictures[0])
    found = [(one.grave, words.finding_words(one)) for one in find_findings(layout, per_page=per_page, values=values, fonts=fonts)]
    found += [(True, message(one.code, **one.params)) for one in made.problems if one.code not in CHECKED]
    return tuple(found)


CHECKED = frozenset({"print.text_cut", "print.code_too_dense", "print.value_missing"})
"""Problems of a trial print that the checks of the layout tell better."""


def write_preview(
    ctx: Context, *, form: str, out: Path, folder: Path, version: int | None = None, longest: bool = False, per_page: int = 1
) -> PreviewOutcome:
    """One paper of a version (that in use unless named) with its samples, or with the longest texts of the store."""
    from app.printing.designs import active_layout, seal_for
    from app.printing.own_fonts import open_fonts

    ctx.require("print")
    layout = active_layout(ctx, form, version=version, folder=folder)
    layout.choose_cell(per_page)
    signature = forms.read_signature(ctx)
    if longest:
        values = words.longest_values(layout.variables, forms.read_longest(ctx), signature)
    else:
        values = words.sample_values(layout.variables, signature)
    problems = write_paper(out, layout=layout, per_page=per_page, values=values, fonts=open_fonts(ctx, folder), seal=seal_for(ctx))
    return PreviewOutcome(path=out, version=layout.version, problems=problems)
