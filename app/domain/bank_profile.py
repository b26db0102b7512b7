"""How one bank wants its transfer file, as data (DOMAIN 5.1): line ends, marks, consignor, names, optional fields, and how it answers."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app.domain.bank_kana import CHARSETS
from app.domain.errors import InputFault, RuleViolation
from app.domain.payments import FAILURES

LINE_ENDS = {"none": b"", "crlf": b"\r\n"}
"""LF alone and CR alone are refused by banks (DOMAIN 5.1)."""
MOST_RECORDS = 999_999
"""Six digits of the trailer record."""
MAX_TEXT = 100_000
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DIGITS = {"consignor_code": 10, "bank": 4, "branch": 3, "account_number": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultMapping:
    """Where a bank's return file says what became of a payment. ``byte`` counts from 1; ``codes``: sign of the bank -> failure ("" is paid)."""

    byte: int = 114
    codes: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_CODES))


DEFAULT_CODES: Mapping[str, str] = {"0": "", "1": "no_account", "2": "name", "8": "cancelled", "9": "other"}
"""One implementation's digits (DOMAIN 5.5, specific to a bank)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankProfile:
    """A bank's way. The consignor (依頼人) is the municipality: code, kana, bank, branch and account it pays from.

    ``customer``: ``numeric`` puts the payment's code in 顧客コード1/2, ``edi`` in EDI情報 with the mark ``Y``. ``most``: data records in one file.
    ``ahead``/``lead``: the day may be at most so many days, at least so many business days from today. ``source`` and ``sure`` as in DOMAIN.
    """

    id: str
    title: str = ""
    note: str = ""
    source: str = ""
    sure: str = ""
    line_end: str = "crlf"
    final_newline: bool = True
    eof: bool = False
    code: str = "0"
    kind: str = "21"
    consignor_code: str = ""
    consignor_kana: str = ""
    bank: str = ""
    bank_kana: str = ""
    branch: str = ""
    branch_kana: str = ""
    account_kind: str = "1"
    account_number: str = ""
    bank_names: bool = True
    branch_names: bool = True
    clearing: str = "0000"
    new_code: str = "0"
    method: str = "7"
    customer: str = "numeric"
    charset: str = "common"
    most: int = MOST_RECORDS
    ahead: int = 30
    lead: int = 0
    file_name: str = "sofuri_{batch}_{date}.txt"
    result: ResultMapping = ResultMapping()
    own: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields of the municipality's own that are still empty: nothing can be written before they are filled."""
        needed = ("consignor_code", "consignor_kana", "bank", "branch", "account_number")
        return tuple(name for name in needed if not getattr(self, name))

    def to_json(self) -> str:
        """All of it, in one canonical text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def profile_from(values: Mapping[str, Any], *, path: str = "", own: bool = False) -> BankProfile:
    """A profile out of TOML or JSON. InputFault ``transfer.profile_key``, ``transfer.profile_value`` (with the key), ``transfer.profile_result``."""
    known = {one.name: one for one in fields(BankProfile)}
    for key in values:
        if key not in known:
            raise InputFault("transfer.profile_key", path=path, key=str(key)[:40])
    given = {key: _value(key, value, path) for key, value in values.items() if key not in ("result", "own")}
    if "id" not in given:
        raise InputFault("transfer.profile_value", path=path, key="id", value="")
    made = BankProfile(**given, result=_result(values.get("result", {}), path), own=own)
    check_profile(made, path=path)
    return made


def parse_profile(text: str, *, path: str = "", own: bool = True) -> BankProfile:
    """A profile from the text of a TOML file; InputFault ``transfer.profile_unreadable`` besides those of ``profile_from``."""
    if len(text) > MAX_TEXT:
        raise InputFault("transfer.profile_unreadable", path=path, detail=str(len(text)))
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputFault("transfer.profile_unreadable", path=path, detail=str(error)) from None
    return profile_from(values, path=path, own=own)


def profile_from_json(text: str) -> BankProfile:
    """What ``to_json`` wrote."""
    values = json.loads(text)
    return profile_from({key: value for key, value in values.items() if key != "own"}, own=bool(values.get("own", False)))


def check_profile(profile: BankProfile, *, path: str = "") -> None:
    """InputFault ``transfer.profile_value`` for a value that no file could be written with."""
    for key, allowed in _CHOICES.items():
        if getattr(profile, key) not in allowed:
            raise InputFault("transfer.profile_value", path=path, key=key, value=str(getattr(profile, key)))
    for key, width in _DIGITS.items():
        text = getattr(profile, key)
        if text and not (len(text) == width and text.isascii() and text.isdigit()):
            raise InputFault("transfer.profile_digits", path=path, key=key, value=text, digits=width)
    if not _ID.fullmatch(profile.id):
        raise InputFault("transfer.profile_value", path=path, key="id", value=profile.id)
    for key, least, most in (("most", 1, MOST_RECORDS), ("ahead", 0, 366), ("lead", 0, 30)):
        if not least <= getattr(profile, key) <= most:
            raise InputFault("transfer.profile_value", path=path, key=key, value=str(getattr(profile, key)))
    _check_name(profile, path)


def file_name(profile: BankProfile, *, batch: str, date: str, part: int) -> str:
    """The name that the bank wants: ``{batch}``, ``{date}`` (eight digits), ``{mmdd}``, ``{part}``, ``{consignor}``."""
    text = profile.file_name.format(
        batch=batch, date=date.replace("-", ""), mmdd=date[5:].replace("-", ""), part=part, consignor=profile.consignor_code
    )
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", text)


def to_toml(profile: BankProfile) -> str:
    """A file that ``parse_profile`` reads back to the same."""
    lines = []
    for one in fields(BankProfile):
        value = getattr(profile, one.name)
        if one.name in ("result", "own"):
            continue
        lines.append(f"{one.name} = {_toml(value)}")
    codes = "\n".join(f"{_toml(sign)} = {_toml(failure)}" for sign, failure in profile.result.codes.items())
    return "\n".join(lines) + f"\n\n[result]\nbyte = {profile.result.byte}\n\n[result.codes]\n{codes}\n"


def with_values(profile: BankProfile, values: Mapping[str, Any]) -> BankProfile:
    """The profile with values from a form; faults as ``profile_from``, here RuleViolations beside their field."""
    try:
        made = replace(profile, **{key: _value(key, value, "") for key, value in values.items()}, own=True)
        check_profile(made)
    except InputFault as fault:
        params = {name: value for name, value in fault.params.items() if name not in ("path", "line", "column")}
        raise RuleViolation(fault.code, field=str(fault.params.get("key", "")), **params) from None
    return made


_CHOICES: Mapping[str, frozenset[str]] = {
    "line_end": frozenset(LINE_ENDS),
    "code": frozenset({"0"}),
    "kind": frozenset({"21"}),
    "account_kind": frozenset({"1", "2", "9"}),
    "clearing": frozenset({"0000", "    "}),
    "new_code": frozenset({"0", "1", "2"}),
    "method": frozenset({"7", "8", " "}),
    "customer": frozenset({"numeric", "edi"}),
    "charset": frozenset(CHARSETS),
}


def _value(key: str, value: Any, path: str) -> Any:
    default = next(one.default for one in fields(BankProfile) if one.name == key)
    wanted = type(default) if isinstance(default, (bool, int)) else str
    if type(value) is not wanted or (isinstance(value, str) and (len(value) > 2000 or "\x00" in value)):
        raise InputFault("transfer.profile_value", path=path, key=key, value=str(value)[:40])
    return value


def _result(values: Any, path: str) -> ResultMapping:
    if not isinstance(values, Mapping) or set(values) - {"byte", "codes"}:
        raise InputFault("transfer.profile_result", path=path, value=str(values)[:40])
    byte, codes = values.get("byte", 114), values.get("codes", DEFAULT_CODES)
    if type(byte) is not int or not 2 <= byte <= 120 or not isinstance(codes, Mapping) or not codes:
        raise InputFault("transfer.profile_result", path=path, value=str(values)[:40])
    for sign, failure in codes.items():
        if len(sign) != 1 or not sign.isascii() or failure not in FAILURES:
            raise InputFault("transfer.profile_result", path=path, value=f"{sign} = {failure}"[:40])
    if "" not in codes.values():
        raise InputFault("transfer.profile_result", path=path, value=str(dict(codes))[:40])
    return ResultMapping(byte=byte, codes=dict(codes))


def _check_name(profile: BankProfile, path: str) -> None:
    try:
        made = file_name(profile, batch="1", date="2024-01-04", part=1)
    except (KeyError, ValueError, IndexError, AttributeError):
        made = ""
    if not made.strip(" ._"):
        raise InputFault("transfer.profile_value", path=path, key="file_name", value=profile.file_name)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
