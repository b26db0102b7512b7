"""The board: each device, until when its data is here, how old that is, gaps, packages without receipt, its clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from app.presentation.columns.exchange import board_columns, clock_words, say_freshness, say_sites
from app.ui.sites.detail import SiteDetail
from app.ui.surveys.asking import open_export
from app.ui.tabbed import Tab, TabbedPage
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.stat import StatTile
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases.exchange_rows import GapNote, SiteStatus
from app.usecases.site_board import CLOCK_WRONG, Freshness, freshness, site_board

_REFRESH_MS = 60_000
_EMPTY_HQ = "「端末の登録」で自治体の鍵を作り、避難所や窓口の端末を登録すると、どの拠点の、いつまでの記録が届いているかがここに並びます。"
_EMPTY_SITE = "この端末が本部に登録されると、ほかの拠点の記録がいつまで届いているかがここに並びます。「端末の登録」から始めてください。"


class BoardTab(Tab):
    """Ctrl+E writes the board out; Enter opens what is known of a site."""

    kinds = frozenset({"package", "setting", "site", "device"})

    def __init__(self, page: TabbedPage) -> None:
        super().__init__(page)
        self.board: Sequence[SiteStatus] = ()
        self.line = text("", role="section")
        self.tiles = {
            "sites": StatTile("拠点", icon="home", unit="か所"),
            "silent": StatTile("便りのない拠点", icon="clock", unit="か所"),
            "unread": StatTile("受領待ち", icon="package", unit="件"),
            "gaps": StatTile("欠け", icon="warning", unit="か所"),
            "clock": StatTile("時計のずれ", icon="clock", unit="台"),
        }
        self.table = Table(
            board_columns(self.context.now()), name="拠点の一覧", runner=self.runner, preferences=self.shell.preferences, many=False
        )
        self.table.chosen.connect(lambda _: self._show_detail())
        self.detail = SiteDetail()
        self.detail.carry.connect(self._carry)
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        self.export_button.clicked.connect(self.export)
        QShortcut(QKeySequence("Ctrl+E"), self, lambda: self.export_button.isEnabled() and self.export())
        hq = self.context.place.site_kind == "hq"
        self.empty = EmptyState(
            "登録された拠点がありません", _EMPTY_HQ if hq else _EMPTY_SITE, icon="home",
            actions=[("端末を登録する", "key", lambda: self.page.open_tab("devices"))],
        )  # fmt: skip
        head = row(self.line, self.export_button, spacing=12)
        head.setStretch(0, 1)
        self.whole = column(
            head, row(*self.tiles.values(), spacing=12), self.table, self.detail, self.empty, spacing=10,
            margins=(0, 8, 0, 0),
        )  # fmt: skip
        self.whole.setStretch(2, 1)
        self.whole.setStretch(4, 1)
        self.setLayout(self.whole)
        self.empty.hide()
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(lambda: self.isVisible() and self.refresh())
        self._timer.start()

    def refresh(self) -> None:
        """Read the board."""
        ctx = self.context
        read = self.runner.read(
            lambda: (site_board(ctx), freshness(ctx), ctx.reads.exchange.gaps() if ctx.actor.may("exchange") else []),
            parent=self,
            latest="sites.board",
        )
        read.success(lambda three: self.show_board(*three)).start()

    def show_board(self, board: Sequence[SiteStatus], fresh: Freshness | None, gaps: Sequence[GapNote] = ()) -> None:
        """Show what was read; ages are counted now."""
        self.board, now = board, self.context.now()
        self.detail.gaps = gaps
        others = [one for one in board if one.state in ("active", "paper") and not one.mine]
        self.line.setText(say_freshness(fresh) or f"{self.context.place.site_name}が知る内容")
        self.table.rows.column_set = board_columns(now)
        self.table.set_view("standard")
        self.table.show_rows(board, key=lambda one: one.device)
        for part in (self.table, self.detail, self.line, self.export_button, *self.tiles.values()):
            part.setVisible(bool(board))
        self.empty.setVisible(not board)
        self.export_button.setEnabled(bool(board) and (self.may("export") or self.may("print")))
        self._show_tiles(others, fresh)
        if board and self.table.current_id() is None:
            self.table.make_current(0)
        self._show_detail()

    def _show_tiles(self, others: Sequence[SiteStatus], fresh: Freshness | None) -> None:
        silent = (*(fresh.never if fresh else ()), *(fresh.silent if fresh else ()))
        wrong = [one for one in others if abs(one.clock_offset or 0) >= CLOCK_WRONG.total_seconds()]
        unread, gaps = sum(one.unread for one in others), sum(one.gaps for one in others)
        self.tiles["sites"].show_number(
            len({one.site_id for one in others}), note=f"端末 {sum(one.state == 'active' for one in others):,}台"
        )
        self.tiles["silent"].show_number(
            len(silent), note=say_sites(silent) if silent else "すべて12時間以内", tone="warn" if silent else "good"
        )
        self.tiles["unread"].show_number(
            unread, note="受領の返事を待っています" if unread else "すべて届きました", tone="warn" if unread else "good"
        )
        self.tiles["gaps"].show_number(gaps, note="次の受け渡しで届きます" if gaps else "ありません", tone="warn" if gaps else "good")
        said = "、".join(f"{one.site} {clock_words(one.clock_offset)}" for one in wrong[:2])
        self.tiles["clock"].show_number(len(wrong), note=said or "合っています", tone="warn" if wrong else "good")

    def _show_detail(self) -> None:
        current: SiteStatus | None = self.table.current_row()
        self.detail.show_status(current, self.context.now())
        self.detail.setVisible(current is not None)

    def _carry(self) -> None:
        current: SiteStatus | None = self.table.current_row()
        if current is not None:
            self.shell.go("exchange", act="carry", site_id=current.site_id)

    def arrive(self, **arguments: Any) -> None:
        """``site_id`` comes into sight."""
        found = next((one.device for one in self.board if one.site_id == arguments.get("site_id")), None)
        if found is not None:
            self.table.select_id(found)

    def take_focus(self) -> None:
        """On the list, or where work begins without one."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    def export(self) -> None:
        """The board as a file or on paper, with the line that says how fresh it is."""
        ctx = self.context
        open_export(
            self, self.shell, title="拠点の一覧", subtitle=self.line.text(), columns=board_columns(ctx.now()), view="standard", unit="台",
            people=lambda _: 0, rows=lambda: site_board(ctx),
        )  # fmt: skip
