"""All shelters as of a moment, and what can be done with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.dates import JST, format_instant
from app.domain.errors import RuleViolation
from app.domain.folding import fold_kana, fold_name
from app.domain.shelter import Shelter
from app.presentation.columns.overview import people_in
from app.presentation.columns.shelter import SHELTERS
from app.presentation.forms.shelter import ADD_SHELTER, CLOSE_SHELTER, CORRECT_SHELTER, OPEN_SHELTER, shelter_form, shelter_values
from app.ui.importing.wizard import ImportWizard
from app.ui.page import Page
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import shelters
from app.usecases.rows import ShelterRow

_SHOW = (("all", "すべて"), ("open", "開設中"), ("overfull", "定員超過"), ("uncounted", "今日の報告なし"), ("closed", "閉鎖中・未開設"))


class ListTab(QWidget):
    """Open ones first; Enter corrects, F7 opens, F8 closes, F4 takes a count."""

    def __init__(self, page: Page, *, count: Callable[[str], object]) -> None:
        super().__init__()
        self._page, self._count = page, count
        self._rows: Sequence[ShelterRow] = ()
        self._wanted = ""
        self.at = MomentField("時点")
        self.at.changed.connect(self.refresh)
        self.show_box = QComboBox()
        self.show_box.setAccessibleName("表示する避難所")
        for code, words in _SHOW:
            self.show_box.addItem(words, code)
        self.show_box.currentIndexChanged.connect(lambda _: self._filter())
        self.finder = SearchBox("名称・カナ・地区・所在地で絞り込む", name="避難所を絞り込む")
        self.finder.typed.connect(lambda _: self._filter())
        self.finder.down.connect(self.take_focus)
        self.finder.left.connect(self.take_focus)
        self.summary = text("", role="section", wrap=False)
        self._warning = note("")
        self.table = Table(SHELTERS, name="避難所の一覧", runner=page.runner, preferences=page.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self.correct())
        self.table.chosen.connect(lambda _: self._enable())
        self._make_buttons()
        self.empty = EmptyState(
            "避難所がまだ登録されていません",
            "市区町村の避難所一覧（国のオープンデータやExcel）を取り込むか、1か所ずつ登録します。",
            icon="shelters",
            actions=[("一覧を取り込む", "import", self.import_file), ("1か所登録する", "plus", self.add)],
        )
        self._lay_out()

    def _make_buttons(self) -> None:
        self.correct_button = button("直す…（F2）", icon="edit")
        self.open_button = button("開設（F7）", icon="unlock")
        self.close_button = button("閉鎖（F8）", icon="lock")
        self.count_button = button("人数の報告", icon="phone")
        self.roster_button = button("名簿を見る", icon="roster")
        self.people_button = button("名簿を取り込む…", icon="import")
        self.history_button = button("履歴", icon="history")
        for made, act, keys in (
            (self.correct_button, self.correct, "F2"),
            (self.open_button, self.open, "F7"),
            (self.close_button, self.close_shelter, "F8"),
            (self.count_button, self._count_here, ""),
            (self.roster_button, self._show_roster, ""),
            (self.people_button, self._import_people, ""),
            (self.history_button, self._show_history, ""),
        ):
            made.clicked.connect(act)
            if keys:
                QShortcut(QKeySequence(keys), self, lambda made=made: made.isEnabled() and made.click())

    def _lay_out(self) -> None:
        shown = column(text("表示", role="field", wrap=False), self.show_box, spacing=2)
        find = column(text("絞り込み", role="field", wrap=False), self.finder, spacing=2)
        top = row(self.at, shown, find, spacing=14)
        top.setStretch(2, 1)
        self._table_box = QWidget()
        buttons = row(
            self.correct_button, self.open_button, self.close_button, self.count_button, self.roster_button, self.people_button, self.history_button,
            1, spacing=6,
        )  # fmt: skip
        whole = column(row(self.summary, self._warning, 1, spacing=14), self.table, buttons, spacing=8)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setStretch(1, 1)
        self._table_box.setLayout(whole)
        outer = column(top, self._table_box, self.empty, spacing=10, margins=(0, 10, 0, 0))
        outer.setStretch(1, 1)
        outer.setStretch(2, 1)
        self.setLayout(outer)
        self.empty.hide()
        self._enable()

    # -- what is shown

    def refresh(self) -> None:
        """Read again."""
        at, ctx = self.at.moment, self._page.context
        self._page.runner.read(lambda: shelters.list_shelters(ctx, at=at), parent=self, latest="shelters").success(
            self.show_shelters
        ).start()

    def show_shelters(self, rows: Sequence[ShelterRow]) -> None:
        """Show these."""
        self._rows = rows
        self.empty.setVisible(not rows)
        self._table_box.setVisible(bool(rows))
        opened = [shelter for shelter in rows if shelter.is_open]
        declared, rostered = sum(s.declared or 0 for s in opened), sum(s.rostered for s in rows)
        when = format_instant(self.at.moment) if self.at.moment else "いま"
        self.summary.setText(
            f"{when}：開設 {len(opened):,}か所／登録 {len(rows):,}か所　報告 {declared:,}人　名簿 {rostered:,}人　差 {declared - rostered:+,}人"
        )
        self._filter()

    def select(self, shelter_id: str) -> None:
        """Put the keyboard on a shelter, now or as soon as it is listed."""
        self._wanted = "" if self.table.select_id(shelter_id) else shelter_id

    def show_only(self, what: str) -> None:
        """One of the choices of 表示."""
        self.show_box.setCurrentIndex(max(0, self.show_box.findData(what)))

    def _filter(self) -> None:
        keep = self._filters()[self.show_box.currentData()]
        words = self.finder.text().strip()
        names, kana = fold_name(words), fold_kana(words)
        shown = [
            shelter
            for shelter in self._rows
            if keep(shelter)
            and (
                not words
                or names in fold_name(shelter.name)
                or (kana and kana in fold_kana(shelter.kana))
                or words in shelter.district
                or words in shelter.address
            )
        ]
        self.table.show_rows(shown)
        if self._wanted and self.table.select_id(self._wanted):
            self._wanted = ""
        if shown and self.table.current_row() is None:
            self.table.selectRow(0)
        self._warning.setText("条件に合う避難所はありません" if self._rows and not shown else "")
        self._enable()

    def _filters(self) -> dict[str, Callable[[ShelterRow], bool]]:
        now: datetime = self.at.moment or self._page.context.now()
        today = now.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            "all": lambda s: True,
            "open": lambda s: s.is_open,
            "overfull": lambda s: s.is_open and bool(s.capacity) and people_in(s) > (s.capacity or 0),
            "uncounted": lambda s: s.is_open and (s.declared_at is None or not today <= s.declared_at < today + timedelta(days=1)),
            "closed": lambda s: not s.is_open,
        }

    def take_focus(self) -> None:
        """On the list."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    def _enable(self) -> None:
        chosen, may = self.table.current_row(), self._page.may
        self.correct_button.setEnabled(chosen is not None and may("shelters"))
        self.open_button.setEnabled(chosen is not None and not chosen.is_open and may("headcount"))
        self.close_button.setEnabled(chosen is not None and chosen.is_open and may("headcount"))
        self.count_button.setEnabled(chosen is not None and may("headcount"))
        self.roster_button.setEnabled(chosen is not None)
        self.people_button.setEnabled(chosen is not None and may("register"))
        self.history_button.setEnabled(chosen is not None)
        for made in self.empty.buttons:
            made.setEnabled(may("shelters"))

    # -- doing

    def add(self) -> None:
        """A new shelter, perhaps open at once."""
        page = self._page

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: shelters.add_shelter(page.context, values=shelter_values(values), open_at=values["open_at"]),
                parent=dialog,
                label="lists.saving",
            )

        dialog = FormDialog(self, ADD_SHELTER, save=save)
        dialog.saved.connect(lambda _: page.shell.say("避難所を登録しました"))
        dialog.open()

    def correct(self) -> None:
        """Change the particulars of the shelter chosen."""
        page, chosen = self._page, self.table.current_row()
        if chosen is None or not self.correct_button.isEnabled():
            return
        found = page.context.reads.get("shelter", chosen.id)
        if not isinstance(found, Shelter):
            return
        version = found.version

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: shelters.correct_shelter(
                    page.context, shelter_id=chosen.id, version=version, values=shelter_values(values), reason=values["reason"]
                ),
                parent=dialog,
                label="lists.saving",
            )

        def current() -> dict[str, Any]:
            return shelter_form(page.context.reads.get("shelter", chosen.id))

        def rebase() -> None:
            nonlocal version
            version = page.context.reads.get("shelter", chosen.id).version

        dialog = FormDialog(self, CORRECT_SHELTER, save=save, values=shelter_form(found), current=current, rebase=rebase, lead=chosen.name)
        dialog.saved.connect(lambda _: page.shell.say(f"{chosen.name} の内容を直しました"))
        dialog.open()

    def open(self) -> None:
        """Open the shelter chosen."""
        self._switch(OPEN_SHELTER, shelters.open_shelter, "を開設にしました")

    def close_shelter(self) -> None:
        """Close the shelter chosen."""
        self._switch(CLOSE_SHELTER, shelters.close_shelter, "を閉鎖にしました")

    def _switch(self, form: Any, act: Callable[..., Any], said: str) -> None:
        page, chosen = self._page, self.table.current_row()
        if chosen is None:
            return

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: _beside_time(lambda: act(page.context, shelter_id=chosen.id, at=values["at"])),
                parent=dialog,
                label="lists.saving",
            )

        dialog = FormDialog(self, form, save=save, values={"at": self.at.moment or page.context.now()}, lead=chosen.name, columns=1)
        dialog.saved.connect(lambda _: page.shell.say(f"{chosen.name} {said}"))
        dialog.open()

    def import_file(self) -> None:
        """A list of shelters from a file."""
        ImportWizard(self, self._page.shell, "shelters").open()

    def _import_people(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            ImportWizard(self, self._page.shell, "evacuees", shelter_id=chosen.id).open()

    def _count_here(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            self._count(chosen.id)

    def _show_roster(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            self._page.shell.go("roster", shelter_id=chosen.id, at=self.at.moment)

    def _show_history(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            self._page.shell.go("history", record_id=chosen.id)


def _beside_time(act: Callable[[], Any]) -> Any:
    """A refusal about opening or closing belongs beside the time asked for."""
    try:
        return act()
    except RuleViolation as fault:
        if fault.code in ("shelter.already_open", "shelter.not_open", "shelter.closed_before_opened"):
            raise RuleViolation(fault.code, **{**fault.params, "field": "at"}) from fault
        raise
