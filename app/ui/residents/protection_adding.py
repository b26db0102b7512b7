"""Registering a protection measure: who, who is named with them, and the term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.presentation.columns.evacuee import HITS
from app.presentation.columns.texts import birth_era
from app.presentation.forms.protection import TERM
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.reception.hit_table import HitTable
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import persons, protections, residents
from app.usecases.protections import Target
from app.usecases.rows import ResidentView, SearchHit


def day_text(value: Any) -> str:
    """A day of a form as the use case takes it."""
    return value.isoformat() if isinstance(value, date) else str(value or "")


def target_of(hit: SearchHit) -> Target:
    """Whom a hit means."""
    return Target(person_id=hit.id) if hit.kind == "person" else Target(resident_id=hit.id)


Companion = tuple[str, str, Target]
"""name, particulars, target"""


class ProtectionDialog(QDialog):
    """``added`` carries the ids of the measures, the applicant's first."""

    added = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle(TERM.title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.box = SearchBox("氏名・カナ・生年月日・宛名の住所で探す", name="申出者を検索")
        self.box.typed.connect(self.find)
        self.box.entered.connect(self.find)
        self.table = HitTable(HITS, name="見つかった人", preferences=shell.preferences)
        self.table.chosen.connect(lambda _: self._choose())
        self.box.down.connect(self.table.focus_first)
        self.banner = Banner()
        self.banner.hide()
        self._ticks: list[tuple[QCheckBox, Target]] = []
        self._companions = QVBoxLayout()
        self._companions.setSpacing(2)
        self.body = FormBody(TERM, values={"starts": protections.today(shell.context).isoformat()}, columns=2)
        self.save_button = button(f"{TERM.save}（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        self.save_button.setEnabled(False)
        self._lay_out()

    def _lay_out(self) -> None:
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        side = column(
            text("併せて求める者（同じ世帯の人）", role="field"),
            self._companions,
            note("印を付けた人も一緒に登録します。"),
            self.body,
            1,
            spacing=8,
        )
        left = column(self.box, self.table, spacing=8)
        left.setStretch(1, 1)
        middle = row(left, side, spacing=20)
        middle.setStretch(0, 3)
        middle.setStretch(1, 2)
        lead = note(
            "登録すると、すでに受け付けた記録も、あとから取り込む住民データも、その場で見えなくなります（支援措置の役割がある人を除く）。"
        )
        body = column(heading(TERM.title), lead, self.banner, middle, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(3, 1)
        footer = frame("footer", row(KeyHints([("↓", "一覧へ"), ("Space", "印")]), 1, cancel, self.save_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1180), room.width() - 30), min(look.px(640), room.height() - 40))
        self.box.setFocus()

    def find(self, words: str) -> None:
        """Search registered people and residents."""
        self.table.find(words, shell=self.shell, then=self._choose)

    @property
    def chosen(self) -> SearchHit | None:
        """The person that is current."""
        return self.table.current_row()

    def _choose(self) -> None:
        hit = self.chosen
        self.save_button.setEnabled(hit is not None)
        self.show_companions(())
        if hit is None:
            return
        ctx = self.shell.context
        read = self.shell.runner.write(lambda _: companions_of(ctx, hit), parent=self, label="lists.reading")
        read.success(lambda found: self.show_companions(found) if self.chosen == hit else None).start()

    def show_companions(self, found: Sequence[Companion]) -> None:
        """Offer the rest of the household to tick; nobody is ticked by itself."""
        while (item := self._companions.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        self._ticks = []
        for name, particulars, target in found:
            tick = QCheckBox(f"{name}　{particulars}")
            self._ticks.append((tick, target))
            self._companions.addWidget(tick)
        if not found:
            self._companions.addWidget(note("いません"))

    @property
    def ticks(self) -> list[QCheckBox]:
        """The boxes of the household, in order."""
        return [tick for tick, _ in self._ticks]

    def save(self) -> None:
        """Write."""
        hit = self.chosen
        values = self.body.read()
        if hit is None or values is None or not self.save_button.isEnabled():
            return
        ctx, along = self.shell.context, [target for tick, target in self._ticks if tick.isChecked()]
        given = {"starts": day_text(values["starts"]), "ends": day_text(values["ends"]), "provisional": bool(values["provisional"])}
        self.save_button.setEnabled(False)
        operation = self.shell.runner.write(
            lambda _: protections.add_protection(ctx, target=target_of(hit), companions=along, note=values["note"], **given),
            parent=self,
            label="window.saving",
        )
        operation.finished(lambda: self.save_button.setEnabled(True)).success(self._done).failure(self._fail).start()

    def _done(self, result: Any) -> None:
        self.accept()
        self.added.emit(result[0])

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.save)


def companions_of(ctx: Any, hit: SearchHit) -> list[Companion]:
    """The others of the household: of the register for a resident, of the evacuees for a person. Looking at them is noted."""
    if hit.kind == "resident":
        return [_resident(view) for view in residents.open_household(ctx, resident_id=hit.id) if view.id != hit.id]
    members = persons.open_person(ctx, person_id=hit.id).members
    return [(one.name or one.kana, birth_era(one.birth), Target(person_id=one.id)) for one in members if one.id != hit.id]


def _resident(view: ResidentView) -> Companion:
    said = "　".join(part for part in (view.relation, birth_era(view.birth)) if part)
    return view.name or view.kana, said, Target(resident_id=view.id)
