"""減免 and 辞退: the lists, as files, and the papers for households."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import RuleViolation, SasaeError
from app.presentation.columns.batch import EXEMPTIONS, REFUSALS
from app.presentation.columns.spec import ColumnSet
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.relief.programme_choice import Offered, ProgrammeChoice, read_offered
from app.ui.surveys.asking import bind, labelled, open_export
from app.ui.widgets.banner import Banner
from app.ui.widgets.opening import open_file
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases import exemptions
from app.usecases.batch_rows import ExemptionRow, RefusalRow
from app.usecases.context import Context
from app.usecases.job import Job


class _PapersDialog(QDialog):
    """A list by programme and round, with a paper for what is marked (or for all)."""

    title, unit, empty, paper = "", "件", "", ""

    def __init__(self, parent: QWidget, shell: Shell, columns: ColumnSet[Any]) -> None:
        super().__init__(parent)
        self.shell, self.columns = shell, columns
        self.rows: Sequence[Any] = ()
        self.setWindowTitle(self.title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.choice = ProgrammeChoice(self)
        self.choice.chosen.connect(self.read)
        self.count = text("", role="section", wrap=False)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.table = Table(columns, name=self.title, preferences=shell.preferences)
        self.paper_button = button(self.paper, role="primary", icon="print", tip="選んだ行の分。選ばなければ全部")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        bind(self, self.paper_button, self.print_papers, "P")
        bind(self, self.export_button, self.export, "Ctrl+E")
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        line = row(labelled("支援制度", self.choice.programme), labelled("回", self.choice.round), 1, self.count, spacing=8)
        line.setAlignment(self.count, Qt.AlignmentFlag.AlignBottom)
        body = column(heading(self.title), line, self.banner, self.table, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(3, 1)
        whole = column(body, frame("footer", row(self.paper_button, self.export_button, 1, leave, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1120), room.width() - 30), min(look.px(620), room.height() - 40))
        ctx = shell.context
        shell.runner.read(lambda: read_offered(ctx), parent=self, latest="papers.offered").success(self._offer).start()
        self.read()

    def _offer(self, offered: Sequence[Offered]) -> None:
        self.choice.show(self.offered_here(offered))

    def offered_here(self, offered: Sequence[Offered]) -> Sequence[Offered]:
        """Which programmes can be chosen."""
        return offered

    def ask(self) -> Callable[[Context], Sequence[Any]]:
        """What reads the rows of the programme and round chosen."""
        raise NotImplementedError

    def read(self) -> None:
        """Read the list again."""
        ctx, asked = self.shell.context, self.ask()
        found = self.shell.runner.read(lambda: asked(ctx), parent=self, latest=f"papers.{self.columns.key}")
        found.success(self._show).failure(lambda error: faults.show(self, error)).start()

    def _show(self, rows: Sequence[Any]) -> None:
        self.rows = rows
        self.table.show_rows(rows)
        self.count.setText(self.counted(rows))
        may = self.shell.context.actor.may
        self.export_button.setEnabled(bool(rows) and (may("export") or may("print")))
        self.paper_button.setEnabled(bool(rows) and may("print") and may("claim"))
        if not rows:
            self.banner.show_message(self.empty, tone="info")
        elif self.banner.words == self.empty:
            self.banner.show_message("")

    def counted(self, rows: Sequence[Any]) -> str:
        """How many."""
        return f"{len(rows):,}{self.unit}"

    def marked(self) -> Sequence[Any]:
        """The rows marked when there are several, else all."""
        ids = set(self.table.selected_ids())
        return [one for one in self.rows if one.id in ids] if len(ids) > 1 else self.rows

    def export(self) -> None:
        """The list as a file."""
        ctx, asked = self.shell.context, self.ask()
        open_export(
            self,
            self.shell,
            title=self.title,
            subtitle="",
            columns=self.columns,
            view="すべての項目",
            rows=lambda: asked(ctx),
            unit=self.unit,
        )

    def print_papers(self) -> None:
        """The papers of what is marked."""
        raise NotImplementedError

    def write(self, name: str, work: Callable[[Path, Job], Any]) -> None:
        """Print to a file where lists went last and open it."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        out = Path(self.shell.preferences.get("export.folder", "") or documents) / f"{name}.pdf"
        operation = self.shell.runner.write(lambda job: work(out, job), parent=self, label="print.drawing")
        operation.success(lambda done: self._written(out, done)).failure(self._failed).start()

    def _written(self, out: Path, done: Any) -> None:
        opened = open_file(out)
        self.shell.say(f"{done.printed:,}枚を作りました：{out.name if opened else out}")
        if done.stopped:
            self.banner.show_message("\n".join(f"{number}：{words}" for number, words in done.stopped[:5]), tone="warn")

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, SasaeError) and error.code == "job.cancelled":
            self.banner.show_message(message(error), tone="warn")
        else:
            faults.show(self, error)


class ExemptionsDialog(_PapersDialog):
    """減免の対象者: the list for tax, insurance and care offices, and a certificate for each household. P prints."""

    title, paper = "減免の対象者", "減免該当証明書（P）"
    empty = "減免の対象者がいません。「支援制度」で減免の制度を取り込み、「試算・計算」で計算すると、ここに並びます。"

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent, shell, EXEMPTIONS)

    def offered_here(self, offered: Sequence[Offered]) -> Sequence[Offered]:
        """Only exemptions."""
        return [one for one in offered if one.programme.kind == "exemption"]

    def ask(self) -> Callable[[Context], Sequence[ExemptionRow]]:
        """By programme and round."""
        programme, round_id = self.choice.programme_id, self.choice.round_id
        return lambda ctx: exemptions.list_exemptions(ctx, programme_id=programme, round_id=round_id)

    def counted(self, rows: Sequence[ExemptionRow]) -> str:
        """Entitlements and households."""
        return f"{len(rows):,}件　{len(exemptions.group_households(rows)):,}世帯"

    def print_papers(self) -> None:
        """One for each household."""
        households = exemptions.group_households(self.marked())
        ctx, folder = self.shell.context.for_purpose("減免該当証明書"), self.shell.folder

        def work(out: Path, job: Job) -> Any:
            from app.interchange.exporting.relief_papers import print_exemption_certificates

            return print_exemption_certificates(ctx, households=households, out=out, folder=folder, job=job)

        self.write("減免該当証明書", work)


class RefusalsDialog(_PapersDialog):
    """辞退: who declined what, and the form to sign. P prints."""

    title, paper = "辞退の一覧", "辞退届（P）"
    empty = "辞退した人はいません。辞退は「対象者」の画面で、支給の対象を開いて記録します。"

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent, shell, REFUSALS)

    def ask(self) -> Callable[[Context], Sequence[RefusalRow]]:
        """By programme and round."""
        programme, round_id = self.choice.programme_id, self.choice.round_id
        return lambda ctx: exemptions.list_refusals(ctx, programme_id=programme, round_id=round_id)

    def counted(self, rows: Sequence[RefusalRow]) -> str:
        """How many, and what it comes to."""
        return f"{len(rows):,}件　{yen(sum(one.due for one in rows))}"

    def print_papers(self) -> None:
        """One for each."""
        rows = self.marked()
        ctx, folder = self.shell.context.for_purpose("辞退届"), self.shell.folder

        def work(out: Path, job: Job) -> Any:
            from app.interchange.exporting.relief_papers import print_refusal_forms

            return print_refusal_forms(ctx, rows=rows, out=out, folder=folder, job=job)

        self.write("辞退届", work)
