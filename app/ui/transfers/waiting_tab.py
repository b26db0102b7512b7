"""振込の決定簿: batches from the approval to the statement, what comes next with each, and the files of the one at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSplitter, QWidget

from app.presentation.columns.transfer import FILES, WAITING, answered_text, week_day
from app.presentation.words_transfers import next_words
from app.presentation.yen_words import yen
from app.ui.surveys.asking import bind
from app.ui.tabbed import Tab
from app.ui.transfers.acts import TransferActs
from app.ui.transfers.write_dialog import WriteDialog
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import transfers
from app.usecases.transfer_rows import TransferFileRow, WaitingBatch

if TYPE_CHECKING:
    from app.ui.pages.transfers import TransfersPage


class WaitingTab(Tab):
    """F6 writes the file, F7 notes that it went to the bank, F8 takes results. ``arrive(batch_id=…)`` goes to one."""

    kinds = frozenset({"payment_batch", "payment", "transfer_file", "reconciliation"})

    def __init__(self, page: TransfersPage) -> None:
        super().__init__(page)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.acts = TransferActs(self, page.shell)
        self.acts.done.connect(self.refresh)
        self.acts.told.connect(lambda words, tone: self.banner.show_message(words, tone=tone))
        self._rows: Sequence[WaitingBatch] = ()
        self._files: Sequence[TransferFileRow] = ()
        self._wanted = ""
        self.count = text("", role="section", wrap=False)
        self.finished = QCheckBox("終わったものも見る")
        self.finished.toggled.connect(lambda _: self._show())
        self.table = Table(WAITING, name="振込の決定簿", preferences=self.shell.preferences, many=False)
        self.files = Table(FILES, name="この決定簿のファイル", preferences=self.shell.preferences, many=False)
        self.files.set_view("決定簿ごと")
        self.about = text("", role="lead")
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_current())
        self.table.opened.connect(lambda _: self.do_next())
        self.empty = EmptyState(
            "振込を待つ支給決定簿はありません",
            "「支給」の「支給決定簿」で口座振込の決定簿を作り、確認と承認が済むと、ここに並びます。",
            icon="transfers", actions=[("支給決定簿へ", "ledger", lambda: self.shell.go("relief", tab="batches"))],
        )  # fmt: skip
        self.done = EmptyState(
            "振込の仕事はすべて終わっています", "「終わったものも見る」で、これまでの振込を見られます。", icon="check",
            actions=[("終わったものも見る", "list", lambda: self.finished.setChecked(True))],
        )  # fmt: skip
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.write_button = button("書き出す…（F6）", role="primary", icon="save", tip="銀行へ渡す振込ファイルを書き出す")
        self.sheet_button = button("送付書（P）", icon="print", tip="照合値・件数・合計と、読める一覧")
        self.hand_button = button("渡した…（F7）", icon="transfer-out", tip="銀行へ渡したことを記録する（ここで送信済みになります）")
        self.results_button = button("結果を取り込む…（F8）", icon="import")
        self.reconcile_button = button("明細と照合…", icon="check")
        self.retry_button = button("再支給へ", icon="refresh")
        self.again_button = button("再出力を依頼…", icon="undo")
        self.allow_button = button("再出力を承認…", icon="check")
        self.refuse_button = button("認めない…", icon="close")
        self.discard_button = button("破棄…", icon="close", tip="渡していないファイルを破棄したことにする（書き出した人とは別の承認者）")
        for made, act, keys in (
            (self.write_button, self.write, "F6"), (self.sheet_button, self.print_sheet, "P"), (self.hand_button, self.hand_over, "F7"),
            (self.results_button, self.take_results, "F8"), (self.reconcile_button, self.reconcile, ""), (self.retry_button, self.retry, ""),
            (self.again_button, self.ask_again, ""), (self.allow_button, self.allow_again, ""), (self.refuse_button, self.refuse_again, ""),
            (self.discard_button, self.discard, ""),
        ):  # fmt: skip
            bind(self, made, act, keys)

    def _lay_out(self) -> None:
        top = row(self.count, 1, self.finished, spacing=10)
        below = QWidget()
        inside = column(self.about, self.files, spacing=6, margins=(0, 8, 0, 0))
        inside.setStretch(1, 1)
        below.setLayout(inside)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(self.table)
        self.split.addWidget(below)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setChildrenCollapsible(False)
        self._acts = QWidget()
        self._acts.setLayout(
            row(self.write_button, self.hand_button, self.results_button, self.retry_button, self.reconcile_button, self.sheet_button, 1,
                self.allow_button, self.refuse_button, self.again_button, self.discard_button, spacing=6)
        )  # fmt: skip
        whole = column(top, self.banner, self.split, self.done, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.done.hide()
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read batches and files again."""
        ctx = self.context
        found = self.runner.read(lambda: (transfers.list_waiting(ctx), transfers.list_files(ctx)), parent=self, latest="transfers.batches")
        found.success(self._take).start()

    def _take(self, found: tuple[Sequence[WaitingBatch], Sequence[TransferFileRow]]) -> None:
        self._rows, self._files = found
        self.badged.emit(sum(bool(one.next_step) for one in self._rows))
        self._show()

    def _show(self) -> None:
        open_ones = [one for one in self._rows if one.next_step]
        shown = list(self._rows) if self.finished.isChecked() else open_ones
        kept = self._wanted or self.table.current_id()
        self.table.show_rows(shown)
        if shown and not (kept and self.table.select_id(kept)):
            self.table.make_current(0)
        self._wanted = ""
        self.count.setText(f"仕事の残り {len(open_ones):,}件　{yen(sum(one.total for one in open_ones))}" if open_ones else "")
        self.finished.setVisible(bool(self._rows))
        for part in (self.split, self._acts):
            part.setVisible(bool(shown))
        self.empty.setVisible(not self._rows)
        self.done.setVisible(bool(self._rows) and not shown)
        self._show_current()

    @property
    def current(self) -> WaitingBatch | None:
        """The batch at hand."""
        found: WaitingBatch | None = self.table.current_row()
        return found

    @property
    def current_files(self) -> list[TransferFileRow]:
        """Its files, newest first."""
        one = self.current
        return [row for row in self._files if one is not None and row.batch_id == one.id]

    def _show_current(self) -> None:
        one = self.current
        self.files.show_rows(self.current_files)
        if one is None:
            self.about.setText("")
        else:
            parts = [f"{one.number}　{one.count:,}件　{yen(one.total)}", f"次にすること：{next_words(one.next_step)}"]
            if one.transfer_on:
                parts.insert(1, f"振込指定日 {week_day(one.transfer_on)}")
            if answered_text(one):
                parts.append(answered_text(one))
            self.about.setText("　　".join(parts))
        self._enable()

    def _enable(self) -> None:
        one = self.current
        acts = at_hq = one is not None and self.acts.at_headquarters
        clerk, boss = acts and self.may("relief"), at_hq and self.may("approve_money")
        step, again = (one.next_step, one.again) if one is not None else ("", "")
        states = {row.state for row in self.current_files}
        written = bool(states & {"written", "handed"})
        shown = {
            self.write_button: clerk and step in ("write", "write_again"),
            self.hand_button: clerk and "written" in states,
            self.results_button: clerk and one is not None and (one.state == "sent" or (one.state == "approved" and written)),
            self.retry_button: clerk and step == "retry",
            self.reconcile_button: clerk and one is not None and one.state in ("sent", "settled"),
            self.sheet_button: one is not None and written and self.may("print"),
            self.again_button: clerk and one is not None and one.state != "settled" and not again and (written or step == "ask_again"),
            self.allow_button: boss and again == "asked",
            self.refuse_button: boss and again == "asked",
            self.discard_button: boss and one is not None and one.state == "approved" and states == {"written"},
        }  # fmt: skip
        primary = next((made for made, holds in shown.items() if holds and made is not self.sheet_button), None)
        for made, holds in shown.items():
            made.setVisible(bool(holds))
            made.setEnabled(bool(holds))
            made.setProperty("role", "primary" if made is primary else "")
            made.style().unpolish(made)
            made.style().polish(made)
        self.write_button.setText("再出力する…（F6）" if step == "write_again" else "書き出す…（F6）")

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("batch_id"):
            self._wanted = arguments["batch_id"]
            self._show()

    def take_focus(self) -> None:
        """Into the list."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.setFocus()

    # -- acting

    def do_next(self) -> None:
        """What comes next with the batch at hand."""
        for made in (self.write_button, self.hand_button, self.results_button, self.retry_button, self.reconcile_button, self.allow_button):
            if made.isVisible() and made.isEnabled():
                made.click()
                return

    def write(self) -> WriteDialog | None:
        """The file of the batch at hand."""
        one = self.current
        if one is None:
            return None
        before = any(row.state in ("written", "handed") for row in self.current_files)
        dialog = WriteDialog(self, self.shell, one, again=one.next_step == "write_again" and before)
        dialog.written.connect(self.refresh)
        dialog.open()
        return dialog

    def print_sheet(self) -> None:
        """送付書 of the newest files."""
        one, files = self.current, [row for row in self.current_files if row.state in ("written", "handed")]
        if one is not None and files:
            self.acts.print_sheet(one.id, files[0].name)

    def hand_over(self) -> None:
        """The written files went to the bank."""
        self.acts.hand_over(self.current_files)

    def take_results(self) -> None:
        """The bank's answer."""
        if self.current is not None:
            used = next((row.profile for row in self.current_files if row.profile), "")
            self.acts.take_file(batch=self.current.number, profile=used)

    def reconcile(self) -> object:
        """The statement."""
        return self.acts.reconcile(self.current) if self.current is not None else None

    def retry(self) -> None:
        """What failed, once more: in its batch."""
        if self.current is not None:
            self.shell.go("relief", tab="batches", batch_id=self.current.id)

    def ask_again(self) -> object:
        """再出力の依頼."""
        return self.acts.ask_again(self.current.id, self.current.number) if self.current is not None else None

    def allow_again(self) -> None:
        """再出力の承認."""
        if self.current is not None:
            self.acts.allow_again(self.current.id, self.current.number)

    def refuse_again(self) -> object:
        """再出力を認めない."""
        return self.acts.refuse_again(self.current.id, self.current.number) if self.current is not None else None

    def discard(self) -> object:
        """破棄."""
        return self.acts.discard(self.current.id, self.current.number) if self.current is not None else None
