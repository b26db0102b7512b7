"""From payments to the lines of a transfer file: kana made legal with every change told, names of banks, the payment's code (DOMAIN 5.2, 5.3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from app import resources
from app.domain.bank_kana import CHARSETS, NAME_BYTES, legal_kana
from app.domain.bank_profile import MOST_RECORDS, BankProfile
from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.domain.half_kana import to_half_kana
from app.domain.zengin import LEGAL, MOST_TOTAL, Header, Line, open_frame
from app.usecases.banks import BankBook
from app.usecases.transfer_rows import KanaChange, PaymentLine

_BANK_BYTES = 15
_NAMED = 5
Warnings = tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a batch in its order, every name that was changed, and what a person should know."""

    lines: tuple[Line, ...]
    names: tuple[KanaChange, ...]
    warnings: Warnings


def lines_of(payments: Sequence[PaymentLine], *, profile: BankProfile, book: BankBook, day: str) -> Lines:
    """A line for each payment, in order. RuleViolation ``transfer.name_illegal`` (numbers and characters of those whose holder cannot be
    written), ``transfer.account_incomplete``; nothing is guessed."""
    broken = [one.number for one in payments if not _complete(one)]
    if broken:
        raise RuleViolation("transfer.account_incomplete", count=len(broken), numbers=broken[:_NAMED])
    names, changes = _legal_names(payments, profile)
    banks = _bank_names({(one.bank, one.branch) for one in payments}, book, profile)
    clearing, new_code, method, mark = profile.clearing, profile.new_code, profile.method, "Y" if profile.customer == "edi" else ""
    lines = []
    for one in payments:
        bank_name, branch_name = banks[one.bank, one.branch]
        lines.append(
            Line(
                one.bank, bank_name, one.branch, branch_name, clearing, one.account_kind, one.account_number, names[one.holder], one.amount,
                new_code, one.code, method, mark,
            )
        )  # fmt: skip
    return Lines(lines=tuple(lines), names=changes, warnings=_bank_warnings(payments, book, day))


def split(lines: Sequence[Line], most: int) -> Iterator[tuple[Line, ...]]:
    """Lines for each file: at most ``most`` and never more yen than a trailer can say."""
    part: list[Line] = []
    total = 0
    for line in lines:
        if part and (len(part) == min(most, MOST_RECORDS) or total + line.amount > MOST_TOTAL):
            yield tuple(part)
            part, total = [], 0
        part.append(line)
        total += line.amount
    if part:
        yield tuple(part)


def compare_written(path: Path, *, data: bytes, header: Header, lines: Sequence[Line], payments: Sequence[PaymentLine]) -> None:
    """Read a file that was written and compare everything: its SHA-256, its records, its sums, and each line with its payment.

    EnvironmentFault ``transfer.read_back`` (``line``) when anything differs: the medium did not keep what it was given.
    """
    try:
        read = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    if hashlib.sha256(read).digest() != hashlib.sha256(data).digest():
        raise EnvironmentFault("transfer.read_back", path=str(path), line=0)
    try:
        frame = open_frame(read, path=str(path))
        if frame.header != header or frame.count != len(payments) or frame.total != sum(one.amount for one in payments):
            raise EnvironmentFault("transfer.read_back", path=str(path), line=1)
        for at, (line, wanted, payment) in enumerate(zip(frame.lines(), lines, payments, strict=True), 2):
            if line != wanted or not _pays(line, payment):
                raise EnvironmentFault("transfer.read_back", path=str(path), line=at)
    except (InputFault, ValueError) as fault:  # cut short, or another number of lines
        line_ = fault.params.get("line") if isinstance(fault, InputFault) else 0
        raise EnvironmentFault("transfer.read_back", path=str(path), line=line_ or 0) from None


def _pays(line: Line, payment: PaymentLine) -> bool:
    """Whether a line as read from the disk pays this payment."""
    return (
        line.customer == payment.code and line.amount == payment.amount and line.bank == payment.bank and line.branch == payment.branch
        and line.account_kind == payment.account_kind and line.account_number == payment.account_number
    )  # fmt: skip


def _complete(payment: PaymentLine) -> bool:
    return (
        len(payment.bank) == 4 and len(payment.branch) == 3 and len(payment.account_number) == 7 and payment.account_kind in ("1", "2", "4", "9")
        and len(payment.code) == 20 and payment.code.isdigit()
    )  # fmt: skip


def _legal_names(payments: Sequence[PaymentLine], profile: BankProfile) -> tuple[dict[str, str], tuple[KanaChange, ...]]:
    """The legal name by holder as typed, and what changed, line by line."""
    known: dict[str, _Name] = {}
    changes: list[KanaChange] = []
    illegal: list[tuple[str, str]] = []
    for at, one in enumerate(payments, 1):
        holder = one.holder
        name = known.get(holder)
        if name is None:
            try:
                name = known[holder] = _make_legal(holder, profile.charset)
            except RuleViolation as fault:
                illegal.append((one.number, str(fault.params.get("chars", ""))))
                continue
        if name.steps or name.cut:
            changes.append(KanaChange(line=at, number=one.number, before=holder, after=name.text, cut=name.cut, steps=name.steps))
    if illegal:
        chars = "".join(dict.fromkeys("".join(signs for _, signs in illegal)))
        raise RuleViolation(
            "transfer.name_illegal", field="holder", count=len(illegal), numbers=[number for number, _ in illegal[:_NAMED]], chars=chars
        )
    return {holder: name.text for holder, name in known.items()}, tuple(changes)


class _Name(NamedTuple):
    """A holder as it is written, and how it came to that."""

    text: str
    cut: str = ""
    steps: tuple[tuple[str, str, str], ...] = ()


def _make_legal(holder: str, charset: str) -> _Name:
    """As ``domain.bank_kana.legal_kana``. A name of characters that are each written for themselves, as most of sixty thousand
    are, is put together from a table of them; whatever needs more than that goes the long way. Both give the same text."""
    widths, letters = _widths(charset)
    if widths.fullmatch(holder):  # nothing but the width of the letters changes
        text = holder.translate(letters)
        if _is_legal(text, charset):
            return _Name(text, "", () if text == holder else (("width", holder, text),))
    table = _signs(charset)
    try:
        signs = [table[char] for char in holder]
    except KeyError:
        signs = []
    text = "".join(after for after, _ in signs)
    if signs and _is_legal(text, charset):
        if text == holder:
            return _Name(text)
        return _Name(text, "", tuple((code, char, after) for char, (after, code) in zip(holder, signs, strict=True) if code))
    made = legal_kana(holder, charset=charset)
    return _Name(made.text, made.cut, tuple((one.code, one.before, one.after) for one in made.changes))


@lru_cache(maxsize=4)
def _widths(charset: str) -> tuple[re.Pattern[str], Mapping[int, str]]:
    """Text in which at most the width of the letters has to change, and what is written for each of them."""
    plain = {char: after for char, (after, code) in _signs(charset).items() if code in ("", "width")}
    return re.compile(f"[{re.escape(''.join(plain))}]+"), {ord(char): after for char, after in plain.items()}


@lru_cache(maxsize=4)
def _signs(charset: str) -> Mapping[str, tuple[str, str]]:
    """What is written for a character by itself, and the kind of change ("" for none)."""
    table = {char: (char, "") for char in CHARSETS[charset]} | {" ": (" ", ""), "\u3000": (" ", "width")}
    for char in map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC, *range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B))):
        with suppress(RuleViolation):
            made = legal_kana(char, charset=charset)
            table[char] = (made.text, made.changes[0].code if made.changes else "")
    return table


def _is_legal(holder: str, charset: str) -> bool:
    """Whether ``legal_kana`` would give the text back as it is."""
    plain = 0 < len(holder) <= NAME_BYTES and LEGAL[charset].fullmatch(holder) is not None
    return plain and holder == holder.strip() and "  " not in holder and _corporate().search(holder) is None


@lru_cache(maxsize=1)
def _corporate() -> re.Pattern[str]:
    """Readings of legal forms, which are written short."""
    readings = [reading for word in resources.read_toml("banks", "corporate.toml")["word"] for reading in word["readings"]]
    return re.compile("|".join(re.escape(to_half_kana(one)[0]) for one in readings))


def _bank_names(pairs: Iterable[tuple[str, str]], book: BankBook, profile: BankProfile) -> dict[tuple[str, str], tuple[str, str]]:
    """Names of banks and branches in legal kana, cut to their fifteen bytes; "" where nobody knows one or the bank wants none."""

    def legal(kana: str) -> str:
        with suppress(RuleViolation):  # a kana that cannot be written: the number decides, the name is optional
            return legal_kana(kana, charset=profile.charset, most=_BANK_BYTES).text.rstrip()
        return ""

    found = {}
    for bank, branch in pairs:
        of_bank, of_branch = book.bank(bank), book.branch(bank, branch)
        found[bank, branch] = (
            legal(of_bank.kana) if profile.bank_names and of_bank is not None else "",
            legal(of_branch.kana) if profile.branch_names and of_branch is not None else "",
        )
    return found


def _bank_warnings(payments: Sequence[PaymentLine], book: BankBook, day: str) -> Warnings:
    """Banks and branches that the list does not know or that are closed on the day, each once with the first payment and how many."""
    counts: dict[tuple[str, str], list[str]] = {}
    for one in payments:
        counts.setdefault((one.bank, one.branch), []).append(one.number)
    told: list[tuple[str, Mapping[str, Any]]] = []
    for (bank, branch), numbers in counts.items():
        state = branch_state(book, bank, branch, day=day)
        if state != "ok":
            code = {"bank": "transfer.bank_unknown", "branch": "transfer.branch_unknown", "closed": "transfer.branch_closed"}[state]
            told.append((code, {"bank": bank, "branch": branch, "number": numbers[0], "count": len(numbers)}))
    return tuple(told)


def branch_state(book: BankBook, bank: str, branch: str, *, day: str) -> str:
    """``ok``, ``bank`` or ``branch`` (in no list), ``closed`` (by a correction of one's own, on or before the day)."""
    of_bank, of_branch = book.bank(bank), book.branch(bank, branch)
    if of_bank is None:
        return "bank"
    if of_branch is None:
        return "branch"
    closed = [one.closed_on for one in (of_bank, of_branch) if one.closed_on]
    return "closed" if any(on <= day for on in closed) else "ok"
