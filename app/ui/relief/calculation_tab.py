"""試算・計算: a round is tried out first, then calculated, then a batch is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.presentation.columns.entitlement import CALCULATED
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.ui import faults
from app.ui.relief.calculation_result import CalculationResult, changes_words
from app.ui.relief.home_dialog import lead_home
from app.ui.relief.programme_choice import Offered, ProgrammeChoice, read_offered, round_title
from app.ui.surveys.asking import bind, labelled, open_export
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.text import button, column
from app.usecases import relief_calculation
from app.usecases.relief_rows import CalculatedRow, Calculation, EntitlementFilter

if TYPE_CHECKING:
    from app.ui.pages.relief import ReliefPage

_ELSEWHERE = "支給の計算は本部のパソコンで行います。ここでは試算だけができます。"
_OLD = "このあと台帳が変わりました。もう一度試算（F2）してください。"


class CalculationTab(Tab):
    """F2 tries a round out, F4 calculates it, F8 goes on to a batch. ``arrive(round_id=…)`` chooses one, ``arrive(run=True)`` tries it out."""

    kinds = frozenset({
        "programme", "relief_round", "relief_rule", "claim", "casualty", "survey", "certificate", "victim", "payee", "payee_account", "entitlement",
    })  # fmt: skip

    def __init__(self, page: ReliefPage) -> None:
        super().__init__(page)
        self._wanted_round = ""
        self._wanted_run = False
        self._read = False
        self.choice = ProgrammeChoice(self, every=False)
        self.choice.chosen.connect(self._switched)
        self.try_button = button("試算する（F2）", role="primary", icon="calculate", tip="何も書き込まずに、だれにいくらになるかを見ます")
        self.run_button = button("計算する（F4）", icon="check", tip="試算のとおりに、支給の対象を台帳に作ります")
        self.batch_button = button("決定簿を作る（F8）", icon="ledger", tip="計算した対象から、支払いの決定簿を作ります")
        self.result = CalculationResult(page.shell)
        self.export_button, self.rules_button = self.result.export_button, self.result.rules_button
        for made, act, keys in (
            (self.try_button, self.try_out, "F2"), (self.run_button, self.calculate, "F4"), (self.batch_button, self.go_batch, "F8"),
            (self.rules_button, self.go_rules, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.result.wanted.connect(self._go_wanted)
        self.result.opened.connect(lambda entitlement_id: page.open_tab("entitlements", entitlement_id=entitlement_id))
        self.empty = EmptyState(
            "まだ支援制度がありません",
            "はじめに「支援制度」で、義援金や支援金の制度と回を用意します。能登半島地震などの例を取り込んで始められます。",
            icon="programmes",
            actions=[("支援制度へ", "programmes", lambda: self.shell.go("programmes"))],
        )
        self.begin = EmptyState(
            "まず試算してください",
            "制度と回を選んで「試算する」を押すと、何も書き込まずに、対象・金額・予算・足りないものと、1人ずつの理由が出ます。"
            "よければ「計算する」で台帳に作り、「決定簿を作る」で支払いに進みます。",
            icon="calculate",
            actions=[("試算する（F2）", "calculate", self.try_out)],
        )
        self._lay_out()

    def _lay_out(self) -> None:
        pickers = (labelled("支援制度", self.choice.programme), labelled("回", self.choice.round))
        acts = (self.try_button, self.run_button, self.batch_button)
        self.top = flow(*pickers, *(labelled("", made) for made in acts), spacing=8)
        whole = column(self.top, self.banner, self.result, self.begin, self.empty, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._show_parts()

    # -- reading

    def refresh(self) -> None:
        """Which programmes and rounds there are; what was calculated is marked old."""
        ctx = self.context
        self.runner.read(lambda: read_offered(ctx), parent=self, latest="calculation.offered").success(self._show_offered).start()

    def touched(self, changes: Any) -> bool:
        """What is shown may no longer be so."""
        old = super().touched(changes)
        if old and self._dry is not None:
            self.banner.show_message(_OLD, tone="warn", action="試算する", act=self.try_out)
        return old

    @property
    def _dry(self) -> Calculation | None:
        """The result in sight, if it is of a dry run."""
        found = self.result.calculation
        return found if found is not None and found.dry else None

    def _show_offered(self, offered: Sequence[Offered]) -> None:
        self._read = True
        self.choice.show(offered)
        if self._wanted_round:
            self.choice.choose("", self._wanted_round)
            self._wanted_round = ""
            self._forget_other()
        self._show_parts()
        if self._wanted_run:
            self._wanted_run = False
            self.try_out()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        self._wanted_round = arguments.get("round_id", "")
        self._wanted_run = bool(arguments.get("run"))
        if self.choice.offered:
            self._show_offered(self.choice.offered)

    def take_focus(self) -> None:
        """On the programme, or on the way to one."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.choice.programme.setFocus()

    def _switched(self) -> None:
        self._forget_other()
        self.banner.show_message("")
        self._show_parts()

    def _forget_other(self) -> None:
        """What was calculated is of another round."""
        found = self.result.calculation
        if found is not None and found.round.id != self.choice.round_id:
            self.result.calculation = None

    def _show_parts(self) -> None:
        offered, shown = bool(self.choice.offered), self.result.calculation is not None
        self.top.setVisible(offered or not self._read)
        self.result.setVisible(offered and shown)
        self.begin.setVisible(offered and not shown)
        self.empty.setVisible(self._read and not offered)
        chosen, hq = bool(self.choice.round_id), self.context.place.site_kind == "hq"
        self.try_button.setEnabled(chosen and (self.may("relief") or self.may("ledger")))
        self.begin.buttons[0].setEnabled(self.try_button.isEnabled())
        self.run_button.setEnabled(self._dry is not None and hq and self.may("relief"))
        self.batch_button.setEnabled(self._can_batch())
        self.rules_button.setEnabled(chosen)
        self.export_button.setEnabled(shown and (self.may("export") or self.may("print")))
        if not hq and self.may("relief") and not self.banner.words:
            self.banner.show_message(_ELSEWHERE, tone="info")

    def _can_batch(self) -> bool:
        """What was calculated, or tried out without finding anything new, can be paid to somebody."""
        found = self.result.calculation
        has_tab = any(entry.key == "batches" for entry in self.page.shown_entries)
        stands = found is not None and (not found.dry or not (found.created or found.raised or found.lowered or found.ended))
        return has_tab and self.may("relief") and found is not None and stands and found.payable > 0

    # -- acting

    def try_out(self) -> None:
        """A dry run: nothing is written."""
        self._run(dry=True)

    def calculate(self) -> None:
        """Make it so, after a look at what that does."""
        found = self._dry
        if found is None or not self.run_button.isEnabled():
            return
        question = f"「{found.programme.title} {round_title(found.round)}」を計算しますか？"
        detail = f"{'、'.join(changes_words(found))}。支給の総額は{yen(found.total)}です。まだ支払いにはなりません。"
        if ask(self, question, detail, yes="計算する", no="やめる", danger=False):
            self._run(dry=False)

    def _run(self, *, dry: bool) -> None:
        round_id = self.choice.round_id
        if not round_id:
            return
        ctx, work = self.context, relief_calculation.dry_run if dry else relief_calculation.calculate
        label = "relief_window.trying" if dry else "relief_window.calculating"
        operation = self.runner.write(lambda job: work(ctx, round_id=round_id, job=job), parent=self, label=label)
        operation.success(self._show_result).failure(self._failed).start()

    def _show_result(self, found: Calculation) -> None:
        self.result.show_calculation(found)
        self._tell(found)
        self._show_parts()
        self.result.table.setFocus()

    def _tell(self, found: Calculation) -> None:
        warned = "\n".join(message(code, **params) for code, params in found.warnings)
        if found.dry:
            words = f"試算です。まだ何も書き込んでいません。計算すると：{'、'.join(changes_words(found)) or '変わるものはありません'}"
            self.banner.show_message("\n".join(filter(None, (words, warned))), tone="warn" if warned else "info")
            return
        words = f"計算しました：{'、'.join(changes_words(found)) or '変わったものはありません'}。"
        next_ = f"いま払えるもの {found.payable:,}件。" if found.payable else "払えるものはまだありません。足りないものをそろえてください。"
        action = ("決定簿を作る（F8）", self.go_batch) if self._can_batch() else ("", None)
        self.banner.show_message("\n".join(filter(None, (words + next_, warned))), tone="good", action=action[0], act=action[1])
        self.shell.say("計算しました")

    def _failed(self, error: Exception) -> None:
        if lead_home(self, self.shell, error) is not None:
            return
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)

    def go_batch(self) -> None:
        """On to a batch of this round."""
        if self._can_batch():
            self.page.open_tab("batches", round_id=self.choice.round_id, prepare=True)

    def go_rules(self) -> None:
        """To the rules of this round."""
        self.shell.go("programmes", programme_id=self.choice.programme_id, round_id=self.choice.round_id)

    def _go_wanted(self, code: str) -> None:
        found = self.result.calculation
        if found is None or found.dry:
            self.result.show_wants(code)
            return
        wanted = EntitlementFilter(programme_id=self.choice.programme_id, round_id=self.choice.round_id, wants=code)
        self.page.open_tab("entitlements", filter=wanted)

    def export(self) -> QWidget | None:
        """The list as it is narrowed now."""
        found = self.result.calculation
        if found is None:
            return None
        rows: list[CalculatedRow] = self.result.rows()
        title = f"{'試算' if found.dry else '計算'}　{found.programme.title} {round_title(found.round)}"
        return open_export(
            self, self.shell, title=title, subtitle=self.result.say(), columns=CALCULATED, view="すべての項目", rows=lambda: rows, unit="件"
        )
