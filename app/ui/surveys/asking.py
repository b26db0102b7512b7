"""Opening what asks something: a form that saves through a use case, and a list that is written as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QWidget

from app.presentation.columns.spec import ColumnSet
from app.presentation.forms.spec import FormSpec
from app.ui.page import Shell
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import Button, column, text
from app.usecases.job import Job


def open_form(
    parent: QWidget,
    shell: Shell,
    spec: FormSpec,
    act: Callable[[dict[str, Any]], Any],
    *,
    then: Callable[[Any], object] | None = None,
    values: Mapping[str, Any] | None = None,
    lead: str = "",
    columns: int = 1,
    current: Callable[[], Mapping[str, Any]] | None = None,
    rebase: Callable[[], object] | None = None,
) -> FormDialog:
    """Show a form; ``act`` saves its values on the writer thread, ``then`` gets the answer."""
    dialog = FormDialog(
        parent,
        spec,
        save=lambda given: shell.runner.write(lambda _: act(given), parent=dialog, label="window.saving"),
        values=values,
        lead=lead,
        columns=columns,
        current=current,
        rebase=rebase,
    )
    if then is not None:
        dialog.saved.connect(then)
    dialog.open()
    return dialog


def open_export(
    parent: QWidget,
    shell: Shell,
    *,
    title: str,
    subtitle: str,
    columns: ColumnSet[Any],
    view: str,
    rows: Callable[[], Sequence[Any]],
    unit: str = "棟",
    people: Callable[[Sequence[Any]], int] = len,
) -> ExportDialog:
    """Ask where a list goes and write it. ``rows`` are read again on the writer thread, so that the file is what the store says then."""
    ctx, folder = shell.context, shell.folder

    def write(choice: Choice, job: Job) -> Written:
        from app.interchange.exporting.damage_lists import DamageList, write_damage_list

        found = rows()
        kind, _, detail = choice.format.code.partition("-")
        content = DamageList(title=title, subtitle=subtitle, columns=columns, view=view, rows=found, people=people(found))
        done = write_damage_list(
            ctx.for_purpose(choice.purpose),
            content=content,
            out=choice.path,
            format=kind,
            encoding="cp932" if detail == "cp932" else "utf-8-sig",
            folder=folder,
            substitutes=choice.substitutes,
            job=job,
        )
        pages = f"・{done.pages:,}ページ" if done.pages else ""
        return Written(choice.path, f"{done.rows:,}{unit}{pages}", lost_of(done), done.problems)

    formats = [*((CSV, CSV_CP932, XLSX, HTML) if ctx.actor.may("export") else ()), *((PDF,) if ctx.actor.may("print") else ())]
    dialog = ExportDialog(parent, shell, title=title, name=title, formats=formats, write=write, lead=subtitle)
    dialog.open()
    return dialog


def use_view(table: Table, view: str) -> None:
    """Show another view of the columns; the place in the list is only lost when the view really changes."""
    if table.property("view") != view:
        table.setProperty("view", view)
        table.set_view(view)


def picker(name: str, options: Sequence[tuple[str, str]] = (), *, every: str = "すべて") -> QComboBox:
    """A box to filter by: everything first, then ``(code, word)``."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.addItem(every, "")
    for code, word in options:
        made.addItem(word, code)
    return made


def labelled(words: str, field: QWidget) -> QWidget:
    """A field with its name above."""
    box = QWidget()
    caption = text(words, role="field", wrap=False)
    caption.setBuddy(field)
    box.setLayout(column(caption, field, spacing=2))
    box.layout().setAlignment(caption, Qt.AlignmentFlag.AlignLeft)
    return box


def bind(owner: QWidget, made: Button, act: Callable[[], object], keys: str = "") -> None:
    """A click or its keys do the same, as long as the button may be pressed."""
    made.clicked.connect(lambda _=False: act())
    if keys:
        shortcut = QShortcut(QKeySequence(keys), owner, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda: made.isEnabled() and made.isVisible() and act())
