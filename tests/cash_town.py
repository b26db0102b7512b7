"""What tests of cash start from: an approved cash batch with its vouchers at headquarters, and laptops of sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.bootstrap import gateway
from app.domain.governance import Operator
from app.domain.identifiers import new_id
from app.domain.payments import Payment, PaymentBatch, PaymentShare, Voucher
from app.domain.relief import Entitlement, Programme, ReliefRound
from app.usecases.context import Actor, Context
from app.usecases.postings import post_approved
from app.usecases.vouchers import make_vouchers
from tests.stores import OPERATOR, PASSWORD, Clock, Town, setup_of

SECOND = "立会 次郎"
SECOND_PASSWORD = "another horse battery"


@dataclass
class Vouchers:
    """The vouchers of an approved batch, in order."""

    batch_id: str
    ids: list[str]
    numbers: list[str]


def approve_cash(ctx: Context, amounts: Sequence[int], *, guarded: bool = False, names: Sequence[str] = ()) -> Vouchers:
    """A programme, a round and an approved cash batch with one voucher for each amount."""
    with ctx.unit() as uow:
        code = f"g{new_id()[:13]}"
        programme = uow.programmes.add(Programme(id=new_id(), code=code, title="見本義援金"))
        round_ = uow.rounds.add(ReliefRound(id=new_id(), programme_id=programme.id, title="第1次", state="open"))
        batch = uow.batches.add(
            PaymentBatch(
                id=new_id(), number="B-1", programme_id=programme.id, round_id=round_.id, way="cash", state="approved", count=len(amounts),
                total=sum(amounts), guarded=guarded, device_id=ctx.place.device_id,
            )
        )  # fmt: skip
        payments = []
        for at, amount in enumerate(amounts):
            name = names[at] if at < len(names) else f"受取 {at + 1}郎"
            owed = uow.entitlements.add(
                Entitlement(id=new_id(), programme_id=programme.id, round_id=round_.id, subject=f"{code}:{at}", name=name, due=amount)
            )
            payment = uow.payments.add(
                Payment(
                    id=new_id(), code=f"{new_id()}", batch_id=batch.id, programme_id=programme.id, round_id=round_.id, position=at, way="cash",
                    name=name, kana="ウケトリ　タロウ", birth="1950-01-01", address=f"見本市本町{at + 1}", district="本町", category="全壊",
                    amount=amount, state="approved",
                )
            )  # fmt: skip
            uow.shares.add(PaymentShare(id=new_id(), payment_id=payment.id, batch_id=batch.id, entitlement_id=owed.id, amount=amount))
            payments.append(payment)
        post_approved(uow, batch, payments)
        made = make_vouchers(uow, batch, payments)
        uow.commit()
    return Vouchers(batch.id, [one.id for one in made], [one.number for one in made])


def open_laptop(folder: Path, clock: Clock, *, site: str = "見本小学校", **changes: object) -> Town:
    """A site's own data folder, opened by its own operator."""
    session, _ = gateway(now=clock).create(folder, setup_of(**{"site_name": site, "site_kind": "shelter", **changes}))
    return Town(session=session, clock=clock, folder=folder)  # type: ignore[arg-type]


def add_second(ctx: Context, *, roles: tuple[str, ...] = ("accounting",), name: str = SECOND) -> Context:
    """Another operator with a password of their own; their context."""
    slot = ctx.cabinet.add_slot(login=name, password=SECOND_PASSWORD)
    with ctx.unit() as uow:
        made = uow.operators.add(Operator(id=new_id(), name=name, roles=roles, slot=slot))
        uow.commit()
    return replace(ctx, actor=Actor(operator_id=made.id, name=name, roles=roles, slot=slot))


def voucher(ctx: Context, voucher_id: str) -> Voucher:
    """As it is stored."""
    return ctx.reads.cash.vouchers([voucher_id])[0]


def ledger(ctx: Context) -> dict[str, int]:
    """Sums by account; all together are 0."""
    sums: dict[str, int] = {}
    for one in ctx.reads.all("posting"):
        sums[one.account] = sums.get(one.account, 0) + one.amount  # type: ignore[attr-defined]
    assert sum(sums.values()) == 0
    return {account: amount for account, amount in sums.items() if amount}


__all__ = [
    "OPERATOR",
    "PASSWORD",
    "SECOND",
    "SECOND_PASSWORD",
    "Vouchers",
    "add_second",
    "approve_cash",
    "ledger",
    "open_laptop",
    "voucher",
]
