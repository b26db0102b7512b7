"""概算・実績・精算: what the prefecture is told of a programme: estimated, paid, and what is left to return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.presentation.columns.ledger import PREFECTURE
from app.presentation.columns.snapshot import day_text
from app.presentation.forms.ledger import estimates_form, typed_estimates
from app.ui.ledger.money_tile import MoneyTile
from app.ui.ledger.shared import KINDS, day_of, write_list
from app.ui.relief.programme_choice import Offered, ProgrammeChoice, read_offered
from app.ui.surveys.asking import bind, labelled, open_form
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import Choice, ExportDialog
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, note, row, text
from app.usecases import ledger
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.ledger_rows import PrefectureReport
from app.usecases.relief_reports import estimate_from_calculation, report_to_prefecture, save_estimates

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage

_HINT = (
    "概算額＝概算の数×単価。単価がいろいろな区分（単身世帯の4分の3など）は、対象の額をそのまま概算額にします。"
    "残りは、財源へ返すか、次の配分に充てます（充当）。"
)  # fmt: skip


def _first(ctx: Context, offered: Sequence[Offered]) -> str:
    """The programme to begin with: that which received most."""
    received = {one.programme_id: one.received for one in ledger.read_funds(ctx)[0]}
    return max((one.programme.id for one in offered), key=lambda one: received.get(one, 0), default="")


class PrefectureTab(Tab):
    """F2 types estimates of the chosen round, F6 takes those of a dry run, Ctrl+E writes or prints."""

    kinds = KINDS

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self.report: PrefectureReport | None = None
        self.choice = ProgrammeChoice(self, every=False)
        self.choice.chosen.connect(self.refresh)
        self.at = MomentField("いつの時点", empty="いま", width=140)
        self.at.changed.connect(self.refresh)
        self.lead = text("", role="lead")
        self.tiles = {
            "received": MoneyTile("受入（概算払い）", icon="import", unit="円"),
            "forecast": MoneyTile("概算額", icon="calculate", unit="円"),
            "paid": MoneyTile("実績", icon="check", unit="円"),
            "left": MoneyTile("残り（返還または充当）", icon="undo", unit="円"),
        }
        self.table = Table(PREFECTURE, name="区分ごとの概算と実績", preferences=self.shell.preferences, many=False)
        self.table.horizontalHeader().setStretchLastSection(False)
        self.estimate_button = button("概算の数を入れる…（F2）", icon="edit")
        self.dry_button = button("試算の数を入れる（F6）", icon="calculate", tip="この回を試算し、区分ごとの数を概算にします")
        self.export_button = button("印刷・書き出す…（Ctrl+E）", role="primary", icon="print")
        for made, act, keys in (
            (self.estimate_button, self.type_estimates, "F2"), (self.dry_button, self.take_dry_run, "F6"), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        self.empty = EmptyState(
            "支援制度がまだありません", "「支援制度」で制度と回を取り込むと、概算・実績・精算をここで報告できます。", icon="programmes",
            actions=[("支援制度へ", "programmes", lambda: self.shell.go("programmes"))],
        )  # fmt: skip
        self._lay_out()

    def _lay_out(self) -> None:
        top = row(
            labelled("支援制度", self.choice.programme), labelled("回", self.choice.round), self.at, 1, self.export_button, spacing=12
        )
        tiles = row(*self.tiles.values(), spacing=10)
        self.body = frame(
            "plain", column(self.lead, tiles, self.table, note(_HINT), row(self.estimate_button, self.dry_button, 1, spacing=8), spacing=8)
        )
        self.body.layout().setStretch(2, 1)
        whole = column(top, self.body, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()

    def refresh(self) -> None:
        """Read again."""
        ctx, kept, kept_round, day = self.context, self.choice.programme_id, self.choice.round_id, day_of(self.at)
        first = self.report is None

        def read() -> tuple[Sequence[Offered], PrefectureReport | None]:
            offered = read_offered(ctx)
            chosen = kept or _first(ctx, offered)
            one = next((each for each in offered if each.programme.id == chosen), None)
            begun = [each.id for each in one.rounds if each.state != "draft"] if one and first else []
            newest = begun[-1] if begun else ""
            return offered, report_to_prefecture(ctx, programme_id=chosen, round_id=kept_round or newest, day=day) if chosen else None

        self.runner.read(read, parent=self, latest="ledger.prefecture").success(lambda found: self.show_report(*found)).start()

    def show_report(self, offered: Sequence[Offered], report: PrefectureReport | None) -> None:
        """Show this one."""
        first = self.report is None
        self.choice.show(offered)
        self.report = report
        if report is not None and first:
            self.choice.choose(report.programme_id, report.round_id)
        self.body.setVisible(report is not None)
        self.empty.setVisible(report is None)
        if report is None:
            return
        fees = f"　振込手数料 {report.fees:,}円" if report.fees else ""
        payer = f"　支給の主体・財源：{report.payer}" if report.payer else ""
        self.lead.setText(f"{report.programme_title}　{report.round_title}　{day_text(report.day)} 現在{payer}{fees}")
        notes = [f"返還済み {report.returned:,}円"] if report.returned else []
        notes += [f"ほかに回を決めない受入 {report.unassigned:,}円"] if report.unassigned else []
        self.tiles["received"].show_number(report.received, note="　".join(notes))
        self.tiles["forecast"].show_number(report.forecast)
        self.tiles["paid"].show_number(report.paid.amount, note=f"{report.paid.count:,}件　ほかに決定・振込中 {report.under_way:,}円")
        short = report.to_return < 0
        self.tiles["left"].show_number(
            report.to_return, note="受入が足りません（追加の請求）" if short else "", tone="warn" if short else ""
        )
        self.table.show_rows(report.lines, key=lambda line: (line.round_id, line.category))
        may = self.may("relief") and bool(self.choice.round_id)
        self.estimate_button.setEnabled(may and bool(report.lines))
        self.dry_button.setEnabled(may and self.context.place.site_kind == "hq")
        self.export_button.setEnabled(self.may("export") or self.may("print"))

    def take_focus(self) -> None:
        """Into the table."""
        self.table.setFocus()

    def type_estimates(self) -> FormDialog | None:
        """Ask for the estimated numbers of the round."""
        ctx, round_id = self.context, self.choice.round_id
        lines = [line for line in self.report.lines if line.round_id == round_id] if self.report else []
        if not lines:
            return None
        return open_form(
            self, self.shell, estimates_form(lines), lambda given: save_estimates(ctx, round_id=round_id, estimates=given),
            then=lambda _: self.shell.say("概算の数を保存しました"), values=typed_estimates(lines), columns=2,
        )  # fmt: skip

    def take_dry_run(self) -> None:
        """Count the round and take its numbers."""
        ctx, round_id = self.context, self.choice.round_id
        work = self.runner.write(
            lambda job: estimate_from_calculation(ctx, round_id=round_id, job=job), parent=self, label="relief.calculating"
        )
        work.success(lambda _: self.shell.say("試算の数を概算にしました")).start()

    def export(self) -> ExportDialog:
        """The report as a file or on paper."""
        ask = {"programme_id": self.choice.programme_id, "round_id": self.choice.round_id, "day": day_of(self.at)}

        def content(ctx: Context) -> object:
            from app.interchange.exporting.relief_reports import prefecture_content

            return prefecture_content(report_to_prefecture(ctx, **ask))

        folder = self.shell.folder

        def paper(ctx: Context, choice: Choice, job: Job) -> int:
            from app.interchange.exporting.relief_reports import print_prefecture

            return print_prefecture(ctx, report=report_to_prefecture(ctx, **ask), out=choice.path, folder=folder, job=job).pages

        return write_list(self, self.shell, title="概算・実績・精算の報告", content=content, paper=paper)
