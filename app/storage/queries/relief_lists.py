"""How lists of entitlements, claims and casualties are asked for: sources, conditions and orders, and who is hidden in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.domain.protection import ProtectedPeople
from app.domain.relief_documents import conditional_endings
from app.storage import shield_relief
from app.storage.keys import fold_key_kana, fold_key_name
from app.usecases.relief_rows import CasualtyFilter, ClaimFilter, EntitlementFilter

PAID = (
    "SELECT s.entitlement_id AS id, sum(CASE WHEN s.live AND p.state = 'paid' THEN s.amount ELSE 0 END) AS paid,"
    " sum(CASE WHEN s.live AND p.state <> 'paid' THEN s.amount ELSE 0 END) AS under_way, max(s.part) AS parts,"
    " max(CASE WHEN s.live AND p.state <> 'paid' THEN s.rid END) AS moving, max(s.rid) AS newest"
    " FROM payment_share s JOIN payment p ON p.id = s.payment_id WHERE NOT s.deleted {which} GROUP BY s.entitlement_id"
)
"""What is paid and on its way, by entitlement. ``which``: a further condition on ``s``."""
_LEFT = "e.due - e.before - coalesce(d.paid, 0) - coalesce(d.under_way, 0)"
OPEN = f"CASE WHEN {_LEFT} > 0 THEN {_LEFT} ELSE 0 END"
PROGRESS = (
    "CASE WHEN e.state <> 'open' THEN e.state"
    " WHEN coalesce(d.under_way, 0) > 0 THEN CASE WHEN mp.state = 'approved' AND mp.way = 'cash' THEN 'voucher' ELSE mp.state END"
    " WHEN e.due - e.before - coalesce(d.paid, 0) > 0 THEN CASE WHEN np.state IN ('failed', 'recalled') THEN 'failed' ELSE 'open' END"
    " WHEN coalesce(d.paid, 0) > 0 OR e.before > 0 THEN 'paid' ELSE 'open' END"
)
MOVING = (
    " LEFT JOIN payment_share ms ON ms.rid = d.moving LEFT JOIN payment mp ON mp.id = ms.payment_id"
    " LEFT JOIN payment_share ns ON ns.rid = d.newest LEFT JOIN payment np ON np.id = ns.payment_id"
)
"""The payment on its way and the newest one."""
CLAIMS = (
    " FROM claim c JOIN programme g ON g.id = c.programme_id LEFT JOIN relief_round r ON r.id = c.round_id"
    " LEFT JOIN victim v ON v.id = nullif(c.victim_id, '') LEFT JOIN casualty k ON k.id = nullif(c.casualty_id, '')"
)
CLAIM_NAME, CLAIM_KANA = "coalesce(v.head_name, k.name, c.claimed_by)", "coalesce(v.head_kana, k.kana, '')"
CLAIM_DISTRICT = "coalesce(v.district, k.district, '')"
_CASES = "".join(f" AND value NOT LIKE '%{ending}'" for ending in conditional_endings())
LACKING = (
    "EXISTS (SELECT 1 FROM (SELECT value FROM json_each(g.documents) UNION SELECT value FROM json_each(coalesce(r.documents, '[]'))) AS wanted"
    f" WHERE value NOT IN (SELECT value FROM json_each(c.documents)){_CASES})"
)
"""Whether a document that everybody brings has not come with a claim."""
CASUALTIES = " FROM casualty c LEFT JOIN victim v ON v.id = nullif(c.victim_id, '')"

ENTITLEMENT_ORDERS: Mapping[str, str] = {
    "number": "length(e.number), e.number, e.rid",
    "kana": "e.key_kana, length(e.number), e.number",
    "address": "e.district, e.address, e.rid",
    "district": "e.district = '', e.district, e.key_kana, e.rid",
    "category": "e.category, e.key_kana, e.rid",
    "amount": "e.due DESC, e.rid",
    "open": f"{OPEN} DESC, e.rid",
}
CLAIM_ORDERS: Mapping[str, str] = {
    "number": "length(c.number), c.number, c.rid",
    "claimed": "c.claimed_on, c.rid",
    "kana": f"{CLAIM_KANA}, c.rid",
    "state": "CASE c.state WHEN 'received' THEN 0 WHEN 'waiting' THEN 1 WHEN 'complete' THEN 2 ELSE 3 END, c.rid",
}
CASUALTY_ORDERS: Mapping[str, str] = {
    "number": "length(c.number), c.number, c.rid",
    "kana": "c.key_kana, c.rid",
    "harmed": "c.harmed_on = '', c.harmed_on, c.rid",
    "harm": "CASE c.harm WHEN 'dead' THEN 0 WHEN 'related_death' THEN 1 WHEN 'missing' THEN 2 WHEN 'disability' THEN 3 WHEN 'serious' THEN 4 ELSE 5 END, c.rid",
}
Conditions = tuple[list[str], dict[str, Any]]


def needs_payments(filter: EntitlementFilter, sort: str) -> bool:
    """Whether the question cannot be answered from the entitlements alone."""
    return bool(filter.progress not in ("", "declined", "ended") or filter.owed is not None or filter.wants or sort == "open")


def entitlement_where(filter: EntitlementFilter) -> Conditions:
    """Conditions on ``e`` (and ``d``, ``mp``, ``np`` where ``needs_payments``)."""
    names = ("programme_id", "round_id", "state", "district", "unit", "flag", "household", "victim_id")
    where, values = _equal("e", filter, names)
    if filter.category:
        where.append("(e.category = :category OR EXISTS (SELECT 1 FROM json_each(e.lines) WHERE json_extract(value, '$.category') = :category))")
        values["category"] = filter.category
    if filter.progress:
        where.append("e.state = :progress" if filter.progress in ("declined", "ended") else f"{PROGRESS} = :progress")
        values["progress"] = filter.progress
    if filter.owed is not None:
        where.append(f"{'' if filter.owed else 'NOT '}(e.state = 'open' AND {_LEFT} > 0)")
    if filter.wants:
        where.append(f"e.state = 'open' AND ({_LEFT} > 0 OR e.due = 0)")
        where.append(_WANTS.get(filter.wants, "EXISTS (SELECT 1 FROM json_each(e.wants) WHERE value = :wants)"))
        values["wants"] = filter.wants
    if filter.way:
        where.append(f"coalesce({_WAY}, 'transfer') = :way")
        values["way"] = filter.way
    if filter.method:
        where.append("e.claim_id IN (SELECT id FROM claim WHERE method = :method)")
        values["method"] = filter.method
    if filter.batch_id:
        where.append("e.id IN (SELECT entitlement_id FROM payment_share WHERE batch_id = :batch AND NOT deleted)")
        values["batch"] = filter.batch_id
    _words(filter.text, where, values, number=("e.number", "e.resident_no"), name=("e.key_name",), kana=("e.key_kana",), plain=("e.address",))
    return where, values


_WANTS = {"any": "e.wants <> '[]'", "none": "e.wants = '[]'"}
_WAY = (
    "(SELECT y.way FROM payee y WHERE NOT y.deleted AND y.state = 'active' AND (y.subject = e.subject"
    " OR y.subject = e.household OR y.subject IN (SELECT value FROM json_each(e.aliases)))"
    " AND y.programme_id IN ('', e.programme_id) ORDER BY y.programme_id DESC, y.rid DESC LIMIT 1)"
)


def claim_where(filter: ClaimFilter) -> Conditions:
    """Conditions on ``CLAIMS``."""
    where, values = _equal("c", filter, ("programme_id", "round_id", "state", "victim_id", "casualty_id", "resident_no"))
    if filter.apart is not None:
        where.append("c.apart" if filter.apart else "NOT c.apart")
    if filter.lacking is not None:
        where.append(f"c.state NOT IN ('declined', 'withdrawn') AND {'' if filter.lacking else 'NOT '}{LACKING}")
    number, name, kana = ("c.number", "c.resident_no"), ("v.key_name", "k.key_name"), ("v.key_kana", "k.key_kana")
    _words(filter.text, where, values, number=number, name=name, kana=kana, plain=("c.claimed_by",))
    return where, values


def casualty_where(filter: CasualtyFilter) -> Conditions:
    """Conditions on ``CASUALTIES``."""
    where, values = _equal("c", filter, ("harm", "state", "district", "victim_id"))
    if filter.breadwinner:
        where.append({"yes": "c.breadwinner", "no": "NOT c.breadwinner"}.get(filter.breadwinner, "c.breadwinner IS NULL"))
    if filter.linked is not None:
        where.append(f"{'' if filter.linked else 'NOT '}(c.victim_id <> '' OR c.person_id <> '' OR c.resident_no <> '' OR c.resident_id <> '')")
    number = ("c.number", "c.resident_no")
    _words(filter.text, where, values, number=number, name=("c.key_name",), kana=("c.key_kana",), plain=("c.address",))
    return where, values


def _equal(table: str, filter: Any, names: Iterable[str]) -> Conditions:
    given = {name: getattr(filter, name) for name in names if getattr(filter, name)}
    return [f"NOT {table}.deleted", *(f"{table}.{name} = :{name}" for name in given)], dict(given)


def _words(
    text: str,
    where: list[str],
    values: dict[str, Any],
    *,
    number: Sequence[str],
    name: Sequence[str],
    kana: Sequence[str],
    plain: Sequence[str] = (),
) -> None:
    """Each word of the text stands in one of the columns, folded as theirs."""
    for place, word in enumerate(text.split()):
        upright = unicodedata.normalize("NFKC", word)
        folds = ((number, upright.upper()), (name, fold_key_name(word)), (kana, fold_key_kana(word)), (plain, word), (plain, upright))
        parts = []
        for at, (columns, folded) in enumerate(folds):
            if folded and columns:
                values[f"w{place}_{at}"] = folded
                parts += [f"instr(coalesce({column}, ''), :w{place}_{at}) > 0" for column in columns]
        where.append(f"({' OR '.join(parts)})" if parts else "false")


def means(people: ProtectedPeople, victim_id: str, resident_no: str, person_id: str, resident_id: str) -> bool:
    """Whether what these name is, or is of the household of, a protected person."""
    return (
        (victim_id != "" and victim_id in people.victims)
        or (resident_no != "" and resident_no in people.numbers)
        or (person_id != "" and person_id in people.persons)
        or (resident_id != "" and resident_id in people.residents)
    )


def protected_casualties(connection: Connection, people: ProtectedPeople) -> frozenset[str]:
    """Ids of the casualties that are of protected people; without any link the name decides."""
    return frozenset(shield_relief.protected_casualties(connection, people))
