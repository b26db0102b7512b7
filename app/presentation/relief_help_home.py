"""The words of ``relief home``: help, headings and the result told in its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

_RESULT = "結果：here この端末で支給できるか、device お金を扱う端末、since いつから、mine この端末、asked_by asked_at reason 確認を待つ引継ぎ。"
HELP: Mapping[str, str] = {
    "relief.home": "お金を扱う本部の端末（計算・決定・振込・引換券の割当は、1台だけが行います）",
    "relief.home.show": "どの端末がお金を扱っているかを見る\n" + _RESULT,
    "relief.home.ask": "この端末への引継ぎを求める（復元したデータなどで。前の端末がもう使えないときだけ）\n"
    "--reason に、前の端末を使わないことと、バックアップのあとに何を支払ったかをどう確かめたかを書きます。別の承認者が confirm で確認します。\n" + _RESULT,
    "relief.home.confirm": "引継ぎを確認する（求めた人とは別の、支給を承認できる人）\n"
    "前の端末が作った決定簿は出力済みとして扱い、引換券は relief vouchers adopt で凍結してから処理します。\n" + _RESULT,
    "relief.home.refuse": "引継ぎの求めを取りやめる\n" + _RESULT,
}
HEADS: Mapping[str, Mapping[str, str]] = {
    f"relief home {name}": {
        "here": "この端末で支給できる", "device": "お金を扱う端末", "since": "いつから", "mine": "この端末", "asked_by": "引継ぎを求めた人",
        "asked_at": "求めた日時", "reason": "理由",
    }
    for name in ("show", "ask", "confirm", "refuse")
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {}
LISTS: Mapping[str, Sequence[str]] = {}
YEN: frozenset[str] = frozenset()


def _shown(result: Mapping[str, Any]) -> str:
    from app.presentation.messages import show_value

    where = "この端末" if result["here"] else f"端末 {result['device']}（この端末は {result['mine']}）"
    since = f"　{show_value(datetime.fromisoformat(result['since']))}から" if result["since"] else ""
    lines = [f"お金を扱う本部の端末：{where}{since}"]
    if result["asked_by"]:
        lines.append(f"この端末への引継ぎを {result['asked_by']} さんが求めています（{result['reason']}）。別の承認者の確認を待っています。")
    return "\n".join(lines)


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {f"relief home {name}": _shown for name in ("show", "ask", "confirm", "refuse")}
