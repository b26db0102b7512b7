"""The options of ``certificates …``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from app.presentation.console import HELP

VerbMaker = Callable[[Any, str, str], argparse.ArgumentParser]
SORTS = ("postal", "district", "address", "kana", "number")


def certificate_verbs(certificates: Any, verb: VerbMaker) -> None:
    """All verbs of the group ``certificates``; ``verb`` makes one with the common options."""

    def make(name: str) -> argparse.ArgumentParser:
        parser = verb(certificates, name, f"certificates.{name}")
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        return parser

    _apply_options(make("apply"))
    for name in ("approve", "issue"):
        chosen = make(name)
        chosen.add_argument("numbers", nargs="*", metavar="NUMBER")
        chosen.add_argument("--all-judged", action="store_true", help=HELP["certificates.all_judged"])
        chosen.add_argument("--kind", default="", metavar="KIND")
        if name == "issue":
            chosen.add_argument("--without-application", action="store_true", help=HELP["certificates.without_application"])
            chosen.add_argument("--form", default="", metavar="FORM")
            chosen.add_argument("--on", default="", metavar="DATE")
    _print_options(make)
    for name in ("revoke", "supersede"):
        ending = make(name)
        ending.add_argument("number", metavar="NUMBER")
        ending.add_argument("--reason", required=True, metavar="TEXT")
        if name == "supersede":
            ending.add_argument("--form", default="", metavar="FORM")
    moving = make("move")
    moving.add_argument("numbers", nargs="+", metavar="NUMBER")
    moving.add_argument("--to", required=True, metavar="STATE")
    moving.add_argument("--reason", default="", metavar="TEXT")
    linking = make("link")
    linking.add_argument("number", metavar="NUMBER")
    linking.add_argument("--building", default="", metavar="NUMBER")
    linking.add_argument("--victim", default="", metavar="ID")
    judging = make("self-judge")
    judging.add_argument("number", metavar="NUMBER")
    judging.add_argument("--note", required=True, metavar="TEXT")
    judging.add_argument("--on", default="", metavar="DATE")
    make("verify").add_argument("text", metavar="TEXT|FILE|-")
    _asking_options(make)
    key = make("key")
    key.add_argument("act", choices=("make", "list", "export", "import"), metavar="make|list|export|import")
    key.add_argument("target", nargs="?", default="", metavar="FILE")
    key.add_argument("--id", default="", metavar="KEY")
    key.add_argument("--label", default="", metavar="TEXT")
    make("settings").add_argument("--set", action="append", default=[], metavar="NAME=VALUE")


def _apply_options(apply: argparse.ArgumentParser) -> None:
    for name, key in (
        ("applicant", "NAME"), ("kana", "KANA"), ("birth", "DATE"), ("role", "WORD"), ("kind", "KIND"), ("phone", "TEXT"),
        ("contact-postal", "TEXT"), ("contact-address", "TEXT"), ("channel", "WORD"), ("cause", "TEXT"), ("damage", "TEXT"), ("identified", "TEXT"),
        ("on", "DATE"), ("note", "TEXT"), ("resident", "NUMBER"), ("victim", "ID"), ("head", "NAME"), ("head-kana", "KANA"), ("head-birth", "DATE"),
        ("head-address", "TEXT"), ("head-postal", "TEXT"), ("building", "NUMBER"), ("building-address", "TEXT"), ("tenure", "WORD"),
    ):  # fmt: skip
        apply.add_argument(f"--{name}", default="", metavar=key)
    for name, key in (("use", "WORD"), ("object", "WORD"), ("member", "JSON")):
        apply.add_argument(f"--{name}", action="append", default=[], metavar=key)
    for name in ("proxy", "with-members", "self-judgement"):
        apply.add_argument(f"--{name}", action="store_true")
    apply.add_argument("--copies", type=int, default=1, metavar="N")


def _print_options(make: Callable[[str], argparse.ArgumentParser]) -> None:
    printing, again = make("print"), make("reprint")
    printing.add_argument("numbers", nargs="*", metavar="NUMBER")
    chosen = printing.add_mutually_exclusive_group()
    chosen.add_argument("--all-judged", action="store_true", help=HELP["certificates.all_judged"])
    chosen.add_argument("--missing", action="store_true", help=HELP["certificates.missing"])
    chosen.add_argument("--from", dest="from_number", default="", metavar="NUMBER", help=HELP["certificates.from"])
    printing.add_argument("--without-application", action="store_true", help=HELP["certificates.without_application"])
    printing.add_argument("--kind", default="", metavar="KIND")
    printing.add_argument("--form", default="", metavar="FORM")
    printing.add_argument("--plan", action="store_true", help=HELP["certificates.plan"])
    again.add_argument("number", metavar="NUMBER")
    again.add_argument("--reason", required=True, metavar="WORD")
    again.add_argument("--copies", type=int, default=1, metavar="N")
    for parser in (printing, again):
        parser.add_argument("--out", required=parser is again, default="", metavar="FILE")
        parser.add_argument("--nup", type=int, choices=(1, 2, 4), default=1)
        parser.add_argument("--page", choices=("A4", "A5"), default="A4")
        parser.add_argument("--duplex", action="store_true")
        parser.add_argument("--preprinted", action="store_true", help=HELP["certificates.preprinted"])
        parser.add_argument("--printer", default="", metavar="NAME", help=HELP["certificates.printer"])
        parser.add_argument("--substitutes", action="store_true", help=HELP["substitutes"])
    printing.add_argument("--imposition", choices=("stack", "order"), default="stack")
    printing.add_argument("--sort", choices=SORTS, default="number")
    printing.add_argument("--per-file", type=int, default=5000, metavar="N")
    printing.add_argument("--separators", type=int, default=0, metavar="N")
    printing.add_argument("--labels", default="", metavar="FILE", help=HELP["certificates.labels"])
    printing.add_argument("--label-form", choices=("address_labels", "address_sheet"), default="address_labels")


def _asking_options(make: Callable[[str], argparse.ArgumentParser]) -> None:
    listing = make("list")
    for name, key in (
        ("state", "STATE"),
        ("kind", "KIND"),
        ("grade", "GRADE"),
        ("district", "TEXT"),
        ("text", "TEXT"),
        ("missing", "WORD"),
        ("sort", "WORD"),
    ):
        listing.add_argument(f"--{name}", default="", metavar=key)
    for name in ("applications", "replace", "unprinted", "provisional"):
        listing.add_argument(f"--{name}", action="store_true")
    listing.add_argument("--waiting", type=int, default=0, metavar="DAYS")
    status = make("status")
    status.add_argument("number", metavar="NUMBER")
    status.add_argument("--birth", required=True, metavar="DATE")
    slip = make("slip")
    slip.add_argument("number", metavar="NUMBER")
    slip.add_argument("--out", required=True, metavar="FILE")
    told = make("declared")
    told.add_argument("--match", nargs=2, default=None, metavar=("NUMBER", "RESIDENT"))
    told.add_argument("--absent", default="", metavar="NUMBER")
    make("doubles")
    make("confirm").add_argument("numbers", nargs="*", metavar="NUMBER")
