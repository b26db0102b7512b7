"""A municipality's own editions: added without a programmer, kept while a survey was judged by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.assessment_edition_file import shipped_text
from app.domain.errors import InputFault, RuleViolation
from app.usecases import editions
from app.usecases.buildings import save_building
from app.usecases.surveys import record_survey
from tests.stores import Town

PATTERN = shipped_text("r06-05") or ""
OWN = PATTERN.replace('id = "r06-05"', 'id = "mihon-1"')


def test_added_listed_found_and_removed(town: Town) -> None:
    added, changes = editions.add_edition(town.ctx, OWN, path="my.toml")
    assert (added.id, added.own, changes["setting"]) == ("mihon-1", True, frozenset({editions.SETTING}))
    assert [edition.id for edition in editions.list_editions(town.ctx)] == ["h30-03", "r02-03", "r03-03", "r06-05", "mihon-1"]
    assert editions.find_edition(town.ctx, "mihon-1") == added
    assert editions.edition_text(town.ctx, "mihon-1") == OWN
    editions.remove_edition(town.ctx, "mihon-1")
    with pytest.raises(RuleViolation, match=r"edition\.not_found"):
        editions.find_edition(town.ctx, "mihon-1")


def test_only_who_may_change_settings_adds_one(town: Town) -> None:
    clerk = replace(town.ctx, actor=replace(town.ctx.actor, roles=("survey",)))
    for act in (lambda: editions.add_edition(clerk, OWN), lambda: editions.remove_edition(clerk, "mihon-1")):
        with pytest.raises(RuleViolation, match=r"permission\.denied"):
            act()
    with pytest.raises(InputFault, match=r"edition\.not_toml"):
        editions.add_edition(town.ctx, "id = ")
    assert len(editions.list_editions(town.ctx)) == 4


def test_the_default_follows_the_day_of_the_disaster(town: Town) -> None:
    assert editions.default_edition(town.ctx).id == "r03-03"  # 2024-01-01
    assert editions.default_edition(town.ctx, date(2024, 6, 1)).id == "r06-05"
    assert editions.default_edition(None).id == "r06-05"
    assert editions.default_edition(None, date(1995, 1, 17)).id == "h30-03"
    ground_only = OWN.replace("in_force = 2024-05-31", "in_force = 2023-12-01").replace(
        'hazards = ["earthquake", "flood_external", "flood_inland", "wind", "liquefaction", "fire"]', 'hazards = ["liquefaction"]'
    )
    editions.add_edition(town.ctx, ground_only)
    assert editions.default_edition(town.ctx, hazard="liquefaction").id == "mihon-1"
    assert editions.default_edition(town.ctx, hazard="earthquake").id == "r03-03"


def test_an_edition_that_judged_a_survey_stays_as_it_is(town: Town) -> None:
    editions.add_edition(town.ctx, OWN)
    building, _ = save_building(town.ctx, values={"address": "見本市本町9", "structure": "wood"})
    inputs = {"hazard": "earthquake", "stage": 1, "structure": "wood", "parts": {"roof": [[5, 100]]}}
    recorded = record_survey(town.ctx, building_id=building, inputs=inputs, edition="mihon-1", surveyed_on="2024-01-02", surveyors=["試験"])
    assert recorded.survey.edition == "mihon-1" and recorded.assessment is not None
    for act in (lambda: editions.remove_edition(town.ctx, "mihon-1"), lambda: editions.add_edition(town.ctx, OWN + "\n# x\n")):
        with pytest.raises(RuleViolation, match=r"edition\.in_use"):
            act()
    editions.add_edition(town.ctx, OWN)  # the same again changes nothing
