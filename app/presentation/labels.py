"""The Japanese word for every code and every field: those of the official forms (DOMAIN 6.2, FDMA safety form)."""

from __future__ import annotations

from collections.abc import Iterable

from app.presentation.words import ALIASES, FIELDS, SHORT, WORDS


def label(kind: str, code: object) -> str:
    """The word for a code of a kind such as ``stay.category`` or ``person.sex``. Empty stays empty, unknown codes show themselves."""
    if code is None or code == "":
        return ""
    if isinstance(code, bool):
        code = "yes" if code else "no"
    return WORDS.get(ALIASES.get(kind, kind), {}).get(str(code), str(code))


def short_label(kind: str, code: object) -> str:
    """A word short enough for a narrow column; the full word where there is no shorter one."""
    return SHORT.get(ALIASES.get(kind, kind), {}).get(str(code)) or label(kind, code)


def labels_of(kind: str, codes: Iterable[str]) -> str:
    """Several codes of a kind, joined."""
    return "、".join(label(kind, code) for code in codes)


def choices(kind: str) -> tuple[tuple[str, str], ...]:
    """``(code, word)`` of a kind in the order people expect."""
    return tuple(WORDS[ALIASES.get(kind, kind)].items())


def field_label(record: str, field: str) -> str:
    """The word for a field of a record kind: ``field_label('person', 'kana')``. Unknown fields show their name."""
    return FIELDS.get(record, {}).get(field, field)


def show_field(record: str, field: str, value: object) -> str:
    """A record value in words, for histories and comparisons: codes by their labels, moments and lists in Japan style."""
    from app.presentation.messages import show_value

    kind = f"{record}.{field}"
    if value is None or value == "" or value == [] or value == ():
        return ""
    if ALIASES.get(kind, kind) in WORDS:
        if isinstance(value, (list, tuple)):
            return labels_of(kind, [str(code) for code in value])
        return label(kind, value)
    if kind in _BULKY:
        return f"（{len(str(value)):,}文字）"
    return str(show_value(value))


_BULKY = frozenset({"form_design.layout", "seal_picture.picture", "character.picture", "certificate.values"})
"""Whole files: how much is said of them, not what."""
