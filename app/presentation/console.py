"""The words of the command line: help, and results as text for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.presentation.console_damage import DAMAGE_HELP, DAMAGE_LISTS, DAMAGE_TEXTS
from app.presentation.console_heads import any_head, own_head, own_words
from app.presentation.console_relief import RELIEF_HELP, RELIEF_LISTS, RELIEF_TEXTS, is_yen
from app.presentation.console_sync import SYNC_HELP, SYNC_LISTS, SYNC_TEXTS
from app.presentation.labels import field_label, label

HELP: Mapping[str, str] = {
    "sasae": "支え（Sasae）被災者支援台帳。引数なしで画面を開きます。\n操作者は SASAE_OPERATOR、パスワードは SASAE_PASSWORD に入れます。",
    "data": "データのフォルダ（なければ SASAE_DATA、それもなければ利用者の既定のフォルダ）",
    "password_file": "パスワードを1行で書いたファイル",
    "json": "結果を1つの JSON で標準出力に出す",
    "purpose": "利用の記録に残す目的（なければ「業務」）",
    "init": "新しいデータを作る\n自治体コード・災害・拠点・最初の管理者を決めます。復旧キーを必ず控えてください。\n"
    "--database URL を付けると、PostgreSQL 15 以降のデータベースを何台ものデスクで使います。フォルダーに今のデータがあれば\n"
    "データベースへ移し、--municipality などを付ければ新しく作り、どちらでもなければ今あるデータにデスクとして加わります。\n"
    "--desk-role ROLE は、ふだんの仕事に要る権限だけをその役割に与えます。",
    "demo": "訓練用のデータを作る\n実在しない自治体と、ひと通りの記録が入ります。",
    "verify": "データを点検する\nファイル・変更記録・利用の記録が、書いたときのままかを確かめます。",
    "self-test": "この端末で動くかを確かめる",
    "backup": "バックアップを1つ書く",
    "restore": "バックアップから戻す\n空のフォルダに戻し、新しい端末として登録します。",
    "help": "使い方を見る",
    "operators": "操作者",
    "operators.add": "操作者を加える\n新しいパスワードは SASAE_NEW_PASSWORD に入れます。役割：閲覧 避難所 調査 窓口 会計 承認 管理 支援措置",
    "operators.list": "操作者の一覧",
    "operators.disable": "操作者を使えなくする",
    "residents": "住民データ",
    "residents.import": "住民データを取り込む（ある時点の写しとして残し、あとから変わりません）\n"
    "--diff で異動のファイルを加えるか、履歴番号のあるファイルを渡すと、--as-of の日に住民だった人を組み立てます"
    "（日単位。その日の死亡・消除は直前の住民として残します）。"
    "--known-at はいつまでに処理された届出を使うか（その日を含む。なければ今）。",
    "residents.snapshots": "取り込んだ住民データの一覧",
    "residents.compare": "2つの住民データを比べる\n増えた人・いなくなった人・変わった人。--out で CSV・XLSX・HTML・PDF に書き出します。",
    "residents.report": "住民データの取り込みで分かったことと、地区・年齢・性別の人数\n--list CODE でその件の人の一覧、--out で全部をファイルに書き出します。",
    "residents.export": "住民データを暗号化したファイルに書き出す（ほかの端末で読み込むため）\n"
    "--snapshot で住民データの番号（なければ使用中のもの）、--district で1つの地区だけ。"
    "合言葉は SASAE_FILE_PASSWORD に入れます。なければ、操作者のパスワードが合言葉になります。",
    "residents.load": "書き出した住民データを読み込む\n合言葉は SASAE_FILE_PASSWORD に入れます。なければ、操作者のパスワードで開きます。",
    "profile": "保存した取り込み方の名前（profiles list で一覧）",
    "force": "列が入れ替わっているように見えても、半分以上の行が取り込めなくても、そのまま取り込む",
    "fill_postal": "郵便番号がない人に、住所から1つに決まる郵便番号を入れる",
    "profiles": "取り込み方（列の対応・コードの意味・日付の書き方）",
    "profiles.list": "取り込み方の一覧",
    "profiles.save": "TOML ファイルの取り込み方を保存する（--name で名前）",
    "profiles.rename": "取り込み方の名前を変える",
    "profiles.delete": "取り込み方を消す",
    "profiles.export": "取り込み方を TOML ファイルに書き出す",
    "search": "人を探す\n氏名・カナ・生年月日・住所の一部・電話・整理番号・カード番号で探します。",
    "history": "記録の履歴を見る",
    "access-log": "誰が誰のデータを見たか・出したかを見る",
    "shelters": "避難所",
    "shelters.import": "避難所の一覧を取り込む（--open で同時に開設）",
    "shelters.list": "避難所の一覧（--at の時点）",
    "shelters.open": "避難所を開設する",
    "shelters.close": "避難所を閉鎖する",
    "headcounts": "避難者数の報告",
    "headcounts.import": "避難者数の一覧を取り込む\n公表用の一覧に載っていない避難所は、その時点で閉鎖とみなします（--partial で止め、--complete で必ず）。",
    "headcounts.trend": "避難者数の推移（--out で CSV・XLSX・HTML・PDF）",
    "evacuees": "避難者",
    "evacuees.import": "避難所の名簿ファイルを取り込む（--dry-run で確かめるだけ）\n"
    "端末のない拠点の名簿（紙から打ち込んだもの）は --site 拠点の名前 で、その拠点のものとして入れます。新しい拠点なら --make-site も付けます。",
    "evacuees.site": "だれの名簿か：端末のない拠点の名前（省くとこの端末の拠点）",
    "evacuees.make_site": "--site の拠点がなければ作る",
    "evacuees.check-in": "入所させる\n--resident 住民のID、--household 世帯番号か世帯のID、--person 住民データにいない人（JSON）",
    "evacuees.check-out": "退所させる（--destination 行き先、--to 移る避難所）",
    "evacuees.move": "移す（--to 移る避難所、--destination 行き先）",
    "evacuees.go-out": "外出・外泊を記録する",
    "evacuees.come-back": "戻りを記録する",
    "evacuees.undo": "直前の操作を取り消す（理由が要ります）",
    "evacuees.roster": "名簿（--at 何日何時時点、--known-at いつ分かっていた内容で）",
    "evacuees.cards": "避難者カードを印刷する\n--blank N で白紙のカード、--sheets N で手書き用の名簿用紙。",
    "evacuees.match": "名寄せ：避難者と住民データの突き合わせ\n--apply-sure で「確実」な組を結び付ける（取り消せます）、--out で結果を JSON のファイルに残す。",
    "evacuees.duplicates": "同じ人かもしれない記録",
    "evacuees.decide": "同じ人か別の人かを決める",
    "protections": "支援措置",
    "protections.list": "支援措置の一覧（期間の状態つき）\n期間が過ぎても自動では終わりません。見るには支援措置の役割が要ります。",
    "protections.add": "支援措置を登録する\n--resident 宛名番号か --person 避難者。--companion は併せて求める者で、くり返せます。",
    "protections.extend": "支援措置を延長する（終わりの日の1か月前から）",
    "protections.release": "支援措置を解除する（理由と、管理の役割も要ります）",
    "characters": "名前の文字（外字・異体字）",
    "characters.list": "住民データと避難者にある外字・異体字などの一覧（--out で CSV）\n字形がどのフォントにもない字が先に出ます。"
    "印刷の前に、フォント・画像・代替文字を決めてください。",
    "characters.register": "外字の代替文字や画像を登録する\nCODE は E000、U+E000、U+845B_E0100 など、またはその文字。画像は PNG か BMP。",
    "characters.remove": "登録した文字を取り消す",
    "characters.import": "外字の表（コード・代替文字・画像ファイル・説明）か、E000.png のようにコードを名前にした画像のフォルダを取り込む",
    "characters.fonts": "印刷に使うフォントの一覧\n--add で外字フォント（.ttf・.tte）をデータのフォルダに加え、--remove で外します。",
    "half_kana": "CSV のフリガナを半角カナで書く（書けない文字は一覧にする）",
    "substitutes": "字形のない文字を代替文字（縮退文字）で印刷し、下線を付ける",
    **DAMAGE_HELP,
    **RELIEF_HELP,
    **SYNC_HELP,
}

_HEADS: Mapping[str, str] = {
    "data": "データ", "database": "データベース", "moved": "移した行", "joined": "加わった", "desk_role": "デスクの役割",
    "device_id": "端末", "recovery_key": "復旧キー", "bytes": "バイト数", "sha256": "SHA-256", "read": "読んだ行", "created": "新規",
    "updated": "更新", "unchanged": "変更なし", "rejected": "エラー", "review": "要確認", "report": "取込結果", "imported": "取り込んだ人",
    "households": "世帯", "snapshot": "住民データ", "ok": "結果", "integrity": "ファイル", "journal_rows": "変更記録", "chain_ok": "つながり",
    "problems": "問題", "total": "件数", "persons": "避難者", "who": "登録（いる所・登録した拠点）",
    "stays": "入所", "warnings": "注意", "name": "名称", "kana": "カナ", "birth": "生年月日",
    "address": "住所", "status": "状態", "kind": "種別", "open": "開設", "capacity": "収容", "declared": "報告", "rostered": "名簿", "at": "日時",
    "shelters_open": "開設数", "by": "操作者", "site": "拠点", "field": "項目", "old": "前", "new": "後", "reason": "理由", "action": "操作",
    "purpose": "目的", "target": "出力先", "roles": "役割", "disabled": "使用不可", "label": "名前", "as_of": "時点", "residents": "住民", "number": "整理番号",
    "shelter": "避難所", "detail": "内容", "score": "確からしさ", "file": "ファイル", "rows": "行", "withheld": "支援措置で除いた人", "pages": "ページ",
    "sex": "性別", "age": "年齢", "category": "区分", "room": "部屋", "from": "入所", "destination": "退所先", "numbers": "整理番号", "household": "世帯",
    "char": "文字", "code": "コード", "people": "人数", "font": "フォント", "substitute": "代替文字", "suggested": "候補", "settled": "印刷可",
    "unsettled": "未決定の文字", "role": "役割", "characters": "文字数", "gaiji": "外字", "installed": "あり", "left_out": "カードを作らなかった人",
    "note": "説明", "picture": "画像", "cards": "カード", "sheets": "枚数",
    "profiles": "取り込み方", "columns": "列", "own": "自治体のもの", "district": "地区", "added": "加えた人", "flagged": "支援措置のしるし",
    "message": "結果", "file_sha256": "ファイルの SHA-256", "shelters": "避難所", "unencodable": "表せない文字", "active": "使用中", "known_at": "把握時点",
    "state": "期間", "left": "残り日数", "resident_no": "宛名番号", "starts": "始まり", "ends": "終わり", "likely": "もしかすると",
    "appeared": "増えた人", "gone": "いなくなった人", "changed": "変わった人", "before": "前", "after": "後", "by_number": "宛名番号で照合",
    "differences": "違いのある人", "truncated": "一部だけ表示", "origin": "作り方", "sources": "ファイル", "findings": "確かめたこと",
    "census": "人数の内訳", "on": "時点", "male": "男", "female": "女",
    "sure": "確実", "unlinked": "結び付いていない避難者", "none": "候補なし", "linked": "結び付けた人", "cases": "候補のある避難者",
    "band": "区分", "resident": "住民",
    "rejected_rows": "却下行", "covers": "いつまで", "other": "その他・不明", "list": "一覧", "household_no": "世帯番号", "effective": "異動日",
    "processed": "処理日", "line": "行", "fields": "変わった項目", "districts": "地区別", "ages": "年齢別", "person": "避難者",
    "protections": "支援措置", "doubts": "支援措置の人かもしれない受付", "still": "まだ保護しているもの",
}  # fmt: skip
"""What most verbs call a key; ``console_heads`` has the words of those that mean something else."""
_LISTS: Mapping[str, Sequence[str]] = {
    "shelters": ("name", "kind", "open", "capacity", "declared", "rostered"),
    "points": ("at", "shelters_open", "declared", "rostered"),
    "hits": ("number", "name", "kana", "birth", "address", "status", "shelter", "id"),
    "changes": ("at", "by", "site", "field", "old", "new", "reason"),
    "entries": ("at", "by", "action", "purpose", "persons", "target"),
    "operators": ("name", "roles", "disabled"),
    "profiles": ("name", "own", "columns", "note"),
    "snapshots": ("label", "as_of", "residents", "households", "active", "id"),
    "groups": ("score", "reason", "who", "numbers"),
    "cases": ("band", "score", "person", "resident"),
    "characters": ("char", "code", "people", "font", "substitute", "suggested", "settled"),
    "fonts": ("name", "role", "characters", "gaiji", "installed"),
    "checks": ("ok", "name", "detail"),
    "sources": ("name", "role", "rows", "covers"),
    "list": ("resident_no", "household_no", "name", "effective", "processed", "reason", "file", "line", "message"),
    "differences": ("kind", "resident_no", "household", "name", "birth", "address", "fields"),
    "districts": ("district", "total", "male", "female", "other"),
    "ages": ("from", "total", "male", "female", "other"),
    "protections": ("state", "left", "role", "name", "kana", "resident_no", "number", "starts", "ends", "id"),
    "doubts": ("number", "name", "birth", "likely"),
    "rows": ("number", "name", "kana", "birth", "age", "sex", "shelter", "category", "room", "from", "destination"),
    **DAMAGE_LISTS,
    **RELIEF_LISTS,
    **SYNC_LISTS,
}
_USAGE: Sequence[tuple[str, str]] = (
    (r"the following arguments are required: (.+)", r"「\1」が足りません"),
    (r"unrecognized arguments: (.+)", r"「\1」という指定はありません"),
    (r"argument (\S+): invalid choice: '(.*)' \(choose from (.+)\)", r"\1 に「\2」は使えません（使えるもの：\3）"),
    (r"argument (\S+): expected (?:one|at least one) argument", r"\1 のあとに値が要ります"),
    (r"argument (\S+): invalid int value: '(.*)'", r"\1 の「\2」は数ではありません"),
    (r"one of the arguments (.+) is required", r"\1 のどれか1つが要ります"),
    (r"argument (\S+): not allowed with argument (.+)", r"\1 と \2 は一緒に使えません"),
    (r"argument (\S+): ignored explicit argument '(.*)'", r"\1 に値（\2）は付けられません"),
)
"""What argparse says about a wrong call, and the same in Japanese."""
_STATUS = {"none": "登録なし", "staying": "入所中", "left": "退所", "dead": "死亡"}
_TABLE_HEADS: Mapping[tuple[str, str], str] = {
    ("ages", "from"): "年齢", ("list", "file"): "ファイル", ("list", "message"): "内容", ("sources", "role"): "種類",
    ("protections", "role"): "区分",
}  # fmt: skip
"""Columns that are called otherwise in one table."""
_BANDS = {"sure": "確実", "review": "要確認", "none": "候補なし"}
_FONTS = {"text": "本文", "national": "国の文字", "names": "人名の字", "own": "自治体"}
_KINDS = {
    "state": "protection.state",
    "role": "protection.role",
    "kind": "shelter.kind",
    "sex": "person.sex",
    "category": "stay.category",
    "destination": "stay.destination",
}


def say_usage(text: str) -> str:
    """A complaint of argparse in Japanese; one that is not known stays."""
    for pattern, words in _USAGE:
        if found := re.fullmatch(pattern, text):
            return found.expand(words)
    return text


def format_error(text: str) -> str:
    """An error for a terminal."""
    return f"エラー：{text}"


def format_result(verb: str, action: str, result: Mapping[str, Any]) -> str:
    """A result as text: single values as lines, lists as tables."""
    where = (verb, action)
    if (tell := DAMAGE_TEXTS.get(where) or RELIEF_TEXTS.get(where) or SYNC_TEXTS.get(where)) and (told := tell(result)) is not None:
        return told
    lines: list[str] = []
    for key, value in result.items():
        if _columns(key, where) and isinstance(value, list) and (not value or isinstance(value[0], Mapping)):
            lines += _table(key, value, where)
        elif isinstance(value, list):
            lines += [f"{_head(key, where)}: {len(value)}", *(f"  {_entry(item, where)}" for item in value)]
        elif isinstance(value, Mapping):
            lines += _nested(key, value, where)
        elif value is not None:
            lines.append(f"{_head(key, where)}: {_cell(key, value, where)}")
    return "\n".join(lines)


def _columns(key: str, where: tuple[str, str]) -> Sequence[str]:
    """The columns of a list: as this verb shows it, else as most do; none when it is no table."""
    return _LISTS.get(f"{where[0]} {where[1]} {key}") or (_LISTS.get(key, ()) if where[0] not in ("relief", "sync") else ())


def _head(key: str, where: tuple[str, str]) -> str:
    """What this verb calls a key."""
    return own_head(*where, key) or _HEADS.get(key) or any_head(key)


def _nested(key: str, values: Mapping[str, Any], where: tuple[str, str]) -> list[str]:
    """An object inside a result: findings by their titles, other values by their headings, lists of lines in short."""
    from app.presentation.messages import has_message, message

    lines = [f"{_head(key, where)}:"]
    for name, value in values.items():
        if isinstance(value, list):
            lines += ["", f"  {_head(name, where)}", *(f"  {line}" for line in _table(name, value, where)[:-1])]
        else:
            title = message(f"{name}.title") if has_message(f"{name}.title") else _head(name, where)
            lines.append(f"  {title}: {value}")
    return lines


def _entry(item: Any, where: tuple[str, str]) -> str:
    if isinstance(item, Mapping):
        return str(item.get("message") or ", ".join(f"{_head(k, where)}={v}" for k, v in item.items()))
    return str(item)


def _table(key: str, rows: Sequence[Mapping[str, Any]], where: tuple[str, str]) -> list[str]:
    columns = _columns(key, where)
    cells = [[_TABLE_HEADS.get((key, column)) or _head(column, where) for column in columns]]
    cells += [[_table_cell(key, column, row.get(column), where) for column in columns] for row in rows]
    return draw_table(cells)


def draw_table(cells: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table whose first row are its headings, and how many rows it has."""
    widths = [max(_width(line[i]) for line in cells) for i in range(len(cells[0]))]
    drawn = ["  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return [*drawn, f"（{len(cells) - 1}件）"]


def _table_cell(key: str, column: str, value: Any, where: tuple[str, str]) -> str:
    """A cell whose words depend on the table it stands in."""
    from app.presentation.columns.snapshot import CHANGE_WORDS, ROLES, band_text

    if where[0] == "relief":
        return _cell(column, value, where)
    if key == "ages" and column == "from":
        return band_text(value)
    if key == "differences" and column == "kind":
        return CHANGE_WORDS.get(value, str(value))
    if key == "differences" and column == "fields":
        return "、".join(f"{field_label('resident', one['field'])}：{one['old'] or '空'} → {one['new'] or '空'}" for one in value)
    if key == "sources" and column == "role":
        return ROLES.get(value, str(value))
    if key == "protections" and column == "role":
        return label("protection.role", value)
    if key == "groups" and column == "reason":
        return label("duplicate.reason", value)
    if key == "list" and column == "line" and not value:
        return ""
    if column == "band":
        return _BANDS.get(value, str(value))
    return _cell(column, value, where)


def _cell(key: str, value: Any, where: tuple[str, str]) -> str:
    if value is None:
        return "―"
    if (own := own_words(*where, key, value)) is not None:
        return own
    if where[0] == "relief" and type(value) is int and is_yen(where[1], key):
        return f"{value:,}円"
    if isinstance(value, bool):
        if key in ("ok", "integrity", "chain_ok"):
            return "問題なし" if value else "問題あり"
        return "はい" if value else "いいえ"
    if isinstance(value, (list, tuple)):
        return "、".join(label("role", item) if key == "roles" else own_words(*where, key, item) or str(item) for item in value)
    if key == "origin":
        from app.presentation.columns.snapshot import ORIGINS

        return ORIGINS.get(value, str(value))
    if key == "status":
        return _STATUS.get(value, str(value))
    if key == "role":
        return _FONTS.get(value, str(value))
    if key in _KINDS and isinstance(value, str) and value and not (key == "kind" and where[0] == "search"):
        return label(_KINDS[key], value)
    return str(value)


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)
