"""Applications and certificates of a training folder: some in every state, for every list and every refusal to be practised.

They hang on the judged buildings that training has; where there are none yet, a few are laid out here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from app.domain.building import Building, Occupancy
from app.domain.dates import JST
from app.domain.identifiers import new_id
from app.domain.survey import Survey
from app.usecases import applications, certificates
from app.usecases.applications import on_grades_changed
from app.usecases.buildings import next_building_number, victim_of_resident
from app.usecases.certificate_rows import Issued
from app.usecases.context import Context
from app.usecases.forms import change_signature, read_signature

Issue = Callable[[Context, Sequence[str]], Issued]
Supersede = Callable[[Context, str, str], Issued]

_HOUSES = 44
_GRADES = ("total", "large", "medium", "half", "half", "semi_half", "semi_half", "partial", "partial", "partial", "none")
_UNSURVEYED = 8
_ISSUED = 12


def fill_certificates(ctx: Context, *, words: Mapping[str, Any], seed: int, issue: Issue, supersede: Supersede) -> None:
    """Who signs, applications in every state, certificates in force, to be replaced, replaced and revoked. ``words``: of the training."""
    if not read_signature(ctx).mayor_name:
        signature = replace(read_signature(ctx), mayor_title=words["mayor_title"], mayor_name=words["mayor_name"])
        change_signature(ctx, values=signature)
    random = Random(seed)
    if not ctx.reads.all("building"):
        _lay_out_buildings(ctx, random)
    judged, waiting = _homes(ctx)
    made = [_ask(ctx, words, place, pair) for place, pair in enumerate(judged[: _ISSUED + 8])]
    for place, pair in enumerate(waiting[:4]):
        _ask(ctx, words, place, pair, self_judgement=place == 0)
    _odd_ones(ctx, words, judged)
    if len(made) < _ISSUED + 4:
        return
    applications.approve(ctx, application_ids=made[_ISSUED : _ISSUED + 2])
    applications.close(ctx, application_ids=[made[_ISSUED + 2]], reason=words["reason"])
    papers = issue(ctx, made[:_ISSUED]).certificates
    if len(papers) >= 4:
        _end_some(ctx, words, papers, supersede)


def _lay_out_buildings(ctx: Context, random: Random) -> None:
    """Houses of residents, most of them judged."""
    snapshot = ctx.reads.residents.active()
    if snapshot is None:
        return
    rids = sorted(ctx.reads.residents.ids(snapshot_id=snapshot.id))
    views = ctx.reads.residents.page(random.sample(rids, min(len(rids), _HOUSES)))
    day = ctx.place.occurred_at.astimezone(JST).date().isoformat()
    with ctx.unit() as uow:
        homes: dict[str, str] = {}
        for view in views:
            victim = victim_of_resident(ctx, uow, view.id)
            if victim.id in homes:
                continue
            building = uow.buildings.add(
                Building(
                    id=new_id(),
                    number=next_building_number(ctx, uow),
                    address=view.address,
                    postal=view.postal,
                    district=view.district,
                    structure="wood",
                )
            )
            uow.occupancies.add(Occupancy(id=new_id(), building_id=building.id, victim_id=victim.id, tenure="own"))
            homes[victim.id] = building.id
        for building_id in list(homes.values())[_UNSURVEYED:]:
            uow.surveys.add(_survey(ctx, building_id, random.choice(_GRADES), day))
        on_grades_changed(ctx, uow, list(homes.values()))
        uow.commit()


def _survey(ctx: Context, building_id: str, grade: str, day: str, *, kind: str = "first") -> Survey:
    return Survey(
        id=new_id(),
        building_id=building_id,
        disaster_id=ctx.place.disaster_id,
        kind=kind,
        surveyed_on=day,
        grade=grade,
        decided_by="given",
        state="counted",
        entered_by=ctx.actor.operator_id,
    )


def _homes(ctx: Context) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Household and building of those judged (protected ones not among them), and of those nobody surveyed."""
    reads = ctx.reads.certificates
    pairs = reads.push_candidates()
    hidden = reads.withheld(victim for victim, _ in pairs)
    counted = reads.counted({building for _, building in pairs})
    judged = [pair for pair in pairs if pair[0] not in hidden and counted[pair[1]][1] != "none"]
    with ctx.unit() as uow:
        links = [(link.victim_id, link.building_id) for link in uow.occupancies.where(main=True)]
    known = reads.counted({building for _, building in links})
    guarded = reads.withheld(victim for victim, _ in links)
    return judged, [link for link in links if link[1] not in known and link[0] not in guarded]


def _ask(ctx: Context, words: Mapping[str, Any], place: int, pair: tuple[str, str], **more: Any) -> str:
    """One application, of many kinds in turn."""
    victim = applications.need_victim(ctx, pair[0])
    agent = place % 7 == 3
    values = {
        "applicant_name": words["reporter"] if agent else victim.head_name,
        "applicant_kana": "" if agent else victim.head_kana,
        "applicant_birth": "" if agent else victim.head_birth,
        "applicant_role": "agent" if agent else "self",
        "proxy": agent,
        "purposes": [("relief_fund", "insurance", "tax", "housing")[place % 4]],
        "copies": 1 + place % 3,
        "applied_on": (ctx.place.occurred_at.astimezone(JST).date() + timedelta(days=place % 3)).isoformat(),
        "with_members": place % 4 == 0,
        "channel": ("counter", "counter", "post", "online")[place % 4],
        "phone": f"000-00-{place:04d}",
        **more,
    }
    return applications.apply(ctx, values=values, victim_id=pair[0], building_id=pair[1]).application.id


def _odd_ones(ctx: Context, words: Mapping[str, Any], judged: Sequence[tuple[str, str]]) -> None:
    """A report certificate, one written down as told without a building, one with a building of its own."""
    if judged:
        _ask(ctx, words, 1, judged[0], kind="report", objects=["vehicle", "carport"], damage=words["damage_told"])
    applications.apply(ctx, values={"applicant_name": words["reporter"], "applicant_birth": "S40.1.2"})
    applications.apply(
        ctx,
        values={"applicant_name": words["reporter"], "self_judgement": True},
        household={"head_name": words["reporter"], "address": words["visitor_address"]},
        building={"address": words["visitor_address"]},
    )


def _end_some(ctx: Context, words: Mapping[str, Any], papers: Sequence[str], supersede: Supersede) -> None:
    """One revoked, one replaced after a re-survey, one that waits to be."""
    certificates.revoke(ctx, certificate_id=papers[0], reason=words["reason"])
    rows = certificates.certificate_rows(ctx, certificate_ids=papers[1:3])
    first = ctx.place.occurred_at.astimezone(JST).date().isoformat()
    with ctx.unit() as uow:
        for row in rows:
            day = max((one.surveyed_on for one in uow.surveys.where(building_id=row.building_id)), default=first)  # never before the first survey
            grade = "large" if row.grade != "large" else "total"
            uow.surveys.add(replace(_survey(ctx, row.building_id, grade, day, kind="re"), reason=words["reason"]))
        on_grades_changed(ctx, uow, [row.building_id for row in rows])
        uow.commit()
    supersede(ctx, papers[1], words["reason"])
