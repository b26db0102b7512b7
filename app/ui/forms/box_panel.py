"""One box by numbers: where, how large, what it says, how it is set."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from app.presentation import form_designs as words
from app.printing.layout import STAMP_VARIABLES, Box, FormLayout
from app.ui import ime, theme
from app.ui.widgets.text import column, note, row, text

_TEXTUAL = frozenset({"text", "value", "field", "check"})
_WITH_VARIABLE = frozenset({"value", "field", "qr", "check", "rows", "groups"})
_WITH_WORDS = frozenset({"text", "field", "check", "seal"})
_LINED = frozenset({"frame", "rule", "field", "rows"})
_USED: dict[str, frozenset[str]] = {
    "text": _WITH_WORDS,
    "var": _WITH_VARIABLE,
    "size": _TEXTUAL | {"rows"},
    "min_size": _TEXTUAL | {"rows"},
    "lines": frozenset({"text", "value", "field", "rows"}),
    "align": _TEXTUAL - {"check"},
    "font": _TEXTUAL | {"rows"},
    "line": _LINED,
    "bold": _TEXTUAL,
    "wrap": frozenset({"text", "value", "field"}),
}
"""Which kinds a setting makes a difference to."""


class BoxPanel(QWidget):
    """``changed`` carries the fields a person changed; ``left`` tells that typing has ended."""

    changed = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._box: Box | None = None
        self.head = text("", role="section", wrap=False)
        self.words = QLineEdit(maxLength=300)
        self.words.setAccessibleName("印刷する文字")
        ime.prepare(self.words, "hiragana")
        self.words.textEdited.connect(lambda said: self.changed.emit({"text": said}))
        self.var = QComboBox()
        self.var.setAccessibleName("印刷する値")
        self.var.activated.connect(lambda _: self.changed.emit({"var": self.var.currentData()}))
        self.spins = {name: self._length(name) for name in ("x", "y", "w", "h")}
        for name, low, high, step in (("size", 3.0, 80.0, 0.5), ("min_size", 3.0, 80.0, 0.5), ("line", 0.0, 3.0, 0.05)):
            self.spins[name] = self._spin(name, low, high, step, decimals=2 if name == "line" else 1)
        self.lines = QSpinBox(minimum=1, maximum=40)
        self.lines.setAccessibleName("行数")
        self.lines.valueChanged.connect(lambda value: self.changed.emit({"lines": value}))
        self.align, self.font_box = self._combo("align", words.ALIGNS), self._combo("font", words.FONTS)
        self.bold, self.wrap = QCheckBox("太字（ゴシック）"), QCheckBox("縮めるより折り返す")
        self.bold.clicked.connect(lambda on: self.changed.emit({"bold": on}))
        self.wrap.clicked.connect(lambda on: self.changed.emit({"wrap": on}))
        self._rows: dict[str, list[QWidget]] = {}
        self.hint = note("紙の上の枠を押すか、一覧で選ぶと、ここで文字と位置を変えられます。")
        self.setLayout(self._lay_out())
        self.show_box(None, None)

    # -- building

    def _spin(self, name: str, low: float, high: float, step: float, *, decimals: int = 1) -> QDoubleSpinBox:
        made = QDoubleSpinBox(minimum=low, maximum=high, singleStep=step, decimals=decimals)
        made.setKeyboardTracking(False)
        made.setAccessibleName(words.SETTINGS.get(name, name))
        made.valueChanged.connect(lambda value: self.changed.emit({name: round(value, 3)}))
        made.editingFinished.connect(self.left)
        return made

    def _length(self, name: str) -> QDoubleSpinBox:
        made = self._spin(name, 0.0, 420.0, 0.5)
        made.setAccessibleName({"x": "左から mm", "y": "上から mm", "w": "幅 mm", "h": "高さ mm"}[name])
        return made

    def _combo(self, name: str, choices: Any) -> QComboBox:
        made = QComboBox()
        for code, said in choices.items():
            made.addItem(said, code)
        made.setAccessibleName(words.SETTINGS[name])
        made.activated.connect(lambda _: self.changed.emit({name: made.currentData()}))
        return made

    def _lay_out(self) -> Any:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(5)
        for place, (label, key, widget) in enumerate(
            (
                ("左から", "x", self.spins["x"]), ("上から", "y", self.spins["y"]), ("幅", "w", self.spins["w"]), ("高さ", "h", self.spins["h"]),
                ("大きさ", "size", self.spins["size"]), ("最小", "min_size", self.spins["min_size"]), ("そろえ", "align", self.align),
                ("書体", "font", self.font_box), ("行数", "lines", self.lines), ("線の太さ", "line", self.spins["line"]),
            )
        ):  # fmt: skip
            caption = text(label, role="field", wrap=False)
            caption.setBuddy(widget)
            caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            widget.setMinimumWidth(theme.current().px(78))
            at, side = divmod(place, 2)
            grid.addWidget(caption, at, side * 2)
            grid.addWidget(widget, at, side * 2 + 1)
            self._rows[key] = [caption, widget]
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        said, var = text("文字", role="field", wrap=False), text("値", role="field", wrap=False)
        self._rows |= {"text": [said, self.words], "var": [var, self.var], "bold": [self.bold], "wrap": [self.wrap]}
        first, second = row(said, self.words, spacing=6), row(var, self.var, spacing=6)
        first.setStretch(1, 1)
        second.setStretch(1, 1)
        return column(self.head, first, second, grid, row(self.bold, self.wrap, 1, spacing=12), spacing=6)

    # -- showing

    def show_box(self, box: Box | None, layout: FormLayout | None, *, editable: bool = True) -> None:
        """Fill in what a box is; None: nothing is selected."""
        new = self._box is None or box is None or self._box.kind != box.kind
        self._box = box
        self.hint.setVisible(box is None)
        self.head.setVisible(box is not None)
        for name, widgets in self._rows.items():
            shown = box is not None and (box.kind in _USED[name] if name in _USED else True)
            for widget in widgets:
                widget.setVisible(shown)
                if new or not editable:
                    widget.setEnabled(editable)
        if box is None or layout is None:
            return
        self.head.setText(words.KINDS.get(box.kind, box.kind))
        self._fill_variables(layout)
        self._fill(box)

    def _fill(self, box: Box) -> None:
        blockers = [QSignalBlocker(widget) for widget in (*self.spins.values(), self.lines, self.bold, self.wrap)]
        for name, spin in self.spins.items():
            spin.setValue(getattr(box, name))
        self.lines.setValue(box.lines)
        self.bold.setChecked(box.bold)
        self.wrap.setChecked(box.wrap)
        del blockers
        self.align.setCurrentIndex(self.align.findData(box.align))
        self.font_box.setCurrentIndex(self.font_box.findData(box.font))
        self.var.setCurrentIndex(max(0, self.var.findData(box.var)))
        if self.words.text() != box.text:
            self.words.setText(box.text)

    def _fill_variables(self, layout: FormLayout) -> None:
        wanted = [("", "（選んでください）"), *((name, one.label) for name, one in layout.variables.items())]
        wanted += [(name, words.STAMPS[name]) for name in STAMP_VARIABLES if name in words.STAMPS]
        if [self.var.itemData(place) for place in range(self.var.count())] != [name for name, _ in wanted]:
            self.var.clear()
            for name, label in wanted:
                self.var.addItem(label.partition("（")[0] if name else label, name)

    def take_focus(self) -> None:
        """Where one writes: the words, the value, or the first number."""
        for widget in (self.words, self.var, self.spins["x"]):
            if widget.isVisible() and widget.isEnabled():
                widget.setFocus()
                if isinstance(widget, QLineEdit):
                    widget.selectAll()
                return
