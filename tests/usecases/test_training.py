"""The training folder: every kind of record, in a town whose people could be real."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import gateway
from app.usecases.rows import RosterFilter


def test_training_holds_protected_people_and_needs_that_fit_ages(tmp_path: Path) -> None:
    session = gateway().demo(tmp_path / "訓練", operator="試験", password="password-1", residents=300, seed=2)
    try:
        ctx = session.context
        rows = ctx.reads.rosters.roster(RosterFilter(at=ctx.now(), presence="all", include_protected=True)).rows
        left_out = ctx.reads.rosters.roster(RosterFilter(at=ctx.now()))
    finally:
        session.close(backup=False)
    assert any(row.protected for row in rows) and left_out.withheld >= 1 and not any(row.protected for row in left_out.rows)
    aged = [(row.age, row.needs) for row in rows if row.age is not None]
    assert {need for _, needs in aged for need in needs} >= {"elderly", "medication"}
    assert all(age >= 74 for age, needs in aged if {"elderly", "care"} & set(needs))
    assert all(age <= 4 for age, needs in aged if "infant" in needs)
