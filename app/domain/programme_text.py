"""Writing a programme as the TOML file that ``programme_file`` reads: what is not said is left out, codes become the official words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app import resources
from app.domain.programme_file import GROUPS, PROGRAMME_KEYS, ROUND_KEYS
from app.domain.programme_plan import ProgrammePlan, RuleDraft

_WORDS = {"kind": "relief_kind", "increments": "relief_increments", "unit": "relief_unit"}


def write_programme(plan: ProgrammePlan) -> str:
    """TOML text from which ``parse_programme`` reads the same plan."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: ProgrammePlan) -> Iterator[str]:
    yield "[programme]"
    yield from _pairs(plan.values, PROGRAMME_KEYS)
    for one in plan.rounds:
        yield from ("", "[[round]]")
        yield from _pairs(one.values, ROUND_KEYS)
        for rule in one.rules:
            yield from ("", "[[round.rule]]")
            yield from _rule(rule)


def _pairs(values: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        value = values.get(key)
        if value in (None, "", (), False):
            continue
        if key == "terms":
            yield f"terms = {_inline(json.loads(str(value)))}"
        else:
            yield f"{key} = {_value(_word(_WORDS[key], str(value)) if key in _WORDS else value)}"


def _rule(rule: RuleDraft) -> Iterator[str]:
    if rule.category != rule.title:
        yield f"category = {_value(rule.category)}"
    yield f"title = {_value(rule.title)}"
    yield f"unit = {_value(_word('relief_unit', rule.unit))}"
    who = {
        name: [_word(GROUPS[name], one) for one in value] if name in GROUPS else value for name, value in json.loads(rule.criteria.to_json()).items()
    }
    if who:
        yield f"who = {_inline(who)}"
    if rule.amount:
        yield f"amount = {_value(rule.amount)}"
    for name in ("single", "group", "benefit", "note"):
        if value := getattr(rule, name):
            yield f"{name} = {_value(value)}"


def _inline(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{name} = {_value(value)}" for name, value in values.items()) + " }"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _word(group: str, code: str) -> str:
    """The first word of a code: the official one."""
    found = resources.read_toml("words.toml")[group].get(code, ())
    return str(found[0]) if found else code
