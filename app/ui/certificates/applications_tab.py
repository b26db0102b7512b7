"""申請: taken down at the desk, found again, linked, approved, closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.presentation.columns.certificate import APPLICATIONS
from app.ui.certificates.application_acts import ApplicationActs, LookUp, tell_moved
from app.ui.certificates.application_file import ApplicationFileDialog
from app.ui.certificates.application_filters import ApplicationFilters
from app.ui.certificates.application_new import NewApplication
from app.ui.surveys.asking import bind, open_export
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row
from app.usecases import applications, buildings
from app.usecases.certificate_rows import ApplicationFilter, ApplicationRow, Moved

if TYPE_CHECKING:
    from app.ui.pages.certificates import CertificatesPage

_PAGE = 500


class ApplicationsTab(Tab):
    """F2 takes an application down, Enter opens one, F6 links, A approves what is marked, F7 looks one up, F8 goes to issuing.

    ``arrive(application_id=…)`` opens one, ``arrive(filter=ApplicationFilter(…))`` and ``arrive(text=…)`` narrow the list, ``arrive(new=True)`` begins one.
    """

    kinds = frozenset({"application", "certificate", "survey", "building", "victim", "occupancy"})

    def __init__(self, page: CertificatesPage) -> None:
        super().__init__(page)
        self.acts = ApplicationActs(self, page.shell)
        self.acts.done.connect(self._want)
        self._wanted = ""
        self._make_buttons()
        self.filters = ApplicationFilters(self.look_button, self.settings_button, self.export_button)
        self.filters.changed.connect(self.list)
        self.table = Table(APPLICATIONS, name="申請の一覧", runner=self.runner, preferences=self.shell.preferences)
        self.filters.down.connect(self.table.focus_first)
        self.table.opened.connect(self.open_file)
        self.table.chosen.connect(lambda _: self._enable())
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState(
            "申請はまだありません",
            "窓口に人が来たら「新しい申請」（F2）で受け付けます。氏名か住所で世帯を探すと、世帯員と住所が入ります。"
            "住民データがまだなくても、聞いたとおりに受け付けられます。",
            icon="certificates",
            actions=[("新しい申請（F2）", "plus", self.begin), ("証明書の設定", "settings", self.acts.settings)],
        )
        self.nothing = EmptyState(
            "この条件に当てはまる申請はありません", "条件を消すか、受付番号を確かめてください。", icon="search",
            actions=[("条件を消す", "undo", self.reset), ("新しい申請（F2）", "plus", self.begin)],
        )  # fmt: skip
        self._lay_out()

    def _make_buttons(self) -> None:
        self.new_button = button("新しい申請（F2）", role="primary", icon="plus")
        self.file_button = button("開く（Enter）", icon="list")
        self.link_button = button("世帯・建物…（F6）", icon="evacuees", tip="世帯と建物を結び付ける")
        self.approve_button = button("決裁（A）", icon="check")
        self.issue_button = button("交付・印刷へ（F8）", icon="print")
        self.close_button = button("取下げ…", icon="minus")
        self.look_button = button("申請はどこまで…（F7）", icon="search")
        self.settings_button = button("設定…", icon="settings", tip="申請の期限・罹災原因・災害の番号・呼出番号")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.new_button, self.begin, ""), (self.file_button, self.open_file, ""), (self.link_button, self.link, "F6"),
            (self.approve_button, self.approve, "A"), (self.issue_button, self.go_issue, "F8"), (self.close_button, self.withdraw, ""),
            (self.look_button, self.look_up, "F7"), (self.settings_button, self.acts.settings, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        QShortcut(QKeySequence("F2"), self, self.begin, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)  # on the empty page, too

    def _lay_out(self) -> None:
        self._row_buttons = (self.file_button, self.link_button, self.approve_button, self.issue_button, self.close_button)
        self._acts = QWidget()
        self._acts.setLayout(row(self.new_button, *self._row_buttons, 1, spacing=6))
        whole = column(self.filters, self.banner, self.table, self.nothing, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.nothing.hide()
        may = self.may("apply")
        for made in (self.new_button, self.look_button, self.empty.buttons[0], self.nothing.buttons[1]):
            made.setEnabled(may)
        for made in (self.settings_button, self.empty.buttons[1]):
            made.setEnabled(self.may("settings"))
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read districts and list again."""
        ctx = self.context
        found = self.runner.read(lambda: buildings.list_districts(ctx), parent=self, latest="applications.districts")
        found.success(self.filters.show_districts).start()
        self.list()

    def list(self) -> None:
        """Ask for the applications that the conditions leave."""
        ctx, wanted = self.context, self.filters.wanted
        found = self.runner.read(lambda: applications.list_application_ids(ctx, filter=wanted), parent=self, latest="applications.ids")
        found.success(lambda ids: self._show_ids(ids, wanted)).start()

    def _show_ids(self, ids: Sequence[str], wanted: ApplicationFilter) -> None:
        if wanted != self.filters.wanted:
            return
        ctx, narrowed = self.context, self.filters.narrowed
        self.table.show_ids(ids, lambda some: applications.application_rows(ctx, application_ids=some))
        self.filters.count.setText(f"{len(ids):,}件")
        for part in (self.filters, self._acts):
            part.setVisible(bool(ids) or narrowed)
        self.table.setVisible(bool(ids))
        self.nothing.setVisible(not ids and narrowed)
        self.empty.setVisible(not ids and not narrowed)
        if self._wanted and self.table.select_id(self._wanted):
            self._wanted = ""
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    def _want(self, application_id: str) -> None:
        self._wanted = application_id

    def reset(self) -> None:
        """No conditions."""
        self.filters.show_filter(ApplicationFilter(), tell=True)

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        wanted = arguments.get("filter")
        if isinstance(wanted, ApplicationFilter):
            self.filters.show_filter(wanted, tell=True)
        if arguments.get("text"):
            self.filters.show_filter(ApplicationFilter(text=arguments["text"]), tell=True)
        if arguments.get("application_id"):
            self.open_file(arguments["application_id"])
        if arguments.get("new"):
            self.begin()

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first application."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.filters.finder.setFocus()

    # -- acting

    def marked(self) -> Sequence[str]:
        """The applications marked, or the one at hand."""
        found: Sequence[str] = self.table.selected_ids() or ([self.table.current_id()] if self.table.current_id() else [])
        return found

    @property
    def current(self) -> ApplicationRow | None:
        """The one at hand, once its row has arrived."""
        found: ApplicationRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        count, one = len(self.marked()) if self.table.rows.rowCount() else 0, self.current
        state = one.state if one is not None and count == 1 else ""
        ended = state in ("issued", "closed")
        self.file_button.setEnabled(count > 0)
        self.link_button.setEnabled(count == 1 and self.may("apply") and not ended)
        self.approve_button.setEnabled(count > 0 and self.may("approve") and (count > 1 or state == "judged"))
        self.issue_button.setEnabled(count > 0 and self.may("issue"))
        self.close_button.setEnabled(count > 0 and self.may("apply") and not ended)
        self.export_button.setEnabled(self.table.rows.rowCount() > 0 and (self.may("export") or self.may("print")))
        self.approve_button.setText(f"{count:,}件を決裁（A）" if count > 1 else "決裁（A）")
        self.close_button.setText(f"{count:,}件を取下げ…" if count > 1 else "取下げ…")

    def begin(self) -> NewApplication | None:
        """Somebody stands at the desk."""
        if not self.may("apply"):
            return None
        dialog = NewApplication(self, self.shell)
        dialog.applied.connect(lambda done: self._want(done.application.id))
        dialog.open()
        return dialog

    def open_file(self, application_id: str = "") -> ApplicationFileDialog | None:
        """One application whole."""
        wanted = application_id or self.table.current_id()
        if not wanted:
            return None
        dialog = ApplicationFileDialog(self, self.shell, wanted)
        dialog.sent.connect(lambda key, given: self.page.open_tab(key, **given))
        dialog.open()
        return dialog

    def link(self) -> None:
        """Whose and about what."""
        if self.table.current_id():
            self.acts.with_application(self.table.current_id(), self.acts.link)

    def approve(self) -> None:
        """決裁 of what is marked."""
        self.acts.approve(self.marked(), then=lambda done: self._moved(done, "決裁しました"))

    def withdraw(self) -> object:
        """取下げ・終了 of what is marked."""
        return self.acts.close(self.marked(), then=lambda done: self._moved(done, "終了にしました"))

    def _moved(self, done: Moved, words: str) -> None:
        tell_moved(self.banner, done, words, self.shell)
        self.list()

    def go_issue(self) -> None:
        """To issuing, with what is marked chosen."""
        ids = list(self.marked())
        self.page.open_tab("issue", application_ids=ids)

    def look_up(self) -> LookUp | None:
        """「申請はどこまで」."""
        return self.acts.look_up()

    def export(self) -> None:
        """The list as it is narrowed now."""
        ctx, wanted = self.context, self.filters.wanted

        def rows() -> list[ApplicationRow]:
            ids = applications.list_application_ids(ctx, filter=wanted)
            return [
                one for at in range(0, len(ids), _PAGE) for one in applications.application_rows(ctx, application_ids=ids[at : at + _PAGE])
            ]

        open_export(
            self, self.shell, title="申請の一覧", subtitle=self.filters.say(), columns=APPLICATIONS, view="標準", rows=rows, unit="件"
        )
