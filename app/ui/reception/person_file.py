"""避難者の個票: who, with whom, where, what they need, what they agreed to, and every change; acts by key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QPushButton, QTabWidget, QVBoxLayout, QWidget

from app.domain.evacuee import Stay
from app.domain.records import values_of
from app.presentation.columns.evacuee import (
    CHANGES,
    CONDITION,
    CONSENT,
    EVACUEES,
    PARTICULARS,
    STAYS,
    ChangeRow,
    change_rows,
    person_field,
    status_text,
    status_tone,
)
from app.presentation.forms.household import CORRECT_HOUSEHOLD
from app.presentation.forms.stay import CORRECT_STAY
from app.presentation.labels import field_label, show_field
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.reception.actions import PersonActions, open_dialog
from app.ui.reception.facts import Facts, scrolled
from app.ui.relief.household_way import show_received
from app.ui.runner import Changes
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.table import Table
from app.ui.widgets.text import badge, button, column, frame, restyle, row, text
from app.usecases import persons, records
from app.usecases.context import Context
from app.usecases.persons import PersonFile
from app.usecases.rows import SearchHit

_HOUSEHOLD = (
    "label",
    "address",
    "house_damage",
    "power_out",
    "water_out",
    "pets",
    "vehicles",
    "emergency_contact",
    "missing_members",
    "note",
)
_KINDS = frozenset({"person", "household", "stay", "absence", "decision"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    file: PersonFile
    hit: SearchHit


def _open(ctx: Context, person_id: str) -> _Seen:
    return _Seen(file=persons.open_person(ctx, person_id=person_id), hit=persons.show_people(ctx, person_ids=[person_id])[0])


def read_changes(ctx: Context, person_id: str) -> list[ChangeRow]:
    """Every change of a person and of their stays, newest first; noted in the access log."""
    entries = records.read_history(ctx, record_id=person_id)
    for stay in ctx.reads.persons.stays(person_id):
        entries += ctx.reads.journal.history(stay.id)
    return change_rows(entries)


class PersonFileDialog(QDialog):
    """``check_in`` asks for the check-in screen for this person (id); ``link`` and ``cards`` likewise."""

    check_in = Signal(str)
    link = Signal(str)
    cards = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell, person_id: str, *, tab: int = 0) -> None:
        super().__init__(parent)
        self.shell, self.person_id = shell, person_id
        self.seen: _Seen | None = None
        self.actions_ = PersonActions(self, shell)
        self.setWindowTitle("避難者の個票")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._name, self._kana = text("", role="display", elide=True), text("", role="note", elide=True)
        self._state, self._mark = badge(""), badge("支援措置", tone="bad")
        self._state.setMinimumHeight(theme.current().px(22))
        self._mark.setMinimumHeight(theme.current().px(22))
        self.banner = Banner()
        self.banner.hide()
        self._buttons: dict[str, QPushButton] = {}
        self._build_tabs()
        self._lay_out()
        self.tabs.currentChanged.connect(lambda _: self._load_changes())
        shell.runner.changed.connect(self._changed)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1180), room.width() - 30), min(look.px(690), room.height() - 40))
        self.tabs.setCurrentIndex(tab)
        self.refresh()

    # -- layout

    def _build_tabs(self) -> None:
        preferences = self.shell.preferences
        self._particulars, self._condition = Facts("本人", columns=3), Facts("体調・配慮が必要なこと", columns=3)
        self._consent = Facts("安否の回答・名簿への同意", columns=3)
        self._household = Facts("世帯", columns=2)
        self.members = Table(EVACUEES, name="世帯の人", preferences=preferences, many=False)
        self.members.opened.connect(self._show_other)
        self.stays = Table(STAYS, name="滞在", preferences=preferences, many=False)
        self.stays.opened.connect(lambda _: self.correct_stay())
        self.changes = Table(CHANGES, name="履歴", preferences=preferences, many=False)
        self.changes.opened.connect(lambda _: self.restore())
        self.changes.chosen.connect(lambda _: self._show_change())
        self._change = text("")
        self._correct_household = button("世帯の訂正…", icon="edit")
        self._correct_household.clicked.connect(self.correct_household)
        self._correct_stay = button("この滞在を訂正…（Enter）", icon="edit")
        self._correct_stay.clicked.connect(self.correct_stay)
        self._restore = button("この版に戻す…（Enter）", icon="restore")
        self._restore.clicked.connect(self.restore)
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("個票の内容")
        self.tabs.addTab(scrolled(self._particulars, self._condition, self._consent), "本人(&1)")
        self.tabs.addTab(_page(self._household, self.members, bottom=self._correct_household), "世帯(&2)")
        self.tabs.addTab(_page(self.stays, bottom=self._correct_stay), "滞在(&3)")
        self.tabs.addTab(_page(self.changes, self._change, bottom=self._restore), "履歴(&4)")

    def _lay_out(self) -> None:
        acts: tuple[tuple[str, str, str, str, Callable[[], object]], ...] = (
            ("correct", "訂正", "Ctrl+E", "edit", self._correct),
            ("check_in", "入所", "Ctrl+I", "user-plus", lambda: self.check_in.emit(self.person_id)),
            ("leave", "退所", "Ctrl+O", "exit", lambda: self._act(lambda hit: self.actions_.leave([hit]))),
            ("move", "転所", "Ctrl+M", "move", lambda: self._act(self.actions_.move)),
            ("out", "外出・外泊", "Ctrl+G", "clock", lambda: self._act(self.actions_.go_out)),
            ("back", "戻り", "Ctrl+B", "home", lambda: self._act(self.actions_.come_back)),
            ("death", "死亡", "", "user-off", lambda: self._act(self.actions_.record_death)),
            ("link", "住民データと結び付け", "Ctrl+L", "residents", lambda: self.link.emit(self.person_id)),
            ("card", "カード", "Ctrl+P", "card", lambda: self.cards.emit(self.person_id)),
            ("undo", "元に戻す", "F9", "undo", lambda: self._act(self.actions_.undo_last)),
        )
        line = row(spacing=6)
        for key, words, keys, icon, act in acts:
            made = button(words, icon=icon, tip=f"{words}（{keys}）" if keys else words)
            made.clicked.connect(lambda _=False, act=act: act())
            if keys:
                QShortcut(QKeySequence(keys), self, lambda key=key: self._buttons[key].isEnabled() and self._buttons[key].click())
            self._buttons[key] = made
            line.addWidget(made)
        line.addStretch()
        head = row(self._name, self._kana, self._state, self._mark, 1, spacing=12)
        top = column(head, line, self.banner, self.tabs, spacing=10, margins=(24, 16, 24, 12))
        top.setStretch(3, 1)
        close = button("閉じる（Esc）")
        close.clicked.connect(self.reject)
        hints = KeyHints(
            [
                ("Ctrl+E", "訂正"),
                ("Ctrl+O", "退所"),
                ("Ctrl+M", "転所"),
                ("Ctrl+G", "外出"),
                ("Ctrl+B", "戻り"),
                ("F9", "元に戻す"),
                ("Alt+1～4", "切り替え"),
            ]
        )
        money = button("支援金…", icon="relief", tip="この人の世帯が受け取ったものと、まだのもの")
        money.clicked.connect(self.show_received)
        footer = frame("footer", row(hints, 1, money, close, margins=(20, 10, 20, 10)))
        whole = column(top, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def show_received(self) -> None:
        """To what this person's household received."""
        if self.seen is not None:
            self.reject()
            show_received(self.shell, name=self.seen.file.person.name)

    # -- reading

    def refresh(self) -> None:
        """Read everything again; noted in the access log."""
        ctx, person_id = self.shell.context, self.person_id
        self.shell.runner.write(lambda _: _open(ctx, person_id), parent=self).success(self.show_file).failure(self._gone).start()

    def _gone(self, error: Exception) -> None:
        faults.show(self, error)
        self.reject()

    def _changed(self, changes: Changes) -> None:
        if not _KINDS.isdisjoint(changes) and self.isVisible():
            self.refresh()

    def show_file(self, seen: _Seen) -> None:
        """Show what was read."""
        self.seen = seen
        person, hit = seen.file.person, seen.hit
        self._name.setText(person.name or person.kana or "（氏名なし）")
        self._kana.setText(f"{person.kana}　整理番号 {person.number}")
        self._state.setText(status_text(hit))
        restyle(self._state, tone={"quiet": "", "info": "info"}.get(status_tone(hit), status_tone(hit)))
        self._mark.setVisible(person.protected)
        self._particulars.show_facts(
            [(field_label("person", key), person_field(person, key)) for key in PARTICULARS]
            + [
                ("カード番号", person.card),
                ("登録の元", show_field("person", "source", person.source)),
                ("住民データ", "結び付け済み" if person.resident_id else "なし"),
            ]
        )
        self._condition.show_facts([(field_label("person", key), person_field(person, key)) for key in CONDITION])
        self._consent.show_facts([(field_label("person", key), person_field(person, key)) for key in CONSENT])
        household = seen.file.household
        self._household.show_facts(
            [(field_label("household", key), show_field("household", key, getattr(household, key))) for key in _HOUSEHOLD]
            if household
            else []
        )
        self.members.show_rows(seen.file.members)
        self.stays.show_rows(seen.file.stays)
        self._allow()
        self._warn_pending()
        self._load_changes()

    def _warn_pending(self) -> None:
        assert self.seen is not None
        pending = [stay for stay in self.seen.file.stays if stay.pending and stay.to_at is None]
        words = "入所の記録が2つ以上あり、確認待ちです。避難者のページの「重複の確認」で、正しい方を選んでください。"
        self.banner.show_message(words if pending else "", tone="warn")

    def _allow(self) -> None:
        assert self.seen is not None
        hit, may = self.seen.hit, self.actions_.may_change(self.seen.hit)
        staying = hit.status == "staying"
        away = any(stay.absence_id and stay.to_at is None for stay in self.seen.file.stays)
        allowed = {
            "correct": may, "check_in": may and hit.status != "dead", "leave": may and staying, "move": may and staying,
            "out": may and staying and not away, "back": may and away, "death": may and hit.status != "dead",
            "link": may and not self.seen.file.person.resident_id, "card": may and self.shell.context.actor.may("print"), "undo": may,
        }  # fmt: skip
        for key, made in self._buttons.items():
            made.setEnabled(allowed[key])
        self._buttons["check_in"].setVisible(not staying)
        self._buttons["link"].setVisible(not self.seen.file.person.resident_id)
        self._buttons["out"].setVisible(not away)
        self._buttons["back"].setVisible(away)
        for made in (self._correct_household, self._correct_stay, self._restore):
            made.setEnabled(may)

    def _load_changes(self) -> None:
        if self.tabs.currentIndex() != 3 or self.seen is None:
            return
        ctx, person_id = self.shell.context, self.person_id
        operation = self.shell.runner.write(lambda _: read_changes(ctx, person_id), parent=self)
        operation.success(self._show_changes).start()

    def _show_changes(self, rows: list[ChangeRow]) -> None:
        self.changes.show_rows(rows, key=lambda change: (change.id, change.record))
        if rows and not self.changes.currentIndex().isValid():
            self.changes.make_current(0)

    # -- acting

    def _show_change(self) -> None:
        """The line at hand in full: lists cut long ones."""
        change = self.changes.current_row()
        self._change.setText(f"{change.words}　{f'理由：{change.reason}' if change.reason else ''}".strip() if change else "")

    def _act(self, act: Callable[[SearchHit], object]) -> None:
        if self.seen is not None:
            act(self.seen.hit)

    def _correct(self) -> None:
        self._act(self.actions_.correct)

    def _show_other(self, person_id: Any) -> None:
        if person_id and person_id != self.person_id:
            self.person_id = person_id
            self.tabs.setCurrentIndex(0)
            self.refresh()

    def correct_household(self) -> FormDialog | None:
        """Change what is known about the household."""
        household = self.seen.file.household if self.seen else None
        if household is None:
            return None
        base = {"version": household.version}

        def save(values: dict[str, Any]) -> Any:
            reason, version, ctx = values.pop("reason", ""), base["version"], self.shell.context
            return self.shell.runner.write(
                lambda _: persons.correct_household(ctx, household_id=household.id, version=version, values=values, reason=reason),
                parent=dialog,
            )

        def stored() -> dict[str, Any]:
            found = self.shell.context.reads.get("household", household.id)
            return values_of(found) if found else {}

        def rebase() -> None:
            found = self.shell.context.reads.get("household", household.id)
            base["version"] = found.version if found else 0

        dialog = FormDialog(self, CORRECT_HOUSEHOLD, values=values_of(household), save=save, current=stored, rebase=rebase)
        open_dialog(dialog)
        return dialog

    def correct_stay(self) -> FormDialog | None:
        """Change a stay after the fact, with a reason."""
        stay_id = self.stays.current_id()
        stay = self.shell.context.reads.get("stay", stay_id) if stay_id else None
        if not isinstance(stay, Stay) or not self._correct_stay.isEnabled():
            return None
        version, ctx = stay.version, self.shell.context

        def save(values: dict[str, Any]) -> Any:
            reason = values.pop("reason")
            kept = {key: getattr(stay, key) for key in ("from_at", "to_at") if _same_minute(values[key], getattr(stay, key))}
            return self.shell.runner.write(
                lambda _: persons.correct_stay(ctx, stay_id=stay.id, version=version, values={**values, **kept}, reason=reason),
                parent=dialog,
            )

        dialog = FormDialog(self, CORRECT_STAY, values=values_of(stay), save=save)
        open_dialog(dialog)
        return dialog

    def restore(self) -> FormDialog | None:
        """この版に戻す, for the line that is current."""
        change = self.changes.current_row()
        if change is None or not self._restore.isEnabled():
            return None
        if not change.restorable:
            self.banner.show_message("これが今の版です。戻したい版の行を選んでください。", tone="info")
            return None
        return self.actions_.restore(kind=change.kind, record_id=change.record, operation=change.id, at=change.at)


def _same_minute(one: Any, other: Any) -> bool:
    """Whether two moments are the same to the minute: what the form shows has no seconds."""
    return one is not None and other is not None and one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def _page(*parts: QWidget, bottom: QWidget) -> QWidget:
    box = QWidget()
    layout: QVBoxLayout = column(*parts, row(bottom, 1), spacing=10, margins=(0, 12, 0, 0))
    table = next(place for place, part in enumerate(parts) if isinstance(part, Table))
    layout.setStretch(table, 1)
    box.setLayout(layout)
    return box
