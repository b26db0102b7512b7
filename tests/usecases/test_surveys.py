"""Surveys: judged as entered, counted after another person's check, taken back, asked for again, given to a whole zone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import RuleViolation, StaleRecord
from app.usecases import buildings, survey_plans, surveys
from app.usecases.context import Actor, Context
from app.usecases.survey_rows import BuildingFilter, SurveyFilter
from tests.stores import Town

DAY = "2024-01-02"


def house(town: Town, address: str = "見本市本町1-2-3", **values: Any) -> str:
    return buildings.save_building(town.ctx, values={"address": address, **values})[0]


def checker(town: Town, name: str = "確認　二郎", *roles: str) -> Context:
    return replace(town.ctx, actor=Actor(operator_id=f"op-{name}", name=name, roles=roles or ("admin",), slot=""))


def sheet(points: int = 0, **changes: Any) -> dict[str, Any]:
    """A wooden house of an earthquake, first survey: the wall gives about ``points``."""
    return {"hazard": "earthquake", "stage": 1, "structure": "wood", "parts": {"wall": [[5, points / 75 * 100]]} if points else {}, **changes}


def entered(town: Town, building: str, **given: Any) -> surveys.Recorded:
    return surveys.record_survey(town.ctx, **{"building_id": building, "inputs": sheet(30), "surveyed_on": DAY, "surveyors": ["調査　太郎"], **given})


def counted(town: Town, building: str, **given: Any) -> str:
    made = entered(town, building, **given).survey.id
    surveys.check_surveys(checker(town), survey_ids=[made], accept=True)
    return made


def grade(town: Town, building: str) -> str:
    found = surveys.grade_of(town.ctx.reads, building)
    return found.grade if found else ""


def test_a_survey_counts_only_after_another_persons_check(town: Town) -> None:
    home = house(town)
    made = entered(town, home)
    assert made.assessment is not None and made.survey.total == made.assessment.total == 30
    assert (made.survey.grade, made.survey.state, made.survey.edition) == (made.assessment.grade, "entered", made.assessment.edition)
    assert grade(town, home) == ""
    with pytest.raises(RuleViolation, match=r"survey\.same_person"):
        surveys.check_surveys(town.ctx, survey_ids=[made.survey.id], accept=True)
    with pytest.raises(RuleViolation, match=r"survey\.same_person"):
        surveys.check_surveys(checker(town, "調査太郎"), survey_ids=[made.survey.id], accept=True)  # was there
    with pytest.raises(StaleRecord):
        surveys.check_surveys(checker(town), survey_ids=[made.survey.id], accept=True, versions={made.survey.id: 9})
    surveys.check_surveys(checker(town), survey_ids=[made.survey.id], accept=True)
    assert grade(town, home) == made.survey.grade == "medium"
    row = buildings.building_rows(town.ctx, [home])[0]
    assert (row.grade, row.total, row.state, row.surveyed_on) == ("medium", 30, "counted", DAY)
    with pytest.raises(RuleViolation, match=r"survey\.not_waiting"):
        surveys.check_surveys(checker(town), survey_ids=[made.survey.id], accept=True)


def test_whoever_changed_what_it_says_cannot_check_it_either(town: Town) -> None:
    home = house(town)
    made = entered(town, home).survey
    surveys.check_surveys(checker(town), survey_ids=[made.id], accept=False, note="壁を見直す")
    with pytest.raises(RuleViolation, match=r"survey\.note_missing"):
        surveys.check_surveys(checker(town), survey_ids=[made.id], accept=False)
    again = surveys.record_survey(checker(town, "別　三郎"), building_id=home, inputs=sheet(45), surveyed_on=DAY, survey_id=made.id)
    assert again.survey.state == "entered" and again.survey.entered_by == "op-別　三郎"
    with pytest.raises(RuleViolation, match=r"survey\.same_person"):
        surveys.check_surveys(town.ctx, survey_ids=[made.id], accept=True)  # wrote the first version
    surveys.check_surveys(checker(town), survey_ids=[made.id], accept=True)  # only sent it back
    assert grade(town, home) == "large"


def test_several_are_checked_and_those_of_ones_own_named(town: Town) -> None:
    homes = [house(town, f"見本市本町{n}") for n in (1, 2)]
    mine, other = (entered(town, home).survey.id for home in homes)
    with town.ctx.unit() as uow:
        uow.surveys.save(replace(uow.surveys.need(mine), surveyors=("確認　二郎",)))
        uow.commit()
    done = surveys.check_surveys(checker(town), survey_ids=[mine, other], accept=True)
    assert done.done == (other,) and [(one.id, one.code) for one in done.left] == [(mine, "survey.same_person")]
    rows = surveys.survey_rows(checker(town), [mine, other])
    assert [(row.mine, row.counting) for row in rows] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"typed_grade": "全壊"}, "survey.grade_contradicts", "grade"),
        ({"surveyed_on": "2024-02-01"}, "survey.future", "surveyed_on"),
        ({"surveyed_on": "2023-12-31"}, "survey.before_disaster", "surveyed_on"),
        ({"surveyed_on": ""}, "survey.day_missing", "surveyed_on"),
        ({"kind": "re"}, "survey.reason_missing", "reason"),
        ({"disaster_id": "ffffffff"}, "survey.other_disaster", "building"),
        ({"inputs": sheet(parts={"wall": [[3, 101]]})}, "survey.percent_over", "parts.wall[0]"),
        ({"inputs": {}}, "survey.nothing_to_judge", "grade"),
        ({"inputs": {}, "typed_grade": "半壊"}, "survey.inputs_missing", "inputs"),
        ({"inputs": {}, "typed_grade": "半壊", "method": "self", "consented_by": "申請　者"}, "survey.self_only_partial", "grade"),
        ({"inputs": {}, "typed_grade": "一部損壊", "method": "self"}, "survey.consent_missing", "consented_by"),
        ({"inputs": {}, "typed_grade": "半壊", "method": "photo"}, "survey.photo_not_clear", "grade"),
        ({"started": "25:00"}, "survey.clock", "started"),
        ({"started": "10:00", "ended": "9:30"}, "survey.ends_before_start", "ended"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(town: Town, given: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        entered(town, house(town), **given)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_draft_keeps_what_there_is(town: Town) -> None:
    home = house(town)
    made = entered(town, home, inputs={"hazard": "earthquake", "parts": {"wall": [[3, 500]]}}, submit=False, surveyed_on="").survey
    assert (made.state, made.grade) == ("draft", "") and '"wall":[[3,500]]' in made.inputs
    again = entered(town, home, survey_id=made.id, version=1).survey
    assert (again.id, again.state, again.grade) == (made.id, "entered", "medium")
    surveys.check_surveys(checker(town), survey_ids=[made.id], accept=True)
    with pytest.raises(RuleViolation, match=r"survey\.not_open"):
        entered(town, home, survey_id=made.id)


def test_self_photo_and_fire_judgements(town: Town) -> None:
    one, two, three = (house(town, f"見本市本町{n}") for n in (1, 2, 3))
    mild = entered(town, one, inputs={}, method="self", typed_grade="準半壊に至らない（一部損壊）", consented_by="申請　者").survey
    assert (mild.grade, mild.decided_by) == ("partial", "self") and "申請　者" in mild.inputs
    clear = entered(town, two, inputs={}, method="photo", typed_grade="全壊").survey
    assert (clear.grade, clear.decided_by) == ("total", "collapse")
    burnt = entered(town, three, inputs={}, method="fire_service", hazard="fire", typed_grade="half").survey
    assert (burnt.grade, burnt.decided_by, burnt.hazard) == ("half", "given", "fire")


def test_the_latest_by_kind_and_day_counts_up_or_down_and_a_withdrawn_one_not(town: Town) -> None:
    home = house(town)
    town.clock.forward(days=20)
    counted(town, home, inputs=sheet(45), surveyed_on="2024-01-10")
    counted(town, home, inputs=sheet(30), surveyed_on="2024-01-05")
    assert grade(town, home) == "large"  # the earlier day does not replace the later
    re = counted(town, home, kind="re", inputs=sheet(15), surveyed_on="2024-01-06", reason="外壁を見直した")
    assert grade(town, home) == "semi_half"  # a re-survey does, downwards too
    with pytest.raises(RuleViolation, match=r"reason\.missing"):
        surveys.withdraw_survey(town.ctx, survey_id=re, reason="")
    surveys.withdraw_survey(town.ctx, survey_id=re, reason="別の家だった")
    assert grade(town, home) == "large"
    surveys.restore_survey(town.ctx, survey_id=re)
    assert grade(town, home) == "large"  # back, and waiting for its check again
    surveys.check_surveys(checker(town), survey_ids=[re], accept=True)
    assert grade(town, home) == "semi_half"


def test_a_request_is_answered_and_done_when_its_survey_counts(town: Town) -> None:
    home = house(town)
    with pytest.raises(RuleViolation, match=r"survey\.appeal_unjudged"):
        surveys.open_appeal(town.ctx, building_id=home, reason="納得できない")
    counted(town, home)
    asked, _ = surveys.open_appeal(town.ctx, building_id=home, wants="second", asked_by="髙橋", reason="中も見てほしい")
    with pytest.raises(RuleViolation, match=r"survey\.appeal_open"):
        surveys.open_appeal(town.ctx, building_id=home, reason="もう一度")
    with pytest.raises(RuleViolation, match=r"survey\.answer_missing"):
        surveys.answer_appeal(town.ctx, appeal_id=asked, accept=False)
    surveys.answer_appeal(town.ctx, appeal_id=asked, accept=True)
    assert list(survey_plans.suggest_buildings(town.ctx, kind="second")) == [home]
    second = counted(town, home, kind="second", inputs=sheet(stage=2, parts={"roof": [[5, 100]], "pillar": [[5, 100]]}), appeal_id=asked)
    row = surveys.list_appeals(town.ctx)[0]
    assert (row.appeal.state, row.appeal.survey_id, row.grade) == ("done", second, "medium")
    surveys.withdraw_survey(town.ctx, survey_id=second, reason="やり直し")
    assert surveys.list_appeals(town.ctx)[0].appeal.state == "accepted"


def test_an_area_judgement_is_one_act_that_leaves_surveyed_houses_alone(town: Town) -> None:
    homes = [house(town, f"見本市港町{n}", zone="港A") for n in range(1, 8)]
    barn = house(town, "見本市港町99", zone="港A", use="barn")
    flooded = {"hazard": "flood_external", "stage": 1, "structure": "wood", "depth_cm": 190, "storeys": 2}
    corners = [counted(town, home, inputs=flooded) for home in homes[:4]]
    lighter = counted(town, homes[4], inputs={**flooded, "depth_cm": 20})
    given = {"grade": "total", "hazard": "flood_external", "surveyed_on": DAY, "reason": "四隅とも 1.8m 以上", "zone": "港A"}
    with pytest.raises(RuleViolation, match=r"survey\.corners_few"):
        surveys.judge_area(town.ctx, **given, corner_survey_ids=corners[:3])
    with pytest.raises(RuleViolation, match=r"survey\.corner_contradicts"):
        surveys.judge_area(town.ctx, **given, corner_survey_ids=[*corners[:3], lighter])
    seen = surveys.judge_area(town.ctx, **given, corner_survey_ids=corners, dry_run=True)
    assert len(seen.made) == 2 and grade(town, homes[5]) == ""
    done = surveys.judge_area(town.ctx, **given, corner_survey_ids=corners)
    assert [one for one, _ in done.made] == homes[5:]
    why = {one.id: one.code for one in done.left}
    assert why == {**dict.fromkeys(homes[:5], "survey.area_own_survey"), barn: "survey.area_no_dwelling"}
    assert [grade(town, home) for home in homes[4:]] == ["half", "total", "total"]
    assert len(surveys.list_survey_ids(town.ctx, filter=SurveyFilter(act=done.act))) == 2
    own = counted(town, homes[6], inputs={**flooded, "depth_cm": 120})
    assert grade(town, homes[6]) == "large"  # a survey of the house itself counts more, though as early
    act = surveys.list_area_acts(town.ctx)[0]
    assert (act.act, act.made, act.standing) == (done.act, 2, 2)
    surveys.undo_area(town.ctx, act=done.act, reason="区域を間違えた")
    assert [grade(town, home) for home in homes[5:]] == ["", "large"] and own
    with pytest.raises(RuleViolation, match=r"survey\.area_gone"):
        surveys.undo_area(town.ctx, act=done.act, reason="もう一度")


def test_lists_rounds_and_progress(town: Town) -> None:
    homes = [house(town, f"見本市本町{n}", district="本町") for n in (10, 9, 2)] + [house(town, "見本市港町1")]
    team, _ = survey_plans.save_team(town.ctx, values={"name": "1班", "members": ["調査　太郎"], "from_town": "応援市"})
    with pytest.raises(RuleViolation, match=r"survey\.team_taken"):
        survey_plans.save_team(town.ctx, values={"name": "1班"})
    wanted = survey_plans.suggest_buildings(town.ctx, filter=BuildingFilter(district="本町"))
    assert list(wanted) == [homes[2], homes[1], homes[0]]  # 2, 9, 10: by block, not by character
    visits, _ = survey_plans.assign_buildings(town.ctx, team_id=team, day=DAY, building_ids=wanted)
    assert list(survey_plans.suggest_buildings(town.ctx)) == [homes[3]]
    survey_plans.move_assignment(town.ctx, assignment_id=visits[2], position=0)
    rows = survey_plans.list_assignments(town.ctx, day=DAY, team_id=team)
    assert [row.building_id for row in rows] == [homes[0], homes[2], homes[1]] and rows[0].round == 1
    entered(town, homes[0])
    survey_plans.note_outcomes(town.ctx, outcomes={visits[0]: "absent"}, notes={visits[0]: "不在票を入れた"})
    assert survey_plans.list_days(town.ctx) == [(DAY, 3, 1)]
    again, _ = survey_plans.plan_next_round(town.ctx, day=DAY, to_day="2024-01-03")
    row = survey_plans.list_assignments(town.ctx, day="2024-01-03")[0]
    assert (row.id, row.building_id, row.round) == (again[0], homes[2], 2)
    with pytest.raises(RuleViolation, match=r"survey\.plan_nothing"):
        survey_plans.plan_next_round(town.ctx, day=DAY, to_day="2024-01-04")
    counted(town, homes[1])
    line, nowhere = survey_plans.survey_progress(town.ctx)
    assert (line.district, line.buildings, line.planned, line.surveyed, line.waiting, line.judged, line.remaining) == ("本町", 3, 1, 2, 1, 1, 1)
    assert dict(line.grades) == {"medium": 1} and (nowhere.district, nowhere.remaining) == ("", 1)
    assert (survey_plans.list_teams(town.ctx)[0].done, survey_plans.list_teams(town.ctx)[0].remaining) == (2, 1)
    assert town.problems() == []
