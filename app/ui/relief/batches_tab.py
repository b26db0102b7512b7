"""支給決定簿: batches of payments from the draft to the result; who has to do what next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.payments import BATCH_STATES
from app.presentation.columns.batch import BATCHES
from app.presentation.labels import choices, short_label
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.relief.batches_acts import BatchActs
from app.ui.relief.batches_file import BatchFileDialog
from app.ui.relief.batches_limits import LimitsDialog
from app.ui.relief.batches_papers import ExemptionsDialog, RefusalsDialog
from app.ui.relief.home_dialog import HomeDialog, home_words
from app.ui.relief.programme_choice import Offered, ProgrammeChoice, read_offered, round_title
from app.ui.surveys.asking import bind, labelled, open_export, picker
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import batches
from app.usecases.batch_rows import BatchFilter, BatchRow
from app.usecases.money_home import HomeView, show_home

if TYPE_CHECKING:
    from app.ui.pages.relief import ReliefPage


class BatchesTab(Tab):
    """Enter opens a batch, F6 prepares one, P prints its sheet. ``arrive(batch_id=…)`` opens one, ``arrive(round_id=…, prepare=True)`` prepares."""

    kinds = frozenset({"payment_batch", "payment", "transfer_file", "programme", "relief_round", "money_home"})

    def __init__(self, page: ReliefPage) -> None:
        super().__init__(page)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.home = Banner()
        self.home.hide()
        self.acts = BatchActs(self, page.shell)
        self.acts.done.connect(self.refresh)
        self.acts.failed.connect(lambda words: self.banner.show_message(words, tone="bad"))
        self.acts.opened.connect(self.open_file)
        self.finder = SearchBox("番号・件名で探す", name="支給決定簿を探す")
        self.choice = ProgrammeChoice(self)
        self.choice.chosen.connect(self.list)
        self.state = picker(
            "状態", [("open", "終わっていないもの"), *((code, short_label("payment_batch.state", code)) for code in BATCH_STATES)]
        )
        self.way = picker("方法", choices("way"))
        for box in (self.state, self.way):
            box.activated.connect(lambda _: self.list())
            box.setMaximumWidth(theme.current().px(170))
        self.count = text("", role="section", wrap=False)
        self._arrived_round = ""
        self.table = Table(BATCHES, name="支給決定簿の一覧", runner=self.runner, preferences=self.shell.preferences)
        self.table.opened.connect(self.open_file)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.empty = EmptyState(
            "支給決定簿はまだありません",
            "「試算・計算」で支給の対象を計算し、受取人と口座の確認が済んだら、支援制度と回を選んで決定簿を作ります。作る・確認・承認は2人以上で行います。",
            icon="ledger", actions=[("支給決定簿を作る", "plus", self.prepare)],
        )  # fmt: skip
        self.nothing = EmptyState(
            "この条件に当てはまる支給決定簿はありません", "条件を消すか、番号を確かめてください。", icon="search",
            actions=[("条件を消す", "undo", self.reset)],
        )  # fmt: skip
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.open_button = button("開く（Enter）", role="primary", icon="list")
        self.prepare_button = button("決定簿を作る…（F6）", icon="plus", tip="選んだ支援制度と回で、払える人の支給決定簿を作る")
        self.sheet_button = button("支給決定書（P）", icon="print")
        self.limits_button = button("承認の限度額…", icon="lock")
        self.exemptions_button = button("減免…", icon="list", tip="減免の対象者の一覧と証明書")
        self.refusals_button = button("辞退…", icon="list", tip="辞退の一覧と辞退届")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.open_button, self.open_file, ""), (self.prepare_button, self.prepare, "F6"), (self.sheet_button, self.print_sheet, "P"),
            (self.limits_button, self.show_limits, ""), (self.exemptions_button, self.show_exemptions, ""),
            (self.refusals_button, self.show_refusals, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)

    def _lay_out(self) -> None:
        self.finder.typed.connect(lambda _: self.list())
        self.finder.down.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.top = QWidget()
        names = ("支援制度", "回", "状態", "方法")
        boxes = (self.choice.programme, self.choice.round, self.state, self.way)
        line = row(
            labelled("絞り込み", self.finder), *(labelled(name, box) for name, box in zip(names, boxes, strict=True)), self.count, spacing=8
        )
        line.setStretch(0, 1)
        line.setAlignment(self.count, Qt.AlignmentFlag.AlignBottom)
        self.count.setMinimumHeight(theme.current().px(34))
        self.top.setLayout(line)
        acts = QWidget()
        acts.setLayout(
            row(self.open_button, self.prepare_button, self.sheet_button, 1, self.exemptions_button, self.refusals_button, self.limits_button,
                self.export_button, spacing=6)
        )  # fmt: skip
        whole = column(self.top, self.home, self.banner, self.table, self.nothing, self.empty, acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (3, 4, 5):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.nothing.hide()
        self._enable()

    # -- reading

    @property
    def wanted(self) -> BatchFilter:
        """What is asked for."""
        state = self.state.currentData()
        return BatchFilter(
            text=self.finder.text().strip(), programme_id=self.choice.programme_id, round_id=self.choice.round_id,
            state="" if state == "open" else state, way=self.way.currentData(), open=state == "open",
        )  # fmt: skip

    def refresh(self) -> None:
        """Programmes, then the batches."""
        ctx = self.context
        self.runner.read(lambda: read_offered(ctx), parent=self, latest="batches.offered").success(self._show_offered).start()
        self.runner.read(lambda: batches.count_waiting(ctx), parent=self, latest="batches.waiting").success(self.badged.emit).start()
        self.runner.read(lambda: show_home(ctx), parent=self, latest="batches.home").success(self._show_home).start()
        self.list()

    def _show_home(self, found: HomeView) -> None:
        """Only where money cannot be made although this is headquarters: why, and the way out."""
        if found.headquarters and not found.here:
            action = "引継ぎを確認する…" if found.may_confirm else "本部の端末を引き継ぐ…"
            self.home.show_message(home_words(found), tone="warn", action=action, act=self.show_home)
        else:
            self.home.show_message("")

    def _show_offered(self, offered: Sequence[Offered]) -> None:
        self.choice.show(offered)
        if self._arrived_round:
            wanted, self._arrived_round = self._arrived_round, ""
            self.choice.choose("", wanted)
            self.list()
            self.prepare()
        self._enable()

    def list(self) -> None:
        """Ask for the batches that the conditions leave."""
        ctx, wanted = self.context, self.wanted
        found = self.runner.read(lambda: batches.list_batches(ctx, filter=wanted), parent=self, latest="batches.rows")
        found.success(lambda rows: self._show_rows(rows, wanted)).start()

    def _show_rows(self, rows: Sequence[BatchRow], wanted: BatchFilter) -> None:
        if wanted != self.wanted:
            return
        narrowed = wanted != BatchFilter()
        self.table.show_rows(rows)
        self.count.setText(f"{len(rows):,}件　{yen(sum(one.total for one in rows if one.state != 'cancelled'))}")
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows and narrowed)
        self.empty.setVisible(not rows and not narrowed)
        if rows and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    def reset(self) -> None:
        """No conditions."""
        self.finder.setText("")
        self.choice.choose("")
        for box in (self.state, self.way):
            box.setCurrentIndex(0)
        self.list()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("batch_id"):
            self.open_file(arguments["batch_id"])
        elif arguments.get("round_id") and arguments.get("prepare"):
            self._arrived_round = arguments["round_id"]
            if self.choice.offered:
                self._show_offered(self.choice.offered)
        elif arguments.get("round_id") or arguments.get("programme_id"):
            self.choice.choose(arguments.get("programme_id", ""), arguments.get("round_id", ""))
            self.list()

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first batch."""
        (self.empty.buttons[0] if self.empty.isVisibleTo(self) else self.finder).setFocus()

    @property
    def current(self) -> BatchRow | None:
        """The one at hand."""
        found: BatchRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        there = self.table.rows.rowCount() > 0 and self.current is not None
        makes = self.context.place.site_kind == "hq" and self.may("relief")
        self.open_button.setEnabled(there)
        self.sheet_button.setEnabled(there and self.may("print"))
        self.prepare_button.setEnabled(makes and bool(self.choice.offered))
        self.empty.buttons[0].setEnabled(self.prepare_button.isEnabled())
        self.limits_button.setEnabled(self.may("limits") or self.may("approve_money"))
        for made in (self.exemptions_button, self.refusals_button):
            made.setEnabled(self.may("claim") or self.may("ledger"))
        self.export_button.setEnabled(there and (self.may("export") or self.may("print")))

    # -- acting

    def open_file(self, batch_id: str = "") -> BatchFileDialog | None:
        """One batch whole."""
        wanted = batch_id or self.table.current_id()
        if not wanted:
            return None
        dialog = BatchFileDialog(self, self.shell, wanted)
        dialog.open()
        return dialog

    def prepare(self) -> object:
        """A batch of the round chosen; without one, ask to choose."""
        round_, found = self.choice.found_round(), self.choice.found()
        if round_ is None or found is None:
            self.banner.show_message(
                "どの支援制度のどの回の決定簿を作るか、上の「支援制度」と「回」で選んでから押してください。", tone="info"
            )
            self.choice.programme.setFocus()
            return None
        self.banner.show_message("")
        return self.acts.prepare(round_id=round_.id, lead=f"{found.programme.title} {round_title(round_)}")

    def print_sheet(self) -> None:
        """支給決定書 of the one at hand."""
        if self.current is not None:
            self.acts.print_sheet(self.current)

    def show_home(self) -> HomeDialog:
        """Which device makes money, and taking over."""
        dialog = HomeDialog(self, self.shell)
        dialog.changed.connect(self.refresh)
        dialog.open()
        return dialog

    def show_limits(self) -> LimitsDialog:
        """How much each role may approve."""
        dialog = LimitsDialog(self, self.shell)
        dialog.open()
        return dialog

    def show_exemptions(self) -> ExemptionsDialog:
        """減免."""
        dialog = ExemptionsDialog(self, self.shell)
        dialog.open()
        return dialog

    def show_refusals(self) -> RefusalsDialog:
        """辞退."""
        dialog = RefusalsDialog(self, self.shell)
        dialog.open()
        return dialog

    def export(self) -> None:
        """The list as it is narrowed now."""
        ctx, wanted = self.context, self.wanted
        open_export(
            self, self.shell, title="支給決定簿の一覧", subtitle="", columns=BATCHES, view="すべての項目",
            rows=lambda: batches.list_batches(ctx, filter=wanted), unit="件", people=lambda _: 0,
        )  # fmt: skip
