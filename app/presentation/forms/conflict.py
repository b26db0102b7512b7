"""A value of one's own in the place of those that stand beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.journal import to_json_value
from app.presentation.conflict_words import JOINED, REFERENCES, shown_fields
from app.presentation.forms.spec import FieldSpec, FormSpec, Kind, SectionSpec
from app.presentation.labels import field_label
from app.presentation.words import ALIASES, WORDS
from app.usecases.exchange_rows import ConflictView

_KINDS: dict[str, Kind] = {
    "kana": "kana", "birth": "birth", "phone": "phone", "mobile": "phone", "postal": "postal", **dict.fromkeys(JOINED, "multiline"),
}  # fmt: skip
_NOT_TYPED = frozenset({"deleted", "number", "resident_no", "resident_household", "slot"})


def can_type(view: ConflictView) -> bool:
    """Whether a third value can be typed: not for links to other records, numbers given out, and deletions."""
    return bool(view.fields) and not any(name in REFERENCES or name in _NOT_TYPED for name in view.fields)


def third_value_form(view: ConflictView) -> FormSpec:
    """The fields in dispute, each as its kind of value is typed, and why."""
    fields = tuple(_field(view, name) for name in shown_fields(view) if name in view.fields)
    why = FieldSpec(key="_reason", label="理由", placeholder="例：本人に電話で確かめた", ime="hiragana")
    return FormSpec(key="conflict.third", title="別の値を入れる", sections=(SectionSpec(fields=(*fields, why)),), save="この値に決める")


def form_values(view: ConflictView) -> dict[str, Any]:
    """What the form begins with: the values shown now, as the form wants them."""
    from datetime import datetime

    found = {name: view.shown.get(name) for name in view.fields}
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value for name, value in found.items()
    }


def to_journal(values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """What was typed as JSON values, and the reason."""
    return {name: to_json_value(value) for name, value in values.items() if name != "_reason"}, str(values.get("_reason") or "")


def _field(view: ConflictView, name: str) -> FieldSpec:
    words = field_label(view.kind, name)
    known = [side.values[name] for side in view.sides if name in side.values]
    options = ALIASES.get(f"{view.kind}.{name}", f"{view.kind}.{name}")
    if any(isinstance(value, bool) for value in known):
        return FieldSpec(key=name, label=words, kind="yesno")
    if options in WORDS:
        return FieldSpec(
            key=name, label=words, kind="flags" if any(isinstance(value, list) for value in known) else "choice", options=options
        )
    if any(isinstance(value, int) for value in known):
        return FieldSpec(key=name, label=words, kind="integer", low=-999_999_999, high=999_999_999)
    if name.endswith("_at"):
        return FieldSpec(key=name, label=words, kind="instant")
    return FieldSpec(key=name, label=words, kind=_KINDS.get(name, "text"))
