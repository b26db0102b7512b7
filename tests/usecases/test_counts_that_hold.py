"""Declared counts of shelters: which count holds at a moment, in lists and in the trend alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.usecases import headcounts
from app.usecases.headcounts import record_headcount, trend
from app.usecases.plans import Entry
from app.usecases.shelters import add_shelter, close_shelter, find_shelter, list_shelters, open_shelter
from tests.stores import START, Town

DAYS = [START + timedelta(days=n) for n in range(4)]
LISTS: Sequence[tuple[datetime, dict[str, int]]] = [
    (DAYS[0], {"甲寺": 10, "乙館": 5}),
    (DAYS[1], {"甲寺": 8}),
    (DAYS[2], {"甲寺": 3, "乙館": 2, "丙校": 1}),
    (DAYS[3], {"丙校": 4}),
]


def take_list(town: Town, listing: tuple[datetime, dict[str, int]]) -> None:
    """Import one list of all open shelters."""
    at, counts = listing
    entries = [
        Entry(line=n, values={"name": name, "counted_at": at, "counted_total": count}) for n, (name, count) in enumerate(counts.items(), 2)
    ]
    headcounts.apply_import(town.ctx, plan=headcounts.plan_import(town.ctx, entries=entries, complete=True), complete=True)


def test_people_of_an_old_list_are_not_counted_again_where_the_shelter_was_opened_by_hand(town: Town) -> None:
    for name in ("甲寺", "乙館"):
        add_shelter(town.ctx, values={"name": name})
        open_shelter(town.ctx, shelter_id=find_shelter(town.ctx, name=name).id, at=DAYS[0] - timedelta(hours=1))
    phoned = find_shelter(town.ctx, name="乙館").id
    for listing in LISTS:
        take_list(town, listing)
    for at, counts in LISTS:
        assert [p.declared for p in trend(town.ctx, start=at, end=at)] == [sum(counts.values())]
        assert {s.name: s.declared for s in list_shelters(town.ctx, at=at) if s.declared is not None} == counts
    later = DAYS[1] + timedelta(hours=3)
    record_headcount(town.ctx, values={"shelter_id": phoned, "counted_at": later, "counted_total": 6, "method": "phone"})
    assert trend(town.ctx, start=later, end=later)[0].declared == 8 + 6
    assert sum(s.declared or 0 for s in list_shelters(town.ctx, at=later)) == 8 + 6


def test_count_of_a_closed_shelter_holds_no_longer(town: Town) -> None:
    record_headcount(town.ctx, values={"shelter_id": town.shelters[0], "counted_at": START, "counted_total": 5, "method": "phone"})
    for hours, counted in ((1, 5), (3, None)):
        at = START + timedelta(hours=hours)
        if counted is None:
            close_shelter(town.ctx, shelter_id=town.shelters[0], at=START + timedelta(hours=2))
        assert next(s for s in list_shelters(town.ctx, at=at) if s.id == town.shelters[0]).declared == counted
        assert trend(town.ctx, start=at, end=at)[0].declared == (counted or 0)
