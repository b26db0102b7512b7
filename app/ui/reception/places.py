"""Where people are checked in on this laptop."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.folding import fold_name
from app.ui.preferences import Preferences
from app.usecases.context import Context
from app.usecases.rows import ShelterRow

_LAST = "reception.shelter"


def usual_shelter(ctx: Context, preferences: Preferences, rows: Sequence[ShelterRow]) -> str:
    """The shelter used last, else the one with the name of this site, else the only open one. Empty: somebody must choose."""
    known = {row.id for row in rows}
    last = preferences.get(_LAST, "")
    if last in known:
        return str(last)
    site = fold_name(ctx.place.site_name)
    named = next((row.id for row in rows if site and fold_name(row.name) == site), "")
    opened = [row.id for row in rows if row.is_open]
    return named or (opened[0] if len(opened) == 1 else "")


def remember_shelter(preferences: Preferences, shelter_id: str) -> None:
    """The next check-in begins with this shelter."""
    preferences.set(_LAST, shelter_id)
