"""Everything that is wrong with a 総合振込 file: record by record, byte by byte, without a store. DOMAIN 5.1–5.3.

An ``error`` makes a bank refuse the file or pay wrongly; a ``warning`` is what a person should look at. ``byte`` counts from 1 within the record.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.business_days import BusinessDays, day_of
from app.domain.zengin import EOF_MARK, RECORDS, WIDTH, Field
from app.domain.zengin_problems import Checked, Problem

KINDS_BESIDE = frozenset({"11", "12", "71", "72", "91"})
"""Files of the same shape that are no 総合振込: salaries, bonuses, collections."""
BranchState = str
"""``ok``, ``bank`` (unknown bank), ``branch`` (unknown branch), ``closed``."""
_BREAK = re.compile(rb"\r\n|\r|\n")
_UTF8_KANA = re.compile(rb"\xef\xbd[\xa1-\xbf]|\xef\xbe[\x80-\x9f]")
_CLEAN = re.compile(rb"[ A-Z0-9()\-./\xb1-\xdf]*")
_DATA = re.compile(
    rb"2[0-9]{4}.{15}[0-9]{3}.{15}(?:[0-9]{4}| {4})[1249](?!0{7})[0-9]{7}[^ ].{29}(?!0{10})[0-9]{10}[012].{20}[78 ][Y ] {7}", re.DOTALL
)
_LONE_MARK = re.compile(rb"(?<![\xb3\xb6-\xc4\xca-\xce])\xde|(?<![\xca-\xce])\xdf")
"""A mark of voicing after what cannot carry it."""
_LONG_OR_SMALL = frozenset(range(0xA7, 0xB1))
_WIDE = frozenset(b",\\\xa2\xa3\xa6")
_LEAD = frozenset((*range(0x81, 0xA0), *range(0xE0, 0xFD)))


@dataclass(slots=True)
class _Part:
    """One header with its data so far."""

    count: int = 0
    total: int = 0
    accounts: dict[bytes, int] = dataclasses.field(default_factory=dict)


def check_bytes(
    data: bytes,
    *,
    branch_state: Callable[[str, str], BranchState] | None = None,
    days: BusinessDays | None = None,
    today: date | None = None,
) -> Checked:
    """Check a whole file. ``branch_state(bank, branch)`` knows the list of banks; ``days`` with ``today`` checks the day of the transfer."""
    found = Checked()
    records = _frame(_plain(data, found), found)
    if records and records[0][:1] != b"1" and not any(one[:1] in (b"1", b"2", b"8", b"9") and len(one) == WIDTH for one in records):
        found.problems.clear()
        found.errors = found.warnings = found.kept_warnings = 0
        found.tell(Problem("zengin.no_record", line=1, byte=1, params={"found": _shown(records[0][:8]), "width": WIDTH}))
        return found
    found.records = len(records)
    if data.rstrip(b"\r\n").endswith(EOF_MARK * 2):
        found.tell(Problem("zengin.eof_twice", "warning", len(records) + 1, 1))
    _walk(records, found, branch_state, days, today)
    return found


# -- the file as a whole ---------------------------------------------------------------------------------------


def _plain(data: bytes, found: Checked) -> bytes:
    """The bytes in the code of the standard, whatever they came in, with what was wrong told."""
    if not data.rstrip(EOF_MARK + b"\r\n "):
        found.tell(Problem("zengin.empty"))
        return b""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        found.tell(Problem("zengin.utf16", line=1, byte=1))
        return data.decode("utf-16", "replace").encode("cp932", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        found.tell(Problem("zengin.bom", line=1, byte=1))
        data = data[3:]
    if data[:1] == b"\xf1" and data[1:3].translate(_EBCDIC_DIGITS) != data[1:3]:
        found.tell(Problem("zengin.ebcdic", line=1, byte=1))
        return b""
    if _UTF8_KANA.search(data) or any(byte in _LEAD for byte in set(data)):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return data
        at = next(place for place, byte in enumerate(data) if byte >= 0x80)
        line = len(_BREAK.findall(data[:at])) + 1
        found.tell(Problem("zengin.utf8", line=line, byte=at - max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at))))
        return text.encode("cp932", "replace")
    return data


_EBCDIC_DIGITS = bytes.maketrans(bytes(range(0xF0, 0xFA)), b"0123456789")


def _frame(data: bytes, found: Checked) -> list[bytes]:
    """The records; what is wrong with line ends, marks and lengths told."""
    body = data
    if data.endswith((EOF_MARK, EOF_MARK + b"\r\n", EOF_MARK + b"\n")):
        found.eof = True
        body = data.rstrip(EOF_MARK + b"\r\n") + _tail_break(data)
    if not body:
        return []
    kinds = _BREAK.findall(body)
    names = {b"\r\n": "crlf", b"\n": "lf", b"\r": "cr"}
    distinct = list(dict.fromkeys(kinds))
    if len(distinct) > 1:
        found.newline = "mixed"
        at = next(place for place, kind in enumerate(kinds) if kind != kinds[0]) + 1
        found.tell(
            Problem("zengin.mixed_newlines", line=at, byte=WIDTH + 1, params={"first": names[kinds[0]], "other": names[kinds[at - 1]]})
        )
    elif distinct:
        found.newline = names[distinct[0]]
        if found.newline in ("lf", "cr"):
            found.tell(Problem(f"zengin.{found.newline}_only", line=1, byte=WIDTH + 1))
    if not kinds:
        return _cut(body, found)
    lines = _BREAK.split(body)
    if not lines[-1]:
        found.final_newline = True
        lines.pop()
    joined = found.newline != "mixed" and len(lines) == 1
    return _cut(lines[0], found) if joined else _measure(lines, found)


def _tail_break(data: bytes) -> bytes:
    """The line end right before the EOF mark, if there is one."""
    stem = data.rstrip(b"\r\n").rstrip(EOF_MARK)
    match = re.search(rb"(\r\n|\r|\n)\Z", stem)
    return match[0] if match else b""


def _cut(body: bytes, found: Checked) -> list[bytes]:
    """Records without line ends, each 120 bytes."""
    records = [body[at : at + WIDTH] for at in range(0, len(body), WIDTH)]
    if len(records[-1]) != WIDTH:
        place = len(records)
        found.tell(Problem("zengin.remainder", line=place, byte=1, params={"length": len(body), "over": len(records[-1]), "width": WIDTH}))
    return records


def _measure(lines: list[bytes], found: Checked) -> list[bytes]:
    for at, line in enumerate(lines, 1):
        if not line:
            found.tell(Problem("zengin.blank_line", line=at, byte=1))
        elif len(line) != WIDTH:
            found.tell(
                Problem(
                    "zengin.length",
                    line=at,
                    byte=min(len(line), WIDTH) + 1,
                    record=chr(line[0]),
                    params={"length": len(line), "width": WIDTH},
                )
            )
    return lines


# -- records in their order --------------------------------------------------------------------------------------


_FOLLOWS = {"": "1", "1": "2", "2": "28", "8": "19", "9": ""}
"""Which record may come after which; several headers may follow each other (1 2… 8 1 2… 8 9)."""


def _walk(
    records: list[bytes],
    found: Checked,
    branch_state: Callable[[str, str], BranchState] | None,
    days: BusinessDays | None,
    today: date | None,
) -> None:
    before, part = "", _Part()
    states: dict[bytes, BranchState] = {}
    for at, record in enumerate(records, 1):
        if not record:
            continue
        kind = chr(record[0])
        if kind not in RECORDS:
            found.tell(Problem("zengin.record_type", line=at, byte=1, field="record", params={"found": _shown(record[:1])}))
            continue
        if kind not in _FOLLOWS[before]:
            params = {"found": kind, "before": before, "expected": _FOLLOWS[before]}
            found.tell(
                Problem(
                    "zengin.after_end" if before == "9" else "zengin.order", line=at, byte=1, record=kind, field="record", params=params
                )
            )
        before = kind
        if kind == "1":
            part = _Part()
        if kind == "2":
            _data(record, at, found, part)
            if branch_state is not None:
                _branch(record[1:5], record[20:23], at, "2", found, branch_state, states)
            continue
        _fields(record, at, kind, found)
        if kind == "1":
            _header(record, at, found, days, today)
            if branch_state is not None:
                _branch(record[58:62], record[77:80], at, "1", found, branch_state, states)
        elif kind == "8":
            _trailer(record, at, found, part)
    if records and before != "9" and not any(one.code == "zengin.after_end" for one in found.problems):
        missing = {"": "1", "1": "2", "2": "8", "8": "9"}[before]
        params = {"before": before, "missing": missing}
        found.tell(Problem("zengin.ends_early", line=len(records), byte=min(len(records[-1]), WIDTH) + 1, record=before, params=params))


def _data(record: bytes, at: int, found: Checked, part: _Part) -> None:
    """A data record. Most are right: two regular expressions say so for the whole record."""
    if len(record) != WIDTH or _DATA.fullmatch(record) is None or _CLEAN.fullmatch(record) is None:
        _fields(record, at, "2", found)
        if record[80:90] == b"0" * 10:
            found.tell(Problem("zengin.amount_zero", line=at, byte=81, record="2", field="amount"))
        if record[43:50] == b"0" * 7:
            found.tell(Problem("zengin.account_zero", "warning", at, 44, "2", "account_number"))
    if (mark := _LONE_MARK.search(record, 50, 80)) is not None:
        params = {"found": _shown(mark[0])}
        found.tell(Problem("zengin.lone_mark", "warning", at, mark.start() + 1, "2", "name", params))
    part.count += 1
    amount = record[80:90]
    if amount.isdigit():
        part.total += int(amount)
        found.total += int(amount)
    found.count += 1
    account = record[1:5] + record[20:23] + record[42:50]
    earlier = part.accounts.setdefault(account, at)
    if earlier != at:
        found.tell(Problem("zengin.account_twice", "warning", at, 44, "2", "account_number", {"other": earlier}))


def _branch(
    bank: bytes,
    branch: bytes,
    at: int,
    record: str,
    found: Checked,
    branch_state: Callable[[str, str], BranchState],
    states: dict[bytes, BranchState],
) -> None:
    key = bank + branch
    if len(key) != 7 or not key.isdigit():
        return
    state = states.get(key)
    if state is None:
        state = states[key] = branch_state(bank.decode(), branch.decode())
    if state == "ok":
        return
    start = {"1": (59, 78), "2": (2, 21)}[record]
    of_bank = state == "bank"
    params = {"bank": bank.decode(), "branch": branch.decode()}
    code = {"bank": "zengin.bank_unknown", "branch": "zengin.branch_unknown", "closed": "zengin.branch_closed"}[state]
    found.tell(Problem(code, "warning", at, start[0] if of_bank else start[1], record, "bank" if of_bank else "branch", params))


def _header(record: bytes, at: int, found: Checked, days: BusinessDays | None, today: date | None) -> None:
    kind = record[1:3].decode("ascii", "replace")
    if kind != "21" and kind.isdigit():
        code = "zengin.kind_beside" if kind in KINDS_BESIDE else "zengin.kind"
        found.tell(Problem(code, line=at, byte=2, record="1", field="kind", params={"found": kind}))
    if record[3:4] == b"1":
        found.tell(Problem("zengin.code_ebcdic", line=at, byte=4, record="1", field="code"))
    text = record[54:58].decode("ascii", "replace")
    if len(text) != 4 or not text.isdigit():
        return
    found.days.append(text)
    day = day_of(text, near=today or date(2024, 7, 1))
    if day is None:
        found.tell(Problem("zengin.day", line=at, byte=55, record="1", field="day", params={"found": text}))
    elif today is not None and day < today:
        found.tell(Problem("zengin.day_past", "warning", at, 55, "1", "day", {"day": day, "today": today}))
    elif today is not None and days is not None and not days.open_on(day):
        params = {"day": day, "why": days.reason(day), "next": days.following(day)}
        found.tell(Problem("zengin.day_closed", "warning", at, 55, "1", "day", params))


def _trailer(record: bytes, at: int, found: Checked, part: _Part) -> None:
    count, total = record[1:7], record[7:19]
    if count.isdigit() and int(count) != part.count:
        params = {"found": int(count), "counted": part.count}
        found.tell(Problem("zengin.count_differs", line=at, byte=2, record="8", field="count", params=params))
    if total.isdigit() and int(total) != part.total:
        params = {"found": int(total), "counted": part.total}
        found.tell(Problem("zengin.sum_differs", line=at, byte=8, record="8", field="total", params=params))


# -- fields and characters ---------------------------------------------------------------------------------------


def _fields(record: bytes, at: int, kind: str, found: Checked) -> None:
    for one in RECORDS[kind]:
        value = record[one.start - 1 : one.end]
        if len(value) < one.length:
            if value or len(record) < one.start:
                params = {"length": len(value), "needed": one.length}
                found.tell(Problem("zengin.field_short", line=at, byte=one.start, record=kind, field=one.name, params=params))
            return
        _field(one, value, at, kind, found)


def _field(one: Field, value: bytes, at: int, kind: str, found: Checked) -> None:
    def tell(code: str, offset: int = 0, level: str = "error", **params: Any) -> None:
        found.tell(Problem(code, level, at, one.start + offset, kind, one.name, params))

    if one.form in ("N", "n"):
        _digits(value, one, tell)
    elif one.form == "-":
        if value.strip(b" "):
            offset = next(place for place, byte in enumerate(value) if byte != 0x20)
            tell("zengin.dummy", offset, found=_shown(value[offset : offset + 8]))
    elif one.form in ("C", "c"):
        _characters(value, one, tell)
    elif value.replace(b" ", b"_").decode("latin-1") not in one.form:
        tell("zengin.value", found=_shown(value), allowed=one.form.replace("_", " "))


def _digits(value: bytes, one: Field, tell: Callable[..., None]) -> None:
    if value.isdigit() or (one.form == "n" and not value.strip(b" ")):
        return
    if not value.strip(b" "):
        tell("zengin.blank")
    elif value.strip(b" ").isdigit():
        tell("zengin.not_zero_filled", found=_shown(value), right=value.strip(b" ").decode().zfill(one.length))
    else:
        offset = next(place for place, byte in enumerate(value) if not 0x30 <= byte <= 0x39)
        tell("zengin.not_digits", offset, found=_shown(value))


def _characters(value: bytes, one: Field, tell: Callable[..., None]) -> None:
    if not value.strip(b" "):
        if one.form == "C":
            tell("zengin.blank")
        return
    if value.startswith(b" ") and one.name in ("name", "consignor"):
        tell("zengin.not_left", found=_shown(value.strip(b" ")))
    skip = False
    for offset, byte in enumerate(value):
        if skip:
            skip = False
            continue
        if byte in _LEAD:
            skip = True
            tell("zengin.full_width", offset, found=_shown(value[offset : offset + 2]))
        elif byte in _LONG_OR_SMALL:
            tell("zengin.long_sign" if byte == 0xB0 else "zengin.small_kana", offset, found=_shown(value[offset : offset + 1]))
        elif 0x61 <= byte <= 0x7A:
            tell("zengin.lower_case", offset, found=chr(byte))
        elif byte in _WIDE:
            tell("zengin.not_everywhere", offset, "warning", found=_shown(value[offset : offset + 1]))
        elif not _CLEAN.fullmatch(value, offset, offset + 1):
            tell("zengin.character", offset, found=_shown(value[offset : offset + 1]), hex=f"{byte:02X}")


def _shown(value: bytes) -> str:
    """Bytes as they would be read; what is no character as its number."""
    text = value.decode("cp932", "backslashreplace")
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)
