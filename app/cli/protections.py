"""The verbs of protection measures."""

from __future__ import annotations

from argparse import Namespace

from app.bootstrap import FolderGateway
from app.cli.evacuees import find_person
from app.cli.outputs import Answer, moment
from app.cli.signing import signed_in
from app.domain.errors import RuleViolation, UsageFault
from app.usecases import protections
from app.usecases.context import Context
from app.usecases.protections import Target


def list_all(gateway: FolderGateway, given: Namespace) -> Answer:
    """``protections list``: the measures, and people at a counter who may be protected ones."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        rows = [
            {
                "id": row.id,
                "group": row.group_id,
                "role": row.role,
                "state": row.state,
                "left": row.left,
                "name": row.name,
                "kana": row.kana,
                "birth": row.birth,
                "resident_no": row.resident_no,
                "person": row.person_id,
                "number": row.number,
                "provisional": row.provisional,
                "starts": row.starts,
                "ends": row.ends,
                "released_at": moment(row.released_at),
                "note": row.note,
            }
            for row in protections.list_protections(ctx, state=given.state)
        ]
        doubts = [
            {
                "person": doubt.person.id,
                "number": doubt.person.number,
                "name": doubt.person.name,
                "birth": doubt.person.birth,
                "likely": [hit.person_id or hit.id for hit in doubt.likely],
            }
            for doubt in protections.find_doubts(ctx)
        ]
        return {"protections": rows, "doubts": doubts}, 0


def add(gateway: FolderGateway, given: Namespace) -> Answer:
    """``protections add``."""
    if bool(given.resident) == bool(given.person):
        raise UsageFault("cli.protection_whose")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        target = Target(resident_no=given.resident) if given.resident else Target(person_id=_person(ctx, given.person))
        made, _ = protections.add_protection(
            ctx,
            target=target,
            companions=[_companion(ctx, text) for text in given.companion],
            starts=given.starts,
            ends=given.ends,
            provisional=given.provisional,
            note=given.note,
        )
        return {"protections": list(made)}, 0


def _person(ctx: Context, text: str) -> str:
    found = find_person(ctx, text)
    if found is None:
        raise RuleViolation("cli.person_not_found", person=text)
    return found


def _companion(ctx: Context, text: str) -> Target:
    """A person by id, number or card, else a resident number."""
    found = find_person(ctx, text)
    return Target(person_id=found) if found else Target(resident_no=text)


def extend(gateway: FolderGateway, given: Namespace) -> Answer:
    """``protections extend``."""
    with signed_in(gateway, given) as session:
        protections.extend_protection(session.context, protection_ids=given.ids, ends=given.ends, reason=given.reason)
        return {"protections": list(given.ids), "ends": protections.read_day(given.ends, field="ends")}, 0


def release(gateway: FolderGateway, given: Namespace) -> Answer:
    """``protections release``."""
    with signed_in(gateway, given) as session:
        done = protections.release_protection(session.context, protection_ids=given.ids, reason=given.reason)
        return {"protections": list(given.ids), "still": list(done.still)}, 0
