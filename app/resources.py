"""Where the read-only files that ship with the program live, and cached reading of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent


def root() -> Path:
    """The folder that holds ``app``, ``resources``, ``forms`` and ``db``."""
    return _ROOT


def path(*parts: str) -> Path:
    """A file or folder below ``resources``; not checked for existence."""
    return _ROOT.joinpath("resources", *parts)


@lru_cache(maxsize=64)
def read_toml(*parts: str) -> Mapping[str, Any]:
    """A TOML file below ``resources``, parsed once per process.

    Raises FileNotFoundError or tomllib.TOMLDecodeError: both mean a broken installation.
    """
    with path(*parts).open("rb") as file:
        return MappingProxyType(tomllib.load(file))


@lru_cache(maxsize=8)
def read_messages() -> Mapping[str, str]:
    """All message texts by code, merged from every file in ``resources/messages``.

    A code defined twice is a broken installation: ValueError.
    """
    merged: dict[str, str] = {}
    for file in sorted(path("messages").glob("*.toml")):
        with file.open("rb") as stream:
            for code, text in tomllib.load(stream).items():
                if code in merged:
                    raise ValueError(f"message code defined twice: {code}")
                merged[code] = text
    return MappingProxyType(merged)
