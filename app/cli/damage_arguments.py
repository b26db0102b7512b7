"""The options of ``surveys counts``, ``daily``, ``sheets`` and ``team-list``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.presentation.console import HELP

VerbMaker = Callable[[Any, str, str], argparse.ArgumentParser]


def damage_verbs(surveys: Any, verb: VerbMaker, read_time: Callable[[str], datetime]) -> None:
    """What headquarters asks for, as verbs of ``surveys``."""
    counts = verb(surveys, "counts", "surveys.counts")
    counts.add_argument("--at", type=read_time, default=None, metavar="TIME", help=HELP["surveys.counts_at"])
    counts.add_argument("--out", default="", metavar="FILE", help=HELP["surveys.counts_out"])
    counts.add_argument("--format", choices=("pdf", "xlsx", "csv", "json"), default="")
    counts.add_argument("--set", action="append", default=[], metavar="NAME=N", help=HELP["surveys.counts_set"])
    days = verb(surveys, "daily", "surveys.daily")
    days.add_argument("--days", type=int, default=60, metavar="N")
    sheets = verb(surveys, "sheets", "surveys.sheets")
    sheets.add_argument("numbers", nargs="*", metavar="NUMBER")
    for name in ("team", "day", "district", "kind", "hazard"):
        sheets.add_argument(f"--{name}", default="", metavar="TEXT")
    sheets.add_argument("--nup", type=int, choices=(1, 2), default=1)
    sheets.add_argument("--blank", type=int, default=0, metavar="N", help=HELP["surveys.sheets_blank"])
    listed = verb(surveys, "team-list", "surveys.team-list")
    listed.add_argument("--day", required=True, metavar="DATE")
    listed.add_argument("--team", default="", metavar="NAME")
    for parser in (sheets, listed):
        parser.add_argument("--out", required=True, metavar="FILE")
