"""What is asked about registered people, and the search for anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.usecases.rows import Origin, SearchHit, StayView


class PersonReads(Protocol):
    def origins(self, person_ids: Sequence[str]) -> dict[str, Origin]:
        """Where and when each registration was made. Ask only for people the reader may know of."""
        ...

    def stays(self, person_id: str) -> list[StayView]: ...
    def open_stays(self, person_ids: Sequence[str]) -> dict[str, StayView]: ...
    def by_resident(self, resident_ids: Sequence[str]) -> dict[str, str]:
        """Person id by resident id, for those already registered."""
        ...

    def namesakes(self, *, name: str, kana: str, birth: str) -> list[SearchHit]:
        """Registered people with the same folded name or kana and the same birth date."""
        ...

    def by_number(self, number: str) -> str | None: ...
    def by_card(self, card: str) -> str | None: ...
    def ids(self, *, text: str = "", presence: str = "all") -> Sequence[str]: ...
    def page(self, person_ids: Sequence[str], *, at: datetime) -> list[SearchHit]: ...


class SearchReads(Protocol):
    def find(
        self, text: str, *, birth: str = "", address: str = "", within: str = "all", limit: int = 50
    ) -> tuple[list[SearchHit], int, bool]: ...
