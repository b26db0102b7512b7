"""Packages and sites as tables, files and on paper, and how fresh the picture of the sites is in a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.dates import JST
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import moment_long, moment_short
from app.presentation.labels import label
from app.usecases.exchange_rows import PackageRow, SiteStatus
from app.usecases.site_board import CLOCK_WRONG, SILENT, Freshness, Receiver, SiteAge, known_until

_NAMED = 3
_EPOCH = datetime.min.replace(tzinfo=JST)


def size_words(number: int) -> str:
    """12 KB, 3.4 MB, 1.2 GB."""
    if number >= 1_000_000_000:
        return f"{number / 1e9:,.1f} GB"
    return f"{number / 1e6:,.1f} MB" if number >= 1_000_000 else f"{-(-number // 1000):,} KB"


def span_words(since: datetime | None, until: datetime | None) -> str:
    """1/5 08:00 ～ 1/5 17:40."""
    if since is None and until is None:
        return ""
    return f"{moment_short(since)} ～ {moment_short(until)}"


def age_words(at: datetime | None, now: datetime) -> str:
    """How long ago: まだ一度も, たった今, 40分前, 5時間前, 3日前."""
    if at is None:
        return "まだ一度も"
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "たった今" if minutes > -5 else "先の日時"
    if minutes < 60:
        return f"{minutes}分前"
    return f"{minutes // 60}時間前" if minutes < 48 * 60 else f"{minutes // 1440}日前"


def clock_words(seconds: int | None) -> str:
    """合っている, 7分進み, 2時間遅れ, 3日進み."""
    if seconds is None:
        return ""
    way = "進み" if seconds > 0 else "遅れ"
    minutes = round(abs(seconds) / 60)
    if timedelta(seconds=abs(seconds)) < CLOCK_WRONG:
        return "合っている"
    if minutes < 120:
        return f"{minutes}分{way}"
    return f"{minutes // 60}時間{way}" if minutes < 48 * 60 else f"{minutes // 1440}日{way}"


def _hm(at: datetime, now: datetime) -> str:
    """18:00; with the day when it is another one."""
    local = at.astimezone(JST)
    return f"{local:%H:%M}" if local.date() == now.astimezone(JST).date() else moment_short(at)


def say_sites(sites: tuple[SiteAge, ...]) -> str:
    """The first three by name, and how many more."""
    named = "、".join(one.site for one in sites[:_NAMED])
    return f"{named} ほか{len(sites) - _NAMED}か所" if len(sites) > _NAMED else named


def say_freshness(fresh: Freshness | None, *, short: bool = False) -> str:
    """名簿は18:00現在 本部が知る内容。最も古い拠点: 架空小学校 09:12. Nothing for None. ``short``, for paper: sites not heard of are counted."""
    if fresh is None:
        return ""
    told = f"名簿は{_hm(fresh.at, fresh.at)}現在 本部が知る内容。"
    if fresh.oldest is not None and fresh.oldest.until is not None:
        told += f"最も古い拠点: {fresh.oldest.site} {_hm(fresh.oldest.until, fresh.at)}"
    if fresh.never:
        never = f"{len(fresh.never):,}か所" if short else say_sites(fresh.never)
        told += f"{'　' if fresh.oldest else ''}まだ届いていない拠点: {never}"
    return told


def _direction(row: PackageRow) -> str:
    return label("package.direction", row.direction)


def _state_tone(row: PackageRow) -> Tone:
    return "warn" if row.state == "written" else "good"


def _other(row: PackageRow) -> str:
    return " ".join(part for part in (row.site, f"（{row.letters}）" if row.letters else "") if part)


PACKAGES: ColumnSet[PackageRow] = ColumnSet(
    key="packages",
    columns=(
        Column(key="handled", label="日時", text=lambda r: moment_long(r.handled_at), width=15, sort=lambda r: r.handled_at),
        Column(key="when", label="日時", text=lambda r: moment_short(r.handled_at), width=8, sort=lambda r: r.handled_at, screen_only=True),
        Column(key="direction", label="向き", text=_direction, width=5, sort=lambda r: r.direction),
        Column(key="site", label="相手の拠点", text=_other, width=13, sort=_other),
        Column(key="state", label="状態", text=lambda r: label("package.state", r.state), width=12, tone=_state_tone, sort=lambda r: r.state),
        Column(key="records", label="件数", text=lambda r: f"{r.records:,}", width=5, align="right", number=True, sort=lambda r: r.records),
        Column(key="span", label="記録の期間", text=lambda r: span_words(r.since, r.until), width=13, sort=lambda r: r.until or _EPOCH),
        Column(
            key="conflicts", label="競合", text=lambda r: f"{r.conflicts:,}" if r.conflicts else "", width=4, align="right", number=True,
            tone=lambda r: "warn" if r.conflicts else "", sort=lambda r: r.conflicts,
        ),
        Column(
            key="gaps", label="欠け", text=lambda r: f"{r.gaps:,}" if r.gaps else "", width=4, align="right", number=True,
            tone=lambda r: "warn" if r.gaps else "", sort=lambda r: r.gaps,
        ),
        Column(key="by", label="操作者", text=lambda r: r.by, width=7, sort=lambda r: r.by),
        Column(key="bytes", label="大きさ", text=lambda r: size_words(r.bytes), width=6, align="right", sort=lambda r: r.bytes),
        Column(key="written", label="作成日時", text=lambda r: moment_long(r.written_at), width=15, sort=lambda r: r.written_at),
        Column(key="name", label="ファイル", text=lambda r: r.name, width=12, sort=lambda r: r.name, screen_only=True),
        Column(key="file", label="ファイル", text=lambda r: r.name, width=24, sort=lambda r: r.name),
        Column(key="id", label="番号", text=lambda r: r.id, width=18, sort=lambda r: r.id),
    ),
    views={
        "standard": ("when", "direction", "site", "state", "records", "conflicts", "gaps", "by", "name"),
        "full": (
            "handled", "direction", "site", "state", "records", "span", "conflicts", "gaps", "by", "bytes", "written", "file", "id",
        ),
        "compact": ("handled", "direction", "site", "state", "records", "conflicts", "gaps", "by"),
    },
)  # fmt: skip
"""The log of packages."""


RECEIVERS: ColumnSet[Receiver] = ColumnSet(
    key="receivers",
    columns=(
        Column(key="site", label="渡す拠点", text=lambda r: r.site, width=12, sort=lambda r: r.site),
        Column(key="kind", label="種別", text=lambda r: label("site.kind", r.kind), width=6, sort=lambda r: r.kind),
        Column(
            key="waiting", label="まだ渡していない記録", text=lambda r: f"{r.waiting:,}件" if r.waiting else "なし", width=10, align="right",
            tone=lambda r: "" if r.waiting else "quiet", sort=lambda r: r.waiting,
        ),
        Column(key="sent", label="最後に渡した", text=lambda r: moment_short(r.sent_at) or "まだ", width=8, sort=lambda r: r.sent_at or _EPOCH),
        Column(
            key="unread", label="受領待ち", text=lambda r: f"{r.unread:,}件" if r.unread else "", width=5, align="right",
            tone=lambda r: "warn" if r.unread else "", sort=lambda r: r.unread,
        ),
        Column(key="devices", label="端末", text=lambda r: f"{r.devices}台", width=3, align="right", sort=lambda r: r.devices),
    ),
)  # fmt: skip
"""Sites to write a package for."""


def _kind(row: SiteStatus) -> str:
    return "本部" if row.kind == "hq" else label("site.kind", row.kind)


_EXCHANGED: tuple[Column[SiteStatus], ...] = (
    Column(key="heard", label="取り込み", text=lambda r: moment_short(r.heard_at), width=8, sort=lambda r: r.heard_at or _EPOCH),
    Column(key="sent", label="持ち出し", text=lambda r: moment_short(r.sent_at), width=8, sort=lambda r: r.sent_at or _EPOCH),
    Column(
        key="unread", label="受領待ち", text=lambda r: f"{r.unread:,}件" if r.unread else "", width=4, align="right",
        tone=lambda r: "warn" if r.unread else "", sort=lambda r: r.unread,
    ),
    Column(
        key="waiting", label="未渡し", text=lambda r: f"{r.waiting:,}件" if r.waiting else "", width=5, align="right",
        sort=lambda r: r.waiting,
    ),
    Column(
        key="gaps", label="欠け", text=lambda r: f"{r.gaps:,}か所" if r.gaps else "", width=5, align="right",
        tone=lambda r: "warn" if r.gaps else "", sort=lambda r: r.gaps,
    ),
    Column(
        key="clock", label="時計", text=lambda r: clock_words(r.clock_offset), width=6,
        tone=lambda r: "warn" if abs(r.clock_offset or 0) >= CLOCK_WRONG.total_seconds() else "", sort=lambda r: r.clock_offset or 0,
    ),
)  # fmt: skip
"""What went between a site and this one, and what is wrong."""


def board_columns(now: datetime) -> ColumnSet[SiteStatus]:
    """The board of sites, ages counted at ``now``."""

    def age_tone(row: SiteStatus) -> Tone:
        if row.mine or row.state not in ("active", "paper"):
            return "quiet"
        until = known_until(row)
        return "bad" if until is None or now - until > SILENT else "good"

    def state_words(row: SiteStatus) -> str:
        if row.mine:
            return "この端末"
        if row.state != "active":
            return label("device.state", row.state)
        until = known_until(row)
        if until is None:
            return "便りなし"
        return "便りが遅い" if now - until > SILENT else "届いている"

    return ColumnSet(
        key="sites",
        columns=(
            Column(key="site", label="拠点", text=lambda r: r.site, width=10, sort=lambda r: r.site),
            Column(key="kind", label="種別", text=_kind, width=4, sort=lambda r: r.kind),
            Column(key="letters", label="端末", text=lambda r: r.letters, width=4, sort=lambda r: r.letters),
            Column(key="state", label="状態", text=state_words, width=6, tone=age_tone, sort=state_words),
            Column(
                key="until", label="いつまで届いた", text=lambda r: "" if r.mine else moment_short(known_until(r)), width=8,
                sort=lambda r: known_until(r) or _EPOCH,
            ),
            Column(
                key="age", label="古さ", text=lambda r: "" if r.mine else age_words(known_until(r), now), width=6, tone=age_tone,
                sort=lambda r: known_until(r) or _EPOCH,
            ),
            *_EXCHANGED,
        ),
        views={
            "standard": ("site", "kind", "letters", "state", "until", "age", "sent", "unread", "waiting", "gaps", "clock"),
            "full": ("site", "kind", "letters", "state", "until", "age", "heard", "sent", "unread", "waiting", "gaps", "clock"),
        },
    )  # fmt: skip
