"""Shelters as of a moment."""

from __future__ import annotations

from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import count_text, moment_short, signed_text
from app.presentation.labels import label
from app.usecases.rows import ShelterRow


def is_overfull(row: ShelterRow) -> bool:
    """More people, declared or rostered, than the indoor capacity."""
    return row.capacity is not None and max(row.declared or 0, row.rostered) > row.capacity


def _difference(row: ShelterRow) -> int | None:
    return None if row.declared is None else row.declared - row.rostered


def _people_tone(row: ShelterRow) -> Tone:
    return "bad" if is_overfull(row) else ""


def _state_tone(row: ShelterRow) -> Tone:
    return ("bad" if is_overfull(row) else "good") if row.is_open else "quiet"


def _state(row: ShelterRow) -> str:
    return ("定員超過" if is_overfull(row) else "開設中") if row.is_open else "閉鎖"


SHELTERS: ColumnSet[ShelterRow] = ColumnSet(
    key="shelters",
    columns=(
        Column(key="name", label="避難所名", text=lambda row: row.name, width=12, sort=lambda row: row.kana or row.name),
        Column(key="state", label="状態", text=_state, width=5, sort=lambda row: not row.is_open, tone=_state_tone),
        Column(key="kind", label="種別", text=lambda row: label("shelter.kind", row.kind), width=6, sort=lambda row: row.kind),
        Column(key="district", label="地区", text=lambda row: row.district, width=4, sort=lambda row: row.district),
        Column(key="address", label="所在地", text=lambda row: row.address, width=16, sort=lambda row: row.address),
        Column(key="phone", label="電話", text=lambda row: row.phone, width=8, sort=lambda row: row.phone),
        Column(
            key="capacity", label="収容人数", text=lambda row: count_text(row.capacity), width=4, align="right", number=True,
            sort=lambda row: row.capacity or 0, tip=lambda row: row.capacity_text,
        ),
        Column(
            key="declared", label="報告人数", text=lambda row: count_text(row.declared), width=4, align="right", number=True, tone=_people_tone,
            sort=lambda row: row.declared or 0,
        ),
        Column(
            key="declared_at", label="報告の時点", text=lambda row: moment_short(row.declared_at), width=8,
            sort=lambda row: (row.declared_at is not None, row.declared_at),
        ),
        Column(
            key="rostered", label="名簿の人数", text=lambda row: count_text(row.rostered), width=5, align="right", number=True,
            sort=lambda row: row.rostered,
        ),
        Column(
            key="difference", label="差", text=lambda row: signed_text(_difference(row)), width=3, align="right",
            sort=lambda row: abs(_difference(row) or 0),
        ),
        Column(
            key="opened_at", label="開設日時", text=lambda row: moment_short(row.opened_at), width=8,
            sort=lambda row: (row.opened_at is not None, row.opened_at),
        ),
        Column(key="in_charge", label="担当者", text=lambda row: row.in_charge, width=6, sort=lambda row: row.in_charge),
        Column(key="capacity_text", label="収容人数（原文）", text=lambda row: row.capacity_text, width=14),
        Column(key="external_id", label="施設番号", text=lambda row: row.external_id, width=7, sort=lambda row: row.external_id),
    ),
    views={
        "standard": (
            "name", "state", "kind", "district", "capacity", "declared", "declared_at", "rostered", "difference", "opened_at", "phone",
        ),
        "full": (
            "external_id", "name", "state", "kind", "district", "address", "phone", "capacity", "capacity_text", "declared", "declared_at",
            "rostered", "difference", "opened_at", "in_charge",
        ),
    },
)  # fmt: skip
