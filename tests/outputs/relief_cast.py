"""Money in the town of ``cast``: hidden people are owed, paid, lent and refunded to, in every way there is, beside somebody nothing is hidden of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.governance import Operator
from app.domain.identifiers import new_id
from app.domain.relief import Claim, Entitlement, Loan
from app.usecases import accounts, bank_profiles, batches, cash_boxes, cash_desk, payees, transfers, vouchers
from app.usecases.context import Actor, Context
from app.usecases.relief_calculation import calculate
from tests.batches_town import acting
from tests.certificates_town import add_building
from tests.photographs import jpeg_of, scene
from tests.relief_town import add_casualty, add_programme, add_round, by_grade, by_harm
from tests.stores import Town

CONSIGNOR = {
    "consignor_code": "0123456789", "consignor_kana": "ミホンシ", "bank": "0001", "bank_kana": "ミズホ", "branch": "001", "branch_kana": "ホンテン",
    "account_kind": "1", "account_number": "7654321",
}  # fmt: skip
DAY = "2024-01-05"
Desk = tuple[Context, Context, Context]


def person(town: Town, name: str) -> Context:
    """Somebody else with every right, whose writes bear the name."""
    with town.ctx.unit() as uow:
        one = uow.operators.add(Operator(id=new_id(), name=name, roles=("admin", "protected"), slot=f"slot-{name}"))
        uow.commit()
    return acting(town, Actor(operator_id=one.id, name=name, roles=one.roles, slot=one.slot))


def fill_relief(town: Town, cast: dict[str, str], place: Path) -> dict[str, str]:
    """Owe and pay; what each thing is called, by word: those of hidden people, and with ``open `` those of others."""
    ctx = town.ctx
    maker, second, third = (person(town, name) for name in ("作る人", "見る人", "決める人"))
    add_building(ctx, resident=f"{cast['snapshot']}:4", grade="half")
    programme = add_programme(ctx, code="gien", budget=100_000_000)
    rules = (*by_grade(half=100_000, total=100_000), *by_harm(dead=200_000, serious=50_000))
    first = add_round(ctx, programme, *rules, budget=50_000_000, state="open")
    other = add_round(ctx, programme, *rules, code="2", title="第2次", budget=50_000_000, state="open")
    hidden = {"kana": "オキ　シズカ", "birth": "1985-04-05", "address": "見本市隠町9丁目8番7号", "district": "隠町", "note": "内緒"}
    dead = add_casualty(ctx, "隠岐　静香", "dead", number="K-1", victim_id=cast["victim"], resident_no="7000000001", **hidden)
    add_casualty(ctx, "守田　葵", "serious", kana="モリタ　アオイ", address="見本市伏町6丁目5番4号")
    add_casualty(ctx, "見本　負傷", "serious", kana="ミホン　フシヨウ", address="見本市本町1")
    claim = _ask(ctx, programme, cast["victim"])
    for one in (first, other):
        calculate(ctx, round_id=one)
    owed = [one for one in ctx.reads.all("entitlement") if isinstance(one, Entitlement)]
    names = _receive(maker, second, owed)
    made = {"claim": claim, "claim number": "C-1", "casualty": dead, "casualty number": "K-1", "programme": programme, "round": first, **names}
    desk = (maker, second, third)
    made |= _transfer(desk, first, place)
    made |= _cash(desk, other)
    made |= _lend(ctx, programme, cast["victim"], owed)
    return made


def _ask(ctx: Context, programme: str, victim: str) -> str:
    with ctx.unit() as uow:
        claim = uow.claims.add(
            Claim(id=new_id(), number="C-1", programme_id=programme, victim_id=victim, claimed_by="隠岐　静香", claimed_on="2024-01-02", note="内緒")
        )
        uow.commit()
    return claim.id


def _is_hidden(one: Entitlement) -> bool:
    return any(word in f"{one.name}{one.kana}" for word in ("隠岐", "守田", "オキ", "モリタ"))


def _receive(maker: Context, second: Context, owed: list[Entitlement]) -> dict[str, str]:
    """A payee with a checked account for everybody; ids and numbers of one hidden and one that is not."""
    found: dict[str, str] = {}
    for place, one in enumerate(owed):
        values = {"name": one.name, "kana": one.kana, "role": "agent", "consent": "同意書"} if one.casualty_id else {}
        payee = payees.save_payee(maker, values=values, entitlement_id=one.id, replace_old=True, reason="試験").payee_id
        account = payees.open_payee(maker, payee_id=payee).payee.account_id
        if not account:
            typed = {"bank": "0001", "branch": "001", "number": str(1_000_000 + place), "holder": one.kana or "ミホン"}
            done = accounts.save_account(maker, payee_id=payee, values=typed, photo=jpeg_of(scene(200, 120)))
            accounts.check_account(second, account_id=done.account_id, accept=True)
            account = done.account_id
        word = "" if _is_hidden(one) else "open "
        found.setdefault(f"{word}entitlement", one.id)
        found.setdefault(f"{word}entitlement number", one.number)
        found.setdefault(f"{word}payee", payee)
        found.setdefault(f"{word}account", account)
    assert {"entitlement", "open entitlement"} <= set(found)
    return found


def _pass(desk: Desk, round_id: str, way: str) -> dict[str, Any]:
    """Batches of a round, approved, by whether they are guarded."""
    maker, second, third = desk
    done = batches.prepare(maker, round_id=round_id, way=way)
    found = {}
    for one in done.batches:
        batches.check_batch(second, batch_id=one.id)
        batches.approve_batch(third, batch_id=one.id)
        found["" if one.guarded else "open "] = one
    assert set(found) == {"", "open "}, [(one.entitlement_id, one.code) for one in done.left_out]
    return found


def _transfer(desk: Desk, round_id: str, place: Path) -> dict[str, str]:
    """Both batches written, handed over; the hidden one answered by the bank."""
    maker = desk[0]
    bank_profiles.save_consignor(maker, values=CONSIGNOR)
    names: dict[str, str] = {}
    for word, batch in _pass(desk, round_id, "transfer").items():
        out = place / f"{'open' if word else 'hidden'}.txt"
        done = transfers.write_transfer(maker, batch_id=batch.id, profile="standard", transfer_on=DAY, out=out)
        if not word:
            transfers.hand_over(maker, file_ids=[one.id for one in done.files])
            transfers.ask_again(maker, batch_id=batch.id, reason="内緒")
        rows = batches.payment_rows(maker, batch_id=batch.id)
        names |= {f"{word}batch": batch.id, f"{word}batch number": batch.number, f"{word}payment": rows[0].id, f"{word}payment number": rows[0].number}
    return names


def _cash(desk: Desk, round_id: str) -> dict[str, str]:
    """Vouchers of the other round: the hidden one paid here and asked back."""
    maker = desk[0]
    with maker.unit() as uow:
        for one in uow.payees.where(state="active"):
            uow.payees.save(replace(one, way="cash"))
        uow.commit()
    names: dict[str, str] = {}
    box, _ = cash_boxes.save_box(maker, name="本部の金庫")
    for word, batch in _pass(desk, round_id, "cash").items():
        vouchers.assign(maker, batch_id=batch.id, site_id=maker.place.site_id)
        made = [one for one in maker.reads.all("voucher") if one.batch_id == batch.id]  # type: ignore[attr-defined]
        names |= {f"{word}voucher": made[0].id, f"{word}voucher number": made[0].number, f"{word}cash batch": batch.id}  # type: ignore[attr-defined]
        if not word:
            paid = cash_desk.pay(maker, voucher_id=made[0].id, identified="card", received_by="隠岐　静香", box_id=box.id)
            names["receipt"] = paid.receipt.id
            names["receipt number"] = paid.receipt.number
            cash_desk.ask_refund(maker, receipt_id=paid.receipt.id, reason="内緒")
    return names


def _lend(ctx: Context, programme: str, victim: str, owed: list[Entitlement]) -> dict[str, str]:
    one = next(each for each in owed if _is_hidden(each))
    with ctx.unit() as uow:
        loan = uow.loans.add(
            Loan(
                id=new_id(), number="L-1", entitlement_id=one.id, victim_id=victim, borrower="隠岐　静香", guarantor="守田　葵", principal=1_000_000,
                lent_on="2024-01-02", note="内緒",
            )
        )  # fmt: skip
        uow.commit()
    return {"loan": loan.id, "loan number": loan.number, "programme of loan": programme}
