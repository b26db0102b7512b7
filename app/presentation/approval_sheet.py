"""The words of the approval sheet (支給決定書): what is decided, in figures and in numerals that cannot be altered, and who stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.dates import JST, format_era
from app.presentation.columns.batch import step_text
from app.presentation.columns.texts import moment_long
from app.presentation.labels import label
from app.presentation.yen_words import yen, yen_words
from app.usecases.batch_digest import short_digest
from app.usecases.batch_rows import BatchFile, CategoryLine

MOST_LINES = 16
"""Lines of the table by category on the first page; what is beyond is summed up in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampBox:
    """A box for a seal: whose it is, and who took the step when, as the program knows."""

    title: str
    name: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSheet:
    """Every text of the first page, in the order it stands there. ``mark`` is written large where the sheet decides nothing yet."""

    title: str
    mark: str
    stamps: tuple[StampBox, ...]
    facts: tuple[tuple[str, str], ...]
    decision: str
    words_label: str
    words: str
    figures: str
    count: str
    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    sum: tuple[str, ...]
    digest_label: str
    digest: str
    digest_note: str
    history_label: str
    history: tuple[tuple[str, ...], ...]
    list_title: str
    list_subtitle: str


def approval_sheet(file: BatchFile) -> ApprovalSheet:
    """The first page for a batch as it is now; a draft is marked as one."""
    batch = file.batch
    return ApprovalSheet(
        title="支給決定書",
        mark={"draft": "案（確認前）", "checked": "", "returned": "差戻し", "cancelled": "取りやめ"}.get(batch.state, ""),
        stamps=_stamps(file),
        facts=_facts(file),
        decision="下記のとおり支給を決定してよろしいか伺います。" if batch.state in ("draft", "checked", "returned") else "下記のとおり支給を決定しました。",
        words_label="支給の合計",
        words=yen_words(batch.total),
        figures=f"￥{batch.total:,}－",
        count=f"{batch.count:,}件",
        header=("区分", "単価", "件数", "金額"),
        lines=tuple(_line(one) for one in _shortened(file.lines)),
        sum=("合計", "", f"{sum(one.count for one in file.lines):,}", yen(sum(one.total for one in file.lines))),
        digest_label="内容の照合値",
        digest=short_digest(batch.digest) if batch.digest else "（確認のときに決まります）",
        digest_note="画面の「支給決定簿」と振込の送付書に同じ照合値があることを確かめてください。1行でも変わると照合値が変わります。",
        history_label="手続きの記録",
        history=tuple((moment_long(one.at), step_text(one.state), one.by, one.reason) for one in file.steps[-_MOST_STEPS:]),
        list_title=f"支給決定書 明細　{batch.number}",
        list_subtitle=f"照合値 {short_digest(batch.digest) or '―'}",
    )  # fmt: skip


_MOST_STEPS = 8


def _stamps(file: BatchFile) -> tuple[StampBox, ...]:
    row = file.row
    return (
        StampBox(title="起案", name=row.prepared_by, day=_day(row.prepared_at)),
        StampBox(title="確認", name=row.checked_by, day=_day(row.checked_at)),
        StampBox(title="承認", name=row.approved_by, day=_day(row.approved_at)),
        StampBox(title="会計", name="", day=""),
    )


def _day(moment: object) -> str:
    from datetime import datetime

    return format_era(moment.astimezone(JST).date()) if isinstance(moment, datetime) else ""


def _facts(file: BatchFile) -> tuple[tuple[str, str], ...]:
    batch, row = file.batch, file.row
    found = [
        ("決定簿番号", batch.number),
        ("支援制度", file.programme.title),
        ("回", file.round.title or file.round.code),
        ("支給の方法", label("way", batch.way)),
        ("状態", label("payment_batch.state", batch.state)),
    ]
    more = (
        ("件名", batch.title),
        ("根拠", file.programme.law),
        ("支給の主体", file.programme.payer),
        ("決定日", _iso_day(file.round.decided_on)),
        ("振込指定日", _iso_day(batch.transfer_on)),
        ("元の決定簿", f"{row.retry_of}（支払いできなかった分の再支給）" if row.retry_of else ""),
        ("差戻し等の理由", batch.reason),
    )
    return (*found, *((name, text) for name, text in more if text))


def _iso_day(text: str) -> str:
    from datetime import date

    try:
        return format_era(date.fromisoformat(text)) if text else ""
    except ValueError:
        return text


def _shortened(lines: Sequence[CategoryLine]) -> list[CategoryLine]:
    if len(lines) <= MOST_LINES:
        return list(lines)
    rest = lines[MOST_LINES - 1 :]
    more = CategoryLine(
        category=f"ほか {len(rest):,} 区分", amount=0, count=sum(one.count for one in rest), total=sum(one.total for one in rest)
    )
    return [*lines[: MOST_LINES - 1], more]


def _line(one: CategoryLine) -> tuple[str, ...]:
    return (one.category or "―", yen(one.amount) if one.amount else "", f"{one.count:,}", yen(one.total))
