"""Surveys, requests for another one, teams and their lists, area judgements: as tables, files and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.certificate import Application
from app.domain.survey import Appeal
from app.domain.survey_rules import KIND_RANK, SEVERITY
from app.presentation.columns.building import grade_text, grade_tone, heads_text, risk_tone, state_text, state_tone
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import field_label, label, short_label
from app.usecases.survey_rows import AppealRow, AreaAct, AssignmentRow, ProgressLine, SurveyRow, TeamRow

OWN_ENTRY = "自分が入力した（または調査員だった）調査は、自分では確認できません。ほかの人に確認してもらってください。"
_OUTCOME_TONES: dict[str, Tone] = {"done": "good", "absent": "warn", "refused": "warn", "not_found": "bad", "unsafe": "bad"}
_APPEAL_TONES: dict[str, Tone] = {"open": "warn", "accepted": "info", "declined": "quiet", "done": "good"}
UP, DOWN, SAME = "重く", "軽く", "変わらず"


def change_of_grade(before: str, after: str) -> str:
    """半壊 → 大規模半壊（重く）; nothing when one of the two is missing or they are the same."""
    if not before or not after:
        return ""
    if before == after:
        return SAME
    word = UP if SEVERITY.get(after, 0) > SEVERITY.get(before, 0) else DOWN
    return f"{grade_text(before)} → {grade_text(after)}（{word}）"


def grade_path(surveys: Sequence[SurveyRow]) -> list[str]:
    """How the degree of a building went, one line each counted survey, in the order they came to count, with the reason."""
    counted = sorted((one for one in surveys if one.state == "counted"), key=lambda s: (KIND_RANK.get(s.kind, 0), s.surveyed_on, s.id))
    told, before = [], ""
    for one in counted:
        head = f"{day_text(one.surveyed_on)} {label('survey.kind', one.kind)}"
        moved = change_of_grade(before, one.grade) or grade_text(one.grade)
        told.append("　".join(filter(None, (head, f"{grade_text(one.grade)}（{SAME}）" if moved == SAME else moved, one.reason))))
        before = one.grade
    return told


def judged_text(row: SurveyRow) -> str:
    """The degree and what decided it: 半壊（部位別の損傷 24）."""
    how = label("survey.decided_by", row.decided_by)
    points = "" if row.total is None else f" {row.total}"
    return f"{grade_text(row.grade)}（{how}{points}）" if how else grade_text(row.grade)


def who_entered(row: SurveyRow) -> str:
    """The name; one's own entries say so."""
    return f"{row.entered_by}（自分）" if row.mine else row.entered_by


_SURVEY: tuple[Column[SurveyRow], ...] = (
    Column(key="number", label=field_label("building", "number"), text=lambda r: r.number, width=10, sort=lambda r: r.number),
    Column(key="address", label=field_label("building", "address"), text=lambda r: r.address, width=13, sort=lambda r: r.address),
    Column(key="head", label="世帯主", text=lambda r: r.head, width=8, sort=lambda r: r.head),
    Column(key="grade", label="被害の程度", text=lambda r: grade_text(r.grade), width=6, tone=lambda r: grade_tone(r.grade),
           sort=lambda r: SEVERITY.get(r.grade, -1)),
    Column(key="total", label="損害割合", text=lambda r: "" if r.total is None else str(r.total), width=4, align="right",
           number=True, sort=lambda r: (r.total is None, r.total or 0)),
    Column(key="decided", label="決め手", text=lambda r: label("survey.decided_by", r.decided_by), width=7),
    Column(key="hazard", label="災害", text=lambda r: short_label("survey.hazard", r.hazard), width=5),
    Column(key="kind", label="調査", text=lambda r: label("survey.kind", r.kind), width=4),
    Column(key="method", label="方法", text=lambda r: label("survey.method", r.method), width=6),
    Column(key="structure", label="構造", text=lambda r: label("survey.structure", r.structure), width=6),
    Column(key="surveyed_on", label="調査日", text=lambda r: day_text(r.surveyed_on), width=6, sort=lambda r: r.surveyed_on),
    Column(key="team", label="班", text=lambda r: r.team, width=5, sort=lambda r: r.team),
    Column(key="surveyors", label="調査員", text=lambda r: "、".join(r.surveyors), width=9),
    Column(key="entered_by", label="入力した人", text=who_entered, width=8, tone=lambda r: "quiet" if r.mine else "",
           tip=lambda r: OWN_ENTRY if r.mine else r.entered_by, sort=lambda r: r.entered_by),
    Column(key="state", label="状態", text=lambda r: label("survey.state", r.state), width=4, tone=lambda r: state_tone(r.state)),
    Column(key="counting", label="いまの判定", text=lambda r: "○" if r.counting else "", width=5, align="center", tone=lambda r: "good"),
    Column(key="checked_by", label="確認した人", text=lambda r: r.checked_by, width=7),
    Column(key="reason", label="理由・確認のことば", text=lambda r: "　".join(filter(None, (r.reason, r.check_note))), width=12),
    Column(key="district", label="地区", text=lambda r: r.district, width=5, sort=lambda r: r.district),
)  # fmt: skip

SURVEYS: ColumnSet[SurveyRow] = ColumnSet(key="surveys", columns=_SURVEY)
WAITING: ColumnSet[SurveyRow] = ColumnSet(
    key="surveys.waiting",
    columns=tuple(c for c in _SURVEY if c.key not in ("state", "counting", "checked_by")),
    views={
        "standard": (
            "number", "address", "grade", "total", "decided", "kind", "method", "surveyed_on", "entered_by", "team", "surveyors", "reason",
        ),
    },
)  # fmt: skip
OF_BUILDING: ColumnSet[SurveyRow] = ColumnSet(
    key="surveys.of_building",
    columns=tuple(c for c in _SURVEY if c.key not in ("number", "address", "head", "district")),
    views={
        "standard": ("surveyed_on", "kind", "grade", "total", "state", "counting", "method", "decided", "entered_by", "checked_by", "reason"),
    },
)

APPEALS: ColumnSet[AppealRow] = ColumnSet(
    key="appeals",
    columns=(
        Column(key="state", label="状態", text=lambda r: label("appeal.state", r.appeal.state), width=5,
               tone=lambda r: _APPEAL_TONES.get(r.appeal.state, "")),
        Column(key="asked_on", label="依頼日", text=lambda r: day_text(r.appeal.asked_on), width=6, sort=lambda r: r.appeal.asked_on),
        Column(key="wants", label="求める調査", text=lambda r: label("appeal.wants", r.appeal.wants), width=5),
        Column(key="number", label="調査番号", text=lambda r: r.number, width=10, sort=lambda r: r.number),
        Column(key="address", label="所在地", text=lambda r: r.address, width=13, sort=lambda r: r.address),
        Column(key="head", label="世帯主", text=lambda r: r.head, width=8),
        Column(key="grade", label="いまの程度", text=lambda r: grade_text(r.grade), width=6, tone=lambda r: grade_tone(r.grade)),
        Column(key="reason", label="理由", text=lambda r: r.appeal.reason, width=12),
        Column(key="asked_by", label="依頼した人", text=lambda r: r.appeal.asked_by, width=7),
        Column(key="phone", label="電話", text=lambda r: r.appeal.phone, width=9),
        Column(key="answer", label="回答", text=lambda r: r.appeal.answer, width=10),
        Column(key="survey", label="調査", text=lambda r: state_text(r.survey_state), width=5, tone=lambda r: state_tone(r.survey_state)),
        Column(key="district", label="地区", text=lambda r: r.district, width=5, sort=lambda r: r.district),
    ),
)  # fmt: skip

def danger_text(row: AssignmentRow) -> str:
    """What a team has to be careful of before it goes in."""
    risk = label("building.risk", row.risk) if row.risk in ("limited", "unsafe") else ""
    return "　".join(filter(None, ("倒壊" if row.collapsed else "", risk, row.danger)))


OWN_APPEALS: ColumnSet[Appeal] = ColumnSet(
    key="appeals.of_building",
    columns=(
        Column(key="state", label="状態", text=lambda r: label("appeal.state", r.state), width=5, tone=lambda r: _APPEAL_TONES.get(r.state, "")),
        Column(key="asked_on", label="依頼日", text=lambda r: day_text(r.asked_on), width=6),
        Column(key="wants", label="求める調査", text=lambda r: label("appeal.wants", r.wants), width=5),
        Column(key="asked_by", label="依頼した人", text=lambda r: r.asked_by, width=7),
        Column(key="phone", label="電話", text=lambda r: r.phone, width=9),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=14),
        Column(key="answer", label="回答", text=lambda r: r.answer, width=12),
    ),
)
APPLIED: ColumnSet[Application] = ColumnSet(
    key="applications.of_building",
    columns=(
        Column(key="number", label="受付番号", text=lambda r: r.number, width=9),
        Column(key="kind", label="種類", text=lambda r: short_label("application.kind", r.kind), width=6),
        Column(key="state", label="状態", text=lambda r: label("application.state", r.state), width=5),
        Column(key="applied_on", label="申請日", text=lambda r: day_text(r.applied_on), width=6),
        Column(key="applicant", label="申請者", text=lambda r: r.applicant_name, width=8),
        Column(key="grade", label="程度", text=lambda r: grade_text(r.grade), width=6, tone=lambda r: grade_tone(r.grade)),
        Column(key="phone", label="電話", text=lambda r: r.phone, width=8),
    ),
)

ASSIGNMENTS: ColumnSet[AssignmentRow] = ColumnSet(
    key="assignments",
    columns=(
        Column(key="position", label="順", text=lambda r: str(r.position + 1), width=2, align="right", number=True),
        Column(key="number", label="調査番号", text=lambda r: r.number, width=10),
        Column(key="address", label="所在地", text=lambda r: r.address, width=13),
        Column(key="heads", label="世帯主", text=lambda r: heads_text(r.heads, len(r.heads)), width=7),
        Column(key="danger", label="注意", text=danger_text, width=8, tone=lambda r: "bad" if r.collapsed else risk_tone(r.risk),
               icon=lambda r: "warning" if r.collapsed or r.risk == "unsafe" else ""),
        Column(key="round", label="回", text=lambda r: f"{r.round}回目", width=3),
        Column(key="kind", label="調査", text=lambda r: label("survey.kind", r.kind), width=4),
        Column(key="outcome", label="結果", text=lambda r: label("assignment.outcome", r.outcome), width=5,
               tone=lambda r: _OUTCOME_TONES.get(r.outcome, "")),
        Column(key="state", label="入力", text=lambda r: state_text(r.state), width=5, tone=lambda r: state_tone(r.state)),
        Column(key="use", label="用途", text=lambda r: label("building.use", r.use), width=8),
        Column(key="structure", label="構造", text=lambda r: label("building.structure", r.structure), width=6),
        Column(key="note", label="備考", text=lambda r: r.note, width=8),
        Column(key="team", label="班", text=lambda r: r.team, width=5),
        Column(key="day", label="予定日", text=lambda r: day_text(r.day), width=6),
    ),
    views={
        "standard": ("position", "number", "address", "heads", "danger", "outcome", "state", "round", "kind", "structure", "note"),
        "full": (
            "day", "team", "position", "number", "address", "heads", "danger", "outcome", "state", "round", "kind", "use", "structure", "note",
        ),
    },
)  # fmt: skip


TEAMS: ColumnSet[TeamRow] = ColumnSet(
    key="teams",
    columns=(
        Column(key="name", label="班", text=lambda r: r.team.name, width=7, sort=lambda r: r.team.name),
        Column(key="left", label="残り", text=lambda r: f"{r.remaining:,}", width=3, align="right", number=True),
        Column(key="done", label="済み", text=lambda r: f"{r.done:,}", width=3, align="right", number=True),
        Column(key="members", label="調査員", text=lambda r: "、".join(r.team.members), width=8),
        Column(key="from_town", label="所属", text=lambda r: r.team.from_town, width=6),
    ),
)


def _count(key: str, heading: str, tone: Tone = "") -> Column[ProgressLine]:
    def words(line: ProgressLine) -> str:
        return f"{getattr(line, key):,}" if getattr(line, key) else ""

    return Column(key=key, label=heading, text=words, width=4, align="right", sort=lambda r: getattr(r, key), tone=lambda r: tone)


def share_text(line: ProgressLine) -> str:
    """調査済み of all, in percent."""
    return f"{line.surveyed * 100 // line.buildings}%" if line.buildings else ""


PROGRESS: ColumnSet[ProgressLine] = ColumnSet(
    key="survey.progress",
    columns=(
        Column(key="district", label="地区", text=lambda r: r.district or "（地区なし）", width=7, sort=lambda r: r.district),
        _count("buildings", "棟数"),
        _count("dwellings", "うち住家"),
        _count("remaining", "未調査", "warn"),
        _count("planned", "予定あり"),
        _count("surveyed", "調査済み"),
        Column(key="share", label="割合", text=share_text, width=3, align="right", sort=lambda r: r.surveyed / r.buildings if r.buildings else 0),
        _count("waiting", "確認待ち"),
        _count("judged", "判定済み", "good"),
        _count("absent", "不在", "warn"),
        _count("appeals", "再調査"),
    ),
)

AREA_ACTS: ColumnSet[AreaAct] = ColumnSet(
    key="area_acts",
    columns=(
        Column(key="surveyed_on", label="判定日", text=lambda r: day_text(r.surveyed_on), width=6, sort=lambda r: r.surveyed_on),
        Column(key="grade", label="被害の程度", text=lambda r: grade_text(r.grade), width=6, tone=lambda r: grade_tone(r.grade)),
        Column(key="hazard", label="災害", text=lambda r: short_label("survey.hazard", r.hazard), width=6),
        Column(key="made", label="判定した棟数", text=lambda r: f"{r.made:,}", width=5, align="right", number=True),
        Column(key="standing", label="いまも有効", text=lambda r: f"{r.standing:,}" if r.standing else "取り消し済み", width=6, align="right"),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=14),
        Column(key="entered_by", label="判定した人", text=lambda r: r.entered_by, width=8),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLine:
    """One building of an area judgement: changed, or left as it is and why (words)."""

    id: str
    number: str
    address: str
    before: str
    after: str
    left: str = ""


AREA_LINES: ColumnSet[AreaLine] = ColumnSet(
    key="area_lines",
    columns=(
        Column(key="done", label="判定", text=lambda r: "変えない" if r.left else "判定する", width=5, tone=lambda r: "quiet" if r.left else "info"),
        Column(key="number", label="調査番号", text=lambda r: r.number, width=10, sort=lambda r: r.number),
        Column(key="address", label="所在地", text=lambda r: r.address, width=14, sort=lambda r: r.address),
        Column(key="before", label="いまの程度", text=lambda r: grade_text(r.before), width=6, tone=lambda r: grade_tone(r.before)),
        Column(key="after", label="判定後", text=lambda r: grade_text(r.after), width=6, tone=lambda r: grade_tone(r.after)),
        Column(key="left", label="変えない理由", text=lambda r: r.left, width=16),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A counted survey in the area that an area judgement may rest on."""

    survey: SurveyRow
    ticked: bool = False

    @property
    def id(self) -> str:
        """That of the survey."""
        return self.survey.id


CORNERS: ColumnSet[Corner] = ColumnSet(
    key="area_corners",
    columns=(
        Column(key="tick", label="根拠", text=lambda r: "☑" if r.ticked else "☐", width=3, align="center"),
        Column(key="number", label="調査番号", text=lambda r: r.survey.number, width=10),
        Column(key="address", label="所在地", text=lambda r: r.survey.address, width=13),
        Column(key="grade", label="被害の程度", text=lambda r: grade_text(r.survey.grade), width=6, tone=lambda r: grade_tone(r.survey.grade)),
        Column(key="decided", label="決め手", text=lambda r: label("survey.decided_by", r.survey.decided_by), width=6),
        Column(key="surveyed_on", label="調査日", text=lambda r: day_text(r.survey.surveyed_on), width=6),
        Column(key="kind", label="調査", text=lambda r: label("survey.kind", r.survey.kind), width=4),
    ),
)
