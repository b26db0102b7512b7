"""What lists of photos show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRow:
    """A photo with its building, for a grid or a list. ``place`` is its place in its batch, from 1."""

    id: str
    version: int
    number: str
    building_id: str
    building_number: str
    address: str
    survey_id: str
    batch: str
    place: int
    name: str
    content: str
    width: int
    height: int
    turn: int
    taken_at: datetime | None
    clock: str
    lat: float | None
    lon: float | None
    matched: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoBatch:
    """One import of a folder or card: how many photos it brought and how many wait for a building."""

    batch: str
    photos: int
    unmatched: int
    buildings: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPhoto:
    """A photo that is there already."""

    id: str
    number: str
    building_id: str
    batch: str
    matched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """When somebody surveyed a building: ISO day, ``HH:MM`` or empty."""

    building_id: str
    survey_id: str
    day: str
    started: str
    ended: str
