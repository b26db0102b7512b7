"""取り込んだデータ: the snapshots, which one searches look into, and everything that can be done with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from app.domain.resident import Finding, Snapshot
from app.presentation.columns.snapshot import SNAPSHOTS
from app.ui import theme
from app.ui.residents.nothing import nothing_yet
from app.ui.residents.snapshot_detail import SnapshotDetail
from app.ui.residents.tab import ResidentsTab
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.table import Table
from app.ui.widgets.text import Button, button, column, row
from app.usecases import residents
from app.usecases.job import Job

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage


class SnapshotsTab(ResidentsTab):
    """Enter shows the residents of a snapshot; Ctrl+D compares, Ctrl+P writes the report."""

    kinds = frozenset({"snapshot", "resident"})

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__(page)
        self._known: Sequence[Snapshot] = ()
        self.table = Table(SNAPSHOTS, name="取り込んだ住民データ", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._chose())
        self.table.opened.connect(lambda snapshot_id: page.open_tab("list", snapshot_id=snapshot_id))
        self.detail = SnapshotDetail(self.shell)
        self.detail.opened.connect(self._find)
        self.activate_button = self._button("検索に使う", "check", self.activate)
        self.compare_button = self._button("2つを比べる…", "filter", self.compare)
        self.report_button = self._button("報告…", "print", self.report)
        self.again_button = self._button("やり直す…", "refresh", self.run_again)
        self.send_button = self._button("持ち出す…", "usb", self.send)
        self.receive_button = self._button("受け取る…", "package", self.receive)
        for made, told in (
            (self.compare_button, "別の住民データと比べ、増えた人、いなくなった人、変わった人を示します（Ctrl+D）"),
            (self.report_button, "報告をPDF・Excel・CSVで書き出し、印刷します（Ctrl+P）"),
            (self.again_button, "同じファイルに、あとから届いた異動のファイルを加えて、もう一度組み立てます"),
            (self.send_button, "暗号化したファイルに、全域または1つの地区を書き出します"),
            (self.receive_button, "ほかのパソコンで書き出した、暗号化したファイルから読み込みます"),
        ):
            made.setToolTip(told)
        for keys, made in (("Ctrl+D", self.compare_button), ("Ctrl+P", self.report_button)):
            QShortcut(QKeySequence(keys), self, lambda made=made: made.isEnabled() and made.click())
        self.empty = nothing_yet(page)
        self._lay_out()
        self._enable()

    def _button(self, words: str, icon: str, act: Callable[[], Any]) -> Button:
        made = button(words, icon=icon)
        made.clicked.connect(act)
        return made

    def _lay_out(self) -> None:
        upper = QWidget()
        listed = (self.activate_button, self.compare_button, self.report_button, self.again_button, self.send_button)
        inside = column(row(*listed, 1, self.receive_button, spacing=8), self.table, spacing=8)
        inside.setStretch(1, 1)
        upper.setLayout(inside)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.addWidget(upper)
        self.halves.addWidget(self.detail)
        self.halves.setStretchFactor(1, 1)
        self.halves.setSizes([theme.current().px(180), theme.current().px(360)])
        self.halves.setChildrenCollapsible(False)
        whole = column(self.halves, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(0, 1)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.empty.hide()

    # -- what is shown

    def refresh(self) -> None:
        """Read the snapshots again."""
        ctx = self.context
        self.runner.read(lambda: residents.list_snapshots(ctx), parent=self, latest="snapshots").success(self.show_snapshots).start()

    def show_snapshots(self, found: Sequence[Snapshot]) -> None:
        """Show them; the one in use is chosen first, after that whoever is new."""
        new = [snapshot.id for snapshot in found if snapshot.id not in {known.id for known in self._known}] if self._known else []
        self._known = tuple(found)
        self.table.show_rows(found)
        self.halves.setVisible(bool(found))
        self.empty.setVisible(not found)
        if new:
            self.table.select_id(new[0])
        elif found and self.table.current_row() is None:
            self.table.select_id(next((snapshot.id for snapshot in found if snapshot.active), found[0].id))
        self._chose()

    def arrive(self, **arguments: Any) -> None:
        """``arrive(snapshot_id=…)`` chooses one."""
        if arguments.get("snapshot_id"):
            self.table.select_id(arguments["snapshot_id"])

    def take_focus(self) -> None:
        """On the list."""
        (self.empty.buttons[0] if self.empty.isVisibleTo(self) else self.table).setFocus()

    @property
    def chosen(self) -> Snapshot | None:
        """The snapshot at hand."""
        return self.table.current_row()

    def _chose(self) -> None:
        self._enable()
        if self.chosen is not None:
            self.detail.show_snapshot(self.chosen)

    def _enable(self) -> None:
        chosen, may = self.chosen, self.may("residents")
        self.activate_button.setEnabled(chosen is not None and not chosen.active and may)
        self.compare_button.setEnabled(len(self._known) > 1)
        self.report_button.setEnabled(chosen is not None and (self.may("export") or self.may("print")))
        self.again_button.setEnabled(chosen is not None and may and chosen.origin != "received")
        self.send_button.setEnabled(chosen is not None and may)
        self.receive_button.setEnabled(may)

    def _find(self, finding: Finding | None) -> None:
        """From somebody found to the list of residents."""
        chosen = self.chosen
        if finding is not None and chosen is not None and (finding.name or finding.resident_no):
            self.page.open_tab("list", snapshot_id=chosen.id, text=finding.name or finding.resident_no)

    # -- what is done

    def activate(self) -> None:
        """Searches look into the snapshot chosen from now on."""
        chosen = self.chosen
        if chosen is None or chosen.active:
            return
        told = "受付の検索が、このデータを見るようになります。今までのデータも残ります。"
        if not ask(self, f"「{chosen.label}」を検索に使いますか？", told, yes="使う", no="やめる", danger=False):
            return
        ctx = self.context
        operation = self.runner.write(lambda _: residents.activate_snapshot(ctx, snapshot_id=chosen.id), parent=self, label="lists.saving")
        operation.success(lambda _: self.shell.say(f"「{chosen.label}」を検索に使います")).start()

    def compare(self) -> None:
        """The snapshot chosen with the one before it."""
        from app.ui.residents.difference import DifferenceDialog

        chosen = self.chosen
        if chosen is not None and len(self._known) > 1:
            place = self._known.index(chosen)
            before = self._known[place + 1] if place + 1 < len(self._known) else self._known[0]
            DifferenceDialog(self, self.shell, self._known, after=chosen.id, before=before.id).open()

    def run_again(self) -> None:
        """The wizard with the files of the snapshot chosen."""
        chosen = self.chosen
        if chosen is not None:
            self.page.import_again(chosen)

    def report(self) -> None:
        """The report as a file or on paper."""
        chosen = self.chosen
        if chosen is None:
            return
        ctx, folder = self.context, self.shell.folder

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.snapshots import write_snapshot_report

            kind, _, encoding = choice.format.code.partition("-")
            done = write_snapshot_report(
                ctx.for_purpose(choice.purpose), snapshot_id=chosen.id, out=choice.path, format=kind,
                encoding="cp932" if encoding == "cp932" else "utf-8-sig", folder=folder, job=job,
            )  # fmt: skip
            return Written(choice.path, f"{done.rows:,}行", lost_of(done), done.problems)

        ExportDialog(
            self, self.shell, title="住民データの報告", name=f"報告_{chosen.label}", formats=(PDF, XLSX, CSV, CSV_CP932, HTML), write=write,
            lead="もとのファイル、確かめたことの件数と一覧、地区・年齢・性別の人数を書き出します。",
        ).open()  # fmt: skip

    def send(self) -> None:
        """An encrypted file for other laptops."""
        from app.ui.residents.transfer import SendDialog

        if self.chosen is not None:
            SendDialog(self, self.shell, self.chosen).open()

    def receive(self) -> None:
        """A file from another laptop."""
        self.page.receive()
