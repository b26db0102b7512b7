"""Seals and printers as lists."""

from __future__ import annotations

from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import label
from app.usecases.forms import Offset, SealRow

_TONES: dict[str, Tone] = {"approved": "good", "draft": "warn", "retired": "quiet"}


def _state(row: SealRow) -> str:
    return "使用中" if row.used else label("form_design.state", row.state)


SEALS: ColumnSet[SealRow] = ColumnSet(
    key="seals",
    columns=(
        Column(key="state", label="状態", text=_state, width=6, tone=lambda r: _TONES[r.state]),
        Column(key="name", label="名前", text=lambda r: r.name, width=12, sort=lambda r: r.name),
        Column(key="width", label="幅", text=lambda r: f"{r.width:g} mm", width=5, align="right", sort=lambda r: r.width),
        Column(key="made_by", label="登録した人", text=lambda r: r.made_by, width=8),
        Column(key="approved_by", label="承認した人", text=lambda r: r.approved_by, width=8),
    ),
)

OFFSETS: ColumnSet[Offset] = ColumnSet(
    key="printer_offsets",
    columns=(
        Column(key="printer", label="プリンター", text=lambda r: r.printer, width=16, sort=lambda r: r.printer),
        Column(key="right", label="右へ", text=lambda r: f"{r.right:+.1f} mm", width=6, align="right", sort=lambda r: r.right),
        Column(key="down", label="下へ", text=lambda r: f"{r.down:+.1f} mm", width=6, align="right", sort=lambda r: r.down),
    ),
)
