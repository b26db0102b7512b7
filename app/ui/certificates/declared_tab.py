"""申告のみ: households written down as told, each beside whom the residents of the day offer. One decision each, never by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSplitter, QWidget

from app.domain.errors import RuleViolation
from app.presentation.columns.certificate import DECLARED, RESIDENT_CANDIDATES
from app.presentation.forms.certificate import ABSENT
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.surveys.asking import bind, open_form
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.side_by_side import Side, SideBySide, compare, side_of
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading, row, text
from app.usecases import declared
from app.usecases.certificate_rows import DeclaredCase, ResidentCandidate
from app.usecases.context import Changes
from app.usecases.rows import SearchResult
from app.usecases.searching import search

if TYPE_CHECKING:
    from app.ui.pages.certificates import CertificatesPage

_TITLES = ("申告の内容", "住民データの候補")


class DeclaredTab(Tab):
    """L links the candidate at hand, N says there is nobody; typing a name looks for others."""

    kinds = frozenset({"victim", "application", "certificate", "snapshot"})

    def __init__(self, page: CertificatesPage) -> None:
        super().__init__(page)
        self.cases: Sequence[DeclaredCase] = ()
        self.table = Table(DECLARED, name="申告のみの世帯", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._show_case())
        self.finder = SearchBox("ほかの住民を氏名・カナ・住所で探す", name="住民を探す")
        self.finder.typed.connect(self.find)
        self.candidates = Table(RESIDENT_CANDIDATES, name="住民データの候補", preferences=self.shell.preferences, many=False)
        self.candidates.chosen.connect(lambda _: self._compare())
        self.candidates.opened.connect(lambda _: self.link())
        self.finder.down.connect(self.candidates.focus_first)
        self.compared = SideBySide(_TITLES)
        self.nobody = text("住民データに候補がいません。上で探すか、「該当なし」にします。", role="lead")
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.count = text("", role="section", wrap=False)
        self.link_button = button("同じ世帯として照合（L）", role="primary", icon="check")
        self.absent_button = button("該当なし…（N）", icon="user-off")
        self.open_button = button("申請を開く", icon="list")
        for made, act, keys in ((self.link_button, self.link, "L"), (self.absent_button, self.absent, "N"), (self.open_button, self.open_application, "")):
            bind(self, made, act, keys)
        self.empty = EmptyState(
            "照合を待つ「申告のみ」の世帯はありません",
            "住民データがない・まだないときに聞いたとおりに受け付けた世帯が、ここに並びます。"
            "住民データを取り込んだあと、1世帯ずつ候補と見比べて照合します。",
            icon="success", actions=[("住民データへ", "residents", lambda: self.shell.go("residents"))],
        )  # fmt: skip
        self._lay_out()

    def _lay_out(self) -> None:
        left = QWidget()
        listed = column(row(heading("照合を待つ世帯"), 1, self.count), self.table, spacing=6, margins=(0, 0, 12, 0))
        listed.setStretch(1, 1)
        left.setLayout(listed)
        right = QWidget()
        keys = KeyHints([("↑↓", "次の世帯"), ("L", "照合"), ("N", "該当なし")])
        acts = row(self.link_button, self.absent_button, self.open_button, 1, spacing=6)
        inside = column(self.compared, self.finder, self.candidates, self.nobody, acts, keys, spacing=8, margins=(12, 0, 0, 0))
        inside.setStretch(2, 1)
        right.setLayout(inside)
        self.candidates.setMinimumHeight(theme.current().px(110))
        self.both = QSplitter()
        for part in (left, right):
            self.both.addWidget(part)
        self.both.setStretchFactor(0, 4)
        self.both.setStretchFactor(1, 5)
        self.both.setSizes([480, 620])
        self.both.setChildrenCollapsible(False)
        whole = column(self.banner, self.both, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()

    # -- reading

    def refresh(self) -> None:
        """Read the cases; whose they are is noted in the access log."""
        ctx = self.context
        work = self.runner.write(lambda job: declared.list_declared(ctx, job=job), parent=self, label="lists.reading")
        work.success(self.show_cases).failure(self._failed).start()

    def show_cases(self, cases: Sequence[DeclaredCase]) -> None:
        """These, the likeliest first."""
        self.cases = cases
        self.badged.emit(len(cases))
        self.count.setText(f"{len(cases):,}世帯")
        self.table.show_rows(cases, key=lambda case: case.victim.id)
        self.both.setVisible(bool(cases))
        self.empty.setVisible(not cases)
        if cases and self.table.current_id() is None:
            self.table.make_current(0)
        self._show_case()

    @property
    def current(self) -> DeclaredCase | None:
        """The case at hand."""
        found: DeclaredCase | None = self.table.current_row()
        return found

    @property
    def candidate(self) -> ResidentCandidate | None:
        """The candidate at hand."""
        found: ResidentCandidate | None = self.candidates.current_row()
        return found

    def _show_case(self) -> None:
        case = self.current
        self.finder.clear()
        self._show_candidates(case.candidates if case else ())

    def _show_candidates(self, found: Sequence[ResidentCandidate]) -> None:
        self.candidates.show_rows(found, key=lambda one: one.resident_id)
        if found:
            self.candidates.make_current(0)
        self._compare()

    def _compare(self) -> None:
        case, other = self.current, self.candidate
        self.nobody.setVisible(case is not None and other is None)
        self.candidates.setVisible(other is not None)
        told = case.victim if case else None
        mine = Side(name=told.head_name, kana=told.head_kana, birth=told.head_birth, address=told.address) if told else Side()
        self.compared.show_lines(compare(mine, side_of(other) if other else Side()), _TITLES)
        may = self.may("apply") and case is not None
        self.link_button.setEnabled(may and other is not None)
        self.absent_button.setEnabled(may)
        self.open_button.setEnabled(bool(case and case.application_id))

    def find(self, words: str) -> None:
        """Look for others than the candidates; nothing typed shows the candidates again."""
        case = self.current
        if case is None:
            return
        if not words.strip():
            self._show_candidates(case.candidates)
            return
        ctx = self.context
        found = self.runner.read(lambda: search(ctx, text=words, within="residents"), parent=self, latest="declared.find")
        found.success(lambda result: self._show_hits(result, words)).start()

    def _show_hits(self, result: SearchResult, words: str) -> None:
        if self.finder.text().strip() == words.strip():
            self._show_candidates(
                [
                    ResidentCandidate(
                        resident_id=hit.id, name=hit.name, kana=hit.kana, birth=hit.birth, address=hit.address, household_no=hit.household,
                        score=0.0, band="none",
                    )
                    for hit in result.hits
                ]
            )  # fmt: skip

    def take_focus(self) -> None:
        """On the list."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    # -- deciding

    def link(self) -> None:
        """This household is that of the candidate at hand."""
        case, other = self.current, self.candidate
        if case is None or other is None or not self.link_button.isEnabled():
            return
        ctx, victim_id, resident_id = self.context, case.victim.id, other.resident_id
        self.link_button.setEnabled(False)
        work = self.runner.write(
            lambda _: declared.confirm_match(ctx, victim_id=victim_id, resident_id=resident_id), parent=self, label="window.saving"
        )
        work.success(lambda _: self._decided(f"{other.name} の世帯として照合しました")).failure(self._failed).start()

    def absent(self) -> FormDialog | None:
        """Nobody of the residents."""
        case = self.current
        if case is None or not self.absent_button.isEnabled():
            return None
        ctx, victim_id = self.context, case.victim.id

        def act(values: dict[str, str]) -> Changes:
            return declared.confirm_absence(ctx, victim_id=victim_id, note=values["note"])

        lead = "　".join(filter(None, (case.application_number, case.victim.head_name)))
        return open_form(self, self.shell, ABSENT, act, then=lambda _: self._decided("該当なしにしました"), lead=lead)

    def _decided(self, words: str) -> None:
        self.shell.say(words)
        self.banner.show_message("")
        self.refresh()

    def open_application(self) -> None:
        """The application of the case at hand."""
        if self.current is not None:
            self.page.open_tab("applications", application_id=self.current.application_id)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
            self._compare()
        else:
            faults.show(self, error)
