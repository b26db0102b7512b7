"""The words of ``relief …`` for programmes, rounds and rules, and for loans: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.labels import label
from app.presentation.relief_steps import group_words

_LOAN = "number state borrower principal 貸付額 rate lent_on repaid 返済済み owed 元金の残り arrears 滞納 charge 違約金 next_on next_amount"
HELP: Mapping[str, str] = {
    "relief.programs": "支援制度（だれに、いくら、いつの時点で）\nPROGRAM は制度の略号・名称・番号、ROUND は回の番号。",
    "relief.programs.import": "支援制度のファイル（TOML）を取り込む。同じ略号の制度があれば、違うところだけを直します\n"
    "--shipped CODE で、付いてくる見本から取り込みます（金額を必ず確かめてください）。\n"
    "同じ組で両方に当たる決まり・0以下や10桁を超える額・知らない項目や言葉があれば、行と項目を示して、何も取り込みません。\n"
    "結果：id code title state（created updated unchanged）rounds rules。",
    "relief.programs.from_shipped": "付いてくる見本の略号（relief programs shipped で一覧）",
    "relief.programs.reason": "支給の手続きが始まった回の決まりを訂正する理由",
    "relief.programs.list": "支援制度の一覧\n結果：programs（id code title kind state increments budget deadline sure rounds）。",
    "relief.programs.show": "支援制度の回と決まり\n--out FILE（.csv .xlsx .html .pdf）で表に書き出します。\n"
    "結果：制度の項目と rounds（code title state locked as_of budget rules）。rules の1件：title unit amount single group benefit criteria 条件の符号 "
    "sentence 条件と額の文。",
    "relief.programs.export": "支援制度をファイル（TOML）に書き出す（直して取り込んだり、ほかの市町村に渡したりできます）",
    "relief.programs.shipped": "付いてくる支援制度の見本（金額の時点と出典つき）\n--out で見本のファイルを書き出します。サインインは要りません。",
    "relief.programs.check": "支援制度のファイルを確かめるだけ（取り込みません。サインインも要りません）",
    "relief.programs.state": "支援制度か回の状態を変える（制度は open closed、回は draft open closed）",
    "relief.loans": "災害援護資金の貸付と返済\nNUMBER は貸付番号。日付を省くと今日。",
    "relief.loans.list": "貸付の一覧（滞納が先）\n"
    f"--late 滞納だけ、--out FILE（.csv .xlsx .html .pdf）。\n結果：count principal owed arrears loans（{_LOAN}）。",
    "relief.loans.show": "貸付の償還計画・返済・滞納\n--on DATE の時点、--out FILE（.pdf など）で償還計画表。"
    "結果：貸付の項目、settle 繰上償還に要る額、late 滞納の回、schedule 計画、repayments 返済。",
    "relief.loans.plan": "償還計画を試しに計算する（記録しません。サインインも要りません）\n"
    "据置期間は無利子、そのあと元利均等。1円未満は切り捨て、残りは最後の回。--every 1 年賦・2 半年賦・12 月賦。",
    "relief.loans.lend": "支給対象（NUMBER は対象番号）への貸付を記録する。額は支給額、条件は制度のもの（--rate などで変えられます）",
    "relief.loans.repay": "返済を記録する（YEN は違約金を含む額）\n--late うち違約金、--early 繰上償還。利子の分は計画から決まります。"
    "結果：id amount interest late state owed arrears。",
    "relief.loans.take-back": "まちがえた返済を取り消す（ID は返済の番号）。逆の返済と仕訳が残ります",
    "relief.loans.state": "支払を猶予する（deferred）、再開する（running）、免除する（exempted。戻せません）",
}
_LOAN_HEADS = {
    "number": "貸付番号", "borrower": "借受人", "guarantor": "保証人", "principal": "貸付額", "rate": "利率（%）", "lent_on": "貸付日",
    "years": "償還期間（年）",
    "grace_years": "据置（年）", "every": "1年の返済回数", "repaid": "返済済み", "owed": "元金の残り", "rest": "返済の残り（利子を含む）", "arrears": "滞納",
    "charge": "違約金", "settle": "繰上償還に要る額", "next_on": "次の返済日", "next_amount": "次の返済額", "late": "滞納", "schedule": "償還計画",
    "repayments": "返済", "due_on": "返済日", "total": "返済額", "interest": "利子", "owed_after": "元金の残り", "paid_on": "返済日", "amount": "返済額",
    "way": "方法", "state": "状態", "count": "件数", "loans": "貸付", "reverses": "取り消した返済", "late_since": "滞納の始まり", "missing": "足りない額",
    "days": "日数", "id": "番号", "reason": "理由", "file": "ファイル",
    "instalment": "回", "part": "元金", "note": "備考",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {
    "relief programs": {
        "code": "略号", "title": "名称", "kind": "種類", "state": "状態", "rounds": "回", "rules": "決まり", "budget": "予算", "sure": "確かさ",
        "increments": "回の金額の意味", "deadline": "期限", "id": "番号", "file": "ファイル", "round": "回",
    },
    "relief loans": _LOAN_HEADS,
    "relief loans plan": {"count": "回数", "total": "返済額の計", "interest": "利子"},
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {
    "relief programs": {"kind": "programme.kind", "state": "programme.state", "increments": "programme.increments"},
    "relief programs state": {"state": "relief_round.state"},
    "relief loans": {"state": "loan.state"},
}
_STATES = {"created": "新しく取り込みました", "updated": "違うところを直しました", "unchanged": "変わりはありません"}
LISTS: Mapping[str, Sequence[str]] = {
    "relief loans list loans": ("number", "state", "borrower", "principal", "lent_on", "repaid", "owed", "arrears", "late_since", "next_on", "next_amount"),
    "relief loans show schedule": ("instalment", "due_on", "total", "part", "interest", "owed_after"),
    "relief loans plan schedule": ("instalment", "due_on", "total", "part", "interest", "owed_after"),
    "relief loans show repayments": ("paid_on", "amount", "interest", "late", "way", "note", "id"),
    "relief loans show late": ("instalment", "due_on", "missing", "days", "charge"),
}
YEN: frozenset[str] = frozenset(
    {
        *("principal", "repaid", "owed", "rest", "arrears", "charge", "settle", "next_amount", "total", "interest", "amount", "budget"),
        *("missing", "owed_after", "part"),
    }
)


def _imported(result: Mapping[str, Any]) -> str:
    return f"{result['title']}（{result['code']}）：{_STATES[result['state']]}。回 {result['rounds']}、決まり {result['rules']}"


def _listed(result: Mapping[str, Any]) -> str:
    from app.presentation.console import draw_table  # console is built from this module

    if not result["programs"]:
        return "支援制度はまだありません。relief programs shipped で見本を見て、relief programs import --shipped 略号 で取り込みます。"
    rows = [
        [
            one["code"], one["title"], label("programme.kind", one["kind"]), label("programme.state", one.get("state", "")),
            "、".join(each["code"] for each in one["rounds"]), one.get("sure", ""),
        ]
        for one in result["programs"]
    ]  # fmt: skip
    return "\n".join(draw_table([["略号", "名称", "種類", "状態", "回", "確かさ"], *rows]))


def _shown(result: Mapping[str, Any]) -> str | None:
    if "rounds" not in result:
        return None
    lines = [f"{result['title']}（{result['code']}、{label('programme.kind', result['kind'])}）", f"  根拠：{result['law']}"]
    lines += [f"  出典：{result['source']}", f"  確かさ：{result['sure']}", f"  回の金額：{label('programme.increments', result['increments'])}"]
    lines += [f"  必要書類：{'、'.join(result['documents'])}"] if result["documents"] else []
    lines += [f"  備考：{result['note']}"] if result["note"] else []
    for one in result["rounds"]:
        state = f"　{label('relief_round.state', one['state'])}" if "state" in one else ""
        lines += ["", f"{one['code']} {one['title']}{state}"]
        lines += [f"  {rule['title']}：{rule['sentence']}（組：{group_words(rule['group'])}）" for rule in one["rules"]]
    return "\n".join(lines)


def _checked(result: Mapping[str, Any]) -> str | None:
    told = _shown(result)
    return f"このファイルは取り込めます。\n{told}"


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "relief programs import": _imported,
    "relief programs list": _listed,
    "relief programs show": _shown,
    "relief programs shipped": lambda result: _listed(result) if "programs" in result else _shown(result),
    "relief programs check": _checked,
}
