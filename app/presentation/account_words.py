"""What is known of an account while it is typed, in words: bank, converted symbol, kana as the transfer file has it, and what to look at."""

from __future__ import annotations

from app.presentation.labels import label
from app.presentation.messages import message
from app.usecases.payee_rows import AccountFile, AccountPreview, Bank, Branch, Proposal

_CHANGES = {
    "small": "小さい字を大きく", "dash": "のばす音", "old": "ヲ・ヰ・ヱ", "dot": "中点", "case": "大文字に", "space": "空白", "corporate": "法人の略し方",
    "form": "字の形",
}  # fmt: skip
_SAME, _DIFFERENT = "受取人のフリガナと同じです。", "受取人のフリガナ"
MOST_NAME = 30


def bank_words(bank: Bank | None, *, list_day: str = "") -> str:
    """The bank as found, or nothing."""
    if bank is None:
        return ""
    told = f"{bank.code} {bank.name}"
    if bank.closed_on:
        return f"{told}（{bank.closed_on} 廃止）"
    return f"{told}（市町村の訂正）" if bank.own else told


def branch_words(branch: Branch | None) -> str:
    """The branch as found, or nothing."""
    if branch is None:
        return ""
    told = f"{branch.code} {branch.name}（{branch.kana}）"
    if branch.closed_on:
        return f"{branch.code} {branch.name}（{branch.closed_on} 廃止、移った先 {branch.moved_to or '不明'}）"
    return f"{told} 市町村の訂正" if branch.own else told


def yucho_words(read: AccountPreview) -> str:
    """What 記号・番号 become, or what they are of an account typed otherwise."""
    if read.yucho is not None:
        name = f" {read.branch.name}" if read.branch is not None else "（一覧にない店番）"
        return f"店番 {read.yucho.branch}{name}　{label('payee_account.kind', read.yucho.kind)}　口座番号 {read.yucho.number}"
    return f"ゆうちょの記号・番号では {read.symbol}" if read.symbol else ""


def kana_words(read: AccountPreview | AccountFile) -> str:
    """The holder as the transfer file has it, with its length, what was changed and what is cut."""
    if not read.legal:
        return ""
    told = [f"振込データでは「{read.legal}」（{len(read.legal) + len(read.cut)}／{MOST_NAME} バイト）"]
    notable = [change for change in read.changes if change.notable]
    if notable:
        changed = "、".join(f"{change.before.strip() or '空白'}→{change.after or 'なし'}" for change in notable[:8])
        kinds = "・".join(dict.fromkeys(_CHANGES[change.code] for change in notable if change.code in _CHANGES))
        told.append(f"直した所：{changed}（{kinds}）")
    if read.cut:
        told.append(f"「{read.cut}」が切れます。")
    return "\n".join(told)


def comparison_words(comparison: str, *, holder: str, kana: str) -> str:
    """How the holder stands to the payee's kana."""
    if not holder:
        return ""
    if not comparison:
        return f"✓ {_SAME}" if kana else ""
    return f"⚠ {message(comparison, holder=holder, kana=kana)}"


def problem_words(read: AccountPreview) -> dict[str, str]:
    """What stands in the way, by field of the form; what belongs to no field under ""."""
    found: dict[str, str] = {}
    for code, field, params in read.problems:
        place = {"symbol_no": "symbol"}.get(field, field)
        found.setdefault(place, message(code, **params))
    return found


def warning_words(warnings: tuple[tuple[str, object], ...] | AccountPreview | AccountFile) -> list[str]:
    """Each thing to look at in a sentence."""
    told = warnings if isinstance(warnings, tuple) else warnings.warnings
    return [message(code, **dict(params)) for code, params in told]  # type: ignore[call-overload]


def proposal_words(one: Proposal) -> str:
    """A proposal in one line: name, relation, rank or why."""
    relation = f"（{one.relation}）" if one.relation else ""
    more = f"　同じ順位 {one.equals}人" if one.equals > 1 else ""
    return f"{one.name}{relation}　{message(one.reason)}{more}"
