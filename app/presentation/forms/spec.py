"""What an input form asks, in which order and words, and how its raw texts become values. Pure: no Qt, no store.

A raw form is ``{field: text}``: flags are codes joined by commas, yes/no is ``yes`` or ``no``, everything else as typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from app.domain.dates import FuzzyDate, format_fuzzy, format_instant, parse_date, parse_instant
from app.domain.errors import RuleViolation
from app.presentation.labels import choices, field_label
from app.presentation.messages import message

Kind = Literal[
    "text",
    "kana",
    "multiline",
    "birth",
    "date",
    "instant",
    "integer",
    "phone",
    "postal",
    "choice",
    "flags",
    "yesno",
    "password",
    "folder",
    "file",
]
Ime = Literal["hiragana", "katakana", "latin", "digits", "off", "any"]

_IME: dict[str, Ime] = {
    "text": "hiragana", "multiline": "hiragana", "kana": "katakana", "birth": "latin", "date": "latin", "instant": "latin",
    "integer": "digits", "phone": "digits", "postal": "digits", "password": "off", "folder": "any", "file": "any",
}  # fmt: skip
_KANA = re.compile(r"[\u30a1-\u30ff\u3099\u309a\u30fc\u30fb\uff65 A-Z.'\-]*")
_PHONE = re.compile(r"\+?[0-9][0-9\-() ]{3,19}")
_LONGEST = {"multiline": 4000}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field. ``options`` names a list of labels (``choice``, ``flags``); ``fills`` names the field a postal code fills.

    ``width`` is in characters, ``low``/``high`` bound integers (inclusive). ``default`` is raw text.
    """

    key: str
    label: str
    kind: Kind = "text"
    required: bool = False
    help: str = ""
    placeholder: str = ""
    ime: Ime | None = None
    default: str = ""
    options: str = ""
    omit: tuple[str, ...] = ()
    fills: str = ""
    width: int = 0
    low: int = 0
    high: int = 1_000_000
    limit: int = 0

    @property
    def hint(self) -> Ime:
        """How the input method starts in this field."""
        return self.ime or _IME.get(self.kind, "any")

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """The ``(code, word)`` pairs to choose from."""
        return tuple(pair for pair in choices(self.options) if pair[0] not in self.omit) if self.options else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSpec:
    """Fields that belong together, under a heading. ``folded`` sections start closed in a dialog."""

    title: str = ""
    fields: tuple[FieldSpec, ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSpec:
    """A whole form. ``rules`` see all values at once and answer ``{field: message}``."""

    key: str
    title: str
    sections: tuple[SectionSpec, ...]
    save: str = "保存"
    rules: tuple[Callable[[Mapping[str, Any]], Mapping[str, str]], ...] = ()

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """All fields, in order."""
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, key: str) -> FieldSpec:
        """One field. KeyError if there is none."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    def defaults(self) -> dict[str, str]:
        """The raw form before anyone typed."""
        return {field.key: field.default for field in self.fields}

    def raw(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Values of a record as raw texts; fields it does not have keep their default."""
        return {field.key: to_raw(field, values[field.key]) if field.key in values else field.default for field in self.fields}

    def parse(self, raw: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """``(values, {field: message})``. Fields with a message are not among the values; rules run only on a clean form."""
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for field in self.fields:
            try:
                values[field.key] = parse_field(field, raw.get(field.key, ""))
            except RuleViolation as violation:
                problems[field.key] = message(violation)
        if not problems:
            for rule in self.rules:
                problems.update(rule(values))
        return values, problems


def spec_field(record: str, key: str, **more: Any) -> FieldSpec:
    """A field whose label is the word of a record's field: ``spec_field('person', 'kana', kind='kana')``."""
    return FieldSpec(key=key, label=field_label(record, key), **more)


def parse_field(field: FieldSpec, text: str) -> Any:
    """The value of one raw text. RuleViolation ``form.*`` or ``date.*`` when it is none."""
    plain = text if field.kind in ("multiline", "password") else text.strip()
    if not plain.strip():
        if field.required:
            raise RuleViolation("form.required", field=field.key)
        return _EMPTY.get(field.kind, "")
    limit = field.limit or _LONGEST.get(field.kind, 200)
    if len(plain) > limit:
        raise RuleViolation("form.too_long", field=field.key, limit=limit, length=len(plain))
    return _PARSERS[field.kind](field, plain)


def to_raw(field: FieldSpec, value: Any) -> str:
    """The raw text that parses to the value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return format_instant(value, "iso")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(str(item) for item in value)
    return str(value)


def read_back(field: FieldSpec, text: str) -> tuple[str, str]:
    """What a date or time field understood while someone types: ``(meaning, problem)``, both empty for nothing typed."""
    if not text.strip() or field.kind not in ("birth", "date", "instant"):
        return "", ""
    try:
        if field.kind == "instant":
            return format_instant(parse_instant(text)), ""
        found = parse_date(text)
    except RuleViolation as violation:
        return "", message(violation)
    return _say_date(found), ""


def _say_date(found: FuzzyDate) -> str:
    said = format_fuzzy(found)
    if found.day is not None:
        said = f"{said}（{found.day.isoformat()}）"
    return f"{said}  {message(found.warning)}" if found.warning else said


def _parse_text(field: FieldSpec, text: str) -> str:
    return text


def _parse_kana(field: FieldSpec, text: str) -> str:
    """Hiragana and half-width kana become full-width katakana. Latin letters stay for names from abroad."""
    plain = "".join(chr(ord(c) + 0x60) if "\u3041" <= c <= "\u3096" else c for c in unicodedata.normalize("NFKC", text).upper())
    if not _KANA.fullmatch(plain):
        raise RuleViolation("form.kana_expected", field=field.key)
    return plain.replace(" ", "\u3000")


def _parse_birth(field: FieldSpec, text: str) -> str:
    """A birth date stays as written once it can be read."""
    parse_date(text)
    return text


def _parse_day(field: FieldSpec, text: str) -> date:
    found = parse_date(text)
    if found.day is None:
        raise RuleViolation("date.instant_needs_day", field=field.key, text=text)
    return found.day


def _parse_instant(field: FieldSpec, text: str) -> datetime:
    return parse_instant(text)


def _parse_integer(field: FieldSpec, text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not re.fullmatch(r"-?[0-9]{1,12}", plain):
        raise RuleViolation("form.not_a_number", field=field.key, text=text)
    number = int(plain)
    if not field.low <= number <= field.high:
        raise RuleViolation("form.out_of_range", field=field.key, low=field.low, high=field.high)
    return number


def _parse_phone(field: FieldSpec, text: str) -> str:
    plain = re.sub("[\u2010-\u2015\u2212\u30fc]", "-", unicodedata.normalize("NFKC", text))
    if not _PHONE.fullmatch(plain):
        raise RuleViolation("form.phone_unreadable", field=field.key, text=text)
    return plain


def postal_digits(text: str) -> str:
    """The seven digits of a postal code, or empty."""
    digits = re.sub("[^0-9]", "", unicodedata.normalize("NFKC", text))
    return digits if len(digits) == 7 else ""


def _parse_postal(field: FieldSpec, text: str) -> str:
    digits = postal_digits(text)
    if not digits:
        raise RuleViolation("postal.unreadable", field=field.key, text=text)
    return f"{digits[:3]}-{digits[3:]}"


def _parse_choice(field: FieldSpec, text: str) -> str:
    if field.options and text not in dict(field.codes):
        raise RuleViolation("form.not_a_choice", field=field.key)
    return text


def _parse_flags(field: FieldSpec, text: str) -> tuple[str, ...]:
    wanted = {code for code in text.split(",") if code}
    known = [code for code, _ in field.codes]
    if wanted - set(known):
        raise RuleViolation("form.not_a_choice", field=field.key)
    return tuple(code for code in known if code in wanted)


def _parse_yesno(field: FieldSpec, text: str) -> bool:
    if text not in ("yes", "no"):
        raise RuleViolation("form.not_a_choice", field=field.key)
    return text == "yes"


_EMPTY: dict[str, Any] = {"integer": None, "instant": None, "date": None, "flags": (), "yesno": False}
_PARSERS: dict[str, Callable[[FieldSpec, str], Any]] = {
    "text": _parse_text, "multiline": _parse_text, "password": _parse_text, "folder": _parse_text, "file": _parse_text, "kana": _parse_kana,
    "birth": _parse_birth, "date": _parse_day, "instant": _parse_instant, "integer": _parse_integer, "phone": _parse_phone,
    "postal": _parse_postal, "choice": _parse_choice, "flags": _parse_flags, "yesno": _parse_yesno,
}  # fmt: skip
