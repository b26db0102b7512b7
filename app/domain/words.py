"""Reading the words people use for codes. The words themselves are data in ``resources/words.toml``."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from app import resources
from app.domain.errors import RuleViolation


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@lru_cache(maxsize=32)
def _table(group: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for code, words in resources.read_toml("words.toml")[group].items():
        table.setdefault(code, code)
        for word in words:
            table.setdefault(_fold(word), code)
    return table


def find_code(group: str, text: str) -> str | None:
    """The code that a word stands for, or None. ``group`` is a section of ``words.toml``."""
    return _table(group).get(_fold(text))


def need_code(group: str, text: str, *, field: str | None = None) -> str:
    """The code, or RuleViolation ``word.unknown_choice`` that names the word and those there are."""
    code = find_code(group, text)
    if code is None:
        raise RuleViolation("word.unknown_choice", field=field, word=text, known=known_words(group))
    return code


def known_words(group: str) -> str:
    """The words that can be written: the first of each code."""
    return "\u3001".join(words[0] for words in resources.read_toml("words.toml")[group].values() if words)


def find_code_within(group: str, text: str) -> str | None:
    """The code whose longest word stands anywhere in the text, or None; for free notes such as a place with its kind."""
    folded = _fold(text)
    found = [(len(word), code) for word, code in _table(group).items() if len(word) > 1 and not word.isascii() and word in folded]
    return max(found)[1] if found else None
