"""The open shelters on the home page."""

from __future__ import annotations

from app.domain.dates import format_instant
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import short_label
from app.usecases.rows import ShelterRow


def people_in(row: ShelterRow) -> int:
    """The larger of the declared and the rostered number: whoever is not on a roster yet needs room too."""
    return max(row.rostered, row.declared or 0)


def _fullness(row: ShelterRow) -> str:
    if not row.capacity:
        return ""
    share = round(100 * people_in(row) / row.capacity)
    return f"⚠ {share}%" if share > 100 else f"{share}%"


def _tone(row: ShelterRow) -> Tone:
    if not row.capacity:
        return ""
    share = people_in(row) / row.capacity
    return "bad" if share > 1 else "warn" if share > 0.9 else ""


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


OPEN_SHELTERS: ColumnSet[ShelterRow] = ColumnSet(
    key="open_shelters",
    columns=(
        Column(key="name", label="避難所", text=lambda r: r.name, width=13, sort=lambda r: r.kana or r.name),
        Column(key="kind", label="種別", text=lambda r: short_label("shelter.kind", r.kind), width=4, sort=lambda r: r.kind),
        Column(
            key="rostered", label="名簿", text=lambda r: _number(r.rostered), width=4, align="right", number=True, sort=lambda r: r.rostered
        ),
        Column(
            key="declared", label="報告", text=lambda r: _number(r.declared), width=4, align="right", number=True, sort=lambda r: r.declared
        ),
        Column(
            key="capacity", label="定員", text=lambda r: _number(r.capacity), width=5, align="right", number=True, sort=lambda r: r.capacity
        ),
        Column(
            key="fullness",
            label="混み具合",
            text=_fullness,
            tone=_tone,
            width=5,
            align="right",
            sort=lambda r: people_in(r) / r.capacity if r.capacity else None,
        ),
        Column(
            key="declared_at",
            label="報告時点",
            text=lambda r: format_instant(r.declared_at, "short") if r.declared_at else "なし",
            width=8,
            sort=lambda r: r.declared_at.timestamp() if r.declared_at else None,
        ),
        Column(key="in_charge", label="担当者", text=lambda r: r.in_charge, width=8, sort=lambda r: r.in_charge),
    ),
    views={
        "標準": ("name", "kind", "rostered", "declared", "capacity", "fullness", "declared_at"),
        "担当者つき": ("name", "kind", "rostered", "declared", "capacity", "fullness", "declared_at", "in_charge"),
    },
)
