"""Damage for headquarters: the lines of 消防庁第4号様式(その2), and the degrees by district. One wording for screen, file and paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.domain.damage_counts import STATUSES, Forecast, Tally, categories
from app.domain.survey import GRADES
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import count_text
from app.presentation.labels import label, short_label
from app.usecases.damage_counts import CountLine, DamageCounts, ProgressDay, WorkProgress

MEASURES: dict[str, str] = {"buildings": "棟", "households": "世帯", "people": "人"}
CATEGORY_WORDS = {"total": "全壊", "half": "半壊", "partial": "一部破損", "above_floor": "床上浸水", "below_floor": "床下浸水"}
TYPED_WORDS = {
    "dead": "死者", "dead_related": "死者のうち災害関連死者", "missing": "行方不明者", "serious": "重傷者", "light": "軽傷者", "public_buildings": "公共建物",
    "other_buildings": "その他の非住家", "schools": "文教施設", "hospitals": "病院", "roads": "道路", "bridges": "橋りょう",
}  # fmt: skip
_PEOPLE = (("dead", "死者"), ("dead_related", "うち災害関連死者"), ("missing", "行方不明者"), ("serious", "負傷者　重傷"), ("light", "負傷者　軽傷"))
_PLACES = (("schools", "文教施設"), ("hospitals", "病院"), ("roads", "道路"), ("bridges", "橋りょう"))
NO_DISTRICT = "（地区なし）"
_WEEK = "月火水木金土日"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line of the form. None: nobody said. ``note``: what to know about the number."""

    key: str
    group: str
    item: str
    unit: str
    confirmed: int | None = None
    unconfirmed: int | None = None
    note: str = ""

    @property
    def whole(self) -> int | None:
        """Both together; None when neither is known."""
        known = [one for one in (self.confirmed, self.unconfirmed) if one is not None]
        return sum(known) if known else None


def report_lines(counts: DamageCounts) -> list[ReportLine]:
    """The form from top to bottom.

    Casualties: 確定 is what headquarters typed, 未確認 what the register of evacuees knows until then. Houses: 確定 has a checked survey.
    """
    made = [_casualty(counts, key, item) for key, item in _PEOPLE]
    for category in categories():
        word = CATEGORY_WORDS.get(category.key, category.key)
        for measure, unit in MEASURES.items():
            confirmed, unconfirmed = (getattr(counts.total.categories.get((status, category.key), Tally()), measure) for status in STATUSES)
            made.append(
                ReportLine(
                    key=f"{category.key}_{measure}", group="住家被害", item=word, unit=unit, confirmed=confirmed, unconfirmed=unconfirmed
                )
            )
    for key, typed, item in (("public", "public_buildings", "公共建物"), ("other", "other_buildings", "その他")):
        made.append(_non_dwelling(counts, key, typed, item))
    made += [
        ReportLine(key=key, group="その他", item=item, unit="箇所", confirmed=counts.typed.get(key), note=_typed_note(counts, key))
        for key, item in _PLACES
    ]
    unknown = f"世帯員不明の{counts.unknown_people:,}世帯を除く" if counts.unknown_people else ""
    firm, waiting = (_suffering(counts, status) for status in STATUSES)
    made.append(
        ReportLine(
            key="suffering_households", group="り災", item="り災世帯数", unit="世帯", confirmed=firm.households, unconfirmed=waiting.households
        )
    )
    made.append(
        ReportLine(
            key="suffering_people", group="り災", item="り災者数", unit="人", confirmed=firm.people, unconfirmed=waiting.people, note=unknown
        )
    )
    return made


def _suffering(counts: DamageCounts, status: str) -> Tally:
    """り災世帯 and り災者: of the lines that say so."""
    found = Tally()
    for category in categories():
        if category.suffering:
            found = found.plus(counts.total.categories.get((status, category.key), Tally()))
    return found


def _casualty(counts: DamageCounts, key: str, item: str) -> ReportLine:
    typed, known = counts.typed.get(key), counts.casualties.get(key)
    if typed is None:
        note = "避難者名簿による" if known else "未入力"
    else:
        note = f"避難者名簿では {known:,}" if known is not None and known != typed else ""
    return ReportLine(
        key=key, group="人的被害", item=item, unit="人", confirmed=typed, unconfirmed=(known or None) if typed is None else None, note=note
    )


def _non_dwelling(counts: DamageCounts, key: str, typed: str, item: str) -> ReportLine:
    confirmed, unconfirmed = (counts.total.other.get((status, key), 0) for status in STATUSES)
    if typed not in counts.typed:
        return ReportLine(key=f"non_{key}", group="非住家被害", item=item, unit="棟", confirmed=confirmed, unconfirmed=unconfirmed)
    differs = counts.typed[typed] != confirmed + unconfirmed
    note = f"調査では {confirmed + unconfirmed:,}" if differs else ""
    return ReportLine(key=f"non_{key}", group="非住家被害", item=item, unit="棟", confirmed=counts.typed[typed], note=note)


def _typed_note(counts: DamageCounts, key: str) -> str:
    return "" if key in counts.typed else "未入力"


def _number(value: int | None) -> str:
    return "" if value is None else count_text(value)


REPORT: ColumnSet[ReportLine] = ColumnSet(
    key="damage.report",
    columns=(
        Column(key="group", label="区分", text=lambda r: r.group, width=6),
        Column(key="item", label="被害", text=lambda r: r.item, width=9),
        Column(key="unit", label="単位", text=lambda r: r.unit, width=3),
        Column(key="confirmed", label="確定", text=lambda r: _number(r.confirmed), width=5, align="right", number=True),
        Column(key="unconfirmed", label="未確認", text=lambda r: _number(r.unconfirmed), width=5, align="right", number=True,
               tone=lambda r: "warn" if r.unconfirmed else ""),
        Column(key="whole", label="計", text=lambda r: _number(r.whole), width=5, align="right", number=True),
        Column(key="note", label="備考", text=lambda r: r.note, width=14, tone=lambda r: "quiet"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DegreeLine:
    """One degree in one district."""

    district: str
    grade: str
    confirmed: Tally
    unconfirmed: Tally


TOTAL = "合計"


def degree_lines(counts: DamageCounts) -> list[DegreeLine]:
    """Every district's degrees from the worst on, the total first."""
    return [
        DegreeLine(
            district=name, grade=grade, confirmed=line.grades.get(("confirmed", grade), Tally()),
            unconfirmed=line.grades.get(("unconfirmed", grade), Tally()),
        )
        for name, line in ((TOTAL, counts.total), *((line.district or NO_DISTRICT, line) for line in counts.lines))
        for grade in GRADES
    ]  # fmt: skip


def _of(status: str, measure: str) -> Callable[[DegreeLine], str]:
    return lambda r: count_text(getattr(getattr(r, status), measure))


DEGREES: ColumnSet[DegreeLine] = ColumnSet(
    key="damage.degrees",
    columns=(
        Column(key="district", label="地区", text=lambda r: r.district, width=8),
        Column(key="grade", label="被害の程度", text=lambda r: label("grade", r.grade), width=8),
        *(
            Column(key=f"{measure}_{status}", label=f"{unit}（{word}）", text=_of(status, measure), width=5, align="right", number=True)
            for measure, unit in MEASURES.items()
            for status, word in (("confirmed", "確定"), ("unconfirmed", "未確認"))
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictLine:
    """A district on the screen: one measure, the degrees side by side."""

    line: CountLine
    measure: str
    total: bool = False

    def number(self, status: str, grade: str) -> int:
        """Of one degree."""
        return int(getattr(self.line.grades.get((status, grade), Tally()), self.measure))

    def sum(self, status: str) -> int:
        """Of all degrees with damage."""
        return sum(self.number(status, grade) for grade in GRADES if grade != "none")


def district_lines(counts: DamageCounts, measure: str) -> list[DistrictLine]:
    """The total, then the districts."""
    return [
        DistrictLine(line=counts.total, measure=measure, total=True),
        *(DistrictLine(line=line, measure=measure) for line in counts.lines),
    ]


def both_text(confirmed: int, unconfirmed: int) -> str:
    """確定 and, if there are any, 未確認: 12（＋3）. Nothing for none."""
    if not confirmed and not unconfirmed:
        return ""
    return f"{confirmed:,}（＋{unconfirmed:,}）" if unconfirmed else f"{confirmed:,}"


def _degree(grade: str) -> Column[DistrictLine]:
    def tone(row: DistrictLine) -> Tone:
        return "warn" if row.number("unconfirmed", grade) else ""

    return Column(
        key=grade, label=short_label("grade", grade), width=5, align="right", tone=tone,
        text=lambda r: both_text(r.number("confirmed", grade), r.number("unconfirmed", grade)),
        sort=lambda r: (r.number("confirmed", grade), r.number("unconfirmed", grade)),
    )  # fmt: skip


DISTRICTS: ColumnSet[DistrictLine] = ColumnSet(
    key="damage.districts",
    columns=(
        Column(key="district", label="地区", text=lambda r: TOTAL if r.total else r.line.district or NO_DISTRICT, width=8,
               sort=lambda r: (not r.total, r.line.district)),
        *(_degree(grade) for grade in GRADES if grade != "none"),
        Column(key="sum", label="被害の計", text=lambda r: both_text(r.sum("confirmed"), r.sum("unconfirmed")), width=6, align="right",
               sort=lambda r: (r.sum("confirmed"), r.sum("unconfirmed"))),
        _degree("none"),
    ),
)  # fmt: skip


def _day_text(row: ProgressDay) -> str:
    return f"{row.day.month}/{row.day.day}（{_WEEK[row.day.weekday()]}）"


PROGRESS_DAYS: ColumnSet[ProgressDay] = ColumnSet(
    key="damage.days",
    columns=(
        Column(key="day", label="日", text=_day_text, width=7, sort=lambda r: r.day),
        Column(key="applied", label="申請", text=lambda r: count_text(r.applied), width=3, align="right", number=True),
        Column(key="surveyed", label="調査", text=lambda r: count_text(r.surveyed), width=3, align="right", number=True),
        Column(key="judged", label="判定", text=lambda r: count_text(r.judged), width=3, align="right", number=True),
        Column(key="issued", label="交付", text=lambda r: count_text(r.issued), width=3, align="right", number=True),
        Column(key="open", label="受付中", text=lambda r: count_text(r.open), width=3, align="right", number=True),
    ),
)


def counts_note(counts: DamageCounts) -> str:
    """What the numbers leave out."""
    told = []
    if counts.unjudged:
        told.append(f"判定がまだの住家 {counts.unjudged:,} 棟は入っていません")
    if counts.unknown_people:
        told.append(f"世帯員の記載がない {counts.unknown_people:,} 世帯は、人数に入っていません")
    return "。".join([*told, ""]) if told else ""


def forecast_text(what: str, told: Forecast, *, unit: str = "件") -> str:
    """When it will be done, in words: at the pace of the last days, and of today."""
    if told.remaining <= 0:
        return f"{what}：残りはありません。"
    left = f"{what}：残り {told.remaining:,} {unit}。"
    if told.finish is None:
        return f"{left}この{told.days}日間に済んだものがないため、終わる日を見込めません。"
    words = f"{left}この{told.days}日間の1日平均 {told.pace:,.1f} {unit}なら{_long(told.finish)}"
    if told.at_todays_pace is None:
        return f"{words}に終わる見込み（今日はまだ 0 {unit}）。"
    return f"{words}、今日の {told.today:,} {unit}のペースなら{_long(told.at_todays_pace)}に終わる見込み。"


def _long(day: date) -> str:
    return f"{day.month}月{day.day}日（{_WEEK[day.weekday()]}）"


def waiting_text(progress: WorkProgress) -> str:
    """How long people wait."""
    waiting = progress.waiting
    told = []
    if waiting.open and waiting.median_open is not None:
        told.append(f"交付を待っている申請 {waiting.open:,} 件（待った日数は中央値 {waiting.median_open:g} 日、いちばん長い人で {waiting.longest_open:,} 日）")
    if waiting.median_served is not None:
        told.append(f"交付までの日数は中央値 {waiting.median_served:g} 日")
    return "。".join([*told, ""]) if told else "申請はまだありません。"
