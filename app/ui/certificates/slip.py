"""The slip with the number that is called out: one click, because people queue. Without the printing module the buttons are not there."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from app.ui.page import Shell
from app.ui.widgets.opening import open_file

_MODULE = "app.interchange.exporting.queue_slip"
PURPOSE = "受付票"


def slips_ship() -> bool:
    """Whether this edition prints slips."""
    return find_spec(_MODULE) is not None


def slip_path(shell: Shell, number: str) -> Path:
    """Where the slip of an application goes: where lists went last."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(shell.preferences.get("export.folder", "") or documents) / f"受付票_{number}.pdf"


def print_slip_of(parent: QWidget, shell: Shell, application_id: str, number: str) -> None:
    """Write the slip and open it for the printer; noted in the access log. Faults are shown."""
    if not slips_ship():
        return
    ctx, folder, out = shell.context.for_purpose(PURPOSE), shell.folder, slip_path(shell, number)

    def write() -> Any:
        return import_module(_MODULE).print_slip(ctx, application_id=application_id, out=out, folder=folder)

    def done(_: Any) -> None:
        opened = open_file(out)
        shell.say(f"受付票を作りました：{out.name}" if opened else f"受付票を作りました：{out}")

    shell.runner.write(lambda _: write(), parent=parent, label="print.drawing").success(done).start()
