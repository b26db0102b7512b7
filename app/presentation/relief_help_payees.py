"""The words of ``relief …`` for payees, accounts and banks: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.labels import label

_ROW = "id name kana role way address state entitlement_number account_id bank branch account_number holder account_state warnings twins"
HELP: Mapping[str, str] = {
    "relief.payees": "受取人（世帯主・世帯員・遺族・後見人・別居の人・業者）\nPAYEE は対象番号・氏名・受取人の番号、NUMBER は対象番号。",
    "relief.payees.list": "受取人と口座の一覧\n--show waiting 確認待ち、mine 自分が確認できるもの、wrong 誤り・解約・死亡、missing 口座なし、"
    f"photo_missing 写真なし、warned 注意あり、twins 同じ口座、ended 使わない。\n結果：count counts payees（{_ROW}）。",
    "relief.payees.show": "受取人の内容と、これまでの口座・対象番号",
    "relief.payees.set": "受取人を決める・直す\nNUMBER（対象番号）か --victim（被災世帯）の受取人。氏名などを省くと世帯主・本人。"
    "--role 業者 はどちらも要りません。\n"
    "世帯主でない人には --consent（同意の確認）、後見人・代理人には --document（書類）、別居には --reason（理由）が要ります。\n"
    "--program でその制度だけの受取人。いまの受取人を替えるときは --replace と --reason。\n結果：id replaced changed warnings。",
    "relief.payees.replace": "いまの受取人に替える（--reason が要ります）",
    "relief.payees.end": "受取人を使わないことにする",
    "relief.payees.propose": "受取人の候補を並べる（弔慰金などは法律の順位：配偶者・子・父母・孫・祖父母・兄弟姉妹）\n"
    "結果：proposals（place name relation role order equals consent why）。--take N で N 番目を受取人にします。",
    "relief.payees.take": "候補の番号。その人を受取人にする",
    "relief.payees.adopt": "まだ受取人のいない世帯・本人について、世帯主・本人をまとめて受取人にする（亡くなった人の分は除く）\n結果：looked_at created。",
    "relief.accounts": "口座の入力・別の人による確認・状態・取込み\nPAYEE は対象番号・氏名・受取人の番号・口座の番号。",
    "relief.accounts.list": "口座の一覧（relief payees list と同じ）",
    "relief.accounts.add": "口座を入れる・直す（金融機関と支店はコードか名前。ゆうちょは --symbol 記号 --symbol-no 番号）\n"
    "口座名義は通帳のカナのとおり。受取人のフリガナと違うときは注意だけ出ます。使う前に別の人の確認（relief accounts check）が要ります。\n"
    "受取人のない対象番号では、世帯主・本人が受取人になります。\n結果：口座の項目と legal（振込データのカナ） kana_changes cut warnings。",
    "relief.accounts.account": "直す口座の番号（省くと新しい口座。同じ内容なら何も変わりません）",
    "relief.accounts.dry": "確かめるだけ（書き込みません）",
    "relief.accounts.check": "口座を確認する（入れた人とは別の人。通帳の写しと見比べてから）\n違うときは --refuse --note どこが違うか。",
    "relief.accounts.refuse": "誤りとして差し戻す（--note が要ります）",
    "relief.accounts.mark": "口座を 誤り wrong・解約 closed・名義人死亡 deceased・使わない retired にする",
    "relief.accounts.import": "口座の一覧（CSV・XLSX）を取り込む。対象番号か宛名番号で相手を決め、取り込めない行は理由つきで書き出します\n"
    "同じファイルを二度取り込んでも変わりません。取り込んだ口座は確認待ちです。\n結果：read created updated unchanged rejected report rejected_rows warnings。",
    "relief.accounts.import_dry": "どうなるかを数えるだけ（取り込みません）",
    "relief.accounts.photo": "通帳の写真を取り出す（暗号化されていないファイルになります）",
    "relief.banks": "金融機関の一覧（日付つき）と、市町村で加えた訂正",
    "relief.banks.find": "金融機関か、--bank の支店を、コード・名前・カナで探す\n"
    "結果：list_day と banks か branches（code name kana closed_on moved_to own）。",
    "relief.banks.bank": "この金融機関の支店を探す（コードか名前）",
    "relief.banks.add": "一覧にない金融機関・支店を加える、名前を直す、廃止にする（--closed-on 日 --moved-to 移った先の支店コード）",
    "relief.banks.list": "市町村で加えた訂正の一覧",
    "relief.banks.remove": "加えた訂正を取り消す",
    "relief.banks.yucho": "ゆうちょの記号・番号から、店番・種目・口座番号を出す（サインインは要りません）",
    "relief.banks.back": "逆に、店番と口座番号から記号・番号を出す（記号の下2けたは通帳にしかないので ?）",
    "relief.banks.kana": "カナを振込データの文字に直し、直した所を並べる（サインインは要りません）\n結果：legal bytes cut kana_changes（at は 0 からの位置）。",
}
_PAYEE_HEADS = {
    "all": "すべて", "mine": "自分が確認できる", "wrong": "誤り・解約・死亡", "missing": "口座なし", "photo_missing": "写真なし", "warned": "注意あり",
    "ended": "使わない", "waiting": "確認待ち",
    "id": "番号", "name": "氏名", "kana": "フリガナ", "role": "関係", "way": "受取方法", "address": "住所", "state": "状態", "birth": "生年月日",
    "phone": "電話", "postal": "郵便番号", "consent": "同意の確認", "documents": "受け取った書類", "entitlement_number": "対象番号",
    "entitlement_name": "支給の対象", "entitlements": "対象番号", "account_id": "口座の番号", "bank": "銀行", "bank_name": "銀行名", "branch": "支店",
    "branch_name": "支店名", "kind": "種目", "account_number": "口座番号", "number": "口座番号", "holder": "口座名義", "account_state": "口座の状態",
    "entered_by": "入力した人", "checked_by": "確認した人", "checked_at": "確認日時", "warnings": "注意", "twins": "同じ口座", "photo": "写真",
    "count": "件数", "counts": "内訳", "payees": "受取人", "accounts": "口座", "replaced": "替えた受取人", "changed": "変わった", "relation": "続柄",
    "order": "順位", "equals": "同順位", "why": "理由", "place": "番", "proposals": "候補", "looked_at": "見た件数", "created": "作った件数",
    "protected": "支援措置", "programme_title": "制度", "resident_no": "宛名番号", "reason": "理由", "note": "備考", "subject": "対象の照合値",
    "victim_id": "被災世帯", "person_id": "人", "programme_id": "制度の番号",
}  # fmt: skip
_ACCOUNT_HEADS = {
    **_PAYEE_HEADS, "payee": "受取人", "account": "口座", "legal": "振込データのカナ", "bytes": "バイト数", "cut": "切れる部分", "kana_changes": "直した所",
    "listed": "一覧にある", "list_day": "一覧の日付", "symbol": "記号", "symbol_no": "番号", "problems": "直すところ", "checked": "確認した口座",
    "same_account": "同じ口座の人", "file": "ファイル", "payee_id": "受取人", "read": "読んだ行", "updated": "更新", "unchanged": "変更なし",
    "rejected": "取り込めない行", "report": "報告", "rejected_rows": "取り込めない行のファイル",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {
    "relief payees": _PAYEE_HEADS,
    "relief accounts": _ACCOUNT_HEADS,
    "relief banks": {
        "list_day": "一覧の日付", "banks": "金融機関", "branches": "支店", "bank": "銀行コード", "branch": "支店コード", "name": "名前", "kana": "カナ",
        "closed_on": "廃止日", "moved_to": "移った先", "own": "市町村の訂正", "code": "コード", "number": "番号", "symbol": "記号", "kind": "種目",
        "whole": "記号が全部分かる", "legal": "振込データのカナ", "bytes": "バイト数", "cut": "切れる部分", "kana_changes": "直した所", "id": "番号",
        "changed": "変わった", "note": "理由", "at": "位置", "before": "前", "after": "後", "listed_on": "一覧の日付", "hira": "ひらがな",
    },
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {
    "relief payees": {
        "role": "payee.role",
        "way": "payee.way",
        "state": "payee.state",
        "account_state": "payee_account.state",
        "kind": "payee_account.kind",
    },
    "relief accounts": {
        "role": "payee.role",
        "way": "payee.way",
        "state": "payee_account.state",
        "account_state": "payee_account.state",
        "kind": "payee_account.kind",
    },
    "relief accounts list": {"state": "payee.state"},
    "relief banks yucho": {"kind": "payee_account.kind"},
}
LISTS: Mapping[str, Sequence[str]] = {
    "relief payees show accounts": ("state", "bank_name", "branch", "branch_name", "number", "holder", "reason", "id"),
    "relief payees propose proposals": ("place", "name", "relation", "role", "order", "why"),
    "relief accounts check checked": ("name", "bank_name", "branch_name", "account_number", "holder", "state"),
    "relief banks find banks": ("code", "name", "kana", "closed_on", "moved_to"),
    "relief banks find branches": ("code", "name", "kana", "closed_on", "moved_to"),
    "relief banks list own": ("bank", "branch", "name", "kana", "closed_on", "moved_to", "note"),
    "relief banks kana kana_changes": ("at", "before", "after"),
    "relief accounts add kana_changes": ("at", "before", "after"),
}
YEN: frozenset[str] = frozenset()


def _warned(result: Mapping[str, Any]) -> list[str]:
    return [f"  注意：{one['text']}" for one in result.get("warnings", ())]


def _place(one: Mapping[str, Any]) -> str:
    from app.presentation.columns.texts import place_words

    return place_words(one["bank"], one["bank_name"], one["branch"], one["branch_name"])


def _listed(result: Mapping[str, Any]) -> str:
    """A list of payees: whose by both numbers, and the account in use in a few words."""
    from app.presentation.console import draw_table

    rows = [["対象番号", "宛名番号", "受取人", "関係", "受取方法", "金融機関・支店", "口座番号", "口座名義", "口座の状態", "確認した人", "同じ口座"]]
    rows += [
        [one["entitlement_number"], one["resident_no"], one["name"], label("payee.role", one["role"]), label("payee.way", one["way"]), _place(one),
         one["account_number"], one["holder"], label("payee_account.state", one["account_state"]) if one["account_state"] else "―", one["checked_by"],
         str(one["twins"] or "")]
        for one in result["payees"]
    ]  # fmt: skip
    counts = "　".join(f"{_PAYEE_HEADS[name]} {count:,}" for name, count in result["counts"].items() if count)
    return "\n".join([f"{result['count']:,}件　{counts}".rstrip(), *draw_table(rows)])


def _set(result: Mapping[str, Any]) -> str:
    done = "受取人を決めました。" if result["changed"] else "もう同じ内容です。何も変わりません。"
    return "\n".join([f"{done}（{result['id']}）", *_warned(result)])


def _added(result: Mapping[str, Any]) -> str:
    place = _place(result)
    lines = [f"{place} {label('payee_account.kind', result['kind'])} {result['number']} {result['legal']}"]
    if "problems" in result:
        lines += [f"  直してください：{one['text']}" for one in result["problems"]] or ["  このまま入れられます。"]
    else:
        lines.append("口座を入れました。別の人が確認してください。" if result["changed"] else "もう同じ内容です。何も変わりません。")
    return "\n".join([*lines, *_warned(result)])


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "relief payees list": _listed, "relief accounts list": _listed, "relief payees set": _set, "relief accounts add": _added,
}  # fmt: skip
