"""Whom or what a record is about, in words, for lists of changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.evacuee import Absence, Household, Person, PersonDecision, Stay
from app.domain.governance import Disaster, Operator, Site
from app.domain.shelter import Headcount, Shelter, ShelterSpell
from app.presentation.columns.evacuee import ChangeRow, change_rows
from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.columns.texts import moment_long
from app.presentation.labels import label
from app.usecases.context import Context
from app.usecases.rows import HistoryEntry

_NAMELESS = "氏名なし"


@dataclass(frozen=True, slots=True)
class NamedChange:
    """An operation on a record and whom the record is about. ``id`` is unique in a list."""

    change: ChangeRow
    name: str

    @property
    def id(self) -> tuple[str, str]:
        """Operation and record."""
        return self.change.id, self.change.record


def name_changes(ctx: Context, entries: Sequence[HistoryEntry]) -> list[NamedChange]:
    """Entries (oldest first) as lines, newest first, with names. Runs on the writer: it looks into households."""
    names = _Names(ctx)
    return [NamedChange(change, names.of(change.kind, change.record)) for change in change_rows(entries)]


class _Names:
    """Looks each record up once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, record_id: str) -> str:
        """The name, empty for what has none."""
        key = (kind, record_id)
        if key not in self._known:
            self._known[key] = self._look_up(kind, record_id)
        return self._known[key]

    def _look_up(self, kind: str, record_id: str) -> str:
        found = self._ctx.reads.get(kind, record_id) if record_id else None
        if isinstance(found, Person):
            return found.name or found.kana or f"{_NAMELESS} {found.number}"
        if isinstance(found, (Shelter, Operator, Site, Disaster)):
            return found.name
        if isinstance(found, Household):
            return self._household(found)
        return self._joined(found)

    def _joined(self, found: object) -> str:
        """Records that speak of others."""
        if isinstance(found, Stay):
            return " ".join(filter(None, (self.of("person", found.person_id), self._shelter_of(found))))
        if isinstance(found, Absence):
            return self.of("stay", found.stay_id)
        if isinstance(found, (Headcount, ShelterSpell)):
            return self.of("shelter", found.shelter_id)
        if isinstance(found, PersonDecision):
            return f"{self.of('person', found.first_id)}・{self.of('person', found.second_id)}"
        return ""

    def _shelter_of(self, stay: Stay) -> str:
        return self.of("shelter", stay.shelter_id)

    def _household(self, found: Household) -> str:
        return f"{found.label}の世帯" if found.label else ""


def _columns(key: str, *, named: bool) -> ColumnSet[NamedChange]:
    who: Column[NamedChange] = Column(key="name", label="誰の・どこの", text=lambda r: r.name, width=11, sort=lambda r: r.name)
    site: Column[NamedChange] = Column(key="site", label="拠点", text=lambda r: r.change.site, width=6, sort=lambda r: r.change.site)
    return ColumnSet(
        key=key,
        columns=(
            Column(key="at", label="日時", text=lambda r: moment_long(r.change.at), width=15, sort=lambda r: r.change.at),
            Column(key="by", label="操作者", text=lambda r: r.change.by, width=6, sort=lambda r: r.change.by),
            *((site,) if named else ()),
            Column(key="kind", label="記録", text=lambda r: label("record", r.change.kind), width=6, sort=lambda r: r.change.kind),
            *((who,) if named else ()),
            Column(
                key="action",
                label="操作",
                text=lambda r: r.change.action,
                width=4,
                tone=lambda r: "warn" if r.change.action == "取り消し" else "",
                sort=lambda r: r.change.action,
            ),
            Column(key="words", label="内容（前 → 後）", text=lambda r: r.change.words, width=24),
            Column(key="reason", label="理由", text=lambda r: r.change.reason, width=9, sort=lambda r: r.change.reason),
        ),
    )


RECENT = _columns("records.recent", named=True)
HISTORY_OF = _columns("records.history", named=False)


def oldest_first(entries: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """Entries of several records in order of time, fields of one operation kept together."""
    return sorted(entries, key=lambda entry: entry.at)
