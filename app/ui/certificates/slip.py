"""The slip with the number that is called out. ``app.interchange.exporting.queue_slip`` prints; without it the buttons are not there."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from PySide6.QtWidgets import QWidget

from app.ui.page import Shell
from app.ui.widgets.export_dialog import Choice, ExportDialog, Format, Written
from app.usecases.job import Job

_PDF = Format("pdf", "受付票（PDF）", "番号を渡す小さな紙。待っている人に渡します", "pdf")


def slips_ship() -> bool:
    """Whether this edition prints slips."""
    return find_spec("app.interchange.exporting.queue_slip") is not None


def print_slip_of(parent: QWidget, shell: Shell, application_id: str, number: str) -> ExportDialog | None:
    """Ask where the slip goes and write it."""
    if not slips_ship():
        return None
    ctx, folder = shell.context, shell.folder

    def write(choice: Choice, job: Job) -> Written:
        print_slip = import_module("app.interchange.exporting.queue_slip").print_slip
        print_slip(ctx.for_purpose(choice.purpose), application_id=application_id, out=choice.path, folder=folder)
        return Written(choice.path, "1枚")

    dialog = ExportDialog(parent, shell, title="受付票の印刷", name=f"受付票_{number}", formats=[_PDF], write=write, lead=f"受付番号 {number}")
    dialog.open()
    return dialog
