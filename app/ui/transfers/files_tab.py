"""書き出したファイル: every file that was written, asked for again, handed over or discarded, with its hash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from app.presentation.columns.transfer import FILES
from app.ui.surveys.asking import bind, open_export
from app.ui.tabbed import Tab
from app.ui.transfers.acts import TransferActs
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import transfers
from app.usecases.transfer_rows import TransferFileRow

if TYPE_CHECKING:
    from app.ui.pages.transfers import TransfersPage


def hash_of(path: Path) -> str:
    """SHA-256 of a file, read a part at a time."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class FilesTab(Tab):
    """Enter goes to the batch, P prints the transmittal, C compares a file on a stick with what was written."""

    kinds = frozenset({"transfer_file", "payment_batch"})

    def __init__(self, page: TransfersPage) -> None:
        super().__init__(page)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.acts = TransferActs(self, page.shell)
        self.acts.done.connect(self.refresh)
        self.acts.told.connect(lambda words, tone: self.banner.show_message(words, tone=tone))
        self._rows: Sequence[TransferFileRow] = ()
        self.count = text("", role="section", wrap=False)
        self.table = Table(FILES, name="書き出したファイル", preferences=self.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self.open_batch())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.empty = EmptyState(
            "まだファイルを書き出していません", "「振込の決定簿」で承認済みの決定簿を選び、書き出します。", icon="save",
            actions=[("振込の決定簿へ", "transfers", lambda: self.page.open_tab("waiting"))],
        )  # fmt: skip
        self.open_button = button("決定簿へ（Enter）", role="primary", icon="ledger")
        self.sheet_button = button("送付書（P）", icon="print")
        self.compare_button = button("手元のファイルと比べる…（C）", icon="search", tip="USBメモリなどのファイルの照合値を計算し、書き出したものかを確かめる")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.open_button, self.open_batch, ""), (self.sheet_button, self.print_sheet, "P"), (self.compare_button, self.compare, "C"),
            (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        self._acts = QWidget()
        self._acts.setLayout(row(self.open_button, self.sheet_button, self.compare_button, 1, self.export_button, spacing=6))
        whole = column(self.count, self.banner, self.table, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    def refresh(self) -> None:
        """Read them again."""
        ctx = self.context
        self.runner.read(lambda: transfers.list_files(ctx), parent=self, latest="transfers.files").success(self._show).start()

    def _show(self, rows: Sequence[TransferFileRow]) -> None:
        self._rows = rows
        self.table.show_rows(rows)
        self.count.setText(f"{len(rows):,}件" if rows else "")
        self.table.setVisible(bool(rows))
        self._acts.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if rows and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    @property
    def current(self) -> TransferFileRow | None:
        """The one at hand."""
        found: TransferFileRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        one = self.current
        self.open_button.setEnabled(one is not None)
        self.sheet_button.setEnabled(one is not None and one.state in ("written", "handed") and self.may("print"))
        self.export_button.setEnabled(bool(self._rows) and (self.may("export") or self.may("print")))

    def take_focus(self) -> None:
        """Into the list."""
        (self.empty.buttons[0] if self.empty.isVisibleTo(self) else self.table).setFocus()

    def open_batch(self) -> None:
        """Its batch."""
        if self.current is not None:
            self.page.open_tab("waiting", batch_id=self.current.batch_id)

    def print_sheet(self) -> None:
        """送付書."""
        if self.current is not None:
            self.acts.print_sheet(self.current.batch_id, self.current.name)

    def compare(self) -> None:
        """Which of the written files a file at hand is."""
        chosen, _ = QFileDialog.getOpenFileName(self, "比べるファイル", str(self.acts.folder()))
        if chosen:
            self.compare_path(Path(chosen))

    def compare_path(self, path: Path) -> None:
        """The same with this file."""
        self.runner.read(lambda: hash_of(path), parent=self).success(lambda found: self._say_same(path, found)).failure(self.acts.fail).start()

    def _say_same(self, path: Path, found: str) -> None:
        same = [row for row in self._rows if row.sha256 == found and row.state != "asked"]
        if not same:
            self.banner.show_message(
                f"「{path.name}」は、ここから書き出したどのファイルとも違います。銀行へ渡さないでください。\n照合値 {found.upper()}", tone="bad"
            )
            return
        one = same[0]
        handed = any(row.state == "handed" for row in same)
        words = f"「{path.name}」は、支給決定簿 {one.batch_number} の {one.name}（{one.part} / {one.parts}）と同じです。照合値 {found[:16].upper()}"
        if handed:
            words += "\nこの内容は、もう銀行へ渡しています。二度渡さないでください。"
        self.banner.show_message(words, tone="warn" if handed else "good")
        self.table.select_id(one.id)

    def export(self) -> None:
        """The list."""
        ctx = self.context
        open_export(
            self, self.shell, title="書き出したファイルの一覧", subtitle="", columns=FILES, view="すべての項目",
            rows=lambda: transfers.list_files(ctx), unit="件", people=lambda _: 0,
        )  # fmt: skip
