"""One batch whole: what is decided in large figures, by category, its steps, and every line with its account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from app.domain.errors import RuleViolation
from app.presentation.columns.batch import BATCHES, CATEGORY_LINES, PAYMENTS, STEPS, programme_text, title_text
from app.presentation.columns.snapshot import day_text
from app.presentation.labels import label, short_label
from app.presentation.messages import message
from app.presentation.yen_words import yen, yen_words
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.relief.batches_acts import BatchActs
from app.ui.relief.batches_approve import ApproveDialog
from app.ui.surveys.asking import bind, open_export, use_view
from app.ui.widgets.banner import Banner
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import badge, button, column, frame, heading, row, text
from app.usecases import batches
from app.usecases.batch_digest import short_digest
from app.usecases.batch_rows import BatchFile, BatchRow
from app.usecases.context import Context

_NEXT = {
    "draft": "明細を見て「確認」します（作成した人とは別の人）。", "checked": "「支給決定書」を印刷して決裁を受け、「承認」します（作成した人とは別の人）。",
    "returned": "理由を見て、行を外すなどしたら「出し直す」、いらないときは「取りやめ」を押します。",
}  # fmt: skip
_APPROVED = {
    "transfer": "承認されました。「振込」で振込データを作ります。", "cash": "承認されました。「現金窓口」で引換券を拠点に割り当てます。",
    "in_kind": "承認されました。請求書のとおり支払ったら、「振込」で結果を入れます。",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seen:
    file: BatchFile
    ids: Sequence[str]


def _read(ctx: Context, batch_id: str) -> _Seen:
    """The batch and its lines; that they were seen is noted in the access log."""
    file = batches.open_batch(ctx, batch_id=batch_id)
    ids = batches.list_payment_ids(ctx, batch_id=batch_id)
    batches.note_seen(ctx, batch_id=batch_id, count=len(ids))
    return _Seen(file, ids)


class BatchFileDialog(QDialog):
    """F6 checks, F7 approves, P prints the sheet, Delete takes marked lines out."""

    def __init__(self, parent: QWidget, shell: Shell, batch_id: str) -> None:
        super().__init__(parent)
        self.shell, self.batch_id = shell, batch_id
        self.file: BatchFile | None = None
        self._ids: Sequence[str] = ()
        self.next, self.banner = Banner(), Banner(closable=True)
        self.banner.hide()
        self.acts = BatchActs(self, shell)
        self.acts.done.connect(self.read)
        self.acts.failed.connect(lambda words: self.banner.show_message(words, tone="bad"))
        self.acts.opened.connect(self.show_other)
        self.setWindowTitle("支給決定簿")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.title, self.subtitle = heading(""), text("", role="note", wrap=False)
        self.state, self.mark = badge(""), badge("支援措置", tone="bad")
        self.figures = text("", role="number", wrap=False)
        self.words, self.count, self.digest = text("", role="lead"), text("", role="number", wrap=False), text("", role="note", wrap=False)
        self.finder = SearchBox("氏名・カナ・支給番号・口座番号で探す", name="支給を探す")
        self.payments = Table(PAYMENTS, name="支給の明細", runner=shell.runner, preferences=shell.preferences)
        self.lines = Table(CATEGORY_LINES, name="区分ごと", preferences=shell.preferences, many=False)
        self.steps = Table(STEPS, name="手続きの記録", preferences=shell.preferences, many=False)
        self.others = Table(BATCHES, name="再支給の決定簿", preferences=shell.preferences, many=False)
        self.others.opened.connect(self.show_other)
        self._make_buttons()
        self._lay_out()
        self.read()

    def _make_buttons(self) -> None:
        self.check_button = button("確認（F6）", role="primary", icon="check")
        self.approve_button = button("承認…（F7）", role="primary", icon="certificates")
        self.submit_button = button("出し直す", role="primary", icon="check")
        self.return_button = button("差戻し…", icon="undo")
        self.remove_button = button("行を外す…（Del）", icon="minus")
        self.retry_button = button("再支給…", role="primary", icon="refresh")
        self.cancel_button = button("取りやめ…", role="danger", icon="close")
        self.sheet_button = button("支給決定書（P）", icon="print", tip="支給決定書（押印欄・合計・明細）を印刷する")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        self._by_act = {
            "check": self.check_button, "approve": self.approve_button, "submit": self.submit_button, "return": self.return_button,
            "remove": self.remove_button, "retry": self.retry_button, "cancel": self.cancel_button, "sheet": self.sheet_button,
        }  # fmt: skip
        for made, act, keys in (
            (self.check_button, self.check, "F6"), (self.approve_button, self.approve, "F7"), (self.submit_button, self.submit, ""),
            (self.return_button, self.give_back, ""), (self.remove_button, self.remove, "Del"), (self.retry_button, self.retry, ""),
            (self.cancel_button, self.cancel, ""), (self.sheet_button, self.print_sheet, "P"), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
            made.setEnabled(False)
        for made in self._by_act.values():
            made.hide()

    def _lay_out(self) -> None:
        self.finder.typed.connect(lambda _: self._list())
        self.finder.down.connect(self.payments.focus_first)
        self.finder.entered.connect(lambda _: self.payments.focus_first())
        self.payments.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        money = frame(
            "well", column(row(self.figures, self.count, 1, self.digest, spacing=28), self.words, spacing=5, margins=(16, 8, 16, 10))
        )
        listed = QWidget()
        inside = column(self.finder, self.payments, spacing=6, margins=(0, 6, 0, 0))
        inside.setStretch(1, 1)
        listed.setLayout(inside)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        for made, name in (
            (listed, "明細(&1)"),
            (self.lines, "区分ごと(&2)"),
            (self.steps, "手続きの記録(&3)"),
            (self.others, "再支給(&4)"),
        ):
            self.tabs.addTab(made, name)
        top = row(self.title, self.state, self.mark, self.subtitle, spacing=8)
        top.setStretch(0, 1)
        body = column(top, money, self.next, self.banner, self.tabs, spacing=8, margins=(24, 14, 24, 8))
        body.setStretch(4, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        footer = row(*self._by_act.values(), self.export_button, 1, leave, spacing=6, margins=(20, 10, 20, 10))
        whole = column(body, frame("footer", footer), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1220), room.width() - 30), min(look.px(720), room.height() - 40))

    # -- reading

    def read(self) -> None:
        """Read it again."""
        ctx, wanted = self.shell.context, self.batch_id
        work = self.shell.runner.write(lambda _: _read(ctx, wanted), parent=self, label="lists.reading")
        work.success(self.show_file).failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.read)

    def show_other(self, batch_id: str) -> None:
        """Another batch in the same dialog."""
        self.batch_id = batch_id
        self.read()

    def show_file(self, seen: _Seen) -> None:
        """This one."""
        self.file, self._ids = seen.file, seen.ids
        one = seen.file.row
        self.title.setText("　".join((one.number, title_text(one))))
        self.subtitle.setText("　".join(filter(None, (programme_text(one), short_label("way", one.way), day_text(one.transfer_on)))))
        self.state.setText(label("payment_batch.state", one.state))
        self.mark.setVisible(one.guarded)
        self.figures.setText(yen(one.total))
        self.count.setText(f"{one.count:,}件")
        self.words.setText(yen_words(one.total))
        self.digest.setText(f"照合値　{short_digest(one.digest)}" if one.digest else "")
        self._say_next(seen.file)
        use_view(self.payments, "現金" if one.way == "cash" else "標準")
        self.lines.show_rows(seen.file.lines, key=lambda line: (line.category, line.amount))
        self.steps.show_rows(seen.file.steps, key=id)
        self.others.show_rows(seen.file.retries)
        self.tabs.setTabVisible(3, bool(seen.file.retries))
        self._list()
        self._enable()

    def _say_next(self, file: BatchFile) -> None:
        one = file.row
        if not file.intact:
            self.next.show_message(message("batch.altered", number=one.number), tone="bad")
            return
        words = _NEXT.get(one.state, "")
        if one.state == "draft" and not {"check", "approve"} & file.may:
            words = "別の人の確認を待っています。"
        if one.state == "approved":
            words = _APPROVED[one.way]
        if one.state == "returned":
            words = f"差戻しの理由：{one.reason}　{words}"
        if one.state == "cancelled":
            words = f"取りやめました。理由：{one.reason}"
        if one.failed and one.state in ("sent", "settled"):
            words = f"支払いできなかったものが{one.failed:,}件あります。口座を訂正し、別の人が確認してから「再支給」を押します。"
        tone = "bad" if one.state == "returned" or one.failed else "info"
        self.next.show_message(words, tone=tone)

    def _list(self) -> None:
        ctx, wanted, text_ = self.shell.context, self.batch_id, self.finder.text().strip()
        if not text_:
            self._show_ids(self._ids)
            return
        found = self.shell.runner.read(
            lambda: batches.list_payment_ids(ctx, batch_id=wanted, text=text_), parent=self, latest="batch.payments"
        )
        found.success(self._show_ids).start()

    def _show_ids(self, ids: Sequence[str]) -> None:
        ctx = self.shell.context
        self.payments.show_ids(ids, lambda some: batches.payment_rows(ctx, payment_ids=some))
        if ids and self.payments.current_id() is None:
            self.payments.make_current(0)

    def _enable(self) -> None:
        file = self.file
        may = file.may if file else frozenset()
        for act, made in self._by_act.items():
            made.setVisible(act in may)
            made.setEnabled(act in may)
        if "remove" in may:
            self.remove_button.setEnabled(bool(self.payments.selected_ids()))
        self.export_button.setEnabled(file is not None and (self.acts.may("export") or self.acts.may("print")))

    @property
    def row(self) -> BatchRow:
        """The batch in sight."""
        assert self.file is not None
        return self.file.row

    # -- acting

    def check(self) -> None:
        """確認."""
        self.acts.check(self.row)

    def approve(self) -> ApproveDialog:
        """承認, after the amount was shown."""
        assert self.file is not None
        dialog = ApproveDialog(self, self.shell, self.file)
        dialog.approved.connect(lambda: self.acts.approve(self.row))
        dialog.open()
        return dialog

    def submit(self) -> None:
        """Hand it in again."""
        self.acts.submit(self.row)

    def give_back(self) -> object:
        """差戻し."""
        return self.acts.give_back(self.row)

    def cancel(self) -> object:
        """取りやめ."""
        return self.acts.cancel(self.row)

    def retry(self) -> object:
        """再支給."""
        return self.acts.retry(self.row)

    def remove(self) -> object:
        """The marked lines out."""
        return self.acts.remove(self.row, self.payments.selected_ids())

    def print_sheet(self) -> None:
        """支給決定書."""
        self.acts.print_sheet(self.row)

    def export(self) -> None:
        """Every line as a file."""
        ctx, one = self.shell.context, self.row
        open_export(
            self, self.shell, title=f"支給決定簿 {one.number}", subtitle=f"{programme_text(one)}　{one.count:,}件　{yen(one.total)}",
            columns=PAYMENTS, view="すべての項目", rows=lambda: batches.payment_rows(ctx, batch_id=one.id), unit="件",
        )  # fmt: skip
