"""An account as somebody types it: read, converted, compared, without writing anything. DOMAIN 5.3, 5.4."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.bank_kana import LegalKana, check_kana, compare_holder, legal_kana
from app.domain.errors import RuleViolation
from app.domain.payments import ACCOUNT_KINDS, Account
from app.domain.words import find_code
from app.domain.yucho import BANK, YuchoAccount, read_symbol, to_account, to_symbol
from app.usecases.banks import BankBook
from app.usecases.payee_rows import AccountPreview, Bank, Branch, Warned

FIELDS = ("bank", "branch", "kind", "number", "holder", "symbol", "symbol_no", "reason", "note")
DECIDING = ("bank", "branch", "kind", "number", "holder")
"""What a second person checks: a change of it asks for a new check."""
_NUMBER = re.compile(r"\d{1,7}")
Problem = tuple[str, str, Mapping[str, Any]]


@dataclass(slots=True)
class _Reading:
    """What is known so far of a typed account."""

    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    bank: Bank | None = None
    branch: Branch | None = None
    yucho: YuchoAccount | None = None
    symbol: str = ""
    legal: LegalKana = LegalKana("")

    def refuse(self, fault: RuleViolation) -> None:
        """Keep why it cannot be saved so."""
        params = {key: value for key, value in fault.params.items() if key != "field"}
        self.problems.append((fault.code, fault.field or "", params))


def preview_account(book: BankBook, values: Mapping[str, Any], *, kana: str = "") -> AccountPreview:
    """What the typed values mean. ``bank`` and ``branch`` may be codes or names; ``kana`` is the payee's.

    ``values`` of the answer are normalised fields of ``Account``; ``problems`` are ``(code, field, params)``: the account cannot be saved so.
    """
    read = _Reading({name: _text(values.get(name)) for name in FIELDS})
    read.values["kind"] = _kind(read, values.get("kind"))
    _read_symbol(read)
    _read_bank(book, read)
    _read_branch(book, read)
    _read_number(read)
    _check_yucho(read)
    _read_holder(read, kana)
    listed = bool(read.bank and read.branch)
    read.values.update(listed=listed, list_day=(read.branch.listed_on if read.branch else "") or "")
    return AccountPreview(
        values=read.values, bank=read.bank, branch=read.branch, yucho=read.yucho, symbol=read.symbol, legal=read.legal.text,
        changes=read.legal.changes, cut=read.legal.cut, comparison=compare_holder(read.values["holder"], kana),
        problems=tuple(read.problems), warnings=tuple(read.warnings),
    )  # fmt: skip


def read_account(book: BankBook, values: Mapping[str, Any], *, kana: str = "") -> AccountPreview:
    """As ``preview_account``; RuleViolation beside the field for the first problem."""
    read = preview_account(book, values, kana=kana)
    for code, place, params in read.problems:
        raise RuleViolation(code, field=place or None, **params)
    return read


def typed_values(account: Account) -> dict[str, Any]:
    """What was typed of a stored account, to type on from."""
    return {name: getattr(account, name) for name in FIELDS}


def _text(value: Any) -> str:
    return str(value if value is not None else "").strip()


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _kind(read: _Reading, given: Any) -> str:
    text = _plain(_text(given)) or "1"
    kind = text if text in ACCOUNT_KINDS else find_code("account_kind", text) or ""
    if not kind:
        read.problems.append(("account.kind", "kind", {"text": _text(given)}))
    return kind or "1"


def _read_symbol(read: _Reading) -> None:
    """記号・番号 become bank, branch, kind and number; what was typed beside them must not say otherwise."""
    values = read.values
    symbol, number = values["symbol"], values["symbol_no"]
    if symbol and not number:
        whole, rest = read_symbol(symbol)
        if rest:
            values["symbol"] = symbol = whole
            values["symbol_no"] = number = rest
    if not (symbol or number):
        return
    try:
        found = to_account(symbol, number)
    except RuleViolation as fault:
        read.refuse(fault)
        return
    values["symbol"], values["symbol_no"] = _plain(symbol), _plain(number)
    typed = {"branch": _plain(values["branch"]), "number": _plain(values["number"])}
    if values["bank"] and _plain(values["bank"]) not in (BANK, BANK.lstrip("0")) and _plain(values["bank"]).isdigit():
        read.problems.append(("yucho.other_bank", "bank", {"text": values["bank"]}))
        return
    for name, value in (("branch", found.branch), ("number", found.number)):
        if typed[name].isdigit() and typed[name].zfill(len(value)) != value:
            read.problems.append(("yucho.differs", name, {"text": typed[name], "found": value}))
            return
    read.yucho = found
    values.update(bank=BANK, branch=found.branch, kind=found.kind, number=found.number)


def _read_bank(book: BankBook, read: _Reading) -> None:
    text = read.values["bank"]
    plain = _plain(text)
    if not plain:
        read.values["bank_name"] = ""
        read.problems.append(("account.bank_missing", "bank", {}))
        return
    bank = book.only_bank(text)
    if bank is None and plain.isdigit():
        _unlisted(read, "bank", plain, 4)
        return
    if bank is None:
        many = book.banks(text)
        code = "account.bank_several" if many else "account.bank_unknown"
        read.problems.append((code, "bank", {"text": text, "count": len(many), "first": ", ".join(one.name for one in many[:3])}))
        read.values["bank_name"] = ""
        return
    read.bank = bank
    read.values.update(bank=bank.code, bank_name=bank.name)
    if bank.closed_on:
        read.problems.append(("account.bank_closed", "bank", {"name": bank.name, "day": bank.closed_on, "moved_to": bank.moved_to or "-"}))


def _unlisted(read: _Reading, name: str, code: str, length: int) -> None:
    """A code that the list does not know: right when a reason says why."""
    values = read.values
    values[name] = code.zfill(length)
    values[f"{name}_name"] = ""
    if len(code) > length:
        read.problems.append((f"account.{name}_digits", name, {"text": code}))
    elif read.yucho is not None or values["reason"]:
        read.warnings.append((f"account.{name}_unlisted", {"digits": values[name]}))
    else:
        read.problems.append((f"account.{name}_unlisted_reason", name, {"digits": values[name]}))


def _read_branch(book: BankBook, read: _Reading) -> None:
    values = read.values
    text = values["branch"]
    plain = _plain(text)
    values["branch_name"] = ""
    if not plain:
        read.problems.append(("account.branch_missing", "branch", {}))
        return
    branch = book.only_branch(values["bank"], text) if read.bank else None
    if branch is None and plain.isdigit():
        _unlisted(read, "branch", plain, 3)
        return
    if branch is None:
        many = book.branches(values["bank"], text) if read.bank else []
        code = "account.branch_several" if many else "account.branch_unknown"
        first = ", ".join(f"{one.name} {one.code}" for one in many[:3])
        read.problems.append((code, "branch", {"text": text, "count": len(many), "first": first}))
        return
    read.branch = branch
    values.update(branch=branch.code, branch_name=branch.name)
    if branch.closed_on:
        params = {"name": branch.name, "digits": branch.code, "day": branch.closed_on, "moved_to": branch.moved_to or "-"}
        read.problems.append(("account.branch_closed", "branch", params))


def _read_number(read: _Reading) -> None:
    text = read.values["number"]
    plain = _plain(text).replace("-", "")
    if not plain:
        read.problems.append(("account.number_missing", "number", {}))
    elif not _NUMBER.fullmatch(plain) or not plain.isascii():
        read.problems.append(("account.number_digits", "number", {"text": text}))
    elif not plain.strip("0"):
        read.problems.append(("account.number_zero", "number", {}))
    else:
        read.values["number"] = plain.zfill(7)


def _check_yucho(read: _Reading) -> None:
    """A post-bank account typed as other banks write it: branch and kind must go together; its 記号 is told."""
    values = read.values
    if values["bank"] != BANK or read.problems:
        return
    try:
        known = values["symbol"] if read.yucho is not None else ""
        made = to_symbol(values["branch"], values["kind"], values["number"], symbol=known)
        read.symbol = f"{made.symbol}-{made.number}"
    except RuleViolation as fault:
        read.refuse(fault)


def _read_holder(read: _Reading, kana: str) -> None:
    holder = read.values["holder"]
    if not holder:
        read.problems.append(("account.holder_missing", "holder", {}))
        return
    try:
        read.legal = legal_kana(holder)
    except RuleViolation as fault:
        read.refuse(fault)
        return
    for problem in check_kana(holder):
        read.warnings.append((problem.code, {"bytes": problem.bytes, "cut": problem.chars, "most": problem.at}))
    comparison = compare_holder(holder, kana)
    if comparison:
        read.warnings.append((comparison, {"holder": read.legal.text, "kana": kana}))


def with_codes(account: Account, preview: AccountPreview) -> Account:
    """The account with everything the preview knows."""
    kept = {name: value for name, value in preview.values.items() if name not in ("reason", "note") or value}
    return replace(account, **kept, warnings=tuple(code for code, _ in preview.warnings))
