"""Step 1: which files, how they are read, and what they look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QListWidget, QWidget

from app.domain.errors import SasaeError
from app.presentation.messages import message
from app.ui import theme
from app.ui.importing.sample_view import SampleView
from app.ui.importing.site_picker import SitePicker
from app.ui.importing.work import Reading, Sample, Target, look_into
from app.ui.runner import Runner
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.shelter_picker import ShelterPicker
from app.ui.widgets.text import button, column, row, text
from app.usecases.context import Context

_FILTER = "表のファイル (*.csv *.tsv *.txt *.xlsx *.xlsm *.xls);;すべてのファイル (*)"


class FileStep(QWidget):
    """``ready`` tells whether every file could be read and the questions can be answered. Files may be dropped on it."""

    ready = Signal(bool)

    def __init__(self, target: Target, ctx: Context, runner: Runner, *, shelter_id: str = "") -> None:
        super().__init__()
        self.target, self._ctx, self._runner = target, ctx, runner
        self.samples: dict[Path, Sample] = {}
        self._readings: dict[Path, Reading] = {}
        self._problems: dict[Path, str] = {}
        self.setAcceptDrops(True)
        self.list = QListWidget()
        self.list.setAccessibleName("選んだファイル")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setMaximumHeight(theme.current().px(96 if target.many else 46))
        self.list.currentRowChanged.connect(lambda _: self._show_current())
        self.choose = button("ファイルを選ぶ…（Ctrl+O）", role="primary", icon="folder")
        self.choose.setShortcut("Ctrl+O")
        self.choose.clicked.connect(self._choose)
        self.drop_button = button("外す", icon="minus")
        self.drop_button.clicked.connect(self._remove)
        self.banner = Banner()
        self.form = FormBody(target.form)
        self.form.changed.connect(self._tell)
        self.shelter = ShelterPicker(empty="避難所を選んでください") if target.key == "evacuees" else None
        if self.shelter is not None:
            self.shelter.load(ctx, runner, chosen=shelter_id)
            self.shelter.picked.connect(lambda _: self._tell())
        self.site = SitePicker(ctx, runner) if target.key == "evacuees" else None
        self.view = SampleView(target.hint)
        self.view.reread.connect(self._reread)
        self._lay_out()
        self._show_current()

    def _lay_out(self) -> None:
        buttons = column(self.choose, self.drop_button, spacing=6)
        top = row(self.list, buttons, spacing=12)
        top.setStretch(0, 1)
        parts: list[Any] = [top, self.banner]
        if self.shelter is not None:
            parts.append(row(text("避難所", role="field", wrap=False), self.shelter, 1, spacing=8))
        if self.site is not None:
            parts.append(self.site)
        parts += [self.form, self.view]
        whole = column(*parts, spacing=8)
        whole.setStretch(len(parts) - 1, 1)
        self.form.layout().takeAt(self.form.layout().count() - 1)
        self.setLayout(whole)

    # -- files

    def add_files(self, paths: Sequence[Path]) -> None:
        """Look into files and put them on the list; one only where one is wanted."""
        wanted = list(paths) if self.target.many else list(paths)[:1]
        if not self.target.many:
            for known in list(self.samples) + list(self._problems):
                self._forget(known)
        for path in wanted:
            if path not in self._readings:
                self._readings[path] = Reading()
                self.list.addItem(path.name)
                self.list.item(self.list.count() - 1).setData(Qt.ItemDataRole.UserRole, path)
            self._look(path)
        if wanted:
            self.list.setCurrentRow(self.list.count() - 1 if not self.target.many else 0)

    @property
    def paths(self) -> list[Path]:
        """The files, in order of the list."""
        return [self.list.item(place).data(Qt.ItemDataRole.UserRole) for place in range(self.list.count())]

    def ordered(self) -> list[Sample]:
        """What was seen of each file, in order of the list."""
        return [self.samples[path] for path in self.paths if path in self.samples]

    def take_focus(self) -> None:
        """On the button that chooses."""
        self.choose.setFocus()

    def answers(self) -> dict[str, Any] | None:
        """The questions, or None after saying beside them what is missing."""
        values = self.form.read()
        if values is None or (self.shelter is not None and not self.shelter.shelter_id):
            if self.shelter is not None and not self.shelter.shelter_id:
                self.banner.show_message("どの避難所の名簿かを選んでください。", tone="warn")
            return None
        if self.shelter is not None:
            values["shelter_id"] = self.shelter.shelter_id
        if self.site is not None:
            problem = self.site.problem()
            if problem:
                self.banner.show_message(problem, tone="warn")
                return None
            values |= {"site": self.site.name, "make_site": self.site.make}
        return values

    @property
    def complete(self) -> bool:
        """Whether there are files and all of them can be read."""
        return bool(self.samples) and not self._problems and set(self.paths) == set(self.samples)

    def _look(self, path: Path) -> None:
        reading, ctx, target = self._readings[path], self._ctx, self.target.key
        found = self._runner.read(
            lambda: look_into(ctx, target=target, path=path, reading=reading), parent=self, label="lists.reading", latest=f"import:{path}"
        )
        found.success(self._seen).failure(lambda error: self._not_seen(path, error)).start()

    def _seen(self, sample: Sample) -> None:
        if sample.path not in self._readings:
            return
        self.samples[sample.path] = sample
        self._problems.pop(sample.path, None)
        self._show_current()

    def _not_seen(self, path: Path, error: Exception) -> None:
        self.samples.pop(path, None)
        self._problems[path] = message(error) if isinstance(error, SasaeError) else f"ファイルを読めません：{path.name}"
        self._show_current()

    def _choose(self) -> None:
        if self.target.many:
            chosen, _ = QFileDialog.getOpenFileNames(self, self.target.title, "", _FILTER)
        else:
            one, _ = QFileDialog.getOpenFileName(self, self.target.title, "", _FILTER)
            chosen = [one] if one else []
        self.add_files([Path(name) for name in chosen])

    def _remove(self) -> None:
        if self.list.currentItem() is not None:
            self._forget(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    def _forget(self, path: Path) -> None:
        for place, known in enumerate(self.paths):
            if known == path:
                self.list.takeItem(place)
                break
        for kept in (self.samples, self._problems, self._readings):
            kept.pop(path, None)
        self._show_current()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files from the desktop are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take them."""
        self.add_files([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # -- what is seen

    def _current(self) -> Path | None:
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    def _show_current(self) -> None:
        path = self._current()
        sample = self.samples.get(path) if path else None
        problems = [f"{known.name}：{words}" if self.target.many else words for known, words in self._problems.items()]
        self.banner.show_message("\n".join(problems), tone="bad")
        self.drop_button.setEnabled(path is not None)
        self.view.show_sample(sample, self._readings.get(path) if path else None)
        self._tell()

    def _reread(self, reading: Reading) -> None:
        path = self._current()
        if path is not None:
            self._readings[path] = reading
            self._look(path)

    def _tell(self) -> None:
        self.ready.emit(self.complete)


def sample_cells(samples: Sequence[Sample], heading: str, *, most: int = 3) -> str:
    """The first different values under a heading; none of a column that may not be imported."""
    found: dict[str, None] = {}
    for sample in samples:
        if heading in sample.table.mappable:
            at = sample.table.header.index(heading)
            for cells in sample.rows:
                if at < len(cells) and cells[at].strip():
                    found.setdefault(cells[at].strip())
                if len(found) >= most:
                    break
    return " ／ ".join(found)


def headings_of(samples: Sequence[Sample], start: Mapping[str, str]) -> list[str]:
    """Every heading once, those in use first, then in order of the files; columns that may not be imported are not offered."""
    seen = dict.fromkeys(heading for sample in samples for heading in sample.table.mappable if heading)
    return sorted(seen, key=lambda heading: not start.get(heading))
