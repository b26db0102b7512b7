"""Which postal code belongs to an address, and whether a given one does. Without a network, from the list of ``domain.postal``.

An address is matched by its municipality (or the one given, where an address begins with the town) and the longest town that it
begins with. Where this leads nowhere – streets of Kyoto, names no list has – nothing is said.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from app import resources
from app.domain.folding import fold_address
from app.domain.municipality import list_municipalities
from app.domain.postal import PostalCodeFault, _index, find_address, parse_postal

_HEAD = re.compile(r"[^0-9\uff10-\uff19]*")
_LONGEST = 20
_INVENTED = "000"
"""No place has such a code: invented people do."""


def head_of(address: str) -> str:
    """The part of an address before its first digit: all that a postal code depends on, so that few different ones are looked up."""
    found = _HEAD.match(address)
    return found[0] if found else ""


@lru_cache(maxsize=100_000)
def judge_postal(postal: str, head: str, municipality: str = "") -> str:
    """What is wrong between a postal code and the beginning of an address (``head_of``); empty when nothing is, or nothing can be said.

    ``postal.odd`` (no seven digits), ``postal.unknown`` (no such code), ``postal.elsewhere`` (the code of another place). ``municipality``
    is the code of the municipality that addresses without one lie in.
    """
    try:
        digits = parse_postal(postal)
    except PostalCodeFault:
        return "postal.odd"
    if digits.startswith(_INVENTED):
        return ""
    places = find_address(digits)
    if not places:
        return "postal.unknown"
    named, _ = _split(head)
    own = named or ((municipality[:5],) if municipality else ())
    here = {place.code[:5] for place in places}
    if any(place.office for place in places) or not own:
        return ""
    if not any(code in here or _holds(code, here) for code in own):
        return "postal.elsewhere" if named else ""
    if any(not place.town for place in places):  # the code for all that has none of its own
        return ""
    codes = postals_for(head, municipality=municipality)
    return "postal.elsewhere" if codes and digits not in codes else ""


def postals_for(address: str, *, municipality: str = "") -> frozenset[str]:
    """The codes of the town that an address begins with; empty when it cannot be told."""
    return _postals(head_of(address), municipality[:5])


def postal_for(address: str, *, municipality: str = "") -> str:
    """The one code of an address as ``926-0811``; empty when there is none or more than one."""
    codes = postals_for(address, municipality=municipality)
    if len(codes) != 1:
        return ""
    (code,) = codes
    return f"{code[:3]}-{code[3:]}"


@lru_cache(maxsize=50_000)
def _postals(head: str, municipality: str) -> frozenset[str]:
    named, town = _split(head)
    found: set[str] = set()
    for code in named or ((municipality,) if municipality else ()):
        known = _towns(code)
        for length in range(min(len(town), _LONGEST), 0, -1):
            if town[:length] in known:
                found |= known[town[:length]]
                break
    return frozenset(found)


@lru_cache(maxsize=1)
def _municipalities() -> dict[str, tuple[str, ...]]:
    """Folded beginnings of addresses → five-digit codes; a name alone may be that of several."""
    names: dict[str, list[str]] = {}
    for item in list_municipalities():
        if not item.is_prefecture:
            for text in {item.full_name, item.county + item.name, item.name}:
                names.setdefault(fold_address(text), []).append(item.code[:5])
    return {name: tuple(codes) for name, codes in names.items()}


@lru_cache(maxsize=50_000)
def _split(head: str) -> tuple[tuple[str, ...], str]:
    """The municipalities that a folded address may begin with, and what follows; none when it begins with the town."""
    text, names = fold_address(head), _municipalities()
    for length in range(min(len(text), _LONGEST), 1, -1):
        if text[:length] in names:
            return names[text[:length]], text[length:]
    return (), text


def _holds(city: str, here: set[str]) -> bool:
    """Whether a city with wards is named where its ward has the code."""
    name = next((item.name for item in list_municipalities() if item.code.startswith(city)), "")
    return (
        any(item.code[:5] in here and item.name.startswith(name) and item.name != name for item in list_municipalities()) if name else False
    )


@lru_cache(maxsize=64)
def _towns(code: str) -> dict[str, frozenset[str]]:
    """Folded towns of a municipality and their codes. Looks through the whole list once (some 50 ms)."""
    found: dict[str, set[str]] = {}
    mark = f"\t{code}\t"
    with resources.path("postal", "addresses.bin").open("rb") as file:
        for offset, length in _index().values():
            file.seek(offset)
            text = zlib.decompress(file.read(length)).decode("utf-8")
            if mark not in text:
                continue
            for line in text.split("\n"):
                if line[7:14] == mark:
                    digits, _code, town, _kana, office = line.split("\t")
                    if town and not office:
                        found.setdefault(fold_address(town), set()).add(digits)
    return {town: frozenset(codes) for town, codes in found.items() if town}
