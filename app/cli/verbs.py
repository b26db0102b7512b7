"""One function per verb. Each answers the JSON object of the contract and an exit code."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from app.bootstrap import FolderGateway
from app.cli import assessing, characters, protections
from app.cli.buildings import BUILDING_VERBS
from app.cli.certificates import CERTIFICATE_VERBS
from app.cli.damage import DAMAGE_VERBS
from app.cli.evacuees import check_in, come_back, decide, duplicates, find_person, go_out, leave, plain, undo
from app.cli.forms import FORM_VERBS
from app.cli.founding import found
from app.cli.imports import import_evacuees, import_headcounts, import_residents, import_shelters
from app.cli.matching import match
from app.cli.outputs import Answer, moment, print_cards, take_roster, take_trend
from app.cli.photos import photo_verb
from app.cli.relief_arguments import find_relief_verbs
from app.cli.signing import folder_of, read_operator, read_password, signed_in
from app.cli.snapshots import compare_two, report_snapshot
from app.cli.surveys import SURVEY_VERBS
from app.cli.sync_arguments import find_sync_verbs
from app.cli.transfers import (
    delete_profile,
    export_profile,
    export_residents,
    list_profiles,
    load_residents_file,
    rename_profile,
    save_profile,
)
from app.domain.errors import UsageFault
from app.domain.words import find_code
from app.presentation.messages import message
from app.usecases import backups, operators, records, residents, searching, shelters

Verb = Callable[[FolderGateway, Namespace], Answer]


def run_verb(gateway: FolderGateway, given: Namespace) -> Answer:
    """Find and run the verb."""
    action = action_of(given)
    name = f"{given.verb} {action}" if action else given.verb
    return _VERBS[name](gateway, given)


def action_of(given: Namespace) -> str:
    """What is done, below the verb: ``add``, and of money and the exchange two words: ``programs import``."""
    names = (getattr(given, "action", None), getattr(given, "act", None) if given.verb in ("relief", "sync") else None)
    return " ".join(name for name in names if name)


# -- folder ------------------------------------------------------------------------------------------------


def _demo(gateway: FolderGateway, given: Namespace) -> Answer:
    folder = folder_of(gateway, given)
    session = gateway.demo(folder, operator=read_operator(given), password=read_password(given), residents=given.residents, seed=given.seed)
    try:
        ctx = session.context
        active = ctx.reads.residents.active()
        counts = {
            "residents": active.residents if active else 0,
            "persons": len(ctx.reads.persons.ids()),
            "shelters": len(ctx.reads.all("shelter")),
        }
        return {"data": str(folder), "device_id": ctx.place.device_id, **counts}, 0
    finally:
        session.close(backup=False)


def _verify(gateway: FolderGateway, given: Namespace) -> Answer:
    found = gateway.verify(folder_of(gateway, given), operator=read_operator(given), password=read_password(given))
    problems = [{"code": code, "message": message(code, **params), **plain(params)} for code, params in found.problems]
    answer = {
        "ok": found.ok,
        "integrity": found.integrity,
        "journal_rows": found.journal_rows,
        "chain_ok": found.chain_ok,
        "problems": problems,
    }
    return answer, 0 if found.ok else 4


def _self_test(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.self_test import run_self_test

    checks = run_self_test(gateway)
    ok = all(check["ok"] for check in checks)
    return {"ok": ok, "checks": checks}, 0 if ok else 4


def _backup(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        size, digest = backups.back_up_to(session.context, target=Path(given.file))
        return {"bytes": size, "sha256": digest}, 0


def _restore(gateway: FolderGateway, given: Namespace) -> Answer:
    device = gateway.restore(Path(given.file), into=Path(given.into), operator=read_operator(given), password=read_password(given))
    return {"device_id": device}, 0


# -- people who work here ----------------------------------------------------------------------------------


def _operators_add(gateway: FolderGateway, given: Namespace) -> Answer:
    import os

    password = os.environ.get("SASAE_NEW_PASSWORD")
    if not password:
        raise UsageFault("operator.new_password_missing")
    roles = [find_code("role", word) or word.strip() for word in given.role.split(",") if word.strip()]
    with signed_in(gateway, given) as session:
        made, _ = operators.add_operator(session.context, name=given.name, roles=roles, password=password)
        return {"id": made, "name": given.name, "roles": roles}, 0


def _operators_list(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        found = operators.list_operators(session.context)
        return {"operators": [{"id": o.id, "name": o.name, "roles": list(o.roles), "disabled": o.disabled} for o in found]}, 0


def _operators_disable(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        operator = operators.find_operator(session.context, name=given.name)
        operators.disable_operator(session.context, operator_id=operator.id)
        return {"id": operator.id, "name": operator.name, "disabled": True}, 0


# -- residents and search ----------------------------------------------------------------------------------


def _snapshots(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        found = residents.list_snapshots(session.context)
        rows = [
            {
                "id": s.id,
                "label": s.label,
                "as_of": moment(s.as_of),
                "known_at": moment(s.known_at),
                "residents": s.residents,
                "households": s.households,
                "sha256": s.sha256,
                "files": list(s.files),
                "active": s.active,
                "origin": s.origin,
                "district": s.district,
            }
            for s in found
        ]
        return {"snapshots": rows}, 0


def _search(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        found = searching.search(
            session.context, text=given.text, birth=given.birth, address=given.address, within=given.within, limit=given.limit, log=True
        )
        hits = [
            {
                "kind": h.kind,
                "id": h.id,
                "name": h.name,
                "kana": h.kana,
                "birth": h.birth,
                "sex": find_code("sex", h.sex) or h.sex,
                "address": h.address,
                "household": h.household,
                "status": h.status,
                "match": h.match,
                "number": h.number,
                "person": h.person_id,
                "shelter": h.shelter_name,
                "since": moment(h.since),
                "protected": h.protected,
            }
            for h in found.hits
        ]
        return {"total": found.total, "truncated": found.truncated, "hits": hits, "ms": found.ms}, 0


def _history(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        record = find_person(session.context, given.record) or given.record
        entries = records.read_history(session.context, record_id=record)
        changes = [
            {
                "at": moment(e.at),
                "by": e.by,
                "site": e.site,
                "device": e.device,
                "operation": e.operation,
                "act": e.group,
                "kind": e.kind,
                "record": e.record,
                "action": e.action,
                "field": e.field,
                "old": e.old,
                "new": e.new,
                "reason": e.reason,
                "purpose": e.purpose,
            }
            for e in entries
        ]
        return {"changes": changes}, 0


def _access_log(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        person = find_person(session.context, given.person) or given.person
        entries = records.read_access_log(session.context, person_id=person)
        rows = [
            {"at": moment(e.at), "by": e.by, "action": e.action, "purpose": e.purpose, "persons": e.persons, "target": e.target}
            for e in entries
        ]
        return {"entries": rows}, 0


# -- shelters ----------------------------------------------------------------------------------------------


def _shelters_list(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        rows = [
            {
                "id": s.id,
                "name": s.name,
                "kind": s.kind,
                "address": s.address,
                "open": s.is_open,
                "capacity": s.capacity,
                "declared": s.declared,
                "rostered": s.rostered,
                "external_id": s.external_id,
                "capacity_text": s.capacity_text,
                "district": s.district,
                "opened_at": moment(s.opened_at),
                "declared_at": moment(s.declared_at),
            }
            for s in shelters.list_shelters(session.context, at=given.at)
        ]
        return {"shelters": rows}, 0


def _shelters_open(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        shelter = shelters.find_shelter(session.context, name=given.name)
        shelters.open_shelter(session.context, shelter_id=shelter.id, at=given.at)
        return {"id": shelter.id, "name": shelter.name, "open": True}, 0


def _shelters_close(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        shelter = shelters.find_shelter(session.context, name=given.name)
        shelters.close_shelter(session.context, shelter_id=shelter.id, at=given.at)
        return {"id": shelter.id, "name": shelter.name, "open": False}, 0


_VERBS: Mapping[str, Verb] = {
    **CERTIFICATE_VERBS,
    "init": found,
    "demo": _demo,
    "verify": _verify,
    "self-test": _self_test,
    "backup": _backup,
    "restore": _restore,
    "operators add": _operators_add,
    "operators list": _operators_list,
    "operators disable": _operators_disable,
    "residents import": import_residents,
    "residents snapshots": _snapshots,
    "residents compare": compare_two,
    "residents report": report_snapshot,
    "residents export": export_residents,
    "residents load": load_residents_file,
    "profiles list": list_profiles,
    "profiles save": save_profile,
    "profiles rename": rename_profile,
    "profiles delete": delete_profile,
    "profiles export": export_profile,
    "search": _search,
    "history": _history,
    "access-log": _access_log,
    "shelters import": import_shelters,
    "shelters list": _shelters_list,
    "shelters open": _shelters_open,
    "shelters close": _shelters_close,
    "headcounts import": import_headcounts,
    "headcounts trend": take_trend,
    "evacuees import": import_evacuees,
    "evacuees check-in": check_in,
    "evacuees check-out": leave,
    "evacuees move": leave,
    "evacuees go-out": go_out,
    "evacuees come-back": come_back,
    "evacuees undo": undo,
    "evacuees roster": take_roster,
    "evacuees cards": print_cards,
    "evacuees match": match,
    "evacuees duplicates": duplicates,
    "evacuees decide": decide,
    "protections list": protections.list_all,
    "protections add": protections.add,
    "protections extend": protections.extend,
    "protections release": protections.release,
    "characters list": characters.list_characters,
    "characters register": characters.register,
    "characters remove": characters.remove,
    "characters import": characters.import_characters,
    "characters fonts": characters.fonts,
    **FORM_VERBS,
    **SURVEY_VERBS,
    **DAMAGE_VERBS,
    **BUILDING_VERBS,
    **find_relief_verbs(),
    **find_sync_verbs(),
    "surveys photos": photo_verb,
    "surveys assess": assessing.judge,
    "surveys editions": assessing.manage_editions,
}
