"""制度・回・決まり: programmes at the left, their rounds and the rules of a round at the right, each rule a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from app.domain.relief import Programme, ReliefRule
from app.presentation.columns.programme import PROGRAMMES, ROUNDS, RULES, round_words
from app.presentation.labels import label
from app.presentation.relief_steps import rule_sentence
from app.ui import theme
from app.ui.programmes.programme_acts import ProgrammeActs
from app.ui.surveys.asking import bind
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import programmes
from app.usecases.programmes import ProgrammeFile, RoundFile

if TYPE_CHECKING:
    from app.ui.pages.programmes import ProgrammesPage


class RulesTab(Tab):
    """F2 takes a shipped programme over, Enter changes what is at hand, Insert adds a rule, Ctrl+Up and Ctrl+Down move it, Delete takes it away.

    ``arrive(programme_id=…, round_id=…)`` shows one.
    """

    kinds = frozenset({"programme", "relief_round", "relief_rule", "payment_batch"})

    def __init__(self, page: ProgrammesPage) -> None:
        super().__init__(page)
        self.acts = ProgrammeActs(self)
        self.file: ProgrammeFile | None = None
        self._wanted: tuple[str, str] = ("", "")
        self.programmes = Table(PROGRAMMES, name="支援制度", preferences=self.shell.preferences, many=False)
        self.rounds = Table(ROUNDS, name="回", preferences=self.shell.preferences, many=False)
        self.rules = Table(RULES, name="決まり", preferences=self.shell.preferences, many=False)
        self.title, self.about = text("", role="heading", wrap=False, elide=True), text("", role="note", elide=True)
        self.rules_title = text("", role="section", wrap=False)
        self.sentence = note("")
        self.banner = Banner(closable=True)
        self.banner.hide()
        self._make_buttons()
        self._connect()
        self.empty = EmptyState(
            "支援制度はまだありません",
            "義援金・再建支援金・弔慰金・援護資金などの見本から取り込むか、自治体の制度を作ります。取り込んだだけでは何も支給されません。"
            "金額と条件を確かめてから、「支給」の画面で試算します。",
            icon="programmes",
            actions=[("見本から（F2）", "import", self.acts.take_shipped), ("新しく作る…", "plus", self.acts.add_programme)],
        )
        self._lay_out()

    def _make_buttons(self) -> None:
        self.shipped_button = button("見本から…（F2）", role="primary", icon="import")
        self.new_button = button("新しい制度…", icon="plus")
        self.file_button = button("ファイルから…", icon="folder", tip="Ctrl+O")
        self.edit_button = button("制度を直す…", icon="edit")
        self.save_button = button("書き出す…", icon="save", tip="Ctrl+E　制度を1つのファイルに書き出す。直して取り込んだり、ほかの市町村に渡したりできます")
        self.print_button = button("表に…", icon="print", tip="Ctrl+P　決まりの表を CSV・XLSX・PDF などに書き出す")
        self.close_button = button("終了にする", icon="lock")
        self.new_round_button = button("回を加える…", icon="plus")
        self.edit_round_button = button("直す…", icon="edit", tip="回を直す")
        self.open_round_button = button("始める", icon="unlock", tip="受付・支給を始める、または終了にする")
        self.drop_round_button = button("取り消す…", icon="minus", tip="回を取り消す")
        self.calculate_button = button("試算へ", icon="calculate")
        self.add_rule_button = button("加える…（Ins）", icon="plus", tip="決まりを加える")
        self.edit_rule_button = button("直す…（Enter）", icon="edit")
        self.up_button = button("上へ", icon="chevron-up", tip="Ctrl+↑")
        self.down_button = button("下へ", icon="chevron-down", tip="Ctrl+↓")
        self.drop_rule_button = button("外す…", icon="minus", tip="Del　決まりを外す")

    def _connect(self) -> None:
        acts = self.acts
        for made, act, keys in (
            (self.shipped_button, acts.take_shipped, ""), (self.new_button, acts.add_programme, ""), (self.file_button, acts.choose_file, "Ctrl+O"),
            (self.edit_button, acts.edit_programme, ""), (self.save_button, acts.choose_target, "Ctrl+E"),
            (self.close_button, acts.turn_programme, ""), (self.new_round_button, acts.add_round, ""), (self.edit_round_button, acts.edit_round, ""),
            (self.open_round_button, acts.turn_round, ""), (self.drop_round_button, acts.drop_round, ""),
            (self.calculate_button, self.go_calculate, ""), (self.print_button, acts.export_rules, "Ctrl+P"), (self.add_rule_button, acts.add_rule, "Ins"),
            (self.edit_rule_button, acts.edit_rule, ""), (self.up_button, lambda: acts.move_rule(-1), "Ctrl+Up"),
            (self.down_button, lambda: acts.move_rule(1), "Ctrl+Down"), (self.drop_rule_button, acts.drop_rule, "Del"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        QShortcut(QKeySequence("F2"), self, acts.take_shipped, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.programmes.chosen.connect(lambda _: self._open_current())
        self.programmes.opened.connect(lambda _: acts.edit_programme())
        self.rounds.chosen.connect(lambda _: self._show_round())
        self.rounds.opened.connect(lambda _: acts.edit_round())
        self.rules.chosen.connect(lambda _: self._enable())
        self.rules.opened.connect(lambda _: acts.edit_rule())

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        inside = column(self.programmes, flow(self.shipped_button, self.new_button, self.file_button), spacing=6)
        inside.setStretch(0, 1)
        left.setLayout(inside)
        rounds = flow(
            self.new_round_button, self.edit_round_button, self.open_round_button, self.drop_round_button, self.calculate_button
        )
        rules = flow(self.add_rule_button, self.edit_rule_button, self.up_button, self.down_button, self.drop_rule_button, self.print_button)
        self.rounds.setMinimumHeight(theme.current().px(112))
        top = row(self.title, self.edit_button, self.save_button, self.close_button, spacing=6)
        top.setStretch(0, 1)
        whole = column(top, self.about, self.rounds, rounds, self.rules_title, self.rules, self.sentence, rules, spacing=6, margins=(10, 0, 0, 0))
        whole.setStretch(2, 2)
        whole.setStretch(5, 4)
        right.setLayout(whole)
        self.split = QSplitter()
        self.split.setChildrenCollapsible(False)
        for part, share in ((left, 3), (right, 7)):
            self.split.addWidget(part)
            self.split.setStretchFactor(self.split.count() - 1, share)
        self.split.setSizes([theme.current().px(310), theme.current().px(830)])
        outer = column(self.banner, self.split, self.empty, spacing=8, margins=(0, 10, 0, 0))
        outer.setStretch(1, 1)
        outer.setStretch(2, 1)
        self.setLayout(outer)
        self.empty.hide()
        for made in (self.shipped_button, self.new_button, self.file_button, *self.empty.buttons):
            made.setEnabled(self.may("programmes"))
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read the programmes again."""
        ctx = self.context
        self.runner.read(lambda: programmes.list_programmes(ctx), parent=self, latest="programmes.list").success(self._show).start()

    def _show(self, found: list[Programme]) -> None:
        self.programmes.show_rows(found, key=lambda one: one.id)
        self.split.setVisible(bool(found))
        self.empty.setVisible(not found)
        if not found:
            self.file = None
        if self._wanted[0] and self.programmes.select_id(self._wanted[0]):
            self._wanted = ("", self._wanted[1])
        elif found and self.programmes.current_id() is None:
            self.programmes.make_current(0)
        self._open_current()

    def _open_current(self) -> None:
        wanted, ctx = self.programmes.current_id(), self.context
        if wanted:
            work = self.runner.read(lambda: programmes.open_programme(ctx, programme_id=wanted), parent=self, latest="programmes.open")
            work.success(self._show_file).start()

    def _show_file(self, file: ProgrammeFile) -> None:
        if file.programme.id != self.programmes.current_id():
            return
        self.file, one = file, file.programme
        self.title.setText(one.title)
        parts = [label("programme.kind", one.kind), f"金額は{label('programme.increments', one.increments)}", f"確かさ　{one.sure}" if one.sure else ""]
        self.about.setText("　／　".join(part for part in parts if part))
        papers = "、".join(one.documents)
        told = (("主体", one.payer), ("根拠", one.law), ("出典", one.source), ("確かさ", one.sure), ("必要書類", papers), ("備考", one.note))
        self.about.setToolTip("\n".join(f"{name}：{said}" for name, said in told if said))
        self.rounds.show_rows(file.rounds, key=lambda row: row.round.id)
        if self._wanted[1] and self.rounds.select_id(self._wanted[1]):
            self._wanted = ("", "")
        elif file.rounds and self.rounds.current_id() is None:
            self.rounds.make_current(0)
        self._show_round()

    def _show_round(self) -> None:
        one = self.round
        self.rules.show_rows(one.rules if one else (), key=lambda rule: rule.id)
        if one is not None and one.rules and self.rules.current_id() is None:
            self.rules.make_current(0)
        told = "　（支給の手続きが始まっています。変えるには理由が要ります）" if one is not None and one.locked else ""
        self.rules_title.setText(f"{round_words(one.round)} の決まり{told}" if one is not None else "回を加えてから、決まりを入れます")
        self._enable()

    @property
    def round(self) -> RoundFile | None:
        """The round at hand."""
        found: RoundFile | None = self.rounds.current_row()
        return found if self.file is not None else None

    @property
    def rule(self) -> ReliefRule | None:
        """The rule at hand."""
        found: ReliefRule | None = self.rules.current_row()
        return found if self.round is not None else None

    def _enable(self) -> None:
        self.sentence.setText(rule_sentence(self.rule) if self.rule is not None else "")
        may, file, one, rule = self.may("programmes"), self.file, self.round, self.rule
        last = len(one.rules) - 1 if one else -1
        for made, holds in (
            (self.edit_button, file is not None), (self.close_button, file is not None), (self.new_round_button, file is not None),
            (self.edit_round_button, one is not None), (self.open_round_button, one is not None and bool(one.rules)),
            (self.drop_round_button, one is not None and not one.locked), (self.add_rule_button, one is not None),
            (self.edit_rule_button, rule is not None), (self.drop_rule_button, rule is not None),
            (self.up_button, rule is not None and rule.position > 0), (self.down_button, rule is not None and rule.position < last),
        ):  # fmt: skip
            made.setEnabled(may and holds)
        self.save_button.setEnabled(file is not None)
        self.print_button.setEnabled(rule is not None and (self.may("print") or self.may("export")))
        self.calculate_button.setEnabled(one is not None and bool(one.rules) and (self.may("relief") or self.may("ledger")))
        self.close_button.setText("もう一度始める" if file is not None and file.programme.state == "closed" else "終了にする")
        self.open_round_button.setText("終了にする" if one is not None and one.round.state == "open" else "始める")

    # -- going

    def want(self, *, programme_id: str = "", round_id: str = "") -> None:
        """Show these as soon as they are read."""
        self._wanted = (programme_id, round_id)
        self.refresh()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        self.want(programme_id=arguments.get("programme_id", ""), round_id=arguments.get("round_id", ""))

    def go_calculate(self) -> None:
        """To trying the round out."""
        if self.round is not None:
            self.shell.go("relief", tab="calculation", round_id=self.round.round.id)

    def take_focus(self) -> None:
        """Into the list of programmes, or on the way to the first."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.programmes.focus_first()
