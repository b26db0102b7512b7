"""Claims for support as tables, files and on paper."""

from __future__ import annotations

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import label
from app.usecases.relief_rows import ClaimRow

_STATES: dict[str, Tone] = {"received": "info", "waiting": "warn", "complete": "good", "declined": "quiet", "withdrawn": "quiet"}


def documents_text(row: ClaimRow) -> str:
    """Which papers are still missing, or that all have come."""
    if row.missing:
        return f"まだ：{'、'.join(row.missing)}"
    return "そろっています" if row.documents else ""


def marks_text(row: ClaimRow) -> str:
    """What is special: late, a household of its own, protection."""
    marks = (("期限後", row.late), ("別世帯として", row.apart), ("支援措置", row.protected))
    return "・".join(word for word, holds in marks if holds)


CLAIMS: ColumnSet[ClaimRow] = ColumnSet(
    key="claims",
    columns=(
        Column(key="number", label="受付番号", text=lambda r: r.number, width=11, sort="number"),
        Column(key="state", label="状態", text=lambda r: label("claim.state", r.state), width=7, sort="state",
               tone=lambda r: _STATES.get(r.state, "")),
        Column(key="programme", label="支援制度", text=lambda r: r.programme_title, width=11),
        Column(key="round", label="回", text=lambda r: r.round_title, width=5),
        Column(key="name", label="氏名", text=lambda r: r.name, width=7, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9, sort="kana"),
        Column(key="claimed_by", label="申請者", text=lambda r: r.claimed_by, width=7),
        Column(key="address", label="住所", text=lambda r: r.address, width=12),
        Column(key="district", label="地区", text=lambda r: r.district, width=5),
        Column(key="method", label="再建の方法", text=lambda r: label("claim.method", r.method) if r.method else "", width=6),
        Column(key="requested", label="申請の額（円）", text=lambda r: "" if r.requested is None else f"{r.requested:,}", width=7, align="right",
               number=True),
        Column(key="income", label="世帯の所得（円）", text=lambda r: "" if r.income is None else f"{r.income:,}", width=7, align="right",
               number=True, screen_only=True),
        Column(key="documents", label="書類", text=documents_text, width=14, tone=lambda r: "warn" if r.missing else ""),
        Column(key="claimed", label="申請日", text=lambda r: day_text(r.claimed_on), width=7, sort="claimed",
               tone=lambda r: "warn" if r.late else ""),
        Column(key="marks", label="しるし", text=marks_text, width=8, tone=lambda r: "warn" if r.late else ""),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=9),
    ),
    views={
        "標準": ("number", "state", "programme", "name", "district", "method", "documents", "claimed", "marks"),
        "すべての項目": (
            "number", "state", "programme", "round", "name", "kana", "claimed_by", "address", "district", "method", "requested", "income",
            "documents", "claimed", "marks", "reason",
        ),
    },
)  # fmt: skip
