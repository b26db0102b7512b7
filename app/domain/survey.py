"""Surveys of damaged houses: the record of a judgement, teams and their rounds, requests for another survey, photos.

The calculation itself is ``domain.assessment``; its tables are dated data (``resources/editions``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.records import Record

HAZARDS = ("earthquake", "flood_external", "flood_inland", "wind", "liquefaction", "fire")
KINDS = ("first", "second", "re")
"""1次調査, 2次調査, 再調査."""
METHODS = ("field", "photo", "self", "area", "fire_service", "other")
"""現地, 写真判定, 自己判定, 区域一括判定, 消防."""
GRADES = ("total", "large", "medium", "half", "semi_half", "partial", "none")
"""全壊, 大規模半壊, 中規模半壊, 半壊, 準半壊, 準半壊に至らない(一部損壊), 被害なし. Same codes as ``Household.house_damage``."""
STATES = ("draft", "entered", "returned", "counted", "withdrawn")
"""下書き, 確認待ち, 差戻し, 確定, 取下げ. Only a counted one is a building's grade, the latest by kind and day."""
OUTCOMES = ("", "done", "absent", "refused", "not_found", "unsafe")
WANTS = ("second", "re")
APPEAL_STATES = ("open", "accepted", "declined", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Record):
    """One survey of one building. ``inputs`` is the JSON that ``domain.assessment`` reads (as ``surveys assess``), ``points`` JSON of

    points by part; ``raw`` the unrounded sum in percent as decimal text, ``total`` the form's integer, None when no parts decide.
    ``decided_by`` names what decided: ``collapse``, ``tilt``, ``depth``, ``sinking``, ``parts``, ``floor_loss``, ``none``, ``given``
    (judged elsewhere), ``area``, ``self``. Days are ISO text. ``disaster_id`` is that of the folder it was made for.
    """

    building_id: str
    disaster_id: str = ""
    sheet: str = ""
    hazard: str = "earthquake"
    kind: str = "first"
    method: str = "field"
    edition: str = ""
    structure: str = "wood"
    surveyed_on: str = ""
    started: str = ""
    ended: str = ""
    team_id: str = ""
    surveyors: tuple[str, ...] = ()
    inputs: str = ""
    points: str = ""
    raw: str = ""
    total: int | None = None
    grade: str = ""
    decided_by: str = ""
    state: str = "draft"
    entered_by: str = ""
    checked_by: str = ""
    checked_at: datetime | None = None
    check_note: str = ""
    reason: str = ""
    appeal_id: str = ""
    act: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Team(Record):
    """A survey team, often of staff lent from another town."""

    name: str
    members: tuple[str, ...] = ()
    from_town: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Record):
    """A building on a team's list for a day (ISO text), in order of ``position``; ``round`` counts visits (1 = the first time)."""

    building_id: str
    team_id: str
    day: str
    round: int = 1
    kind: str = "first"
    position: int = 0
    outcome: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal(Record):
    """Somebody asks for a second or another survey (2次調査の申請, 再調査の依頼)."""

    building_id: str
    victim_id: str = ""
    wants: str = "second"
    asked_on: str = ""
    asked_by: str = ""
    phone: str = ""
    reason: str = ""
    state: str = "open"
    answer: str = ""
    survey_id: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo(Record):
    """A photograph of a building. ``sha256`` is that of the file as it came, ``content`` names the reduced picture among the attachments.

    ``width``/``height`` in pixels of the reduced picture, ``bytes`` of the file as it came. ``clock``: where ``taken_at`` is from
    (``exif``, ``file``, ``none``). ``matched``: how it came to its building (``qr``, ``number``, ``time``, ``hand``, "" not yet).
    ``number`` is what people say, from this device's own range. ``turn``: degrees clockwise to show it by (0, 90, 180, 270).
    ``batch`` names one import: the moment it began and the folder it read.
    """

    number: str = ""
    building_id: str = ""
    survey_id: str = ""
    batch: str = ""
    position: int = 0
    name: str = ""
    sha256: str = ""
    content: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    taken_at: datetime | None = None
    clock: str = "none"
    lat: float | None = None
    lon: float | None = None
    matched: str = ""
    turn: int = 0
    caption: str = ""
    deleted: bool = False
