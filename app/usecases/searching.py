"""One box that finds residents and evacuees."""

from __future__ import annotations

import time

from app.domain.errors import RuleViolation
from app.usecases.context import Context
from app.usecases.rows import SearchResult

TYPED = 30
"""Hits shown while typing: more than a screen holds, few enough that each key stroke is answered at once."""

WITHIN = ("residents", "persons", "all")


def search(
    ctx: Context, *, text: str, birth: str = "", address: str = "", within: str = "all", limit: int = TYPED, log: bool = False
) -> SearchResult:
    """Hits for what was typed, registered people first. ``log`` notes who was shown (typing does not; scripts and opened files do)."""
    if within not in WITHIN:
        raise RuleViolation("word.unknown", field="in", word=within)
    if limit < 1:
        raise RuleViolation("search.limit", field="limit")
    started = time.perf_counter()
    hits, total, truncated = ctx.reads.search.find(text, birth=birth, address=address, within=within, limit=limit)
    elapsed = (time.perf_counter() - started) * 1000
    if log and hits:
        with ctx.unit() as uow:
            uow.log_access(action="search", persons=[hit.person_id or hit.id for hit in hits], target="")
            uow.commit()
    return SearchResult(hits=tuple(hits), total=total, truncated=truncated, ms=round(elapsed, 3))
