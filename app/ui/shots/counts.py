"""被害の集計 and 進み具合: on the damaged town, with what headquarters typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.certificate import Application, Certificate
from app.domain.dates import JST
from app.domain.identifiers import new_id
from app.ui.shots.surveys import town
from app.ui.stage import Stage, shot
from app.usecases.damage_counts import count_damage, save_typed
from app.usecases.gateway import Session


def _fill(session: Session) -> None:
    """Two weeks of applications and certificates, and the third report."""
    ctx = session.context
    if count_damage(ctx).number:
        return
    save_typed(ctx, values={"dead": 2, "missing": 1, "serious": 4, "schools": 3}, number=3)
    today = ctx.now().astimezone(JST).date()
    with ctx.unit() as uow:
        for place in range(120):
            came = today - timedelta(days=13 - place % 13)
            _apply(uow, came, came + timedelta(days=6) if place % 3 == 0 and place % 13 < 8 else None)
        uow.commit()


def _apply(uow: Any, came: date, served: date | None) -> None:
    made = uow.applications.add(
        Application(id=new_id(), number=f"S-{uow.next_number('shot')}", applied_on=came.isoformat(), state="issued" if served else "awaiting")
    )
    if served:
        uow.certificates.add(Certificate(id=new_id(), number=made.number, application_id=made.id, issued_on=served.isoformat()))


def _tab(stage: Stage, key: str) -> Any:
    session = town(stage)
    _fill(session)
    window = stage.window_on(session, "surveys", tab=key)
    stage.settle()
    return window.current.tab(key)


@shot("surveys-counts")
def _counts(stage: Stage) -> QWidget:
    return _tab(stage, "counts").window()


@shot("surveys-counts-typed")
def _typed(stage: Stage) -> QWidget:
    return _tab(stage, "counts").type_numbers()


@shot("surveys-counts-export")
def _export(stage: Stage) -> QWidget:
    return _tab(stage, "counts").export()


@shot("surveys-progress")
def _progress(stage: Stage) -> QWidget:
    tab = _tab(stage, "progress")
    tab.chart.point_at(len(tab.chart.points) - 4)
    return tab.window()


@shot("surveys-counts-form")
def _form(stage: Stage) -> QWidget:
    tab = _tab(stage, "counts")
    tab.halves.setCurrentIndex(1)
    return tab.window()


@shot("surveys-counts-empty")
def _empty(stage: Stage) -> QWidget:
    tab = _tab(stage, "counts")
    tab.show_counts(replace(tab.counts, lines=(), number=0, typed={}, casualties={}, unjudged=0))
    return tab.window()


@shot("surveys-progress-empty")
def _idle(stage: Stage) -> QWidget:
    tab = _tab(stage, "progress")
    done = replace(tab.progress.surveys, remaining=0)
    tab.show_progress(replace(tab.progress, days=(), surveys=done, certificates=done))
    return tab.window()
