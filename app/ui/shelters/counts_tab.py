"""Declared head counts beside the rosters; taking new ones, withdrawing mistaken ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.dates import format_instant
from app.presentation.columns.headcount import HEADCOUNTS
from app.presentation.forms.headcount import WITHDRAW
from app.ui.importing.wizard import ImportWizard
from app.ui.page import Page
from app.ui.shelters.count_entry import CountEntry
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.shelter_picker import ShelterPicker
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import headcounts, shelters
from app.usecases.job import Job
from app.usecases.rows import HeadcountRow, ShelterRow

_MOST = 5000


class CountsTab(QWidget):
    """Newest first. F4 takes a count by phone, F6 opens the grid, Delete withdraws."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._rows: Sequence[HeadcountRow] = ()
        self.picker = ShelterPicker()
        self.picker.picked.connect(lambda _: self.refresh())
        self.summary = note("")
        self.table = Table(HEADCOUNTS, name="避難者数の報告", runner=page.runner, preferences=page.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._enable())
        self.call_button = button("電話で受ける（F4）", role="primary", icon="phone")
        self.grid_button = button("まとめて入力（F6）", icon="list")
        self.import_button = button("取り込む…", icon="import")
        self.export_button = button("書き出す…", icon="save")
        self.withdraw_button = button("取り消す…（Delete）", role="danger", icon="undo")
        self.history_button = button("履歴", icon="history")
        for made, act in (
            (self.call_button, self.take),
            (self.grid_button, lambda: self.take(grid=True)),
            (self.import_button, self.import_files),
            (self.export_button, self.export),
            (self.withdraw_button, self.withdraw),
            (self.history_button, self._show_history),
        ):
            made.clicked.connect(lambda _=False, act=act: act())
        QShortcut(QKeySequence("F6"), self, lambda: self.take(grid=True))
        QShortcut(QKeySequence("Delete"), self.table, lambda: self.withdraw_button.isEnabled() and self.withdraw())
        self.empty = EmptyState(
            "避難者数の報告がまだありません",
            "電話や紙で聞いた人数を入れるか、公表用の一覧（CSV・Excel）を取り込むと、名簿の人数と並べて推移を見られます。",
            icon="phone",
            actions=[("電話で受ける", "phone", self.take), ("一覧を取り込む", "import", self.import_files)],
        )
        caption = text("避難所", role="field", wrap=False)
        top = row(caption, self.picker, self.summary, 1, self.import_button, self.grid_button, self.call_button, spacing=8)
        self._box = QWidget()
        inside = column(self.table, row(self.withdraw_button, self.history_button, 1, self.export_button, spacing=6), spacing=8)
        inside.setStretch(0, 1)
        self._box.setLayout(inside)
        outer = column(top, self._box, self.empty, spacing=10, margins=(0, 10, 0, 0))
        outer.setStretch(1, 1)
        outer.setStretch(2, 1)
        self.setLayout(outer)
        self.empty.hide()
        self._enable()

    def refresh(self) -> None:
        """Read again."""
        ctx, wanted = self._page.context, self.picker.shelter_id
        found = self._page.runner.read(
            lambda: (headcounts.list_headcounts(ctx, shelter_id=wanted, limit=_MOST), shelters.list_shelters(ctx)),
            parent=self,
            latest="headcounts",
        )
        found.success(self._show).start()

    def _show(self, found: tuple[Sequence[HeadcountRow], Sequence[ShelterRow]]) -> None:
        self._rows, listed = found
        self.picker.show_shelters(listed)
        self.table.show_rows(self._rows)
        if self._rows and self.table.current_row() is None:
            self.table.selectRow(0)
        none = not self._rows and not self.picker.shelter_id
        self._box.setVisible(not none)
        self.empty.setVisible(none)
        more = f"（新しい{_MOST:,}件）" if len(self._rows) >= _MOST else ""
        self.summary.setText(f"{len(self._rows):,}件{more}" if self._rows else "この避難所の報告はありません" if not none else "")
        self._enable()

    def take_focus(self) -> None:
        """On the list."""
        if self.empty.isVisibleTo(self):
            self.call_button.setFocus()
        else:
            self.table.focus_first()

    def _enable(self) -> None:
        may, chosen = self._page.may, self.table.current_row()
        for made in (self.call_button, self.grid_button, self.import_button, *self.empty.buttons):
            made.setEnabled(may("headcount"))
        self.withdraw_button.setEnabled(may("headcount") and chosen is not None)
        self.history_button.setEnabled(chosen is not None)
        self.export_button.setEnabled(may("export") and bool(self._rows))

    def take(self, shelter_id: str = "", *, grid: bool = False) -> None:
        """The dialog for the phone, or the grid."""
        if not self._page.may("headcount"):
            return
        ctx = self._page.context
        found = self._page.runner.read(lambda: shelters.list_shelters(ctx), parent=self, latest="count-entry")
        found.success(lambda rows: CountEntry(self.window(), self._page.shell, rows, shelter_id=shelter_id, grid=grid).open()).start()

    def withdraw(self) -> None:
        """Take back the count chosen, with a reason."""
        page, chosen = self._page, self.table.current_row()
        if chosen is None:
            return

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: headcounts.withdraw_headcount(page.context, headcount_id=chosen.id, reason=values["reason"]),
                parent=dialog,
                label="lists.saving",
            )

        told = f"{chosen.shelter_name}　{format_instant(chosen.counted_at)}　{chosen.counted_total:,}人"
        dialog = FormDialog(self, WITHDRAW, save=save, lead=told, columns=1)
        dialog.saved.connect(lambda _: page.shell.say("報告を取り消しました"))
        dialog.open()

    def import_files(self) -> None:
        """Published lists of one day or many."""
        ImportWizard(self, self._page.shell, "headcounts").open()

    def export(self) -> None:
        """The list as it stands."""
        ctx, folder, wanted = self._page.context, self._page.shell.folder, self.picker.shelter_id

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.headcounts import write_headcounts

            kind, _, encoding = choice.format.code.partition("-")
            done = write_headcounts(
                ctx.for_purpose(choice.purpose),
                out=choice.path,
                format=kind,
                shelter_id=wanted,
                encoding=encoding or "utf-8-sig",
                folder=folder,
                job=job,
            )
            return Written(choice.path, f"{done.rows:,}件", lost_of(done), done.problems)

        name = f"避難者数の報告_{self.picker.currentText()}" if self.picker.shelter_id else "避難者数の報告"
        formats = (CSV, CSV_CP932, XLSX, PDF, HTML)
        ExportDialog(
            self, self._page.shell, title="避難者数の報告の書き出し", name=name, formats=formats, write=write, personal=False
        ).open()

    def _show_history(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            self._page.shell.go("history", record_id=chosen.id)
