"""取り込む: what is on the stick, what a package would do, taking it in, what it did. Nothing is written before 適用."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.presentation.messages import message
from app.syncing.package_rows import AppliedPackage, FoundPackage, Inspection, TakenReceipt
from app.syncing.packages import find_packages
from app.ui import faults, theme
from app.ui.exchange.carrying import say_fault
from app.ui.exchange.lines import FactLines
from app.ui.exchange.words import (
    FOUND,
    OFF,
    applied_lines,
    found_problem,
    from_words,
    inspection_lines,
    is_new,
    is_refused,
    receipts_words,
)
from app.ui.page import Shell
from app.ui.residents.transfer import _TransferDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, text
from app.usecases.job import Job

UNTOUCHED = "台帳は何も変わっていません。"


class TakeDialog(_TransferDialog):
    """``taken`` carries each ``AppliedPackage``. Begins with the first package that waits, and goes on to the next."""

    taken = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell, *, folder: Path | None = None, file: Path | None = None) -> None:
        lead = "パッケージを選ぶと中身を確かめます。「適用」を押すまで、台帳には何も書き込みません。"
        super().__init__(parent, shell, "取り込む", lead, "中身を確かめる")
        self.setMinimumWidth(min(theme.current().px(980), self.screen().availableGeometry().width() - 40))
        self.found: list[FoundPackage] = []
        self.inspection: Inspection | None = None
        self._folder = folder
        self._applied: set[Path] = set()
        self._wanted: Path | None = None
        self._reopen = False
        self.table = Table(FOUND, name="見つかったパッケージ", runner=shell.runner, preferences=shell.preferences, many=False)
        self._fit_table()
        self.table.chosen.connect(lambda _: self._choose_row())
        self.table.opened.connect(lambda _: self.run())
        self.where = text("", role="field")
        self.facts = FactLines()
        self.facts.setMinimumHeight(theme.current().px(200))
        self.conflicts_button = button("競合を見る", icon="warning")
        self.conflicts_button.clicked.connect(self._to_conflicts)
        self.conflicts_button.hide()
        self.other_button = button("ほかのファイル…（Ctrl+O）", icon="folder")
        self.other_button.setShortcut("Ctrl+O")
        self.other_button.clicked.connect(self._ask_file)
        for part in (self.where, self.table, self.facts):
            self.questions.addWidget(part)
        self.foot.insertWidget(0, self.other_button)
        self.foot.insertWidget(self.foot.count() - 1, self.conflicts_button)
        self.act_button.setEnabled(False)
        self.setAcceptDrops(True)
        if file is not None:
            self.look_into(file)
        elif folder is not None:
            self.look_for(folder)

    # -- what there is

    def look_for(self, folder: Path) -> None:
        """List what is in a folder; a file may be given too."""
        ctx = self.shell.context
        self._folder = folder

        self.where.setText(f"{folder} を調べています…")
        read = self.shell.runner.read(lambda: find_packages(folder, ctx=ctx), parent=self, label="site.looking", latest="exchange.found")
        read.success(self.show_found).failure(self.fail).start()

    def look_into(self, file: Path) -> None:
        """A file that somebody chose: its folder is listed and it is current."""
        self._wanted = file
        self.look_for(file.parent if file.is_file() else file)

    def show_found(self, found: Sequence[FoundPackage]) -> None:
        """Those for this laptop first, oldest first."""
        self.found = sorted(found, key=lambda one: (not is_new(one), one.kind != "package", str(one.written_at or ""), one.path.name))
        self._show_rows()
        self.facts.show_lines(())
        self.act_button.setEnabled(False)
        wanted, self._wanted = self._wanted, None
        if self.found:
            place = next((at for at, one in enumerate(self.found) if one.path == wanted), 0)
            self.table.make_current(place)
            self.table.setFocus()
            self._choose_row()

    def _show_rows(self) -> None:
        waiting = sum(is_new(one) for one in self.found)
        said = f"取り込むものが {waiting:,}件あります。" if waiting else "新しく取り込むものはありません。"
        self.where.setText(f"{self._folder}　{said if self.found else '受け渡しのファイルがありません。'}")
        self.table.show_rows(self.found, key=lambda one: str(one.path))
        self._fit_table()
        self.grow()

    def _fit_table(self) -> None:
        """Whole rows, as many as there are and the screen has room for."""
        look = theme.current()
        room = self.screen().availableGeometry().height() - look.px(540)  # for what is said around it
        row, head = max(self.table.verticalHeader().defaultSectionSize(), 1), self.table.horizontalHeader().sizeHint().height()
        most = max(3, min(6, (room - head) // row))
        self.table.setFixedHeight(head + row * max(2, min(most, len(self.found))) + 2 * self.table.frameWidth() + 2)

    @property
    def chosen(self) -> FoundPackage | None:
        """The file in sight."""
        found: FoundPackage | None = self.table.current_row()
        return found

    def _choose_row(self) -> None:
        found = self.chosen
        if found is None or (self.inspection is not None and self.inspection.path == found.path):
            return
        self.inspection = None
        self.conflicts_button.hide()
        self.banner.show_message("")
        problem = found_problem(found)
        self.act_button.setEnabled(not problem)
        self.act_button.show()
        if problem:
            self.facts.show_lines([("取り込めません" if is_refused(found) else "これは", problem)])
        elif found.kind == "receipt":
            self.facts.show_lines([("これは", f"{found.site or found.sender}からの受領書です。渡したものが届いたかを確かめられます。")])
            self.act_button.setText("受領書を取り込む（Ctrl+Enter）")
        else:
            self.facts.show_lines([("これは", "中身を確かめています…")])
            self._inspect(found.path)

    # -- looking, taking

    def run(self) -> None:
        """The next step for the file in sight."""
        found = self.chosen
        if found is None or not self.act_button.isEnabled() or self.act_button.isHidden():
            return
        if found.kind == "receipt":
            self._take_receipts([found.path])
        elif self.inspection is None:
            self._inspect(found.path)
        else:
            self._apply(self.inspection)

    def _inspect(self, path: Path) -> None:
        ctx = self.shell.context

        def inspect(job: Job) -> Inspection:
            from app.syncing.packages import inspect_package

            return inspect_package(ctx, source=path, job=job)

        self.act_button.setEnabled(False)
        self.act_button.setText("中身を確かめる（Ctrl+Enter）")
        work = self.shell.runner.write(inspect, parent=self, label="site.inspecting")
        work.finished(lambda: self.act_button.setEnabled(True)).success(self.show_inspection).failure(self.fail).start()

    def show_inspection(self, found: Inspection) -> None:
        """What it would do."""
        if self.chosen is None or self.chosen.path != found.path:
            return
        self.inspection = found
        self.facts.show_lines(inspection_lines(found))
        if found.already:
            self.act_button.setEnabled(False)
            self.act_button.setText("取り込み済み")
        else:
            self.act_button.setText(f"適用：{found.new:,}件を取り込む（Ctrl+Enter）")
            self.act_button.setFocus()

    def _apply(self, found: Inspection) -> None:
        ctx, folder = self.shell.context, self.shell.folder

        def apply(job: Job) -> AppliedPackage:
            from app.syncing.packages import apply_package

            return apply_package(ctx, source=found.path, folder=folder, job=job)

        self.act_button.setEnabled(False)
        work = self.shell.runner.write(apply, parent=self, label="site.applying")
        work.finished(lambda: self.act_button.setEnabled(True)).success(self._done).failure(self.fail).start()

    def fail(self, error: Exception) -> None:
        """Every fault is a sentence here; nothing of the package was kept."""
        words = say_fault(error, cancelled="中止しました。")
        if not words:
            faults.show(self, error)
            return
        said = "何も取り込んでいません" in words
        self.banner.show_message(words if said else f"{words}\n{UNTOUCHED}", tone="bad")
        if self.inspection is None:
            self.facts.show_lines(())
            self.act_button.setText("もう一度確かめる（Ctrl+Enter）")
        self.grow()

    def _done(self, done: AppliedPackage) -> None:
        path = self.inspection.path if self.inspection else Path()
        self._applied.add(path)
        self.found = [replace(one, already=True) if one.path == path else one for one in self.found]
        self._show_rows()
        self.facts.show_lines(applied_lines(done))
        self.conflicts_button.setText(f"競合を見る（{done.report.conflicts:,}件）")
        self.conflicts_button.setVisible(bool(done.report.conflicts) and self.shell.context.actor.may("settle"))
        self.close_button.setText("閉じる（Esc）")
        self.taken.emit(done)
        if done.became_new:
            self._say_became_new()
            return
        receipts = [one.path for one in self.found if one.kind == "receipt" and is_new(one) and one.path not in self._applied]
        if receipts:
            self._take_receipts(receipts, after=done)
        else:
            self._say_done(done, [])

    def _say_became_new(self) -> None:
        """The folder is a copied one: nothing more can be done with it until it is opened anew, whichever way this dialog is left."""
        self._reopen = True
        self.banner.show_message(message("exchange.became_new"), tone="bad")
        self.table.setEnabled(False)
        for made in (self.act_button, self.conflicts_button, self.other_button):
            made.hide()
        self.close_button.setText("閉じて開き直す（Esc）")
        self.close_button.setFocus()
        self.grow()

    def done(self, result: int) -> None:
        """Closed; a copied folder is closed with it, to be opened as the new device that it is."""
        super().done(result)
        if self._reopen:
            self._reopen = False
            self.shell.leave(again=True)

    def _say_done(self, done: AppliedPackage, receipts: Sequence[TakenReceipt], fault: str = "") -> None:
        left = [one for one in self.found if is_new(one) and one.kind == "package" and one.path not in self._applied]
        number = done.report.operations
        words = [f"{from_words(done.card)}から {number:,}件を取り込みました。" if number else "新しい記録はありませんでした。"]
        words += [receipts_words(receipts)] if receipts else []
        kept = done.receipt is not None or not any(code == "exchange.receipt_missing" for code, _ in done.warnings)
        missing = [] if kept else ["受領書は書けませんでした（下の「注意」を見てください）。"]
        words += [*missing, fault] if fault else missing
        words.append(f"このUSBメモリーには、まだ {len(left):,}件あります。" if left else OFF)
        tone = "warn" if fault or missing else "good"
        self.banner.show_message(
            "\n".join(words), tone=tone, action="次を確かめる" if left else "", act=(lambda: self._next(left[0])) if left else None
        )
        self.act_button.setVisible(False)
        (self.conflicts_button if self.conflicts_button.isVisibleTo(self) and not left else self.close_button).setFocus()
        self.grow()

    def _next(self, found: FoundPackage) -> None:
        self.table.select_id(str(found.path))

    def _take_receipts(self, paths: Sequence[Path], after: AppliedPackage | None = None) -> None:
        ctx = self.shell.context

        def take(job: Job) -> list[TakenReceipt]:
            from app.syncing.receipts import take_receipt

            return [take_receipt(ctx, source=path) for path in job.track(paths, "site.looking")]

        def told(taken: Sequence[TakenReceipt]) -> None:
            self._applied.update(paths)
            self.shell.runner.changed.emit({"package": frozenset(number for one in taken for number in one.packages)})
            if after is not None:
                self._say_done(after, taken)
            else:
                self.banner.show_message(f"{receipts_words(taken)}\n{OFF}", tone="good")
                self.act_button.setVisible(False)
                self.grow()

        def failed(error: Exception) -> None:
            """The package before them stays taken in."""
            words = say_fault(error, cancelled="受領書は取り込んでいません。")
            if after is not None and words:
                self._say_done(after, [], words)
            else:
                self.fail(error)

        work = self.shell.runner.write(take, parent=self, label="site.looking")
        work.success(told).failure(failed).start()

    # -- other ways in

    def _ask_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "受け渡しのファイル", str(self._folder or ""), "受け渡しのファイル (*.sasae);;すべてのファイル (*)"
        )
        if chosen:
            self.look_into(Path(chosen))

    def dragEnterEvent(self, event) -> None:
        """A file from the desktop is welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:
        """Take it."""
        self.look_into(Path(next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())))
        event.acceptProposedAction()

    def _to_conflicts(self) -> None:
        self.accept()
        self.shell.go("conflicts")
