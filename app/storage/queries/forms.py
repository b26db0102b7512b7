"""The longest texts of the store, to try forms out with."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection

from app.storage.queries.base import Source
from app.storage.shield import Guard
from app.usecases.form_rows import LongestTexts

_HIDDEN = "NOT IN (SELECT value FROM json_each(:hidden))"
_VICTIM = f"SELECT {{0}}, id FROM victim WHERE NOT deleted AND id {_HIDDEN} ORDER BY length({{0}}) DESC, id LIMIT 1"
_APPLICATION = f"SELECT {{0}}, victim_id FROM application WHERE NOT deleted AND victim_id {_HIDDEN} ORDER BY length({{0}}) DESC, id LIMIT 1"
# A building where somebody hidden lives would tell where that is.
_BUILDING = (
    "SELECT address, id FROM building WHERE NOT deleted AND id NOT IN"
    " (SELECT building_id FROM occupancy WHERE NOT deleted AND victim_id IN (SELECT value FROM json_each(:hidden)))"
    " ORDER BY length(address) DESC, id LIMIT 1"
)
_MOST_MEMBERS = (
    f"SELECT victim_id FROM victim_member WHERE NOT deleted AND victim_id {_HIDDEN}"
    " GROUP BY victim_id ORDER BY count(*) DESC, sum(length(name)) DESC, victim_id LIMIT 1"
)
_MEMBERS = "SELECT name, relation, birth FROM victim_member WHERE NOT deleted AND victim_id = :victim ORDER BY position, id"


class FormQueries:
    """See ``usecases.ports.FormReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source, self._guard = source, guard

    def longest(self) -> LongestTexts:
        """Of each kind the longest text that this reader may see. Some tenths of a second for 60,000 households."""
        with self._source() as connection:
            hidden = {"hidden": json.dumps(sorted(self._guard.hidden(connection).victims))}
            victims: list[str] = []

            def first(sql: str) -> str:
                row = connection.exec_driver_sql(sql, hidden).one_or_none()
                if row is None or not row[0]:
                    return ""
                if "building" not in sql:
                    victims.append(row[1])
                return str(row[0])

            texts: dict[str, Any] = {name: first(_VICTIM.format(column)) for name, column in (("head_name", "head_name"), ("head_address", "address"))}
            texts["building_address"] = first(_BUILDING)
            for name, column in (
                ("cause", "cause"), ("damage", "damage"), ("applicant_name", "applicant_name"), ("applicant_address", "contact_address"),
            ):  # fmt: skip
                texts[name] = first(_APPLICATION.format(column))
            for name in ("objects", "purposes"):
                texts[name] = tuple(json.loads(first(_APPLICATION.format(name)) or "[]"))
            members = _members(connection, hidden, victims)
            return LongestTexts(**texts, members=members, victims=tuple(dict.fromkeys(one for one in victims if one)))


def _members(connection: Connection, hidden: dict[str, Any], victims: list[str]) -> tuple[tuple[str, str, str], ...]:
    victim = connection.exec_driver_sql(_MOST_MEMBERS, hidden).scalar_one_or_none()
    if victim is None:
        return ()
    victims.append(victim)
    rows = connection.exec_driver_sql(_MEMBERS, {"victim": victim})
    return tuple((str(name), str(relation), str(birth)) for name, relation, birth in rows)
