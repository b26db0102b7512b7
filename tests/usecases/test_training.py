"""The training folder: every kind of record, in a town whose people could be real."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import FolderSession, gateway
from app.domain.invention_history import DAYS
from app.printing.own_fonts import open_fonts
from app.usecases import buildings, survey_plans, surveys
from app.usecases.characters import list_characters
from app.usecases.matching import run_matching
from app.usecases.persons import find_duplicates
from app.usecases.protections import list_protections
from app.usecases.rebuild import compare_snapshots, count_findings
from app.usecases.rows import RosterFilter


def start(folder: Path, *, residents: int, seed: int = 1) -> FolderSession:
    """A training folder, open."""
    return gateway().demo(folder, operator="試験", password="password-1", residents=residents, seed=seed)


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


def test_training_holds_cases_of_everything_about_residents(tmp_path: Path) -> None:
    session = start(tmp_path / "訓練", residents=2000)
    try:
        ctx = session.context
        after, before = ctx.reads.residents.snapshots()
        assert (after.active, after.residents, after.origin, before.origin) == (True, 2000, "rebuild", "rebuild")
        assert before.known_at < after.known_at and before.as_of == after.as_of == ctx.place.occurred_at
        assert [mark.role for mark in after.sources] == ["full"] + ["difference"] * DAYS and len(before.sources) == DAYS - 2
        found = count_findings(ctx, snapshot_id=after.id)
        assert {"resident.late_birth", "resident.late_death", "resident.late_move"} <= found.keys()
        compared = compare_snapshots(ctx, before=before.id, after=after.id)
        assert compared.appeared and compared.left and compared.changed and compared.appeared - compared.left == 2000 - before.residents
        run = run_matching(ctx)
        assert all(run.counts[band] >= 10 for band in ("sure", "review", "none")), run.counts
        scores = {group.score for group in find_duplicates(ctx)}
        assert max(scores) >= 0.9 and min(scores) <= 0.5
        measures = list_protections(ctx)
        assert {"overdue", "ending", "running"} <= {row.state for row in measures}
        assert {row.role for row in measures} == {"applicant", "companion"} and any(row.provisional for row in measures)
        assert session.verify().ok
    finally:
        session.close(backup=False)


def test_training_holds_characters_to_settle_and_settled(tmp_path: Path) -> None:
    session = start(tmp_path / "訓練", residents=300)
    try:
        ctx = session.context
        shown = {one.text: one for one in list_characters(ctx, fonts=open_fonts(ctx, session.folder)).uses}
        assert shown["\ue7a0"].picture and shown["\ue7a1"].substitute == "辺" and not shown["\ue7a2"].settled
        assert shown["\ue7a0"].persons and not shown["\ue7a2"].persons, "nobody on a roster has a name that cannot be printed"
        assert {"葛\U000e0100", "辻\U000e0100", "\ufa1b", "𠮷"} <= shown.keys()
    finally:
        session.close(backup=False)


@pytest.mark.parametrize("residents", [1, 30, 44, 60])
def test_training_of_any_size_has_as_many_residents_as_asked_for(tmp_path: Path, residents: int) -> None:
    session = start(tmp_path / "訓練", residents=residents)
    try:
        active = session.context.reads.residents.active()
        assert active is not None and active.residents == residents and session.verify().ok
    finally:
        session.close(backup=False)


def test_the_same_seed_gives_the_same_training(tmp_path: Path) -> None:
    def people(folder: str, seed: int) -> tuple[str, list[tuple[str, str, str]]]:
        session = start(tmp_path / folder, residents=120, seed=seed)
        try:
            active = session.context.reads.residents.active()
            assert active is not None
            ids = session.context.reads.persons.ids()
            hits = session.context.reads.persons.page(ids, at=session.context.now())
            return active.sha256, sorted((hit.name, hit.birth, hit.address) for hit in hits)
        finally:
            session.close(backup=False)

    assert people("a", 4) == people("b", 4) != people("c", 5)


def test_training_holds_buildings_in_every_state_of_a_survey(tmp_path: Path) -> None:
    session = start(tmp_path / "a", residents=1200, seed=3)
    try:
        ctx = session.context
        ids = buildings.list_building_ids(ctx)
        rows = buildings.building_rows(ctx, ids)
        assert len(rows) >= 100 and {row.state for row in rows} == {"", "draft", "entered", "returned", "counted"}
        assert len({row.grade for row in rows}) >= 5 and {row.use for row in rows} >= {"dwelling", "apartment", "barn", "vacant"}
        assert any(row.households == 2 for row in rows) and any(row.collapsed for row in rows) and {"", "unsafe"} <= {row.risk for row in rows}
        assert {row.outcome for row in survey_plans.list_assignments(ctx)} >= {"", "done", "absent"}
        assert {row.appeal.state for row in surveys.list_appeals(ctx)} == {"open", "accepted"}
        assert session.verify().ok
    finally:
        session.close(backup=False)
