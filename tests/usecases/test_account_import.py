"""Lists of accounts: rejected rows with reasons, twice changes nothing, everything waits for its check."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from app.domain.relief import Entitlement
from app.interchange.importing.accounts import prepare_accounts
from app.interchange.importing.outcome import ImportOutcome
from app.interchange.importing.run import apply_prepared
from app.usecases import accounts, payees
from app.usecases.payee_rows import PayeeFilter
from tests.stores import Town
from tests.usecases.test_payees import died, entitle, household, other

HEAD = "対象番号,氏名,銀行名,支店名,預金種目,口座番号,口座名義,ゆうちょ記号,ゆうちょ番号,続柄,同意の確認"


def take(town: Town, path: Path) -> ImportOutcome:
    return apply_prepared(town.ctx, prepared=prepare_accounts(town.ctx, path=path))


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join((HEAD, *lines)) + "\n", encoding="utf-8-sig")
    return path


@pytest.fixture
def home(town: Town) -> Entitlement:
    return entitle(town.ctx, household(town))


def test_a_head_gets_payee_and_account_and_the_same_file_changes_nothing(town: Town, home: Entitlement, tmp_path: Path) -> None:
    file = write(tmp_path / "口座.csv", f"{home.number},髙橋 太郎,みずほ銀行,東京営業部,普通,123456,タカハシ タロウ,,,,")
    done = take(town, file)
    assert (done.read, done.created, done.rejected) == (1, 1, 0)
    row = payees.payee_rows(town.ctx, payees.list_payee_ids(town.ctx))[0]
    assert (row.name, row.role, row.bank, row.branch, row.account_number, row.account_state) == (
        "髙橋　太郎",
        "head",
        "0001",
        "001",
        "0123456",
        "entered",
    )
    again = take(town, file)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1) and not again.changes
    accounts.check_account(other(town.ctx), account_id=row.account_id, accept=True)
    assert not take(town, file).changes
    changed = take(town, write(tmp_path / "次.csv", f"{home.number},,0001,001,普通,7654321,タカハシ タロウ,,,,"))
    assert changed.updated == 1
    file_of = payees.open_payee(town.ctx, payee_id=row.id)
    assert [one.state for one in file_of.accounts] == ["entered", "retired"] and file_of.row.account_number == "7654321"


def test_rejected_rows_come_out_with_the_reason(town: Town, home: Entitlement, tmp_path: Path) -> None:
    two = entitle(town.ctx, home.victim_id, subject="household:H9", aliases=(), household="household:H9", victim_id="")
    dead = entitle(town.ctx, home.victim_id, unit="person", casualty_id=died(town.ctx, home.victim_id))
    file = write(
        tmp_path / "口座.csv",
        "E-0000,髙橋 太郎,みずほ,東京営業部,普通,1234567,タカハシ タロウ,,,,",
        f"{home.number},髙橋 太郎,みずほ,東京営業部,普通,1234567,髙橋 太郎,,,,",
        f"{home.number},髙橋 太郎,,,,,タカハシ タロウ,10140,12345672,,",
        f"{home.number},髙橋 花,みずほ,東京営業部,普通,1234567,タカハシ ハナ,,,,",
        f"{home.number},髙橋 花,みずほ,東京営業部,普通,1234567,タカハシ ハナ,,,妻,",
        f"{dead.number},髙橋 花,みずほ,東京営業部,普通,1234567,タカハシ ハナ,,,妻,",
        ",髙橋 花,みずほ,東京営業部,普通,1234567,タカハシ ハナ,,,妻,",
        f"{two.number},,みずほ,東京営業部,普通,1234567,タカハシ タロウ,,,,",
        f"{two.number},,みずほ,東京営業部,普通,1234568,タカハシ タロウ,,,,",
    )
    prepared = prepare_accounts(town.ctx, path=file)
    assert {item.line: item.code for item in prepared.plan.items if item.code} == {
        2: "account.payee_unknown", 3: "account.kana_kanji", 4: "yucho.number_last", 5: "account.several_payees", 6: "payee.consent_missing",
        7: "account.several_payees", 10: "account.twice_in_file",
    }  # fmt: skip
    done = apply_prepared(town.ctx, prepared=prepared)
    assert (done.created, done.rejected) == (1, 8)
    assert done.rejected_rows is not None
    text = Path(done.rejected_rows).read_text(encoding="utf-8-sig")
    assert "漢字「髙橋太郎」" in text and "最後が 1" in text and text.count("\n") == 9


def test_a_member_with_consent_and_the_post_bank(town: Town, home: Entitlement, tmp_path: Path) -> None:
    file = write(tmp_path / "口座.csv", f"{home.number},髙橋 花,,,,,タカハシ ハナ,10140,12345671,妻,同意書 R6.2.1")
    assert take(town, file).created == 1
    row = payees.payee_rows(town.ctx, payees.list_payee_ids(town.ctx))[0]
    assert (row.name, row.role, row.bank, row.branch, row.account_number, row.consent) == (
        "髙橋 花",
        "spouse",
        "9900",
        "018",
        "1234567",
        "同意書 R6.2.1",
    )


def test_a_spreadsheet_of_residents_with_codes_as_numbers(town: Town, home: Entitlement, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["宛名番号", "世帯主", "銀行コード", "支店コード", "種目", "口座番号", "名義カナ"])
    sheet.append(["0000000011", "髙橋　太郎", 1, 1, "普通", 1234567, "ﾀｶﾊｼ ﾀﾛｳ"])
    book.save(tmp_path / "口座.xlsx")
    assert take(town, tmp_path / "口座.xlsx").created == 1
    assert take(town, tmp_path / "口座.xlsx").unchanged == 1
    row = payees.payee_rows(town.ctx, payees.list_payee_ids(town.ctx, filter=PayeeFilter(show="waiting")))[0]
    assert (row.bank, row.branch, row.account_number) == ("0001", "001", "1234567")
    assert payees.payees_for(town.ctx.reads, [home])[home.id].problem == "account.unchecked"


def test_two_accounts_for_one_payee_are_told_even_by_different_entitlements(town: Town, home: Entitlement, tmp_path: Path) -> None:
    line = "{number},,みずほ,東京営業部,普通,{account},タカハシ タロウ,,,,"
    take(town, write(tmp_path / "1.csv", line.format(number=home.number, account="1234567")))
    members = [entitle(town.ctx, home.victim_id, unit="person", resident_no=f"000000009{at}") for at in (1, 2)]
    rows = [line.format(number=one.number, account=f"765432{at}") for at, one in enumerate(members)]
    prepared = prepare_accounts(town.ctx, path=write(tmp_path / "2.csv", *rows))
    assert [(item.line, item.code) for item in prepared.plan.items if item.code] == [(3, "account.twice_in_file")]


def test_another_holder_and_a_cut_one_are_told_by_row_and_counted(town: Town, home: Entitlement, tmp_path: Path) -> None:
    other_home = entitle(town.ctx, home.victim_id, subject="household:H9", aliases=(), household="household:H9", victim_id="")
    cut = "タカハシ タロウ " + "ア" * 24
    done = take(
        town,
        write(
            tmp_path / "口座.csv",
            f"{home.number},,みずほ,東京営業部,普通,1234567,ミホン ハナコ,,,,",
            f"{other_home.number},,みずほ,東京営業部,普通,1234568,{cut},,,,",
        ),
    )
    assert (done.created, done.rejected) == (2, 0) and done.warning_count >= 2 and done.report is not None
    rows = [line for line in done.report.read_text(encoding="utf-8-sig").splitlines() if "警告" in line or "注意" in line]
    assert any("ミホン ハナコ" in line and "タカハシ" in line for line in rows) and any("30 バイト" in line for line in rows)
    again = take(town, tmp_path / "口座.csv")
    assert (again.unchanged, again.warning_count) == (2, 0)


def test_the_same_account_twice_for_one_payee_counts_once(town: Town, home: Entitlement, tmp_path: Path) -> None:
    line = f"{home.number},,みずほ,東京営業部,普通,1234567,タカハシ タロウ,,,,"
    prepared = prepare_accounts(town.ctx, path=write(tmp_path / "口座.csv", line, line))
    assert [item.action for item in prepared.plan.items] == ["create", "unchanged"]
    done = apply_prepared(town.ctx, prepared=prepared, skip_lines=frozenset({2}))
    assert (done.created, done.unchanged) == (1, 0)
    again = take(town, write(tmp_path / "次.csv", *[line.replace("1234567", "7654321")] * 2))
    assert (again.updated, again.unchanged) == (1, 1)
    row = payees.payee_rows(town.ctx, payees.list_payee_ids(town.ctx))[0]
    assert row.account_number == "7654321"
