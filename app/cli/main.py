"""Running a verb: sign in, do, answer with one JSON object or Japanese text, and the exit code of the contract."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from argparse import Namespace

import app
from app.bootstrap import FolderGateway
from app.cli.arguments import build_parser
from app.domain.errors import Cancelled, EnvironmentFault, IntegrityFault, SasaeError, UsageFault
from app.presentation.console import format_error, format_result
from app.presentation.messages import message


def run_command(gateway: FolderGateway, arguments: list[str]) -> int:
    """Parse, run, print. Answers the exit code."""
    as_json = "--json" in arguments
    _speak_utf8()
    try:
        given = _parse(arguments, as_json)
    except UsageFault as fault:
        return _fail(fault, as_json)
    if given is None:
        return 0
    try:
        from app.cli.verbs import action_of, run_verb

        result, code = run_verb(gateway, given)
    except KeyboardInterrupt:
        return _fail(Cancelled(), as_json)
    except SasaeError as fault:
        return _fail(fault, as_json)
    except Exception as error:  # the last line of defence: a script gets its one object, and no personal data leaks through a trace
        if os.environ.get("SASAE_TRACE"):
            raise
        return _fail(IntegrityFault("cli.bug", detail=type(error).__name__), as_json)
    _print(json.dumps(result, ensure_ascii=False) if as_json else format_result(given.verb, action_of(given), result))
    return code


def _print(text: str) -> None:
    """To standard output. Whoever reads it may have seen enough (``| head``): what was done stays done, and there is nothing to tell."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains again when it ends


def refuse_window() -> int:
    """Say that there is no screen and what to do instead."""
    _speak_utf8()
    return _fail(EnvironmentFault("cli.no_display"), as_json=False)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _parse(arguments: list[str], as_json: bool) -> Namespace | None:
    """The parsed call; None when argparse has answered by itself (help, version)."""
    parser = build_parser(app.__version__)
    if arguments and arguments[0] == "help":
        topics = [argument for argument in arguments[1:] if not argument.startswith("-")]
        arguments = [*topics, "--help"]
    spoken = io.StringIO()
    try:
        with contextlib.redirect_stdout(spoken):
            return parser.parse_args(arguments)
    except SystemExit:
        text = spoken.getvalue()
        print(json.dumps({"help": text}, ensure_ascii=False) if as_json else text, end="\n" if as_json else "")
        return None


def _fail(fault: SasaeError, as_json: bool) -> int:
    text, where = message(fault), dict(fault.where or {})
    faults = [message(problem.code, **problem.params) for problem in getattr(fault, "problems", ())]  # of a print that was refused
    if faults:
        where["problems"] = list(dict.fromkeys(faults))
    if as_json:
        print(json.dumps({"error": {"code": fault.code, "message": text, "where": where or None}}, ensure_ascii=False, default=str))
    else:
        print("\n".join([format_error(text), *where.get("problems", [])]), file=sys.stderr)
    return fault.exit_code
