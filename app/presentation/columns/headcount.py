"""Declared head counts beside rostered ones, and the trend of all shelters."""

from __future__ import annotations

from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import count_text, moment_long, signed_text
from app.presentation.labels import label
from app.usecases.rows import HeadcountRow, TrendPoint


def _difference_tone(row: HeadcountRow) -> Tone:
    return "warn" if row.rostered and row.difference else ""


HEADCOUNTS: ColumnSet[HeadcountRow] = ColumnSet(
    key="headcounts",
    columns=(
        Column(key="counted_at", label="時点", text=lambda row: moment_long(row.counted_at), width=15, sort=lambda row: row.counted_at),
        Column(key="shelter", label="避難所", text=lambda row: row.shelter_name, width=12, sort=lambda row: row.shelter_name),
        Column(
            key="counted_total", label="報告人数", text=lambda row: count_text(row.counted_total), width=4, align="right", number=True,
            sort=lambda row: row.counted_total,
        ),
        Column(
            key="rostered", label="名簿の人数", text=lambda row: count_text(row.rostered), width=5, align="right", number=True,
            sort=lambda row: row.rostered,
        ),
        Column(
            key="difference", label="差", text=lambda row: signed_text(row.difference), width=3, align="right", tone=_difference_tone,
            sort=lambda row: row.difference,
        ),
        Column(key="male", label="男", text=lambda row: count_text(row.male), width=3, align="right", number=True, sort=lambda row: row.male or 0),
        Column(key="female", label="女", text=lambda row: count_text(row.female), width=3, align="right", number=True, sort=lambda row: row.female or 0),
        Column(
            key="households", label="世帯数", text=lambda row: count_text(row.households), width=4, align="right", number=True,
            sort=lambda row: row.households or 0,
        ),
        Column(key="method", label="報告方法", text=lambda row: label("headcount.method", row.method), width=5, sort=lambda row: row.method),
        Column(key="reported_by", label="報告者", text=lambda row: row.reported_by, width=6, sort=lambda row: row.reported_by),
        Column(key="note", label="備考", text=lambda row: row.note, width=8),
    ),
)  # fmt: skip

TREND: ColumnSet[TrendPoint] = ColumnSet(
    key="trend",
    columns=(
        Column(key="at", label="時点", text=lambda point: moment_long(point.at), width=15, sort=lambda point: point.at),
        Column(
            key="shelters_open", label="開設避難所数", text=lambda point: count_text(point.shelters_open), width=6, align="right", number=True,
            sort=lambda point: point.shelters_open,
        ),
        Column(
            key="declared", label="報告人数", text=lambda point: count_text(point.declared), width=5, align="right", number=True,
            sort=lambda point: point.declared,
        ),
        Column(
            key="rostered", label="名簿の人数", text=lambda point: count_text(point.rostered), width=5, align="right", number=True,
            sort=lambda point: point.rostered,
        ),
        Column(
            key="difference", label="差", text=lambda point: signed_text(point.declared - point.rostered), width=4, align="right",
            sort=lambda point: point.declared - point.rostered,
        ),
    ),
)  # fmt: skip
