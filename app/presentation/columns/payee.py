"""Payees with their account in use, as tables, files and on paper."""

from __future__ import annotations

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era, place_words
from app.presentation.labels import label, short_label
from app.usecases.payee_rows import PayeeRow

_STATES: dict[str, Tone] = {"entered": "warn", "checked": "good", "wrong": "bad", "closed": "bad", "deceased": "bad", "retired": "quiet"}
WARNING_WORDS = {
    "account.holder_differs": "名義がフリガナと違う", "account.holder_spelling": "名義の書き方が違う", "account.kana_unknown": "フリガナなし",
    "account.kana_long": "名義が30バイトを超える", "account.bank_unlisted": "銀行が一覧にない", "account.branch_unlisted": "支店が一覧にない",
    "account.same_account": "同じ口座あり",
}  # fmt: skip
_NO_ACCOUNT = "口座なし"


def account_state_text(row: PayeeRow) -> str:
    """The state of the account in use; that there is none, unless it is not needed."""
    if row.way == "cash":
        return ""
    return label("payee_account.state", row.account_state) if row.account_state else _NO_ACCOUNT


def place_text(row: PayeeRow) -> str:
    """Bank and branch: the names, or the codes where the list has none."""
    return place_words(row.bank, row.bank_name, row.branch, row.branch_name)


def number_text(row: PayeeRow) -> str:
    """Kind and number of the account."""
    return f"{label('payee_account.kind', row.kind)} {row.account_number}" if row.account_number else ""


def warning_text(row: PayeeRow) -> str:
    """What a person should look at."""
    codes = [code for code in row.warnings if code != "account.same_account"] + (["account.same_account"] if row.twins else [])
    return "・".join([*(WARNING_WORDS[code] for code in codes if code in WARNING_WORDS), *(["支援措置"] if row.protected else [])])


def _state_tone(row: PayeeRow) -> Tone:
    if row.way == "cash":
        return ""
    return _STATES.get(row.account_state, "warn")


PAYEES: ColumnSet[PayeeRow] = ColumnSet(
    key="payees",
    columns=(
        Column(key="account_state", label="口座の状態", text=account_state_text, width=7, sort="state", tone=_state_tone),
        Column(key="name", label="受取人", text=lambda r: r.name, width=8, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9, sort="kana"),
        Column(key="role", label="関係", text=lambda r: short_label("payee.role", r.role), width=5),
        Column(key="for", label="支給対象", text=lambda r: r.entitlement_name, width=8),
        Column(key="number", label="対象番号", text=lambda r: r.entitlement_number, width=11),
        Column(key="resident_no", label="宛名番号", text=lambda r: r.resident_no, width=8),
        Column(key="programme", label="制度", text=lambda r: r.programme_title or "すべて", width=8),
        Column(key="way", label="受取方法", text=lambda r: short_label("payee.way", r.way), width=5),
        Column(key="place", label="金融機関・支店", text=place_text, width=12, sort="bank"),
        Column(key="account", label="口座", text=number_text, width=8, sort="bank"),
        Column(key="holder", label="口座名義（カナ）", text=lambda r: r.holder, width=10),
        Column(key="warnings", label="注意", text=warning_text, width=11, tone=lambda r: "warn" if warning_text(r) else ""),
        Column(key="photo", label="通帳", text=lambda r: "写真あり" if r.photo else "", width=5),
        Column(key="entered", label="入力", text=lambda r: r.entered_by, width=6),
        Column(key="checked", label="確認", text=lambda r: r.checked_by, width=6),
        Column(key="checked_at", label="確認した日", text=lambda r: day_text(r.checked_at.date().isoformat()) if r.checked_at else "", width=7),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=9),
        Column(key="address", label="住所", text=lambda r: r.address, width=12),
        Column(key="phone", label="電話", text=lambda r: r.phone, width=8),
        Column(key="consent", label="同意の確認", text=lambda r: r.consent, width=9),
    ),
    views={
        "標準": ("account_state", "name", "kana", "role", "for", "way", "place", "account", "holder", "warnings", "photo", "entered", "checked"),
        "すべての項目": (
            "account_state", "name", "kana", "role", "for", "number", "resident_no", "programme", "way", "place", "account", "holder", "warnings", "photo",
            "entered", "checked", "checked_at", "birth", "address", "phone", "consent",
        ),
    },
)  # fmt: skip
