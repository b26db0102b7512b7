"""The words of ``relief …`` for calculations, entitlements, claims and casualties: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.labels import label, labels_of

_ENTITLEMENT = "number program round name category due before paid under_way open over flag progress wants payee account batch"
_CLAIM = "number program state claimed_on name method requested documents missing"
_CASUALTY = "number name harm harmed_on breadwinner state document entered_by confirmed_by"
HELP: Mapping[str, str] = {
    "relief.calculate": "支給を計算する（--dry-run で試算だけ）\n"
    "PROGRAM は支援制度の略号、ROUND は回。世帯・人ごとに支給の対象を1件だけ作り、もう一度計算すると増減や過払いを示します（二重には作りません）。\n"
    "計算のあと、払える人の支給決定簿も作ります。予算を超えるときは何も作らず、終了コード 1。\n"
    "結果：categories（category title unit count unit_amount total）count total already to_pay budget left payable missing created raised lowered "
    "over over_total ended unchanged declined problems warnings、--dry-run か --list で rows（1件ごと：name due before already open action wants "
    "reason 理由の文）、計算したときは batches（number way count total）left_out。",
    "relief.calculate.dry": "何も書き込まずに、だれにいくらになるかを見る",
    "relief.calculate.method": "計算のあと作る決定簿の支給の方法（none で作らない）",
    "relief.calculate.list": "計算したときも、1件ごとの結果 rows を示す",
    "relief.calculate.counts": "区分ごとの件数×単価の表をファイルに書き出す",
    "relief.entitlements": "支給の対象（だれに、いくら、どこまで進んだか）\nNUMBER は対象番号。",
    "relief.entitlements.list": "支給の対象の一覧\n"
    "--progress open planned approved sent voucher paid failed declined ended、--wants claim documents certificate payee account check any none、\n"
    f"--flag over less raised、--out FILE（.csv .xlsx .html .pdf）。\n結果：count due paid under_way open over entitlements（{_ENTITLEMENT} …）。",
    "relief.entitlements.owed": "まだ払っていないお金があるものだけ",
    "relief.entitlements.show": "支給の対象1件の内訳・計算の根拠・支給の記録\n"
    f"結果：{_ENTITLEMENT} … lines 内訳、facts 根拠、payments 支給、others 同じ世帯のほかの支給。",
    "relief.entitlements.decline": "辞退を記録する（支給済み・手続き中のものはできません）\n--document 辞退届など、--on 辞退の日。",
    "relief.entitlements.reopen": "辞退を取り消す",
    "relief.claims": "支援の申請（再建の方法、所得、書類など、調査では分からないこと）\nNUMBER は受付番号。",
    "relief.claims.list": f"申請の一覧\n--state received waiting complete declined withdrawn。結果：count claims（{_CLAIM} …）。",
    "relief.claims.lacking": "届いていない書類があるものだけ",
    "relief.claims.show": f"申請1件\n結果：{_CLAIM} … wanted 必要書類。",
    "relief.claims.add": "申請を受け付ける\n"
    "だれの申請かを --victim（被災世帯の番号）、--resident-no 宛名番号、--casualty 人的被害の番号、--entitlement 対象番号のどれかで指定します。\n"
    "--method 建設・購入 補修 賃借、--document 届いた書類（何度でも）、--apart --member 名前 --reason 理由（別居の人を別の世帯として扱う）。"
    f"\n結果：{_CLAIM} … warnings。",
    "relief.claims.whose": "だれの申請か（どれか一つ）",
    "relief.claims.change": "申請を直す",
    "relief.claims.documents": "届いた書類をすべて挙げる（そろえば書類確認済みになります）",
    "relief.claims.state": "申請の状態を変える（辞退・取下げは理由が要ります）",
    "relief.claims.import": "申請の一覧（CSV、XLSX）を取り込む\n"
    "宛名番号・罹災証明書番号・対象番号、または世帯主の氏名と生年月日で世帯を見つけます。同じファイルをもう一度取り込んでも何も変わりません。\n"
    "結果：read created updated unchanged review rejected report rejected_rows warnings。",
    "relief.claims.import_dry": "取り込まずに、どうなるかだけを見る",
    "relief.casualties": "人的被害（死亡・行方不明・負傷・障害）\nNUMBER は人的被害の番号。確認されたものだけが支給の対象になります。",
    "relief.casualties.list": f"人的被害の一覧\n--harm dead related_death missing serious light disability、--state reported confirmed withdrawn。"
    f"結果：count casualties（{_CASUALTY} …）。",
    "relief.casualties.add": "人的被害を入力する\n"
    "--name --harm 死亡 災害関連死 行方不明 重傷 軽傷 障害、--breadwinner はい いいえ。結果は list の1件と warnings。",
    "relief.casualties.reason": "宛名番号の住民と氏名が違っても登録する理由",
    "relief.casualties.change": "人的被害を直す（だれか・何かを直すと、もう一度確認が要ります）",
    "relief.casualties.confirm": "人的被害を確認する（入力した人とは別の人。--document 確認した書類）",
    "relief.casualties.withdraw": "人的被害を取り下げる（まちがい、行方不明者が見つかったなど）",
    "relief.casualties.import": "人的被害の一覧（CSV、XLSX）を取り込む（入力したものと同じく、別の人の確認を待ちます）\n"
    "同じファイルをもう一度取り込んでも何も変わりません。結果：read created updated unchanged review rejected report rejected_rows warnings。",
}
_HEADS = {
    "number": "対象番号", "program": "支援制度", "title": "名称", "round": "回", "round_title": "回の名称", "dry_run": "試算", "categories": "区分ごと",
    "category": "区分", "unit": "単位", "unit_amount": "単価", "count": "件数", "total": "支給額", "already": "支給・手続き中", "to_pay": "これから",
    "budget": "予算", "left": "予算の残り", "payable": "払える件数", "missing": "足りないもの", "created": "新しく作る", "raised": "増額", "lowered": "減額",
    "over": "過払い", "over_total": "過払いの額", "ended": "対象外", "unchanged": "変わらない", "declined": "辞退", "problems": "手で確かめるもの",
    "warnings": "注意", "rows": "1件ごと", "batches": "支給決定簿", "left_out": "決定簿に載せなかった人", "name": "氏名", "kana": "フリガナ",
    "birth": "生年月日", "address": "住所", "district": "地区", "due": "支給額", "before": "前回まで", "paid": "支給済み", "under_way": "手続き中",
    "open": "これから", "flag": "過払い・差額", "progress": "進み具合", "state": "状態", "wants": "足りないもの", "payee": "受取人", "role": "関係",
    "way": "方法", "account": "口座", "account_state": "口座の状態", "batch": "決定簿", "failure": "不能の理由", "claim": "申請", "resident_no": "宛名番号",
    "victim": "被災世帯", "calculated_at": "計算日時", "reason": "理由", "id": "番号（内部）", "entitlements": "支給の対象", "lines": "内訳",
    "facts": "計算の根拠", "payments": "支給", "others": "同じ世帯のほかの支給", "document": "書類", "declined_on": "辞退の日", "amount": "金額",
    "part": "何回目", "paid_on": "支給日", "action": "計算すると", "written": "書き出したファイル", "counts_written": "書き出した集計表", "code": "符号",
    "file": "ファイル", "pages": "ページ", "size": "世帯の人数", "grade": "被害の程度", "problem": "問題", "text": "文",
}  # fmt: skip
_CLAIM_HEADS = {
    **_HEADS, "number": "受付番号", "claims": "申請", "claimed_on": "申請日", "claimed_by": "申請者", "method": "再建の方法", "requested": "申請の額",
    "income": "世帯の所得", "documents": "届いた書類", "missing": "まだの書類", "apart": "別の世帯として", "late": "期限後", "wanted": "必要書類",
    "household_size": "世帯の人数", "members": "対象の人", "note": "備考", "demolished": "解体", "evacuated_long": "長期避難", "dwelling_lost": "住居の滅失",
    "site_damaged": "敷地の被害", "head_injured": "世帯主の負傷", "goods_lost": "家財の損害", "read": "読んだ行", "created": "新規",
    "updated": "更新", "review": "要確認",
    "rejected": "取り込めない行", "report": "報告", "rejected_rows": "取り込めない行のファイル",
}  # fmt: skip
_CASUALTY_HEADS = {
    **_CLAIM_HEADS, "number": "番号", "casualties": "人的被害", "sex": "性別", "harm": "被害", "harmed_on": "日付", "breadwinner": "生計維持者",
    "document": "確認した書類", "entered_by": "入力した人", "confirmed_by": "確認した人", "household": "世帯主", "linked": "結び付け",
}  # fmt: skip
_FACT_HEADS = {
    **_HEADS, "municipality": "市町村コード", "use": "建物の用途", "certificate": "罹災証明書", "resident_on": "その日の住民", "harm": "人的被害",
    "breadwinner": "生計維持者", "methods": "再建の方法", "income": "世帯の所得", "requested": "申請・請求の額", "benefit": "減免の内容",
    "demolished": "解体", "evacuated_long": "長期避難", "dwelling_lost": "住居の滅失", "site_damaged": "敷地の被害", "head_injured": "世帯主の負傷",
    "goods_lost": "家財の損害",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {
    "relief calculate": _HEADS, "relief entitlements": _FACT_HEADS, "relief claims": _CLAIM_HEADS, "relief casualties": _CASUALTY_HEADS,
}  # fmt: skip
_ENTITLEMENT_CODES = {
    "unit": "unit", "flag": "entitlement.flag", "progress": "entitlement.progress", "state": "entitlement.state", "wants": "wants",
    "role": "payee.role", "way": "way", "account_state": "payee_account.state", "failure": "payment.failure", "grade": "grade",
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {
    "relief calculate": _ENTITLEMENT_CODES, "relief entitlements": _ENTITLEMENT_CODES,
    "relief claims": {"state": "claim.state", "method": "claim.method"},
    "relief casualties": {"state": "casualty.state", "harm": "harm", "sex": "person.sex"},
}  # fmt: skip
_LIST = ("number", "program", "round", "name", "category", "due", "open", "progress", "wants", "payee", "batch")
_CLAIM_LIST = ("number", "program", "name", "state", "claimed_on", "method", "requested", "missing")
_CASUALTY_LIST = ("number", "name", "harm", "harmed_on", "breadwinner", "state", "document", "entered_by")
LISTS: Mapping[str, Sequence[str]] = {
    **{f"relief entitlements {act} entitlements": _LIST for act in ("list", "decline", "reopen")},
    "relief entitlements show others": tuple(one for one in _LIST if one != "wants"),
    "relief entitlements show payments": ("number", "part", "amount", "state", "way", "paid_on", "batch"),
    "relief entitlements show lines": ("category", "title", "amount", "benefit"), "relief claims list claims": _CLAIM_LIST,
    **{f"relief casualties {act} casualties": _CASUALTY_LIST for act in ("list", "confirm", "withdraw")},
}  # fmt: skip
YEN: frozenset[str] = frozenset({
    "total", "already", "to_pay", "budget", "left", "over_total", "due", "before", "paid", "under_way", "open", "unit_amount", "amount", "requested",
    "income",
})  # fmt: skip
_ACTS = ("created", "raised", "lowered", "over", "ended", "unchanged", "declined")
_SHOWN_ROWS = 40


def _yen(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}円"


def _calculated(result: Mapping[str, Any]) -> str | None:
    from app.presentation.console import draw_table  # console is built from this module

    if "categories" not in result:
        return None
    kind = "試算（何も書き込んでいません）" if result["dry_run"] else "計算"
    lines = [f"{kind}：{result['title']}　{result['round_title'] or result['round']}", ""]
    counted = [
        [one["title"] or one["category"], f"{one['count']:,}{label('unit', one['unit'])}", _yen(one["unit_amount"]) or "個別", _yen(one["total"])]
        for one in result["categories"]
    ]
    lines += draw_table([["区分", "件数", "単価", "金額"], *counted])
    lines += ["", f"  {result['count']:,}件　支給額 {_yen(result['total'])}　支給・手続き中 {_yen(result['already'])}　これから {_yen(result['to_pay'])}"]
    if result["budget"] is not None:
        lines += [f"  予算 {_yen(result['budget'])}　残り {_yen(result['left'])}"]
    told = "、".join(f"{_HEADS[name]} {result[name]:,}" for name in _ACTS if result[name])
    lines += [f"  {told}"] if told else []
    lines += [f"  足りないもの：{label('wants', code)} {count:,}件" for code, count in result["missing"].items()]
    lines += [f"  すぐ払えるもの：{result['payable']:,}件"]
    lines += [f"注意：{one['text']}" for one in result["warnings"]]
    lines += [f"確かめてください：{one['name']}　{one['reason']}" for one in result["problems"][:_SHOWN_ROWS]]
    rows = result.get("rows", ())
    if rows:
        first = sorted(rows, key=lambda one: not (one["due"] or one["over"] or one["problem"]))
        shown = [
            [one["name"], one["category"], _yen(one["due"]), _yen(one["open"]), labels_of("wants", tuple(one["wants"])), one["reason"]] for one in first
        ]
        lines += ["", *draw_table([["氏名", "区分", "支給額", "これから", "足りないもの", "理由"], *shown[:_SHOWN_ROWS]])]
        lines += [f"  ほか {len(rows) - _SHOWN_ROWS:,}件（--out FILE で全部）"] if len(rows) > _SHOWN_ROWS else []
    lines += [f"支給決定簿 {one['number']}：{one['count']:,}件　{_yen(one['total'])}" for one in result.get("batches", ())]
    left = result.get("left_out", ())
    lines += [f"決定簿に載せなかった人：{len(left):,}件"] if left else []
    return "\n".join(lines)


def _listed(result: Mapping[str, Any]) -> str | None:
    from app.presentation.console import draw_table  # console is built from this module

    if "entitlements" not in result:
        return None
    rows = [
        [
            one["number"], one["program"], one["round"], one["name"], one["category"], _yen(one["due"]), _yen(one["open"]),
            label("entitlement.progress", one["progress"]), label("entitlement.flag", one["flag"]), labels_of("wants", tuple(one["wants"])),
            one["payee"], one["batch"],
        ]
        for one in result["entitlements"]
    ]  # fmt: skip
    sums = "　".join(f"{_HEADS[name]} {_yen(result[name])}" for name in ("due", "paid", "under_way", "open", "over") if name in result)
    heads = ["対象番号", "支援制度", "回", "氏名", "区分", "支給額", "これから", "進み具合", "注意", "足りないもの", "受取人", "決定簿"]
    return "\n".join([f"{result['count']:,}件　{sums}".strip(), "", *draw_table([heads, *rows])])


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "relief calculate": _calculated,
    **{f"relief entitlements {act}": _listed for act in ("list", "decline", "reopen")},
}
