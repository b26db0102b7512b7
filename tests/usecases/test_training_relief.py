"""The training folder has money in every state, made by two people, and its books agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import FolderSession, gateway
from app.domain.payments import Payment, PaymentBatch, Voucher
from app.usecases import ledger
from app.usecases.batches import list_batches
from app.usecases.ledger_rows import ReportLine
from app.usecases.relief_reports import make_report, report_to_prefecture
from app.usecases.relief_statements import find_families, make_statement

PASSWORD = "a good long password"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderSession]:
    made = gateway().demo(tmp_path_factory.mktemp("demo") / "data", operator="訓練", password=PASSWORD, residents=600)
    assert isinstance(made, FolderSession)
    yield made
    made.close(backup=False)


def test_every_page_about_money_has_something_to_show(session: FolderSession) -> None:
    ctx = session.context
    batches = list_batches(ctx)
    assert {(one.way, one.state) for one in batches} >= {
        ("transfer", "settled"),
        ("transfer", "sent"),
        ("transfer", "checked"),
        ("cash", "approved"),
    }
    payments = Counter(one.state for one in ctx.reads.all("payment") if isinstance(one, Payment))
    assert all(payments[state] for state in ("paid", "failed", "sent", "approved", "planned", "refunded"))
    found = Counter(one.state for one in ctx.reads.all("voucher") if isinstance(one, Voucher))
    assert all(found[state] for state in ("ready", "assigned", "paid", "refunded"))
    for kind in ("programme", "claim", "casualty", "payee", "payee_account", "loan", "receipt", "cash_box", "cash_count", "reconciliation"):
        assert ctx.reads.all(kind), kind


def test_two_people_made_each_batch(session: FolderSession) -> None:
    for one in session.context.reads.all("payment_batch"):
        assert isinstance(one, PaymentBatch)
        if one.state in ("checked", "approved", "sent", "settled"):
            assert one.prepared_by and one.checked_by and one.prepared_by != one.checked_by
        if one.state in ("approved", "sent", "settled"):
            assert one.approved_by not in ("", one.prepared_by)


def test_books_agree_with_payments_and_the_store_is_sound(session: FolderSession) -> None:
    ctx = session.context
    assert ledger.verify_books(ctx) == []
    assert sum(row.balance for row in ledger.trial_balance(ctx)) == 0
    assert session.verify().problems == ()
    total = make_report(ctx, by="category").total
    assert isinstance(total, ReportLine)
    funds = ledger.read_funds(ctx)[1]
    assert (total.paid.amount, total.transit.amount, total.decided.amount) == (funds.paid, funds.transit, funds.decided)
    programme = next(one.programme_id for one in ledger.read_funds(ctx)[0] if one.received)
    report = report_to_prefecture(ctx, programme_id=programme)
    assert report.to_return == report.received - report.paid.amount > 0


def test_a_family_of_the_training_has_a_statement(session: FolderSession) -> None:
    ctx = session.context
    paid = next(one for one in ctx.reads.all("payment") if isinstance(one, Payment) and one.state == "paid" and one.way == "transfer")
    statement = make_statement(ctx, entitlement_id=find_families(ctx, text=paid.name)[0].entitlement_id)
    assert statement.paid >= paid.amount


def test_a_second_operator_is_there_to_practise_with(session: FolderSession) -> None:
    names = {one.name for one in session.context.reads.all("operator") if not one.disabled}  # type: ignore[attr-defined]
    assert {"訓練 会計", "訓練 承認"} <= names
    assert ledger.list_seconds(session.context)


@pytest.mark.parametrize("residents", [1, 8])
def test_a_folder_with_few_people_is_made_too(tmp_path: Path, residents: int) -> None:
    made = gateway().demo(tmp_path / "few", operator="訓練", password=PASSWORD, residents=residents)
    assert ledger.verify_books(made.context) == []
    made.close(backup=False)
