"""支給決定簿: the list, one batch, the approval with its large figures, who was left out, limits, exemptions, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.governance import Operator
from app.domain.identifiers import new_id
from app.domain.payments import Account, Payee
from app.ui.stage import Stage, shot
from app.usecases import batches, entitlements, exemptions, programmes, relief_calculation
from app.usecases.batch_digest import digest_of
from app.usecases.batch_rows import BatchFilter
from app.usecases.context import Context
from app.usecases.gateway import Session
from app.usecases.relief_rows import EntitlementFilter

_MAKER = "例示 五郎"
_MONEY, _EXEMPT = "gienkin-ishikawa-2024", "genmen-kokuho"


def _fill(session: Session) -> None:
    """A donation calculated, payees with accounts for most, batches in several states; exemptions calculated; somebody declined."""
    ctx = session.context
    rounds = {code: _open(ctx, code) for code in (_MONEY, _EXEMPT)}
    for round_id in rounds.values():
        relief_calculation.calculate(ctx, round_id=round_id)
    ids = _owed(ctx, rounds[_MONEY])
    with_account = ids[:-3]
    _register(ctx, with_account)
    entitlements.decline(ctx, entitlement_ids=ids[-1:], reason="ほかの被災者のために使ってほしい")
    half = len(with_account) // 2
    first = batches.prepare(ctx, round_id=rounds[_MONEY], title="第1次配分 1回目", entitlement_ids=with_account[:half]).batches
    batches.prepare(ctx, round_id=rounds[_MONEY], title="第1次配分 2回目", entitlement_ids=with_account[half:])
    _move(ctx, first[0].id, "approved")


def _open(ctx: Context, code: str) -> str:
    """The first round of a shipped programme, without the documents that would have to be claimed one by one."""
    known = {one.code: one for one in programmes.list_programmes(ctx)}
    if code not in known:
        shipped = next(one for one in programmes.shipped_programmes() if one.code == code)
        programmes.import_programme(ctx, text=shipped.text, name=shipped.name)
    programme = programmes.find_programme(ctx, code=code)
    round_ = programmes.list_rounds(ctx, programme_id=programme.id)[0]
    with ctx.unit() as uow:
        uow.programmes.save(replace(uow.programmes.need(programme.id), documents=(), needs_claim=False, needs_certificate=False))
        uow.rounds.save(replace(uow.rounds.need(round_.id), documents=(), state="open"))
        uow.commit()
    return round_.id


def _owed(ctx: Context, round_id: str) -> list[str]:
    return list(entitlements.list_entitlement_ids(ctx, filter=EntitlementFilter(round_id=round_id, owed=True), sort="kana"))


def _register(ctx: Context, ids: list[str]) -> None:
    """Each head of a household receives on a checked account of an invented branch."""
    with ctx.unit() as uow:
        for old in uow.payees.where(state="active"):
            uow.payees.save(replace(old, state="ended"))
        for at, one in enumerate(uow.reads.batches.entitlements(ids=ids)):
            payee, account = new_id(), new_id()
            uow.payees.add(Payee(id=payee, subject=one.subject, name=one.name, kana=one.kana, birth=one.birth, account_id=account))
            uow.accounts.add(
                Account(
                    id=account, payee_id=payee, bank="0001", branch="001", bank_name="みずほ", branch_name="東京営業部",
                    number=f"{1234567 + at * 137}", holder=one.kana, state="checked", entered_by="a", checked_by="b",
                )
            )  # fmt: skip
        uow.commit()


def _move(ctx: Context, batch_id: str, state: str) -> None:
    """A batch that another person prepared, decided by the one who is here."""
    with ctx.unit() as uow:
        maker = uow.operators.where(name=_MAKER) or [uow.operators.add(Operator(id=new_id(), name=_MAKER, roles=("accounting",), slot=_MAKER))]
        batch = uow.batches.need(batch_id)
        payments, shares = uow.reads.batches.payments(batch_id), uow.reads.batches.shares(batch_id)
        digest = digest_of(batch=batch, payments=payments, shares=shares)
        uow.batches.save(
            replace(
                batch, state=state, digest=digest, prepared_by=maker[0].id, checked_at=uow.now, approved_by=ctx.actor.operator_id,
                approved_at=uow.now,
            )
        )  # fmt: skip
        uow.payments.save_many([replace(one, state="approved") for one in payments])
        uow.commit()


def _town(stage: Stage) -> Session:
    return stage.other("batches", _fill, residents=600)


def _tab(stage: Stage, **arguments: Any) -> Any:
    window = stage.window_on(_town(stage), "relief", tab="batches", **arguments)
    stage.settle()
    return window.current.tab("batches")


def _drafted(stage: Stage) -> str:
    return batches.list_batch_ids(_town(stage).context, filter=BatchFilter(state="draft"))[0]


@shot("batches")
def _list(stage: Stage) -> QWidget:
    return _tab(stage).window()


@shot("batches-file")
def _file(stage: Stage) -> QWidget:
    return _tab(stage).open_file(_drafted(stage))


@shot("batches-approve")
def _approve(stage: Stage) -> QWidget:
    from app.ui.relief.batches_approve import ApproveDialog

    tab = _tab(stage)
    ctx = _town(stage).context
    return ApproveDialog(tab, tab.shell, batches.open_batch(ctx, batch_id=_drafted(stage)))


@shot("batches-prepare")
def _prepare(stage: Stage) -> QWidget:
    tab = _tab(stage)
    ctx = _town(stage).context
    tab.choice.choose("", programmes.list_rounds(ctx, programme_id=programmes.find_programme(ctx, code=_MONEY).id)[0].id)
    return tab.prepare()


@shot("batches-left-out")
def _left(stage: Stage) -> QWidget:
    from app.ui.relief.batches_left import PreparedDialog

    tab = _tab(stage)
    ctx = _town(stage).context
    round_id = programmes.list_rounds(ctx, programme_id=programmes.find_programme(ctx, code=_MONEY).id)[0].id
    found = batches.prepare(ctx, round_id=round_id, entitlement_ids=_owed(ctx, round_id)[-2:])
    return PreparedDialog(tab, tab.shell, found)


@shot("batches-limits")
def _limits(stage: Stage) -> QWidget:
    return _tab(stage).show_limits()


@shot("batches-exemptions")
def _exemptions(stage: Stage) -> QWidget:
    assert exemptions.list_exemptions(_town(stage).context)
    return _tab(stage).show_exemptions()


@shot("batches-refusals")
def _refusals(stage: Stage) -> QWidget:
    return _tab(stage).show_refusals()
