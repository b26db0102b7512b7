"""Which building a photo shows: by the sheet photographed first, by the name of its file or folder, else by time.

One camera photographs one house after the other: the sheet (or a file bearing the number), then the house, until the next sheet. So shots
are followed camera by camera, in order of time. Pure: what a code or a number means is found out by the caller.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.dates import JST

PAUSE = timedelta(hours=3)
"""After a pause this long a camera is no longer at the house of the last sheet."""
GAP = timedelta(minutes=10)
"""How far from the written start or end of a survey a shot may be."""
_USUAL = timedelta(minutes=30)
"""How long a survey is taken to last when only its start or end was written."""
EARLIEST = datetime(2000, 1, 1, tzinfo=JST)
"""Before this no camera clock was set: a battery was changed and nobody set it again."""
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A photo as the matcher sees it. ``sheet`` is the building whose sheet it shows or whose number the file bears (None: neither; "" a

    sheet of no known building), ``named`` the building by the name of its folder or the beginning of its own name. ``taken`` only when
    it can be relied on."""

    camera: str
    folder: str = ""
    taken: datetime | None = None
    sheet: str | None = None
    by_number: bool = False
    named: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A building and how it was found (``qr``, ``number``, ``time``), or nothing."""

    building_id: str = ""
    survey_id: str = ""
    matched: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTime:
    """When a building was surveyed, as written on its sheet."""

    building_id: str
    survey_id: str
    start: datetime
    end: datetime


@dataclass(slots=True)
class _Follow:
    folder: str = ""
    building_id: str = ""
    how: str = ""
    last: datetime | None = None


@dataclass(slots=True)
class PhotoMatcher:
    """Takes shots of each camera in order and says where each belongs."""

    visits: Sequence[VisitTime] = ()
    gap: timedelta = GAP
    _cameras: dict[str, _Follow] = field(default_factory=dict)
    _starts: list[datetime] = field(default_factory=list)
    _longest: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.visits = sorted(self.visits, key=lambda visit: visit.start)
        self._starts = [visit.start for visit in self.visits]
        self._longest = max((visit.end - visit.start for visit in self.visits), default=timedelta())

    def place(self, shot: Shot) -> Match:
        """Where the next shot of its camera belongs."""
        follow = self._cameras.setdefault(shot.camera, _Follow())
        if follow.last and shot.taken and abs(shot.taken - follow.last) > PAUSE:
            follow.building_id = ""
        if shot.taken is None and shot.folder != follow.folder:  # nothing tells that it came after
            follow.building_id = ""
        follow.last, follow.folder = shot.taken or follow.last, shot.folder
        if shot.sheet is not None:
            follow.building_id, follow.how = shot.sheet, "number" if shot.by_number else "qr"
            return self._by_sheet(shot.sheet, follow.how, shot.taken)
        if shot.named:
            return self._by_sheet(shot.named, "number", shot.taken)
        if follow.building_id:
            return self._by_sheet(follow.building_id, follow.how, shot.taken)
        return self._by_time(shot.taken)

    def settle(self, camera: str, *, folder: str, building_id: str, how: str, taken: datetime | None) -> None:
        """A shot that came with an earlier import; ``how`` as it was matched then. What follows a sheet follows it again."""
        follow = self._cameras.setdefault(camera, _Follow())
        follow.last, follow.folder = taken or follow.last, folder
        if how in ("qr", "number"):
            follow.building_id, follow.how = building_id, how

    def _by_sheet(self, building_id: str, how: str, taken: datetime | None) -> Match:
        if not building_id:
            return Match()
        surveys = {visit.survey_id for visit in self._near(taken) if visit.building_id == building_id} if taken else set()
        return Match(building_id, surveys.pop() if len(surveys) == 1 else "", how)

    def _by_time(self, taken: datetime | None) -> Match:
        """The only building surveyed then: while it was surveyed, else within the gap. Two at once: a person decides."""
        if taken is None:
            return Match()
        near = list(self._near(taken))
        during = [visit for visit in near if visit.start <= taken <= visit.end]
        for visits in (during, near):
            if len({visit.building_id for visit in visits}) == 1:
                surveys = {visit.survey_id for visit in visits}
                return Match(visits[0].building_id, surveys.pop() if len(surveys) == 1 else "", "time")
            if visits:
                break
        return Match()

    def _near(self, taken: datetime) -> Iterable[VisitTime]:
        at = bisect_left(self._starts, taken - self.gap - self._longest)
        while at < len(self._starts) and self._starts[at] <= taken + self.gap:
            if self.visits[at].end >= taken - self.gap:
                yield self.visits[at]
            at += 1


def visit_time(*, building_id: str, survey_id: str, day: str, started: str, ended: str) -> VisitTime | None:
    """When a survey was, from its day (ISO) and times (``HH:MM``) in Japan; None when neither time can be read."""
    start, end = _moment(day, started), _moment(day, ended)
    if start is None and end is None:
        return None
    start = start or (end - _USUAL if end else None)
    assert start is not None
    end = end or start + _USUAL
    return VisitTime(building_id=building_id, survey_id=survey_id, start=start, end=end if end >= start else end + timedelta(days=1))


def _moment(day: str, time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{time.strip().zfill(5)}").replace(tzinfo=JST)
    except ValueError:
        return None


def usable_time(taken: datetime | None, *, now: datetime) -> bool:
    """Whether a camera's time can be true: not before 2000, not more than a day ahead."""
    return taken is not None and EARLIEST <= taken <= now + _AHEAD


def usable_place(lat: float | None, lon: float | None) -> bool:
    """Whether a place can be true: on the globe, and not the zero that a receiver without satellites writes."""
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180):
        return False
    return abs(lat) > 0.01 or abs(lon) > 0.01
