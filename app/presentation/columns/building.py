"""Buildings in lists: on screen, as files and on paper. 応急危険度判定 stands beside the degree and says that it is something else."""

from __future__ import annotations

from collections.abc import Sequence

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import field_label, label, short_label
from app.usecases.survey_rows import BuildingRow

_GRADE_TONES: dict[str, Tone] = {"total": "bad", "large": "bad", "medium": "warn", "half": "warn", "semi_half": "info", "partial": ""}
_STATE_TONES: dict[str, Tone] = {"unsurveyed": "quiet", "draft": "quiet", "entered": "info", "returned": "warn", "counted": "good"}
_RISK_TONES: dict[str, Tone] = {"inspected": "good", "limited": "warn", "unsafe": "bad"}
NOT_THE_GRADE = "応急危険度判定は、入っても安全かどうかの判定です。被害の程度（罹災証明書）とは別のもので、危険（赤）でも全壊とは限りません。"
STATE_WORDS = {"unsurveyed": "未調査"}


def grade_text(grade: str) -> str:
    """The degree in a narrow column; nothing where none holds."""
    return short_label("grade", grade)


def grade_tone(grade: str) -> Tone:
    """The colour beside the word."""
    return _GRADE_TONES.get(grade, "quiet")


def state_text(state: str) -> str:
    """Where a building stands."""
    return STATE_WORDS.get(state or "unsurveyed") or label("survey.state", state)


def state_tone(state: str) -> Tone:
    """The colour beside the word."""
    return _STATE_TONES.get(state or "unsurveyed", "")


def risk_tone(risk: str) -> Tone:
    """The colour of the paper on the door."""
    return _RISK_TONES.get(risk, "")


def heads_text(heads: Sequence[str], households: int) -> str:
    """能登　花子、能登　太郎 ほか1世帯"""
    named = "、".join(heads)
    more = households - len(heads)
    if not households:
        return "（世帯なし）"
    return f"{named} ほか{more:,}世帯" if more > 0 and named else named or f"{households:,}世帯"


def area_text(area: float | None) -> str:
    """132.5, without zeros that say nothing."""
    return "" if area is None else f"{area:,.2f}".rstrip("0").rstrip(".")


def collapsed_text(row: BuildingRow) -> str:
    """倒壊, with what to be careful of."""
    return " ".join(filter(None, ("倒壊", row.danger))) if row.collapsed else ""


def _plain(key: str, width: int) -> Column[BuildingRow]:
    return Column(key=key, label=field_label("building", key), text=lambda r: str(getattr(r, key) or ""), width=width)


BUILDINGS: ColumnSet[BuildingRow] = ColumnSet(
    key="buildings",
    columns=(
        Column(key="number", label=field_label("building", "number"), text=lambda r: r.number, width=10),
        Column(key="address", label=field_label("building", "address"), text=lambda r: r.address or "（所在地なし）", width=14),
        Column(key="heads", label="世帯主", text=lambda r: heads_text(r.heads, r.households), width=10,
               tone=lambda r: "" if r.households else "quiet"),
        Column(key="grade", label="被害の程度", text=lambda r: grade_text(r.grade), width=6, tone=lambda r: grade_tone(r.grade),
               tip=lambda r: label("grade", r.grade)),
        Column(key="state", label="調査", text=lambda r: state_text(r.state), width=5, tone=lambda r: state_tone(r.state)),
        Column(key="surveyed_on", label="調査日", text=lambda r: day_text(r.surveyed_on), width=6),
        Column(key="risk", label="応急危険度判定", text=lambda r: label("building.risk", r.risk), width=7, tone=lambda r: risk_tone(r.risk),
               tip=lambda r: NOT_THE_GRADE),
        Column(key="collapsed", label="倒壊家屋", text=lambda r: "倒壊" if r.collapsed else "", width=5, tone=lambda r: "bad",
               icon=lambda r: "warning" if r.collapsed else "", tip=collapsed_text),
        Column(key="danger", label="倒壊家屋・危険についての注意", text=collapsed_text, width=16, tone=lambda r: "bad",
               icon=lambda r: "warning" if r.collapsed else ""),
        Column(key="use", label="用途", text=lambda r: label("building.use", r.use), width=8),
        Column(key="district", label="地区", text=lambda r: r.district, width=5),
        Column(key="zone", label="区域", text=lambda r: r.zone, width=5),
        Column(key="owner", label="所有者", text=lambda r: r.owner_name, width=8),
        Column(key="structure", label="構造", text=lambda r: label("building.structure", r.structure), width=6),
        Column(key="storeys", label="階数", text=lambda r: "" if r.storeys is None else str(r.storeys), width=3, align="right", number=True),
        Column(key="floor_area", label="延床面積（㎡）", text=lambda r: area_text(r.floor_area), width=6, align="right"),
        Column(key="households", label="世帯数", text=lambda r: str(r.households), width=4, align="right", number=True),
        Column(key="total", label="損害割合", text=lambda r: "" if r.total is None else str(r.total), width=4, align="right", number=True),
        Column(key="photos", label="写真", text=lambda r: f"{r.photos:,}" if r.photos else "", width=3, align="right", number=True),
        Column(key="appeals", label="再調査の依頼", text=lambda r: f"{r.appeals:,}件" if r.appeals else "", width=5, tone=lambda r: "warn"),
        Column(key="planned", label="予定", text=lambda r: day_text(r.planned), width=6),
        _plain("name", 8),
        _plain("tax_no", 8),
    ),
    views={
        "standard": ("number", "address", "heads", "grade", "state", "surveyed_on", "risk", "collapsed", "owner", "use", "district", "photos"),
        "collapsed": ("number", "address", "danger", "risk", "heads", "grade", "state", "owner", "district"),
        "plan": ("number", "address", "heads", "district", "structure", "risk", "collapsed"),
        "full": (
            "number", "tax_no", "use", "name", "address", "district", "zone", "structure", "storeys", "floor_area", "owner", "heads",
            "households", "grade", "total", "state", "surveyed_on", "risk", "collapsed", "photos", "appeals", "planned",
        ),
    },
)  # fmt: skip
