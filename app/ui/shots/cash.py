"""現金窓口, tab by tab, and what opens from there: on a folder with vouchers in every state."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.identifiers import new_id
from app.domain.payments import Payment, PaymentBatch, PaymentShare
from app.domain.relief import Entitlement, Programme, ReliefRound
from app.ui.stage import Stage, shot
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.context import Context
from app.usecases.gateway import Session
from app.usecases.postings import post_approved
from app.usecases.voucher_messages import build_carry, note_carried

_AMOUNTS = (200_000, 100_000, 55_000, 30_000, 1_000_000, 37_500, 50_000, 150_000, 20_000, 70_000, 200_000, 5_000)
_NAMES = (
    ("髙橋　花子", "タカハシ　ハナコ"), ("渡邉　静", "ワタナベ　シズカ"), ("﨑山　源", "サキヤマ　ゲン"), ("架空　二郎", "カクウ　ジロウ"),
    ("見本　一郎", "ミホン　イチロウ"), ("例示　三奈", "レイジ　ミナ"), ("試作　四葉", "シサク　ヨツバ"), ("想定　五月", "ソウテイ　サツキ"),
    ("仮名　六郎", "カメイ　ロクロウ"), ("模擬　七海", "モギ　ナナミ"), ("訓練　八重", "クンレン　ヤエ"), ("標準　九太", "ヒョウジュン　キュウタ"),
)  # fmt: skip


def _fill(session: Session) -> None:
    """Vouchers here, at a shelter, recalled, paid, asked to be refunded; a box with money."""
    ctx = session.context
    ids = _approve(ctx)
    site = vouchers.ensure_site(ctx, name="第一小学校").id
    vouchers.assign(ctx, voucher_ids=ids[:7])
    vouchers.assign(ctx, voucher_ids=ids[7:11], site_id=site, device="K7QF")
    carry = build_carry(ctx, letters="K7QF")
    with ctx.unit() as uow:
        note_carried(uow, carry, target="K7QF")  # type: ignore[arg-type]
        uow.commit()
    vouchers.recall(ctx, voucher_ids=ids[9:10], reason="別の避難所へ移った")
    box, _ = cash_boxes.save_box(ctx, name="手提げ金庫A")
    cash_boxes.save_box(ctx, name="手提げ金庫B")
    cash_boxes.move_money(ctx, box_id=box.id, kind="in", pieces={10_000: 150, 5_000: 10, 1_000: 50}, second="会計 太郎")
    cash_boxes.count_box(ctx, box_id=box.id, kind="open", pieces={10_000: 150, 5_000: 10, 1_000: 50})
    for place, one in enumerate(ids[:3]):
        paid = cash_desk.pay(ctx, voucher_id=one, identified=("licence", "card", "known")[place], box_id=box.id)
        if place == 2:
            cash_desk.ask_refund(ctx, receipt_id=paid.receipt.id, reason="同じ名前の別の人だった")


def _approve(ctx: Context) -> list[str]:
    """An approved cash batch with a voucher for each."""
    with ctx.unit() as uow:
        programme = uow.programmes.add(Programme(id=new_id(), code="cash-shot", title="令和6年見本地震 見舞金", kind="sympathy"))
        found = uow.rounds.add(ReliefRound(id=new_id(), programme_id=programme.id, title="第1次", state="open"))
        batch = uow.batches.add(
            PaymentBatch(
                id=new_id(), number="B-0007", programme_id=programme.id, round_id=found.id, way="cash", state="approved", count=len(_AMOUNTS),
                total=sum(_AMOUNTS), device_id=ctx.place.device_id,
            )
        )  # fmt: skip
        payments = [_payment(uow, batch, place) for place in range(len(_AMOUNTS))]
        post_approved(uow, batch, payments)
        made = vouchers.make_vouchers(uow, batch, payments)
        uow.commit()
    return [one.id for one in made]


def _payment(uow: Any, batch: PaymentBatch, place: int) -> Payment:
    name, kana = _NAMES[place]
    owed = uow.entitlements.add(
        Entitlement(
            id=new_id(), programme_id=batch.programme_id, round_id=batch.round_id, subject=f"shot:{place}", name=name, due=_AMOUNTS[place],
        )
    )  # fmt: skip
    made: Payment = uow.payments.add(
        Payment(
            id=new_id(), code=f"{place:020d}", batch_id=batch.id, programme_id=batch.programme_id, round_id=batch.round_id, position=place,
            way="cash", name=name, kana=kana, birth=f"19{40 + place * 4}-0{place % 9 + 1}-1{place % 9}",
            address=f"支市見本町{place + 1}丁目{place + 3}-{place + 2}",
            district="見本町", category="全壊", amount=_AMOUNTS[place], state="approved",
        )
    )  # fmt: skip
    uow.shares.add(PaymentShare(id=new_id(), payment_id=made.id, batch_id=batch.id, entitlement_id=owed.id, amount=made.amount))
    return made


def _open(stage: Stage, tab: str) -> Any:
    stage.preferences.set("cash.folder", str(stage.home))
    window = stage.window_on(stage.other("cash", _fill), "cash", tab=tab)
    stage.settle()
    return window


def _tab(window: Any, key: str) -> Any:
    return window.page("cash").tab(key)


@shot("cash-desk")
def _(stage: Stage) -> QWidget:
    return _open(stage, "pay")


@shot("cash-paying")
def _(stage: Stage) -> QWidget:
    window = _open(stage, "pay")
    tab = _tab(window, "pay")
    tab.find("架空")
    stage.settle()
    tab.card.identify(1)
    tab.card.pay_button.click()
    return window


@shot("cash-refused")
def _(stage: Stage) -> QWidget:
    window = _open(stage, "pay")
    _tab(window, "pay").find("髙橋")
    stage.settle()
    return window


@shot("cash-vouchers")
def _(stage: Stage) -> QWidget:
    return _open(stage, "vouchers")


@shot("cash-assign")
def _(stage: Stage) -> QWidget:
    tab = _tab(_open(stage, "vouchers"), "vouchers")
    return tab.acts.assign(tab.chosen)


@shot("cash-boxes")
def _(stage: Stage) -> QWidget:
    return _open(stage, "boxes")


@shot("cash-count")
def _(stage: Stage) -> QWidget:
    dialog = _tab(_open(stage, "boxes"), "boxes").count("close")
    for one, count in ((10_000, 114), (5_000, 12), (1_000, 40)):
        dialog.pieces[one].set_value(count)
    return dialog


@shot("cash-uncollected")
def _(stage: Stage) -> QWidget:
    return _open(stage, "uncollected")
