"""One edition of the guideline for judging damaged dwellings (運用指針): weights, coefficients, thresholds, tables, all of them data.

The shipped editions are ``resources/editions/*.toml``; a municipality may add its own in the same form. Reading one checks it whole
(``assessment_edition_file.read_edition``), so what is here can be relied on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

Exact = int | Fraction
"""An exact number: an int where it is whole, which is also the faster."""

STRUCTURES = ("wood", "rc")
STAGES = (1, 2)
SHEETS = ("first", "second")
PARTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("wood", "first"): ("roof", "wall", "foundation"),
    ("wood", "second"): ("roof", "pillar", "floor", "outer_wall", "inner_wall", "ceiling", "fittings", "foundation", "equipment"),
    ("rc", "first"): ("pillar", "finish", "equipment"),
    ("rc", "second"): ("pillar", "floor_beam", "exterior", "interior", "fittings", "equipment"),
}
"""The parts of each sheet in the order of the paper form (DOMAIN 3.3)."""
SINKINGS = ("none", "foundation_25cm", "floor", "floor_1m")
TILT_RULES = ("average", "maximum")
STEP_RULES = ("at_least", "add", "none")
"""How a tilt between the two limits counts: the part has at least these points, these points are added to it, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A grade from a lower bound (inclusive) of the damage ratio in percent; ``label`` is the word of the edition."""

    grade: str
    low: Exact
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A grade from a lower bound (inclusive): a depth above floor in cm, a tilt, or a share of the floor area in percent."""

    grade: str
    low: Exact


@dataclass(frozen=True, slots=True, kw_only=True)
class WoodTilt:
    """From ``total`` the house is totally damaged; from ``step`` the named part of each sheet counts ``points`` by ``rule``."""

    total: Fraction
    step: Fraction
    points: int
    rule: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolidTilt:
    """Non-wood: total from ``total``, or from ``settled`` when something sank by ``settlement_mm`` or more."""

    total: Fraction
    settled: Fraction
    settlement_mm: Exact


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthTable:
    """Grades by the depth of water above the floor, deepest first; ``below`` when it did not reach the floor."""

    limits: tuple[Limit, ...]
    below: str
    structures: tuple[str, ...]
    max_storeys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Ground damage: grades by tilt, worst first, and by how far the house sank in; ``otherwise`` below all of them."""

    tilt_rule: str
    tilts: tuple[Limit, ...]
    sinkings: Mapping[str, str]
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number of the file with where it is from and how sure it is (F found, V computed, K known from general knowledge)."""

    key: str
    value: str
    source: str
    sure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition, read and checked. ``in_force`` is the first day of disasters it is the default for; ``hazards`` what it may judge.

    ``weights`` of 100 by (structure, sheet) and part, in the form's order; ``equipment`` is typed as points of an item list, all others
    as degree × area. ``coefficients`` percent by degree 1–5; ``buckets`` upper bounds of area in percent, smallest first. ``own``:
    added by the municipality.
    """

    id: str
    title: str
    document: str
    in_force: date
    hazards: tuple[str, ...]
    bands: tuple[Band, ...]
    floor_loss: tuple[Limit, ...]
    coefficients: Mapping[int, Exact]
    buckets: tuple[int, ...]
    weights: Mapping[tuple[str, str], Mapping[str, int]]
    wood_tilt: WoodTilt
    solid_tilt: SolidTilt
    depths: Mapping[str, DepthTable]
    ground: Ground | None
    facts: tuple[Fact, ...] = ()
    own: bool = False

    @property
    def grades(self) -> tuple[str, ...]:
        """Grade codes of this edition, worst first."""
        return tuple(band.grade for band in self.bands)

    def label(self, grade: str) -> str:
        """The edition's word for a grade, "" for one it does not have."""
        return next((band.label for band in self.bands if band.grade == grade), "")

    def grade_of(self, total: int) -> str:
        """The grade of a total of points."""
        return next(band.grade for band in self.bands if total >= band.low)

    def bucket_of(self, percent: Exact) -> int:
        """The smallest bucket that holds a percentage above 0 and up to 100."""
        return self.buckets[bisect_left(self.buckets, percent)]

    def bucket_floor(self, bucket: int) -> int:
        """What an area in this bucket is more than."""
        place = self.buckets.index(bucket)
        return self.buckets[place - 1] if place else 0
