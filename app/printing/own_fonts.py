"""A municipality's own fonts in the data folder's ``fonts``: looked at, taken in, taken out; and the fonts everything is printed with."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.domain.characters import is_private_use
from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.printing.fonts import FALLBACK_FILES, OWN_ENDINGS, UNREADABLE, FontBook
from app.printing.truetype import TrueTypeFace
from app.usecases.characters import registered_characters, substitute_for, substitutes_of
from app.usecases.context import Context
from app.usecases.files import atomic_output, write_fault

FOLDER = "fonts"
_MOST_BYTES = 120_000_000
_KINDS = {b"OTTO": "font.cff", b"ttcf": "font.collection", b"wOFF": "font.web", b"wOF2": "font.web"}
_TRUETYPE = (b"\x00\x01\x00\x00", b"true")


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFacts:
    """A font file. ``role``: ``text`` and ``names`` ship with the program, ``national`` is IPAmj Mincho, ``own`` the municipality's.

    ``gaiji`` counts private-use characters. ``fault`` is the message code of why the file cannot be used.
    """

    name: str
    role: str
    path: Path | None
    characters: int = 0
    gaiji: int = 0
    fault: str = ""


def open_fonts(ctx: Context, folder: Path | None, *, substitutes: bool = False) -> FontBook:
    """The fonts for printing and for the screen: own fonts of the data folder, pictures registered, and (if asked for) substitutes."""
    pictures = {text: record.picture for text, record in registered_characters(ctx).items() if record.picture}
    book = FontBook(folders=(folder / FOLDER,) if folder else (), pictures=pictures)
    if substitutes:
        book.substitute = _chooser(ctx, book)
    return book


def _chooser(ctx: Context, book: FontBook) -> Callable[[str], str]:
    registered = substitutes_of(ctx)
    return lambda cluster: substitute_for(cluster, registered, fits=lambda char: bool(book.source_of(char)))[0]


def list_fonts(folder: Path | None) -> list[FontFacts]:
    """Every font the program prints with on this machine, in the order it is asked. IPAmj Mincho without a path when it is not here."""
    book = FontBook(folders=(folder / FOLDER,) if folder else ())
    roles = {FontBook.REGULAR: "text", FontBook.FALLBACK: "national", FontBook.NAMES_FACE: "names"}
    faces = [(book.open_face(index), role) for index, role in roles.items()]
    facts = [_facts(face, role) for face, role in faces if face is not None or role == "national"]
    return [*facts, *(_own_facts(path) for path in book.own_files)]


def _facts(face: TrueTypeFace | None, role: str) -> FontFacts:
    if face is None:
        return FontFacts(name=FALLBACK_FILES[0], role=role, path=None)
    codes = list(face.list_code_points())
    gaiji = sum(is_private_use(chr(code)) for code in codes)
    return FontFacts(name=face.path.name, role=role, path=face.path, characters=len(codes), gaiji=gaiji)


def _own_facts(path: Path) -> FontFacts:
    try:
        return _facts(check_font(path), "own")
    except InputFault as fault:
        return FontFacts(name=path.name, role="own", path=path, fault=fault.code)


def check_font(path: Path) -> TrueTypeFace:
    """The font, read as far as printing will read it.

    InputFault ``font.cff`` (PostScript outlines), ``font.collection``, ``font.web``, ``font.not_a_font``, ``font.broken``, ``font.empty``,
    ``font.too_large``, each with ``path``; the faults of reading a file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if path.stat().st_size > _MOST_BYTES:
            raise InputFault("font.too_large", path=str(path))
        if head not in _TRUETYPE:
            raise InputFault(_KINDS.get(head, "font.not_a_font"), path=str(path))
        face = TrueTypeFace(path)
        codes = list(face.list_code_points())
        face.check_outlines(face.find_glyph(code) for code in codes)
        if codes:
            face.build_subset([0, *dict.fromkeys(face.find_glyph(code) for code in codes[:50])])
    except FileNotFoundError:
        raise EnvironmentFault("import.file_missing", path=str(path)) from None
    except UNREADABLE:
        raise InputFault("font.broken", path=str(path)) from None
    if not codes:
        raise InputFault("font.empty", path=str(path))
    return face


def install_font(ctx: Context, *, source: Path, folder: Path) -> FontFacts:
    """Check a font file and copy it whole into the data folder's ``fonts``; a file of the same name is replaced.

    RuleViolation without the right or for an ending that is not .ttf, .otf or .tte; InputFault as ``check_font``; EnvironmentFault.
    """
    ctx.require("residents")
    if source.suffix.lower() not in OWN_ENDINGS:
        raise RuleViolation("font.ending", field="font", path=str(source))
    check_font(source)
    target = folder / FOLDER / source.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_fault(error, path=target) from error
    if not (target.exists() and target.samefile(source)):
        with atomic_output(target) as part, source.open("rb") as read, part.open("wb") as written:
            shutil.copyfileobj(read, written)
    return _own_facts(target)


def remove_font(ctx: Context, *, name: str, folder: Path) -> None:
    """Take one of the municipality's own fonts out of the data folder. RuleViolation ``font.not_found``; EnvironmentFault when it is in use."""
    ctx.require("residents")
    target = folder / FOLDER / Path(name).name
    if not target.is_file():
        raise RuleViolation("font.not_found", field="font", name=name)
    try:
        target.unlink()
    except OSError as error:
        raise write_fault(error, path=target) from error
