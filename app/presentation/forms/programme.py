"""Programmes, rounds and rules typed in, and what a loan asks: lending, repaying, delay and exemption."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.programme_plan import MOST_BUDGET, LoanTerms, RuleDraft
from app.domain.relief import MOST_YEN, Programme, ReliefRound
from app.domain.relief_criteria import FLAGS, WORDS, Criteria
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.presentation.relief_steps import CRITERION_WORDS

_YEN: dict[str, Any] = {"kind": "integer", "ime": "digits", "width": 14}
_SPLIT = re.compile("[\u3001\n\u30fb]+")
_TERMS = ("rate", "years", "grace_years", "every", "late_rate")
PROGRAMME = FormSpec(
    key="programme",
    title="支援制度",
    sections=(
        SectionSpec(
            fields=(
                spec_field("programme", "title", required=True, placeholder="例：令和6年能登半島地震 市見舞金"),
                spec_field("programme", "code", required=True, ime="latin", help="半角の英数字。命令行やファイルで使います", placeholder="例：mimai-2024"),
                spec_field("programme", "kind", kind="choice", options="programme.kind", required=True, default="donation"),
                spec_field("programme", "increments", kind="choice", options="programme.increments", required=True, default="round"),
                spec_field("programme", "payer", placeholder="例：県義援金配分委員会"),
                spec_field("programme", "law", placeholder="例：市災害見舞金支給要綱"),
                spec_field("programme", "source", help="金額をどこで確かめたか"),
                spec_field("programme", "sure", help="どこまで確かめたか"),
                spec_field("programme", "needs_certificate", kind="yesno", default="no"),
                spec_field("programme", "needs_claim", kind="yesno", default="no"),
                spec_field("programme", "deadline", kind="date"),
                spec_field("programme", "budget", low=1, high=MOST_BUDGET, **_YEN),
                spec_field("programme", "documents", kind="multiline", help="1行に1つ"),
                spec_field("programme", "note", kind="multiline", limit=300),
            )
        ),
        SectionSpec(
            title="貸付の条件（災害援護資金）",
            folded=True,
            fields=(
                FieldSpec(key="rate", label="利率（年%）", ime="digits", default="1", help="据置期間は無利子"),
                FieldSpec(key="late_rate", label="違約金（年%）", ime="digits", default="5"),
                FieldSpec(key="years", label="償還期間（年、据置を含む）", kind="integer", low=1, high=40, default="10"),
                FieldSpec(key="grace_years", label="据置期間（年）", kind="integer", low=0, high=39, default="3"),
                FieldSpec(key="every", label="返済の回数", kind="choice", options="loan.every", required=True, default="2"),
            ),
        ),
    ),
)
ROUND = FormSpec(
    key="relief_round",
    title="配分の回",
    sections=(
        SectionSpec(
            fields=(
                spec_field("relief_round", "title", required=True, placeholder="例：第1次配分"),
                spec_field("relief_round", "code", required=True, ime="latin", placeholder="例：1"),
                spec_field("relief_round", "decided_on", kind="date"),
                spec_field("relief_round", "as_of", kind="date", help="この日の世帯と住民で計算します。空のときは災害の日"),
                spec_field("relief_round", "opens_on", kind="date"),
                spec_field("relief_round", "deadline", kind="date"),
                spec_field("relief_round", "budget", low=1, high=MOST_BUDGET, **_YEN),
                spec_field("relief_round", "documents", kind="multiline", help="制度のほかに要るもの。1行に1つ"),
                spec_field("relief_round", "note", kind="multiline", limit=300),
            )
        ),
    ),
)


def _flag(name: str) -> FieldSpec:
    return FieldSpec(key=name, label=CRITERION_WORDS[name], kind="choice", options="criterion", default="any")


def _any_of(name: str, options: str, **more: Any) -> FieldSpec:
    return FieldSpec(key=name, label=CRITERION_WORDS[name], kind="flags", options=options, **more)


RULE = FormSpec(
    key="relief_rule",
    title="支給の決まり",
    sections=(
        SectionSpec(
            title="いくら",
            fields=(
                spec_field("relief_rule", "title", required=True, placeholder="例：全壊"),
                spec_field("relief_rule", "category", help="集計の区分。空のときは名称と同じ"),
                spec_field("relief_rule", "unit", kind="choice", options="unit", required=True, default="household"),
                spec_field("relief_rule", "amount", low=0, high=MOST_YEN, **_YEN),
                spec_field("relief_rule", "single", ime="latin", placeholder="例：3/4", help="単身世帯の割合。円未満は切り捨て"),
                spec_field("relief_rule", "group", required=True, default="住家の被害", help="同じ組は1つだけ、別の組は加算"),
                spec_field("relief_rule", "benefit", placeholder="例：全額免除", help="減免のときだけ。金額は入れません"),
            ),
        ),
        SectionSpec(
            title="だれに",
            note="入れた条件のすべてに当てはまる世帯・人が対象です。空の条件は問いません。",
            fields=(
                _any_of("grades", "grade"),
                _flag("certificate"),
                FieldSpec(key="size_least", label="世帯の人数（以上）", kind="integer", low=1, high=30, width=4),
                FieldSpec(key="size_most", label="世帯の人数（以下）", kind="integer", low=1, high=30, width=4, help="1は単身"),
                FieldSpec(key="districts", label="地区", help="「、」で区切る"),
                FieldSpec(key="resident_on", label="この日に住民だった", kind="date"),
                FieldSpec(key="municipalities", label="市町村（コード）", ime="digits", help="ほかの市町村は対象外。「、」で区切る"),
            ),
        ),
        SectionSpec(title="人的被害（単位が「人」のとき）", folded=True, fields=(_any_of("harms", "harm"), _flag("breadwinner"))),
        SectionSpec(
            title="申請の内容",
            folded=True,
            fields=(
                _any_of("methods", "claim.method", omit=("",)), _flag("demolished"), _flag("site_damaged"), _flag("evacuated_long"),
                _flag("dwelling_lost"), _flag("head_injured"), _flag("goods_lost"),
            ),
        ),
        SectionSpec(
            title="所得",
            folded=True,
            fields=(
                FieldSpec(
                    key="income_most", label="所得の限度（円）", ime="digits", placeholder="例：2,200,000、4,300,000、6,200,000、7,300,000",
                    help="1人世帯、2人世帯…の順に「、」で区切る。1つだけなら人数を問わない",
                ),
                FieldSpec(key="income_step", label="1人増えるごとに加える額（円）", low=0, high=MOST_YEN, **_YEN),
                FieldSpec(key="income_over", label="所得がこれを超える（円）", low=0, high=MOST_YEN, **_YEN),
            ),
        ),
        SectionSpec(
            title="そのほか",
            folded=True,
            fields=(_any_of("uses", "building.use", help="空のときは住家だけ"), spec_field("relief_rule", "note", kind="multiline", limit=300)),
        ),
    ),
    save="この内容にする",
)  # fmt: skip
CORRECTION = FormSpec(
    key="relief_rule.correction",
    title="支給の手続きが始まった回の訂正",
    save="訂正する",
    sections=(
        SectionSpec(
            note="この回は支給の手続きが始まっています。額を増やすときは、新しい回を作るほうが安全です。訂正すると、計算し直したときに差額か過払いになります。",
            fields=(FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder="例：配分委員会の告示の訂正（文書番号）"),),
        ),
    ),
)
LEND = FormSpec(
    key="loan.lend",
    title="貸付を記録する",
    save="記録する",
    sections=(
        SectionSpec(
            note="貸付金を渡したあとに記録します。貸付額は支給額です。",
            fields=(
                FieldSpec(key="lent_on", label="貸付日", kind="date", required=True),
                spec_field("loan", "guarantor"),
                *PROGRAMME.sections[1].fields,
                spec_field("loan", "note"),
            ),
        ),
    ),
)
REPAY = FormSpec(
    key="loan.repay",
    title="返済を記録する",
    save="記録する",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(key="amount", label="返済額（円、違約金を含む）", required=True, low=1, high=MOST_YEN, **_YEN),
                FieldSpec(key="late", label="うち違約金（円）", low=0, high=MOST_YEN, **_YEN),
                FieldSpec(key="paid_on", label="返済日", kind="date", required=True),
                FieldSpec(key="way", label="方法", placeholder="例：納付書"),
                FieldSpec(key="early", label="繰上償還（残りを全部返す）", kind="yesno", default="no"),
                spec_field("repayment", "note"),
            )
        ),
    ),
)  # fmt: skip
TAKE_BACK = FormSpec(
    key="loan.take_back",
    title="返済を取り消す",
    save="取り消す",
    sections=(SectionSpec(fields=(FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder="例：別の人の返済だった"),)),),
)
CHANGE_LOAN = FormSpec(
    key="loan.state",
    title="支払の猶予・免除",
    save="変える",
    sections=(
        SectionSpec(
            note="免除は戻せません。残りの元金が帳簿から消えます。",
            fields=(
                FieldSpec(key="state", label="どうするか", kind="choice", options="loan.state", omit=("finished",), required=True, default="deferred"),
                FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder="例：再度の被災による支払猶予（決裁番号）"),
            ),
        ),
    ),
)


def money(amount: int | None) -> str:
    """An amount as it stands in a field: with separators, empty where there is none."""
    return f"{amount:,}" if amount else ""


# -- programmes and rounds -----------------------------------------------------------------------------------


def programme_form(one: Programme) -> dict[str, Any]:
    """A stored programme as values of its form."""
    terms = LoanTerms.from_json(one.terms)
    own = {field.key: getattr(one, field.key) for field in PROGRAMME.sections[0].fields}
    return {**own, "documents": "\n".join(one.documents), "budget": money(one.budget), **{name: getattr(terms, name) for name in _TERMS}}


def programme_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed as ``programmes.save_programme`` takes it; terms only for a loan."""
    given = {field.key: values[field.key] for field in PROGRAMME.sections[0].fields}
    terms = terms_values(values).to_json() if values["kind"] == "loan" else ""
    return {**_plain_days(given), "documents": _lines(values["documents"]), "terms": terms}


def terms_values(values: Mapping[str, Any]) -> LoanTerms:
    """Typed terms of a loan; empty ones are those that are usual."""
    usual = LoanTerms()
    said = {name: values[name] for name in _TERMS if values.get(name) not in (None, "")}
    said |= {name: unicodedata.normalize("NFKC", said[name]) for name in ("rate", "late_rate") if name in said}
    return LoanTerms(**{**{name: getattr(usual, name) for name in _TERMS}, **said, "every": int(values["every"])})


def round_form(one: ReliefRound) -> dict[str, Any]:
    """A stored round as values of its form."""
    return {**{field.key: getattr(one, field.key) for field in ROUND.fields}, "documents": "\n".join(one.documents), "budget": money(one.budget)}


def round_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed as ``programmes.save_round`` takes it."""
    return {**_plain_days(values), "documents": _lines(values["documents"])}


def _plain_days(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _day(value) if name in _DAYS else value for name, value in values.items()}


_DAYS = frozenset({"deadline", "decided_on", "as_of", "opens_on"})


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


# -- rules -----------------------------------------------------------------------------------------------------


def rule_form(rule: RuleDraft) -> dict[str, Any]:
    """A rule as values of its form."""
    criteria = rule.criteria
    values: dict[str, Any] = {name: getattr(rule, name) for name in ("title", "category", "unit", "single", "benefit", "note")}
    values |= {"amount": money(rule.amount), "group": _GROUPS.get(rule.group, rule.group)}
    values |= {name: getattr(criteria, name) for name in (*WORDS, "size_least", "size_most", "resident_on")}
    values |= {name: _WORDS[getattr(criteria, name)] for name in FLAGS}
    values |= {name: "\u3001".join(getattr(criteria, name)) for name in ("districts", "municipalities")}
    values |= {"income_most": "\u3001".join(f"{one:,}" for one in criteria.income_most), "income_step": money(criteria.income_step)}
    values["income_over"] = "" if criteria.income_over is None else f"{criteria.income_over:,}"
    return values


_WORDS = {None: "any", True: "yes", False: "no"}
_FLAG_VALUES = {word: value for value, word in _WORDS.items()}
_GROUPS = {"damage": "住家の被害"}


def rule_draft(values: Mapping[str, Any], *, rule_id: str = "") -> RuleDraft:
    """What was typed as a rule; RuleViolation beside the field for a list that cannot be read."""
    chosen: dict[str, Any] = {name: tuple(values[name]) for name in WORDS}
    chosen |= {name: _FLAG_VALUES[values[name]] for name in FLAGS}
    criteria = Criteria(
        **chosen, districts=_parts(values["districts"]), municipalities=_codes(values["municipalities"]), resident_on=_day(values["resident_on"]),
        size_least=values["size_least"], size_most=values["size_most"], income_most=_amounts(values["income_most"]),
        income_step=values["income_step"] or 0, income_over=values["income_over"],
    )  # fmt: skip
    groups = {word: code for code, word in _GROUPS.items()}
    return RuleDraft(
        id=rule_id, title=values["title"], category=values["category"] or values["title"], unit=values["unit"], criteria=criteria,
        amount=values["amount"] or 0, single=unicodedata.normalize("NFKC", values["single"]), group=groups.get(values["group"], values["group"]),
        benefit=values["benefit"], note=values["note"],
    )  # fmt: skip


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SPLIT.split(text) if part.strip())


def _codes(text: str) -> tuple[str, ...]:
    found = tuple(unicodedata.normalize("NFKC", part) for part in _parts(text.replace(",", "\u3001").replace(" ", "\u3001")))
    for code in found:
        if not re.fullmatch(r"\d{5,6}", code, re.ASCII):
            raise RuleViolation("programme.municipality_typed", field="municipalities", value=code[:20])
    return found


def _amounts(text: str) -> tuple[int, ...]:
    found = tuple(unicodedata.normalize("NFKC", part).replace(",", "") for part in _parts(text))
    for part in found:
        if not re.fullmatch(r"\d{1,12}", part, re.ASCII):
            raise RuleViolation("money.unreadable", field="income_most", text=part[:40])
    return tuple(int(part) for part in found)
