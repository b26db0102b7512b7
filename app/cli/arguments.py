"""Reading the command line. Every option may stand before or after the verb; a wrong call is a UsageFault, never an exit by itself."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, timedelta
from typing import Any, NoReturn

from app.cli.certificate_arguments import certificate_verbs
from app.cli.damage_arguments import damage_verbs
from app.cli.form_arguments import form_verbs
from app.cli.registry_arguments import building_verbs, registry_verbs
from app.cli.relief_arguments import relief_verbs
from app.cli.survey_arguments import survey_verbs
from app.cli.sync_arguments import sync_verbs
from app.domain.dates import parse_date, parse_instant
from app.domain.errors import SasaeError, UsageFault
from app.presentation.console import HELP, say_usage

_DURATION = re.compile(r"(\d{1,5})\s*(d|h|m|min)")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes"}


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises instead of exiting, so that ``--json`` can answer with one object."""

    def error(self, message: str) -> NoReturn:
        raise UsageFault("cli.usage", detail=say_usage(message))


def read_time(text: str) -> datetime:
    """A moment in any accepted style."""
    try:
        return parse_instant(text)
    except SasaeError as fault:
        raise UsageFault(fault.code, **fault.params) from None


def read_day(text: str) -> str:
    """A day in any accepted style, as typed: it may say less than a day."""
    if text.strip():
        try:
            parse_date(text, lenient=True)
        except SasaeError as fault:
            raise UsageFault(fault.code, **fault.params) from None
    return text


def read_duration(text: str) -> timedelta:
    """``1d``, ``6h``, ``30m``."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or not int(match[1]):
        raise UsageFault("cli.duration_unreadable", text=text)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _common(parser: argparse.ArgumentParser, *, top: bool = False) -> argparse.ArgumentParser:
    """The options of every verb; below the verb they only count when given, so that either place works."""
    blank: Any = None if top else argparse.SUPPRESS
    parser.add_argument("--data", default=blank, metavar="DIR", help=HELP["data"])
    parser.add_argument("--password-file", default=blank, metavar="F", help=HELP["password_file"])
    parser.add_argument("--json", action="store_true", default=False if top else argparse.SUPPRESS, help=HELP["json"])
    parser.add_argument("--purpose", default=blank, metavar="TEXT", help=HELP["purpose"])
    return parser


def build_parser(version: str) -> Parser:
    """The whole command line."""
    parser = Parser(prog="sasae", description=HELP["sasae"], allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"sasae {version}")
    _common(parser, top=True)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    verbs.required = True
    _folder_verbs(verbs)
    _people_verbs(verbs)
    _shelter_verbs(verbs)
    _evacuee_verbs(verbs)
    _character_verbs(verbs)
    _protection_verbs(verbs)
    surveys = _group(verbs, "surveys")
    registry_verbs(surveys, _verb, _import_options)
    survey_verbs(surveys, _verb)
    damage_verbs(surveys, _verb, read_time)
    building_verbs(_group(verbs, "buildings"), _verb, _import_options)
    certificate_verbs(_group(verbs, "certificates"), _verb)
    form_verbs(_group(verbs, "forms"), _verb)
    relief_verbs(_group(verbs, "relief"), _verb)
    sync_verbs(_group(verbs, "sync"), _verb)
    return parser


Verbs = Any


def _verb(verbs: Verbs, name: str, key: str) -> argparse.ArgumentParser:
    return _common(verbs.add_parser(name, help=HELP[key].splitlines()[0], description=HELP[key], allow_abbrev=False))


def _group(verbs: Verbs, name: str) -> Verbs:
    parser = _common(verbs.add_parser(name, help=HELP[name].splitlines()[0], description=HELP[name], allow_abbrev=False))
    inner = parser.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser)
    inner.required = True
    return inner


def _folder_verbs(verbs: Verbs) -> None:
    init = _verb(verbs, "init", "init")
    init.add_argument("--municipality", metavar="CODE")
    init.add_argument("--disaster", metavar="NAME")
    init.add_argument("--occurred", type=read_time, metavar="TIME")
    init.add_argument("--site", metavar="NAME")
    init.add_argument("--kind", choices=("hq", "desk", "shelter"))
    init.add_argument("--operator", metavar="NAME")
    init.add_argument("--database", metavar="URL")
    init.add_argument("--desk-role", metavar="ROLE")
    init.add_argument("--training", action="store_true")
    init.add_argument("--recovery-sheet", metavar="FILE")
    demo = _verb(verbs, "demo", "demo")
    demo.add_argument("--residents", type=int, default=2000, metavar="N")
    demo.add_argument("--seed", type=int, default=1, metavar="S")
    demo.add_argument("--window", action="store_true")
    _verb(verbs, "verify", "verify")
    _verb(verbs, "self-test", "self-test")
    backup = _verb(verbs, "backup", "backup")
    backup.add_argument("file", metavar="FILE")
    restore = _verb(verbs, "restore", "restore")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--into", required=True, metavar="DIR")
    helping = _verb(verbs, "help", "help")
    helping.add_argument("topic", nargs="*")


def _people_verbs(verbs: Verbs) -> None:
    operators = _group(verbs, "operators")
    add = _verb(operators, "add", "operators.add")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", required=True, metavar="ROLE[,ROLE]")
    _verb(operators, "list", "operators.list")
    _verb(operators, "disable", "operators.disable").add_argument("name", metavar="NAME")
    residents = _group(verbs, "residents")
    load = _verb(residents, "import", "residents.import")
    load.add_argument("files", nargs="+", metavar="FILE")
    load.add_argument("--as-of", required=True, type=read_time, metavar="TIME")
    load.add_argument("--known-at", type=read_time, metavar="TIME")
    load.add_argument("--label", default="", metavar="TEXT")
    load.add_argument("--diff", action="append", default=[], metavar="FILE")
    load.add_argument("--fill-postal", action="store_true", help=HELP["fill_postal"])
    _import_options(load)
    _verb(residents, "snapshots", "residents.snapshots")
    compare = _verb(residents, "compare", "residents.compare")
    compare.add_argument("before", metavar="ID")
    compare.add_argument("after", metavar="ID")
    compare.add_argument("--out", metavar="FILE")
    report = _verb(residents, "report", "residents.report")
    report.add_argument("snapshot", metavar="ID")
    report.add_argument("--list", default="", metavar="CODE")
    report.add_argument("--out", metavar="FILE")
    out = _verb(residents, "export", "residents.export")
    out.add_argument("file", metavar="FILE")
    out.add_argument("--snapshot", default="", metavar="ID")
    out.add_argument("--district", default="", metavar="NAME")
    _verb(residents, "load", "residents.load").add_argument("file", metavar="FILE")
    _profile_verbs(verbs)
    search = _verb(verbs, "search", "search")
    search.add_argument("text", metavar="TEXT")
    search.add_argument("--birth", default="", type=read_day, metavar="DATE")
    search.add_argument("--address", default="", metavar="TEXT")
    search.add_argument("--in", dest="within", choices=("residents", "persons", "all"), default="all")
    search.add_argument("--limit", type=int, default=50, metavar="N")
    _verb(verbs, "history", "history").add_argument("record", metavar="RECORD-ID")
    _verb(verbs, "access-log", "access-log").add_argument("--person", default="", metavar="ID")


def _import_options(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--mapping", metavar="FILE")
    chosen.add_argument("--profile", metavar="NAME", help=HELP["profile"])
    parser.add_argument("--force", action="store_true", help=HELP["force"])
    parser.add_argument("--report", metavar="FILE")
    parser.add_argument("--encoding", metavar="NAME", default=None)
    parser.add_argument("--on-error", choices=("reject", "stop"), default="reject")


def _profile_verbs(verbs: Verbs) -> None:
    profiles = _group(verbs, "profiles")
    each = {name: _verb(profiles, name, f"profiles.{name}") for name in ("list", "save", "rename", "delete", "export")}
    for parser in each.values():
        parser.add_argument("--target", choices=("residents", "evacuees", "shelters", "headcounts", "buildings", "survey_results"), default="residents")
    each["save"].add_argument("file", metavar="FILE")
    each["save"].add_argument("--name", default="", metavar="NAME")
    for name in ("rename", "delete", "export"):
        each[name].add_argument("name", metavar="NAME")
    each["rename"].add_argument("new_name", metavar="NEW-NAME")
    each["export"].add_argument("file", metavar="FILE")


def _shelter_verbs(verbs: Verbs) -> None:
    shelters = _group(verbs, "shelters")
    load = _verb(shelters, "import", "shelters.import")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--open", action="store_true")
    load.add_argument("--at", type=read_time, metavar="TIME")
    _import_options(load)
    _verb(shelters, "list", "shelters.list").add_argument("--at", type=read_time, metavar="TIME")
    for name in ("open", "close"):
        verb = _verb(shelters, name, f"shelters.{name}")
        verb.add_argument("name", metavar="NAME")
        verb.add_argument("--at", type=read_time, metavar="TIME")
    counts = _group(verbs, "headcounts")
    load = _verb(counts, "import", "headcounts.import")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--at", type=read_time, metavar="TIME")
    listing = load.add_mutually_exclusive_group()
    listing.add_argument("--complete", dest="complete", action="store_true", default=None)
    listing.add_argument("--partial", dest="complete", action="store_false")
    _import_options(load)
    trend = _verb(counts, "trend", "headcounts.trend")
    trend.add_argument("--from", dest="start", type=read_time, metavar="TIME")
    trend.add_argument("--to", dest="end", type=read_time, metavar="TIME")
    trend.add_argument("--every", type=read_duration, default=timedelta(days=1), metavar="1d")
    trend.add_argument("--out", metavar="FILE")
    trend.add_argument("--format", choices=("csv", "xlsx", "html", "pdf"))


def _evacuee_verbs(verbs: Verbs) -> None:
    evacuees = _group(verbs, "evacuees")
    load = _verb(evacuees, "import", "evacuees.import")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--shelter", required=True, metavar="NAME")
    load.add_argument("--at", type=read_time, metavar="TIME")
    load.add_argument("--site", default="", metavar="NAME", help=HELP["evacuees.site"])
    load.add_argument("--make-site", action="store_true", help=HELP["evacuees.make_site"])
    load.add_argument("--dry-run", action="store_true")
    load.add_argument("--fill-postal", action="store_true", help=HELP["fill_postal"])
    _import_options(load)
    arrive = _verb(evacuees, "check-in", "evacuees.check-in")
    arrive.add_argument("--shelter", required=True, metavar="NAME")
    arrive.add_argument("--resident", action="append", default=[], metavar="ID")
    arrive.add_argument("--household", default="", metavar="ID")
    arrive.add_argument("--person", action="append", default=[], metavar="JSON")
    arrive.add_argument("--at", type=read_time, metavar="TIME")
    arrive.add_argument("--category", default="inside", metavar="TEXT")
    arrive.add_argument("--room", default="", metavar="TEXT")
    arrive.add_argument("--on-conflict", choices=("refuse", "move", "different", "pending"), default="refuse")
    for name in ("check-out", "move"):
        leave = _verb(evacuees, name, f"evacuees.{name}")
        leave.add_argument("person", metavar="PERSON")
        where = leave.add_mutually_exclusive_group(required=name == "move")  # leaving to nobody knows where is leaving too
        where.add_argument("--to", metavar="NAME")
        where.add_argument("--destination", default="unknown", metavar="TEXT")
        leave.add_argument("--at", type=read_time, metavar="TIME")
        leave.add_argument("--reason", default="", metavar="TEXT")
    away = _verb(evacuees, "go-out", "evacuees.go-out")
    away.add_argument("person", metavar="PERSON")
    away.add_argument("--overnight", action="store_true")
    away.add_argument("--at", type=read_time, metavar="TIME")
    away.add_argument("--back-by", type=read_time, metavar="TIME")
    back = _verb(evacuees, "come-back", "evacuees.come-back")
    back.add_argument("person", metavar="PERSON")
    back.add_argument("--at", type=read_time, metavar="TIME")
    undo = _verb(evacuees, "undo", "evacuees.undo")
    undo.add_argument("person", metavar="PERSON")
    undo.add_argument("--reason", required=True, metavar="TEXT")
    _roster_verb(evacuees)
    cards = _verb(evacuees, "cards", "evacuees.cards")
    cards.add_argument("--out", required=True, metavar="FILE")
    cards.add_argument("--shelter", default="", metavar="NAME")
    cards.add_argument("--blank", type=int, default=0, metavar="N")
    cards.add_argument("--sheets", type=int, default=0, metavar="N")
    cards.add_argument("--substitutes", action="store_true", help=HELP["substitutes"])
    cards.add_argument("--per-page", type=int, choices=(4, 8), default=8)
    match = _verb(evacuees, "match", "evacuees.match")
    match.add_argument("--apply-sure", action="store_true")
    match.add_argument("--reason", default="", metavar="TEXT")
    match.add_argument("--out", default="", metavar="FILE")
    _verb(evacuees, "duplicates", "evacuees.duplicates")
    decide = _verb(evacuees, "decide", "evacuees.decide")
    decide.add_argument("first", metavar="PERSON")
    decide.add_argument("second", metavar="PERSON")
    choice = decide.add_mutually_exclusive_group(required=True)
    choice.add_argument("--same", dest="decision", action="store_const", const="same")
    choice.add_argument("--different", dest="decision", action="store_const", const="different")
    decide.add_argument("--note", default="", metavar="TEXT")


def _character_verbs(verbs: Verbs) -> None:
    characters = _group(verbs, "characters")
    listing = _verb(characters, "list", "characters.list")
    listing.add_argument("--snapshot", metavar="ID")
    listing.add_argument("--out", metavar="FILE")
    listing.add_argument("--encoding", choices=("utf-8-sig", "cp932"), default="utf-8-sig")
    register = _verb(characters, "register", "characters.register")
    register.add_argument("code", metavar="CODE")
    register.add_argument("--substitute", metavar="C")
    register.add_argument("--picture", metavar="FILE")
    register.add_argument("--note", metavar="TEXT")
    _verb(characters, "remove", "characters.remove").add_argument("code", metavar="CODE")
    load = _verb(characters, "import", "characters.import")
    load.add_argument("file", metavar="FILE|DIR")
    _import_options(load)
    fonts = _verb(characters, "fonts", "characters.fonts")
    fonts.add_argument("--add", metavar="FILE")
    fonts.add_argument("--remove", metavar="NAME")


def _protection_verbs(verbs: Verbs) -> None:
    protections = _group(verbs, "protections")
    listing = _verb(protections, "list", "protections.list")
    listing.add_argument("--state", choices=("overdue", "ending", "running", "released"), default="")
    add = _verb(protections, "add", "protections.add")
    add.add_argument("--resident", default="", metavar="NUMBER")
    add.add_argument("--person", default="", metavar="PERSON")
    add.add_argument("--companion", action="append", default=[], metavar="NUMBER|PERSON")
    add.add_argument("--from", dest="starts", default="", type=read_day, metavar="DATE")
    add.add_argument("--to", dest="ends", default="", type=read_day, metavar="DATE")
    add.add_argument("--provisional", action="store_true")
    add.add_argument("--note", default="", metavar="TEXT")
    extend = _verb(protections, "extend", "protections.extend")
    extend.add_argument("ids", nargs="+", metavar="ID")
    extend.add_argument("--to", dest="ends", required=True, type=read_day, metavar="DATE")
    extend.add_argument("--reason", default="", metavar="TEXT")
    release = _verb(protections, "release", "protections.release")
    release.add_argument("ids", nargs="+", metavar="ID")
    release.add_argument("--reason", required=True, metavar="TEXT")


def _roster_verb(evacuees: Verbs) -> None:
    roster = _verb(evacuees, "roster", "evacuees.roster")
    roster.add_argument("--shelter", default="", metavar="NAME")
    roster.add_argument("--at", type=read_time, metavar="TIME")
    roster.add_argument("--known-at", type=read_time, metavar="TIME")
    roster.add_argument("--format", choices=("json", "csv", "html", "xlsx", "pdf"), default="json")
    roster.add_argument("--out", metavar="FILE")
    roster.add_argument("--encoding", choices=("utf-8-sig", "cp932"), default="utf-8-sig")
    roster.add_argument("--half-kana", action="store_true", help=HELP["half_kana"])
    roster.add_argument("--publishable", action="store_true")
    roster.add_argument("--substitutes", action="store_true", help=HELP["substitutes"])
    roster.add_argument("--presence", choices=("in", "out", "all"), default="in")
    roster.add_argument("--need", action="append", default=[], metavar="TEXT")
    roster.add_argument("--columns", default="standard", metavar="NAME")
    roster.add_argument("--layout", choices=("large", "compact"), default="compact")
    roster.add_argument("--include-protected", action="store_true")
