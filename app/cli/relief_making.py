"""What the files of ``relief …`` share: how a verb is made, and what it answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway

Answer = tuple[Mapping[str, Any], int]
ReliefVerb = Callable[["FolderGateway", argparse.Namespace], Answer]


class ReliefMaker:
    """Makes the verbs of ``relief``. The help of ``relief NAME`` is HELP["relief.NAME"], that of an act HELP["relief.NAME.ACT"]."""

    def __init__(self, relief: Any, verb: Callable[[Any, str, str], argparse.ArgumentParser]) -> None:
        self._relief = relief
        self._verb = verb

    def verb(self, name: str) -> argparse.ArgumentParser:
        """``relief NAME``: its function stands in VERBS as "NAME"."""
        return self._lines(self._verb(self._relief, name, f"relief.{name}"))

    def acts(self, name: str) -> Callable[[str], argparse.ArgumentParser]:
        """``relief NAME ACT``: makes one act each time it is called; its function stands in VERBS as "NAME ACT"."""
        acts = self.verb(name).add_subparsers(dest="act", required=True, metavar="ACT", parser_class=type(self._relief_parser()))
        return lambda act: self._lines(self._verb(acts, act, f"relief.{name}.{act}"))

    def _relief_parser(self) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = self._relief._parser_class(add_help=False)
        return made

    @staticmethod
    def _lines(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        return parser
