"""The strip of a building's photographs, where this edition ships it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from app.ui.page import Shell

_SOURCE = "app.ui.surveys.photo_strip"


def make_strip(shell: Shell) -> Any | None:
    """A ``PhotoStrip`` (``show_building(building_id)``), or None where there is none."""
    if find_spec(_SOURCE) is None:
        return None
    return import_module(_SOURCE).PhotoStrip(shell)
