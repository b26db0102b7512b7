"""Who is who, computed in memory: blocking and scoring in DuckDB, weights from ``resources/matching.toml``.

Only bootstrap imports this package; use cases know it as ``usecases.ports.Matcher``. Nothing is written to a disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.usecases.job import Job
from app.usecases.matching_rows import LikePair, PersonMatch, PersonTraits, ResidentTraits


class MemoryMatcher:
    """See ``usecases.ports.Matcher``. The engine is loaded when it is first asked."""

    def match(
        self,
        people: Iterable[Sequence[PersonTraits]],
        residents: Iterable[Sequence[ResidentTraits]],
        *,
        apart: frozenset[tuple[str, int]],
        job: Job,
    ) -> list[PersonMatch]:
        """Candidates for everyone unlinked, in the order of ``people``."""
        from app.matching.residents import match

        return match(people, residents, apart=apart, job=job)

    def pair_up(self, people: Iterable[Sequence[PersonTraits]], *, apart: frozenset[frozenset[str]], job: Job) -> list[LikePair]:
        """Records that may be one human being, most likely first."""
        from app.matching.duplicates import pair_up

        return pair_up(people, apart=apart, job=job)
