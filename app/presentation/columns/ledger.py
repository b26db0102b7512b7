"""The books and the reports of money: as tables, files and on paper. Yen with separators, nothing where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.presentation.columns.damage import NO_DISTRICT, TOTAL
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import label, labels_of
from app.usecases.ledger_rows import (
    AccountBalance,
    DayLine,
    FamilyHit,
    Funds,
    PostingRow,
    PrefectureLine,
    ReportLine,
    SiteLine,
    StatementLine,
    Tally,
)

STATE_WORDS: Mapping[str, str] = {
    "due": "対象", "decided": "支給決定", "transit": "振込中", "paid": "支給済み", "failed": "不能", "refused": "辞退", "uncollected": "未受領",
    "open": "未決定",
}  # fmt: skip
STATE_HINTS: Mapping[str, str] = {
    "due": "支給の対象になった数（辞退を含む）", "decided": "承認済みで、まだ支払っていない", "transit": "銀行へ渡して結果待ち",
    "paid": "本人が受け取った（返納・組戻しを除く）", "failed": "振込などができず、まだ支払い直していない", "refused": "辞退の届けがあった",
    "uncollected": "引換券を出したが受け取りに来ていない", "open": "まだ決定簿に入っていない残り",
}  # fmt: skip
HEADINGS: Mapping[str, str] = {"round": "支援制度・回", "category": "区分", "district": "地区"}
UNIT_WORDS: Mapping[str, str] = {"household": "世帯", "person": "人"}


def some(amount: int) -> str:
    """12,345; nothing for zero, so that what is there is seen."""
    return f"{amount:,}" if amount else ""


def money(amount: int | None) -> str:
    """12,345; nothing for none."""
    return "" if amount is None else f"{amount:,}"


def _count(name: str) -> Callable[[Any], str]:
    return lambda r: some(getattr(r, name).count)


def _amount(name: str) -> Callable[[Any], str]:
    return lambda r: some(getattr(r, name).amount)


def _pair(name: str, words: str, *, tone: Callable[[Any], Tone] | None = None, width: int = 7) -> tuple[Column[Any], Column[Any]]:
    """Count and yen of a tally."""
    return (
        Column(
            key=f"{name}_count", label=f"{words}数", text=_count(name), width=5 if len(words) > 3 else 4, align="right", number=True, tone=tone,
            sort=lambda r: getattr(r, name).count,
        ),
        Column(
            key=f"{name}_amount", label=f"{words}（円）", text=_amount(name), width=width, align="right", number=True, tone=tone,
            sort=lambda r: getattr(r, name).amount,
        ),
    )  # fmt: skip


def _yen(key: str, words: str, text: Callable[[Any], str], *, width: int = 7, tone: Callable[[Any], Tone] | None = None) -> Column[Any]:
    return Column(key=key, label=words, text=text, width=width, align="right", number=True, tone=tone)


# -- reports -----------------------------------------------------------------------------------------------------


def _bad(name: str) -> Callable[[Any], Tone]:
    return lambda r: "bad" if getattr(r, name).count else ""


def _title(by: str) -> Callable[[ReportLine], str]:
    return lambda r: TOTAL if r.total else r.title or (NO_DISTRICT if by == "district" else "―")


def _progress_columns(by: str) -> ColumnSet[ReportLine]:
    tones = {"failed": _bad("failed"), "paid": lambda r: "good" if r.paid.count and r.paid == r.due else ""}
    pairs = [column for name, words in STATE_WORDS.items() for column in _pair(name, words, tone=tones.get(name))]
    columns: list[Column[ReportLine]] = [
        Column(
            key="title", label=HEADINGS[by], text=_title(by), width=9 if by == "district" else 13, sort=lambda r: (not r.total, r.title)
        ),
        *pairs,
    ]
    keys = [column.key for column in columns]
    return ColumnSet(
        key=f"ledger.{by}",
        columns=tuple(columns),
        views={
            "standard": (
                "title", "due_count", "due_amount", "open_amount", "decided_amount", "transit_amount", "paid_count", "paid_amount",
                "failed_count", "uncollected_count", "refused_count",
            ),
            "whole": tuple(keys),
        },
    )  # fmt: skip


SITES: ColumnSet[SiteLine] = ColumnSet(
    key="ledger.site",
    columns=(
        Column(key="title", label="拠点", text=lambda r: TOTAL if r.total else r.title or "本部（口座振込）", width=12),
        _yen("allotted", "交付（円）", lambda r: some(r.allotted)),
        _yen("brought_back", "戻入（円）", lambda r: some(r.brought_back)),
        *_pair("paid", "支給"),
        *_pair("refunded", "返納"),
        _yen("difference", "過不足（円）", lambda r: some(r.difference), tone=lambda r: "warn" if r.difference else ""),
        _yen("balance", "手元の残り（円）", lambda r: money(r.balance), width=8, tone=lambda r: "bad" if r.balance < 0 else ""),
        *_pair("uncollected", "未受領"),
    ),
)  # fmt: skip

DAYS: ColumnSet[DayLine] = ColumnSet(
    key="ledger.day",
    columns=(
        Column(key="day", label="日", text=lambda r: TOTAL if r.total else day_text(r.day), width=8),
        _yen("received", "受入（円）", lambda r: some(r.received)),
        *_pair("decided", "決定"),
        *_pair("sent", "銀行へ依頼"),
        *_pair("paid", "振込"),
        *_pair("cash", "現金"),
        *_pair("failed", "不能", tone=_bad("failed")),
        *_pair("refunded", "返納・組戻し"),
        _yen("paid_so_far", "支給の累計（円）", lambda r: money(r.paid_so_far), width=8),
    ),
    views={
        "standard": (
            "day", "received", "decided_amount", "sent_amount", "paid_count", "paid_amount", "cash_count", "cash_amount", "failed_count",
            "refunded_amount", "paid_so_far",
        ),
        "whole": (
            "day", "received", "decided_count", "decided_amount", "sent_count", "sent_amount", "paid_count", "paid_amount", "cash_count",
            "cash_amount", "failed_count", "failed_amount", "refunded_count", "refunded_amount", "paid_so_far",
        ),
    },
)  # fmt: skip

REPORTS: Mapping[str, ColumnSet[Any]] = {
    "round": _progress_columns("round"), "category": _progress_columns("category"), "district": _progress_columns("district"), "site": SITES,
    "day": DAYS,
}  # fmt: skip


def _price(r: PrefectureLine) -> str:
    return "いろいろ" if r.unit_amount is None else money(r.unit_amount)


def _difference(r: PrefectureLine) -> int:
    return r.forecast - r.paid.amount


PREFECTURE: ColumnSet[PrefectureLine] = ColumnSet(
    key="ledger.prefecture",
    columns=(
        Column(key="round", label="回", text=lambda r: r.round_title, width=9),
        Column(key="title", label="区分", text=lambda r: r.title, width=9),
        Column(key="unit", label="単位", text=lambda r: UNIT_WORDS.get(r.unit, r.unit), width=3),
        Column(key="price", label="単価（円）", text=_price, width=6, align="right"),
        _yen("estimated", "概算の数", lambda r: money(r.estimated), width=5, tone=lambda r: "info" if r.typed else ""),
        _yen("forecast", "概算額（円）", lambda r: money(r.forecast), width=8),
        *_pair("due", "対象"),
        *_pair("paid", "実績"),
        _yen("rest", "差（円）", lambda r: money(_difference(r)), width=8),
        _yen("refused_count", "辞退数", lambda r: some(r.refused.count), width=4),
        Column(key="typed", label="概算の根拠", text=lambda r: "入力した数" if r.typed else "対象の数", width=6),
    ),
    views={
        "standard": ("round", "title", "unit", "price", "estimated", "forecast", "due_count", "paid_count", "paid_amount", "rest", "typed"),
        "whole": (
            "round", "title", "unit", "price", "estimated", "forecast", "due_count", "due_amount", "paid_count", "paid_amount", "rest",
            "refused_count", "typed",
        ),
    },
)  # fmt: skip


# -- the books ---------------------------------------------------------------------------------------------------

BALANCE: ColumnSet[AccountBalance] = ColumnSet(
    key="ledger.balance",
    columns=(
        Column(key="account", label="勘定", text=lambda r: TOTAL if not r.account else label("posting.account", r.account), width=10),
        _yen("debit", "借方（円）", lambda r: money(r.debit), width=8),
        _yen("credit", "貸方（円）", lambda r: money(r.credit), width=8),
        _yen("balance", "残高（円）", lambda r: money(r.balance), width=8),
    ),
)  # fmt: skip

FUNDS: ColumnSet[Funds] = ColumnSet(
    key="ledger.funds",
    columns=(
        Column(key="title", label="支援制度", text=lambda r: TOTAL if r.programme_id == "*" else r.title or "制度を決めない現金", width=13),
        _yen("budget", "予算（円）", lambda r: money(r.budget), width=7),
        _yen("received", "受入（円）", lambda r: some(r.received)),
        _yen("decided", "決定・未払い（円）", lambda r: some(r.decided), width=8),
        _yen("transit", "振込中（円）", lambda r: some(r.transit)),
        _yen("paid", "支給済み（円）", lambda r: some(r.paid)),
        _yen("sites", "拠点にある（円）", lambda r: some(r.sites)),
        _yen("free", "使える残り（円）", lambda r: money(r.free), tone=lambda r: "bad" if r.free < 0 else ""),
        _yen("left", "予算の残り（円）", lambda r: money(r.budget_left), tone=lambda r: "bad" if (r.budget_left or 0) < 0 else ""),
    ),
    views={"standard": ("title", "budget", "received", "decided", "transit", "paid", "free", "left")},
)  # fmt: skip


def _details(r: PostingRow) -> str:
    """Category, district and site of a line."""
    return " ".join(filter(None, (r.category, r.district, r.site_name)))


def _scope(r: PostingRow) -> str:
    return " ".join(filter(None, (r.programme_title, r.round_title)))


def _kind_tone(r: PostingRow) -> Tone:
    return "quiet" if r.reversed_by else "warn" if r.reverses else ""


def kind_text(r: PostingRow) -> str:
    """The kind; whether it takes one back or was taken back."""
    return f"{label('posting.kind', r.kind)}（取消済み）" if r.reversed_by else label("posting.kind", r.kind)


JOURNAL: ColumnSet[PostingRow] = ColumnSet(
    key="ledger.journal",
    columns=(
        Column(key="day", label="日付", text=lambda r: day_text(r.day), width=7),
        Column(key="entry", label="仕訳", text=lambda r: r.short, width=6),
        Column(key="kind", label="種類", text=kind_text, width=8, tone=_kind_tone),
        Column(key="account", label="勘定", text=lambda r: label("posting.account", r.account), width=10),
        _yen("debit", "借方（円）", lambda r: some(r.debit)),
        _yen("credit", "貸方（円）", lambda r: some(r.credit)),
        Column(key="count", label="件", text=lambda r: some(r.count), width=3, align="right", number=True),
        Column(key="details", label="区分・地区・拠点", text=_details, width=11),
        Column(key="scope", label="支援制度・回", text=_scope, width=11),
        Column(key="batch", label="決定簿", text=lambda r: r.batch_number, width=11),
        Column(key="memo", label="摘要", text=lambda r: r.memo, width=10),
        Column(key="by", label="記帳した人", text=lambda r: r.by, width=6),
        Column(key="second", label="立会い", text=lambda r: r.second, width=6),
    ),
)  # fmt: skip


# -- a family ----------------------------------------------------------------------------------------------------


def payments_text(r: StatementLine) -> str:
    """When and how it was received, or how far it is: 1/5 振込 200,000円."""
    paid = [f"{day_text(one.day)} {label('way', one.way)} {one.amount:,}円" for one in r.parts if one.state == "paid"]
    return "、".join(paid)


def state_text(r: StatementLine) -> str:
    """How far it is, and what is missing."""
    words = label("entitlement.progress", r.progress)
    if r.progress in ("open", "failed") and r.wants:
        words = f"{words}（{labels_of('wants', r.wants)}が必要）"
    return f"{words}・過払い {r.over:,}円" if r.over else words


STATEMENT: ColumnSet[StatementLine] = ColumnSet(
    key="ledger.statement",
    columns=(
        Column(key="programme", label="支援制度・回", text=lambda r: " ".join(filter(None, (r.programme, r.round))), width=14),
        Column(key="name", label="対象", text=lambda r: r.name if r.unit == "person" else f"{r.name} 世帯", width=9),
        Column(key="category", label="区分", text=lambda r: r.category, width=7),
        _yen("due", "支給額（円）", lambda r: money(r.due), width=6),
        _yen("paid", "受取額（円）", lambda r: some(r.paid), width=7),
        _yen("under_way", "手続き中（円）", lambda r: some(r.under_way), width=6),
        _yen("open", "これから（円）", lambda r: some(r.open), width=6),
        Column(key="state", label="いまの状態", text=state_text, width=12, tone=lambda r: "bad" if r.progress == "failed" or r.over else ""),
        Column(key="payments", label="受け取った日と方法", text=payments_text, width=14),
        Column(key="number", label="対象番号", text=lambda r: r.number, width=11),
    ),
    views={
        "standard": ("programme", "name", "category", "due", "paid", "state", "payments"),
        "whole": ("number", "programme", "name", "category", "due", "paid", "under_way", "open", "state", "payments"),
    },
)  # fmt: skip

FAMILIES: ColumnSet[FamilyHit] = ColumnSet(
    key="ledger.families",
    columns=(
        Column(key="name", label="氏名", text=lambda r: r.name, width=9, icon=lambda r: "shield" if r.protected else ""),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9),
        Column(key="address", label="住所", text=lambda r: r.address, width=16),
        Column(key="number", label="対象番号", text=lambda r: r.number, width=11),
        Column(key="entitlements", label="支給対象数", text=lambda r: some(r.entitlements), width=5, align="right", number=True),
    ),
)  # fmt: skip


def tally_text(tally: Tally) -> str:
    """12件 3,400,000円."""
    return f"{tally.count:,}件 {tally.amount:,}円"
