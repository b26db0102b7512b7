"""Programmes, rounds and rules as tables that a clerk reads."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.relief import Programme, ReliefRound, ReliefRule
from app.domain.relief_criteria import Criteria
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import label, short_label
from app.presentation.relief_steps import criteria_sentence, group_words, rule_sentence
from app.usecases.programmes import ProgrammeFile, RoundFile, Shipped

_STATES: dict[str, Tone] = {"draft": "warn", "open": "good", "closed": "quiet"}


def amount_text(rule: ReliefRule) -> str:
    """Yen, or what is let off."""
    return rule.benefit if rule.benefit and not rule.amount else f"{rule.amount:,}"


def who_text(rule: ReliefRule) -> str:
    """Who is meant, in a sentence."""
    return criteria_sentence(Criteria.from_json(rule.criteria), unit=rule.unit)


def budget_text(amount: int | None) -> str:
    """Yen; nothing where there is no budget."""
    return "" if amount is None else f"{amount:,}"


PROGRAMMES: ColumnSet[Programme] = ColumnSet(
    key="programmes",
    columns=(
        Column(key="title", label="支援制度", text=lambda r: r.title, width=14, tip=lambda r: r.title, sort=lambda r: r.title),
        Column(key="kind", label="種類", text=lambda r: short_label("programme.kind", r.kind), width=6, sort=lambda r: r.kind),
        Column(
            key="state", label="状態", text=lambda r: label("programme.state", r.state), width=4, tone=lambda r: _STATES.get(r.state, ""),
        ),
        Column(key="code", label="略号", text=lambda r: r.code, width=10, sort=lambda r: r.code),
    ),
    views={"標準": ("title", "state"), "すべての項目": ("title", "kind", "state", "code")},
)  # fmt: skip
ROUNDS: ColumnSet[RoundFile] = ColumnSet(
    key="relief_rounds",
    columns=(
        Column(key="code", label="回", text=lambda r: r.round.code, width=3),
        Column(key="title", label="名称", text=lambda r: r.round.title, width=10, tip=lambda r: r.round.title),
        Column(
            key="state", label="状態", text=lambda r: label("relief_round.state", r.round.state), width=6,
            tone=lambda r: _STATES.get(r.round.state, ""),
        ),
        Column(key="rules", label="決まり", text=lambda r: f"{len(r.rules):,}", width=4, align="right", number=True),
        Column(key="as_of", label="基準日", text=lambda r: day_text(r.round.as_of) or "災害の日", width=6),
        Column(key="decided_on", label="決定日", text=lambda r: day_text(r.round.decided_on), width=6),
        Column(key="budget", label="予算（円）", text=lambda r: budget_text(r.round.budget), width=7, align="right", number=True),
        Column(
            key="locked", label="支給", text=lambda r: "手続き済み" if r.locked else "", width=5, tone=lambda r: "info" if r.locked else "",
        ),
    ),
)  # fmt: skip
RULES: ColumnSet[ReliefRule] = ColumnSet(
    key="relief_rules",
    columns=(
        Column(key="title", label="名称", text=lambda r: r.title, width=11, tip=lambda r: r.title),
        Column(key="who", label="だれに", text=who_text, width=19, tip=rule_sentence),
        Column(key="amount", label="いくら（円）", text=amount_text, width=7, align="right", number=True),
        Column(key="single", label="単身", text=lambda r: r.single, width=3, align="center"),
        Column(key="unit", label="単位", text=lambda r: label("unit", r.unit), width=3),
        Column(key="group", label="組", text=lambda r: group_words(r.group), width=6),
        Column(key="category", label="区分", text=lambda r: r.category, width=7),
        Column(key="note", label="備考", text=lambda r: r.note, width=10, tip=lambda r: r.note),
    ),
    views={
        "標準": ("title", "who", "amount", "single", "unit", "group"),
        "すべての項目": ("title", "who", "amount", "single", "unit", "group", "category", "note"),
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule of a round, for a list of all rounds of a programme."""

    round: ReliefRound
    rule: ReliefRule


def rule_lines(file: ProgrammeFile, *, round_id: str = "") -> list[RuleLine]:
    """Every rule of a programme, or of one round."""
    return [RuleLine(round=one.round, rule=rule) for one in file.rounds if round_id in ("", one.round.id) for rule in one.rules]


RULE_LIST: ColumnSet[RuleLine] = ColumnSet(
    key="relief_rule_list",
    columns=(
        Column(key="round", label="回", text=lambda r: round_words(r.round), width=8),
        Column(key="title", label="名称", text=lambda r: r.rule.title, width=12),
        Column(key="who", label="だれに", text=lambda r: who_text(r.rule), width=26),
        Column(key="amount", label="いくら（円）", text=lambda r: amount_text(r.rule), width=8, align="right", number=True),
        Column(key="single", label="単身", text=lambda r: r.rule.single, width=3, align="center"),
        Column(key="unit", label="単位", text=lambda r: label("unit", r.rule.unit), width=3),
        Column(key="group", label="組", text=lambda r: group_words(r.rule.group), width=6),
        Column(key="category", label="区分", text=lambda r: r.rule.category, width=7),
        Column(key="as_of", label="基準日", text=lambda r: day_text(r.round.as_of) or "災害の日", width=6),
        Column(key="note", label="備考", text=lambda r: r.rule.note, width=8),
    ),
    views={
        "標準": ("round", "title", "who", "amount", "single", "unit", "group", "as_of"),
        "すべての項目": ("round", "title", "who", "amount", "single", "unit", "group", "category", "as_of", "note"),
    },
)


def programme_heading(one: Programme) -> str:
    """Where its amounts are from, above a printed table of rules."""
    parts = (one.law, f"出典 {one.source}" if one.source else "", f"確かさ {one.sure}" if one.sure else "", label("programme.increments", one.increments))
    return " / ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedLine:
    """A shipped programme. ``taken``: one of its code is in this folder."""

    one: Shipped
    taken: bool

    @property
    def code(self) -> str:
        """Its code."""
        return self.one.code


SHIPPED: ColumnSet[ShippedLine] = ColumnSet(
    key="shipped_programmes",
    columns=(
        Column(key="title", label="支援制度", text=lambda r: str(r.one.plan.values["title"]), width=20),
        Column(key="kind", label="種類", text=lambda r: short_label("programme.kind", r.one.plan.values["kind"]), width=7),
        Column(key="taken", label="ここに", text=lambda r: "あり" if r.taken else "", width=4, tone=lambda r: "quiet" if r.taken else ""),
    ),
)  # fmt: skip


def rule_sentences(one: Shipped) -> list[str]:
    """Rounds and rules of a shipped programme, each rule in a sentence."""
    lines = []
    for plan in one.plan.rounds:
        lines.append(str(plan.values["title"]))
        lines += [f"　{rule_sentence(draft.record(rule_id='', round_id='', position=0))}" for draft in plan.rules]
    return lines


def round_words(one: ReliefRound) -> str:
    """Number and name of a round."""
    return one.title if one.code in one.title else f"{one.code}　{one.title}"
