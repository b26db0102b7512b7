"""The words of ``relief …`` for batches and their approval: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.labels import label

_BATCH = "number state program round title way count total paid_count failed_count guarded retry_of prepared_by checked_by approved_by digest short"
_STEP = f"結果：決定簿の項目（{_BATCH}）と words 合計の大字。"
HELP: Mapping[str, str] = {
    "relief.prepare": "支給決定簿を作る（払える人を、受取人ごとに1件にまとめて）\n"
    "PROGRAM は支援制度の略号、ROUND は回。--way は transfer 口座振込（初め）、cash 現金、in_kind 現物。--entitlement で支給対象を番号で選べます。\n"
    "口座の確認がまだ・書類不足・同じ口座がもう1件・予算不足などの人は載せず、理由を示します。支援措置の対象者は別の決定簿になります。\n"
    "結果：batches（number way count total …）left_out（number name code reason）。だれも載せられないときは終了コード 1。",
    "relief.check": "支給決定簿を確認する（作った人とは別の人。ここで内容の照合値が決まります）\n" + _STEP,
    "relief.approve": "支給決定簿を承認する（作った人とは別の、承認の権限のある人）\n"
    "確認がまだのときは、確認も同時に行います。限度額・予算・口座・支給額を調べ直します。承認したあとは変えられません。\n" + _STEP,
    "relief.return": "支給決定簿を理由をつけて差し戻す\n" + _STEP,
    "relief.cancel": "支給決定簿を取りやめる（承認済みは承認の権限のある人が、振込ファイルを出力する前だけ）\n" + _STEP,
    "relief.batches": "支給決定簿の一覧・内容・印刷・行を外す・再支給\nBATCH は決定簿番号。",
    "relief.batches.list": f"支給決定簿の一覧\n結果：count total batches（{_BATCH}）。",
    "relief.batches.open": "結果がそろったものと取りやめを除く",
    "relief.batches.show": "支給決定簿の内容\n"
    "結果：決定簿の項目と lines 区分ごと、steps 手続き、files 振込ファイル、payments 1件ごと、intact 内容が照合値と合うか（合わなければ終了コード 4）。\n"
    "--out FILE（.csv .xlsx .html .pdf）で一覧をファイルに書き出します。",
    "relief.batches.sheet": "支給決定書（押印欄・大字の合計・照合値・明細）を PDF に印刷する\n結果：file number count total short pages problems。",
    "relief.batches.remove": "作成中か差戻しの決定簿から行を外す（NUMBER は支給番号）",
    "relief.batches.retry": "支払いできなかった分の決定簿を作る（口座を訂正し、別の人が確認してから）\n"
    "元の決定簿と結び付きます。--way cash で現金に変えられます。結果は relief prepare と同じ。",
    "relief.batches.submit": "差し戻された決定簿を出し直す\n" + _STEP,
    "relief.limits": "承認の限度額（役割ごと）を見る・決める\n"
    "--role ROLE と --total（決定簿の合計）--single（1件）。結果：limits（role total single、null は限度なし）。",
    "relief.limits.yen": "円。none で限度なし",
    "relief.exemptions": "減免の対象者の一覧と証明書",
    "relief.exemptions.export": "減免の対象者の一覧（税・国保・介護・医療費など）\n"
    "--out FILE（.csv .xlsx .html .pdf）でファイルに、省くと JSON。結果：count exemptions（number name address category benefits …）か file rows。",
    "relief.exemptions.certificates": "減免該当証明書を世帯ごとに印刷する（NUMBER を省くと対象者全員）\n"
    "--nup 2 で A4 に2枚。--on DATE 発行日。結果：files printed pages stopped。",
    "relief.refusals": "辞退の一覧と、辞退届の用紙\n"
    "--out FILE で一覧をファイルに。--form FILE NUMBER … で、対象番号の人の辞退届（名前・制度・額入り）を印刷します。"
    "結果：count total refusals、または files printed pages。",
}
_HEADS = {
    "number": "決定簿番号", "state": "状態", "program": "支援制度", "round": "回", "title": "件名", "way": "方法", "count": "件数", "total": "合計",
    "paid_count": "支給済み（件）", "paid_total": "支給済みの額", "failed_count": "不能（件）", "failed_total": "不能の額",
    "guarded": "支援措置", "retry_of": "元の決定簿",
    "prepared_by": "作成した人", "prepared_at": "作成日時", "checked_by": "確認した人", "checked_at": "確認日時", "approved_by": "承認した人",
    "approved_at": "承認日時", "transfer_on": "振込指定日", "reason": "理由", "digest": "照合値（全体）", "short": "照合値", "id": "番号",
    "words": "合計（大字）", "batches": "支給決定簿", "left_out": "載せなかった人", "name": "氏名", "code": "理由の符号", "removed": "外した行",
    "category": "区分", "amount": "金額", "intact": "内容が照合値と合う", "may": "できること", "lines": "区分ごと", "steps": "手続き",
    "step": "手続き", "at": "日時", "by": "した人", "files": "ファイル", "payments": "支給", "retries": "再支給の決定簿", "kana": "フリガナ", "bank": "銀行",
    "branch": "支店", "account_number": "口座番号", "holder": "口座名義", "failure": "不能の理由", "limits": "限度額", "role": "役割",
    "single": "1件の限度", "file": "ファイル", "rows": "行", "pages": "頁", "problems": "気をつけること", "printed": "枚数", "stopped": "印刷できなかった人",
    "exemptions": "減免の対象者", "refusals": "辞退", "address": "住所", "district": "地区", "benefits": "減免の内容", "due": "支給額",
    "declined_at": "辞退の記録", "declined_by": "記録した人", "note": "備考", "unit": "単位", "birth": "生年月日", "wants": "足りないもの",
    "sha256": "照合値", "again": "再出力", "paid_on": "支給日", "entitlements": "支給対象", "bank_name": "銀行名", "branch_name": "支店名",
    "account_kind": "種目",
}  # fmt: skip
_AREAS = ("prepare", "check", "approve", "return", "cancel", "batches", "limits", "exemptions", "refusals")
HEADS: Mapping[str, Mapping[str, str]] = {
    **{f"relief {area}": _HEADS for area in _AREAS},
    "relief limits": {**_HEADS, "total": "決定簿の合計の限度"},
    "relief exemptions": {**_HEADS, "number": "番号"},
    "relief refusals": {**_HEADS, "number": "対象番号", "total": "支給額の計"},
}
_CODES = {"state": "payment_batch.state", "way": "way", "role": "role"}
CODES: Mapping[str, Mapping[str, str]] = {
    **{f"relief {area}": _CODES for area in _AREAS},
    "relief exemptions": {"state": "entitlement.state", "unit": "unit"},
    "relief refusals": {},
}
_LIST = (
    "number",
    "state",
    "program",
    "round",
    "way",
    "count",
    "total",
    "paid_count",
    "failed_count",
    "retry_of",
    "prepared_by",
    "approved_by",
)
LISTS: Mapping[str, Sequence[str]] = {
    "relief prepare batches": ("number", "way", "count", "total", "guarded", "retry_of"),
    "relief prepare left_out": ("number", "name", "reason"),
    "relief batches retry batches": ("number", "way", "count", "total", "guarded", "retry_of"),
    "relief batches retry left_out": ("number", "name", "reason"),
    "relief batches list batches": _LIST,
    "relief limits limits": ("role", "total", "single"),
    "relief exemptions export exemptions": ("number", "program", "name", "address", "district", "category", "benefits"),
    "relief refusals refusals": ("number", "program", "round", "name", "address", "category", "due", "declined_at", "reason"),
}
YEN: frozenset[str] = frozenset({"total", "paid_total", "failed_total", "amount", "single", "due"})


def _yen(amount: int | None) -> str:
    return "限度なし" if amount is None else f"{amount:,}円"


def _stepped(result: Mapping[str, Any]) -> str:
    state = label("payment_batch.state", result["state"])
    lines = [f"支給決定簿 {result['number']}：{state}", f"  {result['count']:,}件　{_yen(result['total'])}　{result['words']}"]
    lines += [f"  照合値 {result['short']}"] if result["short"] else []
    lines += [f"  理由：{result['reason']}"] if result["reason"] else []
    return "\n".join(lines)


def _account(one: Mapping[str, Any]) -> str:
    from app.presentation.columns.texts import place_words

    return f"{place_words(one['bank'], one['bank_name'], one['branch'], one['branch_name'])} {one['account_number']}".strip()


def _shown(result: Mapping[str, Any]) -> str | None:
    from app.presentation.columns.batch import step_text
    from app.presentation.console import draw_table  # console is built from this module

    if "payments" not in result:
        return None
    lines = [_stepped(result), f"  {result['program']} {result['round']}　{label('way', result['way'])}"]
    lines += [] if result["intact"] else ["  注意：内容が照合値と合いません。支払いを止めて、責任者に知らせてください。"]
    lines += [f"  元の決定簿 {result['retry_of']}"] if result["retry_of"] else []
    lines += [f"  再支給の決定簿 {'、'.join(result['retries'])}"] if result["retries"] else []
    rows = [[one["category"], _yen(one["amount"]), f"{one['count']:,}", _yen(one["total"])] for one in result["lines"]]
    lines += ["", *draw_table([["区分", "単価", "件数", "金額"], *rows])]
    steps = [[one["at"] or "", step_text(one["step"]), one["by"], one["reason"]] for one in result["steps"]]
    lines += ["", *draw_table([["日時", "手続き", "した人", "理由"], *steps])]
    paid = [
        [one["number"], one["name"], _account(one), _yen(one["amount"]), label("payment.state", one["state"]),
         label("payment.failure", one["failure"]) if one["failure"] else ""]
        for one in result["payments"]
    ]  # fmt: skip
    return "\n".join([*lines, "", *draw_table([["支給番号", "受取人", "口座", "金額", "状態", "不能の理由"], *paid])])


def _limited(result: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{label('role', one['role'])}（{one['role']}）：決定簿の合計 {_yen(one['total'])}、1件 {_yen(one['single'])}"
        for one in result["limits"]
    )


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    **{f"relief {name}": _stepped for name in ("check", "approve", "return", "cancel", "batches submit")},
    "relief batches show": _shown,
    "relief limits": _limited,
}
