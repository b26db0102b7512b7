"""A programme as a TOML file that a clerk can read: one table for the programme, one for each round and rule.

Words are the official ones (全壊, 世帯, 義援金) or codes. Every fault names the file, the line, the key and what is wrong; nothing is taken
from a file that has one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from app.domain import words
from app.domain.dates import parse_date
from app.domain.errors import InputFault, RuleViolation
from app.domain.programme_plan import (
    LoanTerms,
    ProgrammePlan,
    RoundPlan,
    RuleDraft,
    check_budget,
    check_code,
    check_rule,
    check_rules,
    check_terms,
    check_text,
)
from app.domain.relief_criteria import FLAGS, WORDS, Criteria

T = TypeVar("T")
MAX_TEXT = 300_000
MOST_ROUNDS = 60
PROGRAMME_TEXTS = ("title", "payer", "law", "source", "sure", "note")
DAYS = ("starts_on", "deadline", "decided_on", "as_of", "opens_on")
PROGRAMME_KEYS = (
    "code", "title", "kind", "payer", "law", "source", "sure", "increments", "needs_claim", "needs_certificate", "documents", "starts_on",
    "deadline", "budget", "note", "terms",
)  # fmt: skip
ROUND_KEYS = ("code", "title", "decided_on", "as_of", "opens_on", "deadline", "budget", "documents", "note", "rule")
RULE_KEYS = ("category", "title", "unit", "who", "amount", "single", "group", "benefit", "note")
WHO_KEYS = tuple(one.name for one in fields(Criteria))
GROUPS = {"grades": "grade", "harms": "relief_harm", "methods": "relief_method", "uses": "building_use"}
"""Which words of ``words.toml`` a criterion is written in."""
_WHOLE = ("size_least", "size_most", "income_step", "income_over")
_HEADER = re.compile(r"\s*\[+\s*([A-Za-z_.]+)\s*\]+")
_MOST_CODE = re.compile(r"\d{5,6}", re.ASCII)


def parse_programme(text: str, *, path: str = "") -> ProgrammePlan:
    """A programme from TOML text; InputFault ``programme.…`` or ``money.…`` with path, line and key (``column``)."""
    if len(text) > MAX_TEXT:
        raise InputFault("programme.file_too_long", path=path, most=MAX_TEXT)
    text = text.removeprefix("\ufeff")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = re.search(r"line (\d+)", str(error))
        raise InputFault("programme.not_toml", path=path, line=int(found[1]) if found else None, detail=str(error)[:200]) from None
    return _Reader(path, text).read(data)


class _Reader:
    """Takes a file apart, table by table, and knows the line where each stands."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._tables = _find_tables(self._lines)

    def read(self, data: Mapping[str, Any]) -> ProgrammePlan:
        self._only(data, ("programme", "round"), "")
        head = self._table(data.get("programme"), "programme")
        values = self._programme(head)
        rounds = data.get("round", [])
        if not isinstance(rounds, list) or len(rounds) > MOST_ROUNDS:
            raise self._fault("programme.wrong_rounds", "round", "round", most=MOST_ROUNDS)
        plans = tuple(self._round(self._table(one, f"round[{at}]"), f"round[{at}]", values["kind"]) for at, one in enumerate(rounds))
        codes = [str(one.values["code"]) for one in plans]
        for at, code in enumerate(codes):
            if code in codes[:at]:
                raise self._fault("programme.round_twice", f"round[{at}]", "code", value=code)
        return ProgrammePlan(values=values, rounds=plans)

    # -- tables ----------------------------------------------------------------------------------------

    def _programme(self, table: Mapping[str, Any]) -> Mapping[str, Any]:
        place = "programme"
        self._only(table, PROGRAMME_KEYS, place)
        values: dict[str, Any] = {
            "code": self._rule(place, "code", lambda: check_code(self._text(table, "code", place))),
            "kind": self._word(table, "kind", place, "relief_kind", "donation"),
            "increments": self._word(table, "increments", place, "relief_increments", "round"),
            "needs_claim": self._flag(table, "needs_claim", place) or False,
            "needs_certificate": self._flag(table, "needs_certificate", place) or False,
            "documents": self._texts(table, "documents", place),
            "budget": self._budget(table, place),
            "terms": self._terms(table),
        }
        values |= {name: self._text(table, name, place) for name in PROGRAMME_TEXTS}
        values |= {name: self._day(table, name, place) for name in ("starts_on", "deadline")}
        self._need(values, "title", place)
        return values

    def _terms(self, table: Mapping[str, Any]) -> str:
        if "terms" not in table:
            return ""
        place = "programme.terms"
        terms = self._table(table["terms"], place)
        known = {one.name: one.type for one in fields(LoanTerms)}
        self._only(terms, tuple(known), place)
        given: dict[str, Any] = {
            name: self._text(terms, name, place) if name in ("rate", "late_rate") else self._whole(terms, name, place) for name in terms
        }
        return self._rule(place, "", lambda: check_terms(LoanTerms(**given))).to_json()

    def _round(self, table: Mapping[str, Any], place: str, kind: str) -> RoundPlan:
        self._only(table, ROUND_KEYS, place)
        values: dict[str, Any] = {
            "code": self._rule(place, "code", lambda: check_code(self._text(table, "code", place))),
            "documents": self._texts(table, "documents", place),
            "budget": self._budget(table, place),
            "title": self._text(table, "title", place),
            "note": self._text(table, "note", place),
        }
        values |= {name: self._day(table, name, place) for name in ("decided_on", "as_of", "opens_on", "deadline")}
        self._need(values, "title", place)
        raw = table.get("rule", [])
        if not isinstance(raw, list):
            raise self._fault("programme.not_a_table", place, "rule")
        rules = tuple(self._one_rule(self._table(one, f"{place}.rule[{at}]"), f"{place}.rule[{at}]", kind) for at, one in enumerate(raw))
        try:
            check_rules(rules, kind=kind)
        except RuleViolation as fault:
            second = f"{place}.rule[{fault.params['place']}]" if "place" in fault.params else place
            raise self._fault(fault.code, second, "who" if second != place else "rule", **fault.params) from None
        return RoundPlan(values=values, rules=rules)

    def _one_rule(self, table: Mapping[str, Any], place: str, kind: str) -> RuleDraft:
        self._only(table, RULE_KEYS, place)
        title = self._text(table, "title", place) or self._text(table, "category", place)
        draft = RuleDraft(
            category=self._text(table, "category", place) or title,
            title=title,
            unit=self._word(table, "unit", place, "relief_unit", "household"),
            criteria=self._who(self._table(table.get("who", {}), f"{place}.who"), f"{place}.who"),
            amount=self._whole(table, "amount", place) or 0,
            single=self._text(table, "single", place),
            group=self._text(table, "group", place) or "damage",
            benefit=self._text(table, "benefit", place),
            note=self._text(table, "note", place),
        )
        return self._rule(place, "", lambda: check_rule(draft, kind=kind))

    def _who(self, table: Mapping[str, Any], place: str) -> Criteria:
        self._only(table, WHO_KEYS, place)
        values: dict[str, Any] = {name: self._many_words(table, name, place) for name in WORDS}
        values |= {name: self._flag(table, name, place) for name in FLAGS}
        values |= {name: self._whole(table, name, place) for name in _WHOLE}
        values["income_step"] = values["income_step"] or 0
        values["districts"] = self._texts(table, "districts", place)
        values["municipalities"] = self._texts(table, "municipalities", place)
        for code in values["municipalities"]:
            if not _MOST_CODE.fullmatch(code):
                raise self._fault("programme.municipality", place, "municipalities", value=code)
        values["resident_on"] = self._day(table, "resident_on", place)
        values["income_most"] = self._yen_list(table, "income_most", place)
        return Criteria(**values)

    # -- values ----------------------------------------------------------------------------------------

    def _only(self, table: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for key in table:
            if key not in known:
                raise self._fault("programme.unknown_key", place, key, key=key[:60], known=", ".join(known))

    def _table(self, value: Any, place: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self._fault("programme.not_a_table", place.rpartition(".")[0], place.rpartition(".")[2], key=place)
        return value

    def _need(self, values: Mapping[str, Any], key: str, place: str) -> None:
        if not values[key]:
            raise self._fault("programme.missing", place, key, key=key)

    def _text(self, table: Mapping[str, Any], key: str, place: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self._fault("programme.not_text", place, key, key=key, value=str(value)[:60])
        return self._rule(place, key, lambda: check_text(value.strip(), field=key))

    def _texts(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._fault("programme.not_list", place, key, key=key)
        return tuple(self._rule(place, key, lambda one=one: check_text(one.strip(), field=key)) for one in value)  # type: ignore[misc]

    def _whole(self, table: Mapping[str, Any], key: str, place: str) -> int | None:
        value = table.get(key)
        if value is not None and type(value) is not int:
            raise self._fault("programme.not_whole", place, key, key=key, value=str(value)[:60])
        return value

    def _yen_list(self, table: Mapping[str, Any], key: str, place: str) -> tuple[int, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(type(one) is int for one in value):
            raise self._fault("programme.not_whole", place, key, key=key, value=str(value)[:60])
        return tuple(value)

    def _budget(self, table: Mapping[str, Any], place: str) -> int | None:
        return self._rule(place, "budget", lambda: check_budget(self._whole(table, "budget", place)))

    def _flag(self, table: Mapping[str, Any], key: str, place: str) -> bool | None:
        value = table.get(key)
        if value is not None and not isinstance(value, bool):
            raise self._fault("programme.not_flag", place, key, key=key, value=str(value)[:60])
        return value

    def _day(self, table: Mapping[str, Any], key: str, place: str) -> str:
        value = table.get(key, "")
        text = value.isoformat() if hasattr(value, "isoformat") else self._text(table, key, place)
        if not text:
            return ""
        day = self._rule(place, key, lambda: parse_date(text)).day
        if day is None:
            raise self._fault("programme.day", place, key, key=key, value=text[:60])
        return day.isoformat()

    def _word(self, table: Mapping[str, Any], key: str, place: str, group: str, default: str) -> str:
        text = self._text(table, key, place)
        return self._code(text, key, place, group) if text else default

    def _many_words(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        return tuple(self._code(one, key, place, GROUPS[key]) for one in self._texts(table, key, place))

    def _code(self, text: str, key: str, place: str, group: str) -> str:
        found = words.find_code(group, text)
        if found is None or (key in WORDS and found not in WORDS[key]):
            raise self._fault("programme.unknown_word", place, key, field=key, value=text[:40], known=words.known_words(group))
        return found

    # -- where -----------------------------------------------------------------------------------------

    def _rule(self, place: str, key: str, check: Callable[[], T]) -> T:
        try:
            return check()
        except RuleViolation as fault:
            params = {name: value for name, value in fault.params.items() if name != "field"}
            raise self._fault(fault.code, place, key or fault.field or "", **{"field": fault.field, **params}) from None

    def _fault(self, code: str, place: str, key: str, /, **params: Any) -> InputFault:
        return InputFault(code, path=self._path, line=self._line(place, key), column=f"{place}.{key}".strip("."), **{"key": key, **params})

    def _line(self, place: str, key: str) -> int | None:
        """Where a key stands: in its table, else where its table begins, else in the table around that."""
        while place and place not in self._tables:
            place, key = place.rpartition(".")[0], place.rpartition(".")[2]
        first, last = self._tables.get(place, (0, len(self._lines)))
        written = re.compile(rf"(?:.*[\s{{,.])?{re.escape(key)}\s*=") if key else None
        for start, end in ((first, last), self._tables.get(f"{place}.who", (0, 0))):
            for number in range(start, end):
                if written and written.match(self._lines[number]):
                    return number + 1
        return first + 1 if place else None


def _find_tables(lines: Sequence[str]) -> dict[str, tuple[int, int]]:
    """First and last line (0-based, exclusive) of each table, by its place: ``round[1].rule[0].who``."""
    found: dict[str, tuple[int, int]] = {"": (0, len(lines))}
    rounds = rules = -1
    open_place, start = "", 0
    for number, line in enumerate([*lines, "[end]"]):
        header = _HEADER.match(line)
        if not header:
            continue
        if open_place:
            found[open_place] = (start, number)
        name = header[1]
        if name == "round":
            rounds, rules = rounds + 1, -1
        elif name == "round.rule":
            rules += 1
        open_place = name.replace("round", f"round[{rounds}]", 1).replace(".rule", f".rule[{rules}]", 1)
        start = number
    return found
