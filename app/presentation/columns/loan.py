"""Loans, their plan of repayment and what came back, as tables, files and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.dates import format_era
from app.domain.relief import Entitlement, Repayment
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import label
from app.presentation.yen_words import yen
from app.usecases.loan_rows import LoanFile, LoanRow

_TONES: dict[str, Tone] = {"running": "info", "finished": "good", "exempted": "quiet", "deferred": "warn"}


def amount_text(amount: int) -> str:
    """With separators; nothing for nothing."""
    return f"{amount:,}" if amount else ""


LOANS: ColumnSet[LoanRow] = ColumnSet(
    key="loans",
    columns=(
        Column(key="number", label="貸付番号", text=lambda r: r.number, width=11, sort=lambda r: r.number),
        Column(
            key="state", label="状態", text=lambda r: label("loan.state", r.state), width=5, sort=lambda r: r.state,
            tone=lambda r: "bad" if r.arrears else _TONES.get(r.state, ""),
        ),
        Column(key="borrower", label="借受人", text=lambda r: r.borrower, width=7, sort=lambda r: r.borrower),
        Column(key="guarantor", label="保証人", text=lambda r: r.guarantor, width=9),
        Column(key="principal", label="貸付額（円）", text=lambda r: f"{r.principal:,}", width=7, align="right", number=True, sort=lambda r: r.principal),
        Column(key="rate", label="利率（%）", text=lambda r: r.rate, width=5, align="right"),
        Column(key="lent_on", label="貸付日", text=lambda r: day_text(r.lent_on), width=7, sort=lambda r: r.lent_on),
        Column(key="repaid", label="返済済み（円）", text=lambda r: amount_text(r.repaid), width=6, align="right", number=True),
        Column(key="owed", label="元金の残り（円）", text=lambda r: amount_text(r.owed), width=7, align="right", number=True, sort=lambda r: r.owed),
        Column(
            key="arrears", label="滞納（円）", text=lambda r: amount_text(r.arrears), width=6, align="right", number=True, sort=lambda r: r.arrears,
            tone=lambda r: "bad" if r.arrears else "",
        ),
        Column(key="late_count", label="滞納（回）", text=lambda r: amount_text(r.late_count), width=5, align="right", number=True),
        Column(key="late_since", label="滞納の始まり", text=lambda r: day_text(r.late_since), width=6, sort=lambda r: r.late_since or "9"),
        Column(key="charge", label="違約金（今日まで・円）", text=lambda r: amount_text(r.charge), width=9, align="right", number=True),
        Column(key="next_on", label="次の返済日", text=lambda r: day_text(r.next_on), width=6, sort=lambda r: r.next_on or "9"),
        Column(key="next_amount", label="次の返済額（円）", text=lambda r: amount_text(r.next_amount), width=7, align="right", number=True),
    ),
    views={
        "標準": ("number", "state", "borrower", "principal", "repaid", "owed", "arrears", "late_since", "next_on", "next_amount"),
        "すべての項目": (
            "number", "state", "borrower", "guarantor", "principal", "rate", "lent_on", "repaid", "owed", "arrears", "late_count", "late_since",
            "charge", "next_on", "next_amount",
        ),
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """An instalment with what was repaid of it by today."""

    number: str
    due_on: str
    principal: int
    interest: int
    total: int
    left: int | None
    paid: int
    state: str


def plan_lines(file: LoanFile, *, on: date) -> list[PlanLine]:
    """The plan from the first instalment to the last, and the sum of all."""
    money = file.standing.principal + file.standing.interest
    owed = file.standing.owed > 0 and file.loan.state != "exempted"
    lines = []
    for one in file.schedule:
        paid = min(money, one.total)
        money -= paid
        state = "paid" if paid == one.total else "" if not owed else "late" if one.due_on < on else "part" if paid else ""
        if not owed and state == "":
            state = "ended"
        if file.loan.state == "deferred" and state == "late":
            state = "deferred"
        lines.append(
            PlanLine(
                number=str(one.number), due_on=one.due_on.isoformat(), principal=one.principal, interest=one.interest, total=one.total,
                left=one.left, paid=paid, state=state,
            )
        )  # fmt: skip
    return [*lines, _sum(lines)]


def _sum(lines: Sequence[PlanLine]) -> PlanLine:
    return PlanLine(
        number="計", due_on="", principal=sum(one.principal for one in lines), interest=sum(one.interest for one in lines),
        total=sum(one.total for one in lines), left=None, paid=sum(one.paid for one in lines), state="",
    )  # fmt: skip


PLAN_WORDS = {"paid": "返済済み", "late": "滞納", "part": "一部返済", "ended": "返済不要", "deferred": "猶予"}
_PLAN_TONES: dict[str, Tone] = {"paid": "good", "late": "bad", "part": "warn", "ended": "quiet", "deferred": "warn"}
PLAN: ColumnSet[PlanLine] = ColumnSet(
    key="loan_plan",
    columns=(
        Column(key="number", label="回", text=lambda r: r.number, width=3, align="right"),
        Column(key="due_on", label="返済日", text=lambda r: day_text(r.due_on), width=6),
        Column(key="total", label="返済額（円）", text=lambda r: f"{r.total:,}", width=7, align="right", number=True),
        Column(key="principal", label="元金（円）", text=lambda r: f"{r.principal:,}", width=7, align="right", number=True),
        Column(key="interest", label="利子（円）", text=lambda r: f"{r.interest:,}", width=6, align="right", number=True),
        Column(key="left", label="元金の残り（円）", text=lambda r: "" if r.left is None else f"{r.left:,}", width=8, align="right", number=True),
        Column(key="paid", label="返済済み（円）", text=lambda r: amount_text(r.paid), width=7, align="right", number=True),
        Column(key="state", label="状態", text=lambda r: PLAN_WORDS.get(r.state, ""), width=5, tone=lambda r: _PLAN_TONES.get(r.state, "")),
    ),
)
LENDABLE: ColumnSet[Entitlement] = ColumnSet(
    key="lendable",
    columns=(
        Column(key="number", label="対象番号", text=lambda r: r.number, width=11),
        Column(key="name", label="世帯主", text=lambda r: r.name, width=8),
        Column(key="address", label="住所", text=lambda r: r.address, width=13),
        Column(key="due", label="貸付額（円）", text=lambda r: f"{r.due:,}", width=7, align="right", number=True),
        Column(key="category", label="区分", text=lambda r: r.category, width=12),
    ),
)
REPAYMENTS: ColumnSet[Repayment] = ColumnSet(
    key="repayments",
    columns=(
        Column(key="paid_on", label="返済日", text=lambda r: day_text(r.paid_on), width=8),
        Column(
            key="amount", label="返済額（円）", text=lambda r: f"{r.amount:,}", width=8, align="right", number=True,
            tone=lambda r: "warn" if r.amount < 0 else "",
        ),
        Column(key="interest", label="うち利子（円）", text=lambda r: f"{r.interest:,}" if r.interest else "", width=7, align="right", number=True),
        Column(key="late", label="うち違約金（円）", text=lambda r: f"{r.late:,}" if r.late else "", width=8, align="right", number=True),
        Column(key="way", label="方法", text=lambda r: r.way, width=6),
        Column(key="note", label="備考", text=lambda r: f"取り消し：{r.note}" if r.reverses else r.note, width=14),
    ),
)  # fmt: skip


def plan_terms(file: LoanFile) -> dict[str, str]:
    """The terms of a loan in words, by the variables of the printed plan."""
    loan = file.loan
    return {
        "number": loan.number,
        "principal": yen(loan.principal),
        "lent_on": format_era(date.fromisoformat(loan.lent_on)),
        "rate": f"年{loan.rate}%",
        "span": f"{loan.years}年（{f'据置{loan.grace_years}年を含む' if loan.grace_years else '据置なし'}）",
        "every": label("loan.every", loan.every),
        "guarantor": loan.guarantor,
        "total": yen(sum(one.total for one in file.schedule)),
    }


def loan_heading(file: LoanFile) -> str:
    """Borrower, amount and terms in a line, above the plan as a list."""
    terms = plan_terms(file)
    guarantor = f"保証人 {terms['guarantor']}" if terms["guarantor"] else ""
    told = (terms["number"], file.loan.borrower, terms["principal"], terms["lent_on"], terms["rate"], terms["span"], terms["every"], guarantor)
    return " ".join(part for part in told if part)


def plan_remark(file: LoanFile, *, on: date) -> str:
    """Where the loan stands, for the borrower."""
    found, loan = file.standing, file.loan
    if loan.state in ("finished", "exempted"):
        return f"{format_era(on)} 現在：{label('loan.state', loan.state)}。返済していただく額はありません。"
    parts = [f"返済済み {yen(found.repaid)}", f"元金の残り {yen(found.owed)}"]
    if found.arrears:
        parts.append(f"滞納 {yen(found.arrears)}（{len(found.late)}回、違約金 {yen(found.charge)}）")
    told = f"{format_era(on)} 現在：{'、'.join(parts)}。"
    return told + "支払を猶予しています。" if loan.state == "deferred" else told
