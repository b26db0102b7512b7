"""Recent changes, the history of one record, and the access log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QSplitter, QWidget

from app.domain.dates import format_instant
from app.domain.errors import SasaeError
from app.domain.evacuee import Person
from app.presentation.columns.access import ACCESS
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Page
from app.ui.records.finder import PersonFinder
from app.ui.records.naming import HISTORY_OF, RECENT, NamedChange, name_changes, oldest_first
from app.ui.widgets.banner import Banner
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import persons, records
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.residents import list_snapshots
from app.usecases.rows import AccessEntry

_RECENT = 300
_ACCESS = 3000
RESTORE = FormSpec(
    key="records.restore",
    title="この版に戻す",
    save="戻す",
    sections=(
        SectionSpec(
            fields=(FieldSpec(key="reason", label="戻す理由", required=True),),
            note="このあとの変更を打ち消す、新しい変更として記録します。履歴は消えません。",
        ),
    ),
)


class RecentTab(QWidget):
    """Who changed what, newest first; Enter shows the whole change."""

    def __init__(self, page: Page, *, show_history: Callable[[str], object]) -> None:
        super().__init__()
        self._page, self._show_history = page, show_history
        self._rows: Sequence[NamedChange] = ()
        self.finder = SearchBox("操作者・対象・内容で絞り込む", name="変更を絞り込む")
        self.finder.typed.connect(lambda _: self._filter())
        self.finder.down.connect(self.take_focus)
        self.finder.left.connect(self.take_focus)
        self._count = note("")
        self.table = Table(RECENT, name="最近の変更", preferences=page.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self._open())
        history = button("この記録の履歴", icon="history")
        history.clicked.connect(self._history)
        top = row(self.finder, self._count, 1, history, spacing=10)
        self.finder.setFixedWidth(theme.current().px(420))
        whole = column(top, self.table, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def refresh(self) -> None:
        """Read again."""
        ctx = self._page.context
        found = self._page.runner.write(
            lambda _: name_changes(ctx, list(reversed(records.recent_changes(ctx, limit=_RECENT)))), parent=self
        )
        found.quiet().success(self._show).start()

    def take_focus(self) -> None:
        """On the list."""
        self.table.focus_first()

    def _show(self, rows: Sequence[NamedChange]) -> None:
        self._rows = rows
        self._filter()

    def _filter(self) -> None:
        words = self.finder.text().strip()
        shown = [
            line for line in self._rows if not words or words in f"{line.change.by} {line.name} {line.change.words} {line.change.reason}"
        ]
        self.table.show_rows(shown)
        self._count.setText(f"新しい {len(shown):,} 件")

    def _open(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            ChangeDialog(self.window(), chosen).open()

    def _history(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            self._show_history(chosen.change.record)


class ChangeDialog(QDialog):
    """One change, all of it."""

    def __init__(self, parent: QWidget, chosen: NamedChange) -> None:
        super().__init__(parent)
        self.setWindowTitle("変更の内容")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        change = chosen.change
        words = QPlainTextEdit(change.words.replace("、", "\n"), readOnly=True)
        words.setTabChangesFocus(True)
        words.setAccessibleName("変更の内容")
        close = button("閉じる（Esc）", role="primary")
        close.clicked.connect(self.accept)
        told = f"{format_instant(change.at)}　{change.by}（{change.site}）" + (f"　理由：{change.reason}" if change.reason else "")
        body = column(
            heading(f"{label('record', change.kind)} {chosen.name} の{change.action}"), note(told), words, margins=(22, 16, 22, 12)
        )
        footer = frame("footer", row(1, close, margins=(20, 10, 20, 10)))
        self.setLayout(column(body, footer, spacing=0))
        self.resize(QSize(theme.current().px(620), theme.current().px(420)))
        words.setFocus()


def read_whole_history(ctx: Context, record_id: str) -> list[NamedChange]:
    """The history of a record; of a person with household and stays."""
    entries = records.read_history(ctx, record_id=record_id)
    found = ctx.reads.get("person", record_id)
    if isinstance(found, Person):
        related = [stay.id for stay in ctx.reads.persons.stays(record_id)]
        related += [found.household_id] if found.household_id else []
        for other in related:
            entries += ctx.reads.journal.history(other)
    return name_changes(ctx, oldest_first(entries))


class HistoryTab(QWidget):
    """Find somebody at the left, read their changes at the right; an older version can be given back."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._record = ""
        self.finder = PersonFinder(page, "履歴を見る人を探す（氏名・カナ・整理番号）")
        self.finder.chosen.connect(self.show_record)
        self.title = heading("左で人を探して選びます")
        self.banner = Banner()
        self.table = Table(HISTORY_OF, name="記録の履歴", preferences=page.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self._open())
        self.table.chosen.connect(lambda _: self._enable())
        self.restore_button = button("この版に戻す…", icon="restore")
        self.restore_button.clicked.connect(self.restore)
        right = QWidget()
        head = row(self.title, self.restore_button)
        head.setStretch(0, 1)
        inside = column(head, self.banner, self.table, spacing=8)
        inside.setContentsMargins(10, 0, 0, 0)
        inside.setStretch(2, 1)
        right.setLayout(inside)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.addWidget(self.finder)
        halves.addWidget(right)
        halves.setStretchFactor(1, 1)
        halves.setSizes([theme.current().px(330), theme.current().px(800)])
        halves.setChildrenCollapsible(False)
        self.setLayout(column(halves, margins=(0, 10, 0, 0)))
        self._enable()

    def refresh(self) -> None:
        """Read the record in sight again."""
        if self._record:
            self.show_record(self._record)

    def take_focus(self) -> None:
        """Into the search box, or on the history in sight."""
        if self._record:
            self.table.focus_first()
        else:
            self.finder.take_focus()

    def show_record(self, record_id: str) -> None:
        """The history of a record, noted in the access log when it is about a person."""
        self._record = record_id
        ctx = self._page.context
        operation = self._page.runner.write(lambda _: read_whole_history(ctx, record_id), parent=self, label="lists.reading")
        operation.success(self._show).failure(self._not_shown).start()

    def _show(self, rows: Sequence[NamedChange]) -> None:
        self.banner.show_message("")
        first = next((line for line in rows if line.change.record == self._record), None)
        self.title.setText(f"{label('record', first.change.kind)}　{first.name}" if first else "")
        self.table.show_rows(rows)
        if rows and self.table.current_row() is None:
            self.table.selectRow(0)
        self._enable()

    def _not_shown(self, error: Exception) -> None:
        self.table.show_rows([])
        self.title.setText("")
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="warn")
        else:
            faults.show(self, error)

    def _open(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            ChangeDialog(self.window(), chosen).open()

    def restore(self) -> None:
        """Give the record the values it had after the change chosen."""
        chosen = self.table.current_row()
        if chosen is None:
            return
        page, change = self._page, chosen.change

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: persons.restore_version(
                    page.context, kind=change.kind, record_id=change.record, operation=change.id, reason=values["reason"]
                ),
                parent=dialog,
                label="lists.saving",
            )

        told = f"{label('record', change.kind)} {chosen.name}：{format_instant(change.at)} の内容に戻します"
        dialog = FormDialog(self, RESTORE, save=save, lead=told, columns=1)
        dialog.saved.connect(lambda _: (page.shell.say("前の内容に戻しました"), self.refresh()))
        dialog.open()

    def _enable(self) -> None:
        chosen = self.table.current_row()
        self.restore_button.setEnabled(chosen is not None and chosen.change.restorable and self._page.may("register"))


def read_accesses(ctx: Context, person_id: str) -> list[AccessEntry]:
    """The access log with resident data by their label."""
    labels = {snapshot.id: snapshot.label for snapshot in list_snapshots(ctx)}
    found = records.read_access_log(ctx, person_id=person_id, limit=_ACCESS)
    return [replace(entry, target=labels[entry.target]) if entry.target in labels else entry for entry in found]


class AccessTab(QWidget):
    """Who looked at or took out whose data, for which purpose."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._rows: Sequence[AccessEntry] = ()
        self._person = ""
        self._person_name = ""
        self.finder = PersonFinder(page, "誰のデータの記録かを探す（氏名・カナ・整理番号）")
        self.finder.chosen.connect(self._choose)
        self.filter = SearchBox("操作者・目的・行き先で絞り込む", name="記録を絞り込む")
        self.filter.typed.connect(lambda _: self._filter())

        self.title = heading("すべての人")
        self.everyone = button("すべての人に戻す", icon="undo")
        self.everyone.clicked.connect(lambda: self._choose(""))
        self.export_button = button("書き出す…", icon="save")
        self.export_button.clicked.connect(self.export)
        self._count = note("")
        self.table = Table(ACCESS, name="利用の記録", preferences=page.shell.preferences)
        self.filter.down.connect(self.table.focus_first)
        self.filter.left.connect(self.table.focus_first)
        right = QWidget()
        inside = column(row(self.title, self.everyone, 1, self.export_button), row(self.filter, self._count, 1), self.table, spacing=8)
        inside.setContentsMargins(10, 0, 0, 0)
        inside.setStretch(2, 1)
        right.setLayout(inside)
        self.filter.setFixedWidth(theme.current().px(380))
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.addWidget(self.finder)
        halves.addWidget(right)
        halves.setStretchFactor(1, 1)
        halves.setSizes([theme.current().px(330), theme.current().px(800)])
        halves.setChildrenCollapsible(False)
        self.setLayout(column(halves, margins=(0, 10, 0, 0)))

    def refresh(self) -> None:
        """Read again."""
        ctx, person = self._page.context, self._person
        found = self._page.runner.read(lambda: read_accesses(ctx, person), parent=self, latest="records.access")
        found.success(self._show).start()

    def take_focus(self) -> None:
        """On the list."""
        self.table.focus_first()

    def show_person(self, person_id: str) -> None:
        """Only what touched one person."""
        self._choose(person_id)

    def _choose(self, person_id: str) -> None:
        self._person = person_id
        found = self._page.context.reads.get("person", person_id) if person_id else None
        self._person_name = (found.name or found.number) if isinstance(found, Person) else ""
        self.title.setText(f"{self._person_name} さんのデータの記録" if self._person_name else "すべての人")
        self.everyone.setVisible(bool(person_id))
        self.refresh()

    def _show(self, rows: Sequence[AccessEntry]) -> None:
        self._rows = rows
        self.everyone.setVisible(bool(self._person))
        self._filter()

    def shown(self) -> list[AccessEntry]:
        """The rows that match what was typed."""
        words = self.filter.text().strip()
        return [
            entry
            for entry in self._rows
            if not words or words in f"{entry.by} {entry.purpose} {entry.target} {label('access.action', entry.action)}"
        ]

    def _filter(self) -> None:
        rows = self.shown()
        self.table.show_rows(rows, key=id)
        more = f"（新しい{_ACCESS:,}件のうち）" if len(self._rows) >= _ACCESS else ""
        self._count.setText(f"{len(rows):,}件{more}")
        self.export_button.setEnabled(bool(rows) and self._page.may("export"))

    def export(self) -> None:
        """The list as it stands."""
        ctx, folder, rows = self._page.context, self._page.shell.folder, self.shown()
        title = f"利用の記録 {self._person_name}" if self._person_name else "利用の記録"

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.rosters import Sheet, write_sheet
            from app.presentation.stamps import stamp_for

            kind, _, encoding = choice.format.code.partition("-")
            told = ctx.for_purpose(choice.purpose)
            with told.unit() as uow:
                uow.log_access(
                    action="print" if kind == "pdf" else "export", persons=[self._person] if self._person else 0, target=choice.path.name
                )
                uow.commit()
            sheet = Sheet(
                title=title, subtitle=f"{len(rows):,}件", stamp=stamp_for(told, at=ctx.now()), columns=ACCESS.exported(), rows=rows
            )
            done = write_sheet(
                sheet, out=choice.path, format=kind, encoding=encoding or "utf-8-sig", layout="compact", folder=folder, job=job, ctx=told
            )
            return Written(choice.path, f"{done.rows:,}件", lost_of(done), done.problems)

        formats = (CSV, CSV_CP932, XLSX, PDF, HTML)
        ExportDialog(self, self._page.shell, title="利用の記録の書き出し", name=title, formats=formats, write=write).open()
