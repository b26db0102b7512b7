"""Every question that can be asked of a store, with values found in it: so that two engines can be asked the same."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import cached_property, partial
from operator import methodcaller
from typing import Any

from sqlalchemy import Engine, select

from app.domain.errors import SasaeError
from app.domain.governance import Operator
from app.domain.invention import invent_residents
from app.domain.resident import ResidentRow
from app.storage import tables as t
from app.storage.queries import StoreReads
from app.storage.queries import batches as _batches
from app.storage.queries import cash as _cash
from app.storage.queries import certificates as _certificates
from app.storage.queries import payees as _payees
from app.storage.queries import relief_lists as _lists
from app.usecases.context import Context
from app.usecases.headcounts import record_headcount
from app.usecases.job import QUIET
from app.usecases.payee_rows import SHOWS
from app.usecases.reception import Arrival, check_in, check_out, go_out, move
from app.usecases.residents import load_residents
from tests.stores import OCCURRED, START

TEXTS = (
    "高橋", "髙橋 太郎", "たかはし", "タカハシ ハナ", "渡", "ワ", "わたなべ", "見本市", "本町1-2", "港町5丁目", "1-2-3", "090-0000-1111", "S50.3.1", "昭和20年",
    "隠岐", "オキ", "内緒", "abc", "Abc棟", "0000000011", "T1", "A%", "a_c", "\\", "'", "\"", "ー", "。", "-", "*", "( )",
)  # fmt: skip
_SORTS: Mapping[str, Sequence[str]] = {
    "BatchFilter": tuple(_batches._BATCH_SORTS), "payment_ids": tuple(_batches._PAYMENT_SORTS), "VoucherFilter": tuple(_cash._ORDERS),
    "CertificateFilter": tuple(_certificates._CERTIFICATE_SORTS), "sorted_certificates": tuple(_certificates._CERTIFICATE_SORTS),
    "ApplicationFilter": tuple(_certificates._APPLICATION_SORTS), "PayeeFilter": tuple(_payees._SORTS),
    "entitlement_ids": tuple(_lists.ENTITLEMENT_ORDERS), "claim_ids": tuple(_lists.CLAIM_ORDERS), "casualty_ids": tuple(_lists.CASUALTY_ORDERS),
}  # fmt: skip
_KINDS_OF = {
    "victim": "victim",
    "account": "payee_account",
    "batch": "payment_batch",
    "round": "relief_round",
    "box": "cash_box",
    "spell": "shelter_spell",
}
_MOST = 12
"""Of so many different values of a column each is asked for."""


class Questions:
    """Questions with values from a store. ``asked`` gives a name and what asks it of the reads of any store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._columns: dict[str, list[Any]] = {}

    def asked(self, reads: StoreReads) -> Iterator[tuple[str, Callable[[StoreReads], Any]]]:
        """Every public question of every group, one argument varied at a time."""
        for group, queries in vars(reads).items():
            if group.startswith("_"):
                continue
            for name, method in inspect.getmembers(queries, inspect.ismethod):
                if not name.startswith("_"):
                    yield from self._calls(group, name, method)
        for kind in t.KINDS:
            yield f"all {kind.name}", methodcaller("all", kind.name)
            for one in self._ids(kind.table.name)[:3]:
                yield f"get {kind.name}", methodcaller("get", kind.name, one)
        yield "protected", methodcaller("protected")

    def _calls(self, group: str, name: str, method: Callable[..., Any]) -> Iterator[tuple[str, Callable[[StoreReads], Any]]]:
        hints = typing.get_type_hints(method)
        choices: dict[str, list[Any]] = {}
        for parameter in inspect.signature(method).parameters.values():
            values = self._values(group, name, parameter.name, hints[parameter.name])
            if parameter.default is not inspect.Parameter.empty:
                values = [parameter.default, *(value for value in values if value != parameter.default)]
            assert values, (group, name, parameter.name)
            choices[parameter.name] = values
        base = {key: values[0] for key, values in choices.items()}
        variants = [base] + [{**base, key: value} for key, values in choices.items() for value in values[1:]]
        for given in variants:
            yield f"{group}.{name}({given})", partial(_ask, group, methodcaller(name, **given))

    def _values(self, group: str, method: str, name: str, hint: Any) -> list[Any]:
        if isinstance(hint, type) and dataclasses.is_dataclass(hint) and name in ("filter", "wanted"):
            return list(self._filters(hint))
        if name in ("sort",):
            return list(_SORTS[method])
        if name == "by":
            return ["within", "round", "category", "district", *(["site"] if method != "entitlement_sums" else [])]
        if name == "kind":
            return self._kinds(group, method)
        if name == "field":
            return ["id"]
        if name == "payee":
            return [StoreReads.over(self._engine).get("payee", one) for one in self._ids("payee")[:4]]
        found = self._named.get(name)
        if found is not None:
            return list(found)
        stem = name.removesuffix("s").removesuffix("_id")
        table = _KINDS_OF.get(stem, stem)
        if name.endswith("_id") and table in t.metadata.tables:
            return [*self._ids(table)[:4], "nobody"]
        if name.endswith("_ids") and table in t.metadata.tables:
            return [self._ids(table), [], [*reversed(self._ids(table)), "nobody"]]
        return self._by_type(name, hint)

    def _by_type(self, name: str, hint: Any) -> list[Any]:
        options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        if bool in options:
            return [True, False]
        if int in options:
            return [0, 3, 40]
        return list(self._distinct(name)) if str in options else []

    def _kinds(self, group: str, method: str) -> list[Any]:
        if not group:
            return list(self._distinct("kind"))
        if method == "by_number":
            return ["claim", "casualty", "entitlement"] if group == "relief" else ["application", "certificate", "building"]
        if group == "exchange":
            return ["person", "claim", "stay"]
        if method in ("many", "many_by"):
            return [kind.cls for kind in t.KINDS if kind.name in ("claim", "entitlement", "application", "casualty")]
        return ["entitlement", "claim", "casualty"]

    def _filters(self, kind: type[Any]) -> Iterator[Any]:
        hints = typing.get_type_hints(kind)
        needed = {name: self._named[name][0] for name, field in _fields(kind).items() if field.default is dataclasses.MISSING}
        yield kind(**needed)
        for name in _fields(kind):
            if name == "sort":
                values: Sequence[Any] = _SORTS[kind.__name__]
            elif typing.get_origin(hints[name]) is tuple:
                values = [("care",), ("care", "pregnant")]
            else:
                values = self._values("", kind.__name__, name, hints[name])
            for value in values:
                yield kind(**{**needed, name: value})
                if kind.__name__ == "RosterFilter":
                    yield kind(**{**needed, "presence": "out", "include_protected": True, name: value})
                    yield kind(**{**needed, "known_at": START + timedelta(minutes=1), name: value})

    def _ids(self, table: str) -> list[str]:
        return self._column(table, "id")

    def _column(self, table: str, column: str) -> list[Any]:
        key = f"{table}.{column}"
        if key not in self._columns:
            found = t.metadata.tables[table]
            with self._engine.connect() as connection, connection.begin():
                order = found.c.rid if "rid" in found.c else found.c[column]
                self._columns[key] = list(connection.execute(select(found.c[column]).order_by(order)).scalars())
        return self._columns[key]

    def _distinct(self, column: str) -> list[str]:
        """Some values of every column of this name."""
        values: set[str] = set()
        for table in t.metadata.tables.values():
            if column in table.c and table.name not in ("journal", "access"):
                with self._engine.connect() as connection, connection.begin():
                    values |= set(connection.execute(select(table.c[column]).distinct()).scalars())
        return ["", *sorted(value for value in values if isinstance(value, str) and value)[:_MOST], "nothing such"]

    def _parts(self) -> list[str]:
        """Parts of names, readings, addresses and dates of some residents, as people type them."""
        chosen = range(0, len(self._column("resident", "rid")), 171)
        found = []
        for column, part in (
            ("name", slice(0, 2)),
            ("kana", slice(0, 3)),
            ("kana", slice(2, 6)),
            ("address", slice(3, None)),
            ("birth", slice(0, None)),
        ):
            found += [self._column("resident", column)[place][part].strip() for place in chosen]
        return [*dict.fromkeys(text for text in found if text)]

    @cached_property
    def _named(self) -> dict[str, list[Any]]:
        snapshots, rids = self._column("snapshot", "id"), self._column("resident", "rid")
        people = [f"{snapshot}:{place}" for snapshot in snapshots for place in range(9)]
        numbers = [
            number
            for table in t.metadata.tables.values()
            if "number" in table.c and "rid" in table.c
            for number in self._column(table.name, "number")
        ]
        acts = self._column("journal", "act")
        moments = [START + timedelta(hours=1), OCCURRED, START, START + timedelta(days=3)]
        days = ["2024-01-02", "2024-01-05", "2024-01-03"]
        households = sorted(set(self._column("resident", "household_no")))
        residents = sorted(set(self._column("resident", "resident_no")))
        few = [*residents[:10], *residents[-10:]]
        subjects = sorted(set(self._column("entitlement", "subject")) | set(self._column("entitlement", "household")))
        devices = self._column("device", "id")
        operators = [one.id for one in StoreReads.over(self._engine).all("operator") if isinstance(one, Operator)]
        entries = sorted(set(self._column("posting", "entry")))
        return {
            "snapshot_id": [*reversed(snapshots), "nobody"], "rids": [rids, rids[::-1][:5], []], "places": [rids, [rids[-1], rids[0]]],
            "resident_id": [*people, "nobody:1", "x"], "resident_ids": [people], "resident_no": few, "resident_nos": [residents],
            "household_no": [*households[:6], *households[-6:]],
            "text": [*TEXTS, *self._parts()], "at": moments, "moments": [moments], "start": moments[1:2], "end": moments[3:],
            "known_at": [moments[0], moments[2]], "on": [date(2024, 1, 2), date(2030, 3, 1)], "job": [QUIET], "limit": [5, 1, 50],
            "number": [*numbers[:60], *numbers[-40:], "nothing such"], "numbers": [numbers], "card": ["card", *self._column("person", "card")[:2]],
            "person_id": [*self._ids("person"), "nobody"], "record_id": [*self._ids("person"), *self._ids("stay"), *self._ids("payment_batch")],
            "record_ids": [self._ids(name) for name in ("person", "claim", "entitlement", "casualty", "application")],
            "values": [self._ids(name) for name in ("claim", "entitlement", "casualty", "application")], "ids": [self._ids("entitlement"), []],
            "group_id": [*acts[:3], *acts[-3:]], "name": [*TEXTS[:9], "髙橋　太郎"], "kana": ["タカハシ　タロウ", "", *TEXTS[2:7]],
            "birth": ["昭和50年3月1日", "", "S50", "昭和20年", "1983-12-13"], "address": ["本町1", "隠町", "5丁目"], "within": ["all", "persons", "residents"],
            "presence": ["in", "out", "all"], "default": [""], "sha256s": [self._column("photo", "sha256")], "days": [days], "day": days, "today": days[1:2],
            "serial": [1, 2], "since_ms": [0], "round_ids": [self._ids("relief_round"), []], "districts": [[], self._distinct("district")],
            "subjects": [subjects], "keys": [subjects], "victims": [[], self._ids("victim")], "codes": [self._column("payment", "code")],
            "sha256": self._column("transfer_result", "sha256") or [""], "ending": [entries[0][-6:], "nothing such"], "entries": [entries],
            "device_id": devices, "device": devices, "operator": ["", *operators], "operator_id": ["", *operators], "operator_name": ["", "見本班"],
            "subject": subjects, "household": subjects, "clerk": self._distinct("clerk"), "show": list(SHOWS), "receipt": self._ids("receipt"),
            "missing": ["", *_certificates._LACKING], "wants": ["", "any", "none", "payee"], "breadwinner": ["yes", "no", "unknown"],
            "progress": ["open", "paid", "failed", "approved", "voucher", "declined"], "consent": ["kin", "public"], "waiting": [1, 3], "act": acts[:1],
            "since": days, "until": days, "applied_from": days, "applied_to": days, "issued_from": days, "issued_to": days, "step_seconds": [3600],
            "state": [*self._distinct("state"), "unpaid", "changed", "unsurveyed"], "grade": [*self._distinct("grade"), "ungraded"],
            "batch": self._distinct("batch"), "seen": [True],
            "known": [{}, StoreReads.over(self._engine).exchange.vector()], "site_kind": ["hq", "shelter", "desk"], "most": [2000, 7],
        }  # fmt: skip


def fill_more(ctx: Context, shelters: Sequence[str], count: int = 600) -> None:
    """Many more residents, some of whom came to shelters, left them, moved or stepped out; and counts of heads."""
    people = list(invent_residents(count, seed=7, as_of=date(2024, 1, 1)))
    rows = [ResidentRow(**{name: getattr(one, name) for name in ResidentRow._fields[:14]}) for one in people]
    snapshot, _ = load_residents(ctx, batches=[rows], as_of=OCCURRED, label="多く")
    came: list[str] = []
    for place in range(0, count, 7):
        values: dict[str, Any] = {"needs": ["care", "pregnant"][: place % 3], "workplace": "勤め先"} if place % 2 else {}
        arrival = Arrival(resident_id=f"{snapshot.id}:{place}", values=values, decision="different")
        came += check_in(ctx, shelter_id=shelters[place % len(shelters)], arrivals=[arrival]).persons
    for place, person in enumerate(came):
        if place % 5 == 1:
            check_out(ctx, person_id=person, destination=("home", "unknown", "kin")[place % 3])
        elif place % 5 == 2:
            move(ctx, person_id=person, shelter_id=shelters[(place + 1) % len(shelters)])
        elif place % 5 == 3:
            go_out(ctx, person_id=person)
    for place in range(6):
        told = {"shelter_id": shelters[place % 2], "counted_total": 10 + place, "method": ("phone", "listing")[place % 2]}
        record_headcount(ctx, values=told)


def _ask(group: str, call: Callable[[Any], Any], reads: StoreReads) -> Any:
    return call(getattr(reads, group))


def _fields(kind: type[Any]) -> dict[str, Any]:
    return {field.name: field for field in dataclasses.fields(kind)}


def answer(ask: Callable[[StoreReads], Any], reads: StoreReads) -> Any:
    """What a question answers, iterators read to their end, sets in order; an error by its code."""
    try:
        found = ask(reads)
        return _plain(list(found) if isinstance(found, Iterator) else found)
    except SasaeError as fault:
        if fault.code == "store.unexpected":
            raise
        return fault.code, fault.params
    except (LookupError, ValueError, TypeError, StopIteration) as fault:  # arguments that nobody would give together
        return type(fault).__name__


def _plain(value: Any) -> Any:
    if isinstance(value, Set):
        return sorted(map(repr, value))
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [_plain(one) for one in value]
    return value
