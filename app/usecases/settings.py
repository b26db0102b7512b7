"""Settings of this data folder on this laptop: where and how often to back up. Not registry records.

How the window looks belongs to the computer and is kept by ``ui/preferences.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.errors import RuleViolation
from app.usecases.context import Changes, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``backup_folder`` is a second folder or stick ("" for none); minutes 0 means only on exit."""

    backup_folder: str = ""
    backup_minutes: int = 30
    backup_keep: int = 10


_LIMITS = {"backup_minutes": (0, 1440), "backup_keep": (2, 500)}


def read_settings(ctx: Context) -> Settings:
    """The settings, defaults where nothing was chosen."""
    default = Settings()
    read = ctx.reads.settings.get
    return Settings(
        backup_folder=read("backup.folder", default.backup_folder),
        backup_minutes=int(read("backup.minutes", str(default.backup_minutes))),
        backup_keep=int(read("backup.keep", str(default.backup_keep))),
    )


_NAMES = {
    "backup_folder": "backup.folder",
    "backup_minutes": "backup.minutes",
    "backup_keep": "backup.keep",
}


def change_settings(ctx: Context, *, values: Mapping[str, Any]) -> Changes:
    """Change some settings; numbers out of range are RuleViolation ``settings.out_of_range`` beside the field."""
    ctx.require("backup")
    for name, value in values.items():
        low, high = _LIMITS.get(name, (None, None))
        if low is not None and high is not None and not low <= int(value) <= high:
            raise RuleViolation("settings.out_of_range", field=name, low=low, high=high)
    with ctx.unit() as uow:
        for name, value in values.items():
            uow.set_setting(_NAMES[name], str(value))
        return uow.commit()


def last_backup(ctx: Context) -> datetime | None:
    """When the last backup of this folder was finished."""
    value = ctx.reads.settings.get("backup.last")
    return datetime.fromisoformat(value) if value else None
