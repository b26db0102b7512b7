"""Which documents everybody who claims has to bring, and which only in the case that their name says (解体のとき).

A clerk writes the case into the name; nobody has to tell the program twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from app import resources


@lru_cache(maxsize=1)
def conditional_endings() -> tuple[str, ...]:
    """How the names of documents of a case end."""
    return tuple(resources.read_toml("relief_documents.toml")["endings"])


def is_conditional(document: str) -> bool:
    """Whether the document is asked for only in the case that its name ends with."""
    return document.strip().endswith(conditional_endings())


def always_needed(documents: Iterable[str]) -> tuple[str, ...]:
    """Those that everybody has to bring, each once, in order."""
    return tuple(dict.fromkeys(one for one in documents if not is_conditional(one)))
