"""Editions of the guideline: those shipped, and those a municipality added. Its own are kept in the store, so they are in every backup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.assessment import Assessment, assess, read_inputs
from app.domain.assessment_edition import Edition
from app.domain.assessment_edition_file import MAX_TEXT, parse_edition, shipped_editions, shipped_text
from app.domain.dates import JST
from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.usecases.context import Changes, Context
from app.usecases.files import atomic_output

SETTING = "survey.editions"
"""Setting with ``{id: TOML text}`` of the municipality's own editions."""
MAX_OWN = 50


def _own_texts(ctx: Context) -> dict[str, str]:
    return dict(json.loads(ctx.reads.settings.get(SETTING, "") or "{}"))


@lru_cache(maxsize=MAX_OWN * 2)
def _parse_own(edition_id: str, text: str) -> Edition:
    """Read once a process: a file of surveys asks for every row."""
    return parse_edition(text, path=f"{edition_id}.toml", own=True)


def list_editions(ctx: Context | None = None) -> list[Edition]:
    """Every edition, by the first day it is used, the municipality's own after a shipped one of the same day."""
    found = list(shipped_editions())
    if ctx is not None:
        found += [_parse_own(key, text) for key, text in _own_texts(ctx).items()]
    return sorted(found, key=lambda edition: (edition.in_force, edition.own, edition.id))


def find_edition(ctx: Context | None, edition_id: str) -> Edition:
    """The edition of this id, or RuleViolation ``edition.not_found`` naming those there are."""
    editions = list_editions(ctx)
    for edition in editions:
        if edition.id == edition_id:
            return edition
    known = [edition.id for edition in editions]
    raise RuleViolation("edition.not_found", field="edition", id=edition_id[:60], known=", ".join(known))


def edition_text(ctx: Context | None, edition_id: str) -> str:
    """The TOML of an edition: a pattern for one's own."""
    text = shipped_text(edition_id) or (_own_texts(ctx).get(edition_id) if ctx is not None else None)
    if text is None:
        find_edition(ctx, edition_id)
        raise RuleViolation("edition.not_found", field="edition", id=edition_id[:60], known="")
    return text


def default_edition(ctx: Context | None = None, day: date | None = None, *, hazard: str = "") -> Edition:
    """The edition for a disaster of this day: the last one in force by then that may judge the hazard; before all of them the oldest.

    Without a day it is the day of this folder's disaster in Japan, and without a folder the newest edition.
    """
    if day is None and ctx is not None:
        day = ctx.place.occurred_at.astimezone(JST).date()
    fitting = [edition for edition in list_editions(ctx) if not hazard or hazard in edition.hazards]
    if not fitting:
        raise RuleViolation("edition.none_for_hazard", field="hazard", hazard=hazard)
    in_force = [edition for edition in fitting if day is None or edition.in_force <= day]
    return in_force[-1] if in_force else fitting[0]


def add_edition(ctx: Context, text: str, *, path: str = "") -> tuple[Edition, Changes]:
    """Add or replace an edition of the municipality's own. A shipped id cannot be taken: surveys judged by it must stay repeatable."""
    ctx.require("settings")
    edition = parse_edition(text, path=path, own=True)
    if any(shipped.id == edition.id for shipped in shipped_editions()):
        raise RuleViolation("edition.shipped", field="id", id=edition.id)
    texts = _own_texts(ctx)
    if texts.get(edition.id, text) != text and _is_used(ctx, edition.id):
        raise RuleViolation("edition.in_use", field="id", id=edition.id)
    if edition.id not in texts and len(texts) >= MAX_OWN:
        raise RuleViolation("edition.too_many", most=MAX_OWN)
    texts[edition.id] = text
    return edition, _save(ctx, texts)


def remove_edition(ctx: Context, edition_id: str) -> Changes:
    """Remove one of the municipality's own, unless a survey was judged by it."""
    ctx.require("settings")
    texts = _own_texts(ctx)
    if edition_id not in texts:
        find_edition(ctx, edition_id)
        raise RuleViolation("edition.shipped", field="id", id=edition_id)
    if _is_used(ctx, edition_id):
        raise RuleViolation("edition.in_use", field="id", id=edition_id)
    del texts[edition_id]
    return _save(ctx, texts)


def load_text(path: Path, *, most: int = MAX_TEXT * 4) -> str:
    """The text of a file. EnvironmentFault ``import.file_missing``, ``file.not_readable``, InputFault ``survey.json_too_long`` (in bytes)

    or ``survey.not_text``.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except FileNotFoundError:
        raise EnvironmentFault("import.file_missing", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    return decode_text(raw, name=str(path), most=most)


def decode_text(raw: bytes, *, name: str, most: int) -> str:
    """Bytes as text: UTF-8 with or without mark, else CP932."""
    if len(raw) > most:
        raise InputFault("survey.json_too_long", path=name, most=most)
    for encoding in ("utf-8-sig", "cp932"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    raise InputFault("survey.not_text", path=name)


def save_pattern(ctx: Context | None, edition_id: str, out: Path) -> None:
    """Write the TOML of an edition to a file, to be changed into one's own."""
    with atomic_output(out) as temporary:
        temporary.write_text(edition_text(ctx, edition_id), "utf-8")


def _save(ctx: Context, texts: Mapping[str, str]) -> Changes:
    with ctx.unit() as uow:
        uow.set_setting(SETTING, json.dumps(texts, ensure_ascii=False))
        return uow.commit()


def _is_used(ctx: Context, edition_id: str) -> bool:
    return any(getattr(survey, "edition", "") == edition_id for survey in ctx.reads.all("survey"))


def assess_sheet(ctx: Context | None, data: Any, *, edition: str = "") -> tuple[Assessment, Edition]:
    """Judge the JSON of a sheet by the edition named (the argument before the sheet's own), else by the default one."""
    inputs = read_inputs(data)
    wanted = edition or inputs.edition
    used = find_edition(ctx, wanted) if wanted else default_edition(ctx, day=inputs.disaster_on, hazard=inputs.hazard)
    return assess(inputs, used), used
