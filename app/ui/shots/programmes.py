"""支援制度: programmes, rounds and rules, and loans with arrears."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.identifiers import new_id
from app.domain.payments import Payment, PaymentBatch, PaymentShare
from app.domain.relief import Entitlement
from app.ui.stage import Stage, shot
from app.usecases import loans, programmes
from app.usecases.gateway import Session
from app.usecases.ports import UnitOfWork

_NAMES = ("見本　太郎", "架空　花子", "例示　次郎")


def _pay(uow: UnitOfWork, owner: Entitlement) -> None:
    """The money of a loan has reached its borrower."""
    batch = uow.batches.add(PaymentBatch(id=new_id(), number=owner.number, programme_id=owner.programme_id, round_id=owner.round_id, state="sent"))
    payment = uow.payments.add(
        Payment(
            id=new_id(), number=owner.number, code=owner.number, batch_id=batch.id, programme_id=owner.programme_id, round_id=owner.round_id,
            name=owner.name, amount=owner.due, state="paid",
        )
    )  # fmt: skip
    uow.shares.add(PaymentShare(id=new_id(), payment_id=payment.id, batch_id=batch.id, entitlement_id=owner.id, amount=owner.due))


def _fill(session: Session) -> None:
    """All shipped programmes, three loans of which one is late."""
    ctx = session.context
    for one in programmes.shipped_programmes():
        programmes.import_programme(ctx, text=one.text, name=one.name)
    found = programmes.find_round(ctx, programme="engo", code="1")
    owners = [
        Entitlement(
            id=new_id(), number=f"E-{place}", programme_id=found.programme_id, round_id=found.id, subject=f"victim:{place}", name=name, category="半壊",
            due=1_700_000 - 200_000 * place, address="見本市本町1-2-3",
        )
        for place, name in enumerate(_NAMES)
    ]  # fmt: skip
    with ctx.unit() as uow:
        for owner in owners:
            uow.entitlements.add(owner)
            _pay(uow, owner)
        uow.commit()
    past = replace(ctx, now=lambda: ctx.now() - timedelta(days=4 * 365))
    first, _ = loans.lend(past, entitlement_id=owners[0].id, lent_on="", guarantor="保証　三郎")
    loans.repay(ctx, loan_id=first, amount=126_031, paid_on="", way="納付書")
    loans.lend(past, entitlement_id=owners[1].id, lent_on="")


def page(stage: Stage, **arguments: Any) -> Any:
    """The page on a folder with programmes."""
    window = stage.window_on(stage.other("programmes", _fill, residents=300), "programmes", **arguments)
    stage.settle()
    return window


@shot("programmes")
def _rules(stage: Stage) -> QWidget:
    window = page(stage)
    tab = window.current.tab("rules")
    tab.programmes.select_id(programmes.find_programme(tab.context, code="gienkin-ishikawa-2024").id)
    stage.settle()
    return window


@shot("programmes-law")
def _law(stage: Stage) -> QWidget:
    return page(stage)


@shot("programmes-shipped")
def _shipped(stage: Stage) -> QWidget:
    window = page(stage)
    dialog = window.current.tab("rules").acts.take_shipped()
    stage.settle()
    return dialog


@shot("programmes-rule")
def _rule(stage: Stage) -> QWidget:
    window = page(stage)
    dialog = window.current.tab("rules").acts.edit_rule()
    stage.settle()
    return dialog


@shot("programmes-programme")
def _programme(stage: Stage) -> QWidget:
    window = page(stage)
    dialog = window.current.tab("rules").acts.edit_programme()
    stage.settle()
    return dialog


@shot("loans")
def _loans(stage: Stage) -> QWidget:
    return page(stage, tab="loans")


@shot("loan-file")
def _loan(stage: Stage) -> QWidget:
    window = page(stage, tab="loans")
    dialog = window.current.tab("loans").open_file()
    stage.settle()
    return dialog


@shot("loan-lend")
def _lend(stage: Stage) -> QWidget:
    window = page(stage, tab="loans")
    dialog = window.current.tab("loans").begin()
    stage.settle()
    return dialog
