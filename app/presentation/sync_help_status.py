"""The words of ``sync status``: help, headings, and the result told in its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.sync_help_packages import when

HELP: Mapping[str, str] = {
    "sync.status": "受け渡しの状態：この端末、拠点ごとの最後のパッケージ・データの時点・欠け・未確認・時計のずれ\n"
    "結果：here（device site kind enrolled list）、conflicts 決めていない競合、oldest 一番古い拠点（site until）、never まだ届いていない拠点、"
    "sites（site kind device state mine heard_at written_at data_until sent_at acknowledged_at unread waiting gaps clock_offset）、"
    "gaps（device site first last）、packages（id direction device site written_at handled_at since until records conflicts gaps bytes name state by）。",
    "sync.status.packages": "パッケージの履歴を何件まで出すか",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {
    "sync status": {
        "site": "拠点", "device": "端末", "state": "状態", "heard_at": "取り込んだ日時", "written_at": "書いた日時", "data_until": "データの時点",
        "sent_at": "渡した日時", "acknowledged_at": "受領の返事", "unread": "未確認", "waiting": "渡していない変更", "gaps": "欠け",
        "clock_offset": "時計のずれ（秒）", "conflicts": "競合", "first": "から", "last": "まで", "direction": "向き", "handled_at": "日時",
        "records": "記録", "name": "ファイル",
    },
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {"sync status": {"state": "device.state", "direction": "package.direction"}}
LISTS: Mapping[str, Sequence[str]] = {}
_TABLES: Mapping[str, Sequence[str]] = {
    "sites": ("site", "device", "state", "data_until", "heard_at", "sent_at", "acknowledged_at", "unread", "waiting", "gaps", "clock_offset"),
    "gaps": ("site", "device", "first", "last"),
    "packages": ("handled_at", "direction", "site", "device", "written_at", "records", "conflicts", "name"),
}


def _status(result: Mapping[str, Any]) -> str:
    here = result["here"]
    lines = [f"この端末：{here['site']}（端末 {here['device']}）{'' if here['enrolled'] else '　まだ登録されていません'}"]
    if result["oldest"]:
        lines.append(f"一番古い拠点：{result['oldest']['site']}（{when(result['oldest']['until'])} まで）")
    lines += [f"まだ届いていない拠点：{'、'.join(result['never'])}"] if result["never"] else []
    lines += [f"決めていない競合：{result['conflicts']:,}件"] if result["conflicts"] else []
    for key, columns in _TABLES.items():
        if result[key]:
            lines += ["", *_table(result[key], columns)]
    return "\n".join(lines)


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    from app.presentation.console import draw_table

    heads = HEADS["sync status"]
    return draw_table([[heads[column] for column in columns], *([_cell(column, row[column]) for column in columns] for row in rows)])


def _cell(column: str, value: Any) -> str:
    from app.presentation.labels import label

    if kind := CODES["sync status"].get(column):
        return label(kind, value)
    if column.endswith(("_at", "_until")):
        return when(value)
    return "―" if value is None else str(value)


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {"sync status": _status}
