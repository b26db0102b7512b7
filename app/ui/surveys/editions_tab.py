"""指針の版: the tables surveys are judged by, each number with its source; a municipality adds its own from a pattern."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QSplitter, QWidget

from app.domain.assessment_edition import Edition
from app.presentation.columns.edition import EDITIONS, FACTS, edition_lines, fact_lines
from app.presentation.messages import message
from app.ui.surveys.asking import bind
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import editions

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage

_FILES = "版のファイル (*.toml)"
_WORDS = (
    "調査は、災害の日に使われていた版で判定します。自治体の定めがあるときは、ひな型を保存して数と出典を直し、「版を加える」で読み込みます。"
    "「要確認」の数は、公式の文書で確かめてから使ってください。"
)


class EditionsTab(Tab):
    """The list at the left, the numbers of the chosen edition at the right."""

    kinds = frozenset({"setting", "survey"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self.table = Table(EDITIONS, name="運用指針の版", preferences=self.shell.preferences, many=False)
        self.facts = Table(FACTS, name="版の数と出典", preferences=self.shell.preferences, many=False)
        self.document = text("", role="section", wrap=False)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.pattern_button = button("ひな型を保存…（Ctrl+E）", icon="save")
        self.add_button = button("版を加える…（Ctrl+O）", icon="import")
        self.remove_button = button("外す…", icon="close")
        self.table.chosen.connect(lambda _: self._show_current())
        for made, act, keys in (
            (self.pattern_button, self.choose_pattern, "Ctrl+E"), (self.add_button, self.choose_file, "Ctrl+O"),
            (self.remove_button, self.remove, ""),
        ):  # fmt: skip
            bind(self, made, act, keys)
        right = QWidget()
        right.setLayout(column(self.document, self.facts, spacing=6, margins=(8, 0, 0, 0)))
        self.split = QSplitter()
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 5)
        buttons = row(self.pattern_button, self.add_button, self.remove_button, 1)
        whole = column(note(_WORDS), buttons, self.banner, self.split, spacing=10, margins=(0, 10, 0, 0))
        whole.setStretch(3, 1)
        self.setLayout(whole)

    def refresh(self) -> None:
        """Read all editions again."""
        ctx = self.context
        work = self.runner.read(
            lambda: (editions.list_editions(ctx), editions.default_edition(ctx).id), parent=self, latest="surveys.editions"
        )
        work.success(self._show).start()

    def _show(self, found: tuple[list[Edition], str]) -> None:
        self.table.show_rows(edition_lines(*found), key=lambda line: line.edition.id)
        if self.table.current_row() is None:
            self.table.make_current(0)
        self._show_current()

    @property
    def current(self) -> Edition | None:
        """The edition chosen."""
        line = self.table.current_row()
        return line.edition if line else None

    def _show_current(self) -> None:
        edition = self.current
        self.document.setText(edition.document if edition else "")
        self.facts.show_rows(fact_lines(edition) if edition else [], key=lambda line: line.position)
        self.pattern_button.setEnabled(edition is not None)
        self.add_button.setEnabled(self.may("settings"))
        self.remove_button.setEnabled(edition is not None and edition.own and self.may("settings"))

    def take_focus(self) -> None:
        """Into the list."""
        self.table.setFocus()

    # -- acts

    def choose_pattern(self) -> None:
        """Ask where the pattern goes."""
        edition = self.current
        if edition is not None:
            chosen, _ = QFileDialog.getSaveFileName(self, "ひな型の保存先", str(Path.home() / f"{edition.id}.toml"), _FILES)
            if chosen:
                self.save_pattern(Path(chosen))

    def save_pattern(self, out: Path) -> None:
        """Write the chosen edition as a file to change."""
        edition, ctx = self.current, self.context
        if edition is None:
            return
        work = self.runner.write(lambda _: editions.save_pattern(ctx, edition.id, out), parent=self, label="window.saving")
        work.success(lambda _: self.shell.say(f"{out.name} に保存しました。id・数・出典を直してから「版を加える」で読み込みます。")).start()

    def choose_file(self) -> None:
        """Ask for a municipality's own."""
        chosen, _ = QFileDialog.getOpenFileName(self, "版のファイル", str(Path.home()), f"{_FILES};;すべて (*)")
        if chosen:
            self.add(Path(chosen))

    def add(self, path: Path) -> None:
        """Read a file and keep its edition; what is wrong with it is said with the key."""
        ctx = self.context
        work = self.runner.write(
            lambda _: editions.add_edition(ctx, editions.load_text(path), path=path.name), parent=self, label="window.saving"
        )
        work.success(lambda made: self._added(made[0])).failure(self._refused).start()

    def _added(self, edition: Edition) -> None:
        self.banner.hide()
        self.shell.say(f"版「{edition.title}」（{edition.id}）を加えました")
        self.table.select_id(edition.id)

    def _refused(self, error: Exception) -> None:
        from app.domain.errors import SasaeError
        from app.ui import faults

        if isinstance(error, SasaeError) and error.exit_code == 1:
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)

    def remove(self) -> None:
        """Take out one of the municipality's own."""
        edition, ctx = self.current, self.context
        if edition is None or not ask(
            self, f"版「{edition.title}」を外しますか？", "ファイルがあれば、また加えられます。", yes="外す", no="やめる"
        ):
            return
        work = self.runner.write(lambda _: editions.remove_edition(ctx, edition.id), parent=self, label="window.saving")
        work.success(lambda _: self.shell.say(f"版「{edition.title}」を外しました")).failure(self._refused).start()
