"""Whom an application is about: households and buildings found at the desk, in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.presentation.columns.building import grade_text
from app.presentation.columns.evacuee import birth_and_age
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era

_KINDS: dict[str, tuple[str, Tone]] = {"victim": ("登録済み", "good"), "resident": ("住民データ", "info"), "building": ("建物", "quiet")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something found. ``detail`` says more about it: buildings of a household, households of a building."""

    kind: Literal["victim", "resident", "building"]
    id: str
    name: str
    kana: str = ""
    birth: str = ""
    address: str = ""
    detail: str = ""
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A building to choose."""

    id: str
    number: str
    address: str
    grade: str = ""
    dwelling: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Dweller:
    """A member of a household, as shown at the desk."""

    name: str
    kana: str = ""
    relation: str = ""
    birth: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A household chosen: registered (``victim_id``) or still only in the residents (``resident_id``). ``earlier`` are sentences."""

    victim_id: str = ""
    resident_id: str = ""
    head: Dweller
    postal: str = ""
    address: str = ""
    phone: str = ""
    members: tuple[Dweller, ...] = ()
    places: tuple[Place, ...] = ()
    earlier: tuple[str, ...] = ()
    protected: bool = False


FOUND: ColumnSet[Found] = ColumnSet(
    key="applying",
    columns=(
        Column(key="name", label="氏名・フリガナ", text=lambda r: r.name or r.kana or "（氏名なし）", width=9, tip=lambda r: r.kana),
        Column(key="birth", label="生年月日", text=lambda r: birth_and_age(r.birth), width=7),
        Column(key="address", label="住所・所在地", text=lambda r: r.address, width=10),
        Column(key="status", label="どこから", text=lambda r: f"{_KINDS[r.kind][0]} {r.detail}".strip(), tone=lambda r: _KINDS[r.kind][1], width=8),
    ),
)  # fmt: skip


def members_text(members: Sequence[Dweller]) -> str:
    """能登　花子（妻・昭和50年3月1日）、…"""
    told = []
    for one in members:
        more = "・".join(filter(None, (one.relation, birth_era(one.birth))))
        told.append(f"{one.name or one.kana}（{more}）" if more else one.name or one.kana)
    return "、".join(told)


def place_text(place: Place) -> str:
    """調査番号　所在地　〔半壊〕"""
    grade = f"〔{grade_text(place.grade)}〕" if place.grade else "〔判定なし〕"
    return "　".join(filter(None, (place.number, place.address, grade if place.dwelling else f"{grade}住家ではない")))
