"""Accounts: read as typed, checked by another person, warned of, shown with the picture of the passbook; own corrections of the bank list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import IntegrityFault, RuleViolation, StaleRecord
from app.domain.payments import Account
from app.usecases import accounts, banks, payees
from app.usecases.context import Context
from app.usecases.payee_rows import PayeeFilter
from tests.photographs import jpeg_of, scene
from tests.stores import Town
from tests.usecases.test_payees import ACCOUNT, entitle, household, other


@pytest.fixture
def payee(town: Town) -> str:
    """The head of a household as its payee."""
    one = entitle(town.ctx, household(town))
    return payees.save_payee(town.ctx, values={}, entitlement_id=one.id).payee_id


def save(ctx: Context, payee: str, **values: Any) -> accounts.SavedAccount:
    return accounts.save_account(ctx, payee_id=payee, values={**ACCOUNT, **values})


def account(ctx: Context, account_id: str) -> Account:
    found = ctx.reads.get("payee_account", account_id)
    assert isinstance(found, Account)
    return found


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"bank": ""}, "account.bank_missing"), ({"bank": "見本の銀行"}, "account.bank_unknown"), ({"bank": "12345"}, "account.bank_digits"),
        ({"bank": "9999"}, "account.bank_unlisted_reason"), ({"branch": ""}, "account.branch_missing"), ({"branch": "ない支店"}, "account.branch_unknown"),
        ({"branch": "997"}, "account.branch_unlisted_reason"), ({"kind": "定期"}, "account.kind"), ({"number": ""}, "account.number_missing"),
        ({"number": "12345678"}, "account.number_digits"), ({"number": "12-A"}, "account.number_digits"), ({"number": "0000000"}, "account.number_zero"),
        ({"holder": ""}, "account.holder_missing"), ({"holder": "髙橋　太郎"}, "account.kana_kanji"), ({"holder": "ﾀｶﾊｼ&ﾀﾛｳ"}, "account.kana_sign"),
        ({"bank": "9900", "branch": "018", "kind": "2"}, "yucho.kind"), ({"symbol": "10040", "symbol_no": "12345672"}, "yucho.number_last"),
        ({"symbol": "10040", "symbol_no": "12345671"}, "yucho.other_bank"),
    ],
)  # fmt: skip
def test_what_is_no_account_is_refused_beside_its_field(town: Town, payee: str, values: dict[str, str], code: str) -> None:
    with pytest.raises(RuleViolation) as fault:
        save(town.ctx, payee, **values)
    assert fault.value.code == code and fault.value.field
    assert not payees.open_payee(town.ctx, payee_id=payee).accounts


def test_bank_and_branch_by_name_and_a_short_number(town: Town, payee: str) -> None:
    made = save(town.ctx, payee, bank="みずほ銀行", branch="東京営業部", number="１２３-45").account
    assert (made.bank, made.bank_name, made.branch, made.branch_name, made.number, made.listed) == (
        "0001",
        "みずほ",
        "001",
        "東京営業部",
        "0012345",
        True,
    )
    assert made.list_day == banks.list_day() and made.state == "entered" and made.warnings == ()


def test_symbol_of_the_post_bank(town: Town, payee: str) -> None:
    typed = {"bank": "", "branch": "", "number": "", "holder": ACCOUNT["holder"]}
    made = save(town.ctx, payee, **typed, symbol="10140-12345671").account
    assert (made.bank, made.branch, made.kind, made.number, made.symbol, made.symbol_no) == (
        "9900",
        "018",
        "1",
        "1234567",
        "10140",
        "12345671",
    )
    assert made.bank_name == "ゆうちょ" and made.listed
    with pytest.raises(RuleViolation, match="yucho.differs"):
        save(town.ctx, payee, **{**typed, "number": "7654321"}, symbol="10140", symbol_no="12345671")
    unlisted = save(town.ctx, payee, **typed, symbol="11940", symbol_no="12345671")
    assert (unlisted.account.branch, unlisted.account.number, unlisted.account.listed) == ("198", "1234567", False)
    assert "account.branch_unlisted" in dict(unlisted.warnings)


def test_what_the_list_does_not_know_needs_a_reason_or_a_correction(town: Town, payee: str) -> None:
    made = save(town.ctx, payee, branch="997", reason="通帳で確認").account
    assert not made.listed and made.warnings == ("account.branch_unlisted",) and made.reason == "通帳で確認"
    with pytest.raises(RuleViolation, match="bank.reason_missing"):
        banks.save_own_bank(town.ctx, values={"bank": "0001", "branch": "997", "name": "見本"}, reason="")
    banks.save_own_bank(town.ctx, values={"bank": "0001", "branch": "997", "name": "見本", "kana": "ミホン"}, reason="新しい支店")
    again = save(town.ctx, payee, branch="見本支店").account
    assert (again.branch, again.listed, again.warnings) == ("997", True, ())


def test_a_closed_branch_is_refused_and_names_where_its_accounts_went(town: Town, payee: str) -> None:
    banks.save_own_bank(town.ctx, values={"bank": "0001", "branch": "001", "closed_on": "R6.3.1", "moved_to": "0001-004"}, reason="統合")
    with pytest.raises(RuleViolation) as fault:
        save(town.ctx, payee)
    assert (
        fault.value.code == "account.branch_closed"
        and fault.value.params["moved_to"] == "0001-004"
        and fault.value.params["day"] == "2024-03-01"
    )
    own = banks.list_own_banks(town.ctx)[0]
    assert banks.branch_of(town.ctx.reads, "0001", "001").own  # type: ignore[union-attr]
    banks.remove_own_bank(town.ctx, own_id=own.id, reason="誤り")
    assert save(town.ctx, payee).account.branch == "001"


def test_the_kana_is_compared_and_never_stands_in_the_way(town: Town, payee: str) -> None:
    assert "account.holder_differs" in save(town.ctx, payee, holder="ﾀｶﾊｼ ﾊﾅ").account.warnings
    assert "account.holder_spelling" in save(town.ctx, payee, holder="タカハシ タロオ").account.warnings
    long = save(town.ctx, payee, holder="ア" * 31)
    assert dict(long.warnings)["account.kana_long"]["bytes"] == 31


def test_another_person_checks_before_first_use(town: Town, payee: str) -> None:
    made = save(town.ctx, payee)
    with pytest.raises(RuleViolation, match="account.same_person"):
        accounts.check_account(town.ctx, account_id=made.account_id, accept=True)
    with pytest.raises(RuleViolation, match="account.same_person"):  # a second login of the same name
        accounts.check_account(other(town.ctx, town.ctx.actor.name), account_id=made.account_id, accept=True)
    checker = other(town.ctx)
    assert list(accounts.next_to_check(checker)) == [made.account_id] and not accounts.next_to_check(town.ctx)
    assert accounts.count_waiting(checker) == 1
    with pytest.raises(RuleViolation, match="account.note_missing"):
        accounts.check_account(checker, account_id=made.account_id, accept=False)
    accounts.check_account(checker, account_id=made.account_id, accept=True)
    stored = account(town.ctx, made.account_id)
    assert (stored.state, stored.checked_by, stored.checked_at is not None) == ("checked", checker.actor.operator_id, True)
    with pytest.raises(RuleViolation, match="account.not_waiting"):
        accounts.check_account(checker, account_id=made.account_id, accept=True)


def test_a_change_asks_for_a_new_check_and_the_same_again_does_not(town: Town, payee: str) -> None:
    made = save(town.ctx, payee)
    accounts.check_account(other(town.ctx), account_id=made.account_id, accept=True)
    same = save(town.ctx, payee)
    assert same.account_id == made.account_id and not same.changes and same.account.state == "checked"
    changed = accounts.save_account(town.ctx, payee_id=payee, values={"number": "7654321"}, account_id=made.account_id)
    assert (changed.account.state, changed.account.checked_by, changed.account.holder) == ("entered", "", ACCOUNT["holder"])
    accounts.check_account(other(town.ctx), account_id=made.account_id, accept=False, note="番号が通帳と違う")
    assert account(town.ctx, made.account_id).state == "wrong"
    again = accounts.save_account(town.ctx, payee_id=payee, values={"number": "7654320"}, account_id=made.account_id)
    assert again.account.state == "entered"


def test_a_stale_look_checks_nothing(town: Town, payee: str) -> None:
    made = save(town.ctx, payee)
    accounts.save_account(town.ctx, payee_id=payee, values={"number": "7654321"}, account_id=made.account_id)
    with pytest.raises(StaleRecord):
        accounts.check_account(other(town.ctx), account_id=made.account_id, accept=True, version=made.account.version)


def test_closed_and_deceased_are_ended_and_a_new_account_comes_beside(town: Town, payee: str) -> None:
    made = save(town.ctx, payee)
    with pytest.raises(RuleViolation, match="account.reason_missing"):
        accounts.mark_account(town.ctx, account_id=made.account_id, state="closed", reason=" ")
    accounts.mark_account(town.ctx, account_id=made.account_id, state="closed", reason="銀行から連絡")
    with pytest.raises(RuleViolation, match="account.ended"):
        accounts.save_account(town.ctx, payee_id=payee, values={"number": "7654321"}, account_id=made.account_id)
    assert payees.list_payee_ids(town.ctx, filter=PayeeFilter(show="wrong")) == [payee]
    fresh = save(town.ctx, payee, number="7654321")
    assert [one.state for one in payees.open_payee(town.ctx, payee_id=payee).accounts] == ["entered", "closed"]
    assert payees.payee_rows(town.ctx, [payee])[0].account_id == fresh.account_id


def test_the_same_account_of_several_payees_is_listed(town: Town, payee: str) -> None:
    save(town.ctx, payee)
    firm = payees.save_payee(town.ctx, values={"name": "見本工務店", "kana": "ﾐﾎﾝｺｳﾑﾃﾝ", "role": "contractor"}).payee_id
    second = save(town.ctx, firm)
    assert dict(second.warnings)["account.same_account"]["count"] == 1
    assert set(payees.list_payee_ids(town.ctx, filter=PayeeFilter(show="twins"))) == {payee, firm}
    file = accounts.open_account(town.ctx, account_id=second.account_id)
    assert [twin.payee_id for twin in file.twins] == [payee]
    counts = payees.payee_counts(town.ctx)
    assert (counts["all"], counts["waiting"], counts["mine"], counts["twins"], counts["photo_missing"]) == (2, 2, 0, 2, 2)


def test_the_passbook_is_kept_encrypted_and_shown_beside_the_entry(town: Town, payee: str) -> None:
    picture = jpeg_of(scene(320, 240))
    made = accounts.save_account(town.ctx, payee_id=payee, values=ACCOUNT, photo=picture)
    assert accounts.account_photo(town.ctx, account_id=made.account_id) == picture
    kept = list((town.folder / "attachments").glob("*/*"))
    told = [row[0] for row in town.sql("SELECT content FROM attachment")] if town.on_server else [one.read_bytes() for one in kept]
    assert len(told) == 1 and picture[:64] not in told[0]
    assert accounts.open_account(town.ctx, account_id=made.account_id).photo
    with pytest.raises(RuleViolation, match="account.photo_kind"):
        accounts.save_account(town.ctx, payee_id=payee, values=ACCOUNT, photo=b"%PDF-1.7 ...")
    if town.on_server:
        town.sql("UPDATE attachment SET content = ?", b"broken" * 20)
    else:
        kept[0].write_bytes(b"broken" * 20)
    with pytest.raises(IntegrityFault, match="attachment.damaged"):
        accounts.account_photo(town.ctx, account_id=made.account_id)


def test_rights(town: Town, payee: str) -> None:
    made = save(town.ctx, payee)
    viewer = replace(town.ctx, actor=replace(town.ctx.actor, operator_id="v", name="閲覧", roles=("view", "protected")))
    for act in (
        lambda: accounts.check_account(viewer, account_id=made.account_id, accept=True),
        lambda: accounts.save_account(viewer, payee_id=payee, values=ACCOUNT),
        lambda: accounts.mark_account(viewer, account_id=made.account_id, state="wrong", reason="x"),
        lambda: payees.end_payee(viewer, payee_id=payee, reason="x"),
        lambda: banks.save_own_bank(viewer, values={"bank": "0001"}, reason="x"),
    ):
        with pytest.raises(RuleViolation, match="permission.denied"):
            act()
