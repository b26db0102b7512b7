"""Step 1 of 住民データ: which files, what each of them is, and the two moments that decide who counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.domain.errors import SasaeError
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.forms.importing import RESIDENTS
from app.presentation.messages import message
from app.ui import theme
from app.ui.importing.resident_work import ROLE_WORDS, ResidentFile, Role, arrange, find_doubles, judge_files, recognise
from app.ui.importing.sample_view import SampleView
from app.ui.importing.work import Reading
from app.ui.runner import Runner
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases.context import Context
from app.usecases.snapshot_paths import KnownFile

_FILTER = "表のファイル (*.csv *.tsv *.txt *.xlsx *.xlsm *.xls);;すべてのファイル (*)"
_MOMENTS = (
    "「災害の日時」に住民だった人を、「いつまでの届出」までに窓口で処理された届出だけを使って集めます（履歴のないファイルは、載っている人をそのまま取り込みます）。"
    "例：1月1日の地震で1月5日まで含めると、12月30日に生まれ1月4日に届けた子も入り、1月1日に亡くなった人も直前の住民として残ります。"
)
_HINT = "住民の一覧、または全件と日ごとの異動のファイル（CSV・Excel）。何件でも選べます"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of the table. ``tone`` of ``words``: bad stops, warn is left out, empty is in order."""

    id: Path
    place: str
    file: ResidentFile | None
    words: str
    tone: Tone = ""


def _days(line: FileLine) -> str:
    if line.file is None or line.file.first is None or line.file.last is None:
        return ""
    first, last = day_text(line.file.first.isoformat()), day_text(line.file.last.isoformat())
    return first if first == last else f"{first}～{last}"


_LINES: ColumnSet[FileLine] = ColumnSet(
    key="import.residents.files",
    columns=(
        Column(key="place", label="順", text=lambda r: r.place, width=2, align="right"),
        Column(key="name", label="ファイル", text=lambda r: r.id.name, width=18, tip=lambda r: str(r.id)),
        Column(key="role", label="種類", text=lambda r: ROLE_WORDS[r.file.role] if r.file else "", width=6),
        Column(key="words", label="確かめたこと", text=lambda r: r.words, width=12, tone=lambda r: r.tone, tip=lambda r: r.words),
        Column(key="rows", label="行数（約）", text=lambda r: f"{r.file.rows:,}" if r.file else "", width=5, align="right"),
        Column(key="days", label="はじめの行の処理日", text=_days, width=10),
    ),
)


class ResidentFilesStep(QWidget):
    """``ready`` tells whether one can go on. Files may be dropped on it; F6 changes what a file is, Delete takes it off."""

    ready = Signal(bool)

    def __init__(self, ctx: Context, runner: Runner) -> None:
        super().__init__()
        self._ctx, self._runner = ctx, runner
        self._readings: dict[Path, Reading] = {}
        self._roles: dict[Path, Role] = {}
        self._expected: dict[Path, KnownFile] = {}
        self._problems: dict[Path, str] = {}
        self._fresh = True
        self.files: dict[Path, ResidentFile] = {}
        self.setAcceptDrops(True)
        self.banner = Banner()
        self.list = Table(_LINES, name="選んだファイル", many=False)
        self.list.setMaximumHeight(theme.current().px(190))
        self.list.setMinimumHeight(theme.current().px(128))
        self.list.chosen.connect(lambda _: self._show_current())
        self.choose = button("ファイルを選ぶ…（Ctrl+O）", role="primary", icon="folder")
        self.choose.setShortcut("Ctrl+O")
        self.choose.clicked.connect(self._choose)
        self.drop_button = button("外す（Delete）", icon="minus")
        self.drop_button.clicked.connect(self.remove)
        self.role = QComboBox()
        self.role.setAccessibleName("ファイルの種類")
        for key, words in ROLE_WORDS.items():
            self.role.addItem(words, key)
        self.role.activated.connect(lambda _: self.set_role(self.role.currentData()))
        self.form = FormBody(RESIDENTS, values={"as_of": ctx.place.occurred_at, "known_at": ctx.now()}, columns=3)
        self.form.changed.connect(self._tell)
        self.view = SampleView(_HINT)
        self.view.reread.connect(self._reread)
        self._lay_out()
        QShortcut(QKeySequence("F6"), self, self._next_role)
        QShortcut(QKeySequence("Delete"), self.list, self.remove, context=Qt.ShortcutContext.WidgetShortcut)
        self._show()

    def _lay_out(self) -> None:
        kind = column(text("種類（F6）", role="field", wrap=False), self.role, spacing=2)
        buttons = column(self.choose, self.drop_button, kind, 1, spacing=6)
        top = row(self.list, buttons, spacing=12)
        top.setStretch(0, 1)
        self.form.layout().takeAt(self.form.layout().count() - 1)
        whole = column(top, self.banner, self.form, note(_MOMENTS), self.view, spacing=6)
        whole.setStretch(4, 1)
        self.setLayout(whole)

    # -- files

    def add_files(self, paths: Sequence[Path]) -> None:
        """Look into files and put them on the list."""
        self._fresh = True
        for path in paths:
            if path not in self._readings:
                self._readings[path] = Reading()
                self._look(path)
        self._show()

    def expect(self, files: Sequence[KnownFile]) -> None:
        """The files of an earlier run: those still there come onto the list, the others are named with their hash."""
        for known in files:
            self._expected[known.path] = known
            if known.role in ROLE_WORDS:
                self._roles[known.path] = known.role  # type: ignore[assignment]
            self._readings[known.path] = Reading()
            if known.path.is_absolute() and known.path.is_file():
                self._look(known.path)
            else:
                self._problems[known.path] = self._say_missing(known)
        self._show()

    @staticmethod
    def _say_missing(known: KnownFile) -> str:
        mark = f"照合値（SHA-256）は {known.sha256}。" if known.sha256 else ""
        return f"前に使ったファイルが見つかりません：{known.path.name}。{mark}同じファイルを選び直すか、外してください。"

    @property
    def paths(self) -> list[Path]:
        """Every file chosen."""
        return list(self._readings)

    @property
    def ordered(self) -> list[ResidentFile]:
        """The files that will be used, in their order; doubles are left out."""
        arranged = arrange(list(self.files.values()))
        doubles = find_doubles(arranged)
        return [file for file in arranged if file.path not in doubles]

    def answers(self) -> dict[str, Any] | None:
        """The questions, or None after saying beside them what is missing."""
        return self.form.read()

    @property
    def complete(self) -> bool:
        """Whether every file could be read and they fit together."""
        return bool(self.files) and not self._problems and set(self.files) == set(self._readings) and not judge_files(self.ordered)

    def set_role(self, role: Role) -> None:
        """Say what the file at hand is."""
        path, self._fresh = self.list.current_id(), False
        if path in self.files:
            self._roles[path] = role
            self._take(self.files[path])

    def remove(self) -> None:
        """Take the file at hand off the list."""
        path = self.list.current_id()
        for kept in (self._readings, self._roles, self._problems, self.files, self._expected):
            kept.pop(path, None)
        self._show()

    def take_focus(self) -> None:
        """On the button that chooses, or on the list once there is one."""
        (self.list if self.files else self.choose).setFocus()

    def _next_role(self) -> None:
        path = self.list.current_id()
        if path in self.files:
            roles = list(ROLE_WORDS)
            self.set_role(roles[(roles.index(self.files[path].role) + 1) % len(roles)])

    def _look(self, path: Path) -> None:
        ctx, reading = self._ctx, self._readings[path]
        found = self._runner.read(
            lambda: recognise(ctx, path=path, reading=reading), parent=self, label="lists.reading", latest=f"residents:{path}"
        )
        found.success(self._take).failure(lambda error: self._refuse(path, error)).start()

    def _take(self, file: ResidentFile) -> None:
        path = file.path
        if path not in self._readings:
            return
        self._problems.pop(path, None)
        self.files[path] = replace(file, role=self._roles.get(path, file.role))
        expected = self._expected.get(path)
        if expected is not None and expected.sha256 and expected.sha256 != file.sha256:
            self._problems[path] = (
                f"「{path.name}」の中身が、前に使ったときと違います（前の照合値は {expected.sha256}）。前のファイルに戻すか、外して選び直してください。"
            )
        for missing, known in list(self._expected.items()):
            # the same content chosen from elsewhere takes the place of a file that was missing
            if missing != path and missing in self._problems and known.sha256 and known.sha256 == file.sha256:
                for kept in (self._readings, self._problems, self._expected):
                    kept.pop(missing, None)
                self._roles.setdefault(path, self._roles.pop(missing, file.role))
                self.files[path] = replace(file, role=self._roles[path])
        self._show()

    def _refuse(self, path: Path, error: Exception) -> None:
        self.files.pop(path, None)
        if path in self._readings:
            self._problems[path] = message(error) if isinstance(error, SasaeError) else f"ファイルを読めません：{path.name}"
        self._show()

    def _reread(self, reading: Reading) -> None:
        path, self._fresh = self.list.current_id(), False
        if path is not None:
            self._readings[path] = reading
            self._look(path)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, "住民データの取り込み", "", _FILTER)
        self.add_files([Path(name) for name in chosen])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files from the desktop are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take them."""
        self.add_files([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # -- what is seen

    def lines(self) -> list[FileLine]:
        """Every file in its order, what is wrong with it, and those still being read."""
        arranged = arrange(list(self.files.values()))
        doubles: Mapping[Path, str] = find_doubles(arranged)
        lines: list[FileLine] = []
        place = 0
        for file in arranged:
            if file.path in self._problems:
                lines.append(FileLine(file.path, "―", file, self._problems[file.path], "bad"))
            elif file.path in doubles:
                lines.append(FileLine(file.path, "―", file, f"「{doubles[file.path]}」と同じ中身です。1回だけ使います", "warn"))
            else:
                place += 1
                lines.append(FileLine(file.path, str(place), file, "読めます"))
        waiting = [path for path in self._readings if path not in self.files]
        lines += [
            FileLine(path, "―", None, self._problems.get(path, "見ています…"), "bad" if path in self._problems else "") for path in waiting
        ]
        return lines

    def _show(self) -> None:
        self.list.show_rows(self.lines())
        if self.list.rows.rowCount() and (self.list.current_id() is None or (self._fresh and not self.list.hasFocus())):
            self.list.make_current(0)
        told = [*self._problems.values(), *judge_files(self.ordered)]
        doubles = find_doubles(list(self.files.values()))
        if doubles and not told:
            names = "、".join(f"「{path.name}」" for path in list(doubles)[:3])
            self.banner.show_message(f"中身が同じファイルが2回選ばれています。1回だけ使い、{names}は使いません。", tone="warn")
        else:
            self.banner.show_message("\n".join(told[:3]), tone="bad")
        self._show_current()

    def _show_current(self) -> None:
        path = self.list.current_id()
        file = self.files.get(path) if path else None
        self.drop_button.setEnabled(path is not None)
        self.role.setEnabled(file is not None)
        if file is not None:
            self.role.setCurrentIndex(self.role.findData(file.role))
        self.view.show_sample(file.sample if file else None, self._readings.get(path) if path else None)
        self._tell()

    def _tell(self) -> None:
        self.ready.emit(self.complete)
