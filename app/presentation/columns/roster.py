"""The roster: everything DOMAIN 6.2 asks for, and the views that screens, files and paper show of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import age_words, birth_era, birth_short, flag_text, moment_long, moment_short, needs_words
from app.presentation.labels import field_label, label, short_label
from app.usecases.rows import RosterRow

_CONSENTS = ("consent_kin", "consent_acquaintance", "consent_public", "consent_board", "consent_web", "consent_share")
_CONSENT_HEADS = ("親族", "知人", "公表", "掲示", "Web", "提供")


def _phone(row: RosterRow) -> str:
    return row.mobile or row.phone


def _presence(row: RosterRow) -> str:
    if row.to_at is not None:
        return "退所"
    return label("absence.kind", row.absence) if row.absence else "在所"


def _destination(row: RosterRow) -> str:
    return " ".join(filter(None, (label("stay.destination", row.destination), row.destination_text)))


def _care(row: RosterRow) -> str:
    """Needs in short words, for narrow paper."""
    return "・".join(short_label("person.needs", need) for need in row.needs)


def _remarks(row: RosterRow) -> str:
    told = (row.care_level, row.needs_note, label("person.injury", row.injury) if row.injury not in ("", "none") else "", row.note)
    return " ".join(text.replace("\n", " ") for text in told if text)


def _presence_tone(row: RosterRow) -> Tone:
    return "quiet" if row.to_at is not None else "warn" if row.absence else ""


def _plain(record: str, key: str, width: int, *, head: str = "") -> Column[RosterRow]:
    """A column that shows a text of the row as it is."""
    text: Callable[[RosterRow], str] = attrgetter(key)
    return Column(key=key, label=head or field_label(record, key), text=text, width=width, sort=attrgetter(key))


def _code(record: str, key: str, kind: str, width: int, *, head: str = "") -> Column[RosterRow]:
    """A column that shows a code by its word."""
    take: Callable[[RosterRow], str] = attrgetter(key)
    text: Callable[[RosterRow], str] = lambda row: label(kind, take(row))  # noqa: E731
    return Column(key=key, label=head or field_label(record, key), text=text, width=width, sort=lambda row: getattr(row, key))


_PERSON: tuple[Column[RosterRow], ...] = (
    Column(key="number", label="整理番号", text=attrgetter("number"), width=10, sort=lambda row: row.number),
    Column(key="name", label="氏名", text=attrgetter("name"), width=9, sort=lambda row: (row.kana, row.name)),
    Column(key="kana", label="フリガナ", text=attrgetter("kana"), width=9, sort=lambda row: row.kana),
    Column(key="birth", label="生年月日", text=lambda row: birth_era(row.birth), width=10, sort=lambda row: row.age if row.age is not None else -1),
    Column(key="birth_short", label="生年月日", text=lambda row: birth_short(row.birth), width=5),
    Column(
        key="age", label="年齢", text=lambda row: age_words(row.age, row.age_exact), width=3, align="right",
        sort=lambda row: row.age if row.age is not None else -1,
    ),
    Column(key="sex", label="性別", text=lambda row: short_label("person.sex", row.sex), width=2, align="center", sort=lambda row: row.sex),
    _plain("person", "relation", 4),
    Column(key="household", label="世帯", text=attrgetter("household"), width=7, sort=lambda row: (row.household, row.household_id)),
    _plain("person", "postal", 5),
    _plain("person", "address", 18),
    _plain("person", "district", 7),
    _plain("person", "phone", 8),
    _plain("person", "mobile", 8),
    Column(key="contact", label="電話", text=_phone, width=10, sort=_phone),
    _plain("person", "nationality", 4),
    _plain("person", "workplace", 8),
    _plain("person", "card", 8),
    _code("person", "source", "person.source", 6),
)  # fmt: skip
_STAY: tuple[Column[RosterRow], ...] = (
    Column(key="shelter", label="避難所", text=attrgetter("shelter"), width=9, sort=lambda row: row.shelter),
    Column(key="presence", label="在否", text=_presence, width=3, sort=_presence, tone=_presence_tone),
    _code("stay", "category", "stay.category", 6),
    _plain("stay", "room", 6),
    Column(key="from_at", label="入所日時", text=lambda row: moment_long(row.from_at), width=15, sort=lambda row: row.from_at),
    Column(key="from_short", label="入所", text=lambda row: moment_short(row.from_at), width=5, sort=lambda row: row.from_at),
    Column(
        key="to_at", label="退所日時", text=lambda row: moment_long(row.to_at), width=15, sort=lambda row: (row.to_at is None, row.to_at)
    ),
    Column(key="destination", label="退所先", text=_destination, width=9, sort=lambda row: row.destination),
    _plain("stay", "came_from", 8),
    Column(key="absence", label="外出・外泊", text=lambda row: label("absence.kind", row.absence), width=4, sort=lambda row: row.absence),
    Column(key="pending", label="確認待ち", text=lambda row: flag_text(row.pending), width=3, align="center", sort=lambda row: row.pending),
)
_CONDITION: tuple[Column[RosterRow], ...] = (
    _code("person", "injury", "person.injury", 4),
    _plain("person", "injury_note", 8),
    Column(key="needs", label="要配慮区分", text=lambda row: needs_words(row.needs), width=10, sort=lambda row: row.needs),
    Column(key="care", label="配慮", text=_care, width=6, sort=lambda row: row.needs),
    _plain("person", "needs_note", 10),
    _plain("person", "care_level", 4),
    _plain("person", "supplies", 8),
    Column(key="remarks", label="備考", text=_remarks, width=10),
    _plain("person", "note", 10),
)
_HOME: tuple[Column[RosterRow], ...] = (
    _code("household", "house_damage", "household.house_damage", 6),
    _plain("household", "pets", 6),
    _plain("household", "vehicles", 8),
    _plain("household", "emergency_contact", 10),
    _plain("household", "missing_members", 8),
)
_ANSWERS: tuple[Column[RosterRow], ...] = tuple(
    Column(
        key=key, label=f"同意_{head}", text=lambda row, key=key: label("consent", getattr(row, key)), width=4,  # type: ignore[misc]
        sort=lambda row, key=key: getattr(row, key),  # type: ignore[misc]
    )
    for key, head in zip(_CONSENTS, _CONSENT_HEADS, strict=True)
)  # fmt: skip
_GUARD: tuple[Column[RosterRow], ...] = (
    Column(
        key="protected",
        label="支援措置",
        text=lambda row: flag_text(row.protected),
        width=3,
        align="center",
        sort=lambda row: row.protected,
    ),
)

FULL = (
    "number", "name", "kana", "birth", "age", "sex", "relation", "household", "postal", "address", "district", "phone", "mobile", "nationality",
    "workplace", "card", "source", "shelter", "presence", "category", "room", "from_at", "to_at", "destination", "came_from", "absence", "pending",
    "injury", "injury_note", "needs", "needs_note", "care_level", "supplies", "house_damage", "pets", "vehicles", "emergency_contact",
    "missing_members", *_CONSENTS, "note",
)  # fmt: skip
STANDARD = (
    "number", "name", "kana", "birth", "age", "sex", "relation", "household", "address", "contact", "shelter", "presence", "category", "room",
    "from_at", "needs", "remarks",
)  # fmt: skip
COMPACT = ("name", "kana", "birth_short", "age", "sex", "relation", "address", "contact", "room", "from_short", "care", "remarks")
LARGE = ("name", "kana", "birth_short", "age", "sex", "address", "contact", "from_short", "care")
PUBLISHABLE = ("name", "kana", "district", "shelter")

ROSTER: ColumnSet[RosterRow] = ColumnSet(
    key="roster",
    columns=(*_PERSON, *_STAY, *_CONDITION, *_HOME, *_ANSWERS, *_GUARD),
    views={"standard": STANDARD, "full": FULL, "compact": COMPACT, "large": LARGE, "publishable": PUBLISHABLE},
)
VIEW_LABELS = {
    "standard": "標準", "full": "すべての項目", "compact": "印刷用（小さい文字）", "large": "印刷用（大きい文字）",
    "publishable": "掲示用（同意した人だけ）",
}  # fmt: skip


def printed_columns(view: str, *, layout: str, one_shelter: bool) -> tuple[Column[RosterRow], ...]:
    """The columns of a view on paper. ``standard`` and ``full`` mean what fits the layout: 43 columns would show a letter each.

    A list of several shelters names each one's.
    """
    keys = list(ROSTER.views[layout if view in ("standard", "full") else view])
    if not one_shelter and "shelter" not in keys:
        keys.insert(keys.index("contact") + 1 if "contact" in keys else len(keys), "shelter")
    return tuple(ROSTER.column(key) for key in keys)


def choose_publishable(rows: Iterable[RosterRow]) -> tuple[tuple[RosterRow, ...], int]:
    """Those who agreed to be named on a board, and how many were left out: no answer is no consent, protected people never."""
    known = tuple(rows)
    kept = tuple(row for row in known if row.consent_board == "yes" and not row.protected)
    return kept, len(known) - len(kept)
