"""人的被害: one person writes down, another confirms; only confirmed ones count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.relief import Casualty
from app.presentation.columns.casualty import CASUALTIES
from app.presentation.columns.snapshot import day_text
from app.presentation.forms.casualty import CONFIRM, WITHDRAW
from app.presentation.labels import choices, label
from app.presentation.messages import message
from app.ui.relief.casualties_entry import CasualtyDialog
from app.ui.relief.programme_choice import Sort
from app.ui.relief.sorted_tab import SortedTab
from app.ui.surveys.asking import bind, labelled, open_export, open_form, picker
from app.ui.surveys.importing import open_import
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import casualties
from app.usecases.casualties import SavedCasualty
from app.usecases.relief_rows import CasualtyFilter, CasualtyRow

if TYPE_CHECKING:
    from app.ui.importing.wizard import ImportWizard
    from app.ui.pages.relief import ReliefPage

_PAGE = 500
_LINKED = (("no", "結び付いていない"), ("yes", "結び付いている"))
_OWN = "自分が入力した記録は、ほかの人が確認します。"


class CasualtiesTab(SortedTab):
    """F2 writes somebody down, Enter corrects, A confirms. ``arrive(casualty_id=…)`` opens one, ``arrive(state='reported')`` narrows."""

    kinds = frozenset({"casualty", "victim", "person", "snapshot"})

    def __init__(self, page: ReliefPage) -> None:
        super().__init__(page)
        self._wanted, self._sort = "", Sort("number")
        self.finder = SearchBox("番号・氏名・カナ・住所で探す", name="人的被害を探す")
        self.harm = picker("被害", choices("harm"))
        self.state = picker("状態", choices("casualty.state"))
        self.linked = picker("世帯", _LINKED)
        self.count = text("", role="section", wrap=False)
        self._make_buttons()
        self.table = Table(CASUALTIES, name="人的被害", runner=self.runner, preferences=self.shell.preferences)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState(
            "人的被害の登録はまだありません",
            "亡くなった人・行方の分からない人・負傷した人を登録し、ほかの人が書類を見て確認すると、弔慰金・障害見舞金・見舞金の計算に入ります。",
            icon="hospital",
            actions=[("登録する（F2）", "plus", self.begin), ("一覧から取り込む…", "import", self.import_file)],
        )
        self.nothing = EmptyState(
            "この条件に当てはまる人はいません", "条件を消してお試しください。", icon="search",
            actions=[("条件を消す", "undo", self.reset), ("登録する（F2）", "plus", self.begin)],
        )  # fmt: skip
        self._connect()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.new_button = button("登録する（F2）", role="primary", icon="plus")
        self.open_button = button("開く・直す（Enter）", icon="edit")
        self.confirm_button = button("確認する…（A）", icon="check", tip="入力した人とは別の人が、書類を見て確認します")
        self.withdraw_button = button("取り下げる…", icon="minus")
        self.import_button = button("取り込む…", icon="import")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")

    def _connect(self) -> None:
        for made, act, keys in (
            (self.new_button, self.begin, ""), (self.open_button, self.open_casualty, ""), (self.confirm_button, self.confirm, "A"),
            (self.withdraw_button, self.withdraw, ""), (self.import_button, self.import_file, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        QShortcut(QKeySequence("F2"), self, self.begin, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.finder.typed.connect(lambda _: self.list())
        for leave in (self.finder.down, self.finder.left):
            leave.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        for box in (self.harm, self.state, self.linked):
            box.activated.connect(lambda _: self.list())
        self.table.opened.connect(self.open_casualty)
        self.table.rows.resort.connect(self._resort)
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())

    def _lay_out(self) -> None:
        boxes = zip(("被害", "状態", "世帯との結び付き"), (self.harm, self.state, self.linked), strict=True)
        self.top = QWidget()
        line = row(labelled("絞り込み", self.finder), *(labelled(name, box) for name, box in boxes), labelled("", self.count), spacing=8)
        line.setStretch(0, 1)
        self.top.setLayout(line)
        self._acts = flow(
            self.new_button, self.open_button, self.confirm_button, self.withdraw_button, self.import_button, self.export_button
        )
        whole = column(self.top, self.banner, self.table, self.nothing, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.nothing.hide()
        may = self.may("claim")
        for made in (self.new_button, self.import_button, *self.empty.buttons, self.nothing.buttons[1]):
            made.setEnabled(may)
        self._enable()

    # -- reading

    @property
    def wanted(self) -> CasualtyFilter:
        """What is asked for."""
        return CasualtyFilter(
            text=self.finder.text().strip(), harm=self.harm.currentData(), state=self.state.currentData(),
            linked={"yes": True, "no": False}.get(self.linked.currentData()),
        )  # fmt: skip

    def refresh(self) -> None:
        """List again."""
        self.list()

    def list(self) -> None:
        """Ask for those that the conditions leave."""
        ctx, wanted, sort = self.context, self.wanted, self._sort
        found = self.runner.read(lambda: sort.of(casualties.list_casualty_ids(ctx, filter=wanted, sort=sort.key)), parent=self, latest="casualties.ids")
        found.success(lambda ids: self._show_ids(ids, wanted)).start()

    def _show_ids(self, ids: Sequence[str], wanted: CasualtyFilter) -> None:
        if wanted != self.wanted:
            return
        ctx, narrowed = self.context, wanted != CasualtyFilter()
        self.table.show_ids(ids, lambda some: casualties.casualty_rows(ctx, some))
        self.count.setText(f"{len(ids):,}人")
        for part in (self.top, self._acts):
            part.setVisible(bool(ids) or narrowed)
        self._settle(ids, anything=narrowed)

    def reset(self) -> None:
        """No conditions."""
        self.finder.clear()
        for box in (self.harm, self.state, self.linked):
            box.setCurrentIndex(0)
        self.list()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("state"):
            self.state.setCurrentIndex(max(0, self.state.findData(arguments["state"])))
            self.list()
        if arguments.get("casualty_id"):
            self._wanted = arguments["casualty_id"]
            self.open_casualty(arguments["casualty_id"])
        if arguments.get("new"):
            self.begin()

    # -- acting

    @property
    def current(self) -> CasualtyRow | None:
        """The one at hand, once the row has arrived."""
        found: CasualtyRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        one = self.current
        own = one is not None and one.entered_by == self.context.actor.name
        may = any(self.may(right) for right in ("relief", "check_money", "check_account"))
        self.open_button.setEnabled(one is not None)
        self.confirm_button.setEnabled(may and one is not None and one.state == "reported" and not own)
        self.confirm_button.setToolTip(_OWN if own else "入力した人とは別の人が、書類を見て確認します")
        self.withdraw_button.setEnabled(self.may("claim") and one is not None and one.state != "withdrawn")
        self.export_button.setEnabled(self.table.rows.rowCount() > 0 and (self.may("export") or self.may("print")))
        waits = own and one is not None and one.state == "reported"
        if waits and not self.banner.words:
            self.banner.show_message(_OWN, tone="info")
        elif not waits and self.banner.words == _OWN:
            self.banner.show_message("")

    def begin(self) -> CasualtyDialog | None:
        """Somebody is reported."""
        if not self.may("claim"):
            return None
        return self._show(None)

    def open_casualty(self, casualty_id: str = "") -> None:
        """One of them, to read and to correct."""
        wanted = casualty_id or self.table.current_id()
        if not wanted:
            return
        ctx = self.context

        def read() -> Casualty | None:
            found = ctx.reads.get("casualty", wanted) if casualties.casualty_rows(ctx, [wanted]) else None
            return found if isinstance(found, Casualty) else None

        self.runner.read(read, parent=self, latest="casualties.open").success(self._open).start()

    def _open(self, found: Casualty | None) -> None:
        if found is None:
            self.banner.show_message("この記録は見つかりません。取り消されたか、見る権限がありません。", tone="warn")
        else:
            self._show(found)

    def _show(self, found: Casualty | None) -> CasualtyDialog:
        dialog = CasualtyDialog(self, self.shell, casualty=found)
        dialog.save_button.setEnabled(self.may("claim"))
        dialog.saved.connect(self._saved)
        dialog.open()
        return dialog

    def _saved(self, done: SavedCasualty) -> None:
        self.shell.say(f"登録しました（{done.casualty.number}）。ほかの人の確認を待ちます")
        self._wanted = done.casualty.id
        self.banner.show_message("\n".join(message(code, **params) for code, params in done.warnings), tone="warn")
        self.list()

    def _lead(self, one: CasualtyRow) -> str:
        return "　".join(filter(None, (one.number, one.name, label("harm", one.harm), day_text(one.harmed_on))))

    def confirm(self) -> FormDialog | None:
        """The second person has seen the paper."""
        one = self.current
        if one is None or not self.confirm_button.isEnabled():
            return None
        ctx = self.context
        return open_form(
            self, self.shell, CONFIRM,
            lambda values: casualties.confirm_casualty(ctx, casualty_id=one.id, document=values["document"], version=one.version),
            then=lambda _: self.shell.say("確認しました"), values={"document": one.document}, lead=self._lead(one),
        )  # fmt: skip

    def withdraw(self) -> FormDialog | None:
        """It was wrong."""
        one = self.current
        if one is None:
            return None
        ctx = self.context
        return open_form(
            self, self.shell, WITHDRAW,
            lambda values: casualties.withdraw_casualty(ctx, casualty_id=one.id, reason=values["reason"], version=one.version),
            then=lambda _: self.shell.say("取り下げました"), lead=self._lead(one),
        )  # fmt: skip

    def import_file(self) -> ImportWizard:
        """From a list of the police, a hospital or another office."""
        return open_import(self, self.shell, "casualties")

    def export(self) -> QWidget:
        """The list as it is narrowed now."""
        ctx, wanted, sort = self.context, self.wanted, self._sort

        def rows() -> list[CasualtyRow]:
            ids = sort.of(casualties.list_casualty_ids(ctx, filter=wanted, sort=sort.key))
            return [one for at in range(0, len(ids), _PAGE) for one in casualties.casualty_rows(ctx, ids[at : at + _PAGE])]

        return open_export(self, self.shell, title="人的被害", subtitle="", columns=CASUALTIES, view="すべての項目", rows=rows, unit="人")
