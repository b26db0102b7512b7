"""Read models of buildings and surveys: frozen rows for lists, and one building with everything that hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.certificate import Application
from app.domain.survey import Appeal, Team

LAST_STATES = ("unsurveyed", "draft", "entered", "returned", "counted")
"""Where a building stands: that of its newest survey that is not withdrawn, ``unsurveyed`` without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingFilter:
    """Which buildings. Blank means any. ``text``: words that all occur in number, tax number, address, owner or a household's head.

    ``grade``: the counted grade, ``ungraded`` for none. ``state``: of ``LAST_STATES``. ``linked``: with (True) or without households.
    ``assigned``: on a team's list that is not done. ``appeal``: somebody asks for another survey.
    """

    text: str = ""
    district: str = ""
    zone: str = ""
    grade: str = ""
    state: str = ""
    risk: str = ""
    use: str = ""
    collapsed: bool | None = None
    linked: bool | None = None
    assigned: bool | None = None
    appeal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingRow:
    """A building in a list. ``grade`` counts; ``state`` and ``surveyed_on`` are those of the newest survey that is not withdrawn.

    ``heads`` are the first few households' heads, ``households`` how many there are. ``planned``: the day on a team's list, if any.
    """

    id: str
    version: int
    number: str
    tax_no: str
    use: str
    name: str
    address: str
    district: str
    zone: str
    structure: str
    storeys: int | None
    floor_area: float | None
    owner_name: str
    risk: str
    collapsed: bool
    households: int
    heads: tuple[str, ...]
    grade: str
    total: int | None
    state: str
    surveyed_on: str
    photos: int
    appeals: int
    planned: str
    danger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedGrade:
    """The degree that holds for a building: of the latest counted survey (``domain.survey_rules.counting_order``)."""

    survey_id: str
    building_id: str
    grade: str
    total: int | None
    hazard: str
    kind: str
    method: str
    surveyed_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFilter:
    """Which surveys. Blank means any. ``text`` as in ``BuildingFilter``; ``since``/``until`` are days of the survey, both included.

    ``act``: those of one area judgement. ``counting``: only those that are a building's grade now.
    """

    text: str = ""
    state: str = ""
    grade: str = ""
    district: str = ""
    kind: str = ""
    method: str = ""
    hazard: str = ""
    team_id: str = ""
    since: str = ""
    until: str = ""
    act: str = ""
    building_id: str = ""
    counting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow:
    """A survey in a list. ``entered_by`` and ``checked_by`` are names; ``counting``: it is the building's grade now.

    ``mine``: the reader entered it, or was there, and so cannot check it. ``inputs``, ``points``: JSON as stored. ``head``: the first household's.
    """

    id: str
    version: int
    building_id: str
    number: str
    address: str
    district: str
    use: str
    head: str
    sheet: str
    hazard: str
    kind: str
    method: str
    structure: str
    edition: str
    surveyed_on: str
    started: str
    ended: str
    team_id: str
    team: str
    surveyors: tuple[str, ...]
    inputs: str
    points: str
    raw: str
    total: int | None
    grade: str
    decided_by: str
    state: str
    entered_by: str
    checked_by: str
    checked_at: datetime | None
    check_note: str
    reason: str
    note: str
    appeal_id: str
    act: str
    counting: bool
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFile:
    """One household of a building, with its members in order."""

    occupancy: Occupancy
    victim: Victim
    members: tuple[VictimMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """A request for another survey in a list."""

    appeal: Appeal
    number: str
    address: str
    district: str
    head: str
    grade: str
    survey_state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRow:
    """A building on a team's list. ``heads`` as in ``BuildingRow``; ``state`` that of the newest survey."""

    id: str
    version: int
    building_id: str
    team_id: str
    team: str
    day: str
    round: int
    kind: str
    position: int
    outcome: str
    note: str
    number: str
    address: str
    district: str
    use: str
    structure: str
    risk: str
    collapsed: bool
    danger: str
    owner_name: str
    heads: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingFile:
    """A building with everything that hangs on it. Surveys, appeals and assignments newest first.

    ``withheld``: owner's particulars are left blank because this reader may not learn of that person.
    """

    building: Building
    homes: tuple[HomeFile, ...]
    counted: CountedGrade | None
    surveys: tuple[SurveyRow, ...]
    appeals: tuple[Appeal, ...]
    assignments: tuple[AssignmentRow, ...]
    applications: tuple[Application, ...]
    photos: int
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimFile:
    """An affected household with its members and the buildings it lived in (occupancy and building)."""

    victim: Victim
    members: tuple[VictimMember, ...]
    places: tuple[tuple[Occupancy, Building], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimRow:
    """An affected household in a list: numbers and addresses of its buildings, and the grade of the first that has one (the main one first)."""

    id: str
    version: int
    head_name: str
    head_kana: str
    head_birth: str
    address: str
    phone: str
    source: str
    declared: bool
    members: int
    building_ids: tuple[str, ...]
    numbers: tuple[str, ...]
    grade: str


class KnownBuilding(NamedTuple):
    """A building as an import recognises it."""

    id: str
    number: str
    tax_no: str
    key_address: str


class KnownHome(NamedTuple):
    """A household of a building as an import recognises it, by its head's name or the number of a member (a row for each)."""

    building_id: str
    victim_id: str
    key_name: str
    resident_no: str
    household_no: str


class KnownSurvey(NamedTuple):
    """A survey as an import compares it."""

    id: str
    building_id: str
    sheet: str
    hazard: str
    kind: str
    surveyed_on: str
    total: int | None
    grade: str
    points: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A team with what it did: buildings on its lists, done, still to do."""

    team: Team
    planned: int
    done: int
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLine:
    """How far the surveys of a district are. ``district`` "" holds buildings without one.

    ``buildings`` all, ``dwellings`` of them 住家; ``planned`` are on a team's list not done, ``surveyed`` have a survey that is submitted,
    ``judged`` have a counted one, ``waiting`` are surveyed and not judged, ``remaining`` are not surveyed. ``grades`` counts the judged by grade.
    """

    district: str
    buildings: int
    dwellings: int
    planned: int
    surveyed: int
    waiting: int
    judged: int
    remaining: int
    absent: int
    appeals: int
    grades: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaAct:
    """An area judgement that was made: when, by whom, which grade, how many buildings it still decides (``standing``)."""

    act: str
    grade: str
    hazard: str
    surveyed_on: str
    reason: str
    entered_by: str
    made: int
    standing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseGroup:
    """So many judged buildings, or so many households with their people, that are alike. ``status`` is ``confirmed`` or ``unconfirmed``.

    ``above_floor`` and ``depth_cm`` as a flood's sheet says them, None where it does not; of the depth only whether it is below 0.
    ``unknown``: households of which no member is written down.
    """

    district: str
    use: str
    grade: str
    hazard: str
    status: str
    above_floor: bool | None = None
    depth_cm: int | None = None
    buildings: int = 0
    households: int = 0
    people: int = 0
    unknown: int = 0
