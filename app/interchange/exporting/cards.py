"""Papers for shelters: cards of evacuees, filled in or blank, sheets for handwriting, and the recovery key.

The code on a card holds its number and nothing about anybody. Protected people get a card only from somebody with the right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.dates import format_instant
from app.domain.errors import RuleViolation
from app.domain.evacuee import Household, Person
from app.domain.identifiers import new_card_number
from app.interchange.exporting.rosters import fonts_of, page_stamp
from app.presentation.columns.texts import birth_era
from app.presentation.stamps import stamp_for
from app.usecases.context import Context
from app.usecases.persons import give_card
from app.usecases.rows import StayView

MOST = 2000
_CODES = ("sex", "consent_kin", "consent_acquaintance", "consent_public", "consent_board", "consent_web", "consent_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOutcome:
    """``cards`` made on ``pages``; ``withheld`` people were left out because of a protection measure."""

    path: Path
    cards: int
    pages: int
    withheld: int = 0


def write_cards(ctx: Context, *, person_ids: Sequence[str], out: Path, per_page: int = 8, folder: Path | None = None) -> CardOutcome:
    """Cards with what is known, 4 or 8 to a page. Who has no number yet gets one. Noted in the access log.

    PrintRefused when a name has a character no font holds: nothing is printed with a hole. RuleViolation ``card.nobody``.
    """
    ctx.require("print")
    persons = [
        person for person_id in person_ids if isinstance(person := ctx.reads.get("person", person_id), Person) and not person.deleted
    ]
    allowed = [person for person in persons if not person.protected or ctx.actor.may("see_protected")]
    if not allowed:
        raise RuleViolation("card.nobody", field="persons")
    ids = [person.id for person in allowed]
    numbers, _ = give_card(ctx, person_ids=ids)
    stays = ctx.reads.persons.open_stays(ids)
    records = [_record(ctx, person, numbers[person.id], stays.get(person.id)) for person in allowed]
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=ids, target=out.name)
        uow.commit()
    pages = _render(ctx, out, form="evacuee_card", records=records, per_page=per_page, folder=folder)
    return CardOutcome(path=out, cards=len(records), pages=pages, withheld=len(persons) - len(allowed))


def _record(ctx: Context, person: Person, card: str, stay: StayView | None) -> dict[str, str]:
    household = ctx.reads.get("household", person.household_id) if person.household_id else None
    values = {
        "card": card, "name": person.name, "kana": person.kana, "birth": birth_era(person.birth), "address": person.address,
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


def _render(ctx: Context, out: Path, *, form: str, records: Sequence[Mapping[str, Any]], per_page: int, folder: Path | None) -> int:
    from app.printing.forms import render_form

    own = folder / "forms" if folder and (folder / "forms").is_dir() else None
    stamp = page_stamp(stamp_for(ctx, at=ctx.now()))
    return render_form(
        out, form=form, records=records, per_page=per_page, stamp=stamp, overrides_dir=own, fonts=fonts_of(folder)
    ).pages  # fmt: skip
