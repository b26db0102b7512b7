"""被害の集計: damage by district and degree as of a moment, 確定 and 未確認 apart, and the report in the lines of 第4号様式(その2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QTabWidget, QWidget

from app.domain.dates import format_instant
from app.presentation.columns.damage import DISTRICTS, MEASURES, REPORT, counts_note, district_lines, report_lines
from app.presentation.forms.damage import TYPED_FORM
from app.ui.surveys.asking import bind, labelled, open_form
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import CSV, CSV_CP932, XLSX, Choice, ExportDialog, Format, Written
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases.damage_counts import DamageCounts, count_damage, save_typed
from app.usecases.job import Job

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage

_PDF = Format("pdf", "報告の紙（PDF、A4）", "第4号様式（その2）の項目の順。地区別の表が続きます", "pdf")
_JSON = Format("json", "JSON", "ほかのシステムに渡す", "json")
_HINT = "12（＋3）は、確定が 12、調査票の確認を待っている未確認が 3。1つの世帯は、いちばん重い住家で1回だけ数えます。"

_FORM_HINT = "人的被害の確定は「報告の数を入れる」で入れた数、未確認は避難者名簿の数。半壊は大規模半壊・中規模半壊を含みます。"


class CountsTab(Tab):
    """F2 types what surveys do not tell, Ctrl+E writes or prints."""

    kinds = frozenset({"building", "survey", "occupancy", "victim", "victim_member", "person", "setting"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self.counts: DamageCounts | None = None
        self.at = MomentField("何日何時の時点", empty="いま")
        self.at.changed.connect(self.refresh)
        self.measure = self._measures()
        self.number = text("", role="heading", wrap=False)
        self.lead = note("")
        self.typed_button = button("報告の数を入れる…（F2）", icon="edit", tip="報告番号、人的被害、公共施設の被害")
        self.export_button = button("印刷・書き出す…（Ctrl+E）", role="primary", icon="print")
        for made, act, keys in ((self.typed_button, self.type_numbers, "F2"), (self.export_button, self.export, "Ctrl+E")):
            bind(self, made, act, keys)
        self.districts = Table(DISTRICTS, name="地区別・被害の程度別", preferences=self.shell.preferences, many=False)
        self.districts.horizontalHeader().setStretchLastSection(False)  # a number far from its neighbours is read as another line's
        self.districts.opened.connect(lambda _: self._show_district())
        self.report = Table(REPORT, name="第4号様式（その2）の項目", preferences=self.shell.preferences, many=False)
        self.empty = EmptyState(
            "数えるものがまだありません",
            "調査を入力するか調査結果を取り込むと、地区別・被害の程度別の数がここに出ます。確認の済んだ調査は確定、まだのものは未確認に数えます。",
            icon="chart",
            actions=[("報告の数を入れる", "edit", self.type_numbers)],
        )
        self._lay_out()

    def _measures(self) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName("数える単位")
        for code, word in MEASURES.items():
            made.addItem(word, code)
        made.currentIndexChanged.connect(lambda _: self._show_districts())
        return made

    def _lay_out(self) -> None:
        top = row(self.at, labelled("数える単位", self.measure), self.number, 1, self.typed_button, self.export_button, spacing=12)
        self.halves = QTabWidget(documentMode=True)
        self.halves.tabBar().setDrawBase(False)
        for words, table, below in (("地区別・被害の程度別", self.districts, _HINT), ("第4号様式（その2）の項目", self.report, _FORM_HINT)):
            inside = column(table, note(below), spacing=6, margins=(0, 8, 0, 0))
            inside.setStretch(0, 1)
            box = QWidget()
            box.setLayout(inside)
            self.halves.addTab(box, words)
        whole = column(top, self.lead, self.halves, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(2, 1)
        whole.setStretch(3, 1)
        self.setLayout(whole)
        self.empty.hide()

    def refresh(self) -> None:
        """Count again."""
        ctx, at = self.context, self.at.moment
        self.runner.read(lambda: count_damage(ctx, at=at), parent=self, latest="surveys.counts").success(self.show_counts).start()

    def show_counts(self, counts: DamageCounts) -> None:
        """Show these."""
        self.counts = counts
        anything = bool(counts.lines or counts.typed or counts.number or any(counts.casualties.values()))
        self.halves.setVisible(anything)
        self.empty.setVisible(not anything)
        self.number.setText(f"第{counts.number:,}報" if counts.number else "")
        self.lead.setText(f"{format_instant(counts.at)} 現在。{counts_note(counts)}")
        self.report.show_rows(report_lines(counts), key=lambda line: line.key)
        self._show_districts()
        self.typed_button.setEnabled(self.may("export"))
        self.empty.buttons[0].setEnabled(self.may("export"))
        self.export_button.setEnabled(anything and (self.may("export") or self.may("print")))

    def _show_districts(self) -> None:
        if self.counts is not None:
            lines = district_lines(self.counts, self.measure.currentData())
            self.districts.show_rows(lines, key=lambda line: (line.total, line.line.district))

    def _show_district(self) -> None:
        """The buildings of the chosen district."""
        from app.usecases.survey_rows import BuildingFilter

        line = self.districts.current_row()
        if line is not None and not line.total and line.line.district:
            self.page.open_tab("buildings", filter=BuildingFilter(district=line.line.district))

    def take_focus(self) -> None:
        """Into the districts."""
        self.districts.setFocus()

    # -- acts

    def type_numbers(self) -> FormDialog:
        """Ask for what neither surveys nor the register tell."""
        ctx, counts = self.context, self.counts
        values = {**counts.typed, "number": counts.number or None} if counts else {}

        def save(given: dict[str, Any]) -> Any:
            number = given.pop("number")
            return save_typed(ctx, values=given, number=number)

        known = {name: value for name, value in values.items() if value is not None}
        return open_form(self, self.shell, TYPED_FORM, save, then=lambda _: self.shell.say("報告の数を保存しました"), values=known, columns=2)

    def export(self) -> ExportDialog:
        """The report on paper or as a file, counted again as of the moment that is set."""
        ctx, folder, at = self.context, self.shell.folder, self.at.moment

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.damage_report import write_damage_report

            kind, _, encoding = choice.format.code.partition("-")
            asked = ctx.for_purpose(choice.purpose)
            done = write_damage_report(
                asked, counts=count_damage(asked, at=at), out=choice.path, format=kind, folder=folder, job=job,
                encoding="cp932" if encoding == "cp932" else "utf-8-sig",
            )  # fmt: skip
            words = f"{done.pages:,}ページ" if done.pages else f"{len(done.files)}つのファイル（報告の項目・地区別）" if len(done.files) > 1 else ""
            return Written(done.files[0], words, problems=done.problems)

        formats = [*((_PDF,) if self.may("print") else ()), *((XLSX, CSV, CSV_CP932, _JSON) if self.may("export") else ())]
        number = f"第{self.counts.number:,}報" if self.counts and self.counts.number else ""
        dialog = ExportDialog(
            self, self.shell, title="被害の集計の印刷・書き出し", name=f"被害の集計{number}", formats=formats, write=write, personal=False,
            lead=f"{number}　{f'{format_instant(at)} 現在の数' if at else 'いまの数'}を数えて書き出します。".strip("　"),
        )  # fmt: skip
        dialog.open()
        return dialog
