"""Traits of people and residents as columns for the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.folding import fold_name
from app.matching.traits import Namer, Placer, births, code_sounds, phone_digits, read_typed, sex_number
from app.usecases.matching_rows import PersonTraits, ResidentTraits

RESIDENT = (
    ("rid", "INTEGER"), ("h", "INTEGER"), ("nfam", "VARCHAR"), ("ngiv", "VARCHAR"), ("kfam", "VARCHAR"), ("kgiv", "VARCHAR"),
    ("blo", "INTEGER"), ("bhi", "INTEGER"), ("sex", "TINYINT"), ("town", "INTEGER"), ("addr", "INTEGER"),
    ("ban", "INTEGER"), ("phone", "VARCHAR"), ("alias", "VARCHAR"),
)  # fmt: skip
PERSON = (*RESIDENT, ("bare", "VARCHAR"), ("figures", "INTEGER"), ("settled", "INTEGER"))
_SAMPLE = 2_000


class _Codes(dict[str, int]):
    """Texts as numbers; 0 is the empty text."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class _Sounds(dict[str, tuple[str, str]]):
    """Readings of residents as parts in code."""

    def __init__(self, names: Namer) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, kana: str) -> tuple[str, str]:
        parts = self._names[kana]
        self[kana] = found = (code_sounds(parts.family), code_sounds(parts.given))
        return found


class PersonReader:
    """Makes columns from traits; remembers what names and addresses were met."""

    def __init__(self) -> None:
        self.names, self.readings, self.placer = Namer(), Namer(), Placer()
        self._towns, self._addresses, self._households = _Codes(), _Codes(), _Codes()
        self._last: tuple[str, tuple[int, int, int]] = ("", (0, 0, 0))
        self._alone = 0

    def learn(self, rows: Sequence[PersonTraits]) -> None:
        """Take family names and the municipality's name from the rows themselves, where there are no residents to take them from."""
        self.placer.learn(row.address for row in rows[:_SAMPLE])
        for row in rows:
            for known, text in ((self.names, row.name), (self.readings, row.kana or row.name)):
                if len(text.split()) > 1:
                    known[text]

    def place(self, text: str) -> tuple[int, int, int]:
        """Town, whole address, block (all numbers but the last), as numbers; an address of the line before is not read again."""
        if text != self._last[0]:
            town, numbers = self.placer.read(text)
            block, _, rest = numbers.rpartition("-")
            codes = self._addresses
            self._last = (
                text,
                (self._towns[town], codes[f"{town} {numbers}"], codes[f"{town} {block or rest}"]) if numbers else (self._towns[town], 0, 0),
            )
        return self._last[1]

    def household(self, text: str) -> int:
        """A household as a number; a number of its own for whoever has none."""
        if not text:
            self._alone -= 1
            return self._alone
        return self._households[text]

    def person(self, pid: int, row: PersonTraits) -> tuple[Any, ...]:
        """A row of ``PERSON``."""
        typed = read_typed(self.names, self.readings, row.name, row.kana)
        low, high, figures = births(row.birth, row.birth_lo, row.birth_hi)
        writing, reading = typed.writing, typed.reading
        return (
            pid, self.household(row.household_id), *writing, code_sounds(reading.family), code_sounds(reading.given), low, high,
            sex_number(row.sex), *self.place(row.address), phone_digits(row.mobile, row.phone), "", code_sounds(typed.bare), figures,
            -2 if row.settled is None else row.settled,
        )  # fmt: skip


class ResidentReader(PersonReader):
    """Makes columns of residents too; they teach it family names, by which typed names are split."""

    def __init__(self) -> None:
        super().__init__()
        self._sounds = _Sounds(self.readings)

    def learn_places(self, rows: Sequence[ResidentTraits]) -> None:
        """Take the municipality's name from the first residents."""
        self.placer.learn(row.address for row in rows[:_SAMPLE])

    def residents(self, rows: Sequence[ResidentTraits]) -> list[Sequence[Any]]:
        """The columns of ``RESIDENT``."""
        places, households, names, kana, lows, highs, sexes, addresses, phones, aliases = zip(*rows, strict=True)
        writing = [self.names[text] for text in names]
        reading = [self._sounds[text] for text in kana]
        homes = [self.place(text) for text in addresses]
        return [
            places, [self.household(text) for text in households], [w[0] for w in writing], [w[1] for w in writing],
            [r[0] for r in reading], [r[1] for r in reading], [low or 0 for low in lows], [high or 0 for high in highs],
            [sex_number(text) for text in sexes], [h[0] for h in homes], [h[1] for h in homes], [h[2] for h in homes], phones,
            [fold_name(text) if text else "" for text in aliases],
        ]  # fmt: skip
