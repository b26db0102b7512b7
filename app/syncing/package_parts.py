"""What stands between the header and the trailer of a package: records in parts, each with a letter in front that says what it is.

``J`` a JSON object with one key: ``segments`` of operations (a long one goes on in the next, ``on``), ``snapshot``, ``rows``,
``findings``, ``active``, ``settings``, ``voucher``, ``sums``. ``P`` a picture: its name and its bytes, ``p`` when it goes on in the next.
Pictures come first, so that they are kept before the one transaction that takes everything else; ``sums`` comes last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.carrying import CarriedRow, SnapshotCard
from app.domain.errors import IntegrityFault
from app.domain.exchange import Gap, Head, Segment
from app.domain.resident import Finding, ResidentRow

JSON, PICTURE, PICTURE_GOES_ON = b"J", b"P", b"p"
MOST_PICTURE = 1 << 26
"""Bytes of one picture; larger ones do not travel."""
MOST_JSON = 1 << 24
_PIECE = 1 << 23
_BUNDLE = 1 << 20
_NAME = 64
_TYPES = (str, str, int, str, str, int, str, str, str, str, str, str, str, str)
"""Of ``SEGMENT_COLUMNS``."""
_PARSE = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
_ORDER = {name: rank for rank, name in enumerate(("picture", "segments", "snapshot", "active", "settings", "voucher", "sums"))}
_ORDER |= {"rows": _ORDER["snapshot"], "findings": _ORDER["snapshot"]}


@dataclass(frozen=True, slots=True)
class Picture:
    """An attachment under the name that the records call it by."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """One JSON record: its key and value."""

    name: str
    value: Any


def pack(name: str, value: Any) -> bytes:
    """A JSON record."""
    return JSON + json.dumps({name: value}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def pack_picture(picture: Picture) -> Iterator[bytes]:
    """A picture in pieces."""
    whole = picture.name.encode("ascii") + picture.content
    for start in range(0, len(whole), _PIECE):
        yield (PICTURE if start + _PIECE >= len(whole) else PICTURE_GOES_ON) + whole[start : start + _PIECE]


def pack_segments(segments: Iterable[Segment]) -> Iterator[bytes]:
    """Segments: small ones together in one part, large ones in several."""
    bundle: list[dict[str, Any]] = []
    size = 0
    for segment in segments:
        rows: list[Any] = []
        head = _segment_to_json(segment)
        for row in segment.rows:
            size += 64 if isinstance(row, Gap) else 300 + len(row[3]) + len(row[13])
            rows.append(list(row))
            if size >= _BUNDLE:
                bundle.append({**head, "rows": rows, "on": True})
                yield pack("segments", bundle)
                bundle, rows, head, size = [], [], {}, 0
        bundle.append({**head, "rows": rows, "on": False})
    if bundle:
        yield pack("segments", bundle)


def _segment_to_json(segment: Segment) -> dict[str, Any]:
    head = segment.head
    return {
        "chain": segment.chain, "device": segment.device, "first": segment.first, "previous": segment.previous, "parent": segment.parent,
        "forked": segment.forked, "head": None if head is None else [head.seq, head.hash, head.signature],
    }  # fmt: skip


# -- reading ------------------------------------------------------------------------------------------------------


def unpack_parts(parts: Iterable[bytes], *, path: str) -> Iterator[Picture | Told]:
    """The records of a package. IntegrityFault ``sealed.damaged`` for what no writer made, ``sealed.bomb`` for what is too large."""
    reached = 0
    for found in unpack_pictures(parts, path=path):
        record = found if isinstance(found, Picture) else _told(found, path)
        rank = _rank(record, path)
        if rank < reached:
            raise IntegrityFault("sealed.damaged", path=path)
        reached = rank
        yield record


def unpack_pictures(parts: Iterable[bytes], *, path: str) -> Iterator[Picture | bytes]:
    """The pictures of a package, and the JSON of its other records as it is: for who wants to know only whether the file is whole."""
    piece = bytearray()
    for part in parts:
        letter, body = part[:1], part[1:]
        if letter in (PICTURE, PICTURE_GOES_ON):
            piece += body
            if len(piece) > MOST_PICTURE + _NAME:
                raise IntegrityFault("sealed.bomb", path=path)
            if letter == PICTURE:
                yield _picture(piece, path)
                piece = bytearray()
        elif letter == JSON and not piece:
            yield body
        else:
            raise IntegrityFault("sealed.damaged", path=path)
    if piece:
        raise IntegrityFault("sealed.damaged", path=path)


def _rank(record: Picture | Told, path: str) -> int:
    name = "picture" if isinstance(record, Picture) else record.name
    if name not in _ORDER:
        raise IntegrityFault("sealed.damaged", path=path)
    return _ORDER[name]


def _picture(piece: bytearray, path: str) -> Picture:
    try:
        name = piece[:_NAME].decode("ascii")
    except ValueError as error:
        raise IntegrityFault("sealed.damaged", path=path) from error
    if len(name) != _NAME or not set(name) <= set("0123456789abcdef"):
        raise IntegrityFault("sealed.damaged", path=path)
    return Picture(name, bytes(piece[_NAME:]))


def _told(body: bytes, path: str) -> Told:
    if len(body) > MOST_JSON:
        raise IntegrityFault("sealed.bomb", path=path)
    try:
        ((name, value),) = json.loads(body).items()
    except _PARSE as error:
        raise IntegrityFault("sealed.damaged", path=path) from error
    return Told(name, value)


class SegmentReader:
    """Puts segments together that came in several parts."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._head: Mapping[str, Any] | None = None
        self._rows: list[tuple[Any, ...] | Gap] = []

    def read(self, told: Any) -> Iterator[Segment]:
        """The segments that end in this record."""
        try:
            for one in told:
                if self._head is None:
                    self._head, self._rows = one, []
                elif "chain" in one:
                    raise ValueError("a segment without an end")
                self._rows += [_row(row) for row in one["rows"]]
                if not one["on"]:
                    yield _segment(self._head, tuple(self._rows))
                    self._head = None
        except _PARSE as error:
            raise IntegrityFault("sealed.damaged", path=self._path) from error

    def end(self) -> None:
        """Nothing may be left over."""
        if self._head is not None:
            raise IntegrityFault("sealed.damaged", path=self._path)


def _row(row: Any) -> tuple[Any, ...] | Gap:
    if len(row) == len(Gap._fields):
        gap = Gap(*row)
        if not (type(gap.first) is int and type(gap.last) is int and 0 < gap.first <= gap.last and isinstance(gap.audience, str)):
            raise ValueError("no gap")
        return gap
    if tuple(map(type, row)) != _TYPES:
        raise ValueError("no operation")
    return tuple(row)


def _segment(told: Mapping[str, Any], rows: tuple[tuple[Any, ...] | Gap, ...]) -> Segment:
    head = told["head"]
    made = Segment(
        chain=told["chain"], device=told["device"], first=told["first"], previous=told["previous"], rows=rows, parent=told["parent"],
        forked=told["forked"],
        head=None if head is None else Head(chain=told["chain"], seq=head[0], hash=head[1], signature=head[2]),
    )  # fmt: skip
    texts = (made.chain, made.device, made.previous, made.parent, *((made.head.hash, made.head.signature) if made.head else ()))
    numbers = (made.first, made.forked, *((made.head.seq,) if made.head else ()))
    if not (all(isinstance(one, str) for one in texts) and all(type(one) is int and one >= 0 for one in numbers)):
        raise ValueError("no segment")
    return made


def rows_to_json(batch: Iterable[CarriedRow]) -> list[Any]:
    """Residents as lists of values."""
    return [[one.place, int(one.flagged), *one.row[:-1]] for one in batch]


def rows_of(told: Any, *, path: str) -> list[CarriedRow]:
    """What ``rows_to_json`` told. IntegrityFault ``sealed.damaged``."""
    try:
        return [CarriedRow(one[0], ResidentRow._make((*one[2:], one[0])), bool(one[1])) for one in told]
    except _PARSE as error:
        raise IntegrityFault("sealed.damaged", path=path) from error


def findings_of(told: Any, *, path: str) -> list[Finding]:
    """Findings of an import. IntegrityFault ``sealed.damaged``."""
    try:
        return [Finding(*one) for one in told]
    except _PARSE as error:
        raise IntegrityFault("sealed.damaged", path=path) from error


def snapshot_of(told: Any, *, path: str) -> SnapshotCard:
    """The card of a snapshot inside a package. IntegrityFault ``sealed.damaged``."""
    if not isinstance(told, dict):
        raise IntegrityFault("sealed.damaged", path=path)
    return SnapshotCard.from_json(told, path=path)
