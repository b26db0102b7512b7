"""集計: by round, category, district, site or day, as of the end of a day; on the screen, as a file, on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QStackedWidget

from app.presentation.columns.ledger import REPORTS, STATE_HINTS, STATE_WORDS
from app.presentation.columns.snapshot import day_text
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui.ledger.shared import KINDS, day_of, write_list
from app.ui.relief.programme_choice import Offered, ProgrammeChoice, read_offered
from app.ui.surveys.asking import bind, labelled
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases.context import Context
from app.usecases.ledger_rows import BY, Report
from app.usecases.relief_reports import make_report

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage

_HINT = "　".join(f"{STATE_WORDS[name]}＝{STATE_HINTS[name]}" for name in ("open", "decided", "failed", "uncollected"))

_OWN_NOTES = ("site", "day", "district")


class ReportsTab(Tab):
    """Ctrl+E writes or prints. ``arrive(by=…, programme_id=…, round_id=…)`` shows a report."""

    kinds = KINDS

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self.report: Report | None = None
        self._scope = ("", "")
        self.by = QComboBox()
        self.by.setAccessibleName("集計のしかた")
        for code in BY:
            self.by.addItem(label("report.by", code), code)
        self.by.activated.connect(lambda _: self.refresh())
        self.choice = ProgrammeChoice(self)
        self.choice.chosen.connect(self._choose)
        self.at = MomentField("いつの時点", empty="いま", width=140)
        self.at.changed.connect(self.refresh)
        self.lead = text("", role="lead")
        self.hint = note("")
        self.export_button = button("印刷・書き出す…（Ctrl+E）", role="primary", icon="print")
        bind(self, self.export_button, self.export, "Ctrl+E")
        self.tables = {by: Table(REPORTS[by], name=label("report.by", by), preferences=self.shell.preferences, many=False) for by in BY}
        for table in self.tables.values():
            table.horizontalHeader().setStretchLastSection(False)  # a number far from its neighbours is read as another line's
        self.pile = QStackedWidget()
        for table in self.tables.values():
            self.pile.addWidget(table)
        self.empty = EmptyState(
            "集計するものがまだありません",
            "支援制度の回を計算すると対象が、承認・振込・支払いをすると決定と支給が、ここに回別・区分別・地区別・拠点別・日別に出ます。", icon="chart",
        )  # fmt: skip
        self._lay_out()

    def _lay_out(self) -> None:
        top = row(
            labelled("集計のしかた", self.by), labelled("支援制度", self.choice.programme), labelled("回", self.choice.round), self.at, 1,
            self.export_button, spacing=12,
        )  # fmt: skip
        whole = column(top, self.lead, self.pile, self.hint, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(2, 1)
        whole.setStretch(4, 1)
        self.setLayout(whole)
        self.empty.hide()

    @property
    def wanted(self) -> str:
        """By what."""
        return str(self.by.currentData())

    def arrive(self, *, by: str = "", programme_id: str = "", round_id: str = "") -> None:
        """Show a report."""
        if by:
            self.by.setCurrentIndex(self.by.findData(by))
        self._scope = (programme_id, round_id)
        self.refresh()

    def _choose(self) -> None:
        self._scope = (self.choice.programme_id, self.choice.round_id)
        self.refresh()

    def refresh(self) -> None:
        """Count again."""
        ctx, ask = self.context, self._asked()

        def read() -> tuple[Sequence[Offered], Report]:
            return read_offered(ctx), make_report(ctx, **ask)

        self.runner.read(read, parent=self, latest="ledger.report").success(lambda found: self.show_report(*found)).start()

    def _asked(self) -> dict[str, str]:
        programme_id, round_id = self._scope
        return {"by": self.wanted, "programme_id": programme_id, "round_id": round_id, "day": day_of(self.at)}

    def show_report(self, offered: Sequence[Offered], report: Report) -> None:
        """Show this one, its sum on top."""
        self.report = report
        self.choice.show(offered)
        self.choice.choose(*self._scope)
        table = self.tables[report.by]
        table.show_rows(
            [report.total, *report.lines],
            key=lambda line: (line.total, getattr(line, "code", ""), getattr(line, "title", ""), getattr(line, "day", "")),
        )
        self.pile.setCurrentWidget(table)
        anything = bool(report.lines)
        self.pile.setVisible(anything)
        self.empty.setVisible(not anything)
        words = message(f"ledger.note.{report.by if report.by in _OWN_NOTES else 'progress'}")
        self.lead.setText(f"{day_text(report.day)} 現在。{words}。")
        self.hint.setText(_HINT if report.by in ("round", "category", "district") else "")
        self.hint.setVisible(anything and bool(self.hint.text()))
        self.export_button.setEnabled(anything and (self.may("export") or self.may("print")))

    def take_focus(self) -> None:
        """Into the table."""
        self.pile.currentWidget().setFocus()

    def export(self) -> ExportDialog:
        """The report as a file or on paper, counted again."""
        ask = self._asked()

        def content(ctx: Context) -> object:
            from app.interchange.exporting.relief_reports import report_content

            return report_content(make_report(ctx, **ask))

        return write_list(self, self.shell, title=f"支給状況（{label('report.by', self.wanted)}）", content=content)
