"""Signing in for one verb."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from app.bootstrap import FolderGateway, FolderSession
from app.domain.errors import EnvironmentFault
from app.presentation.messages import message

_PATIENCE = 15.0  # seconds that a script waits for the growing delay by itself


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
def signed_in(gateway: FolderGateway, given: Namespace) -> Iterator[FolderSession]:
    """A session for one verb, released afterwards whatever happens."""
    folder = folder_of(gateway, given)
    operator, password = read_operator(given), read_password(given)
    session = _open_patiently(gateway, folder, operator, password)
    for notice in session.notices:
        print(message(notice), file=sys.stderr)
    if given.purpose:
        session.context = session.context.for_purpose(given.purpose)
    try:
        yield session
    finally:
        session.close(backup=False)


def _open_patiently(gateway: FolderGateway, folder: Path, operator: str, password: str) -> FolderSession:
    try:
        return gateway.open(folder, operator=operator, password=password)
    except EnvironmentFault as fault:
        wait = float(fault.params.get("wait", 0))
        if fault.code != "signin.wait" or wait > _PATIENCE:
            raise
        print(message(fault), file=sys.stderr)
        time.sleep(wait)
        return gateway.open(folder, operator=operator, password=password)
