"""The households of a building and their members: linked, corrected, taken off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from app.domain.building import Building, VictimMember
from app.domain.records import values_of
from app.presentation.columns.victim import HOMES, MEMBERS
from app.presentation.forms.victim import CORRECT_LIVING, CORRECT_VICTIM, MEMBER, UNLINK, living_form, victim_form
from app.ui.page import Shell
from app.ui.surveys.asking import bind, open_form
from app.ui.surveys.linking import open_linking
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading
from app.usecases import buildings
from app.usecases.survey_rows import HomeFile

_CARRIED = ("id", "resident_id", "resident_no", "person_id", "name", "kana", "birth", "sex", "relation", "note")


class HouseholdPane(QWidget):
    """Households above, the members of the one at hand below. What is changed is announced by the runner; the owner reads again."""

    def __init__(self, owner: QDialog, shell: Shell) -> None:
        super().__init__()
        self.shell, self._owner = shell, owner
        self._building: Building | None = None
        self._members: Sequence[VictimMember] = ()
        self.homes = Table(HOMES, name="世帯", preferences=shell.preferences, many=False)
        self.homes.chosen.connect(lambda _: self._show_members())
        self.homes.opened.connect(lambda _: self.correct())
        self.members = Table(MEMBERS, name="世帯員", preferences=shell.preferences, many=False)
        self.members.chosen.connect(lambda _: self._enable())
        self.members.opened.connect(lambda _: self.correct_member())
        self.link_button = button("結び付ける…（F6）", role="primary", icon="evacuees")
        self.correct_button = button("世帯を直す…（Enter）", icon="edit")
        self.living_button = button("住まいの種類…", icon="home")
        self.unlink_button = button("外す…", icon="minus")
        self.restore_button = button("外した世帯を戻す", icon="undo")
        self.restore_button.hide()
        self._unlinked = ""
        self.add_button = button("世帯員を加える…", icon="plus")
        self.member_button = button("世帯員を直す…（Enter）", icon="edit")
        self.head_button = button("世帯主にする", icon="chevron-up")
        self.drop_button = button("除く", icon="minus")
        for made, act in (
            (self.link_button, self.link), (self.correct_button, self.correct), (self.living_button, self.correct_living),
            (self.unlink_button, self.unlink), (self.restore_button, self.restore),
            (self.add_button, self.add_member), (self.member_button, self.correct_member),
            (self.head_button, self.make_head), (self.drop_button, self.drop_member),
        ):  # fmt: skip
            bind(self, made, act)
        self.empty = EmptyState(
            "世帯がまだ結び付いていません",
            "住民データから探して結び付けるか、住民票がない人・事業者・住んでいない所有者は手で入力します。1棟に何世帯でも結び付けられます。",
            icon="evacuees",
            actions=[("世帯を結び付ける", "evacuees", self.link)],
        )
        self._parts = (heading("世帯員（当時ここで暮らしていた人）"), self.members)
        acts = flow(self.link_button, self.correct_button, self.living_button, self.unlink_button, self.restore_button)
        below = flow(self.add_button, self.member_button, self.head_button, self.drop_button)
        whole = column(self.homes, self.empty, acts, *self._parts, below, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(0, 2)
        whole.setStretch(1, 2)
        whole.setStretch(4, 3)
        self.setLayout(whole)
        self._enable()

    def show_homes(self, building: Building, homes: Sequence[HomeFile]) -> None:
        """Show these."""
        self._building = building
        self.homes.show_rows(homes, key=lambda home: home.occupancy.id)
        self.homes.setVisible(bool(homes))
        self.empty.setVisible(not homes)
        for part in self._parts:
            part.setVisible(bool(homes))
        if homes and self.homes.current_row() is None:
            self.homes.make_current(0)
        self._show_members()

    @property
    def current(self) -> HomeFile | None:
        """The household at hand."""
        return self.homes.current_row()

    def _show_members(self) -> None:
        home = self.current
        self._members = home.members if home else ()
        self.members.show_rows(self._members)
        if self._members and self.members.current_row() is None:
            self.members.make_current(0)
        self._enable()

    def _enable(self) -> None:
        may, home, member = self.shell.context.actor.may("survey"), self.current, self.members.current_row()
        self.link_button.setEnabled(may and self._building is not None)
        self.empty.buttons[0].setEnabled(may)
        for made in (self.correct_button, self.living_button, self.unlink_button, self.add_button):
            made.setEnabled(may and home is not None)
        for made in (self.member_button, self.drop_button):
            made.setEnabled(may and member is not None)
        self.head_button.setEnabled(may and member is not None and member.position > 0)
        for made in (self.add_button, self.member_button, self.head_button, self.drop_button):
            made.setVisible(home is not None)

    # -- acting

    def link(self) -> object:
        """Another household of this building."""
        if self._building is None or not self.link_button.isEnabled():
            return None
        return open_linking(self._owner, self.shell, self._building)

    def correct(self) -> object:
        """Correct the particulars of the household at hand."""
        home = self.current
        if home is None or not self.correct_button.isEnabled():
            return None
        ctx, victim = self.shell.context, home.victim
        base = {"version": victim.version}

        def save(values: dict[str, Any]) -> Any:
            given = dict(values)
            reason = given.pop("reason")
            return buildings.save_victim(ctx, victim_id=victim.id, values=given, version=base["version"], reason=reason)

        def stored() -> dict[str, Any]:
            found = ctx.reads.get("victim", victim.id)
            return values_of(found) if found else {}

        def rebase() -> None:
            found = ctx.reads.get("victim", victim.id)
            base["version"] = found.version if found else 0

        return open_form(
            self._owner, self.shell, CORRECT_VICTIM, save, then=lambda _: self.shell.say("世帯を直しました"), values=victim_form(victim),
            columns=2, current=stored, rebase=rebase,
        )  # fmt: skip

    def correct_living(self) -> object:
        """How the household has the building."""
        home = self.current
        if home is None:
            return None
        ctx = self.shell.context
        return open_form(
            self._owner, self.shell, CORRECT_LIVING,
            lambda values: buildings.save_occupancy(
                ctx, occupancy_id=home.occupancy.id, values=values, version=home.occupancy.version
            ),
            then=lambda _: self.shell.say("住まいの種類を直しました"), values=living_form(home.occupancy), lead=home.victim.head_name,
        )  # fmt: skip

    def unlink(self) -> object:
        """Take the household off this building; it can be brought back from the history."""
        home = self.current
        if home is None:
            return None
        ctx = self.shell.context
        return open_form(
            self._owner, self.shell, UNLINK,
            lambda values: buildings.unlink_household(ctx, occupancy_id=home.occupancy.id, reason=values["reason"]),
            then=lambda _: self._offer(home.occupancy.id), lead=home.victim.head_name,
        )  # fmt: skip

    def _offer(self, occupancy_id: str) -> None:
        self.shell.say("結び付けを外しました")
        self._unlinked = occupancy_id
        self.restore_button.show()

    def restore(self) -> None:
        """The household taken off last comes back."""
        ctx, occupancy_id = self.shell.context, self._unlinked
        self.restore_button.hide()
        operation = self.shell.runner.write(
            lambda _: buildings.restore_household(ctx, occupancy_id=occupancy_id), parent=self, label="window.saving"
        )
        operation.success(lambda _: self.shell.say("結び付けを戻しました")).start()

    def _write(self, members: Sequence[dict[str, Any]], words: str) -> None:
        home = self.current
        if home is None:
            return
        ctx, victim_id = self.shell.context, home.victim.id
        operation = self.shell.runner.write(
            lambda _: buildings.save_members(ctx, victim_id=victim_id, members=members), parent=self, label="window.saving"
        )
        operation.success(lambda _: self.shell.say(words)).start()

    def _told(self) -> list[dict[str, Any]]:
        return [{name: getattr(one, name) for name in _CARRIED} for one in self._members]

    def add_member(self) -> object:
        """Somebody who lived there and is not in the household of the resident data."""
        home = self.current
        if home is None:
            return None
        ctx, before = self.shell.context, self._told()
        return open_form(
            self._owner, self.shell, MEMBER,
            lambda values: buildings.save_members(ctx, victim_id=home.victim.id, members=[*before, values]),
            then=lambda _: self.shell.say("世帯員を加えました"), lead=home.victim.head_name, columns=2,
        )  # fmt: skip

    def correct_member(self) -> object:
        """Correct the member at hand."""
        home, member = self.current, self.members.current_row()
        if home is None or member is None or not self.member_button.isEnabled():
            return None
        ctx, before = self.shell.context, self._told()

        def save(values: dict[str, Any]) -> Any:
            changed = [{**one, **values} if one["id"] == member.id else one for one in before]
            return buildings.save_members(ctx, victim_id=home.victim.id, members=changed)

        return open_form(
            self._owner, self.shell, MEMBER, save, then=lambda _: self.shell.say("世帯員を直しました"), values=values_of(member), columns=2
        )

    def make_head(self) -> None:
        """The member at hand comes first."""
        member = self.members.current_row()
        if member is not None:
            told = self._told()
            self._write(sorted(told, key=lambda one: one["id"] != member.id), "世帯主を替えました")

    def drop_member(self) -> None:
        """The member at hand did not live there."""
        member = self.members.current_row()
        if member is not None:
            self._write([one for one in self._told() if one["id"] != member.id], "世帯員から除きました")
