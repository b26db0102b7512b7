"""要確認: one case at a time, by keyboard. The roster's person at the left, the candidates at the right, differences in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QProgressBar, QScrollArea, QWidget

from app.presentation.columns.evacuee import status_text
from app.presentation.columns.matching import say_doubt
from app.ui import theme
from app.ui.residents.matching_cards import CandidateCard
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.side_by_side import SideBySide, compare, side_of
from app.ui.widgets.text import button, column, heading, row, text
from app.usecases.matching_rows import MatchCase, ShownCandidate, ShownCase

_MOST = 9
_REPEATED = frozenset(("Up", "Down", "PgUp", "PgDown"))
_STATES = {"linked": "結び付けました", "rejected": "同じ人ではないと記録しました", "later": "後で確かめます", "": ""}


@dataclass(slots=True)
class _Open:
    """A case and what has become of it. ``gone`` are candidates said not to be the person."""

    case: MatchCase
    state: str = ""
    gone: set[str] = field(default_factory=set)

    @property
    def waits(self) -> bool:
        return self.state in ("", "later")


class ReviewPane(QWidget):
    """The pane only asks: ``wanted`` for the rows of the case in sight, ``linked`` and ``rejected`` to write, ``undone`` to take back.

    It goes on to the next case at once; ``restore`` puts a case back when writing failed or was undone.
    """

    wanted = Signal(object)
    linked = Signal(object, str)
    rejected = Signal(object, str)
    undone = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._cases: list[_Open] = []
        self._at = -1
        self._shown: ShownCase | None = None
        self._chosen = 0
        self._clicked = QElapsedTimer()
        self.may_write = True
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumHeight(theme.current().px(8))
        self.left = text("", role="heading", wrap=False)
        self.banner = Banner()
        self.who = heading("")
        self.facts = text("", role="note")
        self.doubt = text("", role="problem")
        self.compared = SideBySide(("避難者の登録", "住民データの候補"))
        self.cards: list[CandidateCard] = []  # made as cases need them: most have one or two candidates
        self.empty = EmptyState("確かめる組はありません", "要確認の組は、すべて片付きました。", icon="success")
        self._build_buttons()
        self._lay_out()
        self._connect()

    def _build_buttons(self) -> None:
        self.link_button = button("結び付ける（Enter）", role="primary", icon="check")
        self.reject_button = button("同じ人ではない（N）", icon="user-off")
        self.later_button = button("後で（S）", icon="clock")
        self.undo_button = button("直前を元に戻す（U）", icon="undo")
        self.undo_button.setEnabled(False)

    def _lay_out(self) -> None:
        self._stack = column(spacing=8, margins=(0, 0, 8, 0))
        self._stack.addStretch()
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(self._stack)
        self.area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        self.area.setMinimumWidth(theme.current().px(350))
        actions = row(self.link_button, self.reject_button, self.later_button, 1, self.undo_button, spacing=8)
        person = column(self.who, self.facts, self.doubt, self.compared, 1, spacing=6)
        middle = row(person, self.area, spacing=16)
        middle.setStretch(0, 3)
        middle.setStretch(1, 2)
        hints = KeyHints(
            [("1–9", "候補を選ぶ"), ("Enter", "結び付ける"), ("N", "同じ人ではない"), ("S", "後で"), ("↑↓", "前後の組"), ("U", "元に戻す")]
        )
        self.work = QWidget()
        whole = column(row(self.left, 1), self.progress, self.banner, middle, actions, hints, spacing=8)
        whole.setStretch(3, 1)
        self.work.setLayout(whole)
        outer = column(self.work, self.empty)
        outer.setStretch(0, 1)
        outer.setStretch(1, 1)
        self.setLayout(outer)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _connect(self) -> None:
        self.link_button.clicked.connect(lambda: self._click(self.link))
        self.reject_button.clicked.connect(lambda: self._click(self.reject))
        self.later_button.clicked.connect(self.put_off)
        self.undo_button.clicked.connect(self.undo)
        keys = [
            ("Return", self._enter),
            ("Enter", self._enter),
            ("N", self.reject),
            ("S", self.put_off),
            ("U", self.undo),
            ("Ctrl+Z", self.undo),
        ]
        keys += [
            ("Up", lambda: self.walk(-1)),
            ("Down", lambda: self.walk(1)),
            ("PgUp", lambda: self._scroll(-1)),
            ("PgDown", lambda: self._scroll(1)),
        ]
        keys += [(str(number + 1), lambda number=number: self.choose(number)) for number in range(_MOST)]
        for word, act in keys:
            made = QShortcut(QKeySequence(word), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.setAutoRepeat(word in _REPEATED)  # a key held down must not decide about people nobody has looked at

    # -- what is shown

    def show_cases(self, cases: Sequence[MatchCase]) -> None:
        """Begin with these, best first."""
        self._cases = [_Open(case) for case in cases]
        self._at = -1
        self._shown = None
        self.undo_button.setEnabled(False)
        self._tell()
        self.walk(1)

    def show_case(self, shown: ShownCase) -> None:
        """The rows of the case in sight have arrived; those of another are dropped."""
        current = self.current
        if current is None or shown.person.id != current.case.person_id:
            return
        self._shown, self._chosen = shown, 0
        person = shown.person
        self.who.setText(person.name or person.kana or "（氏名なし）")
        self.facts.setText("　".join(part for part in (person.number, status_text(person)) if part))
        said = say_doubt(shown.doubt)
        self.doubt.setText(said)
        self.doubt.setVisible(bool(said))
        self._draw()

    @property
    def current(self) -> _Open | None:
        """The case in sight."""
        return self._cases[self._at] if 0 <= self._at < len(self._cases) else None

    @property
    def candidates(self) -> list[ShownCandidate]:
        """Those not yet said to be somebody else, best first."""
        current = self.current
        if self._shown is None or current is None:
            return []
        return [found for found in self._shown.candidates if found.resident.id not in current.gone][:_MOST]

    @property
    def remaining(self) -> int:
        """Cases not settled."""
        return sum(one.waits for one in self._cases)

    def take_focus(self) -> None:
        """Keys go to the pane, not to a button."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _draw(self) -> None:
        found, current = self.candidates, self.current
        while len(self.cards) < len(found):
            self._add_card()
        for number, card in enumerate(self.cards):
            card.setVisible(number < len(found))
            if number < len(found):
                card.show_candidate(found[number], chosen=number == self._chosen)
        if found and self._shown is not None:
            self.compared.show_lines(compare(side_of(self._shown.person), side_of(found[self._chosen].resident)))
        self.compared.setVisible(bool(found))
        state = current.state if current else ""
        self.banner.show_message(_STATES[state], tone="info" if state == "later" else "good")
        open_now = bool(found) and current is not None and current.waits and self.may_write
        for made in (self.link_button, self.reject_button):
            made.setEnabled(open_now)
        self.later_button.setEnabled(current is not None and current.waits)
        self.work.setAccessibleName(self.left.text())

    def _add_card(self) -> None:
        card = CandidateCard(len(self.cards))
        card.picked.connect(self.choose)
        card.taken.connect(lambda number: (self.choose(number), self.link()))
        self._stack.insertWidget(len(self.cards), card)
        self.cards.append(card)

    def _tell(self) -> None:
        self.left.setText(f"残り {self.remaining:,} / {len(self._cases):,}")
        self.progress.setRange(0, max(1, len(self._cases)))
        self.progress.setValue(len(self._cases) - self.remaining)
        self.work.setVisible(bool(self._cases))
        self.empty.setVisible(not self._cases)

    # -- keys

    def walk(self, step: int) -> None:
        """To the next or last case, settled or not."""
        wanted = self._at + step
        if 0 <= wanted < len(self._cases):
            self._go(wanted)

    def _go(self, place: int) -> None:
        self._at = place
        self._shown = None
        self.wanted.emit(self._cases[place].case)

    def _go_on(self) -> None:
        """To the next case that waits: first those never seen, then those put off."""
        order = [*range(self._at + 1, len(self._cases)), *range(self._at + 1)]
        following = next((n for n in order if self._cases[n].state == ""), None)
        if following is None:
            following = next((n for n in order if self._cases[n].state == "later" and n != self._at), None)
        if following is None:
            self._draw()
        else:
            self._go(following)

    def choose(self, number: int) -> None:
        """A candidate by its number."""
        if number < len(self.candidates):
            self._chosen = number
            self._draw()
            self.area.ensureWidgetVisible(self.cards[number])

    def link(self) -> None:
        """The candidate chosen is the person."""
        current, found = self.current, self.candidates
        if current is None or not found or not current.waits or not self.may_write:
            return
        current.state = "linked"
        self._tell()
        self.linked.emit(current.case, found[self._chosen].resident.id)
        self._go_on()

    def reject(self) -> None:
        """The candidate chosen is somebody else; with the last one gone the case is settled."""
        current, found = self.current, self.candidates
        if current is None or not found or not current.waits or not self.may_write:
            return
        resident_id = found[self._chosen].resident.id
        current.gone.add(resident_id)
        self._chosen = 0
        if not self.candidates:
            current.state = "rejected"
        self._tell()
        self.rejected.emit(current.case, resident_id)
        if current.state:
            self._go_on()
        else:
            self._draw()

    def put_off(self) -> None:
        """Later: the case comes again at the end."""
        current = self.current
        if current is not None and current.waits:
            current.state = "later"
            self._go_on()

    def undo(self) -> None:
        """Ask to take the last decision back."""
        if self.undo_button.isEnabled():
            self.undone.emit()

    def restore(self, person_id: str, resident_ids: Sequence[str] = ()) -> None:
        """A case waits again, with these candidates; it comes into sight."""
        for place, one in enumerate(self._cases):
            if one.case.person_id == person_id:
                one.state = ""
                one.gone.difference_update(resident_ids)
                self._tell()
                self._go(place)
                return

    def _click(self, act: Callable[[], None]) -> None:
        """The second click of a double click meant the case before, not the one that has come into sight."""
        if self._clicked.isValid() and self._clicked.elapsed() < QApplication.doubleClickInterval():
            return
        self._clicked.start()
        act()

    def _enter(self) -> None:
        """Enter links, unless a button has the keyboard: then it presses that."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self.link()

    def _scroll(self, step: int) -> None:
        bar = self.area.verticalScrollBar()
        bar.setValue(bar.value() + step * bar.pageStep())
