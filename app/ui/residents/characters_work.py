"""What the tab 文字 reads and writes, off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.characters import kinds_of, name_code_points, national_substitute
from app.usecases import characters, persons
from app.usecases.characters import CharacterSurvey, CharacterUse, Glyphs
from app.usecases.context import Context
from app.usecases.rows import ResidentView, SearchHit

if TYPE_CHECKING:
    from app.printing.own_fonts import FontFacts


@dataclass(frozen=True, slots=True)
class Seen:
    """A survey with the fonts it was made with."""

    survey: CharacterSurvey
    fonts: tuple[FontFacts, ...]


def survey(ctx: Context, folder: Path) -> Seen:
    """Go through everybody's data: seconds for a million residents."""
    from app.printing.own_fonts import list_fonts, open_fonts

    return Seen(characters.list_characters(ctx, fonts=open_fonts(ctx, folder)), tuple(list_fonts(folder)))


def settle_again(ctx: Context, folder: Path, seen: CharacterSurvey) -> Seen:
    """The same counts with what is registered and installed now: nobody's data are gone through again."""
    from app.printing.own_fonts import list_fonts, open_fonts

    fonts, known = open_fonts(ctx, folder), characters.registered_characters(ctx)
    counted = {use.text: use for use in seen.uses}
    met = [use for use in seen.uses if use.people or use.text in known]
    new = [_uncounted(text) for text in known if text not in counted]
    uses = sorted(
        (_refreshed(use, known.get(use.text), fonts) for use in [*met, *new]),
        key=lambda use: (use.people == 0, use.settled, -use.people, use.text),
    )
    return Seen(replace(seen, uses=tuple(uses)), tuple(list_fonts(folder)))


def _uncounted(text: str) -> CharacterUse:
    """A character that is registered, but nobody has."""
    return CharacterUse(
        text=text, code=name_code_points(text), kinds=kinds_of(text), residents=0, persons=0, samples=(), source="",
        suggested=national_substitute(text),
    )  # fmt: skip


def _refreshed(use: CharacterUse, record: Any, fonts: Glyphs) -> CharacterUse:
    return replace(
        use,
        source=fonts.source_of(use.text),
        substitute=record.substitute if record else "",
        picture=record.picture if record else "",
        description=record.description if record else "",
        record_id=record.id if record else "",
    )


def bearers(ctx: Context, samples: Sequence[str]) -> list[ResidentView | SearchHit]:
    """The people of these ids that the actor may know of; looking at them is in the access log."""
    found: list[ResidentView | SearchHit] = [view for one in samples if ":" in one and (view := ctx.reads.residents.get(one)) is not None]
    found += persons.show_people(ctx, person_ids=[one for one in samples if ":" not in one])
    if found:
        with ctx.unit() as uow:
            uow.log_access(action="view", persons=[row.id for row in found], target="")
            uow.commit()
    return found


def change(ctx: Context, use: CharacterUse, **values: str) -> Any:
    """Register these values; what else is registered for the character stays."""
    known = characters.registered_characters(ctx).get(use.text)
    kept = {key: getattr(known, key) if known else "" for key in ("substitute", "picture", "description")}
    return characters.register_character(ctx, text=use.text, **{**kept, **values}, expected_version=known.version if known else None)


def write_csv(ctx: Context, path: Path, found: CharacterSurvey) -> int:
    """The characters without anybody's data, noted in the access log."""
    from app.interchange.exporting.characters import write_survey

    return write_survey(ctx, survey=found, out=path).rows
