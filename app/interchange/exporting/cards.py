"""Papers for shelters: cards of evacuees, filled in or blank, sheets for handwriting, and the recovery key.

The code on a card holds its number and nothing about anybody. Protected people get a card only from somebody with the right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.characters import CharacterProblem, PersonText
from app.domain.dates import format_instant
from app.domain.errors import RuleViolation
from app.domain.evacuee import Household, Person
from app.domain.identifiers import new_card_number
from app.interchange.exporting.characters import say_character, say_characters
from app.interchange.exporting.rosters import fonts_of, page_stamp
from app.presentation.columns.texts import birth_era
from app.presentation.labels import field_label
from app.presentation.stamps import stamp_for
from app.printing.report import PrintRefused, Problem
from app.usecases.characters import check_printable
from app.usecases.context import Context
from app.usecases.persons import give_card
from app.usecases.rows import StayView

MOST = 2000
_CODES = ("sex", "consent_kin", "consent_acquaintance", "consent_public", "consent_board", "consent_web", "consent_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOutcome:
    """``cards`` made on ``pages``; ``withheld`` people were left out because of a protection measure.

    ``missing`` are characters that nothing draws. Who has one without a substitute written for it is in ``left_out`` (ids) and has no
    card. ``warnings`` says all of it in sentences.
    """

    path: Path
    cards: int
    pages: int
    withheld: int = 0
    left_out: tuple[str, ...] = ()
    missing: tuple[CharacterProblem, ...] = ()
    warnings: tuple[str, ...] = ()


def write_cards(
    ctx: Context,
    *,
    person_ids: Sequence[str],
    out: Path,
    per_page: int = 8,
    folder: Path | None = None,
    substitutes: bool = False,
) -> CardOutcome:
    """Cards with what is known, 4 or 8 to a page. Who has no number yet gets one. Noted in the access log.

    Nobody's card is printed with a hole: who has a character that no font or picture draws is left out and told, the others' cards are
    made; with ``substitutes`` a registered or national substitute is written, marked. PrintRefused when nobody is left;
    RuleViolation ``card.nobody``.
    """
    ctx.require("print")
    persons, allowed = _allowed(ctx, person_ids)
    stays = ctx.reads.persons.open_stays([person.id for person in allowed])
    records = {person.id: _record(ctx, person, stays.get(person.id)) for person in allowed}
    fonts = fonts_of(folder, ctx, substitutes=substitutes)
    missing = _check(ctx, allowed, records, fonts)
    left_out = {problem.person_id for problem in missing if not (substitutes and problem.substitute)}
    printed = [person.id for person in allowed if person.id not in left_out]
    if not printed:
        raise PrintRefused(form="evacuee_card", problems=[_refusal(problem) for problem in missing])
    numbers, _ = give_card(ctx, person_ids=printed)
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=printed, target=out.name)
        uow.commit()
    filled = [{"card": numbers[person_id], **records[person_id]} for person_id in printed]
    pages = _render(ctx, out, form="evacuee_card", records=filled, per_page=per_page, folder=folder, fonts=fonts)
    return CardOutcome(
        path=out, cards=len(printed), pages=pages, withheld=len(persons) - len(allowed), left_out=tuple(sorted(left_out)),
        missing=tuple(missing), warnings=say_characters(missing, substituted=substitutes, where=_field_word),
    )  # fmt: skip


def find_unprintable(ctx: Context, *, person_ids: Sequence[str], folder: Path | None = None) -> list[CharacterProblem]:
    """What would keep these people's cards from being printed, to be shown before. ``CharacterProblem.where`` is a field of the person."""
    ctx.require("print")
    _, allowed = _allowed(ctx, person_ids)
    stays = ctx.reads.persons.open_stays([person.id for person in allowed])
    return _check(ctx, allowed, {person.id: _record(ctx, person, stays.get(person.id)) for person in allowed}, fonts_of(folder, ctx))


def _allowed(ctx: Context, person_ids: Sequence[str]) -> tuple[list[Person], list[Person]]:
    """The people there are, and those of them who may get a card."""
    found = (ctx.reads.get("person", person_id) for person_id in person_ids)
    persons = [person for person in found if isinstance(person, Person) and not person.deleted]
    allowed = [person for person in persons if not person.protected or ctx.actor.may("see_protected")]
    if not allowed:
        raise RuleViolation("card.nobody", field="persons")
    return persons, allowed


def _check(ctx: Context, persons: Sequence[Person], records: Mapping[str, Mapping[str, str]], fonts: Any) -> list[CharacterProblem]:
    texts = (
        PersonText(person.id, person.name, field, text)
        for person in persons
        for field, text in records[person.id].items()
        if field not in _CODES
    )
    first: dict[tuple[str, str], CharacterProblem] = {}
    for problem in check_printable(ctx, texts=texts, fonts=fonts):  # the household is often named like the person: told once
        first.setdefault((problem.person_id, problem.text), problem)
    return list(first.values())


def _field_word(field: str) -> str:
    return field_label("household" if field == "household" else "person", "label" if field == "household" else field)


def _refusal(problem: CharacterProblem) -> Problem:
    code, params = say_character(problem, substituted=False, where=_field_word)
    return Problem(code=code, row=-1, column=problem.where, params=params)


def _record(ctx: Context, person: Person, stay: StayView | None) -> dict[str, str]:
    household = ctx.reads.get("household", person.household_id) if person.household_id else None
    values = {
        "name": person.name, "kana": person.kana, "birth": birth_era(person.birth), "address": person.address,
        "phone": person.mobile or person.phone, "household": household.label if isinstance(household, Household) else "",
        "relation": person.relation, "shelter": stay.shelter_name if stay else "", "room": stay.room if stay else "",
        "needs": ",".join(person.needs), "needs_note": " ".join(filter(None, (person.care_level, person.needs_note))).replace("\n", " "),
        **{code: str(getattr(person, code)) for code in _CODES},
    }  # fmt: skip
    return {key: value for key, value in values.items() if value}


def write_blank_cards(
    ctx: Context, *, count: int, out: Path, per_page: int = 8, folder: Path | None = None, numbered: bool = True
) -> CardOutcome:
    """Cards for handwriting; ``numbered`` ones carry a fresh number and its code, to be scanned when they are typed in."""
    ctx.require("print")
    if not 1 <= count <= MOST:
        raise RuleViolation("card.count_range", field="count", most=MOST)
    records = [{"card": new_card_number()} if numbered else {} for _ in range(count)]
    pages = _render(ctx, out, form="evacuee_card", records=records, per_page=per_page, folder=folder)
    return CardOutcome(path=out, cards=count, pages=pages)


def write_blank_rosters(
    ctx: Context,
    *,
    out: Path,
    sheets: int = 1,
    lines: int = 15,
    shelter: str = "",
    date: datetime | None = None,
    folder: Path | None = None,
) -> CardOutcome:
    """Roster sheets ruled for handwriting, 8 to 20 lines each."""
    ctx.require("print")
    if not 1 <= sheets <= MOST:
        raise RuleViolation("card.count_range", field="sheets", most=MOST)
    filled = {"shelter": shelter, "date": format_instant(date) if date else ""}
    record = {key: value for key, value in filled.items() if value}
    pages = _render(ctx, out, form="blank_roster", records=[record] * sheets, per_page=lines, folder=folder)
    return CardOutcome(path=out, cards=sheets, pages=pages)


def write_recovery_sheet(ctx: Context, *, recovery_key: str, folder: Path, out: Path) -> CardOutcome:
    """The recovery key on paper, for the envelope in the safe."""
    record = {
        "municipality": ctx.place.municipality_name or ctx.place.municipality_code, "folder_name": ctx.place.disaster_name,
        "folder_id": ctx.place.device_id, "created": format_instant(ctx.now()), "key": recovery_key, "operator": ctx.actor.name,
    }  # fmt: skip
    pages = _render(ctx, out, form="recovery_key", records=[record], per_page=1, folder=folder)
    return CardOutcome(path=out, cards=1, pages=pages)


def _render(
    ctx: Context, out: Path, *, form: str, records: Sequence[Mapping[str, Any]], per_page: int, folder: Path | None, fonts: Any = None
) -> int:
    from app.printing.forms import render_form

    own = folder / "forms" if folder and (folder / "forms").is_dir() else None
    stamp = page_stamp(stamp_for(ctx, at=ctx.now()))
    book = fonts or fonts_of(folder, ctx)
    return render_form(out, form=form, records=records, per_page=per_page, stamp=stamp, overrides_dir=own, fonts=book).pages
