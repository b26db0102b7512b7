"""Characters of this municipality's names: which need attention, what is registered for them, what cannot be printed.

Which font draws what is asked of ``Glyphs``; ``app.printing.own_fonts.open_fonts(ctx, folder)`` is the real one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.domain.characters import (
    CharacterProblem,
    PersonText,
    RegisteredCharacter,
    check_substitute,
    find_unusual,
    has_unusual,
    is_plain,
    is_private_use,
    kinds_of,
    name_code_points,
    national_substitute,
    parse_code,
)
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.residents import need_snapshot
from app.usecases.rows import CharacterCount


class Glyphs(Protocol):
    """Where characters are drawn from."""

    def source_of(self, cluster: str) -> str:
        """Name of the font (file name) that has the very glyph, ``picture`` for a registered one, empty for none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterUse:
    """One unusual character of the data. ``people`` counts residents and registered people whose name, reading or address has it.

    ``source`` is the font that draws it (``picture``; empty: nothing does). ``samples`` are up to 20 ids of residents and persons.
    ``substitute`` is the registered one, ``suggested`` what the national map offers. ``settled``: drawn, or a substitute is registered.
    """

    text: str
    code: str
    kinds: tuple[str, ...]
    residents: int
    persons: int
    samples: tuple[str, ...]
    source: str
    substitute: str = ""
    suggested: str = ""
    picture: str = ""
    description: str = ""
    record_id: str = ""

    @property
    def people(self) -> int:
        """Residents and registered people together; somebody who is both counts twice."""
        return self.residents + self.persons

    @property
    def settled(self) -> bool:
        """Whether a certificate can be printed without asking."""
        return bool(self.source or self.substitute)


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterSurvey:
    """Every unusual character, the unsettled first, then by number of people. Registered ones nobody has come last with 0."""

    snapshot_id: str
    residents: int
    persons: int
    uses: tuple[CharacterUse, ...]

    @property
    def unsettled(self) -> int:
        """How many characters still need a decision."""
        return sum(not use.settled for use in self.uses)


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterEntry:
    """One line of a table of gaiji, or one picture of a folder. An empty text leaves what is registered already."""

    text: str
    substitute: str = ""
    picture: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What an import did."""

    created: int
    updated: int
    unchanged: int


def registered_characters(ctx: Context) -> Mapping[str, RegisteredCharacter]:
    """What is registered, by character (with its selector)."""
    found = [record for record in ctx.reads.all("character") if isinstance(record, RegisteredCharacter) and not record.deleted]
    return {record.text: record for record in sorted(found, key=lambda record: record.id)}


def need_registered(ctx: Context, *, text: str) -> RegisteredCharacter:
    """What is registered for a character; RuleViolation ``character.not_registered``."""
    record = registered_characters(ctx).get(text)
    if record is None:
        raise RuleViolation("character.not_registered", field="text", text=text, points=name_code_points(text))
    return record


def list_characters(ctx: Context, *, fonts: Glyphs, snapshot_id: str | None = None, job: Job = QUIET) -> CharacterSurvey:
    """Go through every resident of a snapshot (the active one) and every registered person. Counts only; nobody's data leave here."""
    ctx.require("view")
    snapshot = _snapshot_of(ctx, snapshot_id)
    count = ctx.reads.characters.count(snapshot_id=snapshot or "", job=job)
    known = registered_characters(ctx)
    uses = [_use_of(found, known.get(found.text), fonts) for found in count.characters]
    met = {found.text for found in count.characters}
    uses += [_use_of(CharacterCount(text=text), record, fonts) for text, record in known.items() if text not in met]
    uses.sort(key=lambda use: (use.people == 0, use.settled, -use.people, use.text))
    return CharacterSurvey(snapshot_id=snapshot or "", residents=count.residents, persons=count.persons, uses=tuple(uses))


def _snapshot_of(ctx: Context, wanted: str | None) -> str | None:
    if wanted is None:
        active = ctx.reads.residents.active()
        return active.id if active else None
    return need_snapshot(ctx, snapshot_id=wanted).id


def _use_of(found: CharacterCount, record: RegisteredCharacter | None, fonts: Glyphs) -> CharacterUse:
    return CharacterUse(
        text=found.text,
        code=name_code_points(found.text),
        kinds=kinds_of(found.text),
        residents=found.residents,
        persons=found.persons,
        samples=found.samples,
        source=fonts.source_of(found.text),
        substitute=record.substitute if record else "",
        suggested=national_substitute(found.text),
        picture=record.picture if record else "",
        description=record.description if record else "",
        record_id=record.id if record else "",
    )


def register_character(
    ctx: Context, *, text: str, substitute: str = "", picture: str = "", description: str = "", expected_version: int | None = None
) -> tuple[str, Changes]:
    """Register a character or change what is registered for it; answers the record's id. ``text`` is the character or its code.

    ``picture`` is a PNG in base64 as ``app.printing.pictures.normalise_picture`` makes it. All values replace the old ones.
    RuleViolation ``character.code_unreadable``, ``character.substitute_…``, ``character.nothing_given``; StaleRecord.
    """
    ctx.require("residents")
    cluster = parse_code(text)
    entry = CharacterEntry(text=cluster, substitute=check_substitute(cluster, substitute), picture=picture, description=description.strip())
    if not (entry.substitute or entry.picture or entry.description):
        raise RuleViolation("character.nothing_given", field="substitute")
    if is_plain(cluster):
        raise RuleViolation("character.plain", field="text", text=cluster)
    known = registered_characters(ctx).get(cluster)
    with ctx.unit() as uow:
        if known is None:
            saved = uow.characters.add(RegisteredCharacter(id=new_id(), **_values(entry), text=cluster))
        else:
            saved = uow.characters.save(replace(known, **_values(entry)), expected_version=expected_version)
        return saved.id, uow.commit()


def _values(entry: CharacterEntry) -> dict[str, Any]:
    return {"substitute": entry.substitute, "picture": entry.picture, "description": entry.description}


def remove_character(ctx: Context, *, record_id: str) -> Changes:
    """Take a registration away; history keeps it."""
    ctx.require("residents")
    with ctx.unit() as uow:
        record = uow.characters.need(record_id)
        uow.characters.save(replace(record, deleted=True))
        return uow.commit()


def register_many(ctx: Context, *, entries: Sequence[CharacterEntry]) -> tuple[Registered, Changes]:
    """Register what a table or a folder of pictures holds, in one act. An empty value leaves the registered one as it is."""
    ctx.require("residents")
    known = dict(registered_characters(ctx))
    created = updated = 0
    with ctx.unit() as uow:
        for entry in entries:
            old = known.get(entry.text)
            given = {name: value for name, value in _values(entry).items() if value}
            if old is None:
                known[entry.text] = uow.characters.add(RegisteredCharacter(id=new_id(), text=entry.text, **given))
                created += 1
            elif any(getattr(old, name) != value for name, value in given.items()):
                known[entry.text] = uow.characters.save(replace(old, **given))
                updated += 1
        return Registered(created=created, updated=updated, unchanged=len(entries) - created - updated), uow.commit()


def substitutes_of(ctx: Context) -> Mapping[str, str]:
    """Registered substitutes by character."""
    return {text: record.substitute for text, record in registered_characters(ctx).items() if record.substitute}


def substitute_for(cluster: str, registered: Mapping[str, str], *, fits: Callable[[str], bool]) -> tuple[str, bool]:
    """What may be written for a character where each character must fit, and whether the municipality registered it.

    The registered one, a variant's base, the national map's first, a Latin letter without its accent, in this order. Empty: nothing may.
    """
    for text in dict.fromkeys((cluster, cluster[0])):
        if (found := registered.get(text, "")) and all(map(fits, found)):
            return found, True
    if is_private_use(cluster):
        return "", False
    base = unicodedata.normalize("NFD", cluster[0])[0]
    offered = (cluster[0] if len(cluster) > 1 else "", national_substitute(cluster), base if base.isascii() and base.isalpha() else "")
    return next((text for text in offered if text and fits(text)), ""), False


def check_printable(ctx: Context, *, texts: Iterable[PersonText], fonts: Glyphs) -> list[CharacterProblem]:
    """Every character of the texts that nothing can draw, with whose it is, where, and what could be written instead.

    Ask before anything is printed. One entry for each person, place and character, in the order of the texts.
    """
    registered = substitutes_of(ctx)
    problems: dict[tuple[str, str, str], CharacterProblem] = {}
    for given in texts:
        if not has_unusual(given.text):
            continue
        for cluster in find_unusual(given.text):
            if fonts.source_of(cluster):
                continue
            substitute, own = substitute_for(cluster, registered, fits=lambda char: bool(fonts.source_of(char)))
            problems.setdefault(
                (given.person_id, given.where, cluster),
                CharacterProblem(
                    person_id=given.person_id,
                    name=given.name,
                    text=cluster,
                    code=name_code_points(cluster),
                    where=given.where,
                    substitute=substitute,
                    registered=own,
                ),
            )
    return list(problems.values())
