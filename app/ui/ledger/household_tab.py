"""世帯の支給状況: what this family has received of all programmes, and what is still open; printed as a notice for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from app.presentation.columns.ledger import FAMILIES, STATEMENT
from app.presentation.forms.ledger import overpaid_form
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.ledger.money_tile import MoneyTile
from app.ui.ledger.shared import KINDS, told, write_list
from app.ui.surveys.asking import bind, open_form
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import PDF, Choice, ExportDialog, Written
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import ledger
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.ledger_rows import FamilyHit, Statement
from app.usecases.relief_statements import find_families, make_statement

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage

_ASK = "対象番号・氏名・フリガナ・住所で探すと、その世帯と世帯員が受け取ったもの、これから受け取れるものが全部の支援制度について出ます。"


class HouseholdTab(Tab):
    """Ctrl+P prints the notice, Ctrl+E writes the list. ``arrive(entitlement_id=…)`` shows a family, ``arrive(text=…)`` looks for one."""

    kinds = KINDS

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self.statement: Statement | None = None
        self._shown = ""
        self.runner.preload("app.printing.batch", "app.interchange.exporting.relief_reports")
        self.finder = SearchBox("対象番号・氏名・フリガナ・住所で世帯を探す", name="世帯を探す")
        self.finder.typed.connect(lambda _: self.find())
        self.hits = Table(FAMILIES, name="見つかった世帯", preferences=self.shell.preferences, many=False)
        self.hits.chosen.connect(self.show_family)
        for leave in (self.finder.down, self.finder.entered):
            leave.connect(lambda *_: self.hits.focus_first())
        self.name = heading("")
        self.address = text("", role="lead")
        self.tiles = {
            "paid": MoneyTile("受け取った額", icon="check", unit="円"),
            "under_way": MoneyTile("手続き中", icon="clock", unit="円"),
            "open": MoneyTile("これから", icon="flag", unit="円"),
        }
        self.table = Table(STATEMENT, name="支援の内訳", preferences=self.shell.preferences, many=False)
        self.remark = note("")
        self.print_button = button("お知らせを印刷…（Ctrl+P）", role="primary", icon="print")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        self.over_button = button("過払いの返還を受けた…（F6）", icon="undo", tip="選んだ支援の過払いが返ってきたことを記帳します")
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        bind(self, self.over_button, self.take_overpaid, "F6")
        bind(self, self.print_button, self.print_notice, "Ctrl+P")
        bind(self, self.export_button, self.export, "Ctrl+E")
        self.empty = EmptyState("世帯を探してください", _ASK, icon="search")
        self._lay_out()

    def _lay_out(self) -> None:
        left = frame("plain", column(self.finder, self.hits, spacing=8))
        left.layout().setStretch(1, 1)
        tiles = row(*self.tiles.values(), spacing=10)
        buttons = row(self.over_button, 1, self.export_button, self.print_button, spacing=8)
        self.body = frame("plain", column(self.name, self.address, tiles, self.table, self.remark, buttons, spacing=8))
        self.body.layout().setStretch(3, 1)
        right = frame("plain", column(self.body, self.empty, margins=(6, 0, 0, 0)))
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        for part in (left, right):
            self.parts.addWidget(part)
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(12)
        self.parts.setStretchFactor(1, 1)
        px = theme.current().px
        self.parts.setSizes([px(300), px(850)])
        whole = column(self.parts, margins=(0, 10, 0, 0))
        self.setLayout(whole)
        self.body.hide()

    def arrive(self, *, entitlement_id: str = "", text: str = "") -> None:
        """Show a family, or look for one."""
        if text:
            self.finder.setText(text)
            self.find()
        if entitlement_id:
            self.show_family(entitlement_id)

    def refresh(self) -> None:
        """Read again what is shown."""
        self.find()
        if self._shown:
            self.show_family(self._shown)

    def find(self) -> None:
        """Look for families."""
        ctx, words = self.context, self.finder.text().strip()
        self.runner.read(lambda: find_families(ctx, text=words), parent=self, latest="ledger.families").success(self.show_hits).start()

    def show_hits(self, hits: Sequence[FamilyHit]) -> None:
        """Show these; the only one is opened at once."""
        self.hits.show_rows(hits, key=lambda hit: hit.entitlement_id)
        if len(hits) == 1 and hits[0].entitlement_id != self._shown:
            self.hits.make_current(0)
        if not hits and self.finder.text().strip() and self.statement is None:
            self.empty.explanation.setText(
                "この言葉に当てはまる世帯に、支給の対象がありません。対象番号・氏名・フリガナ・住所を確かめてください。"
            )

    def show_family(self, entitlement_id: str | None) -> None:
        """Read and show a family."""
        if not entitlement_id:
            return
        ctx = self.context
        self._shown = entitlement_id
        work = self.runner.write(lambda _: make_statement(ctx, entitlement_id=entitlement_id), parent=self)
        work.success(lambda found: self.show_statement(found) if self._shown == entitlement_id else None).start()

    def show_statement(self, found: Statement) -> None:
        """Show it."""
        self.statement = found
        self.body.show()
        self.empty.hide()
        self.name.setText(f"{found.head}　世帯" + ("　支援措置" if found.protected else ""))
        self.address.setText(found.address)
        for name, tile in self.tiles.items():
            tile.show_number(getattr(found, name))
        self.table.show_rows(found.lines, key=lambda line: line.entitlement_id)
        remarks = []
        if found.lent:
            remarks.append(f"貸付 {yen(found.lent)}（返済 {yen(found.repaid)}）は、返していただくお金です。")
        if found.over:
            remarks.append(f"支給し過ぎた額が {yen(found.over)} あります。")
        self.remark.setText("".join(remarks))
        self.remark.setVisible(bool(remarks))
        self.over_button.setVisible(bool(found.over))
        self.print_button.setEnabled(self.may("print"))
        self.export_button.setEnabled(self.may("export") or self.may("print"))
        self._enable()

    def _enable(self) -> None:
        """Only a line with something to give back can get it back."""
        line = self.table.current_row()
        here = self.may("relief") and self.context.place.site_kind == "hq"
        self.over_button.setEnabled(here and line is not None and line.over > 0)

    def take_overpaid(self) -> None:
        """Ask how much of an overpayment came back, and who was there."""
        line, ctx = self.table.current_row(), self.context
        if line is None or not self.over_button.isEnabled():
            return

        def ask(seconds: Sequence[tuple[str, str]]) -> None:
            open_form(
                self, self.shell, overpaid_form(seconds, line.over),
                lambda given: ledger.return_overpaid(ctx, entitlement_id=line.entitlement_id, **told(given)),
                then=lambda _: self.shell.say("過払いの返還を記帳しました"), lead=f"{line.programme} {line.round}　{line.name}　過払い {line.over:,}円",
            )  # fmt: skip

        self.runner.read(lambda: ledger.list_seconds(ctx), parent=self).success(ask).start()

    def take_focus(self) -> None:
        """Into the search."""
        self.finder.setFocus()

    def print_notice(self) -> ExportDialog | None:
        """The notice for the family, as a PDF that the system prints."""
        found, ctx, folder = self.statement, self.context, self.shell.folder
        if found is None:
            return None
        shown = self._shown

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.relief_reports import print_statement

            asked = ctx.for_purpose(choice.purpose)
            now = make_statement(asked, entitlement_id=shown)
            done = print_statement(asked, statement=now, out=Path(choice.path), folder=folder, job=job)
            return Written(choice.path, f"{done.pages:,}ページ")

        dialog = ExportDialog(
            self, self.shell, title="支給状況のお知らせを印刷", name=f"支給状況のお知らせ_{found.head}", formats=[PDF], write=write,
            lead=f"{found.head} 世帯に渡すお知らせ（A4）。受け取った額、手続き中、これからの額と内訳が入ります。",
        )  # fmt: skip
        dialog.open()
        return dialog

    def export(self) -> ExportDialog | None:
        """The statement as a list."""
        if self.statement is None:
            return None
        shown = self._shown

        def content(ctx: Context) -> object:
            from app.interchange.exporting.relief_reports import statement_content

            return statement_content(ctx, make_statement(ctx, entitlement_id=shown))

        return write_list(self, self.shell, title=f"支給の状況_{self.statement.head}", content=content, personal=True)
