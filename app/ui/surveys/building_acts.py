"""What can be done with a building, from the list and from its file alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.building import Building
from app.domain.dates import JST
from app.domain.survey import Survey
from app.presentation.forms import survey as survey_forms
from app.presentation.forms.building import ADD_BUILDING, COLLAPSE, CORRECT_BUILDING, REMOVE, RISK, building_form, building_values, day_text
from app.presentation.forms.spec import FormSpec
from app.presentation.labels import label
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import buildings, surveys
from app.usecases.survey_rows import BuildingFile, SurveyRow

_UNFINISHED = ("draft", "returned")


def naming(building: Building) -> str:
    """Number, place and use in a line."""
    return "　".join(filter(None, (building.number, building.address or building.name, label("building.use", building.use))))


class BuildingActs(QObject):
    """``done`` carries the id of the building that something was done with, ``removed`` of one that was taken out."""

    done = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell

    @property
    def today(self) -> str:
        """This day in Japan."""
        return self.shell.context.now().astimezone(JST).date().isoformat()

    def may(self, right: str) -> bool:
        """Whether the operator has a right."""
        return self.shell.context.actor.may(right)

    def _finish(self, building_id: str, words: str) -> None:
        self.shell.say(words)
        self.done.emit(building_id)

    def with_building(self, building_id: str, then: Callable[[Building], object]) -> None:
        """Read a building and go on with it."""
        ctx = self.shell.context

        def use(found: Any) -> None:
            if isinstance(found, Building):
                then(found)

        self.shell.runner.read(lambda: ctx.reads.get("building", building_id), parent=self._parent).success(use).start()

    # -- the building

    def add(self, *, district: str = "") -> FormDialog | None:
        """A new building."""
        if not self.may("survey"):
            return None
        ctx = self.shell.context
        return open_form(
            self._parent,
            self.shell,
            ADD_BUILDING,
            lambda values: buildings.save_building(ctx, values=building_values(values)),
            then=lambda saved: self._finish(saved[0], "建物を登録しました"),
            values={"district": district} if district else None,
            columns=2,
        )

    def correct(self, building: Building) -> FormDialog | None:
        """Correct its particulars; what somebody else saved meanwhile is compared."""
        if not self.may("survey"):
            return None
        return self._change(
            building,
            CORRECT_BUILDING,
            building_form(building),
            lambda values, version: buildings.save_building(
                self.shell.context, values=building_values(values), building_id=building.id, version=version, reason=values["reason"]
            ),
            "建物を直しました",
            columns=2,
        )

    def note_risk(self, building: Building) -> FormDialog | None:
        """応急危険度判定: not the degree of damage."""
        return self._change(
            building,
            RISK,
            {name: getattr(building, name) for name in ("risk", "risk_on", "risk_note")} | ({} if building.risk else {"risk_on": self.today}),
            lambda values, version: buildings.note_risk(
                self.shell.context, building_id=building.id, risk=values["risk"], risk_on=day_text(values["risk_on"]) if values["risk"] else "",
                risk_note=values["risk_note"], version=version,
            ),
            "応急危険度判定を記録しました",
        )  # fmt: skip

    def note_collapse(self, building: Building) -> FormDialog | None:
        """On or off the register of collapsed houses."""
        values = {"collapsed": building.collapsed, "danger": building.danger} if building.collapsed else {"collapsed": True}
        return self._change(
            building,
            COLLAPSE,
            values,
            lambda given, version: buildings.note_collapse(
                self.shell.context, building_id=building.id, collapsed=given["collapsed"], danger=given["danger"], version=version
            ),
            "倒壊家屋の記録を直しました",
        )

    def remove(self, building: Building) -> FormDialog | None:
        """Take out what was entered by mistake."""
        if not self.may("survey"):
            return None
        ctx = self.shell.context
        return open_form(
            self._parent,
            self.shell,
            REMOVE,
            lambda values: buildings.remove_building(ctx, building_id=building.id, reason=values["reason"]),
            then=lambda _: self._removed(building.id),
            lead=naming(building),
        )

    def _removed(self, building_id: str) -> None:
        self.shell.say("建物の登録を取り消しました")
        self.removed.emit(building_id)

    def restore(self, building_id: str) -> None:
        """A building taken out comes back, without its households."""
        ctx = self.shell.context
        operation = self.shell.runner.write(
            lambda _: buildings.restore_building(ctx, building_id=building_id), parent=self._parent, label="window.saving"
        )
        operation.success(lambda _: self._finish(building_id, "建物の登録を戻しました")).start()

    def _change(
        self, building: Building, spec: FormSpec, values: dict[str, Any], act: Callable[[dict[str, Any], int], Any], words: str, *, columns: int = 1
    ) -> FormDialog | None:  # fmt: skip
        if not self.may("survey"):
            return None
        ctx, base = self.shell.context, {"version": building.version}

        def stored() -> dict[str, Any]:
            found = ctx.reads.get("building", building.id)
            return {field.key: getattr(found, field.key) for field in spec.fields if hasattr(found, field.key)}

        def rebase() -> None:
            found = ctx.reads.get("building", building.id)
            base["version"] = found.version if found else 0

        return open_form(
            self._parent, self.shell, spec, lambda given: act(given, base["version"]), then=lambda _: self._finish(building.id, words),
            values=values, lead=naming(building), columns=columns, current=stored, rebase=rebase,
        )  # fmt: skip

    # -- surveys

    def enter_survey(self, building_id: str, survey_id: str = "", *, appeal_id: str = "") -> None:
        """The entry screen: on a survey, else on the one that was begun and not finished, else on a new one."""
        if not self.may("survey"):
            return
        ctx = self.shell.context

        def load() -> tuple[BuildingFile, Any]:
            file = buildings.open_building(ctx, building_id=building_id)
            begun = survey_id or next((one.id for one in file.surveys if one.state in _UNFINISHED), "")
            return file, ctx.reads.get("survey", begun) if begun and not appeal_id else None

        operation = self.shell.runner.write(lambda _: load(), parent=self._parent, label="lists.reading")
        operation.success(lambda found: self.open_entry(*found, appeal_id=appeal_id)).start()

    def open_entry(self, file: BuildingFile, survey: Survey | None, *, appeal_id: str = "") -> QDialog:
        """Show the entry screen."""
        from app.ui.surveys.entry import EntryDialog

        dialog = EntryDialog(self.shell, file, survey, appeal_id=appeal_id)
        dialog.setParent(self._parent, dialog.windowFlags())
        dialog.finished.connect(lambda _: self.done.emit(file.building.id))
        dialog.open()
        return dialog

    def judge_self(self, building: Building) -> FormDialog | None:
        """自己判定: 準半壊に至らない with consent, without a visit."""
        return self._judge(building, survey_forms.SELF, "self", "partial")

    def judge_by_photo(self, building: Building) -> FormDialog | None:
        """写真判定: what is plainly 全壊."""
        return self._judge(building, survey_forms.PHOTO, "photo", "total")

    def _judge(self, building: Building, spec: FormSpec, method: str, grade: str) -> FormDialog | None:
        if not self.may("survey"):
            return None
        ctx = self.shell.context

        def save(values: dict[str, Any]) -> surveys.Recorded:
            return surveys.record_survey(
                ctx, building_id=building.id, inputs={}, method=method, typed_grade=grade, surveyed_on=day_text(values["surveyed_on"]),
                hazard=values["hazard"], structure=values["structure"], consented_by=values.get("consented_by", ""), note=values["note"],
            )  # fmt: skip

        wood = building.structure in ("wood", "prefab", "unknown", "other")
        return open_form(
            self._parent, self.shell, spec, save, then=lambda _: self._finish(building.id, f"{spec.title}を確認待ちにしました"),
            values={"surveyed_on": self.today, "structure": "wood" if wood else "rc"}, lead=naming(building),
        )  # fmt: skip

    def withdraw(self, building: Building, survey: SurveyRow) -> FormDialog | None:
        """Take a survey out; a counted one needs the right to check."""
        if not self.may("check_survey" if survey.state == "counted" else "survey"):
            return None
        ctx = self.shell.context
        return open_form(
            self._parent,
            self.shell,
            survey_forms.WITHDRAW,
            lambda values: surveys.withdraw_survey(ctx, survey_id=survey.id, reason=values["reason"], version=survey.version),
            then=lambda _: self._finish(building.id, "調査を取り下げました"),
            lead=f"{naming(building)}　{label('survey.kind', survey.kind)}　{label('grade', survey.grade)}",
        )

    def restore_survey(self, survey: SurveyRow) -> None:
        """Take a withdrawal back."""
        ctx = self.shell.context
        operation = self.shell.runner.write(
            lambda _: surveys.restore_survey(ctx, survey_id=survey.id), parent=self._parent, label="window.saving"
        )
        operation.success(lambda _: self._finish(survey.building_id, "取下げを戻しました")).start()

    def appeal(self, building: Building, *, victim_id: str = "", asked_by: str = "") -> FormDialog | None:
        """Somebody asks for a second or another survey."""
        if not self.may("survey"):
            return None
        ctx = self.shell.context
        return open_form(
            self._parent,
            self.shell,
            survey_forms.APPEAL,
            lambda values: surveys.open_appeal(
                ctx, building_id=building.id, victim_id=victim_id, **{**values, "asked_on": day_text(values["asked_on"])}
            ),
            then=lambda _: self._finish(building.id, "再調査の依頼を受け付けました"),
            values={"asked_on": self.today, "asked_by": asked_by},
            lead=naming(building),
        )
