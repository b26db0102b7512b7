"""ファイルの検査: any 総合振込 file, ours or another's, checked record by record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.zengin_problems import Checked
from app.presentation.columns.transfer import PROBLEMS
from app.presentation.words_transfers import checked_words
from app.ui.surveys.asking import bind
from app.ui.tabbed import Tab
from app.ui.transfers.acts import TransferActs
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases.transfer_checking import check_file

if TYPE_CHECKING:
    from app.ui.pages.transfers import TransfersPage


class CheckTab(Tab):
    """F6 chooses a file. Nothing of it is kept."""

    banner: Banner

    def __init__(self, page: TransfersPage) -> None:
        super().__init__(page)
        self.acts = TransferActs(self, page.shell)
        self.acts.told.connect(lambda words, tone: self.banner.show_message(words, tone=tone))
        self.banner = Banner()
        self.banner.hide()
        self.count = text("", role="section", wrap=False)
        self.table = Table(PROBLEMS, name="見つかったこと", preferences=self.shell.preferences, many=False)
        self.empty = EmptyState(
            "総合振込のファイルを検査します",
            "長さ・順序・数字・文字・合計・件数・改行・文字コードを調べ、何件目の何バイト目かを示します。別の仕組みで作ったファイルも調べられます。",
            icon="search", actions=[("ファイルを選ぶ（F6）", "folder", self.choose)],
        )  # fmt: skip
        self.choose_button = button("別のファイルを選ぶ…（F6）", role="primary", icon="folder")
        bind(self, self.choose_button, self.choose, "F6")
        self._acts = QWidget()
        self._acts.setLayout(row(self.choose_button, 1, spacing=6))
        whole = column(self.count, self.banner, self.table, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.table.hide()
        self._acts.hide()

    def refresh(self) -> None:
        """There is nothing to read again."""

    def take_focus(self) -> None:
        """Where a file is chosen."""
        (self.empty.buttons[0] if self.empty.isVisibleTo(self) else self.choose_button).setFocus()

    def choose(self) -> None:
        """A file to check."""
        chosen, _ = QFileDialog.getOpenFileName(self, "検査するファイル", str(self.acts.folder()))
        if chosen:
            self.check(Path(chosen))

    def check(self, path: Path) -> None:
        """This file."""
        ctx = self.context
        work = self.runner.read(lambda: check_file(path, ctx=ctx), parent=self, label="lists.reading", latest="transfers.check")
        work.success(lambda found: self.show_checked(path, found)).failure(self.acts.fail).start()

    def show_checked(self, path: Path, found: Checked) -> None:
        """What was found in it."""
        tone = "bad" if found.errors else "warn" if found.warnings else "good"
        self.banner.show_message(f"「{path.name}」：{checked_words(found)}", tone=tone)
        ranked = sorted(found.problems, key=lambda one: one.level != "error")
        self.table.show_rows(ranked, key=id)
        left = found.errors + found.warnings - len(ranked)
        self.count.setText(f"誤り {found.errors:,}件　注意 {found.warnings:,}件" + (f"（はじめの{len(ranked):,}件を示します）" if left else ""))
        self.table.setVisible(bool(ranked))
        self.empty.setVisible(False)
        self._acts.show()
        if ranked:
            self.table.make_current(0)
