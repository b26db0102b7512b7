"""Lists of people that shelters already keep: any spreadsheet with names. Values are read into codes where words are known.

Nothing a shelter wrote is lost: a text that is no code goes into the note beside it, or is named in a warning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.errors import SasaeError
from app.domain.identifiers import parse_card_number, parse_person_number, person_number
from app.domain.words import find_code
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, drop_row, each_row, open_source, tell_postal
from app.interchange.importing.values import birth_problem, find_loosely, is_negated, is_total, read_moment, words
from app.presentation.labels import field_label
from app.usecases.plans import Entry

_PLAIN = (
    "name",
    "kana",
    "relation",
    "nationality",
    "postal",
    "address",
    "district",
    "phone",
    "mobile",
    "workplace",
    "supplies",
    "resident_no",
)
_HOUSEHOLD = {"household": "household", "pets": "pets", "vehicle": "vehicles", "emergency_contact": "emergency_contact"}
_PARTS = re.compile(r"[\u3001,\uff0c/\uff0f\n\r;\uff1b]+")
_DOTS = re.compile(r"[\u30fb\uff65\s]+")
_CONSENTS = ("consent_kin", "consent_acquaintance", "consent_public", "consent_board", "consent_web", "consent_share")
_MIDNIGHT = time(0)
_IDENTITY = ("person_no", "card", "relation")


def read_evacuees(path: Path | str, *, at: datetime, options: ReadOptions = DEFAULTS) -> ReadResult:
    """Read a list of people. ``at`` gives dates without a year theirs.

    Entries have fields of a person and a stay (``entered_at``, ``left_at``, ``destination``, …), the household as ``household`` with its
    fields, and ``person_no``. Rows with neither name nor kana are rejected; numbered blank lines of a form do not count.
    """
    result = open_source(path, "evacuees", options=options, pad_short=True)
    reader = _Reader(result, at)
    for line, cells in each_row(result):
        values = reader.read(line, cells)
        if values is not None:
            result.entries.append(Entry(line=line, values=values))
    tell_postal(result)
    if reader.foreign_cards:
        result.report.warn("import.cards_not_ours", column=result.heading("card"), count=reader.foreign_cards)
    return result


class _Reader:
    """Reads the rows of one file."""

    def __init__(self, result: ReadResult, at: datetime) -> None:
        self._result = result
        self._at = at
        self.foreign_cards = 0

    def read(self, line: int, cells: Sequence[str]) -> dict[str, Any] | None:
        """The values of a row, None when it was rejected or holds nothing."""
        self._line, self._cells = line, cells
        values = {key: text for key in _PLAIN if (text := self._take(key))}
        values |= {target: text for key, target in _HOUSEHOLD.items() if (text := self._take(key))}
        if "name" not in values and "kana" not in values:
            self._refuse_nameless()
            return None
        if is_total(values.get("name", "")):
            self._result.report.warn("import.total_row", line=line, column=self._result.heading("name"), value=values["name"])
            return None
        self._take_numbers(values)
        self._take_birth(values)
        self._take_postal(values)
        self._take_codes(values)
        self._take_needs(values)
        self._take_consents(values)
        return values if self._take_stay(values) else None

    def _take(self, key: str) -> str:
        return self._result.headers.take(key, self._cells)

    def _warn(self, key: str, code: str, text: str, **params: Any) -> None:
        self._result.report.warn(code, line=self._line, column=self._result.heading(key), value=text, text=text, **params)

    def _refuse_nameless(self) -> None:
        told = [key for key in self._result.headers.columns if key not in _IDENTITY and self._take(key)]
        if told:
            self._result.reject(self._line, "import.name_missing", column=self._result.heading("name"))
        else:
            drop_row(self._result, self._line)

    def _take_numbers(self, values: dict[str, Any]) -> None:
        """Numbers of this program; those a shelter gave itself (1, 2, 3 …) identify nobody."""
        number = parse_person_number(self._take("person_no"))
        if number is not None:
            values["person_no"] = person_number(number.prefix, number.serial)
        if text := self._take("card"):
            card = parse_card_number(text)
            if card is None:
                self.foreign_cards += 1
            else:
                values["card"] = card

    def _take_birth(self, values: dict[str, Any]) -> None:
        birth, age = self._take("birth"), self._take("age")
        if birth:
            values["birth"] = birth
            if (problem := birth_problem(birth)) is not None:
                self._warn("birth", "import.birth_odd", birth, reason_code=problem)
        notes = [self._take("note")]
        if age and not birth:
            notes.append(f"{field_label('person', 'age')} {age}")
        if note := "\n".join(filter(None, notes)):
            values["note"] = note

    def _take_postal(self, values: dict[str, Any]) -> None:
        kept, odd = self._result.postal.look(values.get("postal", ""), values.get("address", ""))
        if odd:
            self._warn("postal", f"import.{odd}", kept)
        if kept:
            values["postal"] = kept

    def _take_codes(self, values: dict[str, Any]) -> None:
        for key, group in (("sex", "sex"), ("category", "category"), ("house_damage", "house_damage")):
            if not (text := self._take(key)):
                continue
            code, _ = find_loosely(group, text)
            if code is None:
                self._warn(key, "import.word_unknown", text, word=text)
            else:
                values[key] = code
        if room := self._take("room"):
            values["room"] = room
        self._take_injury(values)

    def _take_injury(self, values: dict[str, Any]) -> None:
        text = self._take("injury")
        if not text:
            return
        code, exact = find_loosely("injury", text)
        answer = find_code("yes_no", text)
        if is_negated(text):
            values["injury"] = "none"
        elif code is not None:
            values["injury"] = code
        else:
            values["injury"] = "unknown" if answer == "yes" else "ill"
        if not exact and answer is None and not is_negated(text):
            values["injury_note"] = text

    def _take_needs(self, values: dict[str, Any]) -> None:
        text = self._take("needs")
        if not text:
            return
        codes, notes, level = read_needs(text)
        if codes:
            values["needs"] = codes
        if notes:
            values["needs_note"] = notes
        if level:
            values["care_level"] = level

    def _take_consents(self, values: dict[str, Any]) -> None:
        """One general consent covers answers and publication of safety, never posting or the web; a general no covers all."""
        general = self._consent("consents")
        if general is not None:
            kinds = _CONSENTS[:3] if general == "yes" else _CONSENTS if general == "no" else ()
            values |= dict.fromkeys(kinds, general)
        for key in _CONSENTS:
            if (answer := self._consent(key)) is not None:
                values[key] = answer

    def _consent(self, key: str) -> str | None:
        text = self._take(key)
        if not text:
            return None
        code = find_code("yes_no", text)
        if code is None:
            self._warn(key, "import.consent_unknown", text)
            return "unasked"
        return code

    def _take_stay(self, values: dict[str, Any]) -> bool:
        """Arrival and leaving; False when the row was rejected because it says somebody left and not when."""
        entered = self._moment("entered_at")
        if isinstance(entered, SasaeError):
            self._warn("entered_at", "import.arrival_unreadable", self._take("entered_at"))
        elif entered is not None:
            values["entered_at"] = entered
        left = self._moment("left_at")
        if isinstance(left, SasaeError):
            text = self._take("left_at")
            self._result.reject(
                self._line, left.code, column=self._result.heading("left_at"), value=text, **{**_params(left), "text": text}
            )
            return False
        self._take_destination(values, left)
        if left is not None:
            started = values.get("entered_at", left)
            if left < started and left.date() == started.date() and left.time() == _MIDNIGHT:
                left = started  # a date alone: left on the day of arrival, later than it began
            values["left_at"] = left
            if left < started:
                self._result.reject(
                    self._line,
                    "stay.ends_before_start",
                    column=self._result.heading("left_at"),
                    value=self._take("left_at"),
                    started=started,
                )
                return False
        return True

    def _moment(self, key: str) -> datetime | SasaeError | None:
        text = self._take(key)
        if not text:
            return None
        try:
            return read_moment(text, about=self._at)
        except SasaeError as fault:
            return fault

    def _take_destination(self, values: dict[str, Any], left: datetime | None) -> None:
        text, place = self._take("exit_destination"), self._take("exit_place")
        if left is None:
            if text or place:
                self._warn("exit_destination" if text else "exit_place", "import.destination_without_leaving", text or place)
            return
        code, exact = find_loosely("destination", text) if text else find_loosely("destination", place) if place else (None, False)
        values["destination"] = code or ("other" if text or place else "unknown")
        told = [text if text and not exact else "", place]
        if any(told):
            values["destination_text"] = " ".join(filter(None, told))


def _params(fault: SasaeError) -> dict[str, Any]:
    return {key: value for key, value in fault.params.items() if key not in ("field", "line", "column", "value")}


@lru_cache(maxsize=1)
def _care_level() -> re.Pattern[str]:
    return re.compile(words("care_level"))


@lru_cache(maxsize=4096)
def read_needs(text: str) -> tuple[tuple[str, ...], str, str]:
    """``(codes, note, care level)`` of a free text such as a list of conditions divided by commas, dots or line breaks.

    Parts that are a code's word make the code; parts that only contain one make the code and stay in the note; parts that say
    something is not so make no code.
    """
    codes: list[str] = []
    notes: list[str] = []
    for part in filter(None, map(str.strip, _PARTS.split(text))):
        if code := find_code("need", part):
            codes.append(code)
            continue
        dotted = [find_code("need", piece) for piece in _DOTS.split(part)]
        if len(dotted) > 1 and all(dotted):
            codes += [code for code in dotted if code]
        elif find_code("yes_no", part) == "yes":
            codes.append("other")
        elif find_code("yes_no", part) is None:
            notes.append(part)
            loose = None if is_negated(part) else find_loosely("need", part)[0]
            codes += [loose] if loose else []
    level = _care_level().search(text)
    plain = unicodedata.normalize("NFKC", level[0]).replace(" ", "") if level else ""
    if plain and "care" not in codes:
        codes.append("care")
    return tuple(dict.fromkeys(codes)), "\n".join(notes), plain
