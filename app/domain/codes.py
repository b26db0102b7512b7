"""The closed sets of codes that records use. Their words are in ``presentation/labels.py``.

A code once shipped keeps its meaning: it is in journals and packages. Sources: DOMAIN 6.2 (roster columns), 6.1, 9.
"""

from __future__ import annotations

SITE_KINDS = ("hq", "desk", "shelter")
SHELTER_KINDS = ("designated", "welfare", "voluntary", "transit15", "secondary", "outreach")
HAZARDS = ("flood", "landslide", "storm_surge", "earthquake", "tsunami", "fire", "inland_flood", "volcano")

SEXES = ("male", "female", "other", "unknown")
PERSON_SOURCES = ("resident", "visitor", "unregistered", "baby", "pet_only", "anonymous", "file")

STAY_CATEGORIES = ("inside", "tent", "car", "home", "kin", "hotel", "transit15", "welfare", "hospital", "other", "unknown")
DESTINATIONS = (
    "home",
    "kin",
    "car",
    "secondary",
    "shelter",
    "hospital",
    "facility",
    "temporary_housing",
    "rental",
    "wide_area",
    "dead",
    "other",
    "unknown",
)
RECEPTION_METHODS = ("counter", "card", "file", "paper", "phone")
ABSENCE_KINDS = ("outing", "overnight")

NEEDS = (
    "elderly",
    "care",
    "physical",
    "intellectual",
    "mental",
    "developmental",
    "pregnant",
    "infant",
    "respirator",
    "dialysis",
    "oxygen",
    "medical_other",
    "intractable",
    "allergy",
    "medication",
    "language",
    "single_parent",
    "other",
)
INJURIES = ("none", "light", "serious", "ill", "unknown")
HOUSE_DAMAGES = ("total", "large", "medium", "half", "semi_half", "partial", "above_floor", "below_floor", "none", "unknown")
CONSENTS = ("yes", "no", "unasked")

HEADCOUNT_METHODS = ("phone", "paper", "visit", "file", "listing", "other")
SPELL_SOURCES = ("manual", "listing")
DECISIONS = ("same", "different")

AGE_BANDS: tuple[tuple[str, int, int], ...] = (
    ("infant", 0, 2),
    ("preschool", 3, 5),
    ("school", 6, 14),
    ("youth", 15, 17),
    ("adult", 18, 64),
    ("senior", 65, 74),
    ("elder", 75, 200),
)
"""Band, first and last age in completed years."""
