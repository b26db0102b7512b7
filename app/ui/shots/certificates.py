"""証明書, tab by tab, and everything that opens from there: on a folder where people queue for certificates."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.building import Building
from app.domain.dates import JST
from app.domain.identifiers import new_id
from app.domain.survey import Survey
from app.ui.stage import Stage, shot
from app.usecases import applications, certificates
from app.usecases.applications import on_grades_changed
from app.usecases.buildings import link_household, next_building_number
from app.usecases.certificate_rows import ApplicationFilter, CertificateFilter
from app.usecases.certificate_settings import change_certificate_settings
from app.usecases.context import Context
from app.usecases.forms import change_signature, read_signature
from app.usecases.gateway import Session

_GRADES = ("half", "semi_half", "total", "partial", "medium", "large")


def _fill(session: Session) -> None:
    """Some in every state, on top of what the training folder has."""
    from dataclasses import replace

    from app.interchange.certificates import issue_certificates

    ctx = session.context
    change_signature(ctx, values=replace(read_signature(ctx), mayor_title="支市長", mayor_name="見本　太郎"))
    change_certificate_settings(ctx, values={"queue_prefix": "A", "extra1": "この証明書は民事上の権利義務関係に効力を有するものではありません。"})
    active = ctx.reads.residents.active()
    heads = [row for batch in ctx.reads.residents.rows(snapshot_id=active.id) for row in batch if row.relation == "世帯主" and not row.protected]
    fresh = [row for row in heads[-60:]][:30]
    made = [_house(ctx, row, place) for place, row in enumerate(fresh)]
    asked = [_ask(ctx, row, building, place) for place, (row, building) in enumerate(zip(fresh, made, strict=True))]
    judged = [one for one in asked if ctx.reads.get("application", one).state == "judged"]
    done = issue_certificates(ctx, application_ids=judged[:8], folder=session.folder)
    applications.approve(ctx, application_ids=judged[8:11])
    _judge(ctx, made[asked.index(judged[0])], "total", kind="re")
    certificates.revoke(ctx, certificate_id=done.certificates[2], reason="別の世帯の建物で発行していた")
    _told(ctx, heads[-61])


def _told(ctx: Context, row: Any) -> None:
    """One written down as told who is in the residents, and one who is not."""
    for name, kana, birth, address in ((row.name, row.kana, row.birth, row.address), ("グエン　ヴァン", "グエン　ヴァン", "H2.3.4", "支市港町9-9")):
        applications.apply(
            ctx, values={"applicant_name": name, "applicant_kana": kana, "applicant_birth": birth, "phone": "090-0000-7777"},
            household={"head_name": name, "head_kana": kana, "head_birth": birth, "address": address}, building={"address": address},
        )  # fmt: skip


def _house(ctx: Context, row: Any, place: int) -> str:
    with ctx.unit() as uow:
        building = uow.buildings.add(
            Building(id=new_id(), number=next_building_number(ctx, uow), address=row.address, postal=row.postal, district=row.district)
        )
        uow.commit()
    resident = ctx.reads.residents.by_number(row.resident_no)[0]
    link_household(ctx, building_id=building.id, resident_id=resident.id, tenure="own" if place % 3 else "rent")
    if place % 3 != 2:
        _judge(ctx, building.id, _GRADES[place % 6])
    return building.id


def _judge(ctx: Context, building_id: str, grade: str, *, kind: str = "first") -> None:
    day = ctx.now().astimezone(JST).date().isoformat()
    with ctx.unit() as uow:
        uow.surveys.add(
            Survey(
                id=new_id(), building_id=building_id, kind=kind, method="photo", grade=grade, state="counted", surveyed_on=day, decided_by="photo",
            )
        )  # fmt: skip
        on_grades_changed(ctx, uow, [building_id])
        uow.commit()


def _ask(ctx: Context, row: Any, building_id: str, place: int) -> str:
    with ctx.unit() as uow:
        victim = uow.occupancies.where(building_id=building_id)[0].victim_id
    given = {
        "applicant_name": row.name, "applicant_kana": row.kana, "applicant_birth": row.birth, "phone": f"090-0000-{2000 + place}",
        "copies": 1 + place % 3, "purposes": ("relief_fund", "insurance"), "with_members": place % 2 == 0,
        "self_judgement": place % 9 == 5, "damage": "屋根瓦が落ち、壁にひびがある" if place % 4 else "",
        "kind": "report" if place % 8 == 7 else "damage",
    }  # fmt: skip
    return applications.apply(ctx, values=given, victim_id=victim, building_id=building_id).application.id


def town(stage: Stage) -> Session:
    """The folder where people queue."""
    return stage.other("certificates", _fill, residents=600)


def _tab(stage: Stage, key: str, **arguments: Any) -> Any:
    window = stage.window_on(town(stage), "certificates", tab=key, **arguments)
    stage.settle()
    return window.current.tab(key)


@shot("certificates-applications")
def _applications(stage: Stage) -> QWidget:
    return _tab(stage, "applications").window()


def _application(stage: Stage, state: str) -> Any:
    tab = _tab(stage, "applications")
    found = applications.list_application_ids(town(stage).context, filter=ApplicationFilter(state=state))
    return tab.open_file(found[0])


@shot("certificates-application-file")
def _file(stage: Stage) -> QWidget:
    return _application(stage, "issued")


@shot("certificates-application-waiting")
def _waiting(stage: Stage) -> QWidget:
    return _application(stage, "awaiting")


def _new(stage: Stage) -> Any:
    dialog = _tab(stage, "applications").begin()
    stage.settle()
    dialog.household.finder.setText("支市")
    dialog.household.find("支市")
    stage.settle()
    return dialog


@shot("certificates-application-new")
def _found(stage: Stage) -> QWidget:
    dialog = _new(stage)
    rows = dialog.household.table.rows
    wanted = next((place for place in range(rows.rowCount()) if rows.row(place).kind == "victim"), 0)
    dialog.household.table.make_current(wanted)
    dialog.household.choose()
    stage.settle()
    return dialog


@shot("certificates-application-blank")
def _blank(stage: Stage) -> QWidget:
    return _tab(stage, "applications").begin()


@shot("certificates-application-told")
def _told_by_hand(stage: Stage) -> QWidget:
    dialog = _tab(stage, "applications").begin()
    dialog.household.tabs.setCurrentIndex(1)
    for key, raw in (("head_name", "グエン　ヴァン"), ("head_birth", "H2.3.4"), ("address", "支市港町9-9")):
        dialog.household.told.editors[key].set_raw(raw)
    dialog._show_told()
    dialog._kinds["report"].setChecked(True)
    stage.settle()
    return dialog


@shot("certificates-application-done")
def _done(stage: Stage) -> QWidget:
    dialog: Any = _told_by_hand(stage)
    dialog.body.editors["objects"].set_raw("vehicle")
    dialog.save()
    stage.settle()
    return dialog


@shot("certificates-application-link")
def _link(stage: Stage) -> QWidget:
    dialog = _application(stage, "awaiting")
    stage.settle()
    return dialog.link()


@shot("certificates-look-up")
def _look_up(stage: Stage) -> QWidget:
    dialog: Any = _tab(stage, "applications").look_up()
    one = town(stage).context.reads.get("application", applications.list_application_ids(town(stage).context)[0])
    dialog.body.editors["number"].set_raw(one.number)
    dialog.body.editors["birth"].set_raw(one.applicant_birth)
    dialog.save()
    stage.settle()
    return dialog


@shot("certificates-settings")
def _settings(stage: Stage) -> QWidget:
    _tab(stage, "applications").acts.settings()
    return stage.dialog()


def _issue_tab(stage: Stage) -> Any:
    """The tab with a folder to save to."""
    tab = _tab(stage, "issue")
    tab.options.folder.setText(str(stage.home))
    tab._plan()
    stage.settle()
    return tab


@shot("certificates-issue")
def _issue(stage: Stage) -> QWidget:
    return _issue_tab(stage).window()


@shot("certificates-issue-missing")
def _missing(stage: Stage) -> QWidget:
    tab = _issue_tab(stage)
    tab.what.setCurrentIndex(1)
    tab.list()
    stage.settle()
    tab._plan()
    stage.settle()
    return tab.window()


@shot("certificates-issue-paper")
def _paper(stage: Stage) -> QWidget:
    window: Any = _missing(stage)
    return window.current.tab("issue").view()


@shot("certificates-issue-result")
def _result(stage: Stage) -> QWidget:
    session = stage.other("certificates-printed", _fill, residents=600)
    window = stage.window_on(session, "certificates", tab="issue")
    tab = window.current.tab("issue")
    tab.options.folder.setText(str(stage.home))
    tab.what.setCurrentIndex(1)
    tab.list()
    stage.settle()
    tab.acts.print(tab.chosen(), tab.options.arguments())
    return stage.dialog()


def _paper_of(stage: Stage, **wanted: Any) -> str:
    ctx = town(stage).context
    return certificates.list_certificate_ids(ctx, filter=CertificateFilter(**wanted))[0]


@shot("certificates-ledger")
def _ledger(stage: Stage) -> QWidget:
    return _tab(stage, "ledger").window()


@shot("certificates-ledger-replace")
def _replace(stage: Stage) -> QWidget:
    tab = _tab(stage, "ledger")
    tab.show_replace()
    stage.settle()
    return tab.window()


@shot("certificates-ledger-file")
def _paper_file(stage: Stage) -> QWidget:
    return _tab(stage, "ledger").open_file(_paper_of(stage, replace=True))


@shot("certificates-ledger-revoked")
def _revoked(stage: Stage) -> QWidget:
    return _tab(stage, "ledger").open_file(_paper_of(stage, state="revoked"))


@shot("certificates-ledger-reprint")
def _reprint(stage: Stage) -> QWidget:
    tab = _tab(stage, "ledger")
    return tab.acts.print_more(_paper_of(stage, state="issued"), "")


@shot("certificates-ledger-revoke")
def _revoke(stage: Stage) -> QWidget:
    tab = _tab(stage, "ledger")
    return tab.acts.revoke(_paper_of(stage, state="issued"), "")


def _code(stage: Stage, **wanted: Any) -> str:
    return town(stage).context.reads.get("certificate", _paper_of(stage, **wanted)).code


@shot("certificates-verify")
def _verify(stage: Stage) -> QWidget:
    return _tab(stage, "verify").window()


@shot("certificates-verify-genuine")
def _genuine(stage: Stage) -> QWidget:
    tab = _tab(stage, "verify")
    tab.check(_code(stage, state="issued", unprinted=True))
    stage.settle()
    return tab.window()


@shot("certificates-verify-withdrawn")
def _withdrawn(stage: Stage) -> QWidget:
    tab = _tab(stage, "verify")
    tab.check(_code(stage, state="revoked"))
    stage.settle()
    return tab.window()


@shot("certificates-verify-forged")
def _forged(stage: Stage) -> QWidget:
    tab = _tab(stage, "verify")
    code = _code(stage, state="issued")
    body, _, signature = code.rpartition(":")
    kind_at = body.index(":D") if ":D" in body else body.index(":R")
    tab.check(f"{body[: kind_at + 2]}6{body[kind_at + 3 :]}:{signature}")
    stage.settle()
    return tab.window()


@shot("certificates-declared")
def _declared(stage: Stage) -> QWidget:
    return _tab(stage, "declared").window()
