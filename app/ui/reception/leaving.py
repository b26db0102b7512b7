"""退所 and 転所: where to, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QRadioButton, QWidget

from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.presentation.columns.evacuee import moment_text
from app.presentation.forms.spec import FieldSpec, parse_field, spec_field
from app.presentation.forms.stay import DESTINATION_KEYS, LEAVE_DETAILS, destination_words, moment_field
from app.presentation.messages import message
from app.ui import faults
from app.ui.glyphs.buttons import NameTick
from app.ui.page import Shell
from app.ui.reception.fitting import FittedDialog
from app.ui.reception.places import usual_shelter
from app.ui.widgets.banner import Banner
from app.ui.widgets.fields import FieldEditor, make_editor
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.shelter_picker import ShelterPicker
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import reception
from app.usecases.rows import SearchHit

_COLUMNS = 3


class MomentEditor:
    """A time that begins as now. Left alone it means the moment of saving, to the second."""

    def __init__(self, spec: FieldSpec, now: datetime) -> None:
        self.shown = now.astimezone(JST).strftime("%Y-%m-%d %H:%M")
        self.editor: FieldEditor = make_editor(spec)
        self.editor.set_raw(self.shown)

    def read(self) -> tuple[datetime | None, bool]:
        """``(moment or None for now, whether it could be read)``."""
        if self.editor.raw().strip() in ("", self.shown):
            return None, True
        try:
            return parse_field(self.editor.spec, self.editor.raw()), True
        except RuleViolation as violation:
            self.editor.show_problem(message(violation))
            self.editor.take_focus()
            return None, False


class _ActDialog(FittedDialog):
    """A heading, a body, a save button; messages of the rules in a banner. ``done_with`` carries what was written."""

    done_with = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, *, title: str, save: str) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.banner = Banner()
        self.banner.hide()
        self.save_button = button(f"{save}（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        self._cancel = button("やめる（Esc）")
        self._cancel.clicked.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)

    def _finish(self, body: Any, hints: Sequence[tuple[str, str]]) -> None:
        footer = frame("footer", row(KeyHints(hints), 1, self._cancel, self.save_button, margins=(20, 10, 20, 10)))
        self.lay_out(body, footer)

    def save(self) -> None:
        """Write."""
        raise NotImplementedError

    def _run(self, work: Any) -> None:
        self.save_button.setEnabled(False)
        operation = self.shell.runner.write(lambda _: work(), parent=self, label="window.saving")
        operation.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def _succeed(self, result: Any) -> None:
        self.accept()
        self.done_with.emit(result)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.save)


class LeaveDialog(_ActDialog):
    """One person, or several of a family with a tick each. The number keys choose where to."""

    def __init__(self, parent: QWidget, shell: Shell, people: Sequence[SearchHit]) -> None:
        super().__init__(parent, shell, title="退所", save="退所")
        self.people = list(people)
        self.setMinimumWidth(760)
        one = self.people[0]
        words = f"{one.name or one.kana or one.number} さんの退所" if len(people) == 1 else "家族の退所"
        self._ticks: dict[str, QCheckBox] = {}
        self.destinations: dict[str, QRadioButton] = {}
        self._texts = make_editor(LEAVE_DETAILS.field("destination_text"))
        self._at = MomentEditor(LEAVE_DETAILS.field("at"), shell.context.now())
        details = row(self._texts, self._at.editor, spacing=16)
        details.setStretch(0, 3)
        details.setStretch(1, 2)
        for editor in (self._texts, self._at.editor):
            details.setAlignment(editor, Qt.AlignmentFlag.AlignTop)
        body = column(heading(words), note(self._where()), spacing=10, margins=(24, 18, 24, 14))
        if len(people) > 1:
            body.addWidget(self._family())
        for part in (text("どこへ行きますか（数字のキーで選べます）", role="field"), self._grid(), self.banner):
            body.addWidget(part)
        body.addLayout(details)
        self._finish(body, [("1～9 0", "行き先"), ("Tab", "次の欄"), ("Ctrl+Enter", "退所")])
        next(iter(self.destinations.values())).setFocus()

    def _where(self) -> str:
        one = self.people[0]
        return f"{one.shelter_name} に {moment_text(one.since)} から入所中" if one.shelter_name else ""

    def _family(self) -> QWidget:
        box = QWidget()
        lines = column(spacing=0)
        for hit in self.people:
            tick = NameTick(f"{hit.name or hit.kana}　（{hit.number}　{hit.shelter_name}）")
            tick.setChecked(True)
            self._ticks[hit.id] = tick
            lines.addWidget(tick)
        box.setLayout(lines)
        return box

    def _grid(self) -> QWidget:
        box = frame("well")
        grid = QGridLayout(box)
        group = QButtonGroup(box)
        for place, (key, code) in enumerate(DESTINATION_KEYS):
            choice = QRadioButton(destination_words(key, code))
            choice.setAccessibleName(destination_words(key, code))
            group.addButton(choice)
            self.destinations[code] = choice
            grid.addWidget(choice, place // _COLUMNS, place % _COLUMNS)
        return box

    @property
    def destination(self) -> str:
        """The code chosen, or empty."""
        return next((code for code, choice in self.destinations.items() if choice.isChecked()), "")

    def choose(self, code: str) -> None:
        """Choose where to, and go on to the details."""
        self.destinations[code].setChecked(True)
        self._texts.take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number chooses; Enter goes on to the next field."""
        by_key = dict(DESTINATION_KEYS)
        if event.text() in by_key:
            self.choose(by_key[event.text()])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)

    def save(self) -> None:
        """End the stays."""
        at, readable = self._at.read()
        chosen = [hit.id for hit in self.people if hit.id not in self._ticks or self._ticks[hit.id].isChecked()]
        if not self.destination or not chosen:
            words = "退所先を選んでください。分からないときは「不明」（0）を選びます。" if chosen else "退所する人に印を付けてください。"
            self.banner.show_message(words, tone="warn")
            return
        if not readable:
            return
        ctx, words, where = self.shell.context, self._texts.raw().strip(), self.destination
        if len(chosen) == 1:
            self._run(lambda: reception.check_out(ctx, person_id=chosen[0], destination=where, destination_text=words, at=at))
        else:
            self._run(lambda: reception.check_out_many(ctx, person_ids=chosen, destination=where, destination_text=words, at=at))


class MoveDialog(_ActDialog):
    """To another shelter."""

    def __init__(self, parent: QWidget, shell: Shell, person: SearchHit) -> None:
        super().__init__(parent, shell, title="転所", save="転所")
        self.person = person
        self.setMinimumWidth(680)
        self.shelter = ShelterPicker(empty="移る先の避難所を選んでください")
        self.category = make_editor(spec_field("stay", "category", kind="choice", options="stay.category", default="inside"))
        self.room = make_editor(spec_field("stay", "room", placeholder="例：体育館 A-12"))
        self._at = MomentEditor(moment_field("at", "転所日時"), shell.context.now())
        where = f"いまの避難所：{person.shelter_name}（{moment_text(person.since)} から）" if person.shelter_name else ""
        place = column(text("移る先の避難所", role="field", wrap=False), self.shelter, 1, spacing=3)
        first, second = row(place, self._at.editor, spacing=16), row(self.category, self.room, spacing=16)
        for line in (first, second):
            line.setStretch(0, 1)
            line.setStretch(1, 1)
        first.setAlignment(self._at.editor, Qt.AlignmentFlag.AlignTop)
        body = column(heading(f"{person.name or person.kana} さんの転所"), note(where), self.banner, spacing=10, margins=(24, 18, 24, 16))
        body.addLayout(first)
        body.addLayout(second)
        self._finish(body, [("Enter", "次の欄"), ("Ctrl+Enter", "転所")])
        ctx = shell.context
        shell.runner.read(lambda: ctx.reads.shelters.rows(at=ctx.now()), parent=self).success(self._show_shelters).start()
        self.shelter.setFocus()

    def _show_shelters(self, rows: Any) -> None:
        others = [shelter for shelter in rows if shelter.id != self.person.shelter_id]
        self.shelter.show_shelters(others)
        self.shelter.choose(usual_shelter(self.shell.context, self.shell.preferences, others))
        self.shelter.lineEdit().selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)

    def save(self) -> None:
        """End the one stay and begin the other."""
        at, readable = self._at.read()
        target = self.shelter.shelter_id
        if not target:
            self.banner.show_message("移る先の避難所を選んでください。", tone="warn")
            self.shelter.setFocus()
            return
        if readable:
            ctx, category, room = self.shell.context, self.category.raw(), self.room.raw().strip()
            self._run(lambda: reception.move(ctx, person_id=self.person.id, shelter_id=target, at=at, category=category, room=room))
