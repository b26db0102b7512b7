"""Derived look-up columns: folded names, digits of phones, birth dates as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.domain.building import Building, Victim
from app.domain.certificate import Application
from app.domain.dates import parse_date, to_yyyymmdd
from app.domain.errors import SasaeError
from app.domain.evacuee import Person
from app.domain.folding import fold_address, fold_kana, fold_name
from app.domain.shelter import Shelter

_WIDE_DIGITS = str.maketrans("\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19", "0123456789")
_NOT_DIGIT = re.compile(r"[^0-9]+")

fold_key_name = lru_cache(maxsize=200_000)(fold_name)
fold_key_kana = lru_cache(maxsize=200_000)(fold_kana)
fold_key_address = lru_cache(maxsize=200_000)(fold_address)


def digits(text: str) -> str:
    """Only the digits, full-width ones included."""
    return _NOT_DIGIT.sub("", text.translate(_WIDE_DIGITS)) if text else ""


@lru_cache(maxsize=100_000)
def birth_range(text: str) -> tuple[int | None, int | None]:
    """Earliest and latest birth date as yyyymmdd; ``(None, None)`` when nothing is known or it cannot be read."""
    if not text.strip():
        return None, None
    try:
        parsed = parse_date(text, lenient=True)
    except SasaeError:
        return None, None
    return (
        to_yyyymmdd(parsed.earliest) if parsed.earliest else None,
        to_yyyymmdd(parsed.latest) if parsed.latest else None,
    )


def person_keys(person: Person) -> Mapping[str, Any]:
    """Derived columns of a person."""
    low, high = birth_range(person.birth)
    return {
        "key_name": fold_key_name(person.name),
        "key_kana": fold_key_kana(person.kana),
        "key_phone": digits(person.mobile) or digits(person.phone),
        "birth_lo": low,
        "birth_hi": high,
    }


def shelter_keys(shelter: Shelter) -> Mapping[str, Any]:
    """Derived columns of a shelter."""
    return {"key_name": fold_key_name(shelter.name)}


def age_on(low: int | None, high: int | None, on: int) -> tuple[int | None, bool]:
    """Completed years on a yyyymmdd day, and whether it is certain. With a range, the age by the earliest birth date."""
    if low is None:
        return None, False
    age = (on - low) // 10_000
    return (age, high is not None and (on - high) // 10_000 == age) if age >= 0 else (None, False)


def building_keys(building: Building) -> Mapping[str, Any]:
    """Derived columns of a building."""
    return {
        "key_owner": fold_key_name(building.owner_name),
        "key_owner_kana": fold_key_kana(building.owner_kana),
        "key_address": fold_key_address(building.address),
    }


def victim_keys(victim: Victim) -> Mapping[str, Any]:
    """Derived columns of an affected household."""
    return {
        "key_name": fold_key_name(victim.head_name),
        "key_kana": fold_key_kana(victim.head_kana),
        "key_address": fold_key_address(victim.address),
    }


def application_keys(application: Application) -> Mapping[str, Any]:
    """Derived columns of an application; ``birth_lo`` is the applicant's, for "where is my application"."""
    return {
        "key_name": fold_key_name(application.applicant_name),
        "key_kana": fold_key_kana(application.applicant_kana),
        "birth_lo": birth_range(application.applicant_birth)[0],
    }


def called_keys(record: Any) -> Mapping[str, Any]:
    """Derived columns of any record with a ``name`` and a ``kana``: payees, entitlements, vouchers, casualties."""
    return {"key_name": fold_key_name(record.name), "key_kana": fold_key_kana(record.kana)}
