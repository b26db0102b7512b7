"""Applications and certificates as tables, files and on paper."""

from __future__ import annotations

from app.domain.certificate import CertificateCopy
from app.domain.dates import format_instant
from app.presentation.columns.building import grade_text, grade_tone
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era
from app.presentation.labels import label, short_label
from app.presentation.messages import message
from app.usecases.certificate_rows import ApplicationRow, CertificateRow, DeclaredCase, KeyCard, Refusal, ResidentCandidate

_LONG_WAIT, _VERY_LONG_WAIT = 14, 30
"""Days after which a wait is marked: two weeks, and the month that is the national target (DOMAIN 1.4)."""
_APPLICATION_TONES: dict[str, Tone] = {
    "received": "warn", "awaiting": "warn", "judged": "info", "approved": "info", "issued": "good", "closed": "quiet",
}  # fmt: skip
_CERTIFICATE_TONES: dict[str, Tone] = {"issued": "good", "superseded": "quiet", "revoked": "bad"}


def waiting_text(row: ApplicationRow) -> str:
    """How long somebody waits; nothing once the application is closed."""
    if row.state == "closed":
        return ""
    return "今日" if row.waiting_days == 0 else f"{row.waiting_days:,}日"


def waiting_tone(row: ApplicationRow) -> Tone:
    """Marked after two weeks, more after a month."""
    if row.state in ("issued", "closed") or row.waiting_days < _LONG_WAIT:
        return ""
    return "bad" if row.waiting_days >= _VERY_LONG_WAIT else "warn"


def marks_text(row: ApplicationRow) -> str:
    """What is special: told only, self judgement, protection."""
    marks = (("申告のみ", row.declared), ("自己判定", row.self_judgement), ("支援措置", row.protected))
    return "・".join(word for word, holds in marks if holds)


def number_text(row: CertificateRow) -> str:
    """The number, marked while headquarters has not seen it."""
    return f"{row.number}（仮）" if row.provisional else row.number


def state_words(row: CertificateRow) -> str:
    """In force, replaced by which, withdrawn; and whether a newer judgement waits for its paper."""
    if row.newer_grade:
        return f"差替が必要（{grade_text(row.newer_grade)}へ）"
    if row.state == "superseded" and row.successor:
        return f"差替済み（{row.successor}）"
    return label("certificate.state", row.state)


def state_tone(row: CertificateRow) -> Tone:
    """Wants doing, in force, or over."""
    return "warn" if row.newer_grade else _CERTIFICATE_TONES.get(row.state, "")


def copies_text(row: CertificateRow) -> str:
    """Printed of wanted."""
    return f"{row.copies} / {row.wanted}"


APPLICATIONS: ColumnSet[ApplicationRow] = ColumnSet(
    key="applications",
    columns=(
        Column(key="number", label="受付番号", text=lambda r: r.number, width=10, sort="number"),
        Column(key="queue", label="呼出", text=lambda r: r.queue, width=4),
        Column(key="state", label="状態", text=lambda r: label("application.state", r.state), width=5, sort="state",
               tone=lambda r: _APPLICATION_TONES.get(r.state, "")),
        Column(key="kind", label="種類", text=lambda r: short_label("application.kind", r.kind), width=6),
        Column(key="name", label="申請者", text=lambda r: r.applicant_name, width=7, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.applicant_kana, width=9, sort="kana"),
        Column(key="head", label="世帯主", text=lambda r: r.head_name, width=7),
        Column(key="address", label="被災住家の所在地", text=lambda r: r.building_address, width=13, sort="address"),
        Column(key="building", label="調査番号", text=lambda r: r.building_number, width=10),
        Column(key="grade", label="被害の程度", text=lambda r: grade_text(r.grade), width=7, tone=lambda r: grade_tone(r.grade)),
        Column(key="waiting", label="待ち", text=waiting_text, width=4, align="right", sort="waiting", tone=waiting_tone),
        Column(key="applied", label="申請日", text=lambda r: day_text(r.applied_on), width=6, sort="applied"),
        Column(key="role", label="申請者の区分", text=lambda r: label("application.applicant_role", r.applicant_role), width=8),
        Column(key="channel", label="受付方法", text=lambda r: label("application.channel", r.channel), width=5),
        Column(key="phone", label="連絡先", text=lambda r: r.phone, width=8),
        Column(key="copies", label="部数", text=lambda r: str(r.copies), width=3, align="right", number=True),
        Column(key="district", label="地区", text=lambda r: r.district, width=6),
        Column(key="marks", label="しるし", text=marks_text, width=7),
        Column(key="certificate", label="証明書番号", text=lambda r: r.certificate_number, width=14),
    ),
    views={
        "標準": ("number", "queue", "state", "kind", "name", "head", "address", "grade", "waiting", "applied", "marks"),
        "すべての項目": (
            "number", "queue", "state", "kind", "name", "kana", "role", "head", "address", "building", "district", "grade", "waiting", "applied",
            "channel", "phone", "copies", "marks", "certificate",
        ),
        "電話かけ用": ("number", "name", "kana", "phone", "head", "address", "state", "grade", "waiting"),
    },
)  # fmt: skip

CERTIFICATES: ColumnSet[CertificateRow] = ColumnSet(
    key="certificates",
    columns=(
        Column(key="number", label="証明書番号", text=number_text, width=15, sort="number"),
        Column(key="kind", label="種類", text=lambda r: short_label("application.kind", r.kind), width=6),
        Column(key="state", label="状態", text=state_words, width=14, tone=state_tone),
        Column(key="grade", label="被害の程度", text=lambda r: grade_text(r.grade), width=7, tone=lambda r: grade_tone(r.grade)),
        Column(key="head", label="世帯主", text=lambda r: r.head_name, width=8, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.head_kana, width=9, sort="kana"),
        Column(key="place", label="被災住家の所在地", text=lambda r: r.building_address, width=14, sort="address"),
        Column(key="building", label="調査番号", text=lambda r: r.building_number, width=9),
        Column(key="issued", label="発行日", text=lambda r: day_text(r.issued_on), width=6),
        Column(key="copies", label="発行/必要", text=copies_text, width=5, align="right"),
        Column(key="phone", label="連絡先", text=lambda r: r.phone, width=9),
        Column(key="postal", label="郵便番号", text=lambda r: r.postal, width=6, sort="postal"),
        Column(key="address", label="送り先", text=lambda r: r.address, width=14, sort="district"),
        Column(key="district", label="地区", text=lambda r: r.district, width=6, sort="district"),
        Column(key="application", label="受付番号", text=lambda r: r.application_number, width=9),
        Column(key="declared", label="申告のみ", text=lambda r: "申告のみ" if r.declared else "", width=5),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=10),
        Column(key="issuer", label="発行した人", text=lambda r: r.issued_by, width=7),
        Column(key="form", label="様式", text=lambda r: f"{r.form} v{r.form_version}", width=9),
    ),
    views={
        "標準": ("number", "kind", "state", "grade", "head", "place", "issued", "copies", "declared"),
        "すべての項目": (
            "number", "kind", "state", "grade", "head", "kana", "place", "building", "issued", "copies", "phone", "postal", "address", "district",
            "application", "declared", "reason", "issuer", "form",
        ),
        "差替の連絡用": ("number", "state", "grade", "head", "kana", "phone", "postal", "address", "place", "reason"),
    },
)  # fmt: skip


def refusal_text(row: Refusal) -> str:
    """Why one was not done."""
    return message(row.code, **{"number": row.number, **row.params})


REFUSALS: ColumnSet[Refusal] = ColumnSet(
    key="certificate_refusals",
    columns=(
        Column(key="number", label="番号", text=lambda r: r.number, width=14, sort=lambda r: r.number),
        Column(key="reason", label="理由と直し方", text=refusal_text, width=34, sort=refusal_text, tip=refusal_text),
    ),
)  # fmt: skip

KEYS: ColumnSet[KeyCard] = ColumnSet(
    key="certificate_keys",
    columns=(
        Column(key="id", label="鍵", text=lambda r: r.id, width=7),
        Column(key="state", label="使いみち", text=lambda r: "署名に使う" if r.current else "前の鍵" if r.own else "確かめる", width=6,
               tone=lambda r: "good" if r.current else "quiet"),
        Column(key="label", label="名前", text=lambda r: r.label, width=8),
        Column(key="made", label="登録した日", text=lambda r: day_text(r.made_on), width=6),
    ),
)  # fmt: skip

COPIES: ColumnSet[CertificateCopy] = ColumnSet(
    key="certificate_copies",
    columns=(
        Column(key="copy", label="何枚目", text=lambda r: f"{r.copy:,}", width=4, align="right", number=True),
        Column(key="reason", label="理由", text=lambda r: label("certificate_copy.reason", r.reason), width=6),
        Column(key="at", label="印刷日時", text=lambda r: format_instant(r.printed_at), width=11),
        Column(key="by", label="印刷した人", text=lambda r: r.printed_by, width=7),
        Column(key="target", label="ファイル", text=lambda r: r.target, width=12),
    ),
)  # fmt: skip

_BANDS: dict[str, tuple[str, Tone]] = {"sure": ("ほぼ確か", "good"), "review": ("要確認", "warn"), "none": ("", "")}


def likely_text(row: DeclaredCase) -> str:
    """How likely the best candidate is; none at all in words."""
    if not row.candidates:
        return "候補なし"
    best = row.candidates[0]
    return f"{_BANDS.get(best.band, ('', ''))[0]} {best.score:.0f}点".strip()


def likely_tone(row: DeclaredCase) -> Tone:
    """The colour beside the words."""
    return _BANDS.get(row.candidates[0].band, ("", ""))[1] if row.candidates else "quiet"


DECLARED: ColumnSet[DeclaredCase] = ColumnSet(
    key="declared_cases",
    columns=(
        Column(key="number", label="受付番号", text=lambda r: r.application_number, width=10, sort=lambda r: r.application_number),
        Column(key="head", label="世帯主", text=lambda r: r.victim.head_name or r.victim.head_kana, width=7, sort=lambda r: r.victim.head_kana),
        Column(key="likely", label="住民データの候補", text=likely_text, tone=likely_tone, width=8),
        Column(key="certificate", label="証明書", text=lambda r: r.certificate_number or "未発行", width=13),
    ),
)  # fmt: skip

RESIDENT_CANDIDATES: ColumnSet[ResidentCandidate] = ColumnSet(
    key="resident_candidates",
    columns=(
        Column(key="name", label="氏名", text=lambda r: r.name or r.kana, width=7),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9),
        Column(key="score", label="確からしさ", text=lambda r: f"{r.score:.0f}点" if r.score else "探した人", width=5),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=9),
        Column(key="address", label="住所", text=lambda r: r.address, width=13),
    ),
)  # fmt: skip
