"""What comes out, beside the sheet: total and grade large, what is decided already, every step in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QSizePolicy, QWidget

from app.domain.assessment import Assessment, agrees
from app.domain.assessment_edition import Edition
from app.presentation.labels import label
from app.presentation.steps import assessment_words
from app.ui import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import column, frame, restyle, row, text

_TONES = {"total": "bad", "large": "bad", "medium": "warn", "half": "warn", "semi_half": "info"}


class ResultPanel(QWidget):
    """``typed`` is the grade written on the paper, to be compared with what comes out."""

    def __init__(self) -> None:
        super().__init__()
        self.total = text("―", role="display", wrap=False)
        self.unit = text("点", role="lead", wrap=False)
        self.grade = text("", role="display", wrap=True)
        self.grade.setAccessibleName("被害の程度")
        self.next = text("", role="note")
        self.decided = Banner()
        self.decided.hide()
        self.problem = Banner()
        self.problem.hide()
        self.typed = QComboBox()
        self.typed.setAccessibleName("紙の判定")
        self.typed_problem = text("", role="problem")
        self.typed_problem.hide()
        self._steps = text("", role="note")
        self._steps.setAccessibleName("計算")
        self.setFixedWidth(theme.current().px(330))
        self._lay_out()

    def _lay_out(self) -> None:
        figures = row(self.total, self.unit, 1, spacing=6)
        figures.setAlignment(self.unit, Qt.AlignmentFlag.AlignBottom)
        head = frame("card", column(figures, self.grade, self.next, spacing=2, margins=(16, 10, 16, 12)))
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self._steps, 1, margins=(2, 2, 8, 2)))
        self.area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        self.area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        compare = row(text("紙の判定", role="field", wrap=False), self.typed, spacing=8)
        compare.setStretch(1, 1)
        steps_head = text("計算", role="field", wrap=False)
        self.setLayout(column(head, self.decided, self.problem, compare, self.typed_problem, steps_head, self.area, spacing=8))

    def suit(self, edition: Edition) -> None:
        """The grades of this edition to compare with."""
        chosen = self.typed.currentData()
        self.typed.blockSignals(True)
        self.typed.clear()
        self.typed.addItem("（比べない）", "")
        for band in edition.bands:
            self.typed.addItem(band.label, band.grade)
        self.typed.setCurrentIndex(max(0, self.typed.findData(chosen)))
        self.typed.blockSignals(False)

    @property
    def typed_grade(self) -> str:
        """The grade on the paper, "" when it is not compared."""
        return self.typed.currentData() or ""

    def show_result(self, made: Assessment | None, edition: Edition, *, problem: str = "", waiting: str = "") -> None:
        """Show a judgement, or why there is none: ``problem`` is wrong, ``waiting`` is only not there yet."""
        self.problem.show_message(problem or waiting, tone="bad" if problem else "info")
        self.total.setText("―" if made is None or made.total is None else str(made.total))
        for figure in (self.total, self.unit):
            figure.setVisible(made is not None and made.total is not None)
        self.grade.setText(made.label if made else "")
        restyle(self.grade, tone=_TONES.get(made.grade, "") if made else "")
        self.next.setText(_to_next(made, edition) if made else "")
        stopped = made is not None and made.grade == "total" and bool(made.not_needed)
        self.decided.show_message("全壊に決まりました。残りは要りません。" if stopped else "", tone="good")
        self._show_typed(made)
        self._steps.setText("\n".join(assessment_words(made)) if made else "")

    def _show_typed(self, made: Assessment | None) -> None:
        wrong = bool(made and self.typed_grade and not agrees(made, self.typed_grade))
        words = f"⚠ 紙の判定「{self.typed.currentText()}」は、計算の結果「{made.label}」と合いません。" if wrong and made else ""
        self.typed_problem.setText(words)
        self.typed_problem.setVisible(wrong)
        restyle(self.typed, state="problem" if wrong else "")


def _to_next(made: Assessment, edition: Edition) -> str:
    """How many points are missing to the next grade; what decided otherwise."""
    if made.total is None:
        return f"決め手：{label('survey.decided_by', made.decided_by)}"
    place = edition.grades.index(made.grade)
    if not place:
        return ""
    above = edition.bands[place - 1]
    return f"あと {int(above.low) - made.total} 点で{above.label}"
