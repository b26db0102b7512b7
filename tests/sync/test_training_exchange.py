"""A training folder takes part in an exchange of its own: conflicts to decide, a site that is silent, nothing that does not add up."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import gateway
from app.usecases.conflicts import list_conflicts, settle_conflict
from app.usecases.enrolment import device_list
from app.usecases.site_board import freshness


def test_training_leaves_conflicts_of_several_kinds_and_a_silent_site(tmp_path: Path) -> None:
    session = gateway().demo(tmp_path / "訓練", operator="試験", password="password-1", residents=300, seed=2)
    try:
        ctx = session.context
        found = device_list(ctx)
        assert found is not None and [one.site_kind for one in found.devices].count("shelter") == 2
        views = list_conflicts(ctx)
        assert 3 <= len(views) <= 4 and {"phone", "note", "needs"} <= {field for view in views for field in view.fields}
        fresh = freshness(ctx)
        assert fresh is not None and fresh.oldest is not None and len(fresh.never) == 1
        settle_conflict(ctx, conflict_id=views[0].id, take="A", reason="訓練")
        assert len(list_conflicts(ctx)) == len(views) - 1 and session.verify().problems == ()
    finally:
        session.close(backup=False)
