"""The words of ``sync conflicts`` and ``resolve``: help, headings, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.sync_help_packages import when

HELP: Mapping[str, str] = {
    "sync.conflicts": "競合の一覧：拠点どうしが、互いを知らずに違うことを書いた記録\n"
    "結果：count、conflicts（id kind record title person fields what 何が違うか explain 何を確かめるか、"
    "sides（side 側 values words before by site device at reason deleted operation）、shown 今の表示、found_at、owned 作った拠点だけが変えられるか）。"
    "--kind で記録の種類を絞ります。",
    "sync.conflicts.kind": "記録の種類（person stay household shelter など）",
    "sync.resolve": "競合を決める\n"
    "--take A・B など（その側を採る）、both（両方を残せるとき）、または値。項目が2つ以上なら --take 項目=値 をくり返します。"
    "決めたことは、次に持ち出したときにほかの端末に伝わります。結果：id kind record title taken 採ったもの、left 残りの件数。",
    "sync.resolve.take": "採る側の文字、both、または値（項目=値）",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {
    "sync conflicts": {"count": "件数", "conflicts": "競合"},
    "sync resolve": {"id": "番号", "kind": "種類", "record": "記録", "title": "誰・何", "taken": "採ったもの", "left": "残りの競合"},
}
CODES: Mapping[str, Mapping[str, str]] = {}
LISTS: Mapping[str, Sequence[str]] = {}


def _listed(result: Mapping[str, Any]) -> str:
    lines = [f"競合：{result['count']}件"]
    for one in result["conflicts"]:
        lines += ["", *_conflict(one)]
    return "\n".join(lines)


def _conflict(one: Mapping[str, Any]) -> list[str]:
    from app.presentation.labels import label

    lines = [f"{one['id']}　{label('record', one['kind'])}　{one['title']}　{one['what']}", f"  {one['explain']}"]
    for side in one["sides"]:
        values = "、".join(side["words"].values())
        reason = f"　{side['reason']}" if side["reason"] else ""
        lines.append(f"  {side['side']}　{values}　（{side['site']}　{side['by']}　{when(side['at'])}{reason}）")
    return lines


def _settled(result: Mapping[str, Any]) -> str:
    taken = {"both": "両方を残しました", "values": "新しい値を書きました"}.get(result["taken"], f"{result['taken']} を採りました")
    return f"{result['title']}：{taken}。残りの競合は {result['left']:,}件です。"


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {"sync conflicts": _listed, "sync resolve": _settled}
