"""One function per verb. Each answers the JSON object of the contract and an exit code."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.imports import import_evacuees, import_headcounts, import_residents, import_shelters
from app.cli.outputs import print_cards, take_roster, take_trend
from app.cli.signing import folder_of, read_operator, read_password, signed_in
from app.domain.dates import JST
from app.domain.errors import RuleViolation, UsageFault
from app.domain.evacuee import Household, Person
from app.domain.identifiers import parse_card_number
from app.domain.words import find_code, find_code_within, need_code
from app.presentation.messages import message
from app.usecases import backups, operators, persons, reception, records, residents, searching, shelters
from app.usecases.context import Context
from app.usecases.gateway import Setup

Answer = tuple[Mapping[str, Any], int]
Verb = Callable[[FolderGateway, Namespace], Answer]


def run_verb(gateway: FolderGateway, given: Namespace) -> Answer:
    """Find and run the verb."""
    action = getattr(given, "action", None)
    name = f"{given.verb} {action}" if action else given.verb
    return _VERBS[name](gateway, given)


def moment(value: Any) -> str | None:
    """A moment as ISO 8601 in Japan time."""
    return None if value is None else value.astimezone(JST).isoformat(timespec="seconds")


# -- folder ------------------------------------------------------------------------------------------------


def _init(gateway: FolderGateway, given: Namespace) -> Answer:
    folder = folder_of(gateway, given)
    setup = Setup(
        municipality_code=given.municipality,
        disaster_name=given.disaster,
        occurred_at=given.occurred,
        site_name=given.site,
        site_kind=given.kind,
        operator=read_operator(given),
        password=read_password(given),
        training=given.training,
    )
    session, recovery = gateway.create(folder, setup)
    try:
        if given.recovery_sheet:
            from app.interchange.exporting.cards import write_recovery_sheet

            write_recovery_sheet(session.context, recovery_key=recovery, folder=folder, out=Path(given.recovery_sheet))
        return {"data": str(folder), "device_id": session.context.place.device_id, "recovery_key": recovery}, 0
    finally:
        session.close(backup=False)


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
    problems = [{"code": code, "message": message(code, **params), **_plain(params)} for code, params in found.problems]
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
                "masked": h.masked,
            }
            for h in found.hits
        ]
        return {"total": found.total, "truncated": found.truncated, "hits": hits, "ms": found.ms}, 0


def _history(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        record = _find_person(session.context, given.record) or given.record
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
        person = _find_person(session.context, given.person) or given.person
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


# -- evacuees ----------------------------------------------------------------------------------------------


def _find_person(ctx: Context, text: str) -> str | None:
    """A person by id, human number or card."""
    if not text:
        return None
    if isinstance(ctx.reads.get("person", text), Person):
        return text
    return ctx.reads.persons.by_number(text.strip().upper()) or ctx.reads.persons.by_card(parse_card_number(text) or "")


def _need_person(ctx: Context, text: str) -> str:
    found = _find_person(ctx, text)
    if found is None:
        raise RuleViolation("cli.person_not_found", person=text)
    return found


_CODED = {"sex": "sex", "source": "source", "injury": "injury"} | {
    f"consent_{name}": "yes_no" for name in ("kin", "acquaintance", "public", "board", "web", "share")
}


def _read_person(text: str) -> dict[str, Any]:
    """``--person JSON``: fields of a person, in codes or in the official words."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise UsageFault("cli.json_unreadable", detail=str(error)) from None
    if not isinstance(given, dict):
        raise UsageFault("cli.json_unreadable", detail=type(given).__name__)
    known = [field.name for field in fields(Person) if field.name not in ("id", "version", "number", "died_at", "deleted", "household_id")]
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise UsageFault("cli.unknown_key", key=key, known=", ".join(known))
        values[key] = _person_value(key, value)
    return values


def _person_value(key: str, value: Any) -> Any:
    if key == "needs":
        words = value if isinstance(value, list) else [part for part in str(value).split(",") if part.strip()]
        return tuple(need_code("need", str(word), field="needs") for word in words)
    if key == "protected":
        return value if isinstance(value, bool) else find_code("yes_no", str(value)) == "yes"
    if key in _CODED:
        return need_code(_CODED[key], str(value), field=key)
    return str(value)


def _check_in(gateway: FolderGateway, given: Namespace) -> Answer:
    people = [_read_person(text) for text in given.person]
    decision = "" if given.on_conflict == "refuse" else given.on_conflict
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        shelter = shelters.find_shelter(ctx, name=given.shelter)
        arrivals = [reception.Arrival(resident_id=resident, decision=decision) for resident in given.resident]
        household_id = ""
        if given.household:
            members, household_id = _household_arrivals(ctx, given.household, decision)
            if not given.resident and not (household_id and people):
                arrivals += members
        arrivals += [reception.Arrival(values=values, decision=decision) for values in people]
        done = reception.check_in(
            ctx,
            shelter_id=shelter.id,
            arrivals=arrivals,
            at=given.at,
            room=given.room,
            household_id=household_id,
            category=need_code("category", given.category, field="category"),
        )
        warnings = [{"code": w.code, "message": message(w.code, **w.params), **_plain(w.params)} for w in done.warnings]
        numbers = [hit.number for hit in ctx.reads.persons.page(list(done.persons), at=ctx.now())]
        return {
            "persons": list(done.persons),
            "stays": list(done.stays),
            "numbers": numbers,
            "household": done.household,
            "warnings": warnings,
        }, 0


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: moment(value) if hasattr(value, "astimezone") else value for key, value in params.items()}


def _household_arrivals(ctx: Context, wanted: str, decision: str) -> tuple[list[reception.Arrival], str]:
    """Who belongs to a household: an evacuee household by id, else a household number of the active snapshot."""
    household = ctx.reads.get("household", wanted)
    if isinstance(household, Household):
        with ctx.unit() as uow:
            ids = [person.id for person in uow.persons.where(household_id=wanted)]
        return [reception.Arrival(person_id=person, decision=decision) for person in ids], wanted
    active = ctx.reads.residents.active()
    members = ctx.reads.residents.by_household_no(snapshot_id=active.id, household_no=wanted) if active else []
    if not members and ctx.reads.residents.get(wanted):
        members = ctx.reads.residents.household(wanted)
    if not members:
        raise RuleViolation("cli.household_not_found", household=wanted)
    return [reception.Arrival(resident_id=member.id, decision=decision) for member in members], ""


def _leave(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        person = _need_person(ctx, given.person)
        if given.to:
            shelter = shelters.find_shelter(ctx, name=given.to)
            reception.move(ctx, person_id=person, shelter_id=shelter.id, at=given.at)
            stay = ctx.reads.persons.open_stays([person])[person]
            return {"person": person, "stay": stay.id, "shelter": shelter.name, "at": moment(stay.from_at)}, 0
        exact = find_code("destination", given.destination)
        code = exact or find_code_within("destination", given.destination) or "other"
        text = "" if exact else given.destination
        reception.check_out(ctx, person_id=person, destination=code, destination_text=text, at=given.at, reason=given.reason)
        last = next(stay for stay in ctx.reads.persons.stays(person) if stay.to_at is not None)
        return {"person": person, "stay": last.id, "destination": code, "destination_text": text, "at": moment(last.to_at)}, 0


def _go_out(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        person = _need_person(session.context, given.person)
        kind = "overnight" if given.overnight else "outing"
        absence, _ = reception.go_out(session.context, person_id=person, kind=kind, at=given.at, expected_at=given.back_by)
        return {"person": person, "absence": absence}, 0


def _come_back(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        person = _need_person(session.context, given.person)
        reception.come_back(session.context, person_id=person, at=given.at)
        return {"person": person}, 0


def _undo(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        person = _need_person(session.context, given.person)
        acts = persons.last_acts(session.context, person_id=person)
        persons.undo(session.context, act=acts[0], reason=given.reason)
        return {"person": person, "act": acts[0]}, 0


def _duplicates(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        groups = persons.find_duplicates(session.context)
        return {"groups": [{"score": g.score, "reason": g.reason, "persons": list(g.persons)} for g in groups]}, 0


def _decide(gateway: FolderGateway, given: Namespace) -> Answer:
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        first, second = _need_person(ctx, given.first), _need_person(ctx, given.second)
        persons.decide(ctx, first=first, second=second, decision=given.decision, note=given.note)
        return {"persons": sorted((first, second)), "decision": given.decision}, 0


_VERBS: Mapping[str, Verb] = {
    "init": _init,
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
    "evacuees check-in": _check_in,
    "evacuees check-out": _leave,
    "evacuees move": _leave,
    "evacuees go-out": _go_out,
    "evacuees come-back": _come_back,
    "evacuees undo": _undo,
    "evacuees roster": take_roster,
    "evacuees cards": print_cards,
    "evacuees duplicates": _duplicates,
    "evacuees decide": _decide,
}
