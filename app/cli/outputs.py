"""The verbs that take data out: rosters, trends, cards."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.signing import signed_in
from app.domain.dates import JST
from app.domain.errors import UsageFault
from app.domain.words import need_code
from app.usecases import headcounts, rosters, shelters
from app.usecases.context import Context
from app.usecases.rows import Roster, RosterFilter, RosterRow

Answer = tuple[Mapping[str, Any], int]


def moment(value: Any) -> str | None:
    """A moment as ISO 8601 in Japan time."""
    return None if value is None else value.astimezone(JST).isoformat(timespec="seconds")


def take_roster(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees roster``: rows on standard output as JSON, or a file in any format."""
    if given.format != "json" and not given.out:
        raise UsageFault("cli.output_missing")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        wanted = RosterFilter(
            at=given.at or ctx.now(),
            known_at=given.known_at,
            presence=given.presence,
            include_protected=given.include_protected,
            shelter_id=shelters.find_shelter(ctx, name=given.shelter).id if given.shelter else "",
            needs=tuple(need_code("need", word, field="needs") for word in given.need),
        )
        if given.out:
            return _write_roster(ctx, given, wanted, session.folder)
        roster = rosters.take_roster(ctx, wanted=wanted, action="export" if given.publishable else "view", target="")
        rows, withheld = _shown(given, roster)
        head = {"at": moment(wanted.at), "known_at": moment(wanted.known_at), "count": len(rows), "withheld": withheld}
        return {**head, "rows": rows}, 0


def _shown(given: Namespace, roster: Roster) -> tuple[list[dict[str, Any]], int]:
    """The lines as JSON. For posting: only who agreed, and of them only what is posted."""
    if not given.publishable:
        return [roster_object(row) for row in roster.rows], roster.withheld
    from app.presentation.columns.roster import ROSTER, choose_publishable

    chosen, unnamed = choose_publishable(roster.rows)
    columns = [ROSTER.column(key) for key in ROSTER.views["publishable"]]
    return [{column.key: column.text(row) for column in columns} for row in chosen], roster.withheld + unnamed


def roster_object(row: RosterRow) -> dict[str, Any]:
    """A line of the roster as JSON: codes, texts as stored, moments in Japan time."""
    return {
        "person": row.person_id,
        "stay": row.stay_id,
        "household_id": row.household_id,
        "number": row.number,
        "name": row.name,
        "kana": row.kana,
        "birth": row.birth,
        "age": row.age,
        "age_exact": row.age_exact,
        "sex": row.sex,
        "relation": row.relation,
        "household": row.household,
        "address": row.address,
        "phone": row.mobile or row.phone,
        "shelter": row.shelter,
        "category": row.category,
        "room": row.room,
        "from": moment(row.from_at),
        "to": moment(row.to_at),
        "destination": row.destination,
        "destination_text": row.destination_text,
        "came_from": row.came_from,
        "absence": row.absence,
        "injury": row.injury,
        "needs": list(row.needs),
        "source": row.source,
        "pending": row.pending,
        "protected": row.protected,
        "consent_board": row.consent_board,
        "consent_web": row.consent_web,
    }


def _write_roster(ctx: Context, given: Namespace, wanted: RosterFilter, folder: Path) -> Answer:
    from app.interchange.exporting.characters import say_characters
    from app.interchange.exporting.rosters import write_roster

    done = write_roster(
        ctx,
        wanted=wanted,
        out=Path(given.out),
        format=given.format,
        encoding=given.encoding,
        columns=given.columns,
        publishable=given.publishable,
        layout=given.layout,
        folder=folder,
        substitutes=given.substitutes,
        half_kana=given.half_kana,
    )
    told = list(say_characters(done.missing, substituted=given.substitutes))
    return {
        "file": given.out,
        "rows": done.rows,
        "withheld": done.withheld,
        "pages": done.pages,
        "at": moment(wanted.at),
        "known_at": moment(wanted.known_at),
        "unencodable": [f"{u.text}: {u.char} ({u.code_point}) \u2192 {u.written}" for u in done.unencodable],
        "unencodable_list": str(done.characters) if done.characters else None,
        "problems": [problem for problem in done.problems if problem not in told],
        "warnings": told,
    }, 0


def take_trend(gateway: FolderGateway, given: Namespace) -> Answer:
    """``headcounts trend``."""
    with signed_in(gateway, given) as session:
        points = headcounts.trend(session.context, start=given.start, end=given.end, every=given.every)
        if given.out:
            from app.interchange.exporting.headcounts import write_trend

            kind = given.format or Path(given.out).suffix.lstrip(".").lower()
            write_trend(session.context, points=points, out=Path(given.out), format=kind, folder=session.folder)
        rows = [{"at": moment(p.at), "shelters_open": p.shelters_open, "declared": p.declared, "rostered": p.rostered} for p in points]
        return {"points": rows}, 0


def print_cards(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees cards``."""
    from app.interchange.exporting import cards

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.sheets:
            done = cards.write_blank_rosters(ctx, out=Path(given.out), sheets=given.sheets, shelter=given.shelter, folder=session.folder)
            return {"file": given.out, "sheets": given.sheets, "pages": done.pages}, 0
        if given.blank:
            done = cards.write_blank_cards(ctx, count=given.blank, out=Path(given.out), per_page=given.per_page, folder=session.folder)
            return {"file": given.out, "cards": given.blank, "pages": done.pages}, 0
        shelter = shelters.find_shelter(ctx, name=given.shelter).id if given.shelter else ""
        # printing is what the access log tells, once; finding out whose cards they are is no output
        roster = ctx.reads.rosters.roster(RosterFilter(at=ctx.now(), shelter_id=shelter))
        people = [row.person_id for row in roster.rows]
        done = cards.write_cards(
            ctx, person_ids=people, out=Path(given.out), per_page=given.per_page, folder=session.folder, substitutes=given.substitutes
        )
        return {
            "file": given.out,
            "cards": done.cards,
            "pages": done.pages,
            "withheld": roster.withheld,
            "left_out": list(done.left_out),
            "warnings": list(done.warnings),
        }, 1 if done.left_out else 0
