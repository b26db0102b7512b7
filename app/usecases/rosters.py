"""The roster as of a moment, as known at a moment; every look and every way out is in the access log."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import RuleViolation
from app.usecases.context import Changes, Context
from app.usecases.rows import Roster, RosterFilter

_ACTION_RIGHTS = {"view": "view", "print": "print", "export": "export"}


PRESENCES = ("in", "out", "all")
CONSENTS_ASKED = ("", "kin", "acquaintance", "public", "board", "web", "share")


def take_roster(ctx: Context, *, wanted: RosterFilter, action: str = "view", target: str = "") -> Roster:
    """The roster, noted in the access log under ``action`` (view, print, export) and ``target`` (file or printer).

    Protected people are left out and counted, unless asked for by someone with the right.
    """
    ctx.require(_ACTION_RIGHTS[action])
    if wanted.include_protected:
        ctx.require("see_protected")
    for field, word, known in (("presence", wanted.presence, PRESENCES), ("consent", wanted.consent, CONSENTS_ASKED)):
        if word not in known:
            raise RuleViolation("word.unknown", field=field, word=word)
    if wanted.age_from is not None and wanted.age_to is not None and wanted.age_from > wanted.age_to:
        raise RuleViolation("roster.ages_reversed", field="age_from")
    roster = ctx.reads.rosters.roster(wanted)
    with ctx.unit() as uow:
        uow.log_access(action=action, persons=[row.person_id for row in roster.rows], target=target)
        uow.commit()
    return roster


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A named set of roster conditions. Times are not part of it: a view is always asked anew."""

    name: str
    filter: RosterFilter
    columns: str = "standard"


_SAVED = ("shelter_id", "presence", "needs", "any_need", "consent", "age_from", "age_to", "category", "without_destination")


def saved_views(ctx: Context) -> list[SavedView]:
    """The views saved in this folder, by name."""
    stored: dict[str, Any] = json.loads(ctx.reads.settings.get("roster.views", "{}"))
    return [
        SavedView(name=name, columns=value.get("columns", "standard"), filter=_filter_of(ctx.now(), value))
        for name, value in sorted(stored.items())
    ]


def _filter_of(at: datetime, value: dict[str, Any]) -> RosterFilter:
    kept: dict[str, Any] = {key: tuple(value[key]) if key == "needs" else value[key] for key in _SAVED if key in value}
    return RosterFilter(at=at, **kept)


def save_view(ctx: Context, *, view: SavedView) -> Changes:
    """Keep a view under its name, over an older one of that name."""
    if not view.name.strip():
        raise RuleViolation("view.name_missing", field="name")
    stored: dict[str, Any] = json.loads(ctx.reads.settings.get("roster.views", "{}"))
    stored[view.name.strip()] = {"columns": view.columns, **{key: getattr(view.filter, key) for key in _SAVED}}
    with ctx.unit() as uow:
        uow.set_setting("roster.views", json.dumps(stored, ensure_ascii=False))
        return uow.commit()


def forget_view(ctx: Context, *, name: str) -> Changes:
    """Remove a saved view."""
    stored: dict[str, Any] = json.loads(ctx.reads.settings.get("roster.views", "{}"))
    stored.pop(name, None)
    with ctx.unit() as uow:
        uow.set_setting("roster.views", json.dumps(stored, ensure_ascii=False))
        return uow.commit()


def now_filter(ctx: Context, **values: Any) -> RosterFilter:
    """A filter for this moment."""
    return replace(RosterFilter(at=ctx.now()), **values)
