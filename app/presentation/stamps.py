"""What every page and file that leaves the program says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.dates import format_instant
from app.presentation.messages import message
from app.usecases.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Sentences: when it was true, what was known, who made it where for which disaster, how to handle it, whether it is an exercise."""

    as_of: str
    known_at: str
    operator: str
    place: str
    caution: str
    training: str

    def lines(self) -> list[str]:
        """All of them that say something, for the head of a file."""
        return [line for line in (self.training, self.as_of, self.known_at, self.place, self.operator, self.caution) if line]


def stamp_for(ctx: Context, *, at: datetime, known_at: datetime | None = None, personal: bool = True) -> Stamp:
    """The stamp of what ``ctx`` takes out now. ``personal``: names are in it, so it is to be handled with care."""
    made = ctx.now()
    return Stamp(
        as_of=message("stamp.as_of", at=at),
        known_at=message("stamp.known_at", at=known_at or made),
        operator=message("stamp.operator", operator=ctx.actor.name, site=ctx.place.site_name, at=format_instant(made)),
        place=" ".join(filter(None, (ctx.place.municipality_name, ctx.place.disaster_name))),
        caution=message("stamp.caution" if personal else "stamp.caution_numbers"),
        training=message("stamp.training") if ctx.place.training else "",
    )
