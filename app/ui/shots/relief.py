"""支給, tab by tab, and everything that opens from there: on a folder with damaged houses, claims and casualties."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.dates import JST
from app.ui.stage import Stage, shot
from app.usecases import buildings, casualties, claims, entitlements, programmes, relief_calculation
from app.usecases.context import Context
from app.usecases.gateway import Session
from app.usecases.relief_rows import ClaimFilter, EntitlementFilter

_DONATION, _LAW, _DEATH, _LOAN = "gienkin-ishikawa-2024", "saiken", "choui", "engo"


def _fill(session: Session) -> None:
    """Programmes, casualties and claims, on top of the damage that the training folder has; the donation calculated."""
    ctx = session.context
    for one in programmes.shipped_programmes():
        if one.code in (_DONATION, _LAW, _DEATH, _LOAN):
            programmes.import_programme(ctx, text=one.text, name=one.name)
    for programme in programmes.list_programmes(ctx):
        for round_ in programmes.list_rounds(ctx, programme_id=programme.id):
            programmes.save_round(ctx, programme_id=programme.id, values={"state": "open"}, round_id=round_.id)
    _hurt(ctx)
    _ask(ctx)
    relief_calculation.calculate(ctx, round_id=round_of(ctx, _DONATION))


def round_of(ctx: Context, code: str) -> str:
    """The first round of a programme."""
    return programmes.list_rounds(ctx, programme_id=programmes.find_programme(ctx, code=code).id)[0].id


def _heads(ctx: Context) -> list[Any]:
    active = ctx.reads.residents.active()
    assert active is not None
    return [row for batch in ctx.reads.residents.rows(snapshot_id=active.id) for row in batch if row.relation == "世帯主" and not row.protected]


def _hurt(ctx: Context) -> None:
    day = ctx.place.occurred_at.astimezone(JST).date().isoformat()
    harms = ("dead", "dead", "missing", "serious", "light", "related_death", "disability")
    for place, (row, harm) in enumerate(zip(_heads(ctx)[5:], harms, strict=False)):
        given = {
            "harm": harm, "name": row.name, "kana": row.kana, "birth": row.birth, "address": row.address, "district": row.district,
            "resident_id": ctx.reads.residents.by_number(row.resident_no)[0].id, "harmed_on": day, "breadwinner": (True, None, False)[place % 3],
            "document": "死体検案書" if place < 2 else "",
        }  # fmt: skip
        casualties.save_casualty(ctx, values=given)


def _ask(ctx: Context) -> None:
    law = programmes.find_programme(ctx, code=_LAW)
    homes = buildings.list_victim_ids(ctx)[:9]
    for place, row in enumerate(buildings.victim_rows(ctx, homes)):
        papers = law.documents[: (0, len(law.documents), 2)[place % 3]]
        claims.save_claim(
            ctx,
            values={
                "programme_id": law.id, "round_id": round_of(ctx, _LAW), "victim_id": row.id, "claimed_by": row.head_name,
                "method": ("build", "", "repair")[place % 3], "documents": papers,
            },
        )  # fmt: skip


def town(stage: Stage) -> Session:
    """The folder where money is given."""
    return stage.other("relief", _fill, residents=600)


def tab_of(stage: Stage, key: str, **arguments: Any) -> Any:
    """A tab of the page, settled."""
    window = stage.window_on(town(stage), "relief", tab=key, **arguments)
    stage.settle()
    return window.current.tab(key)


def _emptied(tab: Any) -> QWidget:
    """A tab as it looks before there is anything."""
    tab._show_ids([], tab.filters.wanted if hasattr(tab, "filters") else tab.wanted)
    return tab.window()


def _choose(stage: Stage, code: str) -> Any:
    tab = tab_of(stage, "calculation")
    tab.arrive(round_id=round_of(town(stage).context, code))
    stage.settle()
    return tab


@shot("relief-entitlements")
def _entitlements(stage: Stage) -> QWidget:
    return tab_of(stage, "entitlements").window()


@shot("relief-entitlement-file")
def _file(stage: Stage) -> QWidget:
    tab = tab_of(stage, "entitlements")
    ids = entitlements.list_entitlement_ids(town(stage).context, filter=EntitlementFilter(owed=True))
    return tab.open_file(ids[0])


@shot("relief-entitlement-decline")
def _decline(stage: Stage) -> QWidget:
    tab = tab_of(stage, "entitlements")
    return tab.decline()


@shot("relief-entitlements-empty")
def _nobody(stage: Stage) -> QWidget:
    return _emptied(tab_of(stage, "entitlements"))


@shot("relief-calculation")
def _begin(stage: Stage) -> QWidget:
    return _choose(stage, _LAW).window()


@shot("relief-calculation-tried")
def _tried(stage: Stage) -> QWidget:
    tab = _choose(stage, _DONATION)
    tab.try_out()
    stage.settle()
    return tab.window()


@shot("relief-calculation-law")
def _law(stage: Stage) -> QWidget:
    tab = _choose(stage, _LAW)
    tab.try_out()
    stage.settle()
    return tab.window()


@shot("relief-calculation-empty")
def _no_programme(stage: Stage) -> QWidget:
    tab = tab_of(stage, "calculation")
    tab._show_offered([])
    return tab.window()


@shot("relief-claims")
def _claims(stage: Stage) -> QWidget:
    return tab_of(stage, "claims").window()


@shot("relief-claims-empty")
def _no_claims(stage: Stage) -> QWidget:
    return _emptied(tab_of(stage, "claims"))


@shot("relief-claim-new")
def _new_claim(stage: Stage) -> QWidget:
    dialog = tab_of(stage, "claims").begin()
    stage.settle()
    dialog.choice.choose(programmes.find_programme(town(stage).context, code=_LAW).id)
    dialog._show_programme()
    dialog.whom.finder.setText("支市")
    dialog.whom.find("支市")
    stage.settle()
    return dialog


@shot("relief-claim-loan")
def _loan(stage: Stage) -> QWidget:
    dialog: Any = _new_claim(stage)
    dialog.choice.choose(programmes.find_programme(town(stage).context, code=_LOAN).id)
    dialog._show_programme()
    dialog.whom.choose()
    stage.settle()
    return dialog


@shot("relief-claim-papers")
def _papers(stage: Stage) -> QWidget:
    tab = tab_of(stage, "claims")
    tab.table.select_id(claims.list_claim_ids(town(stage).context, filter=ClaimFilter(lacking=True))[0])
    stage.settle()
    return tab.tick()


@shot("relief-claim-import")
def _import_claims(stage: Stage) -> QWidget:
    return tab_of(stage, "claims").import_file()


@shot("relief-claim-repair")
def _repair(stage: Stage) -> QWidget:
    ctx = town(stage).context
    if not any(one.kind == "repair" for one in programmes.list_programmes(ctx)):
        shipped = programmes.find_shipped("oukyu")
        programmes.import_programme(ctx, text=shipped.text, name=shipped.name)
    dialog: Any = _new_claim(stage)
    dialog.choice.choose(next(one.id for one in programmes.list_programmes(ctx) if one.kind == "repair"))
    dialog._show_programme()
    dialog.whom.choose()
    stage.settle()
    return dialog


@shot("relief-claim-close")
def _close_claim(stage: Stage) -> QWidget:
    return tab_of(stage, "claims").close_claim()


@shot("relief-casualties")
def _casualties(stage: Stage) -> QWidget:
    return tab_of(stage, "casualties").window()


@shot("relief-casualties-empty")
def _no_casualties(stage: Stage) -> QWidget:
    return _emptied(tab_of(stage, "casualties"))


@shot("relief-casualty-new")
def _new_casualty(stage: Stage) -> QWidget:
    dialog = tab_of(stage, "casualties").begin()
    stage.settle()
    dialog.whom.finder.setText(_heads(town(stage).context)[20].name)
    dialog.whom.find(dialog.whom.finder.text())
    stage.settle()
    dialog.whom.choose()
    stage.settle()
    return dialog


@shot("relief-casualty-withdraw")
def _withdraw(stage: Stage) -> QWidget:
    return tab_of(stage, "casualties").withdraw()
