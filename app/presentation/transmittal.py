"""The words of the transmittal (送付書) that goes to the bank with a transfer file: what is in it, and by which hash it is known."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.payments import TransferFile
from app.presentation.columns.transfer import again_text, week_day
from app.presentation.labels import label
from app.presentation.words_transfers import PROFILE_VALUES, bank_title, branch_title
from app.presentation.yen_words import yen, yen_words
from app.usecases.batch_digest import short_digest
from app.usecases.transfer_contents import FileContents

MOST_FILES = 8
"""Files listed on the first page; a batch has one, or a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWords:
    """One file on the first page. ``hash`` is all 64 digits in groups of eight, two lines."""

    name: str
    facts: str
    hash: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmittal:
    """Every text of the first page."""

    title: str
    mark: str
    to: str
    stamps: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    request: str
    words_label: str
    words: str
    figures: str
    count: str
    files_label: str
    files: tuple[FileWords, ...]
    note: tuple[str, ...]
    received: tuple[str, ...]
    list_title: str
    list_subtitle: str


def transmittal(contents: FileContents) -> Transmittal:
    """The first page for the newest files of a batch."""
    batch, header, profile, first = contents.batch, contents.header, contents.profile, contents.files[0]
    total = sum(one.total for one in contents.files)
    count = sum(one.count for one in contents.files)
    to = bank_title(header.bank, contents.bank_name), branch_title(header.bank, header.branch, contents.branch_name)
    ending = PROFILE_VALUES["line_end"][profile.line_end] + ("・EOFあり" if profile.eof else "")
    return Transmittal(
        title="振込データ送付書",
        mark=f"{again_text(first.again)}（初回と同じ内容）" if first.again else "",
        to="　".join((*to, "御中")),
        stamps=("作成", "確認", "引渡し", "銀行受領"),
        facts=(
            ("決定簿番号", f"{batch.number}　{batch.title}".strip()),
            ("決定の照合値", short_digest(batch.digest)),
            ("振込指定日", week_day(first.transfer_on)),
            ("振込依頼人", f"{header.consignor_code}　{header.consignor}"),
            ("支払口座", f"{header.bank}-{header.branch}　{label('account.kind', header.account_kind)} {header.account_number}"),
            ("形式", f"全銀協規定形式 総合振込（種別21、120バイト、{ending}）"),
        ),
        request="下記の振込データを送付します。内容は次ページからの一覧のとおりです。",
        words_label="振込の合計",
        words=yen_words(total),
        figures=f"￥{total:,}－",
        count=f"{count:,}件",
        files_label="ファイルと照合値（SHA-256）",
        files=tuple(_file(one) for one in contents.files[:MOST_FILES]) + _more(contents.files[MOST_FILES:]),
        note=(
            "受け取ったファイルの SHA-256 を計算し、上の照合値と同じことを確かめてください（1文字でも違えば、送ったファイルではありません）。",
            "件数・合計はファイルのトレーラレコードの値です。同じ決定簿のファイルを二度処理しないでください。",
        ),
        received=("受領日　　　　　年　　　月　　　日", "受領者"),
        list_title=f"振込データの一覧　{batch.number}",
        list_subtitle=f"{count:,}件 {yen(total)} 照合値 {first.sha256[:8].upper()}…",
    )  # fmt: skip


def _file(one: TransferFile) -> FileWords:
    digits = [one.sha256[at : at + 8].upper() for at in range(0, 64, 8)]
    return FileWords(
        name=f"{one.part} / {one.parts}　{one.name}",
        facts=f"{one.count:,}件　{yen(one.total)}　{one.bytes:,}バイト",
        hash=(" ".join(digits[:4]), " ".join(digits[4:])),
    )


def _more(rest: tuple[TransferFile, ...]) -> tuple[FileWords, ...]:
    if not rest:
        return ()
    facts = f"{sum(one.count for one in rest):,}件　{yen(sum(one.total for one in rest))}"
    return (FileWords(name=f"ほか {len(rest)} ファイル", facts=facts, hash=("照合値は画面「書き出したファイル」にあります", "")),)
