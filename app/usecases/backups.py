"""Backing up while the program is in use."""

from __future__ import annotations

from pathlib import Path

from app.domain.errors import SasaeError
from app.usecases.context import Context
from app.usecases.settings import read_settings


def back_up_to(ctx: Context, *, target: Path) -> tuple[int, str]:
    """One backup file: ``(bytes, sha256)``. Noted in the access log: it holds everybody."""
    ctx.require("backup")
    size, digest = ctx.backups.write(target)
    _note(ctx, target)
    return size, digest


def back_up_now(ctx: Context, *, folder: Path) -> tuple[list[Path], list[SasaeError]]:
    """Rotating backups in the data folder and, when one is set, in the second folder or stick. A stick that is not there is told, not fatal."""
    settings = read_settings(ctx)
    made: list[Path] = []
    problems: list[SasaeError] = []
    places = [folder / "backups", *([Path(settings.backup_folder)] if settings.backup_folder else [])]
    for place in places:
        try:
            made.append(ctx.backups.rotate(place, keep=settings.backup_keep))
        except SasaeError as fault:
            problems.append(fault)
    if made:
        _note(ctx, made[-1])
    return made, problems


def _note(ctx: Context, target: Path) -> None:
    with ctx.unit() as uow:
        uow.set_setting("backup.last", ctx.now().isoformat(timespec="seconds"))
        uow.set_setting("backup.last_file", target.name)
        uow.log_access(action="backup", persons=0, target=target.name)
        uow.commit()
