"""Backing up while the program is in use."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app.domain.errors import SasaeError
from app.usecases.context import Context
from app.usecases.settings import read_settings


def back_up_to(ctx: Context, *, target: Path) -> tuple[int, str]:
    """One backup file: ``(bytes, sha256)``. Noted in the access log: it holds everybody."""
    ctx.require("backup")
    started = ctx.now()
    size, digest = ctx.backups.write(target)
    _note(ctx, target, started)
    return size, digest


def back_up_now(ctx: Context, *, folder: Path) -> tuple[list[Path], list[SasaeError]]:
    """Rotating backups in the data folder and, when one is set, in the second folder or stick. A stick that is not there is told, not fatal."""
    settings = read_settings(ctx)
    started = ctx.now()
    made: list[Path] = []
    problems: list[SasaeError] = []
    places = [folder / "backups", *([Path(settings.backup_folder)] if settings.backup_folder else [])]
    for place in places:
        try:
            made.append(ctx.backups.rotate(place, keep=settings.backup_keep))
        except SasaeError as fault:
            problems.append(fault)
    if made:
        try:
            _note(ctx, made[-1], started)
        except SasaeError as fault:  # the backups themselves are good
            problems.append(fault)
    return made, problems


def _note(ctx: Context, target: Path, started: datetime) -> None:
    """Remember when the backup began: what was changed while it was written may not be in it."""
    with ctx.unit() as uow:
        uow.set_setting("backup.last", started.isoformat(timespec="milliseconds"))
        uow.set_setting("backup.last_file", target.name)
        uow.log_access(action="backup", persons=0, target=target.name)
        uow.commit()
