"""収支の概要: what came in, what is paid, decided and left, by programme and day; entries that people make; the check of the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from app.presentation.columns.ledger import FUNDS
from app.presentation.messages import message
from app.ui import theme
from app.ui.ledger.entries import Entries
from app.ui.ledger.money_tile import MoneyTile
from app.ui.ledger.paid_chart import PaidChart, PaidPoint
from app.ui.ledger.shared import KINDS, Offers, read_offers
from app.ui.surveys.asking import bind
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, note, row
from app.usecases import ledger
from app.usecases.context import Context
from app.usecases.ledger_rows import BookProblem, DayLine, Funds
from app.usecases.relief_reports import make_report

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage

_READ = "グラフの上に置くか、←→ で1日ごとの額を読めます。"
_TOLD = 4


@dataclass(frozen=True, slots=True)
class Overview:
    """What the tab shows."""

    lines: Sequence[Funds]
    whole: Funds
    days: Sequence[DayLine]
    offers: Offers


def read_overview(ctx: Context) -> Overview:
    """Off the GUI thread."""
    lines, whole = ledger.read_funds(ctx)
    days = [line for line in make_report(ctx, by="day").lines if isinstance(line, DayLine)]
    return Overview(lines, whole, days, read_offers(ctx))


class OverviewTab(Tab):
    """F2 enters a budget, F6 cash for a site, F9 checks the books against payments."""

    kinds = KINDS | {"operator", "site"}

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self.entries = Entries(self, page.shell)
        self.tiles = {
            "received": MoneyTile("財源の受入", icon="import", unit="円"),
            "paid": MoneyTile("支給済み", icon="check", unit="円"),
            "way": MoneyTile("決定・振込中", icon="transfers", unit="円"),
            "free": MoneyTile("使える残り", icon="ledger", unit="円"),
        }
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.chart = PaidChart()
        self.chart.setMinimumSize(theme.current().px(300), theme.current().px(150))
        self.chart.setMaximumHeight(theme.current().px(230))
        self.chart.pointed.connect(self._point)
        self.reading = note(_READ)
        self.table = Table(FUNDS, name="支援制度ごとの資金", preferences=self.shell.preferences, many=False)
        self.table.horizontalHeader().setStretchLastSection(False)  # a number far from its neighbours is read as another line's
        self.table.opened.connect(lambda _: self._open_programme())
        self._make_buttons()
        self.empty = EmptyState(
            "まだお金の動きがありません",
            "県の配分や寄付が入ったら「財源の受入」で記帳します。支給の承認・振込・現金の支払いは、それぞれの画面から自動で帳簿に入ります。",
            icon="ledger", actions=[("財源の受入（F2）", "plus", self.entries.budget)],
        )  # fmt: skip
        self._lay_out()

    def _make_buttons(self) -> None:
        self.budget_button = button("財源の受入…（F2）", role="primary", icon="plus")
        self.allot_button = button("拠点へ交付…（F6）", icon="transfer-out")
        self.more_button = button("そのほかの記帳", icon="edit")
        self.check_button = button("帳簿を点検（F9）", icon="check", tip="帳簿と、支給・受領書の記録が合っているかを確かめます")
        bind(self, self.budget_button, self.entries.budget, "F2")
        bind(self, self.allot_button, self.entries.allot, "F6")
        bind(self, self.check_button, self.check, "F9")
        menu = QMenu(self.more_button)
        self.more = [
            menu.addAction("拠点から戻入…", self.entries.bring_back), menu.addAction("財源へ返還（精算）…", self.entries.give_back),
            menu.addAction("振込手数料…", self.entries.fee),
        ]  # fmt: skip
        self.more_button.setMenu(menu)
        self._acts = frame("plain", row(self.budget_button, self.allot_button, self.more_button, 1, self.check_button, spacing=8))

    def _lay_out(self) -> None:
        tiles = frame("plain", row(*self.tiles.values(), spacing=10))
        card = frame("card", column(self.chart, self.reading, spacing=4, margins=(8, 8, 8, 6)))
        card.layout().setStretch(0, 1)
        self.body = frame("plain", column(tiles, card, self.table, spacing=10))
        self.body.layout().setStretch(2, 1)
        whole = column(self.banner, self.body, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()

    def refresh(self) -> None:
        """Read the books again."""
        ctx = self.context
        self.runner.read(lambda: read_overview(ctx), parent=self, latest="ledger.overview").success(self.show_overview).start()

    def show_overview(self, found: Overview) -> None:
        """Show these."""
        whole = found.whole
        self.entries.offers = found.offers
        self.body.setVisible(bool(found.days))
        self.empty.setVisible(not found.days)
        self.tiles["received"].show_number(whole.received, note=f"返還 {whole.returned:,}円" if whole.returned else "")
        self.tiles["paid"].show_number(whole.paid, note=f"返納・組戻し {whole.refunded:,}円" if whole.refunded else "")
        self.tiles["way"].show_number(whole.decided + whole.transit, note=f"うち振込中 {whole.transit:,}円")
        words, bad = self._left_words(whole)
        self.tiles["free"].show_number(whole.free, note=words, tone="bad" if bad else "")
        self.chart.show_days(found.days)
        rows = [*found.lines, whole] if len(found.lines) > 1 else list(found.lines)
        self.table.show_rows(rows, key=lambda one: one.programme_id)
        self._enable()

    @staticmethod
    def _left_words(whole: Funds) -> tuple[str, bool]:
        """What to know about what is left, and whether it is bad news."""
        left = whole.budget_left
        if whole.free < 0:
            return "決定が手元の資金を超えています", True
        if left is not None and left < 0:
            return f"予算を {-left:,}円 超えています", True
        return (f"予算の残り {left:,}円" if left is not None else f"うち拠点に {whole.sites:,}円"), False

    def _enable(self) -> None:
        here = self.context.place.site_kind == "hq" and self.may("relief")
        for made in (self.budget_button, self.allot_button, self.more_button, *self.empty.buttons):
            made.setEnabled(here)
        if not here:
            self.budget_button.setToolTip("記帳は、本部の端末で、会計の権限がある人が行います。")

    def _point(self, point: PaidPoint | None) -> None:
        self.reading.setText(self.chart.say(point) if point else _READ)

    def _open_programme(self) -> None:
        """The reports of the chosen programme."""
        one = self.table.current_row()
        if one is not None and one.programme_id not in ("", "*"):
            self.page.open_tab("reports", programme_id=one.programme_id, by="round")

    def check(self) -> None:
        """Compare books, payments and receipts."""
        ctx = self.context
        self.runner.read(lambda: ledger.verify_books(ctx), parent=self, label="ledger.checking").success(self.show_check).start()

    def show_check(self, found: Sequence[BookProblem]) -> None:
        """What did not agree, or that everything does."""
        if not found:
            self.banner.show_message(message("ledger.check.good"), tone="good")
            return
        words = [message(one.code, **one.params) for one in found[:_TOLD]]
        more = f"ほか {len(found) - _TOLD:,} 件。" if len(found) > _TOLD else ""
        self.banner.show_message("\n".join([*words, more]).strip(), tone="bad")

    def take_focus(self) -> None:
        """On the programmes."""
        self.table.setFocus()
