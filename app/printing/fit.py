"""Fitting a text into a box: first as it is, then narrowed, then smaller or on more lines, at last cut with a visible sign."""

from __future__ import annotations

from dataclasses import dataclass

from app.printing.fonts import split_clusters
from app.printing.typeset import ELLIPSIS, Line, Typesetter

_LONGEST = 4000  # clusters looked at; no box of ours holds as many, so the rest is cut in any case
_SPACES = str.maketrans("\r\n\t\v\f", "     ")
_NOT_FIRST = frozenset(chr(code) for code in (0x3001, 0x3002, 0xFF09, 0x300D, 0x30FC, 0xFF0C, 0xFF0E)) | frozenset("),.]-")
_ASCII = "".join(map(chr, range(33, 127)))
_HARDLY_NARROWED = 0.9  # what nobody notices
_STEP = 0.5  # points between two sizes tried


@dataclass(frozen=True, slots=True)
class Room:
    """A box for text in points. ``min_stretch`` is the narrowest glyph width allowed (1 = natural).

    ``wrap``: rather several lines of full size than one line that is much narrowed or smaller.
    """

    width: float
    size: float
    min_size: float
    min_stretch: float = 0.8
    max_lines: int = 1
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines at one size and stretch. ``cut``: the end of the text did not fit and is not there."""

    lines: tuple[Line, ...]
    size: float
    stretch: float = 1.0
    cut: bool = False


def fit_text(setter: Typesetter, text: str, *, room: Room, bold: bool = False) -> Fitted:
    """The most readable way to set the text in the room. Line breaks in the text count as spaces."""
    whole = text[:_LONGEST].translate(_SPACES).strip(" ")
    line = setter.shape(whole, bold=bold)
    natural = line.width * room.size
    if natural <= room.width and len(text) <= _LONGEST:
        return Fitted((line,), room.size)
    narrowest = max(room.min_stretch, _HARDLY_NARROWED) if room.wrap else room.min_stretch
    if len(text) <= _LONGEST and natural * narrowest <= room.width:
        return Fitted((line,), room.size, room.width / natural)
    return _fit_smaller(setter, whole, room=room, bold=bold, longer=len(text) > _LONGEST)


def _fit_smaller(setter: Typesetter, text: str, *, room: Room, bold: bool, longer: bool) -> Fitted:
    """One smaller line if that is enough, else several lines as large as they go."""
    tries = [] if longer or room.wrap else [(1, size, room.min_stretch) for size in _sizes(room)]
    if (room.max_lines > 1 or room.wrap) and not longer:
        tries += [(room.max_lines, size, stretch) for size in _sizes(room) for stretch in (1.0, room.min_stretch)]
    for max_lines, size, stretch in tries:
        parts = break_lines(setter, text, width=room.width / (size * stretch), max_lines=max_lines, bold=bold)
        if parts is not None:
            return _set_lines(setter, parts, room=room, size=size, least=stretch, bold=bold)
    return _cut(setter, text, room=room, bold=bold)


def _sizes(room: Room) -> list[float]:
    count = int((room.size - room.min_size) / _STEP + 1e-6)
    return [room.size - _STEP * step for step in range(count + 1)]


def _set_lines(setter: Typesetter, parts: list[str], *, room: Room, size: float, least: float, bold: bool) -> Fitted:
    lines = tuple(setter.shape(part, bold=bold) for part in parts)
    widest = max(line.width for line in lines) * size
    stretch = 1.0 if least == 1.0 or widest <= room.width else room.width / widest
    return Fitted(lines, size, stretch)


def break_lines(setter: Typesetter, text: str, *, width: float, max_lines: int, bold: bool = False) -> list[str] | None:
    """The text on at most ``max_lines`` lines of ``width`` em, or None. Numbers and Latin words are kept whole where they can be."""
    parts: list[str] = []
    rest = text
    while rest and len(parts) < max_lines:
        taken = take_width(setter, rest, width=width, bold=bold)
        if not taken:
            return None
        parts.append(_end_line(taken, rest[len(taken) :]).rstrip(" "))
        rest = rest[len(parts[-1]) :].lstrip(" ")
    return parts if not rest else None


def _end_line(taken: str, rest: str) -> str:
    """Where to break: not inside a word or number, not before a closing sign."""
    if not rest or rest[0] == " ":
        return taken
    space = taken.rfind(" ")
    if space > len(taken) // 2:
        return taken[:space]
    if rest[0].isascii() and taken[-1].isascii():
        for sign, keep in ((" ", 0), ("-", 1)):
            at = taken.rfind(sign)
            if at > 0 and taken[at:].isascii():
                return taken[: at + keep]
        word = len(taken.rstrip(_ASCII))
        return taken[:word] if word > 0 else taken
    if rest[0] in _NOT_FIRST and len(taken) > 1:
        return "".join(list(split_clusters(taken))[:-1])
    return taken


def take_width(setter: Typesetter, text: str, *, width: float, bold: bool = False) -> str:
    """The longest beginning, in whole clusters, that is at most ``width`` em wide."""
    used, taken = 0.0, 0
    for cluster in split_clusters(text):
        used += setter.measure(cluster, bold=bold)
        if used > width + 1e-6:
            break
        taken += len(cluster)
    return text[:taken]


def _cut(setter: Typesetter, text: str, *, room: Room, bold: bool) -> Fitted:
    size, stretch = room.min_size, room.min_stretch
    width = room.width / (size * stretch)
    parts, rest = [], text
    for _ in range(room.max_lines - 1):
        parts.append(take_width(setter, rest, width=width, bold=bold))
        rest = rest[len(parts[-1]) :]
    parts.append(take_width(setter, rest, width=width - setter.measure(ELLIPSIS, bold=bold), bold=bold) + ELLIPSIS)
    return Fitted(tuple(setter.shape(part, bold=bold) for part in parts), size, stretch, cut=True)
