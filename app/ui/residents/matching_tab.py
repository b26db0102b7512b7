"""名寄せ: people on rosters against the residents in use. The machine proposes in three bands; a person links or says no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from app.domain.errors import RuleViolation
from app.presentation.messages import message
from app.ui import faults
from app.ui.residents.matching_review import ReviewPane
from app.ui.residents.matching_sure import SurePane
from app.ui.residents.tab import ResidentsTab
from app.ui.runner import Changes
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.text import button, column, row, text
from app.usecases import matching, persons
from app.usecases.matching_rows import MatchCase, MatchRun, ShownCase

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage

_REASON = "名寄せで確かめた"
_BULK = "名寄せで一括して結び付けた"
_UNDO = "名寄せの結び付けを元に戻した"
_NONE = (
    "氏名・生年月日・住所のどれからも、住民データに似た人が見つからなかった人です。住民票がない人（旅行者、単身赴任、帰省中の人など）もここに入ります。"
    "避難者の画面で個票を開き、「住民データと結び付け」から手で探せます。"
)


@dataclass(frozen=True, slots=True)
class _Decision:
    """What can be taken back: an act of linking, or a "not the same"."""

    kind: Literal["link", "reject"]
    person_id: str
    resident_id: str
    act: str = ""


class MatchingTab(ResidentsTab):
    """Start, then 確実 in a table and 要確認 case by case. ``badged`` tells how many cases wait for a person."""

    kinds = frozenset({"snapshot"})

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__(page)
        self.run: MatchRun | None = None
        self._done: list[_Decision] = []
        self._bulk = self._refusal = ""
        self.start_button = button("もう一度照合する", icon="refresh")
        self.start_button.clicked.connect(self.start)
        self.told = text("", role="note", wrap=False)
        self.banner = Banner(closable=True)
        self.bands = QTabBar(documentMode=True, drawBase=False, expanding=False)
        self.bands.setAccessibleName("確かさ")
        for words in ("確実", "要確認", "候補なし"):
            self.bands.addTab(words)
        self.bands.currentChanged.connect(self._show_band)
        self.sure, self.review = SurePane(self.shell), ReviewPane()
        self.none = EmptyState("候補が見つからなかった人", _NONE, icon="search")
        self.panes = QStackedWidget()
        for pane in (self.sure, self.review, self.none):
            self.panes.addWidget(pane)
        self.intro = EmptyState(
            "名簿の人と住民データを照合します",
            "避難所の名簿で登録した人を、検索に使っている住民データと突き合わせ、同じ人と思われる組を点数と理由を付けて示します。"
            "何も勝手には結び付けません。打ち間違い、生年月日の欠け、カナだけの登録、古い住所でも探します。",
            icon="user",
            actions=[("照合を始める", "search", self.start)],
        )
        self.work = QWidget()
        inside = column(row(self.bands, 1, self.told, self.start_button, spacing=10), self.panes, spacing=8)
        inside.setStretch(1, 1)
        self.work.setLayout(inside)
        whole = column(self.banner, self.work, self.intro, spacing=6, margins=(0, 8, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.work.hide()
        self._connect()

    def _connect(self) -> None:
        may = self.may("link")
        self.sure.may_write = self.review.may_write = may
        for made in (self.start_button, self.intro.buttons[0]):
            made.setEnabled(may)
        self.sure.confirmed.connect(self.link_all)
        self.sure.undone.connect(self.undo_all)
        self.review.wanted.connect(self._load)
        self.review.linked.connect(self._link)
        self.review.rejected.connect(self._reject)
        self.review.undone.connect(self._undo)

    # -- the page

    def refresh(self) -> None:
        """A run stays until another is asked for; when other data came into use it says so."""
        if self.run is None:
            return
        ctx, snapshot = self.context, self.run.snapshot
        found = self.runner.read(lambda: ctx.reads.residents.active(), parent=self, latest="matching.active")  # noqa: PLW0108
        found.success(lambda active: self._compare_data(active is None or active.id == snapshot.id)).start()

    def _compare_data(self, same: bool) -> None:
        if not same:
            words = "検索に使う住民データが変わりました。いまのデータで照合し直してください。"
            self.banner.show_message(words, tone="warn", action="照合し直す", act=self.start)

    def touched(self, changes: Changes) -> bool:
        """Only other data in use matter; what is linked here is known here."""
        return self.run is not None and super().touched(changes)

    def take_focus(self) -> None:
        """On the way to start, or into the band in sight."""
        if self.run is None:
            self.intro.buttons[0].setFocus()
        else:
            pane = self.panes.currentWidget()
            (pane.take_focus if isinstance(pane, (SurePane, ReviewPane)) else self.bands.setFocus)()

    # -- running

    def start(self) -> None:
        """Match everyone; progress with Cancel."""
        ctx = self.context
        for made in (self.start_button, self.intro.buttons[0]):
            made.setEnabled(False)
        operation = self.runner.write(lambda job: matching.run_matching(ctx, job=job), parent=self, label="job.matching")
        operation.finished(self._ready).success(self.show_run).start()

    def _ready(self) -> None:
        for made in (self.start_button, self.intro.buttons[0]):
            made.setEnabled(self.may("link"))

    def show_run(self, run: MatchRun) -> None:
        """Show what was found."""
        self.run, self._bulk = run, ""
        self._done.clear()
        self.intro.hide()
        self.work.show()
        self.banner.hide()
        self.told.setText(f"{run.people:,}人を「{run.snapshot.label}」と照合")
        ctx = self.context
        self.sure.show_undo(False)
        self.sure.show_cases(run.band("sure"), lambda cases: matching.show_cases(ctx, cases=cases))
        self.review.show_cases(run.band("review"))
        self._count()
        self.bands.setCurrentIndex(0 if run.band("sure") else 1 if run.band("review") else 2)
        self._show_band(self.bands.currentIndex())

    def _show_band(self, place: int) -> None:
        self.panes.setCurrentIndex(place)
        if self.run is not None and self.isVisible():
            self.take_focus()

    def _count(self) -> None:
        assert self.run is not None
        numbers = (len(self.sure.remaining), self.review.remaining, self.run.counts.get("none", 0))
        for place, (words, number) in enumerate(zip(("確実", "要確認", "候補なし"), numbers, strict=True)):
            self.bands.setTabText(place, f"{words} {number:,}")
        self.badged.emit(numbers[0] + numbers[1])

    # -- the sure band

    def link_all(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Link the pairs in one act."""
        ctx = self.context
        operation = self.runner.write(
            lambda job: matching.link_all(ctx, links=pairs, reason=_BULK, job=job), parent=self, label="job.linking"
        )
        operation.success(lambda done: self._linked_all(pairs, done.act)).start()

    def _linked_all(self, pairs: Sequence[tuple[str, str]], act: str) -> None:
        self._bulk = act
        self.sure.settle([person for person, _ in pairs])
        self.sure.show_undo(True)
        self._count()
        self.shell.say(f"{len(pairs):,}組を結び付けました")

    def undo_all(self) -> None:
        """Take the last linking of many back."""
        ctx, act = self.context, self._bulk
        if not act:
            return
        self._bulk = ""  # a second click asks for nothing more

        def failed(error: Exception) -> None:
            self._bulk = act
            self._refused(error)

        operation = self.runner.write(lambda _: persons.undo(ctx, act=act, reason=_UNDO), parent=self, label="window.saving")
        operation.success(lambda _: self._unlinked_all()).failure(failed).start()

    def _unlinked_all(self) -> None:
        self._bulk = ""
        self.sure.unsettle()
        self.sure.show_undo(False)
        self._count()
        self.shell.say("まとめて結び付けたものを、元に戻しました")

    # -- the review band

    def _load(self, case: MatchCase) -> None:
        ctx = self.context

        def load() -> ShownCase | None:
            shown = matching.show_cases(ctx, cases=[case])
            return shown[0] if shown else None

        self.runner.read(load, parent=self, latest="matching.case").success(self._show_case).start()

    def _show_case(self, shown: ShownCase | None) -> None:
        if shown is None:
            self.banner.show_message("この人の登録は、照合のあとで取り消されています。", tone="info")
        else:
            self.review.show_case(shown)

    def _link(self, case: MatchCase, resident_id: str) -> None:
        self._drop_refusal()
        ctx, person_id = self.context, case.person_id
        operation = self.runner.write(
            lambda _: matching.link_all(ctx, links=[(person_id, resident_id)], reason=_REASON), parent=self
        ).failure(lambda error: self._failed(error, person_id))
        operation.success(lambda done: self._decided(_Decision("link", person_id, resident_id, done.act), "結び付けました")).start()

    def _reject(self, case: MatchCase, resident_id: str) -> None:
        self._drop_refusal()
        ctx, person_id = self.context, case.person_id
        operation = self.runner.write(
            lambda _: matching.reject(ctx, person_id=person_id, resident_id=resident_id, note=_REASON), parent=self
        ).failure(lambda error: self._failed(error, person_id, resident_id))
        operation.success(lambda _: self._decided(_Decision("reject", person_id, resident_id), "「同じ人ではない」と記録しました")).start()

    def _decided(self, decision: _Decision, words: str) -> None:
        self._done.append(decision)
        self.review.undo_button.setEnabled(True)
        self._count()
        self.shell.say(words)

    def _failed(self, error: Exception, person_id: str, resident_id: str = "") -> None:
        self.review.restore(person_id, [resident_id])
        self._count()
        self._refused(error)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
            self._refusal = self.banner.words
        else:
            faults.show(self, error)

    def _drop_refusal(self) -> None:
        """Why the last one was refused is not said over the next; other notices stay."""
        if self._refusal and self.banner.words == self._refusal:
            self.banner.hide()
        self._refusal = ""

    def _undo(self) -> None:
        if not self._done:
            return
        ctx, last = self.context, self._done.pop()
        self.review.undo_button.setEnabled(bool(self._done))

        def undo(_: Any) -> Changes:
            if last.kind == "link":
                return persons.undo(ctx, act=last.act, reason=_UNDO)
            return matching.unreject(ctx, person_id=last.person_id, resident_id=last.resident_id, note=_UNDO)

        def undone(_: Any) -> None:
            self.review.restore(last.person_id, [last.resident_id])
            self._count()
            self.shell.say("直前の判断を元に戻しました")

        def failed(error: Exception) -> None:
            if not isinstance(error, RuleViolation):  # a full disk, say: it can be tried again
                self._done.append(last)
                self.review.undo_button.setEnabled(True)
            self._refused(error)

        self.runner.write(undo, parent=self).success(undone).failure(failed).start()
