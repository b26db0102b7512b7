"""Search as you type over a million residents and everyone registered.

Kana goes to a B-tree range first and to pairs of characters after; kanji and addresses to pairs; birth dates and phones to B-trees.
Counting stops at a cap, because a clerk never reads past the first screen.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app.domain.dates import parse_date, to_yyyymmdd
from app.domain.eras import list_eras
from app.domain.errors import SasaeError
from app.domain.folding import SEAM_VOWELS, seam_key
from app.domain.identifiers import parse_card_number
from app.domain.resident import ALIAS_BETWEEN
from app.storage import tables as t
from app.storage.dialects import search_of
from app.storage.keys import digits, fold_key_address, fold_key_kana, fold_key_name
from app.storage.queries.base import Source, chunked
from app.storage.queries.persons import hits_by_id
from app.storage.queries.residents import COLUMNS, text_tables, views
from app.storage.search import match_address, match_anywhere, match_kana, match_name
from app.storage.shield import Guard
from app.usecases.rows import ResidentView, SearchHit

CAP = 1000
_FEW = 300  # rows that are read to see whether they fit; for more, the text index is asked
_MOST_TO_NARROW = 50_000
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

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def find(
        self, text: str, *, birth: str = "", address: str = "", within: str = "all", limit: int = 50
    ) -> tuple[list[SearchHit], int, bool]:
        """Hits, how many there are up to the cap, and whether hits were left out. Registered people come first.

        People the reader may not learn of are neither among the hits nor in the number.
        """
        wanted = take_apart(text, birth=birth, address=address)
        if wanted.empty:
            return [], 0, False
        hits: list[SearchHit] = []
        total = 0
        with self._source() as connection:
            if within in ("persons", "all"):
                ids, count = _find_persons(connection, wanted, limit, self._guard)
                hits += hits_by_id(connection, ids, self._guard, at=int(time.time()), match=_match_code(wanted))
                total += count
            if within in ("residents", "all") and not (wanted.card or wanted.number):
                found, count = _find_residents(connection, wanted, limit, self._guard)
                known = {hit.id for hit in hits}
                fresh = [view for view in found if view.person_id not in known]
                hits += [_resident_hit(view, wanted) for view in fresh]
                total += count - (len(found) - len(fresh))
        shown = [_say_address(hit, wanted) for hit in hits[:limit]]
        return shown, total, total > len(shown)


def _say_address(hit: SearchHit, wanted: Wanted) -> SearchHit:
    """The hit as one by address where no text typed is in its name or reading."""
    if hit.match != "name" or any(text in hit.name for text in wanted.texts):
        return hit
    name, kana = fold_key_name(hit.name), fold_key_kana(hit.kana)
    named = any(fold_key_name(text) in name or fold_key_kana(text) in kana for text in wanted.texts)
    place = fold_key_address(hit.address)
    placed = any(fold_key_address(text) in place for text in wanted.texts)
    return replace(hit, match="address") if placed and not named else hit


def _match_code(wanted: Wanted) -> str:
    for name in ("card", "number", "phone"):
        if getattr(wanted, name):
            return name
    if wanted.kana:
        return "kana_birth" if wanted.birth else "kana"
    return "name" if wanted.texts else "birth" if wanted.birth else "address"


def _fts_query(wanted: Wanted) -> str:
    """Every text must be in name, kana or address; the address text in the address; the reading in kana or name."""
    parts = [match_anywhere(text) for text in wanted.texts]
    if wanted.address:
        parts.append(match_address(fold_key_address(wanted.address)))
    if wanted.kana:
        parts.append(f"{match_kana(wanted.kana)} OR {match_name(wanted.kana)}")
    return " AND ".join(f"({part})" for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Ground:
    """A table to look into: its name, the condition every row must meet, the row numbers it spans, and rows the reader does not get.

    ``kana``, ``birth`` and ``phone`` are where those keys are in order, ``born`` and ``called`` that order; ``texts`` are the tables of the
    text index.
    """

    table: str
    scope: str
    values: dict[str, Any]
    hidden: frozenset[int]
    kana: str
    birth: str
    phone: str
    texts: tuple[str, ...]
    born: str
    called: str

    def seen(self, rids: list[int]) -> list[int]:
        """The rows without the hidden ones."""
        return [rid for rid in rids if rid not in self.hidden] if self.hidden else rids


def _candidates(connection: Connection, ground: _Ground, wanted: Wanted, limit: int) -> list[int]:
    """Row numbers of what is wanted, at most ``CAP`` + 1. Each question begins at the index that leaves fewest rows."""
    if wanted.birth or wanted.phone:
        rids = _by_birth(connection, ground, wanted) if wanted.birth else _by_phone(connection, ground, wanted)
        return ground.seen(_narrow(connection, ground, wanted, rids))[: CAP + 1]
    rids = []
    if wanted.kana and not wanted.texts and not wanted.address:
        sql = f"SELECT rid FROM {ground.kana} WHERE {ground.scope} key_kana >= :kana AND key_kana < :end ORDER BY key_kana, rid LIMIT {CAP + 1}"
        rids = ground.seen(_column(connection, sql, {**ground.values, "kana": wanted.kana, "end": wanted.kana + _LAST}))
        if len(rids) >= limit:
            return rids
    seen = set(rids)
    return [*rids, *(rid for rid in ground.seen(_by_text(connection, ground, wanted, CAP + 1)) if rid not in seen)]


def _by_text(connection: Connection, ground: _Ground, wanted: Wanted, most: int) -> list[int]:
    query, speech = _fts_query(wanted), search_of(connection)
    if not query:
        return []
    sql = speech.matching(ground.texts, span="first" in ground.values, most=most)
    return _column(connection, sql, {**ground.values, "query": speech.match_value(query)})


def _by_birth(connection: Connection, ground: _Ground, wanted: Wanted) -> list[int]:
    """Whose birth date may lie in the range. Dates known only roughly begin at a few days (see ``_rough_starts``) and reach into it."""
    assert wanted.birth
    low, high = wanted.birth
    lost = wanted.kana.startswith(SEAM_VOWELS)  # a given name that may have lost its first vowel in the key: narrowed afterwards
    kana = "AND (instr(key_kana, :kana) > 0 OR key_kana = '')" if wanted.kana and not lost else ""
    select_rid = f"SELECT rid FROM {ground.birth} WHERE {ground.scope}"
    most = CAP + 1 if not (wanted.texts or wanted.address or wanted.phone or lost) else _MOST_TO_NARROW
    limit = f"{kana} ORDER BY {ground.born} LIMIT {most}"
    values = {**ground.values, "low": low, "high": high, "kana": wanted.kana}
    rids = _column(connection, f"{select_rid} birth_lo BETWEEN :low AND :high {limit}", values)
    starts = ",".join(str(start) for start in _rough_starts(low))
    rids += _column(connection, f"{select_rid} birth_lo IN ({starts}) AND birth_hi >= :low {limit}", values)
    return rids


def _rough_starts(low: int) -> list[int]:
    """Days before ``low`` (yyyymmdd) on which a birth date known to the part of a month, month, season, year or era may begin."""
    year, month = low // 10000, low // 100 * 100
    starts = {month + day for day in (1, 11, 21)} | {year * 10000 + m * 100 + 1 for m in range(1, 13)}
    starts |= {(year - back) * 10000 + 101 for back in range(1, 6)} | {(year - 1) * 10000 + 1201}
    starts |= {to_yyyymmdd(era.start) for era in list_eras()}
    return sorted(start for start in starts if start < low)


def _by_phone(connection: Connection, ground: _Ground, wanted: Wanted) -> list[int]:
    sql = f"SELECT rid FROM {ground.phone} WHERE {ground.scope} key_phone >= :phone AND key_phone < :end ORDER BY {ground.called} LIMIT {_MOST_TO_NARROW}"
    return _column(connection, sql, {**ground.values, "phone": wanted.phone, "end": wanted.phone + _LAST})


def _narrow(connection: Connection, ground: _Ground, wanted: Wanted, rids: list[int]) -> list[int]:
    """Those of the rows that meet the rest of the question: by reading them while they are few, by the text index otherwise."""
    by_phone = bool(wanted.phone and wanted.birth)
    if not (wanted.texts or wanted.address or wanted.kana or by_phone):
        return rids
    if len(rids) > _FEW:
        kept = set(_by_text(connection, ground, wanted, _MOST_TO_NARROW)) if _fts_query(wanted) else set(rids)
        kept &= set(_by_phone(connection, ground, wanted)) if by_phone else kept
        return [rid for rid in rids if rid in kept]
    listed = ",".join(map(str, rids)) or "NULL"
    alias = "alias" if ground.table == "resident" else "''"
    rows = connection.exec_driver_sql(
        f"SELECT rid, key_name, key_kana, address, key_phone, {alias}, name, kana FROM {ground.table} WHERE rid IN ({listed})"
    )
    fitting = {row[0] for row in rows if _fits(wanted, _with_seam(row[1], row[6]), _with_seam(row[2], row[7]), *row[3:6])}
    return [rid for rid in rids if rid in fitting]


def _with_seam(key: str, text: str) -> str:
    """The key, and below it that of the parts where it lost a vowel between them."""
    seam = seam_key(text)
    return f"{key}\n{seam}" if seam else key


def _fits(wanted: Wanted, name: str, kana: str, address: str, phone: str, alias: str) -> bool:
    """Whether a row holds every text, the reading, the address and the phone."""
    place = fold_key_address(address)
    name = "\n".join((name, *map(fold_key_name, alias.split(ALIAS_BETWEEN)))) if alias else name
    for text in wanted.texts:
        if not (fold_key_name(text) in name or fold_key_kana(text) in kana or fold_key_address(text) in place):
            return False
    if wanted.address and fold_key_address(wanted.address) not in place:
        return False
    return (not wanted.kana or wanted.kana in kana or wanted.kana in name) and phone.startswith(wanted.phone)


def _find_residents(connection: Connection, wanted: Wanted, limit: int, guard: Guard) -> tuple[list[ResidentView], int]:
    active = connection.execute(select(t.snapshot).where(t.snapshot.c.active)).one_or_none()
    if active is None:
        return [], 0
    values = {"snapshot": active.num, "first": active.first_rid, "last": active.last_rid}
    ground = _Ground(
        table="resident",
        scope="snapshot = :snapshot AND",
        values=values,
        hidden=guard.hidden_rows(connection, active),
        kana="resident_kana",
        birth="resident_birth",
        phone="resident_phone",
        texts=text_tables(connection, active.num),
        born="birth_lo, rid",
        called="key_phone, rid",
    )
    rids = _candidates(connection, ground, wanted, limit)
    return _views(connection, rids[:limit], guard), len(rids)


def _views(connection: Connection, rids: list[int], guard: Guard) -> list[ResidentView]:
    if not rids:
        return []
    sql = f"SELECT {COLUMNS} FROM resident r JOIN snapshot sn ON sn.num = r.snapshot WHERE r.rid IN ({','.join(map(str, rids))})"
    rows = {row[0]: row for row in connection.exec_driver_sql(sql)}
    return views(connection, [rows[rid] for rid in rids], guard)


def _persons_ground(hidden: frozenset[int]) -> _Ground:
    birth = "person INDEXED BY ix_person_birth"
    return _Ground(
        table="person", scope="", values={}, hidden=hidden, kana="person", birth=birth, phone="person", texts=("person_fts",),
        born="birth_lo, birth_hi, key_kana, rid", called="rid",
    )  # fmt: skip


def _find_persons(connection: Connection, wanted: Wanted, limit: int, guard: Guard) -> tuple[list[str], int]:
    people = guard.hidden(connection)
    if wanted.card or wanted.number:
        column, value = ("card", wanted.card) if wanted.card else ("number", wanted.number)
        ids = _column(connection, f"SELECT id FROM person WHERE NOT deleted AND {column} = :value ORDER BY rid", {"value": value})
        ids = [one for one in ids if one not in people.persons]
        return ids, len(ids)
    rids = _candidates(connection, _persons_ground(people.person_rows), wanted, limit)
    found: list[str] = []
    gone = 0
    for part in chunked(rids, max(limit, 50)):
        if len(found) >= limit:
            break
        listed = ",".join(map(str, part))
        live = {row[0]: row[1] for row in connection.exec_driver_sql(f"SELECT rid, id FROM person WHERE NOT deleted AND rid IN ({listed})")}
        gone += len(part) - len(live)
        found += [live[rid] for rid in part if rid in live]
    return found[:limit], len(rids) - gone


def _column(connection: Connection, sql: str, values: dict[str, Any]) -> list[Any]:
    return [row[0] for row in connection.exec_driver_sql(sql, values).all()]  # row by row costs four times as much


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
