"""The rules of a programme as a table that goes out: to those who decide, and beside the papers of a payment."""

from __future__ import annotations

from pathlib import Path

from app.interchange.exporting.damage_lists import DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome
from app.presentation.columns.programme import RULE_LIST, programme_heading, rule_lines
from app.presentation.messages import message
from app.usecases.context import Context
from app.usecases.programmes import open_programme


def write_rules(
    ctx: Context, *, programme_id: str, out: Path, format: str, round_id: str = "", view: str = "", folder: Path | None = None
) -> RosterOutcome:
    """Every rule of a programme, or of one of its rounds."""
    file = open_programme(ctx, programme_id=programme_id)
    content = DamageList(
        title=message("programme.list_title", title=file.programme.title), subtitle=programme_heading(file.programme), columns=RULE_LIST,
        view=view or ("" if format == "pdf" else list(RULE_LIST.views)[-1]), rows=rule_lines(file, round_id=round_id),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format=format, folder=folder)
