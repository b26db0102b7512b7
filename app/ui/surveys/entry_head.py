"""The head of the survey sheet: what was surveyed how, when, by whom. What the last sheet said is there already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from app.domain.assessment_edition import STRUCTURES, Edition
from app.domain.survey import HAZARDS, KINDS, Team
from app.presentation.forms.spec import FieldSpec, spec_field
from app.presentation.labels import label
from app.ui import theme
from app.ui.widgets.fields import FieldEditor, make_editor
from app.ui.widgets.text import column, row, text

METHODS = ("field", "photo", "fire_service", "other")
_CLOCK = re.compile(r"(\d{1,2}):?(\d{2})")
_DAY = spec_field("survey", "surveyed_on", kind="date", required=True, placeholder="R6.1.5")
_STARTED = spec_field("survey", "started", ime="latin", placeholder="930", limit=10)
_ENDED = spec_field("survey", "ended", ime="latin", placeholder="945", limit=10)
_SURVEYORS = spec_field("survey", "surveyors", placeholder="氏名を読点かスペース2つで区切る")
_REASON = FieldSpec(key="reason", label="再調査の理由", required=True)
_NOTE = spec_field("survey", "note", placeholder="備考・写真番号")
REMEMBERED = ("hazard", "kind", "method", "surveyed_on", "team_id", "surveyors")


def read_clock(text: str) -> str:
    """``930`` and ``9:30`` are half past nine; anything else stays for the rules to refuse."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _CLOCK.fullmatch(plain)
    return f"{int(found[1])}:{found[2]}" if found else plain


class SheetTop(QWidget):
    """``reshaped`` when the sheet becomes another one (hazard, stage, structure, edition); ``changed`` when anything was typed."""

    reshaped = Signal()
    changed = Signal()

    def __init__(self, editions: Sequence[Edition], teams: Sequence[Team]) -> None:
        super().__init__()
        self._teams = {team.id: team for team in teams}
        self.hazard = _picker("災害", [(code, label("survey.hazard", code)) for code in HAZARDS])
        self.kind = _picker("種別", [(code, label("survey.kind", code)) for code in KINDS])
        self.stage = _picker("調査票", [("1", "1次の票"), ("2", "2次の票")])
        self.structure = _picker("構造", [(code, label("survey.structure", code)) for code in STRUCTURES])
        self.edition = _picker("運用指針の版", [(edition.id, edition.title) for edition in reversed(editions)])
        self.method = _picker("方法", [(code, label("survey.method", code)) for code in METHODS])
        self.team = _picker("班", [("", "―"), *((team.id, team.name) for team in teams)])
        specs = (_DAY, _STARTED, _ENDED, _SURVEYORS, _REASON, _NOTE)
        self.editors: dict[str, FieldEditor] = {spec.key: make_editor(spec, marks=False) for spec in specs}
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._follow_kind)
        for box in (self.hazard, self.stage, self.structure, self.edition):
            box.currentIndexChanged.connect(lambda _: self.reshaped.emit())
        for box in (self.kind, self.method, self.team):
            box.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.team.currentIndexChanged.connect(self._follow_team)
        for editor in self.editors.values():
            editor.changed.connect(lambda _: self.changed.emit())
        self._follow_kind()

    def _lay_out(self) -> None:
        self._stage_box = _named("調査票", self.stage)
        first = row(
            _named("災害", self.hazard), _named("種別", self.kind), self._stage_box, _named("構造", self.structure),
            _named("方法", self.method), _named("運用指針の版", self.edition), spacing=12,
        )  # fmt: skip
        for place, share in enumerate((5, 4, 4, 6, 5, 6)):
            first.setStretch(place, share)
        second = row(
            self.editors["surveyed_on"], self.editors["started"], self.editors["ended"], _named("班", self.team), self.editors["surveyors"],
            spacing=12,
        )  # fmt: skip
        for place, share in enumerate((8, 3, 3, 5, 8)):
            second.setStretch(place, share)
            second.itemAt(place).setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(first, second, self.editors["reason"], spacing=8))

    def order(self) -> list[QWidget]:
        """Widgets in the order of the keyboard."""
        return [
            self.hazard, self.kind, self.stage, self.structure, self.method, self.edition, self.editors["surveyed_on"].target,
            self.editors["started"].target, self.editors["ended"].target, self.team, self.editors["surveyors"].target,
            self.editors["reason"].target,
        ]  # fmt: skip

    def _follow_kind(self) -> None:
        """The stage goes with the kind; a re-survey may use either sheet."""
        again = self.kind.currentData() == "re"
        self.editors["reason"].setVisible(again)
        self._stage_box.setVisible(again)
        wanted = {"first": "1", "second": "2"}.get(self.kind.currentData(), self.stage.currentData())
        self.stage.setCurrentIndex(self.stage.findData(wanted))

    def _follow_team(self) -> None:
        team, editor = self._teams.get(self.team.currentData()), self.editors["surveyors"]
        known = ["、".join(other.members) for other in self._teams.values()]
        if team is not None and team.members and editor.raw().strip() in ("", *known):
            editor.set_raw("、".join(team.members))

    # -- values

    def fill(self, values: Mapping[str, Any]) -> None:
        """Show values by field; what is not there stays."""
        for name in ("hazard", "kind", "stage", "structure", "edition", "method", "team_id"):
            box: QComboBox = self.team if name == "team_id" else getattr(self, name)
            place = box.findData(str(values.get(name, "")))
            if name in values and place >= 0:
                box.setCurrentIndex(place)
        for name, editor in self.editors.items():
            if name in values:
                value = values[name]
                editor.set_raw("、".join(value) if isinstance(value, (list, tuple)) else str(value or ""))

    def values(self) -> dict[str, Any]:
        """Everything of the head that goes to ``record_survey``."""
        return {
            "kind": self.kind.currentData(),
            "method": self.method.currentData(),
            "edition": self.edition.currentData(),
            "surveyed_on": self.editors["surveyed_on"].raw(),
            "started": read_clock(self.editors["started"].raw()),
            "ended": read_clock(self.editors["ended"].raw()),
            "team_id": self.team.currentData() or "",
            "surveyors": split_names(self.editors["surveyors"].raw()),
            "reason": self.editors["reason"].raw() if self.kind.currentData() == "re" else "",
            "note": self.editors["note"].raw(),
        }

    def remembered(self) -> dict[str, Any]:
        """What the next sheet begins with."""
        return {name: value for name, value in {**self.values(), "hazard": self.hazard.currentData()}.items() if name in REMEMBERED}


def split_names(words: str) -> list[str]:
    """Names parted by commas or by two spaces; one space stands between family and given name."""
    return [name.strip() for name in re.split(r"[、，,/・]|[ 　]{2,}", words) if name.strip()]


def _named(words: str, field: QWidget) -> QWidget:
    """A field with its name above, as high as the editors beside it."""
    box = QWidget()
    caption = text(words, role="field", wrap=False)
    caption.setBuddy(field)
    box.setLayout(column(caption, field, spacing=theme.current().px(5)))
    return box


def _picker(name: str, options: Sequence[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    made.setMinimumContentsLength(3)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for code, words in options:
        made.addItem(words, code)
    return made
