"""The words of ``relief …`` for calculations, entitlements, claims and casualties: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

HELP: Mapping[str, str] = {}
HEADS: Mapping[str, Mapping[str, str]] = {}
CODES: Mapping[str, Mapping[str, str]] = {}
LISTS: Mapping[str, Sequence[str]] = {}
YEN: frozenset[str] = frozenset()
TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {}
