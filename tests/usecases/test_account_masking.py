"""Account numbers and holders are read by those who work with them; everybody else sees the last digits, in lists, files and exports alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.interchange.exporting.batches import write_payments
from app.usecases import accounts, batches, entitlements, payees, transfer_results
from app.usecases.account_masking import mask_holder, mask_number
from app.usecases.context import Actor, Context
from app.usecases.transfer_contents import read_contents
from tests.batches_town import Desk, acting, open_desk
from tests.stores import Town

NUMBER, HOLDER = "7654321", "ﾐﾎﾝ ﾀﾛｳ"


@pytest.fixture
def desk(town: Town) -> Desk:
    desk = open_desk(town)
    desk.entitle(1, due=100_000, account=int(NUMBER))
    return desk


def reader(desk: Desk, *roles: str) -> Context:
    return acting(desk.town, Actor(operator_id="reader", name="閲覧 六郎", roles=roles, slot="reader"))


def read_everything(ctx: Context, batch_id: str, out: Path) -> list[str]:
    """Every list, screen and file with an account, as text; the first is a list of payees."""
    (payee,) = payees.list_payee_ids(ctx)
    (entitlement,) = entitlements.list_entitlement_ids(ctx)
    account = payees.payee_rows(ctx, [payee])[0].account_id
    write_payments(ctx, batch_id=batch_id, out=out, format="csv")
    return [
        str(payees.payee_rows(ctx, [payee])), str(payees.open_payee(ctx, payee_id=payee)), str(accounts.open_account(ctx, account_id=account)),
        str(batches.read_lines(ctx, batch_id=batch_id)), str(transfer_results.list_unpaid(ctx)), out.read_text("utf-8-sig"),
        str(entitlements.open_entitlement(ctx, entitlement_id=entitlement)),
    ]  # fmt: skip


def failed_batch(desk: Desk) -> str:
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    with desk.town.ctx.unit() as uow:
        (payment,) = uow.payments.where(batch_id=batch.id)
        uow.payments.save(replace(payment, state="failed", failure="name"))
        uow.commit()
    return batch.id


@pytest.mark.parametrize("roles", [("shelter",), ("view",), ("survey", "view"), ("shelter", "protected")])
def test_who_has_nothing_to_do_with_accounts_sees_the_last_digits(desk: Desk, tmp_path: Path, roles: tuple[str, ...]) -> None:
    batch = failed_batch(desk)
    ctx = reader(desk, *(roles if "view" not in roles else (*roles, "survey")))  # the export needs a right of its own
    texts = read_everything(ctx, batch, tmp_path / "lines.csv")
    for text in texts:
        assert NUMBER not in text and HOLDER not in text
        assert NUMBER[-3:] in text
    assert all("****321" in text and "ﾐ***" in text for text in texts[:-2])
    (payee,) = payees.list_payee_ids(ctx)
    for refused in (
        lambda: accounts.account_photo(ctx, account_id=payees.payee_rows(ctx, [payee])[0].account_id),
        lambda: read_contents(ctx, batch_id=batch),
    ):
        with pytest.raises(RuleViolation) as caught:
            refused()
        assert caught.value.code == "permission.denied"


@pytest.mark.parametrize("role", ["desk", "accounting", "approval", "admin"])
def test_who_enters_checks_calculates_or_decides_reads_them_whole(desk: Desk, tmp_path: Path, role: str) -> None:
    ctx = reader(desk, role)
    texts = read_everything(ctx, failed_batch(desk), tmp_path / "lines.csv")
    assert all(NUMBER in text and HOLDER in text for text in texts)


def test_a_short_number_and_no_holder_tell_nothing() -> None:
    assert [mask_number(one) for one in ("", "12", "123", "1234")] == ["", "**", "***", "*234"]
    assert [mask_holder(one) for one in ("", "ｱ", "ｱｲｳ")] == ["", "ｱ***", "ｱ***"]
