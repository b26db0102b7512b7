"""Saying who receives, entering an account, and what is said when one is wrong or ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.payments import Account, OwnBank, Payee
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

PAYEE = FormSpec(
    key="payee",
    title="受取人",
    save="この人を受取人にする",
    sections=(
        SectionSpec(
            fields=(
                spec_field("payee", "role", kind="choice", options="payee.role", required=True, default="head"),
                spec_field("payee", "way", kind="choice", options="payee.way", required=True, default="transfer"),
                spec_field("payee", "name", required=True, placeholder="例：能登　花子"),
                spec_field("payee", "kana", kind="kana", help="口座名義と比べるためのもの"),
                spec_field("payee", "birth", kind="birth"),
                spec_field("payee", "phone", kind="phone"),
                spec_field("payee", "postal", kind="postal", fills="address"),
                spec_field("payee", "address"),
                spec_field("payee", "consent", placeholder="例：同意書 令和6年2月1日", help="世帯主でない人・同じ順位の遺族を代表する人のとき"),
                FieldSpec(key="documents", label="受け取った書類", placeholder="例：戸籍、登記事項証明書、委任状（、で区切る）"),
                spec_field("payee", "reason", help="別居の特例、いまの受取人に替えるときの理由"),
                spec_field("payee", "note", kind="multiline"),
            ),
        ),
    ),
)  # fmt: skip
ACCOUNT = FormSpec(
    key="account",
    title="口座",
    save="口座を保存",
    sections=(
        SectionSpec(
            title="ゆうちょ銀行の通帳のとき",
            fields=(
                FieldSpec(
                    key="symbol", label="記号・番号", ime="latin", placeholder="例：10140-12345671", help="入れると、下の店番・種目・口座番号になります"
                ),
            ),
        ),
        SectionSpec(
            title="ほかの金融機関のとき",
            fields=(
                FieldSpec(key="bank", label="金融機関", ime="hiragana", placeholder="例：0001 か みずほ", help="コード4けたか名前。候補は↓で選びます"),
                FieldSpec(key="branch", label="支店", ime="hiragana", placeholder="例：001 か 東京営業部", help="コード3けたか名前"),
                spec_field("payee_account", "kind", kind="choice", options="account.kind", required=True, default="1"),
                FieldSpec(key="number", label="口座番号", ime="latin", placeholder="7けたまで", width=10),
            ),
        ),
        SectionSpec(
            title="名義",
            fields=(
                FieldSpec(
                    key="holder", label="口座名義（カナ）", ime="katakana", required=True, placeholder="通帳の表紙のカナのとおり",
                    help="受取人のフリガナと違っても保存できます（注意が出ます）",
                ),
                FieldSpec(key="reason", label="一覧にない金融機関・支店のときの理由", placeholder="例：通帳で確認"),
            ),
        ),
    ),
)  # fmt: skip
REFUSE = FormSpec(
    key="account.refuse",
    title="口座を誤りにする",
    save="誤りにする",
    sections=(
        SectionSpec(
            note="入力した人が直すときの手がかりになります。",
            fields=(
                FieldSpec(
                    key="note", label="どこが違うか", kind="multiline", required=True, placeholder="例：口座番号の3けた目が通帳と違う"
                ),
            ),
        ),
    ),
)
MARK = FormSpec(
    key="account.mark",
    title="口座を使えなくする",
    save="この状態にする",
    sections=(
        SectionSpec(
            note="この口座には、これからは払われません。",
            fields=(
                FieldSpec(key="state", label="状態", kind="choice", options="payee_account.state", omit=("entered", "checked"), required=True, default="wrong"),
                FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder="例：銀行から解約の連絡（2月3日）"),
            ),
        ),
    ),
)  # fmt: skip
END = FormSpec(
    key="payee.end",
    title="受取人を使わないことにする",
    save="使わないことにする",
    sections=(
        SectionSpec(
            note="記録は残ります。もう決定簿に入っている支給はそのままです。",
            fields=(FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder="例：本人の希望で妻が受け取る"),),
        ),
    ),
)
OWN_BANK = FormSpec(
    key="own_bank",
    title="金融機関・支店の追加・訂正",
    save="保存",
    sections=(
        SectionSpec(
            note="一覧より新しい統合・廃止・新設を入れます。支店コードを空けると銀行そのもの。廃止した支店の口座には払われなくなります。",
            fields=(
                FieldSpec(key="bank", label="銀行コード", ime="latin", required=True, width=6, placeholder="0001"),
                FieldSpec(key="branch", label="支店コード", ime="latin", width=6, placeholder="001"),
                FieldSpec(key="name", label="名前", placeholder="一覧と同じなら空けてください"),
                FieldSpec(key="kana", label="カナ", kind="kana"),
                FieldSpec(key="closed_on", label="廃止日", kind="date"),
                FieldSpec(key="moved_to", label="移った先", ime="latin", placeholder="004 か 0001-004"),
                FieldSpec(key="note", label="理由・根拠", kind="multiline", required=True, placeholder="例：銀行の通知（令和6年3月1日統合）"),
            ),
        ),
    ),
)  # fmt: skip
_SPLIT = str.maketrans({"，": "、", ",": "、", "\n": "、"})


def payee_form(payee: Payee) -> dict[str, Any]:
    """A payee for the form."""
    values = {field.key: getattr(payee, field.key) for field in PAYEE.fields}
    return {**values, "documents": "、".join(payee.documents)}


def payee_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says as fields of a payee."""
    documents = [part.strip() for part in str(values.get("documents") or "").translate(_SPLIT).split("、") if part.strip()]
    return {**values, "documents": documents}


def account_form(account: Account) -> dict[str, Any]:
    """An account for the form; 記号・番号 in one field."""
    values = {name: getattr(account, name) for name in ("bank", "branch", "kind", "number", "holder", "reason")}
    return {**values, "symbol": "-".join(filter(None, (account.symbol, account.symbol_no)))}


def own_bank_form(own: OwnBank) -> dict[str, Any]:
    """A correction for the form."""
    return {field.key: getattr(own, field.key) for field in OWN_BANK.fields}
