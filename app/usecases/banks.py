"""Banks and branches: the shipped list with its day, and this municipality's own corrections, which come first. DOMAIN 5.5.

The list knows what is open; a closed branch is known only by a correction, which may say where its accounts went.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from app import resources
from app.domain.errors import RuleViolation
from app.domain.folding import fold_name
from app.domain.identifiers import new_id
from app.domain.payments import OwnBank
from app.usecases.buildings import fit
from app.usecases.context import Changes, Context
from app.usecases.payee_rows import Bank, Branch
from app.usecases.ports import Reads
from app.usecases.protections import read_day

Entry = TypeVar("Entry", Bank, Branch)
MOST = 30
"""So many banks or branches are offered at once."""


@lru_cache(maxsize=1)
def list_day() -> str:
    """The day of the shipped list, ISO."""
    import zengin_code

    digits = str(zengin_code.__version__).rpartition(".")[2]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"


@lru_cache(maxsize=1)
def _shipped_banks() -> Mapping[str, Bank]:
    from zengin_code import Bank as Listed

    return {code: Bank(code=code, name=one.name, kana=one.kana, hira=one.hira, listed_on=list_day()) for code, one in Listed.all.items()}


@lru_cache(maxsize=256)
def _shipped_branches(bank: str) -> Mapping[str, Branch]:
    from zengin_code import Bank as Listed

    found = Listed.all.get(bank)
    branches = found.branches if found is not None else {}
    return {
        code: Branch(bank=bank, code=code, name=one.name, kana=one.kana, hira=one.hira, listed_on=list_day())
        for code, one in branches.items()
    }


@dataclass(frozen=True, slots=True)
class BankBook:
    """The list with corrections, to ask many times. ``own`` by bank and branch code."""

    own: Mapping[tuple[str, str], OwnBank]

    def bank(self, code: str) -> Bank | None:
        """The bank with this code of four digits, closed or not; None when neither list nor correction knows it."""
        shipped = _shipped_banks().get(code)
        own = self.own.get((code, ""))
        if own is None:
            return shipped
        made = shipped or Bank(code=code, name=own.name, kana=own.kana)
        return replace(
            made, name=own.name or made.name, kana=own.kana or made.kana, closed_on=own.closed_on, moved_to=own.moved_to, own=True,
        )  # fmt: skip

    def branch(self, bank: str, code: str) -> Branch | None:
        """The branch with this code of three digits, closed or not."""
        shipped = _shipped_branches(bank).get(code)
        own = self.own.get((bank, code))
        if own is None:
            return shipped
        made = shipped or Branch(bank=bank, code=code, name=own.name, kana=own.kana)
        return replace(
            made, name=own.name or made.name, kana=own.kana or made.kana, closed_on=own.closed_on, moved_to=own.moved_to, own=True,
        )  # fmt: skip

    def banks(self, text: str, *, limit: int = MOST) -> list[Bank]:
        """Banks by the beginning of the code, or by name or kana: those that begin so first."""
        codes = dict.fromkeys((*_shipped_banks(), *(bank for bank, branch in self.own if not branch)))
        known = [made for code in codes if (made := self.bank(code)) is not None]
        return _ranked(known, text, "bank_endings", limit)

    def branches(self, bank: str, text: str = "", *, limit: int = MOST) -> list[Branch]:
        """Branches of a bank, the same way; all (up to the limit) for an empty text."""
        codes = dict.fromkeys((*_shipped_branches(bank), *(branch for of, branch in self.own if of == bank and branch)))
        known = [made for code in sorted(codes) if (made := self.branch(bank, code)) is not None]
        return _ranked(known, text, "branch_endings", limit)

    def only_bank(self, text: str) -> Bank | None:
        """The one bank of a code or a whole name; None when there is none or several."""
        plain = plain_code(text)
        if plain.isdigit():
            return self.bank(plain.zfill(4)) if len(plain) <= 4 else None
        keys = _keys(text, "bank_endings")
        found = [one for one in self.banks(text) if keys & {_key(one.name), _key(one.kana), _key(one.hira)}]
        return found[0] if len(found) == 1 else None

    def only_branch(self, bank: str, text: str) -> Branch | None:
        """The one branch of a code or a whole name; None when there is none or several."""
        plain = plain_code(text)
        if plain.isdigit():
            return self.branch(bank, plain.zfill(3)) if len(plain) <= 3 else None
        keys = _keys(text, "branch_endings")
        whole = [one for one in self.branches(bank, limit=10_000) if keys & {_key(one.name), _key(one.kana), _key(one.hira)}]
        return whole[0] if len(whole) == 1 else None


def bank_book(reads: Reads) -> BankBook:
    """The list with the corrections as they are now."""
    own = {(one.bank, one.branch): one for one in reads.all("own_bank") if isinstance(one, OwnBank)}
    return BankBook(own)


def find_banks(reads: Reads, text: str) -> list[Bank]:
    """See ``BankBook.banks``."""
    return bank_book(reads).banks(text)


def find_branches(reads: Reads, bank: str, text: str = "") -> list[Branch]:
    """See ``BankBook.branches``."""
    return bank_book(reads).branches(bank, text)


def bank_of(reads: Reads, code: str) -> Bank | None:
    """See ``BankBook.bank``."""
    return bank_book(reads).bank(code)


def branch_of(reads: Reads, bank: str, code: str) -> Branch | None:
    """See ``BankBook.branch``. A closed one has ``closed_on``, and ``moved_to`` where known."""
    return bank_book(reads).branch(bank, code)


def list_own_banks(ctx: Context) -> list[OwnBank]:
    """This municipality's corrections, by code."""
    found = [one for one in ctx.reads.all("own_bank") if isinstance(one, OwnBank)]
    return sorted(found, key=lambda one: (one.bank, one.branch))


def save_own_bank(
    ctx: Context, *, values: Mapping[str, object], reason: str, own_id: str = "", version: int | None = None
) -> tuple[str, Changes]:
    """Add or correct a bank (``branch`` "") or branch; a second correction of the same code changes the first. Needs a reason.

    RuleViolation beside the field: ``account.bank_digits``, ``account.branch_digits``, ``bank.name_missing``, ``bank.moved_to`` (neither BBB nor
    AAAA-BBB), ``bank.reason_missing``, ``bank.bank_unknown`` (a branch of a bank nobody knows), ``protection.day``.
    """
    ctx.require("claim")
    if not reason.strip():
        raise RuleViolation("bank.reason_missing", field="note")
    given = fit(OwnBank, values)
    given["bank"], given["branch"] = plain_code(str(given.get("bank", ""))), plain_code(str(given.get("branch", "")))
    given["closed_on"] = read_day(str(given.get("closed_on", "")), field="closed_on")
    given["moved_to"] = _moved(str(given.get("moved_to", "")))
    given["note"] = str(given.get("note") or reason)
    made = OwnBank(**{**given, "id": own_id or new_id()})
    _check_own(ctx, made)
    with ctx.unit(reason=reason) as uow:
        there = [one for one in uow.own_banks.where(bank=made.bank, branch=made.branch) if one.id != own_id]
        if own_id or there:
            stored = uow.own_banks.need(own_id) if own_id else there[0]
            saved = uow.own_banks.save(replace(stored, **given), expected_version=version)
        else:
            saved = uow.own_banks.add(made)
        return saved.id, uow.commit()


def remove_own_bank(ctx: Context, *, own_id: str, reason: str) -> Changes:
    """Take a correction back: what the shipped list says holds again."""
    ctx.require("claim")
    with ctx.unit(reason=reason) as uow:
        uow.own_banks.save(replace(uow.own_banks.need(own_id), deleted=True))
        return uow.commit()


def _check_own(ctx: Context, made: OwnBank) -> None:
    if len(made.bank) != 4 or not made.bank.isdigit():
        raise RuleViolation("account.bank_digits", field="bank", text=made.bank)
    if made.branch and (len(made.branch) != 3 or not made.branch.isdigit()):
        raise RuleViolation("account.branch_digits", field="branch", text=made.branch)
    book = bank_book(ctx.reads)
    if made.branch and book.bank(made.bank) is None:
        raise RuleViolation("bank.bank_unknown", field="bank", text=made.bank)
    known = book.branch(made.bank, made.branch) if made.branch else book.bank(made.bank)
    if known is None and not made.name:
        raise RuleViolation("bank.name_missing", field="name")


def _moved(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    digits = plain.replace("-", "")
    if not plain:
        return ""
    if digits.isdigit() and len(digits) == 3:
        return digits
    if digits.isdigit() and len(digits) in (4, 7):
        return f"{digits[:4]}-{digits[4:]}" if len(digits) == 7 else digits
    raise RuleViolation("bank.moved_to", field="moved_to", text=text)


def plain_code(text: str) -> str:
    """A code in half-width digits without spaces; other text only trimmed."""
    return "".join(unicodedata.normalize("NFKC", text).split())


# -- finding by words --------------------------------------------------------------------------------------


@lru_cache(maxsize=40_000)
def _key(text: str) -> str:
    return fold_name(text)


def _keys(text: str, endings: str) -> set[str]:
    """Folded ways to write a name: as it is, in the words of the list, without an ending."""
    words = resources.read_toml("banks", "words.toml")
    ways = {text.strip()}
    for word, short in words["bank_words"].items():
        ways |= {way.replace(word, short) for way in ways if word in way}
    for ending in words[endings]:
        ways |= {way.removesuffix(ending) for way in ways if way != ending}
    return {_key(way) for way in ways} - {""}


def _ranked(known: Iterable[Entry], text: str, endings: str, limit: int) -> list[Entry]:
    plain = plain_code(text)
    if plain.isdigit():
        return [one for one in known if one.code.startswith(plain)][:limit]
    keys = _keys(text, endings)
    if not keys:
        return list(known)[:limit]
    ranked: list[tuple[int, int, str, Entry]] = []
    for one in known:
        rank = _rank(keys, (_key(one.name), _key(one.kana)))
        if rank < _NOT:
            ranked.append((rank, len(one.name), one.code, one))
    return [one for *_, one in sorted(ranked, key=lambda entry: entry[:3])[:limit]]


_NOT = 9


def _rank(keys: Iterable[str], names: Sequence[str]) -> int:
    best = _NOT
    for key in keys:
        for name in names:
            if name == key:
                return 0
            if name.startswith(key):
                best = min(best, 1)
            elif key in name:
                best = min(best, 2)
    return best
