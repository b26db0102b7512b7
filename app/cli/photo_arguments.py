"""The options of ``surveys photos …``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.domain.errors import UsageFault
from app.presentation.console import HELP

VerbMaker = Callable[[Any, str, str], argparse.ArgumentParser]
_OFFSET = re.compile(r"([+-]?)(\d{1,6}):([0-5]\d)")


def read_offset(text: str) -> timedelta:
    """``+00:05`` or ``-09:00``: hours and minutes to add to a camera's clock. Hours may be many: a clock can be years wrong."""
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        raise UsageFault("cli.offset_unreadable", text=text)
    span = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -span if found[1] == "-" else span


def photo_verbs(surveys: Any, verb: VerbMaker) -> None:
    """``surveys photos`` and what it can do; ``verb`` makes one with the common options."""
    photos = verb(surveys, "photos", "surveys.photos")
    acts = photos.add_subparsers(dest="act", required=True, metavar="import|list|assign|remove|sheet|export")
    load = verb(acts, "import", "surveys.photos.import")
    load._negative_number_matcher = re.compile(r"-\d+(:\d+)?")  # or argparse takes -09:00 for an option
    load.add_argument("folder", metavar="FOLDER")
    load.add_argument("--offset", type=read_offset, default=timedelta(), metavar="±HH:MM", help=HELP["surveys.photos.offset"])
    load.add_argument("--dry-run", action="store_true")
    listing = verb(acts, "list", "surveys.photos.list")
    listing.add_argument("--building", default="", metavar="N")
    listing.add_argument("--batch", default="", metavar="TEXT")
    listing.add_argument("--unmatched", action="store_true")
    assign = verb(acts, "assign", "surveys.photos.assign")
    assign.add_argument("photos", nargs="+", metavar="PHOTO")
    assign.add_argument("--building", required=True, metavar="N")
    assign.add_argument("--reason", default="", metavar="TEXT")
    remove = verb(acts, "remove", "surveys.photos.remove")
    remove.add_argument("photos", nargs="*", metavar="PHOTO")
    remove.add_argument("--batch", default="", metavar="TEXT")
    remove.add_argument("--reason", default="", metavar="TEXT")
    for name in ("sheet", "export"):
        out = verb(acts, name, f"surveys.photos.{name}")
        out.add_argument("--building", default="", metavar="N")
        out.add_argument("--batch", default="", metavar="TEXT")
        out.add_argument("--out", required=True, metavar="FILE" if name == "sheet" else "FOLDER")
        if name == "sheet":
            out.add_argument("--per-page", type=int, choices=(6, 12), default=12)
