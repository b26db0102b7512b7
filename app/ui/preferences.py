"""What this person likes on this computer: look, window, column widths, the last data folder. Nothing about anybody in the data.

Kept as one small JSON file in the user's own configuration folder; a broken or unwritable file is as good as none.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths

_FILE = "window.json"


class Preferences:
    """Named values with a default each. Saved at once, whole or not at all."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)) / _FILE
        self._values: dict[str, Any] = self._read()

    def get(self, name: str, default: Any = None) -> Any:
        """A value, or the default."""
        return self._values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a value (anything JSON can hold)."""
        if self._values.get(name) == value:
            return
        self._values[name] = value
        self._write()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self) -> None:
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), "utf-8")
            os.replace(temporary, self._path)
        except OSError:
            temporary.unlink(missing_ok=True)  # a read-only home: the preference lasts until the window closes
