"""Shelters, the spells in which they are open, and head counts declared by phone or paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import RuleViolation
from app.domain.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelter(Record):
    """A place that receives people. ``capacity`` is the indoor number, ``capacity_text`` what the source said, whole."""

    external_id: str = ""
    name: str
    kana: str = ""
    kind: str = "designated"
    district: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    capacity: int | None = None
    capacity_text: str = ""
    hazards: tuple[str, ...] = ()
    towns: str = ""
    in_charge: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelterSpell(Record):
    """One period in which a shelter was open: from inclusive, to exclusive, ``None`` while open.

    ``source`` is ``manual``, or ``listing`` when it follows from published lists of open shelters.
    """

    shelter_id: str
    opened_at: datetime
    closed_at: datetime | None = None
    source: str = "manual"
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount(Record):
    """A number of people declared for a shelter at a time. ``counted_total`` is what was said, never computed."""

    shelter_id: str
    counted_at: datetime
    counted_total: int
    male: int | None = None
    female: int | None = None
    infants: int | None = None
    children: int | None = None
    adults: int | None = None
    seniors: int | None = None
    households: int | None = None
    method: str = "phone"
    reported_by: str = ""
    note: str = ""
    deleted: bool = False


_NUMBER = re.compile(r"[0-9][0-9,]*")
_WIDE = str.maketrans("\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0c", "0123456789,")


def indoor_capacity(text: str) -> int | None:
    """The indoor number of a capacity text: the first number in it, else None.

    Real open data say ``indoor 480 people / outdoor 3,350 people`` with the indoor number first.
    """
    found = _NUMBER.search(text.translate(_WIDE))
    return int(found.group().replace(",", "")) if found else None


def check_headcount(count: Headcount) -> None:
    """Refuse negative numbers and parts that exceed the whole (RuleViolation beside the field)."""
    for name in ("counted_total", "male", "female", "infants", "children", "adults", "seniors", "households"):
        value = getattr(count, name)
        if value is not None and not 0 <= value <= 1_000_000:
            raise RuleViolation("headcount.out_of_range", field=name, value=value)
    if count.male is not None and count.female is not None and count.male + count.female > count.counted_total:
        raise RuleViolation("headcount.parts_exceed", field="male", total=count.counted_total, parts=count.male + count.female)
    bands = [n for n in (count.infants, count.children, count.adults, count.seniors) if n is not None]
    if sum(bands) > count.counted_total:
        raise RuleViolation("headcount.parts_exceed", field="infants", total=count.counted_total, parts=sum(bands))


def check_spell(spell: ShelterSpell) -> None:
    """A shelter closes after it opened."""
    if spell.closed_at is not None and spell.closed_at < spell.opened_at:
        raise RuleViolation("shelter.closed_before_opened", field="closed_at")
