"""The last step of 住民データ: numbers, what was found with lists, and how it differs from the data in use before."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QWidget

from app.ui.importing.resident_work import Taken
from app.ui.importing.result_step import file_line
from app.ui.page import Shell
from app.ui.residents.difference import DifferencePane
from app.ui.residents.snapshot_detail import FindingsPane
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.stat import StatTile
from app.ui.widgets.text import column, heading, note, row
from app.usecases import rebuild

_WARNINGS_SHOWN = 40
_GAPS = frozenset(("rebuild.missing_day", "rebuild.missing_serial"))
"""Without these files the residents are not those of the day."""


class ResidentResult(QWidget):
    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._taken: Taken | None = None
        self.banner = Banner()
        self.tiles = {
            "residents": StatTile("住民", icon="residents", unit="人"),
            "households": StatTile("世帯", icon="home", unit="世帯"),
            "read": StatTile("読んだ行", icon="list", unit="行"),
            "rejected": StatTile("使えなかった行", icon="error", unit="行"),
            "found": StatTile("確かめたこと", icon="info", unit="件"),
        }
        self.findings = FindingsPane(shell)
        self.difference = DifferencePane(shell)
        self.no_difference = EmptyState(
            "前のデータはありません", "これが最初の住民データです。次に取り込むと、前との違いがここに出ます。", icon="residents"
        )
        self.files = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        differing = QWidget()
        differing.setLayout(column(self.difference, self.no_difference))
        for words, pane in (("確かめたこと", self.findings), ("前のデータとの違い", differing), ("報告・警告", self.files)):
            self.tabs.addTab(pane, words)
        whole = column(self.banner, row(*self.tiles.values(), spacing=10), self.tabs, spacing=10)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def show_taken(self, taken: Taken) -> None:
        """Show what became of it; the difference is worked out behind."""
        self._taken = taken
        made, outcome = taken.snapshot, taken.outcome
        total = sum(taken.findings.values())
        self.tiles["residents"].show_number(made.residents, tone="good")
        self.tiles["households"].show_number(made.households)
        self.tiles["read"].show_number(outcome.read)
        self.tiles["rejected"].show_number(
            outcome.rejected, note="理由は「報告・警告」" if outcome.rejected else "", tone="bad" if outcome.rejected else ""
        )
        self.tiles["found"].show_number(total)
        words = f"「{made.label}」ができ、検索に使うデータになりました。"
        if outcome.rejected:
            words += "使えなかった行は、理由を付けて書き出しました。"
        missing = not _GAPS.isdisjoint(taken.findings)
        if missing:
            words += "抜けている日の異動は入っていません。ファイルが見つかったら、加えてやり直してください。"
        self.banner.show_message(words, tone="warn" if outcome.rejected or missing else "good")
        self.tabs.setTabText(0, f"確かめたこと {total:,}")
        self.findings.show_counts(made.id, dict(taken.findings))
        self._show_files(taken)
        self.difference.setVisible(taken.previous is not None)
        self.no_difference.setVisible(taken.previous is None)
        if taken.previous is not None:
            self._compare(taken.previous.id, made.id)

    def take_focus(self) -> None:
        """On what was found."""
        self.tabs.setFocus()

    def _compare(self, before: str, after: str) -> None:
        ctx = self._shell.context
        operation = self._shell.runner.write(
            lambda job: rebuild.compare_snapshots(ctx, before=before, after=after, job=job), parent=self, label="snapshot.comparing"
        )
        operation.success(self._show_difference).start()

    def _show_difference(self, found: rebuild.Comparison) -> None:
        self.tabs.setTabText(1, f"「{found.before.label}」との違い {found.appeared + found.left + found.changed:,}")
        self.difference.show_comparison(found)

    def _show_files(self, taken: Taken) -> None:
        parts = column(spacing=8)
        for words, path in (("取込結果（報告）", taken.outcome.report), ("使えなかった行", taken.outcome.rejected_rows)):
            if path is not None:
                parts.addWidget(file_line(words, path)[0])
        told, number = taken.outcome.warnings, taken.outcome.warning_count
        parts.addWidget(heading(f"警告 {number:,}件" if number else "警告はありません"))
        for warning in told[:_WARNINGS_SHOWN]:
            parts.addWidget(note(f"・{warning}"))
        if number > min(len(told), _WARNINGS_SHOWN):
            parts.addWidget(note("どの行のことかは、報告のファイルにすべてあります。"))
        parts.addStretch()
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(parts)
        self.files.setWidget(inner)
        self.tabs.setTabText(2, f"報告・警告 {number:,}" if number else "報告・警告")
