"""Buildings, who lives in them and who owns them: the survey unit is a building (棟), the certificate unit a household, money either.

An owner need not live there, several households may live in one building and one household in several, and not everybody is in
the resident register (DOMAIN 0 no. 5). So buildings and households are linked many-to-many.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from app.domain.dates import parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.folding import fold_name
from app.domain.records import Record

USES = ("dwelling", "apartment", "mixed", "vacant", "barn", "business", "public", "vehicle", "wall", "carport", "other")
"""What a building is used as. The first three are 住家: people actually live there."""
DWELLINGS = frozenset({"dwelling", "apartment", "mixed"})
STRUCTURES = ("wood", "prefab", "steel", "light_steel", "rc", "src", "block", "other", "unknown")
WOODEN = frozenset({"wood", "prefab"})
"""Structures judged by the tables for 木造・プレハブ; all others known are non-wood."""
RISKS = ("inspected", "limited", "unsafe")
"""応急危険度判定: 調査済, 要注意, 危険. It says whether to enter, never the degree of damage."""
TENURES = ("own", "rent", "company", "public", "free", "unknown")
OWNER_FIELDS = ("owner_name", "owner_kana", "owner_address", "owner_phone")
"""What may be a protected person's own: blank for those who may not learn of them (decision 006)."""
VICTIM_SOURCES = ("resident", "typed", "file", "business", "owner")


_DASH = re.compile("(?<=[0-9A-Za-z])[\u2010-\u2015\u2212\u2500\u30fc](?=[0-9A-Za-z])")


@lru_cache(maxsize=4096)
def plain_number(text: str) -> str:
    """A number that others gave (tax number, sheet of another tool) in one width and with one hyphen: files write the same one differently."""
    return _DASH.sub("-", " ".join(unicodedata.normalize("NFKC", text).split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Building(Record):
    """One building (or wall, car …). ``number`` is its 調査番号, from this device's own range; ``tax_no`` that of the 家屋課税台帳.

    ``lat``/``lon`` degrees WGS 84, ``floor_area`` m². ``collapsed`` puts it on the register of collapsed houses with ``danger`` notes.
    """

    number: str = ""
    tax_no: str = ""
    use: str = "dwelling"
    name: str = ""
    owner_name: str = ""
    owner_kana: str = ""
    owner_address: str = ""
    owner_phone: str = ""
    postal: str = ""
    address: str = ""
    district: str = ""
    zone: str = ""
    map_no: str = ""
    lat: float | None = None
    lon: float | None = None
    structure: str = "unknown"
    storeys: int | None = None
    floor_area: float | None = None
    built: str = ""
    collapsed: bool = False
    danger: str = ""
    risk: str = ""
    risk_on: str = ""
    risk_note: str = ""
    note: str = ""
    deleted: bool = False

    @property
    def is_dwelling(self) -> bool:
        """Whether it is a 住家."""
        return self.use in DWELLINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim(Record):
    """An affected household (被災世帯), or whoever stands for one: a business, an owner who lives elsewhere.

    ``snapshot_id`` and ``resident_household`` link to the residents of the day. ``declared``: written down as told, before the
    snapshot was ready; ``matched_at`` says when somebody compared it with the snapshot.
    """

    head_name: str = ""
    head_kana: str = ""
    head_birth: str = ""
    postal: str = ""
    address: str = ""
    district: str = ""
    phone: str = ""
    contact_address: str = ""
    snapshot_id: str = ""
    resident_household: str = ""
    resident_no: str = ""
    source: str = "resident"
    declared: bool = False
    matched_at: datetime | None = None
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimMember(Record):
    """Somebody of an affected household as it lived there on the day. ``position`` orders them, the head first (0).

    ``protected``: typed in, and may be a protected person (decision 006): the household is then withheld as if linked to that person.
    """

    victim_id: str
    position: int = 0
    resident_id: str = ""
    resident_no: str = ""
    person_id: str = ""
    name: str = ""
    kana: str = ""
    birth: str = ""
    sex: str = "unknown"
    relation: str = ""
    protected: bool = False
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy(Record):
    """A household lived in (or used) a building. ``main``: it is where they really lived (生活の本拠)."""

    building_id: str
    victim_id: str
    tenure: str = "unknown"
    room: str = ""
    main: bool = True
    note: str = ""
    deleted: bool = False


def check_building(building: Building) -> None:
    """A building can be found again: by address, tax number, map number or place (RuleViolation beside the field)."""
    if not (building.address.strip() or building.tax_no.strip() or building.map_no.strip() or building.lat is not None):
        raise RuleViolation("building.not_findable", field="address")
    for value, codes, field in (
        (building.use, USES, "use"),
        (building.structure, STRUCTURES, "structure"),
        (building.risk, ("", *RISKS), "risk"),
    ):
        if value not in codes:
            raise RuleViolation("word.unknown", field=field, word=value)
    if building.lat is not None and not -90 <= building.lat <= 90 or building.lon is not None and not -180 <= building.lon <= 180:
        raise RuleViolation("building.place", field="lat")
    if building.storeys is not None and not 0 <= building.storeys <= 99:
        raise RuleViolation("building.storeys", field="storeys")


def same_head(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Two heads of households (name, birth date as written), known to be of one building, are one person: no birth date stands against it."""
    if not one[0].strip() or fold_name(one[0]) != fold_name(other[0]):
        return False
    births = [_day(text) for text in (one[1], other[1]) if text.strip()]
    return len(births) < 2 or births[0] == births[1]


def _day(text: str) -> object:
    try:
        return parse_date(text, lenient=True)
    except SasaeError:
        return text.strip()
