"""What to offer, from what is in the computer: the right one of two buttons, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.syncing.package_rows import FoundPackage
from app.ui.exchange.sticks import Stick
from app.ui.exchange.words import is_new, is_refused, stick_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """``act`` is what is offered first. ``stick`` the one meant, None without any. ``waiting`` packages and ``receipts`` for this laptop on it."""

    act: Literal["none", "take", "carry"]
    title: str
    detail: str
    stick: Stick | None = None
    waiting: int = 0
    receipts: int = 0


_NONE = Offer(
    act="none", title="USBメモリーを差し込んでください",
    detail="差し込むと、取り込むものがあるか、持ち出すかを、この画面が知らせます。USBメモリーを使わないときは「ほかのフォルダー」から選べます。",
)  # fmt: skip


def make_offer(sticks: Sequence[Stick], found: Mapping[Path, Sequence[FoundPackage]]) -> Offer:
    """A stick with something for us goes before all; else the first that can be written to."""
    if not sticks:
        return _NONE
    for stick in sticks:
        new = [one for one in found.get(stick.path, ()) if is_new(one)]
        packages = sum(one.kind == "package" for one in new)
        if new:
            return _take(stick, [one for one in new if one.kind == "package"], len(new) - packages)
    writable = next((stick for stick in sticks if stick.writable), sticks[0])
    others = _rest(found.get(writable.path, ()))
    detail = f"{stick_words(writable.path, writable.free, writable.writable)}{others}"
    title = f"USBメモリー「{writable.name}」が入っています"
    return Offer(act="carry" if writable.writable else "none", title=title, detail=detail, stick=writable)


def _take(stick: Stick, packages: Sequence[FoundPackage], receipts: int) -> Offer:
    sites = "、".join(dict.fromkeys(one.site or one.sender for one in packages if one.site or one.sender))
    parts = (
        [f"この拠点あてのパッケージ {len(packages):,}件（{sites}）" if sites else f"この拠点あてのパッケージ {len(packages):,}件"]
        if packages
        else []
    )
    parts += [f"受領書 {receipts:,}件"] if receipts else []
    title = f"USBメモリー「{stick.name}」に、取り込むものがあります"
    return Offer(act="take", title=title, detail="、".join(parts), stick=stick, waiting=len(packages), receipts=receipts)


def _rest(found: Sequence[FoundPackage]) -> str:
    """What else lies on it."""
    mine = sum(one.mine for one in found)
    others = sum(one.for_us is False and not one.mine for one in found)
    done = sum(one.already for one in found)
    refused = sum(is_refused(one) for one in found)
    parts = [(refused, "取り込めないもの"), (mine, "この端末が書いたもの"), (others, "ほかの拠点あて"), (done, "取り込み済み")]
    said = "、".join(f"{name} {number:,}件" for number, name in parts if number)
    return f"　（{said}）" if said else ""
