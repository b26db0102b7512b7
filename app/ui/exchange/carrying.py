"""持ち出す: which sites a package is for, where it goes, and that it was written and checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QWidget

from app.domain.errors import Cancelled, EnvironmentFault, SasaeError
from app.presentation.columns.exchange import RECEIVERS, size_words
from app.presentation.messages import message
from app.syncing.package_rows import WrittenPackage
from app.ui import faults, theme
from app.ui.exchange.sticks import Stick
from app.ui.exchange.words import written_words
from app.ui.page import Shell
from app.ui.residents.transfer import _TransferDialog
from app.ui.widgets.opening import open_file
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, note, text
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.site_board import Receiver

CANCELLED = "中止しました。何も書き込んでいません。"


def write_all(
    ctx: Context, sites: Sequence[str], *, target: Path, whole: bool = False, pictures: bool = True
) -> Callable[[Job], list[WrittenPackage]]:
    """Work that writes a package for each site, each checked before the next begins."""

    def write(job: Job) -> list[WrittenPackage]:
        from app.syncing.packages import write_package

        if not target.is_dir():  # else a file of that name would appear where the stick was
            raise EnvironmentFault("site.folder_gone", path=str(target))
        return [write_package(ctx, to_site=site, target=target, whole=whole, pictures=pictures, job=job) for site in sites]

    return write


def say_fault(error: Exception, *, cancelled: str) -> str:
    """A fault as a sentence; "" for what is a bug and wants its own dialog."""
    if isinstance(error, Cancelled):
        return cancelled
    return message(error) if isinstance(error, SasaeError) else ""


class CarryDialog(_TransferDialog):
    """``written`` carries the list of ``WrittenPackage``. Several sites at once: one package for each on the same stick."""

    written = Signal(object)

    def __init__(
        self, parent: QWidget | None, shell: Shell, *, sites: Sequence[Receiver], sticks: Sequence[Stick], folder: str = ""
    ) -> None:
        lead = "渡す拠点を選びます。その拠点がまだ持っていない記録だけを、その拠点だけが開ける形で書き込みます。"
        super().__init__(parent, shell, "持ち出す", lead, "書き込む")
        self.setMinimumWidth(theme.current().px(780))
        self._sites = tuple(sites)
        self.table = Table(RECEIVERS, name="渡す拠点", runner=shell.runner, preferences=shell.preferences)
        self.table.setMinimumHeight(theme.current().px(210))
        self.table.show_rows(sites)
        self.table.opened.connect(lambda _: self.run())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._count())
        self.place = QComboBox()
        for stick in sticks:
            if stick.writable:
                self.place.addItem(f"{stick.name}　空き {size_words(stick.free)}", str(stick.path))
        if folder:
            self.place.addItem(folder, folder)
        self.choose_button = button("ほかのフォルダー…（Ctrl+O）", icon="folder")
        self.choose_button.setShortcut("Ctrl+O")
        self.choose_button.clicked.connect(self._choose)
        self.whole = QCheckBox("はじめから全部を入れる（相手の台帳がなくなった・作り直したとき）")
        self.pictures = QCheckBox("写真も入れる")
        self.pictures.setChecked(True)
        self.count = text("", role="field", wrap=False)
        self.questions.addWidget(self.table)
        self.questions.addWidget(self.count)
        self.questions.addSpacing(6)
        self.ask_line("書き込み先", self.place, self.choose_button)
        for part in (self.pictures, self.whole):
            self.questions.addWidget(part)
        self.questions.addWidget(
            note("拠点をいくつも選ぶと（Ctrl・Shift＋クリック、Ctrl+A）、1本のUSBメモリーに拠点ごとのファイルを書き込みます。")
        )
        if sites:
            first = next((place for place, one in enumerate(sites) if one.kind == "hq"), None)
            most = max(range(len(sites)), key=lambda place: sites[place].waiting)
            self.table.make_current(most if first is None else first)
        self._count()
        self.table.setFocus()

    def _count(self) -> None:
        chosen = set(self.table.selected_ids())
        rows = [one for one in self._sites if one.id in chosen]
        waiting = sum(one.waiting for one in rows)
        self.count.setText(f"選んだ拠点 {len(rows):,}か所　渡す記録 およそ {waiting:,}件" if rows else "渡す拠点を選んでください")
        self.act_button.setEnabled(bool(rows))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "書き込み先のフォルダー", self.place.currentData() or "")
        if chosen:
            self.use_folder(Path(chosen))

    def use_folder(self, folder: Path) -> None:
        """Write there."""
        at = self.place.findData(str(folder))
        if at < 0:
            self.place.addItem(str(folder), str(folder))
            at = self.place.count() - 1
        self.place.setCurrentIndex(at)

    def run(self) -> None:
        """Write; progress with Cancel."""
        if not self.act_button.isEnabled() or self.act_button.isHidden():
            return
        if not self.place.currentData():
            self.banner.show_message("USBメモリーを差し込むか、「ほかのフォルダー…」で書き込み先を選んでください。", tone="bad")
            self.grow()
            return
        work = write_all(
            self.shell.context, self.table.selected_ids(), target=Path(self.place.currentData()), whole=self.whole.isChecked(),
            pictures=self.pictures.isChecked(),
        )  # fmt: skip
        self.act_button.setEnabled(False)
        operation = self.shell.runner.write(work, parent=self, label="site.writing")
        operation.finished(lambda: self.act_button.setEnabled(True)).success(self._done).failure(self.fail).start()

    def fail(self, error: Exception) -> None:
        """Every fault is a sentence here."""
        words = say_fault(error, cancelled=CANCELLED)
        if words:
            self.banner.show_message(words, tone="bad")
            self.grow()
        else:
            faults.show(self, error)

    def _done(self, done: Sequence[WrittenPackage]) -> None:
        where = done[0].path.parent
        self.banner.show_message(written_words(done), tone="good", action="フォルダーを開く", act=lambda: open_file(where))
        self.act_button.hide()
        for part in (self.table, self.place, self.choose_button, self.whole, self.pictures):
            part.setEnabled(False)
        self.close_button.setText("閉じる（Esc）")
        self.close_button.setFocus()
        self.grow()
        self.written.emit(done)
