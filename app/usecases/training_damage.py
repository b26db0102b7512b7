"""Buildings and surveys of a training folder: every state of a survey, teams with lists, requests, collapsed houses, several households in one.

Surveys are judged by the same rules as real ones, so that every grade can be explained step by step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from app.domain.building import Building, Occupancy, Victim
from app.domain.dates import JST
from app.domain.identifiers import new_id
from app.domain.survey import Appeal, Assignment, Survey, Team
from app.usecases.buildings import next_building_number, victim_of_resident
from app.usecases.context import Context
from app.usecases.ports import UnitOfWork
from app.usecases.rows import ResidentView
from app.usecases.survey_judging import RowJudge, told_of

_SHARE = 12  # one building for so many residents
_FEWEST, _MOST = 24, 240
_STATES = ("counted", "counted", "counted", "counted", "counted", "entered", "returned", "draft", "", "")
_SEVERE = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 1.0)


def fill_damage(ctx: Context, *, words: Mapping[str, Any], seed: int) -> None:
    """Buildings of residents with their households, most of them surveyed. ``words``: those of ``training.damage``."""
    snapshot = ctx.reads.residents.active()
    if snapshot is None:
        return
    random = Random(seed + 1)
    rids = sorted(ctx.reads.residents.ids(snapshot_id=snapshot.id))
    wanted = min(max(_FEWEST, len(rids) // _SHARE), _MOST)
    heads: dict[str, ResidentView] = {}
    for view in ctx.reads.residents.page(random.sample(rids, min(len(rids), wanted * 3))):
        if view.household_no and len(heads) < wanted:
            heads.setdefault(view.household_no, view)
    with ctx.unit() as uow:
        inventor = _Inventor(ctx, uow, random, words)
        for place, view in enumerate(heads.values()):
            inventor.house(place, view)
        inventor.write()
        uow.commit()


class _Inventor:
    """What is being invented, collected before it is written."""

    def __init__(self, ctx: Context, uow: UnitOfWork, random: Random, words: Mapping[str, Any]) -> None:
        self._ctx, self._uow, self._random, self._words = ctx, uow, random, words
        self._judge = RowJudge(ctx)
        self._first = ctx.place.occurred_at.astimezone(JST).date()
        self._days = max(1, (ctx.now().astimezone(JST).date() - self._first).days)
        self._buildings: list[Building] = []
        self._links: list[Occupancy] = []
        self._surveys: list[Survey] = []
        self._visits: list[Assignment] = []
        self._teams = [
            Team(id=new_id(), name=name, members=tuple(members), from_town=town)
            for name, members, town in zip(words["teams"], words["surveyors"], words["from_town"], strict=True)
        ]
        self._last: tuple[Building, Victim] | None = None

    def house(self, place: int, view: ResidentView) -> None:
        """A resident's house, and now and then a shed, a flat for two households or an empty house beside it."""
        victim = victim_of_resident(self._ctx, self._uow, view.id)
        if place % 17 == 5 and self._last is not None:
            self._share_flat(victim)
            return
        building = self._building(place, victim)
        self._links.append(Occupancy(id=new_id(), building_id=building.id, victim_id=victim.id, tenure="own" if place % 4 else "rent"))
        self._survey(place, building)
        if place % 13 == 3:
            shed = replace(building, id=new_id(), number=self._number(), use="barn", name=self._words["barn"], collapsed=False, risk="", zone="")
            self._buildings.append(shed)
            self._links.append(Occupancy(id=new_id(), building_id=shed.id, victim_id=victim.id, tenure="own", main=False))
        self._last = (building, victim)

    def _number(self) -> str:
        return next_building_number(self._ctx, self._uow)

    def _share_flat(self, victim: Victim) -> None:
        building, _ = self._last or (None, None)
        at = next(place for place, one in enumerate(self._buildings) if building is not None and one.id == building.id)
        self._buildings[at] = replace(self._buildings[at], use="apartment", owner_name=self._words["owner"])
        self._links.append(
            Occupancy(id=new_id(), building_id=self._buildings[at].id, victim_id=victim.id, tenure="rent", room=str(101 + len(self._links) % 9))
        )

    def _building(self, place: int, victim: Victim) -> Building:
        random, collapsed = self._random, place % 19 == 7
        risk = "unsafe" if collapsed else random.choice(("", "", "inspected", "limited", "unsafe"))
        building = Building(
            id=new_id(), number=self._number(), tax_no=f"{place // 90 + 1}-{place % 90 + 1:03}", owner_name=victim.head_name,
            owner_kana=victim.head_kana, owner_address=victim.address, postal=victim.postal, address=victim.address, district=victim.district,
            structure=random.choice(("wood", "wood", "wood", "prefab", "rc")), storeys=random.choice((1, 2, 2)),
            floor_area=float(random.randint(45, 180)), zone=self._words["zones"][place % 2] if place % 5 == 0 else "", collapsed=collapsed,
            danger=self._words["danger"] if collapsed else "", risk=risk, risk_on=self._day(0) if risk else "",
            risk_note=self._words["risk_note"] if risk == "limited" else "", use="vacant" if place % 23 == 11 else "dwelling",
        )  # fmt: skip
        self._buildings.append(building)
        return building

    def _day(self, most: int) -> str:
        return (self._first + timedelta(days=min(most, self._days))).isoformat()

    def _inputs(self, building: Building) -> dict[str, Any]:
        """A first sheet of an earthquake, as bad as chance has it."""
        bad = self._random.choice(_SEVERE)
        degree, share = 1 + round(4 * bad), self._random.choice((20, 40, 60, 80))
        parts = {"roof": [[min(5, degree + 1), share]], "wall": [[degree, share]], "foundation": [[max(1, degree - 1), 20]]}
        tilt = [round(self._random.uniform(0, 18 * bad) * 10) / 10 for _ in range(4)]
        if building.structure == "rc":
            parts = {"pillar": [[degree, share]], "finish": [[min(5, degree + 1), share]]}
        if building.collapsed:
            return {"collapsed": True}
        return {"tilt_mm": tilt, "parts": parts} if bad else {"tilt_mm": tilt, "parts": {"roof": [[1, 10]]} if building.structure != "rc" else {}}

    def _survey(self, place: int, building: Building) -> None:
        state = _STATES[place % len(_STATES)]
        team = self._teams[place % len(self._teams)]
        self._visit(place, building, team, state)
        if not state:
            return
        values = {"hazard": "earthquake", "kind": "first", "structure": "rc" if building.structure == "rc" else "wood", "inputs": self._inputs(building)}
        judged = told_of(self._judge.judge(values))
        survey = Survey(
            id=new_id(), building_id=building.id, disaster_id=self._ctx.place.disaster_id, surveyed_on=self._day(1 + place % 2), started="9:30",
            ended="10:05", team_id=team.id, surveyors=team.members, state=state, entered_by=team.members[0], **judged,
        )  # fmt: skip
        if state == "counted":
            survey = replace(survey, checked_by=self._words["checker"], checked_at=self._ctx.now() - timedelta(hours=4))
        elif state == "returned":
            survey = replace(survey, checked_by=self._words["checker"], check_note=self._words["return_note"])
        elif state == "draft":
            survey = replace(survey, grade="", points="", raw="", total=None, decided_by="")
        self._surveys.append(survey)

    def _visit(self, place: int, building: Building, team: Team, state: str) -> None:
        """Surveyed ones were on a list; of the others some were not at home and are on the next one."""
        day, position = self._day(1 + place % 2), len(self._visits)
        outcome = "done" if state else "absent" if place % 2 else ""
        told: dict[str, Any] = {"building_id": building.id, "team_id": team.id, "position": position}
        note = self._words["absent_note"] if outcome == "absent" else ""
        self._visits.append(Assignment(id=new_id(), day=day, outcome=outcome, note=note, **told))
        if outcome == "absent":
            later = (self._first + timedelta(days=self._days + 1)).isoformat()
            self._visits.append(Assignment(id=new_id(), day=later, round=2, **told))

    def write(self) -> None:
        """All of it, and requests about some of what counts."""
        self._uow.teams.add_many(self._teams)
        self._uow.buildings.add_many(self._buildings)
        self._uow.occupancies.add_many(self._links)
        self._uow.surveys.add_many(self._surveys)
        self._uow.assignments.add_many(self._visits)
        self._uow.appeals.add_many(self._requests())

    def _requests(self) -> Sequence[Appeal]:
        counted = [one for one in self._surveys if one.state == "counted"]
        asked = self._ctx.now().astimezone(JST).date().isoformat()
        return [
            Appeal(id=new_id(), building_id=one.building_id, wants="second", asked_on=asked, reason=self._words["appeal_reason"], state=state)
            for one, state in zip(counted[1::9], ("open", "accepted", "open", "accepted"), strict=False)
        ]
