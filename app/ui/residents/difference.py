"""2つの時点を比べる: who appeared, left or changed between two snapshots, with old and new values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QTabBar, QWidget

from app.domain.comparison import COMPARED
from app.domain.folding import fold_kana, fold_name
from app.domain.resident import Snapshot
from app.presentation.columns.snapshot import CHANGE_WORDS, CHANGES
from app.presentation.labels import field_label
from app.ui import theme
from app.ui.page import Shell
from app.ui.residents.snapshot_detail import SnapshotPicker
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, note, row, text
from app.usecases import rebuild
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.rebuild import CHANGE_KINDS, ChangeKind, Comparison, ResidentChange


class DifferencePane(QWidget):
    """One comparison: three lists, a filter by words and by the field that changed, and a way out."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.comparison: Comparison | None = None
        self.kinds = QTabBar(documentMode=True, drawBase=False, expanding=False)
        self.kinds.setAccessibleName("違いの種類")
        for kind in CHANGE_KINDS:
            self.kinds.addTab(CHANGE_WORDS[kind])
        self.kinds.currentChanged.connect(lambda _: self.show_list())
        self.finder = SearchBox("氏名・カナ・住所・番号で絞る", name="違いを絞る")
        self.finder.setFixedWidth(theme.current().px(240))
        self.finder.typed.connect(lambda _: self.show_list())
        self.field = QComboBox()
        self.field.setAccessibleName("変わった項目")
        self.field.addItem("すべての項目", "")
        for name in COMPARED:
            self.field.addItem(field_label("resident", name), name)
        self.field.currentIndexChanged.connect(lambda _: self.show_list())
        self.export_button = button("書き出す…", icon="save")
        self.export_button.clicked.connect(self.export)
        self.count = text("", role="note", wrap=False)
        self.table = Table(CHANGES, name="違いのある人", runner=shell.runner, preferences=shell.preferences)
        self.table.hideColumn(0)  # the tab says it; the file has all three lists in one and keeps the column
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.finder.down.connect(self.table.focus_first)
        self.told = note("")
        tools = row(self.finder, self.field, self.count, 1, self.export_button, spacing=8)
        whole = column(self.kinds, tools, self.table, self.told, spacing=8)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    @property
    def kind(self) -> ChangeKind:
        """Which list is in sight."""
        return CHANGE_KINDS[self.kinds.currentIndex()]

    def show_comparison(self, comparison: Comparison) -> None:
        """Show this one; the first list that holds anybody."""
        self.comparison = comparison
        for place, kind in enumerate(CHANGE_KINDS):
            self.kinds.setTabText(place, f"{CHANGE_WORDS[kind]} {comparison.count(kind):,}")
        how = "宛名番号" if comparison.by_number else "氏名と生年月日"
        self.told.setText(f"{how}で同じ人を見分けました。変わらない人は{comparison.unchanged:,}人です。")
        first = next((place for place, kind in enumerate(CHANGE_KINDS) if comparison.count(kind)), 0)
        self.kinds.setCurrentIndex(first)
        self.export_button.setEnabled(self._shell.context.actor.may("export"))
        self.show_list()

    def show_list(self) -> None:
        """The list in sight, filtered where somebody asks for that."""
        comparison, kind, ctx = self.comparison, self.kind, self._shell.context
        self.field.setVisible(kind == "changed")
        if comparison is None:
            return
        if not self._filtered:
            number = comparison.count(kind)
            self.table.show_ids(range(number), lambda places: _page(ctx, comparison, kind, places))
            self.count.setText(f"{number:,}人")
            return
        read = self._shell.runner.read(self._reader(kind), parent=self, latest="difference.filter")
        read.success(self._show_found).start()

    @property
    def _filtered(self) -> bool:
        return bool(self.finder.text().strip()) or (self.kind == "changed" and bool(self.field.currentData()))

    def _reader(self, kind: ChangeKind) -> Callable[[], list[ResidentChange]]:
        """Reads everybody of a kind who passes the filter as it stands now."""
        ctx, comparison = self._shell.context, self.comparison
        words, field = self.finder.text().strip(), self.field.currentData() if kind == "changed" else ""
        assert comparison is not None

        def read() -> list[ResidentChange]:
            found = rebuild.show_changes(ctx, comparison=comparison, kind=kind, limit=None)
            return [one for one in found if (not words or _fits(one, words)) and (not field or field in {c.field for c in one.fields})]

        return read

    def _show_found(self, found: Sequence[ResidentChange]) -> None:
        self.table.show_rows(found, key=id)
        self.count.setText(f"{len(found):,}人が当てはまります")

    def export(self) -> None:
        """All three lists, filtered as they are shown."""
        ctx, folder, comparison = self._shell.context, self._shell.folder, self.comparison
        if comparison is None:
            return
        readers = [self._reader(kind) for kind in CHANGE_KINDS]

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.snapshots import write_comparison

            kind, _, encoding = choice.format.code.partition("-")
            done = write_comparison(
                ctx.for_purpose(choice.purpose), comparison=comparison, changes=[one for read in readers for one in read()], out=choice.path,
                format=kind, encoding="cp932" if encoding == "cp932" else "utf-8-sig", folder=folder, job=job,
            )  # fmt: skip
            return Written(choice.path, f"{done.rows:,}人", lost_of(done), done.problems)

        ExportDialog(
            self, self._shell, title="違いの書き出し", name="住民データの違い", formats=(XLSX, CSV, CSV_CP932, HTML, PDF), write=write,
            lead="増えた人、いなくなった人、変わった人を、いま絞っているとおりに書き出します。",
        ).open()  # fmt: skip


def _page(ctx: Context, comparison: Comparison, kind: ChangeKind, places: Sequence[int]) -> Sequence[ResidentChange]:
    """Rows that stand one after the other."""
    return rebuild.show_changes(ctx, comparison=comparison, kind=kind, start=places[0], limit=len(places)) if places else []


def _fits(change: ResidentChange, words: str) -> bool:
    who = change.person
    if any(words in text for text in (who.resident_no, who.household_no, who.address)):
        return True
    folded = fold_name(words)
    return bool(folded) and (folded in fold_name(who.name) or fold_kana(words) in fold_kana(who.kana))


class DifferenceDialog(QDialog):
    """Chooses the two, compares, shows. Esc closes."""

    def __init__(self, parent: QWidget | None, shell: Shell, snapshots: Sequence[Snapshot], *, after: str = "", before: str = "") -> None:
        super().__init__(parent)
        self._shell = shell
        self.setWindowTitle("2つの住民データを比べる")
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.before, self.after = SnapshotPicker("前の住民データ"), SnapshotPicker("後の住民データ")
        chosen = after or snapshots[0].id
        older = [snapshot for snapshot in snapshots if snapshot.id != chosen]
        self.after.offer(snapshots, chosen)
        self.before.offer(snapshots, before or (older[0].id if older else chosen))
        for picker in (self.before, self.after):
            picker.currentIndexChanged.connect(lambda _: self.compare())
        self.pane = DifferencePane(shell)
        self.banner = text("", role="problem")
        self.banner.hide()
        close = button("閉じる（Esc）", role="primary")
        close.clicked.connect(self.accept)
        swap = button("前後を入れ替える", icon="refresh")
        swap.clicked.connect(self.swap)
        which = row(
            text("前", role="field", wrap=False), self.before, text("→ 後", role="field", wrap=False), self.after, swap, 1, spacing=8
        )
        body = column(which, self.banner, self.pane, spacing=10, margins=(22, 16, 22, 10))
        body.setStretch(2, 1)
        whole = column(body, frame("footer", row(1, close, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        around = parent.window().size() if parent else self.screen().availableGeometry().size()
        px = theme.current().px
        self.resize(min(px(1200), around.width() - 40), min(px(680), around.height() - 30))
        QShortcut(QKeySequence("Ctrl+F"), self, self.pane.finder.setFocus)
        self.compare()

    def swap(self) -> None:
        """The other way round."""
        first, second = self.before.currentData(), self.after.currentData()
        for picker, value in ((self.before, second), (self.after, first)):
            picker.blockSignals(True)
            picker.setCurrentIndex(picker.findData(value))
            picker.blockSignals(False)
        self.compare()

    def compare(self) -> None:
        """Compare what is chosen; long for large ones, so with progress and Cancel."""
        ctx, before, after = self._shell.context, self.before.currentData(), self.after.currentData()
        self.banner.setVisible(before == after)
        self.pane.setEnabled(before != after)
        if before == after:
            self.banner.setText("同じデータが選ばれています。違う2つを選んでください。")
            return
        operation = self._shell.runner.write(
            lambda job: rebuild.compare_snapshots(ctx, before=before, after=after, job=job), parent=self, label="snapshot.comparing"
        )
        operation.success(self.pane.show_comparison).start()
