"""The changes of records, one field a line."""

from __future__ import annotations

from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.columns.texts import moment_long
from app.presentation.labels import field_label, label, show_field
from app.usecases.rows import HistoryEntry

HISTORY: ColumnSet[HistoryEntry] = ColumnSet(
    key="history",
    columns=(
        Column(key="at", label="日時", text=lambda row: moment_long(row.at), width=15, sort=lambda row: row.at),
        Column(key="by", label="操作者", text=lambda row: row.by, width=7, sort=lambda row: row.by),
        Column(key="site", label="拠点", text=lambda row: row.site, width=7, sort=lambda row: row.site),
        Column(key="kind", label="対象", text=lambda row: label("record", row.kind), width=5, sort=lambda row: row.kind),
        Column(key="action", label="操作", text=lambda row: label("journal.action", row.action), width=3, sort=lambda row: row.action),
        Column(key="field", label="項目", text=lambda row: field_label(row.kind, row.field), width=8, sort=lambda row: row.field),
        Column(key="old", label="変更前", text=lambda row: show_field(row.kind, row.field, row.old), width=12),
        Column(key="new", label="変更後", text=lambda row: show_field(row.kind, row.field, row.new), width=12),
        Column(key="reason", label="理由", text=lambda row: row.reason, width=10, sort=lambda row: row.reason),
        Column(key="purpose", label="目的", text=lambda row: row.purpose, width=6, sort=lambda row: row.purpose),
        Column(key="device", label="端末", text=lambda row: row.device, width=5, sort=lambda row: row.device),
        Column(key="record", label="記録番号", text=lambda row: row.record, width=12, sort=lambda row: row.record),
    ),
    views={
        "standard": ("at", "by", "site", "kind", "action", "field", "old", "new", "reason"),
        "full": ("at", "by", "site", "device", "kind", "record", "action", "field", "old", "new", "reason", "purpose"),
    },
)
