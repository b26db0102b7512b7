"""支援措置: the tab, registering, extending, releasing."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.ui.stage import Stage, shot
from app.usecases import protections
from app.usecases.gateway import Session
from app.usecases.protections import Target
from app.usecases.reception import Arrival, check_in


def _fill(session: Session) -> None:
    """Measures of every state, and a clerk who typed one of the people in as new."""
    from dataclasses import replace
    from datetime import date, timedelta

    ctx = session.context
    active = ctx.reads.residents.active()
    assert active is not None
    rids = list(ctx.reads.residents.ids(snapshot_id=active.id))
    today = protections.today(ctx)
    people = [view for view in ctx.reads.residents.page(rids[:90]) if view.resident_no and not view.protected and not view.person_id]

    def day(days: int) -> str:
        return date.fromordinal(today.toordinal() + days).isoformat()

    for place, (starts, ends) in enumerate(((-372, -7), (-340, 12), (-352, 25), (-100, 265), (-30, 335), (-200, 165))):
        view = people[place * 7]
        others = [one for one in ctx.reads.residents.household(view.id) if one.id != view.id and one.resident_no and not one.protected]
        protections.add_protection(
            ctx,
            target=Target(resident_id=view.id),
            companions=[Target(resident_id=one.id) for one in others[:1] if place % 2 == 0],
            starts=day(starts),
            ends=day(ends),
            provisional=place == 4,
        )
    last = protections.list_protections(ctx, state="running")[-1]
    protections.release_protection(ctx, protection_ids=[last.id], reason="本人の申出")
    clerk = replace(ctx, actor=replace(ctx.actor, roles=("shelter",)))
    typed = {"name": people[0].name, "kana": people[0].kana, "birth": people[0].birth}
    moment = ctx.now() - timedelta(hours=1)
    check_in(clerk, shelter_id=ctx.reads.shelters.rows(at=ctx.now())[0].id, arrivals=[Arrival(values=typed)], at=moment)


def _tab(stage: Stage) -> Any:
    window = stage.window_on(stage.other("protection", _fill), "residents", tab="protection")
    stage.settle()
    return window.current.tab("protection")


@shot("residents-protection")
def _list(stage: Stage) -> QWidget:
    return _tab(stage).window()  # type: ignore[no-any-return]


@shot("residents-protection-add")
def _add(stage: Stage) -> QWidget:
    tab = _tab(stage)
    dialog = tab.add()
    active = tab.context.reads.residents.active()
    rids = list(tab.context.reads.residents.ids(snapshot_id=active.id))
    view = next(one for one in tab.context.reads.residents.page(rids[100:160]) if one.relation == "世帯主" and not one.protected)
    dialog.box.setText(view.kana)
    dialog.find(view.kana)
    stage.settle()
    for tick in dialog.ticks[:1]:
        tick.setChecked(True)
    return stage.dialog()


@shot("residents-protection-extend")
def _extend(stage: Stage) -> QWidget:
    tab = _tab(stage)
    tab.table.make_current(0)
    tab.extend()
    return stage.dialog()


@shot("residents-protection-release")
def _release(stage: Stage) -> QWidget:
    tab = _tab(stage)
    tab.table.make_current(0)
    tab.release()
    return stage.dialog()
