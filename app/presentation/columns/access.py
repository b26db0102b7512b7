"""The access log: who saw or took out data."""

from __future__ import annotations

from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.columns.texts import count_text, moment_long
from app.presentation.labels import label
from app.usecases.rows import AccessEntry

ACCESS: ColumnSet[AccessEntry] = ColumnSet(
    key="access",
    columns=(
        Column(key="at", label="日時", text=lambda row: moment_long(row.at), width=15, sort=lambda row: row.at),
        Column(key="by", label="操作者", text=lambda row: row.by, width=7, sort=lambda row: row.by),
        Column(key="action", label="操作", text=lambda row: label("access.action", row.action), width=5, sort=lambda row: row.action),
        Column(key="purpose", label="目的", text=lambda row: row.purpose, width=8, sort=lambda row: row.purpose),
        Column(
            key="persons", label="人数", text=lambda row: count_text(row.persons), width=4, align="right", number=True,
            sort=lambda row: row.persons,
        ),
        Column(key="target", label="対象・行き先", text=lambda row: label("record", row.target), width=16, sort=lambda row: row.target),
    ),
)  # fmt: skip
