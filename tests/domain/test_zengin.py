"""The 120-byte file: every position of DOMAIN 5.2, what cannot be written, and what the check says of broken files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bank_profile import BankProfile, parse_profile, to_toml
from app.domain.business_days import BusinessDays, day_of
from app.domain.errors import InputFault, RuleViolation
from app.domain.zengin import Line, encode_file, header_of, parse_file
from app.domain.zengin_check import check_bytes
from app.domain.zengin_problems import MOST_PROBLEMS, Checked

PROFILE = BankProfile(
    id="test", consignor_code="0123456789", consignor_kana="ﾐﾎﾝｼ", bank="0001", bank_kana="ﾐｽﾞﾎ", branch="001", branch_kana="ﾄｳｷﾖｳ",
    account_number="7654321",
)  # fmt: skip
FIRST = Line("0144", "ﾎｸﾘｸ", "123", "ﾎﾝﾃﾝ", "0000", "1", "0000001", "ﾔﾏﾀﾞ ﾀﾛｳ", 200_000, "0", "00000000120000000345", "7", "")
SECOND = FIRST._replace(account_number="0000002", name="ﾔﾏﾀﾞ ﾊﾅｺ", amount=1, account_kind="4")


def made(*lines: Line, profile: BankProfile = PROFILE) -> bytes:
    return encode_file(header=header_of(profile, day="2024-01-05"), lines=lines or (FIRST, SECOND), profile=profile)


def codes(data: bytes, level: str = "error", **more: object) -> list[tuple[str, int, int]]:
    found: Checked = check_bytes(data, **more)  # type: ignore[arg-type]
    return [(one.code.removeprefix("zengin."), one.line, one.byte) for one in found.problems if one.level == level]


def at(data: bytes, line: int, byte: int, text: bytes) -> bytes:
    """The file with other bytes at a place of a record."""
    start = (line - 1) * 122 + byte - 1
    return data[:start] + text + data[start + len(text) :]


# -- layout ------------------------------------------------------------------------------------------------


def test_every_position_is_where_the_standard_has_it() -> None:
    data = made()
    head, first, _, foot, end = (part.decode("cp932") for part in data.rstrip(b"\r\n").split(b"\r\n"))
    assert [len(part) for part in (head, first, foot, end)] == [120] * 4 and len(data) == 5 * 122
    assert head[0:4] == "1210" and head[4:14] == "0123456789" and head[14:54] == f"{'ﾐﾎﾝｼ':<40}" and head[54:58] == "0105"
    assert head[58:62] == "0001" and head[62:77] == f"{'ﾐｽﾞﾎ':<15}" and head[77:80] == "001" and head[80:95] == f"{'ﾄｳｷﾖｳ':<15}"
    assert head[95] == "1" and head[96:103] == "7654321" and head[103:] == " " * 17
    assert (
        first[0] == "2"
        and first[1:5] == "0144"
        and first[5:20] == f"{'ﾎｸﾘｸ':<15}"
        and first[20:23] == "123"
        and first[23:38] == f"{'ﾎﾝﾃﾝ':<15}"
    )
    assert first[38:42] == "0000" and first[42] == "1" and first[43:50] == "0000001" and first[50:80] == f"{'ﾔﾏﾀﾞ ﾀﾛｳ':<30}"
    assert first[80:90] == "0000200000" and first[90] == "0" and first[91:101] == "0000000012" and first[101:111] == "0000000345"
    assert first[111] == "7" and first[112] == " " and first[113:] == " " * 7
    assert foot == "8000002000000200001" + " " * 101 and end == "9" + " " * 119


@pytest.mark.parametrize(
    ("values", "ending"),
    [({"line_end": "none", "final_newline": False}, b" "), ({"line_end": "crlf", "final_newline": False}, b" "), ({}, b" \r\n"),
     ({"eof": True}, b" \r\n\x1a"), ({"line_end": "none", "final_newline": False, "eof": True}, b" \x1a")],
)  # fmt: skip
def test_each_way_of_ending_lines_is_written_and_read_back(values: dict[str, object], ending: bytes) -> None:
    profile = replace(PROFILE, **values)  # type: ignore[arg-type]
    data = made(profile=profile)
    assert data.endswith(ending) and data.count(b"\r\n") == {"none": 0, "crlf": 4 + profile.final_newline}[profile.line_end]
    found = parse_file(data)
    assert found.lines == (FIRST, SECOND) and found.header == header_of(profile, day="2024-01-05")
    assert found.eof is profile.eof and codes(data) == []


def test_edi_and_empty_names() -> None:
    profile = replace(PROFILE, customer="edi", bank_names=False, branch_names=False)
    line = FIRST._replace(mark="Y", bank_name="", branch_name="")
    data = made(line, profile=profile)
    record = data[122:242].decode("cp932")
    assert record[91:111] == line.customer and record[112] == "Y" and record[5:20] == " " * 15 == record[23:38]
    assert parse_file(data).lines == (line,) and codes(data) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": "ﾔﾏﾀﾞ ﾀﾛｳ" * 5}, "name"), ({"name": "山田"}, "name"), ({"name": "ｮｼﾀﾞ"}, "name"), ({"name": "ｱｰ"}, "name"), ({"name": ""}, "name"),
     ({"name": " ｱ"}, "name"), ({"name": "ab"}, "name"), ({"amount": 0}, "amount"), ({"amount": -5}, "amount"), ({"amount": 10**10}, "amount"),
     ({"account_number": "123"}, "account_number"), ({"bank": "01A4"}, "bank"), ({"branch": "１２３"}, "branch"), ({"name": "ｱ,ｲ"}, "name")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_never_cut(values: dict[str, object], field: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        made(FIRST, SECOND._replace(**values))  # type: ignore[arg-type]
    assert caught.value.params["field"] == field and caught.value.params["record"] == 3


def test_a_comma_only_where_the_bank_takes_it() -> None:
    line = FIRST._replace(name="ｱ,ｲ")
    data = made(line, profile=replace(PROFILE, charset="comma"))
    assert parse_file(data).lines == (line,)
    assert codes(data) == [] and codes(data, "warning") == [("not_everywhere", 2, 52)]


def test_too_many_and_too_much() -> None:
    with pytest.raises(RuleViolation, match="zengin.too_many"):
        made(FIRST, SECOND, profile=replace(PROFILE, most=1))
    with pytest.raises(RuleViolation, match="zengin.too_much"):
        made(*[FIRST._replace(amount=9_999_999_999)] * 101)


@given(
    st.lists(
        st.tuples(st.text("ｱｶﾞﾊﾟABC019 ()-./", min_size=1, max_size=30), st.integers(1, 10**10 - 1), st.integers(0, 10**20 - 1)),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_written_comes_back(rows: list[tuple[str, int, int]]) -> None:
    lines = tuple(
        FIRST._replace(name=name.strip() or "ｱ", amount=amount, customer=f"{code:020d}", account_number=f"{no:07d}")
        for no, (name, amount, code) in enumerate(rows)
    )
    data = made(*lines)
    assert parse_file(data).lines == lines and check_bytes(data).errors == 0


@given(st.data())
def test_no_changed_byte_goes_unnoticed_by_parser_or_comparison(data: st.DataObject) -> None:
    whole = made()
    place, byte = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    broken = whole[:place] + bytes([byte]) + whole[place + 1 :]
    if broken == whole:
        return
    try:
        found = parse_file(broken)
    except InputFault:
        return
    original = parse_file(whole)
    assert (found.header, found.lines, found.newline, found.final_newline) != (
        original.header,
        original.lines,
        original.newline,
        original.final_newline,
    )


# -- the check ---------------------------------------------------------------------------------------------

_JIS = made()
BROKEN: list[tuple[str, bytes, list[tuple[str, int, int]]]] = [
    ("empty", b"", [("empty", 0, 0)]),
    ("only an EOF mark", b"\x1a", [("empty", 0, 0)]),
    ("CR only", _JIS.replace(b"\r\n", b"\r"), [("cr_only", 1, 121)]),
    ("LF only", _JIS.replace(b"\r\n", b"\n"), [("lf_only", 1, 121)]),
    ("mixed", _JIS.replace(b"\r\n", b"\n", 1), [("mixed_newlines", 2, 121)]),
    ("UTF-8", _JIS.decode("cp932").encode(), [("utf8", 1, 15)]),
    ("UTF-8 with BOM", _JIS.decode("cp932").encode("utf-8-sig"), [("bom", 1, 1), ("utf8", 1, 15)]),
    ("BOM", b"\xef\xbb\xbf" + _JIS, [("bom", 1, 1)]),
    ("UTF-16", _JIS.decode("cp932").encode("utf-16"), [("utf16", 1, 1)]),
    ("one byte short", _JIS[:241] + _JIS[242:], [("length", 2, 120), ("field_short", 2, 114)]),
    ("no header", _JIS[122:], [("order", 1, 1)]),
    ("no trailer", _JIS[: 3 * 122] + _JIS[4 * 122 :], [("order", 4, 1)]),
    ("no end", _JIS[: 4 * 122], [("ends_early", 4, 121)]),
    ("a blank line", _JIS[:122] + b"\r\n" + _JIS[122:], [("blank_line", 2, 1)]),
    ("no data", _JIS[:122] + _JIS[3 * 122 :], [("order", 2, 1), ("count_differs", 2, 2), ("sum_differs", 2, 8)]),
    ("after the end", _JIS + _JIS[122:244], [("after_end", 6, 1)]),
    ("unknown record", at(_JIS, 2, 1, b"3"), [("record_type", 2, 1), ("count_differs", 4, 2), ("sum_differs", 4, 8)]),
    ("letters in a number", at(_JIS, 2, 2, b"01A4"), [("not_digits", 2, 4)]),
    ("no zeros in front", at(_JIS, 2, 81, b"    200000"), [("not_zero_filled", 2, 81), ("sum_differs", 4, 8)]),
    ("no amount", at(_JIS, 3, 81, b"0" * 10), [("amount_zero", 3, 81), ("sum_differs", 4, 8)]),
    ("wrong count", at(_JIS, 4, 2, b"000003"), [("count_differs", 4, 2)]),
    ("wrong sum", at(_JIS, 4, 8, b"000000200002"), [("sum_differs", 4, 8)]),
    ("small kana", at(_JIS, 2, 51, "ｬ".encode("cp932")), [("small_kana", 2, 51)]),
    ("long sign", at(_JIS, 2, 52, "ｰ".encode("cp932")), [("long_sign", 2, 52)]),
    ("lower case", at(_JIS, 2, 51, b"a"), [("lower_case", 2, 51)]),
    ("kanji", at(_JIS, 2, 51, "山田".encode("cp932")), [("full_width", 2, 51), ("full_width", 2, 53)]),
    ("name begins with a blank", at(_JIS, 2, 51, b" "), [("not_left", 2, 51)]),
    ("no name", at(_JIS, 2, 51, b" " * 30), [("blank", 2, 51)]),
    ("forbidden sign", at(_JIS, 2, 52, b"*"), [("character", 2, 52)]),
    ("dummy", at(_JIS, 2, 114, b"1"), [("dummy", 2, 114)]),
    ("dummy of the trailer", at(_JIS, 4, 20, b"x"), [("dummy", 4, 20)]),
    ("dummy of the end", at(_JIS, 5, 120, b"x"), [("dummy", 5, 120)]),
    ("kind of account", at(_JIS, 2, 43, b"3"), [("value", 2, 43)]),
    ("method", at(_JIS, 2, 112, b"9"), [("value", 2, 112)]),
    ("mark", at(_JIS, 2, 113, b"N"), [("value", 2, 113)]),
    ("salaries", at(_JIS, 1, 2, b"11"), [("kind_beside", 1, 2)]),
    ("another kind", at(_JIS, 1, 2, b"99"), [("kind", 1, 2)]),
    ("code of EBCDIC", at(_JIS, 1, 4, b"1"), [("code_ebcdic", 1, 4)]),
    ("no such day", at(_JIS, 1, 55, b"0230"), [("day", 1, 55)]),
    ("consignor's code", at(_JIS, 1, 5, b" " * 10), [("blank", 1, 5)]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), [(data, expected) for _, data, expected in BROKEN], ids=[name for name, _, _ in BROKEN])
def test_what_is_wrong_is_said_with_line_and_byte(data: bytes, expected: list[tuple[str, int, int]]) -> None:
    assert codes(data) == expected


def test_lengths_without_line_ends() -> None:
    data = made(profile=replace(PROFILE, line_end="none", final_newline=False))
    assert codes(data) == []
    assert codes(data[:-1])[0] == ("remainder", 5, 1)
    assert codes(data + b"\r\n") == [] and codes(data + b"\x1a") == []


def test_several_headers_before_one_end() -> None:
    data = made()
    assert codes(data[: 4 * 122] + data) == []


def test_a_crowd_of_warnings_hides_no_error() -> None:
    data = made(*[FIRST] * (MOST_PROBLEMS + 200))
    found = check_bytes(at(data, MOST_PROBLEMS + 202, 8, b"000000000001"))
    assert (found.errors, found.warnings, len(found.problems)) == (1, MOST_PROBLEMS + 199, MOST_PROBLEMS)
    assert [one.code for one in found.shown(2)] == ["zengin.sum_differs", "zengin.account_twice"]


def test_warnings_are_no_errors() -> None:
    twice = made(FIRST, SECOND, FIRST._replace(name="ｱ"))
    assert codes(twice) == [] and codes(twice, "warning") == [("account_twice", 4, 44)]
    assert codes(at(_JIS, 2, 44, b"0" * 7), "warning") == [("account_zero", 2, 44)]
    assert codes(at(_JIS, 2, 51, "ｱﾞ".encode("cp932")), "warning") == [("lone_mark", 2, 52)]
    assert codes(at(_JIS, 2, 51, "ｶﾞﾊﾟｳﾞ".encode("cp932")), "warning") == []
    assert codes(_JIS + b"\x1a\x1a", "warning") == [("eof_twice", 6, 1)]
    known: Callable[[str, str], str] = lambda bank, branch: {"0144": "branch", "0001": "ok"}.get(bank, "bank")  # noqa: E731
    assert codes(made(FIRST), "warning", branch_state=known) == [("branch_unknown", 2, 21)]
    days = BusinessDays(closed=frozenset({date(2024, 1, 5)}))
    assert codes(made(), "warning", days=days, today=date(2024, 1, 4)) == [("day_closed", 1, 55)]
    assert codes(made(), "warning", days=days, today=date(2024, 1, 15)) == [("day_past", 1, 55)]


@given(st.binary(max_size=600))
def test_no_bytes_break_the_check(data: bytes) -> None:
    assert not check_bytes(data).ok


@given(st.integers(0, 609), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_never_breaks_the_check(place: int, damage: bytes) -> None:
    assert check_bytes(_JIS[:place] + damage + _JIS[place + 1 :]).records >= 0


# -- days and profiles -------------------------------------------------------------------------------------


def test_business_days() -> None:
    days = BusinessDays(holiday=lambda day: day == date(2024, 1, 8), closed=frozenset({date(2024, 1, 9)}))
    assert [days.reason(date(2024, 1, at)) for at in (2, 4, 6, 8, 9)] == ["turn", "", "weekend", "holiday", "closed"]
    assert days.following(date(2024, 1, 6)) == date(2024, 1, 10)
    assert list(days.between(date(2024, 1, 1), date(2024, 1, 11))) == [date(2024, 1, at) for at in (4, 5, 10, 11)]
    assert day_of("1230", near=date(2024, 1, 2)) == date(2023, 12, 30) and day_of("0229", near=date(2025, 1, 2)) == date(2024, 2, 29)
    assert day_of("0230", near=date(2024, 1, 2)) is None and day_of("x", near=date(2024, 1, 2)) is None


def test_a_profile_survives_its_file() -> None:
    assert parse_profile(to_toml(PROFILE), own=False) == PROFILE


@pytest.mark.parametrize(
    "text",
    ["id = 3", 'id = "A B"', 'id = "a"\nline_end = "cr"', 'id = "a"\nmost = 0', 'id = "a"\nunknown = 1', 'id = "a"\nconsignor_code = "1"', "broken =",
     'id = "a"\n[result]\nbyte = 130', 'id = "a"\n[result.codes]\n"1" = "name"', 'id = "a"\nfile_name = "{nothing}"', "", 'id = "a"\neof = 1'],
)  # fmt: skip
def test_a_wrong_profile_is_refused(text: str) -> None:
    with pytest.raises(InputFault):
        parse_profile(text)
