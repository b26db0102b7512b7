"""What is told of photos, in the window and on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.dates import JST
from app.presentation.labels import label

_SHOWN = 30


def matched_text(code: str) -> str:
    """How a photo came to its building."""
    return label("photo.matched", code) if code else "建物未定"


def imported_text(
    *, found: int, added: int, known: int, failed: int, matched: Mapping[str, int], buildings: int, dry_run: bool = False
) -> str:
    """The outcome of an import in one or two sentences."""
    done = "取り込めます" if dry_run else "取り込みました"
    told = f"{found:,}枚のうち {added:,}枚を{done}（建物 {buildings:,}棟）。"
    if matched:
        parts = [f"{matched_text(how)} {count:,}" for how, count in sorted(matched.items(), key=lambda item: (item[0] == "", -item[1]))]
        told += f"　内訳：{'・'.join(parts)}。"
    if known:
        told += f"　取り込み済み {known:,}枚。"
    if failed:
        told += f"　取り込めなかったもの {failed:,}枚。"
    return told


def others_text(others: Mapping[str, int]) -> str:
    """Files that are no photos, by their ending; "" for none."""
    if not others:
        return ""
    kinds = "、".join(f"{name or 'なし'} {count:,}" for name, count in sorted(others.items()))
    return f"写真でないファイル {sum(others.values()):,}件（{kinds}）は取り込みません。"


def time_text(taken_at: datetime | None, *, seconds: bool = False) -> str:
    """When a photo was taken, in Japan time; a dash when nobody knows."""
    if taken_at is None:
        return "時刻不明"
    local = taken_at.astimezone(JST)
    return f"{local.month}/{local.day} {local:%H:%M:%S}" if seconds else f"{local.month}/{local.day} {local:%H:%M}"


def photos_told(result: Mapping[str, Any]) -> str | None:
    """The answer of ``surveys photos`` as text."""
    if "found" in result:
        return "\n".join(filter(None, _imported(result)))
    if "batches" in result:
        return "\n".join(_listed(result))
    if "assigned" in result:
        return f"{len(result['assigned']):,}枚を建物 {result['building']} に付けました。"
    if "removed" in result:
        return f"{len(result['removed']):,}枚を外しました。"
    place = f"{result['photos']:,}枚を書き出しました: {result.get('file') or result.get('folder')}"
    return "\n".join([place, *result.get("warnings", []), *(f"画像がありません: {number}" for number in result["missing"])])


def _imported(result: Mapping[str, Any]) -> list[str]:
    matched = {"" if how == "none" else how: count for how, count in result["matched"].items()}
    told = imported_text(
        found=result["found"], added=result["added"], known=result["known"], failed=result["failed"], matched=matched,
        buildings=result["buildings"], dry_run=result["dry_run"],
    )  # fmt: skip
    issues: Sequence[Mapping[str, Any]] = result["issues"]
    more = result["issue_count"] - min(_SHOWN, len(issues))
    lines = [issue["message"] for issue in issues[:_SHOWN]]
    tail = f"ほか {more:,}件（--json で {len(issues):,}件まで）" if more > 0 else ""
    return [result["stopped"], told, others_text(result["others"]), *lines, tail]


def _listed(result: Mapping[str, Any]) -> list[str]:
    lines = [
        "  ".join(
            filter(None, (row["number"], row["building"] or "建物未定", time_text(_read(row["taken_at"])), row["file"], row["caption"]))
        )
        for row in result["photos"]
    ]
    batches = [
        f"取り込み「{one['batch']}」 {one['photos']:,}枚・建物 {one['buildings']:,}棟・建物未定 {one['unmatched']:,}枚"
        for one in result["batches"]
    ]
    return [*lines, f"（{result['count']:,}枚）", *batches]


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
