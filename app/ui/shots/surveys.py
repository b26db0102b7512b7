"""家屋・調査, tab by tab, and everything that opens from there: on a folder with a small town of damaged houses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.dates import JST
from app.domain.governance import Operator
from app.domain.identifiers import new_id
from app.ui.stage import Stage, shot
from app.usecases import buildings, survey_plans, surveys
from app.usecases.context import Actor, Context
from app.usecases.gateway import Session
from app.usecases.survey_rows import BuildingFilter

_PARTS: tuple[dict[str, list[list[int]]], ...] = (
    {"roof": [[3, 60]], "wall": [[2, 40]], "foundation": [[1, 20]]},
    {"roof": [[4, 80]], "wall": [[4, 60]], "foundation": [[3, 40]]},
    {"roof": [[1, 20]], "wall": [[1, 40]], "foundation": []},
    {"roof": [[5, 100]], "wall": [[5, 80]], "foundation": [[4, 60]]},
    {"roof": [[2, 40]], "wall": [[3, 40]], "foundation": [[2, 20]]},
)


def another(ctx: Context, name: str) -> Context:
    """Somebody else at the same desk: who checks what the first one entered."""
    known = next((one for one in ctx.reads.all("operator") if one.name == name), None)  # type: ignore[attr-defined]
    roles = ("survey", "desk", "approval")
    if known is None:
        with ctx.unit() as uow:
            known = uow.operators.add(Operator(id=new_id(), name=name, roles=roles))
            uow.commit()
    return replace(ctx, actor=Actor(operator_id=known.id, name=name, roles=roles, slot=""))


def _fill(session: Session) -> None:
    ctx = session.context
    checker, writer = another(ctx, "確認　良子"), another(ctx, "入力　次子")
    day = ctx.now().astimezone(JST).date()
    active = ctx.reads.residents.active()
    heads = [row for batch in ctx.reads.residents.rows(snapshot_id=active.id) for row in batch if row.relation == "世帯主" and not row.protected][:64]
    made = [_building(ctx, row, place) for place, row in enumerate(heads)]
    north, _ = survey_plans.save_team(ctx, values={"name": "1班", "members": ("見本　一郎", "例示　次郎"), "from_town": "支市"})
    south, _ = survey_plans.save_team(ctx, values={"name": "2班（応援）", "members": ("架空　三郎", "想定　四郎"), "from_town": "架空市から応援"})
    for place, building_id in enumerate(made[:40]):
        _survey(ctx if place % 4 == 0 else writer, checker, building_id, place, day.isoformat())
    survey_plans.assign_buildings(ctx, team_id=north, day=day.isoformat(), building_ids=made[40:52])
    survey_plans.assign_buildings(ctx, team_id=south, day=day.isoformat(), building_ids=made[52:58])
    visits = survey_plans.list_assignments(ctx, day=day.isoformat(), team_id=north)
    survey_plans.note_outcomes(ctx, outcomes={visits[0].id: "absent", visits[1].id: "absent", visits[2].id: "refused"})
    for place, wants in ((0, "second"), (1, "re"), (3, "second")):
        surveys.open_appeal(
            ctx, building_id=made[place], wants=wants, asked_on=day.isoformat(), asked_by="世帯主", phone="090-0000-1234",
            reason="屋内の柱の傾きと、床の沈みを見ていない",
        )  # fmt: skip
    asked = surveys.list_appeals(ctx)
    surveys.answer_appeal(checker, appeal_id=asked[-1].appeal.id, accept=True, answer="明日の午前に伺うことを電話で伝えた")


def _building(ctx: Context, row: Any, place: int) -> str:
    risks, structures = ("", "inspected", "limited", "unsafe"), ("wood", "wood", "light_steel", "rc")
    values = {
        "address": row.address, "postal": row.postal, "district": row.district, "zone": "川沿い" if place % 5 == 0 else "",
        "owner_name": row.name, "owner_kana": row.kana, "structure": structures[place % 4], "storeys": 1 + place % 2,
        "floor_area": 84.5 + place * 3, "use": "barn" if place % 13 == 12 else "dwelling", "tax_no": f"1-{place + 101:04d}",
        "risk": risks[place % 4], "collapsed": place % 11 == 3, "danger": "ブロック塀が道路に倒れている" if place % 11 == 3 else "",
    }  # fmt: skip
    building_id, _ = buildings.save_building(ctx, values=values)
    found = ctx.reads.residents.by_number(row.resident_no)
    if place % 7 != 6 and found:
        buildings.link_household(ctx, building_id=building_id, resident_id=found[0].id, tenure="own" if place % 3 else "rent")
    return building_id


def _survey(writer: Context, checker: Context, building_id: str, place: int, day: str) -> None:
    inputs = {"hazard": "earthquake", "stage": 1, "structure": "wood", "tilt_mm": [4, 6, 8, 10], "plumb_mm": 1200, "parts": _PARTS[place % 5]}
    done = surveys.record_survey(
        writer, building_id=building_id, inputs=inputs, surveyed_on=day, started="9:10", ended="9:25", surveyors=("見本　一郎", "例示　次郎"),
    )  # fmt: skip
    if place < 24:
        surveys.check_surveys(checker, survey_ids=[done.survey.id], accept=place % 8 != 7, note="②の傾斜を写真と合わせてください" if place % 8 == 7 else "")


def town(stage: Stage) -> Session:
    """The folder with the damaged town."""
    return stage.other("surveys", _fill, residents=600)


def _tab(stage: Stage, key: str, **arguments: Any) -> Any:
    window = stage.window_on(town(stage), "surveys", tab=key, **arguments)
    stage.settle()
    return window.current.tab(key)


@shot("surveys-buildings")
def _buildings(stage: Stage) -> QWidget:
    return _tab(stage, "buildings").window()


@shot("surveys-buildings-empty")
def _nothing(stage: Stage) -> QWidget:
    tab = _tab(stage, "buildings")
    tab.show_ids([], BuildingFilter())
    return tab.window()


@shot("surveys-buildings-collapsed")
def _collapsed(stage: Stage) -> QWidget:
    return _tab(stage, "buildings", filter=BuildingFilter(collapsed=True)).window()


def _file(stage: Stage, tab: int = 0) -> Any:
    found = _tab(stage, "buildings")
    ctx = town(stage).context
    wanted = next(one for one in surveys.list_appeals(ctx) if one.grade)
    dialog = found.open_file(wanted.appeal.building_id)
    stage.settle()
    dialog.tabs.setCurrentIndex(tab)
    return dialog


@shot("surveys-building-file")
def _building_file(stage: Stage) -> QWidget:
    return _file(stage)


@shot("surveys-building-homes")
def _homes(stage: Stage) -> QWidget:
    return _file(stage, 1)


@shot("surveys-building-papers")
def _papers(stage: Stage) -> QWidget:
    return _file(stage, 2)


@shot("surveys-building-new")
def _new(stage: Stage) -> QWidget:
    return _tab(stage, "buildings").add()


@shot("surveys-building-risk")
def _risk(stage: Stage) -> QWidget:
    dialog = _file(stage)
    return dialog.acts.note_risk(dialog.file.building)


@shot("surveys-building-self")
def _self(stage: Stage) -> QWidget:
    dialog = _file(stage)
    return dialog.acts.judge_self(dialog.file.building)


@shot("surveys-building-link")
def _link(stage: Stage) -> QWidget:
    tab = _tab(stage, "buildings")
    tab.link_household()
    return stage.dialog()


@shot("surveys-building-link-typed")
def _link_typed(stage: Stage) -> QWidget:
    tab = _tab(stage, "buildings")
    tab.link_household()
    dialog: Any = stage.dialog()
    dialog.tabs.setCurrentIndex(1)
    return dialog


def _other(stage: Stage) -> Any:
    """The tab on a survey that somebody else entered."""
    session = stage.other("surveys-checked", _fill, residents=600)
    session.context = another(session.context, "確認　良子")
    tab = stage.window_on(session, "surveys", tab="check").current.tab("check")
    tab.table.make_current(1)
    stage.settle()
    return tab


@shot("surveys-check")
def _check(stage: Stage) -> QWidget:
    tab = _other(stage)
    return tab.window()


@shot("surveys-check-own")
def _check_own(stage: Stage) -> QWidget:
    """On one that the reader entered: greyed, with why."""
    tab = _tab(stage, "check")
    own = next(place for place in range(tab.table.rows.rowCount()) if tab.table.rows.row(place).mine)
    tab.table.make_current(own)
    stage.settle()
    return tab.window()


@shot("surveys-check-return")
def _return(stage: Stage) -> QWidget:
    return _other(stage).send_back()


@shot("surveys-appeals")
def _appeals(stage: Stage) -> QWidget:
    return _tab(stage, "appeals").window()


@shot("surveys-appeal-new")
def _appeal(stage: Stage) -> QWidget:
    dialog = _file(stage)
    return dialog.acts.appeal(dialog.file.building, asked_by="能登　花子")


def _plan(stage: Stage) -> Any:
    tab = _tab(stage, "plan")
    tab.teams.table.make_current(0)
    stage.settle()
    return tab


@shot("surveys-plan")
def _planned(stage: Stage) -> QWidget:
    return _plan(stage).window()


@shot("surveys-plan-progress")
def _progress(stage: Stage) -> QWidget:
    tab = _plan(stage)
    tab.views.setCurrentIndex(1)
    return tab.window()


@shot("surveys-plan-assign")
def _assign(stage: Stage) -> QWidget:
    return _plan(stage).assign()


@shot("surveys-plan-team")
def _team(stage: Stage) -> QWidget:
    return _plan(stage).teams.correct()


def _area(stage: Stage) -> Any:
    """The dialog on a district, with its corners chosen and what would change in sight."""
    tab = _tab(stage, "buildings")
    dialog = tab.page.judge_area()
    stage.settle()
    ctx = town(stage).context
    fitting = max(range(dialog.where.count()), key=lambda place: dialog.where.itemText(place).startswith("地区") and _counted(ctx, dialog, place))
    dialog.where.setCurrentIndex(fitting)
    dialog._read_area()
    stage.settle()
    return dialog


def _counted(ctx: Context, dialog: Any, place: int) -> int:
    return len(buildings.list_building_ids(ctx, filter=BuildingFilter(district=dialog.where.itemData(place)[1], state="counted")))


@shot("surveys-area")
def _area_preview(stage: Stage) -> QWidget:
    dialog = _area(stage)
    for key, raw in (("grade", "partial"), ("reason", "四隅の調査がすべて準半壊に至らない以上")):
        dialog.body.editors[key].set_raw(raw)
    for place in range(min(4, dialog.corners.rows.rowCount())):
        dialog.corners.make_current(place)
        dialog.tick()
    dialog.go_on()
    stage.settle()
    return dialog


@shot("surveys-area-acts")
def _area_acts(stage: Stage) -> QWidget:
    dialog = _area(stage)
    dialog.tabs.setCurrentIndex(1)
    return dialog
