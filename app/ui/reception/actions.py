"""What can be done with registered people, from the list as from a person's file: each opens its dialog and says what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from app.domain.dates import JST
from app.domain.evacuee import Person
from app.domain.records import values_of
from app.presentation.columns.evacuee import moment_text
from app.presentation.forms.absence import COME_BACK, GO_OUT
from app.presentation.forms.person import UNDO, correct_person_form
from app.presentation.forms.spec import FormSpec
from app.presentation.forms.stay import DEATH
from app.presentation.labels import field_label, label
from app.ui import faults
from app.ui.page import Shell
from app.ui.reception.leaving import LeaveDialog, MoveDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import persons, reception
from app.usecases.context import Context
from app.usecases.rows import HistoryEntry, SearchHit


class PersonActions:
    """Acts on people for a widget. Answers the dialog that was opened, for tests and pictures."""

    def __init__(self, owner: QWidget, shell: Shell) -> None:
        self.owner, self.shell = owner, shell

    @property
    def ctx(self) -> Context:
        """Who acts."""
        return self.shell.context

    def may_change(self, hit: SearchHit | None) -> bool:
        """Whether there is somebody, and the operator may register."""
        return hit is not None and self.ctx.actor.may("register")

    # -- leaving, moving

    def leave(self, people: Sequence[SearchHit]) -> LeaveDialog | None:
        """退所 of one or several."""
        staying = [hit for hit in people if hit.status == "staying"]
        if not staying:
            self.shell.say("この人は、いまどの避難所にも入所していません。", tone="warn")
            return None
        dialog = LeaveDialog(self.owner, self.shell, staying)
        names = staying[0].name or staying[0].number
        words = f"{names} さんの退所を記録しました" if len(staying) == 1 else "家族の退所を記録しました"
        dialog.done_with.connect(lambda _: self.shell.say(words))
        open_dialog(dialog)
        return dialog

    def leave_family(self, hit: SearchHit) -> None:
        """退所 of everyone of the household who is staying."""

        def read() -> list[SearchHit]:
            members = persons.open_person(self.ctx, person_id=hit.id).members
            return [member for member in members if member.status == "staying"] or [hit]

        self.shell.runner.write(lambda _: read(), parent=self.owner).success(self.leave).start()

    def move(self, hit: SearchHit) -> MoveDialog | None:
        """転所."""
        if hit.status != "staying":
            self.shell.say("この人は、いまどの避難所にも入所していません。", tone="warn")
            return None
        dialog = MoveDialog(self.owner, self.shell, hit)
        dialog.done_with.connect(lambda _: self.shell.say(f"{hit.name or hit.number} さんの転所を記録しました"))
        open_dialog(dialog)
        return dialog

    # -- out and back, death

    def go_out(self, hit: SearchHit) -> FormDialog:
        """外出・外泊."""
        return self._timed(
            GO_OUT, hit, lambda values: reception.go_out(self.ctx, person_id=hit.id, **{**values, "kind": values["kind"] or "outing"})
        )

    def come_back(self, hit: SearchHit) -> FormDialog:
        """戻り."""
        return self._timed(COME_BACK, hit, lambda values: reception.come_back(self.ctx, person_id=hit.id, **values))

    def record_death(self, hit: SearchHit) -> FormDialog:
        """死亡."""
        return self._timed(DEATH, hit, lambda values: reception.record_death(self.ctx, person_id=hit.id, **values))

    def _timed(self, spec: FormSpec, hit: SearchHit, act: Callable[[Mapping[str, Any]], Any]) -> FormDialog:
        """A form with a time that begins as now; left alone it means the moment of saving."""
        now = self.ctx.now().astimezone(JST).replace(second=0, microsecond=0)

        def save(values: dict[str, Any]) -> Any:
            given = {**values, "at": _unless_now(values["at"], now)}
            return self.shell.runner.write(lambda _: act(given), parent=dialog, label="window.saving")

        where = f"{hit.shelter_name} に {moment_text(hit.since)} から入所中" if hit.shelter_name else ""
        name = hit.name or hit.kana or hit.number
        dialog = FormDialog(self.owner, spec, values={"at": now}, save=save, lead=f"{name} さん　{where}")
        dialog.body.editors["at"].set_raw(now.strftime("%Y-%m-%d %H:%M"))
        dialog._before = dialog.body.raw()
        dialog.saved.connect(lambda _: self.shell.say(f"{name} さんの{spec.title}を記録しました"))
        open_dialog(dialog)
        return dialog

    # -- correcting

    def correct(self, hit: SearchHit) -> FormDialog | None:
        """訂正 of particulars; a record that somebody else saved meanwhile is compared field by field."""
        person = self.ctx.reads.get("person", hit.id)
        if not isinstance(person, Person):
            return None
        base = {"version": person.version}
        spec = correct_person_form(see_protected=self.ctx.actor.may("see_protected"))

        def save(values: dict[str, Any]) -> Any:
            reason = values.pop("reason", "")
            version = base["version"]
            return self.shell.runner.write(
                lambda _: persons.correct_person(self.ctx, person_id=person.id, version=version, values=values, reason=reason),
                parent=dialog, label="window.saving",
            )  # fmt: skip

        def stored() -> Mapping[str, Any]:
            found = self.ctx.reads.get("person", person.id)
            return {**values_of(found), "reason": dialog.body.raw()["reason"]} if found else {}

        def rebase() -> None:
            found = self.ctx.reads.get("person", person.id)
            base["version"] = found.version if found else 0

        dialog = FormDialog(
            self.owner,
            spec,
            values=values_of(person),
            save=save,
            current=stored,
            rebase=rebase,
            lead=f"整理番号 {person.number}",
            columns=3,
        )
        dialog.saved.connect(lambda _: self.shell.say("訂正しました"))
        open_dialog(dialog)
        return dialog

    # -- undoing

    def undo(self, act: str, *, lead: str) -> FormDialog:
        """Take an act back, with a reason."""

        def save(values: dict[str, Any]) -> Any:
            return self.shell.runner.write(
                lambda _: persons.undo(self.ctx, act=act, reason=values["reason"]), parent=dialog, label="window.saving"
            )

        dialog = FormDialog(self.owner, UNDO, save=save, lead=lead, columns=1)
        dialog.saved.connect(lambda _: self.shell.say("元に戻しました"))
        open_dialog(dialog)
        return dialog

    def undo_last(self, hit: SearchHit) -> None:
        """Take back the newest act about a person that was not itself a taking back."""

        def read() -> tuple[str, str]:
            for act in persons.last_acts(self.ctx, person_id=hit.id):
                entries = self.ctx.reads.journal.group(act)
                if entries and not any(entry.field == "deleted" and entry.new for entry in entries):
                    return act, describe_act(entries)
            return "", ""

        def show(found: tuple[str, str]) -> None:
            if found[0]:
                self.undo(found[0], lead=found[1])
            else:
                self.shell.say("元に戻せる操作がありません。", tone="warn")

        self.shell.runner.read(read, parent=self.owner).success(show).failure(lambda error: faults.show(self.owner, error)).start()

    def restore(self, *, kind: str, record_id: str, operation: str, at: datetime) -> FormDialog:
        """この版に戻す."""

        def save(values: dict[str, Any]) -> Any:
            return self.shell.runner.write(
                lambda _: persons.restore_version(self.ctx, kind=kind, record_id=record_id, operation=operation, reason=values["reason"]),
                parent=dialog, label="window.saving",
            )  # fmt: skip

        lead = f"{label('record', kind)}の内容を、{moment_text(at)} の変更をした直後の内容に戻します。いまの内容も履歴に残ります。"
        dialog = FormDialog(self.owner, UNDO, save=save, lead=lead, columns=1)
        dialog.body.editors["reason"].set_raw("前の内容が正しいため")
        dialog.saved.connect(lambda _: self.shell.say("前の版に戻しました"))
        open_dialog(dialog)
        return dialog


def open_dialog(dialog: QDialog) -> None:
    """Show a dialog that is put away for good once it is closed."""
    dialog.finished.connect(lambda _: dialog.deleteLater())
    dialog.open()


def _unless_now(chosen: datetime | None, now: datetime) -> datetime | None:
    return None if chosen is None or chosen == now else chosen


def describe_act(entries: Sequence[HistoryEntry]) -> str:
    """What an act did, in one sentence: when, who, and what was registered or changed."""
    first = entries[0]
    made: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        made.setdefault((entry.kind, entry.action), set()).add(entry.record)
    parts = [f"{label('record', kind)} {len(records)}件を{label('journal.action', action)}" for (kind, action), records in made.items()]
    fields = [field_label(entry.kind, entry.field) for entry in entries if entry.action == "update"]
    changed = f"（{'、'.join(dict.fromkeys(fields))}）" if fields else ""
    return f"{moment_text(first.at)} に {first.by} さんが行った操作：{'、'.join(parts)}{changed}"
