"""Columns of the wizard's tables: the file as it is, what is wrong in it, and what would be done row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.interchange.importing.outcome import say_issue
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import label, show_field
from app.presentation.messages import message
from app.ui.importing.work import FileIssue, PlanLine, field_word

_TONES: Mapping[str, Tone] = {"create": "good", "update": "info", "unchanged": "quiet", "review": "warn", "error": "bad"}
_RECORDS = {
    "shelters": "shelter", "headcounts": "shelter", "evacuees": "person", "buildings": "building", "survey_results": "survey",
    "accounts": "payee_account", "claims": "claim", "casualties": "casualty",
}  # fmt: skip
_PLAN = {"create": "new", "update": "update", "unchanged": "unchanged", "review": "review", "error": "error"}
_SHOWN = (
    "surveyed_on", "grade", "total", "district", "address", "owner_name", "structure", "collapsed", "risk", "counted_total", "capacity", "kana",
    "birth", "sex", "room", "category", "phone", "bank", "branch", "account_number", "holder", "harm", "harmed_on", "method", "claimed_on",
    "requested",
)  # fmt: skip


def preview_columns(header: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> ColumnSet[Sequence[str]]:
    """The columns of a file under their own headings, about as wide as what stands in them."""

    def width(at: int) -> int:
        longest = max((_width(row[at]) for row in rows if at < len(row)), default=0)
        return max(4, min(16, max(longest, _width(header[at])) + 1))

    def cell(at: int) -> Any:
        return lambda row: row[at] if at < len(row) else ""

    return ColumnSet(
        key="import.preview",
        columns=tuple(
            Column(key=str(at), label=heading or f"（{at + 1}列目）", text=cell(at), width=width(at)) for at, heading in enumerate(header)
        )
        or (Column(key="0", label="―", text=cell(0)),),
    )


def issue_columns(*, many: bool) -> ColumnSet[FileIssue]:
    """行・列・値・種別・内容, as in the report."""
    file: Column[FileIssue] = Column(key="file", label="ファイル", text=lambda r: r.name, width=16, sort=lambda r: r.name)
    return ColumnSet(
        key="import.issues.many" if many else "import.issues",
        columns=(
            *((file,) if many else ()),
            Column(
                key="line",
                label="行",
                text=lambda r: str(r.issue.line or ""),
                width=3,
                align="right",
                number=True,
                sort=lambda r: r.issue.line,
            ),
            Column(key="column", label="列", text=lambda r: r.issue.column or "", width=8, sort=lambda r: r.issue.column),
            Column(key="value", label="値", text=lambda r: r.issue.value, width=9, sort=lambda r: r.issue.value),
            Column(
                key="severity",
                label="種別",
                text=lambda r: label("severity", r.issue.severity),
                width=6,
                tone=lambda r: "bad" if r.issue.severity == "error" else "warn",
                icon=lambda r: "error" if r.issue.severity == "error" else "warning",
                sort=lambda r: r.issue.severity,
            ),
            Column(key="words", label="内容", text=lambda r: say_issue(r.issue), width=24),
        ),
    )


def plan_columns(
    target: str, *, skipped: set[tuple[int, int]], decisions: Mapping[tuple[int, int], str], many: bool
) -> ColumnSet[PlanLine]:
    """The plan. The first column follows ``skipped`` and ``decisions`` as they change."""
    file: Column[PlanLine] = Column(key="file", label="ファイル", text=lambda r: r.name, width=16, sort=lambda r: r.name)

    def state(line: PlanLine) -> str:
        if line.item.action in ("error", "unchanged"):
            return "―"
        if line.item.action == "review":
            return {"same": "☑ 同じ人", "different": "☑ 別の人"}.get(decisions.get(line.id, ""), "☐ 保留")
        return "☐ 外す" if line.id in skipped else "☑ 取り込む"

    return ColumnSet(
        key="import.plan.many" if many else "import.plan",
        columns=(
            Column(key="state", label="取込", text=state, width=6, tone=lambda r: "quiet" if state(r)[0] in "☐―" else "", sort=state),
            Column(
                key="action",
                label="区分",
                text=lambda r: label("plan", _PLAN[r.item.action]),
                width=5,
                tone=lambda r: _TONES[r.item.action],
                sort=lambda r: r.item.action,
            ),
            *((file,) if many else ()),
            Column(
                key="line", label="行", text=lambda r: str(r.item.line), width=3, align="right", number=True, sort=lambda r: r.item.line
            ),
            Column(key="label", label="名称・氏名", text=lambda r: r.item.label, width=14, sort=lambda r: r.item.label),
            Column(key="what", label="内容", text=lambda r: say_item(target, r), width=24),
        ),
    )


def say_item(target: str, line: PlanLine) -> str:
    """What is new, what changes into what, or why somebody has to look at it."""
    item = line.item
    if item.code:
        return message(item.code, **{"name": item.label, **item.params})
    if item.changes:
        return "、".join(
            f"{_word(target, key)}：{_value(target, key, old) or '（空）'} → {_value(target, key, new)}"
            for key, (old, new) in item.changes.items()
        )
    if item.action == "unchanged":
        return "すでに同じ内容で登録されています"
    told = [f"{_word(target, key)} {shown}" for key in _SHOWN if (shown := _value(target, key, item.values.get(key)))]
    unknown = ["避難所も新しく登録します（自主避難所）"] if target == "headcounts" and not item.existing else []
    return "、".join([*told[:4], *unknown])


def _word(target: str, key: str) -> str:
    if key == "counted_total":
        return "避難者数"
    try:
        return field_word(target, key)
    except StopIteration:
        return key


def _value(target: str, key: str, value: Any) -> str:
    record = _RECORDS[target]
    return show_field("stay" if key in ("room", "category") else record, key, value)


def _width(words: str) -> int:
    """In full-width characters."""
    return -(-sum(2 if ord(char) > 0xFF and not 0xFF61 <= ord(char) <= 0xFF9F else 1 for char in words) // 2)
