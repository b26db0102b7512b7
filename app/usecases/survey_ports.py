"""What buildings, surveys and the counts of damage ask of the store. Part of ``usecases.ports``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from app.usecases.rows import ResidentView
from app.usecases.survey_rows import (
    AppealRow,
    AreaAct,
    AssignmentRow,
    BuildingFilter,
    BuildingRow,
    CountedGrade,
    HomeFile,
    HouseGroup,
    KnownBuilding,
    KnownHome,
    KnownSurvey,
    ProgressLine,
    SurveyFilter,
    SurveyRow,
    TeamRow,
    VictimRow,
)


class BuildingReads(Protocol):
    """Buildings, affected households and what links them. Households the reader may not learn of are in no answer."""

    def ids(self, *, filter: BuildingFilter) -> Sequence[str]:
        """Ids in order of district, address and number."""
        ...

    def rows(self, building_ids: Sequence[str]) -> list[BuildingRow]:
        """In the order of the ids."""
        ...

    def find(self, *, number: str = "", tax_no: str = "") -> str | None:
        """A live building by exactly this number or tax number."""
        ...

    def homes(self, building_id: str) -> list[HomeFile]: ...
    def withheld(self, building_ids: Sequence[str]) -> frozenset[str]:
        """Those of the buildings whose owner's particulars are left blank for this reader."""
        ...

    def districts(self) -> list[tuple[str, int]]: ...
    def zones(self) -> list[tuple[str, int]]: ...
    def victim_ids(self, *, text: str = "") -> Sequence[str]:
        """Ids of affected households in order of kana."""
        ...

    def victim_rows(self, victim_ids: Sequence[str]) -> list[VictimRow]: ...
    def victim_by_household(self, *, snapshot_id: str, household_no: str) -> str | None: ...
    def register_homes(self, resident_nos: Sequence[str]) -> dict[str, list[ResidentView]]:
        """The household in the active snapshot of each of these resident numbers that is in it, in household order."""
        ...

    def known(self) -> Iterator[list[KnownBuilding]]:
        """Every live building with what an import recognises it by, some thousand at a time."""
        ...

    def known_homes(self) -> Iterator[list[KnownHome]]:
        """Every affected household of a building, the same way; whoever asks."""
        ...


class SurveyReads(Protocol):
    """Surveys, which of them count, plans and progress."""

    def ids(self, *, filter: SurveyFilter) -> Sequence[str]:
        """Ids, newest day first."""
        ...

    def rows(self, survey_ids: Sequence[str], *, operator_id: str = "", operator_name: str = "") -> list[SurveyRow]:
        """In the order of the ids; the operator is the one for whom ``mine`` is answered."""
        ...

    def counted(self, building_ids: Sequence[str]) -> dict[str, CountedGrade]:
        """The counting survey of each building that has one."""
        ...

    def writers(self, survey_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Operators who wrote what each survey says (not those who only checked it)."""
        ...

    def with_papers(self, building_ids: Sequence[str]) -> frozenset[str]:
        """Those of the buildings with an application or a certificate."""
        ...

    def known(self) -> Iterator[list[KnownSurvey]]:
        """Every survey that is not withdrawn, with what an import compares, some thousand at a time."""
        ...

    def area_acts(self) -> list[AreaAct]: ...
    def appeals(self, *, state: str = "") -> list[AppealRow]: ...
    def assignments(self, *, day: str = "", team_id: str = "", building_id: str = "", open_only: bool = False) -> list[AssignmentRow]: ...
    def days(self) -> list[tuple[str, int, int]]: ...
    def teams(self) -> list[TeamRow]: ...
    def progress(self) -> list[ProgressLine]: ...


class DamageReads(Protocol):
    """Sums for headquarters. They tell of nobody: protected people are counted like all others."""

    def houses(self, *, at: datetime | None = None) -> list[HouseGroup]:
        """Judged buildings and households as known by then (None: today), confirmed if the survey was checked by then; alike ones together."""
        ...

    def unjudged(self, *, at: datetime | None = None) -> int: ...
    def unsurveyed(self) -> int: ...
    def hazards(self) -> dict[str, int]: ...
    def casualties(self, *, at: datetime) -> dict[str, int]: ...
    def daily(self) -> dict[str, dict[date, int]]: ...
    def spans(self) -> list[tuple[date, date | None, int]]:
        """When applications were made and when they were served, and how many."""
        ...
