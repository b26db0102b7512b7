"""Search as you type over a million residents and everyone registered.

Kana goes to a B-tree range first and to pairs of characters after; kanji and addresses to pairs; birth dates and phones to B-trees.
Counting stops at a cap, because a clerk never reads past the first screen.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app.domain.dates import parse_date, to_yyyymmdd
from app.domain.errors import SasaeError
from app.domain.identifiers import parse_card_number
from app.storage import tables as t
from app.storage.keys import digits, fold_key_address, fold_key_kana, fold_key_name
from app.storage.queries.base import Source
from app.storage.queries.persons import hits_by_id
from app.storage.queries.residents import COLUMNS, views
from app.storage.search import match_any, phrase
from app.usecases.rows import ResidentView, SearchHit

CAP = 1000
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9f\u30fb\\s]+")
_PHONE = re.compile(r"[0-9\uff10-\uff19+()\uff08\uff09 \-\u2010-\u2015\u2212\uff0d\u30fc]{6,}")
_HUMAN_NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9]{3,}-[0-9A-Z]", re.IGNORECASE)
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question taken apart: kana prefix, texts to contain, birth date range, phone digits, card, human number."""

    kana: str = ""
    texts: tuple[str, ...] = ()
    address: str = ""
    birth: tuple[int, int] | None = None
    phone: str = ""
    card: str = ""
    number: str = ""

    @property
    def empty(self) -> bool:
        """Nothing to look for."""
        return not (self.kana or self.texts or self.address or self.birth or self.phone or self.card or self.number)


def _date_range(text: str) -> tuple[int, int] | None:
    try:
        parsed = parse_date(text)
    except SasaeError:
        return None
    if parsed.earliest is None or parsed.latest is None or parsed.earliest < date(1860, 1, 1):
        return None
    return to_yyyymmdd(parsed.earliest), to_yyyymmdd(parsed.latest)


def take_apart(text: str, *, birth: str = "", address: str = "") -> Wanted:
    """What the words of one search box mean."""
    card = parse_card_number(text)
    if card:
        return Wanted(card=card)
    kana: list[str] = []
    texts: list[str] = []
    born = _date_range(birth) if birth.strip() else None
    phone = number = ""
    for word in text.replace("\u3000", " ").split():
        if _HUMAN_NUMBER.fullmatch(word):
            number = word.upper()
        elif _KANA.fullmatch(word):
            kana.append(word)
        elif (found := _date_range(word) if any(c.isdigit() for c in word) else None) is not None:
            born = found
        elif _PHONE.fullmatch(word) and len(digits(word)) >= 6:
            phone = digits(word)
        else:
            texts.append(word)
    return Wanted(kana=fold_key_kana("".join(kana)), texts=tuple(texts), address=address, birth=born, phone=phone, number=number)


class SearchQueries:
    """See ``usecases.ports.SearchReads``."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def find(
        self, text: str, *, birth: str = "", address: str = "", within: str = "all", limit: int = 50, see_protected: bool = False
    ) -> tuple[list[SearchHit], int, bool]:
        """Hits, how many there are up to the cap, and whether hits were left out. Registered people come first."""
        wanted = take_apart(text, birth=birth, address=address)
        if wanted.empty:
            return [], 0, False
        hits: list[SearchHit] = []
        total = 0
        with self._source() as connection:
            if within in ("persons", "all"):
                ids, count = _find_persons(connection, wanted, limit)
                hits += hits_by_id(connection, ids, at=int(time.time()), match=_match_code(wanted))
                total += count
            if within in ("residents", "all") and not (wanted.card or wanted.number):
                found, count = _find_residents(connection, wanted, limit)
                known = {hit.id for hit in hits}
                fresh = [view for view in found if view.person_id not in known]
                hits += [_resident_hit(view, wanted) for view in fresh]
                total += count - (len(found) - len(fresh))
        shown = [hit if see_protected or not hit.protected else mask(hit) for hit in hits[:limit]]
        return shown, total, total > len(shown)


def mask(hit: SearchHit) -> SearchHit:
    """The hit without address, household, phone and place: what everyone may see of a protected person."""
    from dataclasses import replace

    return replace(hit, address="", household="", phone="", shelter_id="", shelter_name="", since=None, masked=True)


def _match_code(wanted: Wanted) -> str:
    for name in ("card", "number", "phone"):
        if getattr(wanted, name):
            return name
    if wanted.kana:
        return "kana_birth" if wanted.birth else "kana"
    return "name" if wanted.texts else "birth" if wanted.birth else "address"


def _fts_query(wanted: Wanted, *, kana_too: bool) -> str:
    """Every text must be in name, kana or address; the address text in the address."""
    parts = []
    for text in wanted.texts:
        one = match_any(
            [("name", phrase(fold_key_name(text))), ("kana", phrase(fold_key_kana(text))), ("address", phrase(fold_key_address(text)))]
        )
        if one:
            parts.append(f"({one})")
    if wanted.address and (place := phrase(fold_key_address(wanted.address))):
        parts.append(f"(address : {place})")
    if kana_too and wanted.kana:
        parts.append(f"({match_any([('kana', phrase(wanted.kana)), ('name', phrase(wanted.kana))])})")
    return " AND ".join(parts)


def _conditions(wanted: Wanted, alias: str) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions other than full text."""
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.birth:
        low, high = wanted.birth
        # a range on the index first; dates known only to the month or year begin on its first day
        starts = sorted({low // 10000 * 10000 + 101, low // 100 * 100 + 1})
        where.append(
            f"({alias}.birth_lo BETWEEN :low AND :high OR ({alias}.birth_lo IN ({starts[0]}, {starts[-1]}) AND {alias}.birth_hi >= :low))"
        )
        values |= {"low": low, "high": high}
    if wanted.phone:
        where.append(f"{alias}.key_phone BETWEEN :phone AND :phone || '\u007f'")
        values["phone"] = wanted.phone
    return where, values


def _find_residents(connection: Connection, wanted: Wanted, limit: int) -> tuple[list[ResidentView], int]:
    active = connection.execute(select(t.snapshot).where(t.snapshot.c.active)).one_or_none()
    if active is None:
        return [], 0
    where, values = _conditions(wanted, "r")
    values |= {"snapshot": active.num, "first": active.first_rid, "last": active.last_rid}
    rids: list[int] = []
    if wanted.kana and not wanted.texts and not wanted.address:
        prefix = ["r.snapshot = :snapshot", "r.key_kana >= :kana", "r.key_kana < :kana_end", *where]
        sql = f"SELECT r.rid FROM resident r WHERE {' AND '.join(prefix)} ORDER BY r.key_kana LIMIT {CAP + 1}"
        rids = _column(connection, sql, {**values, "kana": wanted.kana, "kana_end": wanted.kana + _LAST})
        if len(rids) >= limit:
            return _views(connection, rids[:limit]), len(rids)
    query = _fts_query(wanted, kana_too=True)
    if query:
        sql = (
            f"SELECT f.rowid FROM resident_fts f {'JOIN resident r ON r.rid = f.rowid' if where else ''} WHERE resident_fts MATCH :query"
            f" AND f.rowid BETWEEN :first AND :last {''.join(' AND ' + w for w in where)} LIMIT {CAP + 1}"
        )
        seen = set(rids)
        rids += [rid for rid in _column(connection, sql, {**values, "query": query}) if rid not in seen]
    elif where and not rids:
        sql = f"SELECT r.rid FROM resident r WHERE r.snapshot = :snapshot AND {' AND '.join(where)} ORDER BY r.key_kana LIMIT {CAP + 1}"
        rids = _column(connection, sql, values)
    return _views(connection, rids[:limit]), len(rids)


def _views(connection: Connection, rids: list[int]) -> list[ResidentView]:
    if not rids:
        return []
    sql = f"SELECT {COLUMNS} FROM resident r JOIN snapshot sn ON sn.num = r.snapshot WHERE r.rid IN ({','.join(map(str, rids))})"
    rows = {row[0]: row for row in connection.exec_driver_sql(sql)}
    return views(connection, [rows[rid] for rid in rids])


def _find_persons(connection: Connection, wanted: Wanted, limit: int) -> tuple[list[str], int]:
    if wanted.card or wanted.number:
        column, value = ("card", wanted.card) if wanted.card else ("number", wanted.number)
        ids = _column(connection, f"SELECT id FROM person WHERE NOT deleted AND {column} = :value", {"value": value})
        return ids, len(ids)
    where, values = _conditions(wanted, "p")
    query = _fts_query(wanted, kana_too=True)
    if query:
        where.append("p.rid IN (SELECT rowid FROM person_fts WHERE person_fts MATCH :query)")
        values["query"] = query
    elif wanted.kana:
        return [], 0
    if not where:
        return [], 0
    sql = f"SELECT p.id FROM person p WHERE NOT p.deleted AND {' AND '.join(where)} ORDER BY p.key_kana LIMIT {CAP + 1}"
    ids = _column(connection, sql, values)
    return ids[:limit], len(ids)


def _column(connection: Connection, sql: str, values: dict[str, Any]) -> list[Any]:
    return [row[0] for row in connection.exec_driver_sql(sql, values)]


def _resident_hit(view: ResidentView, wanted: Wanted) -> SearchHit:
    return SearchHit(
        kind="resident",
        id=view.id,
        name=view.name,
        kana=view.kana,
        birth=view.birth,
        sex=view.sex,
        address=view.address,
        household=view.household_no,
        status="staying" if view.stay_id else "left" if view.person_id else "none",
        match=_match_code(wanted),
        protected=view.protected,
        person_id=view.person_id,
        shelter_id=view.shelter_id,
        shelter_name=view.shelter_name,
        since=view.since,
        phone=view.phone,
    )
