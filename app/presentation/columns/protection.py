"""Protection measures, for those who may know of them."""

from __future__ import annotations

from app.domain.dates import format_instant
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era
from app.presentation.labels import label
from app.usecases.protections import ProtectionRow

_TONES: dict[str, Tone] = {"overdue": "bad", "ending": "warn", "running": "good", "released": "quiet"}


def days_left(row: ProtectionRow) -> str:
    """How long a term still runs, or how long it has been over, in words."""
    if row.left is None:
        return ""
    if row.left < 0:
        return f"{-row.left:,}日超過"
    return "今日まで" if row.left == 0 else f"あと{row.left:,}日"


PROTECTIONS: ColumnSet[ProtectionRow] = ColumnSet(
    key="protections",
    columns=(
        Column(key="state", label="期間", text=lambda r: label("protection.state", r.state), width=7, tone=lambda r: _TONES[r.state]),
        Column(key="left", label="残り", text=days_left, width=6, align="right", sort=lambda r: (r.left is None, r.left or 0)),
        Column(key="name", label="氏名", text=lambda r: r.name or "（住民データにいません）", width=9, sort=lambda r: r.kana),
        Column(key="kana", label="カナ", text=lambda r: r.kana, width=10, sort=lambda r: r.kana),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=11, tip=lambda r: r.birth),
        Column(key="role", label="区分", text=lambda r: label("protection.role", r.role), width=8, sort=lambda r: (r.group_id, r.role)),
        Column(key="starts", label="始まり", text=lambda r: day_text(r.starts), width=8, sort=lambda r: r.starts),
        Column(key="ends", label="終わり", text=lambda r: day_text(r.ends), width=8, sort=lambda r: r.ends),
        Column(key="provisional", label="仮", text=lambda r: "仮" if r.provisional else "", width=2, align="center"),
        Column(key="resident_no", label="宛名番号", text=lambda r: r.resident_no, width=8),
        Column(key="number", label="避難者", text=lambda r: r.number, width=9),
        Column(key="released", label="解除", text=lambda r: format_instant(r.released_at) if r.released_at else "", width=8),
        Column(key="note", label="備考", text=lambda r: r.note, width=12),
    ),
)
