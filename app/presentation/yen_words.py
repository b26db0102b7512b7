"""Amounts of yen as people read them: with separators, and in the formal numerals (大字) that cannot be altered on paper."""

from __future__ import annotations

_DIGITS = "零壱弐参四五六七八九"
_SMALL = ("", "拾", "百", "千")
_LARGE = ("", "万", "億", "兆")
_MYRIAD = 10_000
_MOST = 10**16


def yen(amount: int) -> str:
    """12,345円; a negative amount with its sign."""
    return f"{amount:,}円"


def formal_numerals(amount: int) -> str:
    """壱万弐千参百四拾五: 大字 for one, two, three and ten, each place written, so that nothing can be put before or between.

    ValueError when negative or of more than sixteen digits."""
    if not 0 <= amount < _MOST:
        raise ValueError("no amount that can be written")
    if amount == 0:
        return _DIGITS[0]
    text, place = "", 0
    while amount:
        amount, part = divmod(amount, _MYRIAD)
        if part:
            text = _part(part) + _LARGE[place] + text
        place += 1
    return text


def _part(number: int) -> str:
    """One to 9,999; a one before ten, hundred and thousand is written."""
    text = ""
    for place, digit in enumerate(reversed(str(number))):
        if digit != "0":
            text = _DIGITS[int(digit)] + _SMALL[place] + text
    return text


def yen_words(amount: int) -> str:
    """金壱万弐千参百四拾五円也: the total of an approval sheet or a receipt."""
    return f"金{formal_numerals(amount)}円也"
