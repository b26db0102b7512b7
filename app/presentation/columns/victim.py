"""Affected households of a building, and their members as they lived there on the day."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.building import VictimMember
from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.columns.texts import birth_era, flag_text
from app.presentation.labels import field_label, label
from app.usecases.survey_rows import HomeFile


def _head(row: HomeFile) -> str:
    return row.victim.head_name or row.victim.head_kana or "（氏名なし）"


HOMES: ColumnSet[HomeFile] = ColumnSet(
    key="homes",
    columns=(
        Column(key="head", label=field_label("victim", "head_name"), text=_head, width=9, sort=lambda r: r.victim.head_kana),
        Column(key="kana", label="フリガナ", text=lambda r: r.victim.head_kana, width=9),
        Column(key="members", label="人数", text=lambda r: f"{len(r.members):,}人" if r.members else "", width=3, align="right"),
        Column(key="tenure", label="住まい", text=lambda r: label("occupancy.tenure", r.occupancy.tenure), width=5),
        Column(key="room", label="部屋", text=lambda r: r.occupancy.room, width=3),
        Column(key="main", label="生活の本拠", text=lambda r: flag_text(r.occupancy.main), width=5, align="center"),
        Column(key="source", label="登録の元", text=lambda r: label("victim.source", r.victim.source), width=6,
               tone=lambda r: "" if r.victim.source == "resident" else "quiet"),
        Column(key="declared", label="申告のみ", text=lambda r: "申告のみ" if r.victim.declared and not r.victim.matched_at else "", width=4,
               tone=lambda r: "warn"),
        Column(key="phone", label="電話", text=lambda r: r.victim.phone, width=8),
        Column(key="address", label="世帯主住所", text=lambda r: r.victim.address, width=14),
    ),
)  # fmt: skip

MEMBERS: ColumnSet[VictimMember] = ColumnSet(
    key="victim_members",
    columns=(
        Column(key="name", label="氏名", text=lambda r: r.name or "（氏名なし）", width=9),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9),
        Column(key="relation", label="続柄", text=lambda r: r.relation, width=4),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=10),
        Column(key="sex", label="性別", text=lambda r: label("person.sex", r.sex), width=3),
        Column(key="linked", label="住民データ", text=lambda r: "あり" if r.resident_no or r.resident_id else "なし（手入力）", width=6,
               tone=lambda r: "" if r.resident_no or r.resident_id else "quiet"),
        Column(key="note", label="備考", text=lambda r: r.note, width=6),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody of a household that is about to be linked; ``ticked`` are taken along."""

    id: str
    name: str
    kana: str
    relation: str
    birth: str
    ticked: bool = True


CANDIDATES: ColumnSet[Candidate] = ColumnSet(
    key="victim_candidates",
    columns=(
        Column(key="tick", label="", text=lambda r: "☑" if r.ticked else "☐", width=2, align="center"),
        Column(key="name", label="氏名", text=lambda r: r.name or r.kana, width=8),
        Column(key="relation", label="続柄", text=lambda r: r.relation, width=4),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=9),
    ),
)
