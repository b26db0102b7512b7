"""Handing a file that was written to the program that shows or prints such files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_file(path: Path) -> bool:
    """Open a file or a folder as a double click would; False when this computer has nothing for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
