"""How evacuees and residents found are shown: name, birth, where they are. Feeds the search, the evacuee list and the comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from app.domain.dates import JST, age_on, format_fuzzy, format_instant, parse_date
from app.domain.errors import SasaeError
from app.domain.evacuee import Person
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import field_label, label, labels_of, short_label, show_field
from app.usecases.rows import HistoryEntry, Origin, SearchHit, StayView

PROTECTED = "支援措置"
_TONES: dict[str, Tone] = {"staying": "info", "left": "quiet", "dead": "bad", "none": ""}


def today() -> date:
    """This day in Japan."""
    return datetime.now(JST).date()


@lru_cache(maxsize=8192)
def birth_text(birth: str) -> str:
    """A birth date in one even style; what cannot be read stays as written."""
    try:
        return format_fuzzy(parse_date(birth)) if birth.strip() else ""
    except SasaeError:
        return birth


@lru_cache(maxsize=8192)
def age_text(birth: str, on: date | None = None) -> str:
    """78歳, 77～78歳, or nothing when it is not known."""
    if not birth.strip():
        return ""
    try:
        ages = age_on(parse_date(birth), on or today())
    except SasaeError:
        return ""
    if ages is None or ages[1] > 130:
        return ""
    return f"{ages[0]}歳" if ages[0] == ages[1] else f"{ages[0]}～{ages[1]}歳"


def birth_and_age(birth: str) -> str:
    """昭和20年3月1日（78歳）"""
    age = age_text(birth, today())
    return f"{birth_text(birth)}（{age}）" if age else birth_text(birth)


@lru_cache(maxsize=8192)
def birth_short(birth: str) -> str:
    """昭20.3.1（78歳）"""
    try:
        said = format_fuzzy(parse_date(birth), "abbr") if birth.strip() else ""
    except SasaeError:
        said = birth
    age = age_text(birth, today())
    return f"{said}（{age}）" if age else said


def day_text(moment: datetime | None) -> str:
    """1/5, in Japan time."""
    return format_instant(moment, "short").split(" ")[0] if moment else ""


def moment_text(moment: datetime | None) -> str:
    """1/5 18:00, in Japan time."""
    return format_instant(moment, "short") if moment else ""


def sex_text(sex: str) -> str:
    """The word; files of residents bring their own."""
    return label("person.sex", sex)


def status_text(hit: SearchHit) -> str:
    """Where somebody is and since when, in a few words."""
    if hit.status == "dead":
        return "死亡"
    if hit.status == "staying":
        if not hit.shelter_name:
            return "入所中"
        return f"入所中 {hit.shelter_name} {day_text(hit.since)} から"
    if hit.status == "left":
        return f"退所 {day_text(hit.since)}".strip()
    return "登録なし" if hit.kind == "resident" and not hit.person_id else "滞在なし"


def origin_text(origin: Origin | None) -> str:
    """Where and when a registration was made."""
    return f"{origin.site or '拠点の名前は届いていません'} {moment_text(origin.at)}" if origin is not None else ""


def registered_text(hit: SearchHit, origin: Origin | None) -> str:
    """Who is registered, where they are now, and where that was written down."""
    return f"{hit.name or hit.kana}（{status_text(hit)}・{origin_text(origin)}）"


def status_tone(hit: SearchHit) -> Tone:
    """The colour beside the words."""
    return _TONES.get(hit.status, "")


def stay_text(stay: StayView) -> str:
    """Where and since when a stay runs."""
    place = stay.shelter_name or "別の避難所（所在は表示しません）"
    away = f"・{label('absence.kind', stay.absence_kind)}中" if stay.absence_id else ""
    return f"{place} {moment_text(stay.from_at)} から{away}"


HITS: ColumnSet[SearchHit] = ColumnSet(
    key="hits",
    columns=(
        Column(key="name", label="氏名・フリガナ", text=lambda h: h.name or h.kana or "（氏名なし）", width=14, tip=lambda h: h.kana),
        Column(key="birth", label="生年月日（年齢）", text=lambda h: birth_and_age(h.birth), width=13),
        Column(key="sex", label="性別", text=lambda h: sex_text(h.sex), width=3),
        Column(key="address", label="住所", text=lambda h: h.address, width=17),
        Column(key="status", label="いまの状況", text=status_text, tone=status_tone, width=16),
    ),
)

EVACUEES: ColumnSet[SearchHit] = ColumnSet(
    key="evacuees",
    columns=(
        Column(key="number", label="整理番号", text=lambda h: h.number, width=10),
        Column(key="name", label="氏名", text=lambda h: h.name or "（氏名なし）", width=7),
        Column(key="kana", label="フリガナ", text=lambda h: h.kana, width=10),
        Column(key="birth", label="生年月日（年齢）", text=lambda h: birth_short(h.birth), width=10, tip=lambda h: birth_and_age(h.birth)),
        Column(key="sex", label="性別", text=lambda h: short_label("person.sex", h.sex), width=2),
        Column(key="status", label="いまの状況", text=status_text, tone=status_tone, width=18),
        Column(key="address", label="住所", text=lambda h: h.address, width=7),
        Column(key="household", label="世帯", text=lambda h: h.household, width=8),
        Column(key="phone", label="電話", text=lambda h: h.phone, width=9),
        Column(
            key="protected", label="支援措置", text=lambda h: "対象" if h.protected else "", width=4, tone=lambda h: "bad", screen_only=True
        ),
    ),
    views={
        "標準": ("number", "name", "kana", "birth", "sex", "status", "protected", "address"),
        "世帯と連絡先": ("number", "name", "household", "phone", "status", "protected", "address"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One line of the check-in screen. ``state`` begins with the word of its chip; details follow after a space."""

    id: str
    ticked: bool
    name: str
    kana: str
    birth: str
    sex: str
    relation: str
    state: str
    tone: Tone = ""
    more: str = ""
    protected: bool = False


MEMBERS: ColumnSet[MemberRow] = ColumnSet(
    key="checkin_members",
    columns=(
        Column(key="tick", label="来た人", text=lambda m: "来た" if m.ticked else "来ていない", width=3, align="center"),
        Column(key="name", label="氏名・フリガナ", text=lambda m: m.name or m.kana or "（氏名なし）", width=12),
        Column(key="birth", label="生年月日（年齢）", text=lambda m: birth_and_age(m.birth), width=12),
        Column(key="sex", label="性別", text=lambda m: sex_text(m.sex), width=3),
        Column(key="relation", label="続柄", text=lambda m: m.relation, width=4),
        Column(key="status", label="登録・入所の状況", text=lambda m: m.state, tone=lambda m: m.tone, width=15),
        Column(key="more", label="追加", text=lambda m: m.more, width=4),
    ),
)


def _end_text(stay: StayView) -> str:
    if stay.to_at is None:
        return ""
    words = label("stay.destination", stay.destination)
    return f"{words}：{stay.destination_text}" if stay.destination_text else words


def _stay_state(stay: StayView) -> str:
    if stay.pending:
        return "確認待ち"
    if stay.to_at is not None:
        return "退所"
    return f"{label('absence.kind', stay.absence_kind)}中" if stay.absence_id else "入所中"


STAYS: ColumnSet[StayView] = ColumnSet(
    key="stays",
    columns=(
        Column(
            key="state",
            label="状態",
            text=_stay_state,
            width=5,
            tone=lambda s: "warn" if s.pending else "info" if s.to_at is None else "quiet",
        ),
        Column(key="shelter", label="避難所", text=lambda s: s.shelter_name, width=14),
        Column(key="category", label="滞在区分", text=lambda s: label("stay.category", s.category), width=6),
        Column(key="room", label="部屋・区画", text=lambda s: s.room, width=6),
        Column(key="from", label="入所", text=lambda s: moment_text(s.from_at), width=7),
        Column(key="to", label="退所", text=lambda s: moment_text(s.to_at), width=7),
        Column(key="destination", label="退所先", text=_end_text, width=14),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One operation on one record, for the history: what was changed in words. ``id`` is the operation."""

    id: str
    at: datetime
    by: str
    site: str
    kind: str
    record: str
    action: str
    words: str
    reason: str
    restorable: bool


def change_rows(entries: Sequence[HistoryEntry]) -> list[ChangeRow]:
    """History entries as lines, newest first; the fields of one operation together. The newest of a record cannot be restored."""
    grouped: dict[tuple[str, str], list[HistoryEntry]] = {}
    for entry in entries:
        grouped.setdefault((entry.operation, entry.record), []).append(entry)
    newest = {entry.record: entry.operation for entry in entries}
    rows = [_change_row(fields, restorable=newest[fields[0].record] != fields[0].operation) for fields in grouped.values()]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _change_row(fields: Sequence[HistoryEntry], *, restorable: bool) -> ChangeRow:
    first = fields[0]
    removed = any(entry.field == "deleted" and entry.new for entry in fields)
    action = "取り消し" if removed else label("journal.action", first.action)
    if first.action == "create":
        words = "、".join(
            f"{field_label(first.kind, entry.field)}：{_said(first.kind, entry.field, entry.new)}"
            for entry in fields
            if entry.new not in ("", None, [], False) and not entry.field.endswith("_id")
        )
    else:
        words = "、".join(_change_words(first.kind, entry) for entry in fields)
    return ChangeRow(
        id=first.operation,
        at=first.at,
        by=first.by,
        site=first.site,
        kind=first.kind,
        record=first.record,
        action=action,
        words=words,
        reason=first.reason,
        restorable=restorable,
    )


def _change_words(kind: str, entry: HistoryEntry) -> str:
    name = field_label(kind, entry.field)
    if entry.field.endswith("_id"):
        return f"{name}：変更"
    old, new = (_said(kind, entry.field, value) for value in (entry.old, entry.new))
    return f"{name}：{old} → {new}"


def _said(kind: str, field: str, value: object) -> str:
    if isinstance(value, str) and field.endswith("_at"):
        value = datetime.fromisoformat(value)
    return show_field(kind, field, value) or "（空）"


CHANGES: ColumnSet[ChangeRow] = ColumnSet(
    key="changes",
    columns=(
        Column(key="at", label="日時", text=lambda c: format_instant(c.at, "iso"), width=11),
        Column(key="by", label="操作者", text=lambda c: c.by, width=6),
        Column(key="kind", label="記録", text=lambda c: label("record", c.kind), width=4),
        Column(key="action", label="操作", text=lambda c: c.action, width=4, tone=lambda c: "warn" if c.action == "取り消し" else ""),
        Column(key="words", label="内容", text=lambda c: c.words, width=32),
        Column(key="reason", label="理由", text=lambda c: c.reason, width=12),
    ),
)

PARTICULARS = (
    "name", "kana", "birth", "sex", "relation", "address", "postal", "phone", "mobile", "district", "nationality", "workplace", "identifying",
)  # fmt: skip
CONDITION = ("injury", "injury_note", "needs", "needs_note", "care_level", "supplies", "skills", "note")
CONSENT = ("consent_kin", "consent_acquaintance", "consent_public", "consent_board", "consent_web", "consent_share")


def person_field(person: Person, name: str) -> str:
    """A value of a person in words."""
    value = getattr(person, name)
    if name == "birth":
        return birth_and_age(value)
    if name == "needs":
        return labels_of("person.needs", value)
    return show_field("person", name, value)
