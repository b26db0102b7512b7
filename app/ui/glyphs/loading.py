"""The glyphs of the open folder: its own fonts and registered characters, read off the GUI thread and put to use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QApplication

from app.ui import theme
from app.ui.glyphs.label import NameLabel
from app.ui.glyphs.screen import current
from app.ui.glyphs.shaping import NOTHING, Book, Registered

if TYPE_CHECKING:
    from app.ui.page import Shell
    from app.usecases.context import Context

KINDS = frozenset({"character"})


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder draws with. ``own`` are the municipality's font files, ``rare`` those of kanji that the screen font lacks."""

    book: Book
    registered: Registered
    own: tuple[Path, ...] = ()
    rare: tuple[Path, ...] = ()


def read_fonts(ctx: Context, folder: Path) -> Found:
    """The fonts of a folder, and what is registered in its store. Looks through the font folders of the machine: not for the GUI thread."""
    from app.printing.fonts import FontBook
    from app.printing.own_fonts import open_fonts
    from app.usecases.characters import registered_characters

    known = registered_characters(ctx)
    registered = Registered(
        pictures={text: record.picture for text, record in known.items() if record.picture},
        substitutes={text: record.substitute for text, record in known.items() if record.substitute},
    )
    book = open_fonts(ctx, folder)
    own = tuple(path for place, path in enumerate(book.own_files) if book.open_face(FontBook.OWN + place) is not None)
    rare = tuple(face.path for index in (FontBook.FALLBACK, FontBook.NAMES_FACE) if (face := book.open_face(index)) is not None)
    return Found(book, registered, own, rare)


def load(shell: Shell) -> None:
    """Read them behind the scenes; what is on the screen is drawn again when they have come."""
    ctx, folder = shell.context, shell.folder
    shell.runner.read(lambda: read_fonts(ctx, folder), latest="glyphs").quiet().success(put_to_use).start()


def put_to_use(found: Found | None) -> None:
    """Draw from these from now on; None: from what ships with the program and the system."""
    glyphs = current()
    for path in found.rare if found else ():
        glyphs.register(path)
    theme.current().fall_back_to(glyphs.register_own(found.own if found else ()))
    glyphs.use(found.book if found else None, found.registered if found else NOTHING)
    redraw()


def redraw() -> None:
    """Everything that may hold a name is measured and drawn again."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, NameLabel):
            widget.updateGeometry()
            widget.update(widget.rect())
        elif isinstance(widget, QAbstractItemView):
            widget.viewport().update()
