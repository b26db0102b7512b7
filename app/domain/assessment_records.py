"""What a survey sheet says, and what is made of it: the records that ``domain.assessment`` reads and answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.assessment_edition import PARTS, Exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One degree of damage (0 none, 1–5 = Ⅰ–Ⅴ) over a share of a part, in percent of its area."""

    degree: int
    percent: Exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the sheet says, checked by itself; what depends on the edition is checked by ``assess``.

    ``tilt_mm`` are the four horizontal differences over the plumb line ``plumb_mm``. ``depth_cm`` is above the floor; ``above_floor``
    False says that the water did not reach it. ``grade`` is one typed by hand,
    a code or a word, which must be what comes out. ``settlement_mm`` is the greatest settlement or exposure of the foundation.
    """

    hazard: str
    stage: int
    structure: str
    edition: str = ""
    disaster_on: date | None = None
    grade: str = ""
    tilt_mm: tuple[Exact, ...] | None = None
    plumb_mm: Exact = 1200
    depth_cm: Exact | None = None
    above_floor: bool | None = None
    settlement_mm: Exact | None = None
    sinking: str = ""
    floor_loss_percent: Exact | None = None
    collapsed: bool = False
    washed_away: bool = False
    outside_damage: bool | None = None
    storeys: int | None = None
    detached: bool = True
    parts: Mapping[str, tuple[Row, ...]]
    equipment: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the reckoning: a code and its parameters; the words are in ``presentation.steps``."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The result. ``parts`` points by part in the form's order, ``raw`` their unrounded sum, ``total`` the sum of the form's integers,

    None when no parts decide (collapse, tilt, depth, sinking, floor area). ``grade`` is a code of ``domain.survey.GRADES``,
    ``label`` the edition's word for it, ``decided_by`` as in ``domain.survey.Survey``. ``not_needed`` lists the parts that no longer
    matter because 全壊 was decided before them. ``sheet`` is ``first``, ``second`` or "" (judged without parts).
    """

    parts: Mapping[str, int]
    raw: Decimal
    total: int | None
    grade: str
    label: str
    decided_by: str
    edition: str
    sheet: str
    steps: tuple[Step, ...]
    not_needed: tuple[str, ...] = ()


def sheet_of(hazard: str, stage: int) -> str:
    """Which sheet of parts a survey uses: ``first``, ``second``, or "" where parts are not looked at."""
    if hazard == "fire" or (stage == 1 and hazard not in ("earthquake", "wind")):
        return ""
    return "first" if stage == 1 and hazard == "earthquake" else "second"


def parts_of(hazard: str, stage: int, structure: str) -> tuple[str, ...]:
    """The parts of the sheet, in the form's order; empty where parts are not looked at."""
    sheet = sheet_of(hazard, stage)
    return PARTS[structure, sheet] if sheet else ()
