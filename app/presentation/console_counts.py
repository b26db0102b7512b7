"""The words of the command line for damage counts, daily progress and papers for survey teams."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from unicodedata import east_asian_width

from app.domain.damage_counts import Forecast
from app.domain.dates import format_instant
from app.presentation.columns.damage import forecast_text

COUNTS_HELP: Mapping[str, str] = {
    "surveys.counts": "被害の集計（消防庁 第4号様式その2の項目と、地区別・被害の程度別の棟・世帯・人）\n"
    "結果：at 時点、number 報告番号、report 様式の項目（key group item unit confirmed 確定・unconfirmed 未確認・whole 計。決まっていない数は null）、"
    "total と districts（grades・categories は status confirmed・unconfirmed ごとの buildings households people、other 非住家）、"
    "suffering り災世帯とり災者、casualties 避難者名簿の死者・負傷者、typed 入れた数、unjudged 判定がまだの住家、unknown_people 世帯員不明の世帯。\n"
    "--out のときは files pages number problems。",
    "surveys.counts_at": "何日何時の時点（そのとき分かっていた調査で数えます）",
    "surveys.counts_out": "ファイルに書く（.pdf .xlsx .csv .json。CSV と XLSX は地区別の表がもう1つできます）",
    "surveys.counts_set": "報告の数を入れてから数える（number 報告番号、dead 死者、dead_related 関連死、missing 行方不明、serious 重傷、light 軽傷、"
    "public_buildings other_buildings 非住家、schools hospitals roads bridges。= のあとを空けると取り消し）",
    "surveys.daily": "日ごとの申請・調査・判定・交付と、待っている日数、終わる見込み\n"
    "結果：days（day applied surveyed judged issued open 受付中）、waiting（open median_open longest_open median_served 日数）、surveys・certificates"
    "（remaining 残り、today 今日の数、pace 1日平均、days その日数、finish 終わる見込みの日、at_todays_pace 今日のペースなら）。",
    "surveys.sheets": "調査票を PDF に印刷する（QR・所在地・判定の表つき。NUMBER は調査番号）\n"
    "NUMBER、--team と --day（予定）、--district（未調査の建物）のどれか。--nup 2 で1枚に2棟、--kind 1次・2次・再調査、--hazard 災害の種類。\n"
    "結果：file sheets pages problems（印刷できなかったものがあれば終了コード1）。",
    "surveys.sheets_blank": "一覧にない建物のための、番号のない調査票の枚数",
    "surveys.team-list": "班の1日の予定表を PDF に印刷する\n結果：file buildings pages problems。",
}

_DAILY = (("day", "日"), ("applied", "申請"), ("surveyed", "調査"), ("judged", "判定"), ("issued", "交付"), ("open", "受付中"))
_REPORT = (("group", "区分"), ("item", "被害"), ("unit", "単位"), ("confirmed", "確定"), ("unconfirmed", "未確認"), ("whole", "計"))


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[tuple[str, str]]) -> list[str]:
    cells = [[word for _, word in columns], *([_cell(row[name]) for name, _ in columns] for row in rows)]
    widths = [max(_width(line[place]) for line in cells) for place in range(len(columns))]
    return ["  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _cell(value: Any) -> str:
    return "―" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _counted(result: Mapping[str, Any]) -> str:
    number = f"第{result['number']}報" if result["number"] else ""
    if "report" not in result:
        written = [*result["files"], f"{result['pages']:,}ページ" if result["pages"] else ""]
        return "\n".join(filter(None, (number, *written, *result["problems"])))
    head = f"{format_instant(datetime.fromisoformat(result['at']))} 現在　{number}".rstrip("　")
    left = [f"判定がまだの住家 {result['unjudged']:,} 棟は入っていません。"] if result["unjudged"] else []
    return "\n".join([head, *_table(result["report"], _REPORT), *left])


def _days_told(result: Mapping[str, Any]) -> str | None:
    return "\n".join(
        [
            *_table(result["days"], _DAILY),
            forecast_text("調査", _forecast(result["surveys"]), unit="棟"),
            forecast_text("証明書の交付", _forecast(result["certificates"])),
        ]
    )


def _forecast(told: Mapping[str, Any]) -> Forecast:
    ends = {name: date.fromisoformat(told[name]) if told[name] else None for name in ("finish", "at_todays_pace")}
    return Forecast(remaining=told["remaining"], today=told["today"], pace=told["pace"], days=told["days"], **ends)


COUNTS_TEXTS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str | None]] = {
    ("surveys", "counts"): _counted,
    ("surveys", "daily"): _days_told,
}
