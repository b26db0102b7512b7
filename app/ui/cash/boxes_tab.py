"""金庫: what should be in each box, what was counted, money brought and taken, the notes needed, the day sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QSplitter, QWidget

from app.domain.errors import SasaeError
from app.presentation.cash_values import pieces_text
from app.presentation.columns.cash import BOXES, COUNTS
from app.presentation.forms.cash import NEW_BOX
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.ui import faults, theme
from app.ui.cash.counting import CountDialog
from app.ui.cash.saving import paper_folder
from app.ui.surveys.asking import bind, open_form
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.opening import open_file
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, text
from app.usecases import cash_boxes
from app.usecases.cash_rows import BoxRow, Counted, CountRow, NeededCash
from app.usecases.protections import today

if TYPE_CHECKING:
    from app.ui.pages.cash import CashPage


class BoxesTab(Tab):
    """F6 counts at opening, F7 at closing, F9 makes the day sheet."""

    kinds = frozenset({"cash_box", "cash_count", "receipt", "voucher"})

    def __init__(self, page: CashPage) -> None:
        super().__init__(page)
        self.opens_papers = True
        self.table = Table(BOXES, name="金庫", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._read_counts())
        self.counts = Table(COUNTS, name="金庫の記録", preferences=self.shell.preferences, many=False)
        self.needed = text("", role="lead")
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.open_button = button("開始時に数える…（F6）", icon="check")
        self.close_button = button("終了時に数える…（F7）", role="primary", icon="check")
        self.in_button = button("現金を入れる…", icon="plus")
        self.out_button = button("現金を出す…", icon="minus")
        self.sheet_button = button("日計表…（F9）", icon="print")
        self.add_button = button("金庫を作る…", icon="plus")
        self.shut_button = button("使わない", icon="close")
        for made, act, keys in (
            (self.open_button, lambda: self.count("open"), "F6"), (self.close_button, lambda: self.count("close"), "F7"),
            (self.in_button, lambda: self.count("in"), ""), (self.out_button, lambda: self.count("out"), ""),
            (self.sheet_button, self.day_sheet, "F9"), (self.add_button, self.add, ""), (self.shut_button, self.shut, ""),
        ):  # fmt: skip
            bind(self, made, act, keys)
        self.empty = EmptyState(
            "金庫がまだありません",
            "手提げ金庫ごとに1つ作り、はじめに本部から受け取った現金を入れます。支払うたびに帳簿の残高が減り、開始と終了に数えて合わせます。",
            icon="cash", actions=[("金庫を作る…", "plus", self.add)],
        )  # fmt: skip
        self._lay_out()

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        listed = column(heading("金庫"), self.table, heading("これから支払う引換券に要る金種"), frame("well", self._well()), spacing=6)
        listed.setStretch(1, 1)
        listed.setContentsMargins(0, 0, 12, 0)
        left.setLayout(listed)
        told = column(heading("数えた記録・出し入れ"), self.counts, spacing=6, margins=(12, 0, 0, 0))
        told.setStretch(1, 1)
        right.setLayout(told)
        self.both = QSplitter()
        for part in (left, right):
            self.both.addWidget(part)
        self.both.setSizes([470, 640])
        self.both.setChildrenCollapsible(False)
        self.acts = flow(
            self.open_button, self.close_button, self.in_button, self.out_button, self.sheet_button, self.add_button, self.shut_button
        )
        whole = column(self.banner, self.both, self.empty, self.acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()

    def _well(self) -> Any:
        self.needed.setMinimumHeight(theme.current().px(40))
        return column(self.needed, margins=(14, 8, 14, 8))

    # -- reading

    def refresh(self) -> None:
        """Boxes, notes needed, records."""
        ctx = self.context
        found = self.runner.read(lambda: (cash_boxes.list_boxes(ctx), cash_boxes.needed_cash(ctx)), parent=self, latest="cash.boxes")
        found.success(lambda both: self.show_boxes(*both)).start()

    def show_boxes(self, boxes: Sequence[BoxRow], needed: NeededCash) -> None:
        """These."""
        self.table.show_rows(boxes, key=lambda one: one.box.id)
        if needed.vouchers:
            self.needed.setText(f"{needed.vouchers:,}枚　合計 {yen(needed.total)}\n{pieces_text(needed.pieces)}")
        else:
            self.needed.setText("この端末で支払う引換券はありません。")
        self.both.setVisible(bool(boxes))
        self.empty.setVisible(not boxes)
        self.acts.setVisible(bool(boxes))
        if boxes and self.table.current_id() is None:
            self.table.make_current(0)
        self._read_counts()

    @property
    def current(self) -> BoxRow | None:
        """The box at hand."""
        found: BoxRow | None = self.table.current_row()
        return found

    def _read_counts(self) -> None:
        one = self.current
        mine = one is not None and one.box.site_id == self.context.place.site_id and one.box.state == "open"
        for made in (self.open_button, self.close_button, self.in_button, self.out_button, self.shut_button):
            made.setEnabled(mine)
        if one is None:
            return
        ctx, box_id = self.context, one.box.id
        found = self.runner.read(lambda: cash_boxes.list_counts(ctx, box_id=box_id), parent=self, latest="cash.counts")
        found.success(self._show_counts).start()

    def _show_counts(self, rows: Sequence[CountRow]) -> None:
        self.counts.show_rows(rows, key=lambda one: one.id)

    def take_focus(self) -> None:
        """On the boxes, or where work begins without one."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    # -- acting

    def count(self, kind: str) -> CountDialog | None:
        """Count, or write down money brought or taken."""
        one = self.current
        if one is None:
            return None
        dialog = CountDialog(self, self.shell, box=one, kind=kind)
        dialog.counted.connect(self._counted)
        dialog.open()
        return dialog

    def _counted(self, done: Counted) -> None:
        words = f"{done.row.box_name}：{yen(done.row.total)}を記録しました。残高 {yen(done.balance)}"
        if done.row.difference:
            words += f"　過不足 {yen(done.row.difference)}（{done.row.explanation}）"
        self.banner.show_message(words, tone="warn" if done.row.difference else "good")
        self.refresh()

    def add(self) -> FormDialog:
        """A new box."""
        ctx = self.context
        return open_form(
            self, self.shell, NEW_BOX, lambda given: cash_boxes.save_box(ctx, name=given["name"]), then=lambda _: self.refresh()
        )

    def shut(self) -> None:
        """An empty box that is not used any more."""
        one = self.current
        if one is None or not ask(
            self, f"金庫「{one.box.name}」を使わないことにしますか？", "記録は残ります。", yes="使わない", no="やめる"
        ):
            return
        ctx, box = self.context, one.box
        work = self.runner.write(
            lambda _: cash_boxes.save_box(ctx, name=box.name, box_id=box.id, closed=True), parent=self, label="window.saving"
        )
        work.success(lambda _: self.refresh()).failure(self._failed).start()

    def day_sheet(self) -> None:
        """Today's day sheet on paper."""
        ctx, folder, day = self.context, self.shell.folder, today(self.context).isoformat()
        out = paper_folder(self.shell) / f"day-sheet-{ctx.place.device_prefix}-{day}.pdf"

        def write(job: Any) -> Path:
            from app.interchange.exporting.cash import print_day_sheet

            return print_day_sheet(ctx, day=day, out=out, folder=folder, job=job).path

        self.runner.write(write, parent=self, label="print.drawing").success(self._printed).failure(self._failed).start()

    def _printed(self, path: Path) -> None:
        self.banner.show_message(f"日計表を保存しました：{path}", tone="good")
        if self.opens_papers:
            open_file(path)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
