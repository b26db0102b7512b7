"""Where people are checked in on this laptop."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.folding import fold_name
from app.ui.preferences import Preferences
from app.usecases.context import Context
from app.usecases.rows import ShelterRow

_LAST = "reception.shelter"


def usual_shelter(ctx: Context, preferences: Preferences, rows: Sequence[ShelterRow]) -> str:
    """The shelter used last, else the one that has the name of this site, else the first open one; empty when there is none."""
    known = {row.id for row in rows}
    last = preferences.get(_LAST, "")
    if last in known:
        return str(last)
    site = fold_name(ctx.place.site_name)
    named = next((row.id for row in rows if site and fold_name(row.name) == site), "")
    return named or next((row.id for row in rows if row.is_open), rows[0].id if rows else "")


def remember_shelter(preferences: Preferences, shelter_id: str) -> None:
    """The next check-in begins with this shelter."""
    preferences.set(_LAST, shelter_id)
