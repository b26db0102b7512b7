"""Who is who: a person of a roster beside the resident found for it, with score and reasons in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from app.presentation.columns.evacuee import birth_short
from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.messages import has_message, message
from app.usecases.matching_rows import Reason, ShownCandidate, ShownCase

_JOIN = "、"


class _Reasoned(Protocol):
    @property
    def reasons(self) -> tuple[Reason, ...]: ...
    @property
    def differences(self) -> tuple[Reason, ...]: ...


def say_reason(reason: Reason) -> str:
    """One reason in words."""
    code, detail = reason
    return message(code, detail=detail) if has_message(code) else code


def say_reasons(candidate: _Reasoned) -> str:
    """What speaks for a candidate."""
    return _say(candidate.reasons)


def say_differences(candidate: _Reasoned) -> str:
    """What speaks against one."""
    return _say(candidate.differences)


def say_doubt(doubt: str) -> str:
    """Why somebody has to look; nothing for no doubt."""
    return message(doubt, name="", number="") if doubt and has_message(doubt) else ""


def _say(reasons: Iterable[Reason]) -> str:
    return _JOIN.join(dict.fromkeys(map(say_reason, reasons)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SureRow:
    """A case of the sure band with its best candidate. ``id`` is the person's."""

    id: str
    case: ShownCase
    best: ShownCandidate


SURE: ColumnSet[SureRow] = ColumnSet(
    key="matching.sure",
    columns=(
        Column(key="name", label="避難者の登録", text=lambda r: r.case.person.name or r.case.person.kana, width=8, tip=lambda r: r.case.person.kana),
        Column(key="birth", label="生年月日", text=lambda r: birth_short(r.case.person.birth), width=10),
        Column(key="address", label="住所", text=lambda r: r.case.person.address, width=12),
        Column(key="found", label="住民データ", text=lambda r: r.best.resident.name or r.best.resident.kana, width=8, tip=lambda r: r.best.resident.kana),
        Column(key="found_birth", label="生年月日", text=lambda r: birth_short(r.best.resident.birth), width=10),
        Column(key="found_address", label="住所", text=lambda r: r.best.resident.address, width=12),
        Column(key="score", label="点", text=lambda r: str(r.best.score), width=3, align="right", number=True),
        Column(
            key="differences", label="違うところ", text=lambda r: say_differences(r.best) or "なし", width=10,
            tone=lambda r: "warn" if r.best.differences else "quiet",
        ),
        Column(key="reasons", label="合うところ", text=lambda r: say_reasons(r.best), width=16),
    ),
)  # fmt: skip
