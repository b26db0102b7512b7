"""The options of ``surveys import … progress`` and of ``buildings …``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from app.domain.survey import STATES
from app.presentation.console import HELP
from app.usecases.survey_rows import LAST_STATES

VerbMaker = Callable[[Any, str, str], argparse.ArgumentParser]
Options = Callable[[argparse.ArgumentParser], None]


def registry_verbs(surveys: Any, verb: VerbMaker, import_options: Options) -> None:
    """Verbs of ``surveys`` beside judging and photos."""
    load = verb(surveys, "import", "surveys.import")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--checked", action="store_true", help=HELP["surveys.checked"])
    load.add_argument("--reason", default="", metavar="TEXT")
    load.add_argument("--dry-run", action="store_true")
    import_options(load)
    _record(verb(surveys, "record", "surveys.record"))
    listing = verb(surveys, "list", "surveys.list")
    for name in ("district", "grade", "kind", "hazard", "building", "act", "text", "since", "at"):
        listing.add_argument(f"--{name}", default="", metavar="TEXT")
    listing.add_argument("--state", choices=STATES, default="")
    listing.add_argument("--counting", action="store_true")
    listing.add_argument("--limit", type=int, default=0, metavar="N")
    check = verb(surveys, "check", "surveys.check")
    check.add_argument("surveys", nargs="*", metavar="NUMBER|ID")
    check.add_argument("--all", action="store_true")
    check.add_argument("--district", default="", metavar="NAME")
    check.add_argument("--return", dest="send_back", action="store_true")
    check.add_argument("--note", default="", metavar="TEXT")
    withdraw = verb(surveys, "withdraw", "surveys.withdraw")
    withdraw.add_argument("survey", metavar="NUMBER|ID")
    withdraw.add_argument("--reason", required=True, metavar="TEXT")
    _area(verb(surveys, "area", "surveys.area"))
    _appeal(verb(surveys, "appeal", "surveys.appeal"))
    _plans(surveys, verb)


def _record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="", metavar="FILE.json")
    parser.add_argument("--building", required=True, metavar="N")
    parser.add_argument("--on", dest="day", default="", metavar="DATE")
    parser.add_argument("--kind", default="first", metavar="TEXT")
    parser.add_argument("--method", default="field", metavar="TEXT")
    for name in ("hazard", "edition", "team", "grade", "consent", "sheet", "reason", "note", "disaster", "survey", "started", "ended"):
        parser.add_argument(f"--{name}", default="", metavar="TEXT")
    parser.add_argument("--surveyor", action="append", default=[], metavar="NAME")
    parser.add_argument("--draft", action="store_true")


def _area(parser: argparse.ArgumentParser) -> None:
    for name in ("zone", "grade", "hazard", "reason"):
        parser.add_argument(f"--{name}", default="", metavar="TEXT")
    parser.add_argument("--on", dest="day", default="", metavar="DATE")
    parser.add_argument("--building", action="append", default=[], metavar="N")
    parser.add_argument("--corner", action="append", default=[], metavar="N")
    parser.add_argument("--aerial", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--undo", default="", metavar="ACT")
    parser.add_argument("--list", action="store_true")


def _appeal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", nargs="?", choices=("list", "open", "answer"), default="list")
    parser.add_argument("target", nargs="?", default="", metavar="N|ID")
    parser.add_argument("--wants", default="second", metavar="TEXT")
    parser.add_argument("--on", dest="day", default="", metavar="DATE")
    for name in ("by", "phone", "reason", "answer"):
        parser.add_argument(f"--{name}", default="", metavar="TEXT")
    parser.add_argument("--decline", action="store_true")


def _plans(surveys: Any, verb: VerbMaker) -> None:
    plan = verb(surveys, "plan", "surveys.plan")
    plan.add_argument("act", nargs="?", choices=("list", "assign", "next", "outcome"), default="list")
    for name in ("team", "day", "to", "district", "zone", "outcome"):
        plan.add_argument(f"--{name}", default="", metavar="TEXT")
    plan.add_argument("--kind", default="first", metavar="TEXT")
    plan.add_argument("--building", action="append", default=[], metavar="N")
    plan.add_argument("--visit", action="append", default=[], metavar="ID")
    plan.add_argument("--count", type=int, default=0, metavar="N")
    plan.add_argument("--open", action="store_true")
    teams = verb(surveys, "teams", "surveys.teams")
    teams.add_argument("act", nargs="?", choices=("list", "add"), default="list")
    teams.add_argument("name", nargs="?", default="", metavar="NAME")
    teams.add_argument("--member", action="append", default=[], metavar="NAME")
    teams.add_argument("--town", default="", metavar="TEXT")
    verb(surveys, "progress", "surveys.progress")


def building_verbs(buildings: Any, verb: VerbMaker, import_options: Options) -> None:
    """All verbs of ``buildings``."""
    load = verb(buildings, "import", "buildings.import")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--dry-run", action="store_true")
    import_options(load)
    listing = verb(buildings, "list", "buildings.list")
    for name in ("text", "district", "zone", "grade", "risk", "use"):
        listing.add_argument(f"--{name}", default="", metavar="TEXT")
    listing.add_argument("--state", choices=LAST_STATES, default="")
    listing.add_argument("--collapsed", action="store_true")
    listing.add_argument("--unlinked", action="store_true")
    listing.add_argument("--limit", type=int, default=0, metavar="N")
    verb(buildings, "show", "buildings.show").add_argument("building", metavar="N")
    save = verb(buildings, "save", "buildings.save")
    save.add_argument("building", nargs="?", default="", metavar="N")
    save.add_argument("--set", action="append", default=[], required=True, metavar="FIELD=VALUE")
    save.add_argument("--reason", default="", metavar="TEXT")
    link = verb(buildings, "link", "buildings.link")
    link.add_argument("building", metavar="N")
    for name in ("resident", "victim", "head", "kana", "birth", "address", "room"):
        link.add_argument(f"--{name}", default="", metavar="TEXT")
    link.add_argument("--tenure", default="unknown", metavar="TEXT")
    link.add_argument("--member", action="append", default=[], metavar="NAME")
    link.add_argument("--other", action="store_true")
    risk = verb(buildings, "risk", "buildings.risk")
    risk.add_argument("building", metavar="N")
    risk.add_argument("risk", nargs="?", default="", metavar="TEXT")
    risk.add_argument("--on", dest="day", default="", metavar="DATE")
    risk.add_argument("--note", default="", metavar="TEXT")
    risk.add_argument("--collapsed", action="store_true")
    risk.add_argument("--danger", default="", metavar="TEXT")
