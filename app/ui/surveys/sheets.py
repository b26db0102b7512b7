"""Printing for the teams: the list of a day, and the sheets to fill in, with the QR that leads back to the building."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.presentation.columns.snapshot import day_text
from app.ui.page import Shell
from app.ui.widgets.export_dialog import Choice, ExportDialog, Format, Written
from app.usecases.job import Job
from app.usecases.survey_rows import AssignmentRow

_LIST = Format("pdf", "予定表（A4）", "班が持って行く、歩く順の一覧", "pdf")
_SHEET_1 = Format("pdf-1", "調査票（1枚に1棟）", "見取図の欄のある、ふつうの大きさ", "pdf")
BLANKS = 10
_BLANK = Format("pdf-blank", f"番号のない調査票（{BLANKS}枚）", "一覧にない建物を見つけたときに書く、予備の紙", "pdf")
_SHEET_2 = Format("pdf-2", "調査票（1枚に2棟）", "用紙が少ないとき。切り離して使います", "pdf")


def open_list(parent: QWidget, shell: Shell, *, assignments: Sequence[AssignmentRow], day: str) -> ExportDialog:
    """The list of a day, team by team."""
    ctx, folder = shell.context, shell.folder

    def write(choice: Choice, job: Job) -> Written:
        from app.interchange.exporting.survey_sheets import print_team_list

        done = print_team_list(ctx.for_purpose(choice.purpose), assignments=assignments, day=day, out=choice.path, folder=folder, job=job)
        return Written(choice.path, f"{len(assignments):,}棟・{done.pages:,}ページ", problems=done.problems)

    teams = sorted({one.team for one in assignments})
    dialog = ExportDialog(
        parent, shell, title="予定表の印刷", name=f"予定表_{day}", formats=[_LIST], write=write, lead=f"{day_text(day)}　{'、'.join(teams)}"
    )
    dialog.open()
    return dialog


def open_sheets(parent: QWidget, shell: Shell, *, building_ids: Sequence[str], lead: str = "") -> ExportDialog:
    """The sheets of these buildings, one or two to a page, or spare ones without a building."""
    ctx, folder = shell.context, shell.folder

    def write(choice: Choice, job: Job) -> Written:
        from app.interchange.exporting.survey_sheets import print_sheets

        blank = choice.format is _BLANK
        done = print_sheets(
            ctx.for_purpose(choice.purpose), building_ids=() if blank else building_ids, blanks=BLANKS if blank else 0, out=choice.path,
            nup=2 if choice.format is _SHEET_2 else 1, folder=folder, job=job,
        )  # fmt: skip
        return Written(choice.path, f"{done.sheets:,}棟・{done.pages:,}ページ", problems=done.problems)

    words = "" if not building_ids else f"{len(building_ids):,}棟分。調査票のQRを読み取ると、その建物の調査の入力が開きます。"
    formats = [*((_SHEET_1, _SHEET_2) if building_ids else ()), _BLANK]
    told = "　".join(filter(None, (lead, words)))
    dialog = ExportDialog(parent, shell, title="調査票の印刷", name="調査票", formats=formats, write=write, lead=told)
    dialog.open()
    return dialog
