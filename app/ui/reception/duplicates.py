"""重複の確認: records that may be one human being, and stays kept side by side. The clerk decides by key; nothing is merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from app.domain.evacuee import Stay
from app.presentation.columns.evacuee import STAYS, origin_text, status_text
from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.forms.person import UNDO
from app.presentation.labels import label
from app.ui import theme
from app.ui.page import Shell
from app.ui.reception.actions import open_dialog
from app.ui.runner import Changes
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.side_by_side import Line, SideBySide, compare, judge, side_of
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import persons
from app.usecases.context import Context
from app.usecases.rows import SearchHit, StayView

_ALONE = "この登録の確認待ちは1件です。正しければ印を外します。誤りなら、個票の「元に戻す」で取り消します。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records to decide about; ``told``: at which site and when each was registered."""

    id: str
    first: SearchHit
    second: SearchHit
    reason: str
    told: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Somebody with stays kept side by side."""

    id: str
    person: SearchHit
    stays: tuple[StayView, ...]


def _places(pair: Pair) -> str:
    """Where the two are now."""
    return "／".join(dict.fromkeys(one.shelter_name or status_text(one) for one in (pair.first, pair.second)))


PAIRS: ColumnSet[Pair] = ColumnSet(
    key="duplicate_pairs",
    columns=(
        Column(key="name", label="氏名", text=lambda p: p.first.name or p.first.kana, width=7),
        Column(key="reason", label="似ているところ", text=lambda p: p.reason, width=11, tip=lambda p: p.reason),
        Column(key="places", label="避難所", text=_places, width=12, tip=_places),
    ),
)
PENDINGS: ColumnSet[Pending] = ColumnSet(
    key="pending_people",
    columns=(
        Column(key="name", label="氏名", text=lambda p: p.person.name or p.person.kana, width=9),
        Column(key="count", label="入所の記録", text=lambda p: f"{len(p.stays)}件", width=6),
    ),
)


def read_doubts(ctx: Context) -> tuple[list[Pair], list[Pending]]:
    """All undecided pairs, most likely first, and everyone with pending stays."""
    scored = persons.duplicate_pairs(ctx)
    wanted = {person_id for pair in scored for person_id in pair[:2]}
    hits = {hit.id: hit for hit in persons.show_people(ctx, person_ids=sorted(wanted))}
    made = ctx.reads.persons.origins(sorted(hits))
    pairs = [
        Pair(id=f"{a}/{b}", first=hits[a], second=hits[b], reason=label("duplicate.reason", reason), told=(origin_text(made.get(a)), origin_text(made.get(b))))
        for a, b, _, reason in scored if a in hits and b in hits
    ]  # fmt: skip
    waiting = sorted({stay.person_id for stay in ctx.reads.all("stay") if isinstance(stay, Stay) and stay.pending and not stay.deleted})
    people = persons.show_people(ctx, person_ids=waiting)
    pending = [
        Pending(id=hit.id, person=hit, stays=tuple(stay for stay in ctx.reads.persons.stays(hit.id) if stay.pending)) for hit in people
    ]
    return pairs, pending


class DuplicatesDialog(QDialog):
    """Two tabs: who is who, and which stay is true."""

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle("重複の確認")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.pairs = Table(PAIRS, name="同じ人かもしれない組", preferences=shell.preferences, many=False)
        self.pairs.chosen.connect(lambda _: self._compare())
        self.people = Table(PENDINGS, name="確認待ちの人", preferences=shell.preferences, many=False)
        self.people.chosen.connect(lambda _: self._show_stays())
        self.stays = Table(STAYS, name="入所の記録", preferences=shell.preferences, many=False)
        self.stays.opened.connect(lambda _: self.settle())
        self._place = QVBoxLayout()
        self._compared: QWidget | None = None
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self._no_pairs = EmptyState(
            "同じ人かもしれない登録はありません", "氏名と生年月日が同じ登録が見つかると、ここに並びます。", icon="success"
        )
        self._no_pending = EmptyState("確認待ちの入所はありません", "受付で「両方残す」を選んだ人が、ここに並びます。", icon="success")
        self.tabs.addTab(self._pair_page(), "同じ人かもしれない(&1)")
        self.tabs.addTab(self._pending_page(), "入所の確認待ち(&2)")
        close = button("閉じる（Esc）")
        close.clicked.connect(self.reject)
        hints = KeyHints([("↑↓", "選ぶ"), ("1", "同じ人"), ("2", "別の人"), ("Enter", "この入所が正しい")])
        footer = frame("footer", row(hints, 1, close, margins=(20, 10, 20, 10)))
        lead = note("決めても記録はどれも消えません。「同じ人」は、2つの登録が同じ人のものだという印です。")
        self.banner = Banner(closable=True)
        self.banner.hide()
        top = column(heading("重複の確認"), lead, self.banner, self.tabs, spacing=8, margins=(24, 16, 24, 12))
        top.setStretch(3, 1)
        whole = column(top, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1180), room.width() - 30), min(look.px(660), room.height() - 40))
        for keys, decision in (("1", "same"), ("2", "different")):
            QShortcut(QKeySequence(keys), self, lambda decision=decision: self._answer(decision))  # a table would search for the digit
        shell.runner.changed.connect(self._changed)
        self._first = True
        self.refresh()

    def _pair_page(self) -> QWidget:
        self.same_button = button("1　同じ人", icon="check")
        self.same_button.clicked.connect(lambda: self.decide("same"))
        self.different_button = button("2　別の人", icon="close")
        self.different_button.clicked.connect(lambda: self.decide("different"))
        answers = row(text("2つの登録は、", wrap=False), self.same_button, self.different_button, 1, spacing=10)
        self._pair_side = QWidget()
        side = column(spacing=12)
        side.addLayout(self._place)
        side.addLayout(answers)
        side.addStretch()
        self._pair_side.setLayout(side)
        return _split(self.pairs, self._pair_side, self._no_pairs)

    def _pending_page(self) -> QWidget:
        self.settle_button = button("この入所が正しい…（Enter）", icon="check")
        self.settle_button.clicked.connect(self.settle)
        self._stay_side = QWidget()
        self._lead = note("")
        self._stay_side.setLayout(column(self._lead, self.stays, row(self.settle_button, 1), spacing=10))
        return _split(self.people, self._stay_side, self._no_pending)

    # -- reading

    def refresh(self) -> None:
        """Read all doubts."""
        ctx = self.shell.context
        self.shell.runner.read(lambda: read_doubts(ctx), parent=self, latest="doubts", label="reception.reading_doubts").success(
            self.show_doubts
        ).start()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and not {"person", "stay", "decision", "person_decision"}.isdisjoint(changes):
            self.refresh()

    def show_doubts(self, found: tuple[Sequence[Pair], Sequence[Pending]]) -> None:
        """Show what was read."""
        pairs, pending = found
        self.pairs.show_rows(pairs)
        self.people.show_rows(pending)
        self.tabs.setTabText(0, f"同じ人かもしれない（{len(pairs)}）(&1)")
        self.tabs.setTabText(1, f"入所の確認待ち（{len(pending)}）(&2)")
        for table, side, empty, rows in (
            (self.pairs, self._pair_side, self._no_pairs, pairs), (self.people, self._stay_side, self._no_pending, pending)
        ):  # fmt: skip
            for part in (table, side):
                part.setVisible(bool(rows))
            empty.setVisible(not rows)
            if rows and table.current_id() is None:
                table.make_current(0)
        if self._first:
            self._first = False
            if not pairs and pending:
                self.tabs.setCurrentIndex(1)
        self._compare()
        self._show_stays()
        (self.pairs if self.tabs.currentIndex() == 0 else self.people).setFocus()

    def _compare(self) -> None:
        if self._compared is not None:
            self._place.removeWidget(self._compared)
            self._compared.deleteLater()
            self._compared = None
        pair = self.pairs.current_row()
        may = pair is not None and self.shell.context.actor.may("register")
        for made in (self.same_button, self.different_button):
            made.setEnabled(may)
        if pair is not None:
            self._compared = compare_pair(pair)
            self._place.addWidget(self._compared)

    def _show_stays(self) -> None:
        pending = self.people.current_row()
        self.stays.show_rows(pending.stays if pending else ())
        alone = pending is not None and len(pending.stays) == 1
        self._lead.setText(_ALONE if alone else "正しい入所を選んでください。ほかの入所は、理由を付けて取り消しになります。")
        self.settle_button.setEnabled(bool(pending and pending.stays) and self.shell.context.actor.may("register"))
        if pending and pending.stays and self.stays.current_id() is None:
            self.stays.make_current(0)

    # -- deciding

    def _answer(self, decision: str) -> None:
        if self.tabs.currentIndex() == 0:
            self.decide(decision)

    def decide(self, decision: str) -> None:
        """Note what the clerk says about the pair at hand."""
        pair = self.pairs.current_row()
        if pair is None or not self.same_button.isEnabled():
            return
        ctx = self.shell.context
        for made in (self.same_button, self.different_button):
            made.setEnabled(False)  # the next key must not answer for a pair nobody has seen
        words = "同じ人" if decision == "same" else "別の人"
        self.shell.runner.write(
            lambda _: persons.decide(ctx, first=pair.first.id, second=pair.second.id, decision=decision), parent=self
        ).success(lambda _: self._decided(pair, words)).start()

    def _decided(self, pair: Pair, words: str) -> None:
        self.shell.say(f"「{words}」と記録しました")
        both = words == "同じ人" and pair.first.status == pair.second.status == "staying"
        name = pair.first.name or pair.first.kana
        advice = f"{name} さんは2つの登録で入所したままです。誤っている方の個票で「元に戻す」か「退所」をしてください。"
        self.banner.show_message(advice if both else "", tone="warn")

    def settle(self) -> FormDialog | None:
        """The stay at hand is the true one."""
        stay_id = self.stays.current_id()
        if stay_id is None or not self.settle_button.isEnabled():
            return None
        ctx, stay = self.shell.context, self.stays.current_row()

        def save(values: dict[str, str]):
            return self.shell.runner.write(
                lambda _: persons.settle_pending(ctx, keep_stay=stay_id, reason=values["reason"]), parent=dialog, label="window.saving"
            )

        lead = f"「{stay.shelter_name}」の入所を残し、ほかの確認待ちの入所を取り消します。取り消した入所も履歴に残ります。"
        dialog = FormDialog(self, UNDO, save=save, lead=lead, columns=1)
        dialog.setWindowTitle("正しい入所を選ぶ")
        dialog.save_button.setText("この入所を残す（Ctrl+Enter）")
        dialog.body.editors["reason"].set_raw("本人に確かめた")
        open_dialog(dialog)
        return dialog


def compare_pair(pair: Pair) -> QWidget:
    """Both records, differences marked."""
    a, b = pair.first, pair.second
    now = Line("いまの状況", status_text(a), status_text(b), judge(status_text(a), status_text(b), False))
    told = Line("登録した拠点", *pair.told, judge(*pair.told, False))
    return SideBySide((a.number, b.number), [*compare(side_of(a), side_of(b), more=True), now, told])


def _split(left: QWidget, right: QWidget, empty: QWidget) -> QWidget:
    box = QWidget()
    line = row(left, right, empty, spacing=16, margins=(0, 12, 0, 0))
    line.setStretch(0, 4)
    line.setStretch(1, 5)
    line.setStretch(2, 5)
    box.setLayout(line)
    return box
