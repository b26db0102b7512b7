"""Whatever is prepared, returned, cancelled, failed, repeated, recalculated or refused, in whatever order: never more than is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.usecases import batches
from app.usecases.batch_rows import BatchFilter
from tests.batches_town import Desk, correct_account, open_desk
from tests.stores import Town

PEOPLE = 3
_KEPT: dict[str, Desk] = {}
_number = iter(range(1, 10**9))

acts = st.one_of(
    st.tuples(st.just("prepare"), st.sampled_from(["transfer", "cash"])),
    st.tuples(st.just("prepare_one"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.sampled_from(["check", "approve", "return", "submit", "cancel", "retry", "remove", "pay", "send"]), st.integers(0, 9)),
    st.tuples(st.just("fail"), st.integers(0, 9), st.integers(0, 2), st.sampled_from(["no_account", "cancelled"])),
    st.tuples(st.just("due"), st.integers(0, PEOPLE - 1), st.sampled_from([0, 50_000, 100_000, 100_000, 300_000])),
    st.tuples(st.just("state"), st.integers(0, PEOPLE - 1), st.sampled_from(["open", "open", "declined", "ended"])),
    st.tuples(st.just("account"), st.integers(0, PEOPLE - 1)),
)


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    yield open_desk(town)


def live(desk: Desk, ids: list[str]) -> dict[str, int]:
    with desk.town.ctx.unit() as uow:
        found = uow.reads.batches.live_money(ids=ids)
    return {one: found[one].total if one in found else 0 for one in ids}


def allowed(desk: Desk, ids: list[str]) -> dict[str, int]:
    with desk.town.ctx.unit() as uow:
        return {one.id: max(one.due - one.before, 0) if one.state == "open" else 0 for one in uow.reads.batches.entitlements(ids=ids)}


def settle(desk: Desk, batch_id: str, state: str, *, position: int = 0, failure: str = "") -> None:
    """What results do: a payment or all of an approved batch arrived, or one did not."""
    with desk.town.ctx.unit() as uow:
        batch = uow.batches.need(batch_id)
        if batch.state not in ("approved", "sent", "settled"):
            return
        for payment in uow.payments.where(batch_id=batch_id):
            if payment.state not in ("approved", "sent") or (position and payment.position != position):
                continue
            uow.payments.save(replace(payment, state=state, failure=failure))
            if state == "failed":
                uow.shares.save_many([replace(one, live=False) for one in uow.shares.where(payment_id=payment.id)])
        uow.batches.save(replace(batch, state="sent"))
        uow.commit()


def act(desk: Desk, ids: list[str], payees: list[str], step: tuple[object, ...]) -> None:
    """One step; what is refused changes nothing."""
    name, first, *rest = step
    known = batches.list_batch_ids(desk.maker, filter=BatchFilter(round_id=desk.round))
    batch = known[int(first) % len(known)] if known and isinstance(first, int) else ""
    if name == "prepare":
        batches.prepare(desk.maker, round_id=desk.round, way=str(first))
    elif name == "prepare_one":
        batches.prepare(desk.maker, round_id=desk.round, entitlement_ids=[ids[int(str(first))]])
    elif name == "due":
        desk.change(ids[int(str(first))], due=rest[0])
    elif name == "state":
        desk.change(ids[int(str(first))], state=rest[0])
    elif name == "account":
        correct_account(desk.town.ctx, payees[int(str(first))], number=next(_number))
    elif batch:
        step_batch(desk, str(name), batch, rest)


def step_batch(desk: Desk, name: str, batch: str, rest: list[object]) -> None:
    if name == "check":
        batches.check_batch(desk.checker, batch_id=batch)
    elif name == "approve":
        batches.approve_batch(desk.approver, batch_id=batch)
    elif name == "return":
        batches.return_batch(desk.checker, batch_id=batch, reason="確かめる")
    elif name == "submit":
        batches.submit_batch(desk.maker, batch_id=batch)
    elif name == "cancel":
        ctx = desk.approver if _state(desk, batch) == "approved" else desk.maker
        batches.cancel_batch(ctx, batch_id=batch, reason="やめる")
    elif name == "retry":
        batches.prepare_retry(desk.maker, batch_id=batch)
    elif name == "remove":
        rows = batches.payment_rows(desk.maker, batch_id=batch)
        batches.remove_payments(desk.maker, batch_id=batch, payment_ids=[rows[0].id], reason="外す")
    elif name == "pay":
        settle(desk, batch, "paid")
    elif name == "fail":
        settle(desk, batch, "failed", position=int(str(rest[0])) + 1, failure=str(rest[1]))


def _state(desk: Desk, batch: str) -> str:
    with desk.town.ctx.unit() as uow:
        return uow.batches.need(batch).state


def fresh(desk: Desk) -> tuple[Desk, list[str], list[str]]:
    """A round of its own for each example, so that the store is made once."""
    from app.domain.identifiers import new_id
    from app.domain.relief import ReliefRound

    with desk.town.ctx.unit() as uow:
        made = uow.rounds.add(ReliefRound(id=new_id(), programme_id=desk.programme, code=new_id(), title="回", state="open"))
        uow.commit()
    own = replace(desk, round=made.id)
    numbers = [next(_number) for _ in range(PEOPLE)]
    ids = [own.entitle(no, due=100_000) for no in numbers]
    with desk.town.ctx.unit() as uow:
        return own, ids, [uow.payees.where(subject=f"victim:H{no}")[0].id for no in numbers]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(acts, min_size=4, max_size=14))
def test_live_shares_never_grow_above_what_is_due(desk: Desk, steps: list[tuple[object, ...]]) -> None:
    own, ids, payees = fresh(desk)
    before = live(own, ids)
    for step in [("prepare", "transfer"), *steps]:
        try:
            act(own, ids, payees, step)
        except RuleViolation:
            assert live(own, ids) == before, "what is refused changes nothing"
        after, most = live(own, ids), allowed(own, ids)
        for one in ids:
            assert after[one] <= max(most[one], before[one]), (step, after[one], most[one], before[one])
        before = after
    with own.town.ctx.unit() as uow:
        for batch in batches.list_batch_ids(own.maker, filter=BatchFilter(round_id=own.round)):
            batches.verify_batch(uow, uow.batches.need(batch))
        assert sum(one.amount for one in uow.postings.where(round_id=own.round)) == 0
