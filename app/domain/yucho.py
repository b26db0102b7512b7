"""ゆうちょ 記号・番号 and the branch, kind and number that other banks send money to: both ways, with the checks. DOMAIN 5.4."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.domain.errors import RuleViolation

BANK = "9900"
_DASHES = re.compile("[\\s\u2010-\u2015\u2212\u30fc\uff70]+")
_UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class YuchoAccount:
    """Where a transfer goes: ``branch`` three digits, ``kind`` 1 (普通) or 2 (当座), ``number`` seven digits."""

    branch: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class YuchoSymbol:
    """記号・番号 as in the passbook. The last two digits of the 記号 stand in no account number: "?" where unknown (``whole`` False)."""

    symbol: str
    number: str

    @property
    def whole(self) -> bool:
        """Whether every digit of the 記号 is known."""
        return _UNKNOWN not in self.symbol


def read_symbol(text: str) -> tuple[str, str]:
    """記号 and 番号 from one text ("11940-12345671", "01940-1-123456", "記号 11940 番号 12345671"); 番号 "" when only one group is there.

    Full width, spaces and any dash are read. Between three groups the single digit in the middle (再発行の枝番) is left out.
    """
    groups = re.findall(r"\d+", unicodedata.normalize("NFKC", text))
    if not groups:
        return "", ""
    if len(groups) > 2 and len(groups[1]) == 1:
        groups = [groups[0], *groups[2:]]
    return groups[0], "".join(groups[1:])


def to_account(symbol: str, number: str) -> YuchoAccount:
    """Branch, kind and account number of a 記号・番号.

    ``1abcd`` + up to eight digits ending in 1 → branch ``ab8``, 普通, the number without its last 1, seven digits.
    ``0abcd`` (振替口座) + up to six digits → branch ``ab9``, 当座, seven digits; the re-issue digit in the middle is ignored.
    RuleViolation beside the field: ``yucho.symbol_digits`` (not five digits), ``yucho.symbol_first`` (neither 1 nor 0),
    ``yucho.number_digits`` (``most``), ``yucho.number_last`` (does not end in 1).
    """
    head = _symbol_digits(symbol)
    digits = _number_digits(number)
    if head[0] == "1":
        if not 2 <= len(digits) <= 8:
            raise RuleViolation("yucho.number_digits", field="symbol_no", number=number, most=8)
        if digits[-1] != "1":
            raise RuleViolation("yucho.number_last", field="symbol_no", number=number)
        account = YuchoAccount(head[1:3] + "8", "1", digits[:-1].zfill(7))
    else:
        if not 1 <= len(digits) <= 6:
            raise RuleViolation("yucho.number_digits", field="symbol_no", number=number, most=6)
        account = YuchoAccount(head[1:3] + "9", "2", digits.zfill(7))
    if not account.number.strip("0"):
        raise RuleViolation("yucho.number_zero", field="symbol_no", number=number)
    return account


def _symbol_digits(symbol: str) -> str:
    """Five digits; what follows a dash (a re-issue digit) is left out."""
    groups = [group for group in _DASHES.sub("-", unicodedata.normalize("NFKC", symbol).strip()).split("-") if group]
    digits = groups[0] if groups else ""
    rest = groups[1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) == 5) or any(not re.fullmatch("[0-9]", one) for one in rest):
        raise RuleViolation("yucho.symbol_digits", field="symbol", symbol=symbol)
    if digits[0] not in "01":
        raise RuleViolation("yucho.symbol_first", field="symbol", symbol=symbol)
    return digits


def _number_digits(number: str) -> str:
    """Digits; a single digit before a dash is the re-issue digit."""
    groups = [group for group in _DASHES.sub("-", unicodedata.normalize("NFKC", number).strip()).split("-") if group]
    if len(groups) == 2 and len(groups[0]) == 1:
        groups = groups[1:]
    digits = "".join(groups)
    if not (digits.isascii() and digits.isdigit()):
        raise RuleViolation("yucho.number_digits", field="symbol_no", number=number, most=8)
    return digits


def to_symbol(branch: str, kind: str, number: str, *, symbol: str = "") -> YuchoSymbol:
    """記号・番号 of a branch, kind and account number of bank 9900. ``symbol``: a 記号 known from the passbook, to complete it.

    RuleViolation: ``yucho.branch`` (its last digit is neither 8 nor 9), ``yucho.kind`` (8 goes with 普通, 9 with 当座),
    ``yucho.account_number`` (not one to seven digits, or more than six of a 振替口座), ``yucho.symbol_other`` (the known 記号 is of another branch).
    """
    place = unicodedata.normalize("NFKC", branch).strip()
    digits = unicodedata.normalize("NFKC", number).strip()
    if not re.fullmatch("[0-9]{2}[89]", place):
        raise RuleViolation("yucho.branch", field="branch", branch=branch)
    ordinary = place[-1] == "8"
    if kind != ("1" if ordinary else "2"):
        raise RuleViolation("yucho.kind", field="kind", branch=place)
    if not re.fullmatch("[0-9]{1,7}", digits) or not digits.strip("0") or (not ordinary and len(digits.lstrip("0")) > 6):
        raise RuleViolation("yucho.account_number", field="number", number=number)
    head = f"{'1' if ordinary else '0'}{place[:2]}{_UNKNOWN * 2}"
    if symbol:
        known = _symbol_digits(symbol)
        if known[:3] != head[:3]:
            raise RuleViolation("yucho.symbol_other", field="symbol", symbol=symbol, branch=place)
        head = known
    plain = digits.lstrip("0")
    return YuchoSymbol(head, f"{plain}1" if ordinary else plain)
