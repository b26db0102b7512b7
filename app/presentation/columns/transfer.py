"""Bank transfers as tables, files and on paper: batches waiting, files, what was not paid, names that changed, lines of a file, problems."""

from __future__ import annotations

from datetime import date

from app.domain.bank_profile import BankProfile
from app.domain.zengin_problems import Problem
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import moment_short, place_words
from app.presentation.labels import label, short_label
from app.presentation.words_transfers import PROFILE_VALUES, RECORDS, change_words, field_words, next_words, problem_words
from app.usecases.transfer_contents import ReadableLine
from app.usecases.transfer_rows import KanaChange, TransferFileRow, UnpaidRow, WaitingBatch

_WEEK = "月火水木金土日"
_BATCH_TONES: dict[str, Tone] = {"approved": "warn", "sent": "info", "settled": "good"}
_FILE_TONES: dict[str, Tone] = {"asked": "warn", "allowed": "info", "written": "info", "handed": "good", "discarded": "quiet"}


def week_day(iso: str) -> str:
    """A day with its day of the week, as a clerk says it."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    return f"{day_text(iso)}（{_WEEK[day.weekday()]}）"


def answered_text(row: WaitingBatch) -> str:
    """How many are paid and how many failed, once it was sent."""
    if row.state == "approved":
        return ""
    told = f"済 {row.paid:,}"
    if row.failed:
        told += f"・不能 {row.failed:,}"
    return told + (f"・待ち {row.open:,}" if row.open else "")


def _name_tone(row: KanaChange) -> Tone:
    return "bad" if row.cut else "warn" if row.notable else "quiet"


def _unpaid_tone(row: UnpaidRow) -> Tone:
    return "good" if row.next_step == "done" else "warn"


def _level_tone(row: Problem) -> Tone:
    return "bad" if row.level == "error" else "warn"


def consignor_text(row: BankProfile) -> str:
    """Who pays, as the file says it."""
    return f"{row.consignor_code} {row.consignor_kana}".strip() or "未登録"


def _consignor_tone(row: BankProfile) -> Tone:
    return "bad" if row.missing else ""


def _file_state(row: TransferFileRow) -> str:
    return "引渡し済み" if row.state == "handed" else label("transfer_file.state", row.state)


def again_text(again: int) -> str:
    """The first, or which repetition."""
    return f"再出力{again}" if again else "初回"


WAITING: ColumnSet[WaitingBatch] = ColumnSet(
    key="transfers",
    columns=(
        Column(key="number", label="決定簿番号", text=lambda r: r.number, width=11, sort=lambda r: (len(r.number), r.number)),
        Column(key="state", label="状態", text=lambda r: short_label("payment_batch.state", r.state), width=6, tone=lambda r: _BATCH_TONES[r.state]),
        Column(key="title", label="件名", text=lambda r: r.title, width=12, tip=lambda r: r.title),
        Column(key="count", label="件数", text=lambda r: f"{r.count:,}", width=4, align="right", number=True, sort=lambda r: r.count),
        Column(key="total", label="合計（円）", text=lambda r: f"{r.total:,}", width=7, align="right", number=True, sort=lambda r: r.total),
        Column(key="transfer_on", label="振込指定日", text=lambda r: week_day(r.transfer_on), width=8, sort=lambda r: r.transfer_on),
        Column(key="answers", label="結果", text=answered_text, width=10, tone=lambda r: "bad" if r.failed else ""),
        Column(key="next", label="次にすること", text=lambda r: next_words(r.next_step), width=13, tone=lambda r: "good" if not r.next_step else ""),
        Column(key="approved_by", label="承認した人", text=lambda r: r.approved_by, width=7),
        Column(key="approved_at", label="承認", text=lambda r: moment_short(r.approved_at), width=7),
        Column(key="retry", label="再支給の決定簿", text=lambda r: r.retry, width=11),
    ),
    views={
        "標準": ("number", "state", "next", "title", "count", "total", "transfer_on", "answers"),
        "すべての項目": (
            "number", "state", "next", "title", "count", "total", "transfer_on", "answers", "approved_by", "approved_at", "retry",
        ),
    },
)  # fmt: skip
FILES: ColumnSet[TransferFileRow] = ColumnSet(
    key="transfer-files",
    columns=(
        Column(key="name", label="ファイル名", text=lambda r: r.name or "―", width=13, tip=lambda r: r.name),
        Column(key="batch", label="決定簿番号", text=lambda r: r.batch_number, width=11),
        Column(key="again", label="回", text=lambda r: again_text(r.again), width=4),
        Column(key="part", label="何枚目", text=lambda r: f"{r.part} / {r.parts}", width=4, align="right"),
        Column(key="state", label="状態", text=_file_state, width=6, tone=lambda r: _FILE_TONES[r.state]),
        Column(key="transfer_on", label="振込指定日", text=lambda r: week_day(r.transfer_on), width=8),
        Column(key="count", label="件数", text=lambda r: f"{r.count:,}", width=4, align="right", number=True),
        Column(key="total", label="合計（円）", text=lambda r: f"{r.total:,}", width=7, align="right", number=True),
        Column(key="sha", label="照合値", text=lambda r: r.sha256[:16].upper(), width=10, tip=lambda r: r.sha256),
        Column(key="written_by", label="出力した人", text=lambda r: r.written_by, width=6),
        Column(key="written_at", label="出力日時", text=lambda r: moment_short(r.written_at), width=7),
        Column(key="handed_at", label="引渡し日時", text=lambda r: moment_short(r.handed_at), width=7),
        Column(key="profile", label="銀行の設定", text=lambda r: r.profile, width=7),
        Column(key="asked_by", label="再出力を依頼した人", text=lambda r: r.asked_by, width=8),
        Column(key="allowed_by", label="再出力を承認した人", text=lambda r: r.allowed_by, width=8),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=10, tip=lambda r: r.reason),
    ),
    views={
        "標準": ("name", "batch", "again", "state", "transfer_on", "count", "total", "sha", "written_at"),
        "決定簿ごと": ("name", "again", "part", "state", "count", "total", "sha", "written_by", "written_at", "handed_at"),
        "再出力": ("name", "batch", "again", "part", "state", "asked_by", "allowed_by", "reason", "written_by", "written_at"),
        "すべての項目": (
            "name", "batch", "again", "part", "state", "transfer_on", "count", "total", "sha", "written_by", "written_at", "handed_at", "profile",
            "asked_by", "allowed_by", "reason",
        ),
    },
)  # fmt: skip
UNPAID: ColumnSet[UnpaidRow] = ColumnSet(
    key="transfer-unpaid",
    columns=(
        Column(key="number", label="支給番号", text=lambda r: r.number, width=11, sort=lambda r: (len(r.number), r.number)),
        Column(key="batch", label="決定簿番号", text=lambda r: r.batch_number, width=11, sort=lambda r: (len(r.batch_number), r.batch_number)),
        Column(key="name", label="受取人", text=lambda r: r.name, width=8),
        Column(key="failure", label="理由", text=lambda r: label("payment.failure", r.failure), width=7, tone=lambda _: "bad"),
        Column(key="reason", label="説明", text=lambda r: r.reason, width=10, tip=lambda r: r.reason),
        Column(key="amount", label="金額（円）", text=lambda r: f"{r.amount:,}", width=6, align="right", number=True, sort=lambda r: r.amount),
        Column(key="bank", label="銀行・支店", text=lambda r: place_words(r.bank, r.bank_name, r.branch, r.branch_name), width=10),
        Column(key="account", label="種目・口座番号", text=lambda r: f"{label('account.kind', r.account_kind)} {r.account_number}", width=8),
        Column(key="holder", label="名義（カナ）", text=lambda r: r.holder, width=9),
        Column(key="account_state", label="口座の状態", text=lambda r: label("payee_account.state", r.account_state), width=5),
        Column(key="next", label="次にすること", text=lambda r: next_words(r.next_step), width=11, tone=_unpaid_tone),
        Column(key="retry", label="再支給の決定簿", text=lambda r: r.retry, width=11),
        Column(key="kana", label="カナ", text=lambda r: r.kana, width=9),
    ),
    views={
        "標準": ("number", "name", "failure", "amount", "next", "bank", "account", "account_state"),
        "すべての項目": (
            "number", "batch", "name", "kana", "failure", "reason", "amount", "bank", "account", "holder", "account_state", "next", "retry",
        ),
    },
)  # fmt: skip
NAMES: ColumnSet[KanaChange] = ColumnSet(
    key="transfer-names",
    columns=(
        Column(key="line", label="行", text=lambda r: f"{r.line:,}", width=3, align="right", number=True),
        Column(key="number", label="支給番号", text=lambda r: r.number, width=11),
        Column(key="before", label="通帳のカナ", text=lambda r: r.before, width=14),
        Column(key="after", label="ファイルに書くカナ", text=lambda r: r.after, width=14),
        Column(key="what", label="変えたこと", text=change_words, width=16, tone=_name_tone, tip=change_words),
    ),
)  # fmt: skip
LINES: ColumnSet[ReadableLine] = ColumnSet(
    key="transfer-lines",
    columns=(
        Column(key="position", label="行", text=lambda r: f"{r.position:,}", width=3, align="right", number=True),
        Column(key="number", label="支給番号", text=lambda r: r.payment.number, width=9),
        Column(key="name", label="受取人", text=lambda r: r.payment.name, width=8),
        Column(key="kana", label="受取人名（ファイルのカナ）", text=lambda r: r.line.name, width=11),
        Column(key="bank", label="銀行", text=lambda r: f"{r.line.bank} {r.payment.bank_name}", width=7),
        Column(key="branch", label="支店", text=lambda r: f"{r.line.branch} {r.payment.branch_name}", width=7),
        Column(key="kind", label="種目", text=lambda r: label("account.kind", r.line.account_kind), width=3),
        Column(key="account", label="口座番号", text=lambda r: r.line.account_number, width=5),
        Column(key="amount", label="金額（円）", text=lambda r: f"{r.line.amount:,}", width=6, align="right", number=True),
        Column(key="code", label="顧客コード", text=lambda r: r.line.customer, width=10),
        Column(key="part", label="ファイル", text=lambda r: str(r.part), width=3, align="right", number=True),
    ),
    views={
        "印刷": ("position", "number", "name", "kana", "bank", "branch", "kind", "account", "amount"),
        "すべての項目": ("position", "part", "number", "name", "kana", "bank", "branch", "kind", "account", "amount", "code"),
    },
)  # fmt: skip
PROBLEMS: ColumnSet[Problem] = ColumnSet(
    key="zengin-problems",
    columns=(
        Column(key="level", label="種別", text=lambda r: "誤り" if r.level == "error" else "注意", width=4, tone=_level_tone),
        Column(key="line", label="件目", text=lambda r: f"{r.line:,}" if r.line else "―", width=4, align="right", number=True),
        Column(key="record", label="レコード", text=lambda r: RECORDS.get(r.record, ""), width=5),
        Column(key="byte", label="バイト", text=lambda r: str(r.byte) if r.byte else "―", width=4, align="right", number=True),
        Column(key="field", label="項目", text=lambda r: field_words(r.record, r.field) if r.field else "", width=8),
        Column(key="what", label="内容", text=problem_words, width=30, tip=problem_words),
    ),
)  # fmt: skip
PROFILES: ColumnSet[BankProfile] = ColumnSet(
    key="bank-profiles",
    columns=(
        Column(key="title", label="名称", text=lambda r: r.title or r.id, width=14, tip=lambda r: r.note),
        Column(key="id", label="略号", text=lambda r: r.id, width=7),
        Column(key="own", label="種類", text=lambda r: "自分の設定" if r.own else "見本", width=6),
        Column(key="line_end", label="改行", text=lambda r: PROFILE_VALUES["line_end"][r.line_end] + ("・EOF" if r.eof else ""), width=6),
        Column(key="customer", label="支給番号の欄", text=lambda r: PROFILE_VALUES["customer"][r.customer], width=11),
        Column(key="most", label="1ファイルの件数", text=lambda r: f"{r.most:,}", width=7, align="right", number=True),
        Column(key="result", label="結果の位置", text=lambda r: f"{r.result.byte}バイト目", width=6),
        Column(key="consignor", label="振込依頼人", text=consignor_text, width=12, tone=_consignor_tone),
        Column(key="file_name", label="ファイル名", text=lambda r: r.file_name, width=13),
        Column(key="source", label="出典", text=lambda r: r.source, width=12, tip=lambda r: r.source),
    ),
)  # fmt: skip
