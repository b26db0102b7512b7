"""入所の受付: the household on one screen. Tick who came, Ctrl+Enter, done; everything else may stay as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.presentation.columns.evacuee import MEMBERS
from app.presentation.forms.person import NEWCOMER
from app.presentation.forms.spec import spec_field
from app.presentation.forms.stay import moment_field
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.reception.details import Details
from app.ui.reception.encounter import EncounterDialog
from app.ui.reception.family import Candidate, Decision, Family, Received, Reception, decide, newcomer, receive
from app.ui.reception.hit_table import HitTable
from app.ui.reception.members import member_row
from app.ui.reception.places import remember_shelter, usual_shelter
from app.ui.widgets.banner import Banner
from app.ui.widgets.fields import FieldEditor, make_editor
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.shelter_picker import ShelterPicker
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases.reception import Encounter

_AT = moment_field("at", "入所日時", help="")
_CATEGORY = spec_field("stay", "category", kind="choice", options="stay.category", default="inside")
_ROOM = spec_field("stay", "room", placeholder="例：体育館 A-12")


class MemberTable(HitTable):
    """``toggled`` is Space or a click on the box, ``everyone`` Ctrl+A."""

    toggled = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks."""
        if event.key() == Qt.Key.Key_Space and self.current_id() is not None:
            self.toggled.emit(self.current_id())
        else:
            super().keyPressEvent(event)


class CheckInDialog(QDialog):
    """``received`` carries what was checked in; the dialog is closed then. ``card`` goes to the first person ticked."""

    received = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, family: Family, *, card: str = "") -> None:
        super().__init__(parent)
        self.shell, self.family, self.card = shell, family, card
        self._before = family
        self._newcomers = 0
        self._running = False
        self.setWindowTitle("入所の受付")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.banner = Banner()
        self.banner.hide()
        self.table = MemberTable(MEMBERS, name="世帯の人", preferences=shell.preferences)
        self.table.toggled.connect(self.toggle)
        self.table.clicked.connect(lambda index: index.column() == 0 and self.toggle(self.table.current_id()))
        self.table.opened.connect(self._enter)
        self.table.chosen.connect(self._show_details)
        self.details = Details(family.household)
        self.details.changed.connect(lambda _: self._mark_details())
        self.details.hide()
        self._lay_out()
        self._connect_keys()
        self._list()
        self._select_first()
        self._fit()

    # -- layout

    def _lay_out(self) -> None:
        self.shelter = ShelterPicker(empty="避難所を選んでください")
        self.shelter.show_shelters(self.family.shelters)
        self.shelter.choose(usual_shelter(self.shell.context, self.shell.preferences, self.family.shelters))
        self.shelter.picked.connect(lambda _: self._list())
        self.at, self.category, self.room = (make_editor(spec) for spec in (_AT, _CATEGORY, _ROOM))
        self._at_shown = self.shell.context.now().astimezone(JST).strftime("%Y-%m-%d %H:%M")
        self.at.set_raw(self._at_shown)
        place = column(text("避難所", role="field", wrap=False), self.shelter, 1, spacing=3)
        where = row(place, self.at, self.category, self.room, spacing=14)
        for index, share in enumerate((4, 3, 2, 3)):
            where.setStretch(index, share)
        for editor in (self.at, self.category, self.room):
            where.setAlignment(editor, Qt.AlignmentFlag.AlignTop)
        count = len(self.family.candidates)
        words = heading(f"入所の受付　{self.family.candidates[0].name} さんの世帯（{count}人）" if count else "入所の受付")
        self._address = text(self.family.address, role="note", elide=True)
        self._card = text(f"カード {self.card} を、印を付けた最初の人に渡します。" if self.card else "", role="note", wrap=False)
        if not self.card:
            self._card.hide()
        self.add_button = button("人を加える（Ctrl+N）", icon="user-plus")
        self.add_button.clicked.connect(self.add_newcomer)
        self.more_button = button("くわしく（F4）", icon="chevron-down")
        self.more_button.clicked.connect(self.turn_details)
        lead = row(column(self._address, self._card, spacing=2), 1, self.more_button, self.add_button)
        top = column(words, where, self.banner, lead, self.table, self.details, spacing=10, margins=(24, 16, 24, 12))
        top.setStretch(4, 3)
        top.setStretch(5, 4)
        self.save_button = button("", role="primary", icon="check")
        self.save_button.clicked.connect(self.check_in)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        hints = KeyHints([("Space", "来た人に印"), ("Ctrl+A", "全員"), ("F4", "くわしく"), ("Ctrl+Enter", "入所")])
        footer = frame("footer", row(hints, 1, cancel, self.save_button, margins=(20, 10, 20, 10)))
        whole = column(top, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def _connect_keys(self) -> None:
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Ctrl+A", self.tick_everyone), ("Ctrl+N", self.add_newcomer), ("F4", self.turn_details), ("Ctrl+Return", self.check_in),
            ("Ctrl+Enter", self.check_in), ("Ctrl+S", self.check_in),
        )  # fmt: skip
        for sequence, act in keys:
            QShortcut(QKeySequence(sequence), self, act)

    def _fit(self) -> None:
        room, look = self.screen().availableGeometry(), theme.current()
        self.resize(min(look.px(1180), room.width() - 30), min(look.px(640), room.height() - 40))
        self.table.setMinimumHeight(self.table.height_for(2))
        self.table.setFocus()

    # -- who

    def candidate(self, candidate_id: object) -> Candidate | None:
        """One of those on the screen."""
        return next((one for one in self.family.candidates if one.id == candidate_id), None)

    @property
    def ticked(self) -> list[Candidate]:
        """Everyone who came."""
        return [one for one in self.family.candidates if one.ticked]

    def toggle(self, candidate_id: object) -> None:
        """Tick or untick one."""
        self._change(candidate_id, lambda one: replace(one, ticked=not one.ticked))

    def tick_everyone(self) -> None:
        """Tick all who are not here already; when all are ticked, untick them."""
        able = [one.id for one in self.family.candidates if not one.dead and not one.is_here(self.shelter.shelter_id)]
        on = not all(one.ticked for one in self.family.candidates if one.id in able)
        self.family = replace(
            self.family, candidates=tuple(replace(one, ticked=on) if one.id in able else one for one in self.family.candidates)
        )
        self._list()

    def _change(self, candidate_id: object, change: Callable[[Candidate], Candidate]) -> None:
        candidates = tuple(change(one) if one.id == candidate_id else one for one in self.family.candidates)
        self.family = replace(self.family, candidates=candidates)
        self._list()

    def _list(self) -> None:
        here = self.shelter.shelter_id
        rows = [member_row(one, here, more=self.details.touched(one.id), card=self._card_for(one)) for one in self.family.candidates]
        self.table.show_rows(rows, key=lambda member: member.id)
        coming = len(self.ticked)
        self.save_button.setText(f"{coming}人を入所させる（Ctrl+Enter）" if coming else "来た人に印を付けてください")
        self.save_button.setEnabled(coming > 0 and not self._running)
        open_questions = [one for one in self.ticked if one.undecided(here)]
        if open_questions:
            names = "、".join(one.name or one.kana for one in open_questions[:3])
            self.banner.show_message(
                f"{names} さんは、同じ人が登録されているか、別の避難所に入所中です。",
                tone="warn",
                action="確かめる（Enter）",
                act=self.decide_next,
            )
        elif self.banner.isVisible():
            self.banner.show_message("")

    def _card_for(self, candidate: Candidate) -> str:
        first = self.ticked[0].id if self.ticked else ""
        return self.card if candidate.id == first else ""

    def _select_first(self) -> None:
        first = next((one.id for one in self.family.candidates if one.ticked), None)
        if first is None or not self.table.select_id(first):
            self.table.focus_first()

    def _enter(self, candidate_id: object) -> None:
        one = self.candidate(candidate_id)
        if one is not None and one.undecided(self.shelter.shelter_id):
            self._ask(one, one.undecided(self.shelter.shelter_id)[0], lambda: None)
        else:
            self.save_button.setFocus()

    # -- details

    def turn_details(self) -> None:
        """Show or hide the second part."""
        shown = not self.details.isVisible()
        self.details.setVisible(shown)
        if shown:
            self._show_details(self.table.current_id())
            room = self.screen().availableGeometry()
            self.resize(self.width(), room.height() - 40)
            self.move(self.x(), room.y() + 10)
            most = max(2, int(room.height() * 0.27 / self.table.row_height()))
            self.table.setFixedHeight(self.table.height_for(min(most, max(2, len(self.family.candidates)))))
            self.details.tabBar().setFocus()
        else:
            self.table.setMaximumHeight(16_777_215)
            self.table.setMinimumHeight(self.table.height_for(2))
            self.table.setFocus()

    def _show_details(self, candidate_id: object) -> None:
        if self.details.isVisible():
            self.details.show_candidate(self.candidate(candidate_id))

    def _mark_details(self) -> None:
        self._list()

    # -- people who are not in the data

    def add_newcomer(self, values: Mapping[str, Any] | None = None) -> FormDialog:
        """The short form; whoever it describes joins those on the screen."""
        known = {"address": self.family.address, **(values or {})} if isinstance(values, Mapping) else {"address": self.family.address}
        dialog = FormDialog(self, NEWCOMER, values=known, save=lambda _: None, columns=3)
        dialog.saved.connect(self.take_newcomer)
        dialog.open()
        return dialog

    def take_newcomer(self, values: Mapping[str, Any]) -> None:
        """Look up who may be them, then list them."""
        self._newcomers += 1
        number, ctx = self._newcomers, self.shell.context
        self.shell.runner.read(lambda: newcomer(ctx, values=values, number=number), parent=self).success(self._add).start()

    def _add(self, candidate: Candidate) -> None:
        self.family = replace(self.family, candidates=(*self.family.candidates, candidate))
        self._list()
        self.table.select_id(candidate.id)
        self.table.setFocus()
        if candidate.undecided(self.shelter.shelter_id):
            self.decide_next()

    # -- who is who

    def decide_next(self, then: Callable[[], object] | None = None) -> None:
        """Ask about the next open question; when there is none, go on with ``then``."""
        here = self.shelter.shelter_id
        for one in self.ticked:
            met = one.undecided(here)
            if met:
                self._ask(one, met[0], lambda: self.decide_next(then))
                return
        if callable(then):
            then()

    def _ask(self, candidate: Candidate, met: Encounter, then: Callable[[], object]) -> None:
        here = self.shelter.shelter_id
        dialog = EncounterDialog(
            self, candidate, met, shelter=self.shelter.currentText(), here=bool(met.stay and met.stay.shelter_id == here)
        )

        def decided(choice: str) -> None:
            self._change(candidate.id, lambda one: decide(one, Decision(person_id=met.hit.id, choice=choice)))
            then()

        dialog.decided.connect(decided)
        dialog.open()

    # -- 入所

    def check_in(self) -> None:
        """Ask what is open, then write."""
        if self._running or not self.ticked:
            return
        if not self.shelter.shelter_id:
            self.banner.show_message("避難所を選んでください。", tone="warn")
            self.shelter.setFocus()
            return
        self.decide_next(self._write)

    def _write(self) -> None:
        reception = self._reception()
        extra, household = self.details.extra(), self.details.household_changes()
        if reception is None or extra is None or household is None:
            return
        if self.card:
            first = self.ticked[0].id
            extra[first] = {**extra.get(first, {}), "card": self.card}
        ctx, family = self.shell.context, self.family
        self._running = True
        self.save_button.setEnabled(False)
        self.shell.runner.write(
            lambda _: receive(ctx, family=family, reception=reception, household=household, extra=extra), parent=self, label="window.saving"
        ).finished(self._stop).success(self._succeed).failure(self._fail).start()

    def _reception(self) -> Reception | None:
        from app.presentation.forms.spec import parse_field

        try:
            at = None if self.at.raw().strip() in ("", self._at_shown) else parse_field(self.at.spec, self.at.raw())
        except RuleViolation as violation:
            _complain(self.at, message(violation))
            return None
        return Reception(shelter_id=self.shelter.shelter_id, at=at, category=self.category.raw(), room=self.room.raw().strip())

    def _stop(self) -> None:
        self._running = False
        self.save_button.setEnabled(bool(self.ticked))

    def _succeed(self, received: Received) -> None:
        remember_shelter(self.shell.preferences, self.shelter.shelter_id)
        self._before = self.family
        self.accept()
        self.received.emit(received)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field == "at":
            _complain(self.at, message(error))
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self._write)

    def reject(self) -> None:
        """Leave; asks first when somebody was typed in."""
        if self._newcomers and not ask(self, "入力した人を捨てますか？", "まだ入所していません。", yes="捨てて閉じる", no="受付に戻る"):
            return
        super().reject()


def _complain(editor: FieldEditor, words: str) -> None:
    editor.show_problem(words)
    editor.take_focus()
