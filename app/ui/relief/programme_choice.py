"""The programmes and rounds there are, as two boxes to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox

from app.domain.relief import Programme, ReliefRound, ReliefRule
from app.presentation.labels import label, short_label
from app.ui import theme
from app.ui.surveys.asking import picker
from app.usecases import programmes
from app.usecases.context import Context

_HIGHEST_FIRST = frozenset({"amount", "open"})


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of a list: ``key`` as the query knows it, and whether it is turned round."""

    key: str
    descending: bool = False

    def of(self, ids: Sequence[str]) -> Sequence[str]:
        """Ids that came in the order of the key; of amounts the highest came first."""
        return ids[::-1] if self.descending != (self.key in _HIGHEST_FIRST) else ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A programme with its rounds, in order, and the categories that their rules count by."""

    programme: Programme
    rounds: tuple[ReliefRound, ...]
    categories: tuple[str, ...] = ()


def read_offered(ctx: Context) -> list[Offered]:
    """All programmes with their rounds. Off the GUI thread."""
    rounds = programmes.list_rounds(ctx)
    rules = sorted((one for one in ctx.reads.all("relief_rule") if isinstance(one, ReliefRule)), key=lambda one: one.position)
    categories: dict[str, list[str]] = {}
    for rule in rules:
        categories.setdefault(rule.round_id, []).append(rule.category)
    made = []
    for programme in programmes.list_programmes(ctx):
        own = tuple(one for one in rounds if one.programme_id == programme.id)
        names = dict.fromkeys(name for one in own for name in categories.get(one.id, ()) if name)
        made.append(Offered(programme=programme, rounds=own, categories=tuple(names)))
    return made


def round_title(one: ReliefRound) -> str:
    """第1次配分, or the code where a round has no title."""
    return one.title or f"第{one.code}回"


class ProgrammeChoice(QObject):
    """Two boxes that belong together. ``chosen`` when another programme or round was chosen by hand.

    ``every``: nothing chosen means all; else the first programme and round are chosen by themselves.
    """

    chosen = Signal()

    def __init__(self, parent: QObject, *, every: bool = True) -> None:
        super().__init__(parent)
        self._every = every
        self.offered: Sequence[Offered] = ()
        self.programme: QComboBox = picker("支援制度", every="すべて" if every else "選んでください")
        self.round: QComboBox = picker("回", every="すべて" if every else "選んでください")
        for box, width in ((self.programme, 330), (self.round, 190)):
            box.setMinimumWidth(theme.current().px(110))
            box.setMaximumWidth(theme.current().px(width))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.programme.activated.connect(lambda _: self._switch())
        self.round.activated.connect(lambda _: self.chosen.emit())

    @property
    def programme_id(self) -> str:
        """The one chosen, or ""."""
        return self.programme.currentData() or ""

    @property
    def round_id(self) -> str:
        """The one chosen, or ""."""
        return self.round.currentData() or ""

    def found(self) -> Offered | None:
        """The programme chosen."""
        return next((one for one in self.offered if one.programme.id == self.programme_id), None)

    def found_round(self) -> ReliefRound | None:
        """The round chosen."""
        one = self.found()
        return next((each for each in one.rounds if each.id == self.round_id), None) if one else None

    def show(self, offered: Sequence[Offered]) -> None:
        """Offer these; what was chosen stays where it is still there."""
        kept, kept_round = self.programme_id, self.round_id
        self.offered = offered
        while self.programme.count() > 1:
            self.programme.removeItem(1)
        for one in offered:
            words = one.programme.title or short_label("programme.kind", one.programme.kind)
            closed = f"（{label('programme.state', 'closed')}）" if one.programme.state == "closed" else ""
            self.programme.addItem(f"{words}{closed}", one.programme.id)
        self.choose(kept, kept_round)

    def choose(self, programme_id: str, round_id: str = "") -> None:
        """This programme and round, without telling; a round alone brings its programme."""
        if round_id and not programme_id:
            programme_id = next((one.programme.id for one in self.offered if any(each.id == round_id for each in one.rounds)), "")
        first = 1 if not self._every and self.programme.count() > 1 else 0
        place = self.programme.findData(programme_id) if programme_id else first
        self.programme.setCurrentIndex(max(first, place))
        self._fill_rounds(round_id)

    def _fill_rounds(self, round_id: str = "") -> None:
        while self.round.count() > 1:
            self.round.removeItem(1)
        one = self.found()
        for each in one.rounds if one else ():
            state = "" if each.state == "open" else f"（{label('relief_round.state', each.state)}）"
            self.round.addItem(f"{round_title(each)}{state}", each.id)
        newest = self.round.count() - 1 if not self._every and self.round.count() > 1 else 0
        place = self.round.findData(round_id) if round_id else newest
        self.round.setCurrentIndex(place if place >= 0 else newest)
        self.round.setEnabled(self.round.count() > 1)

    def _switch(self) -> None:
        self._fill_rounds()
        self.chosen.emit()
