"""The words of ``sync export``, ``inspect`` and ``apply``: help, headings, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

_CARD = (
    "package パッケージの番号、from 書いた端末、site 拠点、site_kind、to あて先、receivers 開ける端末の数、municipality disaster training、"
    "written_at 書いた日時、since until どの期間の変更か、operations 変更の数、records 種類ごとの件数、residents 住民、pictures 写真、vouchers 引換券、"
    "whole 全部か、list 端末一覧の番号、warnings 注意"
)
HELP: Mapping[str, str] = {
    "sync.export": "持ち出す：相手にまだない変更を、相手だけが開けるファイルに書く\n"
    "--to 拠点の名前、端末の4文字、または hq（災害対策本部）。--out USBメモリーのフォルダか、ファイル名。"
    "書いたあと読み返して確かめます。--whole で全部、--no-pictures で写真なし。\n"
    f"結果：file bytes sha256 と、{_CARD}。",
    "sync.export.to": "渡す相手：拠点の名前、端末の4文字、hq（災害対策本部）",
    "sync.export.out": "書き出し先のフォルダかファイル",
    "sync.export.whole": "相手にあるはずのものも含めて全部",
    "sync.export.no_pictures": "写真を入れない",
    "sync.inspect": "取り込む前に中身を確かめる（何も変えません）\n"
    f"結果：file、{_CARD}、new 新しい変更、known すでにある変更、conflicts 競合しそうな記録、gaps 届いていない変更、already 取り込み済みか。",
    "sync.apply": "取り込む：パッケージを確かめ、バックアップを取ってから1回で取り込む\n"
    "何度取り込んでも、順番が違っても、途中が届いていなくても、最後は同じになります。違うことが書かれた記録は、人が決めるまで並べて残します"
    "（sync conflicts）。受領の返事は同じ場所に書くので、持って帰って相手に渡してください。"
    "FILE がフォルダのときは、この端末あてのものを古い順に全部取り込みます。\n"
    f"結果：file kind、{_CARD}、already、known、conflicts settled 競合の増減、gaps、branches 写しと分かった端末、refused 失効した端末の変更、"
    "settings 本部の設定、backup receipt。受領の返事なら file kind from site written_at acknowledged already。"
    "フォルダなら applied（それぞれの結果）と left（断ったもの。あれば 1 で終わります）。",
    "sync.apply.file": "パッケージか受領の返事。フォルダなら、この端末あてのものを古い順に全部",
    "sync.apply.no_receipt": "受領の返事を同じ場所に書かない",
}  # fmt: skip
_HEADS = {
    "file": "ファイル", "kind": "種類", "package": "パッケージ", "from": "書いた端末", "site": "拠点", "site_kind": "拠点の種類", "to": "あて先",
    "written_at": "書いた日時", "operations": "変更", "warnings": "注意", "bytes": "バイト数", "sha256": "SHA-256", "left_out": "入れなかった写真",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {f"sync {name}": _HEADS for name in ("export", "inspect", "apply")}
CODES: Mapping[str, Mapping[str, str]] = {}
LISTS: Mapping[str, Sequence[str]] = {}


def when(text: str | None) -> str:
    """A moment of a result as people read it."""
    from app.presentation.messages import show_value

    return str(show_value(datetime.fromisoformat(text))) if text else "―"


def _span(result: Mapping[str, Any]) -> str:
    return f"{when(result['since'])}から{when(result['until'])}まで" if result["since"] else "新しい変更なし"


def _contents(result: Mapping[str, Any]) -> str:
    """How many of what."""
    from app.presentation.labels import label

    parts = [f"{label('record', kind)} {count:,}件" for kind, count in result["records"].items()]
    others = (("residents", "住民", "人"), ("pictures", "写真", "枚"), ("vouchers", "引換券", "枚"))
    parts += [f"{word} {result[key]:,}{unit}" for key, word, unit in others if isinstance(result[key], int) and result[key]]
    return "、".join(parts) or "なし"


def _notes(result: Mapping[str, Any]) -> list[str]:
    lines = [f"注意：{one['message']}" for one in result.get("warnings", ())]
    return lines + [f"届いていない変更：{one['site'] or '―'}（端末 {one['device']}）の {one['first']}～{one['last']}" for one in result.get("gaps", ())]


def _written(result: Mapping[str, Any]) -> str:
    lines = [
        f"{result['to']} あてに {result['operations']:,}件の変更を書き、読み返して確かめました。取り外せます。",
        f"ファイル：{result['file']}（{result['bytes']:,}バイト）",
        f"期間：{_span(result)}",
        f"内容：{_contents(result)}",
    ]
    lines += [f"入れなかった写真：{result['left_out']:,}枚"] if result["left_out"] else []
    return "\n".join([*lines, *_notes(result)])


def _seen(result: Mapping[str, Any]) -> str:
    lines = [
        f"{result['site']}（端末 {result['from']}）が {when(result['written_at'])} に書いたもの",
        f"期間：{_span(result)}",
        f"内容：{_contents(result)}",
        f"新しい変更 {result['new']:,}件、すでにある変更 {result['known']:,}件、競合しそうな記録 {result['conflicts']:,}件",
    ]
    lines += ["このパッケージは取り込み済みです。"] if result["already"] else []
    return "\n".join([*lines, *_notes(result)])


def _taken(result: Mapping[str, Any]) -> str:
    if "applied" in result:
        parts = [_taken(one) for one in result["applied"]]
        parts += [f"断りました：{one['file']}\n  {one['message']}" for one in result["left"]]
        return "\n\n".join(parts) or "この端末あての、まだ取り込んでいないパッケージはありません。"
    if result["kind"] == "receipt":
        return f"{result['site']}（端末 {result['from']}）から、{len(result['acknowledged'])}個のパッケージの受領の返事を受け取りました。"
    if result["already"]:
        return f"{result['site']} のこのパッケージは取り込み済みです。何も変わりません。"
    lines = [
        f"{result['site']}（端末 {result['from']}）から {result['operations']:,}件の変更を取り込みました（すでにあったもの {result['known']:,}件）。",
        f"内容：{_contents(result)}",
    ]
    lines += [f"人が決める競合が {result['conflicts']:,}件増えました（sync conflicts）。"] if result["conflicts"] else []
    lines += [f"競合 {result['settled']:,}件が解けました。"] if result["settled"] else []
    lines += [f"同じデータの写しから分かれた端末：{'、'.join(result['branches'])}"] if result["branches"] else []
    lines += [f"失効した端末の変更 {result['refused']:,}件は取り込みませんでした。"] if result["refused"] else []
    lines += _vouchers(result["vouchers"])
    lines += [f"受領の返事：{result['receipt']}（相手に持ち帰ってください）"] if result["receipt"] else []
    return "\n".join([*lines, *_notes(result)])


def _vouchers(taken: Mapping[str, Any] | None) -> list[str]:
    if taken is None:
        return []
    words = {
        "new": "新しい引換券", "given_up": "本部へ返す", "void": "取消", "paid": "支払", "refunded": "返納", "home": "戻った引換券",
        "receipts": "新しい受領書",
    }  # fmt: skip
    parts = [f"{word} {taken[key]:,}" for key, word in words.items() if taken[key]]
    return (["引換券：" + "、".join(parts)] if parts else []) + [f"引換券 {one['number']}：{one['message']}" for one in taken["conflicts"]]


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {"sync export": _written, "sync inspect": _seen, "sync apply": _taken}
