"""Operations that have just been put in, kept in memory so that they need not be read back to work out the records they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

Text = tuple[str, str, int, str, str, str]
"""An operation as the journal holds it: its id, chain, sequence, clock, action, changes."""
_MOST = 20_000
"""Operations kept; a package of more (the first of a site, or a whole one) is read back."""


class Arrivals:
    """Operations of one package by record."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, list[Text]]] = defaultdict(dict)
        self._room = _MOST

    def keep(self, kind: str, record: str, operation: Text) -> None:
        """One that was put in."""
        if self._room > 0:
            self._room -= 1
            self._kept[kind].setdefault(record, []).append(operation)
        else:
            self.forget()

    def forget(self) -> None:
        """What was kept is not all that came, or is no longer what is stored: nothing more is kept either."""
        self._kept.clear()
        self._room = 0

    def whole(self, kind: str, counts: Sequence[tuple[str, int]]) -> dict[str, list[Text]]:
        """The operations of those records of which everything that is stored came just now. ``counts``: how much is stored of each."""
        kept = self._kept.get(kind, {})
        return {record: kept[record] for record, count in counts if record in kept and len(kept[record]) == count}
