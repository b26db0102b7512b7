"""Postal codes of imported rows against their addresses. What a file says stays; filling in is asked for and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.postal_match import head_of, judge_postal, postal_for


@dataclass(slots=True)
class PostalCheck:
    """Looks at each different pair of code and beginning of an address once; a million rows cost about a second.

    ``fill`` puts in the code of an address that has none and can have only one; ``filled`` counts them, ``odd`` what does not fit.
    """

    municipality: str
    fill: bool = False
    filled: int = 0
    odd: int = 0
    _known: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _clean: set[tuple[str, str]] = field(default_factory=set)

    def look(self, postal: str, address: str) -> tuple[str, str]:
        """``(code to keep, code of what is odd)``; nothing is odd about a row without address or code."""
        if not address or not (postal or self.fill):
            return postal, ""
        pair = postal, head_of(address)
        answer = self._known.get(pair)
        if answer is None:
            answer = self._known[pair] = self._judge(*pair)
        if answer[1]:
            self.odd += 1
        elif answer[0] != postal:
            self.filled += 1
        return answer

    def look_at_all(self, postals: Sequence[str], addresses: Sequence[str]) -> list[tuple[int, str, str]]:
        """``(place, code to keep, what is odd)`` of the rows about which there is something to do. Clean ones cost next to nothing."""
        pairs = list(zip(postals, map(head_of, addresses), strict=True))
        fresh = set(pairs) - self._clean
        if not fresh:
            return []
        found = []
        for place, (pair, address) in enumerate(zip(pairs, addresses, strict=True)):
            if pair in fresh:
                kept, odd = self.look(pair[0], address)
                if odd or kept != pair[0]:
                    found.append((place, kept, odd))
                elif address:
                    self._clean.add(pair)
        return found

    def _judge(self, postal: str, head: str) -> tuple[str, str]:
        if not postal:
            return postal_for(head, municipality=self.municipality), ""
        return postal, judge_postal(postal, head, self.municipality)
