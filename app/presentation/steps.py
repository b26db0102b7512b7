"""The reckoning of a survey in words, line by line as one would say it over the paper form: ``屋根 15 × Ⅲ 50% × 60% = 5``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.assessment_records import Assessment, Step
from app.presentation.labels import label

ROMAN = ("なし", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ")
"""Words of the degrees 0–5."""
_PARTS: Mapping[tuple[str, str], Mapping[str, tuple[str, str]]] = {
    ("wood", "first"): {"roof": ("屋根", "屋根"), "wall": ("壁", "壁（外壁）"), "foundation": ("基礎", "基礎")},
    ("wood", "second"): {
        "roof": ("屋根", "屋根"),
        "pillar": ("柱", "柱（又は耐力壁）"),
        "floor": ("床", "床（階段を含む）"),
        "outer_wall": ("外壁", "外壁"),
        "inner_wall": ("内壁", "内壁"),
        "ceiling": ("天井", "天井"),
        "fittings": ("建具", "建具"),
        "foundation": ("基礎", "基礎"),
        "equipment": ("設備", "設備"),
    },
    ("rc", "first"): {
        "pillar": ("柱", "柱（又は耐力壁）"),
        "finish": ("雑壁・仕上等", "雑壁・仕上等"),
        "equipment": ("設備等", "設備等（外部階段を含む）"),
    },
    ("rc", "second"): {
        "pillar": ("柱", "柱（又は耐力壁・梁）"),
        "floor_beam": ("床・梁", "床・梁"),
        "exterior": ("外部仕上", "外部仕上・雑壁・屋根"),
        "interior": ("内部仕上", "内部仕上・天井"),
        "fittings": ("建具", "建具"),
        "equipment": ("設備等", "設備等（外部階段を含む）"),
    },
}
SINKING_WORDS: Mapping[str, str] = {
    "none": "潜り込みなし",
    "foundation_25cm": "基礎の天端の下25センチまで",
    "floor": "床まで",
    "floor_1m": "床上1メートルまで",
}
_INPUT_WORDS: Mapping[str, str] = {
    "tilt_mm": "傾斜",
    "depth_cm": "浸水深",
    "above_floor": "床上・床下",
    "settlement_mm": "沈下・露出",
    "sinking": "潜り込み",
    "floor_loss_percent": "床面積の割合",
    "outside_damage": "外装の損傷",
}


def part_label(part: str, structure: str, sheet: str | int, *, short: bool = False) -> str:
    """The word of the form for a part. ``sheet`` is ``first``, ``second`` or the stage 1, 2."""
    name = {1: "first", 2: "second"}.get(sheet, sheet) if isinstance(sheet, int) else sheet
    words = _PARTS.get((structure, str(name)), {}).get(part)
    return words[0 if short else 1] if words else part


def step_words(step: Step) -> str:
    """One step as a line of Japanese."""
    return _WORDS[step.code](step.params)


def assessment_words(made: Assessment) -> list[str]:
    """All steps of an assessment."""
    return [step_words(step) for step in made.steps]


def part_result(made: Assessment, part: str, structure: str) -> str:
    """``屋根 5``: a part and its points."""
    return f"{part_label(part, structure, made.sheet, short=True)} {made.parts.get(part, 0)}"


def _part(params: Mapping[str, Any]) -> str:
    return part_label(params["part"], params["structure"], params["sheet"], short=True)


def _sum(values: Sequence[object]) -> str:
    return " + ".join(str(value) for value in values) if values else "0"


def _cell(p: Mapping[str, Any]) -> str:
    raised = f"（面積{p['percent']}%は{p['bucket']}%の欄）" if "percent" in p else ""
    return f"{_part(p)} {p['weight']} × {ROMAN[p['degree']]} {p['coefficient']}% × {p['bucket']}% = {p['points']}{raised}"


def _tilt(p: Mapping[str, Any], head: str) -> str:
    about = f"（1/{p['one_in']}）" if p["one_in"] != "0" else ""
    return f"{head}：{'・'.join(p['values'])} mm → {p['value']}/{p['plumb']}{about}"


def _range(low: str, high: str | None, unit: str) -> str:
    return f"{low}{unit}以上" if high is None else f"{low}{unit}以上{high}{unit}未満"


def _depth(p: Mapping[str, Any]) -> str:
    return f"床上の浸水深 {p['depth']} cm：{label('survey.hazard', p['hazard'])}の表で {_range(p['low'], p['high'], ' cm ')} → {p['label']}"


def _settled(p: Mapping[str, Any]) -> str:
    return f"傾斜が {p['limit']} 以上で、最大の沈下・露出 {p['settlement']} mm が {p['least']} mm 以上 → 全壊"


def _not_settled(p: Mapping[str, Any]) -> str:
    seen = "記入がない" if p["settlement"] is None else f"{p['settlement']} mm"
    return f"傾斜は {p['limit']} 以上。最大の沈下・露出が {p['least']} mm 以上なら全壊だが、{seen} → 部位で判定"


def _unused(p: Mapping[str, Any]) -> str:
    words = "・".join(_INPUT_WORDS.get(key, key) for key in p["keys"])
    return f"{words}は、{label('survey.hazard', p['hazard'])}の{p['stage']}次調査では判定に使わない"


def _not_needed(p: Mapping[str, Any]) -> str:
    parts = "・".join(part_label(part, p["structure"], p["sheet"], short=True) for part in p["parts"])
    return f"全壊が決まったので、残りは調べなくてよい：{parts}"


def _grade(p: Mapping[str, Any]) -> str:
    return f"合計 {p['total']} は {_range(p['low'], p['high'], '')} → {p['label']}"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "collapsed": lambda p: "一見して住家の全部、または一部の階の全部が倒壊している → 全壊",
    "washed_away": lambda p: "流失している → 全壊",
    "tilt_average": lambda p: _tilt(p, "傾斜の平均"),
    "tilt_maximum": lambda p: _tilt(p, "傾斜の最大"),
    "tilt_total": lambda p: f"傾斜が {p['limit']} 以上 → 全壊",
    "tilt_step": lambda p: f"傾斜が {p['step']} 以上 {p['limit']} 未満 → {p['points']}点として、部位の判定に進む",
    "tilt_below": lambda p: f"傾斜は {p['step']} 未満",
    "settled": _settled,
    "not_settled": _not_settled,
    "tilt_at_least": lambda p: f"{_part(p)} 傾斜の {p['tilt']} 点と損傷の {p['by_rows']} 点の大きいほう = {p['points']}",
    "tilt_adds": lambda p: f"{_part(p)} 損傷の {p['by_rows']} 点に傾斜の {p['tilt']} 点を加える = {p['points']}",
    "cell": _cell,
    "points": lambda p: f"{_part(p)} 点数 {p['points']}（{p['weight']}点まで）",
    "rows": lambda p: f"{_part(p)} {_sum(p['values'])} = {p['points']}",
    "capped": lambda p: f"{_part(p)} {_sum(p['values'])} = {p['points']} は構成比 {p['weight']} を超えるので {p['weight']}",
    "total": lambda p: f"合計 {_sum(p['points'])} = {p['total']}" if len(p["points"]) > 1 else f"合計 {p['total']}",
    "grade": _grade,
    "depth": _depth,
    "depth_noted": lambda p: "浸水は床上に達していない" if p["below"] else f"床上の浸水深 {p['depth']} cm（2次調査は部位で判定）",
    "below_floor": lambda p: f"浸水は床上に達していない → {p['label']}",
    "no_outside_damage": lambda p: "雨が入るような外装の損傷はない",
    "ground_tilt": lambda p: f"傾斜が {p['limit']} 以上 → {p['label']}",
    "sinking": lambda p: SINKING_WORDS[p["sinking"]] if not p["label"] else f"潜り込みが{SINKING_WORDS[p['sinking']]} → {p['label']}",
    "worst": lambda p: f"部位の合計より重い{label('survey.decided_by', p['decided_by'])}の判定による",
    "floor_loss": lambda p: f"焼失・損壊した床面積 {p['percent']}%（{p['low']}%以上）→ {p['label']}",
    "decided": lambda p: f"判定：{p['label']}（決め手：{label('survey.decided_by', p['decided_by'])}）",
    "unused": _unused,
    "not_needed": _not_needed,
}
