"""振込: batches and what comes next, writing a file, what was written, the unpaid, a checked file, banks' ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.ui.shots import batches as prepared
from app.ui.stage import Stage, shot
from app.usecases import batches, transfer_results, transfers
from app.usecases.bank_profiles import find_profile
from app.usecases.context import Context
from app.usecases.gateway import Session
from app.usecases.transfer_days import suggest_day
from app.usecases.transfer_rows import BankAnswer

_MONEY = "gienkin-ishikawa-2024"


def _fill(session: Session) -> None:
    """Four batches: answered with failures, at the bank, written, and approved with names that a bank cannot take as they are."""
    ctx = session.context
    from app.usecases import relief_calculation

    round_id = prepared._open(ctx, _MONEY)
    relief_calculation.calculate(ctx, round_id=round_id)
    ids = prepared._owed(ctx, round_id)
    prepared._register(ctx, ids)
    _spell(ctx)
    size = max(1, len(ids) // 4)
    made = []
    for at in range(4):
        part = ids[at * size : (at + 1) * size] if at < 3 else ids[3 * size :]
        (batch,) = batches.prepare(ctx, round_id=round_id, title=f"第1次配分 {at + 1}回目", entitlement_ids=part).batches
        prepared._move(ctx, batch.id, "approved")
        made.append(batch.id)
    for batch_id, handed in zip(made, (True, True, False), strict=False):
        _write(session, batch_id, handed=handed)
    _answer(ctx, made[0])


def _spell(ctx: Context) -> None:
    """Some names as passbooks have them, with what a bank's file cannot hold."""
    from dataclasses import replace

    words = ("ジョージ・ヴァン", "ショウナイ リョウコ", "ミホンカイシヤ ヒジヨウニナガイナマエノジムシヨサイガイタントウブ", "サトー ユウ")
    with ctx.unit() as uow:
        accounts = uow.accounts.where(bank="0001")[-8:]
        for word, account in zip(words, accounts, strict=False):
            uow.accounts.save(replace(account, holder=word))
        uow.commit()


def _write(session: Session, batch_id: str, *, handed: bool) -> None:
    ctx = session.context
    profile = find_profile(ctx, "standard")
    out = session.folder / f"sofuri_{batch_id[-6:]}.txt"
    done = transfers.write_transfer(ctx, batch_id=batch_id, profile=profile.id, transfer_on=suggest_day(ctx, profile).isoformat(), out=out)
    if handed:
        transfers.hand_over(ctx, file_ids=[one.id for one in done.files])


def _answer(ctx: Context, batch_id: str) -> None:
    with ctx.unit() as uow:
        lines = uow.reads.transfers.lines(batch_id)
    failures = {1: "no_account", 2: "name", 4: "closed"}
    answers = [BankAnswer(line=at, code=one.code, failure=failures.get(at, "")) for at, one in enumerate(lines)]
    transfer_results.take_results(ctx, answers=answers, name="kekka.txt", sha256="f" * 64)


def _town(stage: Stage) -> Session:
    return stage.other("transfers", _fill, residents=600)


def _tab(stage: Stage, key: str, **arguments: Any) -> Any:
    window = stage.window_on(_town(stage), "transfers", tab=key, **arguments)
    stage.settle()
    return window.current.tab(key)


@shot("transfers")
def _(stage: Stage) -> QWidget:
    return _tab(stage, "waiting").window()


@shot("transfers-write")
def _(stage: Stage) -> QWidget:
    tab = _tab(stage, "waiting")
    tab.table.select_id(next(one.id for one in transfers.list_waiting(_town(stage).context) if one.next_step == "write"))
    dialog = tab.write()
    stage.settle()
    return dialog


@shot("transfers-again")
def _(stage: Stage) -> QWidget:
    tab = _tab(stage, "waiting")
    tab.table.select_id(next(one.id for one in transfers.list_waiting(_town(stage).context) if one.next_step == "hand_over"))
    return tab.ask_again()


@shot("transfers-files")
def _(stage: Stage) -> QWidget:
    tab = _tab(stage, "files")
    tab.compare_path(next(_town(stage).folder.glob("sofuri_*.txt")))
    stage.settle()
    return tab.window()


@shot("transfers-unpaid")
def _(stage: Stage) -> QWidget:
    return _tab(stage, "unpaid").window()


@shot("transfers-payment")
def _(stage: Stage) -> QWidget:
    tab = _tab(stage, "unpaid")
    sent = batches.payment_rows(
        _town(stage).context, batch_id=next(one.id for one in transfers.list_waiting(_town(stage).context) if one.state == "sent")
    )
    dialog = tab.find_payment(sent[0].number)
    stage.settle()
    return dialog


@shot("transfers-reconcile")
def _(stage: Stage) -> QWidget:
    tab = _tab(stage, "waiting")
    tab.table.select_id(next(one.id for one in transfers.list_waiting(_town(stage).context) if one.state == "settled"))
    return tab.reconcile()


@shot("transfers-check")
def _(stage: Stage) -> QWidget:
    tab = _tab(stage, "check")
    whole = next(_town(stage).folder.glob("sofuri_*.txt")).read_bytes()
    broken = Path(stage.home) / "hokano_shisutemu.txt"
    records = whole.split(b"\r\n")
    records[1] = records[1][:50] + "山田".encode("cp932") + records[1][54:]
    records[2] = records[2][:80] + b"    100000" + records[2][90:]
    broken.write_bytes(b"\r\n".join(records))
    tab.check(broken)
    stage.settle()
    return tab.window()


@shot("transfers-profiles")
def _(stage: Stage) -> QWidget:
    return _tab(stage, "profiles").window()


@shot("transfers-consignor")
def _(stage: Stage) -> QWidget:
    return _tab(stage, "profiles").edit_consignor()
