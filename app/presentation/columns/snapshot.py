"""Snapshots of residents: what they were made from, what the import found, who was there, and how two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.dates import format_fuzzy, format_instant, parse_date
from app.domain.errors import SasaeError
from app.domain.resident import Finding, Snapshot, SourceMark
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era, birth_short, count_text, flag_text, moment_long
from app.presentation.labels import field_label
from app.presentation.messages import has_message, message
from app.usecases.rebuild import ChangeKind, ResidentChange
from app.usecases.rows import CensusLine

ORIGINS: Mapping[str, str] = {"list": "一覧", "rebuild": "再現", "received": "受け取り"}
ORIGIN_TIPS: Mapping[str, str] = {
    "list": "一覧のファイルを、そのまま取り込んだもの",
    "rebuild": "全件と異動のファイルから、災害のときの状態を組み立てたもの",
    "received": "ほかのパソコンから、暗号化したファイルで受け取ったもの",
}
ROLES: Mapping[str, str] = {"list": "一覧", "full": "全件", "difference": "異動", "snapshot": "住民データのファイル"}
CHANGE_WORDS: Mapping[ChangeKind, str] = {"appeared": "増えた人", "left": "いなくなった人", "changed": "変わった人"}
UNKNOWN_AGE = "不詳"


def origin_text(snapshot: Snapshot) -> str:
    """How it came to be, and of which district only."""
    word = ORIGINS.get(snapshot.origin, snapshot.origin)
    return f"{word}（{snapshot.district}のみ）" if snapshot.district else word


def minute_text(moment: datetime) -> str:
    """R6.1.1 16:10: with the year, for snapshots are kept for years."""
    day, minute = format_instant(moment, "iso").split(" ", 1)
    return f"{day_text(day)} {minute}"


SNAPSHOTS: ColumnSet[Snapshot] = ColumnSet(
    key="snapshots",
    columns=(
        Column(key="label", label="名称", text=lambda row: row.label, width=14, sort=lambda row: row.label),
        Column(
            key="active", label="検索に使用", text=lambda row: flag_text(row.active), width=5, align="center", sort=lambda row: row.active
        ),
        Column(
            key="as_of",
            label="いつの住民か",
            text=lambda row: minute_text(row.as_of),
            width=9,
            sort=lambda row: row.as_of,
            tip=lambda row: moment_long(row.as_of),
        ),
        Column(
            key="known_at",
            label="いつまでの届出か",
            text=lambda row: minute_text(row.known_at),
            width=9,
            sort=lambda row: row.known_at,
            tip=lambda row: moment_long(row.known_at),
        ),
        Column(key="origin", label="作り方", text=origin_text, width=6, sort=origin_text, tip=lambda row: ORIGIN_TIPS.get(row.origin, "")),
        Column(
            key="files",
            label="ファイル",
            text=lambda row: f"{len(row.files):,}件",
            width=4,
            align="right",
            sort=lambda row: len(row.files),
            tip=lambda row: "\n".join(row.files),
        ),
        Column(
            key="residents", label="人数", text=lambda row: f"{row.residents:,}", width=5, align="right", sort=lambda row: row.residents
        ),
        Column(
            key="households", label="世帯", text=lambda row: f"{row.households:,}", width=5, align="right", sort=lambda row: row.households
        ),
        Column(
            key="created_at",
            label="取込日時",
            text=lambda row: minute_text(row.created_at),
            width=9,
            sort=lambda row: row.created_at,
            tip=lambda row: moment_long(row.created_at),
        ),
        Column(key="sha256", label="照合値", text=lambda row: row.sha256[:8], width=5, tip=lambda row: row.sha256),
    ),
)

SOURCES: ColumnSet[SourceMark] = ColumnSet(
    key="snapshot.sources",
    columns=(
        Column(key="name", label="ファイル", text=lambda row: row.name, width=20, sort=lambda row: row.name),
        Column(key="role", label="種類", text=lambda row: ROLES.get(row.role, row.role), width=5, sort=lambda row: row.role),
        Column(key="rows", label="行数", text=lambda row: f"{row.rows:,}", width=5, align="right", sort=lambda row: row.rows),
        Column(key="covers", label="処理日", text=lambda row: covers_text(row.covers), width=10, sort=lambda row: row.covers),
        Column(key="sha256", label="照合値（SHA-256）", text=lambda row: row.sha256, width=30),
    ),
)


def day_text(day: str) -> str:
    """An ISO day with its era, as short as it goes; what is none stays."""
    try:
        return format_fuzzy(parse_date(day), "short") if day.strip() else ""
    except SasaeError:
        return day


def covers_text(covers: str) -> str:
    """The days a file covers: one, or from to."""
    return "～".join(day_text(part) for part in covers.split("/"))


@dataclass(frozen=True, slots=True)
class FindingKind:
    """How many findings of one code there are."""

    code: str
    count: int

    @property
    def id(self) -> str:
        """The code."""
        return self.code


def finding_title(code: str) -> str:
    """The case in a few words."""
    return message(f"{code}.title") if has_message(f"{code}.title") else say_finding(Finding(code))


def say_finding(finding: Finding) -> str:
    """What was found, as a sentence."""
    given = finding._asdict()
    given.pop("code")
    for name in ("effective", "processed"):
        given[name] = day_text(given[name])
    return message(finding.code, **given)


FINDING_KINDS: ColumnSet[FindingKind] = ColumnSet(
    key="snapshot.kinds",
    columns=(
        Column(key="count", label="件数", text=lambda row: f"{row.count:,}", width=3, align="right", sort=lambda row: row.count),
        Column(key="title", label="内容", text=lambda row: finding_title(row.code), width=15, sort=lambda row: finding_title(row.code)),
    ),
)

FINDINGS: ColumnSet[Finding] = ColumnSet(
    key="snapshot.findings",
    columns=(
        Column(key="name", label="氏名", text=lambda row: row.name, width=8, sort=lambda row: row.name),
        Column(key="resident_no", label="宛名番号", text=lambda row: row.resident_no, width=8, sort=lambda row: row.resident_no),
        Column(key="household_no", label="世帯番号", text=lambda row: row.household_no, width=8, sort=lambda row: row.household_no),
        Column(key="reason", label="事由", text=lambda row: row.reason, width=5, sort=lambda row: row.reason),
        Column(key="effective", label="異動日", text=lambda row: day_text(row.effective), width=6, sort=lambda row: row.effective),
        Column(key="processed", label="処理日", text=lambda row: day_text(row.processed), width=6, sort=lambda row: row.processed),
        Column(key="change", label="前 → 後", text=lambda row: change_text(row.old, row.new), width=12),
        Column(key="words", label="内容", text=say_finding, width=26),
        Column(
            key="file", label="ファイル・行", text=lambda row: f"{row.file} {row.line}行" if row.file and row.line else row.file, width=12
        ),
    ),
)


def change_text(old: str, new: str) -> str:
    """Old → new; nothing for none."""
    return f"{old or '（空）'} → {new or '（空）'}" if old or new else ""


DISTRICTS: ColumnSet[CensusLine] = ColumnSet(
    key="snapshot.districts",
    columns=(
        Column(key="district", label="地区", text=lambda row: row.district or "（地区なし）", width=8, sort=lambda row: row.district),
        Column(key="total", label="人数", text=lambda row: f"{row.total:,}", width=4, align="right", sort=lambda row: row.total),
        Column(key="male", label="男", text=lambda row: f"{row.male:,}", width=4, align="right", sort=lambda row: row.male),
        Column(key="female", label="女", text=lambda row: f"{row.female:,}", width=4, align="right", sort=lambda row: row.female),
        Column(key="other", label="不明", text=lambda row: f"{row.other:,}", width=3, align="right", sort=lambda row: row.other),
    ),
)


def band_text(band: int | None) -> str:
    """0～4, 100～, or not certain."""
    return UNKNOWN_AGE if band is None else f"{band}～" if band >= 100 else f"{band}～{band + 4}"


BANDS: ColumnSet[CensusLine] = ColumnSet(
    key="snapshot.bands",
    columns=(
        Column(
            key="band", label="年齢", text=lambda row: band_text(row.band), width=5, align="right",
            sort=lambda row: 999 if row.band is None else row.band,
        ),
        *DISTRICTS.columns[1:],
    ),
)  # fmt: skip


def _tone(change: ResidentChange) -> Tone:
    return {"appeared": "good", "left": "warn", "changed": "info"}[change.kind]  # type: ignore[return-value]


def field_text(name: str, value: str) -> str:
    """A value of a resident's field as people read it."""
    if name == "protected":
        return "あり" if value == "yes" else "なし"
    return (birth_era(value) if name == "birth" else value) or "（空）"


def changed_text(change: ResidentChange) -> str:
    """住所：本町1 → 港町2、世帯番号：…"""
    return "、".join(
        f"{field_label('resident', one.field)}：{field_text(one.field, one.old)} → {field_text(one.field, one.new)}"
        for one in change.fields
    )


CHANGES: ColumnSet[ResidentChange] = ColumnSet(
    key="snapshot.changes",
    columns=(
        Column(key="kind", label="区分", text=lambda row: CHANGE_WORDS[row.kind], width=6, tone=_tone),
        Column(key="name", label="氏名", text=lambda row: row.person.name or row.person.kana, width=8, tip=lambda row: row.person.kana),
        Column(
            key="birth",
            label="生年月日",
            text=lambda row: birth_short(row.person.birth),
            width=6,
            tip=lambda row: birth_era(row.person.birth),
        ),
        Column(key="sex", label="性別", text=lambda row: row.person.sex, width=2),
        Column(key="change", label="変わった内容（前 → 後）", text=changed_text, width=26),
        Column(key="address", label="住所", text=lambda row: row.person.address, width=13),
        Column(key="resident_no", label="宛名番号", text=lambda row: row.person.resident_no, width=8),
        Column(key="household_no", label="世帯番号", text=lambda row: row.person.household_no, width=8),
    ),
)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the report on a snapshot: its part, what it is about, what is said, and a number where there is one."""

    part: str
    item: str
    words: str
    number: int | None = None


REPORT: ColumnSet[ReportLine] = ColumnSet(
    key="snapshot.report",
    columns=(
        Column(key="part", label="区分", text=lambda row: row.part, width=6),
        Column(key="item", label="項目", text=lambda row: row.item, width=14),
        Column(key="words", label="内容", text=lambda row: row.words, width=34),
        Column(key="number", label="数", text=lambda row: count_text(row.number), width=5, align="right", number=True),
    ),
)


def report_lines(
    snapshot: Snapshot, *, findings: Mapping[str, int], districts: list[CensusLine], bands: list[CensusLine], found: list[Finding]
) -> list[ReportLine]:
    """The whole report: the snapshot, its files, what was found in numbers, who was there, and everything found by name."""
    about = [
        ReportLine("概要", "名称", snapshot.label),
        ReportLine("概要", "いつの住民か", moment_long(snapshot.as_of)),
        ReportLine("概要", "いつまでの届出か", moment_long(snapshot.known_at)),
        ReportLine("概要", "作り方", origin_text(snapshot)),
        ReportLine("概要", "人数", "", snapshot.residents),
        ReportLine("概要", "世帯", "", snapshot.households),
        ReportLine("概要", "照合値（SHA-256）", snapshot.sha256),
    ]
    sources = [
        ReportLine("ファイル", mark.name, f"{ROLES.get(mark.role, mark.role)}　{mark.sha256}", mark.rows) for mark in snapshot.sources
    ]
    kinds = [ReportLine("確かめたこと", finding_title(code), "", count) for code, count in findings.items()]
    people = [
        *(ReportLine("地区別", line.district or "（地区なし）", _sexes(line), line.total) for line in districts),
        *(ReportLine("年齢別", band_text(line.band), _sexes(line), line.total) for line in bands),
    ]
    listed = [
        ReportLine("一覧", "　".join(filter(None, (one.name, one.resident_no or one.household_no))), _finding_line(one)) for one in found
    ]
    return [*about, *sources, *kinds, *people, *listed]


def _sexes(line: CensusLine) -> str:
    return f"男{line.male:,}　女{line.female:,}" + (f"　不明{line.other:,}" if line.other else "")


def _finding_line(one: Finding) -> str:
    days = "　".join(filter(None, (one.reason, f"異動{day_text(one.effective)}" if one.effective else "",
                                  f"処理{day_text(one.processed)}" if one.processed else "", change_text(one.old, one.new))))  # fmt: skip
    return f"{say_finding(one)}（{days}）" if days else say_finding(one)
