"""競合: what was changed in two places without knowing of each other, one case after the other, by keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QProgressBar, QSplitter, QWidget

from app.domain.errors import SasaeError
from app.presentation.conflict_words import Names
from app.presentation.forms.conflict import form_values, third_value_form, to_journal
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.conflicts.naming import name_references
from app.ui.conflicts.pane import LETTERS, ConflictPane
from app.ui.conflicts.tree import ConflictTree
from app.ui.page import Page, Shell
from app.ui.runner import Changes
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, row, text
from app.usecases.conflicts import list_conflicts, settle_conflict
from app.usecases.exchange_rows import ConflictView

_NONE = "別々の拠点で、互いを知らずに直された記録があると、ここに並びます。受け渡しで取り込んだあとに確かめてください。"
_OPENED = {"person": "person_id", "stay": "person_id", "absence": "person_id"}


class ConflictsPage(Page):
    """``go('conflicts', conflict_id=…)``. A, B… take a side, W both, E another value, S later, N and P walk, R the reason."""

    key = "conflicts"
    kinds = frozenset({"conflict", "package", "person", "stay", "household", "shelter"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.views: dict[str, ConflictView] = {}
        self.states: dict[str, str] = {}
        self._names: Names = {}
        self._writing = 0
        self._again = False
        self._settled = 0
        self._wanted = ""
        self.left = text("", role="heading", wrap=False)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumHeight(theme.current().px(8))
        self.tree, self.pane = ConflictTree(), ConflictPane()
        self.empty = EmptyState(
            "決めることはありません", _NONE, icon="success", actions=[("受け渡しへ", "usb", lambda: shell.go("exchange"))]
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        again = button("読み直す（F5）", icon="refresh")
        again.clicked.connect(self.refresh)
        self.tools.addWidget(again)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        for part in (self.tree, self.pane):
            split.addWidget(part)
        split.setSizes([theme.current().px(360), theme.current().px(750)])
        split.setStretchFactor(1, 1)
        self.work = QWidget()
        hints = KeyHints(
            [
                ("A・B", "その側にする"),
                ("W", "両方"),
                ("E", "別の値"),
                ("S", "後で"),
                ("N・P", "次・前"),
                ("R", "理由"),
                ("O", "記録を開く"),
            ]
        )
        whole = column(row(self.left, 1), self.progress, split, hints, spacing=8)
        whole.setStretch(2, 1)
        self.work.setLayout(whole)
        self.body.addWidget(self.work, 1)
        self.body.addWidget(self.empty, 1)
        self.work.hide()

    def _connect(self) -> None:
        self.tree.picked.connect(self._show)
        self.pane.taken.connect(self.take)
        self.pane.typed.connect(self.type_value)
        self.pane.put_off.connect(self.put_off)
        self.pane.opened.connect(self.open_record)
        keys: list[tuple[str, Any]] = [(letter, lambda letter=letter: self._press(letter)) for letter in LETTERS if letter != "E"]
        keys += [("W", lambda: self._press("both")), ("E", self.type_value), ("S", self.put_off), ("O", self.open_record)]
        keys += [("N", lambda: self.walk(1)), ("P", lambda: self.walk(-1)), ("R", self.pane.reason.setFocus)]
        for word, act in keys:
            made = QShortcut(QKeySequence(word), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.setAutoRepeat(word in "NP")  # a key held down must not decide about what nobody has looked at
        leave = QShortcut(QKeySequence("Esc"), self.pane.reason, self.tree.setFocus, context=Qt.ShortcutContext.WidgetShortcut)
        leave.setAutoRepeat(False)
        self.pane.reason.returnPressed.connect(self.tree.setFocus)

    # -- reading

    def refresh(self) -> None:
        """All open conflicts, with the names of what they point to. While decisions are on their way the list would be half old: after them."""
        if self._writing:
            self._again = True
            return
        ctx = self.context

        def read() -> tuple[Sequence[ConflictView], Names]:
            found = list_conflicts(ctx)
            return found, name_references(ctx, found)

        self.runner.read(read, parent=self, latest="conflicts").success(lambda both: self._arrived(*both)).start()

    def _arrived(self, views: Sequence[ConflictView], names: Names) -> None:
        if self._writing:
            self._again = True
        else:
            self.show_views(views, names)

    def show_views(self, views: Sequence[ConflictView], names: Names) -> None:
        """Show these; the one in sight stays in sight, what was put off stays put off."""
        before = self._wanted or self.tree.current_id
        self._wanted = ""
        self.views, self._names = {view.id: view for view in views}, names
        self.states = {view.id: self.states[view.id] for view in views if self.states.get(view.id) == "later"}
        self.tree.show_views(views, self.states)
        had_keyboard = self.focusWidget() is not None and self.isVisible()
        self.work.setVisible(bool(views))
        self.empty.setVisible(not views)
        self._tell()
        if views:
            self.tree.make_current(before if before in self.views else self.tree.order[0])
            self._show(self.tree.current_id)
        if had_keyboard and not self.pane.reason.hasFocus():
            self.take_focus()

    def touched(self, changes: Changes) -> bool:
        """What is decided here is known here."""
        return not self._writing and super().touched(changes)

    def arrive(self, **arguments: Any) -> None:
        """``conflict_id`` or ``record_id`` comes into sight."""
        wanted = str(arguments.get("conflict_id") or "")
        record = str(arguments.get("record_id") or "")
        found = next((view.id for view in self.views.values() if record and record in (view.record, view.person_id)), wanted)
        self._wanted = found
        self.tree.make_current(found)
        self.take_focus()

    def take_focus(self) -> None:
        """Keys go to the list, or to the way on."""
        if self.work.isVisibleTo(self):
            self.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.empty.buttons[0].setFocus()

    def _show(self, conflict_id: str) -> None:
        view = self.views.get(conflict_id)
        if view is not None:
            self.pane.reason.clear()
            self.pane.show_view(view, self._names, state=self.states.get(conflict_id, ""), may=self.may("settle"))

    def _tell(self) -> None:
        waiting = sum(self.states.get(one) != "settled" for one in self.views)
        self.left.setText(f"決めたもの {self._settled:,} / {self._settled + waiting:,}")
        self.progress.setRange(0, max(1, self._settled + waiting))
        self.progress.setValue(self._settled)
        self.work.setAccessibleName(self.left.text())

    # -- deciding

    @property
    def current(self) -> ConflictView | None:
        """The conflict in sight."""
        return self.pane.view if self.pane.view is not None and self.pane.view.id in self.views else None

    def _press(self, take: str) -> None:
        """A key does what its button does, and nothing where the button is not there."""
        made = self.pane.both_button if take == "both" else self.pane.side_buttons[LETTERS.index(take)]
        if self.work.isVisibleTo(self) and made.isVisibleTo(self) and made.isEnabled():
            self.take(take)

    def take(self, take: str | Mapping[str, Any], reason: str = "") -> None:
        """Decide the one in sight and go on at once; when writing fails it waits again."""
        view = self.current
        if view is None or self.states.get(view.id) == "settled":
            return
        ctx, why, conflict_id = self.context, reason or self.pane.reason.text().strip(), view.id
        self._writing += 1
        self._mark(conflict_id, "settled")
        self._settled += 1
        self._tell()
        self.banner.show_message("")
        work = self.runner.write(
            lambda _: settle_conflict(
                ctx,
                conflict_id=conflict_id,
                take=take if isinstance(take, str) else "",
                values=None if isinstance(take, str) else take,
                reason=why,
            ),
            parent=self,
            label="site.settling",
        )
        work.success(lambda _: self._written()).failure(lambda error: self._not_written(conflict_id, error)).start()
        self._go_on()

    def _written(self) -> None:
        self._writing -= 1
        if not self._writing and not self._waiting():
            self.shell.say("競合をすべて決めました")
            self._again = True
        self._catch_up()

    def _catch_up(self) -> None:
        if self._again and not self._writing:
            self._again = False
            self.refresh()

    def _not_written(self, conflict_id: str, error: Exception) -> None:
        self._writing -= 1
        self._settled -= 1
        self._mark(conflict_id, "")
        self._tell()
        self.tree.make_current(conflict_id)
        self._show(conflict_id)
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
        self._catch_up()

    def type_value(self) -> FormDialog | None:
        """A value of one's own."""
        view = self.current
        if view is None or not (self.pane.type_button.isVisibleTo(self) and self.pane.type_button.isEnabled()):
            return None
        spec = third_value_form(view)
        values = {**form_values(view), "_reason": self.pane.reason.text().strip()}
        dialog = FormDialog(self, spec, save=lambda _: None, values=values, columns=1, lead=self.pane.what.text())
        dialog.setMinimumWidth(theme.current().px(680))
        dialog.saved.connect(lambda typed: self.take(*to_journal(typed)))
        dialog.open()
        return dialog

    def put_off(self) -> None:
        """Later: those never looked at come first."""
        view = self.current
        if view is not None and self.states.get(view.id) != "settled":
            self._mark(view.id, "later")
            self._go_on()

    def open_record(self) -> None:
        """The person's file, or the history of the record."""
        view = self.current
        if view is None:
            return
        if view.person_id and view.kind in _OPENED:
            self.shell.go("evacuees", person_id=view.person_id)
        elif self.may("audit"):
            self.shell.go("history", record_id=view.record)

    def walk(self, step: int) -> None:
        """To the next or last one, decided or not."""
        order = self.tree.order
        if self.current is not None and 0 <= (at := order.index(self.current.id) + step) < len(order):
            self.tree.make_current(order[at])

    def _mark(self, conflict_id: str, state: str) -> None:
        self.states[conflict_id] = state
        self.tree.mark(conflict_id, state)

    def _waiting(self) -> list[str]:
        return [one for one in self.tree.order if self.states.get(one, "") != "settled"]

    def _go_on(self) -> None:
        """To the next that waits: first those never put off."""
        order, current = self.tree.order, self.current
        at = order.index(current.id) if current is not None else -1
        turned = [*order[at + 1 :], *order[: at + 1]]
        following = next((one for one in turned if not self.states.get(one)), None)
        following = following or next((one for one in turned[:-1] if self.states.get(one) == "later"), None)
        if following is not None:
            self.tree.make_current(following)
        elif current is not None:
            self._show(current.id)
