"""The words of ``relief …`` for the books and reports: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_SCOPE = "--program 支援制度 --round 回で絞り、--at DAY でその日の終わりの時点。"
_FILE = "--out FILE に CSV・XLSX・HTML・PDF で書き出します（--format がなければ拡張子による）。"
_SECOND = "--second にもう一人の操作者の名前（お金を受け取った人・立ち会った人）が要ります。"
_ENTRY = "結果：entry 仕訳の番号、day、postings 仕訳の行。間違えたら relief ledger reverse で取り消します（仕訳は書き換えられません）。"

HELP: Mapping[str, str] = {
    "relief.report": "支給の状況を集計する\n"
    f"--by round 回別・category 区分別・district 地区別・site 拠点別・day 日別。{_SCOPE}{_FILE}\n"
    "結果：by day program round、lines（code title と、due 対象 decided 決定 transit 振込中 paid 支給済み failed 不能 refused 辞退 uncollected 未受領 "
    "open 未決定、それぞれ count 件 amount 円）、total。支援措置の対象者は合計に入り、地区は「地区なし」に入ります。\n"
    "relief report prefecture --program P：概算・実績・返還の報告。--estimate 区分=数 で概算の世帯数を入れ、--from-dry-run で試算の数を入れます。\n"
    "結果：lines（category unit unit_amount estimated forecast typed due paid refused open）、received forecast paid under_way fees returned "
    "to_return 残り（返還または次の回に充当）。\n"
    "relief report household TEXT：1つの世帯が受け取ったものと、これからのもの（対象番号・氏名・フリガナ・住所で探す。何世帯もあれば families）。"
    "--out FILE.pdf でお知らせを印刷。結果：head address paid under_way open over lent repaid、lines（対象番号・制度・状態・支給の日）。\n"
    "--check：帳簿と支給・受領書の記録を突き合わせる。結果：ok、problems（code message）。合わなければ 1 で終わります。",
    "relief.report.check": "帳簿と支給の記録を突き合わせる",
    "relief.report.estimate": "概算の数を区分ごとに入れる（全壊=120。数を書かなければ取り消す。--round が要る）",
    "relief.report.from_dry_run": "試算の数を概算にする（--round が要る）",
    "relief.ledger": "帳簿（財源の受入・拠点への交付・返還・仕訳帳・試算表）",
    "relief.ledger.list": "仕訳帳を見る（新しい順）\n"
    f"--account 勘定、--kind 種類、--site 拠点、--batch 決定簿、--since DAY から --at DAY まで、--text 摘要。{_FILE}\n"
    "結果：entries 仕訳の数、postings（entry line day kind account debit 借方 credit 貸方 count 件 category district site_name batch_number memo by second "
    "reverses reversed_by）。",
    "relief.ledger.balance": f"試算表と、支援制度ごとの資金\n{_SCOPE}{_FILE}\n"
    "結果：accounts（account debit credit balance）、sum いつも 0、programs と total（received returned hq 本部の資金 sites 拠点の資金 decided transit "
    "gross refunded fee difference overpaid loans paid free 使える残り budget budget_left）。",
    "relief.ledger.budget": "財源（県の配分・寄付・一般財源）が入ったことを記帳する\n"
    f"PROGRAM 支援制度、YEN 金額、--round 回、--on 入った日、--memo 摘要。{_ENTRY}",
    "relief.ledger.return": f"残った財源を返したことを記帳する（返還・精算）\n{_SECOND}{_ENTRY}",
    "relief.ledger.allot": f"拠点へ現金を交付する\nSITE 拠点の名前。{_SECOND}{_ENTRY}",
    "relief.ledger.back": f"拠点から現金を戻し入れる\nSITE 拠点の名前。{_SECOND}{_ENTRY}",
    "relief.ledger.overpaid": f"過払いの返還を受けたことを記帳する\nNUMBER 対象番号。--site 拠点（現金で受けたとき。なければ本部）。{_SECOND}{_ENTRY}",
    "relief.ledger.fee": f"振込手数料を記帳する\n{_ENTRY}",
    "relief.ledger.reverse": f"人が記帳した仕訳を取り消す（逆の仕訳を作る）\nENTRY 仕訳の番号（終わりの6文字以上）。--reason 理由。{_SECOND}"
    f"支給に伴う仕訳は、支給・振込・現金窓口で取り消してください。{_ENTRY}",
    "relief.ledger.second": "立ち会った（受け取った）もう一人の操作者",
}  # fmt: skip
_LINE = {
    "code": "符号", "title": "", "due": "対象", "decided": "決定", "transit": "振込中", "paid": "支給済み", "failed": "不能", "refused": "辞退",
    "uncollected": "未受領", "open": "未決定",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {
    "relief report": {
        **_LINE, "by": "集計", "day": "時点", "program": "支援制度", "round": "回", "total": "合計", "lines": "内訳", "file": "ファイル", "rows": "行",
        "pages": "ページ", "families": "世帯", "name": "氏名", "kana": "フリガナ", "address": "住所", "number": "対象番号", "entitlements": "支給対象",
        "ok": "帳簿", "problems": "合わないところ", "message": "結果", "unencodable": "書けない文字",
    },
    "relief ledger list": {"entries": "仕訳の数", "postings": "仕訳"},
    "relief ledger balance": {"day": "時点", "accounts": "試算表", "sum": "残高の合計", "programs": "支援制度", "total": "全部"},
    **{
        f"relief ledger {name}": {"entry": "仕訳", "day": "日付", "postings": "仕訳の行"}
        for name in ("budget", "return", "allot", "back", "fee", "overpaid", "reverse")
    },
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {}
LISTS: Mapping[str, Sequence[str]] = {"relief report families": ("number", "name", "kana", "address", "entitlements")}
YEN: frozenset[str] = frozenset()


def _tell_report(answer: Mapping[str, Any]) -> str | None:
    if "to_return" in answer:
        return _tell_prefecture(answer)
    if "head" in answer:
        return _tell_household(answer)
    if "ok" in answer:
        return "\n".join([str(answer["message"]), *(f"  {one['message']}" for one in answer["problems"])])
    if "by" not in answer:
        return None
    from app.presentation.console import draw_table
    from app.presentation.labels import label

    names = {"site": _SITE, "day": _DAY}.get(str(answer["by"]), _PROGRESS)
    rows = [[heading for heading, _ in names]]
    for line in (*answer["lines"], {**answer["total"], "title": "合計", "day": "合計"}):
        told = {**line, "title": "本部（口座振込）"} if answer["by"] == "site" and not line["site_id"] and not line["total"] else line
        rows.append([_cell(told, key) for _, key in names])
    scope = " ".join(filter(None, (answer["program"], answer["round"])))
    return "\n".join([f"{label('report.by', answer['by'])} {scope} {_day(answer['day'])} 現在".replace("  ", " "), *draw_table(rows)[:-1]])


_PROGRESS = (
    ("", "title"), ("対象", "due.count"), ("対象額", "due.amount"), ("未決定額", "open.amount"), ("決定額", "decided.amount"),
    ("振込中額", "transit.amount"), ("支給済み", "paid.count"), ("支給済み額", "paid.amount"), ("不能", "failed.count"),
    ("未受領", "uncollected.count"), ("辞退", "refused.count"),
)  # fmt: skip
_SITE = (
    ("拠点", "title"), ("交付", "allotted"), ("戻入", "brought_back"), ("支給", "paid.count"), ("支給額", "paid.amount"), ("返納額", "refunded.amount"),
    ("過不足", "difference"), ("手元の残り", "balance"), ("未受領", "uncollected.count"),
)  # fmt: skip
_DAY = (
    ("日", "day"), ("受入", "received"), ("決定額", "decided.amount"), ("銀行へ", "sent.amount"), ("振込済み", "paid.count"), ("振込済み額", "paid.amount"),
    ("現金", "cash.count"), ("現金額", "cash.amount"), ("不能", "failed.count"), ("返納額", "refunded.amount"), ("累計", "paid_so_far"),
)  # fmt: skip


def _cell(line: Mapping[str, Any], key: str) -> str:
    name, _, part = key.partition(".")
    value = line.get(name)
    if part:
        value = value[part] if value else 0
    if name == "title":
        return str(value) if value else "（なし）"
    if name == "day":
        return _day(str(value))
    return f"{value:,}" if value else "0" if name in ("balance", "paid_so_far") else ""


def _day(text: str) -> str:
    from app.presentation.columns.snapshot import day_text

    return day_text(text)


def _tell_prefecture(answer: Mapping[str, Any]) -> str:
    from app.presentation.console import draw_table

    rows = [["回", "区分", "単価", "概算の数", "概算額", "実績", "実績額"]]
    for line in answer["lines"]:
        price = "いろいろ" if line["unit_amount"] is None else f"{line['unit_amount']:,}"
        estimated = f"{line['estimated']:,}{'' if line['typed'] else '（対象の数）'}"
        paid = line["paid"]
        rows.append(
            [line["round_title"], line["category"], price, estimated, f"{line['forecast']:,}", f"{paid['count']:,}", f"{paid['amount']:,}"]
        )
    sums = (
        f"受入 {answer['received']:,}円　概算 {answer['forecast']:,}円　実績 {answer['paid']['amount']:,}円　決定と振込中 {answer['under_way']:,}円",
        f"返還済み {answer['returned']:,}円　残り（返還または充当）{answer['to_return']:,}円　振込手数料 {answer['fees']:,}円",
    )
    return "\n".join(
        [f"{answer['program']} {answer['round']} {_day(answer['day'])} 現在".replace("  ", " "), *draw_table(rows)[:-1], *sums]
    )


def _tell_household(answer: Mapping[str, Any]) -> str:
    from app.presentation.console import draw_table
    from app.presentation.labels import label

    rows = [["対象番号", "支援制度・回", "対象", "区分", "支給額", "受け取った額", "手続き中", "これから", "状態"]]
    for line in answer["lines"]:
        amounts = [f"{line[name]:,}" for name in ("due", "paid", "under_way", "open")]
        who = f"{line['programme']} {line['round']}"
        rows.append([line["number"], who, line["name"], line["category"], *amounts, label("entitlement.progress", line["progress"])])
    head = f"{answer['head']} 世帯　{answer['address']}"
    sums = f"受け取った額 {answer['paid']:,}円　手続き中 {answer['under_way']:,}円　これから {answer['open']:,}円"
    return "\n".join([head, sums, *draw_table(rows)])


def _tell_postings(answer: Mapping[str, Any]) -> str | None:
    if "postings" not in answer:
        return None
    from app.presentation.console import draw_table
    from app.presentation.labels import label

    rows = [["日付", "仕訳", "種類", "勘定", "借方", "貸方", "件", "内訳", "決定簿", "摘要", "記帳した人", "立会い"]]
    for one in answer["postings"]:
        kind = label("posting.kind", one["kind"]) + ("（取消済み）" if one["reversed_by"] else "")
        where = " ".join(filter(None, (one["programme_title"], one["category"], one["district"], one["site_name"])))
        amounts = [f"{one[name]:,}" if one[name] else "" for name in ("debit", "credit", "count")]
        account = label("posting.account", one["account"])
        rows.append(
            [
                _day(one["day"]),
                one["entry"][-8:],
                kind,
                account,
                *amounts,
                where,
                one["batch_number"],
                one["memo"],
                one["by"],
                one["second"],
            ]
        )
    head = [] if "entries" in answer else [f"仕訳 {answer['entry'][-8:]} を記帳しました。"]
    return "\n".join([*head, *(draw_table(rows) if len(rows) > 1 else ["仕訳はありません。"])])


def _tell_balance(answer: Mapping[str, Any]) -> str | None:
    if "accounts" not in answer:
        return None
    from app.presentation.console import draw_table
    from app.presentation.labels import label

    rows = [["勘定", "借方", "貸方", "残高"]]
    rows += [
        [label("posting.account", one["account"]), *(f"{one[name]:,}" for name in ("debit", "credit", "balance"))]
        for one in answer["accounts"]
    ]
    rows.append(["合計", *(f"{sum(one[name] for one in answer['accounts']):,}" for name in ("debit", "credit", "balance"))])
    funds = [["支援制度", "受入", "決定・未払い", "振込中", "支給済み", "拠点にある", "使える残り", "予算の残り"]]
    for one in (*answer["programs"], {**answer["total"], "title": "合計"}):
        left = "" if one["budget_left"] is None else f"{one['budget_left']:,}"
        funds.append(
            [
                one["title"] or "（制度なし）",
                *(f"{one[name]:,}" for name in ("received", "decided", "transit", "paid", "sites", "free")),
                left,
            ]
        )
    return "\n".join([f"{_day(answer['day'])} 現在", *draw_table(rows)[:-1], "", *draw_table(funds)[:-1]])


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "relief report": _tell_report,
    "relief ledger list": _tell_postings,
    "relief ledger balance": _tell_balance,
    **{f"relief ledger {name}": _tell_postings for name in ("budget", "return", "allot", "back", "fee", "overpaid", "reverse")},
}
