"""The verbs of ``sync`` for what sites say differently: the list, and what a person decided."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from app.domain.errors import RuleViolation, UsageFault
from app.presentation.sync_help_conflicts import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.cli.sync_arguments import SyncMaker, SyncVerb
    from app.presentation.conflict_words import Names
    from app.usecases.context import Context
    from app.usecases.exchange_rows import ConflictSide, ConflictView

Answer = tuple[Mapping[str, Any], int]
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def add_verbs(make: SyncMaker) -> None:
    """Their options."""
    listing = make.verb("conflicts")
    listing.add_argument("--kind", default="", metavar="KIND", help=HELP["sync.conflicts.kind"])
    settle = make.verb("resolve")
    settle.add_argument("conflict", metavar="ID")
    settle.add_argument("--take", required=True, action="append", metavar="A|B|both|VALUE", help=HELP["sync.resolve.take"])
    settle.add_argument("--reason", default="", metavar="TEXT")


def _conflicts(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.conflicts import list_conflicts

    with signed_in(gateway, given) as session:
        found = [one for one in list_conflicts(session.context) if given.kind in ("", one.kind)]
        names = names_of(session.context, found)
    return {"count": len(found), "conflicts": [conflict_object(one, names) for one in found]}, 0


def names_of(ctx: Context, views: Iterable[ConflictView]) -> dict[tuple[str, str], str]:
    """What the records are called that conflicts speak of by id, as far as this operator may know of them."""
    from app.presentation.conflict_words import REFERENCES

    told = {(REFERENCES[name], str(value)) for view in views for side in view.sides for name, value in side.values.items() if name in REFERENCES and value}
    found = {}
    for kind, record in sorted(told):
        if kind == "snapshot":
            continue
        one: Any = ctx.reads.residents.get(record) if kind == "resident" else ctx.reads.get(kind, record)
        words = [getattr(one, name, "") for name in ("name", "label", "head_name", "address", "number")]
        if name := next(filter(None, words), ""):
            found[kind, record] = name
    return found


def _resolve(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.conflicts import list_conflicts, settle_conflict

    with signed_in(gateway, given) as session:
        ctx = session.context
        view = _find(ctx, given.conflict)
        choice = read_choice(view, given.take)
        if isinstance(choice, str):
            settle_conflict(ctx, conflict_id=view.id, take=choice, reason=given.reason)
        else:
            settle_conflict(ctx, conflict_id=view.id, values=choice, reason=given.reason)
        left = len(list_conflicts(ctx))
    taken = choice if isinstance(choice, str) else "values"
    return {"id": view.id, "kind": view.kind, "record": view.record, "title": view.title, "taken": taken, "left": left}, 0


def _find(ctx: Context, text: str) -> ConflictView:
    """The conflict of this id, in any case, with or without its letter; RuleViolation ``conflict.not_found``."""
    from app.usecases.conflicts import list_conflicts

    wanted = text.strip().upper()
    wanted = wanted if wanted.startswith("C-") else f"C-{wanted}"
    found = next((one for one in list_conflicts(ctx) if one.id == wanted), None)
    if found is None:
        raise RuleViolation("conflict.not_found", conflict=text)
    return found


def read_choice(view: ConflictView, typed: list[str]) -> str | dict[str, Any]:
    """The letter of a side, ``both``, or values by field.

    A single text that is neither is the value of the one field there is; ``FIELD=VALUE`` names it, as often as there are fields.
    """
    letters = {one.letter.upper(): one.letter for one in view.sides}
    if len(typed) == 1:
        word = typed[0].strip()
        if word.upper() in letters:
            return letters[word.upper()]
        if word.lower() == "both":
            return "both"
    return {name: _value(view, name, text) for name, text in (_named(view, one) for one in typed)}


def _named(view: ConflictView, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if equals and name.strip() in view.fields:
        return name.strip(), value
    if len(view.fields) == 1:
        return view.fields[0], text
    from app.presentation.labels import field_label

    told = [f"{field}={field_label(view.kind, field)}" for field in view.fields]
    raise UsageFault("conflict.several_fields", conflict=view.id, count=len(told), fields=told)


def _value(view: ConflictView, name: str, text: str) -> Any:
    """The typed text as the field holds it: its type is that of the sides' values."""
    from app.cli.arguments import read_time
    from app.domain.journal import to_json_value

    samples = [side.values[name] for side in view.sides if side.values.get(name) is not None]
    sample = samples[0] if samples else ""
    if isinstance(sample, bool):
        if text.strip().lower() not in _YES:
            raise _wrong(view, name, text)
        return _YES[text.strip().lower()]
    if isinstance(sample, (int, float)):
        return _number(view, name, text)
    if isinstance(sample, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if name.endswith("_at"):
        return to_json_value(read_time(text)) if text.strip() else None
    return text


def _number(view: ConflictView, name: str, text: str) -> int | float | None:
    if not text.strip():
        return None
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        raise _wrong(view, name, text) from None


def _wrong(view: ConflictView, name: str, text: str) -> UsageFault:
    from app.presentation.labels import field_label

    return UsageFault("conflict.value_wrong", field=field_label(view.kind, name), value=text)


def conflict_object(view: ConflictView, names: Names) -> dict[str, Any]:
    """A conflict with its sides, in codes and in words."""
    from app.cli.outputs import moment
    from app.presentation.conflict_words import explain, fields_words

    return {
        "id": view.id, "kind": view.kind, "record": view.record, "title": view.title, "person": view.person_id or None, "fields": list(view.fields),
        "what": fields_words(view), "explain": explain(view), "sides": [_side(view, one, names) for one in view.sides], "shown": dict(view.shown),
        "found_at": moment(view.found_at), "owned": view.owned,
    }  # fmt: skip


def _side(view: ConflictView, one: ConflictSide, names: Names) -> dict[str, Any]:
    from app.cli.outputs import moment
    from app.presentation.conflict_words import shown_fields, side_words

    return {
        "side": one.letter, "values": dict(one.values), "words": {name: side_words(view, one, name, names) for name in shown_fields(view)},
        "before": dict(one.before), "by": one.by, "site": one.site, "device": one.device, "at": moment(one.at), "reason": one.reason,
        "deleted": one.deleted, "operation": one.operation,
    }  # fmt: skip


VERBS: Mapping[str, SyncVerb] = {"conflicts": _conflicts, "resolve": _resolve}
