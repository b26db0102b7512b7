"""ゆうちょ 記号・番号 both ways (DOMAIN 5.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.yucho import YuchoAccount, read_symbol, to_account, to_symbol


@pytest.mark.parametrize(
    ("symbol", "number", "account"),
    [
        ("11940", "12345671", YuchoAccount("198", "1", "1234567")), ("１１９４０", "１２３４５６７１", YuchoAccount("198", "1", "1234567")),
        ("12340", "231", YuchoAccount("238", "1", "0000023")), ("01940", "1-123456", YuchoAccount("199", "2", "0123456")),
        ("01940-1", "123456", YuchoAccount("199", "2", "0123456")), ("00100", "7", YuchoAccount("019", "2", "0000007")),
        ("11940-2", "12345671", YuchoAccount("198", "1", "1234567")),
    ],
)  # fmt: skip
def test_to_account(symbol: str, number: str, account: YuchoAccount) -> None:
    assert to_account(symbol, number) == account


@pytest.mark.parametrize(
    ("symbol", "number", "code"),
    [
        ("1194", "12345671", "yucho.symbol_digits"), ("119400", "12345671", "yucho.symbol_digits"), ("記号", "1", "yucho.symbol_digits"),
        ("21940", "12345671", "yucho.symbol_first"), ("11940", "12345672", "yucho.number_last"), ("11940", "123456781", "yucho.number_digits"),
        ("11940", "1", "yucho.number_digits"), ("11940", "", "yucho.number_digits"), ("11940", "ア", "yucho.number_digits"),
        ("01940", "1234567", "yucho.number_digits"), ("11940", "00000001", "yucho.number_zero"), ("01940", "000", "yucho.number_zero"),
    ],
)  # fmt: skip
def test_what_is_no_account(symbol: str, number: str, code: str) -> None:
    with pytest.raises(RuleViolation, match=code):
        to_account(symbol, number)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("11940-12345671", ("11940", "12345671")), ("01940-1-123456", ("01940", "123456")), 
        ("記号 11940　番号 12345671", ("11940", "12345671")), ("11940", ("11940", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_one_text_for_both(text: str, read: tuple[str, str]) -> None:
    assert read_symbol(text) == read


@pytest.mark.parametrize(
    ("branch", "kind", "number", "code"),
    [("197", "1", "1234567", "yucho.branch"), ("198", "2", "1234567", "yucho.kind"), ("199", "1", "123456", "yucho.kind"),
     ("199", "2", "1234567", "yucho.account_number"),
     ("198", "1", "0000000", "yucho.account_number")],
)  # fmt: skip
def test_what_has_no_symbol(branch: str, kind: str, number: str, code: str) -> None:
    with pytest.raises(RuleViolation, match=code):
        to_symbol(branch, kind, number)


def test_the_passbooks_symbol_completes_the_way_back() -> None:
    assert to_symbol("198", "1", "1234567").symbol == "119??"
    whole = to_symbol("198", "1", "1234567", symbol="11940")
    assert (whole.symbol, whole.number, whole.whole) == ("11940", "12345671", True)
    with pytest.raises(RuleViolation, match="yucho.symbol_other"):
        to_symbol("198", "1", "1234567", symbol="12940")


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 9_999_999))
def test_there_and_back(region: int, rest: int, number: int) -> None:
    symbol = f"1{region:02d}{rest:02d}"
    account = to_account(symbol, f"{number}1")
    back = to_symbol(account.branch, account.kind, account.number, symbol=symbol)
    assert (back.symbol, back.number) == (symbol, f"{number}1")


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 999_999))
def test_transfer_accounts_there_and_back(region: int, rest: int, number: int) -> None:
    symbol = f"0{region:02d}{rest:02d}"
    account = to_account(symbol, str(number))
    back = to_symbol(account.branch, account.kind, account.number, symbol=symbol)
    assert (back.symbol, back.number) == (symbol, str(number))
