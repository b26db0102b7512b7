"""Writing a list out: which format, what for, where to. Used for printing too, as a PDF that the system opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDialog, QFileDialog, QLineEdit, QRadioButton, QWidget

from app.domain.characters import CharacterProblem
from app.domain.dates import JST
from app.presentation.columns.spec import Column, ColumnSet
from app.ui import faults, ime, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.opening import open_file
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases.job import Job


@dataclass(frozen=True, slots=True)
class Format:
    """A way out: ``code`` for the writer, its word, what it is good for, the ending of the file."""

    code: str
    word: str
    help: str
    suffix: str


CSV = Format("csv", "CSV（UTF-8）", "Excelやほかのシステムで使う。すべての文字が残ります", "csv")
CSV_CP932 = Format("csv-cp932", "CSV（シフトJIS）", "古いシステムに渡す。入らない文字は〓になり、一覧で示します", "csv")
XLSX = Format("xlsx", "Excel（XLSX）", "表のまま見る・直す", "xlsx")
HTML = Format("html", "HTML", "どのパソコンでも開けて、印刷もできる1つのファイル", "html")
PDF = Format("pdf", "PDF", "印刷する・そのまま残す", "pdf")
PDF_LARGE = Format("pdf-large", "PDF（大きな字）", "掲示・読み合わせに", "pdf")
PDF_COMPACT = Format("pdf-compact", "PDF（細かい字、1枚50行）", "用紙が少ないとき・両面印刷に", "pdf")


@dataclass(frozen=True, slots=True)
class Lost:
    """A character that did not fit the file: row, heading, whole cell, the character and its code point."""

    row: int
    column: str
    text: str
    char: str
    code_point: str


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. ``words`` say how much; ``lost`` are characters that did not fit; ``problems`` are sentences."""

    path: Path
    words: str
    lost: Sequence[Lost] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. ``substitutes``: where nothing draws a character, what stands in for it may be printed, marked."""

    format: Format
    path: Path
    purpose: str
    substitutes: bool = False


Write = Callable[[Choice, Job], Written]
Check = Callable[[Choice], Sequence[CharacterProblem]]

_LOST: ColumnSet[Lost] = ColumnSet(
    key="export.lost",
    columns=(
        Column(key="row", label="行", text=lambda r: str(r.row), width=3, align="right", number=True, sort=lambda r: r.row),
        Column(key="char", label="文字", text=lambda r: r.char, width=3, sort=lambda r: r.char),
        Column(key="code", label="コード", text=lambda r: r.code_point, width=6, sort=lambda r: r.code_point),
        Column(key="column", label="列", text=lambda r: r.column, width=7, sort=lambda r: r.column),
        Column(key="text", label="元の内容", text=lambda r: r.text, width=14),
    ),
)


class ExportDialog(QDialog):
    """``written`` carries the ``Written``. Ctrl+Enter writes, Esc leaves. ``check`` finds, before a PDF, what nothing can draw."""

    written = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        shell: Shell,
        *,
        title: str,
        name: str,
        formats: Sequence[Format],
        write: Write,
        lead: str = "",
        personal: bool = True,
        check: Check | None = None,
    ) -> None:
        super().__init__(parent)
        self.shell, self._write, self._formats, self._name = shell, write, {entry.code: entry for entry in formats}, name
        self._check_printable = check
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.setMinimumWidth(theme.current().px(640))
        self.banner = Banner()
        self.purpose = QLineEdit(shell.context.purpose)
        self.purpose.setAccessibleName("目的")
        ime.prepare(self.purpose, "hiragana")
        self.path = QLineEdit()
        self.path.setAccessibleName("保存先")
        self.open_after = QCheckBox("書き出したら開く（印刷はそこから）")
        self.open_after.setChecked(True)
        self.save = button("書き出す（Ctrl+Enter）", role="primary", icon="save")
        self.save.clicked.connect(self.run)
        self.close_button = button("やめる（Esc）")
        self.close_button.clicked.connect(self.reject)
        self._after = QWidget()
        self._after.setVisible(False)
        self._ask = self._build_questions(personal)
        body = column(
            heading(title), *([note(lead)] if lead else []), self.banner, self._ask, self._after, spacing=10, margins=(24, 18, 24, 14)
        )
        footer = frame("footer", row(1, self.close_button, self.save, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.run)
        kept = shell.preferences.get("export.format", "")
        self.choose(kept if kept in self._formats else next(iter(self._formats)))
        self._group.checkedButton().setFocus()

    def _build_questions(self, personal: bool) -> QWidget:
        box = QWidget()
        lines = column(text("形式", role="field"), spacing=4)
        self._group = QButtonGroup(self)
        self.radios: dict[str, QRadioButton] = {}
        for entry in self._formats.values():
            radio = QRadioButton(entry.word)
            radio.setFixedWidth(theme.current().px(220))
            radio.toggled.connect(lambda on: on and self._rename())
            self._group.addButton(radio)
            self.radios[entry.code] = radio
            lines.addLayout(row(radio, text(entry.help, role="note", wrap=False), 1, spacing=8))
        lines.addSpacing(6)
        lines.addWidget(text("目的（アクセスの記録に残ります）", role="field"))
        lines.addWidget(self.purpose)
        lines.addSpacing(6)
        lines.addWidget(text("保存先", role="field"))
        choose = button("選ぶ…", icon="folder")
        choose.clicked.connect(self._choose_path)
        where = row(self.path, choose, spacing=8)
        where.setStretch(0, 1)
        lines.addLayout(where)
        lines.addWidget(self.open_after)
        if personal:
            lines.addWidget(note("書き出したファイルは暗号化されません。用が済んだら消し、持ち出しは決まりに従ってください。"))
        box.setLayout(lines)
        return box

    @property
    def format(self) -> Format:
        """What is chosen."""
        return next(self._formats[code] for code, radio in self.radios.items() if radio.isChecked())

    def choose(self, code: str) -> None:
        """Choose a format."""
        self.radios[code].setChecked(True)
        self._rename()

    def _rename(self) -> None:
        """The name follows the format until somebody typed one."""
        suffix = self.format.suffix
        typed = self.path.text().strip()
        if typed:
            path = Path(typed)
            known = {entry.suffix for entry in self._formats.values()}
            self.path.setText(str(path.with_suffix(f".{suffix}")) if path.suffix.lstrip(".").lower() in known else typed)
            return
        folder = self.shell.preferences.get("export.folder", "") or QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        stamp = self.shell.context.now().astimezone(JST)
        self.path.setText(str(Path(folder) / f"{safe_name(self._name)}_{stamp:%Y%m%d-%H%M}.{suffix}"))

    def _choose_path(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "保存先", self.path.text(), f"*.{self.format.suffix}")
        if chosen:
            path = Path(chosen)
            self.path.setText(str(path if path.suffix else path.with_suffix(f".{self.format.suffix}")))

    def run(self) -> None:
        """Write it."""
        if not self.save.isEnabled():
            return
        if not self.purpose.text().strip():
            self.banner.show_message("目的を入れてください。何のために出したかを記録に残します。", tone="bad")
            self.purpose.setFocus()
            return
        path = Path(self.path.text().strip())
        if not self.path.text().strip() or path.is_dir():
            self.banner.show_message("保存するファイルの名前を入れてください。", tone="bad")
            self.path.setFocus()
            return
        if path.exists() and not ask(self, "同じ名前のファイルがあります。置き換えますか？", path.name, yes="置き換える", no="やめる"):
            return
        self.banner.show_message("")
        choice = Choice(self.format, path, self.purpose.text().strip())
        check = self._check_printable
        if check is None or choice.format.suffix != "pdf":
            self._start(choice)
            return
        self.save.setEnabled(False)
        reading = self.shell.runner.read(lambda: check(choice), parent=self, label="characters.scanning")
        reading.finished(lambda: self.save.setEnabled(True)).success(lambda found: self._checked(choice, found)).failure(
            self._failed
        ).start()

    def _checked(self, choice: Choice, found: Sequence[CharacterProblem]) -> None:
        if not found:
            self._start(choice)
            return
        from app.ui.widgets.unprintable import UnprintableDialog

        self.warning = UnprintableDialog(self, self.shell, found, rest="〓を印刷し、書き出したあとに一覧で知らせます。")
        self.warning.accepted_with.connect(lambda: self._start(replace(choice, substitutes=True)))
        self.warning.open()

    def _start(self, choice: Choice) -> None:
        self.save.setEnabled(False)
        operation = self.shell.runner.write(lambda job: self._write(choice, job), parent=self, label="lists.exporting")
        operation.finished(lambda: self.save.setEnabled(True)).success(self._done).failure(self._failed).start()

    def _done(self, done: Written) -> None:
        preferences = self.shell.preferences
        preferences.set("export.format", self.format.code)
        preferences.set("export.folder", str(done.path.parent))
        self.written.emit(done)
        self.shell.say(f"書き出しました：{done.path.name}")
        if not done.lost and not done.problems:
            if self.open_after.isChecked():
                open_file(done.path)
            self.accept()
            return
        self._show_problems(done)

    def _show_problems(self, done: Written) -> None:
        self._ask.hide()
        self.save.hide()
        self.close_button.setText("閉じる（Esc）")
        self.banner.show_message(f"書き出しました（{done.words}）。下の内容を確かめてください。", tone="warn")
        parts = column(text(str(done.path), role="note"), spacing=8)
        for words in list(done.problems)[:10]:
            parts.addWidget(text(f"・{words}"))
        if done.lost:
            parts.addWidget(heading(f"この文字コードに入らない文字 {len(done.lost):,}か所（〓に置き換えました）"))
            self.lost = Table(_LOST, name="入らない文字", preferences=self.shell.preferences)
            self.lost.setMinimumHeight(theme.current().px(220))
            self.lost.show_rows(done.lost, key=id)
            parts.addWidget(self.lost)
            parts.addWidget(note("すべての文字を残すには、CSV（UTF-8）かExcelで書き出してください。"))
        show, place = button("開く", icon="list"), button("フォルダーを開く", icon="folder")
        show.clicked.connect(lambda: open_file(done.path))
        place.clicked.connect(lambda: open_file(done.path.parent))
        parts.addLayout(row(show, place, 1, spacing=8))
        self._after.setLayout(parts)
        self._after.show()
        self.close_button.setFocus()
        self.adjustSize()

    def _failed(self, error: Exception) -> None:
        faults.show(self, error, retry=self.run)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field must not press a button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if hasattr(focused, "click") and not hasattr(focused, "isChecked"):
                focused.click()
            else:
                self.focusNextPrevChild(True)
            return
        super().keyPressEvent(event)


def safe_name(words: str) -> str:
    """A file name every system takes."""
    return "".join("_" if char in '\\/:*?"<>|\r\n\t' else char for char in words).strip(" .")[:60] or "list"


def stamp_words(moment: datetime) -> str:
    """A moment for a file name."""
    return f"{moment.astimezone(JST):%Y%m%d-%H%M}"


def lost_of(result: Any) -> list[Lost]:
    """The characters of an ``ExportResult`` that did not fit."""
    return [Lost(found.row, found.column, found.text, found.char, found.code_point) for found in result.unencodable]
