"""Words of bank transfers: what comes next, names of a record's fields, kinds of changes to a name, and problems of a file as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.zengin_problems import Checked, Problem
from app.presentation.labels import label
from app.presentation.messages import message
from app.usecases.transfer_rows import AnswerProblem, KanaChange

CHANGES: Mapping[str, str] = {
    "width": "全角→半角", "hiragana": "ひらがな→カナ", "small": "小さいカナ→大きいカナ", "dash": "長音→-", "old": "ヲヰヱ→オイエ", "dot": "中点→.",
    "case": "小文字→大文字", "space": "空白を整理", "corporate": "法人の略語", "form": "書き方",
}  # fmt: skip
SHEET_ENDING = "_送付書"
"""What the name of the transmittal ends with, after that of the file."""
RECORDS: Mapping[str, str] = {"1": "ヘッダ", "2": "データ", "8": "トレーラ", "9": "エンド"}
NEWLINES: Mapping[str, str] = {"none": "改行なし", "crlf": "CRLF", "lf": "LF", "cr": "CR", "mixed": "混在"}
_FIELDS: Mapping[str, str] = {
    "record": "データ区分", "kind": "種別コード", "code": "コード区分", "consignor_code": "振込依頼人コード", "consignor": "振込依頼人名", "day": "振込指定日",
    "clearing": "手形交換所番号", "account_kind": "預金種目", "account_number": "口座番号", "name": "受取人名", "amount": "振込金額", "new_code": "新規コード",
    "customer_1": "顧客コード1", "customer_2": "顧客コード2", "customer": "顧客コード", "method": "振込指定区分", "edi_mark": "識別表示", "dummy": "ダミー",
    "count": "合計件数", "total": "合計金額", "mark": "識別表示",
}  # fmt: skip
_BANKS: Mapping[str, Mapping[str, str]] = {
    "1": {"bank": "仕向銀行番号", "bank_name": "仕向銀行名", "branch": "仕向支店番号", "branch_name": "仕向支店名"},
    "2": {"bank": "被仕向銀行番号", "bank_name": "被仕向銀行名", "branch": "被仕向支店番号", "branch_name": "被仕向支店名"},
}
PROFILE_FIELDS: Mapping[str, str] = {
    "id": "略号", "title": "名称", "note": "説明", "source": "出典", "sure": "確かさ", "line_end": "改行", "final_newline": "最後にも改行", "eof": "EOF（1A）",
    "code": "コード区分", "kind": "種別コード", "consignor_code": "振込依頼人コード（10けた）", "consignor_kana": "振込依頼人名（カナ）",
    "bank": "仕向銀行番号（4けた）",
    "bank_kana": "仕向銀行名（カナ）", "branch": "仕向支店番号（3けた）", "branch_kana": "仕向支店名（カナ）", "account_kind": "預金種目",
    "account_number": "口座番号（7けた）", "bank_names": "銀行名を書く", "branch_names": "支店名を書く", "clearing": "手形交換所番号", "new_code": "新規コード",
    "method": "振込指定区分", "customer": "支給番号の欄", "charset": "使える文字", "most": "1ファイルの件数", "ahead": "何日先まで指定できるか",
    "lead": "何営業日前までに渡すか", "file_name": "ファイル名", "result": "結果の位置と意味", "own": "自分の設定",
}  # fmt: skip
PROFILE_VALUES: Mapping[str, Mapping[str, str]] = {
    "line_end": {"crlf": "CRLF", "none": "改行なし"},
    "account_kind": {"1": "普通", "2": "当座", "9": "その他"},
    "clearing": {"0000": "0000", "    ": "空白"},
    "new_code": {"0": "0（その他）", "1": "1（第1回）", "2": "2（変更）"},
    "method": {"7": "7（電信）", "8": "8（文書）", " ": "空白"},
    "customer": {"numeric": "顧客コード1・2（数字）", "edi": "EDI情報（識別表示Y）"},
    "charset": {"common": "どの銀行でも使える文字", "comma": "コンマも使える", "standard": "標準（かぎかっこ・円記号も）"},
}


_SHORTENED = {"信金": "信用金庫", "信組": "信用組合", "労金": "労働金庫"}
_BANK_ENDINGS = ("銀行", "金庫", "組合", "バンク", "中金", "機構")
_BRANCH_ENDINGS = ("店", "部", "所", "センター", "室", "課")
_POST_BANK = "9900"


def bank_title(code: str, name: str) -> str:
    """A bank as a letter addresses it: the list of banks leaves 銀行 away and shortens 信用金庫. The code where no name is known."""
    if not name:
        return code
    for short, whole in _SHORTENED.items():
        if name.endswith(short):
            return name.removesuffix(short) + whole
    is_bank = (code < "1000" or code == _POST_BANK) and not name.endswith(_BANK_ENDINGS)
    return f"{name}銀行" if is_bank else name


def branch_title(bank: str, code: str, name: str) -> str:
    """A branch as a letter addresses it: the list of banks leaves 支店 away. The code where no name is known."""
    if not name:
        return code
    ending = "店" if bank == _POST_BANK else "支店"
    return name if name.endswith(_BRANCH_ENDINGS) else name + ending


def next_words(step: str) -> str:
    """What comes next with a batch, a file or an unpaid payment."""
    return label("transfer.next", step) if step else "完了"


def field_words(record: str, field: str) -> str:
    """The name of a field of a record, as the banks' handbooks call it."""
    return _BANKS.get(record, {}).get(field) or _FIELDS.get(field, field)


def problem_words(problem: Problem) -> str:
    """A problem of a file in words, without its place."""
    params = dict(problem.params)
    for key in ("first", "other"):
        if key in params and params[key] in NEWLINES:
            params[key] = NEWLINES[params[key]]
    for key in ("before", "missing"):
        if key in params:
            params[key] = params[key] or "（先頭）"
    return message(problem.code, **params)


def problem_sentence(problem: Problem) -> str:
    """A problem with its place: record, bytes, field."""
    where = [f"{problem.line}件目" if problem.line else "", RECORDS.get(problem.record, ""), f"{problem.byte}バイト目" if problem.byte else ""]
    where.append(field_words(problem.record, problem.field) if problem.field else "")
    place = " ".join(part for part in where if part)
    return f"{place}：{problem_words(problem)}" if place else problem_words(problem)


def checked_words(checked: Checked) -> str:
    """What a check comes to, in a sentence."""
    size = f"{checked.count:,}件 {checked.total:,}円（{NEWLINES[checked.newline]}{'・EOFあり' if checked.eof else ''}）"
    if checked.errors:
        return f"誤りが {checked.errors:,} 件あります。このままでは銀行に渡せません。{size}"
    if checked.warnings:
        return f"形式は正しいですが、確かめてほしいことが {checked.warnings:,} 件あります。{size}"
    return f"総合振込の形式どおりです。{size}"


def change_words(change: KanaChange) -> str:
    """Why a name was changed, each kind once, and what was cut."""
    told = list(dict.fromkeys(CHANGES.get(code, code) for code, _, _ in change.steps))
    return "、".join([*told, f"30バイトに入らない「{change.cut}」を切りました"] if change.cut else told)


def answer_words(problem: AnswerProblem) -> str:
    """An answer of a bank that was not taken, in words."""
    return message(problem.code, **problem.params)
