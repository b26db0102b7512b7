"""Editions of the guideline, and the numbers of one with where each is from and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.assessment_edition import Edition, Fact
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import label
from app.presentation.steps import ROMAN, SINKING_WORDS, part_label

_SURE = {
    "F": "公開資料で確認",
    "V": "計算で確認",
    "K-high": "一般知識（高い）",
    "K-med": "一般知識（中）",
    "K-low": "一般知識（低い）",
    "own": "自治体の定め",
}
_PLACES = {
    "buckets.percents": "面積率の区分（%）",
    "tilt.wood.total": "傾斜（木造）　全壊",
    "tilt.wood.step": "傾斜（木造）　部位の点にする下限",
    "tilt.wood.points": "傾斜（木造）　部位の点",
    "tilt.wood.rule": "傾斜（木造）　点の扱い",
    "tilt.wood.part_first": "傾斜（木造）　1次の部位",
    "tilt.wood.part_second": "傾斜（木造）　2次の部位",
    "tilt.rc.total": "傾斜（非木造）　全壊",
    "tilt.rc.settled": "傾斜（非木造）　沈下があれば全壊",
    "tilt.rc.settlement_mm": "傾斜（非木造）　最大の沈下・露出（mm）",
    "ground.tilt_rule": "地盤被害　傾斜の取り方",
    "ground.otherwise": "地盤被害　どれにも当たらない",
}
_VALUES = {"at_least": "少なくともその点", "add": "加える", "none": "点にしない", "average": "四隅の平均", "maximum": "四隅の最大"}
_SHEETS = {"first": "1次", "second": "2次"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """An edition in the list. ``default``: it is used for this folder's disaster."""

    edition: Edition
    default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """A number of an edition in words. ``doubtful``: to be confirmed with the official document."""

    position: int
    place: str
    value: str
    source: str
    sure: str
    doubtful: bool


def edition_lines(editions: Sequence[Edition], default: str) -> list[EditionLine]:
    """Newest first."""
    return [EditionLine(edition=edition, default=edition.id == default) for edition in reversed(editions)]


def fact_lines(edition: Edition) -> list[FactLine]:
    """Every number, in the order of the file."""
    return [_line(number, fact, edition) for number, fact in enumerate(edition.facts)]


def _line(number: int, fact: Fact, edition: Edition) -> FactLine:
    doubtful = fact.sure.endswith(" (!)")
    sure = _SURE[fact.sure.removesuffix(" (!)")]
    return FactLine(
        position=number, place=_place(fact.key, edition), value=_value(fact.value, edition), source=fact.source,
        sure=f"{sure}　要確認" if doubtful else sure, doubtful=doubtful,
    )  # fmt: skip


def _value(value: str, edition: Edition) -> str:
    return (
        edition.label(value)
        or _VALUES.get(value)
        or next((part_label(value, "wood", s) for s in _SHEETS if part_label(value, "wood", s) != value), value)
    )


def _place(key: str, edition: Edition) -> str:
    """A key of the file in words: ``weights.wood_first.roof`` is 構成比　木造1次　屋根."""
    if key in _PLACES:
        return _PLACES[key]
    head, _, rest = key.partition(".")
    if head.startswith("grades["):
        return f"損害割合（%以上）　{edition.bands[int(head[7:-1])].label}"
    if head == "floor_loss":
        return f"床面積の割合（%以上）　{edition.label(rest)}"
    if head == "coefficients":
        return f"程度{ROMAN[int(rest)]}の係数（%）"
    if head == "weights":
        form, _, part = rest.partition(".")
        structure, _, sheet = form.partition("_")
        return f"構成比　{label('survey.structure', structure)}{_SHEETS[sheet]}　{part_label(part, structure, sheet)}"
    if head == "depth":
        hazard, _, field = rest.partition(".")
        return f"浸水深　{label('survey.hazard', hazard)}　{_depth_field(field, hazard, edition)}"
    if rest.startswith("tilt."):
        return f"地盤被害　傾斜　{edition.label(rest[5:])}"
    if rest.startswith("sinking."):
        return f"地盤被害　潜り込み　{SINKING_WORDS[rest[8:]]}"
    return key


def _depth_field(field: str, hazard: str, edition: Edition) -> str:
    if field.startswith("limits["):
        place = int(field[7 : field.index("]")])
        return f"床上（cm以上）　{edition.label(edition.depths[hazard].limits[place].grade)}"
    return {"max_storeys": "階数まで", "below": "床上に達しない"}.get(field, field)


def _tone(line: FactLine) -> Tone:
    return "warn" if line.doubtful else ""


EDITIONS: ColumnSet[EditionLine] = ColumnSet(
    key="editions",
    columns=(
        Column(key="title", label="名前", text=lambda line: line.edition.title, width=9),
        Column(key="in_force", label="この日の災害から", text=lambda line: line.edition.in_force.isoformat(), width=8),
        Column(key="origin", label="種類", text=lambda line: "自治体の版" if line.edition.own else "備え付け", width=6),
        Column(
            key="default",
            label="この災害",
            text=lambda line: "使用" if line.default else "",
            tone=lambda line: "good" if line.default else "",
            width=5,
        ),
        Column(key="id", label="番号", text=lambda line: line.edition.id, width=6),
    ),
)
FACTS: ColumnSet[FactLine] = ColumnSet(
    key="edition_facts",
    columns=(
        Column(key="place", label="項目", text=lambda line: line.place, width=19, sort=lambda line: line.position),
        Column(key="value", label="値", text=lambda line: line.value, width=6),
        Column(
            key="sure", label="確かさ", text=lambda line: line.sure, tone=_tone, width=10, sort=lambda line: (not line.doubtful, line.sure)
        ),
        Column(key="source", label="出典", text=lambda line: line.source, width=14),
    ),
)
