"""How this municipality takes applications and issues: deadlines, the number of the disaster, standing texts. Settings of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.usecases.certificate_rows import CertificateSettings
from app.usecases.context import Changes, Context
from app.usecases.protections import read_day

_PREFIX = "certificates."
_DAYS = ("deadline", "report_deadline")
_LIMITS = {"disaster_no": (1, 99), "year": (1000, 9999)}
MOST_TEXT = 400


def read_certificate_settings(ctx: Context) -> CertificateSettings:
    """The settings; the year is that of the disaster until another is set."""
    default = CertificateSettings(year=ctx.place.occurred_at.astimezone(JST).year)
    values: dict[str, Any] = {}
    stored = ctx.reads.settings.under(_PREFIX)
    for field in fields(CertificateSettings):
        kept = stored.get(field.name, "")
        if kept:
            known = getattr(default, field.name)
            values[field.name] = kept == "1" if isinstance(known, bool) else int(kept) if isinstance(known, int) else kept
    return CertificateSettings(**{**{field.name: getattr(default, field.name) for field in fields(CertificateSettings)}, **values})


def change_certificate_settings(ctx: Context, *, values: Mapping[str, Any]) -> Changes:
    """Change some settings; days in any style. Right ``settings``.

    RuleViolation ``word.unknown``, ``settings.out_of_range``, ``protection.day`` (no day), ``application.text_long`` beside the field.
    """
    ctx.require("settings")
    known = {field.name: getattr(CertificateSettings(), field.name) for field in fields(CertificateSettings)}
    kept: dict[str, str] = {}
    for name, value in values.items():
        if name not in known:
            raise RuleViolation("word.unknown", field=name, word=name)
        kept[name] = _text(name, value, known[name])
    with ctx.unit() as uow:
        for name, text in kept.items():
            uow.set_setting(_PREFIX + name, text)
        return uow.commit()


def _text(name: str, value: Any, default: Any) -> str:
    if name in _DAYS:
        return read_day(str(value), field=name)
    if isinstance(default, bool):
        return "1" if value in (True, "1", "yes", "true") else "0"
    if isinstance(default, int):
        low, high = _LIMITS[name]
        text = str(value).strip()
        if not text.isdecimal() or not low <= int(text) <= high:
            raise RuleViolation("settings.out_of_range", field=name, low=low, high=high)
        return str(int(text))
    if len(str(value)) > MOST_TEXT:
        raise RuleViolation("application.text_long", field=name, most=MOST_TEXT)
    return str(value).strip()
