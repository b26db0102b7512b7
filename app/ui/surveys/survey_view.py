"""One survey to look at: its degree, who entered and checked it, and every step of the reckoning in words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.domain.errors import SasaeError
from app.presentation.columns.building import grade_text, grade_tone
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.survey import change_of_grade
from app.presentation.columns.texts import moment_short
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui.page import Shell
from app.ui.widgets.text import badge, column, note, restyle, row, text
from app.usecases.context import Context
from app.usecases.survey_rows import CountedGrade, SurveyRow


def explain(ctx: Context, survey: SurveyRow) -> list[str]:
    """Every step from what the sheet says to the degree, reckoned again with the survey's own edition; none when nothing was reckoned."""
    from app.domain.assessment import assess, read_inputs
    from app.presentation.steps import assessment_words
    from app.usecases.editions import find_edition

    if not survey.inputs:
        return []
    try:
        return assessment_words(assess(read_inputs(json.loads(survey.inputs)), find_edition(ctx, survey.edition)))
    except (SasaeError, ValueError) as fault:
        return [message(fault)] if isinstance(fault, SasaeError) else []


def particulars(survey: SurveyRow) -> str:
    """Kind, method, day, who was there and who entered it, in a line."""
    clock = f"{survey.started}～{survey.ended}" if survey.started or survey.ended else ""
    return "　".join(
        filter(
            None,
            (
                f"{label('survey.kind', survey.kind)}（{label('survey.method', survey.method)}）",
                f"{day_text(survey.surveyed_on)} {clock}".strip(),
                label("survey.hazard", survey.hazard),
                label("survey.structure", survey.structure),
                survey.team,
                "、".join(survey.surveyors),
                f"入力：{survey.entered_by}",
                f"確認：{survey.checked_by} {moment_short(survey.checked_at)}".strip() if survey.checked_by else "",
            ),
        )
    )


class SurveyView(QWidget):
    """``show_survey`` reads the steps off the GUI thread; ``show_nothing`` empties it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._shown = ""
        self._grade, self._total, self._moved = badge(""), text("", role="section", wrap=False), text("", role="section", wrap=False)
        self._what, self._why = note(""), text("")
        self.steps = text("")
        head = row(self._grade, self._total, self._moved, 1, spacing=10)
        inside = QWidget()
        inside.setProperty("role", "scroll")
        inside.setLayout(column(self._what, self._why, self.steps, 1, spacing=8, margins=(2, 2, 8, 4)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setAccessibleName("判定の根拠")
        whole = column(head, area, spacing=6)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.show_nothing()

    def show_nothing(self, words: str = "") -> None:
        """Nothing chosen."""
        self._shown = ""
        self._grade.setVisible(False)
        for part in (self._total, self._moved, self._what, self._why):
            part.setText("")
        self.steps.setText(words)

    def show_survey(self, survey: SurveyRow, counted: CountedGrade | None = None) -> None:
        """Show a survey; ``counted`` is the degree that holds now, to compare with."""
        self._shown = survey.id
        self._grade.setVisible(bool(survey.grade))
        self._grade.setText(label("grade", survey.grade))
        restyle(self._grade, tone=grade_tone(survey.grade))
        self._total.setText("" if survey.total is None else f"損害割合 {survey.total}")
        other = counted is not None and counted.survey_id != survey.id
        self._moved.setText(f"いまの判定 {change_of_grade(counted.grade, survey.grade)}" if other and counted else "")
        if other and counted and counted.grade == survey.grade:
            self._moved.setText(f"いまの判定も {grade_text(counted.grade)}")
        self._what.setText(particulars(survey))
        told = (("理由", survey.reason), ("確認のことば", survey.check_note), ("備考", survey.note))
        self._why.setText("\n".join(f"{name}：{words}" for name, words in told if words))
        self._why.setVisible(bool(self._why.text()))
        self.steps.setText("")
        ctx = self._shell.context
        found = self._shell.runner.read(lambda: explain(ctx, survey), parent=self, latest="survey.steps")
        found.success(lambda steps: self._show_steps(survey, steps)).start()

    def _show_steps(self, survey: SurveyRow, steps: Sequence[str]) -> None:
        if self._shown != survey.id:
            return
        decided = label("survey.decided_by", survey.decided_by)
        plain = f"計算によらない判定です（{decided}）。" if decided else "まだ何も入力されていません。"
        self.steps.setText("\n".join(f"{place}　{words}" for place, words in enumerate(steps, 1)) if steps else plain)
