"""Residents of a snapshot."""

from __future__ import annotations

from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era, flag_text, moment_short
from app.presentation.labels import field_label
from app.usecases.rows import ResidentView


def _state(row: ResidentView) -> str:
    if row.stay_id:
        return " ".join(filter(None, ("避難中", row.shelter_name, moment_short(row.since))))
    return "登録あり" if row.person_id else ""


def _state_tone(row: ResidentView) -> Tone:
    return "info" if row.stay_id else ""


def _plain(key: str, width: int) -> Column[ResidentView]:
    return Column(key=key, label=field_label("resident", key), text=lambda row: str(getattr(row, key)), width=width)


RESIDENTS: ColumnSet[ResidentView] = ColumnSet(
    key="residents",
    columns=(
        _plain("name", 9),
        _plain("kana", 9),
        Column(key="birth", label="生年月日", text=lambda row: birth_era(row.birth), width=10, tip=lambda row: row.birth),
        _plain("sex", 2),
        _plain("relation", 4),
        _plain("address", 20),
        _plain("district", 7),
        _plain("phone", 10),
        _plain("household_no", 7),
        _plain("resident_no", 8),
        Column(key="state", label="避難の状況", text=_state, width=12, tone=_state_tone),
        Column(key="protected", label="支援措置", text=lambda row: flag_text(row.protected), width=3, align="center"),
    ),
)
