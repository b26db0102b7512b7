"""The words of ``certificates …`` on the command line: help with the keys of each result, headings, and results in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.labels import field_label, label, short_label

_ROW = (
    "証明書の1件：id number 証明書番号、kind（damage 罹災証明書・report 被災証明書）、grade 程度の符号、newer_grade 差替後の程度、state（issued "
    "superseded revoked）、"
    "head_name 世帯主、postal address district 送付先、building 調査番号、building_address、application 受付番号、issued_on 発行日、copies 発行回数、"
    "wanted 必要部数、"
    "provisional 仮番号、declared 申告のみ、successor 差替後の番号、reason 理由。"
)
_REFUSED = "refused できなかったもの（number code message）、withheld 支援措置のため除いた世帯の数。"

CERTIFICATE_HELP: Mapping[str, str] = {
    "certificates": "罹災証明書・被災証明書（申請・決裁・発行・印刷・確認）",
    "certificates.apply": "申請を受け付ける\n"
    "--applicant 申請者（必須）--kana --birth 生年月日 --role（self household agent kin owner office。代理人は --proxy 委任状あり）\n"
    "--kind damage 罹災証明書・report 被災証明書、--use 使いみち・--object 被災したもの（くり返せます）、--copies 部数、--with-members 世帯構成員を記載\n"
    "世帯は --resident 宛名番号・--victim 番号・--head 世帯主（--head-birth --head-address と --member JSON。住民データなしの申告）のどれか\n"
    "建物は --building 調査番号か --building-address 所在地、--tenure own rent など。--self-judgement 自己判定に同意、--on 申請日\n"
    "結果：id number 受付番号、queue 呼出番号、state 状態の符号、grade 程度、victim building declared、warnings（code message）。",
    "certificates.approve": f"判定した申請を決裁する（NUMBER は受付番号）\n結果：approved 件数、{_REFUSED}",
    "certificates.issue": "証明書を発行する（NUMBER は受付番号）。決裁の権限があれば、判定からそのまま発行できます（決裁も記録します）\n"
    f"結果：issued 件数、certificates 証明書番号、approved 同時に決裁した件数、applications 一斉交付で作った申請の数、{_REFUSED}warnings。",
    "certificates.print": "証明書を PDF に印刷する（NUMBER は証明書番号）。足りない部数だけを印刷し、発行回数を数えます\n"
    "--nup 1 2 4 面付け、--imposition stack 裁断して重ねると番号順・order 隣が次の番号、--duplex 両面、--sort 並び、--per-file ファイルの大きさ（通）、"
    "--separators 仕切り紙（通ごと）。\n"
    "結果：files、pages、sheets 用紙の枚数、printed 通数、certificates 件数、batch 印刷のまとまり、stopped 印刷できなかった証明書（number code message）、"
    "labels 宛名のファイル、issued・approved・withheld（--all-judged のとき）、to_replace 差替を待つため除いた件数、warnings。",
    "certificates.reprint": "証明書をもう一度印刷する（同じ番号・同じ内容、発行回数が増えます）\n--reason additional 追加・reissue 再交付・misprint "
    "印刷の失敗・replacement 差替。結果は print と同じ。",
    "certificates.revoke": "証明書を取り消す\n結果：number state reason。",
    "certificates.supersede": "程度の変わった証明書を差し替える（新しい証明書を発行し、前のものを差替にします）\n結果：number 前の番号、successor "
    "新しい番号。",
    "certificates.move": f"申請を別の状態へ移す（received awaiting judged approved closed）\n結果：moved 件数、{_REFUSED}",
    "certificates.link": "申請に建物か被災世帯を結び付ける\n結果：number state grade。",
    "certificates.self-judge": "自己判定（準半壊に至らない）を登録する。写真で確かめたことを --note に書き、"
    "別の人の確認で判定になります\n結果：number state。",
    "certificates.verify": "証明書のコードを確かめる（コードの文字・写真やスキャンや PDF のファイル・- で標準入力）\n"
    "結果：result（valid 正しい・not_here 署名は正しいが記録はほかのデータ・withdrawn 差替か取消・altered 偽造か書き換え・unknown_key 知らない鍵・"
    "differs 記録と違う・unreadable コードではない）、"
    "ok、number kind grade issued_on（紙に書いてあること）、key_id、state、successor 差替後の番号、reason、message。ファイルに2つ以上あれば codes "
    "に全部。正しければ 0、そうでなければ 1 で終わります。",
    "certificates.list": f"証明書の一覧（--applications か、申請の状態を --state に書くと申請の一覧）\n--replace 差替が必要、--unprinted "
    f"部数が足りない、--provisional 仮番号。結果：certificates か applications の一覧。\n{_ROW}\n"
    "申請の1件：id number 受付番号 queue kind state applied_on channel applicant head_name building building_address district grade waiting_days "
    "certificate declared。\n"
    "--missing（household building survey check damage approval issue）足りないもの、--waiting DAYS 待っている日数。",
    "certificates.status": "申請がどうなっているかを、受付番号と生年月日で調べる\n結果：number kind state 状態 applied_on waiting_days "
    "待っている日数 next 次にすること certificate issued_on message。",
    "certificates.slip": "受付票（呼出番号・受付番号・これからのこと）を PDF にする（NUMBER は受付番号）\n結果：number queue file pages。",
    "certificates.key": "署名の鍵\nmake 新しい鍵を作る（前の鍵で出した証明書も確かめられます）、list 一覧、export FILE 公開鍵を書き出す、import FILE "
    "ほかの端末の公開鍵を取り込む。\n"
    "結果：keys（id current own made_on label）、export は id file pem qr。秘密鍵は書き出せません。",
    "certificates.declared": "申告のみで受け付けた世帯と、住民データの候補\n--match 受付番号 住民（宛名番号か番号）で照合、--absent 受付番号 で該当なし。\n"
    "結果：cases（application certificate head_name head_birth address candidates〔resident name birth address score band〕）。",
    "certificates.doubles": "同じ世帯・建物に2つ以上ある証明書と、同じ番号の証明書\n結果：doubles（kind head_name building certificates〔証明書の1件〕）。",
    "certificates.confirm": "仮番号を本部で確かめて、正式な番号にする（NUMBER がなければ全部）\n結果：confirmed 件数、doubles 二重の番号の数。",
    "certificates.settings": "証明書の設定を見る・変える（--set 名前=値）\n"
    "disaster_no 災害の番号、year 番号の年、deadline・report_deadline 申請の期限、cause 罹災原因、extra1・extra2 追加記載事項、queue_prefix 呼出番号の頭、"
    "other_buildings 住家でないものも罹災証明書を出す（1・0）。結果：settings。",
    "certificates.all_judged": "判定・決裁まで進んだ申請のすべて",
    "certificates.without_application": "申請がない世帯も、判定された住家のすべてに（一斉交付）",
    "certificates.missing": "必要部数に足りない証明書のすべて",
    "certificates.from": "紙づまりのあと、この番号から続ける（部数は数え直しません）",
    "certificates.plan": "交付も印刷もせずに、要る枚数だけを出す（to_issue これから交付する件数）",
    "certificates.preprinted": "印刷済みの用紙に、値だけを印刷する",
    "certificates.printer": "ずれを測ってあるプリンターの名前（様式の設定）",
    "certificates.labels": "宛名を別のファイルに印刷する",
}  # fmt: skip

CERTIFICATE_HEADS: Mapping[str, str] = {
    "queue": "呼出番号", "approved": "決裁", "issued": "発行", "applications": "申請", "certificates": "証明書", "refused": "できなかったもの",
    "withheld": "支援措置のため除いた世帯", "sheets": "用紙", "printed": "印刷", "stopped": "印刷できなかった証明書", "batch": "印刷のまとまり",
    "labels": "宛名", "applied_on": "申請日", "applicant": "申請者", "head_name": "世帯主", "building": "建物", "building_address": "所在地",
    "waiting_days": "待った日数", "certificate": "証明書番号", "issued_on": "発行日", "wanted": "必要部数", "copies": "発行回数",
    "newer_grade": "差替後", "provisional": "仮番号", "successor": "差替後の番号", "next": "次にすること", "keys": "鍵", "own": "この端末の鍵",
    "made_on": "作った日", "current": "いま使う", "settings": "設定", "cases": "照合待ち", "confirmed": "確かめた番号", "moved": "移した申請",
    "message": "結果", "key_id": "鍵", "result": "判定", "warnings": "注意", "victim": "被災世帯", "declared": "申告のみ", "papers": "通数",
    "flip": "両面のとじ", "codes": "読み取ったコード", "application": "受付番号", "state": "状態", "kind": "種類", "grade": "被害の程度",
    "id": "番号", "files": "ファイル", "to_issue": "これから交付する件数", "to_replace": "差替を待つ証明書", "doubles": "二重の番号",
    "disaster_no": "災害の番号", "year": "番号の年", "deadline": "罹災証明書の申請期限", "report_deadline": "被災証明書の申請期限", "cause": "罹災原因",
    "extra1": "追加記載事項1", "extra2": "追加記載事項2", "queue_prefix": "呼出番号の頭", "other_buildings": "住家でないものも罹災証明書",
}  # fmt: skip
CERTIFICATE_LISTS: Mapping[str, Sequence[str]] = {
    "applications": (
        "number",
        "queue",
        "kind",
        "state",
        "applied_on",
        "applicant",
        "building_address",
        "grade",
        "waiting_days",
        "certificate",
    ),
    "certificates": (
        "number",
        "kind",
        "grade",
        "newer_grade",
        "state",
        "head_name",
        "building_address",
        "issued_on",
        "copies",
        "successor",
    ),
    "keys": ("id", "current", "own", "made_on", "label"),
}


_CODES = {"kind": "application.kind", "grade": "grade", "newer_grade": "grade", "channel": "application.channel"}
_OWN_HEADS = {
    ("applications", "number"): "受付番号", ("applications", "state"): "状態", ("certificates", "number"): "証明書番号",
    ("certificates", "state"): "状態", ("certificates", "kind"): "種類", ("applications", "kind"): "種類",
}  # fmt: skip


def _words(key: str, column: str, value: Any) -> str:
    if column == "state":
        return label("application.state" if key == "applications" else "certificate.state", value)
    if column in _CODES and value:
        return short_label(_CODES[column], value)
    return str(value)


def _rows(key: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    from app.presentation.console import draw_table  # console is built from this module

    columns = CERTIFICATE_LISTS[key]
    heads = [_OWN_HEADS.get((key, column)) or CERTIFICATE_HEADS.get(column) or field_label("certificate", column) for column in columns]
    return draw_table([heads, *([_words(key, column, row.get(column, "")) for column in columns] for row in rows)])


def _listed(result: Mapping[str, Any]) -> str | None:
    return "\n".join(line for key in ("applications", "certificates") if key in result for line in _rows(key, result[key]))


def _doubled(result: Mapping[str, Any]) -> str:
    if not result["doubles"]:
        return "二重の証明書はありません。"
    return "\n\n".join(
        "\n".join([f"{one['head_name']}　{one['building']}", *_rows("certificates", one["certificates"])]) for one in result["doubles"]
    )


def _declared(result: Mapping[str, Any]) -> str:
    if not result["cases"]:
        return "住民データと照合していない申告はありません。"
    lines = []
    for case in result["cases"]:
        lines.append(
            f"{case['application']}　{case['head_name']}　{case['head_birth']}　{case['address']}　{case['certificate']}".rstrip("　")
        )
        lines += [
            f"    {one['score']:.0f}点　{one['name']}　{one['birth']}　{one['address']}　{one['resident']}" for one in case["candidates"]
        ]
        lines += [] if case["candidates"] else ["    候補なし"]
    return "\n".join([*lines, f"（{len(result['cases'])}件）"])


def _status(result: Mapping[str, Any]) -> str | None:
    return str(result["message"]) if "message" in result else None


def _verified(result: Mapping[str, Any]) -> str | None:
    found = result.get("codes") or [result]
    return "\n".join(str(one["message"]) for one in found)


CERTIFICATE_TEXTS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str | None]] = {
    ("certificates", "status"): _status,
    ("certificates", "verify"): _verified,
    ("certificates", "list"): _listed,
    ("certificates", "doubles"): _doubled,
    ("certificates", "declared"): _declared,
}
"""Results told in their own way; None falls back to the general one."""
