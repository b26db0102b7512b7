"""The search index: FTS5 over overlapping pairs of folded characters, beside B-trees on folded kana and birth date.

Pairs find surnames of two characters, which trigrams cannot. Tokens and questions are made here for both engines, the questions as FTS5
says them; ``dialects.sqlite_search`` and ``dialects.postgresql_search`` keep and ask the index.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from app.domain.folding import seam_key
from app.storage.dialects import search_of
from app.storage.keys import fold_key_address, fold_key_kana, fold_key_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

RESIDENT_FTS = "fts5(name, kana, address, content='', columnsize=0, tokenize=\"ascii tokenchars '-'\")"
SHARED_FTS = "resident_fts"
"""The index of every snapshot loaded under schema 0001. Later ones have parts of their own (``part_name``)."""
FTS_DDL = (
    f"CREATE VIRTUAL TABLE {SHARED_FTS} USING {RESIDENT_FTS}",
    "CREATE VIRTUAL TABLE person_fts USING fts5(name, kana, address, content='', contentless_delete=1, tokenize=\"ascii tokenchars '-'\")",
)
_RUNS = re.compile(r"[0-9][0-9-]*|[^0-9]+")
"""A folded address as words and numbers by turns."""


def part_name(snapshot: int, part: int) -> str:
    """The table that holds a part of a snapshot's index, beside the many that make the whole."""
    return f"{SHARED_FTS}_{snapshot}_{part}"


def name_text(folded: str) -> str:
    """The tokens of a folded name: each pair of neighbours, then each character alone, so that one character finds it too."""
    if len(folded) < 2:
        return folded
    return " ".join([*(folded[i : i + 2] for i in range(len(folded) - 1)), *dict.fromkeys(folded)])


def kana_text(folded: str) -> str:
    """The tokens of a folded reading: pairs, and the last character alone. One character is looked up in the B-tree."""
    if len(folded) < 2:
        return folded
    return " ".join([*(folded[i : i + 2] for i in range(len(folded) - 1)), folded[-1]])


_pairs = lru_cache(maxsize=50_000)(kana_text)


def address_text(folded: str) -> str:
    """The tokens of a folded address: pairs of its words; its numbers whole, from each block on, and with the character before them.

    Pairs of digits would be in nearly every address: ``1-13-7`` after ``\u53f0`` gives ``1-13-7``, ``13-7``, ``7`` and each beginning of
    ``\u53f01-13-7``, so that a number typed half finds few and finds them at once.
    """
    tokens: list[str] = []
    before = ""
    for run in _RUNS.findall(folded):
        if run[0].isdigit():
            blocks = run.split("-")
            tokens += ["-".join(blocks[i:]) for i in range(len(blocks))]
            if before:
                tokens += [before + run[:end] for end in range(1, len(run) + 1)]
        else:
            tokens.append(_pairs(run))
        before = run[-1]
    return " ".join(tokens)


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'


def phrase(folded: str) -> str:
    """An FTS5 phrase that matches exactly the texts containing ``folded``. Empty when nothing searchable is left."""
    usable = "".join(folded.split())
    if not usable:
        return ""
    if len(usable) == 1:
        return f"{_quoted(usable)}*"
    return _quoted(" ".join(usable[i : i + 2] for i in range(len(usable) - 1)))


def match_name(folded: str) -> str:
    """What finds a part of a name."""
    return f"name : {_quoted(folded) if len(folded) == 1 else phrase(folded)}" if folded.strip() else ""


def match_kana(folded: str) -> str:
    """What finds a part of a reading."""
    return f"kana : {phrase(folded)}" if folded.strip() else ""


def match_address(folded: str) -> str:
    """What finds a part of an address: all its words and numbers, a number with the word it follows."""
    terms: list[str] = []
    before = ""
    runs = _RUNS.findall(folded)
    for index, run in enumerate(runs):
        if run[0].isdigit():
            terms.append(_quoted(before + run) + ("" if before else "*"))
        elif len(run) > 1 or len(runs) == 1 or (index == len(runs) - 1):
            terms.append(phrase(run))
        before = run[-1]
    found = " AND ".join(f"address : {term}" for term in terms if term)
    return f"({found})" if len(terms) > 1 else found


def match_anywhere(text: str, *, least: int = 2) -> str:
    """What finds a typed text in name, reading or address. Empty when nothing searchable is left.

    Texts shorter than ``least`` are looked for in names only: one character at the beginning of any pair is slow to find.
    """
    name, kana, address = fold_key_name(text), fold_key_kana(text), fold_key_address(text)
    parts = [match_name(name), match_kana(kana) if len(kana) >= least else "", match_address(address) if len(address) >= least else ""]
    return " OR ".join(part for part in parts if part)


class Called(Protocol):
    """What the index wants to know of somebody registered: a record or its row."""

    @property
    def name(self) -> str: ...
    @property
    def kana(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def deleted(self) -> bool: ...


def index_person(connection: Connection, rid: int, person: Called) -> None:
    """Put a person's row of the index in step with the record, in the same transaction."""
    search_of(connection).index_person(connection, rid, None if person.deleted else person_texts(person))


def index_people(connection: Connection, people: Sequence[tuple[int, Called]]) -> None:
    """The same for many: row number and record of each."""
    search_of(connection).index_people(connection, [(rid, None if one.deleted else person_texts(one)) for rid, one in people])


def person_texts(person: Called) -> tuple[str, str, str]:
    """Name, reading and address of a person as texts of tokens."""
    return (
        f"{name_text(fold_key_name(person.name))} {name_text(seam_key(person.name))}".rstrip(),
        f"{kana_text(fold_key_kana(person.kana))} {kana_text(seam_key(person.kana))}".rstrip(),
        address_text(fold_key_address(person.address)),
    )
