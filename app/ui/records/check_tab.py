"""点検: the whole ledger read and compared with its journal."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.domain.dates import format_instant
from app.presentation.messages import message
from app.ui.page import Page
from app.ui.widgets.banner import Banner
from app.ui.widgets.stat import StatTile
from app.ui.widgets.text import button, column, row, text
from app.usecases.rows import VerificationReport


class CheckTab(QWidget):
    """The whole ledger read and compared with its journal."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.start = button("点検を始める", role="primary", icon="shield")
        self.start.clicked.connect(self.run)
        self.banner = Banner()
        self.tiles = {
            "integrity": StatTile("ファイルの検査", icon="shield"),
            "chain": StatTile("変更記録のつながり", icon="history"),
            "rows": StatTile("確かめた変更記録", icon="list", unit="件"),
        }
        self._tiles = QWidget()
        self._tiles.setLayout(row(*self.tiles.values(), spacing=12))
        self._problems = column(spacing=6)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(self._problems)
        self._area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._area.setWidget(inner)
        told = text(
            "台帳のファイル全体を読み、壊れていないか、このプログラムを通さずに書き換えられた記録がないかを確かめます。"
            "データは変わりません。毎日の終わりや、パソコンを運んだあとに行ってください。"
        )
        whole = column(told, row(self.start, 1), self.banner, self._tiles, self._area, spacing=12, margins=(0, 14, 0, 0))
        whole.setStretch(4, 1)
        self.setLayout(whole)
        self._tiles.hide()
        self.banner.hide()

    def refresh(self) -> None:
        """Nothing: it only runs when asked for."""

    def take_focus(self) -> None:
        """On the button."""
        self.start.setFocus()

    def run(self) -> None:
        """Verify; a long read with progress."""
        session = self._page.shell.session
        self.start.setEnabled(False)
        operation = self._page.runner.read(session.verify, parent=self, label="lists.verifying")
        operation.finished(lambda: self.start.setEnabled(True)).success(self.show_report).start()

    def show_report(self, found: VerificationReport) -> None:
        """Say what was found."""
        when = format_instant(self._page.context.now())
        if found.ok:
            self.banner.show_message(f"問題はありません。台帳は、このプログラムが書いたときのままです。（{when} に点検）", tone="good")
        else:
            self.banner.show_message(
                f"台帳に異常が見つかりました（{len(found.problems):,}件）。このフォルダーには書き込まず、控え（バックアップ）から戻してください。"
                "下の内容は、担当者に見せるために書き留めるか、画面を写しておいてください。",
                tone="bad",
            )
        self.tiles["integrity"].show_number("良好" if found.integrity else "異常", tone="good" if found.integrity else "bad")
        self.tiles["chain"].show_number("良好" if found.chain_ok else "異常", tone="good" if found.chain_ok else "bad")
        self.tiles["rows"].show_number(found.journal_rows)
        self._tiles.show()
        while (item := self._problems.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().deleteLater()
        for code, params in found.problems:
            self._problems.addWidget(text(f"・{message(code, **params)}"))
        self._problems.addStretch()
