"""Which layout prints, what layouts there are, and a layout as the text of its file.

An approved design of the store wins, then the newest layout file in the data folder's ``forms``, then the one that ships: what somebody
approved in the window must not be overruled by a forgotten file, and a file laid there by hand still wins over ours.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from app.domain.certificate import FormDesign
from app.domain.errors import InputFault
from app.presentation.messages import message
from app.printing.layout import PAGES, Box, Cell, FormLayout, TableColumn, Variable, find_layout, forms_root, list_forms, parse_layout
from app.usecases.context import Context
from app.usecases.forms import FIRST_OWN, MOST_LAYOUT, find_design, find_seal, list_designs, read_seal_words

FOLDER = "forms"
FIRST = ("disaster_certificate", "report_certificate")
_NOT_DESIGNED = frozenset(("batch_separator", "blank_roster", "evacuee_card", "recovery_key"))
"""Printed straight from their files, ruled to order or full of squares: changed as files only."""
_VERSION = re.compile(r"v([1-9][0-9]*)")
_STILL_NEEDED = ("code",)

Source = Literal["own", "folder", "shipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutVersion:
    """One version of a form. ``state``: that of a design; of a file always ``approved``. ``used``: it prints now."""

    form: str
    version: int
    title: str
    source: Source
    state: str
    used: bool
    made_by: str = ""
    made_by_me: bool = False
    approved_by: str = ""
    note: str = ""
    record_version: int = 0


def own_folder(folder: Path | None) -> Path | None:
    """The data folder's ``forms``, if there is one."""
    found = folder / FOLDER if folder else None
    return found if found is not None and found.is_dir() else None


def active_layout(ctx: Context, form: str, *, version: int | None = None, digest: str = "", folder: Path | None = None) -> FormLayout:
    """The layout that prints; with ``version`` (and ``digest``) the one a paper was issued with, in use or not.

    ``folder`` is the data folder. Of two laptops that never met, each may have made a version 101: ``digest`` tells which is meant.
    InputFault ``print.form_unknown``, ``print.layout_invalid``.
    """
    if version is None or version >= FIRST_OWN:
        design = find_design(ctx, form=form, digest=digest) if digest else None
        design = design or find_design(ctx, form=form, number=version)
        if design is not None:
            return say_omitted(ctx, read_design(design))
    return say_omitted(ctx, find_layout(form, version=version, overrides=own_folder(folder)))


def say_omitted(ctx: Context, layout: FormLayout) -> FormLayout:
    """The layout with 公印省略 in the place of the seal, where this municipality prints those words when there is no picture."""
    if read_seal_words(ctx) != "omitted":
        return layout
    words = message("form.seal_omitted")
    cells = {
        count: replace(cell, boxes=tuple(replace(box, text=words) if box.kind == "seal" else box for box in cell.boxes))
        for count, cell in layout.cells.items()
    }
    return replace(layout, cells=cells)


def read_design(design: FormDesign) -> FormLayout:
    """The layout of a design."""
    return parse_layout(design.layout, form=design.form, version=design.number, path=Path(f"{design.form} v{design.number}"))


def check_design(text: str, form: str, number: int) -> FormLayout:
    """A layout that may be kept: it can be read, and its variables are those that ship with this form.

    InputFault ``print.layout_invalid`` with path, key and what is wrong; ``form.needed_missing`` when a value no paper may lack is not on it;
    ``form.not_for_it`` for a layout of another form; ``print.form_unknown``.
    """
    return check_text(text, form=form, number=number, path=f"{form}.toml")


def check_text(text: str, *, form: str, number: int, path: str) -> FormLayout:
    """``check_design`` with the name of the file the text came from, for its faults."""
    shipped = find_layout(form)
    layout = parse_layout(text, form=form, version=number, path=Path(path))
    unknown = sorted(set(layout.variables) - set(shipped.variables))
    if unknown:
        raise InputFault("form.not_for_it", path=path, column=f"variables.{unknown[0]}", form=shipped.title)
    for count, cell in layout.cells.items():
        for name, variable in shipped.variables.items():
            needed = variable.required or name in _STILL_NEEDED
            if needed and count in shipped.cells and _shows(shipped.cells[count], name) and not _shows(cell, name):
                raise InputFault("form.needed_missing", path=path, column=f"layouts.{count}", label=variable.label, per_page=count)
    return layout


def read_layout_file(path: Path, *, form: str) -> str:
    """The text of a layout file somebody sent, checked. InputFault ``form.file_too_large``, ``form.not_text``, and as ``check_design``."""
    try:
        if path.stat().st_size > MOST_LAYOUT * 3:
            raise InputFault("form.file_too_large", path=str(path), kilobytes=MOST_LAYOUT * 3 // 1000)
        raw = path.read_bytes()
    except OSError as error:
        raise InputFault("form.file_unreadable", path=str(path), reason=error.strerror or "") from None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputFault("form.not_text", path=str(path)) from None
    check_text(text, form=form, number=FIRST_OWN, path=str(path))
    return text


def guess_form(path: Path) -> str:
    """Which form a layout file is for, by its line ``form = "…"``, else by its title. Empty when it cannot be told.

    InputFault ``form.file_unreadable``.
    """
    import tomllib

    try:
        data = tomllib.loads(path.read_bytes()[: MOST_LAYOUT * 3].decode("utf-8-sig"))
    except OSError as error:
        raise InputFault("form.file_unreadable", path=str(path), reason=error.strerror or "") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""
    named, title = data.get("form", ""), data.get("title", "")
    return next((form for form in list_designable() if form == named or (not named and find_layout(form).title == title)), "")


def _shows(cell: Cell, name: str) -> bool:
    return any(box.var == name for box in cell.boxes)


def list_versions(ctx: Context, *, folder: Path | None = None, form: str = "") -> list[LayoutVersion]:
    """Every version of one form or of all: designs made here, files in the data folder, the one that ships; what prints is marked."""
    rows: list[LayoutVersion] = []
    for one in (form,) if form else list_designable():
        designs = list_designs(ctx, form=one)
        has_own = any(row.used for row in designs)
        rows += [
            LayoutVersion(
                form=one, version=row.number, title=row.title, source="own", state=row.state, used=row.used, made_by=row.made_by,
                made_by_me=row.made_by_me, approved_by=row.approved_by, note=row.note, record_version=row.version,
            )
            for row in designs
        ]  # fmt: skip
        files = dict(_file_versions(folder, one))
        newest = max((version for version, source in files.items() if source == "folder"), default=None) or max(files, default=0)
        rows += [
            LayoutVersion(
                form=one, version=version, title="", source=source, state="approved", used=not has_own and version == newest
            )
            for version, source in sorted(files.items(), reverse=True)
        ]  # fmt: skip
    return rows


def list_designable() -> list[str]:
    """The forms that are changed in the window, certificates first."""
    names = [form for form in list_forms() if form not in _NOT_DESIGNED]
    return [*(form for form in FIRST if form in names), *(form for form in names if form not in FIRST)]


def _file_versions(folder: Path | None, form: str) -> Iterator[tuple[int, Source]]:
    """Shipped versions, then those of the folder, which hide shipped ones of the same number."""
    roots: list[tuple[Path, Source]] = [(forms_root(), "shipped")]
    own = own_folder(folder)
    if own is not None:
        roots.append((own, "folder"))
    for root, source in roots:
        for file in (root / form).glob("v*/layout.toml"):
            match = _VERSION.fullmatch(file.parent.name)
            if match:
                yield int(match[1]), source


def seal_for(ctx: Context) -> tuple[bytes, float] | None:
    """The approved seal as PNG and its width in mm, for an operator with the right; else None."""
    seal = find_seal(ctx)
    return (base64.b64decode(seal.picture), seal.width) if seal is not None else None


# -- layout to text ------------------------------------------------------------------------------------------


def layout_text(layout: FormLayout) -> str:
    """The whole layout as the text of a layout file: reading it again gives the same layout."""
    page = next((name for name, size in PAGES.items() if size == layout.page), "portrait")
    lines = [f"form = {_toml(layout.form)}", f"title = {_toml(layout.title)}", f"page = {_toml(page)}", "", "[variables]"]
    lines += [f"{_key(name)} = {_inline(variable, Variable)}" for name, variable in layout.variables.items()]
    for section, cells in (("layouts", layout.cells), ("backs", layout.backs)):
        for count, cell in cells.items():
            lines += ["", f"[{section}.{count}]"]
            lines += [f"{name} = {_toml(value)}" for name, value in _changed(cell, Cell) if name != "boxes"]
            lines += ["boxes = [", *(f"    {_inline(box, Box)}," for box in cell.boxes), "]"]
    return "\n".join(lines) + "\n"


def _changed(thing: Any, kind: type[Any]) -> Iterator[tuple[str, Any]]:
    """Fields that are not as they would be anyway."""
    for field in fields(kind):
        value = getattr(thing, field.name)
        if field.default is MISSING or value != field.default:
            yield field.name, value


def _inline(thing: Any, kind: type[Any]) -> str:
    return "{ " + ", ".join(f"{name} = {_toml(value)}" for name, value in _changed(thing, kind)) + " }"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{round(value, 3):g}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, TableColumn):
        return _inline(value, TableColumn)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_toml(one)}" for name, one in value.items()) + " }"
    return _quote(str(value))


def _quote(text: str) -> str:
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char < " " or char == "\x7f":
            out.append({"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, f"\\u{ord(char):04X}"))
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quote(name)
