"""申請: who applied for what, which papers are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.presentation.columns.claim import CLAIMS
from app.presentation.forms.claim import CLOSE_CLAIM, REOPEN_CLAIM
from app.presentation.labels import choices
from app.ui.relief.claims_entry import ClaimDialog, warnings_words
from app.ui.relief.claims_import import ClaimImportChoice
from app.ui.relief.claims_papers import PapersDialog
from app.ui.relief.programme_choice import ProgrammeChoice, Sort, read_offered
from app.ui.relief.sorted_tab import SortedTab
from app.ui.surveys.asking import bind, labelled, open_export, open_form, picker
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import claims
from app.usecases.claims import SavedClaim
from app.usecases.relief_rows import ClaimFilter, ClaimRow

if TYPE_CHECKING:
    from app.ui.pages.relief import ReliefPage

_PAGE = 500
_OTHERS = (("lacking", "書類が足りない"), ("apart", "別世帯として"))
_ENDED = ("declined", "withdrawn")


class ClaimsTab(SortedTab):
    """F2 takes a claim down, Enter corrects one, F6 ticks its papers. ``arrive(claim_id=…)`` opens one, ``arrive(new=True)`` begins one."""

    kinds = frozenset({"claim", "programme", "relief_round", "casualty", "victim"})

    def __init__(self, page: ReliefPage) -> None:
        super().__init__(page)
        self._wanted, self._sort = "", Sort("number")
        self.finder = SearchBox("受付番号・氏名・カナで探す", name="申請を探す")
        self.programmes = ProgrammeChoice(self)
        self.state = picker("状態", choices("claim.state"))
        self.other = picker("そのほか", _OTHERS)
        self.count = text("", role="section", wrap=False)
        self._make_buttons()
        self.table = Table(CLAIMS, name="支援の申請", runner=self.runner, preferences=self.shell.preferences)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState(
            "支援の申請はまだありません",
            "申請が必要な制度（再建支援金・災害援護資金・応急修理など）は、ここで受け付けます。世帯や人を探し、制度を選び、受け取った書類に印を付けます。"
            "義援金のように申請のいらない制度は「試算・計算」だけで進みます。",
            icon="claim",
            actions=[("新しい申請（F2）", "plus", self.begin), ("一覧から取り込む…", "import", self.import_file)],
        )
        self.nothing = EmptyState(
            "この条件に当てはまる申請はありません", "条件を消すか、受付番号を確かめてください。", icon="search",
            actions=[("条件を消す", "undo", self.reset), ("新しい申請（F2）", "plus", self.begin)],
        )  # fmt: skip
        self._connect()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.new_button = button("新しい申請（F2）", role="primary", icon="plus")
        self.open_button = button("開く・直す（Enter）", icon="edit")
        self.papers_button = button("書類…（F6）", icon="check", tip="受け取った書類に印を付ける")
        self.close_button = button("取下げ・辞退…", icon="minus")
        self.reopen_button = button("受付に戻す…", icon="undo")
        self.import_button = button("取り込む…", icon="import")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")

    def _connect(self) -> None:
        for made, act, keys in (
            (self.new_button, self.begin, ""), (self.open_button, self.open_claim, ""), (self.papers_button, self.tick, "F6"),
            (self.close_button, self.close_claim, ""), (self.reopen_button, self.reopen, ""), (self.import_button, self.import_file, ""),
            (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        QShortcut(QKeySequence("F2"), self, self.begin, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.finder.typed.connect(lambda _: self.list())
        for leave in (self.finder.down, self.finder.left):
            leave.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        for box in (self.state, self.other):
            box.activated.connect(lambda _: self.list())
        self.programmes.chosen.connect(self.list)
        self.table.opened.connect(self.open_claim)
        self.table.rows.resort.connect(self._resort)
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())

    def _lay_out(self) -> None:
        boxes = zip(("支援制度", "回", "状態", "そのほか"), (self.programmes.programme, self.programmes.round, self.state, self.other), strict=True)
        self.top = QWidget()
        line = row(labelled("絞り込み", self.finder), *(labelled(name, box) for name, box in boxes), labelled("", self.count), spacing=8)
        line.setStretch(0, 1)
        self.top.setLayout(line)
        self._acts = flow(
            self.new_button, self.open_button, self.papers_button, self.close_button, self.reopen_button, self.import_button, self.export_button
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
    def wanted(self) -> ClaimFilter:
        """What is asked for."""
        other = self.other.currentData()
        return ClaimFilter(
            text=self.finder.text().strip(), programme_id=self.programmes.programme_id, round_id=self.programmes.round_id,
            state=self.state.currentData(), lacking=True if other == "lacking" else None, apart=True if other == "apart" else None,
        )  # fmt: skip

    def refresh(self) -> None:
        """Read the programmes and list again."""
        ctx = self.context
        self.runner.read(lambda: read_offered(ctx), parent=self, latest="claims.offered").success(self.programmes.show).start()
        self.list()

    def list(self) -> None:
        """Ask for the claims that the conditions leave."""
        ctx, wanted, sort = self.context, self.wanted, self._sort
        found = self.runner.read(lambda: sort.of(claims.list_claim_ids(ctx, filter=wanted, sort=sort.key)), parent=self, latest="claims.ids")
        found.success(lambda ids: self._show_ids(ids, wanted)).start()

    def _show_ids(self, ids: Sequence[str], wanted: ClaimFilter) -> None:
        if wanted != self.wanted:
            return
        ctx, narrowed = self.context, wanted != ClaimFilter()
        self.table.show_ids(ids, lambda some: claims.claim_rows(ctx, some))
        self.count.setText(f"{len(ids):,}件")
        for part in (self.top, self._acts):
            part.setVisible(bool(ids) or narrowed)
        self._settle(ids, anything=narrowed)

    def reset(self) -> None:
        """No conditions."""
        self.finder.clear()
        self.programmes.choose("")
        for box in (self.state, self.other):
            box.setCurrentIndex(0)
        self.list()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("lacking"):
            self.other.setCurrentIndex(self.other.findData("lacking"))
            self.list()
        if arguments.get("text"):
            self.finder.setText(arguments["text"])
            self.list()
        if arguments.get("claim_id"):
            self._wanted = arguments["claim_id"]
            self.open_claim(arguments["claim_id"])
        if arguments.get("new"):
            self.begin()

    # -- acting

    @property
    def current(self) -> ClaimRow | None:
        """The one at hand, once its row has arrived."""
        found: ClaimRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        one, some = self.current, self.table.rows.rowCount() > 0
        ended = one is not None and one.state in _ENDED
        may = self.may("claim") and one is not None
        self.open_button.setEnabled(one is not None)
        self.papers_button.setEnabled(may and not ended)
        self.close_button.setEnabled(may and not ended)
        self.reopen_button.setEnabled(may and ended)
        self.reopen_button.setVisible(ended)
        self.close_button.setVisible(not ended)
        self.export_button.setEnabled(some and (self.may("export") or self.may("print")))

    def begin(self) -> ClaimDialog | None:
        """Somebody stands at the desk."""
        if not self.may("claim"):
            return None
        dialog = ClaimDialog(self, self.shell, programme_id=self.programmes.programme_id)
        dialog.saved.connect(lambda done: self._saved(done, "申請を受け付けました"))
        dialog.open()
        return dialog

    def open_claim(self, claim_id: str = "") -> None:
        """One claim, to read and to correct; noted in the access log."""
        wanted = claim_id or self.table.current_id()
        if not wanted:
            return
        ctx = self.context
        work = self.runner.write(lambda _: claims.open_claim(ctx, claim_id=wanted), parent=self, label="lists.reading")
        work.success(self._open_file).start()

    def _open_file(self, file: claims.ClaimFile) -> None:
        dialog = ClaimDialog(self, self.shell, claim=file.claim)
        dialog.save_button.setEnabled(self.may("claim"))
        dialog.saved.connect(lambda done: self._saved(done, "申請を直しました"))
        dialog.open()

    def _saved(self, done: SavedClaim, words: str) -> None:
        self.shell.say(f"{words}（{done.claim.number}）")
        self._wanted = done.claim.id
        self.banner.show_message(warnings_words(done), tone="warn")
        self.list()

    def tick(self) -> PapersDialog | None:
        """Which papers have come."""
        if self.current is None:
            return None
        dialog = PapersDialog(self, self.shell, self.current)
        dialog.saved.connect(lambda: (self.shell.say("書類を記録しました"), self.list()))
        dialog.open()
        return dialog

    def close_claim(self) -> FormDialog | None:
        """取下げ or 辞退, with why."""
        return self._move(CLOSE_CLAIM, "申請を終了にしました")

    def reopen(self) -> FormDialog | None:
        """Back to where it was."""
        return self._move(REOPEN_CLAIM, "受付に戻しました")

    def _move(self, spec: Any, words: str) -> FormDialog | None:
        one = self.current
        if one is None:
            return None
        ctx = self.context
        return open_form(
            self, self.shell, spec,
            lambda values: claims.set_claim_state(
                ctx, claim_id=one.id, state=values.get("state", "received"), reason=values["reason"], version=one.version
            ),
            then=lambda _: self.shell.say(words), lead=f"{one.number}　{one.name}　{one.programme_title}",
        )  # fmt: skip

    def import_file(self) -> ClaimImportChoice:
        """Claims from a list of another system: of which programme first."""
        dialog = ClaimImportChoice(self, self.shell, programme_id=self.programmes.programme_id)
        dialog.open()
        return dialog

    def export(self) -> QWidget:
        """The list as it is narrowed now."""
        ctx, wanted, sort = self.context, self.wanted, self._sort

        def rows() -> list[ClaimRow]:
            ids = sort.of(claims.list_claim_ids(ctx, filter=wanted, sort=sort.key))
            return [one for at in range(0, len(ids), _PAGE) for one in claims.claim_rows(ctx, ids[at : at + _PAGE])]

        return open_export(self, self.shell, title="支援の申請", subtitle="", columns=CLAIMS, view="すべての項目", rows=rows, unit="件")
