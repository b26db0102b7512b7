"""全銀協規定形式 総合振込: the file of 120-byte records 1, 2, 8, 9, written and read (DOMAIN 5.1, 5.2). One byte is one character.

``encode_file`` writes what ``parse_file`` reads back to the same values. ``domain.zengin_check`` tells everything that is wrong with any file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.bank_kana import CHARSETS
from app.domain.bank_profile import LINE_ENDS, MOST_RECORDS, BankProfile
from app.domain.errors import InputFault, RuleViolation
from app.domain.relief import MOST_YEN

WIDTH = 120
ENCODING = "cp932"
EOF_MARK = b"\x1a"
MOST_TOTAL = 999_999_999_999
"""Twelve digits of the trailer record."""
LEGAL = {name: re.compile(f"[{re.escape(''.join(sorted(signs | {' '})))}]*") for name, signs in CHARSETS.items()}
"""What may stand in a record, by the profile's set of characters (DOMAIN 5.3)."""


class Field(NamedTuple):
    """One field of a record. ``start`` counts bytes from 1. ``form``: ``N`` digits, ``n`` digits or blank, ``C`` characters, ``c`` characters or
    blank, ``-`` blank, anything else the characters of which it must be one (``_`` for a blank)."""

    name: str
    start: int
    length: int
    form: str

    @property
    def end(self) -> int:
        """The last byte, from 1."""
        return self.start + self.length - 1


def _fields(*parts: tuple[str, int, str]) -> tuple[Field, ...]:
    made, at = [], 1
    for name, length, form in parts:
        made.append(Field(name, at, length, form))
        at += length
    if at != WIDTH + 1:
        raise ValueError(f"fields of {at - 1} bytes")
    return tuple(made)


HEADER = _fields(
    ("record", 1, "1"), ("kind", 2, "N"), ("code", 1, "01"), ("consignor_code", 10, "N"), ("consignor", 40, "C"), ("day", 4, "N"),
    ("bank", 4, "N"), ("bank_name", 15, "c"), ("branch", 3, "N"), ("branch_name", 15, "c"), ("account_kind", 1, "129"),
    ("account_number", 7, "N"), ("dummy", 17, "-"),
)  # fmt: skip
DATA = _fields(
    ("record", 1, "2"), ("bank", 4, "N"), ("bank_name", 15, "c"), ("branch", 3, "N"), ("branch_name", 15, "c"), ("clearing", 4, "n"),
    ("account_kind", 1, "1249"), ("account_number", 7, "N"), ("name", 30, "C"), ("amount", 10, "N"), ("new_code", 1, "012"),
    ("customer_1", 10, "c"), ("customer_2", 10, "c"), ("method", 1, "78_"), ("edi_mark", 1, "Y_"), ("dummy", 7, "-"),
)  # fmt: skip
TRAILER = _fields(("record", 1, "8"), ("count", 6, "N"), ("total", 12, "N"), ("dummy", 101, "-"))
END = _fields(("record", 1, "9"), ("dummy", 119, "-"))
RECORDS = {"1": HEADER, "2": DATA, "8": TRAILER, "9": END}


class Header(NamedTuple):
    """Record 1. ``day`` is month and day. Texts without the blanks that fill them up."""

    kind: str
    code: str
    consignor_code: str
    consignor: str
    day: str
    bank: str
    bank_name: str
    branch: str
    branch_name: str
    account_kind: str
    account_number: str


class Line(NamedTuple):
    """Record 2: one transfer. A tuple, because there are sixty thousand. ``mark`` "Y": the twenty bytes of ``customer`` are EDI information."""

    bank: str
    bank_name: str
    branch: str
    branch_name: str
    clearing: str
    account_kind: str
    account_number: str
    name: str
    amount: int
    new_code: str
    customer: str
    method: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZenginFile:
    """A file as read. ``count`` and ``total`` as its trailer says them; ``newline`` and ``eof`` as they stand in it."""

    header: Header
    lines: tuple[Line, ...]
    count: int
    total: int
    newline: bytes
    final_newline: bool
    eof: bool


def header_of(profile: BankProfile, *, day: str) -> Header:
    """The header that a profile asks for. ``day`` is ISO."""
    return Header(
        kind=profile.kind, code=profile.code, consignor_code=profile.consignor_code, consignor=profile.consignor_kana,
        day=day[5:7] + day[8:10], bank=profile.bank, bank_name=profile.bank_kana if profile.bank_names else "",
        branch=profile.branch, branch_name=profile.branch_kana if profile.branch_names else "", account_kind=profile.account_kind,
        account_number=profile.account_number,
    )  # fmt: skip


def encode_file(*, header: Header, lines: Sequence[Line], profile: BankProfile) -> bytes:
    """The bytes of a file: 1, 2 …, 8, 9, as the profile joins and ends them.

    RuleViolation ``zengin.unwritable`` (record from 1, field) for a value that does not fit its field or is not legal there, ``zengin.too_many``,
    ``zengin.too_much``, ``money.not_positive``: nothing is cut or changed here.
    """
    if not 0 < len(lines) <= min(profile.most, MOST_RECORDS):
        raise RuleViolation("zengin.too_many", count=len(lines), most=min(profile.most, MOST_RECORDS))
    total = sum(line.amount for line in lines)
    if total > MOST_TOTAL:
        raise RuleViolation("zengin.too_much", total=total, most=MOST_TOTAL)
    legal = LEGAL[profile.charset]
    head = (
        f"1{header.kind}{header.code}{header.consignor_code}{header.consignor:<40}{header.day}{header.bank}{header.bank_name:<15}"
        f"{header.branch}{header.branch_name:<15}{header.account_kind}{header.account_number}{'':17}"
    )
    _check(head, 1, legal)
    records = [head.encode(ENCODING)]
    for at, line in enumerate(lines, 2):
        if not 0 < line.amount <= MOST_YEN:
            raise RuleViolation("zengin.unwritable", record=at, field="amount", value=line.amount)
        text = (
            f"2{line.bank}{line.bank_name:<15}{line.branch}{line.branch_name:<15}{line.clearing}{line.account_kind}{line.account_number}"
            f"{line.name:<30}{line.amount:010d}{line.new_code}{line.customer:<20}{line.method}{line.mark:<1}{'':7}"
        )
        if len(text) != WIDTH or _LINE.fullmatch(text) is None or legal.fullmatch(text) is None:
            _check_line(line, at)
            _check(text, at, legal)
        records.append(text.encode(ENCODING))
    records += [f"8{len(lines):06d}{total:012d}{'':101}".encode("ascii"), f"9{'':119}".encode("ascii")]
    newline = LINE_ENDS[profile.line_end]
    return newline.join(records) + (newline if profile.final_newline else b"") + (EOF_MARK if profile.eof else b"")


def _check_line(line: Line, record: int) -> None:
    """RuleViolation ``zengin.unwritable`` for the first value that is longer than its field, or shorter where it may not be."""
    values = {**line._asdict(), "amount": f"{line.amount:010d}"}
    for one in DATA:
        value = values.get(one.name, "")
        if len(value) > one.length or (one.form == "N" and len(value) != one.length):
            raise RuleViolation("zengin.unwritable", record=record, field=one.name, value=value)


def _check(text: str, record: int, legal: re.Pattern[str]) -> None:
    """RuleViolation ``zengin.unwritable`` for the first field of a record that cannot be written as it is."""
    for one in RECORDS[text[:1]]:
        value = text[one.start - 1 : one.end]
        wrong = not legal.fullmatch(value) or (one.form == "N" and not _DIGITS.fullmatch(value))
        wrong = wrong or (one.form == "C" and (not value.strip() or value.startswith(" ")))
        if wrong or len(value) != one.length:
            raise RuleViolation("zengin.unwritable", record=record, field=one.name, value=value.rstrip(" "))
    if len(text) != WIDTH:
        raise RuleViolation("zengin.unwritable", record=record, field="dummy", value=str(len(text)))


_DIGITS = re.compile(r"[0-9]+")
_LINE = re.compile(
    r"2([0-9]{4})(.{15})([0-9]{3})(.{15})([0-9]{4}| {4})([1249])([0-9]{7})([^ ].{29})([0-9]{10})([012])(.{20})([78 ])([Y ]) {7}",
    re.DOTALL,
)
_HEAD = re.compile(r"1([0-9]{2})([01])([0-9]{10})(.{40})([0-9]{4})([0-9]{4})(.{15})([0-9]{3})(.{15})([129])([0-9]{7}) {17}", re.DOTALL)
_FOOT = re.compile(r"8([0-9]{6})([0-9]{12}) {101}")


def parse_file(data: bytes, *, path: str = "") -> ZenginFile:
    """A file with one header, read strictly. InputFault ``zengin.unreadable`` with ``line`` (record from 1) for the first thing that is wrong."""
    frame = open_frame(data, path=path)
    lines = tuple(frame.lines())
    return ZenginFile(
        header=frame.header, lines=lines, count=frame.count, total=frame.total, newline=frame.newline, final_newline=frame.final_newline,
        eof=frame.eof,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A file opened: header and trailer read, the lines between not yet."""

    path: str
    header: Header
    records: Sequence[str]
    count: int
    total: int
    newline: bytes
    final_newline: bool
    eof: bool

    def lines(self) -> Iterator[Line]:
        """Each line read strictly; at the end count and total are those of the trailer, or InputFault."""
        count = total = 0
        for at in range(1, len(self.records) - 2):
            line = _read_line(self.records[at], at + 1, self.path)
            count += 1
            total += line.amount
            yield line
        if count != self.count or total != self.total:
            raise InputFault("zengin.unreadable", path=self.path, line=len(self.records) - 1, detail="sum")


def open_frame(data: bytes, *, path: str = "") -> Frame:
    """A file with its header, trailer and end read; see ``parse_file``."""
    records, newline, final, eof = split_records(data, path=path)
    if len(records) < 4:
        raise InputFault("zengin.unreadable", path=path, line=len(records), detail="records")
    head, foot = _HEAD.fullmatch(records[0]), _FOOT.fullmatch(records[-2])
    if head is None:
        raise InputFault("zengin.unreadable", path=path, line=1, detail="order")
    if foot is None or records[-1] != f"9{'':119}":
        raise InputFault("zengin.unreadable", path=path, line=len(records) - (foot is None), detail="order")
    return Frame(
        path=path, header=Header(*(text.rstrip(" ") for text in head.groups())), records=records, count=int(foot[1]), total=int(foot[2]),
        newline=newline, final_newline=final, eof=eof,
    )  # fmt: skip


def _read_line(text: str, at: int, path: str) -> Line:
    found = _LINE.fullmatch(text)
    if found is None:
        raise InputFault("zengin.unreadable", path=path, line=at, detail="field")
    bank, bank_name, branch, branch_name, clearing, kind, number, name, amount, new, customer, method, mark = found.groups()
    return Line(
        bank, bank_name.rstrip(" "), branch, branch_name.rstrip(" "), clearing, kind, number, name.rstrip(" "), int(amount), new,
        customer.rstrip(" "), method, mark.rstrip(" "),
    )  # fmt: skip


class ReturnLine(NamedTuple):
    """What a bank's return file says of one transfer. ``record`` counts from 1; ``sign`` is the character at the place of the result."""

    record: int
    bank: str
    branch: str
    account_kind: str
    account_number: str
    amount: int
    customer: str
    sign: str


def parse_return(data: bytes, *, byte: int, path: str = "") -> tuple[ReturnLine, ...]:
    """A bank's return file (返却データ): the layout of the file it answers, with the result at ``byte`` of each record 2 (DOMAIN 5.5).

    InputFault ``zengin.unreadable`` with ``line``: cut off, wrong lengths, other records, a count of the trailer that is not that of the records.
    """
    records, _, _, _ = split_records(data, path=path)
    kinds = "".join(record[0] for record in records)
    if not _ORDER.fullmatch(kinds):
        raise InputFault("zengin.unreadable", path=path, line=len(records), detail="order")
    found, counted = [], 0
    for at, text in enumerate(records, 1):
        if text[0] == "2":
            line = _RETURNED.match(text)
            if line is None:
                raise InputFault("zengin.unreadable", path=path, line=at, detail="field")
            bank, branch, kind, number, amount = line.groups()
            counted += 1
            found.append(ReturnLine(at, bank, branch, kind, number, int(amount), text[91:111].strip(" "), text[byte - 1]))
        elif text[0] == "8":
            if not _DIGITS.fullmatch(text[1:7]) or int(text[1:7]) != counted:
                raise InputFault("zengin.unreadable", path=path, line=at, detail="count")
            counted = 0
    return tuple(found)


_ORDER = re.compile("(?:12*8)+9")
_RETURNED = re.compile(r"2([0-9]{4}).{15}([0-9]{3}).{15}.{4}([0-9])([0-9]{7}).{30}([0-9]{10})", re.DOTALL)


def split_records(data: bytes, *, path: str = "") -> tuple[list[str], bytes, bool, bool]:
    """Records as text, the line end between them, whether one ends the file, whether an EOF mark does. InputFault ``zengin.unreadable``."""
    eof = data.endswith(EOF_MARK)
    body = data[:-1] if eof else data
    newline = b"\r\n" if b"\r\n" in body else b""
    final = bool(newline) and body.endswith(newline)
    try:
        text = (body[: -len(newline)] if final else body).decode(ENCODING)
    except UnicodeDecodeError as error:
        raise InputFault("zengin.unreadable", path=path, line=error.start // WIDTH + 1, detail="text") from None
    records = text.split("\r\n") if newline else [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    for at, record in enumerate(records, 1):
        if len(record) != WIDTH or "\n" in record or "\r" in record:
            raise InputFault("zengin.unreadable", path=path, line=at, detail="length")
    return records, newline, final, eof


def sums(lines: Iterable[Line]) -> tuple[int, int]:
    """Count and total."""
    amounts = [line.amount for line in lines]
    return len(amounts), sum(amounts)
