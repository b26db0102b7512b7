"""The glyphs of the open folder: its own fonts and registered characters, read off the GUI thread and put to use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QApplication

from app.ui.glyphs.label import NameLabel
from app.ui.glyphs.screen import current
from app.ui.glyphs.shaping import NOTHING, Book, Registered

if TYPE_CHECKING:
    from app.ui.page import Shell
    from app.usecases.context import Context

KINDS = frozenset({"character"})


def read_book(ctx: Context, folder: Path) -> tuple[Book, Registered]:
    """The fonts of a folder, and what is registered in its store."""
    from app.printing.own_fonts import open_fonts
    from app.usecases.characters import registered_characters

    known = registered_characters(ctx)
    registered = Registered(
        pictures={text: record.picture for text, record in known.items() if record.picture},
        substitutes={text: record.substitute for text, record in known.items() if record.substitute},
    )
    return open_fonts(ctx, folder), registered


def load(shell: Shell) -> None:
    """Read them behind the scenes; what is on the screen is drawn again when they have come."""
    ctx, folder = shell.context, shell.folder
    operation = shell.runner.read(lambda: read_book(ctx, folder), latest="glyphs").quiet()
    operation.success(lambda found: put_to_use(*found)).failure(lambda _: put_to_use(None, NOTHING)).start()


def put_to_use(book: Book | None, registered: Registered) -> None:
    """Draw from these from now on."""
    current().use(book, registered)
    redraw()


def redraw() -> None:
    """Everything that may hold a name is measured and drawn again."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, NameLabel):
            widget.updateGeometry()
            widget.update()
        elif isinstance(widget, QAbstractItemView):
            widget.viewport().update()
