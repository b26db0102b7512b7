"""Numbers written in kanji."""

from __future__ import annotations

from functools import lru_cache

from app import resources


@lru_cache(maxsize=1)
def _signs() -> tuple[dict[str, int], dict[str, int]]:
    rules = resources.read_toml("fold", "address.toml")
    units = {rules["ten"]: 10, rules["hundred"]: 100, rules["thousand"]: 1000}
    return {char: value for value, char in enumerate(rules["digits"])}, units


def read_kanji_number(text: str) -> int | None:
    """The value of 二十三, 百五, 二〇二四 and the like (0 to 9999 with units, any length by digits); None if it is none."""
    digits, units = _signs()
    if not text:
        return None
    if all(char in digits for char in text):
        return int("".join(str(digits[char]) for char in text))
    total, digit = 0, None
    last = 10_000
    for char in text:
        if char in digits and digit is None:
            digit = digits[char]
        elif char in units and units[char] < last:
            last = units[char]
            total += (1 if digit is None else digit) * last
            digit = None
        else:
            return None
    return total + (digit or 0)
