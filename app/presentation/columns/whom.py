"""Whom a claim or a casualty is about: households, casualties and residents found by one box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era

_KINDS: dict[str, tuple[str, Tone]] = {"victim": ("被災世帯", "good"), "casualty": ("人的被害", "warn"), "resident": ("住民データ", "info")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Somebody found. Which of the ids are set says what is known of them; ``detail`` says more (grade, harm)."""

    kind: Literal["victim", "casualty", "resident"]
    id: str
    name: str
    kana: str = ""
    birth: str = ""
    sex: str = ""
    address: str = ""
    district: str = ""
    detail: str = ""
    victim_id: str = ""
    casualty_id: str = ""
    resident_id: str = ""
    resident_no: str = ""
    person_id: str = ""
    size: int = 0
    protected: bool = False


def whom_text(found: Whom) -> str:
    """One line that names them."""
    return "　".join(filter(None, (found.name, found.kana, birth_era(found.birth), found.address)))


WHOM: ColumnSet[Whom] = ColumnSet(
    key="whom",
    columns=(
        Column(key="name", label="氏名", text=lambda r: r.name, width=9),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=7),
        Column(key="status", label="種別", text=lambda r: f"{_KINDS[r.kind][0]} {r.detail}".strip(), width=7, tone=lambda r: _KINDS[r.kind][1]),
        Column(key="address", label="住所", text=lambda r: r.address, width=10),
    ),
)
