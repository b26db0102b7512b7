"""Whatever is linked, judged, paid and calculated in whatever order: a household never gets more than is due to it once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.identifiers import new_id
from app.usecases.entitlements import payable
from app.usecases.relief_calculation import calculate
from tests.relief_town import add_home, add_programme, add_round, by_grade, change, judge_home, pay
from tests.store_fixtures import template
from tests.stores import Clock, copy_store, open_town

__all__ = ["template"]
AMOUNTS = {"total": 200, "large": 150, "half": 50, "partial": 0}
HOMES = 3
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("judge"), st.integers(0, HOMES - 1), st.sampled_from(tuple(AMOUNTS))),
        st.tuples(st.just("link"), st.integers(0, HOMES - 1), st.sampled_from(("", "X"))),
        st.tuples(st.just("pay"), st.integers(0, 5), st.sampled_from(("paid", "sent", "failed"))),
        st.tuples(st.just("calculate"), st.just(0), st.just("")),
    ),
    min_size=4,
    max_size=14,
)


class Households:
    """Three households of one round, their links and degrees as last said, and how often each was judged."""

    def __init__(self, ctx: Any) -> None:
        self.ctx = ctx
        self.round = add_round(ctx, add_programme(ctx), *by_grade(**{name: amount for name, amount in AMOUNTS.items() if amount}))
        self.ids = [add_home(ctx, f"世帯　{at}", grade="total", district=new_id()) for at in range(HOMES)]
        self.grades, self.links, self.judged = ["total"] * HOMES, [""] * HOMES, 0
        self.snapshot = ctx.reads.residents.active().id
        self.prefix = new_id()

    def do(self, act: str, at: int, what: str) -> None:
        """One thing that happens."""
        if act == "judge":
            self.judged += 1
            self.grades[at] = what
            judge_home(self.ctx, self.ids[at], what, kind="re", day=f"2024-02-{self.judged:02d}")
        elif act == "link":
            self.links[at] = what
            change(self.ctx, "victim", self.ids[at], snapshot_id=self.snapshot, resident_household=f"{self.prefix}{what}" if what else "")
        elif act == "pay":
            self._pay(at, what)
        else:
            calculate(self.ctx, round_id=self.round)
            self.check()

    def _pay(self, at: int, state: str) -> None:
        owed = sorted(payable(self.ctx.reads, round_id=self.round).values(), key=lambda one: one.entitlement.number)
        if owed:
            one = owed[at % len(owed)]
            amount = one.amount if at < HOMES else max(1, one.amount // 2)
            pay(self.ctx, one.entitlement.id, amount, state=state, part=one.part, live=state != "failed")

    def check(self) -> None:
        """Each household as it is linked now: what it had and may still get is at most what is due once, or what it had already."""
        reads = self.ctx.reads.relief
        stored, live = reads.entitlements(round_id=self.round), reads.live(round_id=self.round)
        owed = payable(self.ctx.reads, round_id=self.round)
        for group in {link or at for at, link in enumerate(self.links)}:
            mine = [at for at, link in enumerate(self.links) if (link or at) == group]
            ids = {self.ids[at] for at in mine}
            of_group = [one for one in stored if one.victim_id in ids]
            had = sum(live[one.id].paid + live[one.id].under_way for one in of_group if one.id in live)
            more = [owed[one.id].amount for one in of_group if one.id in owed]
            due = max(AMOUNTS[self.grades[at]] for at in mine)
            assert len(more) <= 1 and sum(more) + had <= max(due, had), (self.links, self.grades, had, more)
            assert all(one.over >= 0 and (one.flag == "over") == (one.over > 0) for one in of_group)
        assert len({one.subject for one in stored}) == len(stored) == len({one.number for one in stored})


def test_nobody_gets_it_twice_whatever_happens(template: Any, tmp_path: Any) -> None:
    town = open_town(copy_store(template, tmp_path / "data"), Clock())
    town.clock.forward(days=60)

    @settings(max_examples=40, deadline=None)
    @given(steps=STEPS, first=st.lists(st.integers(0, 5), max_size=3))
    def run(steps: list[tuple[str, int, str]], first: list[int]) -> None:
        homes = Households(town.ctx)
        homes.do("calculate", 0, "")
        for at in first:
            homes.do("pay", at, "paid")
        for act, at, what in steps:
            homes.do(act, at, what)
        homes.do("calculate", 0, "")
        again = calculate(town.ctx, round_id=homes.round)
        assert not again.changes.get("entitlement"), "calculating again without any change writes nothing"
        with town.ctx.unit() as uow:
            uow.victims.save_many([replace(uow.victims.need(one), deleted=True) for one in homes.ids])
            uow.commit()

    try:
        run()
    finally:
        town.session.close(backup=False)
