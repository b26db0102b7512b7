"""The words of ``relief …`` for vouchers and cash: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_ACTS = "結果：番号の一覧（{word}）、count 枚数、total 合計、unchanged すでにそうだった枚数、refused 断った引換券と理由。断ったものがあれば 1 で終わります。"
_PIECES = (
    "枚数は 10000=12 1000=5 のように、金種=枚数で並べます。結果：kind day total 数えた額 expected 帳簿の額 difference 過不足 balance 残高。"
)

HELP: Mapping[str, str] = {
    "relief.vouchers": "現金引換券（割当・回収・拠点との受け渡し・印刷）",
    "relief.vouchers.voucher": "引換券番号、またはQRの内容",
    "relief.vouchers.device": "拠点の端末の4文字（本部の sync enrol list、拠点の relief vouchers sites に出ます）",
    "relief.vouchers.new_site": "その名前の拠点がなければ作る",
    "relief.vouchers.here": "この端末で支払えるものだけ",
    "relief.vouchers.release": "端末が見つかったので凍結を解く",
    "relief.vouchers.confirm": "求められている取消を、別の人として確認する",
    "relief.vouchers.assign": "引換券を拠点の1台の端末に割り当てる（本部）\n"
    "VOUCHER… か --batch 決定簿。--site 拠点と --device 4文字がなければ、この端末で支払えるようにします。--expires 期限。\n"
    "割り当てた引換券は、その端末だけが支払えます。拠点へは sync export のファイルで届けます。" + _ACTS.format(word="assigned"),
    "relief.vouchers.recall": "引換券の回収を頼む（本部）\n"
    "この端末が持つものと、まだ持ち出していないものはすぐ戻ります。"
    "ほかの拠点のものは、その拠点のファイルを sync apply で取り込むまで戻りません（waiting）。" + _ACTS.format(word="recalled"),
    "relief.vouchers.give-up": "持っている引換券を本部へ返す（拠点）\n"
    "返した引換券は、この割当ではもう支払えません。本部へは sync export のファイルで伝わります。" + _ACTS.format(word="given_up"),
    "relief.vouchers.freeze": "なくした端末の引換券を凍結する（本部）\n"
    "--device 4文字（その端末の全部）か VOUCHER…、--reason 理由。見つかったら --release。データが見つからなければ、2人で取り消します。"
    + _ACTS.format(word="frozen"),
    "relief.vouchers.void": "引換券を取り消す（2人で）\n"
    "1人が --reason で求め、別の人が --confirm で確認します。拠点が持つものは、先に回収するか凍結します。取り消した分は、別の決定簿で支給できます。"
    + _ACTS.format(word="void"),
    "relief.vouchers.adopt": "復元した本部のデータで、前のデータの引換券を引き継ぐ\n"
    "どこに割り当てたか分からないので、未払いのものは全部凍結します。拠点のファイルを取り込み、残りは2人で取り消します。" + _ACTS.format(word="adopted"),
    "relief.vouchers.list": "引換券の一覧\n"
    "--state 状態（unpaid はまだ支払えるもの全部、changed は支給額が変わって支払えないもの）、"
    "--here この端末のもの、--site --batch --program --district --text、--sort。"
    "--out FILE に CSV・XLSX・HTML・PDF（--view list・uncollected・calls・all）。\n"
    "結果：count total、vouchers（number state name kana address district amount title batch site device here term expires_on"
    " paid_at paid_by receipt changed）。",
    "relief.vouchers.sites": "拠点・端末ごとの引換券の枚数と、この端末の4文字\n結果：device site、sites（site device state count total）。",
    "relief.vouchers.print": "QR入りの引換券を印刷する\nVOUCHER… か --site --batch などで選び、--nup 2 か 8、--out FILE。結果：file printed pages left_out。",
    "relief.pay": "引換券を現金で支払う\n"
    "VOUCHER 引換券番号かQRの内容。--identified 本人確認（card licence passport insurance certificate known witness other、日本語も可。"
    "引換券と氏名・生年月日だけで確認したなら voucher。付けなければ none：確認の記載なし）。"
    "代わりの人なら --received-by 氏名 --relation 関係。--box 金庫、--receipt FILE.pdf に受領書（2枚組）。\n"
    "結果：receipt kind voucher name amount paid_at clerk received_by identified site device box warnings。終わったと言ったときには、ディスクにあります。",
    "relief.pay.identified": "本人をどう確かめたか（なければ none：確認の記載なし。受領書にそう書き、warnings で知らせます）",
    "relief.refund": "支払いを取り消して返納にする（2人で）",
    "relief.refund.second": "確認する別の操作者。パスワードは SASAE_SECOND_PASSWORD。なければ、いまの操作者が確認します",
    "relief.refund.ask": "返納を求める\nRECEIPT 受領書番号（か支払い済みの引換券番号）、--reason 理由。結果：receipt（返納の番号）state asked。",
    "relief.refund.confirm": "返納を別の人が確認する\nRECEIPT 返納の番号。結果：state done second。支給は返納になり、仕訳も戻ります。",
    "relief.refund.refuse": "返納の求めを取りやめる\nRECEIPT 返納の番号。結果：state refused。",
    "relief.refund.list": "確認待ちの返納（--all で全部）\n結果：count、refunds（receipt state voucher name amount clerk second reason）。",
    "relief.receipt": "受領書を印刷する（2枚組、1枚は窓口に残す）\nRECEIPT 受領書番号、--out FILE.pdf。結果：receipt file pages copies 何回目。",
    "relief.boxes": "金庫（受入・払出・開始時と終了時の確認）",
    "relief.boxes.pieces": "金種=枚数",
    "relief.boxes.list": "金庫と残高\n結果：boxes（name site state balance last last_at last_total last_clerk）。",
    "relief.boxes.add": "金庫を作る\n結果：box state。",
    "relief.boxes.shut": "空の金庫を使わないことにする\n結果：box state。",
    "relief.boxes.open": f"開始時に金種を数える\n{_PIECES}違うときは --explanation 理由が要ります。",
    "relief.boxes.close": f"終了時に金種を数える\n{_PIECES}違うときは --explanation 理由が要ります。",
    "relief.boxes.in": f"金庫に現金を入れる\n--second 立ち会った人が要ります。{_PIECES}",
    "relief.boxes.out": f"金庫から現金を出す\n--second 立ち会った人が要ります。{_PIECES}",
    "relief.boxes.needed": "この端末でまだ支払う引換券に要る金種\n結果：vouchers 枚数 total 合計 pieces 金種ごとの枚数。",
    "relief.day-sheet": "現金の日計表\n"
    "--on 日付（なければ今日）、--out FILE.pdf に日計表、--receipts FILE に受領書の一覧（CSV・XLSX・PDF）。\n"
    "結果：day site payments paid refunds refunded asked、boxes（start in out paid refunded difference end）、\n"
    "outside（金庫を通さない支払：payments paid refunds refunded。金庫の合計と足すと clerks の合計になります）、warnings、clerks、receipts、files。",
    "relief.day-sheet.receipts": "その日の受領書の一覧も書き出す",
    "relief.uncollected": "未受領者の一覧\n"
    "まだ受け取っていない引換券。--site --batch --program --district --text で絞り、--out FILE に CSV・XLSX・HTML・PDF。結果：relief vouchers list と同じ。",
}  # fmt: skip
_ACT_HEADS = {
    "assigned": "割り当てた", "recalled": "回収を頼んだ", "given_up": "返した", "frozen": "凍結した", "released": "凍結を解いた", "void": "取り消した",
    "asked": "取消を求めた", "adopted": "引き継いだ", "count": "枚数", "total": "合計", "unchanged": "変わらない", "waiting": "拠点の返事待ち",
    "refused": "断ったもの", "site": "拠点", "device": "端末", "message": "理由", "number": "番号", "code": "符号",
}  # fmt: skip
_RECEIPT_HEADS = {
    "receipt": "受領書番号", "kind": "種類", "state": "状態", "voucher": "引換券番号", "name": "受取人", "amount": "金額", "paid_at": "日時", "clerk": "取扱",
    "second": "立会・確認", "received_by": "受け取った人", "relation": "関係", "identified": "本人確認", "site": "拠点", "device": "端末", "box": "金庫",
    "reason": "理由", "file": "ファイル", "warnings": "注意", "pages": "ページ", "copies": "印刷回数", "count": "件数", "refunds": "返納",
}  # fmt: skip
_VOUCHER_HEADS = {
    "count": "枚数", "total": "合計", "vouchers": "引換券", "number": "引換券番号", "state": "状態", "name": "受取人", "kana": "フリガナ", "address": "住所",
    "district": "地区", "amount": "金額", "title": "件名", "batch": "決定簿", "site": "割当先", "device": "端末", "here": "この端末", "term": "割当回数",
    "expires_on": "期限", "paid_at": "支払日時", "paid_by": "取扱", "receipt": "受領書番号", "changed": "支給額が変わった",
    "file": "ファイル", "rows": "行", "bytes": "大きさ",
}  # fmt: skip
_BOX_HEADS = {
    "boxes": "金庫", "name": "金庫", "box": "金庫", "site": "拠点", "state": "状態", "balance": "残高", "last": "最後の確認", "last_at": "日時",
    "last_total": "数えた額", "last_clerk": "数えた人", "kind": "種類", "day": "日付", "clerk": "数えた人", "second": "立会", "pieces": "金種",
    "total": "数えた額",     "expected": "帳簿の額", "difference": "過不足", "explanation": "説明", "vouchers": "引換券",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {
    **{f"relief vouchers {name}": _ACT_HEADS for name in ("assign", "recall", "give-up", "freeze", "void", "adopt")},
    "relief vouchers list": _VOUCHER_HEADS,
    "relief uncollected": _VOUCHER_HEADS,
    "relief vouchers sites": {"device": "端末", "site": "拠点", "sites": "割当", "state": "状態", "count": "枚数", "total": "合計"},
    "relief vouchers print": {"file": "ファイル", "printed": "印刷した枚数", "pages": "ページ", "left_out": "印刷できなかったもの"},
    **{f"relief {name}": _RECEIPT_HEADS for name in ("pay", "receipt", "refund ask", "refund confirm", "refund refuse", "refund list")},
    **{f"relief boxes {name}": _BOX_HEADS for name in ("list", "add", "shut", "open", "close", "in", "out", "needed")},
    "relief day-sheet": {
        **_RECEIPT_HEADS, "day": "日付", "payments": "支払の件数", "paid": "支払", "refunds": "返納の件数", "refunded": "返納", 
        "asked": "確認待ちの返納",
        "withheld": "表示しない件数", "outside": "金庫を通さないもの", "warnings": "注意",
        "boxes": "金庫", "clerks": "取り扱った人", "receipts": "受領書", "files": "ファイル",
        "start": "前日からの残高", "in": "受入",
        "out": "払出", "difference": "過不足", "end": "残高",
    },
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {
    **{f"relief {name}": {"state": "voucher.state"} for name in ("vouchers list", "vouchers sites", "uncollected")},
    **{
        f"relief {name}": {"kind": "receipt.kind", "state": "receipt.state", "identified": "receipt.identified"}
        for name in ("pay", "refund ask", "refund confirm", "refund refuse", "refund list", "day-sheet")
    },
    **{f"relief boxes {name}": {"kind": "cash_count.kind"} for name in ("open", "close", "in", "out")},
    "relief boxes list": {"state": "cash_box.state", "last": "cash_count.kind"},
    "relief boxes add": {"state": "cash_box.state"},
    "relief boxes shut": {"state": "cash_box.state"},
}
_LISTED = ("number", "state", "name", "amount", "site", "device", "address", "paid_at")
LISTS: Mapping[str, Sequence[str]] = {
    "relief vouchers list vouchers": _LISTED,
    "relief uncollected vouchers": _LISTED,
    "relief vouchers sites sites": ("site", "device", "state", "count", "total"),
    "relief refund list refunds": ("receipt", "state", "voucher", "name", "amount", "clerk", "second", "reason"),
    "relief boxes list boxes": ("name", "site", "state", "balance", "last", "last_at", "last_clerk"),
    "relief day-sheet boxes": ("box", "start", "in", "out", "paid", "refunded", "difference", "end"),
    "relief day-sheet clerks": ("clerk", "payments", "paid", "refunds", "refunded"),
    "relief day-sheet receipts": ("receipt", "kind", "name", "amount", "received_by", "clerk"),
    **{f"relief vouchers {name} refused": ("number", "message") for name in ("assign", "recall", "give-up", "freeze", "void", "adopt")},
}
YEN: frozenset[str] = frozenset(
    {"amount", "paid_total", "refunded_total", "balance", "last_total", "expected", "difference", "start", "end"}
)
_DONE = ("assigned", "recalled", "given_up", "frozen", "released", "void", "asked", "adopted")


def _tell_acts(answer: Mapping[str, Any]) -> str | None:
    """What was done with vouchers: numbers, sums, and only what was refused or waits."""
    word = next((one for one in _DONE if one in answer), "")
    if not word:
        return None
    lines = [f"{_ACT_HEADS[word]}引換券: {answer['count']:,}枚 {answer['total']:,}円"]
    lines += [f"  {number}" for number in answer[word]]
    if answer.get("site") and word == "assigned":
        lines.append(f"割当先: {answer['site']}（端末 {answer['device']}）")
    if answer["unchanged"]:
        lines.append(f"すでにそうだった引換券: {answer['unchanged']:,}枚")
    if word == "recalled" and answer["count"] > answer["waiting"]:
        lines.append(f"もう本部に戻った引換券: {answer['count'] - answer['waiting']:,}枚")
    if answer["waiting"]:
        lines.append(f"拠点のファイルを待つ引換券: {answer['waiting']:,}枚")
    return "\n".join([*lines, *(f"断った {one['number']}: {one['message']}" for one in answer["refused"])])


def _tell_day(answer: Mapping[str, Any]) -> str | None:
    """The day sheet: boxes, clerks, receipts."""
    from app.presentation.console import draw_table
    from app.presentation.labels import label
    from app.presentation.yen_words import yen

    lines = [f"{answer['day']} {answer['site']}（端末 {answer['device']}）"]
    lines.append(f"支払 {answer['payments']:,}件 {yen(answer['paid'])}　返納 {answer['refunds']:,}件 {yen(answer['refunded'])}")
    if answer["asked"]:
        lines.append(f"確認待ちの返納 {answer['asked']:,}件")
    boxes = [["金庫", "前日から", "受入", "払出", "支払", "返納", "過不足", "残高"]]
    keys = ("start", "in", "out", "paid", "refunded", "difference", "end")
    boxes += [[one["box"], *(yen(one[key]) for key in keys)] for one in answer["boxes"]]
    clerks = [["取扱", "支払", "返納"]]
    clerks += [
        [one["clerk"], f"{one['payments']:,}件 {yen(one['paid'])}", f"{one['refunds']:,}件 {yen(one['refunded'])}"]
        for one in answer["clerks"]
    ]
    told = [["受領書番号", "種類", "受取人", "金額", "受け取った人", "取扱"]]
    told += [
        [one["receipt"], label("receipt.kind", one["kind"]), one["name"], yen(one["amount"]), one["received_by"], one["clerk"]]
        for one in answer["receipts"]
    ]
    for cells in (boxes, clerks, told):
        lines += ["", *draw_table(cells)] if len(cells) > 1 else []
    outside = answer["outside"]
    if outside["payments"] or outside["refunds"]:
        lines.append(
            f"金庫を通さないもの：支払 {outside['payments']:,}件 {yen(outside['paid'])}　返納 {outside['refunds']:,}件 {yen(outside['refunded'])}"
        )
    lines += [f"注意：{one}" for one in answer["warnings"]]
    if answer["withheld"]:
        lines.append(f"表示しない受領書 {answer['withheld']:,}件（合計には入っています）")
    return "\n".join([*lines, *answer["files"]])


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "relief day-sheet": _tell_day,
    **{f"relief vouchers {name}": _tell_acts for name in ("assign", "recall", "give-up", "freeze", "void", "adopt")},
}
