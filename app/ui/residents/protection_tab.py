"""支援措置: who is under a protection measure, and until when. Only for those who may know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox

from app.domain.records import values_of
from app.presentation.columns.evacuee import birth_short
from app.presentation.columns.protection import PROTECTIONS
from app.presentation.forms.protection import CORRECT, EXTEND, RELEASE
from app.presentation.labels import label, labels_of
from app.ui import theme
from app.ui.residents.protection_adding import ProtectionDialog, day_text
from app.ui.residents.tab import ResidentsTab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.task_line import TaskLine
from app.ui.widgets.text import button, column, row, text
from app.usecases import protections
from app.usecases.protections import Doubt, ProtectionRow, Released

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage
    from app.usecases.context import Context

_FILTERS = (
    ("効力のあるもの", "holding"),
    ("期間切れ", "overdue"),
    ("まもなく終了", "ending"),
    ("解除したもの", "released"),
    ("すべて", ""),
)
_MOST_DOUBTS = 3


def count_waiting(ctx: Context) -> int:
    """Measures whose term is over or ends within a month, and people who may be protected ones."""
    counts = protections.count_protections(ctx)
    return counts.overdue + counts.ending + counts.doubtful if counts is not None else 0


class ProtectionTab(ResidentsTab):
    """``arrive(state=…)`` filters: ``overdue``, ``ending``, ``released`` or ``doubtful``. Insert adds, Enter extends, Delete releases."""

    kinds = frozenset({"protection", "person", "decision", "snapshot"})

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__(page)
        self._rows: list[ProtectionRow] = []
        self.finder = SearchBox("氏名・カナ・宛名番号で絞る", name="支援措置の人を絞る")
        self.finder.setFixedWidth(theme.current().px(240))
        self.finder.typed.connect(lambda _: self._filter())
        self.which = QComboBox()
        self.which.setAccessibleName("どの支援措置を見るか")
        for words, code in _FILTERS:
            self.which.addItem(words, code)
        self.which.currentIndexChanged.connect(lambda _: self._filter())
        self.count = text("", role="note", wrap=False)
        self.table = Table(PROTECTIONS, name="支援措置の一覧", preferences=self.shell.preferences)
        self.table.chosen.connect(lambda _: self._enable())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.opened.connect(lambda _: self.extend())
        self.finder.down.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.banner = Banner()
        self.banner.hide()
        self._doubts = column(spacing=4)
        self.empty = EmptyState(
            "支援措置の登録はありません",
            "登録した人は、支援措置の役割がない人の検索・一覧・名簿・書き出しのどこにも出なくなります。"
            "住民データの「支援措置」の欄に印がある人は、ここになくても同じように守られます。",
            icon="shield",
            actions=[("支援措置を登録する", "plus", self.add)],
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self.add_button = button("登録…（Insert）", role="primary", icon="plus")
        self.extend_button = button("延長…（Enter）", icon="calendar")
        self.correct_button = button("訂正…（F2）", icon="edit")
        self.release_button = button("解除…（Delete）", icon="unlock")
        pairs = (
            (self.add_button, self.add, "Insert"),
            (self.extend_button, self.extend, ""),
            (self.correct_button, self.correct, "F2"),
            (self.release_button, self.release, "Delete"),
        )
        for one, act, keys in pairs:
            one.clicked.connect(act)
            if keys:
                QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.empty.buttons[0].setEnabled(self.may("protect"))
        top, acts = row(self.finder, self.which, self.count, 1, spacing=8), row(*(one for one, _, _ in pairs), 1, spacing=8)
        whole = column(self.banner, self._doubts, top, self.table, self.empty, acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(3, 1)
        whole.setStretch(4, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read the measures and the open questions. Looking at them is noted."""
        ctx = self.context
        found = self.runner.write(
            lambda _: (protections.list_protections(ctx), protections.find_doubts(ctx)), parent=self, label="lists.reading"
        )
        found.success(lambda both: self.show_all(*both)).start()

    def show_all(self, rows: list[ProtectionRow], doubts: list[Doubt]) -> None:
        """Show what was read."""
        self._rows = rows
        self._show_doubts(doubts)
        for part in (self.table, self.finder, self.which, self.count):
            part.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        over = sum(row.state == "overdue" for row in rows)
        words = f"期間が過ぎた人が{over:,}人います。自動では終わりません。延長か解除を決めてください。" if over else ""
        self.banner.show_message(words, tone="warn")
        self.badged.emit(sum(one.state in ("overdue", "ending") for one in rows) + len(doubts))
        self._filter()

    def _show_doubts(self, doubts: Sequence[Doubt]) -> None:
        while (item := self._doubts.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        for doubt in doubts[:_MOST_DOUBTS]:
            likely = "、".join(f"{hit.name or hit.kana}（{birth_short(hit.birth)}）" for hit in doubt.likely[:2])
            line = TaskLine(
                f"要確認：{doubt.person.name or doubt.person.kana}（{doubt.person.number}）は支援措置の人かもしれません",
                f"{likely} と同じ名前です。記録を開いて、住民データと結び付けるか、同じ人・別の人を決めてください。",
                icon="shield",
                tone="warn",
            )
            line.pressed.connect(lambda person_id=doubt.person.id: self.shell.go("evacuees", person_id=person_id))
            self._doubts.addWidget(line)
        if len(doubts) > _MOST_DOUBTS:
            self._doubts.addWidget(text(f"ほかに {len(doubts) - _MOST_DOUBTS:,} 人", role="note", wrap=False))

    def _filter(self) -> None:
        wanted, words = self.which.currentData(), self.finder.text().strip()
        kept = [one for one in self._rows if not wanted or one.state == wanted or (wanted == "holding" and one.state != "released")]
        kept = [one for one in kept if not words or any(words in part for part in (one.name, one.kana, one.resident_no, one.number))]
        self.table.show_rows(kept)
        if kept and self.table.current_id() is None:
            self.table.make_current(0)
        self.count.setText(f"{len(kept):,}人")
        self._enable()

    def arrive(self, **arguments: Any) -> None:
        """Where the home page sends."""
        place = self.which.findData(arguments.get("state", ""))
        self.which.setCurrentIndex(place if place >= 0 else 0)

    def take_focus(self) -> None:
        """Into the list, or on the way to the first measure."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    # -- acting

    def selected(self) -> list[ProtectionRow]:
        """The measures chosen that still hold, in order."""
        ids = self.table.selected_ids() or ([self.table.current_id()] if self.table.current_id() else [])
        return [one for one in self._rows if one.id in ids and one.state != "released"]

    def _enable(self) -> None:
        some, one = bool(self.selected()), len(self.selected()) == 1
        self.add_button.setEnabled(self.may("protect"))
        self.extend_button.setEnabled(some and self.may("protect"))
        self.correct_button.setEnabled(one and self.may("protect"))
        self.release_button.setEnabled(some and self.may("unprotect"))
        told = "" if self.may("unprotect") else "解除には、支援措置と管理の両方の役割が要ります。"
        self.release_button.setToolTip(told)

    def add(self) -> ProtectionDialog | None:
        """登録: somebody and those named with them."""
        if not self.may("protect"):
            return None
        dialog = ProtectionDialog(self, self.shell)
        dialog.added.connect(lambda ids: self._told(f"{len(ids)}人の支援措置を登録しました"))
        dialog.open()
        return dialog

    def extend(self) -> FormDialog | None:
        """延長 of the measures chosen, in one act."""
        return self._form(EXTEND, self.extend_button.isEnabled(), lambda values, ids: protections.extend_protection(
            self.context, protection_ids=ids, ends=day_text(values["ends"]), reason=values["reason"]
        ), lambda _: self._told("延長しました"))  # fmt: skip

    def release(self) -> FormDialog | None:
        """解除, with its reason."""
        return self._form(RELEASE, self.release_button.isEnabled(), lambda values, ids: protections.release_protection(
            self.context, protection_ids=ids, reason=values["reason"]
        ), self._released)  # fmt: skip

    def _released(self, done: Released) -> None:
        self._told("解除しました")
        if done.still:
            kinds = labels_of("protection.still", done.still)
            self.banner.show_message(f"解除しましたが、次のものがあるため、まだ守られています：{kinds}", tone="info")

    def _form(self, spec: Any, allowed: bool, act: Any, then: Any) -> FormDialog | None:
        rows = self.selected()
        if not rows or not allowed:
            return None
        names = "、".join(one.name for one in rows[:3]) + (f" ほか{len(rows) - 3}人" if len(rows) > 3 else "")
        ids = [one.id for one in rows]
        dialog = FormDialog(
            self,
            spec,
            save=lambda values: self.runner.write(lambda _: act(values, ids), parent=dialog, label="window.saving"),
            lead=names,
            columns=1,
        )
        dialog.saved.connect(then)
        dialog.open()
        return dialog

    def correct(self) -> FormDialog | None:
        """訂正 of what was written wrongly; a record that somebody else saved meanwhile is compared."""
        rows = self.selected()
        if len(rows) != 1 or not self.may("protect"):
            return None
        chosen, ctx = rows[0], self.context
        base = {"version": chosen.version}

        def save(values: dict[str, Any]) -> Any:
            given = dict(values)
            reason = given.pop("reason")
            given |= {name: day_text(given[name]) for name in ("starts", "ends")}
            return self.runner.write(
                lambda _: protections.correct_protection(
                    ctx, protection_id=chosen.id, version=base["version"], values=given, reason=reason
                ),
                parent=dialog,
                label="window.saving",
            )

        def stored() -> dict[str, Any]:
            found = ctx.reads.get("protection", chosen.id)
            return {**values_of(found), "reason": dialog.body.raw()["reason"]} if found else {}

        def rebase() -> None:
            found = ctx.reads.get("protection", chosen.id)
            base["version"] = found.version if found else 0

        values = {name: getattr(chosen, name) for name in ("starts", "ends", "role", "provisional", "note")}
        lead = f"{chosen.name}（{label('protection.state', chosen.state)}）"
        dialog = FormDialog(self, CORRECT, values=values, save=save, current=stored, rebase=rebase, lead=lead)
        dialog.saved.connect(lambda _: self._told("訂正しました"))
        dialog.open()
        return dialog

    def _told(self, words: str) -> None:
        self.shell.say(words)
        self.refresh()
