"""What packages say, in plain words: before, while and after they are taken in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.domain.dates import format_instant
from app.presentation.columns.cash import refusal_words
from app.presentation.columns.exchange import size_words, span_words
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import moment_long, moment_short
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.syncing.package_rows import AppliedPackage, FoundPackage, Inspection, TakenReceipt, WrittenPackage
from app.usecases.exchange_rows import GapNote, PackageCard

_KINDS_SAID = 8
_GAPS_SAID = 4
OFF = "USBメモリーを取り外せます。"


def warning_words(warnings: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """The sentences of warnings."""
    return [message(code, **params) for code, params in warnings]


def records_words(records: Mapping[str, int]) -> str:
    """避難者 12件、滞在 14件; most first."""
    ordered = sorted(((number, kind) for kind, number in records.items() if number), reverse=True)
    said = "、".join(f"{label('record', kind)} {number:,}件" for number, kind in ordered[:_KINDS_SAID])
    rest = sum(number for number, _ in ordered[_KINDS_SAID:])
    return f"{said}、ほか {rest:,}件" if rest else said


def gap_words(gaps: Sequence[GapNote]) -> str:
    """Which stretches of which device are missing, and that they will come."""
    said = "、".join(f"{gap.site or '拠点不明'}（{gap.letters}）の{gap.first:,}～{gap.last:,}番" for gap in gaps[:_GAPS_SAID])
    more = f" ほか{len(gaps) - _GAPS_SAID}か所" if len(gaps) > _GAPS_SAID else ""
    return f"{said}{more}"


def from_words(card: PackageCard) -> str:
    """Who sent it and from where."""
    return f"{card.site}（{label('site.kind', card.site_kind)}、端末 {card.letters}）"


_REFUSED = {
    "exchange.sender_unknown": "登録のない端末",
    "exchange.sender_revoked": "失効した端末",
    "exchange.other_municipality": "別の自治体",
    "exchange.other_disaster": "別の災害",
    "exchange.training": "訓練のデータ",
    "exchange.real": "本番のデータ",
    "exchange.newer": "新しい版",
}


def is_refused(found: FoundPackage) -> bool:
    """Whether it can be taken in nowhere, as far as this laptop knows: neither for another site nor written here."""
    return not found.mine and found.for_us is not False and (bool(found.problem) or found.for_us is None)


def found_state(found: FoundPackage) -> str:
    """What a file on a stick is to this laptop."""
    if found.mine:
        return "この端末が書いた"
    if found.for_us is False:
        return "ほかの拠点あて"
    if found.problem or found.for_us is None:
        return _REFUSED.get(found.problem, "読めません")
    if found.kind == "receipt":
        return "受領書（確認済）" if found.already else "受領書"
    return "取り込み済み" if found.already else "この拠点あて"


def _found_tone(found: FoundPackage) -> Tone:
    if is_refused(found):
        return "bad"
    return "good" if is_new(found) else "quiet"


def is_new(found: FoundPackage) -> bool:
    """Whether it waits to be taken in here."""
    return bool(found.for_us) and not found.mine and not found.already and not found.problem


def found_problem(found: FoundPackage) -> str:
    """Why a file cannot be taken in, as a sentence; nothing when it can."""
    if found.mine:
        return "この端末が書いたパッケージです。渡す相手の端末で取り込んでください。"
    if found.for_us is False:
        to = f"（{found.to}）" if found.to else ""
        return f"ほかの拠点あて{to}なので、ここでは開けません。そのまま運んで、その拠点で取り込んでください。"
    return message(found.problem, **{**found.params, "path": found.path.name}) if found.problem else ""


FOUND: ColumnSet[FoundPackage] = ColumnSet(
    key="found_packages",
    columns=(
        Column(key="state", label="これは", text=found_state, width=10, tone=_found_tone, sort=found_state),
        Column(key="site", label="送り主", text=lambda r: r.site or r.sender, width=9, sort=lambda r: r.site or r.sender),
        Column(key="written", label="作成日時", text=lambda r: moment_short(r.written_at), width=8, sort=lambda r: str(r.written_at or "")),
        Column(key="to", label="あて先", text=lambda r: r.to, width=9, sort=lambda r: r.to),
        Column(key="bytes", label="大きさ", text=lambda r: size_words(r.bytes), width=6, align="right", sort=lambda r: r.bytes),
        Column(key="name", label="ファイル", text=lambda r: r.path.name, width=12, sort=lambda r: r.path.name),
    ),
)
"""Files of the exchange on a stick."""


def inspection_lines(found: Inspection) -> list[tuple[str, str]]:
    """What taking it in would do: a name and a sentence a line. Nothing has been written."""
    card = found.card
    lines = [("送り主", from_words(card)), ("作成", f"{moment_long(card.written_at)}　{size_words(found.bytes)}")]
    if span := span_words(card.since, card.until):
        lines.append(("記録の期間", span))
    if found.already:
        return [*lines, ("内容", "このパッケージはもう取り込んであります。もう一度取り込んでも、何も変わりません。")]
    lines.append(("新しい記録", f"{found.new:,}件" + (f"（ほかの {found.known:,}件はもうあります）" if found.known else "")))
    if said := records_words(found.records):
        lines.append(("変わるもの", said))
    more = _more(found.residents, found.pictures, card.vouchers)
    lines += [("そのほか", more)] if more else []
    if found.conflicts:
        lines.append(("競合", f"{found.conflicts:,}件。どちらも消えません。取り込んだあとに、どちらが正しいかを決めます。"))
    if found.gaps:
        lines.append(("欠け", f"{gap_words(found.gaps)}がまだ届いていません。届いた分は取り込め、欠けた分は次の受け渡しで届きます。"))
    return [*lines, *(("注意", words) for words in warning_words((*card.warnings, *found.warnings)))]


def _more(residents: int, pictures: int, vouchers: int) -> str:
    parts = [(residents, "住民データ", "人"), (pictures, "写真", "枚"), (vouchers, "引換券", "枚")]
    return "、".join(f"{name} {number:,}{unit}" for number, name, unit in parts if number)


def applied_lines(done: AppliedPackage) -> list[tuple[str, str]]:
    """What taking it in did."""
    report, card = done.report, done.card
    if done.already:
        return [("結果", f"{from_words(card)}のこのパッケージは、前に取り込んであります。何も変わっていません。")]
    lines = [("取り込んだ記録", f"{report.operations:,}件" + (f"（{report.known:,}件はもうありました）" if report.known else ""))]
    if said := records_words(report.records):
        lines.append(("変わったもの", said))
    if more := _more(done.residents, done.pictures, 0):
        lines.append(("そのほか", more))
    lines += [("設定", "本部から届いた設定に替えました。")] if done.settings else []
    lines += _voucher_lines(done)
    if report.conflicts:
        lines.append(("競合", f"{report.conflicts:,}件。どちらが正しいかを決めてください。"))
    if report.settled:
        lines.append(("競合の解決", f"ほかの拠点で決まった {report.settled:,}件を反映しました。"))
    if report.gaps:
        lines.append(("欠け", f"{gap_words(report.gaps)}がまだ届いていません。次の受け渡しで、相手に頼みます。"))
    if report.branches:
        lines.append(
            (
                "複製された端末",
                f"{'、'.join(report.branches)}は同じデータから複製されています。両方の記録を残しました。本部で確かめてください。",
            )
        )
    if report.refused:
        lines.append(("除いた記録", f"失効した端末の記録 {report.refused:,}件は取り込みませんでした。"))
    return [*lines, *_kept_lines(done), *(("注意", words) for words in warning_words(done.warnings))]


def _kept_lines(done: AppliedPackage) -> list[tuple[str, str]]:
    lines = [("控え", f"取り込む前の控えを作りました：{done.backup.name}")] if done.backup is not None else []
    return (
        [*lines, ("受領書", f"同じ場所に書きました：{done.receipt.name}。送り主に返してください。")] if done.receipt is not None else lines
    )


def _voucher_lines(done: AppliedPackage) -> list[tuple[str, str]]:
    taken = done.vouchers
    if taken is None:
        return []
    parts = [
        (taken.new, "新しい引換券"),
        (taken.given_up, "本部へ返す引換券"),
        (taken.ended, "取り消された引換券"),
        (taken.home, "戻った引換券"),
    ]
    said = [f"{name} {number:,}枚" for number, name in parts if number]
    said += [f"支払 {taken.paid:,}件 {yen(taken.paid_total)}"] if taken.paid else []
    said += [f"返納 {taken.refunded:,}件 {yen(taken.refunded_total)}"] if taken.refunded else []
    said += [f"金庫の記録 {taken.counts:,}件"] if taken.counts else []
    lines = [("引換券", "、".join(said))] if said else []
    lines += [("引換券の注意", refusal_words(one)) for one in taken.conflicts]
    return [*lines, *(("引換券の注意", message(one.code, **one.params)) for one in taken.warnings)]


def written_words(done: Sequence[WrittenPackage]) -> str:
    """1,234件を書き込み、確かめました。USBメモリーを取り外せます。"""
    operations, size = sum(one.operations for one in done), sum(one.bytes for one in done)
    many = f"{len(done)}か所あてに、" if len(done) > 1 else ""
    told = [f"{many}{operations:,}件を書き込み、確かめました（{size_words(size)}）。{OFF}"]
    if not operations:
        told = [f"{many}新しい記録はありませんでした。受領の知らせだけを書き込み、確かめました。{OFF}"]
    for one in done:
        told += [f"入りきらなかった写真 {one.left_out:,}枚は、次に渡します。"] if one.left_out else []
        told += warning_words((*one.card.warnings, *one.warnings))
    return "\n".join(told)


def receipts_words(taken: Sequence[TakenReceipt]) -> str:
    """Who confirmed what."""
    fresh = sum(len(one.packages) for one in taken)
    sites = "、".join(dict.fromkeys(one.site for one in taken if not one.already))
    if not fresh:
        return "受領書に新しいことはありませんでした。"
    return f"{sites}が、渡したパッケージ {fresh:,}件を取り込んだことを確かめました。"


def stick_words(path: Path, free: int, writable: bool) -> str:
    """Where it is and how much room there is."""
    return f"{path}　空き {size_words(free)}" + ("" if writable else "　書き込めません（書き込み禁止のつまみや権限を確かめてください）")


def last_words(at: Any) -> str:
    """When a package was last handled."""
    return f"最後の受け渡し：{format_instant(at, 'short')}" if at else "まだ一度も受け渡していません"
