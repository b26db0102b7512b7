"""One editor per kind of field: label above, input, and below it help, what was understood, or what is wrong."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.presentation.forms.spec import FieldSpec, postal_digits, read_back
from app.ui import ime, theme
from app.ui.glyphs.keys import keep_clusters
from app.ui.glyphs.screen import current as glyphs
from app.ui.widgets.text import button, restyle, text

_RADIO_MOST = 4
_RADIO_LETTERS = 22
_FLAG_COLUMNS = 4
WIDE = frozenset({"multiline", "flags", "folder", "file"})


class FieldEditor(QWidget):
    """The editor of one field. ``changed`` carries the raw text; ``raw`` and ``set_raw`` read and write it."""

    changed = Signal(str)

    def __init__(self, spec: FieldSpec, *, marks: bool = True) -> None:
        super().__init__()
        self.spec = spec
        self._help, self._help_tone = spec.help, ""
        self._problem = ""
        self._note = text("", role="help")
        self._note.setVisible(False)
        self._drawn = text("", role="drawn")
        self._drawn.setVisible(False)
        caption = text(spec.label, role="field", wrap=False)
        head = QHBoxLayout()
        head.setSpacing(theme.current().px(6))
        head.addWidget(caption)
        if spec.required and marks:
            head.addWidget(text("必須", role="required", wrap=False))
        head.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().px(5))
        layout.addLayout(head)
        self.input = self._build()
        layout.addWidget(self.input)
        layout.addWidget(self._drawn)
        layout.addWidget(self._note)
        target = self.target
        caption.setBuddy(target)
        target.setAccessibleName(spec.label + ("（必須）" if spec.required else ""))
        target.setAccessibleDescription(spec.help)
        target.installEventFilter(self)
        ime.prepare(target, spec.hint)
        self.set_raw(spec.default)
        self._explain()

    # what each kind builds and answers

    def _build(self) -> QWidget:
        raise NotImplementedError

    @property
    def target(self) -> QWidget:
        """The widget that takes the focus."""
        return self.input

    def raw(self) -> str:
        """The text as it stands."""
        raise NotImplementedError

    def set_raw(self, value: str) -> None:
        """Put a text in."""
        raise NotImplementedError

    # messages

    def show_problem(self, words: str) -> None:
        """Say what is wrong beside the field; empty takes it away."""
        self._problem = words
        restyle(self.target, state="problem" if words else "")
        self._explain()

    def show_help(self, words: str, *, tone: str = "") -> None:
        """Another line of help, e.g. how strong a password is."""
        self._help, self._help_tone = words, tone
        self._explain()

    @property
    def problem(self) -> str:
        """What is shown as wrong."""
        return self._problem

    def note(self) -> str:
        """The line under the input."""
        return self._note.text()

    def _show_drawn(self) -> None:
        """Fields show the base of a variation sequence and a box for what Qt has no font for: say below how it will be drawn."""
        raw = "" if self.spec.kind == "password" else self.raw()
        drawn = "" if glyphs().is_plain(raw) else f"表示　{raw}"
        if drawn != self._drawn.text():
            self._drawn.setText(drawn)
            self._drawn.setVisible(bool(drawn))

    def _explain(self) -> None:
        """One line under the input: the problem first, else what was understood, else the help."""
        self._show_drawn()
        words, role = self._problem, "problem"
        if not words:
            understood, _ = read_back(self.spec, self.raw())
            words, role = (f"→ {understood}", "understood") if understood else (self._help, "help")
        self._note.setText(f"⚠ {words}" if role == "problem" else words)
        self._note.setVisible(bool(words))
        tone = self._help_tone if role == "help" else ""
        self.target.setAccessibleDescription(words)
        if (self._note.property("role"), self._note.property("tone") or "") != (role, tone):
            restyle(self._note, role=role, tone=tone)

    def _edited(self, *_: Any) -> None:
        if self._problem:
            self.show_problem("")
        else:
            self._explain()
        self.changed.emit(self.raw())

    def take_focus(self) -> None:
        """Put the keyboard here."""
        self.target.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Switch the input method with the focus; say a wrong date as soon as the field is left."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            ime.switch(watched, self.spec.hint)
        elif event.type() == QEvent.Type.FocusOut and not self._problem:
            _, problem = read_back(self.spec, self.raw())
            if problem:
                self.show_problem(problem)
        return super().eventFilter(watched, event)


class LineEditor(FieldEditor):
    """Text on one line: names, kana, dates, numbers, phones, passwords."""

    def _build(self) -> QWidget:
        line = QLineEdit()
        line.setPlaceholderText(self.spec.placeholder or _PLACEHOLDERS.get(self.spec.kind, ""))
        line.textEdited.connect(self._edited)
        keep_clusters(line)
        if self.spec.kind == "password":
            line.setEchoMode(QLineEdit.EchoMode.Password)
        if self.spec.width:
            line.setMaximumWidth(theme.current().px(self.spec.width * 15 + 24))
        return line

    def raw(self) -> str:
        return self.input.text()

    def set_raw(self, value: str) -> None:
        self.input.setText(value)
        self._explain()


class MultilineEditor(FieldEditor):
    """Several lines; Tab leaves it."""

    def _build(self) -> QWidget:
        area = QPlainTextEdit()
        area.setTabChangesFocus(True)
        area.setPlaceholderText(self.spec.placeholder)
        area.setFixedHeight(theme.current().px(64))
        area.textChanged.connect(self._edited)
        keep_clusters(area)
        return area

    def raw(self) -> str:
        return self.input.toPlainText()

    def set_raw(self, value: str) -> None:
        self.input.setPlainText(value)


class ComboEditor(FieldEditor):
    """One of many codes; typing the beginning of a word jumps to it."""

    def _build(self) -> QWidget:
        combo = QComboBox()
        combo.setMaxVisibleItems(16)
        if not self.spec.default and not self.spec.required:
            combo.addItem("―", "")
        for code, word in self.spec.codes:
            combo.addItem(word, code)
        combo.currentIndexChanged.connect(self._edited)
        return combo

    def raw(self) -> str:
        return self.input.currentData() or ""

    def set_raw(self, value: str) -> None:
        place = self.input.findData(value)
        self.input.setCurrentIndex(place if place >= 0 or not value else 0)


class RadioEditor(FieldEditor):
    """One of a few codes, all in sight; arrow keys move."""

    def _build(self) -> QWidget:
        box = QWidget()
        layout = QHBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().px(6))
        self._group = QButtonGroup(box)
        self._buttons: dict[str, QRadioButton] = {}
        for code, word in self.spec.codes:
            choice = QRadioButton(word)
            choice.setAccessibleName(f"{self.spec.label} {word}")
            self._group.addButton(choice)
            self._buttons[code] = choice
            layout.addWidget(choice)
        layout.addStretch()
        self._group.buttonToggled.connect(self._toggled)
        return box

    def _toggled(self, chosen: QAbstractButton, on: bool) -> None:
        """One tab stop for the whole row: the choice in force."""
        chosen.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus)
        if on:
            for other in self._group.buttons():
                if other is not chosen:
                    other.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._edited()

    @property
    def target(self) -> QWidget:
        return self._group.checkedButton() or next(iter(self._buttons.values()))

    def raw(self) -> str:
        return next((code for code, choice in self._buttons.items() if choice.isChecked()), "")

    def set_raw(self, value: str) -> None:
        if value in self._buttons:
            self._buttons[value].setChecked(True)


class FlagsEditor(FieldEditor):
    """Any of several codes, as a grid of ticks."""

    def _build(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.current().px(10))
        grid.setVerticalSpacing(0)
        self._boxes: dict[str, QCheckBox] = {}
        for place, (code, word) in enumerate(self.spec.codes):
            tick = QCheckBox(word)
            tick.setAccessibleName(f"{self.spec.label} {word}")
            tick.toggled.connect(self._edited)
            self._boxes[code] = tick
            grid.addWidget(tick, place // _FLAG_COLUMNS, place % _FLAG_COLUMNS)
        return box

    @property
    def target(self) -> QWidget:
        return next(iter(self._boxes.values()))

    def raw(self) -> str:
        return ",".join(code for code, tick in self._boxes.items() if tick.isChecked())

    def set_raw(self, value: str) -> None:
        wanted = set(value.split(","))
        for code, tick in self._boxes.items():
            tick.setChecked(code in wanted)


class YesNoEditor(FieldEditor):
    """One tick; its words are the label."""

    def _build(self) -> QWidget:
        tick = QCheckBox("はい")
        tick.toggled.connect(self._edited)
        return tick

    def raw(self) -> str:
        return "yes" if self.input.isChecked() else "no"

    def set_raw(self, value: str) -> None:
        self.input.setChecked(value == "yes")


class FolderEditor(FieldEditor):
    """A folder or a file: typed, or chosen."""

    def _build(self) -> QWidget:
        box = QWidget()
        layout = QHBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.spec.placeholder)
        self._line.textEdited.connect(self._edited)
        choose = button("選ぶ…", icon="folder")
        choose.setAccessibleName(f"{self.spec.label}を選ぶ")
        choose.clicked.connect(self._choose)
        layout.addWidget(self._line, 1)
        layout.addWidget(choose)
        return box

    @property
    def target(self) -> QWidget:
        return self._line

    def raw(self) -> str:
        return self._line.text()

    def set_raw(self, value: str) -> None:
        self._line.setText(value)

    def _choose(self) -> None:
        start = self.raw() or os.path.expanduser("~")
        if self.spec.kind == "file":
            chosen, _ = QFileDialog.getOpenFileName(self, self.spec.label, start)
        else:
            chosen = QFileDialog.getExistingDirectory(self, self.spec.label, start)
        if chosen:
            self.set_raw(os.path.normpath(chosen))
            self._edited()


_PLACEHOLDERS = {"birth": "S20.3.1", "date": "R6.1.1", "instant": "R6.1.5 18:00", "postal": "926-0811", "phone": "0767-53-1111"}
_EDITORS: dict[str, type[FieldEditor]] = {
    "multiline": MultilineEditor,
    "flags": FlagsEditor,
    "yesno": YesNoEditor,
    "folder": FolderEditor,
    "file": FolderEditor,
}


def make_editor(spec: FieldSpec, *, marks: bool = True) -> FieldEditor:
    """The editor that suits a field."""
    if spec.kind == "choice":
        words = [word for _, word in spec.codes]
        few = len(words) <= _RADIO_MOST and sum(map(len, words)) <= _RADIO_LETTERS and (spec.default or spec.required)
        return RadioEditor(spec, marks=marks) if few else ComboEditor(spec, marks=marks)
    return _EDITORS.get(spec.kind, LineEditor)(spec, marks=marks)


def address_of(postal: str) -> str:
    """The address that a typed postal code stands for: what all places with that code have in common; empty if unknown."""
    digits = postal_digits(postal)
    if not digits:
        return ""
    from app.domain.postal import find_address

    return os.path.commonprefix([place.text for place in find_address(digits)])
