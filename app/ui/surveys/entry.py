"""調査票の入力: the survey sheet as on paper, by keyboard alone. The grade is reckoned with every key, and every step is explained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QScrollArea, QSizePolicy, QWidget

from app.domain.assessment import Assessment, assess, read_inputs, sheet_of
from app.domain.assessment_edition import Edition
from app.domain.errors import InputFault, RuleViolation
from app.domain.survey import Survey, Team
from app.domain.survey_rules import OPEN_STATES
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.steps import part_label
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.surveys.entry_head import SheetTop
from app.ui.surveys.entry_measures import Measures
from app.ui.surveys.entry_parts import PartSheet
from app.ui.surveys.entry_result import ResultPanel
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, row, text
from app.usecases import editions, surveys
from app.usecases.survey_rows import BuildingFile
from app.usecases.surveys import Recorded

_PART_HINTS = (("3 6", "Ⅲ 60%"), ("0", "損傷なし"), ("+", "もう1つの程度"))
_MEMORY = "survey_entry"
"""Property of the window that holds what the last sheet said: the next of the same stack begins with it. Gone with the window."""


class EntryDialog(QDialog):
    """``recorded`` carries the ``Recorded`` answer; the dialog is closed then. ``survey`` is one that is not settled, or None for a new one."""

    recorded = Signal(object)

    def __init__(self, shell: Shell, building: BuildingFile, survey: Survey | None = None, *, appeal_id: str = "") -> None:
        super().__init__()
        self.shell, self.building, self.survey = shell, building, survey
        self.appeal_id = appeal_id or (survey.appeal_id if survey else "")
        self.setWindowTitle("調査票の入力")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        ctx = shell.context
        self._editions = {edition.id: edition for edition in editions.list_editions(ctx)}
        teams = [team for team in ctx.reads.all("team") if isinstance(team, Team) and not team.deleted]
        self.top = SheetTop(list(self._editions.values()), teams)
        self.measures, self.parts, self.outcome = Measures(), PartSheet(), ResultPanel()
        self.assessment: Assessment | None = None
        self._running = False
        self._lay_out()
        self._fill()
        self._connect()
        self._reshape()
        self._before = self._state()
        self._fit()

    # -- layout

    def _lay_out(self) -> None:
        building = self.building.building
        heads = "、".join(home.victim.head_name for home in self.building.homes[:2])
        where = "　".join(filter(None, (building.address or building.name, heads)))
        head = row(text(f"調査票の入力　{building.number}", role="heading", wrap=False), text(where, role="lead", elide=True), spacing=18)
        head.setStretch(1, 1)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self.top, self.measures, self.parts, self.top.editors["note"], 1, spacing=10, margins=(24, 4, 12, 10)))
        self.area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        body = row(self.area, self.outcome, spacing=8, margins=(0, 0, 20, 8))
        body.setStretch(0, 1)
        self.submit_button = button("確認待ちにする（Ctrl+Enter）", role="primary", icon="check")
        self.submit_button.clicked.connect(lambda: self.save(submit=True))
        self.draft_button = button("下書き（Ctrl+S）")
        self.draft_button.clicked.connect(lambda: self.save(submit=False))
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        self.hints = KeyHints(())
        self.hints.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # the first to give way in large text
        line = row(self.hints, cancel, self.draft_button, self.submit_button, margins=(20, 8, 20, 8))
        line.setStretch(0, 1)
        footer = frame("footer", line)
        top = column(head, margins=(24, 12, 24, 6))
        whole = column(top, body, footer, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        self.top.reshaped.connect(self._reshape)
        for part in (self.top, self.measures, self.parts):
            part.changed.connect(self._judge)
        self.outcome.typed.currentIndexChanged.connect(lambda _: self._judge())
        self.parts.left.connect(self._leave_parts)
        for keys, submit in (("Ctrl+Return", True), ("Ctrl+Enter", True), ("Ctrl+S", False)):
            QShortcut(QKeySequence(keys), self, lambda submit=submit: self.save(submit=submit))
        QApplication.instance().focusChanged.connect(self._show_focused)
        if self.survey is not None and self.survey.state not in OPEN_STATES:
            for made in (self.submit_button, self.draft_button):
                made.setEnabled(False)

    def _fit(self) -> None:
        room, look = self.screen().availableGeometry(), theme.current()
        self.resize(min(look.px(1250), room.width() - 20), min(look.px(740), room.height() - 30))

    def _chain(self) -> None:
        """The keyboard's way: head, what is measured, the parts, note, and back."""
        rows: list[QWidget] = list(self.parts.rows.values())
        ticks: list[QWidget] = [*self.measures.ticks, self.measures.plumb]
        order = [
            *self.top.order(), *[one for one in self.measures.order() if one not in ticks], *rows, self.top.editors["note"].target,
            self.outcome.typed, self.draft_button, self.submit_button, *ticks,
        ]  # fmt: skip
        for one, other in zip(order, order[1:], strict=False):
            QWidget.setTabOrder(one, other)

    def _show_focused(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.area.isAncestorOf(now):
            self.area.ensureWidgetVisible(now, 0, theme.current().px(40))

    def _leave_parts(self, step: int) -> None:
        if step > 0:
            self.top.editors["note"].take_focus()
        else:
            next((one for one in reversed(self.measures.order()) if one.isVisible() and one.isEnabled()), self.top).setFocus()

    # -- what it starts with

    def _fill(self) -> None:
        survey = self.survey
        if survey is None:
            self._fill_new()
            return
        data = self._inputs_of(survey)
        self.top.fill(
            {
                "hazard": survey.hazard, "kind": survey.kind, "stage": data.get("stage") or (1 if survey.kind == "first" else 2),
                "structure": survey.structure, "method": survey.method, "edition": survey.edition, "team_id": survey.team_id,
                "surveyed_on": survey.surveyed_on, "started": survey.started, "ended": survey.ended, "surveyors": survey.surveyors,
                "reason": survey.reason, "note": survey.note,
            }
        )  # fmt: skip
        self.measures.fill(data)

    def _fill_new(self) -> None:
        counted, building = self.building.counted, self.building.building
        remembered = self._memory()
        hazard = str(remembered.get("hazard") or (counted.hazard if counted else "earthquake"))
        kind = "first" if counted is None else "second" if counted.kind == "first" else "re"
        wooden = building.structure in ("wood", "prefab", "unknown", "other")
        edition = editions.default_edition(self.shell.context, hazard=hazard).id
        self.top.fill({**remembered, "hazard": hazard, "kind": kind, "structure": "wood" if wooden else "rc", "edition": edition})
        if kind != "first":
            self.top.fill({"stage": 2})

    def _memory(self) -> dict[str, Any]:
        kept = self.shell.property(_MEMORY) if isinstance(self.shell, QObject) else None
        return dict(kept) if isinstance(kept, Mapping) else {}

    @staticmethod
    def _inputs_of(survey: Survey) -> dict[str, Any]:
        try:
            data = json.loads(survey.inputs or "{}")
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}

    def showEvent(self, event: object) -> None:
        """The keyboard begins at the first thing that is not there yet."""
        super().showEvent(event)
        starts = (self.top.editors["surveyed_on"], self.top.editors["started"])
        empty = next((editor for editor in starts if not editor.raw()), None)
        if empty is not None:
            empty.take_focus()
        else:
            next((one for one in self.measures.order() if one.isVisible() and one.isEnabled()), self).setFocus()

    # -- judging with every key

    @property
    def edition(self) -> Edition:
        """The edition chosen."""
        return self._editions[self.top.edition.currentData()]

    @property
    def _form(self) -> tuple[str, int, str]:
        return self.top.hazard.currentData(), int(self.top.stage.currentData()), self.top.structure.currentData()

    def _reshape(self) -> None:
        """Another hazard, stage, structure or edition is another sheet."""
        hazard, stage, structure = self._form
        first = not self.parts.rows and self.survey is not None
        self.measures.suit(hazard=hazard, stage=stage, structure=structure)
        self.parts.build(self.edition, structure=structure, sheet=sheet_of(hazard, stage))
        if first and self.survey is not None:
            self.parts.fill(self._inputs_of(self.survey).get("parts") or {})
        self.outcome.suit(self.edition)
        self.hints.show_hints([*(_PART_HINTS if self.parts.rows else ()), ("Enter", "次へ")])
        self._chain()
        self._judge()

    def inputs(self, *, strict: bool = False) -> dict[str, Any]:
        """The sheet as JSON. ``strict`` leaves nothing unfinished out."""
        hazard, stage, structure = self._form
        data: dict[str, Any] = {"hazard": hazard, "stage": stage, "structure": structure, **self.measures.given(strict=strict)}
        if given := self.parts.given():
            data["parts"] = given
        building = self.building.building
        if hazard.startswith("flood") and stage == 1:
            if building.storeys:
                data["storeys"] = building.storeys
            if building.use == "apartment":
                data["detached"] = False
        return data

    def _judge(self) -> None:
        data = self.inputs()
        hazard, stage, _ = self._form
        problems: dict[str, str] = {}
        problem, field, waiting = "", "", self._waiting(data)
        self.assessment = None
        if not waiting:
            try:
                self.assessment = assess(read_inputs(data), self.edition)
            except (RuleViolation, InputFault) as refused:
                field = str(refused.params.get("field") or "")
                problem = self._say(refused)
        if field.startswith("parts."):
            problems[field.split(".")[1].partition("[")[0]] = problem
        box = self.measures.box_for(field)
        self.measures.show_problem(field, problem if box is not None else "")
        self.parts.show_result(self.assessment, problems)
        if box is not None:
            problem, waiting = "", "記入を直すと、ここに結果が出ます。"
        self.outcome.show_result(self.assessment, self.edition, problem=problem, waiting=waiting)

    def _waiting(self, data: Mapping[str, Any]) -> str:
        """What is still to be typed before anything can be judged."""
        hazard, stage, _ = self._form
        decided = data.get("collapsed") or data.get("washed_away")
        if decided:
            return ""
        if hazard.startswith("flood") and stage == 1 and not {"depth_cm", "above_floor"} & set(data):
            return "床上の浸水深（cm）を入れてください。床下なら印を付けます。"
        if hazard.startswith("flood") and stage == 2 and "parts" not in data and data.get("above_floor") is not False:
            return "部位の損傷を入れてください。"
        if hazard == "liquefaction" and not {"tilt_mm", "sinking", "parts"} & set(data):
            return "傾斜か潜り込みを入れてください。"
        if hazard == "fire" and "floor_loss_percent" not in data:
            return "焼失・損壊した床面積の割合（%）を入れてください。"
        if self.measures.unfinished_tilt:
            return ""
        return ""

    def _say(self, refused: RuleViolation | InputFault) -> str:
        """The sentence, with the names of the sheet instead of those of the JSON."""
        field = str(refused.params.get("field") or "")
        if field.startswith("parts."):
            hazard, stage, structure = self._form
            part = field.split(".")[1].partition("[")[0]
            return message(refused, field=part_label(part, structure, sheet_of(hazard, stage)))
        return message(refused, field=self.measures.name_of(field)) if field else message(refused)

    # -- saving

    def save(self, *, submit: bool) -> None:
        """Keep it as a draft, or hand it in for the check by another person."""
        made = self.submit_button if submit else self.draft_button
        if self._running or not made.isEnabled():
            return
        values = self._checked(submit=submit)
        if values is None:
            return
        ctx, survey = self.shell.context, self.survey
        data = self.inputs(strict=submit)
        building_id, typed, appeal = self.building.building.id, self.outcome.typed_grade, self.appeal_id
        survey_id, version = (survey.id, survey.version) if survey else (None, None)
        self._running = True
        operation = self.shell.runner.write(
            lambda _: surveys.record_survey(
                ctx, building_id=building_id, inputs=data, typed_grade=typed, appeal_id=appeal, survey_id=survey_id, version=version,
                sheet=survey.sheet if survey else "", submit=submit, **values,
            ),
            parent=self, label="window.saving",
        )  # fmt: skip
        operation.finished(self._stop).success(self._succeed).failure(self._fail).start()

    def _checked(self, *, submit: bool) -> dict[str, Any] | None:
        """The values of the head, unless the screen itself sees what is wrong: then the keyboard goes there."""
        if not all(box.readable for box in self.measures.boxes if box.isVisible()):
            self._judge()
            next(box for box in self.measures.boxes if not box.readable).setFocus()
            return None
        if submit and self.measures.unfinished_tilt:
            empty = next(box for box in self.measures.tilts if box.value is None)
            self.measures.show_problem("tilt_mm", "傾斜は①〜④の4つが要ります。")
            empty.setFocus()
            return None
        if submit and not self.outcome.typed_problem.isHidden():
            self.outcome.typed.setFocus()
            return None
        return self.top.values()

    def _stop(self) -> None:
        self._running = False

    def _succeed(self, done: Recorded) -> None:
        if isinstance(self.shell, QObject):
            self.shell.setProperty(_MEMORY, self.top.remembered())
        self._before = self._state()
        words = "下書きにしました" if done.survey.state == "draft" else f"確認待ちにしました（{label('grade', done.survey.grade)}）"
        self.shell.say(f"{self.building.building.number}：{words}")
        self.accept()
        self.recorded.emit(done)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, RuleViolation):
            faults.show(self, error)
            return
        field = str(error.params.get("field") or "")
        editor = self.top.editors.get(field)
        if editor is not None:
            editor.show_problem(message(error))
            editor.take_focus()
        elif (box := self.measures.box_for(field)) is not None:
            self.measures.show_problem(field, self._say(error))
            box.setFocus()
        else:
            self.outcome.problem.show_message(self._say(error), tone="bad")

    # -- leaving

    def _state(self) -> tuple[object, ...]:
        return self.top.values(), self.inputs(strict=True), self.outcome.typed_grade

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what the dialog opened with."""
        return self._state() != self._before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter walks through the fields; on a button it presses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            focused = self.focusWidget()
            if focused in (self.draft_button, self.submit_button):
                focused.click()
            else:
                self.focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when something was typed."""
        if self.dirty and not ask(self, "入力した内容を捨てますか？", "まだ保存していません。", yes="捨てて閉じる", no="入力に戻る"):
            return
        super().reject()

    def event(self, event: QEvent) -> bool:
        """A sheet that is gone no longer follows the keyboard."""
        if event.type() == QEvent.Type.DeferredDelete:
            try:
                QApplication.instance().focusChanged.disconnect(self._show_focused)
            except (RuntimeError, TypeError):
                pass
        return super().event(event)
