"""The verbs of evacuees: check-in and everything after it."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.outputs import Answer, moment
from app.cli.signing import signed_in
from app.domain.errors import RuleViolation, UsageFault
from app.domain.evacuee import Household, Person
from app.domain.identifiers import parse_card_number
from app.domain.words import find_code, find_code_within, need_code
from app.presentation.columns.evacuee import registered_text
from app.presentation.messages import message
from app.usecases import persons, reception, shelters
from app.usecases.context import Context
from app.usecases.rows import Origin, SearchHit


def find_person(ctx: Context, text: str) -> str | None:
    """A person by id, human number or card."""
    if not text:
        return None
    if isinstance(ctx.reads.get("person", text), Person):
        return text
    return ctx.reads.persons.by_number(text.strip().upper()) or ctx.reads.persons.by_card(parse_card_number(text) or "")


def _need_person(ctx: Context, text: str) -> str:
    found = find_person(ctx, text)
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


def check_in(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees check-in``."""
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
        warnings = [{"code": w.code, "message": message(w.code, **w.params), **plain(w.params)} for w in done.warnings]
        return {
            "persons": list(done.persons),
            "stays": list(done.stays),
            "numbers": list(done.numbers),
            "household": done.household,
            "warnings": warnings,
        }, 0


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON values: moments in Japan's time, days as ISO text."""
    return {
        key: moment(value) if hasattr(value, "astimezone") else value.isoformat() if isinstance(value, date) else value
        for key, value in params.items()
    }


def _household_arrivals(ctx: Context, wanted: str, decision: str) -> tuple[list[reception.Arrival], str]:
    """Who belongs to a household: an evacuee household by id, else a household number of the active snapshot."""
    household = ctx.reads.get("household", wanted)
    if isinstance(household, Household):
        with ctx.unit() as uow:
            ids = [person.id for person in uow.persons.where(household_id=wanted)]
        ids = [hit.id for hit in ctx.reads.persons.page(ids, at=ctx.now())]  # those whom the clerk may know of
        return [reception.Arrival(person_id=person, decision=decision) for person in ids], wanted
    active = ctx.reads.residents.active()
    members = ctx.reads.residents.by_household_no(snapshot_id=active.id, household_no=wanted) if active else []
    if not members and ctx.reads.residents.get(wanted):
        members = ctx.reads.residents.household(wanted)
    if not members:
        raise RuleViolation("cli.household_not_found", household=wanted)
    return [reception.Arrival(resident_id=member.id, decision=decision) for member in members], ""


def leave(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees check-out` and ``evacuees move``."""
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


def go_out(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees go-out``."""
    with signed_in(gateway, given) as session:
        person = _need_person(session.context, given.person)
        kind = "overnight" if given.overnight else "outing"
        absence, _ = reception.go_out(session.context, person_id=person, kind=kind, at=given.at, expected_at=given.back_by)
        return {"person": person, "absence": absence}, 0


def come_back(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees come-back``."""
    with signed_in(gateway, given) as session:
        person = _need_person(session.context, given.person)
        reception.come_back(session.context, person_id=person, at=given.at)
        return {"person": person}, 0


def undo(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees undo``."""
    with signed_in(gateway, given) as session:
        person = _need_person(session.context, given.person)
        acts = persons.last_acts(session.context, person_id=person)
        persons.undo(session.context, act=acts[0], reason=given.reason)
        return {"person": person, "act": acts[0]}, 0


def duplicates(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees duplicates``."""
    with signed_in(gateway, given) as session:
        ctx = session.context
        groups = persons.find_duplicates(ctx)
        ids = sorted({one for group in groups for one in group.persons})
        hits = {hit.id: hit for hit in persons.show_people(ctx, person_ids=ids)}
        origins = ctx.reads.persons.origins(sorted(hits))
        return {
            "groups": [
                {
                    "score": group.score, "reason": group.reason, "persons": list(group.persons),
                    "numbers": [hits[one].number for one in group.persons if one in hits],
                    "who": [registered_text(hits[one], origins.get(one)) for one in group.persons if one in hits],
                    "registered": [_registered(hits[one], origins.get(one)) for one in group.persons if one in hits],
                }
                for group in groups
            ]
        }, 0  # fmt: skip


def _registered(hit: SearchHit, origin: Origin | None) -> dict[str, Any]:
    """One registration: who, where they are now, at which site and when it was made."""
    return {
        "person": hit.id, "number": hit.number, "name": hit.name, "status": hit.status, "shelter": hit.shelter_name, "since": moment(hit.since),
        "site": origin.site if origin else "", "registered_at": moment(origin.at) if origin else None,
    }  # fmt: skip


def decide(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees decide``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        first, second = _need_person(ctx, given.first), _need_person(ctx, given.second)
        persons.decide(ctx, first=first, second=second, decision=given.decision, note=given.note)
        return {"persons": sorted((first, second)), "decision": given.decision}, 0
