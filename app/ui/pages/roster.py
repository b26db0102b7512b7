"""名簿: who was where at a moment, as known at a moment; printed, exported, saved as views. Every look is in the access log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.domain.characters import CharacterProblem
from app.domain.dates import format_instant
from app.domain.errors import SasaeError
from app.presentation.columns.exchange import say_freshness
from app.presentation.columns.roster import ROSTER, VIEW_LABELS, choose_publishable
from app.presentation.forms.roster_filter import ROSTER_FILTER, SAVE_VIEW, apply_values, form_values, say_filter
from app.presentation.labels import choices
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Page, Shell
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF_COMPACT, PDF_LARGE, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.shelter_picker import ShelterPicker
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import rosters, shelters
from app.usecases.job import Job
from app.usecases.rosters import SavedView
from app.usecases.rows import Roster, RosterFilter, RosterRow, ShelterRow
from app.usecases.site_board import freshness

_PAUSE_MS = 350  # each question is a line in the access log: not one for every key
_PRINTS = (PDF_COMPACT, PDF_LARGE)
_FILES = (CSV, CSV_CP932, XLSX, HTML)


class RosterPage(Page):
    """``go('roster', shelter_id=…, at=…, show='without_destination')``. Ctrl+P prints, Ctrl+E exports, F3 asks for more conditions."""

    key = "roster"
    kinds = frozenset({"person", "stay", "absence", "household", "shelter", "package"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.wanted = RosterFilter(at=shell.context.now())
        self.roster: Roster | None = None
        self._views: list[SavedView] = []
        self._filling = False
        self._loaded_all = False
        self._build_filters()
        self._build_tools()
        self.table = Table(ROSTER, name="避難者名簿", runner=self.runner, preferences=shell.preferences)
        self.table.set_view("standard")
        self.table.opened.connect(lambda _: self._open_person())
        self.table.chosen.connect(lambda _: self._enable())
        self.table.viewed.connect(self._take_view)
        self.empty = EmptyState(
            "この条件に当てはまる人はいません",
            "日時・避難所・在所の別・条件を確かめてください。まだ誰も受け付けていないときは、避難者の受付から始めます。",
            icon="roster",
            actions=[("条件をはじめに戻す", "undo", self.reset), ("避難者を受け付ける", "user-plus", lambda: shell.go("search"))],
        )
        self.fresh = note("")
        self.fresh.hide()
        self.body.addWidget(self._filters)
        self.body.addWidget(self.fresh)
        self.body.addLayout(row(self.count, self.conditions, 1, self.household_button, self.person_button, self.history_button, spacing=10))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.empty, 1)
        self.empty.hide()
        self._enable()

    def _build_filters(self) -> None:
        self.at = MomentField("何日何時の時点", empty="いま")
        self.known = MomentField("いつ分かっていた内容で", empty="いま分かっている内容", width=210)
        self.shelter = ShelterPicker()
        self.presence = QComboBox()
        self.presence.setAccessibleName("在所の別")
        for code, words in choices("presence"):
            self.presence.addItem(words, code)
        self.columns = QComboBox()
        self.columns.setAccessibleName("項目")
        for code, words in VIEW_LABELS.items():
            self.columns.addItem(words, code)
        self.view_box = QComboBox()
        self.view_box.setAccessibleName("保存した条件")
        self.finder = SearchBox("氏名・カナ・住所・整理番号で絞り込む", name="名簿を絞り込む")
        self.more = button("条件…（F3）", icon="filter")
        self.save_view_button = button("条件を残す…", icon="save")
        self.protected = QCheckBox("支援措置の人を含める")
        self.protected.setVisible(self.may("see_protected"))
        for field in (self.at, self.known):
            field.changed.connect(self._ask)
        self.shelter.picked.connect(lambda _: self._ask())
        self.presence.activated.connect(lambda _: self._ask())
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.finder.typed.connect(lambda _: self._pause.start())
        self.finder.entered.connect(lambda _: self._ask())
        self.finder.down.connect(self.take_focus)
        self.finder.left.connect(self.take_focus)
        self.protected.toggled.connect(lambda _: self._ask())
        self.columns.activated.connect(lambda _: self._show_columns())
        self.view_box.activated.connect(lambda _: self._use_view())
        self.more.clicked.connect(self.ask_more)
        self.save_view_button.clicked.connect(self.save_view)
        QShortcut(QKeySequence("F3"), self, self.ask_more)
        upper = row(self.at, self.known, _labelled("避難所", self.shelter), _labelled("表示", self.presence), spacing=12)
        upper.addStretch(1)
        self.shelter.setMinimumWidth(theme.current().px(300))
        lower = row(
            self.finder, self.more, text("項目", role="field", wrap=False), self.columns, self.view_box, self.save_view_button, spacing=8
        )
        lower.setStretch(0, 1)
        self._filters = QWidget()
        self._filters.setLayout(column(upper, lower, spacing=8))
        self.count = text("", role="section", elide=True)
        self.conditions = note("")
        self._fill_views([])

    def _build_tools(self) -> None:
        self.print_button = button("印刷…（Ctrl+P）", icon="print")
        self.export_button = button("書き出す…（Ctrl+E）", role="primary", icon="save")
        self.household_button = button("この世帯だけ", icon="filter")
        self.person_button = button("この人を開く（Enter）", icon="user")
        self.history_button = button("履歴", icon="history")
        for made, act, keys in (
            (self.print_button, self.print, "Ctrl+P"),
            (self.export_button, self.export, "Ctrl+E"),
            (self.household_button, self._only_household, ""),
            (self.person_button, self._open_person, ""),
            (self.history_button, self._show_history, ""),
        ):
            made.clicked.connect(lambda _=False, act=act: act())
            if keys:
                QShortcut(QKeySequence(keys), self, lambda made=made: made.isEnabled() and made.click())
        self.tools.addWidget(self.protected)
        self.tools.addWidget(self.print_button)
        self.tools.addWidget(self.export_button)

    # -- asking

    def refresh(self) -> None:
        """Ask again; without a moment it is always now."""
        ctx = self.context
        read = self.runner.read(lambda: (shelters.list_shelters(ctx), rosters.saved_views(ctx)), parent=self, latest="roster.choices")
        read.success(self._fill_choices).start()
        self.runner.read(lambda: say_freshness(freshness(ctx)), parent=self, latest="roster.fresh").success(self._show_fresh).start()
        self._ask()

    def _show_fresh(self, words: str) -> None:
        """How fresh headquarters' picture is; other sites and headquarters without sites have nothing to say."""
        self.fresh.setText(words)
        self.fresh.setVisible(bool(words))

    def _ask(self) -> None:
        if self._filling or self.at.problem or self.known.problem:
            return
        self._pause.stop()
        self.wanted = replace(
            self.wanted,
            at=self.at.moment or self.context.now(),
            known_at=self.known.moment,
            shelter_id=self.shelter.shelter_id,
            presence=self.presence.currentData(),
            text=self.finder.text().strip(),
            include_protected=self.protected.isChecked(),
        )
        wanted, ctx = self.wanted, self.context
        operation = self.runner.write(lambda _: rosters.take_roster(ctx, wanted=wanted), parent=self, label="lists.roster")
        operation.success(self.show_roster).failure(self._not_shown).start()

    def show_roster(self, roster: Roster) -> None:
        """Show it, unless another was asked for meanwhile."""
        if roster.filter != self.wanted:
            return
        self.roster = roster
        self.banner.show_message("")
        rows, unnamed = (roster.rows, 0)
        if self.columns.currentData() == "publishable":
            rows, unnamed = choose_publishable(roster.rows)
        self.table.show_rows(rows, key=lambda line: line.stay_id)
        if rows and self.table.current_row() is None:
            self.table.selectRow(0)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.count.setText(self._say_count(roster, len(rows), unnamed))
        told = say_filter(self.wanted)
        self.conditions.setText("条件：" + "／".join(told) if told else "")
        self._enable()

    def _say_count(self, roster: Roster, shown: int, unnamed: int) -> str:
        when = f"{format_instant(roster.filter.at)} 時点"
        known = f"（{format_instant(roster.filter.known_at)} に分かっていた内容）" if roster.filter.known_at else ""
        people = len({line.person_id for line in roster.rows}) - roster.twice if not unnamed else shown
        parts = [f"{when}{known}　{people:,}人"]
        if roster.twice and not unnamed:
            parts.append(f"同じ人と決めた登録の重なり {roster.twice:,}件")
        if roster.withheld:
            parts.append(f"支援措置のため載せない人 {roster.withheld:,}人")
        if unnamed:
            parts.append(f"掲示に同意していない人 {unnamed:,}人を除く")
        return "　".join(parts)

    def _not_shown(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)

    # -- conditions

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends: everything else goes back to its beginning."""
        at = arguments.get("at")
        self._set(
            RosterFilter(
                at=self.context.now(),
                shelter_id=arguments.get("shelter_id", ""),
                presence="out" if arguments.get("show") == "without_destination" else "in",
                without_destination=arguments.get("show") == "without_destination",
                household_id=arguments.get("household_id", ""),
            ),
            at=at if isinstance(at, datetime) else None,
        )
        self.take_focus()

    def reset(self) -> None:
        """No conditions, now."""
        self._set(RosterFilter(at=self.context.now()))

    def _set(self, wanted: RosterFilter, *, at: datetime | None = None) -> None:
        self._filling = True
        self.wanted = wanted
        self.at.set_moment(at)
        self.known.set_moment(None)
        self.shelter.choose(wanted.shelter_id)
        self.presence.setCurrentIndex(self.presence.findData(wanted.presence))
        self.finder.setText(wanted.text)
        self._filling = False
        self._ask()

    def ask_more(self) -> None:
        """The conditions that are not always in sight."""
        dialog = FormDialog(self, ROSTER_FILTER, save=lambda values: None, values=form_values(self.wanted))
        dialog.saved.connect(self._use_more)
        dialog.open()

    def _use_more(self, values: dict[str, Any]) -> None:
        self.wanted = apply_values(replace(self.wanted, household_id=""), values)
        self.presence.setCurrentIndex(self.presence.findData(self.wanted.presence))
        self._ask()

    def _only_household(self) -> None:
        chosen: RosterRow | None = self.table.current_row()
        if self.wanted.household_id:
            self.wanted = replace(self.wanted, household_id="")
            self._ask()
        elif chosen is not None and chosen.household_id:
            self.wanted = replace(self.wanted, household_id=chosen.household_id)
            self._ask()

    def _fill_choices(self, found: tuple[list[ShelterRow], list[SavedView]]) -> None:
        self.shelter.show_shelters(found[0])
        self._fill_views(found[1])

    def _fill_views(self, views: list[SavedView]) -> None:
        self._views = views
        self.view_box.clear()
        self.view_box.addItem("残した条件を使う", None)
        for view in views:
            self.view_box.addItem(view.name, view.name)
        if views:
            self.view_box.addItem("― 条件を消す…", "")
        self.view_box.setEnabled(bool(views))

    def _use_view(self) -> None:
        name = self.view_box.currentData()
        view = next((view for view in self._views if view.name == name), None)
        if view is not None:
            self.columns.setCurrentIndex(max(0, self.columns.findData(view.columns)))
            self.table.set_view(self.columns.currentData())
            self._set(view.filter, at=self.at.moment)
        elif name == "":
            self.view_box.setCurrentIndex(0)
            self._forget_view()

    def save_view(self) -> None:
        """Keep the conditions under a name."""
        ctx, wanted, columns = self.context, self.wanted, self.columns.currentData()

        def save(values: dict[str, Any]):
            view = SavedView(name=values["name"], filter=wanted, columns=columns)
            return self.runner.write(lambda _: rosters.save_view(ctx, view=view), parent=dialog, label="lists.saving")

        dialog = FormDialog(self, SAVE_VIEW, save=save, columns=1, lead="／".join(say_filter(wanted)))
        dialog.saved.connect(lambda _: self._reload_views("条件を残しました"))
        dialog.open()

    def _forget_view(self) -> None:
        from PySide6.QtWidgets import QInputDialog

        names = [view.name for view in self._views]
        name, chosen = QInputDialog.getItem(self, "条件を消す", "消す条件", names, 0, False)
        if chosen and ask(self, f"「{name}」を消しますか？", "名簿の内容は変わりません。", yes="消す", no="やめる"):
            ctx = self.context
            operation = self.runner.write(lambda _: rosters.forget_view(ctx, name=name), parent=self, label="lists.saving")
            operation.success(lambda _: self._reload_views("条件を消しました")).start()

    def _reload_views(self, words: str) -> None:
        self.shell.say(words)
        ctx = self.context
        self.runner.read(lambda: rosters.saved_views(ctx), parent=self).success(self._fill_views).start()

    def _take_view(self, code: str) -> None:
        self.columns.setCurrentIndex(max(0, self.columns.findData(code)))
        self._show_columns()

    def _show_columns(self) -> None:
        self.table.set_view(self.columns.currentData())
        if self.roster is not None:
            self.show_roster(self.roster)

    # -- taking out

    def print(self) -> None:
        """A PDF that the system opens and prints."""
        self._take_out(
            "名簿の印刷", _PRINTS, "PDFを作って開きます。印刷はそこから行います。表と裏の両面に、細かい字で1枚50人ずつ載せられます。"
        )

    def export(self) -> None:
        """A file."""
        self._take_out("名簿の書き出し", _FILES, "")

    def _take_out(self, title: str, formats: tuple[Any, ...], lead: str) -> None:
        ctx, folder, wanted, columns = self.context, self.shell.folder, self.wanted, self.columns.currentData()

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.rosters import write_roster

            kind, _, detail = choice.format.code.partition("-")
            done = write_roster(
                ctx.for_purpose(choice.purpose),
                wanted=wanted,
                out=choice.path,
                format=kind,
                encoding="cp932" if detail == "cp932" else "utf-8-sig",
                columns=columns,
                publishable=columns == "publishable",
                layout="large" if detail == "large" else "compact",
                folder=folder,
                substitutes=choice.substitutes,
                job=job,
            )
            pages = f"・{done.pages:,}ページ" if done.pages else ""
            return Written(choice.path, f"{done.rows:,}人{pages}", lost_of(done), done.problems)

        def check(choice: Choice) -> Sequence[CharacterProblem]:
            from app.interchange.exporting.rosters import find_unprintable

            layout: Any = "large" if choice.format.code.endswith("large") else "compact"
            return find_unprintable(ctx, wanted=wanted, columns=columns, layout=layout, folder=folder)

        told = [self.count.text(), *say_filter(wanted), f"項目：{VIEW_LABELS[columns]}"]
        place = f"_{self.shelter.currentText()}" if wanted.shelter_id else ""
        name = f"避難者名簿{place}_{VIEW_LABELS[columns]}"
        words = "\n".join(filter(None, (lead, "／".join(told))))
        dialog = ExportDialog(self, self.shell, title=title, name=name, formats=formats, write=write, lead=words, check=check)
        dialog.open()

    # -- rows

    def take_focus(self) -> None:
        """On the list."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    def _open_person(self) -> None:
        chosen: RosterRow | None = self.table.current_row()
        if chosen is not None:
            self.shell.go("evacuees", person_id=chosen.person_id)

    def _show_history(self) -> None:
        chosen: RosterRow | None = self.table.current_row()
        if chosen is not None:
            self.shell.go("history", record_id=chosen.person_id)

    def _enable(self) -> None:
        chosen = self.table.current_row()
        some = self.roster is not None and bool(self.roster.rows)
        self.print_button.setEnabled(some and self.may("print"))
        self.export_button.setEnabled(some and self.may("export"))
        self.person_button.setEnabled(chosen is not None)
        self.history_button.setEnabled(chosen is not None)
        only = bool(self.wanted.household_id)
        self.household_button.setText("世帯の絞り込みをやめる" if only else "この世帯だけ")
        self.household_button.setEnabled(only or (chosen is not None and bool(chosen.household_id)))


def _labelled(words: str, field: QWidget) -> QWidget:
    box = QWidget()
    caption = text(words, role="field", wrap=False)
    caption.setBuddy(field)
    box.setLayout(column(caption, field, spacing=2))
    box.layout().setAlignment(caption, Qt.AlignmentFlag.AlignLeft)
    return box
