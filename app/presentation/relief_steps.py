"""Rules and reasons of support in sentences: who a rule is for, what it gives, why somebody gets something or not. DOMAIN 4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from app import resources
from app.domain.dates import format_era
from app.domain.errors import RuleViolation
from app.domain.municipality import find_municipality
from app.domain.relief import ReliefRule
from app.domain.relief_criteria import Criteria, Reason
from app.presentation.labels import label, short_label
from app.presentation.yen_words import yen

_FLAGS: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "certificate": (("罹災証明書があり", "罹災証明書がある"), ("罹災証明書がなく", "罹災証明書がない")),
    "demolished": (("やむを得ず解体し", "やむを得ず解体した"), ("解体しておらず", "解体していない")),
    "evacuated_long": (("長期避難世帯で", "長期避難世帯である"), ("長期避難世帯でなく", "長期避難世帯でない")),
    "dwelling_lost": (("住居の全体が滅失し", "住居の全体が滅失した"), ("住居の全体の滅失ではなく", "住居の全体の滅失ではない")),
    "site_damaged": (("敷地に被害が生じ", "敷地に被害が生じた"), ("敷地の被害がなく", "敷地の被害がない")),
    "breadwinner": (("生計維持者で", "生計維持者である"), ("生計維持者でなく", "生計維持者でない")),
    "head_injured": (("世帯主が負傷し（療養おおむね1か月以上）", "世帯主が負傷した（療養おおむね1か月以上）"), ("世帯主の負傷がなく", "世帯主の負傷がない")),
    "goods_lost": (("家財の3分の1以上の損害があり", "家財の3分の1以上の損害がある"), ("家財の損害が3分の1に満たず", "家財の損害が3分の1に満たない")),
}
"""Each criterion when it must be so and when it must not: in the middle of a sentence, and before 世帯 or 人."""
CRITERION_WORDS: Mapping[str, str] = {
    "grades": "被害の程度", "uses": "建物の用途", "certificate": "罹災証明書", "districts": "地区", "municipalities": "市町村",
    "resident_on": "住民だった日", "harms": "人的被害", "breadwinner": "生計維持者", "size_least": "世帯の人数（以上）", "size_most": "世帯の人数（以下）",
    "methods": "再建の方法", "demolished": "解体", "evacuated_long": "長期避難", "dwelling_lost": "住居の全体の滅失",
    "site_damaged": "敷地の被害", "head_injured": "世帯主の負傷",
    "goods_lost": "家財の3分の1以上の損害", "income_most": "所得の限度（1人世帯、2人世帯…）", "income_step": "1人増えるごとに加える所得",
    "income_over": "所得（これを超える）",
}  # fmt: skip
_REASONS: Mapping[str, str] = {
    "relief.gives": "{title}：{amount}",
    "relief.gives_benefit": "{title}：{benefit}",
    "relief.single": "単身世帯のため{whole}の{share}（{amount}）",
    "relief.requested": "申請・請求の額{requested}（限度額{most}）",
    "relief.capped": "申請・請求の額{requested}が限度額を超えるため、限度額の{most}",
    "relief.lower": "「{title}」（{amount}）は、同じ組のより高い額に含まれる",
    "relief.not.grade": "被害の程度（{grade}）が対象でない",
    "relief.not.use": "建物の用途（{use}）が対象でない",
    "relief.not.harm": "人的被害（{harm}）が対象でない",
    "relief.not.method": "再建の方法（建設・購入、補修、賃借）の申請がない",
    "relief.not.municipality": "対象の市町村でない",
    "relief.not.district": "地区（{district}）が対象でない",
    "relief.not.resident_on": "{day}の住民でない",
    "relief.not.size": "世帯の人数（{size}人）が対象でない",
    "relief.not.income": "所得{income}が限度（{size}人世帯で{most}）を超える",
    "relief.not.income_over": "所得{income}が{over}を超えない",
    "relief.unknown.grade": "被害の程度がまだ判定されていない",
    "relief.unknown.size": "世帯の人数が分からない",
    "relief.unknown.income": "世帯の所得が分からない（申請に入れてください）",
    "relief.unknown.breadwinner": "生計維持者かどうかが分からない（人的被害に入れてください）",
    "relief.unknown.requested": "申請・請求の額が分からない（「{title}」の限度額{most}）",
}  # fmt: skip
_YEN = frozenset({"amount", "whole", "requested", "most", "income", "over"})
_CODES = {"grade": "grade", "use": "building.use", "harm": "harm"}


@lru_cache(maxsize=4096)
def day_words(text: str) -> str:
    """An ISO day as people read it; "" stays."""
    return format_era(date.fromisoformat(text)) if text else ""


def reason_words(reason: Reason | Mapping[str, Any]) -> str:
    """The sentence for a reason, as calculated or as kept in JSON (``{"code", "params"}``)."""
    code, params = (reason.code, reason.params) if isinstance(reason, Reason) else (str(reason["code"]), reason.get("params", {}))
    start, _, name = code.partition(".")
    kind, _, flag = name.partition(".")
    if start == "relief" and flag in _FLAGS and code not in _REASONS:
        return f"{_FLAGS[flag][0 if kind == 'is' else 1][1]}ため対象でない"
    text = _REASONS.get(code)
    if text is None:
        return resources.read_messages().get(code, code)
    return text.format(**{key: _shown(key, value) for key, value in params.items()})


def _shown(key: str, value: Any) -> str:
    if key in _YEN and isinstance(value, int):
        return yen(value)
    if key in _CODES:
        return label(_CODES[key], value) if value else "なし"
    if key == "day":
        return day_words(value)
    if key == "share":
        return _share_words(value)
    return str(value) if value != "" else "不明"


def _share_words(text: str) -> str:
    upper, _, lower = text.partition("/")
    return f"{lower}分の{upper}" if lower else text


def group_words(group: str) -> str:
    """The name of a group of rules; the one that rules are in when nothing else is said is about dwellings."""
    return "住家の被害" if group == "damage" else group


# -- rules ---------------------------------------------------------------------------------------------------


def rule_sentence(rule: ReliefRule) -> str:
    """A whole rule: 全壊の世帯に200,000円（単身世帯は4分の3）."""
    who = criteria_sentence(Criteria.from_json(rule.criteria), unit=rule.unit)
    gives = rule.benefit if rule.benefit and not rule.amount else yen(rule.amount)
    single = f"（単身世帯は{_share_words(rule.single)}、円未満切捨て）" if rule.single else ""
    return f"{who}に{gives}{single}"


def criteria_sentence(criteria: Criteria, *, unit: str) -> str:
    """Who is meant, as the subject of a sentence: 全壊・大規模半壊で、2人以上の世帯."""
    who = label("unit", unit)
    parts = list(_parts(criteria))
    if not parts:
        return f"すべての{who}"
    return "、".join([*(middle for middle, _ in parts[:-1]), parts[-1][1]]) + who


def _parts(criteria: Criteria) -> Iterator[tuple[str, str]]:
    """Each criterion in the middle of a sentence and at its end."""
    if criteria.municipalities:
        yield _joined("・".join(municipality_words(code) for code in criteria.municipalities), "に住み", "に住む")
    if criteria.districts:
        yield _joined("・".join(criteria.districts), "に住み", "に住む")
    if criteria.resident_on:
        yield _joined(day_words(criteria.resident_on), "に住民で", "に住民だった")
    if criteria.uses:
        yield _joined("建物が" + _any("building.use", criteria.uses), "で", "の")
    if criteria.grades:
        yield _joined(_any("grade", criteria.grades), "で", "の")
    if criteria.harms:
        yield _joined(_any("harm", criteria.harms), "で", "の")
    if criteria.methods:
        yield _joined("住まいを" + _any("claim.method", criteria.methods), "で再建し", "で再建する")
    for name, (yes, no) in _FLAGS.items():
        wanted = getattr(criteria, name)
        if wanted is not None:
            yield yes if wanted else no
    if size := size_words(criteria):
        yield _joined(size, "で", "の")
    if criteria.income_over is not None:
        yield _joined(f"所得が{yen(criteria.income_over)}", "を超え", "を超える")
    if criteria.income_most:
        yield _joined("所得が" + income_words(criteria), "以下で", "以下の")


def _joined(text: str, middle: str, end: str) -> tuple[str, str]:
    return text + middle, text + end


def _any(kind: str, codes: Sequence[str]) -> str:
    return "・".join(short_label(kind, code) for code in codes)


def size_words(criteria: Criteria) -> str:
    """How many members a household has: 単身, 2人以上, 3人以上5人以下; "" where any number will do."""
    least, most = criteria.size_least, criteria.size_most
    if most == 1:
        return "単身"
    if least is not None and least == most:
        return f"{least}人"
    return (f"{least}人以上" if least is not None else "") + (f"{most}人以下" if most is not None else "")


def income_words(criteria: Criteria) -> str:
    """1人世帯2,200,000円・2人世帯…（1人増すごとに…）; one limit for every size is just the amount."""
    if len(criteria.income_most) == 1 and not criteria.income_step:
        return yen(criteria.income_most[0])
    said = "・".join(f"{size}人世帯{yen(amount)}" for size, amount in enumerate(criteria.income_most, start=1))
    return said + (f"・1人増すごとに{yen(criteria.income_step)}加算" if criteria.income_step else "")


@lru_cache(maxsize=2048)
def municipality_words(code: str) -> str:
    """The name of a municipality by its five- or six-digit code; the code where it is not known."""
    try:
        found = find_municipality(code)
    except RuleViolation:  # a code of a municipality that has merged since
        return code
    return found.name if found else code
