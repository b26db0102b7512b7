"""Preparing batches: who can be paid now, merged for each payee, protected people apart, everybody else left out with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from app.domain.errors import RuleViolation
from app.domain.identifiers import lettered_number, new_id
from app.domain.payment_code import payment_code
from app.domain.payments import WAYS, Payee, Payment, PaymentBatch, PaymentShare
from app.domain.relief import MOST_YEN, Entitlement, Programme, ReliefRound
from app.usecases.batch_rows import FailedPayment, LeftOut, LiveMoney, Prepared
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.masking import sees_protected
from app.usecases.money_home import claim_home
from app.usecases.ports import UnitOfWork

if TYPE_CHECKING:
    from app.usecases.payee_rows import PayeeChoice

CORRECT_FIRST = frozenset({"no_account", "name", "closed", "deceased", "stopped"})
"""Failures after which the same account is not tried again: it must be corrected and checked first."""
_IN_THE_WAY = ("claim", "documents", "certificate")
"""What an entitlement may lack that no payee and no account can make good."""
_NONE = LiveMoney(total=0, parts=frozenset())


def prepare(
    ctx: Context,
    *,
    round_id: str,
    way: str = "transfer",
    entitlement_ids: Iterable[str] | None = None,
    title: str = "",
    job: Job = QUIET,
) -> Prepared:
    """Drafts of everything in a round that can be paid this way now, or of these entitlements, in one transaction.

    One payment for each payee with a share for each entitlement: due - before - what is live. Entitlements of protected people come into
    a batch of their own (``guarded``); for an actor who may not see them they are not there. What repeats a failed payment comes into a
    batch linked to the original. In cash: who wants cash or has no account; who has one, when named. In kind: contractors.
    Everybody else with money to pay is in ``left_out`` with a reason (of those named, everybody).
    Needs the right ``relief`` and the money home (``relief.other_home``). RuleViolation ``batch.closed``, ``batch.exemption``, ``batch.over_budget``.
    """
    ctx.require("relief")
    with ctx.unit() as uow:
        claim_home(ctx, uow)
        desk = _Desk.open(ctx, uow, round_id, way, None if entitlement_ids is None else tuple(dict.fromkeys(entitlement_ids)))
        return desk.run(title, job)


def prepare_retry(ctx: Context, *, batch_id: str, way: str = "", title: str = "", job: Job = QUIET) -> Prepared:
    """Drafts that repeat the failed and recalled payments of a batch, linked to it: with a corrected and checked account, or another way.

    RuleViolation ``batch.nothing_failed`` when there is none of them whose money is still open; else as ``prepare``.
    """
    ctx.require("relief")
    with ctx.unit() as uow:
        claim_home(ctx, uow)
        original = need_batch(ctx, uow, batch_id)
        shares = uow.reads.batches.shares(batch_id)
        found = uow.reads.batches.failed(ids={one.entitlement_id for one in shares})
        ids = tuple(sorted(one for one, failed in found.items() if failed.batch_id == batch_id))
        if not ids:
            raise RuleViolation("batch.nothing_failed", number=original.number)
        return _Desk.open(ctx, uow, original.round_id, way or original.way, ids).run(title or original.title, job)


def need_batch(ctx: Context, uow: UnitOfWork, batch_id: str) -> PaymentBatch:
    """The live batch, for somebody who may see everybody in it: else RuleViolation ``payment.withheld``, which says no more."""
    batch = uow.batches.need(batch_id)
    if not sees_protected(ctx) and (batch.guarded or uow.reads.batches.guarded_payments(batch_id)):
        raise RuleViolation("payment.withheld")
    return batch


def check_budget(ctx: Context, uow: UnitOfWork, programme: Programme, round_: ReliefRound, *, wanted: int = 0) -> None:
    """RuleViolation ``batch.over_budget`` when what is live and ``wanted`` are more than the budget of the round or of the programme.

    What it says is only of people the actor may know of; ``batch.over_budget_all`` says no number where that is not all.
    """
    told = uow.reads.seen_by(see_protected=sees_protected(ctx)).batches
    for budget, where in ((round_.budget, {"round_id": round_.id}), (programme.budget, {"programme_id": programme.id})):
        if budget is None or uow.reads.batches.committed(**where) + wanted <= budget:
            continue
        committed = told.committed(**where)
        short = committed + wanted - budget
        if short <= 0:
            raise RuleViolation("batch.over_budget_all", budget=budget)
        raise RuleViolation("batch.over_budget", budget=budget, committed=committed, wanted=wanted, short=short)


@dataclass(frozen=True, slots=True)
class _Part:
    """One entitlement ready to be paid."""

    entitlement: Entitlement
    amount: int
    part: int
    choice: PayeeChoice
    failed: FailedPayment | None

    @property
    def payee_key(self) -> str:
        return self.choice.payee.id if self.choice.payee else f"entitlement:{self.entitlement.id}"


@dataclass(slots=True)
class _Desk:
    """What one act of preparing needs throughout."""

    ctx: Context
    uow: UnitOfWork
    programme: Programme
    round: ReliefRound
    way: str
    named: tuple[str, ...] | None
    left: list[LeftOut] = field(default_factory=list)

    @classmethod
    def open(cls, ctx: Context, uow: UnitOfWork, round_id: str, way: str, named: tuple[str, ...] | None) -> _Desk:
        if way not in WAYS:
            raise RuleViolation("batch.way", field="way", way=way)
        round_ = uow.rounds.need(round_id)
        programme = uow.programmes.need(round_.programme_id)
        if programme.kind == "exemption":
            raise RuleViolation("batch.exemption", title=programme.title)
        if round_.state == "closed" or programme.state == "closed":
            raise RuleViolation("batch.closed", title=f"{programme.title} {round_.title}".strip())
        return cls(ctx, uow, programme, round_, way, named)

    def run(self, title: str, job: Job) -> Prepared:
        reads = self.uow.reads.batches
        job.report(0, None, "job.preparing")
        found = reads.entitlements(round_id=self.round.id) if self.named is None else reads.entitlements(ids=self.named)
        hidden = frozenset() if sees_protected(self.ctx) else reads.guarded([one.id for one in found], ())[0]
        found = self._named(found, hidden)
        parts = self._ready(found, job)
        guarded = reads.guarded([one.entitlement.id for one in parts], {one.choice.payee.id for one in parts if one.choice.payee})
        if not sees_protected(self.ctx):
            parts = [one for one in parts if one.payee_key not in guarded[1]]
        lines = self._merge(parts, guarded[0], guarded[1])
        check_budget(
            self.ctx,
            self.uow,
            self.programme,
            self.round,
            wanted=sum(one.amount for group in lines.values() for line in group for one in line),
        )
        batches = tuple(self._write(key, group, title, job) for key, group in sorted(lines.items()) if group)
        return Prepared(batches=batches, left_out=tuple(self.left), changes=self.uow.commit() if batches else {})

    def _named(self, found: Sequence[Entitlement], hidden: frozenset[str]) -> list[Entitlement]:
        """Without those hidden; those named that are unknown (or hidden, which is the same to this actor) or of another round told."""
        shown = {one.id: one for one in found if one.id not in hidden}
        for missing in [one for one in self.named or () if one not in shown]:
            self.left.append(LeftOut(entitlement_id=missing, number="", name="", code="batch.left.unknown"))
        kept = []
        for one in shown.values():
            if one.round_id == self.round.id:
                kept.append(one)
            else:
                self._leave(one, "batch.left.other_round")
        return kept

    def _leave(self, one: Entitlement, code: str, **params: object) -> None:
        self.left.append(LeftOut(entitlement_id=one.id, number=one.number, name=one.name, code=code, params=params))

    # -- who can be paid -----------------------------------------------------------------------------------

    def _ready(self, found: Sequence[Entitlement], job: Job) -> list[_Part]:
        """Those with money to pay, nothing in the way and somebody to receive it this way."""
        from app.usecases.payees import payees_for

        reads = self.uow.reads.batches
        ids = [one.id for one in found]
        money = reads.live_money(round_id=self.round.id) if self.named is None else reads.live_money(ids=ids)
        failed = reads.failed(round_id=self.round.id) if self.named is None else reads.failed(ids=ids)
        owed = [one for one in found if self._is_owed(one, money.get(one.id, _NONE))]
        choices = payees_for(self.uow.reads, owed)
        dead = reads.dead(one.casualty_id for one in owed)
        parts = []
        for one in job.track(owed, "job.preparing"):
            choice = choices[one.id]
            code, params = self._obstacle(one, choice, dead, failed.get(one.id))
            if code:
                self._leave(one, code, **params)
                continue
            live = money.get(one.id, _NONE)
            part = next(n for n in count(1) if n not in live.parts)
            parts.append(_Part(one, one.due - one.before - live.total, part, choice, failed.get(one.id)))
        return parts

    def _is_owed(self, one: Entitlement, live: LiveMoney) -> bool:
        """Whether there is money to pay; somebody named of whom there is none is told."""
        if one.state == "open" and one.due - one.before - live.total > 0:
            return True
        if self.named is not None:
            self._leave(one, f"batch.left.{one.state}" if one.state != "open" else "batch.left.nothing")
        return False

    def _obstacle(
        self, one: Entitlement, choice: PayeeChoice, dead: frozenset[str], failed: FailedPayment | None
    ) -> tuple[str, Mapping[str, object]]:
        """Message code and parameters of what stands in the way; "" for nothing."""
        lacking = [word for word in _IN_THE_WAY if word in one.wants]
        if lacking:
            return f"batch.left.{lacking[0]}", {}
        if choice.payee is None:
            if self.programme.kind == "repair":
                return "batch.left.no_contractor", {}
            if self.way == "cash" and choice.problem in ("", "payee.missing") and one.casualty_id not in dead:
                return "", {}
            return "batch.left.payee", {}
        other = self._other_way(choice.payee)
        if other or self.way != "transfer":
            return other, {}
        return self._account_obstacle(choice, failed)

    def _other_way(self, payee: Payee) -> str:
        """Why the payee is not paid this way: whoever has an account is handed cash only when named (or repeated in cash)."""
        if self.way == "transfer":
            return "batch.left.wants_cash" if payee.way == "cash" else ""
        if self.way == "in_kind":
            return "" if payee.way == "in_kind" or payee.role == "contractor" else "batch.left.no_contractor"
        return "batch.left.wants_transfer" if payee.way != "cash" and payee.account_id and self.named is None else ""

    def _account_obstacle(self, choice: PayeeChoice, failed: FailedPayment | None) -> tuple[str, Mapping[str, object]]:
        account = choice.account
        if choice.problem:
            return f"batch.left.{choice.problem}", {}
        if account is None or account.state != "checked":
            return "batch.left.account.unchecked" if account else "batch.left.account.missing", {}
        if failed and failed.failure in CORRECT_FIRST:
            before = (failed.bank, failed.branch, failed.account_kind, failed.account_number, failed.holder)
            if before == (account.bank, account.branch, account.kind, account.number, account.holder):
                return "batch.left.uncorrected", {"failure": failed.failure}
        return "", {}

    # -- merging -------------------------------------------------------------------------------------------

    def _merge(
        self, parts: Sequence[_Part], entitlements: frozenset[str], payees: frozenset[str]
    ) -> dict[tuple[bool, str], list[tuple[_Part, ...]]]:
        """Lines by (guarded, original batch): all parts of a payee together, an account of several payees once."""
        groups: dict[tuple[bool, str], dict[str, list[_Part]]] = defaultdict(lambda: defaultdict(list))
        apart = {one.payee_key for one in parts if one.entitlement.id in entitlements} | payees
        for one in parts:
            key = (one.payee_key in apart, one.failed.batch_id if one.failed else "")
            groups[key][one.payee_key].append(one)
        merged: dict[tuple[bool, str], list[tuple[_Part, ...]]] = {}
        for key, by_payee in groups.items():
            lines = sorted((tuple(line) for line in by_payee.values() if self._fits(line)), key=_order)
            merged[key] = self._distinct(lines) if self.way == "transfer" else lines
        return merged

    def _fits(self, line: Sequence[_Part]) -> bool:
        total = sum(one.amount for one in line)
        if total > MOST_YEN:
            for one in line:
                self._leave(one.entitlement, "batch.left.too_large", amount=total)
        return total <= MOST_YEN

    def _distinct(self, lines: Sequence[tuple[_Part, ...]]) -> list[tuple[_Part, ...]]:
        """The first line of each account; others with the same account wait for a batch of their own."""
        taken: dict[tuple[str, ...], str] = {}
        kept = []
        for line in lines:
            account, payee = line[0].choice.account, line[0].choice.payee
            assert account is not None and payee is not None
            key = (account.bank, account.branch, account.kind, account.number)
            if key in taken:
                for one in line:
                    self._leave(one.entitlement, "batch.left.same_account", other=taken[key])
                continue
            taken[key] = payee.name
            kept.append(line)
        return kept

    # -- writing -------------------------------------------------------------------------------------------

    def _write(self, key: tuple[bool, str], lines: Sequence[Sequence[_Part]], title: str, job: Job) -> PaymentBatch:
        guarded, original = key
        prefix = self.ctx.place.device_prefix
        batch = PaymentBatch(
            id=new_id(), number=lettered_number("K", prefix, self.uow.next_number("payment_batch")), programme_id=self.programme.id,
            round_id=self.round.id, way=self.way, title=title.strip(), count=len(lines),
            total=sum(one.amount for line in lines for one in line), guarded=guarded, device_id=self.ctx.place.device_id,
            site_id=self.ctx.place.site_id, retry_of=original, prepared_by=self.ctx.actor.operator_id, prepared_at=self.uow.now,
        )  # fmt: skip
        serial = self.uow.reserve_numbers("payment", len(lines))
        payments, shares = [], []
        for at, line in enumerate(job.track(lines, "job.preparing")):
            payment = self._payment(batch, line, at + 1, serial + at)
            payments.append(payment)
            shares += [
                PaymentShare(
                    id=new_id(),
                    payment_id=payment.id,
                    batch_id=batch.id,
                    entitlement_id=one.entitlement.id,
                    part=one.part,
                    amount=one.amount,
                )
                for one in line
            ]
        saved = self.uow.batches.add(batch)
        self.uow.payments.add_many(payments)
        self.uow.shares.add_many(shares)
        return saved

    def _payment(self, batch: PaymentBatch, line: Sequence[_Part], position: int, serial: int) -> Payment:
        first, payee, account = line[0].entitlement, line[0].choice.payee, line[0].choice.account
        prefix = self.ctx.place.device_prefix
        given: dict[str, Any] = {"name": first.name, "kana": first.kana, "birth": first.birth, "address": first.address}
        if payee is not None:
            given = {
                "payee_id": payee.id, "name": payee.name, "kana": payee.kana, "birth": payee.birth, "address": payee.address or first.address,
            }  # fmt: skip
        if account is not None and batch.way != "cash":
            given |= {
                "account_id": account.id, "bank": account.bank, "branch": account.branch, "bank_name": account.bank_name,
                "branch_name": account.branch_name, "account_kind": account.kind, "account_number": account.number, "holder": account.holder,
            }  # fmt: skip
        return Payment(
            id=new_id(), number=lettered_number("S", prefix, serial), code=payment_code(prefix, serial), batch_id=batch.id,
            programme_id=batch.programme_id, round_id=batch.round_id, position=position, way=batch.way, district=first.district,
            category=" / ".join(dict.fromkeys(one.entitlement.category for one in line if one.entitlement.category)),
            amount=sum(one.amount for one in line), retry_of=next((one.failed.payment_id for one in line if one.failed), ""), **given,
        )  # fmt: skip


def _order(line: Sequence[_Part]) -> tuple[str, str, str]:
    payee, one = line[0].choice.payee, line[0].entitlement
    return (payee.kana if payee else one.kana, payee.name if payee else one.name, one.number)
