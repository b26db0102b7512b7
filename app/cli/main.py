"""Running a verb: sign in, do, answer with one JSON object or Japanese text, and the exit code of the contract."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import app
from app.bootstrap import FolderGateway, FolderSession
from app.cli.arguments import build_parser
from app.domain.errors import Cancelled, EnvironmentFault, IntegrityFault, SasaeError, UsageFault
from app.presentation.console import format_error, format_result
from app.presentation.messages import message

_PATIENCE = 15.0  # seconds that a script waits for the growing delay by itself


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
        from app.cli.verbs import run_verb

        result, code = run_verb(gateway, given)
    except KeyboardInterrupt:
        return _fail(Cancelled(), as_json)
    except SasaeError as fault:
        return _fail(fault, as_json)
    except Exception as error:  # the last line of defence: a script gets its one object, and no personal data leaks through a trace
        if os.environ.get("SASAE_TRACE"):
            raise
        return _fail(IntegrityFault("cli.bug", detail=type(error).__name__), as_json)
    print(json.dumps(result, ensure_ascii=False) if as_json else format_result(given.verb, getattr(given, "action", "") or "", result))
    return code


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
    text = message(fault)
    if as_json:
        print(json.dumps({"error": {"code": fault.code, "message": text, "where": fault.where or None}}, ensure_ascii=False, default=str))
    else:
        print(format_error(text), file=sys.stderr)
    return fault.exit_code


# -- signing in --------------------------------------------------------------------------------------------


def folder_of(gateway: FolderGateway, given: Namespace) -> Path:
    """The data folder of a call."""
    return Path(given.data) if given.data else gateway.default_folder()


def read_password(given: Namespace) -> str:
    """From ``--password-file`` or SASAE_PASSWORD; never from the command line."""
    if given.password_file:
        try:
            return Path(given.password_file).read_text("utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise EnvironmentFault("cli.password_file", path=given.password_file) from None
    password = os.environ.get("SASAE_PASSWORD")
    if not password:
        raise EnvironmentFault("operator.password_missing")
    return password


def read_operator(given: Namespace) -> str:
    """SASAE_OPERATOR, or ``--operator`` where a verb has it."""
    name = getattr(given, "operator", None) or os.environ.get("SASAE_OPERATOR")
    if not name:
        raise EnvironmentFault("operator.operator_missing")
    return str(name)


@contextlib.contextmanager
def signed_in(gateway: FolderGateway, given: Namespace, *, read_only: bool = False) -> Any:
    """A session for one verb, released afterwards whatever happens."""
    folder = folder_of(gateway, given)
    operator, password = read_operator(given), read_password(given)
    session = _open_patiently(gateway, folder, operator, password, read_only=read_only)
    for notice in session.notices:
        print(message(notice), file=sys.stderr)
    if given.purpose:
        session.context = session.context.for_purpose(given.purpose)
    try:
        yield session
    finally:
        session.close(backup=False)


def _open_patiently(gateway: FolderGateway, folder: Path, operator: str, password: str, *, read_only: bool) -> FolderSession:
    try:
        return gateway.open(folder, operator=operator, password=password, read_only=read_only)
    except EnvironmentFault as fault:
        wait = float(fault.params.get("wait", 0))
        if fault.code != "signin.wait" or wait > _PATIENCE:
            raise
        print(message(fault), file=sys.stderr)
        time.sleep(wait)
        return gateway.open(folder, operator=operator, password=password, read_only=read_only)
