"""What is known of one snapshot: what its import found, who was there, and the files it was made from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QTabWidget, QWidget

from app.domain.resident import Finding, Snapshot
from app.presentation.columns.snapshot import BANDS, DISTRICTS, FINDING_KINDS, FINDINGS, SOURCES, FindingKind, band_text, say_finding
from app.ui import theme
from app.ui.page import Shell
from app.ui.residents.pyramid import Band, Pyramid
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import column, note, row, text
from app.usecases import rebuild
from app.usecases.rebuild import RebuildReport
from app.usecases.rows import Census, CensusLine

_ALL = "（全域）"


class FindingsPane(QWidget):
    """Kinds of findings with their numbers; the people of the one chosen. ``opened`` carries a finding; ``hint`` says what Enter does."""

    opened = Signal(object)

    def __init__(self, shell: Shell, *, hint: str = "") -> None:
        super().__init__()
        self._shell, self._hint = shell, hint
        self._snapshot_id = ""
        self._hidden = self._counted = 0
        self.list = Table(FINDINGS, name="当てはまる人", preferences=shell.preferences)
        self.kinds = Table(FINDING_KINDS, name="確かめたことの種類", preferences=shell.preferences, many=False)
        self.kinds.setMaximumWidth(theme.current().px(400))
        self.kinds.chosen.connect(lambda _: self._list())
        self.kinds.opened.connect(lambda _: self.list.focus_first())
        self.list.chosen.connect(lambda _: self._say())
        self.list.opened.connect(lambda _: self.opened.emit(self.list.current_row()))
        self.told = note("")
        self.empty = EmptyState(
            "気を付けることはありません", "取り込みのときに、確かめた方がよいことは見つかりませんでした。", icon="success"
        )
        self._both = QWidget()
        inside = row(self.kinds, self.list, spacing=10)
        inside.setStretch(0, 2)
        inside.setStretch(1, 5)
        self._both.setLayout(inside)
        whole = column(self._both, self.told, self.empty, spacing=4, margins=(0, 6, 0, 0))
        whole.setStretch(0, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def show_counts(self, snapshot_id: str, counts: dict[str, int]) -> None:
        """Show what was found for a snapshot."""
        self._snapshot_id = snapshot_id
        found = [FindingKind(code, count) for code, count in sorted(counts.items(), key=lambda pair: -pair[1])]
        self._both.setVisible(bool(found))
        self.told.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.kinds.show_rows(found)
        if found and self.kinds.current_row() is None:
            self.kinds.make_current(0)
        self._list()

    def _list(self) -> None:
        chosen: FindingKind | None = self.kinds.current_row()
        if chosen is None:
            return
        ctx, snapshot_id, code = self._shell.context, self._snapshot_id, chosen.code

        def load() -> tuple[Sequence[Finding], int]:
            kept = ctx.reads.residents.finding_counts(snapshot_id=snapshot_id).get(code, 0)
            return rebuild.list_findings(ctx, snapshot_id=snapshot_id, code=code), kept

        read = self._shell.runner.read(load, parent=self, latest="snapshot.findings")
        read.success(lambda found: self._show(*found, chosen)).start()

    def _show(self, found: Sequence[Finding], kept: int, kind: FindingKind) -> None:
        """Of what was kept, the reader may not see some; what was only counted nobody can see."""
        self._hidden = kept - len(found)
        self._counted = 0 if kind.code in rebuild.SUMMED else kind.count - kept
        self.list.show_rows(found, key=id)
        if found and self.list.current_row() is None:
            self.list.make_current(0)
        self._say()

    def _say(self) -> None:
        """What the finding at hand means, in a sentence."""
        chosen: Finding | None = self.list.current_row()
        left = f"　ほかに{self._hidden:,}件は、支援措置の人を扱う権限を持つ人だけに示します。" if self._hidden > 0 else ""
        left += f"　ほかに{self._counted:,}件は、件数だけを数えました。" if self._counted > 0 else ""
        self.told.setText(f"{say_finding(chosen) if chosen else ''}　{self._hint}{left}".strip())


class CensusPane(QWidget):
    """People by district, and of the district chosen by age and sex as a table and a pyramid."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._census: Census | None = None
        self.districts = Table(DISTRICTS, name="地区別の人数", preferences=shell.preferences, many=False)
        self.districts.chosen.connect(lambda _: self._draw())
        self.chart = Pyramid()
        self.bands = Table(BANDS, name="年齢別の人数", preferences=shell.preferences, many=False)
        self.bands.chosen.connect(lambda place: self.chart.point_at(place if isinstance(place, int) else -1))
        self.reading = note("")
        self.chart.pointed.connect(self._point)
        right = column(self.chart, self.reading, spacing=2)
        right.setStretch(0, 1)
        whole = row(self.districts, self.bands, right, spacing=10, margins=(0, 6, 0, 0))
        whole.setStretch(0, 4)
        whole.setStretch(1, 4)
        whole.setStretch(2, 4)
        self.setLayout(whole)

    def show_census(self, census: Census) -> None:
        """Show this; the whole municipality first."""
        self._census = census
        lines = census.by_district()
        whole = CensusLine(district=_ALL, band=None, **_sums(lines))
        self.districts.show_rows([whole, *lines], key=lambda line: line.district)
        self.districts.make_current(0)
        self._draw()

    def _draw(self) -> None:
        chosen: CensusLine | None = self.districts.current_row()
        if self._census is None or chosen is None:
            return
        wanted = [line for line in self._census.lines if chosen.district in (_ALL, line.district)]
        bands = Census(on=self._census.on, lines=tuple(wanted)).by_band()
        self.bands.show_rows(bands, key=bands.index)
        self.chart.show_bands(_fill(bands))
        self._point(None)

    def _point(self, band: Band | None) -> None:
        if band is not None:
            self.reading.setText(f"{band.title}歳：男{band.male:,}人、女{band.female:,}人")
            return
        unknown = sum(line.total for line in self._census.by_band() if line.band is None) if self._census else 0
        left = f"年齢がはっきりしない{unknown:,}人は入っていません。" if unknown else ""
        self.reading.setText(f"↑↓ で年齢ごとに読めます。{left}")


def _sums(lines: Sequence[CensusLine]) -> dict[str, int]:
    return {name: sum(getattr(line, name) for line in lines) for name in ("male", "female", "other")}


def _fill(bands: Sequence[CensusLine]) -> list[Band]:
    """Bars without a gap from 0 to the oldest."""
    known = {line.band: line for line in bands if line.band is not None}
    if not known:
        return []
    empty = CensusLine(district="", band=None, male=0, female=0, other=0)
    return [Band(band_text(age), known.get(age, empty).male, known.get(age, empty).female) for age in range(0, max(known) + 1, 5)]


class SnapshotDetail(QTabWidget):
    """Three tabs about the snapshot chosen; each is read when the snapshot is shown."""

    opened = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__(documentMode=True)
        self._shell = shell
        self.snapshot: Snapshot | None = None
        self.findings, self.census = FindingsPane(shell, hint="Enter で住民の一覧へ。"), CensusPane(shell)
        self.findings.opened.connect(self.opened)
        self.files = Table(SOURCES, name="もとのファイル", preferences=shell.preferences, many=False)
        self.about = text("", role="note")
        sources = QWidget()
        inside = column(self.about, self.files, spacing=6, margins=(0, 6, 0, 0))
        inside.setStretch(1, 1)
        sources.setLayout(inside)
        for words, pane in (("確かめたこと", self.findings), ("人口", self.census), ("もとのファイル", sources)):
            self.addTab(pane, words)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Read and show another snapshot."""
        if self.snapshot == snapshot:
            return
        self.snapshot = snapshot
        self.about.setText(f"{len(snapshot.files):,}件のファイルから。全体の照合値（SHA-256）：{snapshot.sha256}")
        self.files.show_rows(snapshot.sources, key=id)
        self.setTabText(2, f"もとのファイル {len(snapshot.files):,}")
        ctx, snapshot_id = self._shell.context, snapshot.id
        read = self._shell.runner.read(
            lambda: rebuild.read_report(ctx, snapshot_id=snapshot_id),
            parent=self,
            latest="snapshot.report",
            label="snapshot.reading_report",
        )
        read.success(self.show_report).start()

    def show_report(self, report: RebuildReport) -> None:
        """The numbers have arrived."""
        total = sum(report.findings.values())
        self.setTabText(0, f"確かめたこと {total:,}")
        self.findings.show_counts(report.snapshot.id, dict(report.findings))
        self.census.show_census(report.census)


class SnapshotPicker(QComboBox):
    """One of the snapshots."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumWidth(theme.current().px(280))

    def offer(self, snapshots: Sequence[Snapshot], chosen: str) -> None:
        """Offer these."""
        self.clear()
        for snapshot in snapshots:
            self.addItem(f"{snapshot.label}（{snapshot.residents:,}人）", snapshot.id)
        self.setCurrentIndex(max(0, self.findData(chosen)))
