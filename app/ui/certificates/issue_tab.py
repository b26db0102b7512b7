"""交付・印刷: issue what is judged and approved, print it, and print what is still missing. Sheets are told before anything is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QRadioButton, QScrollArea, QStackedWidget, QWidget

from app.domain.errors import InputFault, RuleViolation
from app.presentation.columns.certificate import APPLICATIONS, CERTIFICATES
from app.presentation.labels import choices, short_label
from app.ui import theme
from app.ui.certificates.issue_acts import Desk, IssueActs, Ready, read_desk, read_ids, read_plan, way_out
from app.ui.certificates.paper_view import PaperDialog
from app.ui.certificates.print_options import PrintOptions
from app.ui.surveys.asking import bind, labelled, picker
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases import applications, certificates

if TYPE_CHECKING:
    from app.ui.pages.certificates import CertificatesPage

_SOON = ("app.printing.batch", "app.printing.designs", "app.interchange.certificates", "app.interchange.exporting.rosters")
_PAUSE_MS = 250
_WHAT = (("ready", "交付できる申請"), ("missing", "部数が足りない証明書"))


class IssueTab(Tab):
    """Ctrl+Enter issues and prints, V shows a certificate on the screen.

    ``arrive(application_ids=…)``/``arrive(application_id=…)`` mark applications, ``arrive(certificate_ids=…)`` certificates to print.
    """

    kinds = frozenset({"application", "certificate", "certificate_copy", "survey", "form_design", "setting"})

    def __init__(self, page: CertificatesPage) -> None:
        super().__init__(page)
        self._marked: list[str] = []
        self._desk: Desk | None = None
        self.runner.preload(*_SOON)
        self.acts = IssueActs(self, page.shell)
        self.acts.ended.connect(self.list)
        self.acts.faulted.connect(self._fault)
        self.acts.told.connect(self._tell)
        self.what = picker("対象", _WHAT[1:], every=_WHAT[0][1])
        self.kind = picker("種類", [(code, short_label("application.kind", code)) for code, _ in choices("application.kind")])
        self.ready = Table(APPLICATIONS, name="交付できる申請", runner=self.runner, preferences=self.shell.preferences)
        self.missing = Table(CERTIFICATES, name="部数が足りない証明書", runner=self.runner, preferences=self.shell.preferences)
        self.tables = QStackedWidget()
        self.tables.addWidget(self.ready)
        self.tables.addWidget(self.missing)
        self.all = QRadioButton("一覧のすべて")
        self.some = QRadioButton("印を付けたもの")
        self.all.setChecked(True)
        self._group = QButtonGroup(self)
        self.options = PrintOptions(self.shell)
        self.plan = text("", role="section")
        self.forms = text("", role="note")
        self.left_out = text("", role="problem")
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState("", "", icon="success", actions=[("申請の一覧へ", "list", lambda: self.page.open_tab("applications"))])
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._plan)
        self._make_buttons()
        self._connect()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.run_button = button("発行して印刷（Ctrl+Enter）", role="primary", icon="print")
        self.issue_button = button("発行だけ", icon="check")
        self.view_button = button("画面で見る（V）", icon="eye")
        self.again_button = button("続きから…", icon="refresh", tip="紙づまりのあと、番号を指定して同じ順番で続ける")
        self.push_button = button("申請のない世帯にも…", icon="evacuees", tip="判定された住家の全世帯に一斉に交付する")
        for made, act, keys in (
            (self.run_button, self.run, ""), (self.issue_button, self.issue, ""), (self.view_button, self.view, "V"),
            (self.again_button, self.again, ""), (self.push_button, self.push, ""),
        ):  # fmt: skip
            bind(self, made, act, keys)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.run, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _connect(self) -> None:
        for box in (self.what, self.kind):
            box.activated.connect(lambda _: self.list())
        for table in (self.ready, self.missing):
            table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
            table.rows.dataChanged.connect(lambda *_: self._enable())
        self.missing.opened.connect(lambda _: self.view())
        self.ready.opened.connect(lambda found: self.page.open_tab("applications", application_id=found))
        for choice in (self.all, self.some):
            self._group.addButton(choice)
        self.all.toggled.connect(lambda _: self._soon())
        self.options.changed.connect(self._soon)

    def _lay_out(self) -> None:
        top = row(labelled("対象", self.what), labelled("種類", self.kind), 1, spacing=10)
        self.left = QWidget()
        acts = row(self.view_button, 1, self.push_button, spacing=6)
        inside = column(top, row(self.all, self.some, 1, spacing=14), self.left_out, self.tables, acts, spacing=6)
        inside.setStretch(3, 1)
        self.left.setLayout(inside)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self.options, self.forms, 1, spacing=8, margins=(0, 0, 10, 0)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        buttons = column(self.run_button, row(self.issue_button, self.again_button, spacing=6), spacing=6)
        told = frame("well", column(self.plan, margins=(12, 8, 12, 8)))
        right = column(heading("印刷のしかた"), area, self.options.where, told, buttons, spacing=8)
        right.setStretch(1, 1)
        side = QWidget()
        side.setLayout(right)
        side.setFixedWidth(theme.current().px(380))
        left = column(self.left, self.empty)
        left.setStretch(0, 1)
        left.setStretch(1, 1)
        both = row(left, side, spacing=16)
        both.setStretch(0, 1)
        whole = column(self.banner, both, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    # -- reading

    @property
    def printing_only(self) -> bool:
        """Whether the list is of certificates whose papers are missing."""
        return bool(self.what.currentData() == "missing")

    @property
    def table(self) -> Table:
        """The list in sight."""
        return self.missing if self.printing_only else self.ready

    def refresh(self) -> None:
        """Read who signs, printers and forms, and list again."""
        ctx, folder = self.context, self.shell.folder
        self.runner.read(lambda: read_desk(ctx, folder), parent=self, latest="issue.desk").success(self._show_desk).start()
        self.list()

    def _show_desk(self, desk: Desk) -> None:
        self._desk = desk
        self.options.show_printers(desk.offsets)
        self.forms.setText(f"様式：{desk.forms}")
        if desk.problem:
            self.banner.show_message(desk.problem, tone="warn", action=desk.way, act=lambda: self._go(desk.way_to))

    def _go(self, where: str) -> None:
        page, _, tab = where.partition(":")
        self.shell.go(page, tab=tab)

    def list(self) -> None:
        """Ask what can be issued, or printed."""
        ctx, missing, kind = self.context, self.printing_only, self.kind.currentData()
        found = self.runner.read(lambda: read_ids(ctx, missing=missing, kind=kind), parent=self, latest="issue.ids")
        found.success(lambda ready: self._show(ready, missing)).start()

    def _show(self, ready: Ready, missing: bool) -> None:
        if missing != self.printing_only:
            return
        ctx, ids = self.context, ready.ids
        self.tables.setCurrentWidget(self.table)
        if missing:
            self.missing.show_ids(ids, lambda some: certificates.certificate_rows(ctx, certificate_ids=some))
        else:
            self.ready.show_ids(ids, lambda some: applications.application_rows(ctx, application_ids=some))
            self.badged.emit(len(ids))
        self.all.setText(f"一覧のすべて（{len(ids):,}件）")
        self._show_empty(not ids)
        self.left_out.setText(f"程度が変わり差替が必要な{ready.replaced:,}件は除きました。「証明書」で差し替えてから印刷します。" if ready.replaced else "")
        self.left_out.setVisible(bool(ready.replaced))
        self._mark()
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self.run_button.setText("印刷（Ctrl+Enter）" if missing else "発行して印刷（Ctrl+Enter）")
        self.issue_button.setVisible(not missing)
        self.push_button.setVisible(not missing and self.may("apply"))
        self.view_button.setVisible(missing)
        self._soon()
        self._enable()

    def _show_empty(self, empty: bool) -> None:
        if self.printing_only:
            words = ("印刷が足りない証明書はありません", "発行した証明書は、必要な部数がすべて印刷されています。もう1部いるときは「証明書」から再交付します。")
        else:
            words = ("交付できる申請はありません", "判定か決裁まで進んだ申請が、ここに並びます。調査の結果が確定すると、申請は自動で判定へ進みます。")
        self.empty.title.setText(words[0])
        self.empty.explanation.setText(words[1])
        self.empty.setVisible(empty)
        self.tables.setVisible(not empty)

    def _mark(self) -> None:
        """The ones another page sent."""
        if not self._marked:
            return
        model, places = self.table.selectionModel(), [self.table.rows.position(one) for one in self._marked]
        found = [place for place in places if place >= 0]
        if found:
            self.table.make_current(found[0])
            for place in found[1:]:
                model.select(self.table.rows.index(place, 0), model.SelectionFlag.Select | model.SelectionFlag.Rows)
            self.some.setChecked(True)
        self._marked = []

    def arrive(self, **arguments: Any) -> None:
        """Where another tab sends."""
        wanted = arguments.get("application_ids") or ([arguments["application_id"]] if arguments.get("application_id") else [])
        papers = arguments.get("certificate_ids") or []
        self._marked = [*wanted, *papers]
        self.what.setCurrentIndex(1 if papers else 0)
        self.kind.setCurrentIndex(0)
        self.list()

    def take_focus(self) -> None:
        """On the list."""
        self.table.focus_first()

    # -- what it will take

    def chosen(self) -> Sequence[str]:
        """Ids of what is to be done: all of the list, or what is marked."""
        if self.some.isChecked():
            found: Sequence[str] = self.table.selected_ids()
            return found
        return [self.table.rows.row_id(place) for place in range(self.table.rows.rowCount())]

    def _selected(self) -> None:
        count = len(self.table.selectionModel().selectedRows())
        self.some.setText(f"印を付けたもの（{count:,}件）")
        if count > 1 and not self.some.isChecked():
            self.some.setChecked(True)
        if self.some.isChecked():
            self._soon()
        self._enable()

    def _soon(self) -> None:
        self._pause.start()

    def _plan(self) -> None:
        ctx, ids, missing, options = self.context, list(self.chosen()), self.printing_only, self.options.options
        found = self.runner.read(lambda: read_plan(ctx, ids, missing=missing, options=options), parent=self, latest="issue.plan")
        found.success(self.plan.setText).failure(self._fault).start()

    def _enable(self) -> None:
        any_ = self.table.rows.rowCount() > 0
        may_print = self.may("print")
        self.run_button.setEnabled(any_ and may_print)
        self.issue_button.setEnabled(any_)
        self.view_button.setEnabled(any_ and self.missing.current_id() is not None)
        self.again_button.setEnabled(may_print)

    # -- acting

    def run(self) -> None:
        """Issue what is chosen and print it; or print what is missing."""
        if not self.run_button.isEnabled() or self._stopped():
            return
        self.options.keep()
        ids = list(self.chosen())
        if self.printing_only:
            self.acts.print(ids, self.options.arguments())
        else:
            self.acts.issue_and_print(ids, self.options.arguments())

    def issue(self) -> None:
        """Issue what is chosen; print later."""
        ids = list(self.chosen())
        if ids:
            self.acts.issue(ids)

    def _stopped(self) -> bool:
        """Say what is missing, if anything is."""
        words = self.options.problem if self.chosen() else "印を付けたものがありません。一覧で選ぶか、「一覧のすべて」にしてください。"
        if words:
            self.banner.show_message(words, tone="warn")
        else:
            self.banner.show_message("")
        return bool(words)

    def view(self) -> PaperDialog | None:
        """The certificate at hand on the screen."""
        found = self.missing.current_row()
        if not self.printing_only or found is None:
            return None
        dialog = PaperDialog(self, self.shell, found.id, number=found.number)
        dialog.open()
        return dialog

    def again(self) -> object:
        """Go on after a jam."""
        if self.options.problem:
            self.banner.show_message(self.options.problem, tone="warn")
            return None
        return self.acts.print_from(self.options.arguments())

    def push(self) -> None:
        """一斉交付."""
        self.acts.push()

    def _tell(self, words: str) -> None:
        self.banner.show_message(words, tone="warn")

    def _fault(self, error: Exception) -> None:
        words, way, where = way_out(error)
        self.banner.show_message(words, tone="bad", action=way, act=(lambda: self._go(where)) if where else None)
        if not isinstance(error, (RuleViolation, InputFault)):
            self.list()
