"""Two people beside each other, field by field. What differs is said in a word, and coloured besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from app.domain.addresses import same_place
from app.domain.folding import fold_kana, fold_name
from app.presentation.columns.evacuee import birth_and_age, birth_text, sex_text
from app.ui.widgets.text import restyle, rule, text

Verdict = Literal["same", "written", "differs", "unknown"]
_MARKS: dict[Verdict, tuple[str, str]] = {
    "same": ("同じ", ""),
    "written": ("表記が違う", "info"),
    "differs": ("違う", "warn"),
    "unknown": ("―", ""),
}


class Line(NamedTuple):
    """One field of both."""

    name: str
    left: str
    right: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is compared of a person."""

    name: str = ""
    kana: str = ""
    birth: str = ""
    sex: str = ""
    address: str = ""
    phone: str = ""
    household: str = ""


def side_of(record: object) -> Side:
    """The side of anything that has these fields; a missing one stays empty."""
    values = {name: str(getattr(record, name, "") or "") for name in ("name", "kana", "birth", "sex", "address", "phone", "household")}
    return Side(**values)


def compare(a: Side, b: Side, *, more: bool = False) -> list[Line]:
    """The lines of two people; with ``more`` also household and telephone."""
    lines = [
        Line("氏名", a.name, b.name, judge(a.name, b.name, fold_name(a.name) == fold_name(b.name))),
        Line("フリガナ", a.kana, b.kana, judge(a.kana, b.kana, fold_kana(a.kana) == fold_kana(b.kana))),
        Line("生年月日", birth_and_age(a.birth), birth_and_age(b.birth), judge(birth_text(a.birth), birth_text(b.birth), False)),
        Line("性別", sex_text(a.sex), sex_text(b.sex), judge(_known_sex(a.sex), _known_sex(b.sex), False)),
        Line("住所", a.address, b.address, judge(a.address, b.address, same_place(a.address, b.address))),
    ]
    if more:
        lines.append(Line("世帯", a.household, b.household, judge(a.household, b.household, False)))
        lines.append(Line("電話", a.phone, b.phone, judge(_digits(a.phone), _digits(b.phone), False)))
    return lines


def judge(left: str, right: str, alike: bool) -> Verdict:
    """Equal as written (spaces aside), equal but for the way of writing, different; unknown where one side says nothing."""
    if not left or not right:
        return "unknown"
    return "same" if "".join(left.split()) == "".join(right.split()) else "written" if alike else "differs"


def _known_sex(sex: str) -> str:
    """The word, nothing where the sex is not known: that is no difference."""
    return "" if sex_text(sex) == sex_text("unknown") else sex_text(sex)


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit())


class SideBySide(QFrame):
    """A grid of lines under two titles; showing other lines keeps the widgets, so that walking through cases is quick."""

    def __init__(self, titles: tuple[str, str], lines: Sequence[Line] = ()) -> None:
        super().__init__()
        self.setProperty("role", "well")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 10)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._titles = [text(words, role="field", wrap=False) for words in titles]
        for place, label in enumerate(self._titles, 1):
            self._grid.addWidget(label, 0, place)
        self._grid.addWidget(rule(), 1, 0, 1, 4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._cells: list[tuple[QLabel, QLabel, QLabel, QLabel]] = []
        self.lines: Sequence[Line] = ()
        self.show_lines(lines)

    def show_lines(self, lines: Sequence[Line], titles: tuple[str, str] | None = None) -> None:
        """Show these."""
        self.lines = tuple(lines)
        for label, words in zip(self._titles, titles or (), strict=False):
            label.setText(words)
        while len(self._cells) < len(lines):
            self._add()
        for at, cells in enumerate(self._cells):
            for cell in cells:
                cell.setVisible(at < len(lines))
        for (name, left, right, mark), line in zip(self._cells, lines, strict=False):
            words, tone = _MARKS[line.verdict]
            for cell, said in ((name, line.name), (left, line.left or "―"), (right, line.right or "―"), (mark, words)):
                cell.setText(said)
            restyle(mark, tone=tone)
            mark.setAccessibleName(f"{line.name}：{words}")

    def _add(self) -> None:
        cells = (text("", role="field", wrap=False), text(""), text(""), text("", role="badge", wrap=False))
        for place, part in enumerate(cells):
            self._grid.addWidget(part, len(self._cells) + 2, place, Qt.AlignmentFlag.AlignVCenter)
        self._cells.append(cells)
