"""Money in a training folder: programmes, casualties, claims, payees, batches in every state, a transfer that failed in part, cash at a desk.

Everything goes through the use cases of real work, by two operators, so that what two people must do is done by two people. A folder with few
households gets as much of it as it has people for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from app import resources
from app.domain.building import Victim, VictimMember
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.half_kana import to_half_kana
from app.domain.relief import Entitlement
from app.usecases import accounts, batches, cash_boxes, cash_desk, casualties, claims, entitlements, ledger, loans, payees, vouchers
from app.usecases.bank_profiles import list_profiles
from app.usecases.cash_rows import VoucherFilter
from app.usecases.context import Context
from app.usecases.programmes import find_programme, find_round, find_shipped, import_programme, list_rounds, set_state
from app.usecases.relief_calculation import calculate
from app.usecases.transfer_days import business_days
from app.usecases.transfer_results import reconcile, set_result, take_results
from app.usecases.transfer_rows import BankAnswer
from app.usecases.transfers import hand_over, write_transfer

Staff = Callable[[str, datetime], Context]
"""The context of ``accounting`` or ``approval`` at a moment."""
_SHIPPED = ("saiken", "choui", "engo", "mimai")
_ACCOUNTS = 30
_BUDGET, _LENT, _ALLOTTED = 20_000_000, 5_000_000, 1_200_000
_BANKS = (("0001", "001"), ("0005", "001"), ("0009", "001"), ("0150", "101"))
_FAILED, _ENOUGH = 2, 6
"""Which payment of the first batch does not arrive; how many late ones are two batches."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who acts when: ``one`` prepares, ``two`` approves; the day before yesterday, yesterday, today. ``other``: who made the folder."""

    staff: Staff
    other: Context
    words: Mapping[str, Any]
    days: tuple[datetime, datetime, datetime]

    def one(self, day: int) -> Context:
        return self.staff("accounting", self.days[day])

    def two(self, day: int) -> Context:
        return self.staff("approval", self.days[day])

    def iso(self, day: int) -> str:
        return self.days[day].astimezone(JST).date().isoformat()


def fill_relief(ctx: Context, *, staff: Staff, seed: int) -> None:
    """Everything. ``staff`` gives contexts of the two operators named in ``resources/training/relief.toml``."""
    now = ctx.now()
    desk = _Desk(staff, ctx, resources.read_toml("training", "relief.toml"), (now - timedelta(days=2), now - timedelta(days=1), now))
    random = Random(seed + 7)
    _programmes(desk)
    _people(desk)
    _claims(desk)
    first = find_round(ctx, programme=_CODE, code="1").id
    ledger.receive_budget(
        desk.one(0),
        programme_id=find_programme(ctx, code=_CODE).id,
        round_id=first,
        amount=_BUDGET,
        memo=desk.words["source_memo"],
        day=desk.iso(0),
    )
    ledger.receive_budget(
        desk.one(0), programme_id=find_programme(ctx, code="engo").id, amount=_LENT, memo=desk.words["loan_memo"], day=desk.iso(0)
    )
    calculate(desk.one(0), round_id=first)
    for code in ("choui", "saiken", "engo"):
        calculate(desk.one(0), round_id=find_round(ctx, programme=code, code="1").id)
    owed = _entitled(desk.one(0), first)
    _receivers(desk, random, owed)
    _decline(desk, owed)
    cash = [one.id for place, one in enumerate(owed) if place % 3 == 2]
    _transfer(desk, first, [one.id for one in owed if one.id not in cash])
    _cash(desk, first, cash)
    _late(desk, first)
    _loan(desk)


_CODE = "kunren-gienkin"


def _programmes(desk: _Desk) -> None:
    ctx = desk.one(0)
    path = resources.path("training", "gienkin.toml")
    for text, name in ((path.read_text("utf-8"), path.name), *((one.text, one.name) for one in map(find_shipped, _SHIPPED))):
        import_programme(ctx, text=text, name=name)
    opened = {find_programme(ctx, code=code).id for code in (_CODE, *_SHIPPED)}
    for one in list_rounds(ctx):
        if one.programme_id in opened and one.state == "draft" and one.code == "1":
            set_state(ctx, round_id=one.id, state="open")


def _people(desk: _Desk) -> None:
    """Two dead, one hurt, one only reported; confirmed by another."""
    ctx, day = desk.one(0), desk.one(0).place.occurred_at.astimezone(JST).date().isoformat()
    found = _members(ctx)
    harms = (("dead", False), ("serious", None), ("dead", True), ("light", None))
    for place, (harm, breadwinner) in enumerate(harms):
        if place >= len(found):
            return
        member = found[place]
        values = {
            "name": member.name, "kana": member.kana, "birth": member.birth, "harm": harm, "harmed_on": day, "breadwinner": breadwinner,
            "victim_id": member.victim_id, "resident_no": member.resident_no, "document": desk.words["document" if harm == "dead" else "injury_document"],
        }  # fmt: skip
        made = casualties.save_casualty(ctx, values=values)
        if place < 3:
            casualties.confirm_casualty(desk.two(0), casualty_id=made.casualty.id)


def _members(ctx: Context) -> list[VictimMember]:
    """Somebody of each of some households that anybody may know of: the last in order, so seldom the head."""
    with ctx.unit() as uow:
        known: dict[str, VictimMember] = {}
        for one in uow.members.where():
            known[one.victim_id] = one
    hidden = ctx.reads.seen_by(see_protected=True).certificates.withheld(known)
    return [one for victim, one in known.items() if victim not in hidden]


def _claims(desk: _Desk) -> None:
    """Claims in several states: complete, waiting for papers, just received, and one for a loan."""
    ctx = desk.one(0)
    programme, loan = find_programme(ctx, code="saiken"), find_programme(ctx, code="engo")
    with ctx.unit() as uow:
        certified = {one.victim_id for one in uow.certificates.where(kind="damage", state="issued")}
    homes = sorted(_judged(ctx), key=lambda one: one[0].id not in certified)
    for place, (victim, _) in enumerate([one for one in homes if one[1] in ("total", "large", "medium")][:6]):
        papers = programme.documents if place < 3 else programme.documents[:1] if place < 5 else ()
        values = {
            "programme_id": programme.id, "victim_id": victim.id, "claimed_by": victim.head_name, "claimed_on": desk.iso(0), "documents": papers,
            "method": ("build", "repair", "rent", "")[place % 4],
        }  # fmt: skip
        claims.save_claim(ctx, values=values)
    for victim, _ in [one for one in homes if one[1] in ("total", "large", "medium", "half")][:1]:
        asked: dict[str, Any] = {
            "programme_id": loan.id, "victim_id": victim.id, "claimed_by": victim.head_name, "claimed_on": desk.iso(0),
            "documents": loan.documents, "requested": 1_500_000, "income": 1_800_000, "goods_lost": True,
        }  # fmt: skip
        claims.save_claim(ctx, values=asked)


def _judged(ctx: Context) -> list[tuple[Victim, str]]:
    """Households with the grade of their main building, not those of protected people."""
    with ctx.unit() as uow:
        links = [(one.victim_id, one.building_id) for one in uow.occupancies.where(main=True)]
    reads = ctx.reads.seen_by(see_protected=True).certificates
    counted, hidden = reads.counted({building for _, building in links}), reads.withheld(victim for victim, _ in links)
    homes = reads.many(Victim, [victim for victim, building in links if building in counted and victim not in hidden])
    return [(homes[victim], counted[building][1]) for victim, building in links if victim in homes and building in counted]


def _entitled(ctx: Context, round_id: str) -> list[Entitlement]:
    """Those with money of the round whom anybody may know of, in order."""
    with ctx.unit() as uow:
        found = [one for one in uow.entitlements.where(round_id=round_id, state="open") if one.due > 0]
    seen = ctx.reads.seen_by(see_protected=False)
    return [one for one in found if seen.get("entitlement", one.id) is not None]


def _receivers(desk: _Desk, random: Random, owed: Sequence[Entitlement]) -> None:
    """A payee for everybody, accounts for most: checked, waiting, wrong, one of the post bank; every third takes cash."""
    ctx = desk.one(0)
    cash = [one for place, one in enumerate(owed) if place % 3 == 2]
    payees.adopt_payees(ctx, entitlements=cash, way="cash")
    payees.adopt_payees(ctx, entitlements=owed)
    _heir(desk, owed)
    chosen = payees.payees_for(ctx.reads, owed)
    receivers = [one.payee for one in chosen.values() if one.payee is not None and one.payee.way == "transfer"]
    entered = []
    number = min(_ACCOUNTS, len(receivers))
    for place in range(number):
        payee = receivers[place * len(receivers) // number]  # from the whole list, so that every batch finds some
        holder = to_half_kana(payee.kana.replace("\u3000", " "))[0]
        bank, branch = _BANKS[place % len(_BANKS)]
        place_of: dict[str, Any] = {"bank": bank, "branch": branch, "number": f"{random.randrange(10**6, 10**7)}"}
        if place % 6 == 5:
            place_of = {"symbol": "1" + f"{random.randrange(100, 1000)}" + "0", "symbol_no": f"{random.randrange(10**6, 10**7)}1"}
        with suppress(RuleViolation):  # a symbol or branch that does not exist: this one has no account yet
            entered.append(accounts.save_account(ctx, payee_id=payee.id, values={**place_of, "holder": holder or payee.kana}).account_id)
    for place, account in enumerate(entered):
        if place % 8 == 7:
            continue
        accept = place % 11 != 9
        accounts.check_account(desk.two(0), account_id=account, accept=accept, note="" if accept else desk.words["wrong_note"])


def _heir(desk: _Desk, owed: Iterable[Entitlement]) -> None:
    """The money for the first who died goes to another of the household."""
    ctx = desk.one(0)
    for one in owed:
        if one.unit != "person" or not one.casualty_id or not one.victim_id:
            continue
        with ctx.unit() as uow:
            family = [each for each in uow.members.where(victim_id=one.victim_id) if each.name != one.name]
        if family:
            heir = family[0]
            values = {
                "role": "spouse",
                "name": heir.name,
                "kana": heir.kana,
                "birth": heir.birth,
                "address": one.address,
                "consent": desk.words["document"],
            }
            with suppress(RuleViolation):
                payees.save_payee(ctx, values=values, entitlement_id=one.id)
            return


def _decline(desk: _Desk, owed: Sequence[Entitlement]) -> None:
    if len(owed) > 6:
        entitlements.decline(desk.one(0), entitlement_ids=[owed[-1].id], reason=desk.words["decline_reason"], declined_on=desk.iso(0))


# -- transfer ----------------------------------------------------------------------------------------------------


def _transfer(desk: _Desk, round_id: str, ids: Sequence[str]) -> None:
    """Half of them are paid but for one payment; a few more are at the bank, which has not answered yet."""
    half, more = max(1, len(ids) // 2), max(1, len(ids) // 2) + len(ids) // 5
    first = _prepared(desk, 0, round_id, ids[:half], title=desk.words["batch_first"])
    if first:
        _send(desk, 0, first)
        _answer(desk, first)
    second = _prepared(desk, 1, round_id, ids[half:more], title=desk.words["batch_second"])
    if second:
        _send(desk, 1, second)


def _send(desk: _Desk, day: int, batch_id: str) -> None:
    """Approved, written, handed to the bank."""
    _approve(desk, day, batch_id)
    ctx = desk.one(day)
    with TemporaryDirectory() as folder:
        profile = list_profiles(ctx)[0]
        on = business_days(ctx).following(desk.days[day].astimezone(JST).date() + timedelta(days=1 + profile.lead))
        written = write_transfer(ctx, batch_id=batch_id, profile=profile.id, transfer_on=on.isoformat(), out=Path(folder) / "furikomi.txt")
        hand_over(ctx, file_ids=[one.id for one in written.files])


def _answer(desk: _Desk, batch_id: str) -> None:
    """The bank paid all but the second; its statement agrees."""
    ctx = desk.one(1)
    rows = batches.payment_rows(ctx, batch_id=batch_id)
    answers = [
        BankAnswer(
            line=place,
            code=row.code,
            failure="name" if place == _FAILED else "",
            reason=desk.words["failed_reason"] if place == _FAILED else "",
        )
        for place, row in enumerate(rows, 1)
    ]
    take_results(ctx, answers=answers, name=desk.words["result_file"], sha256="0" * 64, batch_id=batch_id, paid_on=desk.iso(1))
    out = sum(row.amount for place, row in enumerate(rows, 1) if place != _FAILED)
    reconcile(ctx, batch_id=batch_id, day=desk.iso(1), statement=out, fee=660)


def _prepared(desk: _Desk, day: int, round_id: str, ids: Sequence[str], *, title: str, way: str = "transfer") -> str:
    """The batch of these, if there is anybody in it who can be paid."""
    if not ids:
        return ""
    made = batches.prepare(desk.one(day), round_id=round_id, way=way, entitlement_ids=ids, title=title)
    return made.batches[0].id if made.batches else ""


def _approve(desk: _Desk, day: int, batch_id: str) -> None:
    batches.check_batch(desk.two(day), batch_id=batch_id)
    batches.approve_batch(desk.two(day), batch_id=batch_id)


def _late(desk: _Desk, round_id: str) -> None:
    """Who can be paid since: a batch waits for approval, and if there are enough, one was returned and one is a draft."""
    ids = [one.id for one in _entitled(desk.one(2), round_id)]
    made = batches.prepare(desk.one(2), round_id=round_id, entitlement_ids=ids, title=desk.words["batch_late"])
    open_now = [row.id for batch in made.batches if not batch.guarded for row in batches.payment_rows(desk.one(2), batch_id=batch.id)]
    if not open_now:
        return
    batch_id = next(batch.id for batch in made.batches if not batch.guarded)
    if len(open_now) >= _ENOUGH:
        batches.remove_payments(desk.one(2), batch_id=batch_id, payment_ids=open_now[_ENOUGH // 2 :], reason=desk.words["apart_reason"])
        batches.return_batch(desk.two(2), batch_id=batch_id, reason=desk.words["return_reason"])
        again = batches.prepare(desk.one(2), round_id=round_id, entitlement_ids=ids, title=desk.words["batch_last"])
        batch_id = again.batches[0].id if again.batches else batch_id
    batches.check_batch(desk.two(2), batch_id=batch_id)


# -- cash --------------------------------------------------------------------------------------------------------


def _cash(desk: _Desk, round_id: str, ids: Sequence[str]) -> None:
    """Vouchers: some paid at the desk of headquarters, one given back, some uncollected, some not assigned yet; a box, counted."""
    batch = _prepared(desk, 0, round_id, ids, title=desk.words["batch_cash"], way="cash")
    if not batch:
        return
    _approve(desk, 0, batch)
    one, two = desk.one(1), desk.two(1)
    ledger.allot(
        one, site_id=one.place.site_id, amount=_ALLOTTED, second=two.actor.name, programme_id=find_programme(one, code=_CODE).id,
        memo=desk.words["allot_memo"],
    )  # fmt: skip
    box, _ = cash_boxes.save_box(one, name=desk.words["box"])
    cash_boxes.move_money(one, box_id=box.id, kind="in", pieces={10_000: 110, 5_000: 10, 1_000: 50}, second=two.actor.name)
    cash_boxes.count_box(one, box_id=box.id, kind="open", pieces={10_000: 110, 5_000: 10, 1_000: 50}, explanation=desk.words["count_note"])
    made = vouchers.list_voucher_ids(one, filter=VoucherFilter(batch_id=batch))
    here = made[: max(1, len(made) * 3 // 4)]
    vouchers.assign(one, voucher_ids=here)
    vouchers.ensure_site(one, name=desk.words["site"])
    paid = [
        cash_desk.pay(one, voucher_id=voucher, identified=("card", "licence", "certificate")[place % 3], box_id=box.id)
        for place, voucher in enumerate(here[: max(1, (len(here) + 1) // 2)])
    ]
    if len(paid) > 1:
        asked = cash_desk.ask_refund(one, receipt_id=paid[-1].receipt.id, reason=desk.words["refund_reason"])
        cash_desk.confirm_refund(desk.other, refund_id=asked.receipt.id)


def _loan(desk: _Desk) -> None:
    """The loan that was claimed: paid out by the bank, then lent by its schedule."""
    ctx = desk.one(0)
    round_id = find_round(ctx, programme="engo", code="1").id
    owed = _entitled(ctx, round_id)[:1]
    if not owed or "certificate" in owed[0].wants:
        return
    payees.adopt_payees(ctx, entitlements=owed)
    payee = payees.payees_for(ctx.reads, owed)[owed[0].id].payee
    if payee is None:
        return
    if not payee.account_id:
        bank, branch = _BANKS[0]
        holder = to_half_kana(payee.kana.replace("\u3000", " "))[0]
        made = accounts.save_account(ctx, payee_id=payee.id, values={"bank": bank, "branch": branch, "number": "7654321", "holder": holder})
        accounts.check_account(desk.two(0), account_id=made.account_id, accept=True)
    batch = _prepared(desk, 0, round_id, [owed[0].id], title=desk.words["batch_loan"])
    if batch:
        _send(desk, 0, batch)
        (row,) = batches.payment_rows(desk.one(1), batch_id=batch)
        set_result(desk.one(1), payment_id=row.id, paid_on=desk.iso(1))
        loans.lend(desk.one(2), entitlement_id=owed[0].id, lent_on=desk.iso(1), payment_id=row.id, guarantor=desk.words["guarantor"])
