"""Residents of a snapshot, and the snapshots themselves."""

from __future__ import annotations

from app.domain.resident import Snapshot
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era, count_text, flag_text, moment_long, moment_short
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

SNAPSHOTS: ColumnSet[Snapshot] = ColumnSet(
    key="snapshots",
    columns=(
        Column(key="label", label="名称", text=lambda row: row.label, width=11, sort=lambda row: row.label),
        Column(key="active", label="使用中", text=lambda row: flag_text(row.active), width=3, align="center", sort=lambda row: row.active),
        Column(key="as_of", label="基準日時", text=lambda row: moment_long(row.as_of), width=15, sort=lambda row: row.as_of),
        Column(key="known_at", label="把握日時", text=lambda row: moment_long(row.known_at), width=15, sort=lambda row: row.known_at),
        Column(
            key="residents", label="人数", text=lambda row: count_text(row.residents), width=5, align="right", number=True,
            sort=lambda row: row.residents,
        ),
        Column(
            key="households", label="世帯数", text=lambda row: count_text(row.households), width=5, align="right", number=True,
            sort=lambda row: row.households,
        ),
        Column(key="sha256", label="照合値", text=lambda row: row.sha256[:8], width=6, tip=lambda row: row.sha256),
        Column(key="created_at", label="取込日時", text=lambda row: moment_long(row.created_at), width=15, sort=lambda row: row.created_at),
        Column(key="files", label="ファイル", text=lambda row: "、".join(row.files), width=14),
    ),
)  # fmt: skip
