"""The options of ``forms …``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from app.presentation.console import HELP

VerbMaker = Callable[[Any, str, str], argparse.ArgumentParser]


def form_verbs(forms: Any, verb: VerbMaker) -> None:
    """All verbs of the group ``forms``; ``verb`` makes one with the common options."""
    listed = verb(forms, "list", "forms.list")
    listed.add_argument("--form", default="", metavar="FORM")
    export = verb(forms, "export", "forms.export")
    _form(export)
    export.add_argument("--out", required=True, metavar="FILE")
    take = verb(forms, "import", "forms.import")
    take.add_argument("file", metavar="FILE")
    take.add_argument("--form", default="", metavar="FORM")
    take.add_argument("--note", default="", metavar="TEXT")
    for name in ("approve", "retire"):
        made = verb(forms, name, f"forms.{name}")
        made.add_argument("form", metavar="FORM")
        made.add_argument("version", type=int, metavar="VERSION", help=HELP["forms.version"])
    preview = verb(forms, "preview", "forms.preview")
    _form(preview)
    preview.add_argument("--out", required=True, metavar="FILE")
    preview.add_argument("--longest", action="store_true")
    preview.add_argument("--nup", type=int, default=1, metavar="N", help=HELP["forms.nup"])
    seal = verb(forms, "seal", "forms.seal")
    seal.add_argument("file", metavar="FILE", nargs="?", default="")
    seal.add_argument("--name", default="", metavar="NAME")
    seal.add_argument("--width", type=float, default=24.0, metavar="MM", help=HELP["forms.width"])
    seal.add_argument("--approve", default="", metavar="ID")
    signer = verb(forms, "signer", "forms.signer")
    for option in ("--municipality", "--title", "--name"):
        signer.add_argument(option, default=None, metavar="TEXT")


def _form(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("form", metavar="FORM")
    parser.add_argument("--version", type=int, default=None, metavar="N", dest="form_version", help=HELP["forms.version"])
