"""What tests of batches start from: a programme, a round, households entitled to money, payees with checked accounts, several operators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.domain.governance import Operator
from app.domain.identifiers import device_prefix, new_id
from app.domain.payments import Account, Payee
from app.domain.relief import Entitlement, Programme, ReliefRound
from app.usecases import money_home
from app.usecases.context import Actor, Context
from tests.stores import Town

MAKER, CHECKER, APPROVER = ("作成 太郎", ("accounting",)), ("確認 花子", ("approval",)), ("承認 次郎", ("approval",))


@dataclass
class Desk:
    """A round with entitlements, and the people who prepare, check and approve."""

    town: Town
    programme: str
    round: str
    people: dict[str, Context]

    @property
    def maker(self) -> Context:
        return self.people[MAKER[0]]

    @property
    def checker(self) -> Context:
        return self.people[CHECKER[0]]

    @property
    def approver(self) -> Context:
        return self.people[APPROVER[0]]

    def entitle(self, no: int, *, due: int = 200_000, payee: int | None = None, account: int | None = None, **values: Any) -> str:
        """A household ``H<no>`` with money to receive, its payee (of another number to share one) and a checked account."""
        with self.town.ctx.unit() as uow:
            made = uow.entitlements.add(
                Entitlement(
                    **{
                        "id": new_id(), "number": f"E{no:04d}", "programme_id": self.programme, "round_id": self.round, "unit": "household",
                        "subject": f"victim:H{no}", "household": f"victim:H{no}", "name": f"見本　{no:04d}", "kana": f"ミホン　{no:04d}",
                        "address": f"見本市本町{no}", "district": "本町", "category": "全壊", "due": due, **values,
                    }
                )
            )  # fmt: skip
            if payee is None:
                add_payee(uow, made.subject, name=made.name, kana=made.kana, number=account if account is not None else no)
            uow.commit()
        return made.id

    def change(self, entitlement_id: str, **values: Any) -> None:
        """What a recalculation would save."""
        with self.town.ctx.unit() as uow:
            uow.entitlements.save(replace(uow.entitlements.need(entitlement_id), **values))
            uow.commit()


def add_payee(uow: Any, subject: str, *, name: str, kana: str, number: int, **values: Any) -> Payee:
    """An active payee with a checked account."""
    payee_id, account_id = new_id(), new_id()
    payee = uow.payees.add(
        Payee(**{"id": payee_id, "subject": subject, "role": "head", "name": name, "kana": kana, "account_id": account_id, **values})
    )
    uow.accounts.add(
        Account(
            id=account_id, payee_id=payee_id, bank="0001", branch="001", bank_name="見本", branch_name="本店", number=f"{number:07d}",
            holder="ﾐﾎﾝ ﾀﾛｳ", state="checked", entered_by="x", checked_by="y",
        )
    )  # fmt: skip
    return payee


def correct_account(ctx: Context, payee_id: str, *, number: int, **values: Any) -> None:
    """Another account in use of a payee, checked."""
    with ctx.unit() as uow:
        payee = uow.payees.need(payee_id)
        made = uow.accounts.add(
            replace(
                uow.accounts.need(payee.account_id),
                **{"id": new_id(), "version": 0, "number": f"{number:07d}", "state": "checked", **values},
            )
        )
        uow.payees.save(replace(payee, account_id=made.id))
        uow.commit()


def open_desk(town: Town, *, budget: int | None = None, kind: str = "donation") -> Desk:
    """A programme with an open round and three operators besides the administrator."""
    with town.ctx.unit() as uow:
        programme = uow.programmes.add(Programme(id=new_id(), code="gienkin", title="見本義援金", kind=kind))
        round_ = uow.rounds.add(
            ReliefRound(id=new_id(), programme_id=programme.id, code="1", title="第1次配分", state="open", budget=budget)
        )
        people = {}
        for name, roles in (MAKER, CHECKER, APPROVER):
            one = uow.operators.add(Operator(id=new_id(), name=name, roles=roles, slot=f"slot-{name}"))
            people[name] = Actor(operator_id=one.id, name=name, roles=roles, slot=one.slot)
        uow.commit()
    return Desk(town, programme.id, round_.id, {name: acting(town, actor) for name, actor in people.items()})


def elsewhere(ctx: Context, device: str = "restored-elsewhere") -> Context:
    """The same person at a restored copy of the folder."""
    return replace(ctx, place=replace(ctx.place, device_id=device, device_prefix=device_prefix(device)))


def take_over(asking: Context, confirming: Context) -> None:
    """Two people let the device of both contexts make money from now on."""
    money_home.ask_home(asking, reason="元の端末が水没した。バックアップ後の支払いはない")
    money_home.confirm_home(confirming)


def acting(town: Town, actor: Actor) -> Context:
    """A context whose writes bear the name of the actor."""
    store, place, now = town.session._store, town.ctx.place, town.ctx.now
    return replace(
        town.ctx,
        actor=actor,
        open_uow=lambda purpose, reason: store.unit(
            operator=actor.operator_id, site=place.site_id, purpose=purpose, reason=reason, now=now()
        ),
    )
