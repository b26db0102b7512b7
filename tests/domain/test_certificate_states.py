"""Which step of an application may follow which, tried for every pair and every lack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.certificate import APPLICATION_STATES, Application, Certificate
from app.domain.certificate_states import (
    MISSING,
    Standing,
    certified_grades,
    check_ending,
    check_move,
    find_missing,
    is_certified,
    next_state,
    settled_state,
)
from app.domain.errors import RuleViolation

READY = Application(id="a", number="N", victim_id="v", building_id="b", damage="x")
JUDGED = Standing(grade="half", dwelling=True)
ALLOWED = {
    ("received", "awaiting"), ("received", "judged"), ("received", "closed"), ("awaiting", "received"), ("awaiting", "judged"),
    ("awaiting", "closed"), ("judged", "received"), ("judged", "awaiting"), ("judged", "approved"), ("judged", "closed"),
    ("approved", "judged"), ("approved", "issued"), ("approved", "closed"), ("issued", "judged"), ("closed", "received"),
}  # fmt: skip


@pytest.mark.parametrize("before", APPLICATION_STATES)
@pytest.mark.parametrize("after", APPLICATION_STATES)
def test_every_pair_is_allowed_or_refused(before: str, after: str) -> None:
    application = replace(READY, state=before)
    if (before, after) in ALLOWED:
        check_move(application, after, JUDGED)
        return
    with pytest.raises(RuleViolation) as caught:
        check_move(application, after, JUDGED)
    assert caught.value.code == ("certificate.not_approved" if (before, after) == ("judged", "issued") else "application.no_such_move")


@pytest.mark.parametrize(
    ("application", "standing", "missing", "code", "state"),
    [
        (replace(READY, victim_id=""), JUDGED, "household", "application.no_household", "received"),
        (replace(READY, building_id=""), JUDGED, "building", "application.no_building", "received"),
        (READY, replace(JUDGED, dwelling=False), "dwelling", "application.not_dwelling", "received"),
        (READY, Standing(dwelling=True), "survey", "application.no_grade", "awaiting"),
        (READY, Standing(dwelling=True, entered=True), "check", "application.survey_unchecked", "awaiting"),
        (READY, replace(JUDGED, grade="none"), "damage", "application.grade_none", "awaiting"),
        (replace(READY, kind="report", damage=" "), Standing(), "report", "application.no_damage_told", "received"),
    ],
)
def test_what_is_missing_is_said(application: Application, standing: Standing, missing: str, code: str, state: str) -> None:
    assert find_missing(application, standing)[0] == missing and missing in MISSING
    assert settled_state(application, standing) == state
    for after in ("judged", "approved", "issued"):
        before = {"judged": "received", "approved": "judged", "issued": "approved"}[after]
        with pytest.raises(RuleViolation) as caught:
            check_move(replace(application, state=before), after, standing)
        assert caught.value.code == code


def test_report_certificates_need_no_survey_and_other_buildings_only_if_the_town_says() -> None:
    report = replace(READY, kind="report", building_id="")
    assert settled_state(report, Standing()) == "judged" and next_state(report, Standing()) == "judged"
    with pytest.raises(RuleViolation, match="no_survey_needed"):
        check_move(report, "awaiting", Standing())
    barn = Standing(grade="total", dwelling=False, other_buildings=True)
    assert settled_state(READY, barn) == "judged"
    assert [next_state(replace(READY, state=state), barn) for state in APPLICATION_STATES] == [
        "judged",
        "judged",
        "approved",
        "issued",
        "",
        "",
    ]


def test_only_papers_in_force_end() -> None:
    check_ending(Certificate(id="c"))
    for state in ("superseded", "revoked"):
        with pytest.raises(RuleViolation, match="certificate.ended"):
            check_ending(Certificate(id="c", state=state))


def test_the_issued_certificate_holds_and_without_one_the_superseded() -> None:
    assert certified_grades([("superseded", "half"), ("issued", "total")]) == {"total"}
    assert certified_grades([("superseded", "half"), ("void", "total")]) == {"half"}
    assert certified_grades([("void", "total")]) == certified_grades([]) == frozenset()
    assert is_certified({"half"}, "half") and is_certified({"half"}, "")
    assert not is_certified({"half"}, "total") and not is_certified(frozenset(), "")
