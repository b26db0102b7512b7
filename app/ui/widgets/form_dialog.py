"""A FormSpec as a dialog. Enter goes to the next field, Ctrl+Enter and Ctrl+S save, Esc leaves; messages stand beside fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QMessageBox, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.presentation.forms.spec import FormSpec, SectionSpec
from app.presentation.messages import message
from app.ui import faults, icons, theme
from app.ui.glyphs.screen import current as glyphs
from app.ui.runner import Operation
from app.ui.widgets.banner import Banner
from app.ui.widgets.fields import WIDE, FieldEditor, address_of, make_editor
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.postal_hint import PostalHint
from app.ui.widgets.text import button, column, frame, heading, note, row

Save = Callable[[dict[str, Any]], Operation[Any] | None]


class FormBody(QWidget):
    """The editors of a form in columns, without buttons; for dialogs, the guide and settings. ``marks`` shows what is required."""

    changed = Signal()

    def __init__(self, spec: FormSpec, *, values: Mapping[str, Any] | None = None, columns: int = 2, marks: bool = True) -> None:
        super().__init__()
        self.spec, self._marks = spec, marks
        self.editors: dict[str, FieldEditor] = {}
        self._filled: dict[str, str] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().px(14))
        for section in spec.sections:
            layout.addWidget(self._build(section, columns))
        layout.addStretch()
        for key, editor in self.editors.items():
            if editor.spec.fills in self.editors:
                PostalHint(self.editors[key], self.editors[editor.spec.fills])
        if values is not None:
            self.set_values(values)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Fill from values; what is missing gets its default."""
        for key, raw in self.spec.raw(values).items():
            self.editors[key].set_raw(raw)

    def raw(self) -> dict[str, str]:
        """All texts as they stand."""
        return {key: editor.raw() for key, editor in self.editors.items()}

    def read(self) -> dict[str, Any] | None:
        """The values, or None after putting messages beside the fields and the keyboard into the first of them."""
        values, problems = self.spec.parse(self.raw())
        self.show_problems(problems)
        return None if problems else values

    def show_problems(self, problems: Mapping[str, str]) -> bool:
        """Messages beside the fields; answers whether every one had its field."""
        for key, editor in self.editors.items():
            editor.show_problem(problems.get(key, ""))
        first = next((editor for key, editor in self.editors.items() if key in problems), None)
        if first is not None:
            self._unfold(first)
            first.take_focus()
        return set(problems) <= set(self.editors)

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        next(iter(self.editors.values())).take_focus()

    def _build(self, section: SectionSpec, columns: int) -> QWidget:
        box = QWidget()
        outer = QVBoxLayout(box)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.current().px(6))
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.current().px(18))
        grid.setVerticalSpacing(theme.current().px(14))
        for place in range(columns):
            grid.setColumnStretch(place, 1)
        if section.title:
            outer.addWidget(self._fold(section, inner) if section.folded else heading(section.title))
        if section.note:
            outer.addWidget(note(section.note))
        at = 0
        for spec in section.fields:
            editor = make_editor(spec, marks=self._marks)
            editor.changed.connect(self.changed)
            self.editors[spec.key] = editor
            if spec.fills:
                editor.changed.connect(lambda raw, target=spec.fills: self._fill(target, raw))
            span = columns if spec.kind in WIDE else 1
            if at % columns + span > columns:
                at += columns - at % columns
            grid.addWidget(editor, at // columns, at % columns, 1, span, Qt.AlignmentFlag.AlignTop)
            at += span
        outer.addWidget(inner)
        return box

    def _fold(self, section: SectionSpec, inner: QWidget) -> QToolButton:
        toggle = QToolButton(text=section.title, checkable=True, toolButtonStyle=Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        toggle.setProperty("role", "section")
        inner.setVisible(False)
        inner.setProperty("toggle", toggle)

        def turn(on: bool) -> None:
            inner.setVisible(on)
            toggle.setIcon(icons.icon("chevron-down" if on else "chevron-right", size=16))

        toggle.toggled.connect(turn)
        turn(False)
        return toggle

    @staticmethod
    def _unfold(editor: FieldEditor) -> None:
        toggle = editor.parentWidget().property("toggle")
        if toggle is not None:
            toggle.setChecked(True)

    def _fill(self, target: str, raw: str) -> None:
        """A postal code fills the address as long as nobody typed another one."""
        editor, found = self.editors.get(target), address_of(raw)
        if editor is not None and found and editor.raw() in ("", self._filled.get(target, "")):
            editor.set_raw(found)
            self._filled[target] = found


class FormDialog(QDialog):
    """``save`` gets the values and answers an operation, not yet started (or None when there is nothing to run).

    The dialog closes when it succeeds and emits ``saved`` with the result. ``current`` answers the record as it is stored now
    (values by field); with it, a stale record is compared field by field, and ``rebase`` is called before saving again.
    """

    saved = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        spec: FormSpec,
        *,
        save: Save,
        values: Mapping[str, Any] | None = None,
        current: Callable[[], Mapping[str, Any]] | None = None,
        rebase: Callable[[], object] | None = None,
        lead: str = "",
        columns: int = 2,
    ) -> None:
        super().__init__(parent)
        self.spec, self._save_with, self._current, self._rebase = spec, save, current, rebase
        self.setWindowTitle(spec.title)
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.body = FormBody(spec, values=values, columns=columns)
        self._before = self.body.raw()
        self.banner = Banner()
        self.banner.hide()
        self.save_button = button(f"{spec.save}（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        top = column(heading(spec.title), *([note(lead)] if lead else []), self.banner, spacing=6, margins=(24, 18, 24, 8))
        hints = KeyHints([("Enter", "次の欄")])
        footer = frame("footer", row(hints, 1, cancel, self.save_button, margins=(20, 10, 20, 10)))
        self.setLayout(column(top, self._scroll(), footer, spacing=0))
        for keys in (QKeySequence("Ctrl+S"), QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")):
            QShortcut(keys, self, self.save)
        self._fit(columns)
        self.body.focus_first()

    def _scroll(self) -> QScrollArea:
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self.body, margins=(24, 6, 24, 16)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self._area = area
        return area

    def _fit(self, columns: int) -> None:
        """As wide as the columns want and as high as the fields need, within the screen."""
        scale, room = theme.current(), self.screen().availableGeometry()
        width = min(scale.px(380 * columns + 60), room.width() - 40)
        outer = self.layout()
        around = outer.itemAt(0).sizeHint().height() + outer.itemAt(2).sizeHint().height() + 30
        self.resize(width, min(self.body.layout().totalHeightForWidth(width - 56) + around, room.height() - 60))

    def showEvent(self, event: QShowEvent) -> None:
        """Wrapped lines are only known once laid out: grow rather than scroll while the screen has room."""
        super().showEvent(event)
        self.layout().activate()
        hidden = self._area.verticalScrollBar().maximum()
        if hidden:
            self.resize(self.width(), min(self.height() + hidden, self.screen().availableGeometry().height() - 60))

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what the dialog opened with."""
        return self.body.raw() != self._before

    def save(self) -> None:
        """Read the fields; when all is well, run the save."""
        if not self.save_button.isEnabled():
            return
        values = self.body.read()
        if values is None:
            return
        operation = self._save_with(values)
        if operation is None:
            self._succeed(values)
            return
        self.save_button.setEnabled(False)
        operation.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def _succeed(self, result: Any) -> None:
        self._before = self.body.raw()
        self.accept()
        self.saved.emit(result)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, StaleRecord) and self._current is not None:
            self._reconcile()
        else:
            faults.show(self, error, retry=self.save)

    def _reconcile(self) -> None:
        """Somebody else saved first: choose per field between what is here and what is stored, then save on top of that."""
        from app.ui.widgets.stale import StaleDialog

        assert self._current is not None
        stored = self.spec.raw(self._current())
        dialog = StaleDialog(self, self.spec, mine=self.body.raw(), theirs=stored, before=self._before)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        for key, raw in dialog.chosen().items():
            self.body.editors[key].set_raw(raw)
        self._before = stored
        if self._rebase is not None:
            self._rebase()
        self.banner.show_message("相手の変更を取り込みました。内容を確かめて、もう一度保存してください。", tone="info")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter walks through the fields; on a button it presses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            focused = self.focusWidget()
            if hasattr(focused, "click") and not hasattr(focused, "isChecked"):
                focused.click()
            elif focused is self.save_button:
                self.save()
            else:
                self.focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when something was typed."""
        if self.dirty and not ask(self, "入力した内容を捨てますか？", "まだ保存していません。", yes="捨てて閉じる", no="入力に戻る"):
            return
        super().reject()


def ask(parent: QWidget | None, question: str, detail: str = "", *, yes: str = "はい", no: str = "いいえ", danger: bool = True) -> bool:
    """A question with two answers; Esc is no. ``danger`` puts the keyboard on no."""
    box = QMessageBox(parent)
    box.setWindowTitle("確認")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(glyphs().write_out(question))
    box.setInformativeText(glyphs().write_out(detail))
    agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    box.setEscapeButton(refuse)
    box.setDefaultButton(refuse if danger else agree)
    agree.setProperty("role", "danger" if danger else "primary")
    box.exec()
    return box.clickedButton() is agree
