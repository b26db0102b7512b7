"""The desk on a real store: paid once, durable, refused in words, undone only by two people, boxes that agree."""

from __future__ import annotations

import pytest

from app.bootstrap import gateway
from app.domain import voucher_rules
from app.domain.errors import EnvironmentFault, RuleViolation
from app.presentation.cash_values import day_sheet_values
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.cash_rows import ReceiptFilter, VoucherFilter
from app.usecases.voucher_messages import build_carry, note_carried
from tests.batches_town import take_over
from tests.cash_town import OPERATOR, PASSWORD, SECOND, SECOND_PASSWORD, add_second, approve_cash, ledger, voucher
from tests.stores import Town


def leave(town: Town, *, letters: str) -> None:
    """What the device with these letters has to know leaves on a stick."""
    carry = build_carry(town.ctx, letters=letters)
    assert carry is not None
    with town.ctx.unit() as uow:
        note_carried(uow, carry, target="x")
        uow.commit()


def assigned(town: Town, *amounts: int, **how: object) -> list[str]:
    """Vouchers that this device may pay."""
    made = approve_cash(town.ctx, amounts, **how)  # type: ignore[arg-type]
    vouchers.assign(town.ctx, batch_id=made.batch_id)
    return made.ids


def test_paying_settles_everything_in_one_act_and_is_on_the_disk(town: Town) -> None:
    first, second = assigned(town, 200_000, 50_000)
    paid = cash_desk.pay(town.ctx, voucher_id=first, identified="licence")
    assert (paid.row.amount, paid.row.clerk, paid.row.received_by) == (200_000, OPERATOR, "受取 1郎")
    town.session._store.close()  # as if the power went: nothing was closed in order
    session = gateway(now=town.clock).open(town.folder, operator=OPERATOR, password=PASSWORD)
    try:
        ctx = session.context
        assert voucher(ctx, first).state == "paid"
        payment = ctx.reads.get("payment", paid.receipt.payment_id)
        assert payment.state == "paid" and payment.entry == paid.receipt.entry  # type: ignore[union-attr]
        assert ledger(ctx) == {"commitments": -50_000, "committed": 50_000, "paid": 200_000, "site": -200_000}
        assert ctx.reads.get("payment_batch", voucher(ctx, first).batch_id).state == "approved"  # type: ignore[union-attr]
        cash_desk.pay(ctx, voucher_id=second, identified="card")
        assert ctx.reads.get("payment_batch", voucher(ctx, first).batch_id).state == "settled"  # type: ignore[union-attr]
    finally:
        session.close(backup=False)


def test_a_second_payment_is_refused_with_whom_when_and_where(town: Town) -> None:
    (one,) = assigned(town, 30_000)
    cash_desk.pay(town.ctx, voucher_id=one, identified="licence")
    with pytest.raises(RuleViolation) as refused:
        cash_desk.pay(town.ctx, voucher_id=one, identified="licence")
    assert refused.value.code == "voucher.already_paid"
    assert refused.value.params["by"] == OPERATOR and refused.value.params["where"] == town.ctx.place.site_name
    assert refused.value.params["at"] is not None
    assert len(cash_desk.list_receipt_ids(town.ctx, filter=ReceiptFilter())) == 1


def test_scan_number_name_and_kana_find_it(town: Town) -> None:
    made = approve_cash(town.ctx, [10_000], names=["髙橋　太郎"])
    vouchers.assign(town.ctx, batch_id=made.batch_id)
    code = voucher_rules.voucher_code(voucher(town.ctx, made.ids[0]), mark=cash_desk.disaster_mark(town.ctx))
    scanned = cash_desk.find_voucher(town.ctx, text=code)
    assert scanned.exact and scanned.term == 1
    for text in (made.numbers[0], made.numbers[0].lower().replace("-", " "), "高橋", "うけとり"):
        assert [row.id for row in cash_desk.find_voucher(town.ctx, text=text).rows] == made.ids
    assert cash_desk.find_voucher(town.ctx, text="いない人").rows == ()
    with pytest.raises(RuleViolation, match=r"voucher\.other_disaster"):
        cash_desk.find_voucher(town.ctx, text=code.replace(code.split(":")[1], "00000000"))
    with pytest.raises(RuleViolation, match=r"voucher\.code_damaged"):
        cash_desk.find_voucher(town.ctx, text=code[:-5])
    with pytest.raises(RuleViolation, match=r"voucher\.not_found"):
        cash_desk.find_voucher(town.ctx, text=voucher_rules.voucher_number("AAAA", 1))


def test_an_older_paper_of_the_same_voucher_is_worth_nothing(town: Town) -> None:
    (one,) = assigned(town, 10_000)
    vouchers.recall(town.ctx, voucher_ids=[one])
    vouchers.assign(town.ctx, voucher_ids=[one])
    with pytest.raises(RuleViolation, match=r"voucher\.older_term"):
        cash_desk.pay(town.ctx, voucher_id=one, identified="card", term=1)
    assert cash_desk.pay(town.ctx, voucher_id=one, identified="card", term=2).voucher.state == "paid"


def test_identity_and_another_taker_are_asked_for(town: Town) -> None:
    (one,) = assigned(town, 10_000)
    with pytest.raises(RuleViolation, match=r"voucher\.identify"):
        cash_desk.pay(town.ctx, voucher_id=one, identified="")
    with pytest.raises(RuleViolation, match=r"voucher\.relation"):
        cash_desk.pay(town.ctx, voucher_id=one, identified="card", received_by="代理 花子")
    paid = cash_desk.pay(town.ctx, voucher_id=one, identified="card", received_by="代理 花子", relation="妻")
    assert (paid.row.received_by, paid.row.relation) == ("代理 花子", "妻")


def test_another_sites_and_another_devices_vouchers_are_refused(town: Town) -> None:
    made = approve_cash(town.ctx, [1000, 2000, 3000])
    site = vouchers.ensure_site(town.ctx, name="見本小学校")
    assert vouchers.ensure_site(town.ctx, name="見本小学校").id == site.id
    vouchers.assign(town.ctx, voucher_ids=[made.ids[0]], site_id=site.id, device="ZZZZ")
    vouchers.assign(town.ctx, voucher_ids=[made.ids[1]], site_id=town.ctx.place.site_id, device="ZZZZ")
    for one, code in zip(made.ids, ("other_site", "other_device", "not_assigned"), strict=True):
        with pytest.raises(RuleViolation, match=rf"voucher\.{code}"):
            cash_desk.pay(town.ctx, voucher_id=one, identified="card")
    with pytest.raises(RuleViolation, match=r"voucher\.device_missing"):
        vouchers.assign(town.ctx, voucher_ids=[made.ids[2]], site_id=site.id)
    leave(town, letters="ZZZZ")
    asked = vouchers.recall(town.ctx, voucher_ids=[made.ids[0]])
    assert asked.waiting == 1
    with pytest.raises(RuleViolation, match=r"voucher\.held"):
        vouchers.assign(town.ctx, voucher_ids=[made.ids[0]])


def test_letters_typed_wrong_are_taken_back_as_long_as_no_file_was_written(town: Town) -> None:
    made = approve_cash(town.ctx, [1000])
    vouchers.assign(town.ctx, voucher_ids=made.ids, site_id=town.ctx.place.site_id, device="ZZZY")
    stale = build_carry(town.ctx, letters="ZZZY")
    assert stale is not None
    assert vouchers.recall(town.ctx, voucher_ids=made.ids).waiting == 0
    assert voucher(town.ctx, made.ids[0]).state == "ready"
    with pytest.raises(RuleViolation, match=r"voucher\.changed_meanwhile"), town.ctx.unit() as uow:
        note_carried(uow, stale, target="x")
    vouchers.assign(town.ctx, voucher_ids=made.ids)
    assert cash_desk.pay(town.ctx, voucher_id=made.ids[0], identified="card").voucher.term == 2


def test_a_refund_needs_a_reason_and_another_person_who_may_sign_beside(town: Town) -> None:
    (one,) = assigned(town, 40_000)
    paid = cash_desk.pay(town.ctx, voucher_id=one, identified="card")
    with pytest.raises(RuleViolation, match=r"reason\.missing"):
        cash_desk.ask_refund(town.ctx, receipt_id=paid.receipt.id, reason=" ")
    asked = cash_desk.ask_refund(town.ctx, receipt_id=paid.receipt.id, reason="人違い")
    with pytest.raises(RuleViolation, match=r"cash\.refund_twice"):
        cash_desk.ask_refund(town.ctx, receipt_id=paid.receipt.id, reason="人違い")
    with pytest.raises(RuleViolation, match=r"cash\.two_people"):
        cash_desk.confirm_refund(town.ctx, refund_id=asked.receipt.id)
    add_second(town.ctx)
    with pytest.raises(RuleViolation, match=r"cash\.second_unknown"):
        cash_desk.confirm_refund(town.ctx, refund_id=asked.receipt.id, second="いない人", password=PASSWORD)
    before = ledger(town.ctx)
    done = cash_desk.confirm_refund(town.ctx, refund_id=asked.receipt.id, second=SECOND, password=SECOND_PASSWORD)
    assert (done.row.state, done.row.clerk, done.row.second) == ("done", OPERATOR, SECOND)
    after = ledger(town.ctx)
    assert after.get("site", 0) == before["site"] + 40_000
    assert voucher(town.ctx, one).state == "refunded"
    shares = [share for share in town.ctx.reads.all("payment_share") if share.payment_id == paid.receipt.payment_id]  # type: ignore[attr-defined]
    assert [share.live for share in shares] == [False]  # type: ignore[attr-defined]
    with pytest.raises(RuleViolation, match=r"voucher\.refunded"):
        cash_desk.pay(town.ctx, voucher_id=one, identified="card")


def test_a_wrong_password_beside_refunds_nothing(town: Town) -> None:
    (one,) = assigned(town, 40_000)
    paid = cash_desk.pay(town.ctx, voucher_id=one, identified="card")
    asked = cash_desk.ask_refund(town.ctx, receipt_id=paid.receipt.id, reason="人違い")
    add_second(town.ctx)
    with pytest.raises(EnvironmentFault, match=r"signin\.refused"):
        cash_desk.confirm_refund(town.ctx, refund_id=asked.receipt.id, second=SECOND, password=PASSWORD)
    assert voucher(town.ctx, one).state == "paid"
    refused = cash_desk.refuse_refund(town.ctx, refund_id=asked.receipt.id)
    assert refused.row.state == "refused"


def test_protected_people_are_nowhere_without_the_right(town: Town) -> None:
    (hidden,) = assigned(town, 70_000, guarded=True, names=["秘匿 花子"])
    desk = town.acting("accounting")
    assert vouchers.list_voucher_ids(desk, filter=VoucherFilter()) == []
    assert cash_desk.find_voucher(desk, text="秘匿").rows == ()
    number = voucher(town.ctx, hidden).number
    for act in (
        lambda: cash_desk.find_voucher(desk, text=number),
        lambda: cash_desk.pay(desk, voucher_id=hidden, identified="card"),
    ):
        with pytest.raises(RuleViolation, match=r"payment\.withheld"):
            act()
    cash_desk.pay(town.ctx, voucher_id=hidden, identified="card")
    assert cash_desk.list_receipt_ids(desk, filter=ReceiptFilter()) == []
    sheet = cash_boxes.day_sheet(desk)
    assert (sheet.receipts, sheet.paid, sheet.withheld) == ((), 70_000, 1)


def test_a_box_agrees_with_its_receipts_and_a_difference_is_explained_and_posted(town: Town) -> None:
    box, _ = cash_boxes.save_box(town.ctx, name="金庫1")
    with pytest.raises(RuleViolation, match=r"cash\.two_people"):
        cash_boxes.move_money(town.ctx, box_id=box.id, kind="in", pieces={10_000: 30}, second=OPERATOR)
    cash_boxes.move_money(town.ctx, box_id=box.id, kind="in", pieces={10_000: 30}, second=SECOND)
    ids = assigned(town, 120_000, 30_000)
    needed = cash_boxes.needed_cash(town.ctx)
    assert (needed.vouchers, needed.total, needed.pieces) == (2, 150_000, {10_000: 15})
    cash_desk.pay(town.ctx, voucher_id=ids[0], identified="card")
    assert cash_boxes.list_boxes(town.ctx)[0].balance == 180_000
    with pytest.raises(RuleViolation) as refused:
        cash_boxes.count_box(town.ctx, box_id=box.id, kind="close", pieces={10_000: 17, 1_000: 9})
    assert refused.value.code == "cash.difference"
    assert (refused.value.params["expected"], refused.value.params["difference"]) == (180_000, -1_000)
    counted = cash_boxes.count_box(town.ctx, box_id=box.id, kind="close", pieces={10_000: 17, 1_000: 9}, explanation="釣り銭の誤り")
    assert (counted.row.difference, counted.balance) == (-1_000, 179_000)
    sums = ledger(town.ctx)
    assert sums["difference"] == 1_000 and sums["site"] == 179_000
    sheet = cash_boxes.day_sheet(town.ctx)
    (day,) = sheet.boxes
    assert (day.start, day.brought, day.paid, day.difference, day.end) == (0, 300_000, 120_000, -1_000, 179_000)
    assert [(line.clerk, line.payments, line.paid) for line in sheet.clerks] == [(OPERATOR, 1, 120_000)]
    town.clock.forward(days=1)
    assert cash_boxes.day_sheet(town.ctx).boxes[0].start == 179_000
    with pytest.raises(RuleViolation, match=r"cash\.too_much_out"):
        cash_boxes.move_money(town.ctx, box_id=box.id, kind="out", pieces={10_000: 18}, second=SECOND)
    with pytest.raises(RuleViolation, match=r"cash\.box_not_empty"):
        cash_boxes.save_box(town.ctx, name="金庫1", box_id=box.id, closed=True)


def test_two_people_void_a_frozen_voucher_and_its_money_is_free_again(town: Town) -> None:
    made = approve_cash(town.ctx, [90_000])
    site = vouchers.ensure_site(town.ctx, name="例示体育館")
    vouchers.assign(town.ctx, voucher_ids=made.ids, site_id=site.id, device="ZZZZ")
    with pytest.raises(RuleViolation, match=r"voucher\.void_held"):
        vouchers.ask_void(town.ctx, voucher_ids=made.ids, reason="紛失")
    vouchers.freeze(town.ctx, device="ZZZZ", reason="端末の流失")
    vouchers.ask_void(town.ctx, voucher_ids=made.ids, reason="端末の流失")
    with pytest.raises(RuleViolation, match=r"voucher\.two_people"):
        vouchers.confirm_void(town.ctx, voucher_ids=made.ids)
    vouchers.confirm_void(add_second(town.ctx), voucher_ids=made.ids)
    assert voucher(town.ctx, made.ids[0]).state == "void"
    payment = town.ctx.reads.get("payment", voucher(town.ctx, made.ids[0]).payment_id)
    assert payment.state == "void"  # type: ignore[union-attr]
    assert ledger(town.ctx) == {}


def test_a_restored_folder_of_headquarters_may_neither_pay_nor_assign_what_its_old_one_holds(town: Town) -> None:
    made = approve_cash(town.ctx, [5_000, 6_000])
    vouchers.assign(town.ctx, voucher_ids=[made.ids[0]])
    town.ctx.backups.write(town.folder.with_name("b.sasae-backup"))
    copy = town.folder.with_name("copy")
    gateway(now=town.clock).restore(town.folder.with_name("b.sasae-backup"), into=copy, operator=OPERATOR, password=PASSWORD)
    session = gateway(now=town.clock).open(copy, operator=OPERATOR, password=PASSWORD)
    try:
        with pytest.raises(RuleViolation, match=r"voucher\.other_device"):
            cash_desk.pay(session.context, voucher_id=made.ids[0], identified="card")
        for act in (lambda: vouchers.assign(session.context, voucher_ids=[made.ids[1]]), lambda: vouchers.adopt(session.context, reason="故障")):
            with pytest.raises(RuleViolation, match=r"relief\.other_home"):
                act()
        take_over(session.context, add_second(session.context, roles=("approval",)))
        with pytest.raises(RuleViolation, match=r"voucher\.not_home"):
            vouchers.assign(session.context, voucher_ids=[made.ids[1]])
        taken = vouchers.adopt(session.context, reason="本部の端末の故障")
        assert len(taken.done) == 2
        with pytest.raises(RuleViolation, match=r"voucher\.held"):
            vouchers.assign(session.context, voucher_ids=[made.ids[1]])
    finally:
        session.close(backup=False)


def test_rights(town: Town) -> None:
    made = approve_cash(town.ctx, [5_000])
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        vouchers.assign(town.acting("shelter"), batch_id=made.batch_id)
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        cash_desk.pay(town.acting("survey"), voucher_id=made.ids[0], identified="card")


def test_boxes_and_what_went_through_none_add_up_to_the_clerks(town: Town) -> None:
    first, second = assigned(town, 5_000, 7_000)
    paid = cash_desk.pay(town.ctx, voucher_id=first, identified="none")
    assert [code for code, _ in paid.warnings] == ["cash.not_identified"] and paid.row.identified == "none"
    cash_boxes.save_box(town.ctx, name="金庫1")
    assert [code for code, _ in cash_desk.pay(town.ctx, voucher_id=second, identified="card").warnings] == ["cash.box_short"]
    sheet = cash_boxes.day_sheet(town.ctx)
    assert (sheet.outside.payments, sheet.outside.paid, sheet.boxes[0].paid, sheet.boxes[0].end) == (1, 5_000, 7_000, -7_000)
    assert sheet.outside.paid + sum(one.paid for one in sheet.boxes) == sum(one.paid for one in sheet.clerks) == 12_000
    values = day_sheet_values(sheet, sheet.boxes[0], cash_boxes.needed_cash(town.ctx))
    assert values["outside"] == "支払 5,000円（1件）" and "-7,000円" in values["explanation"]
    town.clock.forward(days=1)
    later = cash_boxes.day_sheet(town.ctx)
    assert later.outside.payments == 0 and day_sheet_values(later, later.boxes[0], cash_boxes.needed_cash(town.ctx))["outside"] == "なし"
