"""Where papers of the desk go: a folder remembered for this computer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from app.ui.page import Shell


def paper_folder(shell: Shell) -> Path:
    """The folder for receipts and day sheets, made when it is not there."""
    chosen = shell.preferences.get("cash.folder", "")
    folder = Path(chosen or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())
    if not chosen:
        folder = folder / "Sasae"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
