"""The options of ``surveys …``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from app.cli.photo_arguments import photo_verbs
from app.presentation.console import HELP

VerbMaker = Callable[[Any, str, str], argparse.ArgumentParser]


def survey_verbs(surveys: Any, verb: VerbMaker) -> None:
    """All verbs of the group ``surveys``; ``verb`` makes one with the common options."""
    _assessing_verbs(surveys, verb)
    photo_verbs(surveys, verb)


def _assessing_verbs(surveys: Any, verb: VerbMaker) -> None:
    assess = verb(surveys, "assess", "surveys.assess")
    assess.formatter_class = argparse.RawDescriptionHelpFormatter
    assess.add_argument("file", metavar="FILE")
    assess.add_argument("--edition", default="", metavar="ID", help=HELP["surveys.edition"])
    assess.add_argument("--edition-file", default="", metavar="TOML", help=HELP["surveys.edition_file"])
    editions = verb(surveys, "editions", "surveys.editions")
    editions.add_argument("act", metavar="list|show|add|remove", nargs="?", default="list", choices=("list", "show", "add", "remove"))
    editions.add_argument("target", metavar="ID|FILE", nargs="?", default="")
