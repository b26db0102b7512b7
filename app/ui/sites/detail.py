"""What is known of one device, in sentences, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from app.presentation.columns.exchange import age_words, clock_words
from app.presentation.columns.texts import moment_long
from app.presentation.labels import label
from app.ui.widgets.text import button, column, row, text
from app.usecases.exchange_rows import GapNote, SiteStatus
from app.usecases.site_board import CLOCK_WRONG, SILENT, known_until


class SiteDetail(QFrame):
    """``carry`` leads to writing a package."""

    carry = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.gaps: Sequence[GapNote] = ()
        self.title, self.words = text("", role="section"), text("")
        self.carry_button = button("この拠点へ持ち出す", icon="usb")
        self.carry_button.clicked.connect(self.carry)
        inside = row(column(self.title, self.words, spacing=4), self.carry_button, spacing=12, margins=(14, 10, 14, 10))
        inside.setStretch(0, 1)
        self.setLayout(inside)

    def show_status(self, status: SiteStatus | None, now: datetime) -> None:
        """Say it."""
        if status is None:
            return
        self.title.setText(f"{status.site}　{label('site.kind', status.kind)}{f'　端末 {status.letters}' if status.letters else ''}")
        self.words.setText("\n".join(status_lines(status, self.gaps, now)))
        self.carry_button.setVisible(not status.mine and status.state == "active")
        self.setAccessibleName(f"{self.title.text()} {self.words.text()}")


def status_lines(status: SiteStatus, gaps: Sequence[GapNote], now: datetime) -> list[str]:
    """What is known of a device, what is wrong, what to do."""
    if status.mine:
        return ["いま使っている端末です。"]
    if status.state == "paper":
        at = known_until(status)
        told = f"{moment_long(at)}の名簿です（{age_words(at, now)}）。" if at else ""
        return [
            f"支えの端末がない拠点です。紙やファイルの名簿から取り込みました。{told}",
            "新しい名簿が届いたら、この拠点の名前で取り込んでください。",
        ]
    if status.state != "active":
        return ["失効しました。この端末の、失効したあとの記録は取り込みません。"]
    until = known_until(status)
    if until is None:
        return ["まだ一度も記録が届いていません。USBメモリーで届けてもらってください。"]
    lines = [f"{moment_long(until)}までの記録が届いています（{age_words(until, now)}）。"]
    if now - until > SILENT:
        lines.append("半日以上、便りがありません。電話か巡回で様子を確かめてください。")
    if status.gaps:
        mine = [gap for gap in gaps if gap.letters == status.letters]
        said = "、".join(f"{gap.first:,}～{gap.last:,}番" for gap in mine[:3])
        lines.append(f"途中の記録が欠けています（{said or f'{status.gaps}か所'}）。次にこの端末から受け取ると埋まります。")
    if status.waiting:
        lines.append(f"この端末にまだ渡していない記録が、およそ {status.waiting:,}件あります。")
    if status.unread:
        lines.append(f"渡したパッケージ {status.unread:,}件の受領書が戻っていません。")
    if abs(status.clock_offset or 0) >= CLOCK_WRONG.total_seconds():
        lines.append(f"時計が{clock_words(status.clock_offset)}です。この端末の日時を直してもらってください。")
    return lines
